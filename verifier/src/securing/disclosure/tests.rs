#![expect(clippy::unwrap_used, reason = "a test may panic")]

use serde_json::{Value, json};

use super::*;
use crate::securing::rdfc::{self, HashFunction};

const V2: &str = "https://www.w3.org/ns/credentials/v2";
const OB: &str = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json";

/// A badge with everything that no `id` can name: an ordered list, an endorsement with a proof in its own graph, a JSON literal.
fn badge() -> Value {
    let description = |name: &str| {
        json!({
            "id": format!("urn:x:{name}"), "type": ["ResultDescription"], "name": name, "resultType": "LetterGrade",
            "allowedValue": ["A", "B", "C"],
        })
    };
    let endorsement = |who: &str| {
        json!({
            "@context": [V2, OB],
            "type": ["VerifiableCredential", "EndorsementCredential"],
            "issuer": {"id": format!("urn:x:{who}"), "type": ["Profile"]},
            "credentialSubject": {"id": "urn:x:badge", "type": ["EndorsementSubject"], "endorsementComment": "Bien."},
            "proof": {"type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022", "proofValue": format!("z{who}")},
        })
    };
    json!({
        "@context": [V2, OB],
        "id": "urn:x:badge",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": "urn:x:issuer", "type": ["Profile"]},
        "credentialSchema": {"id": "urn:x:schema", "type": "JsonSchema", "jsonSchema": {"type": ["Person", "object"], "properties": {"x": {}}}},
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "achievement": {
                "id": "urn:x:a", "type": ["Achievement"], "name": "n",
                "criteria": {"narrative": "c"},
                "resultDescription": [description("one"), description("two")],
            },
            "result": [{"type": ["Result"], "value": "A"}, {"type": ["Result"], "value": "B"}, {"type": ["Result"], "value": "A"}],
        },
        "endorsement": [endorsement("e1"), endorsement("e2")],
    })
}

fn key() -> HmacKey {
    HmacKey::new([5; HMAC_KEY_BYTES])
}

fn select(document: &Value, pointers: &[&str]) -> Result<Vec<String>, DisclosureError> {
    let key = key();
    let grouped = canonicalize_and_group(document, LabelReplacement::HmacId(&key), [pointers])?;
    let [group] = &grouped.groups;
    Ok(grouped.at(&group.matching).into_iter().map(str::to_owned).collect())
}

/// What a receiver of the selected part computes is what was selected, whatever is in it.
#[test]
fn the_statements_of_a_part_are_those_selected() {
    let document = badge();
    for pointers in [
        &["/issuer"][..],
        &["/credentialSubject/achievement/criteria"],
        &["/credentialSubject/achievement/resultDescription/0"],
        &["/credentialSubject/achievement/resultDescription/1/allowedValue"],
        &["/credentialSubject/achievement/resultDescription"],
        &["/credentialSubject/result/0", "/credentialSubject/result/2"],
        &["/credentialSubject/result/1/value"],
        &["/credentialSchema"],
        &["/endorsement/0"],
        &["/endorsement/1/proof"],
        &["/endorsement/1/proof/proofValue", "/endorsement/0/issuer"],
        &["/endorsement"],
        &[""],
    ] {
        let key = key();
        let grouped = canonicalize_and_group(&document, LabelReplacement::HmacId(&key), [pointers]).unwrap();
        let [group] = &grouped.groups;
        let part = select_json_ld(&document, pointers.iter().copied()).unwrap();
        let received = rdfc::to_quads(&part).unwrap();
        let received =
            label_replacement_canonicalize(&received, LabelReplacement::Given(&group.label_map)).unwrap();
        assert_eq!(received.nquads, grouped.at(&group.matching), "{pointers:?}");
        assert!(!group.matching.is_empty(), "{pointers:?}");
    }
}

#[test]
fn all_pointers_select_all_statements() {
    let document = badge();
    let all = rdfc::canonical_form(&rdfc::to_quads(&document).unwrap(), HashFunction::Sha256).unwrap();
    assert_eq!(select(&document, &[""]).unwrap().len(), all.lines().len());
}

#[test]
fn a_part_of_an_ordered_list_is_refused() {
    let pointer = "/credentialSubject/achievement/resultDescription/0/allowedValue/1";
    assert_eq!(select(&badge(), &[pointer]), Err(DisclosureError::NotSelectable));
}

#[test]
fn an_object_in_a_json_literal_is_no_node() {
    let statements = select(&badge(), &["/credentialSchema"]).unwrap().concat();
    assert!(
        statements.contains(r#"{\"properties\":{\"x\":{}},\"type\":[\"Person\",\"object\"]}"#),
        "{statements}"
    );
}

#[test]
fn shuffled_labels_are_numbers_in_the_order_of_the_hmacs() {
    let key = key();
    let labels = ["c14n0", "c14n1", "c14n2", "c14n3"];
    let ids = LabelReplacement::HmacId(&key).label_map(labels.into_iter()).unwrap();
    let shuffled = LabelReplacement::ShuffledId(&key).label_map(labels.into_iter()).unwrap();
    let mut by_id: Vec<(&String, &String)> = ids.iter().map(|(label, id)| (id, label)).collect();
    by_id.sort_unstable();
    for (place, (_, label)) in by_id.into_iter().enumerate() {
        assert_eq!(shuffled[label], format!("b{place}"));
    }
}

#[test]
fn a_name_that_is_already_there_is_not_given() {
    let mut document = badge();
    document["credentialSubject"]["achievement"]["name"] = json!("skolem skolemm x-skolemmm://0");
    document["credentialSubject"]["id"] = json!("x-skolem://1");
    let all = select(&document, &[""]).unwrap().concat();
    assert!(all.contains("skolem skolemm x-skolemmm://0"));
    assert!(all.contains("<x-skolem://1>"));
}
