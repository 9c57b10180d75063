//! One connection of a client: bind, submissions, keep-alive, farewell.

use super::account::Account;
use super::pdu::{self, Frame};
use crate::faults::Hit;
use bytes::{Bytes, BytesMut};
use kernel::secret::same;
use rusmpp::pdus::{BindReceiverResp, BindTransceiverResp, BindTransmitterResp, SubmitSm, SubmitSmResp};
use rusmpp::types::COctetString;
use rusmpp::{Command, CommandId, CommandStatus, Pdu};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::mpsc;
use tokio::time::timeout;

/// How many PDUs may wait to be written before answers are dropped.
const MOST_WAITING: usize = 4096;

/// A client that says nothing for this long is asked whether it lives, and dropped after as long again.
const QUIET: Duration = Duration::from_secs(60);

struct Session {
    account: Arc<Account>,
    out: mpsc::Sender<Bytes>,
    can_submit: bool,
}

/// Whether the session goes on.
enum Next {
    Goes,
    Ends,
}

/// Serves one connection to its end.
pub(super) async fn serve(account: Arc<Account>, stream: TcpStream) {
    let (read, write) = stream.into_split();
    let (out, waiting) = mpsc::channel(MOST_WAITING);
    let session = Session { account: account.clone(), out: out.clone(), can_submit: false };
    let mut writer = std::pin::pin!(write_all(write, waiting));
    tokio::select! {
        () = session.read(read) => {}
        () = &mut writer => return,
    }
    account.unbound(&out);
    drop(out);
    // The farewell is still in the channel; delayed answers may hold it open, so not for long.
    let _ = timeout(Duration::from_millis(200), writer).await;
}

async fn write_all(mut write: OwnedWriteHalf, mut waiting: mpsc::Receiver<Bytes>) {
    while let Some(octets) = waiting.recv().await {
        if write.write_all(&octets).await.is_err() {
            return;
        }
    }
    let _ = write.shutdown().await;
}

impl Session {
    async fn read(mut self, mut read: OwnedReadHalf) {
        let mut buffer = BytesMut::new();
        let mut asked = false;
        loop {
            match pdu::take(&mut buffer) {
                Frame::Whole(command, sequence) => {
                    asked = false;
                    let next = match command {
                        Some(command) => self.handle(&command),
                        None => self.nack(CommandStatus::EsmeRinvcmdlen, sequence),
                    };
                    if matches!(next, Next::Ends) {
                        return;
                    }
                    continue;
                }
                Frame::Bad => return,
                Frame::Partial => {}
            }
            match timeout(QUIET, read.read_buf(&mut buffer)).await {
                Ok(Ok(count)) if count > 0 => {}
                Err(_) if !asked => {
                    asked = true;
                    self.send(pdu::write(
                        CommandStatus::EsmeRok,
                        self.account.next_sequence(),
                        Pdu::EnquireLink,
                    ));
                }
                _ => return,
            }
        }
    }

    fn handle(&mut self, command: &Command) -> Next {
        let sequence = command.sequence_number();
        match (command.id(), command.pdu()) {
            (CommandId::BindTransceiver, Some(Pdu::BindTransceiver(bind))) => {
                let answer = |id| BindTransceiverResp::new(id, None).into();
                self.bind(sequence, command.id(), (&bind.system_id, &bind.password), (true, true), answer)
            }
            (CommandId::BindTransmitter, Some(Pdu::BindTransmitter(bind))) => {
                let answer = |id| BindTransmitterResp::new(id, None).into();
                self.bind(sequence, command.id(), (&bind.system_id, &bind.password), (true, false), answer)
            }
            (CommandId::BindReceiver, Some(Pdu::BindReceiver(bind))) => {
                let answer = |id| BindReceiverResp::new(id, None).into();
                self.bind(sequence, command.id(), (&bind.system_id, &bind.password), (false, true), answer)
            }
            (CommandId::SubmitSm, Some(Pdu::SubmitSm(submit))) => self.submit(sequence, submit.clone()),
            (CommandId::EnquireLink, _) => {
                self.send(pdu::write(CommandStatus::EsmeRok, sequence, Pdu::EnquireLinkResp))
            }
            (CommandId::Unbind, _) => {
                self.send(pdu::write(CommandStatus::EsmeRok, sequence, Pdu::UnbindResp));
                Next::Ends
            }
            (id, _) if id.is_response() => Next::Goes,
            _ => self.nack(CommandStatus::EsmeRinvcmdid, sequence),
        }
    }

    fn bind(
        &mut self,
        sequence: u32,
        id: CommandId,
        (system_id, password): (&COctetString<1, 16>, &COctetString<1, 9>),
        (submits, receives): (bool, bool),
        answer: impl FnOnce(COctetString<1, 16>) -> Pdu,
    ) -> Next {
        let centre = self.account.centre;
        let known = same(system_id.as_str().as_bytes(), centre.system_id.as_bytes());
        if !known || !same(password.as_str().as_bytes(), centre.password.as_bytes()) {
            let status = if known { CommandStatus::EsmeRinvpaswd } else { CommandStatus::EsmeRinvsysid };
            self.send(pdu::refusal(id.into(), status, sequence));
            return Next::Ends;
        }
        self.can_submit = submits;
        let next =
            self.send(pdu::write(CommandStatus::EsmeRok, sequence, answer(pdu::c_string(centre.name))));
        if receives {
            self.account.bound(self.out.clone());
        }
        next
    }

    fn submit(&mut self, sequence: u32, submit: SubmitSm) -> Next {
        let submit_id = u32::from(CommandId::SubmitSm);
        if !self.can_submit {
            return self.send(pdu::refusal(submit_id, CommandStatus::EsmeRinvbndsts, sequence));
        }
        if self.account.is_too_fast() {
            return self.send(pdu::refusal(submit_id, CommandStatus::EsmeRthrottled, sequence));
        }
        match self.account.world.faults.draw(self.account.centre.name) {
            Hit::None => self.take(sequence, &submit, 1),
            Hit::Duplicate => self.take(sequence, &submit, 2),
            Hit::Outage => Next::Ends,
            Hit::Refuse => self.send(pdu::refusal(submit_id, CommandStatus::EsmeRsyserr, sequence)),
            Hit::Garbage => {
                let octets = pdu::garbage(sequence, &mut self.account.world.rng.fork());
                self.send(octets)
            }
            Hit::Delay(span) => {
                let (account, out) = (self.account.clone(), self.out.clone());
                tokio::spawn(async move {
                    account.hold(span).await;
                    let _ = out.send(answer(&account, sequence, &submit)).await;
                });
                Next::Goes
            }
        }
    }

    /// Takes a part as often as it arrives and answers as often.
    fn take(&self, sequence: u32, submit: &SubmitSm, times: u8) -> Next {
        for _ in 0..times {
            self.send(answer(&self.account, sequence, submit));
        }
        Next::Goes
    }

    fn nack(&self, status: CommandStatus, sequence: u32) -> Next {
        self.send(pdu::write(status, sequence, Pdu::GenericNack))
    }

    fn send(&self, octets: Bytes) -> Next {
        // A client that does not read its answers is not worth waiting for.
        if self.out.try_send(octets).is_ok() { Next::Goes } else { Next::Ends }
    }
}

fn answer(account: &Arc<Account>, sequence: u32, submit: &SubmitSm) -> Bytes {
    match account.take(submit) {
        Ok(message_id) => {
            let response = SubmitSmResp::new(pdu::c_string(&message_id), Vec::new());
            pdu::write(CommandStatus::EsmeRok, sequence, response.into())
        }
        Err(status) => pdu::refusal(CommandId::SubmitSm.into(), status, sequence),
    }
}
