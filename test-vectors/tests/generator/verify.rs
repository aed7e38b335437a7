//! Badges on their own: keys, signatures, containers, periods, conformance, recipients, endorsements.

use badge_verifier::snapshot::ResourceKind;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::documents::{
    ACHIEVEMENT_ID, BADGE_ID, EXTENSIONS, OB, V2, badge, badge_from, badge_with, endorsement, endorsement_of,
};
use super::images::{badge_chunk, bytes, png, svg};
use super::keys::{
    ENDORSER, HOLDER, ISSUER, Key, STRANGER, base64url, claims, es256, p256_did, rs256, rsa_jwk,
};
use super::{Case, Differences, case, expected, forged, invalid, no_key, not_authentic, valid};
use crate::support::{Body, Expected, Input};

const WEB_ISSUER: &str = "https://cfa.example/issuer";
const WEB_KID: &str = "https://cfa.example/keys#rsa-1";
const JWKS_URL: &str = "https://cfa.example/.well-known/jwks.json";
const DID_WEB: &str = "did:web:cfa.example";
const DID_WEB_KEY: &str = "did:web:cfa.example#k1";
const DID_WEB_URL: &str = "https://cfa.example/.well-known/did.json";

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    signatures(&mut cases);
    web_keys(&mut cases);
    proofs(&mut cases);
    periods(&mut cases);
    conformance(&mut cases);
    results(&mut cases);
    recipients(&mut cases);
    endorsements(&mut cases);
    cases
}

fn verify(name: &str, lesson: &str, input: Input, outcome: Expected) -> Case {
    case("verify", name, lesson, input, outcome)
}

fn json_case(name: &str, lesson: &str, document: Value, outcome: Expected) -> Case {
    verify(name, lesson, Input::Json(document), outcome)
}

fn rsa_payload() -> Value {
    claims(&badge_from(WEB_ISSUER))
}

fn jwks(key: Value) -> Body {
    let mut key = key;
    key["kid"] = WEB_KID.into();
    Body::Json(json!({"keys": [key]}))
}

fn signatures(cases: &mut Vec<Case>) {
    let sealed = ISSUER.seal(&badge());
    cases.push(json_case(
        "eddsa-did-key",
        "A badge signed with eddsa-rdfc-2022 by a did:key is valid.",
        sealed.clone(),
        valid(&[]),
    ));
    let jwt = ISSUER.jwt(&badge());
    cases.push(verify(
        "jwt-eddsa-did-key",
        "A badge as a VC-JWT signed with EdDSA is valid.",
        Input::Text(jwt.clone()),
        valid(&[]),
    ));
    let vc_jwt = ISSUER.vc_jwt(&badge());
    cases.push(verify(
        "jwt-vc-jose",
        "A badge as a VC-JOSE-COSE token needs no repeated claims.",
        Input::Text(vc_jwt),
        valid(&[]),
    ));
    let (did, method) = p256_did();
    let token = es256(&json!({"alg": "ES256", "kid": method, "typ": "JWT"}), &claims(&badge_from(&did)));
    cases.push(verify(
        "jwt-es256-did-key",
        "A VC-JWT signed with ES256 by a P-256 did:key is valid.",
        Input::Text(token),
        valid(&[]),
    ));

    let by_kid = rs256(&json!({"alg": "RS256", "kid": WEB_KID, "typ": "JWT"}), &rsa_payload());
    cases.push(
        verify(
            "jwt-rs256-jwks",
            "An https issuer's RS256 key is found by its kid in the JWK Set of its origin.",
            Input::Text(by_kid.clone()),
            valid(&[]),
        )
        .at_hand(ResourceKind::Jwks, JWKS_URL, jwks(rsa_jwk())),
    );
    cases.push(verify(
        "jwt-rs256-jwks-missing",
        "Without the JWK Set there is no verdict: it must be fetched first.",
        Input::Text(by_kid.clone()),
        no_key("indeterminate", "missing jwks"),
    ));
    cases.push(
        verify(
            "jwt-rs256-jwks-unreachable",
            "A JWK Set that could not be fetched leaves the verdict open.",
            Input::Text(by_kid.clone()),
            no_key("indeterminate", "undetermined KEY_UNAVAILABLE"),
        )
        .at_hand(ResourceKind::Jwks, JWKS_URL, Body::Failure("time-out".into())),
    );
    cases.push(
        verify(
            "jwt-rs256-kid-unknown",
            "A kid that the issuer's JWK Set does not hold is nobody's key.",
            Input::Text(by_kid),
            no_key("invalid", "fail KEY_PROVENANCE_MISSING"),
        )
        .at_hand(ResourceKind::Jwks, JWKS_URL, Body::Json(json!({"keys": [rsa_jwk()]}))),
    );
    let carried = rs256(&json!({"alg": "RS256", "jwk": rsa_jwk(), "typ": "JWT"}), &rsa_payload());
    cases.push(
        verify(
            "jwt-jwk-published",
            "A key carried in the token counts where the issuer publishes the same key.",
            Input::Text(carried.clone()),
            valid(&[]),
        )
        .at_hand(ResourceKind::Jwks, JWKS_URL, jwks(rsa_jwk())),
    );
    cases.push(
        verify(
            "jwt-jwk-unpublished",
            "A key carried in the token proves nothing where the issuer publishes another.",
            Input::Text(carried),
            no_key("invalid", "fail KEY_PROVENANCE_MISSING"),
        )
        .at_hand(ResourceKind::Jwks, JWKS_URL, jwks(STRANGER.jwk())),
    );

    let did_jwk = format!("did:jwk:{}", base64url(ISSUER.jwk().to_string().as_bytes()));
    let document = badge_from(&did_jwk);
    let mut proof = ISSUER.proof();
    proof["verificationMethod"] = format!("{did_jwk}#0").into();
    cases.push(json_case(
        "eddsa-did-jwk",
        "A did:jwk is its own key.",
        ISSUER.seal_with(&document, proof.clone()),
        valid(&[]),
    ));
    proof["verificationMethod"] = format!("{did_jwk}#1").into();
    cases.push(json_case(
        "did-jwk-other-fragment",
        "A did:jwk has one key, named 0.",
        ISSUER.seal_with(&document, proof),
        no_key("invalid", "fail KEY_UNRESOLVED"),
    ));

    cases.push(verify(
        "png-json",
        "A baked PNG carries the signed JSON.",
        bytes(&png(&[badge_chunk(&sealed.to_string())])),
        valid(&[]),
    ));
    cases.push(verify(
        "png-jwt",
        "A baked PNG carries a VC-JWT.",
        bytes(&png(&[badge_chunk(&jwt)])),
        valid(&[]),
    ));
    cases.push(verify(
        "svg-json",
        "A baked SVG carries the signed JSON.",
        Input::Text(svg(&sealed.to_string(), "")),
        valid(&[]),
    ));
    let attribute = svg("", "").replace(
        "<openbadges:credential><![CDATA[]]></openbadges:credential>",
        &format!("<openbadges:credential verify=\"{jwt}\"/>"),
    );
    cases.push(verify(
        "svg-jwt",
        "A baked SVG carries a VC-JWT in the attribute verify.",
        Input::Text(attribute),
        valid(&[]),
    ));

    let mut tampered = sealed.clone();
    tampered["credentialSubject"]["achievement"]["name"] = "Soudure TIG – niveau 2".into();
    cases.push(json_case(
        "tampered",
        "A badge changed after signing is invalid.",
        tampered.clone(),
        forged(),
    ));
    cases.push(verify(
        "png-tampered",
        "A badge changed inside its image is invalid.",
        bytes(&png(&[badge_chunk(&tampered.to_string())])),
        forged(),
    ));
    let other_payload =
        claims(&badge_with(|badge| badge["credentialSubject"]["achievement"]["name"] = "Autre".into()));
    let parts: Vec<&str> = jwt.split('.').collect();
    let swapped = format!("{}.{}.{}", parts[0], base64url(other_payload.to_string().as_bytes()), parts[2]);
    cases.push(verify(
        "jwt-tampered",
        "A VC-JWT with another payload is invalid.",
        Input::Text(swapped),
        forged(),
    ));
    cases.push(json_case(
        "unsigned",
        "A badge without proof is invalid, whatever it says.",
        badge(),
        no_key("invalid", "fail NO_PROOF"),
    ));
    let unsigned = format!("{}.{}.", parts[0], parts[1]);
    cases.push(verify(
        "jwt-unsigned",
        "A token with an empty signature is unsigned.",
        Input::Text(unsigned),
        super::unreadable("NO_PROOF"),
    ));
    let mut claim = claims(&badge());
    claim["sub"] = STRANGER.did().into();
    let header = json!({"alg": "EdDSA", "kid": ISSUER.method(), "typ": "JWT"});
    cases.push(verify(
        "jwt-claim-mismatch",
        "A claim that contradicts the credential is invalid even when signed.",
        Input::Text(ISSUER.token(&header, &claim)),
        invalid(&[("conformance", "fail CLAIM_MISMATCH")]),
    ));
    claim = claims(&badge());
    claim["aud"] = "https://autre.example".into();
    cases.push(verify(
        "jwt-audience",
        "A token for a named audience is not a badge for everyone.",
        Input::Text(ISSUER.token(&header, &claim)),
        invalid(&[("conformance", "fail CLAIM_MISMATCH")]),
    ));
    cases.push(json_case(
        "controller-not-issuer",
        "A sound signature by someone else than the issuer is invalid.",
        STRANGER.seal(&badge()),
        not_authentic(&[("controller", "fail CONTROLLER_NOT_ISSUER")]),
    ));
    cases.push(verify(
        "jwt-controller-not-issuer",
        "A sound token by someone else than the issuer is invalid.",
        Input::Text(STRANGER.jwt(&badge())),
        not_authentic(&[("controller", "fail CONTROLLER_NOT_ISSUER")]),
    ));
}

fn did_document(key: Value, assertion: &Value) -> Value {
    let mut key = key;
    for (name, value) in [("id", DID_WEB_KEY), ("type", "Multikey"), ("controller", DID_WEB)] {
        if key.get(name).is_none() {
            key[name] = value.into();
        }
    }
    json!({"@context": ["https://www.w3.org/ns/did/v1"], "id": DID_WEB, "verificationMethod": [key], "assertionMethod": assertion})
}

fn web_badge() -> Value {
    let mut proof = ISSUER.proof();
    proof["verificationMethod"] = DID_WEB_KEY.into();
    ISSUER.seal_with(&badge_from(DID_WEB), proof)
}

fn web_keys(cases: &mut Vec<Case>) {
    let key = || json!({"publicKeyMultibase": ISSUER.multibase()});
    let with = |extra: Value| {
        let mut key = key();
        extra.as_object().unwrap().iter().for_each(|(name, value)| key[name] = value.clone());
        key
    };
    let listed = json!([DID_WEB_KEY]);
    let sealed = web_badge();
    let mut did_web = |name: &str, lesson: &str, document: Value, outcome: Expected| {
        cases.push(json_case(name, lesson, sealed.clone(), outcome).document(DID_WEB_URL, document));
    };
    did_web(
        "did-web",
        "A did:web issuer's key is read from its document.",
        did_document(key(), &listed),
        valid(&[]),
    );
    did_web(
        "did-web-relative-key",
        "A key may be named by its fragment alone.",
        did_document(with(json!({"id": "#k1"})), &json!(["#k1"])),
        valid(&[]),
    );
    did_web(
        "did-web-key-in-place",
        "A key may stand in assertionMethod itself.",
        json!({"id": DID_WEB, "assertionMethod": [{"id": DID_WEB_KEY, "type": "Multikey", "controller": DID_WEB, "publicKeyMultibase": ISSUER.multibase()}]}),
        valid(&[]),
    );
    did_web(
        "did-web-jwk",
        "A key may be given as a JWK.",
        did_document(json!({"type": "JsonWebKey", "publicKeyJwk": ISSUER.jwk()}), &listed),
        valid(&[]),
    );
    did_web(
        "did-web-not-for-assertion",
        "A key that its controller does not list under assertionMethod must not sign badges.",
        did_document(key(), &json!([])),
        not_authentic(&[("proof-purpose", "fail PURPOSE_NOT_AUTHORIZED")]),
    );
    did_web(
        "did-web-key-of-another",
        "A key that names another controller is not this issuer's.",
        did_document(with(json!({"controller": "did:web:autre.example"})), &listed),
        no_key("invalid", "fail CONTROLLER_DOCUMENT_INVALID"),
    );
    did_web(
        "did-web-revoked-key",
        "A key revoked by its controller signs nothing any more, and created says nothing about when.",
        did_document(with(json!({"revoked": "2026-11-10T00:00:00Z"})), &listed),
        no_key("invalid", "fail KEY_REVOKED"),
    );
    did_web(
        "did-web-key-revoked-later",
        "A key whose revocation lies in the future still counts.",
        did_document(with(json!({"revoked": "2027-11-10T00:00:00Z"})), &listed),
        valid(&[]),
    );
    did_web(
        "did-web-expired-key",
        "Whether a key past its expiry signed before it, only the signature itself says: that is left open.",
        did_document(with(json!({"expires": "2026-11-10T00:00:00Z"})), &listed),
        no_key("indeterminate", "undetermined KEY_EXPIRED"),
    );
    did_web(
        "did-web-key-replaced",
        "A key that is no longer in the document is nobody's.",
        did_document(with(json!({"id": "did:web:cfa.example#k2"})), &json!(["did:web:cfa.example#k2"])),
        no_key("invalid", "fail KEY_UNRESOLVED"),
    );
    did_web(
        "did-web-other-key",
        "Another key under the same name does not verify the signature.",
        did_document(json!({"publicKeyMultibase": STRANGER.multibase()}), &listed),
        forged(),
    );
    did_web(
        "did-web-private-key",
        "A document that exposes a private key cannot be trusted.",
        did_document(
            json!({"publicKeyJwk": {"kty": "OKP", "crv": "Ed25519", "x": "AA", "d": "AA"}}),
            &listed,
        ),
        no_key("invalid", "fail JWK_PRIVATE_KEY_EXPOSED"),
    );
    did_web(
        "did-web-two-forms",
        "A key given in two forms could be two keys.",
        did_document(with(json!({"publicKeyJwk": STRANGER.jwk()})), &listed),
        no_key("invalid", "fail KEY_MALFORMED"),
    );
    let mut other = did_document(key(), &listed);
    other["id"] = "did:web:autre.example".into();
    did_web(
        "did-web-other-document",
        "A document about another identifier is not the one asked for.",
        other,
        no_key("invalid", "fail CONTROLLER_DOCUMENT_INVALID"),
    );
    cases.push(json_case(
        "did-web-missing",
        "Without the DID document there is no verdict: it must be fetched first.",
        sealed.clone(),
        no_key("indeterminate", "missing controller-document"),
    ));
    cases.push(
        json_case(
            "did-web-unreachable",
            "A DID document that could not be fetched leaves the verdict open.",
            sealed.clone(),
            no_key("indeterminate", "undetermined KEY_UNAVAILABLE"),
        )
        .at_hand(ResourceKind::ControllerDocument, DID_WEB_URL, Body::Failure("404".into())),
    );
    cases.push(
        json_case(
            "did-web-not-json",
            "A DID document that is not JSON is invalid.",
            sealed,
            no_key("invalid", "fail CONTROLLER_DOCUMENT_INVALID"),
        )
        .at_hand(ResourceKind::ControllerDocument, DID_WEB_URL, Body::Text("<html>".into())),
    );
    let token = ISSUER
        .token(&json!({"alg": "EdDSA", "kid": DID_WEB_KEY, "typ": "JWT"}), &claims(&badge_from(DID_WEB)));
    cases.push(
        verify("jwt-did-web", "A VC-JWT names its key by a DID URL.", Input::Text(token), valid(&[]))
            .document(DID_WEB_URL, did_document(key(), &listed)),
    );
}

fn with_proofs(proofs: &Value) -> Value {
    badge_with(|badge| badge["proof"] = proofs.clone())
}

fn proofs(cases: &mut Vec<Case>) {
    let good = ISSUER.complete(&badge(), ISSUER.proof());
    let strangers = STRANGER.complete(&badge(), STRANGER.proof());
    let mut broken = good.clone();
    broken["proofValue"] = strangers["proofValue"].clone();
    let unknown = json!({"type": "DataIntegrityProof", "cryptosuite": "mldsa44-rdfc-2024", "created": "2026-11-02T09:00:00Z",
        "verificationMethod": ISSUER.method(), "proofPurpose": "assertionMethod", "proofValue": "uAAAA"});
    let mut edited = ISSUER.proof();
    edited["proofPurpose"] = "authentication".into();
    cases.push(json_case(
        "wrong-purpose",
        "A proof made for another purpose does not assert a badge.",
        ISSUER.seal_with(&badge(), edited),
        not_authentic(&[("proof-purpose", "fail PROOF_PURPOSE_WRONG")]),
    ));
    cases.push(json_case(
        "suite-unknown-beside",
        "A proof of an unknown suite beside a sound one does no harm.",
        with_proofs(&json!([unknown, good])),
        valid(&[]),
    ));
    cases.push(json_case(
        "suite-unknown",
        "A badge whose only proof is of an unknown suite cannot be verified.",
        with_proofs(&unknown),
        no_key("invalid", "fail CRYPTOSUITE_UNSUPPORTED"),
    ));
    cases.push(json_case(
        "two-proofs",
        "A second sound proof by somebody else does no harm.",
        with_proofs(&json!([strangers, good])),
        valid(&[]),
    ));
    cases.push(json_case(
        "two-proofs-one-broken",
        "One broken proof makes the badge invalid, even beside a sound one.",
        with_proofs(&json!([good, broken])),
        forged(),
    ));
    let many: Vec<Value> = std::iter::repeat_n(good.clone(), 17).collect();
    cases.push(json_case(
        "seventeen-proofs",
        "More proofs than any badge needs are not looked at.",
        with_proofs(&many.into()),
        no_key("invalid", "fail TOO_MANY_PROOFS"),
    ));
    let mut moved = good.clone();
    moved["created"] = "2026-11-03T09:00:00Z".into();
    let mut once = ISSUER.proof();
    once["nonce"] = "aF3-9zQ1".into();
    let once = ISSUER.complete(&badge(), once);
    cases.push(json_case(
        "proof-nonce",
        "A proof may hold a nonce, which says nothing and is signed.",
        with_proofs(&once),
        valid(&[]),
    ));
    let mut another = once;
    another["nonce"] = "aF3-9zQ2".into();
    cases.push(json_case(
        "proof-nonce-changed",
        "Another nonce is another proof.",
        with_proofs(&another),
        forged(),
    ));
    cases.push(json_case(
        "proof-option-changed",
        "The members of the proof are signed too.",
        with_proofs(&moved),
        forged(),
    ));
    let mut unlocated = good.clone();
    unlocated.as_object_mut().unwrap().remove("verificationMethod");
    cases.push(json_case(
        "proof-without-key",
        "A proof that names no key cannot be verified.",
        with_proofs(&unlocated),
        no_key("invalid", "fail PROOF_MALFORMED"),
    ));
    let mut base64 = good;
    base64["proofValue"] = "uAAAA".into();
    cases.push(json_case(
        "proof-value-not-base58",
        "A proof value in another base is malformed.",
        with_proofs(&base64),
        not_authentic(&[("signature", "fail PROOF_MALFORMED")]),
    ));
}

fn periods(cases: &mut Vec<Case>) {
    let dated = |from: &str, until: &str| {
        ISSUER.seal(&badge_with(|badge| {
            badge["validFrom"] = from.into();
            badge["validUntil"] = until.into();
        }))
    };
    let expired = || dated("2024-01-01T00:00:00Z", "2025-12-31T00:00:00Z");
    let validity = |words| invalid(&[("validity", words)]);
    cases.push(json_case(
        "expired",
        "A badge past its validUntil is invalid.",
        expired(),
        validity("fail EXPIRED"),
    ));
    cases.push(json_case(
        "not-yet-valid",
        "A badge before its validFrom is invalid.",
        dated("2026-12-01T00:00:00Z", "2027-12-01T00:00:00Z"),
        validity("fail NOT_YET_VALID"),
    ));
    cases.push(json_case(
        "reversed",
        "A period that ends before it begins is never valid.",
        dated("2027-01-01T00:00:00Z", "2026-01-01T00:00:00Z"),
        validity("fail VALIDITY_REVERSED"),
    ));
    let just_over = || dated("2026-01-01T00:00:00Z", "2026-11-22T09:59:30Z");
    cases.push(json_case(
        "within-skew",
        "Half a minute past its end a badge still counts: clocks differ.",
        just_over(),
        valid(&[]),
    ));
    cases.push(
        json_case(
            "without-skew",
            "A policy may allow no difference of clocks.",
            just_over(),
            validity("fail EXPIRED"),
        )
        .policy("clock-skew-seconds = 0\n"),
    );
    cases.push(
        json_case("at-past", "An expired badge was valid while it lasted.", expired(), valid(&[]))
            .at("2025-06-01T00:00:00Z"),
    );
    cases.push(
        json_case(
            "at-too-early",
            "A badge was not valid before its period.",
            ISSUER.seal(&badge()),
            validity("fail NOT_YET_VALID"),
        )
        .at("2026-06-01T00:00:00Z"),
    );
    cases.push(
        json_case(
            "at-future",
            "A badge will no longer be valid after its period.",
            ISSUER.seal(&badge()),
            validity("fail EXPIRED"),
        )
        .at("2030-01-01T00:00:00Z"),
    );
    cases.push(json_case(
        "offsets",
        "Times with different offsets are compared as instants.",
        dated("2026-11-22T23:30:00+14:00", "2026-11-21T23:00:00-11:30"),
        valid(&[]),
    ));
    let mut future = ISSUER.proof();
    future["created"] = "2026-11-23T00:00:00Z".into();
    cases.push(json_case(
        "proof-from-the-future",
        "A proof that was made tomorrow is not believed.",
        ISSUER.seal_with(&badge(), future),
        validity("fail PROOF_FROM_THE_FUTURE"),
    ));
    let mut ended = ISSUER.proof();
    ended["expires"] = "2026-11-20T00:00:00Z".into();
    cases.push(
        json_case(
            "proof-expired",
            "A proof past its expires does not count, even as of an earlier moment.",
            ISSUER.seal_with(&badge(), ended),
            validity("fail PROOF_EXPIRED"),
        )
        .at("2026-11-10T00:00:00Z"),
    );
}

fn conformance(cases: &mut Vec<Case>) {
    let conformance = |words| invalid(&[("conformance", words)]);
    let changed = |change: &dyn Fn(&mut Value)| {
        let mut badge = badge();
        change(&mut badge);
        ISSUER.seal(&badge)
    };
    let schema = |id: &str| {
        changed(&|badge| {
            badge["@context"] = json!([V2, OB, EXTENSIONS]);
            badge["credentialSchema"] = json!([{"id": id, "type": "1EdTechJsonSchemaValidator2019"}]);
        })
    };
    let own = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json";
    cases.push(json_case(
        "schema-known",
        "A badge that names the standard's own schema is checked against it.",
        schema(own),
        valid(&[("credential-schema", "pass")]),
    ));
    cases.push(json_case(
        "schema-unknown",
        "A schema that the program does not carry is named and never fetched.",
        schema("https://cfa.example/schema.json"),
        valid(&[("credential-schema", "warn CREDENTIAL_SCHEMA_UNSUPPORTED")]),
    ));
    let endorsements =
        "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_endorsementcredential_schema.json";
    cases.push(json_case(
        "schema-not-followed",
        "A badge must follow the schema that it names.",
        schema(endorsements),
        invalid(&[("credential-schema", "fail SCHEMA_VIOLATION")]),
    ));
    let unidentified = changed(&|badge| {
        badge["credentialSubject"].as_object_mut().unwrap().remove("id");
    });
    cases.push(json_case(
        "subject-unidentified",
        "A badge must say whom it is about.",
        unidentified,
        conformance("fail SUBJECT_UNIDENTIFIED"),
    ));
    cases.push(json_case(
        "criteria-empty",
        "Criteria that say nothing are a warning.",
        changed(&|badge| badge["credentialSubject"]["achievement"]["criteria"] = json!({})),
        valid(&[("conformance", "warn CRITERIA_EMPTY")]),
    ));
    let first =
        changed(&|badge| badge["@context"] = json!([{"atelier": "https://cfa.example/ns#atelier"}, V2, OB]));
    cases.push(json_case(
        "context-order",
        "The first context is that of the data model.",
        first,
        conformance("fail CONTEXT_ORDER"),
    ));
    let extended = changed(&|badge| {
        badge["@context"] = json!([V2, OB, {"atelier": "https://cfa.example/ns#atelier"}]);
        badge["credentialSubject"]["atelier"] = "B12".into();
    });
    cases.push(json_case("context-inline", "An inline context may add plain terms.", extended, valid(&[])));
    let old = json!({"@context": ["https://www.w3.org/2018/credentials/v1", "https://purl.imsglobal.org/spec/ob/v3p0/context.json"],
        "id": BADGE_ID, "type": ["VerifiableCredential", "OpenBadgeCredential"], "issuer": badge()["issuer"], "issuanceDate": "2023-01-01T00:00:00Z",
        "credentialSubject": badge()["credentialSubject"]});
    cases.push(json_case(
        "data-model-1-1",
        "A badge of the data model 1.1 needs a proof like any other.",
        old,
        no_key("invalid", "fail NO_PROOF"),
    ));
    let mut added = ISSUER.seal(&badge());
    added["credentialSubject"]["mention"] = "très bien".into();
    let undefined = "fail JSONLD_UNDEFINED_TERM";
    cases.push(json_case(
        "undefined-term-added",
        "A member that no context defines escapes no signature: it is refused.",
        added,
        not_authentic(&[("conformance", undefined), ("signature", undefined)]),
    ));
    let with_term = badge_with(|badge| badge["credentialSubject"]["mention"] = "très bien".into());
    cases.push(verify(
        "jwt-undefined-term",
        "Even inside a signed token a member needs a meaning.",
        Input::Text(ISSUER.jwt(&with_term)),
        conformance(undefined),
    ));
}

fn results(cases: &mut Vec<Case>) {
    let with = |result: Value| {
        ISSUER.seal(&badge_with(|badge| {
            badge["credentialSubject"]["achievement"]["resultDescription"] = json!([
                {"id": "urn:uuid:5b6f1c1e-6a0f-4f0e-9a53-0c2f5d7a1b10", "type": ["ResultDescription"], "name": "Note", "resultType": "RawScore", "valueMin": "0", "valueMax": "20"},
                {"id": "urn:uuid:5b6f1c1e-6a0f-4f0e-9a53-0c2f5d7a1b11", "type": ["ResultDescription"], "name": "Mention", "resultType": "Status", "allowedValue": ["Passable", "Bien"]}]);
            badge["credentialSubject"]["result"] = json!([result]);
        }))
    };
    let note = "urn:uuid:5b6f1c1e-6a0f-4f0e-9a53-0c2f5d7a1b10";
    let mention = "urn:uuid:5b6f1c1e-6a0f-4f0e-9a53-0c2f5d7a1b11";
    let result = |description: &str, value: &str| json!({"type": ["Result"], "resultDescription": description, "value": value});
    let out = || invalid(&[("conformance", "fail RESULT_VALUE_OUT_OF_RANGE")]);
    cases.push(json_case(
        "result",
        "A result within its description is sound.",
        with(result(note, "14.5")),
        valid(&[]),
    ));
    cases.push(json_case(
        "result-out-of-range",
        "A mark above the highest one is wrong.",
        with(result(note, "21")),
        out(),
    ));
    cases.push(json_case(
        "result-not-a-number",
        "A mark that is no number is wrong where bounds are numbers.",
        with(result(note, "NaN")),
        out(),
    ));
    cases.push(json_case(
        "result-not-allowed",
        "A value that is not among the allowed ones is wrong.",
        with(result(mention, "Très bien")),
        out(),
    ));
    cases.push(json_case(
        "result-dangling",
        "A result must answer to a description of the achievement.",
        with(result("urn:uuid:5b6f1c1e-6a0f-4f0e-9a53-0c2f5d7a1b12", "14")),
        invalid(&[("conformance", "fail RESULT_DESCRIPTION_DANGLING")]),
    ));
}

fn recipients(cases: &mut Vec<Case>) {
    let with = |identity: Value| {
        ISSUER.seal(&badge_with(|badge| {
            let mut identity = identity;
            identity["type"] = "IdentityObject".into();
            identity["identityType"] = "emailAddress".into();
            badge["credentialSubject"]["identifier"] = json!([identity]);
        }))
    };
    // The figure of the Open Badges documents: a@example.com with the salt Kosher.
    let salted = || {
        with(
            json!({"hashed": true, "identityHash": "sha256$b5809d8a92f8858436d7e6b87c12ebc0ae1eac4baecc2c0b913aee2c922ef399", "salt": "Kosher"}),
        )
    };
    let hex = Sha256::digest("zoé@école.example")
        .iter()
        .fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
    let recipient = |words| [("recipient", words)];
    let not_matched = recipient("fail RECIPIENT_NOT_MATCHED");
    cases.push(
        json_case(
            "recipient-email",
            "A salted hash tells whether the badge is for this e-mail address.",
            salted(),
            valid(&recipient("pass")),
        )
        .recipient("a@example.com"),
    );
    cases.push(
        json_case(
            "recipient-email-case",
            "E-mail addresses are compared without regard to case.",
            salted(),
            valid(&recipient("pass")),
        )
        .recipient("A@Example.com"),
    );
    cases.push(
        json_case(
            "recipient-other-email",
            "A badge for somebody else is refused where a recipient is expected.",
            salted(),
            invalid(&not_matched),
        )
        .recipient("b@example.com"),
    );
    cases.push(
        json_case(
            "recipient-other-email-warn",
            "A policy may make another recipient a warning.",
            salted(),
            valid(&recipient("warn RECIPIENT_NOT_MATCHED")),
        )
        .recipient("b@example.com")
        .policy("recipient-mismatch = \"warn\"\n"),
    );
    cases.push(
        json_case(
            "recipient-unsalted",
            "A hash without salt can be guessed.",
            with(json!({"hashed": true, "identityHash": format!("sha256${hex}")})),
            valid(&recipient("warn RECIPIENT_HASH_WEAK")),
        )
        .recipient("zoé@école.example"),
    );
    cases.push(
        json_case(
            "recipient-clear",
            "An address in clear matches itself.",
            with(json!({"hashed": false, "identityHash": "a@example.com"})),
            valid(&recipient("pass")),
        )
        .recipient("a@example.com"),
    );
    cases.push(
        json_case(
            "recipient-did",
            "A recipient may be expected by DID.",
            ISSUER.seal(&badge()),
            valid(&recipient("pass")),
        )
        .recipient(&HOLDER.did()),
    );
    cases.push(
        json_case(
            "recipient-other-did",
            "Another DID is another recipient.",
            ISSUER.seal(&badge()),
            invalid(&not_matched),
        )
        .recipient(&STRANGER.did()),
    );
    cases.push(json_case(
        "recipient-not-expected",
        "Without an expected recipient nothing is compared.",
        salted(),
        valid(&[]),
    ));
}

fn endorsed(endorsements: &Value) -> Value {
    ISSUER.seal(&badge_with(|badge| badge["endorsement"] = endorsements.clone()))
}

fn endorsements(cases: &mut Vec<Case>) {
    let warn = |code: &str| expected("valid", &[&[("endorsements", &format!("warn {code}"))]]);
    let pass = || valid(&[("endorsements", "pass")]);
    let sound = ENDORSER.seal(&endorsement());
    cases.push(
        json_case(
            "endorsement",
            "An endorsement of the badge by somebody else is sound.",
            endorsed(&json!([sound])),
            pass(),
        )
        .embedded("/endorsement/0", valid(&[])),
    );
    let jwt = |key: Key| {
        ISSUER.seal(&badge_with(|badge| badge["endorsementJwt"] = json!([key.jwt(&endorsement())])))
    };
    cases.push(
        json_case("endorsement-jwt", "An endorsement may be a token.", jwt(ENDORSER), pass())
            .embedded("/endorsementJwt/0", valid(&[])),
    );
    cases.push(
        json_case(
            "endorsement-jwt-forged",
            "A token by somebody else than the endorser is not counted.",
            jwt(STRANGER),
            warn("ENDORSEMENT_INVALID"),
        )
        .embedded("/endorsementJwt/0", not_authentic(&[("controller", "fail CONTROLLER_NOT_ISSUER")])),
    );
    let mut tampered = sound.clone();
    tampered["credentialSubject"]["endorsementComment"] = "Travail exceptionnel.".into();
    cases.push(
        json_case(
            "endorsement-tampered",
            "A changed endorsement is not counted; the badge stands on its issuer's word.",
            endorsed(&json!([tampered])),
            warn("ENDORSEMENT_INVALID"),
        )
        .embedded("/endorsement/0", forged()),
    );
    cases.push(
        json_case(
            "endorsement-unsigned",
            "An unsigned endorsement is not counted.",
            endorsed(&json!([endorsement()])),
            warn("ENDORSEMENT_INVALID"),
        )
        .embedded("/endorsement/0", no_key("invalid", "fail NO_PROOF")),
    );
    let elsewhere = ENDORSER.seal(&endorsement_of("urn:uuid:5b6f1c1e-6a0f-4f0e-9a53-0c2f5d7a1b99"));
    cases.push(
        json_case(
            "endorsement-of-another",
            "An endorsement of another badge says nothing about this one.",
            endorsed(&json!([elsewhere])),
            warn("ENDORSEMENT_TARGET_MISMATCH"),
        )
        .embedded("/endorsement/0", valid(&[])),
    );
    let mut own = endorsement();
    own["issuer"]["id"] = ISSUER.did().into();
    cases.push(
        json_case(
            "endorsement-by-itself",
            "An issuer that endorses its own badge adds nothing.",
            endorsed(&json!([ISSUER.seal(&own)])),
            warn("ENDORSER_SELF"),
        )
        .embedded("/endorsement/0", valid(&[])),
    );
    let mut old = endorsement();
    old["validUntil"] = "2026-11-10T00:00:00Z".into();
    cases.push(
        json_case(
            "endorsement-expired",
            "An endorsement past its period is not counted.",
            endorsed(&json!([ENDORSER.seal(&old)])),
            warn("ENDORSEMENT_INVALID"),
        )
        .embedded("/endorsement/0", invalid(&[("validity", "fail EXPIRED")])),
    );
    let mut far = endorsement();
    far["issuer"]["id"] = DID_WEB.into();
    let mut proof = ENDORSER.proof();
    proof["verificationMethod"] = DID_WEB_KEY.into();
    cases.push(
        json_case(
            "endorsement-key-missing",
            "An endorsement whose key is not at hand is not counted.",
            endorsed(&json!([ENDORSER.seal_with(&far, proof)])),
            warn("ENDORSEMENT_INDETERMINATE"),
        )
        .embedded("/endorsement/0", no_key("indeterminate", "missing controller-document")),
    );
    let of_achievement = ENDORSER.seal(&endorsement_of(ACHIEVEMENT_ID));
    let deep = ISSUER.seal(&badge_with(|badge| {
        badge["credentialSubject"]["achievement"]["endorsement"] = json!([of_achievement])
    }));
    cases.push(
        json_case(
            "endorsement-of-achievement",
            "An endorsement may stand on the achievement, and be about it.",
            deep,
            pass(),
        )
        .embedded("/credentialSubject/achievement/endorsement/0", valid(&[])),
    );
    let mut of_endorser = endorsement_of(&ENDORSER.did());
    of_endorser["id"] = "urn:uuid:5b6f1c1e-6a0f-4f0e-9a53-0c2f5d7a1b03".into();
    of_endorser["issuer"]["id"] = STRANGER.did().into();
    let mut endorser = endorsement();
    endorser["issuer"]["endorsement"] = json!([STRANGER.seal(&of_endorser)]);
    let inner: Differences<'_> = &[("endorsements", "pass")];
    let mut middle = valid(inner);
    middle.embedded.insert("/issuer/endorsement/0".to_owned(), valid(&[]));
    cases.push(
        json_case(
            "endorsement-of-endorser",
            "Who endorses may be endorsed in turn.",
            endorsed(&json!([ENDORSER.seal(&endorser)])),
            pass(),
        )
        .embedded("/endorsement/0", middle),
    );
    let badge_inside = ISSUER
        .seal(&badge_with(|badge| badge["id"] = "urn:uuid:5b6f1c1e-6a0f-4f0e-9a53-0c2f5d7a1b98".into()));
    cases.push(
        json_case(
            "endorsement-is-a-badge",
            "A badge in the place of an endorsement is none.",
            endorsed(&json!([badge_inside])),
            warn("ENDORSEMENT_INVALID").and(&[("conformance", "fail SCHEMA_VIOLATION")]).verdict("invalid"),
        )
        .embedded("/endorsement/0", super::unreadable("MALFORMED_VALUE")),
    );
    let mut endorsed_then_changed = endorsed(&json!([sound]));
    endorsed_then_changed.as_object_mut().unwrap().remove("endorsement");
    cases.push(json_case(
        "endorsement-removed",
        "An endorsement taken out after signing breaks the signature.",
        endorsed_then_changed,
        forged(),
    ));
}
