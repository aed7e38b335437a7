//! Parts of a JSON-LD document, by JSON Pointer: [selectJsonLd](https://www.w3.org/TR/vc-di-ecdsa/#selectjsonld).

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::DisclosureError;

/// Most pointers in one request or one proof: a badge has some 200 values, and nobody needs to name each.
pub const MAX_POINTERS: usize = 256;

/// What is selected at one place of a document.
#[derive(Debug, Default)]
struct Selection {
    /// Everything below.
    whole: bool,
    /// Or only these, by member name or index.
    parts: BTreeMap<String, Selection>,
}

/// The part of a document that pointers select, with what is needed to understand it: the `id`, the `type` and the `@context` of every
/// object on the way. Arrays keep their order and close their gaps. The empty pointer selects everything.
///
/// # Errors
/// [`DisclosureError::Pointer`] for a pointer that leads nowhere, [`DisclosureError::NothingSelected`] where there is none.
pub fn select_json_ld<'p>(
    document: &Value,
    pointers: impl IntoIterator<Item = &'p str>,
) -> Result<Value, DisclosureError> {
    let mut root = Selection::default();
    let mut count = 0;
    for pointer in pointers {
        count += 1;
        if count > MAX_POINTERS {
            return Err(DisclosureError::TooManyPointers { found: count, allowed: MAX_POINTERS });
        }
        let nowhere = || DisclosureError::Pointer { pointer: pointer.to_owned() };
        // The standard library's rules (RFC 6901): no leading zeros, no `-`, escapes `~0` and `~1` only.
        document.pointer(pointer).ok_or_else(nowhere)?;
        let mut place = &mut root;
        for path in json_pointer_to_paths(pointer).ok_or_else(nowhere)? {
            place = place.parts.entry(path).or_default();
        }
        place.whole = true;
    }
    if count == 0 {
        return Err(DisclosureError::NothingSelected);
    }
    Ok(root.of(document))
}

/// The reference tokens of a pointer: [jsonPointerToPaths](https://www.w3.org/TR/vc-di-ecdsa/#jsonpointertopaths).
fn json_pointer_to_paths(pointer: &str) -> Option<Vec<String>> {
    if pointer.is_empty() {
        return Some(Vec::new());
    }
    let tokens = pointer.strip_prefix('/')?.split('/');
    Some(tokens.map(|token| token.replace("~1", "/").replace("~0", "~")).collect())
}

impl Selection {
    fn of(&self, value: &Value) -> Value {
        match value {
            Value::Object(members) if !self.whole => {
                let mut selected = create_initial_selection(members);
                for (name, part) in &self.parts {
                    if let Some(member) = members.get(name).filter(|_| !selected.contains_key(name)) {
                        selected.insert(name.clone(), part.of(member));
                    }
                }
                Value::Object(selected)
            }
            Value::Array(items) if !self.whole => {
                let mut indexes: Vec<(usize, &Self)> =
                    self.parts.iter().filter_map(|(index, part)| Some((index.parse().ok()?, part))).collect();
                indexes.sort_unstable_by_key(|(index, _)| *index);
                Value::Array(
                    indexes
                        .into_iter()
                        .filter_map(|(index, part)| Some(part.of(items.get(index)?)))
                        .collect(),
                )
            }
            whole => whole.clone(),
        }
    }
}

/// What stands for an object of which only a part is selected: [createInitialSelection](https://www.w3.org/TR/vc-di-ecdsa/#createinitialselection).
///
/// The specification assumes one context, at the top. An endorsement inside a badge has its own, without which its members mean
/// nothing; it comes along.
fn create_initial_selection(source: &Map<String, Value>) -> Map<String, Value> {
    let mut selection = Map::new();
    for name in ["@context", "id", "type"] {
        match source.get(name) {
            Some(Value::String(id)) if name == "id" && id.starts_with("_:") => {}
            Some(value) => {
                selection.insert(name.to_owned(), value.clone());
            }
            None => {}
        }
    }
    selection
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use serde_json::json;

    use super::*;

    fn document() -> Value {
        json!({
            "@context": ["c"], "id": "urn:x", "type": ["A", "B"], "name": "n",
            "list": ["a", {"type": "T", "x": 1, "y": {"z": [1, 2, 3]}}, {"id": "_:b", "x": 2}, [10, 11]],
            "a/b~c": {"": 1}
        })
    }

    #[test]
    fn a_part_comes_with_what_names_it() {
        let select = |pointers: &[&str]| {
            let mut selected = select_json_ld(&document(), pointers.iter().copied()).unwrap();
            let members = selected.as_object_mut().unwrap();
            for name in ["@context", "id", "type"] {
                assert!(members.remove(name).is_some(), "{name} is always there");
            }
            selected
        };
        assert_eq!(select(&["/name"]), json!({"name": "n"}));
        assert_eq!(
            select(&["/list/3/1", "/list/1/x"]),
            json!({"list": [{"type": "T", "x": 1}, [11]]}),
            "arrays keep their order and close their gaps"
        );
        assert_eq!(
            select(&["/list/2/x"]),
            json!({"list": [{"x": 2}]}),
            "the label of a blank node is no name"
        );
        assert_eq!(select(&["/a~1b~0c/"]), json!({"a/b~c": {"": 1}}));
        let part_of_whole = json!({"list": document()["list"]});
        assert_eq!(select(&["/list", "/list/1/y/z/0"]), part_of_whole);
        assert_eq!(select(&["/list/1/y/z/0", "/list"]), part_of_whole);
        assert_eq!(select_json_ld(&document(), [""]).unwrap(), document());
        assert_eq!(select(&["/id", "/type/0", "/@context"]), json!({}));
    }

    #[test]
    fn a_pointer_that_leads_nowhere_is_refused() {
        for pointer in [
            "name", "/nam", "/name/0", "/list/4", "/list/-", "/list/01", "/list/+1", "/list/x", "#/name",
            "/", "/name/",
        ] {
            assert_eq!(
                select_json_ld(&document(), [pointer]),
                Err(DisclosureError::Pointer { pointer: pointer.to_owned() })
            );
        }
        assert_eq!(select_json_ld(&document(), []), Err(DisclosureError::NothingSelected));
        let many = vec!["/name"; MAX_POINTERS + 1];
        assert!(matches!(select_json_ld(&document(), many), Err(DisclosureError::TooManyPointers { .. })));
    }
}
