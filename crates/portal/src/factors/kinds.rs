//! The kinds of factors, and which of them an account has.

/// A kind of factor besides the password. The order is the one in which they are offered: best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A passkey or security key (WebAuthn).
    Passkey,
    /// Codes of an application (RFC 6238).
    Totp,
    /// Codes by text message to a confirmed phone: the weakest.
    Sms,
    /// Ten codes on paper, each good once.
    RecoveryCodes,
}

impl Kind {
    /// Every kind, best first.
    pub const ALL: [Kind; 4] = [Kind::Passkey, Kind::Totp, Kind::Sms, Kind::RecoveryCodes];

    /// The word in the database, in addresses and in the journal.
    pub const fn word(self) -> &'static str {
        match self {
            Kind::Passkey => "passkey",
            Kind::Totp => "totp",
            Kind::Sms => "sms",
            Kind::RecoveryCodes => "recovery-codes",
        }
    }

    /// The kind of a word.
    pub fn from_word(word: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// Whether it can be guessed by trying, so that tries are counted for the account. A signature cannot: nobody is
    /// ever locked out of a passkey by strangers.
    pub const fn is_guessable(self) -> bool {
        !matches!(self, Kind::Passkey)
    }

    /// The key of its name on pages.
    pub const fn name_key(self) -> &'static str {
        match self {
            Kind::Passkey => "factors-kind-passkey",
            Kind::Totp => "factors-kind-totp",
            Kind::Sms => "factors-kind-sms",
            Kind::RecoveryCodes => "factors-kind-recovery-codes",
        }
    }

    const fn bit(self) -> u8 {
        match self {
            Kind::Passkey => 1,
            Kind::Totp => 2,
            Kind::Sms => 4,
            Kind::RecoveryCodes => 8,
        }
    }
}

/// A set of kinds: which an account has, or which are asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Kinds(u8);

impl Kinds {
    /// No kind.
    pub const NONE: Kinds = Kinds(0);

    /// These kinds.
    pub const fn of(kinds: &[Kind]) -> Kinds {
        let (mut bits, mut at) = (0, 0);
        while at < kinds.len() {
            bits |= kinds[at].bit();
            at += 1;
        }
        Kinds(bits)
    }

    /// Whether the kind is in the set.
    pub const fn has(self, kind: Kind) -> bool {
        self.0 & kind.bit() != 0
    }

    /// The set with one more.
    #[must_use]
    pub const fn with(self, kind: Kind) -> Kinds {
        Kinds(self.0 | kind.bit())
    }

    /// What is in both sets.
    #[must_use]
    pub const fn and(self, other: Kinds) -> Kinds {
        Kinds(self.0 & other.0)
    }

    /// Whether nothing is in it.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether it holds a second factor of its own right: recovery codes only stand in for one.
    pub const fn has_second(self) -> bool {
        self.0 & (Kind::Passkey.bit() | Kind::Totp.bit() | Kind::Sms.bit()) != 0
    }

    /// Its kinds, best first.
    pub fn iter(self) -> impl Iterator<Item = Kind> {
        Kind::ALL.into_iter().filter(move |kind| self.has(*kind))
    }

    /// Every set there is, for tables and tests.
    pub fn every() -> impl Iterator<Item = Kinds> {
        (0..16).map(Kinds)
    }
}

impl FromIterator<Kind> for Kinds {
    fn from_iter<I: IntoIterator<Item = Kind>>(kinds: I) -> Kinds {
        kinds.into_iter().fold(Kinds::NONE, Kinds::with)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_back_and_sets_hold_what_was_put_in() {
        for kind in Kind::ALL {
            assert_eq!(Kind::from_word(kind.word()), Some(kind));
            assert_eq!(Kinds::NONE.with(kind).iter().collect::<Vec<_>>(), [kind]);
        }
        assert_eq!(Kind::from_word("email"), None, "e-mail is never a second factor");
        assert_eq!(Kinds::every().count(), 16);
        assert!(!Kinds::of(&[Kind::RecoveryCodes]).has_second());
        assert!(Kinds::of(&[Kind::Sms, Kind::RecoveryCodes]).has_second());
    }
}
