//! The assurance levels of an account (spec 00, «The three account levels»).

use serde::{Deserialize, Serialize};

/// How well the portal knows who owns an account; ordered from weak to strong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// упрощённая: a name and a confirmed contact.
    Simplified,
    /// стандартная: personal data checked in the registers.
    Standard,
    /// подтверждённая: identity confirmed by a channel of spec 03.
    Confirmed,
}

impl Level {
    /// Every level, from weak to strong.
    pub const ALL: [Level; 3] = [Level::Simplified, Level::Standard, Level::Confirmed];

    /// The word kept in the database and in APIs.
    pub const fn word(self) -> &'static str {
        match self {
            Level::Simplified => "simplified",
            Level::Standard => "standard",
            Level::Confirmed => "confirmed",
        }
    }

    /// The level of a [`Level::word`].
    pub fn from_word(word: &str) -> Option<Level> {
        Level::ALL.into_iter().find(|level| level.word() == word)
    }

    /// The `acr` value told to relying parties, for example `urn:pristan:loa:standard`.
    pub const fn acr(self) -> &'static str {
        match self {
            Level::Simplified => "urn:pristan:loa:simplified",
            Level::Standard => "urn:pristan:loa:standard",
            Level::Confirmed => "urn:pristan:loa:confirmed",
        }
    }
}
