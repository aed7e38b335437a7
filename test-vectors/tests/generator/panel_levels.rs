//! Panels and levels: an evaluation stands behind what it reaches, on one scale, and behind nothing else.

use badge_schemas::evaluation::{Evaluation, SkillLevel, Standing};
use serde_json::{Value, json};

use super::evaluate::{
    A, B, FAILS, MEETS, assessed, carrying, met, own_badge, panel, qualified, said, sound, supported, verify,
};
use super::keys::{ENDORSER, GUILD, HOLDER, Key, SECOND_EVALUATOR};
use super::threads::level;
use super::{Case, expected};

/// The badge for welding, with a level on a scale as its result.
fn claiming(scale: &str, reached: &str) -> Value {
    let mut badge = assessed();
    let id = format!("https://cfa.example/niveaux/{reached}");
    badge["credentialSubject"]["result"] = json!([{"type": ["Result"],
        "resultDescription": "https://cfa.example/niveaux", "achievedLevel": id}]);
    badge["credentialSubject"]["achievement"]["resultDescription"] = json!([{
        "id": "https://cfa.example/niveaux", "type": ["ResultDescription"], "name": scale,
        "resultType": "RubricCriterionLevel", "rubricCriterionLevel": [{"id": id,
            "type": ["RubricCriterionLevel"], "name": format!("Niveau {reached}"), "level": reached}]}]);
    badge
}

fn at(by: Key, organisation: &str, target_level: SkillLevel) -> Value {
    let standing = vec![Standing::carrying(GUILD.seal(&own_badge(by, GUILD, "6")))];
    let evaluation = Evaluation { target_level, standing, ..met() };
    by.seal(&said(by, organisation, &evaluation, &HOLDER.did()))
}

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let both = [sound(ENDORSER, A), sound(SECOND_EVALUATOR, B)];
    let digcomp = |reached: &str| claiming("DigComp 2.2", reached);
    let mut one = |name: &str, lesson: &str, badge: &Value, endorsements: &[Value], met: bool, more: &str| {
        let (verdict, differences) = if met { ("valid", MEETS) } else { ("invalid", FAILS) };
        let mut case = verify(name, lesson, carrying(badge, endorsements), expected(verdict, &[differences]))
            .policy(panel(more));
        for index in 0..endorsements.len() {
            case = case.embedded(&format!("/endorsement/{index}"), supported());
        }
        cases.push(case);
    };
    one(
        "panel-level-claimed-reached",
        "Two who found the level that the badge claims stand behind it.",
        &digcomp("5"),
        &both,
        true,
        "",
    );
    one(
        "panel-level-claimed-below",
        "Whoever found a higher level than the badge claims stands behind the lower one too.",
        &digcomp("4"),
        &both,
        true,
        "",
    );
    one(
        "panel-level-claimed-above",
        "Two who found a lower level than the badge claims are no panel for it.",
        &digcomp("6"),
        &both,
        false,
        "",
    );
    let mixed = [sound(ENDORSER, A), at(SECOND_EVALUATOR, B, level("4"))];
    one(
        "panel-level-claimed-by-one",
        "One at the level claimed and one below it are no two.",
        &digcomp("5"),
        &mixed,
        false,
        "",
    );
    one(
        "panel-level-claimed-on-another-scale",
        "Evaluations on one scale do not stand behind a level of another.",
        &claiming("Grille de l’atelier", "1"),
        &both,
        false,
        "",
    );
    one(
        "panel-level-not-claimed",
        "Where a badge claims no level, two who found different ones agree on the lower.",
        &assessed(),
        &mixed,
        true,
        "",
    );
    let apart = [sound(ENDORSER, A), at(SECOND_EVALUATOR, B, SkillLevel::new("Grille de l’atelier", "5"))];
    one(
        "panel-level-scales-apart",
        "Where a badge claims no level, two who speak of different scales agree on nothing.",
        &assessed(),
        &apart,
        false,
        "evaluator-level = 'danger-any'\n",
    );
    let standing = vec![Standing::carrying(GUILD.seal(&own_badge(ENDORSER, GUILD, "6")))];
    let earlier = Evaluation { target_level: level("4"), standing, ..met() };
    let mut earlier = said(ENDORSER, A, &earlier, &HOLDER.did());
    earlier["id"] = "urn:uuid:5b6f1c1e-6a0f-4f0e-9a53-0c2f5d7a2b43".into();
    one(
        "panel-level-found-later",
        "An evaluator's earlier finding of a lower level does not take the place of the one that counts.",
        &digcomp("5"),
        &[ENDORSER.seal(&earlier), both[0].clone(), both[1].clone()],
        true,
        "",
    );
    one(
        "panel-level-own-on-another-scale",
        "An evaluator's own level on another scale does not show the level evaluated.",
        &assessed(),
        &[sound(ENDORSER, A), {
            let mut own = own_badge(SECOND_EVALUATOR, GUILD, "6");
            own["credentialSubject"]["achievement"]["resultDescription"][0]["name"] =
                "Grille de la guilde".into();
            qualified(SECOND_EVALUATOR, B, GUILD.seal(&own))
        }],
        false,
        "",
    );
    cases
}
