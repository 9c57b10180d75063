//! What is known about recent messages: which parts were accepted, and what their receipts said. No I/O.
//!
//! It makes a repeated send with the same id harmless, lets a retry submit only the parts that are missing, and
//! turns the receipts of all parts into one of the message. It is bounded and lives in memory: after a restart
//! a retry submits everything again, and receipts come through part by part.

use crate::sms::DeliveryState;
use std::collections::{HashMap, VecDeque};

/// How many messages are remembered at most; the oldest goes first.
pub(super) const REMEMBERED: usize = 20_000;

#[derive(Default)]
pub(super) struct Ledger {
    messages: HashMap<String, Message>,
    oldest_first: VecDeque<String>,
    by_remote_id: HashMap<String, (String, usize)>,
}

struct Message {
    reference: u8,
    parts: Vec<Part>,
    sending: bool,
    reported: Option<DeliveryState>,
}

#[derive(Clone, Default)]
struct Part {
    remote_id: Option<String>,
    state: Option<DeliveryState>,
}

/// What a caller who wants to send a message is to do.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Claim {
    /// Everything was accepted before; this is the id to report.
    Done(String),
    /// Another call is sending it at this moment.
    Busy,
    /// Submit these parts (counted from 0) under this reference; then call [`Ledger::release`].
    Send { reference: u8, missing: Vec<usize> },
}

impl Ledger {
    /// Claims a message of `total` parts; `fresh_reference` is used when it is new.
    pub(super) fn claim(&mut self, id: &str, total: usize, fresh_reference: u8) -> Claim {
        let known = self.messages.get(id).is_some_and(|message| message.parts.len() == total);
        if !known {
            self.forget(id);
            self.make_room();
            let message = Message {
                reference: fresh_reference,
                parts: vec![Part::default(); total],
                sending: false,
                reported: None,
            };
            self.messages.insert(id.to_owned(), message);
            self.oldest_first.push_back(id.to_owned());
        }
        if let Some(remote_id) = self.remote_id(id) {
            return Claim::Done(remote_id);
        }
        let Some(message) = self.messages.get_mut(id) else { return Claim::Busy };
        if std::mem::replace(&mut message.sending, true) {
            return Claim::Busy;
        }
        let missing = (0..total).filter(|index| message.parts[*index].remote_id.is_none()).collect();
        Claim::Send { reference: message.reference, missing }
    }

    /// The caller that claimed the message has ended, well or not.
    pub(super) fn release(&mut self, id: &str) {
        if let Some(message) = self.messages.get_mut(id) {
            message.sending = false;
        }
    }

    /// The centre accepted one part, in time or late.
    pub(super) fn accepted(&mut self, id: &str, part: usize, remote_id: &str) {
        if let Some(slot) = self.messages.get_mut(id).and_then(|message| message.parts.get_mut(part)) {
            slot.remote_id = Some(remote_id.to_owned());
            if !remote_id.is_empty() {
                self.by_remote_id.insert(remote_id.to_owned(), (id.to_owned(), part));
            }
        }
    }

    /// The id under which the message is known outside: that of its first part, once all are accepted.
    pub(super) fn remote_id(&self, id: &str) -> Option<String> {
        let parts = &self.messages.get(id)?.parts;
        let all = parts.iter().all(|part| part.remote_id.is_some());
        if all { parts.first()?.remote_id.clone() } else { None }
    }

    /// Takes a receipt of one part in. Returns the receipt of the whole message when it says something new:
    /// failed or expired as soon as one part did, delivered when all parts are. A receipt for a part that is not
    /// known comes back as it is.
    pub(super) fn receipt(
        &mut self,
        remote_id: &str,
        state: DeliveryState,
    ) -> Option<(String, DeliveryState)> {
        let Some((id, part)) = self.by_remote_id.get(remote_id).cloned() else {
            return Some((remote_id.to_owned(), state));
        };
        let message = self.messages.get_mut(&id)?;
        let slot = &mut message.parts.get_mut(part)?.state;
        if slot.as_ref().is_none_or(|known| !known.is_final()) {
            *slot = Some(state);
        }
        let whole = whole(&message.parts)?;
        let outside = message.parts.first()?.remote_id.clone().filter(|id| !id.is_empty())?;
        let news = match &message.reported {
            None => true,
            Some(before) => !before.is_final() && *before != whole,
        };
        news.then(|| {
            message.reported = Some(whole.clone());
            (outside, whole)
        })
    }

    fn make_room(&mut self) {
        while self.messages.len() >= REMEMBERED {
            let Some(oldest) = self.oldest_first.front().cloned() else { return };
            self.forget(&oldest);
        }
    }

    fn forget(&mut self, id: &str) {
        let Some(message) = self.messages.remove(id) else { return };
        match self.oldest_first.front() {
            Some(first) if first == id => drop(self.oldest_first.pop_front()),
            _ => self.oldest_first.retain(|known| known != id),
        }
        for part in message.parts {
            if let Some(remote_id) = part.remote_id {
                self.by_remote_id.remove(&remote_id);
            }
        }
    }
}

/// The state of a message from those of its parts; `None` while something is missing.
fn whole(parts: &[Part]) -> Option<DeliveryState> {
    let bad = parts.iter().filter_map(|part| part.state.as_ref());
    if let Some(bad) =
        bad.clone().find(|state| matches!(state, DeliveryState::Failed { .. } | DeliveryState::Expired))
    {
        return Some(bad.clone());
    }
    if parts.iter().any(|part| part.state.is_none()) {
        return None;
    }
    let mut states = bad;
    states
        .clone()
        .find(|state| matches!(state, DeliveryState::Buffered | DeliveryState::Unknown))
        .or_else(|| states.next())
        .cloned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use DeliveryState::{Buffered, Delivered, Expired};

    fn accepted(parts: usize) -> Ledger {
        let mut ledger = Ledger::default();
        ledger.claim("m", parts, 7);
        for part in 0..parts {
            ledger.accepted("m", part, &format!("r{part}"));
        }
        ledger.release("m");
        ledger
    }

    #[test]
    fn a_repeat_sends_nothing_and_a_retry_only_what_is_missing() {
        let mut ledger = Ledger::default();
        assert_eq!(ledger.claim("m", 3, 7), Claim::Send { reference: 7, missing: vec![0, 1, 2] });
        assert_eq!(ledger.claim("m", 3, 8), Claim::Busy);
        ledger.accepted("m", 1, "r1");
        ledger.release("m");
        assert_eq!(
            ledger.claim("m", 3, 8),
            Claim::Send { reference: 7, missing: vec![0, 2] },
            "the same reference"
        );
        ledger.accepted("m", 0, "r0");
        ledger.accepted("m", 2, "r2");
        assert_eq!(ledger.claim("m", 3, 9), Claim::Done("r0".into()));
    }

    #[test]
    fn parts_become_one_receipt_and_duplicates_none() {
        let mut ledger = accepted(3);
        assert_eq!(ledger.receipt("r2", Delivered), None);
        assert_eq!(ledger.receipt("r0", Delivered), None);
        assert_eq!(ledger.receipt("r0", Delivered), None);
        assert_eq!(ledger.receipt("r1", Delivered), Some(("r0".into(), Delivered)));
        assert_eq!(ledger.receipt("r1", Delivered), None, "the same again");
        assert_eq!(ledger.receipt("r1", Expired), None, "final is final");
    }

    #[test]
    fn one_failed_part_fails_the_message_once() {
        let mut ledger = accepted(2);
        assert_eq!(ledger.receipt("r1", Expired), Some(("r0".into(), Expired)));
        assert_eq!(ledger.receipt("r0", Delivered), None);
    }

    #[test]
    fn a_buffered_message_can_still_be_delivered() {
        let mut ledger = accepted(1);
        assert_eq!(ledger.receipt("r0", Buffered), Some(("r0".into(), Buffered)));
        assert_eq!(ledger.receipt("r0", Buffered), None);
        assert_eq!(ledger.receipt("r0", Delivered), Some(("r0".into(), Delivered)));
    }

    #[test]
    fn an_unknown_receipt_comes_through() {
        assert_eq!(Ledger::default().receipt("x", Delivered), Some(("x".into(), Delivered)));
    }

    #[test]
    fn memory_is_bounded() {
        let mut ledger = Ledger::default();
        for n in 0..REMEMBERED + 50 {
            ledger.claim(&n.to_string(), 1, 0);
            ledger.accepted(&n.to_string(), 0, &format!("r{n}"));
        }
        assert_eq!(ledger.messages.len(), REMEMBERED);
        assert_eq!((ledger.oldest_first.len(), ledger.by_remote_id.len()), (REMEMBERED, REMEMBERED));
    }
}
