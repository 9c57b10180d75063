//! Cases of the review: states, who must look how often, the clock. No storage, no time of its own.

use crate::checks::Doubt;
use crate::profile::Field;
use kernel::{Span, Time};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Where a case stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// A member of staff is to look, or looks.
    Waiting,
    /// The person is asked for a scan.
    Asked,
    /// Staff confirmed what was sent.
    Confirmed,
    /// Staff could not confirm it.
    Refused,
    /// Something newer was sent, or the registers decided.
    Gone,
}

impl State {
    /// Every one.
    pub const ALL: [State; 5] = [State::Waiting, State::Asked, State::Confirmed, State::Refused, State::Gone];

    /// The word in rows.
    pub const fn word(self) -> &'static str {
        match self {
            State::Waiting => "waiting",
            State::Asked => "asked",
            State::Confirmed => "confirmed",
            State::Refused => "refused",
            State::Gone => "gone",
        }
    }

    /// The one of a word.
    pub fn from_word(word: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.word() == word)
    }
}

/// What can happen to a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A better scan is asked for.
    Ask,
    /// The scan that was asked for is there.
    ScanCame,
    /// As many members of staff as are needed came to this.
    Agreed(Verdict),
    /// The person has not answered within the longest time.
    Silence,
    /// What was sent waits no more.
    Superseded,
}

/// What a member of staff came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The documents say what was typed.
    Confirmed,
    /// They do not, or they are none.
    Refused,
}

impl Verdict {
    /// The word in rows and in the journal.
    pub const fn word(self) -> &'static str {
        match self {
            Verdict::Confirmed => "confirmed",
            Verdict::Refused => "refused",
        }
    }

    /// The one of a word.
    pub fn from_word(word: &str) -> Option<Verdict> {
        [Verdict::Confirmed, Verdict::Refused].into_iter().find(|verdict| verdict.word() == word)
    }
}

/// The state afterwards; `None` when nothing can come of it.
pub const fn next(state: State, step: Step) -> Option<State> {
    Some(match (state, step) {
        (State::Waiting, Step::Ask) => State::Asked,
        (State::Asked, Step::ScanCame) => State::Waiting,
        (State::Waiting, Step::Agreed(Verdict::Confirmed)) => State::Confirmed,
        (State::Waiting, Step::Agreed(Verdict::Refused)) | (State::Asked, Step::Silence) => State::Refused,
        (State::Waiting | State::Asked, Step::Superseded) => State::Gone,
        _ => return None,
    })
}

/// How many members of staff must agree. A SNILS that goes from one account to another is never one person's word, nor
/// are the data of a colleague.
pub fn needed(doubt: Doubt, colleague: bool, four_eyes: &[Doubt]) -> i64 {
    if doubt == Doubt::Held || colleague || four_eyes.contains(&doubt) { 2 } else { 1 }
}

/// What opinions come to: one that is held by as many as are needed. Two who disagree wait for a third.
pub fn agreed(opinions: &[Verdict], needed: i64) -> Option<Verdict> {
    [Verdict::Confirmed, Verdict::Refused].into_iter().find(|verdict| {
        let count = opinions.iter().filter(|opinion| *opinion == verdict).count();
        i64::try_from(count).unwrap_or(i64::MAX) >= needed
    })
}

/// How a case stands with its clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// There is time.
    InTime,
    /// Little time is left.
    Soon,
    /// The time is over.
    Late,
}

/// How a case stands with its clock now; `warn` is how long before the end it is said.
pub fn pace(due_at: Time, now: Time, warn: Span) -> Pace {
    match () {
        () if now >= due_at => Pace::Late,
        () if now + warn >= due_at => Pace::Soon,
        () => Pace::InTime,
    }
}

/// What a member of staff saw of one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Seen {
    /// The document says the same.
    Same,
    /// The document says something else.
    Differs,
    /// It cannot be read, or is on no scan.
    Unseen,
}

impl Seen {
    /// Every one, in the order of the form.
    pub const ALL: [Seen; 3] = [Seen::Same, Seen::Differs, Seen::Unseen];

    /// The word in forms.
    pub const fn word(self) -> &'static str {
        match self {
            Seen::Same => "same",
            Seen::Differs => "differs",
            Seen::Unseen => "unseen",
        }
    }

    /// The one of a word.
    pub fn from_word(word: &str) -> Option<Seen> {
        Seen::ALL.into_iter().find(|seen| seen.word() == word)
    }
}

/// Why staff could not confirm what was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// Values differ from the documents.
    Differs,
    /// The documents cannot be read.
    Unreadable,
    /// The documents are not accepted: expired, of another kind, in doubt. Says no more, on purpose.
    NotAccepted,
    /// It takes a visit with the documents.
    Visit,
    /// No scan came within the longest time.
    NoScan,
}

impl Reason {
    /// Those that a member of staff can choose.
    pub const CHOICE: [Reason; 4] = [Reason::Differs, Reason::Unreadable, Reason::NotAccepted, Reason::Visit];

    /// The word in forms and in the journal.
    pub const fn word(self) -> &'static str {
        match self {
            Reason::Differs => "differs",
            Reason::Unreadable => "unreadable",
            Reason::NotAccepted => "not-accepted",
            Reason::Visit => "visit",
            Reason::NoScan => "no-scan",
        }
    }

    /// The one of a word that can be chosen.
    pub fn from_word(word: &str) -> Option<Reason> {
        Reason::CHOICE.into_iter().find(|reason| reason.word() == word)
    }
}

/// What is wrong with a decision, at a field of its form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// Nothing was said of a value that must be seen.
    Missing(Field),
    /// The value is not what the document says, and yet all was to be confirmed.
    NotSame(Field),
    /// There is no scan to compare with.
    NoScans,
    /// No reason was chosen.
    NoReason,
    /// The reason is a difference, and no value is marked as different.
    NothingDiffers,
}

/// What keeps a decision from being taken. `must` are the values that have to be seen for a confirmation.
pub fn wrong(
    verdict: Verdict,
    seen: &BTreeMap<Field, Seen>,
    must: &[Field],
    scans: usize,
    reason: Option<Reason>,
) -> Vec<Wrong> {
    match verdict {
        Verdict::Confirmed => {
            let none = (scans == 0).then_some(Wrong::NoScans);
            let missing =
                must.iter().filter(|field| !seen.contains_key(field)).map(|field| Wrong::Missing(*field));
            let other = seen.iter().filter(|(field, seen)| {
                **seen == Seen::Differs || (**seen == Seen::Unseen && must.contains(field))
            });
            none.into_iter().chain(missing).chain(other.map(|(field, _)| Wrong::NotSame(*field))).collect()
        }
        Verdict::Refused => match reason {
            None => vec![Wrong::NoReason],
            Some(Reason::Differs) if !seen.values().any(|seen| *seen == Seen::Differs) => {
                vec![Wrong::NothingDiffers]
            }
            Some(_) => Vec::new(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_and_step() {
        use State::{Asked, Confirmed, Gone, Refused, Waiting};
        let (yes, no) = (Step::Agreed(Verdict::Confirmed), Step::Agreed(Verdict::Refused));
        let steps = [Step::Ask, Step::ScanCame, yes, no, Step::Silence, Step::Superseded];
        let table = [
            (Waiting, [Some(Asked), None, Some(Confirmed), Some(Refused), None, Some(Gone)]),
            (Asked, [None, Some(Waiting), None, None, Some(Refused), Some(Gone)]),
            (Confirmed, [None; 6]),
            (Refused, [None; 6]),
            (Gone, [None; 6]),
        ];
        for (state, expected) in table {
            for (step, expected) in steps.into_iter().zip(expected) {
                assert_eq!(next(state, step), expected, "{state:?} {step:?}");
            }
            assert_eq!(State::from_word(state.word()), Some(state));
        }
    }

    #[test]
    fn a_snils_of_another_and_a_colleague_are_never_one_persons_word() {
        for colleague in [false, true] {
            for four_eyes in [&[][..], &[Doubt::Foreign][..]] {
                assert_eq!(needed(Doubt::Held, colleague, four_eyes), 2);
                assert_eq!(needed(Doubt::Unclear, colleague, four_eyes), if colleague { 2 } else { 1 });
            }
        }
        assert_eq!(needed(Doubt::Foreign, false, &[Doubt::Foreign]), 2);
        assert_eq!(needed(Doubt::Foreign, false, &[]), 1);
    }

    #[test]
    fn two_who_disagree_wait_for_a_third() {
        use Verdict::{Confirmed, Refused};
        for (opinions, needed, expected) in [
            (&[][..], 1, None),
            (&[Confirmed], 1, Some(Confirmed)),
            (&[Refused], 1, Some(Refused)),
            (&[Confirmed], 2, None),
            (&[Confirmed, Confirmed], 2, Some(Confirmed)),
            (&[Confirmed, Refused], 2, None),
            (&[Confirmed, Refused, Refused], 2, Some(Refused)),
            (&[Refused, Confirmed, Confirmed], 2, Some(Confirmed)),
        ] {
            assert_eq!(agreed(opinions, needed), expected, "{opinions:?} {needed}");
        }
    }

    #[test]
    fn the_clock_says_early_what_will_be_late() {
        let (due, warn) = (Time(0) + Span::hours(72), Span::hours(24));
        for (hours, expected) in
            [(0, Pace::InTime), (47, Pace::InTime), (48, Pace::Soon), (71, Pace::Soon), (72, Pace::Late)]
        {
            assert_eq!(pace(due, Time(0) + Span::hours(hours), warn), expected, "{hours}");
        }
    }

    #[test]
    fn a_confirmation_needs_every_value_seen_and_a_refusal_a_reason() {
        let must = [Field::Surname, Field::DocumentNumber];
        let of = |pairs: &[(Field, Seen)]| pairs.iter().copied().collect::<BTreeMap<_, _>>();
        let all = of(&[(Field::Surname, Seen::Same), (Field::DocumentNumber, Seen::Same)]);
        let confirmed = |seen: &_, scans| wrong(Verdict::Confirmed, seen, &must, scans, None);
        assert_eq!(confirmed(&all, 1), []);
        assert_eq!(confirmed(&all, 0), [Wrong::NoScans]);
        assert_eq!(
            confirmed(&of(&[]), 1),
            [Wrong::Missing(Field::Surname), Wrong::Missing(Field::DocumentNumber)]
        );
        for seen in [Seen::Differs, Seen::Unseen] {
            let some = of(&[(Field::Surname, Seen::Same), (Field::DocumentNumber, seen)]);
            assert_eq!(confirmed(&some, 2), [Wrong::NotSame(Field::DocumentNumber)]);
        }
        // What a register has confirmed need not be on a scan, but must not differ.
        let mut more = all.clone();
        more.insert(Field::Snils, Seen::Unseen);
        assert_eq!(confirmed(&more, 1), []);
        more.insert(Field::Snils, Seen::Differs);
        assert_eq!(confirmed(&more, 1), [Wrong::NotSame(Field::Snils)]);
        let refused = |seen: &_, reason| wrong(Verdict::Refused, seen, &must, 0, reason);
        assert_eq!(refused(&of(&[]), None), [Wrong::NoReason]);
        assert_eq!(refused(&all, Some(Reason::Differs)), [Wrong::NothingDiffers]);
        assert_eq!(refused(&more, Some(Reason::Differs)), []);
        assert_eq!(refused(&of(&[]), Some(Reason::Visit)), []);
    }
}
