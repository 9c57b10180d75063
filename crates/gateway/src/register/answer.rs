//! What a register says.

use super::Check;
use kernel::Span;
use kernel::ids::InnPerson;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A value that a register doubts; the words are those of the protocol and of the profile's form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// Фамилия.
    Surname,
    /// Имя.
    FirstName,
    /// Отчество.
    Patronymic,
    /// Day of birth.
    BirthDate,
    /// Sex.
    Sex,
    /// SNILS.
    Snils,
    /// Series of the passport.
    Series,
    /// Number of the passport.
    Number,
    /// Day of issue.
    IssuedOn,
    /// Code of the office that issued it.
    DivisionCode,
}

impl Field {
    /// Every field.
    pub const ALL: [Field; 10] = [
        Field::Surname,
        Field::FirstName,
        Field::Patronymic,
        Field::BirthDate,
        Field::Sex,
        Field::Snils,
        Field::Series,
        Field::Number,
        Field::IssuedOn,
        Field::DivisionCode,
    ];

    /// The word of the protocol.
    pub const fn word(self) -> &'static str {
        match self {
            Field::Surname => "surname",
            Field::FirstName => "first_name",
            Field::Patronymic => "patronymic",
            Field::BirthDate => "birth_date",
            Field::Sex => "sex",
            Field::Snils => "snils",
            Field::Series => "series",
            Field::Number => "number",
            Field::IssuedOn => "issued_on",
            Field::DivisionCode => "division_code",
        }
    }

    /// Whether a question of this kind has the field, so that an answer may doubt it.
    pub const fn belongs_to(self, check: Check) -> bool {
        match self {
            Field::Surname | Field::FirstName | Field::Patronymic | Field::BirthDate => true,
            Field::Sex | Field::Snils => matches!(check, Check::Snils),
            Field::Series | Field::Number => matches!(check, Check::Passport | Check::Inn),
            Field::IssuedOn | Field::DivisionCode => matches!(check, Check::Passport),
        }
    }
}

/// Why a passport that exists is not valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvalidReason {
    /// Its term is over.
    Expired,
    /// A newer one was issued.
    Replaced,
    /// Reported as lost.
    Lost,
    /// Reported as stolen.
    Stolen,
    /// Declared invalid: issued in breach of the rules, spoilt, taken away.
    DeclaredInvalid,
    /// The holder has died.
    HolderDied,
    /// The register has no passport with this series and number.
    NotIssued,
}

impl InvalidReason {
    /// Every reason.
    pub const ALL: [InvalidReason; 7] = [
        InvalidReason::Expired,
        InvalidReason::Replaced,
        InvalidReason::Lost,
        InvalidReason::Stolen,
        InvalidReason::DeclaredInvalid,
        InvalidReason::HolderDied,
        InvalidReason::NotIssued,
    ];

    /// The word of the protocol.
    pub const fn word(self) -> &'static str {
        match self {
            InvalidReason::Expired => "expired",
            InvalidReason::Replaced => "replaced",
            InvalidReason::Lost => "lost",
            InvalidReason::Stolen => "stolen",
            InvalidReason::DeclaredInvalid => "declared_invalid",
            InvalidReason::HolderDied => "holder_died",
            InvalidReason::NotIssued => "not_issued",
        }
    }
}

/// Why a register cannot say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotKnown {
    /// Several records fit.
    SeveralRecords,
    /// The record is being corrected.
    UnderCorrection,
    /// The register does not give out this record by itself (a protected person, a paper file).
    ByHandOnly,
}

impl NotKnown {
    /// The word of the protocol.
    pub const fn word(self) -> &'static str {
        match self {
            NotKnown::SeveralRecords => "several_records",
            NotKnown::UnderCorrection => "under_correction",
            NotKnown::ByHandOnly => "by_hand_only",
        }
    }
}

/// A register's final word on one question.
#[derive(Clone, PartialEq, Eq)]
pub enum Answer {
    /// Pension fund: all belongs together.
    Match,
    /// The record exists, and these values differ; at least one, each once.
    Mismatch {
        /// The doubted values.
        fields: Vec<Field>,
    },
    /// Pension fund: there is no such SNILS. Tax service: this person has no INN.
    NoSuch,
    /// Interior ministry: the passport is this person's and valid.
    Valid,
    /// Interior ministry: it is not.
    Invalid {
        /// Why.
        reason: InvalidReason,
    },
    /// Tax service: this is the person's INN.
    Found {
        /// The number.
        inn: InnPerson,
    },
    /// Any: the register cannot decide; a person has to.
    Unclear {
        /// Why.
        reason: NotKnown,
    },
}

impl Answer {
    /// The word of the protocol and of rows.
    pub const fn word(&self) -> &'static str {
        match self {
            Answer::Match => "match",
            Answer::Mismatch { .. } => "mismatch",
            Answer::NoSuch => "no_such",
            Answer::Valid => "valid",
            Answer::Invalid { .. } => "invalid",
            Answer::Found { .. } => "found",
            Answer::Unclear { .. } => "unclear",
        }
    }

    /// Whether this can be the answer to a question of this kind.
    pub fn suits(&self, check: Check) -> bool {
        match self {
            Answer::Match => check == Check::Snils,
            Answer::NoSuch => check != Check::Passport,
            Answer::Valid | Answer::Invalid { .. } => check == Check::Passport,
            Answer::Found { .. } => check == Check::Inn,
            Answer::Mismatch { fields } => {
                !fields.is_empty() && fields.iter().all(|field| field.belongs_to(check))
            }
            Answer::Unclear { .. } => true,
        }
    }
}

impl fmt::Debug for Answer {
    /// Shows the kind, the fields and the reasons; never a number.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Answer::Mismatch { fields } => write!(f, "Mismatch({fields:?})"),
            Answer::Invalid { reason } => write!(f, "Invalid({reason:?})"),
            Answer::Unclear { reason } => write!(f, "Unclear({reason:?})"),
            other => f.write_str(other.word()),
        }
    }
}

/// What became of one attempt to ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// The register has answered.
    Answered(Answer),
    /// It has taken the question and is working; collect after this span, or wait for the webhook.
    Pending {
        /// When to look again; within the configured bounds.
        ask_again_after: Span,
    },
    /// No answer this time, or none that can be believed: ask again later with the same id.
    Temporary {
        /// Our explanation, never a value.
        reason: String,
        /// The register's own wish, or the rest of the breaker's pause; at most the configured longest.
        retry_after: Option<Span>,
    },
    /// The register does not have this request (never had, or keeps it no longer): ask anew with the same id.
    Unknown,
    /// The register will not work this request in this form. Asking again does not help.
    Refused {
        /// The code of the protocol.
        reason: String,
    },
}

impl Asked {
    /// A temporary failure with this reason.
    pub fn temporary(reason: impl Into<String>) -> Asked {
        Asked::Temporary { reason: reason.into(), retry_after: None }
    }

    /// A refusal with this reason.
    pub fn refused(reason: impl Into<String>) -> Asked {
        Asked::Refused { reason: reason.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_suit_their_checks_only() {
        let inn = InnPerson::parse("500100732259").unwrap();
        let table = [
            (Answer::Match, [true, false, false]),
            (Answer::NoSuch, [true, false, true]),
            (Answer::Valid, [false, true, false]),
            (Answer::Invalid { reason: InvalidReason::Lost }, [false, true, false]),
            (Answer::Found { inn }, [false, false, true]),
            (Answer::Unclear { reason: NotKnown::ByHandOnly }, [true, true, true]),
            (Answer::Mismatch { fields: vec![] }, [false, false, false]),
            (Answer::Mismatch { fields: vec![Field::Surname] }, [true, true, true]),
            (Answer::Mismatch { fields: vec![Field::Surname, Field::Sex] }, [true, false, false]),
            (Answer::Mismatch { fields: vec![Field::IssuedOn] }, [false, true, false]),
        ];
        for (answer, suits) in table {
            assert_eq!([Check::Snils, Check::Passport, Check::Inn].map(|check| answer.suits(check)), suits);
        }
    }

    #[test]
    fn a_found_number_is_not_printed() {
        let inn = InnPerson::parse("500100732259").unwrap();
        assert_eq!(format!("{:?}", Asked::Answered(Answer::Found { inn })), "Answered(found)");
    }
}
