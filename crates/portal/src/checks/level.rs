//! What becomes of the evidence that a level stands on. No storage, no clock.
//!
//! The level follows from the evidence alone ([`super::machine::level`]), so the states of the level are the states of
//! its pieces of evidence; the table of all of them is the test of this file.

use super::machine::decides;
use gateway::register::Check;

/// Where a piece of evidence of an account stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// There is none.
    Missing,
    /// A register confirmed it.
    Held,
    /// A register confirmed it, and is being asked again. The level stands on it meanwhile.
    Rechecked,
}

/// What can happen to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happened {
    /// The person sent the profile, for the first time or with a correction.
    Sent,
    /// The sending ended, and every register confirmed it.
    Confirmed,
    /// The sending ended otherwise.
    NotConfirmed,
    /// It is time to ask again.
    Due,
    /// Asked again, the register confirmed it.
    Passed,
    /// Asked again, the register doubts a value.
    Doubted,
    /// Asked again, the register did not answer, would not, or could not decide.
    Silent,
    /// An event: the passport is not valid any more.
    Invalid,
    /// An event: the person has died.
    Death,
    /// An event: the name changed, the passport was replaced by another; or any event that is older than the last
    /// confirmation.
    Changed,
    /// The account was erased.
    Erased,
}

/// Where the evidence stands afterwards; `None` when nothing changes or the event cannot concern it.
pub const fn next(kind: Check, standing: Standing, happened: Happened) -> Option<Standing> {
    use Standing::{Held, Missing, Rechecked};
    if !decides(kind) {
        return None;
    }
    match (standing, happened) {
        // What the person sends changes nothing until registers have confirmed it, and nothing when they do not.
        (_, Happened::Sent | Happened::NotConfirmed) => None,
        (_, Happened::Confirmed) => Some(Held),
        // What is not there cannot be lost, and is not asked about.
        (Missing, _) => None,
        (_, Happened::Erased | Happened::Death) => Some(Missing),
        (_, Happened::Invalid) => match kind {
            Check::Passport => Some(Missing),
            Check::Snils | Check::Inn => None,
        },
        // An answer given before the event may be the old one: a recheck under way begins anew.
        (_, Happened::Changed) => Some(Rechecked),
        (Held, Happened::Due) => Some(Rechecked),
        (Rechecked, Happened::Due) => None,
        // Answers of a recheck that is not under way are late ones of an earlier recheck.
        (Held, Happened::Passed | Happened::Doubted | Happened::Silent) => None,
        // That a register is away is no fault of the person.
        (Rechecked, Happened::Passed | Happened::Silent) => Some(Held),
        (Rechecked, Happened::Doubted) => Some(Missing),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::machine::level;
    use kernel::Level;

    const HAPPENED: [Happened; 11] = [
        Happened::Sent,
        Happened::Confirmed,
        Happened::NotConfirmed,
        Happened::Due,
        Happened::Passed,
        Happened::Doubted,
        Happened::Silent,
        Happened::Invalid,
        Happened::Death,
        Happened::Changed,
        Happened::Erased,
    ];

    /// Every state × event: `m`, `h`, `r` are the states afterwards, `-` changes nothing.
    #[test]
    fn every_standing_and_event() {
        //                                     Se Co No Du Pa Do Si In De Ch Er
        let table: [(Check, Standing, [char; 11]); 9] = [
            (Check::Snils, Standing::Missing, ['-', 'h', '-', '-', '-', '-', '-', '-', '-', '-', '-']),
            (Check::Snils, Standing::Held, ['-', 'h', '-', 'r', '-', '-', '-', '-', 'm', 'r', 'm']),
            (Check::Snils, Standing::Rechecked, ['-', 'h', '-', '-', 'h', 'm', 'h', '-', 'm', 'r', 'm']),
            (Check::Passport, Standing::Missing, ['-', 'h', '-', '-', '-', '-', '-', '-', '-', '-', '-']),
            (Check::Passport, Standing::Held, ['-', 'h', '-', 'r', '-', '-', '-', 'm', 'm', 'r', 'm']),
            (Check::Passport, Standing::Rechecked, ['-', 'h', '-', '-', 'h', 'm', 'h', 'm', 'm', 'r', 'm']),
            (Check::Inn, Standing::Missing, ['-'; 11]),
            (Check::Inn, Standing::Held, ['-'; 11]),
            (Check::Inn, Standing::Rechecked, ['-'; 11]),
        ];
        for (kind, standing, expected) in table {
            for (happened, expected) in HAPPENED.into_iter().zip(expected) {
                let expected = match expected {
                    'm' => Some(Standing::Missing),
                    'h' => Some(Standing::Held),
                    'r' => Some(Standing::Rechecked),
                    _ => None,
                };
                assert_eq!(next(kind, standing, happened), expected, "{kind:?} {standing:?} {happened:?}");
            }
        }
    }

    /// Any two pieces of evidence, any events after one another: the level rises by a confirmation alone.
    #[test]
    fn the_level_never_rises_without_a_confirmation() {
        const STANDINGS: [Standing; 3] = [Standing::Missing, Standing::Held, Standing::Rechecked];
        let of = |snils: Standing, passport: Standing| {
            let held = [(Check::Snils, snils), (Check::Passport, passport)];
            let kinds: Vec<Check> = held
                .into_iter()
                .filter(|(_, standing)| *standing != Standing::Missing)
                .map(|(kind, _)| kind)
                .collect();
            level(&kinds)
        };
        for snils in STANDINGS {
            for passport in STANDINGS {
                for happened in HAPPENED {
                    let after = |kind, standing| next(kind, standing, happened).unwrap_or(standing);
                    let (before, now) = (
                        of(snils, passport),
                        of(after(Check::Snils, snils), after(Check::Passport, passport)),
                    );
                    assert!(
                        now <= before || happened == Happened::Confirmed,
                        "{snils:?} {passport:?} {happened:?}"
                    );
                    assert!(happened != Happened::Confirmed || now == Level::Standard);
                    assert!(happened != Happened::Death || now == Level::Simplified);
                }
            }
        }
    }
}
