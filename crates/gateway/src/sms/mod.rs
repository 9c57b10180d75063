//! Short messages: the trait, its words, and the router that shares several gateways out.

mod config;
pub mod memory;
pub mod router;
#[cfg(test)]
mod router_tests;
pub mod smpp;
mod standing;

pub use config::SmsConfig;
pub use router::{GatewayStatus, SmsRouter};

use crate::{Health, SendOutcome};
use async_trait::async_trait;
use kernel::Span;

/// One short message to one person, however many parts the network needs for it.
#[derive(Clone, PartialEq, Eq)]
pub struct OutgoingSms {
    /// Our own id of the message; the same id sent again is the same message, not a second one.
    pub id: String,
    /// The recipient in E.164 with the plus, such as `+79123456789`.
    pub to: String,
    /// The text as the person will read it.
    pub text: String,
    /// How long the centre may keep trying; a code that has expired is not worth delivering.
    pub valid_for: Span,
}

impl std::fmt::Debug for OutgoingSms {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OutgoingSms").field("id", &self.id).finish_non_exhaustive()
    }
}

/// What the network says about a message that was accepted earlier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeliveryState {
    /// The phone has it.
    Delivered,
    /// It will not arrive.
    Failed {
        /// The centre's state and error code.
        reason: String,
    },
    /// Its time ran out before the phone was reachable.
    Expired,
    /// The centre lost track of it.
    Unknown,
    /// The centre is still trying (phone off or out of reach).
    Buffered,
}

impl DeliveryState {
    /// Whether no other state can follow.
    pub fn is_final(&self) -> bool {
        !matches!(self, DeliveryState::Buffered)
    }
}

/// A delivery receipt. The same receipt may come twice: record it by (`gateway`, `remote_id`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Name of the gateway, as in [`SendOutcome::Accepted`].
    pub gateway: String,
    /// The centre's id, as in [`SendOutcome::Accepted`].
    pub remote_id: String,
    /// What happened to the message.
    pub state: DeliveryState,
}

/// Where receipts of all gateways arrive.
pub type Receipts = tokio::sync::mpsc::Receiver<Receipt>;

/// A way to send short messages.
#[async_trait]
pub trait SmsGateway: Send + Sync {
    /// The name given in the configuration.
    fn name(&self) -> &str;

    /// Hands one message over; returns when the centre has answered or the time for it has run out.
    async fn send(&self, message: &OutgoingSms) -> SendOutcome;

    /// Whether it can take messages now.
    fn health(&self) -> Health;

    /// Every gateway behind this one with its present share and state; a single gateway is a list of one.
    fn status(&self) -> Vec<GatewayStatus> {
        let (name, health) = (self.name().to_owned(), self.health());
        vec![GatewayStatus { name, weight: 1, effective_weight: 1, breaker_open: false, health }]
    }
}
