//! Octets to PDUs and back: our own framing around the `rusmpp` codec, so that a malformed body inside a sound
//! frame costs one answer and not the whole session.

use super::text::Coding;
use super::{SmppConfig, udh};
use bytes::{Buf, BytesMut};
use kernel::Span;
use rusmpp::decode::DecodeWithLength;
use rusmpp::encode::Length;
use rusmpp::encode::owned::Encode;
use rusmpp::pdus::{BindTransceiver, SubmitSm};
use rusmpp::types::{COctetString, EmptyOrFullCOctetString, OctetString};
use rusmpp::values::{DataCoding, EsmClass, InterfaceVersion, Npi, RegisteredDelivery, Ton};
use rusmpp::{Command, CommandId, CommandStatus, Pdu};

/// The header of every PDU: length, id, status and sequence number, four octets each.
pub const HEADER_LENGTH: usize = 16;

/// The largest PDU that is read. A message payload is at most 64 KiB by its length field, but nothing that a
/// centre sends to us comes near; this bounds what a peer can make us keep.
pub const LARGEST_PDU: usize = 16 * 1024;

/// One PDU as it came in.
#[derive(Debug)]
pub struct Incoming {
    /// The kind of PDU.
    pub id: CommandId,
    /// `command_status`.
    pub status: u32,
    /// `sequence_number`.
    pub sequence: u32,
    /// The body; `None` where there is none, as in refusals; `Err` where it cannot be read.
    pub body: Result<Option<Pdu>, ()>,
}

/// A length field that cannot be right: where the next PDU begins is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadFrame {
    /// The claimed length.
    pub length: u32,
}

/// Takes the first whole PDU off the buffer, if one is there.
///
/// # Errors
/// [`BadFrame`] when the claimed length is below the header's or above [`LARGEST_PDU`].
pub fn take_frame(buffer: &mut BytesMut) -> Result<Option<BytesMut>, BadFrame> {
    let Some(first) = buffer.first_chunk::<4>() else { return Ok(None) };
    let length = u32::from_be_bytes(*first);
    if (length as usize) < HEADER_LENGTH || length as usize > LARGEST_PDU {
        return Err(BadFrame { length });
    }
    Ok((buffer.len() >= length as usize).then(|| buffer.split_to(length as usize)))
}

/// Reads one framed PDU; total on any octets of at least [`HEADER_LENGTH`] (shorter ones read as zeros).
pub fn read(mut frame: BytesMut) -> Incoming {
    let word = |at: usize| {
        frame.get(at..at + 4).map_or(0, |bytes| bytes.iter().fold(0, |sum, byte| sum << 8 | u32::from(*byte)))
    };
    let (id, status, sequence) = (CommandId::from(word(4)), word(8), word(12));
    let length = frame.len().saturating_sub(4);
    let body = if frame.len() < HEADER_LENGTH {
        Err(())
    } else {
        frame.advance(4);
        Command::decode(&mut frame, length).map(|(command, _)| command.pdu().cloned()).map_err(|_| ())
    };
    Incoming { id, status, sequence, body }
}

/// Writes one PDU with its length.
pub fn write(status: CommandStatus, sequence: u32, pdu: Pdu) -> BytesMut {
    let command = Command::new(status, sequence, pdu);
    let length = 4 + command.length();
    let mut octets = BytesMut::with_capacity(length);
    octets.extend_from_slice(&(length as u32).to_be_bytes());
    command.encode(&mut octets);
    octets
}

/// The request that opens a session. Values are checked with the configuration; one that does not fit anyway
/// becomes empty and is refused by the centre.
pub(super) fn bind(config: &SmppConfig) -> Pdu {
    BindTransceiver::builder()
        .system_id(c_string(&config.system_id))
        .password(c_string(config.password.expose()))
        .system_type(c_string(&config.system_type))
        .interface_version(InterfaceVersion::from(0x34))
        .build()
        .into()
}

/// One part of a message, ready to be submitted.
pub(super) struct Part<'a> {
    /// Digits of the recipient, without the plus.
    pub to: &'a str,
    /// How `octets` are to be read.
    pub coding: Coding,
    /// The part's own octets.
    pub octets: &'a [u8],
    /// Reference, number of parts, number of this one (from 1).
    pub joined: Option<(u8, u8, u8)>,
    /// How long the centre may keep trying.
    pub valid_for: Span,
}

pub(super) fn submit(config: &SmppConfig, part: &Part<'_>) -> Pdu {
    let (ton, npi, source) = source_address(&config.source);
    let user_data = match part.joined {
        Some((reference, total, number)) => udh::with_header(reference, total, number, part.octets),
        None => part.octets.to_vec(),
    };
    SubmitSm::builder()
        .source_addr_ton(Ton::from(ton))
        .source_addr_npi(Npi::from(npi))
        .source_addr(c_string(source))
        .dest_addr_ton(Ton::from(1))
        .dest_addr_npi(Npi::from(1))
        .destination_addr(c_string(part.to))
        // Not `EsmClass::default()`: that sets the bits of a delivery acknowledgement.
        .esm_class(EsmClass::from(if part.joined.is_some() { 0x40 } else { 0x00 }))
        .validity_period(
            EmptyOrFullCOctetString::from_string(relative_time(part.valid_for)).unwrap_or_default(),
        )
        .registered_delivery(RegisteredDelivery::from(u8::from(config.receipts)))
        .data_coding(DataCoding::from(part.coding.data_coding()))
        .short_message(OctetString::from_vec(user_data).unwrap_or_default())
        .build()
        .into()
}

/// Type of number, numbering plan and the address itself (SMPP 3.4 sections 5.2.5, 5.2.6): a number abroad and
/// at home, a short code, or a name.
fn source_address(source: &str) -> (u8, u8, &str) {
    let digits = source.trim_start_matches('+');
    match digits.bytes().all(|byte| byte.is_ascii_digit()) {
        true if digits.len() > 8 => (1, 1, digits),
        true => (3, 0, digits),
        false => (5, 0, source),
    }
}

/// A span as SMPP's relative time `YYMMDDhhmmsstnnR` (section 7.1.1.1), at most 30 days; none for nothing.
fn relative_time(span: Span) -> String {
    let seconds = span.whole_seconds_up().min(30 * 86_400);
    if seconds == 0 {
        return String::new();
    }
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    format!("0000{days:02}{:02}{:02}{:02}000R", rest / 3600, rest / 60 % 60, rest % 60)
}

fn c_string<const MIN: usize, const MAX: usize>(text: &str) -> COctetString<MIN, MAX> {
    COctetString::from_string(text.to_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_span_becomes_a_relative_time_of_sixteen_characters() {
        assert_eq!(relative_time(Span::seconds(300)), "000000000500000R");
        assert_eq!(relative_time(Span::seconds(2 * 86_400 + 1)), "000002000001000R");
        assert_eq!(relative_time(Span::ZERO), "");
        assert_eq!(relative_time(Span::days(999)).len(), 16);
    }

    #[test]
    fn sources_are_told_apart() {
        assert_eq!(source_address("Pristan"), (5, 0, "Pristan"));
        assert_eq!(source_address("+79990001122"), (1, 1, "79990001122"));
        assert_eq!(source_address("3434"), (3, 0, "3434"));
    }

    #[test]
    fn a_refusal_without_a_body_is_read() {
        let octets = BytesMut::from(&[0, 0, 0, 16, 0x80, 0, 0, 4, 0, 0, 0, 0x58, 0, 0, 0, 7][..]);
        let incoming = read(octets);
        assert_eq!((incoming.id, incoming.status, incoming.sequence), (CommandId::SubmitSmResp, 0x58, 7));
        assert_eq!(incoming.body, Ok(None));
    }

    #[test]
    fn impossible_lengths_are_refused_before_anything_is_kept() {
        assert_eq!(take_frame(&mut BytesMut::from(&[0xff; 20][..])), Err(BadFrame { length: u32::MAX }));
        assert_eq!(take_frame(&mut BytesMut::from(&[0, 0, 0, 15][..])), Err(BadFrame { length: 15 }));
        assert_eq!(take_frame(&mut BytesMut::from(&[0, 0, 0][..])), Ok(None));
    }

    proptest! {
        #[test]
        fn no_octets_do_harm(octets: Vec<u8>, id in prop_oneof![Just(5u32), Just(0x8000_0004), Just(0x103), any::<u32>()]) {
            let mut frame = BytesMut::new();
            frame.extend_from_slice(&((octets.len() + HEADER_LENGTH) as u32).to_be_bytes());
            frame.extend_from_slice(&id.to_be_bytes());
            frame.extend_from_slice(&[0; 8]);
            frame.extend_from_slice(&octets);
            let _ = read(frame);
            let _ = read(BytesMut::from(&octets[..]));
            let _ = take_frame(&mut BytesMut::from(&octets[..]));
        }
    }
}
