//! An issuer with a key of its own, and the real program in a directory of its own.

use std::io::{BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use badge_schemas::controller::Relationship;
use badge_schemas::did::{Did, did_key, did_key_method};
use badge_schemas::multikey::{KeyKind, Multikey};
use badge_verifier::securing::keys::{Algorithm, PublicKey};
use badge_verifier::securing::sd_jwt::hash::HashAlgorithm;
use badge_verifier::securing::sd_jwt::issue::{self, IssueOptions, Seed};
use badge_verifier::securing::sd_jwt::profile::Profile;
use badge_verifier::securing::sd_jwt::skills_badge;
use badge_verifier::securing::{Cryptosuite, Mechanism, ProofOptions, SigningRequest, prepare};
use ed25519_dalek::pkcs8::DecodePrivateKey as _;
use ed25519_dalek::{Signer as _, SigningKey};
use serde_json::{Value, json};
use tempfile::TempDir;

/// How long a question may take to come: a machine under load opens keys slowly.
const PATIENCE: Duration = Duration::from_mins(1);

pub(crate) const PASSPHRASE: &str = "pierre, feuille, ciseaux — déjà vu";

/// An issuer that signs what it is given.
pub(crate) struct Issuer {
    key: SigningKey,
    public: Multikey,
}

impl Issuer {
    pub(crate) fn new(seed: u8) -> Self {
        Self::with(SigningKey::from_bytes(&[seed; 32]))
    }

    /// Whoever holds a wallet whose key is not encrypted, signing with another program.
    pub(crate) fn of(wallet: &Wallet) -> Self {
        let file = std::fs::read_to_string(wallet.dir().join("holder.pem")).unwrap();
        Self::with(SigningKey::from_pkcs8_pem(&file[file.find("-----BEGIN").unwrap()..]).unwrap())
    }

    fn with(key: SigningKey) -> Self {
        let public = Multikey::new(KeyKind::Ed25519, key.verifying_key().to_bytes()).unwrap();
        Self { key, public }
    }

    pub(crate) fn did(&self) -> String {
        did_key(&self.public)
    }

    /// A badge for this subject, not signed yet.
    pub(crate) fn draft(&self, subject: &str) -> Value {
        json!({
            "@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
            "id": "urn:uuid:7d0f9d5e-1d5b-4f0e-9c1b-2a7c3c1a9b01",
            "type": ["VerifiableCredential", "AchievementCredential"],
            "issuer": {"id": self.did(), "type": ["Profile"], "name": "École de Besançon"},
            "validFrom": "2020-01-01T00:00:00Z",
            "awardedDate": "2019-12-24T00:00:00Z",
            "name": "Tailleur de pierre",
            "credentialSubject": {
                "id": subject,
                "type": ["AchievementSubject"],
                "achievement": {
                    "id": "urn:uuid:5b0e0a38-6b4c-4b0f-8a8b-0d2f8e6a7c02",
                    "type": ["Achievement"],
                    "name": "Tailleur de pierre",
                    "description": "Taille la pierre à la main.",
                    "criteria": {"narrative": "Épreuve pratique devant un jury."},
                    "alignment": [{
                        "type": ["Alignment"],
                        "targetName": "Épanneler un bloc",
                        "targetUrl": "http://data.europa.eu/esco/skill/1f1d2ff8-c4c1-45a2-9812-6a7ea84b7f0b",
                        "targetFramework": "ESCO",
                        "targetCode": "S6.1",
                        "targetType": "ext:ESCOSkill",
                    }],
                },
            },
        })
    }

    pub(crate) fn json(&self, draft: Value) -> String {
        self.secure(draft, Mechanism::DataIntegrity(Cryptosuite::EddsaRdfc2022))
    }

    pub(crate) fn jwt(&self, draft: Value) -> String {
        self.secure(draft, Mechanism::VcJwt(Algorithm::EdDsa))
    }

    /// The draft as an SD-JWT for the holder with this DID, who can hide what the pointers name.
    pub(crate) fn sd_jwt(&self, profile: Profile, draft: &Value, holder: &str, hidden: &[&str]) -> String {
        let Ok(Did::Key(holder)) = Did::parse(holder) else { unreachable!("{holder}") };
        let (claims, pointers): (Value, Vec<String>) = match profile {
            Profile::SdJwtVc => (
                skills_badge::claims(draft).unwrap(),
                hidden.iter().map(|pointer| skills_badge::claim_pointer(pointer)).collect(),
            ),
            _ => (draft.clone(), hidden.iter().map(|pointer| (*pointer).to_owned()).collect()),
        };
        let options = IssueOptions {
            profile,
            disclosable: pointers,
            decoys: 1,
            hash: HashAlgorithm::Sha256,
            holder: Some(PublicKey::from_multikey(&holder).unwrap()),
            seed: Seed::new([5; 32]),
        };
        let key = PublicKey::from_multikey(&self.public).unwrap();
        let prepared = issue::prepare(claims, &options, &did_key_method(&self.public), key).unwrap();
        let SigningRequest::Bytes(message) = prepared.request();
        let signature = self.key.sign(message).to_bytes();
        prepared.seal(&signature).unwrap().as_str().to_owned()
    }

    fn secure(&self, draft: Value, mechanism: Mechanism) -> String {
        let options = ProofOptions::new(
            did_key_method(&self.public),
            PublicKey::from_multikey(&self.public).unwrap(),
            Relationship::AssertionMethod,
            "2020-01-01T00:00:00Z".parse().unwrap(),
        );
        let prepared = prepare(draft, mechanism, &options).unwrap();
        let SigningRequest::Bytes(message) = prepared.request();
        let signature = self.key.sign(message).to_bytes();
        prepared.seal(&signature).unwrap().as_str().to_owned()
    }
}

/// A wallet in a directory of its own.
pub(crate) struct Wallet {
    root: TempDir,
    lang: &'static str,
}

/// What the program said.
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Wallet {
    /// No wallet yet.
    pub(crate) fn empty() -> Self {
        Self { root: tempfile::tempdir().unwrap(), lang: "C" }
    }

    /// A wallet with a holder, and the holder's DID.
    pub(crate) fn made() -> (Self, String) {
        let wallet = Self::empty();
        let did = wallet.ok(&["init"]).trim().to_owned();
        (wallet, did)
    }

    /// A wallet whose key is not encrypted, for tests that open it often.
    pub(crate) fn open() -> (Self, String) {
        let wallet = Self::empty();
        let did = wallet.ok(&["init", "--danger-no-passphrase"]).trim().to_owned();
        (wallet, did)
    }

    /// The same wallet under a French locale.
    pub(crate) fn in_french(mut self) -> Self {
        self.lang = "fr_FR.UTF-8";
        self
    }

    pub(crate) fn dir(&self) -> PathBuf {
        self.root.path().join("portefeuille")
    }

    /// A path beside the wallet.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    /// Writes a file beside the wallet and gives its path as an argument.
    pub(crate) fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.beside(name);
        std::fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_badge-wallet"));
        command.env_clear().env("LANG", self.lang).env("BADGE_WALLET_DIR", self.dir());
        command.env("BADGE_WALLET_PASSPHRASE", PASSPHRASE).stdin(Stdio::null()).args(args);
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Said {
        Said::of(&self.command(args).output().unwrap())
    }

    /// Runs it at a terminal of its own ([script(1)](https://man7.org/linux/man-pages/man1/script.1.html)): whenever it shows a question, its answer is
    /// typed. Gives what was seen there, as `err`.
    pub(crate) fn at_terminal(&self, args: &[&str], answers: &[(&str, &str)]) -> Said {
        let quoted = |arg: &&str| format!("'{}'", arg.replace('\'', "'\\''"));
        let line: Vec<String> = [env!("CARGO_BIN_EXE_badge-wallet")].iter().chain(args).map(quoted).collect();
        let mut script = Command::new("script");
        script.env_clear().env("PATH", "/usr/bin:/bin").env("LANG", self.lang).env("SHELL", "/bin/sh");
        script.env("BADGE_WALLET_DIR", self.dir()).args(["-qec", &line.join(" "), "/dev/null"]);
        let mut program = script.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (mut keyboard, screen) = (program.stdin.take().unwrap(), program.stdout.take().unwrap());
        let (sender, pieces) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            for byte in BufReader::new(screen).bytes().map_while(Result::ok) {
                let _ = sender.send(byte);
            }
        });
        let mut seen = Vec::new();
        let mut from = 0;
        for (question, answer) in answers {
            while !String::from_utf8_lossy(&seen[from..]).contains(question) {
                match pieces.recv_timeout(PATIENCE) {
                    Ok(byte) => seen.push(byte),
                    Err(_) => unreachable!("{question} is not asked: {}", String::from_utf8_lossy(&seen)),
                }
            }
            from = seen.len();
            writeln!(keyboard, "{answer}").unwrap();
        }
        seen.extend(pieces.iter());
        let code = program.wait().unwrap().code().unwrap();
        Said { code, out: String::new(), err: String::from_utf8(seen).unwrap().replace('\r', "") }
    }

    /// Runs it, expects success, and gives stdout.
    pub(crate) fn ok(&self, args: &[&str]) -> String {
        let said = self.run(args);
        assert_eq!(said.code, 0, "{args:?}: {}{}", said.out, said.err);
        said.out
    }

    /// The same where what is found may be indeterminate (exit code 3).
    pub(crate) fn ok_or_open(&self, args: &[&str]) -> String {
        let said = self.run(args);
        assert!(matches!(said.code, 0 | 3), "{args:?}: {}{}", said.out, said.err);
        said.out
    }

    /// Adds a badge offline and gives its identifier.
    pub(crate) fn add(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.file(name, bytes);
        self.ok(&["add", "--offline", &path]).trim().to_owned()
    }

    /// The badges, as `list --json` tells them.
    pub(crate) fn list(&self) -> Vec<Value> {
        let listed: Value = serde_json::from_str(&self.ok(&["list", "--json"])).unwrap();
        listed["badges"].as_array().unwrap().clone()
    }

    /// The names of all files in the wallet, sorted.
    pub(crate) fn files(&self) -> Vec<String> {
        let mut names = Vec::new();
        collect(&self.dir(), &mut names);
        names.sort();
        names
    }
}

impl Said {
    pub(crate) fn of(output: &Output) -> Self {
        Self {
            code: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout.clone()).unwrap(),
            err: String::from_utf8(output.stderr.clone()).unwrap(),
        }
    }
}

fn collect(directory: &Path, names: &mut Vec<String>) {
    for entry in std::fs::read_dir(directory).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, names);
        } else {
            names.push(path.file_name().unwrap().to_str().unwrap().to_owned());
        }
    }
}
