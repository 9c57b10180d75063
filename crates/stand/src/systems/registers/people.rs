//! The people that the registers know: invented from a fixed seed, the same at every start.
//!
//! Nobody is real: names are drawn from lists, SNILS begin with 9, a range that is not given out, and INN bear the
//! number of an office that does not exist. Control digits are right.

use super::names::{REGIONS, draw, pick};
use super::outcome::Outcome;
use kernel::ids::{DivisionCode, InnPerson, PassportRf};
use kernel::{Date, Rng, Snils};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// The seed of everybody.
const SEED: u64 = 0x5052_4953_5441_4e31;

/// The people with the numbers 0 to here pass every check.
pub const MATCHING: u32 = 5_000;

/// How many people there are of every other outcome.
pub const OF_EACH: u32 = 32;

/// How many people can be made beside them.
const MOST_MADE: usize = 100_000;

/// Sex as in the documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sex {
    /// Муж.
    Male,
    /// Жен.
    Female,
}

impl Sex {
    /// The letter of the portal's form.
    pub(super) const fn letter(self) -> &'static str {
        match self {
            Sex::Male => "m",
            Sex::Female => "f",
        }
    }

    fn from_letter(letter: &str) -> Option<Sex> {
        [Sex::Male, Sex::Female].into_iter().find(|sex| sex.letter() == letter)
    }
}

/// One invented person: the values to type.
#[derive(Clone, Debug)]
pub struct Person {
    /// The number on the stand.
    pub id: u32,
    /// What the checks lead to.
    pub outcome: Outcome,
    /// Фамилия.
    pub surname: String,
    /// Имя.
    pub first_name: String,
    /// Отчество; none for some.
    pub patronymic: Option<String>,
    /// Sex.
    pub sex: Sex,
    /// Day of birth.
    pub birth_date: Date,
    /// Place of birth.
    pub birth_place: String,
    /// Series of the passport, four digits.
    pub series: String,
    /// Number of the passport, six digits.
    pub number: String,
    /// Day of issue.
    pub issued_on: Date,
    /// The office that issued it.
    pub issued_by: String,
    /// Its code.
    pub division_code: DivisionCode,
    /// SNILS.
    pub snils: Snils,
    /// INN; none when the tax service has none.
    pub inn: Option<InnPerson>,
}

/// What can be asked for in a person that is made, by the names of the portal's form; the rest is invented.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Wanted {
    /// What the checks are to lead to.
    pub outcome: Outcome,
    /// Фамилия.
    pub surname: Option<String>,
    /// Имя.
    pub first_name: Option<String>,
    /// Отчество; an empty text for none.
    pub patronymic: Option<String>,
    /// Sex: `m` or `f`.
    pub sex: Option<String>,
    /// Day of birth.
    pub birth_date: Option<Date>,
    /// Series and number of the passport.
    pub document_number: Option<PassportRf>,
    /// Day of issue.
    pub issued_on: Option<Date>,
    /// Code of the office.
    pub division: Option<DivisionCode>,
    /// SNILS.
    pub snils: Option<Snils>,
    /// INN.
    pub inn: Option<InnPerson>,
}

/// Everybody, found by number, SNILS and passport.
pub struct People {
    all: Vec<Person>,
    by_snils: HashMap<String, u32>,
    by_passport: HashMap<String, u32>,
    rng: Rng,
}

impl People {
    /// Everybody from the seed.
    pub fn invent() -> People {
        let mut people = People {
            all: Vec::new(),
            by_snils: HashMap::new(),
            by_passport: HashMap::new(),
            rng: Rng::seeded(SEED),
        };
        for _ in 0..MATCHING {
            people.add(Outcome::Match);
        }
        for outcome in Outcome::all().skip(1) {
            for _ in 0..OF_EACH {
                people.add(outcome);
            }
        }
        people
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.all.len()
    }

    /// One by number.
    pub fn get(&self, id: u32) -> Option<&Person> {
        self.all.get(id as usize)
    }

    pub(super) fn get_mut(&mut self, id: u32) -> Option<&mut Person> {
        self.all.get_mut(id as usize)
    }

    /// The owner of a SNILS.
    pub fn by_snils(&self, snils: &Snils) -> Option<&Person> {
        self.by_snils.get(snils.as_str()).and_then(|id| self.get(*id))
    }

    /// The holder of a passport.
    pub fn by_passport(&self, passport: &PassportRf) -> Option<&Person> {
        self.by_passport.get(passport.as_str()).and_then(|id| self.get(*id))
    }

    /// Those of an outcome, or all, after a number; a text is looked for in names and numbers.
    pub fn find(&self, outcome: Option<Outcome>, text: &str, from: u32, limit: usize) -> Vec<&Person> {
        let wanted: Vec<String> = text.split_whitespace().map(key).collect();
        let fits = |person: &&Person| {
            person.id >= from
                && outcome.is_none_or(|outcome| person.outcome == outcome)
                && wanted.iter().all(|word| person.contains(word))
        };
        self.all.iter().filter(fits).take(limit).collect()
    }

    /// Makes one more person.
    ///
    /// # Errors
    /// What is wrong with the wish, in words.
    pub fn make(&mut self, wanted: Wanted) -> Result<Person, String> {
        if self.all.len() >= MATCHING as usize + MOST_MADE {
            return Err("there are enough people".to_owned());
        }
        let mut person = self.invented(wanted.outcome);
        if let Some(sex) = wanted.sex {
            let sex = Sex::from_letter(&sex).ok_or("sex: expected m or f")?;
            person.sex = sex;
            let (surname, first_name, patronymic) = draw(sex == Sex::Female, &mut self.rng);
            (person.surname, person.first_name, person.patronymic) = (surname, first_name, patronymic);
        }
        if let Some(patronymic) = wanted.patronymic {
            person.patronymic = Some(patronymic).filter(|text| !text.is_empty());
        }
        person.surname = wanted.surname.unwrap_or(person.surname);
        person.first_name = wanted.first_name.unwrap_or(person.first_name);
        person.birth_date = wanted.birth_date.unwrap_or(person.birth_date);
        person.issued_on = wanted.issued_on.unwrap_or(person.issued_on);
        person.division_code = wanted.division.unwrap_or(person.division_code);
        person.snils = wanted.snils.unwrap_or(person.snils);
        person.inn = wanted.inn.or(person.inn);
        if let Some((series, number)) =
            wanted.document_number.as_ref().and_then(|it| it.as_str().split_once(' '))
        {
            (person.series, person.number) = (series.to_owned(), number.to_owned());
        }
        if self.by_snils.contains_key(person.snils.as_str()) {
            return Err("snils: somebody has it".to_owned());
        }
        if self.by_passport.contains_key(&person.passport()) {
            return Err("document_number: somebody has it".to_owned());
        }
        self.keep(person.clone());
        Ok(person)
    }

    fn add(&mut self, outcome: Outcome) {
        let person = self.invented(outcome);
        self.keep(person);
    }

    fn keep(&mut self, person: Person) {
        self.by_snils.insert(person.snils.as_str().to_owned(), person.id);
        self.by_passport.insert(format!("{} {}", person.series, person.number), person.id);
        self.all.push(person);
    }

    /// A new person with numbers that nobody has.
    fn invented(&mut self, outcome: Outcome) -> Person {
        loop {
            let id = self.all.len() as u32;
            if let Some(person) = invent(id, outcome, &mut self.rng)
                && !self.by_snils.contains_key(person.snils.as_str())
                && !self.by_passport.contains_key(&format!("{} {}", person.series, person.number))
            {
                return person;
            }
        }
    }
}

impl Person {
    /// The passport as one value.
    pub fn passport(&self) -> String {
        format!("{} {}", self.series, self.number)
    }

    fn contains(&self, word: &str) -> bool {
        let names = [Some(&self.surname), Some(&self.first_name), self.patronymic.as_ref()];
        names.into_iter().flatten().any(|name| key(name).starts_with(word))
            || self.id.to_string() == word
            || self.snils.digits().starts_with(word)
            || self.series == word
            || self.number.starts_with(word)
            || self.inn.as_ref().is_some_and(|inn| inn.as_str().starts_with(word))
    }
}

/// A name in the form in which registers compare: capitals, Ё as Е.
pub(super) fn key(name: &str) -> String {
    name.to_uppercase().replace('Ё', "Е")
}

fn invent(id: u32, outcome: Outcome, rng: &mut Rng) -> Option<Person> {
    let sex = if rng.below(2) == 0 { Sex::Male } else { Sex::Female };
    let (surname, first_name, patronymic) = draw(sex == Sex::Female, rng);
    // Born so that nobody is to exchange the passport from 2025 to 2029: at 20 or 45 years.
    let year = if rng.below(3) == 0 { 1946 + rng.below(33) as i16 } else { 1985 + rng.below(19) as i16 };
    let birth_date = Date::new(year, 1 + rng.below(12) as i8, 1 + rng.below(28) as i8).ok()?;
    let exchanged = birth_date.plus_years(if year < 1985 { 45 } else { 20 });
    let issued_on = if exchanged.parts().0 < 1998 {
        Date::new(2000 + rng.below(4) as i16, 1, 10).ok()?.plus_days(rng.below(300) as i32)
    } else {
        exchanged.plus_days(10 + rng.below(200) as i32)
    };
    let (series, tax, office, place, issuer) = pick(&REGIONS, rng)?;
    let issued_year = issued_on.parts().0 % 100;
    let no_inn = outcome == Outcome::NoInn;
    Some(Person {
        id,
        outcome,
        surname,
        first_name,
        patronymic,
        sex,
        birth_date,
        birth_place: place.to_owned(),
        series: format!("{series}{issued_year:02}"),
        number: format!("{:06}", 100_000 + rng.below(899_999)),
        issued_on,
        issued_by: issuer.to_owned(),
        division_code: DivisionCode::parse(&format!("{office}-{:03}", 1 + rng.below(120))).ok()?,
        snils: snils(900_000_000 + rng.below(99_999_999))?,
        inn: if no_inn { None } else { Some(inn(tax, rng.below(1_000_000))?) },
    })
}

/// The SNILS with this serial number.
fn snils(serial: u64) -> Option<Snils> {
    let digits = format!("{serial:09}");
    let sum: u32 =
        digits.bytes().zip((1..=9).rev()).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    Snils::parse(&format!("{digits}{:02}", sum % 101 % 100)).ok()
}

/// The INN with this serial number, of an office 99 that no region has.
fn inn(region: &str, serial: u64) -> Option<InnPerson> {
    let mut digits = format!("{region}99{serial:06}");
    for weights in [&[7, 2, 4, 10, 3, 5, 9, 4, 6, 8][..], &[3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8][..]] {
        let sum: u32 =
            digits.bytes().zip(weights).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
        digits.push_str(&(sum % 11 % 10).to_string());
    }
    InnPerson::parse(&digits).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::ids::{PassportState, passport_state};

    #[test]
    fn thousands_of_people_whose_papers_are_in_order_for_years() {
        let people = People::invent();
        assert!(people.count() >= 5_000 + 32 * OF_EACH as usize);
        for person in &people.all {
            for day in [Date::new(2026, 1, 1).unwrap(), Date::new(2029, 6, 1).unwrap()] {
                let state = passport_state(person.birth_date, person.issued_on, day);
                assert_eq!(state, Ok(PassportState::Ok), "{person:?}");
            }
            assert!(PassportRf::parse(&person.passport()).is_ok());
            assert_eq!(person.inn.is_none(), person.outcome == Outcome::NoInn);
            assert!(
                kernel::NamePart::parse(&person.surname, kernel::Script::Ru).is_ok(),
                "{}",
                person.surname
            );
            for name in person.patronymic.iter().chain([&person.first_name]) {
                assert!(kernel::NamePart::parse(name, kernel::Script::Ru).is_ok(), "{name}");
            }
        }
        for outcome in Outcome::all() {
            assert!(people.find(Some(outcome), "", 0, 100).len() >= OF_EACH as usize);
        }
    }

    #[test]
    fn the_same_people_at_every_start() {
        let (one, two) = (People::invent(), People::invent());
        assert!(one.all.iter().zip(&two.all).all(|(a, b)| format!("{a:?}") == format!("{b:?}")));
        assert_eq!(one.get(17).unwrap().outcome, Outcome::Match);
    }

    #[test]
    fn people_are_found_and_made() {
        let mut people = People::invent();
        let found = people.get(17).unwrap().clone();
        assert_eq!(people.by_snils(&found.snils).unwrap().id, 17);
        let text = format!("{} {}", found.surname.to_lowercase(), found.first_name);
        assert!(people.find(None, &text, 0, 1000).iter().any(|person| person.id == 17));
        let wanted =
            Wanted { surname: Some("Ёжиков".into()), sex: Some("m".into()), ..Wanted::default() };
        let made = people.make(wanted).unwrap();
        assert_eq!((made.surname.as_str(), made.sex), ("Ёжиков", Sex::Male));
        assert_eq!(people.find(None, "ежиков", 0, 10).len(), 1);
        let again = Wanted { snils: Some(made.snils), ..Wanted::default() };
        assert!(people.make(again).unwrap_err().starts_with("snils"));
    }
}
