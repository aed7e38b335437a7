//! Documents of a shape that has been looked at before: whether such a document has RDF need not be worked out again.
//!
//! An issuer signs, and a verifier meets, many documents that differ in a few identifiers, times and hashes and in nothing else. What
//! decides whether a document has RDF (which names it uses and where, which contexts, types and kinds of value) is the same for all of
//! them. So a document's shape is a digest of all of it, but for a short list of places ([`kind_at`]) whose texts are replaced by what
//! kind of text it is, when that is as plain as can be ([`Kind::fits`]). An identifier is replaced only where it stands nowhere else in the
//! document: who is whom could matter; that two times or hashes are the same cannot. Two documents of one shape get the same answer, and pay
//! the same work: the result of a check never depends on what was seen before.
//!
//! Only good answers are remembered, for documents without inline contexts, and only so many ([`MAX_SHAPES`]).

use std::collections::{HashMap, HashSet};
use std::sync::{LazyLock, Mutex, PoisonError};

use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

/// Most shapes remembered, 40 bytes each; an issuer has a few for each of its badges. Then all are forgotten.
const MAX_SHAPES: usize = 4096;

/// Longest identifier, time or hash replaced by its kind, in bytes.
const MAX_TEXT: usize = 256;

/// Largest document, in values and bytes of text, whose shape is taken: far from every limit on documents and on the size of their RDF.
const MAX_SIZE: usize = 65_536;

/// What identifies the shape of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Shape([u8; 32]);

static KNOWN: LazyLock<Mutex<HashMap<Shape, u64>>> = LazyLock::new(Mutex::default);

/// What it cost, in steps, to find that a document of this shape has RDF; `None` where that is not known.
pub(super) fn cost(shape: Shape) -> Option<u64> {
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner).get(&shape).copied()
}

/// Remembers that documents of this shape have RDF, and what it cost to find out.
pub(super) fn remember(shape: Shape, cost: u64) {
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if known.len() >= MAX_SHAPES {
        known.clear();
    }
    known.insert(shape, cost);
}

/// The shape of a document; `None` for one that is always to be looked at itself.
pub(super) fn of(document: &Value) -> Option<Shape> {
    let mut reader = Reader { hash: Sha256::new(), replaced: Vec::new(), kept: HashSet::new(), size: 0 };
    reader.object(document.as_object()?, Place::Root)?;
    let distinct: HashSet<&str> = reader.replaced.iter().copied().collect();
    let unique = distinct.len() == reader.replaced.len() && distinct.is_disjoint(&reader.kept);
    unique.then(|| Shape(reader.hash.finalize().into()))
}

/// Where an object stands, as far as it matters.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Root,
    Status,
    Subject,
    Identifier,
    Evidence,
    Elsewhere,
}

impl Place {
    fn within(self, name: &str) -> Self {
        match (self, name) {
            (Self::Root, "credentialStatus") => Self::Status,
            (Self::Root, "credentialSubject") => Self::Subject,
            (Self::Root, "evidence") => Self::Evidence,
            (Self::Subject, "identifier") => Self::Identifier,
            _ => Self::Elsewhere,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// An absolute IRI without anything that needs escaping.
    Iri,
    /// A date with a time.
    Time,
    /// A number as text.
    Digits,
    /// A hash or a salt.
    Hash,
    /// What people write, under a name that stands for a literal wherever it stands for anything.
    Words,
}

/// The names of [`Kind::Words`]. In every context we carry they are literals, so that nothing turns on what they say (a test looks).
const WORDS: [&str; 3] = ["narrative", "name", "description"];

/// The places whose text differs from one award of a badge to the next.
fn kind_at(place: Place, name: &str) -> Option<Kind> {
    match (place, name) {
        (Place::Root | Place::Subject | Place::Evidence, "id")
        | (Place::Status, "id" | "statusListCredential") => Some(Kind::Iri),
        (Place::Subject, "narrative") => Some(Kind::Words),
        (Place::Evidence, name) if WORDS.contains(&name) => Some(Kind::Words),
        (Place::Root, "validFrom" | "validUntil" | "awardedDate") => Some(Kind::Time),
        (Place::Status, "statusListIndex") => Some(Kind::Digits),
        (Place::Identifier, "identityHash" | "salt") => Some(Kind::Hash),
        _ => None,
    }
}

impl Kind {
    /// Whether a text is as plain as this kind can be, and which sort of it. What JSON-LD makes of an IRI turns on its scheme (which
    /// might be a prefix) and on what follows it.
    fn fits(self, text: &str) -> Option<&str> {
        let all = |text: &str, also: &str| {
            !text.is_empty()
                && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || also.as_bytes().contains(&byte))
        };
        if text.len() > MAX_TEXT && self != Self::Words {
            return None;
        }
        match self {
            Self::Words => (!text.starts_with('@') && !text.contains(char::is_control)).then_some("words"),
            Self::Iri => ["https://", "http://", "urn:uuid:", "did:key:", "did:web:", "did:jwk:"]
                .into_iter()
                .find(|scheme| {
                    text.strip_prefix(scheme).is_some_and(|rest| {
                        let (path, fragment) = rest.split_once('#').unwrap_or((rest, "0"));
                        path.starts_with(|first: char| first.is_ascii_alphanumeric())
                            && all(path, "-._:/")
                            && all(fragment, "-._")
                            // A port that is no number makes it no IRI, of which JSON-LD makes nothing.
                            && oxrdf::NamedNode::new(text).is_ok()
                    })
                }),
            Self::Time => (text.len() <= 35
                && text.as_bytes().get(10) == Some(&b'T')
                && text.starts_with(|first: char| first.is_ascii_digit())
                && all(text, "-:.+"))
            .then_some("time"),
            Self::Digits => {
                (text.bytes().all(|byte| byte.is_ascii_digit()) && !text.is_empty()).then_some("digits")
            }
            Self::Hash => all(text, "$").then_some("hash"),
        }
    }
}

struct Reader<'d> {
    hash: Sha256,
    replaced: Vec<&'d str>,
    kept: HashSet<&'d str>,
    size: usize,
}

impl<'d> Reader<'d> {
    fn object(&mut self, members: &'d Map<String, Value>, place: Place) -> Option<()> {
        self.mark(b'{', members.len())?;
        for (name, value) in members {
            self.text(b'k', name)?;
            if name == "@context" && !names_alone(value) {
                return None;
            }
            let replaced = kind_at(place, name).zip(value.as_str());
            match replaced.and_then(|(kind, text)| Some((kind.fits(text)?, text))) {
                Some((sort, text)) => {
                    self.size += text.len();
                    self.text(b'r', sort)?;
                    if matches!(replaced, Some((Kind::Iri, _))) {
                        self.replaced.push(text);
                    }
                }
                None => self.value(value, place.within(name))?,
            }
        }
        Some(())
    }

    fn value(&mut self, value: &'d Value, place: Place) -> Option<()> {
        match value {
            Value::Null => self.mark(b'n', 0),
            Value::Bool(truth) => self.mark(b'b', usize::from(*truth)),
            Value::Number(number) => self.text(b'd', &number.to_string()),
            Value::String(text) => {
                self.kept.insert(text);
                self.text(b's', text)
            }
            Value::Array(items) => {
                self.mark(b'[', items.len())?;
                items.iter().try_for_each(|item| self.value(item, place))
            }
            Value::Object(members) => self.object(members, place),
        }
    }

    fn text(&mut self, tag: u8, text: &str) -> Option<()> {
        self.mark(tag, text.len())?;
        self.size += text.len();
        self.hash.update(text.as_bytes());
        Some(())
    }

    fn mark(&mut self, tag: u8, length: usize) -> Option<()> {
        self.size += 1;
        self.hash.update([tag]);
        self.hash.update((length as u64).to_be_bytes());
        (self.size <= MAX_SIZE).then_some(())
    }
}

/// Contexts by their IRIs, none spelt out.
fn names_alone(context: &Value) -> bool {
    match context {
        Value::String(_) => true,
        Value::Array(items) => items.iter().all(Value::is_string),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use serde_json::json;

    use super::super::Rdf;
    use super::*;
    use crate::work::Work;

    fn badge() -> Value {
        json!({
            "@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
            "id": "http://a.example/credentials/1",
            "type": ["VerifiableCredential", "OpenBadgeCredential"],
            "issuer": {"id": "did:web:a.example", "type": ["Profile"], "name": "É"},
            "validFrom": "2026-01-01T00:00:00Z",
            "awardedDate": "2026-01-01T00:00:00Z",
            "credentialSubject": {
                "id": "urn:uuid:1",
                "type": ["AchievementSubject"],
                "identifier": [{"type": "IdentityObject", "hashed": true, "identityHash": "sha256$aa", "identityType": "emailAddress", "salt": "bb"}],
                "achievement": {
                    "id": "http://a.example/badges/1", "type": ["Achievement"], "name": "N", "description": "D",
                    "criteria": {"narrative": "C"},
                },
                "narrative": "A",
            },
            "evidence": [{"id": "http://a.example/e/1", "type": ["Evidence"], "name": "É", "description": "R"}],
            "credentialStatus": {
                "id": "http://a.example/status/1#5", "type": "BitstringStatusListEntry", "statusPurpose": "revocation",
                "statusListIndex": "5", "statusListCredential": "http://a.example/status/1",
            },
        })
    }

    fn with(pointer: &str, value: &str) -> Value {
        let mut changed = badge();
        *changed.pointer_mut(pointer).unwrap() = json!(value);
        changed
    }

    #[test]
    fn awards_of_one_badge_have_one_shape() {
        let shape = of(&badge()).unwrap();
        for (pointer, value) in [
            ("/id", "http://a.example/credentials/2"),
            ("/validFrom", "2027-02-03T04:05:06.789+02:00"),
            ("/credentialSubject/id", "urn:uuid:0a"),
            ("/credentialSubject/identifier/0/identityHash", "sha256$ff"),
            ("/credentialStatus/id", "http://a.example/status/7#9"),
            ("/credentialStatus/statusListIndex", "77"),
            ("/credentialSubject/narrative", "Épreuve pratique n° 7 : « réussie » (https://a.example)"),
            ("/evidence/0/id", "http://b.example/e/2"),
            ("/evidence/0/name", "Œuvre"),
        ] {
            assert_eq!(of(&with(pointer, value)), Some(shape), "{pointer}");
        }
    }

    #[test]
    fn what_could_change_the_answer_changes_the_shape() {
        let shape = of(&badge());
        for (pointer, value) in [
            // Relative, a prefix of a term, another scheme, not an IRI, empty, with something to escape.
            ("/id", "credentials/2"),
            ("/id", "vc:2"),
            ("/id", "_:b"),
            ("/id", "https://a.example/credentials/2"),
            ("/id", "http://a.example/a b"),
            ("/id", "http:///a"),
            ("/id", ""),
            ("/credentialSubject/id", "urn:uuid:<"),
            ("/credentialSubject/id", "@type"),
            ("/credentialSubject/identifier/0/salt", "é"),
            ("/validFrom", "yesterday"),
            ("/credentialStatus/statusListIndex", "x"),
            ("/credentialSubject/narrative", "@type"),
            ("/credentialSubject/narrative", "a\u{0}"),
            // The same node twice.
            ("/evidence/0/id", "http://a.example/credentials/1"),
            ("/credentialSubject/id", "http://a.example/credentials/1"),
            ("/id", "did:web:a.example"),
            // Everything that is not on the list.
            ("/issuer/id", "did:web:b.example"),
            ("/issuer/name", "E"),
            ("/credentialSubject/achievement/name", "M"),
            ("/credentialSubject/achievement/id", "relative"),
            ("/credentialStatus/statusPurpose", "suspension"),
            ("/type/1", "Undefined"),
        ] {
            assert_ne!(of(&with(pointer, value)), shape, "{pointer} {value}");
        }
        for (at, name) in [("", "undefined"), ("/credentialSubject", "undefined"), ("/credentialStatus", "x")]
        {
            let mut changed = badge();
            changed.pointer_mut(at).unwrap()[name] = json!("x");
            assert_ne!(of(&changed), shape, "{at}/{name}");
        }
        let mut inline = badge();
        inline["@context"][1] = json!({"name": "https://schema.org/name"});
        assert_eq!(of(&inline), None);
        let mut nested = badge();
        nested["issuer"]["@context"] = json!({"name": null});
        assert_eq!(of(&nested), None);
    }

    #[test]
    fn words_are_literals_in_every_context() {
        fn look(context: &Value, found: &mut usize) {
            match context {
                Value::Array(items) => items.iter().for_each(|item| look(item, found)),
                Value::Object(members) => {
                    for (name, value) in members {
                        if WORDS.contains(&name.as_str()) {
                            let others = value.as_object().map_or(0, |term| {
                                term.iter()
                                    .filter(|(key, value)| {
                                        !(*key == "@id" || *key == "@type" && **value == json!("xsd:string"))
                                    })
                                    .count()
                            });
                            assert_eq!(others, 0, "{name}: {value}");
                            *found += 1;
                        }
                        look(value, found);
                    }
                }
                _ => {}
            }
        }
        let mut found = 0;
        for context in badge_schemas::contexts::ALL {
            look(&serde_json::from_str(context.text).unwrap(), &mut found);
        }
        assert!(found > WORDS.len(), "there are such names");
    }

    #[test]
    fn a_document_that_is_too_large_has_no_shape() {
        assert_eq!(of(&with("/credentialSubject/narrative", &"é".repeat(MAX_SIZE))), None);
    }

    #[test]
    fn the_second_of_a_shape_gets_the_same_answer_for_the_same_work() {
        let (first, second) = (badge(), with("/id", "http://a.example/credentials/unlike-any-other"));
        let spent = |document: &Value| {
            let work = Work::default();
            let rdf = Rdf::new(document, &work);
            rdf.sound().unwrap();
            let alone = work.spent();
            rdf.quads().unwrap();
            assert_eq!(work.spent(), alone, "paid once, however it is asked");
            alone
        };
        assert_eq!(spent(&first), spent(&second));
        // A bad one is found however many good ones of nearly its shape came before.
        let mut bad = second;
        bad["credentialSubject"]["achievement"]["undefinedTerm"] = json!("x");
        let work = Work::default();
        assert!(Rdf::new(&bad, &work).sound().is_err());
        assert!(Rdf::new(&bad, &work).sound().is_err());
        let relative = with("/id", "credentials/1");
        assert!(Rdf::new(&relative, &work).sound().is_err());
    }
}
