//! The fields of «Мои данные»: what each is called, to which section it belongs, how it is read and shown.

use super::words;
use kernel::ids::{
    DivisionCode, DrivingLicence, ForeignDocument, InnPerson, MilitaryId, OmsPolicy, PassportIntl,
    PassportRf, Plate, PostalIndex, VehicleCertificate, Vin,
};
use kernel::{Date, Line, NamePart, Refusal, Script, Snils};
use serde::{Deserialize, Serialize};

/// A part of the profile with a page of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// Names, sex, birth, citizenship.
    Personal,
    /// The identity document.
    Document,
    /// SNILS and INN.
    Numbers,
    /// Where the person is registered.
    Registered,
    /// Where they live.
    Residence,
    /// Documents besides the one that proves who they are.
    Further,
    /// Their car or motorcycle.
    Vehicle,
}

impl Section {
    /// All, in the order of the page.
    pub const ALL: [Section; 7] = [
        Section::Personal,
        Section::Document,
        Section::Numbers,
        Section::Registered,
        Section::Residence,
        Section::Further,
        Section::Vehicle,
    ];

    /// The word in addresses.
    pub const fn word(self) -> &'static str {
        match self {
            Section::Personal => "personal",
            Section::Document => "document",
            Section::Numbers => "numbers",
            Section::Registered => "registered",
            Section::Residence => "residence",
            Section::Further => "further",
            Section::Vehicle => "vehicle",
        }
    }

    /// The section of a word.
    pub fn from_word(word: &str) -> Option<Section> {
        Section::ALL.into_iter().find(|section| section.word() == word)
    }

    /// Whether all of it may stay empty: not everybody has such things.
    pub const fn is_optional(self) -> bool {
        matches!(self, Section::Further | Section::Vehicle)
    }

    /// Its fields, in the order of the form.
    pub fn fields(self) -> impl Iterator<Item = Field> {
        Field::ALL.iter().copied().filter(move |field| field.section() == self)
    }
}

/// How a field is typed, which also chooses the words of its errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A part of a name.
    Name,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A box to tick: `yes` or nothing.
    Tick,
    /// A day.
    Date,
    /// A line of text.
    Line,
    /// Series and number of the document that was chosen.
    DocumentNumber,
    /// The code of the office that issued a passport.
    Division,
    /// The number of pension insurance.
    Snils,
    /// The taxpayer number.
    Inn,
    /// A postal index.
    Postcode,
    /// A driving licence.
    Licence,
    /// A passport for travel.
    Travel,
    /// A policy of medical insurance.
    Oms,
    /// A military identity card.
    Military,
    /// A vehicle's plate.
    Plate,
    /// A vehicle's identification number.
    Vin,
    /// A vehicle's certificate of registration.
    Certificate,
}

/// Declares the fields with everything that is said of them, so that none is forgotten anywhere.
macro_rules! fields {
    ($($(#[$doc:meta])* $name:ident = $word:literal, $section:ident, $kind:expr, $label:literal;)*) => {
        /// A field of the profile.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Field {$(
            $(#[$doc])*
            #[serde(rename = $word)]
            $name,
        )*}

        impl Field {
            /// Every field, in the order of the forms.
            pub const ALL: &'static [Field] = &[$(Field::$name),*];

            /// The word in forms, in the sealed document and in the journal.
            pub const fn word(self) -> &'static str {
                match self { $(Field::$name => $word),* }
            }

            /// The section that shows it.
            pub const fn section(self) -> Section {
                match self { $(Field::$name => Section::$section),* }
            }

            /// How it is typed.
            pub const fn kind(self) -> Kind {
                match self { $(Field::$name => $kind),* }
            }

            /// The key of its label.
            pub const fn label(self) -> &'static str {
                match self { $(Field::$name => $label),* }
            }
        }
    };
}

/// The words of [`Field::Sex`].
pub const SEXES: &[&str] = &["m", "f"];
/// The words of [`Field::Citizenship`].
pub const CITIZENSHIPS: &[&str] = &["rus", "other", "none"];
/// The words of [`Field::DocumentKind`]; the first is the passport of a citizen.
pub const DOCUMENTS: &[&str] =
    &["passport_rf", "foreign_passport", "residence_permit", "refugee", "temporary_id"];

fields! {
    /// Surname as in the document.
    Surname = "surname", Personal, Kind::Name, "registration-surname";
    /// First name as in the document.
    FirstName = "first_name", Personal, Kind::Name, "registration-first-name";
    /// Patronymic as in the document.
    Patronymic = "patronymic", Personal, Kind::Name, "registration-patronymic";
    /// The document has no patronymic.
    NoPatronymic = "no_patronymic", Personal, Kind::Tick, "profile-no-patronymic";
    /// Sex as in the document.
    Sex = "sex", Personal, Kind::Choice(SEXES), "profile-sex";
    /// Date of birth.
    BirthDate = "birth_date", Personal, Kind::Date, "profile-birth-date";
    /// Place of birth as in the document.
    BirthPlace = "birth_place", Personal, Kind::Line, "profile-birth-place";
    /// Whether the person is a citizen of Russia, of another country or of none.
    Citizenship = "citizenship", Personal, Kind::Choice(CITIZENSHIPS), "profile-citizenship";
    /// The other country.
    Country = "country", Personal, Kind::Line, "profile-country";
    /// What kind the identity document is of.
    DocumentKind = "document_kind", Document, Kind::Choice(DOCUMENTS), "profile-document-kind";
    /// Its series and number.
    DocumentNumber = "document_number", Document, Kind::DocumentNumber, "profile-document-number";
    /// When it was issued.
    IssuedOn = "issued_on", Document, Kind::Date, "profile-issued-on";
    /// The office that issued it.
    IssuedBy = "issued_by", Document, Kind::Line, "profile-issued-by";
    /// The code of that office; citizens' passports only.
    Division = "division", Document, Kind::Division, "profile-division";
    /// Its last day; other documents only.
    ValidUntil = "valid_until", Document, Kind::Date, "profile-valid-until";
    /// The number of pension insurance.
    Snils = "snils", Numbers, Kind::Snils, "profile-snils";
    /// The taxpayer number.
    Inn = "inn", Numbers, Kind::Inn, "profile-inn";
    /// Postal index of the registered address.
    RegisteredPostcode = "registered_postcode", Registered, Kind::Postcode, "profile-postcode";
    /// Region of the registered address.
    RegisteredRegion = "registered_region", Registered, Kind::Line, "profile-region";
    /// District of the registered address.
    RegisteredDistrict = "registered_district", Registered, Kind::Line, "profile-district";
    /// Town or village of the registered address.
    RegisteredCity = "registered_city", Registered, Kind::Line, "profile-city";
    /// Street of the registered address.
    RegisteredStreet = "registered_street", Registered, Kind::Line, "profile-street";
    /// House of the registered address.
    RegisteredHouse = "registered_house", Registered, Kind::Line, "profile-house";
    /// Flat of the registered address.
    RegisteredFlat = "registered_flat", Registered, Kind::Line, "profile-flat";
    /// The person lives where they are registered.
    SameAddress = "same_address", Residence, Kind::Tick, "profile-same-address";
    /// Postal index of the residence.
    ResidencePostcode = "residence_postcode", Residence, Kind::Postcode, "profile-postcode";
    /// Region of the residence.
    ResidenceRegion = "residence_region", Residence, Kind::Line, "profile-region";
    /// District of the residence.
    ResidenceDistrict = "residence_district", Residence, Kind::Line, "profile-district";
    /// Town or village of the residence.
    ResidenceCity = "residence_city", Residence, Kind::Line, "profile-city";
    /// Street of the residence.
    ResidenceStreet = "residence_street", Residence, Kind::Line, "profile-street";
    /// House of the residence.
    ResidenceHouse = "residence_house", Residence, Kind::Line, "profile-house";
    /// Flat of the residence.
    ResidenceFlat = "residence_flat", Residence, Kind::Line, "profile-flat";
    /// Series and number of the driving licence.
    DrivingLicence = "driving_licence", Further, Kind::Licence, "profile-licence";
    /// Series and number of the passport for travel.
    TravelPassport = "travel_passport", Further, Kind::Travel, "profile-travel";
    /// The policy of compulsory medical insurance.
    OmsPolicy = "oms_policy", Further, Kind::Oms, "profile-oms";
    /// The military identity card.
    MilitaryId = "military_id", Further, Kind::Military, "profile-military";
    /// The plate.
    Plate = "plate", Vehicle, Kind::Plate, "profile-plate";
    /// The identification number of the vehicle.
    Vin = "vin", Vehicle, Kind::Vin, "profile-vin";
    /// The certificate of registration.
    Certificate = "certificate", Vehicle, Kind::Certificate, "profile-certificate";
}

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
            Kind::DocumentNumber | Kind::Licence | Kind::Travel | Kind::Military | Kind::Certificate => {
                tail(3)
            }
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
    use super::*;

    const CITIZEN: Against = Against { citizen: true };

    #[test]
    fn words_are_unique_and_lead_back() {
        for field in Field::ALL {
            assert_eq!(Field::from_word(field.word()), Some(*field));
            assert!(field.section().fields().any(|other| other == *field));
        }
        let all: usize = Section::ALL.iter().map(|section| section.fields().count()).sum();
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
        assert_eq!(Field::BirthDate.masked("1984-11-05"), "05.11.1984");
    }
}
