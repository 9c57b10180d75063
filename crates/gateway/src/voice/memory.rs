//! A caller that keeps calls in memory, for tests and simulations.

use super::{OutgoingCall, VoiceGateway};
use crate::{Health, SendOutcome};
use async_trait::async_trait;
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Accepts every call, unless answers were planned with [`MemoryVoice::plan`].
#[derive(Default)]
pub struct MemoryVoice {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    accepted: Vec<OutgoingCall>,
    planned: VecDeque<SendOutcome>,
    down: Option<String>,
}

impl MemoryVoice {
    /// An empty caller.
    pub fn new() -> MemoryVoice {
        MemoryVoice::default()
    }

    /// Every call accepted so far, oldest first; a repeated id is there once.
    pub fn accepted(&self) -> Vec<OutgoingCall> {
        self.lock().accepted.clone()
    }

    /// The answer to the next unanswered call; several are given in turn, then everything is accepted again.
    pub fn plan(&self, outcome: SendOutcome) {
        self.lock().planned.push_back(outcome);
    }

    /// Makes every call fail with [`SendOutcome::Temporary`] until called with `None`.
    pub fn set_down(&self, reason: Option<&str>) {
        self.lock().down = reason.map(str::to_owned);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl VoiceGateway for MemoryVoice {
    fn name(&self) -> &str {
        "memory"
    }

    async fn call(&self, call: &OutgoingCall) -> SendOutcome {
        let mut state = self.lock();
        if let Some(reason) = &state.down {
            return SendOutcome::temporary(reason.clone());
        }
        if let Some(planned) = state.planned.pop_front()
            && !planned.is_accepted()
        {
            return planned;
        }
        if !state.accepted.iter().any(|known| known.id == call.id) {
            state.accepted.push(call.clone());
        }
        SendOutcome::Accepted { gateway: "memory".to_owned(), remote_id: format!("mem-{}", call.id) }
    }

    fn health(&self) -> Health {
        match &self.lock().down {
            Some(reason) => Health::Down { reason: reason.clone() },
            None => Health::Up,
        }
    }
}
