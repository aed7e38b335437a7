//! [JSON Schema](https://json-schema.org/): what the structure of a document must be. The only file that names the crate `jsonschema`.
//!
//! The schemas that come with the program are compiled once; nothing is ever fetched. The published schemas of Open Badges are
//! lax (any string passes as `type`, a subject may have neither `id` nor `identifier`), so a document that passes is not yet a badge.

mod inline;

use std::sync::OnceLock;

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{Draft, PatternOptions, ValidationError, Validator};
use serde_json::Value;

pub use inline::{
    MAX_INLINE_BYTES, MAX_INLINE_DEPTH, MAX_INLINE_PATTERN_BYTES, MAX_INLINE_PATTERNS, MAX_INLINE_STEPS,
    MAX_INLINE_WORK, SchemaRefused,
};

use crate::problem::{Code, Problem};

/// Most violations we report of one document: a reader mends the first few and checks again.
pub const MAX_VIOLATIONS: usize = 20;

/// Longest reason, in characters: enough for any keyword with its argument, too short to carry a document.
pub const MAX_REASON_CHARS: usize = 160;

/// Largest compiled regular expression, in bytes: ours need under 16 KiB; `(a{1000}){1000}` needs tens of megabytes.
pub const MAX_COMPILED_PATTERN_BYTES: usize = 64 << 10;

/// A schema that comes with the program; where each was obtained stands in `schemas/README.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SchemaName {
    /// A badge ([AchievementCredential](https://www.imsglobal.org/spec/ob/v3p0/#achievementcredential)), as JSON-LD; draft 2019-09.
    AchievementCredential,
    /// An endorsement ([EndorsementCredential](https://www.imsglobal.org/spec/ob/v3p0/#endorsementcredential)); draft 2019-09.
    EndorsementCredential,
    /// A body or person ([Profile](https://www.imsglobal.org/spec/ob/v3p0/#profile)), as JSON-LD; draft 2019-09.
    Profile,
    /// Our issuer registry; draft 2020-12.
    IssuerRegistry,
    /// Our trust policy; draft 2020-12.
    TrustPolicy,
    /// Our verification report; draft 2020-12.
    Report,
    /// One of our test vectors; draft 2020-12.
    TestVector,
    /// One record of an evaluation thread; draft 2020-12.
    EvaluationRecord,
}

/// What we carry of one schema.
struct Bundled {
    name: &'static str,
    id: &'static str,
    /// Other addresses by which documents cite it.
    also: &'static [&'static str],
    draft: Draft,
    text: &'static str,
    sha256: &'static str,
}

const ACHIEVEMENT_CREDENTIAL: Bundled = Bundled {
    name: "AchievementCredential",
    id: "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json",
    also: &[
        "https://purl.imsglobal.org/spec/ob/v3p0/schema/jsonld/ob_v3p0_achievementcredential_schema.json",
    ],
    draft: Draft::Draft201909,
    text: include_str!("../json-schemas/ob_v3p0_achievementcredential_schema.json"),
    sha256: "b7358e895f492e74055dc6bfc7ffc420d0e497f90c4579fb83d9519b86d393ea",
};

const ENDORSEMENT_CREDENTIAL: Bundled = Bundled {
    name: "EndorsementCredential",
    id: "https://w3id.org/skills-badge/schemas/endorsement-credential-v1.json",
    also: &[
        "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_endorsementcredential_schema.json",
        "https://purl.imsglobal.org/spec/ob/v3p0/schema/jsonld/ob_v3p0_endorsementcredential_schema.json",
    ],
    draft: Draft::Draft201909,
    text: include_str!("../json-schemas/ob_v3p0_endorsementcredential_schema.json"),
    sha256: "038ef3ebfecdd06a5a66789471a8ae4a339f387a860396503407d07e3bfdc497",
};

const PROFILE: Bundled = Bundled {
    name: "Profile",
    id: "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_profile_schema.json",
    also: &["https://purl.imsglobal.org/spec/ob/v3p0/schema/jsonld/ob_v3p0_profile_schema.json"],
    draft: Draft::Draft201909,
    text: include_str!("../json-schemas/ob_v3p0_profile_schema.json"),
    sha256: "6b268f2caa591bf657e2a290e195713c41dc2db4e1c797723cfd00a1a83f8f13",
};

const ISSUER_REGISTRY: Bundled = Bundled {
    name: "issuer-registry",
    id: "https://w3id.org/skills-badge/schemas/issuer-registry-v1.json",
    also: &[],
    draft: Draft::Draft202012,
    text: include_str!("../json-schemas/issuer-registry.json"),
    sha256: "d72f3f997eaf2d5ec3115b0b853061b4c7ece72ddf04572bcbb39cb69823e1cc",
};

const TRUST_POLICY: Bundled = Bundled {
    name: "trust-policy",
    id: "https://w3id.org/skills-badge/schemas/trust-policy-v1.json",
    also: &[],
    draft: Draft::Draft202012,
    text: include_str!("../json-schemas/trust-policy.json"),
    sha256: "cc0cefcaf441b008b9eeb6f69da6326652b2a254a1c0381809983bfd51991f78",
};

const REPORT: Bundled = Bundled {
    name: "report",
    id: "https://w3id.org/skills-badge/schemas/report-v1.json",
    also: &[],
    draft: Draft::Draft202012,
    text: include_str!("../json-schemas/report.json"),
    sha256: "f156cf3f4d47e53f43fcb3800337ca88951aace5937efad23e0a836ab06578bb",
};

const TEST_VECTOR: Bundled = Bundled {
    name: "test-vector",
    id: "https://w3id.org/skills-badge/schemas/test-vector-v1.json",
    also: &[],
    draft: Draft::Draft202012,
    text: include_str!("../json-schemas/test-vector.json"),
    sha256: "ff2457be09219139810b9f140b9a0f46e3b2b87af6c1363e60738e7a41cb321f",
};

const EVALUATION_RECORD: Bundled = Bundled {
    name: "evaluation-record",
    id: "https://w3id.org/skills-badge/schemas/evaluation-record-v1.json",
    also: &[],
    draft: Draft::Draft202012,
    text: include_str!("../json-schemas/evaluation-record.json"),
    sha256: "392042f2f4bc5e587e9d3dedae12b036b99109bb9ff1e402da43ab2c82184101",
};

impl SchemaName {
    /// Every schema that comes with the program.
    pub const ALL: &[Self] = &[
        Self::AchievementCredential,
        Self::EndorsementCredential,
        Self::Profile,
        Self::IssuerRegistry,
        Self::TrustPolicy,
        Self::Report,
        Self::TestVector,
        Self::EvaluationRecord,
    ];

    /// Its name, as problems say it.
    pub fn as_str(self) -> &'static str {
        self.bundled().name
    }

    /// Its `$id`.
    pub fn id(self) -> &'static str {
        self.bundled().id
    }

    /// Its text, byte for byte.
    pub fn text(self) -> &'static str {
        self.bundled().text
    }

    /// SHA-256 of its text, in lower-case hexadecimal; a test recomputes it.
    pub fn sha256(self) -> &'static str {
        self.bundled().sha256
    }

    /// The schema that an address stands for, as `credentialSchema.id` may cite it; compared as a string.
    ///
    /// `None` means that the program does not carry it, never that anything goes.
    pub fn by_id(url: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|name| {
            let bundled = name.bundled();
            bundled.id == url || bundled.also.contains(&url)
        })
    }

    fn bundled(self) -> &'static Bundled {
        match self {
            Self::AchievementCredential => &ACHIEVEMENT_CREDENTIAL,
            Self::EndorsementCredential => &ENDORSEMENT_CREDENTIAL,
            Self::Profile => &PROFILE,
            Self::IssuerRegistry => &ISSUER_REGISTRY,
            Self::TrustPolicy => &TRUST_POLICY,
            Self::Report => &REPORT,
            Self::TestVector => &TEST_VECTOR,
            Self::EvaluationRecord => &EVALUATION_RECORD,
        }
    }

    /// The compiled schema, compiled at first use. `None` cannot happen to the files we ship (a test compiles them all).
    fn validator(self) -> Option<&'static Validator> {
        static COMPILED: [OnceLock<Option<Validator>>; 8] = [const { OnceLock::new() }; 8];
        let bundled = self.bundled();
        COMPILED.get(self as usize)?.get_or_init(|| compile(bundled)).as_ref()
    }
}

fn compile(bundled: &Bundled) -> Option<Validator> {
    let schema: Value = serde_json::from_str(bundled.text).ok()?;
    // Formats are asserted: Open Badges says "with a time zone" by `format: date-time` only.
    options(bundled.draft).should_validate_formats(true).build(&schema).ok()
}

/// What every validator has in common: never fetches, and matches patterns in linear time.
fn options(draft: Draft) -> jsonschema::ValidationOptions<'static> {
    jsonschema::options().with_draft(draft).offline().with_pattern_options(
        PatternOptions::regex()
            .size_limit(MAX_COMPILED_PATTERN_BYTES)
            .dfa_size_limit(MAX_COMPILED_PATTERN_BYTES),
    )
}

/// One place where a document does not follow a schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Where, as a JSON Pointer ([RFC 6901](https://www.rfc-editor.org/rfc/rfc6901)); empty for the whole document.
    pub pointer: String,
    /// The keyword that is not satisfied and its argument, as JSON Schema writes them (`required: validFrom`): the same in every language.
    pub reason: String,
}

/// Where `value` does not follow a schema of ours: empty if it does, at most [`MAX_VIOLATIONS`] otherwise.
pub fn validate(name: SchemaName, value: &Value) -> Vec<Violation> {
    match name.validator() {
        Some(validator) => violations(validator, value),
        // Fail closed: a schema that cannot be used has been satisfied by nothing.
        None => vec![Violation { pointer: String::new(), reason: format!("$schema: {}", name.id()) }],
    }
}

/// The same as problems with the code `SCHEMA_VIOLATION`.
pub fn problems(name: SchemaName, value: &Value) -> Vec<Problem> {
    let problem = |violation: Violation| {
        Problem::new(Code::SchemaViolation)
            .at(violation.pointer)
            .with("schema", name.as_str())
            .with("reason", violation.reason)
    };
    validate(name, value).into_iter().map(problem).collect()
}

/// Where `instance` does not follow a schema that somebody else wrote, as `credentialSchema` of type `JsonSchema` names one.
///
/// The schema is judged before it is used. Drafts 2019-09 and 2020-12 are read; without `$schema`, the latter.
/// `format` stays an annotation, as both drafts have it by default.
///
/// # Errors
///
/// Says why the schema is not used: it refers elsewhere, or using it could cost too much. The instance is then not checked at all.
pub fn validate_inline(schema: &Value, instance: &Value) -> Result<Vec<Violation>, SchemaRefused> {
    let draft = match inline::vet(schema, instance)? {
        inline::Dialect::Draft201909 => Draft::Draft201909,
        inline::Dialect::Draft202012 => Draft::Draft202012,
    };
    let validator = options(draft).should_validate_formats(false).build(schema).map_err(|error| {
        SchemaRefused::NotASchema {
            pointer: error.instance_path().as_str().to_owned(),
            reason: reason(&error),
        }
    })?;
    Ok(violations(&validator, instance))
}

fn violations(validator: &Validator, value: &Value) -> Vec<Violation> {
    let mut found = Vec::new();
    for error in validator.iter_errors(value) {
        explain(&error, &mut found);
        if found.len() >= MAX_VIOLATIONS {
            break;
        }
    }
    found.truncate(MAX_VIOLATIONS);
    found
}

/// Says an error where the author of the document can mend it. `oneOf: [object, array of them]` stands nearly everywhere in the
/// schemas of Open Badges: an error is then looked for inside the form that was meant.
fn explain(error: &ValidationError<'_>, found: &mut Vec<Violation>) {
    let (ValidationErrorKind::OneOfNotValid { context } | ValidationErrorKind::AnyOf { context }) =
        error.kind()
    else {
        return found.push(Violation { pointer: pointer(error), reason: reason(error) });
    };
    match meant(error, context) {
        Some(form) => form.iter().for_each(|inner| explain(inner, found)),
        None => found.push(Violation { pointer: pointer(error), reason: reason(error) }),
    }
}

/// The one form that fits better than all the others: the right JSON type, and wrong only deeper down.
fn meant<'e>(
    error: &ValidationError<'_>,
    context: &'e [Vec<ValidationError<'static>>],
) -> Option<&'e [ValidationError<'static>]> {
    let mut best: Option<(usize, &[ValidationError<'static>])> = None;
    let mut tie = false;
    for form in context.iter().filter(|form| !form.iter().any(|inner| is_type_of(inner, error))) {
        let depth = form.iter().map(|inner| inner.instance_path().as_str().len()).min().unwrap_or(0);
        match best {
            Some((other, _)) if other > depth => {}
            Some((other, _)) if other == depth => tie = true,
            _ => (best, tie) = (Some((depth, form.as_slice())), false),
        }
    }
    best.filter(|_| !tie).map(|(_, form)| form)
}

/// Whether `inner` says that the very value of `outer` has the wrong JSON type, whatever form is tried.
fn is_type_of(inner: &ValidationError<'_>, outer: &ValidationError<'_>) -> bool {
    inner.instance_path() == outer.instance_path()
        && match inner.kind() {
            ValidationErrorKind::Type { .. } => true,
            ValidationErrorKind::OneOfNotValid { context } | ValidationErrorKind::AnyOf { context } => {
                context.iter().all(|form| form.iter().any(|inner| is_type_of(inner, outer)))
            }
            _ => false,
        }
}

fn pointer(error: &ValidationError<'_>) -> String {
    error.instance_path().as_str().to_owned()
}

/// The keyword and its argument, cut and without control characters. Arguments come from the schema, and names of members from the document; its values never appear.
fn reason(error: &ValidationError<'_>) -> String {
    let kind = error.kind();
    let argument = argument(kind);
    let keyword = kind.keyword();
    let full = if argument.is_empty() { keyword.to_owned() } else { format!("{keyword}: {argument}") };
    let clean = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    let mut text: String = full.chars().take(MAX_REASON_CHARS).map(clean).collect();
    if full.chars().nth(MAX_REASON_CHARS).is_some() {
        text.pop();
        text.push('…');
    }
    text
}

fn argument(kind: &ValidationErrorKind) -> String {
    use ValidationErrorKind as Kind;
    match kind {
        Kind::Required { property } => text_of(property),
        Kind::Type { kind: TypeKind::Single(one) } => one.to_string(),
        Kind::Type { kind: TypeKind::Multiple(several) } => {
            several.iter().map(|one| one.to_string()).collect::<Vec<_>>().join(" | ")
        }
        Kind::Enum { options } => options
            .as_array()
            .map(|all| all.iter().map(text_of).collect::<Vec<_>>().join(" | "))
            .unwrap_or_default(),
        Kind::Constant { expected_value } => text_of(expected_value),
        Kind::Pattern { pattern } => pattern.clone(),
        Kind::Format { format } => format.clone(),
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            unexpected.join(", ")
        }
        Kind::PropertyNames { error } => reason(error),
        Kind::MinItems { limit }
        | Kind::MaxItems { limit }
        | Kind::MinLength { limit }
        | Kind::MaxLength { limit }
        | Kind::MinProperties { limit }
        | Kind::MaxProperties { limit } => limit.to_string(),
        Kind::Minimum { limit }
        | Kind::Maximum { limit }
        | Kind::ExclusiveMinimum { limit }
        | Kind::ExclusiveMaximum { limit } => limit.to_string(),
        Kind::OneOfNotValid { context } | Kind::AnyOf { context } => {
            let mut forms: Vec<String> = context.iter().filter_map(|form| form.first()).map(reason).collect();
            forms.dedup();
            forms.join(" | ")
        }
        _ => String::new(),
    }
}

/// A value of a schema as text: strings bare, everything else as JSON.
fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests;
