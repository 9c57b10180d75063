//! How the fields are read and shown.

use super::field::Field;
use super::kinds::Kind;
use super::words;
use kernel::ids::{
    BirthCertificate, DivisionCode, DrivingLicence, ForeignDocument, InnPerson, MilitaryId, OmsPolicy,
    PassportIntl, PassportRf, Plate, PostalIndex, VehicleCertificate, Vin,
};
use kernel::{Date, Line, NamePart, Refusal, Script, Snils};

/// What a value is read against: other fields that decide on its form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Against {
    /// The identity document is a citizen's passport, so names are in Russian letters.
    pub citizen: bool,
}

impl Field {
    /// The field of a word.
    pub fn from_word(word: &str) -> Option<Field> {
        Field::ALL.iter().copied().find(|field| field.word() == word)
    }

    /// Reads what was typed into the form that is stored.
    ///
    /// # Errors
    /// Why it is refused; an empty text is `Empty` for every field but a tick.
    pub fn read(self, typed: &str, against: Against) -> Result<String, Refusal> {
        match self.kind() {
            Kind::Name => {
                let name = if against.citizen {
                    NamePart::parse(typed, Script::Ru)
                } else {
                    NamePart::parse_any(typed)
                };
                name.map(|name| name.as_str().to_owned())
            }
            Kind::Choice(words) => match words.iter().find(|word| **word == typed) {
                Some(word) => Ok((*word).to_owned()),
                None if typed.is_empty() => Err(Refusal::Empty),
                None => Err(Refusal::BadFormat),
            },
            Kind::Tick => Ok(if typed.is_empty() { "" } else { "yes" }.to_owned()),
            Kind::Date => day(typed).map(Date::iso),
            // A long name of an office is typed on two lines.
            Kind::Line => Line::parse(&typed.replace(['\r', '\n'], " ")).map(|line| line.as_str().to_owned()),
            Kind::DocumentNumber if against.citizen => {
                PassportRf::parse(typed).map(|number| number.as_str().to_owned())
            }
            Kind::DocumentNumber => ForeignDocument::parse(typed).map(|number| number.as_str().to_owned()),
            Kind::Division => DivisionCode::parse(typed).map(|code| code.as_str().to_owned()),
            Kind::Snils => Snils::parse(typed).map(|snils| snils.as_str().to_owned()),
            Kind::Inn => InnPerson::parse(typed).map(|inn| inn.as_str().to_owned()),
            Kind::Postcode => PostalIndex::parse(typed).map(|index| index.as_str().to_owned()),
            Kind::Licence => DrivingLicence::parse(typed).map(|licence| licence.as_str().to_owned()),
            Kind::Travel => PassportIntl::parse(typed).map(|passport| passport.as_str().to_owned()),
            Kind::Oms => OmsPolicy::parse(typed).map(|policy| policy.as_str().to_owned()),
            Kind::Military => MilitaryId::parse(typed).map(|card| card.as_str().to_owned()),
            Kind::Plate => Plate::parse_any(typed).map(|plate| plate.as_str().to_owned()),
            Kind::Vin => Vin::parse(typed).map(|vin| vin.as_str().to_owned()),
            Kind::Certificate => VehicleCertificate::parse(typed).map(|sts| sts.as_str().to_owned()),
            Kind::BirthCertificate => {
                BirthCertificate::parse(typed).map(|certificate| certificate.as_str().to_owned())
            }
        }
    }

    /// A stored value as its owner reads and types it.
    pub fn shown(self, stored: &str) -> String {
        match self.kind() {
            Kind::Date => Date::parse_iso(stored).map_or_else(|_| stored.to_owned(), Date::dmy),
            _ => stored.to_owned(),
        }
    }

    /// A stored value for the page that anybody may see who sits down at the person's computer.
    pub fn masked(self, stored: &str) -> String {
        let tail = |shown: usize| {
            let hidden = stored.chars().count().saturating_sub(shown);
            let masked = stored.chars().enumerate();
            masked.map(|(at, c)| if at < hidden && c.is_alphanumeric() { '•' } else { c }).collect()
        };
        match self.kind() {
            Kind::DocumentNumber
            | Kind::Licence
            | Kind::Travel
            | Kind::Military
            | Kind::Certificate
            | Kind::BirthCertificate => tail(3),
            Kind::Vin | Kind::Oms => tail(4),
            Kind::Snils => tail(2),
            Kind::Inn => tail(4),
            _ => self.shown(stored),
        }
    }

    /// The key of the error for a refusal.
    pub fn error(self, refusal: Refusal) -> &'static str {
        words::error(self, refusal)
    }
}

/// A day as people type it: `5.11.1984`, `05/11/1984`, `05 11 1984`, `05111984`, and as browsers send it.
fn day(typed: &str) -> Result<Date, Refusal> {
    let text = kernel::text::bounded(typed)?;
    let parts: Vec<&str> = text.split(['.', '/', ' ', '\u{a0}', ',']).collect();
    match parts.as_slice() {
        [day, month, year] => Date::parse_dmy(&format!("{day:0>2}.{month:0>2}.{year}")),
        [digits] if digits.len() == 8 && digits.bytes().all(|b| b.is_ascii_digit()) => {
            let (day, rest) = digits.split_at(2);
            let (month, year) = rest.split_at(2);
            Date::parse_dmy(&format!("{day}.{month}.{year}"))
        }
        _ => Date::parse(text),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{List, Section};
    use super::*;

    const CITIZEN: Against = Against { citizen: true };

    #[test]
    fn words_are_unique_and_lead_back() {
        for field in Field::ALL {
            assert_eq!(Field::from_word(field.word()), Some(*field));
            assert!(field.section().fields().any(|other| other == *field));
        }
        let lists = List::ALL.map(List::section);
        let all: usize = Section::ALL.iter().chain(&lists).map(|section| section.fields().count()).sum();
        assert_eq!(all, Field::ALL.len());
        for section in Section::ALL {
            assert_eq!(Section::from_word(section.word()), Some(section));
        }
    }

    #[test]
    fn typed_values_become_stored_ones() {
        for (field, typed, stored) in [
            (Field::Surname, " Береговой ", "Береговой"),
            (Field::BirthDate, "5.11.1984", "1984-11-05"),
            (Field::BirthDate, "05/11/1984", "1984-11-05"),
            (Field::BirthDate, "05111984", "1984-11-05"),
            (Field::BirthDate, "1984-11-05", "1984-11-05"),
            (Field::DocumentNumber, "45 10 123456", "4510 123456"),
            (Field::Division, "770001", "770-001"),
            (Field::Snils, "11223344595", "112-233-445 95"),
            (Field::Inn, "522190713825", "522190713825"),
            (Field::NoPatronymic, "yes", "yes"),
            (Field::NoPatronymic, "", ""),
            (Field::Sex, "f", "f"),
            (Field::RegisteredPostcode, "127006", "127006"),
            (Field::DrivingLicence, "77 12 345678", "7712 345678"),
            (Field::TravelPassport, "77 № 1431346", "77 1431346"),
            (Field::OmsPolicy, "7700 0031 1234 5675", "7700003112345675"),
            (Field::Vin, "xta210990y2765499", "XTA210990Y2765499"),
            (Field::Plate, "a123bc 77", "А123ВС77"),
            (Field::Plate, "1234АА77", "1234АА77"),
            (Field::MilitaryId, "аб 1234567", "АБ 1234567"),
            (Field::Certificate, "13НМ725223", "13НМ 725223"),
            (Field::ChildCertificate, "ii мю №123456", "II-МЮ 123456"),
            (Field::VehicleName, " Семейная ", "Семейная"),
        ] {
            assert_eq!(field.read(typed, CITIZEN).as_deref(), Ok(stored), "{field:?}");
        }
        assert_eq!(Field::Surname.read("Smith", CITIZEN), Err(Refusal::WrongScript));
        assert!(Field::Surname.read("Smith", Against { citizen: false }).is_ok());
        assert!(Field::DocumentNumber.read("AB1234567", Against { citizen: false }).is_ok());
        assert_eq!(Field::Sex.read("x", CITIZEN), Err(Refusal::BadFormat));
    }

    #[test]
    fn a_stranger_at_the_computer_sees_no_whole_number() {
        assert_eq!(Field::DocumentNumber.masked("4510 123456"), "•••• •••456");
        assert_eq!(Field::Snils.masked("112-233-445 95"), "•••-•••-••• 95");
        assert_eq!(Field::Inn.masked("522190713825"), "••••••••3825");
        assert_eq!(Field::ChildCertificate.masked("II-МЮ 123456"), "••-•• •••456");
        assert_eq!(Field::BirthDate.masked("1984-11-05"), "05.11.1984");
    }
}
