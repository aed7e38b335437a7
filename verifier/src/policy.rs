//! What the one who verifies decides: the trust policy.

mod panel;

use serde::Deserialize;

pub use panel::{EvaluatorLevel, Organisations, PanelPolicy, SealedEvaluations};

use crate::trusted_time::TrustedTime;

/// A trust policy, usually read from a TOML file. Its default is what the program uses without one.
///
/// Every member is optional in the file; unknown members are refused, so that a misspelt rule is not silently ignored.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
pub struct TrustPolicy {
    /// How far this machine's clock may be off, in seconds. Default 60.
    pub clock_skew_seconds: u32,
    /// How old a holder's key binding (SD-JWT) may be, in seconds. Default 600: ten minutes to answer a challenge.
    pub key_binding_max_age_seconds: u32,
    /// What a status list means that is out of date. Default `indeterminate`.
    pub stale_status: WhenUnknown,
    /// What a status list means that cannot be had. Default `indeterminate`.
    pub unreachable_status: WhenUnknown,
    /// How old a fetched status list may be, in seconds; its own `validUntil` and `ttl` count too. Default 86,400: one day.
    pub status_max_age_seconds: u32,
    /// Whether a badge must have a status entry. Default false.
    pub require_status: bool,
    /// What it means that no registry lists the issuer for this badge. Default `warn`: unknown is neutral.
    pub unlisted_issuer: UnlistedIssuer,
    /// What it means that the badge was given to someone else than `--recipient`. Default `fail`.
    pub recipient_mismatch: Mismatch,
    /// What it means that someone else than the subject presents the badge. Default `fail`.
    pub presenter_mismatch: PresenterMismatch,
    /// Whether resources whose digests a badge states are fetched to compare them. Default `not-fetched`.
    pub related_resources: RelatedResources,
    /// Whether schemas that a badge names and this program does not carry are fetched. Default `not-fetched`.
    pub credential_schemas: CredentialSchemas,
    /// What a key means that is past its `expires`, where nobody but the signature says that it is older. Default `indeterminate`.
    pub expired_key: ExpiredKey,
    /// The registries that count.
    pub registries: Vec<RegistrySource>,
    /// Who may sign the status lists of whom, besides each issuer its own.
    pub status_issuers: Vec<StatusIssuer>,
    /// Documents that existed at a time, as the caller has established: what a key signed before it was revoked still counts.
    pub trusted_times: Vec<TrustedTime>,
    /// The panel that must stand behind a badge, where one must.
    pub panel: Option<PanelPolicy>,
}

impl Default for TrustPolicy {
    fn default() -> Self {
        Self {
            clock_skew_seconds: 60,
            key_binding_max_age_seconds: 600,
            stale_status: WhenUnknown::Indeterminate,
            unreachable_status: WhenUnknown::Indeterminate,
            status_max_age_seconds: 86_400,
            require_status: false,
            unlisted_issuer: UnlistedIssuer::Warn,
            recipient_mismatch: Mismatch::Fail,
            presenter_mismatch: PresenterMismatch::Fail,
            related_resources: RelatedResources::NotFetched,
            credential_schemas: CredentialSchemas::NotFetched,
            expired_key: ExpiredKey::default(),
            registries: Vec::new(),
            status_issuers: Vec::new(),
            trusted_times: Vec::new(),
            panel: None,
        }
    }
}

impl TrustPolicy {
    /// Reads a policy from TOML.
    ///
    /// # Errors
    /// The parser's error, with line and column.
    pub fn from_toml(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }
}

/// What follows when something about the status is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WhenUnknown {
    /// The badge is invalid.
    Fail,
    /// The badge is accepted with a warning.
    Warn,
    /// The verdict is indeterminate.
    Indeterminate,
}

/// What follows when the key is past its `expires`, and nobody but the signature says that it was made before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExpiredKey {
    /// The badge is invalid.
    Fail,
    /// The verdict is indeterminate.
    #[default]
    Indeterminate,
    /// What the signature says of its own time is believed: an old key that was not guarded signs what it likes. A revoked key is never believed.
    DangerBelieveSignature,
}

/// What follows when no registry lists the issuer for this badge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UnlistedIssuer {
    /// The badge is invalid.
    Fail,
    /// The badge is accepted with a warning.
    Warn,
    /// Nothing.
    Ignore,
}

/// What follows when the badge was given to another recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mismatch {
    /// The badge is invalid.
    Fail,
    /// The badge is accepted with a warning.
    Warn,
}

/// What follows when the presenter is not the subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PresenterMismatch {
    /// The badge is invalid.
    Fail,
    /// The badge is accepted with a warning: a stolen badge passes.
    DangerWarn,
}

/// What is done about resources whose digests a badge states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RelatedResources {
    /// Compared where their bytes are at hand; a warning names those that nobody has looked at.
    NotFetched,
    /// Fetched and compared; one that cannot be had leaves the verdict open. Their hosts learn that somebody checks.
    Fetched,
}

/// What is done about schemas that a badge names and this program does not carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CredentialSchemas {
    /// A warning names them.
    NotFetched,
    /// They are fetched, judged and used; one that cannot be leaves the verdict open. Their hosts learn that somebody checks.
    Fetched,
}

/// A registry that counts.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RegistrySource {
    /// A path or an `https` URL.
    pub source: String,
    /// Who must have signed it; required for a URL, optional for a file that the caller chose.
    #[serde(default)]
    pub issuer: Option<String>,
}

/// A body that may sign status lists for an issuer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct StatusIssuer {
    /// The issuer of badges.
    pub issuer: String,
    /// The issuer of their status lists.
    pub list_issuer: String,
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    #[test]
    fn an_empty_file_is_the_default_policy() {
        assert_eq!(TrustPolicy::from_toml("").unwrap(), TrustPolicy::default());
    }

    #[test]
    fn a_misspelt_rule_is_refused() {
        assert!(TrustPolicy::from_toml("require-staus = true").is_err());
        assert!(TrustPolicy::from_toml("[[registries]]\nsource = 'a'\nisuer = 'b'").is_err());
        assert!(TrustPolicy::from_toml("expired-key = 'believe-signature'").is_err());
        assert!(
            TrustPolicy::from_toml("[[trusted-times]]\nsha256 = 'E3'\ntime = '2026-11-01T00:00:00Z'")
                .is_err()
        );
        assert!(
            TrustPolicy::from_toml("presenter-mismatch = 'warn'").is_err(),
            "what weakens has danger in its name"
        );
    }

    #[test]
    fn every_member_can_be_set() {
        let policy = TrustPolicy::from_toml(
            "clock-skew-seconds = 0\nkey-binding-max-age-seconds = 5\nstale-status = 'fail'\nunreachable-status = 'warn'\nstatus-max-age-seconds = 10\n\
             require-status = true\nunlisted-issuer = 'ignore'\nrecipient-mismatch = 'warn'\npresenter-mismatch = 'danger-warn'\n\
             related-resources = 'fetched'\ncredential-schemas = 'fetched'\nexpired-key = 'danger-believe-signature'\n\
             [[trusted-times]]\nsha256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'\ntime = '2026-11-01T00:00:00Z'\nevidence = 'reçu par courriel'\n\
             [[registries]]\nsource = 'régions.jwt'\n[[status-issuers]]\nissuer = 'did:web:a.example'\nlist-issuer = 'did:web:b.example'",
        )
        .unwrap();
        assert_eq!(policy.registries, [RegistrySource { source: "régions.jwt".into(), issuer: None }]);
        assert_eq!(policy.presenter_mismatch, PresenterMismatch::DangerWarn);
        assert!(policy.require_status);
        assert_eq!(policy.trusted_times[0].time.to_string(), "2026-11-01T00:00:00Z");
    }
}
