//! The fields of «Мои данные»: what each is called, to which section it belongs, how it is typed.

use super::kinds::{Kind, Section};
use serde::{Deserialize, Serialize};

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
    /// A child's surname as in the certificate of birth.
    ChildSurname = "child_surname", Child, Kind::Name, "registration-surname";
    /// Their first name.
    ChildFirstName = "child_first_name", Child, Kind::Name, "registration-first-name";
    /// Their patronymic.
    ChildPatronymic = "child_patronymic", Child, Kind::Name, "registration-patronymic";
    /// The certificate has no patronymic.
    ChildNoPatronymic = "child_no_patronymic", Child, Kind::Tick, "profile-child-no-patronymic";
    /// Their sex.
    ChildSex = "child_sex", Child, Kind::Choice(SEXES), "profile-sex";
    /// When they were born.
    ChildBirthDate = "child_birth_date", Child, Kind::Date, "profile-birth-date";
    /// Series and number of the certificate of birth.
    ChildCertificate = "child_certificate", Child, Kind::BirthCertificate, "profile-birth-certificate";
    /// When it was issued.
    ChildIssuedOn = "child_issued_on", Child, Kind::Date, "profile-issued-on";
    /// The office that issued it.
    ChildIssuedBy = "child_issued_by", Child, Kind::Line, "profile-child-issued-by";
    /// The child's number of pension insurance.
    ChildSnils = "child_snils", Child, Kind::Snils, "profile-snils";
    /// How the person calls the vehicle.
    VehicleName = "vehicle_name", Vehicle, Kind::Line, "profile-vehicle-name";
    /// The plate.
    Plate = "plate", Vehicle, Kind::Plate, "profile-plate";
    /// The identification number of the vehicle.
    Vin = "vin", Vehicle, Kind::Vin, "profile-vin";
    /// The certificate of registration.
    Certificate = "certificate", Vehicle, Kind::Certificate, "profile-certificate";
}
