//! What must not be issued is found before signing: by the findings an issuer asks for, and by the preparation itself.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

mod generator;
mod support;

use badge_schemas::controller::Relationship;
use badge_schemas::problem::Code;
use badge_verifier::checks::conformance::{DocumentKind, findings};
use badge_verifier::securing::keys::{Algorithm, PublicKey};
use badge_verifier::securing::{Cryptosuite, Mechanism, ProofOptions, prepare};
use generator::keys::ISSUER;
use support::{Input, Vector};

#[test]
fn every_draft_gives_the_finding_that_its_vector_states() {
    for path in badge_test_vectors::files("issue").unwrap() {
        let vector = Vector::read(&path);
        let Input::Json(document) = &vector.input else { panic!("{} is no JSON", path.display()) };
        let found = findings(document, DocumentKind::of(document).unwrap_or(DocumentKind::Badge));
        let worst = found.iter().find(|problem| problem.code != Code::CriteriaEmpty).or(found.first());
        let words = worst.map_or("pass".to_owned(), |problem| {
            let word = if problem.code == Code::CriteriaEmpty { "warn" } else { "fail" };
            format!("{word} {}", problem.code.as_str())
        });
        assert_eq!(words, expected(&path, &vector), "{}: {found:?}", path.display());
    }
}

/// What an issuer finds is what a verifier finds by conformance, or in the digests; and three things that only the writer must not do.
fn expected(path: &std::path::Path, vector: &Vector) -> String {
    let checks = &vector.outcome.checks;
    match path.file_stem().and_then(|stem| stem.to_str()) {
        Some("data-model-1-1-draft") => "fail VCDM_VERSION_UNSUPPORTED".to_owned(),
        Some("badge-names-languages") => "fail SCHEMA_VIOLATION".to_owned(),
        Some("period-reversed") => "fail VALIDITY_REVERSED".to_owned(),
        _ if checks["conformance"] == "pass" && checks["related-resource"].starts_with("fail") => {
            checks["related-resource"].clone()
        }
        _ => checks["conformance"].clone(),
    }
}

#[test]
fn what_no_signature_could_cover_is_refused_by_the_preparation() {
    let options = ProofOptions::new(
        ISSUER.method(),
        PublicKey::from_jwk(&serde_json::from_value(ISSUER.jwk()).unwrap()).unwrap(),
        Relationship::AssertionMethod,
        generator::NOW.parse().unwrap(),
    );
    let mut refused = 0;
    for path in badge_test_vectors::files("issue").unwrap() {
        let vector = Vector::read(&path);
        let Input::Json(document) = &vector.input else { panic!("{} is no JSON", path.display()) };
        let expected = &vector.outcome.checks["conformance"];
        for mechanism in
            [Mechanism::DataIntegrity(Cryptosuite::EddsaRdfc2022), Mechanism::VcJwt(Algorithm::EdDsa)]
        {
            let prepared = prepare(document.clone(), mechanism, &options);
            if ["JSONLD_UNDEFINED_TERM", "JSONLD_RELATIVE_IRI", "CONTEXT_UNKNOWN"]
                .iter()
                .any(|code| expected.ends_with(code))
            {
                let code = prepared.map(drop).unwrap_err().code.as_str();
                assert!(expected.ends_with(code), "{}: {code}", path.display());
                refused += 1;
            } else if expected == "pass" && !path.ends_with("data-model-1-1-draft.json") {
                assert!(prepared.is_ok(), "{}", path.display());
            }
        }
    }
    assert!(refused >= 8, "{refused}");
}
