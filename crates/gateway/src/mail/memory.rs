//! A mail gateway that keeps letters in memory, for tests and simulations.

use super::{MailGateway, OutgoingMail};
use crate::{Health, SendOutcome};
use async_trait::async_trait;
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Accepts every letter, unless answers were planned with [`MemoryMail::plan`].
#[derive(Default)]
pub struct MemoryMail {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    accepted: Vec<OutgoingMail>,
    planned: VecDeque<SendOutcome>,
    down: Option<String>,
}

impl MemoryMail {
    /// An empty gateway.
    pub fn new() -> MemoryMail {
        MemoryMail::default()
    }

    /// Every letter accepted so far, oldest first; a repeated id is there once.
    pub fn accepted(&self) -> Vec<OutgoingMail> {
        self.lock().accepted.clone()
    }

    /// The answer to the next letter; several are given in turn, then everything is accepted again.
    pub fn plan(&self, outcome: SendOutcome) {
        self.lock().planned.push_back(outcome);
    }

    /// Makes every letter fail with [`SendOutcome::Temporary`] until called with `None`.
    pub fn set_down(&self, reason: Option<&str>) {
        self.lock().down = reason.map(str::to_owned);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl MailGateway for MemoryMail {
    fn name(&self) -> &str {
        "memory"
    }

    async fn send(&self, mail: &OutgoingMail) -> SendOutcome {
        let mut state = self.lock();
        if let Some(reason) = &state.down {
            return SendOutcome::temporary(reason.clone());
        }
        if let Some(planned) = state.planned.pop_front()
            && !planned.is_accepted()
        {
            return planned;
        }
        if !state.accepted.iter().any(|known| known.id == mail.id) {
            state.accepted.push(mail.clone());
        }
        SendOutcome::Accepted { gateway: "memory".to_owned(), remote_id: format!("mem-{}", mail.id) }
    }

    fn health(&self) -> Health {
        match &self.lock().down {
            Some(reason) => Health::Down { reason: reason.clone() },
            None => Health::Up,
        }
    }
}
