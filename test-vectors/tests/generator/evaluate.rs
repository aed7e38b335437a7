//! Badges with evaluations by peers: what an evaluation speaks of, who the evaluator is, and whether there is a panel.

use badge_schemas::evaluation::{Evaluation, EvidenceCommitment, Finding, SealedEvaluation, Standing};
use badge_schemas::evaluation::{Reason, Record as _, Withdrawal};
use badge_verifier::evaluation::digest;
use badge_verifier::snapshot::ResourceKind;
use serde_json::{Value, json};

use super::documents::{
    BADGE_ID, ESCO_WELDING, REGISTRY_URL, badge_with, endorsement, entry, esco, list, recognised, registry,
};
use super::keys::{AUTHORITY, ENDORSER, GUILD, HOLDER, ISSUER, Key, SECOND_EVALUATOR, STRANGER};
use super::present::{inside, outcome, present, presented};
use super::threads::{NETIQUETTE, head, level, mandate, mandate_head, skill};
use super::{Case, Differences, case, expected, forged, no_key, valid};
use crate::support::{Body, Expected, Input};

pub(super) const EVALUATION_V1: &str = "https://w3id.org/skills-badge/evaluation/v1";
pub(super) const FIRST: &str = "/endorsement/0";
pub(super) const SECOND: &str = "/endorsement/1";
pub(super) const CARRIED: &str = "/credentialSubject/evaluation/standing/0/credential";
pub(super) const DID_WEB: &str = "did:web:atelier.example";
pub(super) const DID_WEB_KEY: &str = "did:web:atelier.example#k1";

/// A badge for welding.
pub(super) fn assessed() -> Value {
    badge_with(|badge| badge["credentialSubject"]["achievement"]["alignment"] = json!([esco()]))
}

/// What an evaluator finds of the holder, before there is a badge.
pub(super) fn met() -> Evaluation {
    Evaluation::new(HOLDER.did(), skill(ESCO_WELDING), level("5"), Finding::Met)
}

/// What an evaluator finds of one version of the badge.
fn of_version(badge: &Value) -> Evaluation {
    Evaluation { target_digest: Some(digest::of_badge(badge).unwrap()), ..met() }
}

/// An endorsement by an evaluator of an organisation; not yet signed.
pub(super) fn said(by: Key, organisation: &str, evaluation: &Evaluation, about: &str) -> Value {
    let number = if by.did() == ENDORSER.did() { 0x40 } else { 0x41 };
    let mut endorsement = evaluation
        .to_endorsement(&head(number, by, "2026-11-05T00:00:00Z"), about, Some("Cordons réguliers."))
        .unwrap();
    endorsement["issuer"] = json!({"id": by.did(), "type": ["Profile"], "name": "Un pair",
        "parentOrg": {"id": organisation, "type": ["Profile"]}});
    endorsement
}

pub(super) const A: &str = "https://a.example/";
pub(super) const B: &str = "https://b.example/";

fn signed(by: Key, organisation: &str, evaluation: &Evaluation) -> Value {
    by.seal(&said(by, organisation, evaluation, &HOLDER.did()))
}

pub(super) fn carrying(badge: &Value, endorsements: &[Value]) -> Value {
    let mut badge = badge.clone();
    badge["endorsement"] = endorsements.into();
    ISSUER.seal(&badge)
}

/// The evaluator's own badge for welding at a level; not yet signed.
pub(super) fn own_badge(of: Key, by: Key, reached: &str) -> Value {
    let levels: Vec<Value> = ["4", "5", "6"]
        .into_iter()
        .map(|level| {
            json!({"id": format!("https://guilde.example/niveaux/{level}"), "type": ["RubricCriterionLevel"],
                "name": format!("Niveau {level}"), "level": level})
        })
        .collect();
    let number = if of.did() == ENDORSER.did() { "50" } else { "51" };
    badge_with(|badge| {
        badge["id"] = format!("urn:uuid:5b6f1c1e-6a0f-4f0e-9a53-0c2f5d7a2b{number}").into();
        badge["issuer"] = json!({"id": by.did(), "type": ["Profile"], "name": "Guilde des soudeurs"});
        badge["credentialSubject"]["id"] = of.did().into();
        badge["credentialSubject"]["result"] = json!([{"type": ["Result"],
            "resultDescription": "https://guilde.example/niveaux", "achievedLevel": format!("https://guilde.example/niveaux/{reached}")}]);
        badge["credentialSubject"]["achievement"]["alignment"] = json!([esco()]);
        badge["credentialSubject"]["achievement"]["resultDescription"] = json!([{
            "id": "https://guilde.example/niveaux", "type": ["ResultDescription"], "name": "DigComp 2.2",
            "resultType": "RubricCriterionLevel", "rubricCriterionLevel": levels}]);
    })
}

/// An evaluation that carries its evaluator's own badge.
pub(super) fn qualified(by: Key, organisation: &str, badge: Value) -> Value {
    signed(by, organisation, &Evaluation { standing: vec![Standing::carrying(badge)], ..met() })
}

pub(super) fn sound(by: Key, organisation: &str) -> Value {
    qualified(by, organisation, GUILD.seal(&own_badge(by, GUILD, "6")))
}

/// The report on an endorsement that carries a sound badge of its evaluator's.
pub(super) fn supported() -> Expected {
    valid(&[]).with_embedded(CARRIED, valid(&[]))
}

pub(super) fn panel(more: &str) -> String {
    format!("[panel]\nquorum = 2\nstanding-issuers = ['{}']\n{more}", GUILD.did())
}

pub(super) fn verify(name: &str, lesson: &str, badge: Value, outcome: Expected) -> Case {
    case("verify", name, lesson, Input::Json(badge), outcome)
}

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    targets(&mut cases);
    status(&mut cases);
    keys(&mut cases);
    panels(&mut cases);
    standing(&mut cases);
    registries(&mut cases);
    sealed(&mut cases);
    attached(&mut cases);
    beside(&mut cases);
    cases
}

fn targets(cases: &mut Vec<Case>) {
    let badge = assessed();
    let mut one = |name: &str, lesson: &str, endorsement: Value, words: &str| {
        let outcome = expected("valid", &[&[("endorsements", words)]]);
        cases.push(
            verify(name, lesson, carrying(&badge, &[endorsement]), outcome).embedded(FIRST, valid(&[])),
        );
    };
    one(
        "evaluation",
        "An evaluation of the candidate speaks of the badge they get for it.",
        signed(ENDORSER, A, &met()),
        "pass",
    );
    let by_version = |evaluation: &Evaluation| ENDORSER.seal(&said(ENDORSER, A, evaluation, BADGE_ID));
    one(
        "evaluation-of-version",
        "An evaluation of one version of a badge survives being put into it.",
        by_version(&of_version(&badge)),
        "pass",
    );
    let mut older = badge.clone();
    older["validFrom"] = "2026-10-01T00:00:00Z".into();
    let stale = "warn ENDORSEMENT_STALE_VERSION";
    one(
        "evaluation-stale",
        "An evaluation of an older version of the badge is not one of this.",
        by_version(&of_version(&older)),
        stale,
    );
    one("evaluation-unversioned", "Whoever evaluates a badge says which version.", by_version(&met()), stale);
    let achievement = &badge["credentialSubject"]["achievement"];
    let template = |achievement: &Value| Evaluation {
        template_digest: Some(digest::of_achievement(achievement).unwrap()),
        ..met()
    };
    one(
        "evaluation-of-template",
        "An evaluation towards a template counts for the badge made from it.",
        signed(ENDORSER, A, &template(achievement)),
        "pass",
    );
    let mut easier = achievement.clone();
    easier["criteria"]["narrative"] = "Un entretien.".into();
    one(
        "evaluation-template-changed",
        "An evaluation towards other criteria does not count.",
        signed(ENDORSER, A, &template(&easier)),
        stale,
    );
    let other = Evaluation::new(HOLDER.did(), skill(NETIQUETTE), level("5"), Finding::Met);
    one(
        "evaluation-other-skill",
        "An evaluation of a skill that the badge does not have.",
        signed(ENDORSER, A, &other),
        "warn SKILL_NOT_IN_BADGE",
    );
    let of_stranger = Evaluation { candidate: STRANGER.did(), ..met() };
    let elsewhere = "warn ENDORSEMENT_TARGET_MISMATCH";
    one(
        "evaluation-of-another",
        "An evaluation of another candidate says nothing of this one.",
        ENDORSER.seal(&said(ENDORSER, A, &of_stranger, &STRANGER.did())),
        elsewhere,
    );
    let smuggled = Evaluation { candidate: STRANGER.did(), ..of_version(&badge) };
    one(
        "evaluation-of-another-for-this-badge",
        "The badge that an evaluation names must be its candidate's.",
        by_version(&smuggled),
        elsewhere,
    );
    let oneself = "warn EVALUATOR_IS_CANDIDATE";
    one("evaluation-by-candidate", "Nobody evaluates themselves.", signed(HOLDER, A, &met()), oneself);
    let mut own = endorsement();
    own["issuer"]["id"] = HOLDER.did().into();
    one("endorsement-by-recipient", "Nobody endorses their own badge.", HOLDER.seal(&own), oneself);
    let mut enormous = said(ENDORSER, A, &met(), &HOLDER.did());
    let ground = json!({"type": ["EvaluatorStanding"], "statement": "Vingt ans de métier."});
    enormous["credentialSubject"]["evaluation"]["standing"] = (0..9)
        .map(|n| {
            let mut ground = ground.clone();
            ground["statement"] = format!("Vingt ans de métier, {n}").into();
            ground
        })
        .collect();
    one(
        "evaluation-too-large",
        "An evaluation that claims standing on nine grounds is not read.",
        ENDORSER.seal(&enormous),
        "warn EVALUATION_TOO_LARGE",
    );
    let contradictory = {
        let mut said = said(ENDORSER, A, &met(), &HOLDER.did());
        said["credentialSubject"]["evaluation"]["reachedLevel"] = json!(level("4"));
        ENDORSER.seal(&said)
    };
    one(
        "evaluation-contradictory",
        "“Met” and a lower level contradict each other.",
        contradictory,
        "warn MALFORMED_VALUE",
    );
    let shown = |name: &str| {
        let mut badge = assessed();
        badge["evidence"] =
            json!([{"id": format!("https://cfa.example/preuves/{name}"), "type": ["Evidence"]}]);
        badge
    };
    cases.push(
        verify(
            "evaluation-evidence-changed-since",
            "An issuer that exchanges the evidence after the evaluation has made another version, which nobody evaluated.",
            carrying(&shown("autre-cordon.jpg"), &[by_version(&of_version(&shown("cordon.jpg")))]),
            expected("valid", &[&[("endorsements", stale)]]),
        )
        .embedded(FIRST, valid(&[])),
    );
}

fn status(cases: &mut Vec<Case>) {
    let badge = assessed();
    let mut listed = said(ENDORSER, A, &met(), &HOLDER.did());
    listed["credentialStatus"] = entry("revocation");
    let badge = carrying(&badge, &[ENDORSER.seal(&listed)]);
    let mut one = |name: &str, lesson: &str, list: Value, words: &str, inner: Expected| {
        let outcome = expected("valid", &[&[("endorsements", words)]]);
        cases.push(verify(name, lesson, badge.clone(), outcome).embedded(FIRST, inner).list(list));
    };
    one(
        "evaluation-in-force",
        "The badge's issuer may keep the status of what its evaluators say.",
        ISSUER.seal(&list("revocation", &[])),
        "pass",
        valid(&[("status", "pass")]),
    );
    one(
        "evaluation-withdrawn",
        "An evaluation that was withdrawn is told apart from one that is not sound.",
        ISSUER.seal(&list("revocation", &[94])),
        "warn ENDORSEMENT_WITHDRAWN",
        expected("invalid", &[&[("status", "fail REVOKED")]]),
    );
    let mut by_stranger = list("revocation", &[]);
    by_stranger["issuer"] = STRANGER.did().into();
    one(
        "evaluation-status-of-stranger",
        "A stranger's list does not keep the status of an evaluation.",
        STRANGER.seal(&by_stranger),
        "warn ENDORSEMENT_INDETERMINATE",
        expected("indeterminate", &[&[("status", "undetermined STATUS_ISSUER_MISMATCH")]]),
    );

    let mut suspended = |name: &str, lesson: &str, until: Option<&str>, words: &str, inner: Expected| {
        let mut listed = said(ENDORSER, A, &met(), &HOLDER.did());
        listed["credentialStatus"] = entry("suspension");
        if let Some(until) = until {
            listed["validUntil"] = until.into();
        }
        let badge = carrying(&assessed(), &[ENDORSER.seal(&listed)]);
        let outcome = expected("valid", &[&[("endorsements", words)]]);
        let list = ISSUER.seal(&list("suspension", &[94]));
        cases.push(verify(name, lesson, badge, outcome).embedded(FIRST, inner).list(list));
    };
    suspended(
        "evaluation-suspended",
        "An evaluation that is suspended is neither withdrawn nor unsound.",
        None,
        "warn RECORD_SUSPENDED",
        expected("invalid", &[&[("status", "fail SUSPENDED")]]),
    );
    suspended(
        "evaluation-suspended-and-over",
        "A suspension does not hide what else is wrong with an evaluation.",
        Some("2026-11-06T00:00:00Z"),
        "warn ENDORSEMENT_INVALID",
        expected("invalid", &[&[("status", "fail SUSPENDED"), ("validity", "fail EXPIRED")]]),
    );
}

fn keys(cases: &mut Vec<Case>) {
    let mut far = said(ENDORSER, A, &met(), &HOLDER.did());
    far["issuer"]["id"] = DID_WEB.into();
    let mut proof = ENDORSER.proof();
    proof["verificationMethod"] = DID_WEB_KEY.into();
    proof["created"] = "2026-11-05T09:00:00Z".into();
    let badge = carrying(&assessed(), &[ENDORSER.seal_with(&far, proof)]);
    let document = |revoked: Option<&str>| {
        let mut key = json!({"id": DID_WEB_KEY, "type": "Multikey", "controller": DID_WEB, "publicKeyMultibase": ENDORSER.multibase()});
        if let Some(revoked) = revoked {
            key["revoked"] = revoked.into();
        }
        json!({"@context": ["https://www.w3.org/ns/did/v1"], "id": DID_WEB, "verificationMethod": [key], "assertionMethod": [DID_WEB_KEY]})
    };
    let url = "https://atelier.example/.well-known/did.json";
    cases.push(
        verify(
            "evaluation-key-stolen",
            "What a stolen key signed does not count, whatever date it bears.",
            badge.clone(),
            valid(&[("endorsements", "warn ENDORSEMENT_INVALID")]),
        )
        .embedded(FIRST, no_key("invalid", "fail KEY_REVOKED"))
        .document(url, document(Some("2026-11-10T00:00:00Z"))),
    );
    cases.push(
        verify(
            "panel-key-missing",
            "An evaluation whose key is not at hand might have made the quorum.",
            badge,
            expected(
                "indeterminate",
                &[&[
                    ("endorsements", "warn ENDORSEMENT_INDETERMINATE"),
                    ("panel", "missing controller-document"),
                ]],
            ),
        )
        .embedded(FIRST, no_key("indeterminate", "missing controller-document"))
        .policy(panel("")),
    );
}

pub(super) const FAILS: Differences<'static> =
    &[("endorsements", "pass"), ("panel", "fail PANEL_QUORUM_NOT_MET")];
pub(super) const MEETS: Differences<'static> = &[("endorsements", "pass"), ("panel", "pass")];

fn panels(cases: &mut Vec<Case>) {
    let badge = assessed();
    let both = [sound(ENDORSER, A), sound(SECOND_EVALUATOR, B)];
    let mut one =
        |name: &str, lesson: &str, endorsements: &[Value], differences: Differences<'_>, policy: String| {
            let verdict = if differences == MEETS { "valid" } else { "invalid" };
            let mut case =
                verify(name, lesson, carrying(&badge, endorsements), expected(verdict, &[differences]));
            for (index, endorsement) in endorsements.iter().enumerate() {
                let carries = endorsement["credentialSubject"]["evaluation"].get("standing").is_some();
                let inner = if carries { supported() } else { valid(&[]) };
                case = case.embedded(&format!("/endorsement/{index}"), inner);
            }
            cases.push(case.policy(policy));
        };
    one(
        "panel",
        "Two evaluators of proved standing and distinct organisations make a quorum of two.",
        &both,
        MEETS,
        panel(""),
    );
    one("panel-of-one", "One evaluator is no quorum of two.", &both[..1], FAILS, panel(""));
    let fresh = [signed(ENDORSER, A, &met()), signed(SECOND_EVALUATOR, B, &met())];
    one(
        "panel-fresh-keys",
        "Keys that somebody has just made never make a quorum.",
        &fresh,
        FAILS,
        panel(""),
    );
    let mut again = said(
        ENDORSER,
        B,
        &Evaluation {
            standing: vec![Standing::carrying(GUILD.seal(&own_badge(ENDORSER, GUILD, "6")))],
            statement: Some("Encore.".to_owned()),
            ..met()
        },
        &HOLDER.did(),
    );
    again["id"] = "urn:uuid:5b6f1c1e-6a0f-4f0e-9a53-0c2f5d7a2b42".into();
    one(
        "panel-one-twice",
        "One evaluator who speaks twice is one voice.",
        &[both[0].clone(), ENDORSER.seal(&again)],
        FAILS,
        panel(""),
    );
    let colleagues = [sound(ENDORSER, A), sound(SECOND_EVALUATOR, A)];
    one(
        "panel-colleagues",
        "Two evaluators of one organisation are no panel of distinct ones.",
        &colleagues,
        FAILS,
        panel(""),
    );
    one(
        "panel-colleagues-allowed",
        "A policy may let colleagues sit together; the word says what that is.",
        &colleagues,
        MEETS,
        panel("organisations = 'danger-any'\n"),
    );
    let partial = Evaluation {
        finding: Finding::PartiallyMet,
        standing: vec![Standing::carrying(GUILD.seal(&own_badge(SECOND_EVALUATOR, GUILD, "6")))],
        ..met()
    };
    one(
        "panel-partially-met",
        "A skill that is met in part is not found to be met.",
        &[both[0].clone(), signed(SECOND_EVALUATOR, B, &partial)],
        FAILS,
        panel(""),
    );
    one(
        "panel-too-old",
        "Evaluations past the age that policy allows do not count.",
        &both,
        FAILS,
        panel("max-age-days = 10\n"),
    );
    one(
        "panel-fresh-enough",
        "Evaluations within the age that policy allows count.",
        &both,
        MEETS,
        panel("max-age-days = 30\n"),
    );
    one(
        "panel-other-skill",
        "A policy may name the skills that a panel must vouch for.",
        &both,
        FAILS,
        panel(&format!("skills = ['{NETIQUETTE}']\n")),
    );
    one(
        "panel-without-evaluations",
        "A badge without evaluations has no panel.",
        &[],
        &[("panel", "fail PANEL_QUORUM_NOT_MET")],
        panel(""),
    );
    one(
        "panel-unnamed-issuer",
        "Standing counts only by a word that the policy names.",
        &both,
        FAILS,
        "[panel]\nquorum = 1\n".to_owned(),
    );
    let forged_seal = {
        let mut forged = both[1].clone();
        forged["credentialSubject"]["evaluation"]["targetLevel"]["code"] = "6".into();
        forged
    };
    cases.push(
        verify(
            "panel-forged",
            "An evaluation that was changed does not make a quorum.",
            carrying(&badge, &[both[0].clone(), forged_seal]),
            expected(
                "invalid",
                &[&[("endorsements", "warn ENDORSEMENT_INVALID"), ("panel", "fail PANEL_QUORUM_NOT_MET")]],
            ),
        )
        .embedded(FIRST, supported())
        .embedded(SECOND, forged())
        .policy(panel("")),
    );
}

fn standing(cases: &mut Vec<Case>) {
    let badge = assessed();
    let first = sound(ENDORSER, A);
    let mut one = |name: &str, lesson: &str, own: Value, verdict: &str, inner: Expected, policy: String| {
        let endorsements = [first.clone(), qualified(SECOND_EVALUATOR, B, own)];
        let differences = if verdict == "valid" { MEETS } else { FAILS };
        cases.push(
            verify(name, lesson, carrying(&badge, &endorsements), expected(verdict, &[differences]))
                .embedded(FIRST, supported())
                .embedded(SECOND, valid(&[]).with_embedded(CARRIED, inner))
                .policy(policy),
        );
    };
    let own = |level: &str| own_badge(SECOND_EVALUATOR, GUILD, level);
    one(
        "panel-level-equal",
        "An evaluator of the level evaluated may evaluate it.",
        GUILD.seal(&own("5")),
        "valid",
        valid(&[]),
        panel(""),
    );
    let low = || GUILD.seal(&own("4"));
    one(
        "panel-level-below",
        "An evaluator below the level evaluated is not qualified.",
        low(),
        "invalid",
        valid(&[]),
        panel(""),
    );
    one(
        "panel-level-below-allowed",
        "A policy may let anybody with the skill evaluate it; the word says what that is.",
        low(),
        "valid",
        valid(&[]),
        panel("evaluator-level = 'danger-any'\n"),
    );
    one(
        "panel-standing-borrowed",
        "Another one's badge shows nobody's standing.",
        GUILD.seal(&own_badge(ENDORSER, GUILD, "6")),
        "invalid",
        valid(&[]),
        panel(""),
    );
    one(
        "panel-standing-self-made",
        "A badge that the evaluator issued themselves shows no standing.",
        SECOND_EVALUATOR.seal(&own_badge(SECOND_EVALUATOR, SECOND_EVALUATOR, "6")),
        "invalid",
        valid(&[]),
        panel(""),
    );
    let mut tampered = GUILD.seal(&own("4"));
    tampered["credentialSubject"]["result"][0]["achievedLevel"] = "https://guilde.example/niveaux/6".into();
    one(
        "panel-standing-forged",
        "A badge that was changed shows no standing.",
        tampered,
        "invalid",
        forged(),
        panel(""),
    );
    let mut expired = own("6");
    expired["validUntil"] = "2026-11-10T00:00:00Z".into();
    one(
        "panel-standing-expired",
        "A badge past its period shows no standing.",
        GUILD.seal(&expired),
        "invalid",
        expected("invalid", &[&[("validity", "fail EXPIRED")]]),
        panel(""),
    );
    let mut other = own("6");
    other["credentialSubject"]["achievement"]["alignment"][0]["targetUrl"] = NETIQUETTE.into();
    one(
        "panel-standing-other-skill",
        "A badge for another skill shows no standing in this one.",
        GUILD.seal(&other),
        "invalid",
        valid(&[]),
        panel(""),
    );
    let mut ring = own("6");
    let mut returned = endorsement();
    returned["id"] = "urn:uuid:5b6f1c1e-6a0f-4f0e-9a53-0c2f5d7a2b60".into();
    returned["issuer"]["id"] = HOLDER.did().into();
    returned["credentialSubject"]["id"] = ring["id"].clone();
    ring["endorsement"] = json!([HOLDER.seal(&returned)]);
    let vouched = valid(&[("endorsements", "pass")]).with_embedded(FIRST, valid(&[]));
    one(
        "panel-reciprocal",
        "Two who vouch for each other are not independent.",
        GUILD.seal(&ring),
        "invalid",
        vouched,
        panel(""),
    );
}

fn registries(cases: &mut Vec<Case>) {
    let badge = assessed();
    let endorsements = [signed(ENDORSER, A, &met()), signed(SECOND_EVALUATOR, B, &met())];
    let rule = |counts: &str| {
        format!(
            "[[registries]]\nsource = '{REGISTRY_URL}'\nissuer = '{}'\n[panel]\nquorum = 2\n{counts}",
            AUTHORITY.did()
        )
    };
    let named = format!("standing-registries = ['{REGISTRY_URL}']\n");
    let entries = |skill: &str| {
        let entry = |key: Key| recognised(&key.did(), &json!({"action": "endorse", "skill": [skill]}));
        registry(&json!([entry(ENDORSER), entry(SECOND_EVALUATOR), recognised(&ISSUER.did(), &json!({}))]))
    };
    let mut one = |name: &str, lesson: &str, registry: &Value, policy: String, met: bool, answer: &str| {
        let mut inner = if answer == "listed" {
            valid(&[("issuer", "pass")])
        } else {
            valid(&[("issuer", "warn ISSUER_OUT_OF_SCOPE")])
        };
        inner.registries = vec![answer.to_owned()];
        let differences = if met { MEETS } else { FAILS };
        let outcome = expected(if met { "valid" } else { "invalid" }, &[differences, &[("issuer", "pass")]]);
        cases.push(
            verify(name, lesson, carrying(&badge, &endorsements), outcome)
                .embedded(FIRST, inner.clone())
                .embedded(SECOND, inner)
                .policy(policy)
                .registries(&["listed"])
                .at_hand(ResourceKind::Registry, REGISTRY_URL, Body::Text(AUTHORITY.vc_jwt(registry))),
        );
    };
    one(
        "panel-by-registry",
        "An entry in a registry that the policy names shows that one may evaluate.",
        &entries(ESCO_WELDING),
        rule(&named),
        true,
        "listed",
    );
    one(
        "panel-by-registry-not-named",
        "A registry counts for standing only where the policy says so.",
        &entries(ESCO_WELDING),
        rule(""),
        false,
        "listed",
    );
    one(
        "panel-by-registry-other-skill",
        "Recognised for evaluating one skill is not recognised for another.",
        &entries(NETIQUETTE),
        rule(&named),
        false,
        "out-of-scope skill",
    );
}

fn sealed(cases: &mut Vec<Case>) {
    let hidden: Vec<Value> =
        [(ENDORSER, A), (SECOND_EVALUATOR, B)].map(|(by, organisation)| sound(by, organisation)).to_vec();
    let seal = |endorsement: &Value, evaluation: &Evaluation| {
        json!(SealedEvaluation::new(evaluation, digest::of_record(endorsement).unwrap()))
    };
    let with = |seals: Value, endorsements: &[Value]| {
        let mut badge = assessed();
        badge["@context"].as_array_mut().unwrap().push(EVALUATION_V1.into());
        badge["sealedEvaluation"] = seals;
        if !endorsements.is_empty() {
            badge["endorsement"] = endorsements.into();
        }
        ISSUER.seal(&badge)
    };
    let seals: Value = hidden.iter().map(|one| seal(one, &met())).collect();
    let mut one =
        |name: &str, lesson: &str, badge: Value, policy: String, outcome: Expected, opened: usize| {
            let mut case = verify(name, lesson, badge, outcome).policy(policy);
            for index in 0..opened {
                case = case.embedded(&format!("/endorsement/{index}"), supported());
            }
            cases.push(case);
        };
    let fails = || expected("invalid", &[&[("panel", "fail PANEL_QUORUM_NOT_MET")]]);
    one(
        "sealed",
        "An evaluation whose evaluator is hidden counts for nothing until it is opened.",
        with(seals.clone(), &[]),
        panel(""),
        fails(),
        0,
    );
    let on_word = "sealed = 'on-issuers-word'\n";
    let trusted = format!("[panel]\nquorum = 2\nstanding-issuers = ['{}']\n{on_word}", ISSUER.did());
    one(
        "sealed-on-issuers-word",
        "A policy may take an issuer's word for evaluators it does not name.",
        with(seals.clone(), &[]),
        trusted.clone(),
        expected("valid", &[&[("panel", "pass")]]),
        0,
    );
    one(
        "sealed-on-strangers-word",
        "The word of an issuer that the policy does not name counts for nothing.",
        with(seals.clone(), &[]),
        panel(on_word),
        fails(),
        0,
    );
    let twice: Value = [&hidden[0], &hidden[0]].into_iter().map(|one| seal(one, &met())).collect();
    one("sealed-twice", "An evaluation that is sealed twice is one.", with(twice, &[]), trusted, fails(), 0);
    one(
        "sealed-opened",
        "Sealed evaluations that are opened, and are those that were sealed, count by themselves.",
        with(seals, &hidden),
        panel(""),
        expected("valid", &[MEETS]),
        2,
    );
    let mut inflated = met();
    inflated.target_level = level("7");
    let lies: Value = hidden.iter().map(|one| seal(one, &inflated)).collect();
    one(
        "sealed-opened-otherwise",
        "An issuer that says more than the evaluation it sealed is found out when it is opened.",
        with(lies, &hidden),
        panel(""),
        expected("invalid", &[FAILS]),
        2,
    );
    let many: Value = (0..65)
        .map(|n| json!(SealedEvaluation::new(&met(), digest::of_bytes(format!("{n}").as_bytes()))))
        .collect();
    one(
        "sealed-too-many",
        "A badge with more seals than any panel has is warned about.",
        with(many, &[]),
        String::new(),
        expected("valid", &[&[("endorsements", "warn EVALUATION_TOO_LARGE")]]),
        0,
    );
}

const BADGE: &str = "/verifiableCredential/0";

/// The badge first, then what travels beside it.
fn carried(badge: Value, beside: &[Value]) -> Value {
    let items: Vec<Value> = std::iter::once(badge).chain(beside.iter().cloned()).collect();
    presented(&json!(items))
}

fn attached(cases: &mut Vec<Case>) {
    let badge = assessed();
    let whole = || ISSUER.seal(&badge);
    let mut one = |name: &str, lesson: &str, endorsement: Value, words: &str, inner: Expected| {
        cases.push(present(name, lesson, carried(whole(), &[endorsement]), outcome("valid", &[])).embedded(
            BADGE,
            inside("valid", &[("endorsements", words)]).with_embedded("/verifiableCredential/1", inner),
        ));
    };
    one(
        "attached",
        "An endorsement travels beside an unchanged badge, and is told apart from one inside.",
        ENDORSER.seal(&said(ENDORSER, A, &of_version(&badge), BADGE_ID)),
        "pass",
        valid(&[]),
    );
    one(
        "attached-plain",
        "A plain endorsement may travel beside the badge it speaks of.",
        ENDORSER.seal(&endorsement()),
        "pass",
        valid(&[]),
    );
    let mut older = badge.clone();
    older["validUntil"] = "2027-11-01T00:00:00Z".into();
    one(
        "attached-stale",
        "An endorsement of another version, attached, is not counted; the badge stands.",
        ENDORSER.seal(&said(ENDORSER, A, &of_version(&older), BADGE_ID)),
        "warn ENDORSEMENT_STALE_VERSION",
        valid(&[]),
    );
    let mut tampered = ENDORSER.seal(&endorsement());
    tampered["credentialSubject"]["endorsementComment"] = "Exceptionnel.".into();
    one(
        "attached-forged",
        "An endorsement that was changed counts for nothing beside a badge.",
        tampered,
        "warn ENDORSEMENT_INVALID",
        forged(),
    );
    let elsewhere = ENDORSER.seal(&said(
        ENDORSER,
        A,
        &Evaluation { candidate: STRANGER.did(), ..met() },
        &STRANGER.did(),
    ));
    cases.push(
        present(
            "attached-to-nothing",
            "An endorsement of somebody else's is not attached to a badge; nobody here can present it.",
            carried(whole(), &[elsewhere]),
            outcome("invalid", &[("credentials", "fail CREDENTIAL_INVALID")]),
        )
        .embedded(BADGE, inside("valid", &[]))
        .embedded(
            "/verifiableCredential/1",
            inside("invalid", &[("presenter", "fail PRESENTER_NOT_SUBJECT")]),
        ),
    );
}

fn beside(cases: &mut Vec<Case>) {
    let badge = assessed();
    let whole = || ISSUER.seal(&badge);
    let own = |by: Key| GUILD.seal(&own_badge(by, GUILD, "6"));
    let naming = |by: Key, organisation: &str| {
        let own = own(by);
        let standing = Standing::beside(own["id"].as_str().unwrap(), digest::of_record(&own).unwrap());
        signed(by, organisation, &Evaluation { standing: vec![standing], ..met() })
    };
    let items = [naming(ENDORSER, A), own(ENDORSER), naming(SECOND_EVALUATOR, B), own(SECOND_EVALUATOR)];
    let supported_at =
        |place: usize| valid(&[]).with_embedded(&format!("/verifiableCredential/{place}"), valid(&[]));
    cases.push(
        present(
            "panel-beside",
            "A whole panel, with its evaluators' badges, travels beside the badge in one file.",
            carried(whole(), &items),
            outcome("valid", &[]),
        )
        .embedded(
            BADGE,
            inside("valid", &[("endorsements", "pass"), ("panel", "pass")])
                .with_embedded("/verifiableCredential/1", supported_at(2))
                .with_embedded("/verifiableCredential/3", supported_at(4)),
        )
        .policy(panel("")),
    );
    // A badge that no evaluation names is presented like any other, and is not the holder's.
    let fails = inside("invalid", &[("panel", "fail PANEL_QUORUM_NOT_MET")]);
    cases.push(
        present(
            "badge-of-another-beside",
            "A badge of somebody else's that no evaluation names is still somebody else's.",
            carried(whole(), &[own(ENDORSER)]),
            outcome("invalid", &[("credentials", "fail CREDENTIAL_INVALID")]),
        )
        .embedded(BADGE, fails)
        .embedded(
            "/verifiableCredential/1",
            inside(
                "invalid",
                &[("presenter", "fail PRESENTER_NOT_SUBJECT"), ("panel", "fail PANEL_QUORUM_NOT_MET")],
            ),
        )
        .policy(panel("")),
    );
    let asked = HOLDER.seal(&mandate().to_credential(&mandate_head()).unwrap());
    let within = |change: &dyn Fn(&mut Evaluation)| {
        let mut evaluation = Evaluation { mandate_digest: Some(digest::of_record(&asked).unwrap()), ..met() };
        change(&mut evaluation);
        evaluation
    };
    let mut one = |name: &str, lesson: &str, endorsement: Value, words: &str| {
        cases.push(
            present(name, lesson, carried(whole(), &[endorsement, asked.clone()]), outcome("valid", &[]))
                .embedded(
                    BADGE,
                    inside("valid", &[("endorsements", words)]).with_embedded(
                        "/verifiableCredential/1",
                        valid(&[]).with_embedded("/verifiableCredential/2", valid(&[])),
                    ),
                ),
        );
    };
    one(
        "attached-mandate",
        "An evaluation within the mandate beside it counts.",
        signed(ENDORSER, A, &within(&|_| {})),
        "pass",
    );
    let more = within(&|evaluation| {
        evaluation.seen_evidence =
            vec![EvidenceCommitment::new("autre.pdf", None, digest::of_bytes(b"more"))];
    });
    one(
        "attached-mandate-exceeded",
        "An evaluation beyond the mandate beside it does not count.",
        signed(ENDORSER, A, &more),
        "warn MANDATE_SCOPE_EXCEEDED",
    );
    let mut early = said(ENDORSER, A, &within(&|_| {}), &HOLDER.did());
    early["validFrom"] = "2026-10-05T00:00:00Z".into();
    one(
        "attached-mandate-expired",
        "An evaluation from outside the mandate's period does not count.",
        ENDORSER.seal(&early),
        "warn MANDATE_EXPIRED",
    );
    let taken_back = signed(ENDORSER, A, &met());
    let own_digest = digest::of_record(&taken_back).unwrap();
    let withdrawal = |by: Key| {
        let withdrawal = Withdrawal::new(own_digest.clone(), own_digest.clone(), Reason::ErrorFound);
        by.seal(&withdrawal.to_credential(&head(0x70, by, "2026-11-06T00:00:00Z")).unwrap())
    };
    for (name, lesson, by, words) in [
        (
            "attached-withdrawal",
            "An evaluator's withdrawal beside the evaluation takes it back.",
            ENDORSER,
            "warn ENDORSEMENT_WITHDRAWN",
        ),
        ("attached-withdrawal-of-another", "Nobody withdraws what another one said.", STRANGER, "pass"),
    ] {
        cases.push(
            present(
                name,
                lesson,
                carried(whole(), &[taken_back.clone(), withdrawal(by)]),
                outcome("valid", &[]),
            )
            .embedded(
                BADGE,
                inside("valid", &[("endorsements", words)]).with_embedded(
                    "/verifiableCredential/1",
                    valid(&[]).with_embedded("/verifiableCredential/2", valid(&[])),
                ),
            ),
        );
    }
}
