//! Hands every code that arrives at the stand to the one who waits for it.

use stand::messages::{Filter, Message, Messages};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::oneshot;

/// The longest wait for a message.
const PATIENCE: Duration = Duration::from_secs(30);

type Waiting = Arc<Mutex<HashMap<String, oneshot::Sender<String>>>>;

/// Follows the stand's messages; cheap to clone.
#[derive(Clone)]
pub struct Mailbox(Waiting);

impl Mailbox {
    /// Follows from now on, for as long as the runtime lives.
    pub fn follow(messages: &Messages) -> Mailbox {
        let waiting = Waiting::default();
        tokio::spawn(deliver(messages.clone(), Arc::clone(&waiting)));
        Mailbox(waiting)
    }

    /// Begins to wait; call it before the message is asked for.
    pub fn expect(&self, phone: &str) -> Expected {
        let (sender, receiver) = oneshot::channel();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(phone.to_owned(), sender);
        Expected(receiver)
    }
}

/// A code that is on its way.
pub struct Expected(oneshot::Receiver<String>);

impl Expected {
    /// The code.
    pub async fn code(self) -> anyhow::Result<String> {
        match tokio::time::timeout(PATIENCE, self.0).await {
            Ok(Ok(code)) => Ok(code),
            _ => anyhow::bail!("no message came within {} s", PATIENCE.as_secs()),
        }
    }
}

async fn deliver(messages: Messages, waiting: Waiting) {
    let mut after = 0;
    loop {
        let fresh = messages.wait(&Filter { after, ..Filter::default() }).await;
        after = fresh.first().map_or(after, |newest| newest.id);
        let mut waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
        for message in fresh {
            if let Some(code) = code_in(&message)
                && let Some(sender) = waiting.remove(&message.to)
            {
                let _ = sender.send(code); // whoever waited may have given up
            }
        }
    }
}

/// The first run of exactly six digits.
fn code_in(message: &Message) -> Option<String> {
    message.text.split(|sign: char| !sign.is_ascii_digit()).find(|run| run.len() == 6).map(str::to_owned)
}
