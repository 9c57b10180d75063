//! From the values of a sending to questions, and from doubted fields back to those of the form.

use crate::profile::{Field, Judge, Profile};
use gateway::register::{self, Answer, Check, InvalidReason, Person, Question, Sex};
use kernel::ids::{DivisionCode, PassportRf};
use kernel::{Date, Snils};
use std::collections::BTreeMap;

/// The values of a profile as they were sent, by the words of their fields.
pub type Sent = BTreeMap<String, String>;

/// The fields that go to registers.
const SENT: [Field; 11] = [
    Field::Surname,
    Field::FirstName,
    Field::Patronymic,
    Field::Sex,
    Field::BirthDate,
    Field::DocumentNumber,
    Field::IssuedOn,
    Field::IssuedBy,
    Field::Division,
    Field::Snils,
    Field::Inn,
];

/// What staff need besides to look at a document that no register knows.
const FOREIGN: [Field; 4] = [Field::DocumentKind, Field::Citizenship, Field::Country, Field::ValidUntil];

/// The fields that are sent for such a document.
fn fields(citizen: bool) -> impl Iterator<Item = Field> {
    SENT.into_iter().chain(FOREIGN.into_iter().filter(move |_| !citizen))
}

/// Whether the document is one that a register knows.
pub fn is_known(sent: &Sent) -> bool {
    !sent.contains_key(Field::DocumentKind.word())
}

/// What would be sent now.
pub fn collect(judge: &Judge<'_>, citizen: bool) -> Sent {
    let of = |field: Field| Some((field.word().to_owned(), judge.effective(field)?));
    fields(citizen)
        .filter(|field| judge.applies(*field))
        .filter_map(of)
        .filter(|(_, text)| !text.is_empty())
        .collect()
}

/// Whether what would be sent now differs from what registers confirmed. An INN helps and decides nothing: only another
/// one than the confirmed differs. Who issued the passport is asked of nobody.
pub fn differs(profile: &Profile, judge: &Judge<'_>) -> bool {
    let asked = fields(profile.against().citizen).filter(|field| *field != Field::IssuedBy);
    asked.into_iter().any(|field| {
        let now =
            if judge.applies(field) { judge.effective(field).unwrap_or_default() } else { String::new() };
        match profile.value(field).filter(|value| value.confirmed.is_some()) {
            Some(_) if field == Field::Inn && now.is_empty() => false,
            Some(value) => value.text != now,
            None => field != Field::Inn && !now.is_empty(),
        }
    })
}

/// The fields that a piece of evidence vouches for.
pub const fn vouched(check: Check) -> &'static [Field] {
    match check {
        Check::Snils => {
            &[Field::Surname, Field::FirstName, Field::Patronymic, Field::Sex, Field::BirthDate, Field::Snils]
        }
        Check::Passport => &[
            Field::Surname,
            Field::FirstName,
            Field::Patronymic,
            Field::BirthDate,
            Field::DocumentNumber,
            Field::IssuedOn,
            Field::Division,
        ],
        Check::Inn => &[Field::Inn],
    }
}

/// The question of a check; `None` when the values do not make one: no register knows foreign documents.
pub fn question(check: Check, sent: &Sent) -> Option<Question> {
    let text = |field: Field| sent.get(field.word()).map(String::as_str);
    let date = |field: Field| Date::parse_iso(text(field)?).ok();
    let person = Person {
        surname: text(Field::Surname)?.to_owned(),
        first_name: text(Field::FirstName)?.to_owned(),
        patronymic: text(Field::Patronymic).map(str::to_owned),
        birth_date: date(Field::BirthDate)?,
    };
    let passport = || PassportRf::parse(text(Field::DocumentNumber).filter(|_| is_known(sent))?).ok();
    Some(match check {
        Check::Snils => Question::Snils {
            snils: Snils::parse(text(Field::Snils)?).ok()?,
            sex: if text(Field::Sex)? == "m" { Sex::Male } else { Sex::Female },
            person,
        },
        Check::Passport => Question::Passport {
            passport: passport()?,
            issued_on: date(Field::IssuedOn)?,
            division_code: DivisionCode::parse(text(Field::Division)?).ok()?,
            person,
        },
        Check::Inn => Question::Inn { passport: passport()?, person },
    })
}

/// The form's field of a doubted one.
const fn form_field(field: register::Field) -> Field {
    match field {
        register::Field::Surname => Field::Surname,
        register::Field::FirstName => Field::FirstName,
        register::Field::Patronymic => Field::Patronymic,
        register::Field::BirthDate => Field::BirthDate,
        register::Field::Sex => Field::Sex,
        register::Field::Snils => Field::Snils,
        register::Field::Series | register::Field::Number => Field::DocumentNumber,
        register::Field::IssuedOn => Field::IssuedOn,
        register::Field::DivisionCode => Field::Division,
    }
}

/// Which fields of the form an answer doubts, and the word of its reason.
pub fn doubts(check: Check, sent: &Sent, answer: &Answer) -> (Vec<Field>, &'static str) {
    match answer {
        Answer::Mismatch { fields } => {
            let mut doubted: Vec<Field> = fields.iter().map(|field| form_field(*field)).collect();
            doubted.sort();
            doubted.dedup();
            (doubted, "mismatch")
        }
        Answer::NoSuch if check == Check::Snils => (vec![Field::Snils], "no_such"),
        Answer::Invalid { reason: reason @ InvalidReason::NotIssued } => {
            (vec![Field::DocumentNumber], reason.word())
        }
        Answer::Invalid { reason } => (vec![Field::DocumentNumber], reason.word()),
        // Typed, and not the one that the register knows.
        Answer::Found { inn } if sent.get(Field::Inn.word()).is_some_and(|typed| typed != inn.as_str()) => {
            (vec![Field::Inn], "mismatch")
        }
        Answer::Unclear { reason } => (Vec::new(), reason.word()),
        _ => (Vec::new(), ""),
    }
}
