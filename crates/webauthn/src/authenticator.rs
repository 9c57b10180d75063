//! What the authenticator says: authenticator data (WebAuthn §6.1) and the object around it (§6.5).

use super::cbor::{Reader, Value};
use super::{Facts, MOST_BINARY, Refusal};

/// Authenticator data, taken apart.
pub(crate) struct AuthenticatorData<'a> {
    /// SHA-256 of the site's id.
    pub site_hash: &'a [u8],
    /// Somebody was there.
    pub present: bool,
    pub facts: Facts,
    pub attested: Option<Attested<'a>>,
}

/// A new key inside authenticator data.
pub(crate) struct Attested<'a> {
    pub model: [u8; 16],
    pub id: &'a [u8],
    /// COSE.
    pub key: &'a [u8],
}

const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const ELIGIBLE: u8 = 0x08;
const BACKED_UP: u8 = 0x10;
const ATTESTED: u8 = 0x40;
const EXTENSIONS: u8 = 0x80;

const SHORT: Refusal = Refusal::Malformed("authenticator data");

/// Authenticator data; every byte is accounted for.
pub(crate) fn read(bytes: &[u8]) -> Result<AuthenticatorData<'_>, Refusal> {
    if bytes.len() > MOST_BINARY {
        return Err(SHORT);
    }
    let (site_hash, rest) = bytes.split_at_checked(32).ok_or(SHORT)?;
    let (flags, rest) = rest.split_first().ok_or(SHORT)?;
    let (counter, mut rest) = rest.split_first_chunk::<4>().ok_or(SHORT)?;
    let has = |flag| flags & flag != 0;
    if has(BACKED_UP) && !has(ELIGIBLE) {
        return Err(Refusal::Malformed("backed up but not eligible"));
    }
    let mut found = None;
    if has(ATTESTED) {
        let (attested, after) = attested(rest)?;
        (found, rest) = (Some(attested), after);
    }
    if has(EXTENSIONS) {
        let mut reader = Reader::new(rest);
        Reader::new(rest).map()?;
        reader.whole()?;
        rest = reader.rest();
    }
    if !rest.is_empty() {
        return Err(Refusal::Malformed("bytes after authenticator data"));
    }
    let facts = Facts {
        counter: u32::from_be_bytes(*counter),
        verified: has(VERIFIED),
        portable: has(ELIGIBLE),
        backed_up: has(BACKED_UP),
    };
    Ok(AuthenticatorData { site_hash, present: has(PRESENT), facts, attested: found })
}

fn attested(bytes: &[u8]) -> Result<(Attested<'_>, &[u8]), Refusal> {
    let (model, rest) = bytes.split_first_chunk::<16>().ok_or(SHORT)?;
    let (length, rest) = rest.split_first_chunk::<2>().ok_or(SHORT)?;
    let (id, rest) = rest.split_at_checked(u16::from_be_bytes(*length).into()).ok_or(SHORT)?;
    let mut reader = Reader::new(rest);
    let key = reader.whole()?;
    Ok((Attested { model: *model, id, key }, reader.rest()))
}

/// The authenticator data inside an attestation object: a map of `fmt`, `attStmt` and `authData`.
pub(crate) fn of_attestation(bytes: &[u8]) -> Result<AuthenticatorData<'_>, Refusal> {
    if bytes.len() > MOST_BINARY {
        return Err(Refusal::Malformed("attestation too long"));
    }
    let mut reader = Reader::new(bytes);
    let mut data = None;
    for _ in 0..reader.map()? {
        let key = reader.value()?;
        let value = reader.value()?;
        match (key, value) {
            (Value::Text("authData"), Value::Bytes(bytes)) if data.is_none() => data = Some(bytes),
            (Value::Text("fmt"), Value::Text(_)) | (Value::Text("attStmt"), Value::Nested) => {}
            _ => return Err(Refusal::Malformed("attestation object")),
        }
    }
    if !reader.rest().is_empty() {
        return Err(Refusal::Malformed("bytes after the attestation object"));
    }
    read(data.ok_or(Refusal::Malformed("attestation object"))?)
}
