//! Judges a JSON Schema that somebody else wrote, before it is used: it must stand alone, and using it must be cheap.
//!
//! Ten lines suffice for a schema of exponential cost (`a1: allOf[a2, a2]`, `a2: allOf[a3, a3]`, …), and one for a pattern that hangs
//! a backtracking engine. So references stay inside the document and never turn in circles, and the work is counted beforehand.

use std::collections::HashMap;

use serde_json::{Map, Value};

/// Largest schema of somebody else, in bytes of compact JSON: the full schema of Open Badges has 113 KB and comes with the program; a
/// profile on top of it needs a few.
pub const MAX_INLINE_BYTES: usize = 64 << 10;

/// Deepest nesting, of the schema's JSON and again with its references followed: real schemas stay under 40.
pub const MAX_INLINE_DEPTH: usize = 128;

/// Most regular expressions in one schema: each may take [`super::MAX_COMPILED_PATTERN_BYTES`] of memory when compiled.
pub const MAX_INLINE_PATTERNS: usize = 64;

/// Longest regular expression, in bytes: the longest of Open Badges has 80.
pub const MAX_INLINE_PATTERN_BYTES: usize = 512;

/// Most subschemas after references are followed: the full schema of Open Badges, which turns in circles, has 2,000 before that.
pub const MAX_INLINE_STEPS: u64 = 50_000;

/// Most work one check may cost, in subschemas tried on values, counted for the worst case: well under a second.
pub const MAX_INLINE_WORK: u64 = 10_000_000;

/// The dialects we read; older ones give `$ref` and `id` other meanings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    Draft201909,
    Draft202012,
}

/// Why a schema of somebody else is not used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SchemaRefused {
    /// It is larger than we read.
    #[error("schema larger than {limit} bytes")]
    TooLarge {
        /// [`MAX_INLINE_BYTES`].
        limit: usize,
    },
    /// It nests deeper than we follow.
    #[error("schema nests deeper than {limit} levels")]
    TooDeep {
        /// [`MAX_INLINE_DEPTH`].
        limit: usize,
    },
    /// It is written in a dialect we do not read.
    #[error("dialect {dialect:?} is not read")]
    Dialect {
        /// Its `$schema`.
        dialect: String,
    },
    /// It refers to something outside itself, or by another means than a JSON Pointer.
    #[error("reference {reference:?} does not point inside the schema")]
    ForeignReference {
        /// The reference.
        reference: String,
    },
    /// A pointer inside the document points at nothing.
    #[error("reference {reference:?} points at nothing")]
    DanglingReference {
        /// The reference.
        reference: String,
    },
    /// Its references turn in circles.
    #[error("reference {reference:?} leads back to itself")]
    Recursive {
        /// One reference of the circle.
        reference: String,
    },
    /// It contains another schema resource or a keyword that changes what references mean.
    #[error("keyword {keyword} inside the schema")]
    Nested {
        /// `$id`, `$schema`, `$anchor`, `$dynamicAnchor`, `$dynamicRef`, `$recursiveRef` or `$recursiveAnchor`.
        keyword: &'static str,
    },
    /// It contains more regular expressions than we compile.
    #[error("more than {limit} patterns")]
    TooManyPatterns {
        /// [`MAX_INLINE_PATTERNS`].
        limit: usize,
    },
    /// One of its regular expressions is longer than we compile.
    #[error("a pattern of {length} bytes, limit {limit}")]
    PatternTooLong {
        /// Bytes it has.
        length: usize,
        /// [`MAX_INLINE_PATTERN_BYTES`].
        limit: usize,
    },
    /// In the worst case, checking this instance costs too much.
    #[error("more than {limit} steps")]
    TooMuchWork {
        /// [`MAX_INLINE_STEPS`] for the schema alone, [`MAX_INLINE_WORK`] on this instance.
        limit: u64,
    },
    /// It is not a schema of its dialect, or a pattern needs what a linear-time engine does not offer (look-around, back-references, more memory).
    #[error("not a schema at {pointer:?}: {reason}")]
    NotASchema {
        /// Where in the schema.
        pointer: String,
        /// The keyword of the meta-schema that is not satisfied.
        reason: String,
    },
}

/// Keywords that start another resource or make references depend on where one comes from.
const NESTED: [&str; 7] =
    ["$id", "$schema", "$anchor", "$dynamicAnchor", "$dynamicRef", "$recursiveRef", "$recursiveAnchor"];

/// Keywords by which a value may be looked at twice: to choose, then to say why. They double the count.
const TWICE: [&str; 7] =
    ["oneOf", "anyOf", "if", "not", "contains", "unevaluatedProperties", "unevaluatedItems"];

/// Judges `schema` for use on `instance`.
pub(super) fn vet(schema: &Value, instance: &Value) -> Result<Dialect, SchemaRefused> {
    depth_at_most(schema, MAX_INLINE_DEPTH)?;
    size_at_most(schema, MAX_INLINE_BYTES)?;
    let dialect = match schema.get("$schema").map(|dialect| dialect.as_str().unwrap_or_default()) {
        None => Dialect::Draft202012,
        Some(uri) => match uri.strip_suffix('#').unwrap_or(uri) {
            "https://json-schema.org/draft/2020-12/schema" => Dialect::Draft202012,
            "https://json-schema.org/draft/2019-09/schema" => Dialect::Draft201909,
            _ => return Err(SchemaRefused::Dialect { dialect: uri.to_owned() }),
        },
    };
    let mut survey = Survey { root: schema, patterns: 0, costs: HashMap::new(), open: Vec::new() };
    survey.walk(schema, true)?;
    let cost = survey.cost(schema, 0)?;
    if cost.steps.saturating_mul(count(instance)) > MAX_INLINE_WORK {
        return Err(SchemaRefused::TooMuchWork { limit: MAX_INLINE_WORK });
    }
    Ok(dialect)
}

/// Refuses what nests deeper; comes first, because everything after it recurses.
fn depth_at_most(value: &Value, left: usize) -> Result<(), SchemaRefused> {
    if left == 0 {
        return Err(SchemaRefused::TooDeep { limit: MAX_INLINE_DEPTH });
    }
    children(value).try_for_each(|child| depth_at_most(child, left - 1))
}

fn size_at_most(value: &Value, limit: usize) -> Result<(), SchemaRefused> {
    /// Counts bytes and fails past the limit.
    struct Room(usize);
    impl std::io::Write for Room {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0 = self.0.checked_sub(bytes.len()).ok_or(std::io::ErrorKind::FileTooLarge)?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    serde_json::to_writer(Room(limit), value).map_err(|_| SchemaRefused::TooLarge { limit })
}

/// Values in `value`, itself included, and one step more for every 64 bytes of text.
fn count(value: &Value) -> u64 {
    let mut total = 0_u64;
    let mut open = vec![value];
    while let Some(next) = open.pop() {
        total = total.saturating_add(1);
        if let Value::String(text) = next {
            total = total.saturating_add(text.len() as u64 / 64);
        }
        open.extend(children(next));
    }
    total
}

fn children(value: &Value) -> Box<dyn Iterator<Item = &Value> + '_> {
    match value {
        Value::Array(items) => Box::new(items.iter()),
        Value::Object(members) => Box::new(members.values()),
        _ => Box::new(std::iter::empty()),
    }
}

struct Survey<'s> {
    root: &'s Value,
    patterns: usize,
    /// What a referenced subschema costs, by reference.
    costs: HashMap<&'s str, Cost>,
    /// References being followed.
    open: Vec<&'s str>,
}

impl<'s> Survey<'s> {
    /// Looks at every object as if it were a schema. Data under `const` or `enum` may be refused for it: no harm done.
    fn walk(&mut self, value: &'s Value, root: bool) -> Result<(), SchemaRefused> {
        if let Value::Object(members) = value {
            self.inspect(members, root)?;
        }
        children(value).try_for_each(|child| self.walk(child, false))
    }

    fn inspect(&mut self, members: &'s Map<String, Value>, root: bool) -> Result<(), SchemaRefused> {
        for keyword in NESTED {
            let stands = members.get(keyword).is_some_and(|value| !value.is_object());
            if stands && !(root && matches!(keyword, "$id" | "$schema")) {
                return Err(SchemaRefused::Nested { keyword });
            }
        }
        if let Some(Value::String(reference)) = members.get("$ref") {
            self.resolve(reference)?;
        }
        if let Some(Value::String(pattern)) = members.get("pattern") {
            self.pattern(pattern)?;
        }
        if let Some(Value::Object(patterns)) = members.get("patternProperties") {
            patterns.keys().try_for_each(|pattern| self.pattern(pattern))?;
        }
        Ok(())
    }

    fn pattern(&mut self, pattern: &str) -> Result<(), SchemaRefused> {
        self.patterns += 1;
        if self.patterns > MAX_INLINE_PATTERNS {
            return Err(SchemaRefused::TooManyPatterns { limit: MAX_INLINE_PATTERNS });
        }
        if pattern.len() > MAX_INLINE_PATTERN_BYTES {
            return Err(SchemaRefused::PatternTooLong {
                length: pattern.len(),
                limit: MAX_INLINE_PATTERN_BYTES,
            });
        }
        Ok(())
    }

    /// What a reference points at: `#` or `#/…`, nothing else.
    fn resolve(&self, reference: &str) -> Result<&'s Value, SchemaRefused> {
        let foreign = || SchemaRefused::ForeignReference { reference: reference.to_owned() };
        let pointer = reference.strip_prefix('#').ok_or_else(foreign)?;
        if !(pointer.is_empty() || pointer.starts_with('/')) {
            return Err(foreign());
        }
        let pointer = percent_encoding::percent_decode_str(pointer).decode_utf8().map_err(|_| foreign())?;
        self.root
            .pointer(&pointer)
            .ok_or_else(|| SchemaRefused::DanglingReference { reference: reference.to_owned() })
    }

    /// What `value` costs as a schema, with references followed; doubled at every choice.
    fn cost(&mut self, value: &'s Value, depth: usize) -> Result<Cost, SchemaRefused> {
        if depth > MAX_INLINE_DEPTH {
            return Err(SchemaRefused::TooDeep { limit: MAX_INLINE_DEPTH });
        }
        let mut cost = Cost { steps: 1, height: 1 };
        for child in children(value) {
            cost.add(self.cost(child, depth + 1)?);
        }
        let Value::Object(members) = value else { return Ok(cost) };
        if let Some(Value::String(reference)) = members.get("$ref") {
            cost.add(self.cost_of_reference(reference, depth + 1)?);
        }
        if TWICE.iter().any(|keyword| members.contains_key(*keyword)) {
            cost.steps = cost.steps.saturating_mul(2);
        }
        if cost.steps > MAX_INLINE_STEPS {
            return Err(SchemaRefused::TooMuchWork { limit: MAX_INLINE_STEPS });
        }
        Ok(cost)
    }

    fn cost_of_reference(&mut self, reference: &'s str, depth: usize) -> Result<Cost, SchemaRefused> {
        if self.open.contains(&reference) {
            return Err(SchemaRefused::Recursive { reference: reference.to_owned() });
        }
        let cost = if let Some(cost) = self.costs.get(reference) {
            *cost
        } else {
            let target = self.resolve(reference)?;
            self.open.push(reference);
            let cost = self.cost(target, depth)?;
            self.open.pop();
            self.costs.insert(reference, cost);
            cost
        };
        // A cost that was known already was counted from another depth.
        if depth + cost.height > MAX_INLINE_DEPTH {
            return Err(SchemaRefused::TooDeep { limit: MAX_INLINE_DEPTH });
        }
        Ok(cost)
    }
}

/// What trying a schema on one value may cost.
#[derive(Clone, Copy, Debug)]
struct Cost {
    /// Subschemas tried.
    steps: u64,
    /// Levels of nesting, references followed.
    height: usize,
}

impl Cost {
    fn add(&mut self, inner: Self) {
        self.steps = self.steps.saturating_add(inner.steps);
        self.height = self.height.max(inner.height + 1);
    }
}
