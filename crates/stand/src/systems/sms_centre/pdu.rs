//! Framing and the few PDUs that a centre writes itself.

use bytes::{Buf, Bytes, BytesMut};
use kernel::Rng;
use rusmpp::decode::DecodeWithLength;
use rusmpp::encode::Length;
use rusmpp::encode::owned::Encode;
use rusmpp::pdus::{DeliverSm, SubmitSm};
use rusmpp::tlvs::{MessageDeliveryRequestTlvValue, TlvValue};
use rusmpp::types::{COctetString, OctetString};
use rusmpp::values::{EsmClass, MessageState};
use rusmpp::{Command, CommandStatus, Pdu};

/// The largest PDU a client may send; a message payload is at most 64 KiB.
const LARGEST: usize = 70 * 1024;

/// What came in.
pub(super) enum Frame {
    /// A PDU, or `None` with its id and sequence number when its body cannot be read.
    Whole(Option<Box<Command>>, u32),
    /// Nothing whole yet.
    Partial,
    /// The length is impossible.
    Bad,
}

pub(super) fn take(buffer: &mut BytesMut) -> Frame {
    let Some(first) = buffer.first_chunk::<4>() else { return Frame::Partial };
    let length = u32::from_be_bytes(*first) as usize;
    if !(16..=LARGEST).contains(&length) {
        return Frame::Bad;
    }
    if buffer.len() < length {
        return Frame::Partial;
    }
    let mut frame = buffer.split_to(length);
    let sequence = u32::from_be_bytes([frame[12], frame[13], frame[14], frame[15]]);
    frame.advance(4);
    Frame::Whole(Command::decode(&mut frame, length - 4).ok().map(|(command, _)| Box::new(command)), sequence)
}

pub(super) fn write(status: CommandStatus, sequence: u32, pdu: Pdu) -> Bytes {
    write_command(&Command::new(status, sequence, pdu))
}

fn write_command(command: &Command) -> Bytes {
    let length = 4 + command.length();
    let mut octets = BytesMut::with_capacity(length);
    octets.extend_from_slice(&(length as u32).to_be_bytes());
    command.encode(&mut octets);
    octets.freeze()
}

/// A refusal has a header and no body (SMPP 3.4 section 4.4.2).
pub(super) fn refusal(command_id: u32, status: CommandStatus, sequence: u32) -> Bytes {
    let mut octets = Vec::with_capacity(16);
    for word in [16, command_id | 0x8000_0000, u32::from(status), sequence] {
        octets.extend_from_slice(&word.to_be_bytes());
    }
    octets.into()
}

/// Nonsense of three kinds: a sound frame with a broken body, an unknown command, octets without any frame.
pub(super) fn garbage(sequence: u32, rng: &mut Rng) -> Bytes {
    let mut octets = Vec::new();
    match rng.below(3) {
        0 => {
            // The id of the answer never ends with the zero octet that it needs.
            for word in [16 + 24, 0x8000_0004, 0, sequence] {
                octets.extend_from_slice(&word.to_be_bytes());
            }
            octets.extend_from_slice(&[0xFF; 24]);
        }
        1 => {
            for word in [16 + 8, 0x0000_7777, 0, sequence] {
                octets.extend_from_slice(&word.to_be_bytes());
            }
            octets.extend_from_slice(&rng.bytes::<8>());
        }
        _ => {
            octets.extend_from_slice(&u32::MAX.to_be_bytes());
            octets.extend_from_slice(&rng.bytes::<60>());
        }
    }
    octets.into()
}

/// What one receipt tells.
#[derive(Clone)]
pub(super) struct ReceiptOf {
    pub(super) message_id: String,
    pub(super) state: MessageState,
    pub(super) submit: SubmitSm,
    /// `YYMMDDhhmm` in UTC.
    pub(super) done: String,
}

impl ReceiptOf {
    pub(super) fn pdu(&self, with_tlvs: bool) -> Pdu {
        let (word, error, arrived) = match self.state {
            MessageState::Delivered => ("DELIVRD", "000", "001"),
            MessageState::Expired => ("EXPIRED", "001", "000"),
            _ => ("UNDELIV", "011", "000"),
        };
        let (id, done) = (&self.message_id, &self.done);
        let text = format!(
            "id:{id} sub:001 dlvrd:{arrived} submit date:{done} done date:{done} stat:{word} err:{error} text:"
        );
        let mut deliver = DeliverSm::builder()
            .source_addr_ton(self.submit.dest_addr_ton)
            .source_addr_npi(self.submit.dest_addr_npi)
            .source_addr(self.submit.destination_addr.clone())
            .dest_addr_ton(self.submit.source_addr_ton)
            .dest_addr_npi(self.submit.source_addr_npi)
            .destination_addr(self.submit.source_addr.clone())
            .esm_class(EsmClass::from(0x04))
            .short_message(OctetString::from_string(text).unwrap_or_default())
            .build();
        if with_tlvs {
            deliver.push_tlv(MessageDeliveryRequestTlvValue::ReceiptedMessageId(c_string(id)));
            deliver.push_tlv(MessageDeliveryRequestTlvValue::MessageState(self.state));
        }
        deliver.into()
    }
}

pub(super) fn c_string<const MIN: usize, const MAX: usize>(text: &str) -> COctetString<MIN, MAX> {
    COctetString::from_string(text.to_owned()).unwrap_or_default()
}

/// The octets of a submitted message: its payload parameter when there is one, else the short message.
pub(super) fn user_data(submit: &SubmitSm) -> Vec<u8> {
    let payload = submit.tlvs().iter().find_map(|tlv| match tlv.value() {
        Some(TlvValue::MessagePayload(payload)) => Some(payload.value.as_ref().to_vec()),
        _ => None,
    });
    payload.unwrap_or_else(|| submit.short_message().as_ref().to_vec())
}
