//! Threads of evaluation: mandate, answer, evaluations, withdrawals and appeals.

use badge_schemas::achievement::Alignment;
use badge_schemas::evaluation::{
    Answer, Appeal, ConflictOfInterest, Decision, Evaluation, Evaluator, EvidenceCommitment, Finding,
    Mandate, Reason, Record, RecordHead, Relation, Response, SkillLevel, SoughtSkill, Target, Withdrawal,
};
use badge_schemas::profile::ProfileRef;
use badge_schemas::timestamp::DateTimeStamp;
use badge_verifier::evaluation::{digest, thread};
use badge_verifier::snapshot::ResourceKind;
use serde_json::{Value, json};

use super::documents::{self, BADGE_ID, LIST_URL, entry};
use super::keys::{ENDORSER, HOLDER, ISSUER, Key, SECOND_EVALUATOR, STRANGER};
use super::{FETCHED, NOW};
use crate::support::threads::{Course, ThreadVector};
use crate::support::{AtHand, Body};

pub const NETIQUETTE: &str = "http://data.europa.eu/esco/skill/0f1b2b3c-0000-4000-8000-00000000d0c1";
pub const WELDING: &str = documents::ESCO_WELDING;

/// A vector and the file it stands in.
pub struct ThreadCase {
    pub name: String,
    pub vector: ThreadVector,
}

impl ThreadCase {
    pub fn path(&self) -> String {
        format!("evaluate/{}.json", self.name)
    }

    pub fn text(&self) -> String {
        serde_json::to_string_pretty(&self.vector).unwrap() + "\n"
    }
}

pub fn skill(url: &str) -> Alignment {
    serde_json::from_value(json!({"type": ["Alignment"], "targetName": "soudage TIG", "targetUrl": url}))
        .unwrap()
}

pub fn level(code: &str) -> SkillLevel {
    SkillLevel::new("DigComp 2.2", code)
}

pub fn head(number: u8, by: Key, from: &str) -> RecordHead {
    RecordHead {
        id: format!("urn:uuid:5b6f1c1e-6a0f-4f0e-9a53-0c2f5d7a2b{number:02x}"),
        name: "Évaluation par un pair".to_owned(),
        issuer: ProfileRef::Uri(by.did()),
        valid_from: DateTimeStamp::parse(from).unwrap(),
        valid_until: None,
    }
}

/// A request to the evaluator for one skill at level 5, from 1 to 30 November.
pub fn mandate() -> Mandate {
    let sought = vec![SoughtSkill::new(skill(WELDING), level("5"))];
    let mut mandate = Mandate::new(Evaluator::Did(ENDORSER.did()), sought, ConflictOfInterest::none());
    mandate.claim = Some("Dix ans de chaudronnerie.".to_owned());
    mandate.offered_evidence = vec![EvidenceCommitment::new(
        "cordon.jpg",
        Some("image/jpeg".to_owned()),
        digest::of_bytes(b"photo"),
    )];
    mandate
}

pub fn mandate_head() -> RecordHead {
    RecordHead {
        valid_until: Some(DateTimeStamp::parse("2026-11-30T00:00:00Z").unwrap()),
        ..head(1, HOLDER, "2026-11-01T00:00:00Z")
    }
}

pub fn digest_of(record: &Value) -> String {
    digest::of_record(record).unwrap()
}

/// What the evaluator says of the skill asked for.
pub fn evaluation(mandate: &Value, previous: &Value) -> Evaluation {
    let mut evaluation = Evaluation::new(HOLDER.did(), skill(WELDING), level("5"), Finding::Met);
    evaluation.previous = Some(digest_of(previous));
    evaluation.mandate = Some(mandate["id"].as_str().unwrap().to_owned());
    evaluation.mandate_digest = Some(digest_of(mandate));
    evaluation.seen_evidence = vec![EvidenceCommitment::new("cordon.jpg", None, digest::of_bytes(b"photo"))];
    evaluation
}

/// The records of the plain course: a mandate, its acceptance, an evaluation.
pub struct Plain {
    pub mandate: Value,
    pub accepted: Value,
    pub submitted: Value,
}

pub fn plain() -> Plain {
    let mandate = HOLDER.seal(&mandate().to_credential(&mandate_head()).unwrap());
    let accepted = answer(&mandate, Answer::Accepted);
    let submitted = submit(&evaluation(&mandate, &accepted), ENDORSER);
    Plain { mandate, accepted, submitted }
}

fn response(mandate: &Value, answer: Answer) -> Response {
    let mut response = Response::new(mandate["id"].as_str().unwrap(), digest_of(mandate), answer);
    response.conflict_of_interest = Some(ConflictOfInterest::none());
    response
}

fn answer(mandate: &Value, answer: Answer) -> Value {
    respond(&response(mandate, answer), ENDORSER)
}

fn respond(response: &Response, by: Key) -> Value {
    by.seal(&response.to_credential(&head(2, by, "2026-11-02T00:00:00Z")).unwrap())
}

fn submit(evaluation: &Evaluation, by: Key) -> Value {
    by.seal(
        &evaluation
            .to_endorsement(&head(3, by, "2026-11-05T00:00:00Z"), &HOLDER.did(), Some("Cordons réguliers."))
            .unwrap(),
    )
}

fn withdraw(by: Key, previous: &Value, withdrawn: &Value, reason: Reason) -> Value {
    let withdrawal = Withdrawal::new(digest_of(previous), digest_of(withdrawn), reason);
    by.seal(&withdrawal.to_credential(&head(4, by, "2026-11-06T00:00:00Z")).unwrap())
}

fn case(name: &str, lesson: &str, records: &[&Value], state: &str, found: &[&str]) -> ThreadCase {
    let records: Vec<Value> = records.iter().copied().cloned().collect();
    let vector = ThreadVector {
        lesson: lesson.to_owned(),
        thread: thread::thread(&records),
        now: NOW.to_owned(),
        policy: None,
        snapshot: Vec::new(),
        outcome: Course {
            state: state.to_owned(),
            records: found.iter().map(|word| (*word).to_owned()).collect(),
            evaluations: Vec::new(),
        },
    };
    ThreadCase { name: name.to_owned(), vector }
}

impl ThreadCase {
    fn evaluations(mut self, words: &[&str]) -> Self {
        self.vector.outcome.evaluations = words.iter().map(|word| (*word).to_owned()).collect();
        self
    }

    fn now(mut self, now: &str) -> Self {
        now.clone_into(&mut self.vector.now);
        self
    }
}

const COUNTS: &str = "counts";

pub fn cases() -> Vec<ThreadCase> {
    let mut cases = Vec::new();
    course(&mut cases);
    abuse(&mut cases);
    bounds(&mut cases);
    taken_back(&mut cases);
    cases
}

fn course(cases: &mut Vec<ThreadCase>) {
    let Plain { mandate: asked, accepted, submitted } = plain();
    cases.push(case(
        "proposed",
        "A mandate without an answer is proposed.",
        &[&asked],
        "proposed",
        &[COUNTS],
    ));
    cases.push(case(
        "accepted",
        "An evaluator who agrees has accepted.",
        &[&asked, &accepted],
        "accepted",
        &[COUNTS; 2],
    ));
    cases.push(
        case(
            "submitted",
            "A mandate that is evaluated is fulfilled.",
            &[&asked, &accepted, &submitted],
            "submitted",
            &[COUNTS; 3],
        )
        .evaluations(&["met"]),
    );
    let declined = answer(&asked, Answer::Declined);
    cases.push(case("declined", "An evaluator may decline.", &[&asked, &declined], "declined", &[COUNTS; 2]));
    let mut conflict = response(&asked, Answer::Recused);
    conflict.reason = Some(Reason::ConflictOfInterest);
    conflict.conflict_of_interest = Some(ConflictOfInterest::declared(
        vec![Relation::Family, Relation::Other],
        Some("Cousins.".to_owned()),
    ));
    let recused = respond(&conflict, ENDORSER);
    cases.push(case(
        "recused",
        "An evaluator with a tie recuses.",
        &[&asked, &recused],
        "recused",
        &[COUNTS; 2],
    ));
    let late = "2026-12-01T00:00:00Z";
    cases.push(
        case("expired", "A mandate that nobody answers in time expires.", &[&asked], "expired", &[COUNTS])
            .now(late),
    );
    cases.push(
        case(
            "expired-after-acceptance",
            "An acceptance alone does not fulfil a mandate.",
            &[&asked, &accepted],
            "expired",
            &[COUNTS; 2],
        )
        .now(late),
    );
    cases.push(
        case(
            "fulfilled-in-time",
            "What was submitted in time stands after the mandate's end.",
            &[&asked, &accepted, &submitted],
            "submitted",
            &[COUNTS; 3],
        )
        .now(late)
        .evaluations(&["met"]),
    );
    let jwt = json!(
        ENDORSER.vc_jwt(
            &evaluation(&asked, &accepted)
                .to_endorsement(&head(3, ENDORSER, "2026-11-05T00:00:00Z"), &HOLDER.did(), None)
                .unwrap()
        )
    );
    cases.push(
        case(
            "submitted-as-token",
            "An evaluation may be a token.",
            &[&asked, &accepted, &jwt],
            "submitted",
            &[COUNTS; 3],
        )
        .evaluations(&["met"]),
    );
    let mut partial = evaluation(&asked, &accepted);
    partial.finding = Finding::PartiallyMet;
    partial.reached_level = Some(level("4"));
    partial.reason = Some(Reason::LevelNotReached);
    partial.statement = Some("Bonne maîtrise à plat.".to_owned());
    let partial = submit(&partial, ENDORSER);
    cases.push(
        case(
            "partially-met",
            "An evaluation may be favourable in part.",
            &[&asked, &accepted, &partial],
            "submitted",
            &[COUNTS; 3],
        )
        .evaluations(&["partially-met"]),
    );
    let mut abstained = evaluation(&asked, &accepted);
    abstained.finding = Finding::Abstained;
    abstained.reason = Some(Reason::OutsideExpertise);
    let abstained = submit(&abstained, ENDORSER);
    cases.push(
        case(
            "abstained",
            "An evaluator may abstain.",
            &[&asked, &accepted, &abstained],
            "submitted",
            &[COUNTS; 3],
        )
        .evaluations(&["abstained"]),
    );
    by_email(cases);
    of_a_badge(cases);
}

fn by_email(cases: &mut Vec<ThreadCase>) {
    let hash = badge_verifier::checks::recipient::hash("eve@atelier.example", "sel-de-mer");
    let mut by_email = mandate();
    by_email.evaluator = Evaluator::Identity(
        serde_json::from_value(
            json!({"type": "IdentityObject", "hashed": true, "identityHash": format!("sha256${hash}"),
            "identityType": "emailAddress", "salt": "sel-de-mer"}),
        )
        .unwrap(),
    );
    let asked = HOLDER.seal(&by_email.to_credential(&mandate_head()).unwrap());
    let with = |email: Option<&str>| {
        let mut response = response(&asked, Answer::Accepted);
        response.evaluator_email = email.map(str::to_owned);
        respond(&response, ENDORSER)
    };
    let bound = with(Some("eve@atelier.example"));
    cases.push(case(
        "email-bound",
        "An evaluator asked by e-mail is bound to a DID by the answer.",
        &[&asked, &bound],
        "accepted",
        &[COUNTS; 2],
    ));
    let other = with(Some("mallory@atelier.example"));
    let refused = [COUNTS, "RECORD_NOT_ENTITLED"];
    cases.push(case(
        "email-of-another",
        "An answer from another address is nobody's who was asked.",
        &[&asked, &other],
        "proposed",
        &refused,
    ));
    let none = with(None);
    cases.push(case(
        "email-not-named",
        "An answer that names no address proves nothing to a mandate by e-mail.",
        &[&asked, &none],
        "proposed",
        &refused,
    ));
}

fn of_a_badge(cases: &mut Vec<ThreadCase>) {
    let badge_digest = digest::of_badge(&documents::badge()).unwrap();
    let mut about_badge = mandate();
    about_badge.claim = None;
    about_badge.target = Some(Target::new(BADGE_ID, &badge_digest));
    let asked = HOLDER.seal(&about_badge.to_credential(&mandate_head()).unwrap());
    let accepted = answer(&asked, Answer::Accepted);
    let with = |about: &str, digest: &str| {
        let mut evaluation = evaluation(&asked, &accepted);
        evaluation.target_digest = Some(digest.to_owned());
        ENDORSER.seal(
            &evaluation.to_endorsement(&head(3, ENDORSER, "2026-11-05T00:00:00Z"), about, None).unwrap(),
        )
    };
    let sound = with(BADGE_ID, &badge_digest);
    cases.push(
        case(
            "of-a-badge",
            "A mandate may be about one version of a badge.",
            &[&asked, &accepted, &sound],
            "submitted",
            &[COUNTS; 3],
        )
        .evaluations(&["met"]),
    );
    let older = with(BADGE_ID, &digest::of_bytes(b"an older version"));
    cases.push(case(
        "another-version",
        "An evaluator who answers for another version of the badge answers something else.",
        &[&asked, &accepted, &older],
        "accepted",
        &[COUNTS, COUNTS, "ENDORSEMENT_STALE_VERSION"],
    ));
    let another = with("urn:uuid:5b6f1c1e-6a0f-4f0e-9a53-0c2f5d7a1b99", &badge_digest);
    cases.push(case(
        "another-badge",
        "An evaluator who answers for another badge answers something else.",
        &[&asked, &accepted, &another],
        "accepted",
        &[COUNTS, COUNTS, "ENDORSEMENT_TARGET_MISMATCH"],
    ));
}

fn abuse(cases: &mut Vec<ThreadCase>) {
    let Plain { mandate: asked, accepted, submitted } = plain();
    let by_stranger = respond(&response(&asked, Answer::Accepted), STRANGER);
    cases.push(case(
        "answer-by-another",
        "Only the evaluator who was asked may answer.",
        &[&asked, &by_stranger],
        "proposed",
        &[COUNTS, "RECORD_NOT_ENTITLED"],
    ));
    let by_second = submit(&evaluation(&asked, &accepted), SECOND_EVALUATOR);
    cases.push(case(
        "evaluation-by-another",
        "Only the evaluator who accepted may evaluate.",
        &[&asked, &accepted, &by_second],
        "accepted",
        &[COUNTS, COUNTS, "RECORD_NOT_ENTITLED"],
    ));
    // The same evaluator agreed to the same request of somebody else's: their answer cannot be moved here.
    let mut of_stranger = mandate_head();
    of_stranger.issuer = ProfileRef::Uri(STRANGER.did());
    let theirs = STRANGER.seal(&mandate().to_credential(&of_stranger).unwrap());
    cases.push(case(
        "replayed-answer",
        "An answer to another candidate's mandate is not moved to this one.",
        &[&theirs, &accepted],
        "proposed",
        &[COUNTS, "RECORD_OUT_OF_PLACE"],
    ));
    let mut replayed = evaluation(&asked, &accepted);
    replayed.mandate_digest = Some(digest_of(&theirs));
    let replayed = submit(&replayed, ENDORSER);
    cases.push(case(
        "replayed-mandate",
        "An evaluation that names another mandate's digest is not one of this mandate.",
        &[&asked, &accepted, &replayed],
        "accepted",
        &[COUNTS, COUNTS, "MANDATE_REPLAYED"],
    ));
    let mut of_another = evaluation(&asked, &accepted);
    of_another.candidate = STRANGER.did();
    let of_another = submit(&of_another, ENDORSER);
    cases.push(case(
        "another-candidate",
        "An evaluation of another candidate is not one of this mandate.",
        &[&asked, &accepted, &of_another],
        "accepted",
        &[COUNTS, COUNTS, "MANDATE_REPLAYED"],
    ));
    let mut oneself = mandate();
    oneself.evaluator = Evaluator::Did(HOLDER.did());
    let oneself = HOLDER.seal(&oneself.to_credential(&mandate_head()).unwrap());
    cases.push(case(
        "evaluator-is-candidate",
        "Nobody asks themselves.",
        &[&oneself],
        "EVALUATOR_IS_CANDIDATE",
        &["EVALUATOR_IS_CANDIDATE"],
    ));
    let mut tampered = asked.clone();
    tampered["credentialSubject"]["soughtSkill"][0]["targetLevel"]["code"] = "6".into();
    cases.push(case(
        "mandate-tampered",
        "A mandate that was changed is nobody's, and nothing can answer it.",
        &[&tampered, &accepted],
        "MANDATE_NOT_AUTHENTIC",
        &["RECORD_UNSOUND", "THREAD_WITHOUT_MANDATE"],
    ));
    let mut forged = submitted.clone();
    forged["credentialSubject"]["evaluation"]["outcome"] = "abstained".into();
    cases.push(case(
        "evaluation-tampered",
        "An evaluation that was changed does not count.",
        &[&asked, &accepted, &forged],
        "accepted",
        &[COUNTS, COUNTS, "RECORD_UNSOUND"],
    ));
    cases.push(case(
        "out-of-order",
        "An evaluation before the answer follows nothing.",
        &[&asked, &submitted, &accepted],
        "accepted",
        &[COUNTS, "RECORD_OUT_OF_PLACE", COUNTS],
    ));
    cases.push(case(
        "no-mandate",
        "Without its mandate nothing in a thread counts.",
        &[&accepted, &submitted],
        "THREAD_WITHOUT_MANDATE",
        &["THREAD_WITHOUT_MANDATE", "THREAD_WITHOUT_MANDATE"],
    ));
    let mut presented = case(
        "no-thread",
        "The same records in a presentation of another type are no thread.",
        &[&asked, &accepted, &submitted],
        "NOT_A_THREAD",
        &[],
    );
    presented.vector.thread["type"] = json!(["VerifiablePresentation"]);
    cases.push(presented);
    let refused = answer(&asked, Answer::Declined);
    let changed_mind =
        respond(&Response { previous: digest_of(&refused), ..response(&asked, Answer::Accepted) }, ENDORSER);
    cases.push(case(
        "answered-twice",
        "An answer is given once.",
        &[&asked, &refused, &changed_mind],
        "declined",
        &[COUNTS, COUNTS, "RECORD_UNEXPECTED"],
    ));
    let mut again = evaluation(&asked, &submitted);
    again.finding = Finding::NotMet;
    let again = submit(&again, ENDORSER);
    cases.push(
        case(
            "evaluated-twice",
            "A skill is evaluated once.",
            &[&asked, &accepted, &submitted, &again],
            "submitted",
            &[COUNTS, COUNTS, COUNTS, "RECORD_UNEXPECTED"],
        )
        .evaluations(&["met"]),
    );
}

fn bounds(cases: &mut Vec<ThreadCase>) {
    let Plain { mandate: asked, accepted, submitted } = plain();
    let with = |change: &dyn Fn(&mut Evaluation)| {
        let mut evaluation = evaluation(&asked, &accepted);
        change(&mut evaluation);
        submit(&evaluation, ENDORSER)
    };
    let mut exceeds = |name: &str, lesson: &str, record: &Value, code: &str| {
        cases.push(case(name, lesson, &[&asked, &accepted, record], "accepted", &[COUNTS, COUNTS, code]));
    };
    let other_skill = with(&|evaluation| evaluation.evaluated_skill = skill(NETIQUETTE));
    exceeds(
        "skill-not-asked",
        "A skill that was not asked for is out of scope.",
        &other_skill,
        "MANDATE_SCOPE_EXCEEDED",
    );
    let higher = with(&|evaluation| evaluation.target_level = level("6"));
    exceeds(
        "level-above",
        "A level above the one asked for is out of scope.",
        &higher,
        "MANDATE_SCOPE_EXCEEDED",
    );
    let reached = with(&|evaluation| evaluation.reached_level = Some(level("8")));
    exceeds("reached-above", "No more is vouched for than was asked.", &reached, "MANDATE_SCOPE_EXCEEDED");
    let scale = with(&|evaluation| evaluation.target_level = SkillLevel::new("CECRL", "C1"));
    exceeds(
        "another-scale",
        "A level on another scale is not the one asked for.",
        &scale,
        "MANDATE_SCOPE_EXCEEDED",
    );
    let changed = with(&|evaluation| {
        evaluation.seen_evidence =
            vec![EvidenceCommitment::new("cordon.jpg", None, digest::of_bytes(b"another photo"))];
    });
    exceeds(
        "evidence-changed",
        "Evidence that changed after the request is not the one committed to.",
        &changed,
        "EVIDENCE_CHANGED",
    );
    let more = with(&|evaluation| {
        evaluation.seen_evidence =
            vec![EvidenceCommitment::new("autre.pdf", None, digest::of_bytes(b"more"))];
    });
    exceeds(
        "evidence-not-offered",
        "Evidence that was not offered is out of scope.",
        &more,
        "MANDATE_SCOPE_EXCEEDED",
    );
    let template = with(&|evaluation| evaluation.template_digest = Some(digest::of_bytes(b"a template")));
    exceeds(
        "template-not-asked",
        "A template that the mandate does not name is another version.",
        &template,
        "ENDORSEMENT_STALE_VERSION",
    );
    let mut exchanged = mandate();
    exchanged.offered_evidence =
        vec![EvidenceCommitment::new("cordon.jpg", None, digest::of_bytes(b"another photo"))];
    let exchanged = HOLDER.seal(&exchanged.to_credential(&mandate_head()).unwrap());
    cases.push(case(
        "evidence-changed-since",
        "A candidate who exchanges the evidence after the evaluation, and signs anew, has a request that nobody answered.",
        &[&exchanged, &accepted, &submitted],
        "proposed",
        &[COUNTS, "RECORD_OUT_OF_PLACE", "RECORD_OUT_OF_PLACE"],
    ));
    let late = ENDORSER.seal(
        &evaluation(&asked, &accepted)
            .to_endorsement(&head(3, ENDORSER, "2026-12-02T00:00:00Z"), &HOLDER.did(), None)
            .unwrap(),
    );
    cases.push(
        case(
            "evaluated-late",
            "An evaluation after the mandate's end does not count.",
            &[&asked, &accepted, &late],
            "expired",
            &[COUNTS, COUNTS, "MANDATE_EXPIRED"],
        )
        .now("2026-12-03T00:00:00Z"),
    );
    let early = {
        let response =
            response(&asked, Answer::Accepted).to_credential(&head(2, ENDORSER, "2026-10-01T00:00:00Z"));
        ENDORSER.seal(&response.unwrap())
    };
    cases.push(case(
        "answered-early",
        "An answer from before the mandate does not count.",
        &[&asked, &early],
        "proposed",
        &[COUNTS, "MANDATE_EXPIRED"],
    ));
    let mut enormous = asked.clone();
    let one = enormous["credentialSubject"]["soughtSkill"][0].clone();
    enormous["credentialSubject"]["soughtSkill"] = (0..33)
        .map(|n| {
            let mut one = one.clone();
            one["skill"]["targetUrl"] = format!("https://example.org/skill/{n}").into();
            one
        })
        .collect();
    enormous.as_object_mut().unwrap().remove("proof");
    let enormous = HOLDER.seal(&enormous);
    cases.push(case(
        "too-many-skills",
        "A request for more skills than anybody can evaluate is refused.",
        &[&enormous],
        "EVALUATION_TOO_LARGE",
        &["EVALUATION_TOO_LARGE"],
    ));
    let mut endless = enormous.clone();
    endless["credentialSubject"]["soughtSkill"] = vec![json!({"type": ["SoughtSkill"]}); 10_000].into();
    endless.as_object_mut().unwrap().remove("proof");
    // As a token, whose signature does not depend on how many objects there are.
    let endless = json!(HOLDER.vc_jwt(&endless));
    cases.push(case(
        "ten-thousand-skills",
        "A request for ten thousand skills is more than any document may hold: it is refused before it is read as a request.",
        &[&endless],
        "RECORD_UNSOUND",
        &["RECORD_UNSOUND"],
    ));
    let nothing = json!("x");
    let many = vec![&nothing; 129];
    cases.push(case("too-many-records", "A thread has an end.", &many, "EVALUATION_TOO_LARGE", &[]));
}

fn taken_back(cases: &mut Vec<ThreadCase>) {
    let Plain { mandate: asked, accepted, submitted } = plain();
    let by_candidate = withdraw(HOLDER, &asked, &asked, Reason::NoLongerNeeded);
    cases.push(case(
        "withdrawn-by-candidate",
        "A candidate may take the request back.",
        &[&asked, &by_candidate],
        "withdrawn",
        &[COUNTS; 2],
    ));
    let too_late = withdraw(HOLDER, &submitted, &asked, Reason::CandidateRequest);
    cases.push(
        case(
            "withdrawn-too-late",
            "A candidate cannot take back a request that was fulfilled.",
            &[&asked, &accepted, &submitted, &too_late],
            "submitted",
            &[COUNTS, COUNTS, COUNTS, "RECORD_UNEXPECTED"],
        )
        .evaluations(&["met"]),
    );
    let by_evaluator = withdraw(ENDORSER, &submitted, &submitted, Reason::ErrorFound);
    cases.push(
        case(
            "withdrawn-by-evaluator",
            "An evaluator may take an evaluation back, and says why.",
            &[&asked, &accepted, &submitted, &by_evaluator],
            "withdrawn",
            &[COUNTS; 4],
        )
        .evaluations(&["met, withdrawn: error-found"]),
    );
    let by_candidate = withdraw(HOLDER, &submitted, &submitted, Reason::ErrorFound);
    cases.push(
        case(
            "withdrawn-by-the-wrong-one",
            "A candidate cannot take back what the evaluator said.",
            &[&asked, &accepted, &submitted, &by_candidate],
            "submitted",
            &[COUNTS, COUNTS, COUNTS, "RECORD_NOT_ENTITLED"],
        )
        .evaluations(&["met"]),
    );
    let mut listed = evaluation(&asked, &accepted)
        .to_endorsement(&head(3, ENDORSER, "2026-11-05T00:00:00Z"), &HOLDER.did(), None)
        .unwrap();
    listed["credentialStatus"] = entry("revocation");
    let listed = ENDORSER.seal(&listed);
    let mut by_status = case(
        "withdrawn-by-status",
        "A bit in the list that the issuer keeps for its evaluators takes an evaluation back.",
        &[&asked, &accepted, &listed],
        "withdrawn",
        &[COUNTS; 3],
    )
    .evaluations(&["met, withdrawn by status"]);
    let kept_by_issuer =
        format!("[[status-issuers]]\nissuer = '{}'\nlist-issuer = '{}'\n", ENDORSER.did(), ISSUER.did());
    by_status.vector.policy = Some(kept_by_issuer.clone());
    let at_hand = |set: &[u64]| AtHand {
        kind: ResourceKind::StatusList,
        url: LIST_URL.to_owned(),
        fetched_at: FETCHED.to_owned(),
        body: Body::Json(ISSUER.seal(&documents::list("revocation", set))),
    };
    by_status.vector.snapshot.push(at_hand(&[94]));
    cases.push(by_status);
    let with_status = |name, lesson, policy: Option<&str>, at_hand: Option<AtHand>, found| {
        let mut case = case(name, lesson, &[&asked, &accepted, &listed], "submitted", &[COUNTS; 3])
            .evaluations(&[found]);
        case.vector.policy = policy.map(str::to_owned);
        case.vector.snapshot.extend(at_hand);
        case
    };
    cases.push(with_status(
        "status-clear",
        "An evaluation whose bit is not set stands.",
        Some(&kept_by_issuer),
        Some(at_hand(&[])),
        "met",
    ));
    cases.push(with_status(
        "status-unseen",
        "An evaluation whose status was not looked at is not known to stand.",
        Some(&kept_by_issuer),
        None,
        "met, undetermined: RESOURCE_MISSING",
    ));
    cases.push(with_status(
        "status-unreachable",
        "An evaluation whose status list cannot be had is not known to stand.",
        Some(&kept_by_issuer),
        Some(AtHand { body: Body::Failure("http-503".to_owned()), ..at_hand(&[]) }),
        "met, undetermined: STATUS_RETRIEVAL_ERROR",
    ));
    cases.push(with_status(
        "status-kept-by-a-stranger",
        "A list of somebody's who may not keep it says nothing of an evaluation.",
        None,
        Some(at_hand(&[])),
        "met, undetermined: STATUS_ISSUER_MISMATCH",
    ));
    cases.push(with_status(
        "status-unreachable-fails",
        "A policy that fails what cannot be looked at does not make it a withdrawal.",
        Some(&format!("unreachable-status = 'fail'\n{kept_by_issuer}")),
        Some(AtHand { body: Body::Failure("http-503".to_owned()), ..at_hand(&[]) }),
        "met, undetermined: STATUS_RETRIEVAL_ERROR",
    ));
    let kept_by = |keeper: Key| {
        let evaluation = Evaluation { status_keeper: Some(keeper.did()), ..evaluation(&asked, &accepted) };
        let mut kept = evaluation
            .to_endorsement(&head(3, ENDORSER, "2026-11-05T00:00:00Z"), &HOLDER.did(), None)
            .unwrap();
        kept["credentialStatus"] = entry("revocation");
        ENDORSER.seal(&kept)
    };
    let mut kept = |name, lesson, keeper, set: &[u64], state, found: &str| {
        let mut case = case(name, lesson, &[&asked, &accepted, &kept_by(keeper)], state, &[COUNTS; 3])
            .evaluations(&[found]);
        case.vector.snapshot.push(at_hand(set));
        cases.push(case);
    };
    kept(
        "status-kept-as-named",
        "An evaluator may name, signed, who keeps the status of an evaluation.",
        ISSUER,
        &[],
        "submitted",
        "met",
    );
    kept(
        "withdrawn-where-named",
        "A bit in the list of the keeper that the evaluator named takes an evaluation back.",
        ISSUER,
        &[94],
        "withdrawn",
        "met, withdrawn by status",
    );
    kept(
        "status-kept-by-another-than-named",
        "Naming one keeper lets nobody else keep the status.",
        SECOND_EVALUATOR,
        &[],
        "submitted",
        "met, undetermined: STATUS_ISSUER_MISMATCH",
    );
    let suspended = {
        let mut kept = evaluation(&asked, &accepted)
            .to_endorsement(&head(3, ENDORSER, "2026-11-05T00:00:00Z"), &HOLDER.did(), None)
            .unwrap();
        kept["credentialStatus"] = entry("suspension");
        ENDORSER.seal(&kept)
    };
    let mut is_suspended = case(
        "status-suspended",
        "An evaluation that is suspended is not taken back, and is not known to stand.",
        &[&asked, &accepted, &suspended],
        "submitted",
        &[COUNTS; 3],
    )
    .evaluations(&["met, undetermined: RECORD_SUSPENDED"]);
    is_suspended.vector.policy = Some(kept_by_issuer.clone());
    is_suspended.vector.snapshot.push(AtHand {
        body: Body::Json(ISSUER.seal(&documents::list("suspension", &[94]))),
        ..at_hand(&[])
    });
    cases.push(is_suspended);
    let mut required = case(
        "status-required",
        "A policy that wants a status takes nothing back that has none.",
        &[&asked, &accepted, &submitted],
        "submitted",
        &[COUNTS; 3],
    )
    .evaluations(&["met, undetermined: STATUS_MISSING"]);
    required.vector.policy = Some("require-status = true\n".to_owned());
    cases.push(required);
    let by_record = withdraw(ENDORSER, &listed, &listed, Reason::ErrorFound);
    cases.push(
        case(
            "withdrawn-whatever-the-status",
            "A signed withdrawal needs no status list.",
            &[&asked, &accepted, &listed, &by_record],
            "withdrawn",
            &[COUNTS; 4],
        )
        .evaluations(&["met, withdrawn: error-found"]),
    );
    let mut told = case(
        "withdrawn-in-both-places",
        "A withdrawal that the list shows too is told with the reason that its record gives.",
        &[&asked, &accepted, &listed, &by_record],
        "withdrawn",
        &[COUNTS; 4],
    )
    .evaluations(&["met, withdrawn: error-found"]);
    told.vector.policy = Some(kept_by_issuer.clone());
    told.vector.snapshot.push(at_hand(&[94]));
    cases.push(told);
    let anew = {
        let mut evaluation = evaluation(&asked, &listed);
        evaluation.finding = Finding::NotMet;
        evaluation.reason = Some(Reason::LevelNotReached);
        submit(&evaluation, ENDORSER)
    };
    let mut anew_unseen = case(
        "evaluated-anew-unseen",
        "A second evaluation of a skill hangs on the status of the first.",
        &[&asked, &accepted, &listed, &anew],
        "submitted",
        &[COUNTS; 4],
    )
    .evaluations(&["met, undetermined: RESOURCE_MISSING", "not-met, undetermined: RESOURCE_MISSING"]);
    anew_unseen.vector.policy = Some(kept_by_issuer);
    cases.push(anew_unseen);
    let corrected = {
        let mut evaluation = evaluation(&asked, &by_evaluator);
        evaluation.finding = Finding::NotMet;
        evaluation.reason = Some(Reason::LevelNotReached);
        submit(&evaluation, ENDORSER)
    };
    cases.push(
        case(
            "evaluated-anew",
            "What was taken back may be evaluated anew.",
            &[&asked, &accepted, &submitted, &by_evaluator, &corrected],
            "submitted",
            &[COUNTS; 5],
        )
        .evaluations(&["met, withdrawn: error-found", "not-met"]),
    );
    appeals(cases);
}

fn appeals(cases: &mut Vec<ThreadCase>) {
    let Plain { mandate: asked, accepted, submitted } = plain();
    let seal = |by: Key, number: u8, appeal: &Appeal| {
        by.seal(&appeal.to_credential(&head(number, by, "2026-11-07T00:00:00Z")).unwrap())
    };
    let lodge = |by: Key, to: Key| {
        seal(by, 5, &Appeal::lodged(digest_of(&submitted), digest_of(&submitted), to.did(), Reason::Bias))
    };
    let lodged = lodge(HOLDER, ISSUER);
    cases.push(
        case(
            "appeal-lodged",
            "An appeal takes nothing away until it is decided.",
            &[&asked, &accepted, &submitted, &lodged],
            "submitted",
            &[COUNTS; 4],
        )
        .evaluations(&["met, appeal lodged"]),
    );
    let unheard = Appeal::lodged(
        digest_of(&submitted),
        digest_of(&submitted),
        "did:ebsi:zvHWX359A3CvfJnCYaAiAde",
        Reason::Bias,
    );
    cases.push(
        case(
            "appeal-to-one-whose-keys-cannot-be-found",
            "An appeal may be addressed to somebody whose keys nobody can find; then it takes nothing away.",
            &[&asked, &accepted, &submitted, &seal(HOLDER, 5, &unheard)],
            "submitted",
            &[COUNTS; 4],
        )
        .evaluations(&["met, appeal lodged"]),
    );
    let resolve = |by: Key, decision| {
        seal(by, 6, &Appeal::resolved(digest_of(&lodged), digest_of(&submitted), decision))
    };
    let dismissed = resolve(ISSUER, Decision::Dismissed);
    cases.push(
        case(
            "appeal-dismissed",
            "An appeal that is dismissed leaves the evaluation as it was.",
            &[&asked, &accepted, &submitted, &lodged, &dismissed],
            "submitted",
            &[COUNTS; 5],
        )
        .evaluations(&["met, appeal dismissed"]),
    );
    let upheld = resolve(ISSUER, Decision::Upheld);
    cases.push(
        case(
            "appeal-upheld",
            "An appeal that is upheld is told apart from a withdrawal.",
            &[&asked, &accepted, &submitted, &lodged, &upheld],
            "submitted",
            &[COUNTS; 5],
        )
        .evaluations(&["met, appeal upheld"]),
    );
    let by_candidate = resolve(HOLDER, Decision::Upheld);
    cases.push(
        case(
            "appeal-decided-by-candidate",
            "Nobody decides their own appeal.",
            &[&asked, &accepted, &submitted, &lodged, &by_candidate],
            "submitted",
            &[COUNTS, COUNTS, COUNTS, COUNTS, "RECORD_NOT_ENTITLED"],
        )
        .evaluations(&["met, appeal lodged"]),
    );
    let to_oneself = lodge(HOLDER, HOLDER);
    cases.push(
        case(
            "appeal-to-oneself",
            "Nobody appeals to themselves.",
            &[&asked, &accepted, &submitted, &to_oneself],
            "submitted",
            &[COUNTS, COUNTS, COUNTS, "RECORD_NOT_ENTITLED"],
        )
        .evaluations(&["met"]),
    );
    let by_stranger = lodge(STRANGER, ISSUER);
    cases.push(
        case(
            "appeal-by-another",
            "Only the candidate appeals.",
            &[&asked, &accepted, &submitted, &by_stranger],
            "submitted",
            &[COUNTS, COUNTS, COUNTS, "RECORD_NOT_ENTITLED"],
        )
        .evaluations(&["met"]),
    );
}
