//! Section `[staff]`: the workplace of the portal's own people (practice sheet §5 «operator», checklist 5.3 and 7.9).

use super::Role;
use crate::limits::{Limit, Network};
use crate::sessions::Strength;
use serde::{Deserialize, Serialize};

/// Section `[staff]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Seconds without a request after which a session at the workplace ends (practice sheet §5: 15 min).
    pub idle_seconds: i64,
    /// Seconds after which it ends however busy it is (checklist 5.3: 8 h).
    pub absolute_seconds: i64,
    /// Hours that an invitation can be accepted (choice: three days reach over a weekend).
    pub invitation_hours: i64,
    /// Seconds that a person's card stays open for the reason that was given (choice: half an hour, a telephone call).
    pub card_seconds: i64,
    /// Searches for people by one member (choice: once a minute all hour long is no support work any more).
    pub searches: Limit,
    /// Addresses that may open the workplace; empty allows all (checklist 7.9).
    pub networks: Vec<Network>,
    /// Seconds between two countings of the figures on the first page.
    pub figures_seconds: i64,
    /// How strongly each role must have signed in.
    pub strength: Strengths,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            idle_seconds: 900,
            absolute_seconds: 8 * 3_600,
            invitation_hours: 72,
            card_seconds: 1_800,
            searches: Limit::new(60, 3_600),
            networks: Vec::new(),
            figures_seconds: 300,
            strength: Strengths::default(),
        }
    }
}

/// `[staff.strength]`: role by role (practice sheet §6: `aal2-phr` for operators).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Strengths {
    /// For administrators.
    pub admin: Need,
    /// For support.
    pub support: Need,
    /// For security.
    pub security: Need,
    /// For auditors.
    pub auditor: Need,
    /// For reviewers.
    pub reviewer: Need,
}

impl Default for Strengths {
    fn default() -> Strengths {
        Strengths::all(Need::PhishingResistant)
    }
}

impl Strengths {
    /// The same for every role.
    pub const fn all(need: Need) -> Strengths {
        Strengths { admin: need, support: need, security: need, auditor: need, reviewer: need }
    }
}

/// What a sign-in must have been. There is no third word: staff always have a second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Need {
    /// Two factors of different kinds.
    Aal2,
    /// Two factors that a false site cannot pass on: a passkey or a security key.
    PhishingResistant,
}

impl Need {
    /// The least strength of a session.
    pub const fn strength(self) -> Strength {
        match self {
            Need::Aal2 => Strength::Aal2,
            Need::PhishingResistant => Strength::Aal2PhishingResistant,
        }
    }
}

impl Settings {
    /// What a role must have signed in with.
    pub const fn need(&self, role: Role) -> Need {
        match role {
            Role::Admin => self.strength.admin,
            Role::Support => self.strength.support,
            Role::Security => self.strength.security,
            Role::Auditor => self.strength.auditor,
            Role::Reviewer => self.strength.reviewer,
        }
    }

    /// Values that make no sense, by name.
    pub fn problems(&self) -> Vec<(&'static str, String)> {
        let table = [
            ("idle_seconds", self.idle_seconds, 60, 3_600),
            ("absolute_seconds", self.absolute_seconds, self.idle_seconds, 86_400),
            ("invitation_hours", self.invitation_hours, 1, 720),
            ("card_seconds", self.card_seconds, 60, 28_800),
            ("figures_seconds", self.figures_seconds, 10, 86_400),
        ];
        let wrong = |(name, value, least, most)| (name, value, least, most, !(least..=most).contains(&value));
        table
            .into_iter()
            .map(wrong)
            .filter(|(.., bad)| *bad)
            .map(|(name, _, least, most, _)| (name, format!("expected {least} to {most}")))
            .collect()
    }
}
