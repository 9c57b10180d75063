//! From refusals to the keys of their texts: each names what to do, with an example.

use super::field::Field;
use super::kinds::Kind;
use kernel::Refusal;

/// The key of the error at a field.
pub fn error(field: Field, refusal: Refusal) -> &'static str {
    match field.kind() {
        Kind::Name => name(field, refusal),
        Kind::Choice(_) | Kind::Tick => match field {
            Field::Sex | Field::ChildSex => "profile-error-sex",
            Field::Citizenship => "profile-error-citizenship",
            _ => "profile-error-document-kind",
        },
        Kind::Date => date(field, refusal),
        Kind::Line => line(field, refusal),
        Kind::DocumentNumber => document(refusal),
        Kind::Division => "profile-error-division",
        Kind::Snils => match refusal {
            Refusal::Empty => "profile-error-snils-empty",
            Refusal::Checksum => "profile-error-snils-checksum",
            _ => "profile-error-snils",
        },
        Kind::Inn => match refusal {
            Refusal::Checksum => "profile-error-inn-checksum",
            _ => "profile-error-inn",
        },
        Kind::Postcode => "profile-error-postcode",
        Kind::Licence => "profile-error-licence",
        Kind::Travel => "profile-error-travel",
        Kind::Oms => match refusal {
            Refusal::Checksum => "profile-error-oms-checksum",
            _ => "profile-error-oms",
        },
        Kind::Military => "profile-error-military",
        Kind::Plate => match refusal {
            Refusal::BadLetter | Refusal::BadChar => "profile-error-plate-letter",
            _ => "profile-error-plate",
        },
        Kind::Vin => match refusal {
            Refusal::BadLetter | Refusal::BadChar => "profile-error-vin-letter",
            _ => "profile-error-vin",
        },
        Kind::Certificate => "profile-error-certificate",
        Kind::BirthCertificate => match refusal {
            Refusal::Empty => "profile-error-birth-certificate-empty",
            Refusal::BadRoman => "profile-error-birth-certificate-roman",
            Refusal::BadLetter => "profile-error-birth-certificate-letter",
            _ => "profile-error-birth-certificate",
        },
    }
}

fn name(field: Field, refusal: Refusal) -> &'static str {
    match (refusal, field) {
        (Refusal::Empty, Field::Surname | Field::ChildSurname) => "web-field-surname-empty",
        (Refusal::Empty, Field::FirstName | Field::ChildFirstName) => "web-field-first-name-empty",
        (Refusal::Empty, _) => "profile-error-patronymic",
        (
            Refusal::WrongScript | Refusal::BadChar,
            Field::ChildSurname | Field::ChildFirstName | Field::ChildPatronymic,
        ) => "profile-error-child-name-russian",
        (Refusal::WrongScript | Refusal::BadChar, _) => "profile-error-name-russian",
        (Refusal::MixedScript, _) => "web-field-name-mixed",
        (Refusal::Digit, _) => "web-field-name-digit",
        (Refusal::TooLong, _) => "web-field-name-long",
        (Refusal::InvisibleChar | Refusal::ControlChar, _) => "web-field-name-invisible",
        _ => "web-field-name-other",
    }
}

fn date(field: Field, refusal: Refusal) -> &'static str {
    match (refusal, field) {
        (Refusal::Empty, Field::BirthDate | Field::ChildBirthDate) => "profile-error-birth-empty",
        (Refusal::Empty, _) => "profile-error-issued-empty",
        (Refusal::NoSuchDate, _) => "profile-error-date-none",
        (Refusal::BirthInFuture, _) => "profile-error-birth",
        (Refusal::IssueInFuture, _) => "profile-error-issued-future",
        (Refusal::IssuedBefore1997, _) => "profile-error-issued-1997",
        (Refusal::IssuedBefore14, _) => "profile-error-issued-14",
        (Refusal::Expired, Field::IssuedOn) => "profile-error-issued-grown",
        (Refusal::Expired, _) => "profile-error-expired",
        _ => "profile-error-date",
    }
}

fn line(field: Field, refusal: Refusal) -> &'static str {
    match (refusal, field) {
        (Refusal::Empty, Field::BirthPlace) => "profile-error-birth-place",
        (Refusal::Empty, Field::IssuedBy) => "profile-error-issued-by",
        (Refusal::Empty, Field::ChildIssuedBy) => "profile-error-child-issued-by",
        (Refusal::Empty, Field::Country) => "profile-error-country",
        (Refusal::Empty, Field::RegisteredRegion | Field::ResidenceRegion) => "profile-error-region",
        (Refusal::Empty, Field::RegisteredCity | Field::ResidenceCity) => "profile-error-city",
        (Refusal::Empty, _) => "profile-error-house",
        (Refusal::TooLong, _) => "profile-error-line-long",
        (Refusal::NoLetters, _) => "profile-error-line-empty",
        _ => "profile-error-line-char",
    }
}

fn document(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::Empty => "profile-error-document-empty",
        Refusal::BadLength => "profile-error-passport-length",
        Refusal::BadRegion | Refusal::AllZero => "profile-error-passport-zero",
        Refusal::MixedScript => "profile-error-document-mixed",
        _ => "profile-error-document",
    }
}
