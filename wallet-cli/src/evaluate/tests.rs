#![expect(clippy::unwrap_used, reason = "a test may panic")]

use badge_schemas::did::did_key;
use badge_schemas::evaluation::{
    Answer, ConflictOfInterest, Decision, EvidenceCommitment, Finding, Reason, Relation, SkillLevel, Target,
};
use badge_schemas::lang::Lang;
use badge_schemas::problem::{Code, Problem};
use badge_schemas::profile::{Profile, ProfileRef};
use badge_verifier::evaluation::digest;
use badge_verifier::evaluation::thread::{State, check_evidence};
use badge_verifier::snapshot::{Resource, ResourceKind, Retrieval};
use badge_verifier::{Snapshot, TrustPolicy};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::extend::{Extended, extend};
use super::moves::{self, Asked, Findings, Kept, Reply, Request, SkillFinding, TakenBack};
use super::sheet::{Open, Role, Said, Sheet};
use super::{Mover, Seed, scale, sought, words};
use crate::holder::OpenHolder;

const EMAIL: &str = "Ève.Müller@école.example";

/// Somebody with a key, on a clock of the test's.
struct Person {
    holder: OpenHolder,
    name: &'static str,
    drawn: std::cell::Cell<u8>,
}

impl Person {
    fn new(number: u8, name: &'static str) -> Self {
        Self { holder: OpenHolder::of_seed([number; 32]), name, drawn: std::cell::Cell::new(number * 16) }
    }

    fn did(&self) -> String {
        did_key(self.holder.public())
    }

    fn at(&self, now: Timestamp) -> Mover {
        self.drawn.set(self.drawn.get() + 1);
        let profile = Profile {
            id: self.did(),
            kind: vec!["Profile".into()],
            name: Some(self.name.into()),
            ..Profile::default()
        };
        let issuer = ProfileRef::Profile(Box::new(profile));
        Mover { issuer, now, lang: Lang::Fr, seed: Seed::new([self.drawn.get(); 32]) }
    }
}

struct Case {
    zoé: Person,
    ève: Person,
    now: Timestamp,
}

impl Case {
    fn new() -> Self {
        Self {
            zoé: Person::new(1, "Zoé Lefèvre"),
            ève: Person::new(2, "Ève Müller"),
            now: "2026-11-20T10:00:00Z".parse().unwrap(),
        }
    }

    fn request(&self) -> Request {
        let skills = ["digcomp:1.1@5", "http://data.europa.eu/esco/skill/é1 Dépanner un réseau@DigComp:5"];
        Request {
            evaluator: Asked::Did(self.ève.did()),
            skills: skills.map(|text| sought::skill(text, Lang::Fr).unwrap()).to_vec(),
            claim: Some("Dix ans de réseau, sans diplôme.".into()),
            target: None,
            template: None,
            evidence: vec![EvidenceCommitment::new("schéma.pdf", None, digest::of_bytes(b"un"))],
            conflict: Some(ConflictOfInterest::none()),
            valid: SignedDuration::from_hours(24 * 30),
        }
    }

    fn ask(&self, request: &Request) -> Result<Extended, Problem> {
        let mandate = moves::propose(request, &self.zoé.at(self.now))?;
        self.add(None, vec![mandate], &self.zoé)
    }

    fn add(&self, before: Option<&Extended>, moves: Vec<Value>, by: &Person) -> Result<Extended, Problem> {
        let before = before.map(|extended| extended.text.as_bytes());
        extend(before, moves, &by.holder, self.now, &TrustPolicy::default(), &Snapshot::default())
    }

    fn answer(&self, thread: &Extended, reply: &Reply) -> Result<Extended, Problem> {
        let response = moves::respond(&thread.sheet, reply, &self.ève.at(self.now))?;
        self.add(Some(thread), vec![response], &self.ève)
    }

    fn accepted(&self) -> Extended {
        self.answer(&self.ask(&self.request()).unwrap(), &yes()).unwrap()
    }

    fn evaluate(&self, thread: &Extended, findings: &Findings) -> Result<Extended, Problem> {
        let found = moves::evaluate(&thread.sheet, findings, &self.ève.at(self.now))?;
        self.add(Some(thread), found, &self.ève)
    }

    fn later(&self, thread: &Extended, days: i64) -> Sheet {
        let now = self.now.checked_add(SignedDuration::from_hours(24 * days)).unwrap();
        Sheet::read(thread.text.as_bytes(), now, &TrustPolicy::default(), &Snapshot::default()).unwrap()
    }
}

fn yes() -> Reply {
    let conflict = Some(ConflictOfInterest::none());
    Reply { answer: Answer::Accepted, reason: None, statement: None, email: None, conflict }
}

fn found(skill: &str, finding: Finding) -> SkillFinding {
    let reason = (finding != Finding::Met).then_some(Reason::EvidenceInsufficient);
    SkillFinding {
        skill: skill.into(),
        finding,
        reached: None,
        reason,
        statement: None,
        comment: Some("Très sûre d’elle.".into()),
        status: None,
    }
}

fn all(thread: &Extended, finding: Finding) -> Findings {
    let skills = thread.sheet.left().iter().map(|skill| found(skill, finding)).collect();
    Findings { skills, ..tieless() }
}

/// The findings of somebody who says that nothing ties them.
fn tieless() -> Findings {
    Findings { conflict: Some(ConflictOfInterest::none()), ..Findings::default() }
}

fn code<T>(result: Result<T, Problem>) -> Code {
    result.err().unwrap().code
}

#[test]
fn nothing_is_signed_whose_ties_are_unsaid() {
    let case = Case::new();
    let unsaid = Request { conflict: None, ..case.request() };
    assert_eq!(code(case.ask(&unsaid)), Code::TiesUnsaid);
    let asked = case.ask(&case.request()).unwrap();
    assert_eq!(code(case.answer(&asked, &Reply { conflict: None, ..yes() })), Code::TiesUnsaid);
    let reason = Some(Reason::NoTime);
    assert!(
        case.answer(&asked, &Reply { answer: Answer::Declined, reason, conflict: None, ..yes() }).is_ok()
    );
    let thread = case.accepted();
    let unsaid = Findings { conflict: None, ..all(&thread, Finding::Met) };
    assert_eq!(code(case.evaluate(&thread, &unsaid)), Code::TiesUnsaid);
}

#[test]
fn a_request_is_accepted_evaluated_appealed_against_and_taken_back() {
    let case = Case::new();
    let thread = case.ask(&case.request()).unwrap();
    assert_eq!(thread.sheet.state, State::Proposed);
    assert_eq!(thread.sheet.candidate.name.as_deref(), Some("Zoé Lefèvre"));
    assert_eq!(thread.sheet.open(), [Open::Answer, Open::TakeRequestBack]);
    assert_eq!(thread.sheet.role(&case.ève.did()), Role::Evaluator);
    let thread = case.answer(&thread, &yes()).unwrap();
    assert_eq!(thread.sheet.evaluator.as_ref().unwrap().name.as_deref(), Some("Ève Müller"));
    assert_eq!(thread.sheet.open()[0], Open::Evaluate(thread.sheet.left()));

    let thread = case.evaluate(&thread, &all(&thread, Finding::Met)).unwrap();
    assert_eq!((thread.sheet.state, thread.sheet.evaluations().len()), (State::Submitted, 2));
    assert!(thread.sheet.left().is_empty());
    let Said::Evaluated { skill, level, comment, status_list, .. } = &thread.sheet.lines[3].said else {
        unreachable!()
    };
    assert_eq!((skill.as_str(), comment.as_deref()), ("Dépanner un réseau", Some("Très sûre d’elle.")));
    assert_eq!((level.as_ref().unwrap().code.as_str(), status_list), ("5", &None));

    let digest = thread.sheet.evaluations()[0].digest.clone();
    let appeal =
        moves::lodge(&thread.sheet, &digest, "did:example:jury", Reason::Bias, None, &case.zoé.at(case.now));
    let thread = case.add(Some(&thread), vec![appeal.unwrap()], &case.zoé).unwrap();
    assert_eq!(thread.sheet.open()[0], Open::Decide(0, "did:example:jury".into()));
    assert_eq!(thread.sheet.role("did:example:jury"), Role::Addressee);

    let both = thread.sheet.evaluations().iter().map(|one| one.digest.clone()).collect();
    let back = moves::withdraw(
        &thread.sheet,
        &TakenBack::Evaluations(both),
        Reason::ErrorFound,
        None,
        &case.ève.at(case.now),
    );
    let thread = case.add(Some(&thread), back.unwrap(), &case.ève).unwrap();
    assert_eq!(thread.sheet.state, State::Withdrawn);
    let thread = case.evaluate(&thread, &all(&thread, Finding::Abstained)).unwrap();
    assert_eq!(thread.sheet.state, State::Submitted, "what was taken back leaves room for another");
}

#[test]
fn an_appeal_is_decided_by_its_addressee_alone() {
    let case = Case::new();
    let jury = Person::new(3, "Le jury");
    let thread = case.accepted();
    let thread = case.evaluate(&thread, &all(&thread, Finding::NotMet)).unwrap();
    let digest = thread.sheet.evaluations()[0].digest.clone();
    let lodge = |to: &str, by: &Person| {
        moves::lodge(&thread.sheet, &digest, to, Reason::Procedure, None, &by.at(case.now))
    };
    assert_eq!(code(lodge(&jury.did(), &case.ève)), Code::MoveNotYours);
    assert_eq!(code(lodge(&case.zoé.did(), &case.zoé)), Code::AppealToParty, "nobody decides their own case");
    let resolve = |thread: &Extended, by: &Person| {
        moves::resolve(&thread.sheet, &digest, Decision::Upheld, Some("Le délai."), &by.at(case.now))
    };
    assert_eq!(code(resolve(&thread, &jury)), Code::MoveNotNow, "nothing was lodged");
    let thread = case.add(Some(&thread), vec![lodge(&jury.did(), &case.zoé).unwrap()], &case.zoé).unwrap();
    assert_eq!(code(resolve(&thread, &case.zoé)), Code::MoveNotYours);
    let thread = case.add(Some(&thread), vec![resolve(&thread, &jury).unwrap()], &jury).unwrap();
    assert!(!thread.sheet.evaluations()[0].stands());
    assert_eq!(thread.sheet.left().len(), 1, "what an upheld appeal took away may be evaluated anew");
    assert_eq!(code(resolve(&thread, &jury)), Code::MoveNotNow);
}

#[test]
fn only_the_one_asked_answers_and_once() {
    let case = Case::new();
    let thread = case.ask(&case.request()).unwrap();
    let by = |person: &Person, reply: &Reply| moves::respond(&thread.sheet, reply, &person.at(case.now));
    assert_eq!(code(by(&case.zoé, &yes())), Code::SelfEvaluation);
    assert_eq!(code(by(&Person::new(9, "Inconnu"), &yes())), Code::MoveNotYours);
    let no = |answer, reason| Reply { answer, reason, ..yes() };
    assert_eq!(code(by(&case.ève, &no(Answer::Declined, None))), Code::ReasonMissing);
    assert_eq!(code(by(&case.ève, &no(Answer::Declined, Some(Reason::Bias)))), Code::ReasonUnfit);
    assert_eq!(
        code(by(&case.ève, &no(Answer::Declined, Some(Reason::Other)))),
        Code::ReasonUnsaid,
        "which other?"
    );
    assert_eq!(code(by(&case.ève, &no(Answer::Accepted, Some(Reason::NoTime)))), Code::ReasonUnfit);
    let tied = no(Answer::Recused, Some(Reason::ConflictOfInterest));
    assert_eq!(code(by(&case.ève, &Reply { conflict: None, ..tied.clone() })), Code::TiesUnsaid);
    let thread = case.answer(&thread, &tied).unwrap();
    assert_eq!((thread.sheet.state, thread.sheet.open()), (State::Recused, vec![Open::AskAnew]));
    assert_eq!(code(case.answer(&thread, &yes())), Code::MoveNotNow);
    assert_eq!(code(case.evaluate(&thread, &all(&thread, Finding::Met))), Code::MoveNotNow);
    let mut own = case.request();
    own.evaluator = Asked::Did(case.zoé.did());
    assert_eq!(code(case.ask(&own)), Code::SelfEvaluation);
}

#[test]
fn an_address_is_hashed_and_bound_by_whoever_knows_it() {
    let case = Case::new();
    let request = Request { evaluator: Asked::Email(EMAIL.into()), ..case.request() };
    let thread = case.ask(&request).unwrap();
    assert!(!thread.text.to_lowercase().contains("müller@"), "the address is not in the request");
    assert_eq!((thread.sheet.evaluator_did(), thread.sheet.role(&case.ève.did())), (None, Role::Stranger));
    let as_known = |email: Option<&str>| Reply { email: email.map(str::to_owned), ..yes() };
    assert_eq!(code(case.answer(&thread, &as_known(None))), Code::EmailNeeded);
    assert_eq!(code(case.answer(&thread, &as_known(Some("eve@école.example")))), Code::EmailNotAsked);
    let thread = case.answer(&thread, &as_known(Some(EMAIL))).unwrap();
    assert_eq!(thread.sheet.evaluator_did(), Some(case.ève.did().as_str()));
}

#[test]
fn findings_that_contradict_themselves_are_not_signed() {
    let case = Case::new();
    let thread = case.accepted();
    let skill = thread.sheet.left()[0].clone();
    let level = |code: &str| Some(SkillLevel::new("DigComp 3.0", code));
    let say = |change: &dyn Fn(&mut SkillFinding)| {
        let mut one = found(&skill, Finding::PartiallyMet);
        change(&mut one);
        case.evaluate(&thread, &Findings { skills: vec![one], ..tieless() })
    };
    assert!(say(&|one| one.reached = level("4")).is_ok());
    assert_eq!(code(say(&|one| one.reached = level("5"))), Code::FindingsUnfit);
    assert_eq!(code(say(&|one| one.reached = Some(SkillLevel::new("EQF", "4")))), Code::FindingsUnfit);
    assert_eq!(code(say(&|one| one.reason = None)), Code::ReasonMissing);
    assert_eq!(code(say(&|one| one.finding = Finding::Met)), Code::ReasonUnfit, "met, and a reason why not");
    let met = |one: &mut SkillFinding| (one.finding, one.reason) = (Finding::Met, None);
    assert_eq!(
        code(say(&|one| {
            met(one);
            one.reached = level("4");
        })),
        Code::FindingsUnfit
    );
    assert_eq!(
        code(say(&|one| {
            one.finding = Finding::Abstained;
            one.reached = level("3");
        })),
        Code::FindingsUnfit
    );
    assert_eq!(code(say(&|one| one.skill = "urn:x:autre".into())), Code::MandateScopeExceeded);
    assert_eq!(
        code(say(&|one| {
            met(one);
            one.reached = level("6");
        }))
        .as_str(),
        "FINDINGS_UNFIT"
    );
    let twice = vec![found(&skill, Finding::Met), found(&skill, Finding::Met)];
    assert_eq!(code(case.evaluate(&thread, &Findings { skills: twice, ..tieless() })), Code::FindingsUnfit);
    assert_eq!(code(case.evaluate(&thread, &Findings::default())), Code::OptionInvalid);
    let thread = say(&|_| ()).unwrap();
    assert_eq!(thread.sheet.left().len(), 1, "the other skill can be evaluated later");
    let again = Findings { skills: vec![found(&skill, Finding::Met)], ..tieless() };
    assert_eq!(code(case.evaluate(&thread, &again)), Code::EvaluatedAlready);
    let done = case.evaluate(&thread, &all(&thread, Finding::Met)).unwrap();
    assert_eq!(code(case.evaluate(&done, &Findings::default())), Code::EvaluatedAlready);
}

#[test]
fn evidence_that_was_not_offered_or_changed_makes_nothing_that_could_be_written() {
    let case = Case::new();
    let thread = case.accepted();
    let offered = thread.sheet.mandate().offered_evidence[0].clone();
    assert!(check_evidence(&offered, b"un").is_ok() && check_evidence(&offered, b"deux").is_err());
    let resting_on = |name: &str, bytes: &[u8]| {
        let seen_evidence = vec![EvidenceCommitment::new(name, None, digest::of_bytes(bytes))];
        case.evaluate(&thread, &Findings { seen_evidence, ..all(&thread, Finding::Met) })
    };
    assert!(resting_on("schéma.pdf", b"un").is_ok());
    assert_eq!(code(resting_on("schéma.pdf", b"deux")), Code::EvidenceChanged);
    assert_eq!(code(resting_on("autre.pdf", b"deux")), Code::MandateScopeExceeded);
}

#[test]
fn too_late_is_refused_and_so_are_other_peoples_moves() {
    let case = Case::new();
    let thread = case.accepted();
    let late = case.later(&thread, 31);
    let far = case.now.checked_add(SignedDuration::from_hours(24 * 31)).unwrap();
    assert_eq!((late.state, late.open()), (State::Expired, vec![Open::AskAnew]));
    assert_eq!(
        code(moves::evaluate(&late, &all(&thread, Finding::Met), &case.ève.at(far))),
        Code::MandateExpired
    );
    let evaluate =
        |by: &Person| moves::evaluate(&thread.sheet, &all(&thread, Finding::Met), &by.at(case.now));
    assert_eq!(code(evaluate(&case.zoé)), Code::SelfEvaluation);
    assert_eq!(code(evaluate(&Person::new(9, "Inconnu"))), Code::MoveNotYours);
    let back = |what, by: &Person| {
        moves::withdraw(&thread.sheet, &what, Reason::NoLongerNeeded, None, &by.at(case.now))
    };
    assert_eq!(code(back(TakenBack::Request, &case.ève)), Code::MoveNotYours);
    assert_eq!(code(back(TakenBack::Acceptance, &case.zoé)), Code::MoveNotYours);
    assert_eq!(code(back(TakenBack::Evaluations(vec!["uEi".into()]), &case.ève)), Code::MoveNotNow);
    for (what, by) in [(TakenBack::Request, &case.zoé), (TakenBack::Acceptance, &case.ève)] {
        let thread = case.add(Some(&thread), back(what, by).unwrap(), by).unwrap();
        assert_eq!(thread.sheet.state, State::Withdrawn);
    }
    let before = case.ask(&case.request()).unwrap();
    assert_eq!(
        code(case.evaluate(&before, &all(&before, Finding::Met))),
        Code::MoveNotNow,
        "not accepted yet"
    );
}

#[test]
fn what_is_shown_as_open_can_be_answered_by_the_same_clock() {
    let case = Case::new();
    let thread = case.ask(&Request { valid: SignedDuration::from_secs(1), ..case.request() }).unwrap();
    let after = |seconds: i64| {
        let now = case.now.checked_add(SignedDuration::from_secs(seconds)).unwrap();
        let read = Sheet::read(thread.text.as_bytes(), now, &TrustPolicy::default(), &Snapshot::default());
        let sheet = read.unwrap();
        let answer = moves::respond(&sheet, &yes(), &case.ève.at(now));
        (sheet.open()[0].clone(), answer.map(|_| ()).map_err(|problem| problem.code), now)
    };
    let (open, answer, now) = after(30);
    assert_eq!((open, answer), (Open::Answer, Ok(())));
    let late = Case { now, ..case };
    assert_eq!(late.answer(&thread, &yes()).unwrap().sheet.state, State::Accepted, "and it counts");
    let after = |seconds: i64| {
        let now = late.now.checked_add(SignedDuration::from_secs(seconds)).unwrap();
        Sheet::read(thread.text.as_bytes(), now, &TrustPolicy::default(), &Snapshot::default()).unwrap()
    };
    let over = after(60);
    assert_eq!((over.state, over.open()), (State::Expired, vec![Open::AskAnew]));
    let answer = moves::respond(&over, &yes(), &late.ève.at(late.now));
    assert_eq!(answer.map_err(|problem| problem.code), Err(Code::MandateExpired));
}

#[test]
fn a_request_keeps_its_limits() {
    let case = Case::new();
    let with = |change: &dyn Fn(&mut Request)| {
        let mut request = case.request();
        change(&mut request);
        code(case.ask(&request))
    };
    let many = |request: &mut Request| {
        let skill = |n: usize| sought::skill(&format!("urn:s:{n} Compétence {n}@EQF:5"), Lang::Fr).unwrap();
        request.skills = (0..33).map(skill).collect();
    };
    assert_eq!(with(&many), Code::EvaluationTooLarge);
    assert_eq!(with(&|request| request.skills.push(request.skills[0].clone())), Code::OptionInvalid);
    assert_eq!(with(&|request| request.claim = None), Code::MalformedValue);
    assert_eq!(with(&|request| request.claim = Some("é".repeat(4_001))), Code::EvaluationTooLarge);
    assert_eq!(with(&|request| request.valid = SignedDuration::from_hours(24 * 367)), Code::OptionInvalid);
    assert_eq!(with(&|request| request.valid = SignedDuration::ZERO), Code::OptionInvalid);
    let odd = |request: &mut Request| request.skills[0].target_level = SkillLevel::new("Maison", "expert");
    assert_eq!(with(&odd), Code::LevelUnknown);
}

#[test]
fn an_evaluation_speaks_of_the_version_that_was_asked_about() {
    let case = Case::new();
    let request = Request {
        target: Some(Target::new("urn:uuid:badge", "uEiBadge")),
        template: Some(Target::new("urn:modèle", "uEiModele")),
        conflict: Some(ConflictOfInterest::declared(
            vec![Relation::Teaching],
            Some("Un cours en 2019.".into()),
        )),
        ..case.request()
    };
    let thread = case.answer(&case.ask(&request).unwrap(), &yes()).unwrap();
    let drafts = moves::evaluate(&thread.sheet, &all(&thread, Finding::Met), &case.ève.at(case.now)).unwrap();
    assert_eq!(drafts[0]["credentialSubject"]["id"], "urn:uuid:badge");
    let evaluation = &drafts[0]["credentialSubject"]["evaluation"];
    assert_eq!(
        (&evaluation["targetDigest"], &evaluation["templateDigest"]),
        (&json!("uEiBadge"), &json!("uEiModele"))
    );
    let mut other = drafts.clone();
    other[0]["credentialSubject"]["evaluation"]["targetDigest"] = json!("uEiAutre");
    assert_eq!(code(case.add(Some(&thread), other, &case.ève)), Code::EndorsementStaleVersion);
}

#[test]
fn a_record_out_of_its_place_is_never_written() {
    let case = Case::new();
    let thread = case.accepted();
    let mut drafts =
        moves::evaluate(&thread.sheet, &all(&thread, Finding::Met), &case.ève.at(case.now)).unwrap();
    drafts.swap(0, 1);
    assert_eq!(code(case.add(Some(&thread), drafts.clone(), &case.ève)), Code::RecordOutOfPlace);
    drafts.swap(0, 1);
    assert_eq!(
        code(case.add(Some(&thread), drafts, &Person::new(9, "Inconnu"))),
        Code::RecordUnsound,
        "another key than it names"
    );
    let broken = thread.text.replace("Dix ans", "Cent ans");
    let read = Sheet::read(broken.as_bytes(), case.now, &TrustPolicy::default(), &Snapshot::default());
    assert_eq!(code(read), Code::MandateNotAuthentic);
}

#[test]
fn a_status_is_under_the_evaluators_signature() {
    let case = Case::new();
    let thread = case.accepted();
    let mut findings = all(&thread, Finding::Met);
    let entry = json!({
        "id": "https://org.example/status/1#7", "type": "BitstringStatusListEntry", "statusPurpose": "revocation",
        "statusListIndex": "7", "statusListCredential": "https://org.example/status/1",
    });
    findings.skills[0].status = Some(Kept { entry, keeper: Some("did:example:organisme".into()) });
    let thread = case.evaluate(&thread, &findings).unwrap();
    let status = |line: usize| match &thread.sheet.lines[line].said {
        Said::Evaluated { status_list, .. } => status_list.is_some(),
        other => unreachable!("{other:?}"),
    };
    assert_eq!((status(2), status(3)), (true, false));
    let keeper = |index: usize| thread.sheet.evaluations()[index].evaluation.status_keeper.clone();
    assert_eq!((keeper(0).as_deref(), keeper(1)), (Some("did:example:organisme"), None));
}

#[test]
fn skills_are_read_as_people_write_them() {
    let read = |text: &str| sought::skill(text, Lang::Fr);
    let one = read("digcomp:1.1@5").unwrap();
    assert!(one.skill.target_url.ends_with("#1.1") && one.skill.target_name.starts_with("Navig"), "{one:?}");
    assert_eq!(
        (one.target_level.framework.as_str(), one.target_level.name.as_deref()),
        ("DigComp 3.0", Some("Avancé"))
    );
    assert_eq!(read("DigComp2.2:1.1@5").unwrap().target_level.framework, "DigComp 2.2");
    let one = read("https://a.example/?x=1@2 Souder à l’arc@EQF:6").unwrap();
    assert_eq!(
        (one.skill.target_url.as_str(), one.skill.target_name.as_str()),
        ("https://a.example/?x=1@2", "Souder à l’arc")
    );
    assert_eq!(
        read("rncp:RNCP38596BC02 Bloc 2@EQF:5").unwrap().skill.target_code.as_deref(),
        Some("RNCP38596BC02")
    );
    for (text, expected) in [
        ("digcomp:9.9@5", Code::SkillUnreadable),
        ("digcomp:1.1@9", Code::LevelUnknown),
        ("digcomp:1.1", Code::SkillUnreadable),
        ("urn:s:1@EQF:5", Code::SkillUnreadable),
        ("souder@EQF:5", Code::SkillUnreadable),
        ("urn:s:1 Souder@EQF:9", Code::LevelUnknown),
        ("urn:s:1 Souder@5", Code::LevelWithoutFramework),
        ("urn:s:1 Souder@Maison:expert", Code::LevelUnknown),
        ("rncp:38596 Bloc@EQF:5", Code::SkillUnreadable),
    ] {
        assert_eq!(code(read(text)), expected, "{text}");
    }
}

#[test]
fn a_rubric_for_the_skill_comes_before_the_names_of_its_framework() {
    let level = scale::level("DigComp:3", Lang::En).unwrap();
    let plain = scale::rungs(None, "urn:s:1", &level, Lang::En);
    assert_eq!(
        (plain.len(), plain[2].is_target, plain[2].level.name.as_deref()),
        (8, true, Some("Intermediate"))
    );
    let languages = scale::rungs(None, "urn:s:1", &SkillLevel::new("CECRL", "B2"), Lang::Fr);
    assert_eq!((languages.len(), languages[3].is_target), (6, true));
    let unknown = scale::rungs(None, "urn:s:1", &SkillLevel::new("Maison", "2"), Lang::Fr);
    assert_eq!((unknown.len(), unknown[0].is_target), (1, true));

    let rung = |code: &str, name: &str| {
        json!({"id": format!("urn:r:{code}"), "type": ["RubricCriterionLevel"], "name": name, "description": format!("Fait {code}"),
            "alignment": [{"type": ["Alignment"], "targetName": name, "targetUrl": "urn:n", "targetFramework": "DigComp 3.0", "targetCode": code}]})
    };
    let achievement = json!({"id": "urn:a", "type": ["Achievement"], "name": "Réseau", "description": "d", "criteria": {"narrative": "c"},
        "resultDescription": [{"id": "urn:d", "type": ["ResultDescription"], "name": "Niveau", "resultType": "RubricCriterionLevel",
            "alignment": [{"type": ["Alignment"], "targetName": "s", "targetUrl": "urn:s:1"}],
            "rubricCriterionLevel": [rung("1", "Débute"), rung("3", "Agit seul")]}]});
    let read: badge_schemas::achievement::Achievement = serde_json::from_value(achievement.clone()).unwrap();
    let rubric = scale::rungs(Some(&read), "urn:s:1", &level, Lang::Fr);
    assert_eq!((rubric.len(), rubric[1].meaning.as_deref(), rubric[1].is_target), (2, Some("Fait 3"), true));
    assert_eq!(scale::rungs(Some(&read), "urn:s:2", &level, Lang::Fr).len(), 8, "another skill's rubric");

    let case = Case::new();
    let template = Target::new("urn:a", digest::of_achievement(&achievement).unwrap());
    let sheet = case.ask(&Request { template: Some(template), ..case.request() }).unwrap().sheet;
    assert!(sheet.clone().with_template(&achievement).is_ok());
    let mut changed = achievement;
    changed["resultDescription"][0]["rubricCriterionLevel"][1]["description"] = json!("Fait autre chose");
    assert_eq!(code(sheet.with_template(&changed)), Code::NotTheOneAsked);
}

/// Whether the service knows of a withdrawal is known where its list was seen, and then nobody is sent to tell it again.
#[test]
fn a_service_that_knows_is_not_to_be_told() {
    let vector: Value = serde_json::from_str(include_str!(
        "../../../test-vectors/vectors/evaluate/withdrawn-in-both-places.json"
    ))
    .unwrap();
    let now: Timestamp = vector["now"].as_str().unwrap().parse().unwrap();
    let policy = TrustPolicy::from_toml(vector["policy"].as_str().unwrap()).unwrap();
    let list = &vector["snapshot"][0];
    let seen = |body: Option<Value>| {
        let mut snapshot = Snapshot::default();
        if let Some(body) = body {
            let url = list["url"].as_str().unwrap().to_owned();
            let resource = Resource { kind: ResourceKind::StatusList, url };
            let outcome = Ok(body.to_string().into_bytes());
            snapshot.insert(
                resource,
                Retrieval { fetched_at: list["fetchedAt"].as_str().unwrap().parse().unwrap(), outcome },
            );
        }
        let sheet = Sheet::read(vector["thread"].to_string().as_bytes(), now, &policy, &snapshot).unwrap();
        sheet.open().iter().any(|open| matches!(open, Open::TellService(_)))
    };
    assert!(seen(None), "what was not looked at may be untold");
    assert!(!seen(Some(list["json"].clone())));
    let mut forged = list["json"].clone();
    forged["validUntil"] = json!("2099-01-01T00:00:00Z");
    assert!(seen(Some(forged)), "a list that is not its keeper's says nothing");
}

#[test]
fn what_a_service_is_sent_is_said_before_it_is() {
    let said = |service, lang| words::said_for_all(&Findings::default(), service, lang).join("\n");
    for (lang, wanted) in [
        (
            Lang::En,
            "The request and your acceptance are sent to https://x.example, which will keep the status; nothing of what you found.",
        ),
        (
            Lang::Fr,
            "La demande et votre acceptation sont envoyées à https://x.example, qui tiendra le statut\u{a0}; rien de vos constats.",
        ),
    ] {
        assert!(
            said(Some("https://x.example"), lang).ends_with(wanted),
            "{}",
            said(Some("https://x.example"), lang)
        );
        assert_eq!(said(None, lang), "");
    }
}
