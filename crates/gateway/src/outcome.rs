//! The words in which every gateway answers.

use serde::Serialize;

/// What became of one attempt to hand a message over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SendOutcome {
    /// The other side took the message and is now responsible for it.
    Accepted {
        /// Name of the gateway that took it, as configured.
        gateway: String,
        /// The other side's own id of the message; receipts bear it. May be empty when the protocol has none.
        remote_id: String,
    },
    /// Not taken now, or the answer was lost: try again later with the same message id.
    Temporary {
        /// Foreign code and our explanation; never the text or the recipient.
        reason: String,
    },
    /// Will never be taken in this form (unknown recipient, refused content): do not try again.
    Permanent {
        /// Foreign code and our explanation; never the text or the recipient.
        reason: String,
    },
}

impl SendOutcome {
    /// Whether the message was taken.
    pub fn is_accepted(&self) -> bool {
        matches!(self, SendOutcome::Accepted { .. })
    }

    /// A temporary failure with this reason.
    pub fn temporary(reason: impl Into<String>) -> SendOutcome {
        SendOutcome::Temporary { reason: reason.into() }
    }

    /// A permanent failure with this reason.
    pub fn permanent(reason: impl Into<String>) -> SendOutcome {
        SendOutcome::Permanent { reason: reason.into() }
    }
}

/// Whether a gateway can take messages at this moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "lowercase")]
pub enum Health {
    /// Connected, or the last attempt went well.
    Up,
    /// Works, but not as it should (throttled, one of two gateways away).
    Degraded {
        /// What is wrong, without personal data.
        reason: String,
    },
    /// Takes nothing at present.
    Down {
        /// What is wrong, without personal data.
        reason: String,
    },
}

impl Health {
    /// Whether messages can be handed over at all.
    pub fn can_send(&self) -> bool {
        !matches!(self, Health::Down { .. })
    }
}

/// One fault of a configuration value; all of them are reported together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigProblem {
    /// Dotted path below the table that was checked, such as `smpp.main.port`.
    pub path: String,
    /// What is wrong and what is expected.
    pub message: String,
}

impl ConfigProblem {
    /// A problem at `path`.
    pub fn new(path: impl Into<String>, message: impl Into<String>) -> ConfigProblem {
        ConfigProblem { path: path.into(), message: message.into() }
    }

    /// The same problem seen from one table further out.
    pub fn below(self, table: &str) -> ConfigProblem {
        ConfigProblem { path: format!("{table}.{}", self.path), message: self.message }
    }
}
