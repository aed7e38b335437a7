//! People who evaluate each other: keys, and what they sign. The keys protect nothing: their secrets stand here.

use badge_schemas::achievement::Alignment;
use badge_schemas::evaluation::{
    Answer, ConflictOfInterest, Evaluation, Evaluator, Finding, Mandate, Reason, Record as _, RecordHead,
    Response, SkillLevel, SoughtSkill, Standing, Target, Withdrawal,
};
use badge_schemas::jwk::Jwk;
use badge_schemas::profile::ProfileRef;
use badge_schemas::timestamp::DateTimeStamp;
use badge_verifier::evaluation::{digest, thread};
use badge_verifier::securing::keys::PublicKey;
use badge_verifier::securing::rdfc::HashFunction;
use badge_verifier::securing::{Cryptosuite, data_integrity};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::Signer as _;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

/// The skill of the tests' badge.
pub(crate) const SKILL: &str = "http://data.europa.eu/esco/skill/1d6c7de4-350e-4868-a47b-333b4b0d9650";

/// Another skill.
pub(crate) const OTHER_SKILL: &str = "http://data.europa.eu/esco/skill/0f1b2b3c-0000-4000-8000-00000000d0c1";

/// Somebody with a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Person(pub(crate) u8);

pub(crate) const ADA: Person = Person(11);
pub(crate) const BOB: Person = Person(12);
pub(crate) const CYD: Person = Person(13);
pub(crate) const GUILD: Person = Person(19);

impl Person {
    fn secret(self) -> ed25519_dalek::SigningKey {
        ed25519_dalek::SigningKey::from_bytes(&[self.0; 32])
    }

    pub(crate) fn public_bytes(self) -> [u8; 32] {
        self.secret().verifying_key().to_bytes()
    }

    pub(crate) fn multibase(self) -> String {
        let jwk = Jwk::ed25519(self.secret().verifying_key().as_bytes());
        PublicKey::from_jwk(&jwk).unwrap().to_multikey().unwrap().to_string()
    }

    pub(crate) fn did(self) -> String {
        format!("did:key:{}", self.multibase())
    }

    /// The credential with a proof.
    pub(crate) fn seal(self, document: &Value) -> Value {
        self.seal_as(&format!("{}#{}", self.did(), self.multibase()), document)
    }

    /// The credential with a proof by the key under another name.
    pub(crate) fn seal_as(self, method: &str, document: &Value) -> Value {
        let mut proof = json!({
            "type": "DataIntegrityProof",
            "cryptosuite": "eddsa-rdfc-2022",
            "created": stamp(0),
            "verificationMethod": method,
            "proofPurpose": "assertionMethod",
        });
        let hash = data_integrity::hash_data(
            document,
            proof.as_object().unwrap(),
            Cryptosuite::EddsaRdfc2022,
            HashFunction::Sha256,
        )
        .unwrap();
        let signature = self.secret().sign(&hash).to_bytes();
        proof["proofValue"] = format!("z{}", base58(&signature)).into();
        let mut sealed = document.clone();
        sealed["proof"] = proof;
        sealed
    }

    /// The credential as a compact JWT.
    pub(crate) fn jwt(self, credential: &Value) -> String {
        let header =
            json!({"alg": "EdDSA", "kid": format!("{}#{}", self.did(), self.multibase()), "typ": "vc+jwt"});
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let input = format!("{}.{}", part(&header), part(credential));
        let signature = self.secret().sign(input.as_bytes()).to_bytes();
        format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

fn base58(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    let mut digits: Vec<u8> = Vec::new();
    for byte in bytes {
        let mut carry = u32::from(*byte);
        for digit in &mut digits {
            carry += u32::from(*digit) << 8;
            *digit = u8::try_from(carry % 58).unwrap();
            carry /= 58;
        }
        while carry > 0 {
            digits.push(u8::try_from(carry % 58).unwrap());
            carry /= 58;
        }
    }
    let zeros = bytes.iter().take_while(|byte| **byte == 0).map(|_| '1');
    zeros.chain(digits.iter().rev().map(|digit| char::from(ALPHABET[usize::from(*digit)]))).collect()
}

/// A time some hours from now.
pub(crate) fn stamp(hours: i64) -> DateTimeStamp {
    let at = Timestamp::now().checked_add(SignedDuration::from_hours(hours)).unwrap();
    DateTimeStamp::parse(&at.round(jiff::Unit::Second).unwrap().to_string()).unwrap()
}

pub(crate) fn head(by: Person, hours: i64) -> RecordHead {
    RecordHead {
        id: format!("urn:uuid:{}", Uuid::from_bytes(random())),
        name: "Évaluation par un pair".to_owned(),
        issuer: ProfileRef::Uri(by.did()),
        valid_from: stamp(hours),
        valid_until: None,
    }
}

fn random() -> [u8; 16] {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let mut bytes = [0x40; 16];
    let mixed = u64::try_from(Timestamp::now().as_nanosecond() & 0xffff_ffff).unwrap() << 32
        | NEXT.fetch_add(1, Ordering::Relaxed);
    bytes[8..].copy_from_slice(&mixed.to_be_bytes());
    bytes[8] = 0x80;
    bytes
}

pub(crate) fn skill(url: &str) -> Alignment {
    serde_json::from_value(json!({"type": ["Alignment"], "targetName": "une compétence", "targetUrl": url}))
        .unwrap()
}

pub(crate) fn level(code: &str) -> SkillLevel {
    SkillLevel::new("DigComp 2.2", code)
}

pub(crate) fn digest_of(record: &Value) -> String {
    digest::of_record(record).unwrap()
}

/// What a mandate aims at.
#[derive(Clone, Debug, Default)]
pub(crate) struct Aim {
    pub(crate) target: Option<Target>,
    pub(crate) template: Option<Target>,
    pub(crate) skills: Vec<String>,
}

impl Aim {
    /// A badge of the issuer's catalogue, as it is published.
    pub(crate) fn template(achievement: &Value) -> Self {
        let id = achievement["id"].as_str().unwrap();
        let template = Target::new(id, digest::of_achievement(achievement).unwrap());
        Self { template: Some(template), skills: vec![SKILL.to_owned()], ..Self::default() }
    }

    /// A badge that was awarded.
    pub(crate) fn badge(badge: &Value) -> Self {
        let target = Target::new(badge["id"].as_str().unwrap(), digest::of_badge(badge).unwrap());
        Self { target: Some(target), skills: vec![SKILL.to_owned()], ..Self::default() }
    }
}

/// One mandate and what follows from it.
#[derive(Clone, Debug)]
pub(crate) struct Course {
    pub(crate) candidate: Person,
    pub(crate) evaluator: Person,
    pub(crate) aim: Aim,
    pub(crate) records: Vec<Value>,
    /// Who keeps the status of the evaluations, where the evaluator says so.
    pub(crate) keeper: Option<String>,
}

impl Course {
    /// A mandate of the candidate's, accepted by the evaluator; from two days ago, for thirty days.
    pub(crate) fn accepted(candidate: Person, evaluator: Person, aim: Aim) -> Self {
        Self::lasting(candidate, evaluator, aim, 30 * 24)
    }

    pub(crate) fn lasting(candidate: Person, evaluator: Person, aim: Aim, hours: i64) -> Self {
        let sought = aim.skills.iter().map(|url| SoughtSkill::new(skill(url), level("5"))).collect();
        let mut mandate = Mandate::new(Evaluator::Did(evaluator.did()), sought, ConflictOfInterest::none());
        (mandate.target, mandate.template) = (aim.target.clone(), aim.template.clone());
        mandate.claim = Some("Dix ans de métier.".to_owned());
        let head = RecordHead { valid_until: Some(stamp(hours)), ..head(candidate, -48) };
        let mandate = candidate.seal(&mandate.to_credential(&head).unwrap());
        let mut course = Self { candidate, evaluator, aim, records: vec![mandate], keeper: None };
        course.answer(Answer::Accepted);
        course
    }

    fn answer(&mut self, answer: Answer) {
        let mandate = &self.records[0];
        let mut response = Response::new(mandate["id"].as_str().unwrap(), digest_of(mandate), answer);
        response.conflict_of_interest = Some(ConflictOfInterest::none());
        let record = response.to_credential(&head(self.evaluator, -47)).unwrap();
        self.records.push(self.evaluator.seal(&record));
    }

    /// What the evaluator finds of a skill.
    pub(crate) fn evaluation(&self, url: &str) -> Evaluation {
        let mandate = &self.records[0];
        let mut evaluation = Evaluation::new(self.candidate.did(), skill(url), level("5"), Finding::Met);
        evaluation.previous = Some(digest_of(self.records.last().unwrap()));
        evaluation.mandate = Some(mandate["id"].as_str().unwrap().to_owned());
        evaluation.mandate_digest = Some(digest_of(mandate));
        evaluation.target_digest = self.aim.target.as_ref().map(|target| target.digest_multibase.clone());
        evaluation.template_digest = self.aim.template.as_ref().map(|target| target.digest_multibase.clone());
        evaluation
    }

    /// The endorsement that says so, with its status and its evaluator's organisation; not yet signed.
    pub(crate) fn endorsement(&self, evaluation: &Evaluation, status: Option<&Value>) -> Value {
        let candidate = self.candidate.did();
        let about = self.aim.target.as_ref().map_or(candidate.as_str(), |target| &target.id);
        let mut endorsement =
            evaluation.to_endorsement(&head(self.evaluator, -1), about, Some("Très bon travail.")).unwrap();
        endorsement["issuer"] = json!({"id": self.evaluator.did(), "type": ["Profile"], "name": "Un pair",
            "parentOrg": {"id": format!("https://org{}.example/", self.evaluator.0), "type": ["Profile"]}});
        if let Some(status) = status {
            endorsement["credentialStatus"] = status.clone();
        }
        endorsement
    }

    /// The evaluator finds the skill met, showing their own badge where they have one.
    pub(crate) fn submit(&mut self, status: Option<&Value>, own: Option<Value>) -> Value {
        let mut evaluation = self.evaluation(SKILL);
        evaluation.status_keeper.clone_from(&self.keeper);
        evaluation.standing = own.map(Standing::carrying).into_iter().collect();
        let signed = self.evaluator.seal(&self.endorsement(&evaluation, status));
        self.records.push(signed.clone());
        signed
    }

    /// Somebody signs that the last evaluation is taken back.
    pub(crate) fn withdraw(&mut self, by: Person) {
        let last = self.records.last().unwrap();
        let withdrawal = Withdrawal::new(digest_of(last), digest_of(last), Reason::ErrorFound);
        let record = withdrawal.to_credential(&head(by, 0)).unwrap();
        self.records.push(by.seal(&record));
    }

    pub(crate) fn thread(&self) -> Value {
        thread::thread(&self.records)
    }
}

/// An evaluator's own badge for the skill, at a level.
pub(crate) fn own_badge(of: Person, by: Person, reached: &str) -> Value {
    let level = |code: &str| format!("https://guilde.example/niveaux/{code}");
    let levels: Vec<Value> = ["4", "5", "6"]
        .into_iter()
        .map(|code| {
            json!({"id": level(code), "type": ["RubricCriterionLevel"], "name": format!("Niveau {code}"), "level": code})
        })
        .collect();
    let badge = json!({
        "@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
        "id": format!("urn:uuid:{}", Uuid::from_bytes(random())),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": "Maître",
        "issuer": {"id": by.did(), "type": ["Profile"], "name": "La guilde"},
        "validFrom": stamp(-1000),
        "credentialSubject": {
            "id": of.did(),
            "type": ["AchievementSubject"],
            "result": [{"type": ["Result"], "resultDescription": "https://guilde.example/niveaux", "achievedLevel": level(reached)}],
            "achievement": {
                "id": "https://guilde.example/maitre",
                "type": ["Achievement"],
                "name": "Maître",
                "description": "Sait enseigner la compétence.",
                "criteria": {"narrative": "Dix ans de métier."},
                "alignment": [skill(SKILL)],
                "resultDescription": [{"id": "https://guilde.example/niveaux", "type": ["ResultDescription"], "name": "DigComp 2.2",
                    "resultType": "RubricCriterionLevel", "rubricCriterionLevel": levels}],
            },
        },
    });
    by.seal(&badge)
}

/// A thread in which a master of the guild finds the skill met.
pub(crate) fn found_met(candidate: Person, evaluator: Person, aim: &Aim) -> Course {
    let mut course = Course::accepted(candidate, evaluator, aim.clone());
    course.submit(None, Some(own_badge(evaluator, GUILD, "6")));
    course
}
