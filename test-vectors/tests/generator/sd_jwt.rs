//! SD-JWTs: what is shown, what is hidden, who signed it, and who presents it.

use badge_schemas::presentation::envelop;
use badge_verifier::securing::sd_jwt::disclosure::Disclosure;
use badge_verifier::securing::sd_jwt::hash::HashAlgorithm;
use badge_verifier::securing::sd_jwt::issue::{IssueOptions, Seed, conceal};
use badge_verifier::securing::sd_jwt::profile::Profile;
use badge_verifier::securing::sd_jwt::skills_badge;
use badge_verifier::snapshot::ResourceKind;
use serde_json::{Value, json};

use super::documents::{badge, badge_with, presentation};
use super::keys::{HOLDER, ISSUER, Key, STRANGER, base64url};
use super::{Case, case, expected, forged, invalid, no_key, not_authentic, unreadable, valid};
use crate::support::{Body, Expected, Input};

pub(super) const CHALLENGE: &str = "7d1f6a90-défi";
pub(super) const DOMAIN: &str = "recruteur.example";
const ISS: &str = "https://cfa.example/tenant/1";
const METADATA_URL: &str = "https://cfa.example/.well-known/jwt-vc-issuer/tenant/1";
const KEYS_URL: &str = "https://cfa.example/clefs.jwks";

/// The badge with something its holder may want to keep to themselves.
fn told() -> Value {
    badge_with(|badge| {
        badge["credentialSubject"]["narrative"] = "Reçue avec mention.".into();
        badge["credentialSubject"]["result"] = json!([
            {"type": ["Result"], "value": "17/20"},
            {"type": ["Result"], "value": "12/20"},
        ]);
    })
}

const HIDDEN: [&str; 3] =
    ["/credentialSubject/narrative", "/credentialSubject/result", "/credentialSubject/result/1"];

/// A claims set with some of it hidden, and the disclosures.
pub(super) fn concealed(profile: Profile, claims: &Value, pointers: &[&str]) -> (Value, Vec<String>) {
    let options = IssueOptions {
        profile,
        disclosable: pointers.iter().map(|pointer| (*pointer).to_owned()).collect(),
        decoys: 1,
        hash: HashAlgorithm::Sha256,
        holder: None,
        seed: Seed::new([9; 32]),
    };
    let (payload, disclosures) = conceal(claims.clone(), &options).unwrap();
    (payload, disclosures.iter().map(|one| one.as_str().to_owned()).collect())
}

/// Whether a disclosure is that of a member with this name.
fn names(disclosure: &str, name: &str) -> bool {
    Disclosure::parse(disclosure, 0).unwrap().name() == Some(name)
}

pub(super) fn joined(jwt: &str, disclosures: &[String]) -> String {
    disclosures.iter().fold(format!("{jwt}~"), |text, one| text + one + "~")
}

pub(super) fn signed(key: Key, typ: &str, payload: &Value) -> String {
    key.token(&json!({"alg": "EdDSA", "kid": key.method(), "typ": typ}), payload)
}

/// The badge as `vc+sd-jwt`, bound to its holder, with its disclosures.
pub(super) fn vc() -> (String, Vec<String>) {
    let mut claims = told();
    claims["cnf"] = json!({"jwk": HOLDER.jwk()});
    let (payload, disclosures) = concealed(Profile::Credential, &claims, &HIDDEN);
    (signed(ISSUER, "vc+sd-jwt", &payload), disclosures)
}

/// The badge's claims as an SD-JWT VC.
fn dc_claims() -> Value {
    let mut claims = skills_badge::claims(&told()).unwrap();
    claims["cnf"] = json!({"jwk": HOLDER.jwk()});
    claims["iat"] = json!(1_793_523_600);
    claims
}

/// An SD-JWT VC of a type that nobody here knows.
fn stranger_claims() -> Value {
    json!({
        "vct": "https://cartes.example/bibliotheque/1",
        "iss": ISSUER.did(),
        "nbf": 1_793_491_200,
        "exp": 1_888_000_000,
        "given_name": "Zoé",
    })
}

fn dc(claims: &Value) -> String {
    joined(&signed(ISSUER, "dc+sd-jwt", claims), &[])
}

fn binding_claims(sd_jwt: &str) -> Value {
    json!({
        "iat": 1_795_341_540,
        "aud": DOMAIN,
        "nonce": CHALLENGE,
        "sd_hash": HashAlgorithm::Sha256.digest(sd_jwt),
    })
}

/// Adds a key binding JWT, changed.
pub(super) fn bound_by(key: Key, sd_jwt: &str, change: impl FnOnce(&mut Value, &mut Value)) -> String {
    let mut header = json!({"alg": "EdDSA", "typ": "kb+jwt"});
    let mut payload = binding_claims(sd_jwt);
    change(&mut header, &mut payload);
    format!("{sd_jwt}{}", key.token(&header, &payload))
}

fn bound(sd_jwt: &str) -> String {
    bound_by(HOLDER, sd_jwt, |_, _| {})
}

fn verify(name: &str, lesson: &str, text: &str, outcome: Expected) -> Case {
    case("verify", name, lesson, Input::Text(text.to_owned()), outcome)
}

fn present(name: &str, lesson: &str, text: &str, outcome: Expected) -> Case {
    case("present", name, lesson, Input::Text(text.to_owned()), outcome).challenge(CHALLENGE).domain(DOMAIN)
}

/// A sound badge that its holder presents to the one who asked.
fn presented() -> Expected {
    valid(&[("challenge", "pass"), ("domain", "pass"), ("presenter", "pass")])
}

pub fn cases() -> Vec<Case> {
    let mut cases = shown();
    cases.extend(kinds());
    cases.extend(keys());
    cases.extend(bindings());
    cases.extend(enveloped());
    cases.extend(hostile());
    cases
}

fn shown() -> Vec<Case> {
    let (jwt, disclosures) = vc();
    let mut forged_value = disclosures.clone();
    forged_value[0] = base64url(r#"["c2Vs","narrative","Reçue avec félicitations."]"#.as_bytes());
    let (bare, _) = concealed(Profile::Credential, &told(), &["/credentialSubject/achievement/name"]);
    let (period, shown) = {
        let mut options_claims = told();
        options_claims.as_object_mut().unwrap().remove("validUntil");
        let disclosure = base64url(r#"["c2Vs","validUntil","2029-11-01T00:00:00Z"]"#.as_bytes());
        options_claims["_sd"] = json!([HashAlgorithm::Sha256.digest(&disclosure)]);
        (signed(ISSUER, "vc+sd-jwt", &options_claims), vec![disclosure])
    };
    vec![
        verify(
            "sd-jwt",
            "A badge as vc+sd-jwt with every claim shown is the badge.",
            &joined(&jwt, &disclosures),
            valid(&[]),
        ),
        verify(
            "sd-jwt-hidden",
            "A badge of which its holder hides what may be hidden is still the badge.",
            &joined(&jwt, &[]),
            valid(&[]),
        ),
        verify(
            "sd-jwt-too-much-hidden",
            "What a badge must say cannot be hidden: without its name the achievement is none.",
            &joined(&signed(ISSUER, "vc+sd-jwt", &bare), &[]),
            invalid(&[("conformance", "fail SCHEMA_VIOLATION")]),
        ),
        verify(
            "sd-jwt-disclosure-changed",
            "A disclosure that the issuer did not sign answers to no digest.",
            &joined(&jwt, &forged_value),
            unreadable("DISCLOSURE_UNREFERENCED"),
        ),
        verify(
            "sd-jwt-period-shown",
            "A period that could have been hidden, and is shown, counts; the issuer should not have let it be hidden.",
            &joined(&period, &shown),
            valid(&[("conformance", "warn CLAIM_NOT_DISCLOSABLE")]),
        ),
        verify(
            "sd-jwt-forged",
            "Disclosures are worth what the signature over their digests is worth.",
            &joined(&tampered(&jwt), &disclosures),
            forged(),
        ),
    ]
}

/// The same token with another signature.
fn tampered(jwt: &str) -> String {
    let (signed, signature) = jwt.rsplit_once('.').unwrap();
    let first = if signature.starts_with('A') { 'B' } else { 'A' };
    format!("{signed}.{first}{}", &signature[1..])
}

fn kinds() -> Vec<Case> {
    let pointers = ["/narrative", "/result"];
    let (payload, disclosures) = concealed(Profile::SdJwtVc, &dc_claims(), &pointers);
    let jwt = signed(ISSUER, "dc+sd-jwt", &payload);
    let with = |change: &dyn Fn(&mut Value)| {
        let mut claims = stranger_claims();
        change(&mut claims);
        dc(&claims)
    };
    let mut both = told();
    both["vct"] = "https://cartes.example/bibliotheque/1".into();
    vec![
        verify(
            "dc-sd-jwt",
            "A skills badge as an SD-JWT VC says what the badge says.",
            &joined(&jwt, &disclosures),
            valid(&[]),
        ),
        verify(
            "dc-sd-jwt-hidden",
            "A skills badge as an SD-JWT VC, with nothing shown that can be hidden.",
            &joined(&jwt, &[]),
            valid(&[]),
        ),
        verify(
            "dc-sd-jwt-earlier-name",
            "vc+sd-jwt once was the name of dc+sd-jwt: vct says which it is.",
            &joined(&signed(ISSUER, "vc+sd-jwt", &payload), &disclosures),
            valid(&[]),
        ),
        verify(
            "dc-sd-jwt-other-type",
            "An SD-JWT VC of a type we do not know is verified as far as all of them are alike.",
            &with(&|_| {}),
            valid(&[]),
        ),
        verify(
            "dc-sd-jwt-expired",
            "The exp of an SD-JWT VC ends the credential.",
            &with(&|claims| claims["exp"] = json!(1_793_500_000)),
            invalid(&[("validity", "fail EXPIRED")]),
        ),
        verify(
            "dc-sd-jwt-not-yet",
            "The nbf of an SD-JWT VC begins the credential.",
            &with(&|claims| claims["nbf"] = json!(1_798_000_000)),
            invalid(&[("validity", "fail NOT_YET_VALID")]),
        ),
        verify(
            "dc-sd-jwt-without-issuer",
            "An SD-JWT VC that names no issuer is nobody's: no certificate stands for it here.",
            &with(&|claims| {
                claims.as_object_mut().unwrap().remove("iss");
            }),
            not_authentic(&[
                ("conformance", "fail MALFORMED_VALUE"),
                ("controller", "fail CONTROLLER_NOT_ISSUER"),
            ]),
        ),
        verify(
            "dc-sd-jwt-audience",
            "An SD-JWT VC made for one audience is refused by whoever is not told to be in it.",
            &with(&|claims| claims["aud"] = "https://autre.example".into()),
            invalid(&[("conformance", "fail CLAIM_MISMATCH")]),
        ),
        verify(
            "dc-sd-jwt-status-hidden",
            "A status that its holder can hide is no status.",
            &with(&|claims| {
                claims["status"] = json!({"_sd": ["4KnVcpDYbNWnfH0sLM6RH6TEfkjUcA0YvuoPcrHEkMo"]})
            }),
            invalid(&[
                ("conformance", "fail CLAIM_NOT_DISCLOSABLE"),
                ("status", "fail STATUS_ENTRY_MALFORMED"),
            ]),
        ),
        verify(
            "sd-jwt-both",
            "vct beside @context: two standards would read two credentials.",
            &joined(&signed(ISSUER, "vc+sd-jwt", &both), &[]),
            unreadable("SD_JWT_PROFILE_UNDECIDED"),
        ),
        verify(
            "sd-jwt-neither",
            "Without vct and @context nothing says what the claims mean.",
            &joined(&signed(ISSUER, "vc+sd-jwt", &json!({"iss": ISSUER.did()})), &[]),
            unreadable("SD_JWT_PROFILE_UNDECIDED"),
        ),
        verify(
            "sd-jwt-presentation-as-credential",
            "What calls itself a presentation in its media type holds no credential.",
            &joined(&signed(ISSUER, "vp+sd-jwt", &badge()), &[]),
            unreadable("NOT_A_CREDENTIAL"),
        ),
    ]
}

fn keys() -> Vec<Case> {
    let mut claims = stranger_claims();
    claims["iss"] = ISS.into();
    let token = |kid: &str| {
        let header = json!({"alg": "EdDSA", "kid": kid, "typ": "dc+sd-jwt"});
        joined(&ISSUER.token(&header, &claims), &[])
    };
    let mut key = ISSUER.jwk();
    key["kid"] = "clef-1".into();
    let metadata = |more: Value| {
        let mut metadata = json!({"issuer": ISS});
        metadata.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        Body::Json(metadata)
    };
    let set = json!({"keys": [key]});
    let at_hand = |case: Case, body: Body| case.at_hand(ResourceKind::JwtVcIssuer, METADATA_URL, body);
    let broken = || no_key("invalid", "fail CONTROLLER_DOCUMENT_INVALID");
    let (jwt, disclosures) = {
        let (payload, disclosures) = concealed(Profile::Credential, &told(), &HIDDEN);
        (signed(STRANGER, "vc+sd-jwt", &payload), disclosures)
    };
    let own = {
        let header = json!({"alg": "EdDSA", "jwk": STRANGER.jwk(), "typ": "dc+sd-jwt"});
        joined(&STRANGER.token(&header, &claims), &[])
    };
    vec![
        verify(
            "dc-sd-jwt-metadata-missing",
            "The keys of an https issuer stand in its metadata, which must be fetched first.",
            &token("clef-1"),
            no_key("indeterminate", "missing jwt-vc-issuer"),
        ),
        at_hand(
            verify(
                "dc-sd-jwt-metadata",
                "The key set in an https issuer's metadata holds the key that kid names.",
                &token("clef-1"),
                valid(&[]),
            ),
            metadata(json!({"jwks": set})),
        ),
        at_hand(
            verify(
                "dc-sd-jwt-metadata-other-key",
                "A kid that the issuer's key set does not hold names no key.",
                &token("clef-2"),
                no_key("invalid", "fail KEY_PROVENANCE_MISSING"),
            ),
            metadata(json!({"jwks": set})),
        ),
        at_hand(
            verify(
                "dc-sd-jwt-own-jwk",
                "A key that only the message carries is nobody's.",
                &own,
                no_key("invalid", "fail KEY_PROVENANCE_MISSING"),
            ),
            metadata(json!({"jwks": set})),
        ),
        at_hand(
            verify(
                "dc-sd-jwt-keys-elsewhere-missing",
                "Metadata may refer to the key set; then that must be fetched too.",
                &token("clef-1"),
                no_key("indeterminate", "missing jwks"),
            ),
            metadata(json!({"jwks_uri": KEYS_URL})),
        ),
        at_hand(
            verify(
                "dc-sd-jwt-keys-elsewhere",
                "The key set that the metadata refers to is as good as one in it.",
                &token("clef-1"),
                valid(&[]),
            ),
            metadata(json!({"jwks_uri": KEYS_URL})),
        )
        .at_hand(ResourceKind::Jwks, KEYS_URL, Body::Json(set.clone())),
        at_hand(
            verify(
                "dc-sd-jwt-metadata-two-sets",
                "Metadata with a key set and a reference to another says two things.",
                &token("clef-1"),
                broken(),
            ),
            metadata(json!({"jwks": set, "jwks_uri": KEYS_URL})),
        ),
        at_hand(
            verify(
                "dc-sd-jwt-metadata-of-another",
                "Metadata that names another issuer must not be used.",
                &token("clef-1"),
                broken(),
            ),
            metadata(json!({"issuer": "https://cfa.example", "jwks": set})),
        ),
        verify(
            "sd-jwt-controller-not-issuer",
            "Somebody else's signature under an SD-JWT is somebody else's.",
            &joined(&jwt, &disclosures),
            not_authentic(&[("controller", "fail CONTROLLER_NOT_ISSUER")]),
        ),
    ]
}

fn bindings() -> Vec<Case> {
    let (jwt, disclosures) = vc();
    let whole = joined(&jwt, &disclosures);
    let some = joined(&jwt, &[]);
    let changed = |change: &dyn Fn(&mut Value)| bound_by(HOLDER, &some, |_, payload| change(payload));
    let not_bound = |code: &str| {
        invalid(&[
            ("challenge", "blocked presenter"),
            ("domain", "blocked presenter"),
            ("presenter", &format!("fail {code}")),
        ])
    };
    // The one that stands in no other.
    let narrative = disclosures.iter().find(|one| names(one, "narrative")).unwrap();
    let (loose, _) = concealed(Profile::Credential, &told(), &HIDDEN);
    let loose = joined(&signed(ISSUER, "vc+sd-jwt", &loose), &[]);
    let mut stranger = told();
    stranger["cnf"] = json!({"jwk": STRANGER.jwk()});
    let stolen = joined(&signed(STRANGER, "vc+sd-jwt", &stranger), &[]);
    let mut unasked = present(
        "sd-jwt-no-challenge-expected",
        "A key binding whose nonce nobody compares may be a copy.",
        &bound(&some),
        expected(
            "indeterminate",
            &[&[
                ("challenge", "undetermined CHALLENGE_NOT_EXPECTED"),
                ("domain", "pass"),
                ("presenter", "pass"),
            ]],
        ),
    );
    unasked.vector.expect.challenge = None;
    let mut anywhere = present(
        "sd-jwt-no-domain-expected",
        "A key binding for a receiver whom nobody compares is a warning.",
        &bound(&some),
        presented().and(&[("domain", "warn DOMAIN_NOT_EXPECTED")]),
    );
    anywhere.vector.expect.domain = None;
    let dc = joined(&signed(ISSUER, "dc+sd-jwt", &dc_claims()), &[]);
    vec![
        present(
            "sd-jwt",
            "A holder presents a badge as SD-JWT, showing all of it.",
            &bound(&whole),
            presented(),
        ),
        present(
            "sd-jwt-less",
            "A holder presents a badge as SD-JWT, hiding what can be hidden.",
            &bound(&some),
            presented(),
        ),
        present("dc-sd-jwt", "A holder presents a badge as SD-JWT VC.", &bound(&dc), presented()),
        unasked,
        anywhere,
        present(
            "sd-jwt-unbound",
            "Who asked for a presentation is not answered by the SD-JWT alone.",
            &whole,
            invalid(&[("challenge", "fail KEY_BINDING_MISSING"), ("domain", "fail DOMAIN_MISMATCH")]),
        ),
        present(
            "sd-jwt-wrong-nonce",
            "A key binding for another transaction is a replay.",
            &changed(&|payload| payload["nonce"] = "autre".into()),
            presented().and(&[("challenge", "fail CHALLENGE_MISMATCH")]).verdict("invalid"),
        ),
        present(
            "sd-jwt-wrong-audience",
            "A key binding for another verifier was passed on.",
            &changed(&|payload| payload["aud"] = "autre.example".into()),
            presented().and(&[("domain", "fail DOMAIN_MISMATCH")]).verdict("invalid"),
        ),
        present(
            "sd-jwt-stale",
            "A key binding older than policy allows is refused, whatever it answers.",
            &changed(&|payload| payload["iat"] = json!(1_795_340_739)),
            presented().and(&[("validity", "fail KEY_BINDING_STALE")]).verdict("invalid"),
        ),
        present(
            "sd-jwt-just-in-time",
            "Ten minutes and the clock's minute are still in time.",
            &changed(&|payload| payload["iat"] = json!(1_795_340_940)),
            presented(),
        ),
        present(
            "sd-jwt-from-the-future",
            "A key binding from the future was not made now.",
            &changed(&|payload| payload["iat"] = json!(1_795_341_661)),
            presented().and(&[("validity", "fail PROOF_FROM_THE_FUTURE")]).verdict("invalid"),
        ),
        present(
            "sd-jwt-binding-ended",
            "A key binding that says when it ends has ended then.",
            &changed(&|payload| payload["exp"] = json!(1_795_341_539)),
            presented().and(&[("validity", "fail PROOF_EXPIRED")]).verdict("invalid"),
        ),
        present(
            "sd-jwt-other-key",
            "Only the key that the issuer confirmed binds.",
            &bound_by(STRANGER, &some, |_, _| {}),
            not_bound("SIGNATURE_INVALID"),
        ),
        present(
            "sd-jwt-own-key",
            "A key that the key binding brings along is not the one the issuer confirmed.",
            &bound_by(STRANGER, &some, |header, _| header["jwk"] = STRANGER.jwk()),
            not_bound("KID_JWK_DISAGREE"),
        ),
        present(
            "sd-jwt-disclosure-added",
            "Nothing is added after the holder has signed.",
            &bound(&some).replacen('~', &format!("~{narrative}~"), 1),
            not_bound("KEY_BINDING_HASH_MISMATCH"),
        ),
        present(
            "sd-jwt-disclosure-removed",
            "Nothing is taken away after the holder has signed.",
            &format!("{some}{}", bound(&whole).rsplit_once('~').unwrap().1),
            not_bound("KEY_BINDING_HASH_MISMATCH"),
        ),
        present(
            "sd-jwt-without-cnf",
            "Where the issuer confirmed no key, nobody can bind.",
            &bound(&loose),
            not_bound("CONFIRMATION_UNUSABLE"),
        ),
        present(
            "sd-jwt-binding-of-forgery",
            "A key that a forger confirms is anybody's.",
            &bound_by(STRANGER, &stolen, |_, _| {}),
            not_authentic(&[
                ("controller", "fail CONTROLLER_NOT_ISSUER"),
                ("challenge", "blocked signature"),
                ("domain", "blocked signature"),
                ("presenter", "blocked signature"),
            ]),
        ),
        present(
            "sd-jwt-binding-typ",
            "A token of another kind, signed by the holder for another purpose, binds nothing.",
            &bound_by(HOLDER, &some, |header, _| header["typ"] = "JWT".into()),
            unreadable("KEY_BINDING_MALFORMED"),
        ),
        present(
            "sd-jwt-audiences",
            "A key binding is for one receiver, not for a list of them.",
            &changed(&|payload| payload["aud"] = json!([DOMAIN])),
            unreadable("KEY_BINDING_MALFORMED"),
        ),
    ]
}

fn enveloped() -> Vec<Case> {
    let (jwt, disclosures) = vc();
    let proof_by = |key: Key, credentials: &Value| {
        let mut proof = key.proof();
        proof["created"] = "2026-11-22T09:59:00Z".into();
        proof["proofPurpose"] = "authentication".into();
        proof["challenge"] = CHALLENGE.into();
        proof["domain"] = DOMAIN.into();
        let mut shown = presentation(credentials);
        shown["holder"] = key.did().into();
        key.seal_with(&shown, proof).to_string()
    };
    let proof = |credentials: &Value| proof_by(HOLDER, credentials);
    let by_mail = || {
        let mut claims = dc_claims();
        claims.as_object_mut().unwrap().remove("sub");
        claims["identifier"] = json!([{"type": "IdentityObject", "hashed": false,
            "identityHash": "zoe@example.org", "identityType": "emailAddress"}]);
        dc(&claims)
    };
    let outcome = |verdict: &str, credentials: &str| {
        expected(verdict, &[&[("challenge", "pass"), ("domain", "pass"), ("credentials", credentials)]])
    };
    let first = "/verifiableCredential/0";
    let inside = || valid(&[("presenter", "pass")]);
    vec![
        present(
            "sd-jwt-enveloped",
            "An SD-JWT may stand in an envelope inside a presentation.",
            &proof(&json!([envelop("vc+sd-jwt", &joined(&jwt, &disclosures))])),
            outcome("valid", "pass"),
        )
        .embedded(first, inside()),
        present(
            "dc-sd-jwt-enveloped",
            "An SD-JWT VC may stand in an envelope too; the key it confirms is the presenter's.",
            &proof(&json!([envelop("dc+sd-jwt", &by_mail())])),
            outcome("valid", "pass"),
        )
        .embedded(first, inside()),
        present(
            "dc-sd-jwt-stolen",
            "Where the issuer names the holder's key, an e-mail address makes nobody else the holder.",
            &proof_by(STRANGER, &json!([envelop("dc+sd-jwt", &by_mail())])),
            outcome("invalid", "fail CREDENTIAL_INVALID"),
        )
        .recipient("zoe@example.org")
        .embedded(first, invalid(&[("presenter", "fail PRESENTER_NOT_SUBJECT"), ("recipient", "pass")])),
        present(
            "sd-jwt-enveloped-as-jwt",
            "An envelope says what is in it.",
            &proof(&json!([envelop("vc+jwt", &joined(&jwt, &disclosures))])),
            outcome("invalid", "fail CREDENTIAL_INVALID"),
        )
        .embedded(first, unreadable("MALFORMED_VALUE")),
    ]
}

fn hostile() -> Vec<Case> {
    let hostile = |name: &str, lesson: &str, text: String, code: &str| {
        case("hostile", name, lesson, Input::Text(text), unreadable(code))
    };
    let with = |more: Value| {
        let mut claims = stranger_claims();
        claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        signed(ISSUER, "dc+sd-jwt", &claims)
    };
    let disclosure = |text: &str| base64url(text.as_bytes());
    let digest = |text: &str| HashAlgorithm::Sha256.digest(text);
    let name = disclosure(r#"["c2Vs","family_name","Bélanger"]"#);
    let twice = disclosure(r#"["c2Vs","given_name","Ana"]"#);
    let machinery = disclosure(r#"["c2Vs","_sd",["x"]]"#);
    let (jwt, _) = vc();
    let parts: Vec<&str> = jwt.split('.').collect();
    let flattened = json!({
        "protected": parts[0], "payload": parts[1], "signature": parts[2], "header": {"disclosures": []},
    });
    vec![
        hostile(
            "sd-jwt-json",
            "A JWS in JSON serialisation is a second way to write the same thing, and not read.",
            flattened.to_string(),
            "JWS_JSON_UNSUPPORTED",
        ),
        hostile(
            "sd-jwt-without-end",
            "The issuer's part of an SD-JWT without its last ~ is no token of its own.",
            jwt.clone(),
            "JWT_MALFORMED",
        ),
        hostile(
            "sd-jwt-repeated-digest",
            "One digest in two places would show one claim twice.",
            joined(
                &with(json!({"_sd": [digest(&name)], "x": {"_sd": [digest(&name)]}})),
                std::slice::from_ref(&name),
            ),
            "DIGEST_REPEATED",
        ),
        hostile(
            "sd-jwt-repeated-disclosure",
            "A disclosure is sent once.",
            joined(&with(json!({"_sd": [digest(&name)]})), &[name.clone(), name.clone()]),
            "DISCLOSURE_REPEATED",
        ),
        hostile(
            "sd-jwt-name-taken",
            "A disclosure must not bring a second claim of the same name.",
            joined(&with(json!({"_sd": [digest(&twice)]})), &[twice]),
            "DISCLOSED_NAME_TAKEN",
        ),
        hostile(
            "sd-jwt-machinery-disclosed",
            "A disclosure must not bring new digests at its own level.",
            joined(&with(json!({"_sd": [digest(&machinery)]})), &[machinery]),
            "DISCLOSED_NAME_FORBIDDEN",
        ),
        hostile(
            "sd-jwt-element-as-member",
            "The disclosure of a member is none of an element.",
            joined(&with(json!({"x": [{"...": digest(&name)}]})), std::slice::from_ref(&name)),
            "DISCLOSURE_MISPLACED",
        ),
        hostile(
            "sd-jwt-ellipsis-in-object",
            "Three dots stand for an element of an array and nowhere else.",
            joined(&with(json!({"x": {"...": digest(&name)}})), &[]),
            "SD_MEMBER_MISPLACED",
        ),
        hostile(
            "sd-jwt-sha-1",
            "A digest of a broken hash function hides nothing and binds nothing.",
            joined(&with(json!({"_sd_alg": "sha-1"})), &[]),
            "SD_ALG_UNSUPPORTED",
        ),
        hostile(
            "sd-jwt-broken-disclosure",
            "A disclosure that is no JSON is refused, not passed over.",
            joined(&with(json!({})), &[disclosure("{")]),
            "DISCLOSURE_MALFORMED",
        ),
        hostile(
            "sd-jwt-typ",
            "An access token with a tilde is no credential.",
            joined(&ISSUER.token(&json!({"alg": "EdDSA", "typ": "at+jwt"}), &stranger_claims()), &[]),
            "JWT_MALFORMED",
        ),
        hostile(
            "sd-jwt-none",
            "An SD-JWT must be signed.",
            joined(
                &format!(
                    "{}.{}.",
                    base64url(br#"{"alg":"none","typ":"dc+sd-jwt"}"#),
                    base64url(stranger_claims().to_string().as_bytes())
                ),
                &[],
            ),
            "ALG_FORBIDDEN",
        ),
        case(
            "hostile",
            "sd-jwt-many",
            "More disclosures than any credential has are not even looked at.",
            Input::Repeat {
                before: format!("{}~", with(json!({}))),
                repeat: format!("{name}~"),
                times: 1025,
                after: String::new(),
            },
            unreadable("TOO_MANY_DISCLOSURES"),
        ),
    ]
}
