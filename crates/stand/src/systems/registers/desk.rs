//! The requests that a register has taken: each is worked once, however often it is asked. No I/O.

use super::judge::Question;
use super::outcome::Outcome;
use super::{Kind, RegisterTimes};
use kernel::{Span, Time};
use serde_json::Value;
use std::collections::{HashMap, VecDeque};

/// How many requests all registers together keep; the oldest goes first.
const KEPT: usize = 200_000;

/// One request that was taken.
#[derive(Clone)]
pub(super) struct Work {
    question: Question,
    /// The answer, worked out when the request came first.
    pub(super) answer: Value,
    pub(super) outcome: Outcome,
    pub(super) taken_at: Time,
    /// When the answer is there; never when absent.
    pub(super) ready_at: Option<Time>,
    /// How often it was asked by POST, the first time included.
    pub(super) asked: u32,
}

impl Work {
    pub(super) fn is_ready(&self, now: Time) -> bool {
        self.ready_at.is_some_and(|ready| now >= ready)
    }

    /// How long to leave it alone, for `Retry-After`.
    pub(super) fn wait(&self, now: Time) -> i64 {
        self.ready_at.map_or(60, |ready| (ready - now).whole_seconds_up().clamp(1, 3600))
    }
}

/// What becomes of a request.
pub(super) enum Taken {
    /// It is worked; `true` when it came for the first time.
    Work(Box<Work>, bool),
    /// Its id was used for another question.
    Conflict,
}

#[derive(Default)]
pub(super) struct Desk {
    works: HashMap<(Kind, String), Work>,
    oldest_first: VecDeque<(Kind, String)>,
    worked: [u64; 3],
    asked: [u64; 3],
}

impl Desk {
    /// Takes a request; `work` is called when it is new.
    pub(super) fn take(
        &mut self,
        kind: Kind,
        request: &str,
        question: &Question,
        now: Time,
        times: &RegisterTimes,
        work: impl FnOnce() -> (Value, Outcome),
    ) -> Taken {
        count(&mut self.asked, kind);
        let key = (kind, request.to_owned());
        if let Some(known) = self.works.get_mut(&key) {
            if known.question != *question {
                return Taken::Conflict;
            }
            known.asked += 1;
            return Taken::Work(Box::new(known.clone()), false);
        }
        count(&mut self.worked, kind);
        let (answer, outcome) = work();
        let ready_at = delay(kind, outcome, times).map(|span| now + span);
        let new = Work { question: question.clone(), answer, outcome, taken_at: now, ready_at, asked: 1 };
        self.works.insert(key.clone(), new.clone());
        self.oldest_first.push_back(key);
        if self.oldest_first.len() > KEPT
            && let Some(oldest) = self.oldest_first.pop_front()
        {
            self.works.remove(&oldest);
        }
        Taken::Work(Box::new(new), true)
    }

    pub(super) fn find(&self, kind: Kind, request: &str) -> Option<&Work> {
        self.works.get(&(kind, request.to_owned()))
    }

    /// The last requests of a register, newest first.
    pub(super) fn last(&self, kind: Kind, limit: usize) -> Vec<(&str, &Work)> {
        let of_kind = self.oldest_first.iter().rev().filter(|key| key.0 == kind).take(limit);
        of_kind.filter_map(|key| Some((key.1.as_str(), self.works.get(key)?))).collect()
    }

    /// How many requests were worked, and how often was asked.
    pub(super) fn counts(&self, kind: Kind) -> (u64, u64) {
        let of = |counts: &[u64; 3]| counts.get(kind as usize).copied().unwrap_or_default();
        (of(&self.worked), of(&self.asked))
    }

    pub(super) fn forget(&mut self) {
        self.works.clear();
        self.oldest_first.clear();
    }
}

fn count(counts: &mut [u64; 3], kind: Kind) {
    if let Some(count) = counts.get_mut(kind as usize) {
        *count += 1;
    }
}

/// How long the register works; `None` for ever.
fn delay(kind: Kind, outcome: Outcome, times: &RegisterTimes) -> Option<Span> {
    match outcome {
        Outcome::Never => None,
        Outcome::Minutes => Some(times.minutes),
        Outcome::Hours => Some(times.hours),
        Outcome::Days => Some(times.days),
        // These are about the connection; the work itself takes no time.
        Outcome::Slow
        | Outcome::Late
        | Outcome::Error
        | Outcome::Garbage
        | Outcome::Half
        | Outcome::Twice
        | Outcome::OutOfOrder
        | Outcome::Flapping
        | Outcome::Refused => Some(Span::ZERO),
        // The registers do not finish together, so that a page shows one after the other.
        _ => Some(Span(times.usual.0.saturating_mul(kind as i64 + 1))),
    }
}
