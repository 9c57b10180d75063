//! What an owner may forbid to themselves, when, and what lifts it: tables as data (practice sheet §9.9).

use crate::sessions::Strength;
use kernel::{Span, Time};

/// Something that the owner forbids in their account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Restriction {
    /// Sign-in only with a passkey, security key or electronic signature.
    KeyOnly,
    /// No sign-in from abroad.
    NoForeign,
    /// No sign-in by password.
    NoPassword,
    /// No remote confirmation of identity: in person only.
    NoRemoteProof,
    /// No consents to anything about credit.
    NoCredit,
    /// No recovery of access by text message or call.
    NoSmsRecovery,
}

/// What must be there before a ban is set: otherwise it would lock its owner out or promise what it cannot keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Nothing.
    Nothing,
    /// Enough passkeys.
    Keys,
    /// Countries of addresses are known, and the owner is not abroad at this moment.
    Home,
    /// A confirmed e-mail address.
    Email,
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Which ban.
    pub restriction: Restriction,
    /// The word in the database, the journal and forms.
    pub word: &'static str,
    /// Key of its name.
    pub title: &'static str,
    /// Key of what it means: what will stop working.
    pub text: &'static str,
    /// What must be there to set it.
    pub needs: Needs,
    /// How strong the session must be that asks to lift it: always stronger than what sets it (any fresh factor).
    pub lifted_by: Strength,
}

/// Every ban.
pub const RULES: [Rule; 6] = [
    Rule {
        restriction: Restriction::KeyOnly,
        word: "key-only",
        title: "safety-key-only",
        text: "safety-key-only-text",
        needs: Needs::Keys,
        lifted_by: Strength::Aal2PhishingResistant,
    },
    Rule {
        restriction: Restriction::NoPassword,
        word: "no-password",
        title: "safety-no-password",
        text: "safety-no-password-text",
        needs: Needs::Keys,
        lifted_by: Strength::Aal2PhishingResistant,
    },
    Rule {
        restriction: Restriction::NoForeign,
        word: "no-foreign",
        title: "safety-no-foreign",
        text: "safety-no-foreign-text",
        needs: Needs::Home,
        lifted_by: Strength::Aal2PhishingResistant,
    },
    Rule {
        restriction: Restriction::NoSmsRecovery,
        word: "no-sms-recovery",
        title: "safety-no-sms-recovery",
        text: "safety-no-sms-recovery-text",
        needs: Needs::Email,
        lifted_by: Strength::Aal2PhishingResistant,
    },
    Rule {
        restriction: Restriction::NoRemoteProof,
        word: "no-remote-proof",
        title: "safety-no-remote-proof",
        text: "safety-no-remote-proof-text",
        needs: Needs::Nothing,
        lifted_by: Strength::Aal2PhishingResistant,
    },
    Rule {
        restriction: Restriction::NoCredit,
        word: "no-credit",
        title: "safety-no-credit",
        text: "safety-no-credit-text",
        needs: Needs::Nothing,
        lifted_by: Strength::Aal2PhishingResistant,
    },
];

impl Restriction {
    /// Its row.
    pub fn rule(self) -> &'static Rule {
        RULES.iter().find(|rule| rule.restriction == self).unwrap_or(&RULES[0])
    }

    /// The word in the database, the journal and forms.
    pub fn word(self) -> &'static str {
        self.rule().word
    }

    /// The ban of a word.
    pub fn from_word(word: &str) -> Option<Restriction> {
        RULES.iter().find(|rule| rule.word == word).map(|rule| rule.restriction)
    }
}

/// What an account is judged by when a ban is to be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Passkeys bound.
    pub keys: i64,
    /// Passkeys that are enough.
    pub keys_needed: i64,
    /// Whether an e-mail address is confirmed.
    pub email: bool,
    /// Where the owner is now; `None` when the deployment knows no countries.
    pub place: Option<Place>,
}

/// Why a ban cannot be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// Too few passkeys; so many are needed.
    Keys(i64),
    /// The deployment knows no countries.
    NoCountries,
    /// The owner is abroad at this moment, or where the country is not known.
    Abroad,
    /// No e-mail address to recover by.
    NoEmail,
}

/// Whether a ban may be set.
pub fn may_set(rule: &Rule, facts: &Facts) -> Result<(), Obstacle> {
    match rule.needs {
        Needs::Nothing => Ok(()),
        Needs::Keys if facts.keys < facts.keys_needed => Err(Obstacle::Keys(facts.keys_needed)),
        Needs::Keys => Ok(()),
        Needs::Email if !facts.email => Err(Obstacle::NoEmail),
        Needs::Email => Ok(()),
        Needs::Home => match facts.place {
            None => Err(Obstacle::NoCountries),
            Some(Place::Home | Place::Inside) => Ok(()),
            Some(Place::Abroad | Place::Unknown) => Err(Obstacle::Abroad),
        },
    }
}

/// Whether a session may ask to lift a ban.
pub fn may_lift(rule: &Rule, methods: &str) -> bool {
    Strength::of(methods) >= rule.lifted_by
}

/// Where somebody is who wants to come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the deployment's own country.
    Home,
    /// In another one.
    Abroad,
    /// A private address: behind the same walls as the portal.
    Inside,
    /// A public address whose country is not known.
    Unknown,
}

/// The ban that refuses a sign-in with these methods from this place, if any. What cannot be judged is refused
/// (checklist 13.6): the owner asked for that.
pub fn refuses(set: &[Restriction], methods: &str, place: Place) -> Option<Restriction> {
    let has_word = |word: &str| methods.split(' ').any(|method| method == word);
    set.iter().copied().find(|restriction| match restriction {
        Restriction::KeyOnly => Strength::of(methods) < Strength::Aal2PhishingResistant,
        Restriction::NoPassword => has_word("pwd"),
        Restriction::NoForeign => matches!(place, Place::Abroad | Place::Unknown),
        Restriction::NoRemoteProof | Restriction::NoCredit | Restriction::NoSmsRecovery => false,
    })
}

/// With what somebody recovers access to an account in lockdown; a confirmed contact was given in each case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// The contact alone.
    Contact,
    /// The contact and a second factor or recovery code.
    ContactAndFactor,
    /// Staff saw the person: a temporary access code.
    Staff,
}

impl Proof {
    /// The word in the journal.
    pub const fn word(self) -> &'static str {
        match self {
            Proof::Contact => "contact-and-wait",
            Proof::ContactAndFactor => "contact-and-factor",
            Proof::Staff => "staff",
        }
    }
}

/// What a recovery of an account in lockdown comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lift {
    /// The lockdown ends.
    Now,
    /// It ends after a wait that begins now; contacts are told.
    Begin(Time),
    /// The wait has begun before.
    Wait(Time),
    /// The account has second factors: one must be given.
    FactorNeeded,
}

/// The table of lifting: proof × whether the account has a second factor × the wait so far.
pub fn lift(proof: Proof, has_second: bool, lift_at: Option<Time>, now: Time, wait: Span) -> Lift {
    match (proof, has_second, lift_at) {
        (Proof::ContactAndFactor | Proof::Staff, _, _) => Lift::Now,
        (Proof::Contact, true, _) => Lift::FactorNeeded,
        (Proof::Contact, false, None) => Lift::Begin(now + wait),
        (Proof::Contact, false, Some(at)) if now < at => Lift::Wait(at),
        (Proof::Contact, false, Some(_)) => Lift::Now,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Time = Time(1_000_000_000_000_000);

    #[test]
    fn every_ban_has_one_row_and_one_word() {
        for rule in &RULES {
            assert_eq!(RULES.iter().filter(|other| other.word == rule.word).count(), 1);
            assert_eq!(RULES.iter().filter(|other| other.restriction == rule.restriction).count(), 1);
            assert_eq!(Restriction::from_word(rule.word), Some(rule.restriction));
            assert_eq!(rule.restriction.rule().word, rule.word);
        }
        assert_eq!(Restriction::from_word("anything"), None);
    }

    #[test]
    fn lifting_takes_more_than_setting() {
        for rule in &RULES {
            for (methods, lifts) in [
                ("pwd", false),
                ("pwd otp", false),
                ("pwd sms", false),
                ("pwd trust", false),
                ("qr2", false),
                ("pwd recovery", false),
                ("hwk", false),
                ("hwk user", true),
                ("swk user", true),
                ("pwd hwk", true),
            ] {
                assert_eq!(may_lift(rule, methods), lifts, "{} with {methods}", rule.word);
            }
        }
    }

    #[test]
    fn a_ban_that_would_lock_its_owner_out_is_not_set() {
        let good = Facts { keys: 2, keys_needed: 2, email: true, place: Some(Place::Home) };
        for rule in &RULES {
            assert_eq!(may_set(rule, &good), Ok(()), "{}", rule.word);
        }
        let rule = |restriction: Restriction| restriction.rule();
        for restriction in [Restriction::KeyOnly, Restriction::NoPassword] {
            for keys in 0..2 {
                assert_eq!(may_set(rule(restriction), &Facts { keys, ..good }), Err(Obstacle::Keys(2)));
            }
        }
        let no_email = Facts { email: false, ..good };
        assert_eq!(may_set(rule(Restriction::NoSmsRecovery), &no_email), Err(Obstacle::NoEmail));
        for (place, expected) in [
            (None, Err(Obstacle::NoCountries)),
            (Some(Place::Abroad), Err(Obstacle::Abroad)),
            (Some(Place::Unknown), Err(Obstacle::Abroad)),
            (Some(Place::Inside), Ok(())),
        ] {
            assert_eq!(may_set(rule(Restriction::NoForeign), &Facts { place, ..good }), expected);
        }
        let nothing = Facts { keys: 0, keys_needed: 2, email: false, place: None };
        for restriction in [Restriction::NoRemoteProof, Restriction::NoCredit] {
            assert_eq!(may_set(rule(restriction), &nothing), Ok(()));
        }
    }

    #[test]
    fn bans_methods_and_places_as_a_whole_table() {
        let ways = [
            "pwd",
            "pwd otp",
            "pwd sms",
            "pwd trust",
            "pwd recovery",
            "pwd hwk",
            "hwk user",
            "swk user",
            "qr",
            "qr2",
        ];
        let places = [Place::Home, Place::Abroad, Place::Inside, Place::Unknown];
        for rule in &RULES {
            for methods in ways {
                for place in places {
                    let refused = match rule.restriction {
                        Restriction::KeyOnly => !["pwd hwk", "hwk user", "swk user"].contains(&methods),
                        Restriction::NoPassword => methods.starts_with("pwd"),
                        Restriction::NoForeign => [Place::Abroad, Place::Unknown].contains(&place),
                        _ => false,
                    };
                    let expected = refused.then_some(rule.restriction);
                    assert_eq!(refuses(&[rule.restriction], methods, place), expected, "{methods} {place:?}");
                }
            }
        }
        // Several bans: what one of them refuses is refused, and nothing set refuses nothing.
        let all: Vec<Restriction> = RULES.iter().map(|rule| rule.restriction).collect();
        for methods in ways {
            for place in places {
                let one = all.iter().any(|ban| refuses(&[*ban], methods, place).is_some());
                assert_eq!(refuses(&all, methods, place).is_some(), one, "{methods} {place:?}");
                assert_eq!(refuses(&[], methods, place), None);
            }
        }
    }

    #[test]
    fn a_lockdown_is_lifted_by_more_than_began_it() {
        let (wait, earlier) = (Span::hours(24), NOW - Span(1));
        let table = [
            (Proof::Contact, true, None, Lift::FactorNeeded),
            (Proof::Contact, true, Some(earlier), Lift::FactorNeeded),
            (Proof::Contact, false, None, Lift::Begin(NOW + wait)),
            (Proof::Contact, false, Some(NOW + Span(1)), Lift::Wait(NOW + Span(1))),
            (Proof::Contact, false, Some(NOW), Lift::Now),
            (Proof::Contact, false, Some(earlier), Lift::Now),
        ];
        for (proof, has_second, lift_at, expected) in table {
            assert_eq!(
                lift(proof, has_second, lift_at, NOW, wait),
                expected,
                "{proof:?} {has_second} {lift_at:?}"
            );
        }
        for proof in [Proof::ContactAndFactor, Proof::Staff] {
            for has_second in [false, true] {
                for lift_at in [None, Some(earlier), Some(NOW + wait)] {
                    assert_eq!(lift(proof, has_second, lift_at, NOW, wait), Lift::Now);
                }
            }
        }
    }
}
