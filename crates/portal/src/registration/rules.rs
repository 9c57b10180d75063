//! What a registration consists of and which step comes next. No storage, no clock.

use crate::accounts::{ContactType, Login, Person};
use crate::web::fields::{self, FieldError};
use kernel::Time;
use kernel::email::Email;
use kernel::name::NamePart;
use kernel::phone::Phone;
use serde::{Deserialize, Serialize};

/// How far a contact is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Proof {
    /// A code was or will be sent.
    #[default]
    Waiting,
    /// The person holds it.
    Confirmed,
    /// The person holds it, and it belongs to an account: they must decide what to do.
    Taken,
    /// As `Taken`, and the person says that it is theirs now: it moves to the new account.
    Claimed,
    /// Left for later; it does not come into the account.
    Later,
}

impl Proof {
    /// Whether the contact comes into the account.
    pub fn counts(self) -> bool {
        matches!(self, Proof::Confirmed | Proof::Claimed)
    }
}

/// A contact of a draft.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftContact {
    /// E.164 number or address.
    pub value: String,
    /// How far it is.
    #[serde(default)]
    pub proof: Proof,
}

/// An unfinished registration, as sealed in its row.
#[derive(Clone, Serialize, Deserialize)]
pub struct Draft {
    /// The names.
    pub person: Person,
    /// The phone, when one was given.
    pub phone: Option<DraftContact>,
    /// The e-mail address, when one was given.
    pub email: Option<DraftContact>,
    /// When both consents were given.
    pub consent_at: Time,
    /// From which address.
    pub consent_address: String,
    /// The versions that were agreed to: user agreement, data processing.
    pub consent_versions: (String, String),
}

/// The steps in their order (spec 01 §1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A contact waits for its code.
    Confirm(ContactType),
    /// A confirmed contact belongs to an account: sign in, recover, or say that it is yours.
    Taken(ContactType),
    /// At least one contact is confirmed: set a password.
    Password,
    /// Every contact was left for later or given up: back to the beginning.
    Data,
}

impl Draft {
    /// The contacts in the order in which they are confirmed.
    pub fn contacts(&self) -> impl Iterator<Item = (ContactType, &DraftContact)> {
        let phone = self.phone.iter().map(|contact| (ContactType::Phone, contact));
        phone.chain(self.email.iter().map(|contact| (ContactType::Email, contact)))
    }

    /// One contact.
    pub fn contact(&self, kind: ContactType) -> Option<&DraftContact> {
        match kind {
            ContactType::Phone => self.phone.as_ref(),
            ContactType::Email => self.email.as_ref(),
        }
    }

    /// Sets how far a contact is.
    pub fn prove(&mut self, kind: ContactType, proof: Proof) {
        let contact = match kind {
            ContactType::Phone => self.phone.as_mut(),
            ContactType::Email => self.email.as_mut(),
        };
        if let Some(contact) = contact {
            contact.proof = proof;
        }
    }

    /// The next step.
    pub fn step(&self) -> Step {
        for (kind, contact) in self.contacts() {
            match contact.proof {
                Proof::Waiting => return Step::Confirm(kind),
                Proof::Taken => return Step::Taken(kind),
                Proof::Confirmed | Proof::Claimed | Proof::Later => {}
            }
        }
        if self.contacts().any(|(_, contact)| contact.proof.counts()) { Step::Password } else { Step::Data }
    }

    /// Whether a contact may be left for later: the other one is confirmed or can still be.
    pub fn may_leave(&self, kind: ContactType) -> bool {
        self.contacts().any(|(other, contact)| {
            other != kind && (contact.proof.counts() || contact.proof == Proof::Waiting)
        })
    }

    /// The confirmed contacts as logins, primary first.
    pub fn logins(&self) -> Vec<(Login, Proof)> {
        self.contacts()
            .filter(|(_, contact)| contact.proof.counts())
            .filter_map(|(kind, contact)| Some((login(kind, &contact.value)?, contact.proof)))
            .collect()
    }

    /// The words that must not be in the password: names, phone, e-mail.
    pub fn personal_words(&self) -> Vec<String> {
        let mut words = vec![self.person.surname.clone(), self.person.first_name.clone()];
        words.extend(self.person.patronymic.clone());
        words.extend(self.contacts().map(|(_, contact)| contact.value.clone()));
        words
    }

    /// Takes over newly typed data; a contact that stays the same keeps its proof.
    pub fn merge(mut self, old: Option<&Draft>) -> Draft {
        let Some(old) = old else { return self };
        for (new, before) in [(&mut self.phone, &old.phone), (&mut self.email, &old.email)] {
            if let (Some(new), Some(before)) = (new, before)
                && new.value == before.value
                && before.proof.counts()
            {
                new.proof = before.proof;
            }
        }
        self
    }
}

/// The login of a contact's normalised value.
pub fn login(kind: ContactType, value: &str) -> Option<Login> {
    match kind {
        ContactType::Phone => Phone::parse(value).ok().map(|phone| Login::phone(&phone)),
        ContactType::Email => Email::parse(value).ok().map(|email| Login::email(&email)),
    }
}

/// The first page as typed.
#[derive(Clone, Default)]
pub struct Typed {
    /// Surname.
    pub surname: String,
    /// First name.
    pub first_name: String,
    /// Patronymic, may be empty.
    pub patronymic: String,
    /// Phone, may be empty when there is an e-mail.
    pub phone: String,
    /// E-mail, may be empty when there is a phone.
    pub email: String,
    /// The user agreement was accepted.
    pub consent_terms: bool,
    /// Personal-data processing was agreed to.
    pub consent_data: bool,
}

/// Reads the first page; every error names its field.
///
/// # Errors
/// All errors at once, in the order of the fields.
pub fn read(
    typed: &Typed,
    sms_prefixes: &[String],
    now: Time,
    address: &str,
    versions: (String, String),
) -> Result<Draft, Vec<FieldError>> {
    let mut errors = Vec::new();
    let mut name = |field: &'static str, text: &str| match NamePart::parse_any(text) {
        Ok(name) => Some(name.as_str().to_owned()),
        Err(refusal) => {
            errors.push(FieldError::refused(field, fields::Kind::Name, refusal));
            None
        }
    };
    let surname = name("surname", &typed.surname);
    let first_name = name("first_name", &typed.first_name);
    let patronymic =
        if blank(&typed.patronymic) { Some(None) } else { name("patronymic", &typed.patronymic).map(Some) };
    let phone = if blank(&typed.phone) {
        Some(None)
    } else {
        read_phone(&typed.phone, sms_prefixes, &mut errors).map(Some)
    };
    let email = if blank(&typed.email) {
        Some(None)
    } else {
        match Email::parse(&typed.email) {
            Ok(email) => Some(Some(email.as_str().to_owned())),
            Err(refusal) => {
                errors.push(FieldError::refused("email", fields::Kind::Email, refusal));
                None
            }
        }
    };
    if blank(&typed.phone) && blank(&typed.email) {
        errors.push(FieldError::plain("phone", "registration-error-no-contact"));
    }
    for (field, ticked, key) in [
        ("consent_terms", typed.consent_terms, "registration-error-consent-terms"),
        ("consent_data", typed.consent_data, "registration-error-consent-data"),
    ] {
        if !ticked {
            errors.push(FieldError::plain(field, key));
        }
    }
    match (surname, first_name, patronymic, phone, email) {
        (Some(surname), Some(first_name), Some(patronymic), Some(phone), Some(email))
            if errors.is_empty() =>
        {
            let contact = |value| DraftContact { value, proof: Proof::Waiting };
            Ok(Draft {
                person: Person { surname, first_name, patronymic },
                phone: phone.map(contact),
                email: email.map(contact),
                consent_at: now,
                consent_address: address.to_owned(),
                consent_versions: versions,
            })
        }
        _ => Err(errors),
    }
}

fn read_phone(typed: &str, sms_prefixes: &[String], errors: &mut Vec<FieldError>) -> Option<String> {
    match Phone::parse(typed) {
        Err(refusal) => errors.push(FieldError::refused("phone", fields::Kind::Phone, refusal)),
        Ok(phone) if !phone.takes_sms() => {
            errors.push(FieldError::refused(
                "phone",
                fields::Kind::Phone,
                kernel::refusal::Refusal::NotMobile,
            ));
        }
        Ok(phone) if !sms_prefixes.iter().any(|prefix| phone.as_e164().starts_with(prefix.as_str())) => {
            errors.push(FieldError::plain("phone", "registration-error-country"));
        }
        Ok(phone) => return Some(phone.as_e164().to_owned()),
    }
    None
}

fn blank(text: &str) -> bool {
    kernel::text::trim(text).is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed() -> Typed {
        Typed {
            surname: "Лодкина".into(),
            first_name: "Вера".into(),
            phone: "8 (912) 345-67-89".into(),
            email: "vera@example.org".into(),
            consent_terms: true,
            consent_data: true,
            ..Typed::default()
        }
    }

    fn read_it(typed: &Typed) -> Result<Draft, Vec<FieldError>> {
        read(typed, &["+7".into()], Time(0), "127.0.0.1", ("1".into(), "1".into()))
    }

    #[test]
    fn a_good_page_becomes_a_draft() {
        let Ok(draft) = read_it(&typed()) else { panic!("refused") };
        assert_eq!(draft.phone.as_ref().map(|c| c.value.as_str()), Some("+79123456789"));
        assert_eq!(draft.step(), Step::Confirm(ContactType::Phone));
    }

    #[test]
    fn every_error_is_told_at_once() {
        let Err(errors) = read_it(&Typed::default()) else { panic!("accepted") };
        let fields: Vec<_> = errors.iter().map(|error| error.field).collect();
        assert_eq!(fields, ["surname", "first_name", "phone", "consent_terms", "consent_data"]);
    }

    #[test]
    fn phones_of_other_countries_are_sent_to_e_mail() {
        let Err(errors) = read_it(&Typed { phone: "+34 612 34 56 78".into(), ..typed() }) else {
            panic!("accepted")
        };
        assert_eq!(errors[0].field, "phone");
    }

    #[test]
    fn steps_follow_the_proofs() {
        let Ok(mut draft) = read_it(&typed()) else { panic!("refused") };
        assert!(draft.may_leave(ContactType::Email));
        draft.prove(ContactType::Phone, Proof::Taken);
        assert_eq!(draft.step(), Step::Taken(ContactType::Phone));
        draft.prove(ContactType::Phone, Proof::Claimed);
        assert_eq!(draft.step(), Step::Confirm(ContactType::Email));
        draft.prove(ContactType::Email, Proof::Later);
        assert_eq!(draft.step(), Step::Password);
        draft.prove(ContactType::Phone, Proof::Later);
        assert_eq!(draft.step(), Step::Data);
        assert_eq!(draft.logins().len(), 0);
    }

    #[test]
    fn typing_again_keeps_the_proof_of_an_unchanged_contact_only() {
        let Ok(mut old) = read_it(&typed()) else { panic!("refused") };
        old.prove(ContactType::Phone, Proof::Confirmed);
        let Ok(same) = read_it(&typed()) else { panic!("refused") };
        assert_eq!(same.merge(Some(&old)).step(), Step::Confirm(ContactType::Email));
        let Ok(other) = read_it(&Typed { phone: "+79120000000".into(), ..typed() }) else {
            panic!("refused")
        };
        assert_eq!(other.merge(Some(&old)).step(), Step::Confirm(ContactType::Phone));
    }
}
