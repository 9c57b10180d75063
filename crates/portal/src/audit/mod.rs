//! The journal: what happened to an account, who did it and with what result (spec 01 §6, practice sheet §11).
//!
//! Invariants: an event is written in the transaction of its effect, and without it there is no effect; events of one
//! account form a hash chain; a record holds no personal value (address and device are sealed beside it under the
//! account's data key and die with it); rows are added, never changed.
//!
//! Every event becomes a leaf of one Merkle tree ([`merkle`], [`tiles`]) whose head is signed and published every hour
//! ([`heads`]); an owner can take away the proof of an event ([`proof`]), and [`verify`] goes through everything.

mod declare;
mod event;
pub mod heads;
pub mod jobs;
pub mod merkle;
pub mod note;
pub mod proof;
pub mod read;
mod settings;
mod store;
pub mod tiles;
pub mod verify;
pub mod web;
pub mod words;

pub use event::Event;
pub use settings::Settings;

use crate::ctx::{Actor, Ctx};
use crate::error::Result;
use ::store::Tx;
use serde::{Deserialize, Serialize};

kernel::id_kinds! {
    /// An event of the journal.
    EventKind = "jrn";
}

/// An event's identifier.
pub type EventId = kernel::Id<EventKind>;

/// Whose journal an event belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chain<'a> {
    /// An account's, by its identifier.
    Account(&'a str),
    /// Tries with a login that is nobody's: the first byte of its keyed hash picks one of 256 chains, so that the cost
    /// is that of an account's event and no chain is everybody's bottleneck.
    Nobody(u8),
    /// The portal's own: keys, configuration, staff.
    Portal,
}

impl Chain<'_> {
    /// The chain's name in the database and in records.
    pub fn name(self) -> String {
        match self {
            Chain::Account(id) => id.to_owned(),
            Chain::Nobody(byte) => format!("nobody-{byte:02x}"),
            Chain::Portal => "portal".to_owned(),
        }
    }
}

/// What the owner sees beside an event and nobody else may: sealed under the account's data key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Private {
    /// The network address.
    pub address: String,
    /// Browser and system in a few words.
    pub agent: String,
    /// The staff member's name and role, when staff acted.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub staff: String,
    /// The reason that staff gave, or which contact or device was meant.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// Writes an event into the journal, in the caller's transaction.
///
/// # Errors
/// The storage is away: then the effect must not happen either.
pub fn record(tx: &mut Tx<'_>, ctx: &Ctx, chain: Chain<'_>, event: &Event) -> Result<()> {
    record_with(tx, ctx, chain, event, "")
}

/// As [`record`], with a note that only the owner reads: the reason of staff, the contact that was meant.
///
/// # Errors
/// As [`record`].
pub fn record_with(tx: &mut Tx<'_>, ctx: &Ctx, chain: Chain<'_>, event: &Event, note: &str) -> Result<()> {
    let (actor, staff) = match &ctx.actor {
        Actor::Visitor => ("visitor".to_owned(), String::new()),
        Actor::Account(id) if chain == Chain::Account(id) => ("owner".to_owned(), String::new()),
        Actor::Account(_) => ("other".to_owned(), String::new()),
        Actor::Staff { id, name } => (format!("staff:{id}"), name.clone()),
        Actor::System => ("system".to_owned(), String::new()),
    };
    let from_outside = ctx.actor != Actor::System;
    let private = Private {
        // Where staff sit is not the owner's business.
        address: if from_outside && staff.is_empty() { ctx.address.to_string() } else { String::new() },
        agent: if from_outside && staff.is_empty() { ctx.agent.clone() } else { String::new() },
        staff,
        note: note.to_owned(),
    };
    store::append(tx, ctx, chain, &actor, event, &private)
}
