//! Registers that know people: the pension fund, the interior ministry, the tax service.
//!
//! One small trait, [`Connector`]; [`http`] speaks the protocol of `docs/register-protocol.openapi.yaml`,
//! [`memory`] is for tests and simulations. What a register says by itself arrives as a [`webhook`].
//!
//! The rules of the house:
//! * a [`RequestId`] is asked any number of times and worked once: it is the idempotency key;
//! * [`Connector::ask`] is called from a job, outside any transaction, and never panics on what comes back: whatever
//!   is not a whole, fitting answer is [`Asked::Temporary`];
//! * the same answer may come more than once and by several ways (asked, collected, webhook): who calls keeps the
//!   first one by the request's id;
//! * nothing personal is in a log line, in `Debug`, in an address or in a reason.

mod answer;
mod config;
pub mod http;
pub mod memory;
mod question;
pub mod webhook;
#[cfg(test)]
mod webhook_tests;
mod wire;

pub use answer::{Answer, Asked, Field, InvalidReason, NotKnown};
pub use config::{RegisterConfig, RegistersConfig};
pub use question::{Check, Person, Question, Register, RequestId, Sex};

use crate::Health;
use async_trait::async_trait;

/// A way to ask one register.
#[async_trait]
pub trait Connector: Send + Sync {
    /// Which register it asks.
    fn register(&self) -> Register;

    /// Puts the question, or puts it again: the same id with the same question is worked once, however often it
    /// is asked, and gives the same answer.
    ///
    /// A question of another check than [`Register::check`] is [`Asked::Refused`].
    async fn ask(&self, request: &RequestId, question: &Question) -> Asked;

    /// Asks what became of a question that was [`Asked::Pending`]. [`Asked::Unknown`] means: ask anew, with the
    /// same id.
    async fn collect(&self, request: &RequestId) -> Asked;

    /// Whether the register is being asked at present.
    fn health(&self) -> Health;
}
