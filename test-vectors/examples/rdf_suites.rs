//! Runs the W3C's suites for RDF canonicalisation and for JSON-LD to RDF, whose data are not in this repository:
//! `RDF_CANON_TESTS=…/rdf-canon/tests JSON_LD_API_TESTS=…/json-ld-api/tests cargo run -p badge-test-vectors --example rdf_suites`.
//!
//! Scores and their date stand in `test-vectors/README.md`; what a case taught is a vector or a test of ours.

#![expect(clippy::print_stdout, reason = "a program run by hand")]

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::Path;

use badge_verifier::securing::rdfc::{HashFunction, RdfError, canonical_form, to_quads};
use oxrdf::Quad;
use oxttl::NQuadsParser;
use serde_json::Value;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let mut run = false;
    if let Some(directory) = std::env::var_os("RDF_CANON_TESTS") {
        run = true;
        rdf_canon(Path::new(&directory))?;
    }
    if let Some(directory) = std::env::var_os("JSON_LD_API_TESTS") {
        run = true;
        to_rdf(Path::new(&directory))?;
    }
    if run { Ok(()) } else { Err("name the directories: RDF_CANON_TESTS, JSON_LD_API_TESTS".into()) }
}

fn read(directory: &Path, member: &Value) -> Result<String> {
    Ok(fs::read_to_string(directory.join(member.as_str().ok_or("no file name")?))?)
}

fn quads(text: &str) -> Result<Vec<Quad>> {
    NQuadsParser::new().for_slice(text.as_bytes()).map(|quad| Ok(quad?)).collect()
}

fn rdf_canon(directory: &Path) -> Result<()> {
    let manifest: Value = serde_json::from_str(&fs::read_to_string(directory.join("manifest.jsonld"))?)?;
    let tests = manifest["entries"].as_array().ok_or("no entries")?;
    let mut passed = 0;
    for test in tests {
        let input = quads(&read(directory, &test["action"])?)?;
        let hash =
            if test["hashAlgorithm"] == "SHA384" { HashFunction::Sha384 } else { HashFunction::Sha256 };
        let form = canonical_form(&input, hash);
        let expected = || read(directory, &test["result"]);
        let pass = match (test["type"].as_str(), &form) {
            (Some("rdfc:RDFC10EvalTest"), Ok(form)) => form.n_quads() == expected()?,
            (Some("rdfc:RDFC10MapTest"), Ok(form)) => {
                serde_json::from_str::<BTreeMap<String, String>>(&expected()?)? == *form.labels()
            }
            (Some("rdfc:RDFC10NegativeEvalTest"), Err(_)) => true,
            _ => false,
        };
        passed += usize::from(pass);
        if let Err(error) = &form {
            println!("rdf-canon {}: {error}", test["id"]);
        }
        if !pass {
            println!("rdf-canon {} FAILED: {form:?}", test["id"]);
        }
    }
    println!("rdf-canon: {passed} of {}", tests.len());
    Ok(())
}

fn to_rdf(directory: &Path) -> Result<()> {
    let manifest: Value =
        serde_json::from_str(&fs::read_to_string(directory.join("toRdf-manifest.jsonld"))?)?;
    let tests = manifest["sequence"].as_array().ok_or("no sequence")?;
    let mut outcomes: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for test in tests {
        let outcome = one_to_rdf(directory, test)?;
        let id = test["@id"].as_str().unwrap_or_default().trim_start_matches('#').to_owned();
        outcomes.entry(outcome).or_default().push(id);
    }
    for (outcome, ids) in &outcomes {
        println!("toRdf: {} {outcome}: {}", ids.len(), ids.join(" "));
    }
    Ok(())
}

/// What became of a test, in a word or with the reason.
fn one_to_rdf(directory: &Path, test: &Value) -> Result<String> {
    let kinds = test["@type"].to_string();
    let input = read(directory, &test["input"]);
    let result = match input.map(|text| serde_json::from_str::<Value>(&text)) {
        Ok(Ok(document)) => to_quads(&document),
        Ok(Err(_)) | Err(_) => Err(RdfError::Invalid { reason: "not JSON".to_owned() }),
    };
    Ok(match (kinds.contains("PositiveSyntaxTest"), kinds.contains("NegativeEvaluationTest"), result) {
        (_, true, Err(_)) => "passed (refused as it must be)".to_owned(),
        (_, true, Ok(_)) => "FAILED (accepted)".to_owned(),
        (true, _, Ok(_)) => "passed".to_owned(),
        (_, _, Ok(found)) => {
            let expected = quads(&read(directory, &test["expect"])?)?;
            let form =
                |quads: &[Quad]| canonical_form(quads, HashFunction::Sha256).map(|form| form.n_quads());
            let (found, expected) = (form(&found)?, form(&expected)?);
            if found == expected {
                "passed".to_owned()
            } else {
                println!("toRdf {}:\n{found}expected\n{expected}", test["@id"]);
                "FAILED (other quads)".to_owned()
            }
        }
        (_, _, Err(error)) => format!("refused, {}", reason(&error)),
    })
}

fn reason(error: &RdfError) -> String {
    match error {
        RdfError::UnknownContext { .. } => "unknown context".to_owned(),
        RdfError::InlineContext { member, .. } if member.starts_with('@') => {
            format!("inline context with {member}")
        }
        RdfError::InlineContext { .. } => "inline context with more than plain terms".to_owned(),
        RdfError::UndefinedTerm { .. } => "undefined term".to_owned(),
        RdfError::RelativeIri { .. } => "relative IRI".to_owned(),
        RdfError::Keyword { keyword, .. } => format!("keyword {keyword}"),
        RdfError::Dropped { .. } => "member without RDF".to_owned(),
        RdfError::Alias { iri, .. } if iri.starts_with('@') => "@id or @type for id or type".to_owned(),
        RdfError::Alias { .. } => "another name for a known term".to_owned(),
        RdfError::TooComplex { limit, .. } => format!("too many {limit}"),
        RdfError::Exhausted => error.to_string(),
        RdfError::Invalid { reason } => reason.clone(),
    }
}
