//! Accounts: the person behind a sign-in, their contacts and logins.
//!
//! Invariants: a login belongs to one account (a primary key, not a check); names and contacts are sealed under the
//! account's own data key; only a confirmed contact is ever written here, so unfinished registrations block nobody.

pub mod leaving;
mod levels;
mod locking;
mod logins;
mod reindex;
mod store;

pub use levels::{Raised, holder_of_snils, lower, raise, release_snils};
pub use locking::{lock_by_staff, unlock_by_staff};
pub use logins::{
    Standing, add_contact, close_password, departed, lock, make_primary, mute, restore, retire, standing,
    sweep_contacts, sweep_reserved,
};
pub use reindex::{LoginIndex, over_accounts};

pub use store::{
    account_by_login, account_person, contacts, create, data_key, detach_login, display_contacts,
    give_consent, hold_open, is_taken, load, load_any, mark_tour_done, owner_of, password_hash,
    password_since, personal_words, rename, set_password, still_has_password, upgrade_password,
};

use crate::ctx::Ctx;
use kernel::{Id, Lang, Level, Time};
use serde::{Deserialize, Serialize};

kernel::id_kinds! {
    /// An account.
    AccountKind = "acc";
    /// A contact of an account.
    ContactKind = "con";
    /// A consent given.
    ConsentKind = "cns";
}

/// An account's identifier. It shows when the account was made, so relying parties never get it.
pub type AccountId = Id<AccountKind>;

/// The person's names as typed at registration.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Surname.
    pub surname: String,
    /// First name.
    pub first_name: String,
    /// Patronymic, when the person has one.
    pub patronymic: Option<String>,
}

impl Person {
    /// First name and patronymic: how the portal addresses the person.
    pub fn address_name(&self) -> String {
        match &self.patronymic {
            Some(patronymic) => format!("{} {patronymic}", self.first_name),
            None => self.first_name.clone(),
        }
    }

    /// First letters of first name and surname.
    pub fn initials(&self) -> String {
        self.first_name.chars().take(1).chain(self.surname.chars().take(1)).collect()
    }
}

/// The kinds of contact, and of login.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ContactType {
    /// A mobile phone, E.164.
    Phone,
    /// An e-mail address.
    Email,
}

impl ContactType {
    /// The word in the database and in blind-index domains.
    pub const fn word(self) -> &'static str {
        match self {
            ContactType::Phone => "phone",
            ContactType::Email => "email",
        }
    }

    /// The type of a word.
    pub fn from_word(word: &str) -> Option<ContactType> {
        [ContactType::Phone, ContactType::Email].into_iter().find(|kind| kind.word() == word)
    }
}

/// What was typed into «Телефон, e-mail или СНИЛС», normalised once.
#[derive(Clone, PartialEq, Eq)]
pub struct Login {
    /// `phone`, `email` or `snils`.
    pub kind: &'static str,
    /// The value to send a code to (a contact) or to compare (SNILS).
    pub value: String,
    /// The uniqueness key: what the blind index is made of.
    pub key: String,
}

impl Login {
    /// The login of a contact's stored value.
    pub fn of_contact(kind: ContactType, value: &str) -> Option<Login> {
        match kind {
            ContactType::Phone => kernel::phone::Phone::parse(value).ok().map(|phone| Login::phone(&phone)),
            ContactType::Email => kernel::email::Email::parse(value).ok().map(|email| Login::email(&email)),
        }
    }

    /// The login of a phone.
    pub fn phone(phone: &kernel::phone::Phone) -> Login {
        Login { kind: "phone", value: phone.as_e164().into(), key: phone.as_e164().into() }
    }

    /// The login of an e-mail address.
    pub fn email(email: &kernel::email::Email) -> Login {
        Login { kind: "email", value: email.as_str().into(), key: email.key() }
    }

    /// Reads what was typed: an `@` makes it an e-mail address, eleven digits may be a phone or a SNILS.
    ///
    /// A number that is a valid mobile phone is one; otherwise a valid SNILS is one. Nothing else is a login.
    pub fn parse(typed: &str) -> Option<Login> {
        if typed.contains('@') {
            return kernel::email::Email::parse(typed).ok().map(|email| Login::email(&email));
        }
        if let Ok(phone) = kernel::phone::Phone::parse(typed) {
            return Some(Login::phone(&phone));
        }
        let snils = kernel::snils::Snils::parse(typed).ok()?;
        Some(Login { kind: "snils", value: snils.as_str().into(), key: snils.as_str().into() })
    }

    /// The row key in `login`.
    pub fn index(&self, ctx: &Ctx) -> [u8; 32] {
        ctx.keys.blind_index(self.kind, &self.key)
    }

    /// The row keys to look for: the present one, then those of keys that are being rotated out.
    pub fn indexes(&self, ctx: &Ctx) -> Vec<[u8; 32]> {
        ctx.keys.blind_indexes(self.kind, &self.key)
    }

    /// As a contact, when it is one.
    pub fn contact_type(&self) -> Option<ContactType> {
        ContactType::from_word(self.kind)
    }
}

/// A confirmed contact, opened.
#[derive(Clone)]
pub struct Contact {
    /// Its identifier.
    pub id: Id<ContactKind>,
    /// Phone or e-mail.
    pub kind: ContactType,
    /// The value: E.164 or an address.
    pub value: String,
    /// Whether messages go here first.
    pub primary: bool,
    /// When it was confirmed.
    pub confirmed_at: Time,
    /// Before this moment it recovers and undoes nothing.
    pub held_until: Time,
    /// Somebody else holds the number now: it gets no notices and recovers nothing.
    pub muted: bool,
}

impl Contact {
    /// Whether this login is the contact's: letters of an address count the same in both cases.
    pub fn is(&self, login: &Login) -> bool {
        Login::of_contact(self.kind, &self.value)
            .is_some_and(|own| own.kind == login.kind && own.key == login.key)
    }
}

/// An account, opened.
#[derive(Clone)]
pub struct Account {
    /// Its identifier.
    pub id: AccountId,
    /// The level.
    pub level: Level,
    /// The language for messages.
    pub lang: Lang,
    /// The names.
    pub person: Person,
    /// When the tour was skipped or finished.
    pub tour_done_at: Option<Time>,
    /// When the password was set.
    pub password_set_at: Option<Time>,
    /// When the account was opened.
    pub created_at: Time,
}

/// What a new account is made of: a person, at least one confirmed contact, a password hash.
pub struct NewAccount {
    /// The names.
    pub person: Person,
    /// Confirmed contacts; the first is primary.
    pub contacts: Vec<Login>,
    /// The stored form of the password.
    pub password_hash: String,
    /// The language of messages.
    pub lang: Lang,
}
