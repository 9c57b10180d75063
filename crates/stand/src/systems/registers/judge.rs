//! What a register knows, and what it therefore answers. No I/O.

use super::Kind;
use super::outcome::Outcome;
use super::people::{People, Person, Sex, key};
use kernel::ids::{DivisionCode, PassportRf};
use kernel::{Date, NamePart, Snils};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A question whose values have the right form.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Question {
    about: About,
    surname: NamePart,
    first_name: NamePart,
    patronymic: Option<NamePart>,
    birth_date: Date,
}

#[derive(Clone, PartialEq, Eq)]
enum About {
    Snils(Snils, Sex),
    Passport(PassportRf, Date, DivisionCode),
    Inn(PassportRf),
}

/// Why a question is not worked: the code of the protocol and the value it is about.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unfit {
    /// Not of the form that the protocol describes.
    Malformed(String),
    /// A value that cannot exist.
    Invalid(&'static str),
}

#[derive(Deserialize)]
struct Body {
    request: String,
    check: String,
    snils: Option<String>,
    sex: Option<Sex>,
    series: Option<String>,
    number: Option<String>,
    issued_on: Option<String>,
    division_code: Option<String>,
    surname: String,
    first_name: String,
    patronymic: Option<String>,
    birth_date: String,
}

/// Reads the body of a check: the request's id and the question.
pub(super) fn read(body: &[u8], kind: Kind) -> Result<(String, Question), Unfit> {
    let body: Body = serde_json::from_slice(body).map_err(|error| Unfit::Malformed(error.to_string()))?;
    if body.check != kind.check() {
        return Err(Unfit::Malformed(format!("check: expected {}", kind.check())));
    }
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    if !(1..=64).contains(&body.request.len()) || !body.request.bytes().all(fits) {
        return Err(Unfit::Malformed("request: expected 1 to 64 letters, digits, _ and -".to_owned()));
    }
    let missing = |name: &str| Unfit::Malformed(format!("{name}: is missing"));
    let passport = || {
        let series = body.series.as_deref().ok_or_else(|| missing("series"))?;
        let number = body.number.as_deref().ok_or_else(|| missing("number"))?;
        PassportRf::parse(&format!("{series} {number}")).map_err(|_| Unfit::Invalid("number"))
    };
    let day = |text: &str, name| Date::parse_iso(text).map_err(|_| Unfit::Invalid(name));
    let about = match kind {
        Kind::Pension => {
            let snils = body.snils.as_deref().ok_or_else(|| missing("snils"))?;
            let snils = Snils::parse(snils).map_err(|_| Unfit::Invalid("snils"))?;
            About::Snils(snils, body.sex.ok_or_else(|| missing("sex"))?)
        }
        Kind::Interior => {
            let issued_on = body.issued_on.as_deref().ok_or_else(|| missing("issued_on"))?;
            let code = body.division_code.as_deref().ok_or_else(|| missing("division_code"))?;
            let code = DivisionCode::parse(code).map_err(|_| Unfit::Invalid("division_code"))?;
            About::Passport(passport()?, day(issued_on, "issued_on")?, code)
        }
        Kind::Tax => About::Inn(passport()?),
    };
    let name = |text: &str, name| NamePart::parse_any(text).map_err(|_| Unfit::Invalid(name));
    let question = Question {
        about,
        surname: name(&body.surname, "surname")?,
        first_name: name(&body.first_name, "first_name")?,
        patronymic: body.patronymic.as_deref().map(|text| name(text, "patronymic")).transpose()?,
        birth_date: day(&body.birth_date, "birth_date")?,
    };
    Ok((body.request, question))
}

/// What the registers have written down of a person; differs from what the person shows by the outcome.
pub(super) struct Record {
    surname: String,
    first_name: String,
    patronymic: Option<String>,
    birth_date: Date,
    sex: Sex,
    issued_on: Date,
    division_code: DivisionCode,
}

impl Record {
    /// The record of a person.
    pub(super) fn of(person: &Person) -> Record {
        let mut record = Record {
            surname: person.surname.clone(),
            first_name: person.first_name.clone(),
            patronymic: person.patronymic.clone(),
            birth_date: person.birth_date,
            sex: person.sex,
            issued_on: person.issued_on,
            division_code: person.division_code.clone(),
        };
        let female = person.sex == Sex::Female;
        match person.outcome {
            Outcome::MismatchSurname => record.surname.push_str("-Ким"),
            Outcome::MismatchFirstName => {
                record.first_name.push_str(if female { "-Мария" } else { "-Марк" })
            }
            Outcome::MismatchPatronymic => {
                let (one, other) = if female {
                    ("Ивановна", "Львовна")
                } else {
                    ("Иванович", "Львович")
                };
                let same = person.patronymic.as_deref() == Some(one);
                record.patronymic = Some(if same { other } else { one }.to_owned());
            }
            Outcome::MismatchBirthDate => record.birth_date = record.birth_date.plus_days(1),
            Outcome::MismatchSex => record.sex = if female { Sex::Male } else { Sex::Female },
            Outcome::MismatchIssuedOn => record.issued_on = record.issued_on.plus_days(1),
            Outcome::MismatchDivisionCode => record.division_code = other_office(&record.division_code),
            _ => {}
        }
        record
    }

    /// What differs from what the person shows: field and the register's value.
    pub(super) fn differences(&self, person: &Person) -> BTreeMap<&'static str, String> {
        let word = |sex: Sex| if sex == Sex::Male { "male" } else { "female" }.to_owned();
        let table = [
            ("surname", self.surname.clone(), person.surname.clone()),
            ("first_name", self.first_name.clone(), person.first_name.clone()),
            (
                "patronymic",
                self.patronymic.clone().unwrap_or_default(),
                person.patronymic.clone().unwrap_or_default(),
            ),
            ("birth_date", self.birth_date.iso(), person.birth_date.iso()),
            ("sex", word(self.sex), word(person.sex)),
            ("issued_on", self.issued_on.iso(), person.issued_on.iso()),
            (
                "division_code",
                self.division_code.as_str().to_owned(),
                person.division_code.as_str().to_owned(),
            ),
        ];
        table.into_iter().filter(|(_, has, shows)| has != shows).map(|(field, has, _)| (field, has)).collect()
    }
}

/// Another office of the same region.
fn other_office(code: &DivisionCode) -> DivisionCode {
    let (region, office) = code.as_str().split_once('-').unwrap_or(("770", "001"));
    let other = if office == "777" { "778" } else { "777" };
    DivisionCode::parse(&format!("{region}-{other}")).unwrap_or_else(|_| code.clone())
}

/// The answer to a question, and how it is given.
pub(super) fn answer(question: &Question, people: &People) -> (Value, Outcome) {
    let person = match &question.about {
        About::Snils(snils, _) => people.by_snils(snils),
        About::Passport(passport, ..) | About::Inn(passport) => people.by_passport(passport),
    };
    let Some(person) = person else {
        let unknown = match &question.about {
            About::Snils(..) => json!({ "outcome": "no_such" }),
            About::Passport(..) => json!({ "outcome": "invalid", "reason": "not_issued" }),
            About::Inn(_) => json!({ "outcome": "mismatch", "fields": ["series", "number"] }),
        };
        return (unknown, Outcome::Match);
    };
    (of_person(question, person), person.outcome)
}

fn of_person(question: &Question, person: &Person) -> Value {
    if let Some(reason) = unclear(person.outcome) {
        return json!({ "outcome": "unclear", "reason": reason });
    }
    let unknown_passport = person.outcome == Outcome::PassportNotIssued;
    match &question.about {
        About::Snils(..) if person.outcome == Outcome::NoSnils => return json!({ "outcome": "no_such" }),
        About::Passport(..) if unknown_passport => {
            return json!({ "outcome": "invalid", "reason": "not_issued" });
        }
        About::Inn(_) if unknown_passport => {
            return json!({ "outcome": "mismatch", "fields": ["series", "number"] });
        }
        _ => {}
    }
    let fields = doubted(question, &Record::of(person));
    if !fields.is_empty() {
        return json!({ "outcome": "mismatch", "fields": fields });
    }
    match &question.about {
        About::Snils(..) => json!({ "outcome": "match" }),
        About::Passport(..) => match invalid(person.outcome) {
            Some(reason) => json!({ "outcome": "invalid", "reason": reason }),
            None => json!({ "outcome": "valid" }),
        },
        About::Inn(_) => match &person.inn {
            Some(inn) => json!({ "outcome": "found", "inn": inn.as_str() }),
            None => json!({ "outcome": "no_such" }),
        },
    }
}

/// The fields of the question that differ from the record.
fn doubted(question: &Question, record: &Record) -> Vec<&'static str> {
    let patronymic = record.patronymic.as_deref().map(key);
    let mut table = vec![
        ("surname", question.surname.key() == key(&record.surname)),
        ("first_name", question.first_name.key() == key(&record.first_name)),
        ("patronymic", question.patronymic.as_ref().map(NamePart::key) == patronymic),
        ("birth_date", question.birth_date == record.birth_date),
    ];
    match &question.about {
        About::Snils(_, sex) => table.push(("sex", *sex == record.sex)),
        About::Passport(_, issued_on, code) => {
            table.push(("issued_on", *issued_on == record.issued_on));
            table.push(("division_code", *code == record.division_code));
        }
        About::Inn(_) => {}
    }
    table.into_iter().filter(|(_, same)| !same).map(|(field, _)| field).collect()
}

fn unclear(outcome: Outcome) -> Option<&'static str> {
    match outcome {
        Outcome::UnclearSeveralRecords => Some("several_records"),
        Outcome::UnclearUnderCorrection => Some("under_correction"),
        Outcome::UnclearByHandOnly => Some("by_hand_only"),
        _ => None,
    }
}

fn invalid(outcome: Outcome) -> Option<&'static str> {
    match outcome {
        Outcome::PassportExpired => Some("expired"),
        Outcome::PassportReplaced => Some("replaced"),
        Outcome::PassportLost => Some("lost"),
        Outcome::PassportStolen => Some("stolen"),
        Outcome::PassportDeclaredInvalid => Some("declared_invalid"),
        Outcome::PassportHolderDied => Some("holder_died"),
        _ => None,
    }
}

/// What a person's checks lead to after an event of this type and reason.
pub(super) fn after_event(kind: &str, reason: Option<&str>) -> Option<Outcome> {
    match (kind, reason) {
        ("death", _) => Some(Outcome::PassportHolderDied),
        ("name_change", _) => Some(Outcome::MismatchSurname),
        ("document_invalid", Some("not_issued")) => Some(Outcome::PassportNotIssued),
        ("document_invalid", Some(reason)) => {
            Outcome::all().find(|outcome| invalid(*outcome) == Some(reason))
        }
        _ => None,
    }
}
