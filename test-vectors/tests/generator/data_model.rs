//! The rules of the data models, in drafts that are not signed yet: what each member may be, and how the two versions mix.

use serde_json::{Value, json};

use super::documents::{V2, badge_with};
use super::keys::{HOLDER, ISSUER, base64url};
use super::{Case, case, no_key};
use crate::support::Input;

pub const V1: &str = "https://www.w3.org/2018/credentials/v1";
const MALFORMED: &str = "fail MALFORMED_VALUE";

/// The smallest credential, of no particular kind; not yet signed.
pub fn credential() -> Value {
    json!({
        "@context": [V2],
        "type": ["VerifiableCredential"],
        "issuer": ISSUER.did(),
        "credentialSubject": {"id": HOLDER.did()},
    })
}

fn with(name: &str, value: Value) -> Value {
    let mut credential = credential();
    credential[name] = value;
    credential
}

/// A credential with one more context, of plain terms, and one member.
fn with_term(term: &str, name: &str, value: Value) -> Value {
    let mut credential = with(name, value);
    credential["@context"] = json!([V2, {term: format!("https://cfa.example/ns#{term}")}]);
    credential
}

fn without(name: &str) -> Value {
    let mut credential = credential();
    credential.as_object_mut().unwrap().remove(name);
    credential
}

fn draft(name: &str, lesson: &str, document: Value, conformance: &str) -> Case {
    let outcome = no_key("invalid", "fail NO_PROOF").and(&[("conformance", conformance)]);
    case("issue", name, lesson, Input::Json(document), outcome)
}

pub fn cases() -> Vec<Case> {
    let mut cases = contexts_and_types();
    cases.extend(identifiers());
    cases.extend(texts());
    cases.extend(described());
    cases.extend(related());
    cases.extend(mixed());
    cases.extend(envelopes());
    cases
}

fn contexts_and_types() -> Vec<Case> {
    let context = |contexts: Value| with("@context", contexts);
    let typed = |types: Value| with("type", types);
    let inline = "fail CONTEXT_INLINE_FORBIDDEN";
    let term = |definition: Value| {
        let mut credential = typed(json!(["VerifiableCredential", "Brevet"]));
        credential["@context"] = json!([V2, {"Brevet": definition}]);
        credential
    };
    vec![
        draft("credential-plain", "A credential that is no badge may be issued too.", credential(), "pass"),
        draft(
            "context-missing",
            "A document without contexts has no meaning.",
            without("@context"),
            "fail CONTEXT_ORDER",
        ),
        draft("context-number", "A context is an address or an object.", context(json!([V2, 123])), inline),
        draft(
            "context-no-address",
            "A context whose address is broken is none.",
            context(json!([V2, "https ://cfa.example/x"])),
            "fail CONTEXT_UNKNOWN",
        ),
        draft(
            "context-redefines-a-type",
            "A context must not give a protected type another meaning.",
            context(json!([V2, {"VerifiableCredential": "https://cfa.example/ns#Autre"}])),
            inline,
        ),
        draft(
            "context-redefines-its-own",
            "A term that one context protects is not defined again by the next.",
            context(
                json!([V2, {"@protected": true, "Brevet": "https://cfa.example/ns#Brevet"}, {"Brevet": "https://cfa.example/ns#Autre"}]),
            ),
            inline,
        ),
        draft(
            "type-iri",
            "A type may be written as its address.",
            typed(json!(["https://cfa.example/ns#Brevet", "VerifiableCredential"])),
            "pass",
        ),
        draft(
            "type-of-a-context",
            "A type may be a term of an inline context.",
            term("https://cfa.example/ns#Brevet".into()),
            "pass",
        ),
        draft(
            "type-broken-address",
            "A type that stands for a broken address stands for nothing.",
            term("https ://cfa.example/ns#Brevet".into()),
            inline,
        ),
        draft(
            "type-without-meaning",
            "A type that no context of the credential defines could not be signed.",
            typed(json!(["VerifiableCredential", "Brevet"])),
            "fail JSONLD_UNDEFINED_TERM",
        ),
        draft("type-number", "A type is a string.", typed(json!(["VerifiableCredential", 5])), MALFORMED),
    ]
}

fn identifiers() -> Vec<Case> {
    let issuer = |value: Value| with("issuer", value);
    let subject = |value: Value| with("credentialSubject", value);
    vec![
        draft(
            "id-several",
            "A credential has one id.",
            with("id", json!(["urn:uuid:1", "urn:uuid:2"])),
            MALFORMED,
        ),
        draft("id-null", "An id that is not there is left out.", with("id", Value::Null), MALFORMED),
        draft(
            "id-broken",
            "An id with a blank in its scheme is no URL.",
            with("id", "https ://cfa.example/1".into()),
            MALFORMED,
        ),
        draft("issuer-word", "A name alone identifies no issuer.", issuer("cfa".into()), MALFORMED),
        draft("issuer-null", "A credential is issued by someone.", issuer(Value::Null), MALFORMED),
        draft("issuer-true", "An issuer is an address or an object.", issuer(true.into()), MALFORMED),
        draft("issuer-number", "A number is no issuer.", issuer(json!(4)), MALFORMED),
        draft("issuer-array", "A credential has one issuer.", issuer(json!([])), MALFORMED),
        draft(
            "issuer-nameless",
            "An issuer given as an object has an id.",
            issuer(json!({"name": "CFA"})),
            MALFORMED,
        ),
        draft("issuer-id-null", "The id of an issuer is a URL.", issuer(json!({"id": null})), MALFORMED),
        draft("subject-missing", "A credential is about something.", without("credentialSubject"), MALFORMED),
        draft("subject-empty", "A subject of which nothing is said is none.", subject(json!({})), MALFORMED),
        draft("subject-null", "Nothing is no subject.", subject(Value::Null), MALFORMED),
        draft("subject-true", "A truth value is no subject.", subject(true.into()), MALFORMED),
        draft("subject-number", "A number is no subject.", subject(json!(4)), MALFORMED),
        draft("subjects-none", "An array without subjects is about nothing.", subject(json!([])), MALFORMED),
        draft("subject-text", "A subject is an object.", subject("did:example:zoe".into()), MALFORMED),
        draft(
            "subject-ids-several",
            "A subject has one id.",
            subject(json!({"id": ["did:example:zoe", "did:example:leo"]})),
            MALFORMED,
        ),
        draft(
            "subjects-one-empty",
            "Of several subjects none is empty.",
            subject(json!([{"id": "did:example:zoe"}, {}])),
            MALFORMED,
        ),
        draft(
            "subjects-several",
            "A credential that is no badge may have several subjects.",
            subject(json!([{"id": "did:example:zoe"}, {"id": "did:example:leo"}])),
            "pass",
        ),
    ]
}

fn texts() -> Vec<Case> {
    let name = |value: Value| with("name", value);
    let issuer = |name: Value| with("issuer", json!({"id": ISSUER.did(), "name": name}));
    let french = || json!({"@value": "Brevet", "@language": "fr"});
    vec![
        draft("name-language", "A name may say its language.", name(french()), "pass"),
        draft(
            "name-languages",
            "A name may be given in several languages.",
            name(json!([french(), {"@value": "Certificate", "@language": "en-GB"}])),
            "pass",
        ),
        draft(
            "name-direction",
            "A name may say in which direction it is read.",
            name(json!({"@value": "شهادة", "@language": "ar", "@direction": "rtl"})),
            "pass",
        ),
        draft(
            "description-direction",
            "A direction needs no language.",
            with("description", json!({"@value": "شهادة", "@direction": "rtl"})),
            "pass",
        ),
        draft(
            "name-more",
            "A text in a language has no other members.",
            name(json!({"@value": "Brevet", "@language": "fr", "url": "https://cfa.example/"})),
            MALFORMED,
        ),
        draft(
            "name-without-value",
            "A language without a text says nothing.",
            name(json!({"@language": "fr"})),
            MALFORMED,
        ),
        draft("name-number", "A name is a text.", name(5.into()), MALFORMED),
        draft(
            "name-sideways",
            "Text is read from the left or from the right.",
            name(json!({"@value": "Brevet", "@direction": "up"})),
            MALFORMED,
        ),
        draft(
            "name-language-broken",
            "A language has a tag.",
            name(json!({"@value": "Brevet", "@language": "le français"})),
            MALFORMED,
        ),
        draft("issuer-name-language", "An issuer's name may say its language too.", issuer(french()), "pass"),
        draft(
            "issuer-name-more",
            "An issuer's name in a language has no other members.",
            issuer(json!({"@value": "CFA", "type": "Profile"})),
            MALFORMED,
        ),
        draft(
            "badge-names-languages",
            "A badge may say the language of what its schema takes for text.",
            badge_with(|badge| {
                badge["name"] = json!({"@value": "Soudure TIG", "@language": "fr"});
                badge["credentialSubject"]["achievement"]["name"] =
                    json!({"@value": "Soudure TIG – niveau 1", "@language": "fr"});
                badge["credentialSubject"]["achievement"]["description"] =
                    json!({"@value": "Souder un assemblage simple.", "@language": "fr"});
            }),
            "pass",
        ),
        draft(
            "direction-hidden",
            "A direction is not written as a datatype, where no reader looks for it.",
            with(
                "credentialSubject",
                json!({"id": HOLDER.did(), "name": {"@value": "x", "@type": "https://www.w3.org/ns/i18n#ar_rtl"}}),
            ),
            MALFORMED,
        ),
    ]
}

fn described() -> Vec<Case> {
    let mut cases = vec![
        draft(
            "terms-of-use",
            "Terms of use are objects with a type.",
            with_term(
                "Politique",
                "termsOfUse",
                json!([{"type": "Politique"}, {"type": "Politique", "id": "urn:uuid:3"}]),
            ),
            "pass",
        ),
        draft(
            "evidence-typed",
            "Evidence is an object with a type.",
            with_term("Dossier", "evidence", json!({"type": ["Dossier"]})),
            "pass",
        ),
        draft("evidence-text", "Evidence is not a text.", with("evidence", "dossier".into()), MALFORMED),
        draft(
            "refresh-service",
            "A refresh service has a type, and an address or not.",
            with_term("Service", "refreshService", json!({"type": "Service", "id": "urn:uuid:4"})),
            "pass",
        ),
        draft(
            "schema-of-another-type",
            "A schema of a type that nobody here reads is named in a warning.",
            with_term("Forme", "credentialSchema", json!({"type": "Forme", "id": "urn:uuid:5"})),
            "pass",
        )
        .and(&[("credential-schema", "warn CREDENTIAL_SCHEMA_UNSUPPORTED")]),
        draft(
            "schema-without-id",
            "A schema has an id.",
            with_term("Forme", "credentialSchema", json!({"type": "Forme"})),
            MALFORMED,
        )
        .and(&[("credential-schema", MALFORMED)]),
        draft(
            "schema-id-broken",
            "The id of a schema is a URL.",
            with_term("Forme", "credentialSchema", json!({"type": "Forme", "id": "https ://cfa.example/s"})),
            MALFORMED,
        )
        .and(&[("credential-schema", "warn CREDENTIAL_SCHEMA_UNSUPPORTED")]),
        draft(
            "schema-without-type",
            "A schema has a type.",
            with("credentialSchema", json!({"id": "urn:uuid:5"})),
            MALFORMED,
        )
        .and(&[("credential-schema", MALFORMED)]),
        draft(
            "status-without-id",
            "A status entry needs no id.",
            with_term("Registre", "credentialStatus", json!({"type": "Registre"})),
            "pass",
        ),
        draft(
            "status-type-number",
            "The type of a status entry is a term.",
            with("credentialStatus", json!({"id": "urn:uuid:6", "type": 2})),
            MALFORMED,
        ),
        draft(
            "status-ids-several",
            "A status entry has one id.",
            with_term(
                "Registre",
                "credentialStatus",
                json!({"type": "Registre", "id": ["urn:uuid:6", "urn:uuid:7"]}),
            ),
            MALFORMED,
        ),
        draft(
            "status-id-broken",
            "The id of a status entry is a URL.",
            with_term(
                "Registre",
                "credentialStatus",
                json!({"type": "Registre", "id": "https ://cfa.example/s"}),
            ),
            MALFORMED,
        ),
        draft(
            "date-in-words",
            "A period begins at a time, not in words.",
            with("validFrom", "Sat 25 Feb 2023 07:16:31 PM CST".into()),
            MALFORMED,
        ),
    ];
    for (member, lesson) in [
        ("termsOfUse", "Terms of use without a type say nothing."),
        ("evidence", "Evidence without a type says nothing."),
        ("refreshService", "A refresh service without a type cannot be used."),
        ("credentialStatus", "A status entry without a type cannot be looked up."),
    ] {
        cases.push(draft(
            &format!("{}-untyped", member.to_ascii_lowercase()),
            lesson,
            with(member, json!({"id": "urn:uuid:8"})),
            MALFORMED,
        ));
    }
    let mut reversed = with("validFrom", "2026-12-01T00:00:00Z".into());
    reversed["validUntil"] = "2026-11-01T00:00:00Z".into();
    cases.push(
        draft("period-reversed", "A period does not end before it begins.", reversed, "pass")
            .and(&[("validity", "fail VALIDITY_REVERSED")]),
    );
    cases
}

/// `alg-base64` of what comes with the program under an address.
pub fn sri(iri: &str) -> String {
    sri_of(badge_schemas::contexts::lookup(iri).unwrap().as_bytes())
}

pub fn sri_of(bytes: &[u8]) -> String {
    use base64::Engine as _;
    use sha2::Digest as _;
    format!("sha384-{}", base64::engine::general_purpose::STANDARD.encode(sha2::Sha384::digest(bytes)))
}

pub fn multihash_of(bytes: &[u8]) -> String {
    use sha2::Digest as _;
    format!("u{}", base64url(&[&[0x12, 0x20][..], &sha2::Sha256::digest(bytes)].concat()))
}

fn related() -> Vec<Case> {
    let listed = |resources: Value| with("relatedResource", resources);
    let case = |name: &str, lesson: &str, resources: Value, outcome: &str| {
        draft(name, lesson, listed(resources), "pass").and(&[("related-resource", outcome)])
    };
    let multihash = multihash_of(badge_schemas::contexts::lookup(V2).unwrap().as_bytes());
    let mismatch = "fail RELATED_RESOURCE_MISMATCH";
    let unseen = "warn RELATED_RESOURCE_NOT_LOOKED_AT";
    let picture = "data:image/svg+xml;base64,PHN2Zy8+";
    let pictured = |digest: String| {
        badge_with(|badge| {
            badge["credentialSubject"]["achievement"]["image"] = json!({"id": picture, "type": "Image"});
            badge["evidence"] = json!([{"id": picture, "type": ["Evidence"], "digestMultibase": digest}]);
        })
    };
    vec![
        case(
            "related-sri",
            "The context has the digest that a credential states of it.",
            json!({"id": V2, "digestSRI": sri(V2)}),
            "pass",
        ),
        case(
            "related-multibase",
            "Both notations may stand side by side, with the media type.",
            json!([{"id": V2, "mediaType": "application/ld+json", "digestSRI": sri(V2), "digestMultibase": multihash}]),
            "pass",
        ),
        case(
            "related-other-sri",
            "A context with another digest is not the one the issuer meant.",
            json!([{"id": V2, "digestSRI": sri_of(b"autre")}]),
            mismatch,
        ),
        case(
            "related-other-multibase",
            "The same in the other notation.",
            json!([{"id": V2, "digestMultibase": multihash_of(b"autre")}]),
            mismatch,
        ),
        case(
            "related-one-of-two",
            "Of two notations both must fit.",
            json!([{"id": V2, "digestSRI": sri(V2), "digestMultibase": multihash_of(b"autre")}]),
            mismatch,
        ),
        case(
            "related-twice",
            "A resource is listed once.",
            json!([{"id": V2, "digestSRI": sri(V2)}, {"id": V2, "digestMultibase": multihash}]),
            "fail RELATED_RESOURCE_DUPLICATE",
        ),
        case(
            "related-without-digest",
            "A resource without a digest is not protected.",
            json!([{"id": V2}]),
            "fail RELATED_RESOURCE_DIGEST_MISSING",
        ),
        case(
            "related-without-id",
            "A digest of nothing in particular protects nothing.",
            json!([{"digestMultibase": multihash}]),
            MALFORMED,
        ),
        case("related-text", "A resource is listed as an object.", json!([V2]), MALFORMED),
        case("related-none", "A list of resources is not empty.", json!([]), MALFORMED),
        case(
            "related-md5",
            "A digest by a broken algorithm protects nothing.",
            json!([{"id": V2, "digestSRI": "md5-1B2M2Y8AsgTpgAmY7PhCfg=="}]),
            "fail DIGEST_ALGORITHM_FORBIDDEN",
        ),
        case(
            "related-sha1",
            "Nor does one in a multihash.",
            json!([{"id": V2, "digestMultibase": format!("u{}", base64url(&[&[0x11, 0x14][..], &[0; 20]].concat()))}]),
            "fail DIGEST_ALGORITHM_FORBIDDEN",
        ),
        case(
            "related-bare-hash",
            "A multibase digest says by which algorithm it was made.",
            json!([{"id": V2, "digestMultibase": format!("u{}", base64url(&[7; 32]))}]),
            MALFORMED,
        ),
        case(
            "related-elsewhere",
            "A resource that nobody has looked at is a warning.",
            json!([{"id": "https://cfa.example/r.pdf", "digestSRI": sri_of(b"x")}]),
            unseen,
        ),
        draft(
            "evidence-digest",
            "A digest may stand beside any id; that of data in the badge is compared.",
            pictured(multihash_of(b"<svg/>")),
            "pass",
        )
        .and(&[("related-resource", "pass")]),
        draft(
            "evidence-other-digest",
            "Data in the badge with another digest is refused.",
            pictured(multihash_of(b"<svg />")),
            "pass",
        )
        .and(&[("related-resource", mismatch)]),
    ]
}

/// A badge as a token in an envelope of its own: what a service may send instead of the bare token.
fn envelopes() -> Vec<Case> {
    let token = ISSUER.vc_jwt(&super::documents::badge());
    let envelope = || json!({"@context": V2, "type": "EnvelopedVerifiableCredential", "id": format!("data:application/vc+jwt,{token}")});
    let with = |member: &str, value: Value| {
        let mut envelope = envelope();
        envelope[member] = value;
        envelope
    };
    let case = |name: &str, lesson: &str, document: Value, outcome| {
        case("verify", &format!("envelope-{name}"), lesson, Input::Json(document), outcome)
    };
    let malformed = || super::unreadable("MALFORMED_VALUE");
    let mut inner = envelope();
    inner["id"] = format!("data:application/json;base64,{}", {
        use base64::Engine as _;
        base64::engine::general_purpose::STANDARD.encode(envelope().to_string())
    })
    .into();
    vec![
        case("bare", "A badge in an envelope is the badge.", envelope(), super::valid(&[])),
        case(
            "other-context",
            "An envelope names the context that defines it.",
            with("@context", "https://www.w3.org/ns/credentials/examples/v2".into()),
            super::unreadable("CONTEXT_ORDER"),
        ),
        case(
            "no-context",
            "An envelope without contexts is none.",
            with("@context", json!([])),
            super::unreadable("CONTEXT_ORDER"),
        ),
        case(
            "no-data-url",
            "The id of an envelope is a data: URL.",
            with("id", token.clone().into()),
            malformed(),
        ),
        case(
            "other-type",
            "What calls itself a credential is no envelope, whatever its id.",
            with("type", "VerifiableCredential".into()),
            no_key("invalid", "fail NO_PROOF").and(&[("conformance", MALFORMED)]),
        ),
        case(
            "two-types",
            "An envelope has one type.",
            with("type", json!(["EnvelopedVerifiableCredential", "VerifiableCredential"])),
            malformed(),
        ),
        case(
            "of-a-presentation",
            "The envelope of a presentation does not hold a badge.",
            with("type", "EnvelopedVerifiablePresentation".into()),
            malformed(),
        ),
        case("in-an-envelope", "Envelopes in envelopes are not opened.", inner, malformed()),
        case(
            "of-json",
            "What is signed inside itself needs no envelope.",
            with("id", "data:application/vc,{}".into()),
            malformed(),
        ),
    ]
}

fn mixed() -> Vec<Case> {
    let mut first = with("issuanceDate", "2026-11-01T00:00:00Z".into());
    first["@context"] = json!([V1]);
    let version = |contexts: Value| with("@context", contexts);
    let mixed = "fail VCDM_CONTEXTS_MIXED";
    let first_edition = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json";
    vec![
        draft("data-model-1-1-draft", "The data model 1.1 is read, and not written.", first, "pass"),
        draft(
            "contexts-of-both",
            "The context of 1.1 does not stand beside that of 2.0.",
            version(json!([V2, V1])),
            mixed,
        ),
        draft(
            "badges-of-1-1",
            "Nor does a context of Open Badges that was made for 1.1.",
            version(json!([V2, first_edition])),
            mixed,
        ),
    ]
}

impl Case {
    fn and(mut self, differences: super::Differences<'_>) -> Self {
        self.vector.outcome = self.vector.outcome.and(differences);
        self
    }
}
