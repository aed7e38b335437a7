//! Who is acting in a request, and what their token opens.

use std::collections::BTreeSet;

use badge_schemas::problem::{Code, Problem};

use super::role::Role;

/// The account of the first administrator, and of everything done before there were accounts.
pub const ADMINISTRATOR: &str = "administrator";

/// What an admitted token opens. Only [`Access::admit`](super::Access::admit) makes one of a request's token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    pub(super) token: String,
    pub(super) account: String,
    pub(super) roles: Vec<Role>,
    pub(super) badges: BTreeSet<String>,
}

impl Grant {
    /// The account, as the record names who acted.
    pub fn account(&self) -> &str {
        &self.account
    }

    /// The token's public id.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Refuses an account that has none of these roles.
    ///
    /// # Errors
    /// [`Code::RoleInsufficient`].
    pub fn require(&self, roles: &[Role]) -> Result<(), Problem> {
        if roles.iter().any(|role| self.roles.contains(role)) {
            return Ok(());
        }
        Err(Problem::new(Code::RoleInsufficient)
            .with("needed", Role::names(roles))
            .with("account", &self.account)
            .with("held", Role::names(&self.roles)))
    }

    /// Whether the token is for this badge: one that names no badge is for all.
    pub fn covers(&self, badge: &str) -> bool {
        self.badges.is_empty() || self.badges.contains(badge)
    }

    /// Refuses a token that is not for this badge.
    ///
    /// # Errors
    /// [`Code::BadgeOutOfScope`].
    pub fn require_badge(&self, badge: &str) -> Result<(), Problem> {
        if self.covers(badge) {
            return Ok(());
        }
        Err(Problem::new(Code::BadgeOutOfScope).with("account", &self.account).with("badge", badge))
    }

    /// An idempotency key as the record keeps it: each account has its own, so that no two clients meet on one by accident, and
    /// none can find out about another's awards. The administrator's keep the form they had when there was no other account.
    pub fn key(&self, key: &str) -> String {
        if self.account == ADMINISTRATOR { key.to_owned() } else { format!("{} {key}", self.account) }
    }
}
