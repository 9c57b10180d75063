//! What keeps an account safe from who got hold of it: «Это был не я», the lockdown, the owner's own bans.
//!
//! Invariants: what narrows happens at once and needs little, what widens needs a stronger proof, a wait and a notice with
//! a way to stop it; every effect stands in the journal in its own transaction; a link acts once, only by the button of
//! its page, only on the account that it was made for; an account in lockdown answers like an unknown login.

mod bans;
pub mod jobs;
mod lockdown;
mod means;
mod not_me;
mod rules;
mod settings;
mod store;
pub mod web;

pub use bans::{
    Asked, Set, ask_to_lift, facts, forbids, keep, list, note_refusal, place, refusal, set, whence,
};
pub use lockdown::{By, Held, believed_until, held as lockdown, lift as lift_lockdown, lock_down};
pub use not_me::{Choice, Kept, Reported, keep as keep_by_link, kept, report};
pub use rules::{
    Facts, Lift, Needs, Obstacle, Place, Proof, RULES, Restriction, Rule, may_lift, may_set, refuses,
};
pub use settings::Settings;
pub use store::Ban;

kernel::id_kinds! {
    /// A lockdown of an account.
    LockdownKind = "lck";
}

/// A lockdown's identifier.
pub type LockdownId = kernel::Id<LockdownKind>;
