//! A gateway that keeps messages in memory, for tests and simulations.

use super::{DeliveryState, OutgoingSms, Receipt, Receipts, SmsGateway};
use crate::{Health, SendOutcome};
use async_trait::async_trait;
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::mpsc;

/// How many receipts may wait for the reader before [`MemorySms::receive`] drops them.
const RECEIPTS_WAITING: usize = 1024;

/// Accepts everything, unless answers were planned with [`MemorySms::plan`].
pub struct MemorySms {
    name: String,
    state: Mutex<State>,
    receipts: mpsc::Sender<Receipt>,
}

#[derive(Default)]
struct State {
    accepted: Vec<OutgoingSms>,
    attempts: usize,
    planned: VecDeque<SendOutcome>,
    down: Option<String>,
}

impl MemorySms {
    /// An empty gateway and the end at which its receipts arrive.
    pub fn new(name: &str) -> (MemorySms, Receipts) {
        let (receipts, reader) = mpsc::channel(RECEIPTS_WAITING);
        (MemorySms { name: name.to_owned(), state: Mutex::default(), receipts }, reader)
    }

    /// Everything accepted so far, oldest first; a repeated id is there once.
    pub fn accepted(&self) -> Vec<OutgoingSms> {
        self.lock().accepted.clone()
    }

    /// The newest accepted text for this recipient.
    pub fn last_text_to(&self, to: &str) -> Option<String> {
        self.lock().accepted.iter().rev().find(|message| message.to == to).map(|message| message.text.clone())
    }

    /// How often [`SmsGateway::send`] was called.
    pub fn attempts(&self) -> usize {
        self.lock().attempts
    }

    /// The answer to the next unanswered call; several are given in turn, then everything is accepted again.
    pub fn plan(&self, outcome: SendOutcome) {
        self.lock().planned.push_back(outcome);
    }

    /// Makes every call fail with [`SendOutcome::Temporary`] until called with `None`.
    pub fn set_down(&self, reason: Option<&str>) {
        self.lock().down = reason.map(str::to_owned);
    }

    /// Lets a receipt arrive for a message that was accepted.
    pub fn receive(&self, remote_id: &str, state: DeliveryState) {
        let receipt = Receipt { gateway: self.name.clone(), remote_id: remote_id.to_owned(), state };
        let _ = self.receipts.try_send(receipt);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl SmsGateway for MemorySms {
    fn name(&self) -> &str {
        &self.name
    }

    async fn send(&self, message: &OutgoingSms) -> SendOutcome {
        let mut state = self.lock();
        state.attempts += 1;
        if let Some(reason) = &state.down {
            return SendOutcome::temporary(reason.clone());
        }
        if let Some(planned) = state.planned.pop_front()
            && !planned.is_accepted()
        {
            return planned;
        }
        if !state.accepted.iter().any(|known| known.id == message.id) {
            state.accepted.push(message.clone());
        }
        SendOutcome::Accepted { gateway: self.name.clone(), remote_id: format!("mem-{}", message.id) }
    }

    fn health(&self) -> Health {
        match &self.lock().down {
            Some(reason) => Health::Down { reason: reason.clone() },
            None => Health::Up,
        }
    }
}
