//! `[lint]`: what is asked of every badge before it is signed.

use std::path::Path;

use badge_schemas::identifiers::{self, IdentifierKind};
use serde::Deserialize;
use toml::Spanned;

use super::refused::{Misfit, invalid};
use crate::profiles::{Linting, Profile};

/// The table.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
pub(super) struct Lint {
    profiles: Vec<Spanned<String>>,
    /// The certifications (`RNCP…`, `RS…`) that the issuer may award.
    certifications: Vec<Spanned<String>>,
}

impl Lint {
    /// What fits, and everything that does not.
    pub(super) fn linting(self, path: &Path) -> (Linting, Vec<Misfit>) {
        let mut misfits = Vec::new();
        let (mut profiles, mut certifications) = (Vec::new(), Vec::new());
        for given in self.profiles {
            let name = given.get_ref();
            if let Some(profile) = Profile::parse(name) {
                profiles.push(profile);
                continue;
            }
            let known = Profile::ALL.map(Profile::as_str).join(", ");
            let problem = invalid(
                path,
                &format!("lint.profiles: {name} is none of {known}"),
                format!("lint.profiles\u{a0}: {name} n’est aucun de {known}"),
            );
            misfits.push(Misfit::of(&given, problem));
        }
        for given in self.certifications {
            let code = given.get_ref();
            let kinds = [IdentifierKind::Rncp, IdentifierKind::Rs, IdentifierKind::RncpBloc];
            if kinds.into_iter().any(|kind| identifiers::check(kind, code).is_ok()) {
                certifications.push(given.into_inner());
                continue;
            }
            let problem = invalid(
                path,
                &format!("lint.certifications: {code} is not RNCP…, RS… or RNCP…BC…"),
                format!("lint.certifications\u{a0}: {code} n’est ni RNCP…, ni RS…, ni RNCP…BC…"),
            );
            misfits.push(Misfit::of(&given, problem));
        }
        (Linting { profiles, certifications }, misfits)
    }
}
