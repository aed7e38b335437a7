//! What an account may do.

use serde::{Deserialize, Serialize};

/// A role. Each route names the roles that open it; nothing is inherited, so that the table of routes is the whole truth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Runs the service: tokens, erasure, and everything the others may do.
    Administrator,
    /// Writes badges; sees no recipient.
    BadgeDesigner,
    /// Awards badges, and changes the status of awards; all badges, or those its token names.
    Awarder,
    /// Reads everything, changes nothing.
    Auditor,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 4] = [Self::Administrator, Self::BadgeDesigner, Self::Awarder, Self::Auditor];

    /// Its name, as the command line and the HTTP interface write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::BadgeDesigner => "badge-designer",
            Self::Awarder => "awarder",
            Self::Auditor => "auditor",
        }
    }

    /// Reads a name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }

    /// Several names, for a sentence.
    pub fn names(roles: &[Self]) -> String {
        roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(", ")
    }
}
