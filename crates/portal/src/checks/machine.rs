//! States of a check, of a sending and of the level, and what leads from one to the other. No storage, no clock.

use gateway::register::{Answer, Check};
use kernel::Level;

/// Declares words for the states, so that rows and states cannot drift apart.
macro_rules! worded {
    ($(#[$doc:meta])* $name:ident { $($(#[$state_doc:meta])* $state:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$state_doc])* $state,)* }

        impl $name {
            /// Every one.
            pub const ALL: &'static [$name] = &[$($name::$state),*];

            /// The word in rows and texts.
            pub const fn word(self) -> &'static str {
                match self { $($name::$state => $word),* }
            }

            /// The one of a word.
            pub fn from_word(word: &str) -> Option<$name> {
                $name::ALL.iter().copied().find(|state| state.word() == word)
            }
        }
    };
}

worded! {
    /// Where a check stands (spec 02 §3).
    State {
        /// Not asked yet.
        Queued = "queued",
        /// The register was asked, and has not answered.
        Asked = "asked",
        /// The register confirms.
        Passed = "passed",
        /// The register doubts a value.
        Doubted = "doubted",
        /// The register cannot decide: a person of staff must look.
        Unclear = "unclear",
        /// No answer within the longest time.
        GaveUp = "gave_up",
        /// A newer check took its place.
        Dropped = "dropped",
    }
}

worded! {
    /// Where a sending stands.
    Sending {
        /// Checks are under way.
        Open = "open",
        /// Everything is confirmed.
        Passed = "passed",
        /// A value is doubted: correct it and send again.
        Doubted = "doubted",
        /// No register can decide: staff must look (slice `review`).
        Stuck = "stuck",
        /// Staff have looked, and could not confirm it: why stands on the page of the review.
        Refused = "refused",
        /// A newer one took its place.
        Dropped = "dropped",
    }
}

worded! {
    /// Why registers are asked.
    Why {
        /// The person sent the profile.
        Sent = "sent",
        /// The evidence is old enough to be confirmed anew.
        Due = "due",
        /// A register told of a change.
        Event = "event",
    }
}

impl State {
    /// Whether nothing can follow.
    pub const fn is_final(self) -> bool {
        !matches!(self, State::Queued | State::Asked)
    }
}

/// What can happen to a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The register is being asked, for the first time or once more.
    Ask,
    /// It answered so.
    Answer(Verdict),
    /// It will not work the question.
    Refuse,
    /// The longest time is over.
    Deadline,
    /// The register tells, by an event, that what was asked about holds no longer. Only while the sending is open.
    Revoke,
    /// The register confirms a SNILS that is another account's already: staff must look.
    Contest,
    /// A person of staff looked where no register could decide.
    Review(Verdict),
    /// A newer check takes its place.
    Drop,
}

/// What an answer means for a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Confirmed.
    Passed,
    /// Doubted.
    Doubted,
    /// Cannot decide.
    Unclear,
}

/// The state after an event; `None` when it changes nothing: a final state keeps the first answer, only what a register
/// confirmed can be revoked by it, and staff decide only where no register could.
pub const fn next(state: State, event: Event) -> Option<State> {
    Some(match (state, event) {
        (State::Passed, Event::Revoke) => State::Doubted,
        (State::Passed, Event::Contest) => State::Unclear,
        (State::Unclear | State::GaveUp, Event::Review(Verdict::Passed)) => State::Passed,
        (State::Unclear | State::GaveUp, Event::Review(Verdict::Doubted)) => State::Doubted,
        (State::Passed | State::Doubted | State::Unclear | State::GaveUp | State::Dropped, _) => return None,
        (_, Event::Ask) => State::Asked,
        (_, Event::Answer(Verdict::Passed)) => State::Passed,
        (_, Event::Answer(Verdict::Doubted) | Event::Revoke) => State::Doubted,
        (_, Event::Answer(Verdict::Unclear) | Event::Refuse) => State::Unclear,
        (_, Event::Deadline) => State::GaveUp,
        (_, Event::Drop) => State::Dropped,
        (_, Event::Contest | Event::Review(_)) => return None,
    })
}

/// What a register's answer means. No INN is no fault: not everybody has one.
pub fn verdict(check: Check, answer: &Answer) -> Verdict {
    match answer {
        Answer::Match | Answer::Valid | Answer::Found { .. } => Verdict::Passed,
        Answer::NoSuch if check == Check::Inn => Verdict::Passed,
        Answer::NoSuch | Answer::Mismatch { .. } | Answer::Invalid { .. } => Verdict::Doubted,
        Answer::Unclear { .. } => Verdict::Unclear,
    }
}

/// Whether the standard level stands on this check. An INN helps, and decides nothing.
pub const fn decides(check: Check) -> bool {
    matches!(check, Check::Snils | Check::Passport)
}

/// Where a sending stands by its checks.
pub fn sending(checks: &[(Check, State)]) -> Sending {
    let any =
        |wanted: fn(State) -> bool| checks.iter().any(|(check, state)| decides(*check) && wanted(*state));
    let doubted = checks.iter().any(|(_, state)| *state == State::Doubted);
    match () {
        () if checks.iter().any(|(_, state)| !state.is_final()) => Sending::Open,
        () if doubted => Sending::Doubted,
        () if any(|state| state != State::Passed) => Sending::Stuck,
        () => Sending::Passed,
    }
}

/// The level that evidence allows at most by registers: standard needs the SNILS and the passport.
pub fn level(evidence: &[Check]) -> Level {
    let whole = [Check::Snils, Check::Passport].iter().all(|check| evidence.contains(check));
    if whole { Level::Standard } else { Level::Simplified }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVENTS: [Event; 12] = [
        Event::Ask,
        Event::Answer(Verdict::Passed),
        Event::Answer(Verdict::Doubted),
        Event::Answer(Verdict::Unclear),
        Event::Refuse,
        Event::Deadline,
        Event::Revoke,
        Event::Contest,
        Event::Review(Verdict::Passed),
        Event::Review(Verdict::Doubted),
        Event::Review(Verdict::Unclear),
        Event::Drop,
    ];

    #[test]
    fn every_state_and_event() {
        use State::{Asked, Doubted, Dropped, GaveUp, Passed, Queued, Unclear};
        for state in State::ALL {
            for event in EVENTS {
                let expected = match (state, event) {
                    (Passed | Queued | Asked, Event::Revoke) => Some(Doubted),
                    (Passed, Event::Contest) => Some(Unclear),
                    (Unclear | GaveUp, Event::Review(Verdict::Passed)) => Some(Passed),
                    (Unclear | GaveUp, Event::Review(Verdict::Doubted)) => Some(Doubted),
                    (Queued | Asked, Event::Contest | Event::Review(_)) => None,
                    (Passed | Doubted | Unclear | GaveUp | Dropped, _) => None,
                    (Queued | Asked, Event::Drop) => Some(Dropped),
                    (Queued | Asked, Event::Ask) => Some(Asked),
                    (Queued | Asked, Event::Answer(Verdict::Passed)) => Some(Passed),
                    (Queued | Asked, Event::Answer(Verdict::Doubted)) => Some(Doubted),
                    (Queued | Asked, Event::Answer(Verdict::Unclear) | Event::Refuse) => Some(Unclear),
                    (Queued | Asked, Event::Deadline) => Some(GaveUp),
                };
                assert_eq!(next(*state, event), expected, "{state:?} {event:?}");
            }
            assert_eq!(State::from_word(state.word()), Some(*state));
        }
    }

    #[test]
    fn a_sending_ends_when_its_checks_have() {
        use Check::{Inn, Passport, Snils};
        let table = [
            ([State::Queued, State::Passed, State::Passed], Sending::Open),
            ([State::Passed, State::Passed, State::Asked], Sending::Open),
            ([State::Passed, State::Passed, State::Passed], Sending::Passed),
            ([State::Passed, State::Passed, State::Unclear], Sending::Passed),
            ([State::Passed, State::Passed, State::GaveUp], Sending::Passed),
            ([State::Passed, State::Passed, State::Doubted], Sending::Doubted),
            ([State::Passed, State::Doubted, State::GaveUp], Sending::Doubted),
            ([State::GaveUp, State::Passed, State::Passed], Sending::Stuck),
            ([State::Passed, State::Unclear, State::Passed], Sending::Stuck),
        ];
        for (states, expected) in table {
            let checks: Vec<_> = [Snils, Passport, Inn].into_iter().zip(states).collect();
            assert_eq!(sending(&checks), expected, "{states:?}");
        }
    }

    #[test]
    fn no_level_without_its_evidence() {
        assert_eq!(level(&[]), Level::Simplified);
        assert_eq!(level(&[Check::Snils, Check::Inn]), Level::Simplified);
        assert_eq!(level(&[Check::Passport]), Level::Simplified);
        assert_eq!(level(&[Check::Passport, Check::Snils]), Level::Standard);
    }
}
