//! Keys on a token that speaks PKCS#11 ([v2.40](https://docs.oasis-open.org/pkcs11/pkcs11-base/v2.40/os/pkcs11-base-v2.40-os.html), with Ed25519 of
//! [v3.0](https://docs.oasis-open.org/pkcs11/pkcs11-curr/v3.0/os/pkcs11-curr-v3.0-os.html)): made there, never extractable, named by their label.

use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use badge_schemas::jwk::Jwk;
use badge_schemas::problem::{Code, Problem};
use badge_verifier::securing::SigningRequest;
use badge_verifier::securing::keys::PublicKey;
use cryptoki::context::{CInitializeArgs, CInitializeFlags, Function, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::Mechanism;
use cryptoki::mechanism::eddsa::{EddsaParams, EddsaSignatureScheme};
use cryptoki::object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::Slot;
use cryptoki::types::AuthPin;
use sha2::{Digest as _, Sha256};

use super::KeyKind;
use crate::passphrase::Passphrase;
use crate::signer::{Signer, SigningFailed};

/// What a key signs when it is opened, to show that it is the private half of the public key beside it. Nothing that is signed otherwise begins so.
const POSSESSION: &[u8] = b"badge-issuer: this key is opened";

/// The curve Ed25519 as `CKA_EC_PARAMS`: the PrintableString `edwards25519` (PKCS#11 v3.0, §2.3.5).
const ED25519: &[u8] = b"\x13\x0cedwards25519";

/// The curve P-256 as `CKA_EC_PARAMS`: the object identifier 1.2.840.10045.3.1.7.
const P256: &[u8] = b"\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07";

/// Where a token is, and what opens it.
#[derive(Clone, Debug)]
pub struct TokenSettings {
    /// The module, a shared library.
    pub module: PathBuf,
    /// The label of the token.
    pub label: String,
    /// The user's PIN.
    pub pin: Passphrase,
}

/// An opened token. One session, one signature at a time; a session that is lost is opened again.
pub struct Token {
    settings: TokenSettings,
    inner: Mutex<Inner>,
}

struct Inner {
    library: Pkcs11,
    session: Option<Session>,
    /// The token refused the PIN: it is not tried again, for a few such attempts lock a token.
    refused: bool,
}

/// A key on a token, in use.
pub struct TokenSigner {
    token: Arc<Token>,
    label: String,
    kind: KeyKind,
    public: PublicKey,
}

/// What failed, before it is known whom to tell.
enum Failure {
    /// The library said so.
    Library(Error),
    /// What was found is not what it should be.
    Found(&'static str, &'static str),
    /// No token has the label.
    Absent,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Library(error)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Token({:?})", self.settings.label)
    }
}

impl Token {
    /// Loads the module, finds the token and logs in.
    ///
    /// # Errors
    /// [`Code::TokenUnusable`]; [`Code::TokenAbsent`] where the device is not there.
    pub fn open(settings: TokenSettings) -> Result<Arc<Self>, Problem> {
        let opened = Pkcs11::new(&settings.module).map_err(Failure::from).and_then(|library| {
            let mut inner = Inner { library, session: None, refused: false };
            inner.connect(&settings)?;
            Ok(inner)
        });
        match opened {
            Ok(inner) => Ok(Arc::new(Self { settings, inner: Mutex::new(inner) })),
            Err(failure) => Err(failure.to_problem(&settings.label)),
        }
    }

    /// Loads the module and looks for the token, without logging in.
    ///
    /// # Errors
    /// As [`Token::open`].
    pub fn look(settings: &TokenSettings) -> Result<(), Problem> {
        let found = Pkcs11::new(&settings.module)
            .map_err(Failure::from)
            .and_then(|library| slot_of(&library, &settings.label));
        found.map(drop).map_err(|failure| failure.to_problem(&settings.label))
    }

    /// The key with this label; nothing where there is none.
    ///
    /// # Errors
    /// [`Code::TokenUnusable`] where there are two, or where the two halves do not belong together.
    pub fn find(self: &Arc<Self>, label: &str, kind: KeyKind) -> Result<Option<Arc<TokenSigner>>, Problem> {
        let found = self.with_session(|session| {
            let Some(private) = one_object(session, label, ObjectClass::PRIVATE_KEY)? else {
                return Ok(None);
            };
            let public = one_object(session, label, ObjectClass::PUBLIC_KEY)?.ok_or(Failure::Found(
                "the public half of a key is missing",
                "la moitié publique d’une clé manque",
            ))?;
            let public = read_public(session, public, kind)?;
            let signature = sign_on(session, private, kind, POSSESSION)?;
            let proven = public.verify(kind.algorithm(), POSSESSION, &signature);
            proven.map_err(|_| {
                Failure::Found(
                    "the two halves of a key do not belong together",
                    "les deux moitiés d’une clé ne vont pas ensemble",
                )
            })?;
            Ok(Some(public))
        });
        let found =
            found.map_err(|failure| failure.to_problem(&format!("{}/{label}", self.settings.label)))?;
        Ok(found.map(|public| {
            Arc::new(TokenSigner { token: Arc::clone(self), label: label.to_owned(), kind, public })
        }))
    }

    /// Makes a key that never leaves the token.
    ///
    /// # Errors
    /// [`Code::TokenUnusable`]; RSA keys are not made on tokens.
    pub fn generate(self: &Arc<Self>, label: &str, kind: KeyKind) -> Result<Arc<TokenSigner>, Problem> {
        let shown = format!("{}/{label}", self.settings.label);
        let (mechanism, curve) = match kind {
            KeyKind::Ed25519 => (Mechanism::EccEdwardsKeyPairGen, ED25519),
            KeyKind::P256 => (Mechanism::EccKeyPairGen, P256),
            KeyKind::Rsa => {
                return Err(Failure::Found(
                    "RSA keys are not made on tokens: leave rsa out of the settings",
                    "les clés RSA ne se créent pas sur un jeton\u{a0}: retirez rsa des réglages",
                )
                .to_problem(&shown));
            }
        };
        // The identifier ties the halves together for other programs.
        let id = Sha256::digest(label).to_vec();
        let named = || {
            [Attribute::Label(label.as_bytes().to_vec()), Attribute::Id(id.clone()), Attribute::Token(true)]
        };
        let mut public = named().to_vec();
        public.extend([
            Attribute::Private(false),
            Attribute::Verify(true),
            Attribute::EcParams(curve.to_vec()),
        ]);
        let mut private = named().to_vec();
        private.extend([
            Attribute::Private(true),
            Attribute::Sensitive(true),
            Attribute::Extractable(false),
            Attribute::Sign(true),
        ]);
        let made = self.with_session(|session| {
            if one_object(session, label, ObjectClass::PRIVATE_KEY)?.is_some() {
                return Err(Failure::Found("the key is there already", "la clé existe déjà"));
            }
            session.generate_key_pair(&mechanism, &public, &private)?;
            Ok(())
        });
        made.map_err(|failure| failure.to_problem(&shown))?;
        self.find(label, kind)?.ok_or_else(|| {
            Failure::Found("the key that was made is not there", "la clé créée n’est pas là")
                .to_problem(&shown)
        })
    }

    /// Does something with the session; one that has been lost is opened again, once.
    fn with_session<T>(&self, act: impl Fn(&Session) -> Result<T, Failure>) -> Result<T, Failure> {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        if inner.session.is_none() {
            inner.connect(&self.settings)?;
        }
        let Some(session) = &inner.session else { return Err(Error::PinNotSet.into()) };
        match act(session) {
            Err(Failure::Library(error)) if loses_session(&error) => {
                inner.session = None;
                inner.connect(&self.settings)?;
                let Some(session) = &inner.session else { return Err(error.into()) };
                act(session)
            }
            outcome => outcome,
        }
    }

    /// Ends the use of the module in this process, as the loss of the device would.
    #[cfg(test)]
    pub(super) fn lose(&self) {
        let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = inner.library.clone().finalize();
    }
}

impl Inner {
    /// Opens a session on the one token with the label, and logs in.
    fn connect(&mut self, settings: &TokenSettings) -> Result<(), Failure> {
        if self.refused {
            return Err(Failure::Found("it refused the PIN", "il a refusé le code PIN"));
        }
        let slot = slot_of(&self.library, &settings.label)?;
        let session = self.library.open_rw_session(slot)?;
        let pin = String::from_utf8_lossy(settings.pin.as_bytes()).into_owned();
        match session.login(UserType::User, Some(&AuthPin::new(pin.into()))) {
            Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => {}
            Err(error) => {
                self.refused = matches!(
                    error,
                    Error::Pkcs11(
                        RvError::PinIncorrect
                            | RvError::PinInvalid
                            | RvError::PinLenRange
                            | RvError::PinExpired
                            | RvError::PinLocked,
                        _
                    )
                );
                return Err(error.into());
            }
        }
        self.session = Some(session);
        Ok(())
    }
}

/// Where the one token with a label is.
fn slot_of(library: &Pkcs11, label: &str) -> Result<Slot, Failure> {
    let args = CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK);
    match library.initialize(args) {
        Ok(()) | Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => {}
        Err(error) => return Err(error.into()),
    }
    let mut found = None;
    for slot in library.get_slots_with_token()? {
        let token = library.get_token_info(slot)?;
        if token.token_initialized() && token.label().trim_end() == label {
            if found.is_some() {
                return Err(Failure::Found(
                    "two tokens have this label",
                    "deux jetons portent cette étiquette",
                ));
            }
            found = Some(slot);
        }
    }
    found.ok_or(Failure::Absent)
}

impl TokenSigner {
    fn sign_message(&self, message: &[u8]) -> Result<Vec<u8>, Failure> {
        self.token.with_session(|session| {
            // A session that is no longer logged in sees no private key.
            let private = one_object(session, &self.label, ObjectClass::PRIVATE_KEY)?
                .ok_or(Error::Pkcs11(RvError::KeyHandleInvalid, Function::FindObjects))?;
            sign_on(session, private, self.kind, message)
        })
    }
}

impl Signer for TokenSigner {
    fn public_key(&self) -> &PublicKey {
        &self.public
    }

    fn sign(&self, request: SigningRequest<'_>) -> Result<Vec<u8>, SigningFailed> {
        let SigningRequest::Bytes(message) = request;
        self.sign_message(message).map_err(|failure| {
            let problem = failure.to_problem(&format!("{}/{}", self.token.settings.label, self.label));
            tracing::error!(
                reason = problem.sentence(badge_schemas::lang::Lang::En),
                "the token did not sign"
            );
            SigningFailed::Unavailable
        })
    }
}

impl Failure {
    fn to_problem(&self, token: &str) -> Problem {
        let absent = match self {
            Self::Absent => true,
            Self::Library(error) => is_absent(error),
            Self::Found(..) => false,
        };
        let code = if absent { Code::TokenAbsent } else { Code::TokenUnusable };
        let problem = Problem::new(code).with("token", token);
        match self {
            Self::Absent => problem.with_words(
                "reason",
                "no token has this label",
                "aucun jeton ne porte cette étiquette",
            ),
            Self::Library(error @ Error::LibraryLoading(_)) => problem.with_words(
                "reason",
                &format!("the module cannot be loaded ({error})"),
                format!("le module ne peut être chargé ({error})"),
            ),
            Self::Library(Error::Pkcs11(RvError::PinIncorrect, _)) => {
                problem.with_words("reason", "the PIN is wrong", "le code PIN est faux")
            }
            Self::Library(Error::Pkcs11(RvError::PinLocked, _)) => {
                problem.with_words("reason", "the PIN is locked", "le code PIN est bloqué")
            }
            // The library explains a code in a paragraph; its name is what one looks up.
            Self::Library(Error::Pkcs11(code, function)) => {
                problem.with("reason", format!("{function}: {code:?}"))
            }
            Self::Library(error) => problem.with("reason", error),
            Self::Found(en, fr) => problem.with_words("reason", en, *fr),
        }
    }
}

/// What an error says when there is no device, or none any more.
fn is_absent(error: &Error) -> bool {
    matches!(
        error,
        Error::Pkcs11(
            RvError::DeviceError
                | RvError::DeviceRemoved
                | RvError::TokenNotPresent
                | RvError::TokenNotRecognized
                | RvError::SlotIdInvalid,
            _
        )
    )
}

/// What an error says when the session, the login or the device has gone.
fn loses_session(error: &Error) -> bool {
    matches!(
        error,
        Error::Pkcs11(
            RvError::SessionClosed
                | RvError::SessionHandleInvalid
                | RvError::UserNotLoggedIn
                | RvError::CryptokiNotInitialized
                | RvError::DeviceError
                | RvError::DeviceRemoved
                | RvError::TokenNotPresent
                | RvError::TokenNotRecognized
                | RvError::SlotIdInvalid
                | RvError::ObjectHandleInvalid
                | RvError::KeyHandleInvalid
                | RvError::OperationActive
                | RvError::GeneralError
                | RvError::FunctionFailed,
            _
        )
    )
}

fn one_object(session: &Session, label: &str, class: ObjectClass) -> Result<Option<ObjectHandle>, Failure> {
    let template =
        [Attribute::Class(class), Attribute::Token(true), Attribute::Label(label.as_bytes().to_vec())];
    match session.find_objects(&template)?.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(*one)),
        _ => Err(Failure::Found("two keys have this label", "deux clés portent cette étiquette")),
    }
}

fn sign_on(session: &Session, key: ObjectHandle, kind: KeyKind, message: &[u8]) -> Result<Vec<u8>, Failure> {
    Ok(match kind {
        KeyKind::Ed25519 => {
            let mechanism = Mechanism::Eddsa(EddsaParams::new(EddsaSignatureScheme::Pure));
            session.sign(&mechanism, key, message)?
        }
        // Tokens differ in which hashes they know; the bare mechanism they all have, and it gives r and s as JOSE wants them.
        KeyKind::P256 => session.sign(&Mechanism::Ecdsa, key, &Sha256::digest(message))?,
        KeyKind::Rsa => {
            return Err(Failure::Found("it is an RSA key", "c’est une clé RSA"));
        }
    })
}

/// The public half, from `CKA_EC_POINT`: a DER OCTET STRING with the point, which some modules leave bare for Ed25519.
fn read_public(session: &Session, key: ObjectHandle, kind: KeyKind) -> Result<PublicKey, Failure> {
    let malformed = || {
        Failure::Found("the public half of a key is malformed", "la moitié publique d’une clé est mal formée")
    };
    let (mut point, mut curve, mut key_type) = (Vec::new(), Vec::new(), None);
    let wanted = [AttributeType::EcPoint, AttributeType::EcParams, AttributeType::KeyType];
    for attribute in session.get_attributes(key, &wanted)? {
        match attribute {
            Attribute::EcPoint(bytes) => point = bytes,
            Attribute::EcParams(bytes) => curve = bytes,
            Attribute::KeyType(found) => key_type = Some(found),
            _ => {}
        }
    }
    let bare = match point.as_slice() {
        [0x04, length, rest @ ..] if usize::from(*length) == rest.len() => rest,
        whole => whole,
    };
    let jwk = match (kind, key_type, curve.as_slice(), bare) {
        (KeyKind::Ed25519, Some(KeyType::EC_EDWARDS), _, bare) => {
            Jwk::ed25519(bare.try_into().map_err(|_| malformed())?)
        }
        (KeyKind::P256, Some(KeyType::EC), P256, [0x04, coordinates @ ..]) if coordinates.len() == 64 => {
            let (x, y) = coordinates.split_at(32);
            Jwk::ec("P-256", x, y)
        }
        _ => return Err(malformed()),
    };
    PublicKey::from_jwk(&jwk).map_err(|_| malformed())
}

#[cfg(test)]
mod tests;
