//! From the payload of the issuer-signed JWT and the disclosures to the claims that are shown.

use std::collections::{HashMap, HashSet};

use badge_schemas::document::{MAX_DEPTH, push_pointer};
use badge_schemas::problem::{Code, Problem};
use serde_json::{Map, Value};

use super::disclosure::Disclosure;
use super::hash::HashAlgorithm;
use super::{ELLIPSIS, SD, SD_ALG};

/// What the steps of [RFC 9901 §7.1](https://www.rfc-editor.org/rfc/rfc9901#section-7.1) make of a payload and its disclosures.
#[derive(Clone, Debug, PartialEq)]
pub struct Processed {
    /// The processed SD-JWT payload: every shown claim in its place, and no trace of the others.
    pub payload: Value,
    /// Where each disclosure's claim stands in it, by JSON Pointer, in the order of the disclosures.
    pub places: Vec<String>,
    /// Where digests stand to which no disclosure answers: hidden claims, or decoys. Pointers of the object or array around them.
    pub hidden: Vec<String>,
}

/// Puts the disclosed claims into their places and removes what conveyed them.
///
/// The work grows with the size of the input: a digest counts once, so a disclosure is read once.
///
/// # Errors
/// [`Code::DisclosureRepeated`], [`Code::DigestRepeated`], [`Code::DisclosureUnreferenced`], [`Code::DisclosureMisplaced`],
/// [`Code::DisclosedNameTaken`], [`Code::SdMemberMisplaced`], [`Code::JsonTooDeep`].
pub fn process(
    payload: &Value,
    disclosures: &[Disclosure],
    hash: HashAlgorithm,
) -> Result<Processed, Problem> {
    let mut by_digest = HashMap::with_capacity(disclosures.len());
    for (index, disclosure) in disclosures.iter().enumerate() {
        if by_digest.insert(hash.digest(disclosure.as_str()), index).is_some() {
            return Err(Problem::new(Code::DisclosureRepeated).with("number", index + 1));
        }
    }
    let mut walk = Walk {
        disclosures,
        by_digest,
        seen: HashSet::new(),
        places: vec![None; disclosures.len()],
        hidden: Vec::new(),
    };
    let payload = walk.value(payload, "", 0)?;
    let places = walk.places.into_iter().enumerate().map(|(index, place)| {
        place.ok_or_else(|| Problem::new(Code::DisclosureUnreferenced).with("number", index + 1))
    });
    Ok(Processed { payload, places: places.collect::<Result<_, _>>()?, hidden: walk.hidden })
}

struct Walk<'d> {
    disclosures: &'d [Disclosure],
    by_digest: HashMap<String, usize>,
    /// Every digest met so far, answered or not.
    seen: HashSet<String>,
    places: Vec<Option<String>>,
    hidden: Vec<String>,
}

impl<'d> Walk<'d> {
    fn value(&mut self, value: &Value, pointer: &str, depth: usize) -> Result<Value, Problem> {
        // Disclosures nest what each of them may nest: without a limit of its own the whole would be as deep as all of them together.
        if depth > MAX_DEPTH {
            return Err(Problem::new(Code::JsonTooDeep).at(pointer).with("limit", MAX_DEPTH));
        }
        match value {
            Value::Object(members) => self.object(members, pointer, depth).map(Value::Object),
            Value::Array(items) => self.array(items, pointer, depth).map(Value::Array),
            plain => Ok(plain.clone()),
        }
    }

    fn object(
        &mut self,
        members: &Map<String, Value>,
        pointer: &str,
        depth: usize,
    ) -> Result<Map<String, Value>, Problem> {
        let mut shown = Map::new();
        for (name, value) in members {
            match name.as_str() {
                SD => continue,
                SD_ALG if depth == 0 => continue,
                ELLIPSIS | SD_ALG => return Err(misplaced(pointer, name)),
                _ => {}
            }
            let place = push_pointer(pointer, name);
            shown.insert(name.clone(), self.value(value, &place, depth + 1)?);
        }
        let Some(digests) = members.get(SD) else { return Ok(shown) };
        let Value::Array(digests) = digests else { return Err(misplaced(pointer, SD)) };
        for digest in digests {
            let Value::String(digest) = digest else { return Err(misplaced(pointer, SD)) };
            let Some(index) = self.answer(digest, pointer)? else { continue };
            let (name, value) = self.member(index)?;
            if shown.contains_key(name) {
                return Err(Problem::new(Code::DisclosedNameTaken).at(pointer).with("name", name));
            }
            let place = push_pointer(pointer, name);
            let value = self.value(value, &place, depth + 1)?;
            shown.insert(name.to_owned(), value);
            self.put(index, place);
        }
        Ok(shown)
    }

    fn array(&mut self, items: &[Value], pointer: &str, depth: usize) -> Result<Vec<Value>, Problem> {
        let mut shown = Vec::with_capacity(items.len());
        for item in items {
            let place = format!("{pointer}/{}", shown.len());
            let Some(digest) = item.get(ELLIPSIS) else {
                shown.push(self.value(item, &place, depth + 1)?);
                continue;
            };
            let alone = item.as_object().is_some_and(|members| members.len() == 1);
            let Some(digest) = digest.as_str().filter(|_| alone) else {
                return Err(misplaced(&place, ELLIPSIS));
            };
            let Some(index) = self.answer(digest, pointer)? else { continue };
            let value = self.element(index)?;
            shown.push(self.value(value, &place, depth + 1)?);
            self.put(index, place);
        }
        Ok(shown)
    }

    /// Which disclosure answers to a digest, if any; a digest met before is refused whether or not one does.
    fn answer(&mut self, digest: &str, pointer: &str) -> Result<Option<usize>, Problem> {
        if !self.seen.insert(digest.to_owned()) {
            return Err(Problem::new(Code::DigestRepeated).at(pointer).with("digest", digest));
        }
        let index = self.by_digest.get(digest).copied();
        if index.is_none() && self.hidden.last().is_none_or(|last| last != pointer) {
            self.hidden.push(pointer.to_owned());
        }
        Ok(index)
    }

    fn member(&self, index: usize) -> Result<(&'d str, &'d Value), Problem> {
        let found = self.disclosures.get(index).and_then(|found| Some((found.name()?, found.value())));
        found.ok_or_else(|| Problem::new(Code::DisclosureMisplaced).with("number", index + 1))
    }

    fn element(&self, index: usize) -> Result<&'d Value, Problem> {
        let found = self.disclosures.get(index).filter(|found| found.name().is_none());
        found
            .map(Disclosure::value)
            .ok_or_else(|| Problem::new(Code::DisclosureMisplaced).with("number", index + 1))
    }

    fn put(&mut self, index: usize, place: String) {
        if let Some(slot) = self.places.get_mut(index) {
            *slot = Some(place);
        }
    }
}

/// `_sd`, `...` or `_sd_alg` where it conveys no digest.
fn misplaced(pointer: &str, name: &str) -> Problem {
    Problem::new(Code::SdMemberMisplaced).at(pointer).with("name", name)
}
