//! What is asked. Values are checked already: a register is not bothered with a number that cannot exist.

use kernel::ids::{DivisionCode, PassportRf};
use kernel::{Date, Snils};
use serde::{Deserialize, Serialize};
use std::fmt;

/// One of the registers of spec 02; each answers one check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Register {
    /// The pension fund: is this SNILS this person's?
    Pension,
    /// The interior ministry: is this passport this person's, and valid?
    Interior,
    /// The tax service: which INN has the person with this passport?
    Tax,
}

impl Register {
    /// Every register, in the order of the pages.
    pub const ALL: [Register; 3] = [Register::Pension, Register::Interior, Register::Tax];

    /// The word of addresses and settings.
    pub const fn word(self) -> &'static str {
        match self {
            Register::Pension => "pension",
            Register::Interior => "interior",
            Register::Tax => "tax",
        }
    }

    /// The register of a word.
    pub fn from_word(word: &str) -> Option<Register> {
        Register::ALL.into_iter().find(|register| register.word() == word)
    }

    /// The check that it answers.
    pub const fn check(self) -> Check {
        match self {
            Register::Pension => Check::Snils,
            Register::Interior => Check::Passport,
            Register::Tax => Check::Inn,
        }
    }
}

/// The kinds of questions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Check {
    /// SNILS, name, birth date and sex belong together.
    Snils,
    /// The passport exists, is this person's, and is valid.
    Passport,
    /// The INN of a person, found by the passport.
    Inn,
}

impl Check {
    /// The word of the protocol and of rows.
    pub const fn word(self) -> &'static str {
        match self {
            Check::Snils => "snils",
            Check::Passport => "passport",
            Check::Inn => "inn",
        }
    }

    /// The register that answers it.
    pub const fn register(self) -> Register {
        match self {
            Check::Snils => Register::Pension,
            Check::Passport => Register::Interior,
            Check::Inn => Register::Tax,
        }
    }
}

/// The caller's own id of one check: 1 to 64 letters, digits, `_` and `-` of ASCII. It stands in addresses and logs,
/// so it says nothing about the person.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RequestId(String);

impl RequestId {
    /// Reads an id; `None` when it has another form.
    pub fn parse(text: &str) -> Option<RequestId> {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        ((1..=64).contains(&text.len()) && text.bytes().all(fits)).then(|| RequestId(text.to_owned()))
    }

    /// The text form.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Sex as in the documents.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sex {
    /// Муж.
    Male,
    /// Жен.
    Female,
}

/// Names exactly as in the document, and the day of birth.
#[derive(Clone, PartialEq, Eq)]
pub struct Person {
    /// Фамилия.
    pub surname: String,
    /// Имя.
    pub first_name: String,
    /// Отчество; `None` when the person has none.
    pub patronymic: Option<String>,
    /// Day of birth.
    pub birth_date: Date,
}

/// One question to a register.
#[derive(Clone, PartialEq, Eq)]
pub enum Question {
    /// To the pension fund.
    Snils {
        /// The number.
        snils: Snils,
        /// Sex.
        sex: Sex,
        /// The person.
        person: Person,
    },
    /// To the interior ministry.
    Passport {
        /// Series and number.
        passport: PassportRf,
        /// The day of issue.
        issued_on: Date,
        /// The code of the office that issued it.
        division_code: DivisionCode,
        /// The person.
        person: Person,
    },
    /// To the tax service.
    Inn {
        /// Series and number of the passport.
        passport: PassportRf,
        /// The person.
        person: Person,
    },
}

impl Question {
    /// Its kind.
    pub const fn check(&self) -> Check {
        match self {
            Question::Snils { .. } => Check::Snils,
            Question::Passport { .. } => Check::Passport,
            Question::Inn { .. } => Check::Inn,
        }
    }

    /// Whom it is about.
    pub const fn person(&self) -> &Person {
        match self {
            Question::Snils { person, .. }
            | Question::Passport { person, .. }
            | Question::Inn { person, .. } => person,
        }
    }
}

impl fmt::Debug for Sex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sex(…)")
    }
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Person(…)")
    }
}

impl fmt::Debug for Question {
    /// Shows the kind alone.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Question({})", self.check().word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_fit_addresses_and_headers() {
        assert!(RequestId::parse("chk_0193f0aa-1").is_some());
        for bad in ["", " a", "a/b", "a%2e", "..", "чек", "a\r\nb", &"x".repeat(65)] {
            assert!(RequestId::parse(bad).is_none(), "{bad:?}");
        }
    }

    #[test]
    fn nothing_of_a_person_is_printed() {
        let person = Person {
            surname: "Ковалёва".into(),
            first_name: "Анна".into(),
            patronymic: Some("Петровна".into()),
            birth_date: Date::new(1987, 3, 14).unwrap(),
        };
        let snils = Snils::parse("112-233-445 95").unwrap();
        let question = Question::Snils { snils, sex: Sex::Female, person };
        assert_eq!(format!("{question:?}"), "Question(snils)");
        assert_eq!(format!("{:?}{:?}", question.person(), Sex::Female), "Person(…)Sex(…)");
    }

    #[test]
    fn a_register_answers_one_check() {
        for register in Register::ALL {
            assert_eq!(register.check().register(), register);
            assert_eq!(Register::from_word(register.word()), Some(register));
        }
        assert_eq!(Register::from_word("Pension"), None);
    }
}
