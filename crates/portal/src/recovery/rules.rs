//! Which proofs a recovery needs (spec 01 §3, practice sheet §9). Pure.
//!
//! A second factor is never gone around: who has one gives two proofs, and one of them is the factor, the saved code, or
//! a waiting period that nobody cancelled. A saved code counts instead of the contact's code or instead of the factor,
//! never instead of both. A code that staff issue stands for everything: they saw the person and the document.

use kernel::Level;

/// One thing that was proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Proof {
    /// A code sent to a confirmed phone.
    Phone,
    /// A code sent to a confirmed e-mail address.
    Email,
    /// A second factor.
    Second,
    /// The saved recovery code.
    Saved,
    /// A temporary access code of staff.
    Access,
    /// The password was known, and the waiting period passed without anybody cancelling it.
    Waited,
}

impl Proof {
    /// Every proof.
    pub const ALL: [Proof; 6] =
        [Proof::Phone, Proof::Email, Proof::Second, Proof::Saved, Proof::Access, Proof::Waited];

    /// The word in the row and in the journal.
    pub const fn word(self) -> &'static str {
        match self {
            Proof::Phone => "phone",
            Proof::Email => "email",
            Proof::Second => "second",
            Proof::Saved => "saved-code",
            Proof::Access => "access-code",
            Proof::Waited => "waited",
        }
    }
}

/// What was proved so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Given(Vec<Proof>);

impl Given {
    /// These.
    pub fn of(proofs: &[Proof]) -> Given {
        Given(proofs.to_vec())
    }

    /// Reads the words of a row; unknown ones count for nothing.
    pub fn from_words(words: &str) -> Given {
        let known = |word: &str| Proof::ALL.into_iter().find(|proof| proof.word() == word);
        Given(words.split(' ').filter_map(known).collect())
    }

    /// With one more.
    #[must_use]
    pub fn with(mut self, proof: Proof) -> Given {
        if !self.has(proof) {
            self.0.push(proof);
        }
        self
    }

    /// Without one of them.
    #[must_use]
    pub fn without(mut self, proof: Proof) -> Given {
        self.0.retain(|given| *given != proof);
        self
    }

    /// Whether this was proved.
    pub fn has(&self, proof: Proof) -> bool {
        self.0.contains(&proof)
    }

    /// Whether a contact was proved.
    pub fn contact(&self) -> bool {
        self.has(Proof::Phone) || self.has(Proof::Email)
    }

    /// The words for the row.
    pub fn words(&self) -> String {
        self.0.iter().map(|proof| proof.word()).collect::<Vec<_>>().join(" ")
    }
}

/// What is asked next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// The code that was sent to a contact.
    Contact,
    /// A second factor, or what may stand for it.
    Second,
    /// Proofs that no page can take: a service centre, a signature, a bank.
    Proofing,
    /// The new password.
    Password,
}

/// What is asked of somebody who gave these proofs, by whether the account has a second factor and by its level.
///
/// A confirmed account must give its document too; the portal does not hold documents yet, so there is nothing to compare
/// with and such an account is recovered at a service centre only.
pub fn next(given: &Given, has_second: bool, level: Level) -> Next {
    if given.has(Proof::Access) {
        return Next::Password;
    }
    let instead = given.has(Proof::Second) || given.has(Proof::Waited);
    let enough = match (has_second, given.has(Proof::Saved)) {
        (false, saved) => given.contact() || saved,
        (true, false) => given.contact() && instead,
        (true, true) => given.contact() || instead,
    };
    match (enough, given.contact() || given.has(Proof::Saved)) {
        (true, _) if level == Level::Confirmed => Next::Proofing,
        (true, _) => Next::Password,
        (false, true) => Next::Second,
        (false, false) => Next::Contact,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Next::{Contact, Password, Proofing, Second};

    /// Which proofs, what is next without and with a second factor.
    const TABLE: &[(&[Proof], Next, Next)] = &[
        (&[], Contact, Contact),
        (&[Proof::Phone], Password, Second),
        (&[Proof::Email], Password, Second),
        (&[Proof::Phone, Proof::Email], Password, Second),
        (&[Proof::Saved], Password, Second),
        (&[Proof::Second], Contact, Contact),
        (&[Proof::Waited], Contact, Contact),
        (&[Proof::Second, Proof::Waited], Contact, Contact),
        (&[Proof::Phone, Proof::Second], Password, Password),
        (&[Proof::Email, Proof::Second], Password, Password),
        (&[Proof::Phone, Proof::Waited], Password, Password),
        (&[Proof::Email, Proof::Waited], Password, Password),
        (&[Proof::Phone, Proof::Saved], Password, Password),
        (&[Proof::Email, Proof::Saved], Password, Password),
        (&[Proof::Saved, Proof::Second], Password, Password),
        (&[Proof::Saved, Proof::Waited], Password, Password),
        (&[Proof::Access], Password, Password),
    ];

    #[test]
    fn the_table_of_proofs() {
        for (proofs, without, with) in TABLE {
            let given = Given::of(proofs);
            for level in [Level::Simplified, Level::Standard] {
                assert_eq!(next(&given, false, level), *without, "{proofs:?}");
                assert_eq!(next(&given, true, level), *with, "{proofs:?} with a second factor");
            }
            for (has_second, expected) in [(false, *without), (true, *with)] {
                let staff = given.has(Proof::Access);
                let expected = if expected == Password && !staff { Proofing } else { expected };
                assert_eq!(next(&given, has_second, Level::Confirmed), expected, "{proofs:?} confirmed");
            }
        }
    }

    #[test]
    fn of_all_sets_of_proofs_none_goes_around_a_second_factor_and_more_is_never_less() {
        let rank = |next| [Contact, Second, Password].iter().position(|known| *known == next);
        for set in 0..1_u32 << Proof::ALL.len() {
            let chosen: Vec<Proof> =
                (0..Proof::ALL.len()).filter(|at| set >> at & 1 == 1).map(|at| Proof::ALL[at]).collect();
            let given = Given::of(&chosen);
            assert_eq!(Given::from_words(&given.words()), given);
            let opened = next(&given, true, Level::Simplified) == Password;
            let kinds = [
                given.contact(),
                given.has(Proof::Second) || given.has(Proof::Waited),
                given.has(Proof::Saved),
            ];
            let kinds = kinds.into_iter().filter(|kind| *kind).count();
            assert_eq!(opened, given.has(Proof::Access) || kinds >= 2, "{chosen:?}");
            for more in Proof::ALL {
                let richer = next(&given.clone().with(more), true, Level::Simplified);
                assert!(
                    rank(richer) >= rank(next(&given, true, Level::Simplified)),
                    "{chosen:?} and {more:?}"
                );
            }
        }
    }
}
