//! Jobs: work that must happen after a commit, kept in the same database (the outbox).
//!
//! [`enqueue`] puts a row into the transaction of the change that asks for the work, so neither exists without the
//! other. A [`Worker`] claims due rows under a lease, runs their handler outside any transaction and stores the outcome.
//! A handler may be run twice (a process can die after the work and before the outcome), so handlers are idempotent.
//! Payloads hold ids, never personal data.
//!
//! Workers of the process that committed are woken at once; those of other instances look every second. PostgreSQL's
//! NOTIFY would be faster there, but a transaction that notifies takes a lock of the whole server while it commits, so
//! commits would no longer share a sync.

mod admin;
mod schedule;
mod table;
mod worker;

pub use admin::{
    After, Counts, Load, counts, discard_dead, forget_done, get, list, load, page, retry_dead, retry_dead_of,
};
pub use schedule::{Schedule, upcoming};
pub use table::{claim, due, enqueue, finish, free_leases, give_back, next_due, renew};
pub use worker::{Handler, Worker, WorkerOptions};

use kernel::{Id, Time};
use std::borrow::Cow;

kernel::id_kinds! {
    /// The kind of job ids.
    JobKind = "job";
    /// The kind of the mark of one claim.
    ClaimKind = "clm";
}

/// A job to be enqueued.
#[derive(Clone, Debug)]
pub struct NewJob<'a> {
    /// Which handler runs it, for example `sms.send`.
    pub kind: &'a str,
    /// Makes it unique: a second job with the same key is not added.
    pub key: Option<&'a str>,
    /// What the handler needs: ids only, never personal data.
    pub payload: serde_json::Value,
    /// Not before this moment.
    pub run_at: Time,
    /// After so many attempts it is dead.
    pub max_attempts: u32,
}

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// To be run, or running under a lease.
    Waiting,
    /// Ended well.
    Done,
    /// Given up; waits for a person.
    Dead,
}

impl State {
    /// The word in the database.
    pub const fn word(self) -> &'static str {
        match self {
            State::Waiting => "waiting",
            State::Done => "done",
            State::Dead => "dead",
        }
    }

    /// The state of a [`State::word`].
    pub fn from_word(word: &str) -> Option<State> {
        [State::Waiting, State::Done, State::Dead].into_iter().find(|state| state.word() == word)
    }
}

/// A job as it stands in the table.
#[derive(Clone, Debug)]
pub struct Job {
    /// Its id.
    pub id: Id<JobKind>,
    /// Which handler runs it.
    pub kind: String,
    /// Its key, if it is unique.
    pub key: Option<String>,
    /// What the handler needs.
    pub payload: serde_json::Value,
    /// Where it stands.
    pub state: State,
    /// Not before this moment.
    pub run_at: Time,
    /// How often it was claimed, this time included.
    pub attempts: u32,
    /// After so many attempts it is dead.
    pub max_attempts: u32,
    /// A worker holds it until then.
    pub lease_until: Option<Time>,
    /// The claim that holds it.
    pub claim: Option<Id<ClaimKind>>,
    /// Why the last attempt did not end well.
    pub last_reason: Option<String>,
    /// When it was enqueued.
    pub created_at: Time,
    /// When it was done or given up.
    pub ended_at: Option<Time>,
}

/// How an attempt ended. A reason is a short code for the administrator and never holds personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Ended well.
    Done,
    /// Try again after a growing pause, as long as attempts are left.
    Retry {
        /// Why.
        reason: Cow<'static, str>,
    },
    /// Not now, but at this moment, for example when a partner asks for it; does not use up an attempt.
    RetryAt(Time),
    /// Trying again cannot help.
    Fail {
        /// Why.
        reason: Cow<'static, str>,
    },
}

impl Outcome {
    /// [`Outcome::Retry`] with this reason.
    pub fn retry(reason: impl Into<Cow<'static, str>>) -> Outcome {
        Outcome::Retry { reason: reason.into() }
    }

    /// [`Outcome::Fail`] with this reason.
    pub fn fail(reason: impl Into<Cow<'static, str>>) -> Outcome {
        Outcome::Fail { reason: reason.into() }
    }
}
