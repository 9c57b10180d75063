//! One bound session: reads PDUs, answers what must be answered, and matches answers to submissions.

use super::pdu::{self, Incoming};
use super::receipt;
use super::{Shared, status};
use crate::sms::Receipt;
use bytes::BytesMut;
use rusmpp::pdus::{DataSmResp, DeliverSm, DeliverSmResp};
use rusmpp::tlvs::{Tlv, TlvValue};
use rusmpp::types::COctetString;
use rusmpp::{CommandId, CommandStatus, Pdu};
use std::collections::HashMap;
use std::io;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, timeout};

/// This many unreadable PDUs in one session end it: the peer does not speak our language.
const MOST_UNREADABLE: u32 = 10;

/// A connection, plain or TLS.
pub(super) trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// One part on its way to the centre.
pub(super) struct Submission {
    /// Our id of the message and the part's place in it.
    pub(super) message: (String, usize),
    pub(super) pdu: Pdu,
    pub(super) answer: oneshot::Sender<Answer>,
}

/// What the centre said to one part.
#[derive(Debug)]
pub(super) enum Answer {
    Accepted,
    Refused(u32),
    Unreadable,
}

/// Why a session ended.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) reason: String,
    /// Whether it was of any use; a session that was not lengthens the pause before the next one.
    pub(super) was_useful: bool,
    pub(super) asked_to_stop: bool,
}

pub(super) struct Session<'a> {
    shared: &'a Shared,
    stream: Box<dyn Stream>,
    buffer: BytesMut,
    sequence: u32,
    waiting: HashMap<u32, Waiting>,
    enquiry: Option<(u32, Instant)>,
    last_heard: Instant,
    unreadable: u32,
    heard_any: bool,
    stopping: Option<Instant>,
}

/// A part without an answer. It stays after its sender gave up, so that a late answer is still noted.
struct Waiting {
    message: (String, usize),
    answer: oneshot::Sender<Answer>,
}

type Step = Result<(), String>;

impl<'a> Session<'a> {
    /// Binds a fresh connection as transceiver.
    ///
    /// # Errors
    /// A reason in words when the centre refuses, is silent or makes no sense.
    pub(super) async fn bind(shared: &'a Shared, stream: Box<dyn Stream>) -> Result<Session<'a>, String> {
        let mut session = Session {
            shared,
            stream,
            buffer: BytesMut::new(),
            sequence: 0,
            waiting: HashMap::new(),
            enquiry: None,
            last_heard: Instant::now(),
            unreadable: 0,
            heard_any: false,
            stopping: None,
        };
        let sequence = session.next_sequence();
        session.write(CommandStatus::EsmeRok, sequence, pdu::bind(&shared.config)).await?;
        let answer = timeout(session.patience(), session.read_bind_answer(sequence)).await;
        answer.map_err(|_| "no answer to the bind".to_owned())??;
        session.last_heard = Instant::now();
        Ok(session)
    }

    async fn read_bind_answer(&mut self, sequence: u32) -> Step {
        loop {
            let incoming = self.read().await?;
            match incoming.id {
                CommandId::BindTransceiverResp | CommandId::GenericNack if incoming.sequence == sequence => {
                    let good = incoming.id == CommandId::BindTransceiverResp && incoming.status == 0;
                    return if good {
                        Ok(())
                    } else {
                        Err(format!("bind refused: {}", status::name(incoming.status)))
                    };
                }
                _ => self.count_unreadable("before the bind was answered")?,
            }
        }
    }

    /// Carries submissions and receipts until the connection ends or `stop` turns true.
    pub(super) async fn run(
        mut self,
        submissions: &mut mpsc::Receiver<Submission>,
        stop: &mut watch::Receiver<bool>,
    ) -> Ended {
        let reason = loop {
            let (timer, open) = (self.next_timer(), self.stopping.is_none());
            let step = tokio::select! {
                incoming = Self::next(&mut *self.stream, &mut self.buffer) => match incoming {
                    Ok(incoming) => self.handle(incoming).await,
                    Err(reason) => Err(reason),
                },
                submission = submissions.recv(), if open => match submission {
                    Some(submission) => self.submit(submission).await,
                    None => Err("the gateway is gone".to_owned()),
                },
                changed = stop.changed(), if open => {
                    if changed.is_err() || *stop.borrow() {
                        self.stopping = Some(Instant::now() + self.patience());
                    }
                    Ok(())
                }
                () = tokio::time::sleep_until(timer) => self.on_timer().await,
            };
            if let Err(reason) = step {
                break reason;
            }
            if let Some(until) = self.stopping
                && (self.waiting.is_empty() || Instant::now() >= until)
            {
                break self.say_goodbye().await;
            }
        };
        let asked_to_stop = self.stopping.is_some();
        // Dropping what still waits tells its senders that the outcome is unknown.
        Ended { reason, was_useful: self.heard_any, asked_to_stop }
    }

    fn patience(&self) -> Duration {
        Duration::from_secs(self.shared.config.response_timeout_seconds.into())
    }

    fn next_timer(&self) -> Instant {
        let own = match self.enquiry {
            Some((_, asked)) => asked + self.patience(),
            None => self.last_heard + Duration::from_secs(self.shared.config.enquire_link_seconds.into()),
        };
        self.stopping.map_or(own, |until| own.min(until))
    }

    async fn on_timer(&mut self) -> Step {
        let now = Instant::now();
        match self.enquiry {
            Some((_, asked)) if now >= asked + self.patience() => Err("no answer to enquire_link".to_owned()),
            None if now
                >= self.last_heard + Duration::from_secs(self.shared.config.enquire_link_seconds.into()) =>
            {
                let sequence = self.next_sequence();
                self.enquiry = Some((sequence, now));
                self.write(CommandStatus::EsmeRok, sequence, Pdu::EnquireLink).await
            }
            _ => Ok(()),
        }
    }

    async fn submit(&mut self, submission: Submission) -> Step {
        if submission.answer.is_closed() {
            return Ok(()); // its sender gave up while it queued
        }
        // Late answers are worth remembering, but not without bound.
        if self.waiting.len() >= 4 * self.shared.config.window as usize {
            self.waiting.retain(|_, waiting| !waiting.answer.is_closed());
        }
        let sequence = self.next_sequence();
        self.waiting.insert(sequence, Waiting { message: submission.message, answer: submission.answer });
        self.write(CommandStatus::EsmeRok, sequence, submission.pdu).await
    }

    async fn handle(&mut self, incoming: Incoming) -> Step {
        self.last_heard = Instant::now();
        let sequence = incoming.sequence;
        if incoming.id.is_response() {
            return self.handle_response(incoming);
        }
        match (incoming.id, incoming.body) {
            (CommandId::EnquireLink, _) => self.answer(sequence, Pdu::EnquireLinkResp).await,
            (CommandId::Unbind, _) => {
                self.answer(sequence, Pdu::UnbindResp).await?;
                Err("the centre said goodbye".to_owned())
            }
            (CommandId::DeliverSm, Ok(Some(Pdu::DeliverSm(deliver)))) => {
                let status = self.take_receipt(&deliver);
                self.write(status, sequence, DeliverSmResp::new(COctetString::null(), Vec::new()).into())
                    .await
            }
            (CommandId::DataSm, Ok(Some(Pdu::DataSm(data)))) => {
                let (id, state) = from_tlvs(data.tlvs());
                let status = self.pass_on(receipt::parse(b"", id, state));
                self.write(status, sequence, DataSmResp::new(COctetString::null(), Vec::new()).into()).await
            }
            (CommandId::AlertNotification, _) => Ok(()),
            (CommandId::DeliverSm | CommandId::DataSm, _) => {
                self.write(CommandStatus::EsmeRinvcmdlen, sequence, Pdu::GenericNack).await?;
                self.count_unreadable("with an unreadable body")
            }
            _ => {
                self.write(CommandStatus::EsmeRinvcmdid, sequence, Pdu::GenericNack).await?;
                self.count_unreadable("of an unknown kind")
            }
        }
    }

    fn handle_response(&mut self, incoming: Incoming) -> Step {
        if self.enquiry.is_some_and(|(sequence, _)| sequence == incoming.sequence) {
            self.enquiry = None;
            self.heard_any = true;
            return Ok(());
        }
        if !matches!(incoming.id, CommandId::SubmitSmResp | CommandId::GenericNack) {
            return self.count_unreadable("as an answer to nothing");
        }
        // An answer that comes a second time finds nobody waiting.
        let Some(Waiting { message: (id, part), answer }) = self.waiting.remove(&incoming.sequence) else {
            return self.count_unreadable("as an answer to nothing");
        };
        self.heard_any = true;
        let verdict = match (incoming.id, incoming.status, incoming.body) {
            (CommandId::SubmitSmResp, 0, Ok(Some(Pdu::SubmitSmResp(response)))) => {
                // Noted before the next PDU is read: the receipt may be right behind.
                self.shared.ledger().accepted(&id, part, response.message_id().as_str());
                self.shared.pace.speed_up();
                Answer::Accepted
            }
            (_, 0, _) => Answer::Unreadable,
            (_, status, _) => Answer::Refused(status),
        };
        let unreadable = matches!(verdict, Answer::Unreadable);
        let _ = answer.send(verdict); // its sender may have given up
        if unreadable { self.count_unreadable("as an answer without sense") } else { Ok(()) }
    }

    fn take_receipt(&mut self, deliver: &DeliverSm) -> CommandStatus {
        // Bits 2 to 5 of esm_class: 1 is a receipt, 8 an intermediate notification (SMPP 3.4 section 5.2.12).
        if u8::from(deliver.esm_class) & 0b0011_1100 == 0 {
            return CommandStatus::EsmeRok; // a person answered; nobody reads that
        }
        let (id, state) = from_tlvs(deliver.tlvs());
        let payload = deliver.tlvs().iter().find_map(|tlv| match tlv.value() {
            Some(TlvValue::MessagePayload(payload)) => Some(payload.value.as_ref()),
            _ => None,
        });
        let text = payload.unwrap_or(deliver.short_message().as_ref());
        self.pass_on(receipt::parse(text, id, state))
    }

    /// Hands a receipt to the portal; when too many wait there, the centre is asked to come again.
    fn pass_on(&mut self, receipt: Option<receipt::ParsedReceipt>) -> CommandStatus {
        let Some(receipt) = receipt else { return CommandStatus::EsmeRok };
        self.heard_any = true;
        let Ok(place) = self.shared.receipts.try_reserve() else {
            return if self.shared.receipts.is_closed() {
                CommandStatus::EsmeRok
            } else {
                CommandStatus::EsmeRxTAppn
            };
        };
        if let Some((remote_id, state)) = self.shared.ledger().receipt(&receipt.remote_id, receipt.state) {
            place.send(Receipt { gateway: self.shared.name.clone(), remote_id, state });
        }
        CommandStatus::EsmeRok
    }

    fn count_unreadable(&mut self, how: &str) -> Step {
        self.unreadable += 1;
        if self.unreadable >= MOST_UNREADABLE { Err(format!("too many PDUs {how}")) } else { Ok(()) }
    }

    async fn say_goodbye(&mut self) -> String {
        let sequence = self.next_sequence();
        let farewell = async {
            self.write(CommandStatus::EsmeRok, sequence, Pdu::Unbind).await?;
            while self.read().await?.id != CommandId::UnbindResp {}
            Ok::<(), String>(())
        };
        let _ = timeout(Duration::from_secs(2), farewell).await;
        let _ = self.stream.shutdown().await;
        "closed by us".to_owned()
    }

    async fn answer(&mut self, sequence: u32, pdu: Pdu) -> Step {
        self.write(CommandStatus::EsmeRok, sequence, pdu).await
    }

    async fn write(&mut self, status: CommandStatus, sequence: u32, pdu: Pdu) -> Step {
        let octets = pdu::write(status, sequence, pdu);
        let patience = self.patience();
        let written = timeout(patience, async {
            self.stream.write_all(&octets).await?;
            self.stream.flush().await
        });
        match written.await {
            Err(_) => Err("the centre does not read".to_owned()),
            Ok(result) => result.map_err(|error| broken(&error)),
        }
    }

    async fn read(&mut self) -> Result<Incoming, String> {
        Self::next(&mut *self.stream, &mut self.buffer).await
    }

    /// The next PDU. May be cancelled at any await: what was read stays in the buffer.
    async fn next(stream: &mut dyn Stream, buffer: &mut BytesMut) -> Result<Incoming, String> {
        loop {
            match pdu::take_frame(buffer) {
                Ok(Some(frame)) => return Ok(pdu::read(frame)),
                Ok(None) => {}
                Err(bad) => return Err(format!("a PDU of an impossible length ({})", bad.length)),
            }
            if stream.read_buf(buffer).await.map_err(|error| broken(&error))? == 0 {
                return Err("the centre closed the connection".to_owned());
            }
        }
    }

    /// Sequence numbers run from 1 to 0x7FFFFFFF (SMPP 3.4 section 3.2).
    fn next_sequence(&mut self) -> u32 {
        self.sequence = if self.sequence >= 0x7FFF_FFFF { 1 } else { self.sequence + 1 };
        self.sequence
    }
}

fn from_tlvs(tlvs: &[Tlv]) -> (Option<&str>, Option<u8>) {
    let id = tlvs.iter().find_map(|tlv| match tlv.value() {
        Some(TlvValue::ReceiptedMessageId(id)) => Some(id.as_str()),
        _ => None,
    });
    let state = tlvs.iter().find_map(|tlv| match tlv.value() {
        Some(TlvValue::MessageState(state)) => Some(u8::from(*state)),
        _ => None,
    });
    (id, state)
}

fn broken(error: &io::Error) -> String {
    format!("connection broken ({:?})", error.kind())
}
