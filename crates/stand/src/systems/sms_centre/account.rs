//! What a centre keeps for its account across connections: parts that wait for the others, receipts that wait
//! for a connection, the count of parts in this second.

use super::pdu::{self, ReceiptOf};
use super::{SmsCentre, text};
use crate::messages::{Arrival, Channel, to_rfc3339};
use crate::system::World;
use bytes::Bytes;
use kernel::Span;
use rusmpp::CommandStatus;
use rusmpp::pdus::SubmitSm;
use rusmpp::values::MessageState;
use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::mpsc;

/// How many unfinished messages and undelivered receipts are kept.
const MOST_WAITING: usize = 1000;

pub(super) struct Account {
    pub(super) centre: SmsCentre,
    pub(super) world: World,
    prefix: u32,
    counter: AtomicU64,
    sequence: AtomicU32,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    unfinished: HashMap<PartKey, Unfinished>,
    receiver: Option<mpsc::Sender<Bytes>>,
    undelivered: VecDeque<ReceiptOf>,
    second: i64,
    parts_this_second: u32,
}

type PartKey = (String, String, u16, u8);
type Unfinished = Vec<Option<Vec<u8>>>;

impl Account {
    pub(super) fn new(centre: SmsCentre, world: World) -> Account {
        let prefix = u32::from_be_bytes(world.rng.fork().bytes());
        Account {
            centre,
            world,
            prefix,
            counter: AtomicU64::new(0),
            sequence: AtomicU32::new(0),
            state: Mutex::default(),
        }
    }

    pub(super) fn next_sequence(&self) -> u32 {
        (self.sequence.fetch_add(1, Ordering::Relaxed) & 0x7FFF_FFFE) + 1
    }

    /// Whether another part would be too fast; counts it when not.
    pub(super) fn is_too_fast(&self) -> bool {
        let Some(limit) = self.world.config.sms_parts_per_second else { return false };
        let second = self.world.clock.now().0 / 1_000_000;
        let mut state = self.lock();
        if state.second != second {
            (state.second, state.parts_this_second) = (second, 0);
        }
        state.parts_this_second += 1;
        state.parts_this_second > limit
    }

    /// Takes one part. The message appears at the recipient once all parts are there.
    pub(super) fn take(self: &Arc<Self>, submit: &SubmitSm) -> Result<String, CommandStatus> {
        let to = submit.destination_addr.as_str();
        if !(7..=15).contains(&to.len()) || !to.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(CommandStatus::EsmeRinvdstadr);
        }
        let number = self.counter.fetch_add(1, Ordering::Relaxed) + 1;
        let message_id = format!("{:08x}{number:06}", self.prefix);
        let kept = self.assemble(submit).map(|(text, parts)| {
            let arrival = Arrival {
                channel: Channel::Sms,
                to: format!("+{to}"),
                from: submit.source_addr.as_str().to_owned(),
                subject: None,
                text,
                html: None,
                gateway: self.centre.name,
                parts: Some(parts),
            };
            self.world.messages.arrive(arrival, "accepted")
        });
        self.clone().deliver_later(message_id.clone(), submit.clone(), kept);
        Ok(message_id)
    }

    /// The whole text and its number of parts, when this part completes a message.
    fn assemble(&self, submit: &SubmitSm) -> Option<(String, u8)> {
        let octets = pdu::user_data(submit);
        let coding = u8::from(submit.data_coding);
        let has_header = u8::from(submit.esm_class) & 0x40 != 0;
        let (part_of, body) = if has_header { text::user_data(&octets) } else { (None, &octets[..]) };
        let Some((reference, total, number)) = part_of else {
            return Some((text::decode(coding, body), 1));
        };
        let (from, to) = (submit.source_addr.to_string(), submit.destination_addr.to_string());
        let key = (from, to, reference, total);
        let mut state = self.lock();
        if state.unfinished.len() >= MOST_WAITING {
            state.unfinished.clear();
        }
        let parts = state.unfinished.entry(key.clone()).or_insert_with(|| vec![None; total.into()]);
        parts[usize::from(number) - 1] = Some(body.to_vec());
        let whole: Option<Vec<u8>> =
            parts.iter().cloned().collect::<Option<Vec<_>>>().map(|parts| parts.concat());
        let whole = whole?;
        state.unfinished.remove(&key);
        Some((text::decode(coding, &whole), total))
    }

    /// After a moment the phone has the message, or has not, and the receipt goes out.
    fn deliver_later(self: Arc<Self>, message_id: String, submit: SubmitSm, kept: Option<u64>) {
        tokio::spawn(async move {
            tokio::time::sleep(self.world.config.receipt_after.to_std()).await;
            let to = submit.destination_addr.as_str();
            let (state, word) = match to {
                _ if to.ends_with("000404") => (MessageState::Undeliverable, "undeliverable"),
                _ if to.ends_with("000408") => (MessageState::Expired, "expired"),
                _ => (MessageState::Delivered, "delivered"),
            };
            if let Some(id) = kept {
                self.world.messages.add_state(id, word);
            }
            // Bits 0 and 1: 1 asks for every receipt, 2 only for failures (SMPP 3.4 section 5.2.17).
            let wanted = match u8::from(submit.registered_delivery) & 3 {
                1 => true,
                2 => state != MessageState::Delivered,
                _ => false,
            };
            if wanted {
                let done = minute(&to_rfc3339(self.world.clock.now()));
                self.send_receipt(ReceiptOf { message_id, state, submit, done });
            }
        });
    }

    /// Sends a receipt over the bound connection, or keeps it for the next one.
    pub(super) fn send_receipt(&self, receipt: ReceiptOf) {
        let octets = pdu::write(
            CommandStatus::EsmeRok,
            self.next_sequence(),
            receipt.pdu(self.centre.receipts_with_tlvs),
        );
        let twice = self.world.faults.get(self.centre.name).mode == crate::faults::Mode::Duplicate;
        let mut state = self.lock();
        let sent = state.receiver.as_ref().is_some_and(|receiver| receiver.try_send(octets.clone()).is_ok());
        if sent && twice {
            let again = state.receiver.as_ref().map(|receiver| receiver.try_send(octets));
            drop(again);
        }
        if !sent && state.undelivered.len() < MOST_WAITING {
            state.receiver = None;
            state.undelivered.push_back(receipt);
        }
    }

    /// A connection that takes receipts is bound: it gets those that wait.
    pub(super) fn bound(&self, receiver: mpsc::Sender<Bytes>) {
        let waiting = {
            let mut state = self.lock();
            state.receiver = Some(receiver);
            std::mem::take(&mut state.undelivered)
        };
        for receipt in waiting {
            self.send_receipt(receipt);
        }
    }

    /// A connection ends: receipts wait for the next one, unless another is bound already.
    pub(super) fn unbound(&self, receiver: &mpsc::Sender<Bytes>) {
        let mut state = self.lock();
        if state.receiver.as_ref().is_some_and(|known| known.same_channel(receiver)) {
            state.receiver = None;
        }
    }

    /// How long an answer is held back.
    pub(super) async fn hold(&self, span: Span) {
        tokio::time::sleep(span.to_std()).await;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `2026-11-21T22:19:45Z` as `2611212219`, the form of receipts.
fn minute(rfc3339: &str) -> String {
    rfc3339.chars().skip(2).filter(char::is_ascii_digit).take(10).collect()
}
