//! Registries: each answer, each dimension of scope, and what policy makes of them.

use badge_verifier::snapshot::ResourceKind;
use serde_json::{Value, json};

use super::documents::{
    ESCO_WELDING, REGISTRY_URL, badge, badge_with, endorsement, esco, recognised, registry,
};
use super::keys::{AUTHORITY, ENDORSER, ISSUER, STRANGER};
use super::{Case, case, expected};
use crate::support::{Body, Expected, Input};

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    answers(&mut cases);
    scope(&mut cases);
    weights(&mut cases);
    cases
}

fn policy(rule: &str) -> String {
    format!("{rule}[[registries]]\nsource = \"{REGISTRY_URL}\"\nissuer = \"{}\"\n", AUTHORITY.did())
}

fn issuer(words: &str) -> Expected {
    let verdict = match words.split(' ').next() {
        Some("fail") => "invalid",
        Some("missing" | "undetermined") => "indeterminate",
        _ => "valid",
    };
    expected(verdict, &[&[("issuer", words)]])
}

fn asked(name: &str, lesson: &str, badge: &Value, words: &str, answer: &str) -> Case {
    case("verify", name, lesson, Input::Json(ISSUER.seal(badge)), issuer(words))
        .policy(policy(""))
        .registries(&[answer])
}

/// The registry as it stands on the network.
fn published(registry: &Value) -> Body {
    Body::Text(AUTHORITY.vc_jwt(registry))
}

fn listing(id: &str) -> Value {
    registry(&json!([recognised(&STRANGER.did(), &json!({})), recognised(id, &json!({}))]))
}

const UNLISTED: &str = "warn ISSUER_UNKNOWN";

fn answers(cases: &mut Vec<Case>) {
    let kind = ResourceKind::Registry;
    let own = &ISSUER.did();
    cases.push(
        asked(
            "registry-listed",
            "An issuer that the registry recognises is listed.",
            &badge(),
            "pass",
            "listed",
        )
        .at_hand(kind, REGISTRY_URL, published(&listing(own))),
    );
    cases.push(
        asked(
            "registry-not-listed",
            "An unknown issuer is neutral: a warning, not a forgery.",
            &badge(),
            UNLISTED,
            "not-listed",
        )
        .at_hand(
            kind,
            REGISTRY_URL,
            published(&registry(&json!([recognised(&STRANGER.did(), &json!({}))]))),
        ),
    );
    cases.push(
        asked(
            "registry-unchecked",
            "A registry that could not be had answers nothing.",
            &badge(),
            "warn REGISTRY_UNCHECKED",
            "unchecked",
        )
        .at_hand(kind, REGISTRY_URL, Body::Failure("time-out".into())),
    );
    cases.push(asked(
        "registry-missing",
        "A registry that is not at hand must be fetched first.",
        &badge(),
        "missing registry",
        "unchecked",
    ));
    let mut ended = listing(own);
    ended["validUntil"] = "2026-11-01T00:00:00Z".into();
    cases.push(
        asked(
            "registry-expired",
            "A registry past its validUntil lists nobody.",
            &badge(),
            "warn REGISTRY_EXPIRED",
            "list-expired",
        )
        .at_hand(kind, REGISTRY_URL, published(&ended)),
    );
    let invalid = |name, lesson, body| {
        asked(name, lesson, &badge(), "warn REGISTRY_INVALID", "list-invalid").at_hand(
            kind,
            REGISTRY_URL,
            body,
        )
    };
    let token = AUTHORITY.vc_jwt(&listing(own));
    let other = AUTHORITY.vc_jwt(&registry(&json!([])));
    let swapped = format!("{}.{}", &token[..token.rfind('.').unwrap()], other.rsplit('.').next().unwrap());
    cases.push(invalid("registry-tampered", "A changed registry lists nobody.", Body::Text(swapped)));
    cases.push(invalid(
        "registry-forged",
        "A registry signed by somebody else in the authority's name lists nobody.",
        Body::Text(STRANGER.vc_jwt(&listing(own))),
    ));
    let mut strangers = listing(own);
    strangers["issuer"] = STRANGER.did().into();
    cases.push(invalid(
        "registry-of-another",
        "A registry by another authority than the policy names lists nobody.",
        Body::Text(STRANGER.vc_jwt(&strangers)),
    ));
    cases.push(invalid(
        "registry-not-a-token",
        "A registry is a token; unsigned JSON lists nobody.",
        Body::Json(listing(own)),
    ));
    let mut early = listing(own);
    early["validFrom"] = "2026-12-01T00:00:00Z".into();
    cases.push(invalid(
        "registry-not-yet-valid",
        "A registry before its validFrom lists nobody.",
        published(&early),
    ));
    let unknown = registry(&json!([recognised(own, &json!({"exceptFor": "x"}))]));
    cases.push(invalid(
        "registry-unknown-limit",
        "A limit that this program does not know must not be passed over.",
        published(&unknown),
    ));
    cases.push(
        invalid(
            "registry-unnamed-authority",
            "A registry from the network counts only where the policy says who signs it.",
            Body::Text(token),
        )
        .policy(format!("[[registries]]\nsource = \"{REGISTRY_URL}\"\n")),
    );
}

fn aligned() -> Value {
    badge_with(|badge| {
        badge["issuer"]["address"] = json!({"type": ["Address"], "addressCountryCode": "FR"});
        badge["credentialSubject"]["achievement"]["achievementType"] = "Competency".into();
        badge["credentialSubject"]["achievement"]["alignment"] = json!([esco()]);
    })
}

fn scope(cases: &mut Vec<Case>) {
    let limited = |limits: Value| published(&registry(&json!([recognised(&ISSUER.did(), &limits)])));
    let mut pair = |dimension: &str, fits: Value, excludes: Value| {
        let name = dimension.to_lowercase();
        let inside = format!("Recognised within a limit of {dimension}: a badge inside it is listed.");
        let outside =
            format!("Recognised within a limit of {dimension}: a badge outside it is out of scope.");
        let answer = format!("out-of-scope {dimension}");
        cases.push(asked(&format!("scope-{name}-inside"), &inside, &aligned(), "pass", "listed").at_hand(
            ResourceKind::Registry,
            REGISTRY_URL,
            limited(fits),
        ));
        cases.push(
            asked(
                &format!("scope-{name}-outside"),
                &outside,
                &aligned(),
                "warn ISSUER_OUT_OF_SCOPE",
                &answer,
            )
            .at_hand(ResourceKind::Registry, REGISTRY_URL, limited(excludes)),
        );
    };
    pair("action", json!({"action": "issue"}), json!({"action": "verify"}));
    pair(
        "skill",
        json!({"skill": [ESCO_WELDING]}),
        json!({"skill": ["http://data.europa.eu/esco/skill/00000000-0000-4000-8000-000000000000"]}),
    );
    pair("framework", json!({"framework": ["ESCO", "DigComp"]}), json!({"framework": ["DigComp"]}));
    pair(
        "achievementType",
        json!({"achievementType": ["Competency"]}),
        json!({"achievementType": ["Diploma", "Degree"]}),
    );
    pair("territory", json!({"territory": ["BE", "FR"]}), json!({"territory": ["BE"]}));
    pair(
        "date",
        json!({"validFrom": "2024-01-01T00:00:00Z", "validUntil": "2027-01-01T00:00:00Z"}),
        json!({"validUntil": "2026-06-01T00:00:00Z"}),
    );

    let two = |first: Value| {
        badge_with(|badge| badge["credentialSubject"]["achievement"]["alignment"] = json!([first, esco()]))
    };
    let other = json!({"type": ["Alignment"], "targetName": "soudage MIG", "targetUrl": "http://data.europa.eu/esco/skill/00000000-0000-4000-8000-000000000000"});
    let mut extra = |name: &str, lesson: &str, badge: &Value, limits: Value, words: &str, answer: &str| {
        cases.push(asked(name, lesson, badge, words, answer).at_hand(
            ResourceKind::Registry,
            REGISTRY_URL,
            limited(limits),
        ));
    };
    let out = "warn ISSUER_OUT_OF_SCOPE";
    extra(
        "scope-one-skill-outside",
        "Every skill of the badge must lie within what the issuer is recognised for.",
        &two(other),
        json!({"skill": [ESCO_WELDING]}),
        out,
        "out-of-scope skill",
    );
    extra(
        "scope-no-alignment",
        "A badge without alignment lies within no list of skills.",
        &badge(),
        json!({"skill": [ESCO_WELDING]}),
        out,
        "out-of-scope skill",
    );
    extra(
        "scope-no-country",
        "An issuer that names no country lies in no territory.",
        &badge(),
        json!({"territory": ["FR"]}),
        out,
        "out-of-scope territory",
    );
    let posing = json!({"type": ["Alignment"], "targetName": "soudage", "targetUrl": "https://autre.example/skill/1", "targetFramework": "ESCO"});
    let badge_posing =
        badge_with(|badge| badge["credentialSubject"]["achievement"]["alignment"] = json!([posing]));
    extra(
        "scope-framework-in-name-only",
        "An address outside a framework is not in it, whatever name it bears.",
        &badge_posing,
        json!({"framework": ["ESCO"]}),
        out,
        "out-of-scope framework",
    );

    let long = badge_with(|badge| badge["validFrom"] = "2024-09-01T00:00:00Z".into());
    let then = json!({"validFrom": "2024-01-01T00:00:00Z", "validUntil": "2025-12-31T00:00:00Z"});
    extra(
        "scope-at-now",
        "An issuer recognised until last year is out of scope now.",
        &long,
        then.clone(),
        out,
        "out-of-scope date",
    );
    let at = asked(
        "scope-at-then",
        "As of a moment within its dates, the same issuer is listed.",
        &long,
        "pass",
        "listed",
    );
    cases.push(at.at_hand(ResourceKind::Registry, REGISTRY_URL, limited(then)).at("2025-06-01T00:00:00Z"));
    let mut both = recognised(&ISSUER.did(), &json!({}));
    both["recognizedTo"] = json!([{"type": "RecognizedAction", "action": "issue", "territory": ["BE"]}, {"type": "RecognizedAction", "action": "issue", "territory": ["FR"]}]);
    cases.push(
        asked("scope-one-of-two", "Recognised for any one scope is enough.", &aligned(), "pass", "listed")
            .at_hand(ResourceKind::Registry, REGISTRY_URL, published(&registry(&json!([both])))),
    );
}

fn weights(cases: &mut Vec<Case>) {
    let kind = ResourceKind::Registry;
    let nobody = || published(&registry(&json!([recognised(&STRANGER.did(), &json!({}))])));
    let elsewhere =
        || published(&registry(&json!([recognised(&ISSUER.did(), &json!({"territory": ["BE"]}))])));
    let fail = policy("unlisted-issuer = \"fail\"\n");
    let ignore = policy("unlisted-issuer = \"ignore\"\n");
    cases.push(
        asked(
            "unlisted-fail",
            "A policy may refuse issuers that no registry lists.",
            &badge(),
            "fail ISSUER_UNKNOWN",
            "not-listed",
        )
        .at_hand(kind, REGISTRY_URL, nobody())
        .policy(&*fail),
    );
    cases.push(
        asked(
            "unlisted-ignore",
            "A policy may pass over issuers that no registry lists.",
            &badge(),
            "pass",
            "not-listed",
        )
        .at_hand(kind, REGISTRY_URL, nobody())
        .policy(&*ignore),
    );
    cases.push(
        asked(
            "out-of-scope-fail",
            "Out of scope is as good as unlisted to a policy that insists.",
            &badge(),
            "fail ISSUER_OUT_OF_SCOPE",
            "out-of-scope territory",
        )
        .at_hand(kind, REGISTRY_URL, elsewhere())
        .policy(&*fail),
    );
    cases.push(
        asked(
            "unchecked-fail",
            "A registry that could not answer might have listed the issuer: no verdict.",
            &badge(),
            "undetermined REGISTRY_UNCHECKED",
            "unchecked",
        )
        .at_hand(kind, REGISTRY_URL, Body::Failure("time-out".into()))
        .policy(&*fail),
    );
    let mut alone = case(
        "verify",
        "unlisted-fail-no-registry",
        "A policy that insists on a listing and names no registry is never satisfied.",
        Input::Json(ISSUER.seal(&badge())),
        issuer("fail ISSUER_UNKNOWN"),
    );
    alone = alone.policy("unlisted-issuer = \"fail\"\n");
    cases.push(alone);
    let second = "regions.jwt";
    let two = |rule: &str| format!("{}[[registries]]\nsource = \"{second}\"\n", policy(rule));
    cases.push(
        asked(
            "two-registries",
            "Each registry answers separately; one listing is enough.",
            &badge(),
            "pass",
            "not-listed",
        )
        .registries(&["not-listed", "listed"])
        .policy(two(""))
        .at_hand(kind, REGISTRY_URL, nobody())
        .at_hand(kind, second, published(&listing(&ISSUER.did()))),
    );
    cases.push(
        asked("two-registries-one-silent", "Out of one registry's scope and another one silent: the silent one might have listed the issuer.", &badge(), "undetermined REGISTRY_UNCHECKED", "unchecked")
            .registries(&["out-of-scope territory", "unchecked"])
            .policy(two("unlisted-issuer = \"fail\"\n"))
            .at_hand(kind, REGISTRY_URL, elsewhere())
            .at_hand(kind, second, Body::Failure("time-out".into())),
    );
    cases.push(
        asked(
            "two-registries-one-missing",
            "One listing is enough: a registry that is not at hand could not change it.",
            &badge(),
            "pass",
            "listed",
        )
        .registries(&["listed", "unchecked"])
        .policy(two("unlisted-issuer = \"fail\"\n"))
        .at_hand(kind, REGISTRY_URL, published(&listing(&ISSUER.did()))),
    );
    let mut open = asked(
        "two-registries-none-lists-one-missing",
        "While a registry is not at hand and no other lists the issuer, the answer is open.",
        &badge(),
        "missing registry",
        "not-listed",
    );
    open =
        open.registries(&["not-listed", "unchecked"]).policy(two("")).at_hand(kind, REGISTRY_URL, nobody());
    cases.push(open);
    cases.push(
        asked(
            "registry-missing-ignored",
            "A registry that is not at hand changes nothing for a policy that passes over unlisted issuers.",
            &badge(),
            "pass",
            "unchecked",
        )
        .policy(&*ignore),
    );
    let sealed =
        ISSUER.seal(&badge_with(|badge| badge["endorsement"] = json!([ENDORSER.seal(&endorsement())])));
    let mut inner = issuer("warn ISSUER_OUT_OF_SCOPE");
    inner.registries = vec!["out-of-scope action".to_owned()];
    let listed = published(&registry(&json!([
        recognised(&ISSUER.did(), &json!({})),
        recognised(&ENDORSER.did(), &json!({}))
    ])));
    cases.push(
        case(
            "verify",
            "registry-endorser",
            "Recognised for issuing badges is not recognised for endorsing them.",
            Input::Json(sealed),
            issuer("pass").and(&[("endorsements", "pass")]),
        )
        .policy(policy(""))
        .registries(&["listed"])
        .embedded("/endorsement/0", inner)
        .at_hand(kind, REGISTRY_URL, listed),
    );
}
