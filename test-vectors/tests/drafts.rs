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
        let found = findings(document, DocumentKind::Badge);
        let worst = found.iter().find(|problem| problem.code != Code::CriteriaEmpty).or(found.first());
        let words = worst.map_or("pass".to_owned(), |problem| {
            let word = if problem.code == Code::CriteriaEmpty { "warn" } else { "fail" };
            format!("{word} {}", problem.code.as_str())
        });
        assert_eq!(words, vector.outcome.checks["conformance"], "{}: {found:?}", path.display());
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
            } else if expected == "pass" {
                assert!(prepared.is_ok(), "{}", path.display());
            }
        }
    }
    assert!(refused >= 8, "{refused}");
}
