//! A push service that keeps pushes in memory, for tests and simulations.

use super::{OutgoingPush, PushGateway, Pushed};
use crate::Health;
use async_trait::async_trait;
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Accepts every push, unless answers were planned with [`MemoryPush::plan`].
#[derive(Default)]
pub struct MemoryPush {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    accepted: Vec<OutgoingPush>,
    planned: VecDeque<Pushed>,
    attempts: usize,
}

impl MemoryPush {
    /// An empty push service.
    pub fn new() -> MemoryPush {
        MemoryPush::default()
    }

    /// Every push accepted so far, oldest first.
    pub fn accepted(&self) -> Vec<OutgoingPush> {
        self.lock().accepted.clone()
    }

    /// How often a push was tried.
    pub fn attempts(&self) -> usize {
        self.lock().attempts
    }

    /// The answer to the next push; several are given in turn, then everything is accepted again.
    pub fn plan(&self, answer: Pushed) {
        self.lock().planned.push_back(answer);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl PushGateway for MemoryPush {
    fn name(&self) -> &str {
        "memory"
    }

    fn public_key(&self) -> &str {
        "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8"
    }

    async fn push(&self, push: &OutgoingPush) -> Pushed {
        let mut state = self.lock();
        state.attempts += 1;
        if let Some(planned) = state.planned.pop_front()
            && !matches!(planned, Pushed::Accepted { .. })
        {
            return planned;
        }
        state.accepted.push(push.clone());
        Pushed::Accepted { remote_id: format!("mem-{}", push.id) }
    }

    fn health(&self) -> Health {
        Health::Up
    }
}
