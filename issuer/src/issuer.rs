//! The issuer at work: its identity, its record, and the status lists it has published.

use std::sync::Arc;

use badge_schemas::controller::Relationship;
use badge_schemas::problem::{Code, Problem};
use badge_verifier::securing::{Cryptosuite, Mechanism, ProofOptions, Secured, prepare};
use jiff::Timestamp;
use serde_json::Value;

use crate::evaluation::{Evaluations, Offer};
use crate::identity::Identity;
use crate::profiles::Linting;
use crate::refusal::Refusal;
use crate::status_list::Published;
use crate::store::{Award, Store};
use crate::template::Template;

/// Who acts, in the record, where it is whoever has the data directory in hand: a command line without a service.
pub const OPERATOR: &str = "operator";

/// Who does something, and when: as the record says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Act<'a> {
    /// The account of the token, or [`OPERATOR`].
    pub actor: &'a str,
    /// The time.
    pub at: Timestamp,
}

impl Act<'static> {
    /// Something done from the command line.
    pub fn by_operator(at: Timestamp) -> Self {
        Self { actor: OPERATOR, at }
    }
}

/// The issuer. What it can do stands in the files of the verbs: `badge`, `award`, `status`, `status_list`.
pub struct Issuer {
    pub(crate) identity: Identity,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) lists: Published,
    pub(crate) linting: Linting,
    pub(crate) evaluations: Evaluations,
}

impl Issuer {
    /// Puts an issuer together.
    pub fn new(identity: Identity, store: Arc<dyn Store>) -> Self {
        Self {
            identity,
            store,
            lists: Published::default(),
            linting: Linting::default(),
            evaluations: Evaluations::default(),
        }
    }

    /// The same, asking more of every badge before it is signed.
    #[must_use]
    pub fn with_linting(mut self, linting: Linting) -> Self {
        self.linting = linting;
        self
    }

    /// The same, with what is done for evaluations by peers.
    #[must_use]
    pub fn with_evaluations(mut self, offer: Offer) -> Self {
        self.evaluations = Evaluations::new(offer);
        self
    }

    /// Who it is.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Its record.
    pub fn store(&self) -> Arc<dyn Store> {
        Arc::clone(&self.store)
    }

    /// An award by its id.
    ///
    /// # Errors
    /// [`Code::NotFound`].
    pub fn find_award(&self, id: &str) -> Result<Award, Refusal> {
        let award = self.store.award(id)?;
        award.ok_or_else(|| {
            Problem::new(Code::NotFound).with_words("resource", "award", "badge attribué").into()
        })
    }

    /// The template of an award, in the version that was awarded.
    pub(crate) fn template_of(&self, award: &Award) -> Result<Template, Refusal> {
        let version = self.store.badge(&award.badge, Some(award.badge_version))?;
        let version = version
            .ok_or_else(|| Refusal::Failure(format!("award {}: its badge is not recorded", award.id)))?;
        read_template(version.definition)
    }

    /// Secures a document with the key for this mechanism: prepare, sign, seal.
    pub(crate) fn secure(&self, document: Value, form: Form, now: Timestamp) -> Result<Secured, Refusal> {
        let (key, mechanism) = match form {
            Form::Integrity => {
                (self.identity.integrity_key(), Mechanism::DataIntegrity(Cryptosuite::EddsaRdfc2022))
            }
            Form::Jwt => {
                let key = self.identity.jwt_key();
                (key, Mechanism::VcJwt(key.signer.public_key().algorithm()))
            }
        };
        let options = ProofOptions::new(
            key.method.clone(),
            key.signer.public_key().clone(),
            Relationship::AssertionMethod,
            now,
        );
        let prepared = prepare(document, mechanism, &options)?;
        let signature = key.signer.sign(prepared.request())?;
        Ok(prepared.seal(&signature)?)
    }
}

/// How a document is secured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// A Data Integrity proof.
    Integrity,
    /// A JWT.
    Jwt,
}

/// Reads a template back from the record.
pub(crate) fn read_template(definition: Value) -> Result<Template, Refusal> {
    serde_json::from_value(definition).map_err(|error| Refusal::Failure(format!("a recorded badge: {error}")))
}
