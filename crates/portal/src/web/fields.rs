//! From refusals to words at a field: which field, what is expected, with an example.

use super::texts;
use super::ui::Errors;
use kernel::Lang;
use kernel::password::PasswordFault;
use kernel::refusal::Refusal;

/// What a field asks for; chooses the words of its errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Part of a name.
    Name,
    /// A phone number.
    Phone,
    /// An e-mail address.
    Email,
}

/// An error of one field, not yet in a language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The field's name.
    pub field: &'static str,
    /// The key of the text.
    pub key: &'static str,
}

impl FieldError {
    /// An error with its own text.
    pub fn plain(field: &'static str, key: &'static str) -> FieldError {
        FieldError { field, key }
    }

    /// An error of a value type.
    pub fn refused(field: &'static str, kind: Kind, refusal: Refusal) -> FieldError {
        FieldError { field, key: refusal_key(field, kind, refusal) }
    }
}

fn refusal_key(field: &'static str, kind: Kind, refusal: Refusal) -> &'static str {
    match (kind, refusal) {
        (Kind::Name, Refusal::Empty) => match field {
            "surname" => "web-field-surname-empty",
            "first_name" => "web-field-first-name-empty",
            _ => "web-field-name-other",
        },
        (Kind::Name, Refusal::MixedScript) => "web-field-name-mixed",
        (Kind::Name, Refusal::Digit) => "web-field-name-digit",
        (Kind::Name, Refusal::TooLong) => "web-field-name-long",
        (Kind::Name, Refusal::InvisibleChar | Refusal::ControlChar) => "web-field-name-invisible",
        (Kind::Name, _) => "web-field-name-other",
        (Kind::Phone, Refusal::Empty) => "web-field-phone-empty",
        (Kind::Phone, Refusal::BadCountry) => "web-field-phone-country",
        (Kind::Phone, Refusal::NotMobile) => "web-field-phone-not-mobile",
        (Kind::Phone, Refusal::BadLength) => "web-field-phone-length",
        (Kind::Phone, Refusal::BadChar | Refusal::BadSeparator) => "web-field-phone-char",
        (Kind::Phone, _) => "web-field-phone-other",
        (Kind::Email, Refusal::Empty) => "web-field-email-empty",
        (Kind::Email, Refusal::BadAt | Refusal::EmptyPart) => "web-field-email-at",
        (Kind::Email, Refusal::NonAsciiLocal) => "web-field-email-latin",
        (Kind::Email, Refusal::MixedScript) => "web-field-email-mixed",
        (Kind::Email, Refusal::NoTld | Refusal::BadDomain) => "web-field-email-domain",
        (Kind::Email, _) => "web-field-email-other",
    }
}

/// The errors in a language, for the page.
pub fn in_words(lang: Lang, errors: &[FieldError]) -> Errors {
    let mut worded = Errors::new();
    for error in errors {
        worded.add(error.field, texts::text(lang, error.key));
    }
    worded
}

/// What is wrong with a password, in one sentence after another.
pub fn password_faults(lang: Lang, faults: &[PasswordFault], min: usize, max: usize) -> Option<String> {
    if faults.is_empty() {
        return None;
    }
    let sentences: Vec<String> = faults
        .iter()
        .map(|fault| {
            let key = match fault {
                PasswordFault::TooShort => "web-password-fault-short",
                PasswordFault::TooLong => "web-password-fault-long",
                PasswordFault::NoUpper => "web-password-fault-upper",
                PasswordFault::NoLower => "web-password-fault-lower",
                PasswordFault::NoDigit => "web-password-fault-digit",
                PasswordFault::NoSpecial => "web-password-fault-sign",
                PasswordFault::BadChar => "web-password-fault-char",
                PasswordFault::Common => "web-password-fault-common",
                PasswordFault::ContainsPersonal => "web-password-fault-personal",
            };
            texts::format(lang, key, &[("min", min.into()), ("max", max.into())])
        })
        .collect();
    Some(sentences.join(" "))
}
