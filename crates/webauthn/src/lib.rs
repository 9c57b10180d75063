//! Checking what passkeys and security keys answer: the relying party's part of WebAuthn level 3 (§7.1 and §7.2).
//!
//! Pure: bytes in, verdict out; no clock, no chance, no storage. Challenges are made, remembered and spent elsewhere.
//!
//! Invariants: origin and site come from the caller's configuration, never from the answer; the whole answer is bounded
//! before it is read; nothing is believed before the signature over it was checked (a registration without attestation
//! proves nothing but that the person's browser made it for this challenge and site, which is all that is asked).

mod authenticator;
pub mod cbor;
mod client;
mod cose;

pub use client::challenge_of;
pub use cose::ALGORITHMS;

use authenticator::AuthenticatorData;
use ring::digest::{SHA256, digest};
use std::fmt;

/// The most bytes of a client's data (ours are about 150).
pub const MOST_CLIENT_DATA: usize = 4 * 1024;
/// The most bytes of an attestation object or of authenticator data: an id of 1023 bytes, an RSA key, a statement.
pub const MOST_BINARY: usize = 16 * 1024;
/// The most bytes of a signature (RSA of 8192 bits).
pub const MOST_SIGNATURE: usize = 1024;
/// The most bytes of a credential's id (WebAuthn §4).
pub const MOST_ID: usize = 1023;
/// The fewest bytes of a credential's id: with 100 bits of chance or more (WebAuthn §4), so that nobody's is guessed.
pub const FEWEST_ID: usize = 13;

/// Whose keys they are: both from the configuration.
#[derive(Clone, Copy, Debug)]
pub struct Site<'a> {
    /// The relying party's id: the host of the public address.
    pub id: &'a str,
    /// The only origin that is accepted: scheme, host and port exactly.
    pub origin: &'a str,
}

/// A new key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registered {
    /// The credential's id, as the authenticator named it.
    pub id: Vec<u8>,
    /// The public key, COSE (RFC 9053).
    pub key: Vec<u8>,
    /// The model of the authenticator; all zeros when it does not tell.
    pub model: [u8; 16],
    /// The authenticator's facts.
    pub facts: Facts,
}

/// What an authenticator says with every answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Its signature counter; 0 when it has none.
    pub counter: u32,
    /// It verified the person: PIN, finger, face.
    pub verified: bool,
    /// The key may be copied to other devices of the person (BE): not bound to this one.
    pub portable: bool,
    /// The key is copied already (BS).
    pub backed_up: bool,
}

/// Why an answer is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The bytes are not what they should be: what, for logs.
    Malformed(&'static str),
    /// Made for another kind of ceremony.
    Type,
    /// Made for another challenge.
    Challenge,
    /// Made on another origin, or inside a frame of another.
    Origin,
    /// Made for another site's id.
    Site,
    /// Nobody touched the authenticator.
    Presence,
    /// The person was not verified, and had to be.
    Verification,
    /// A kind of key that was not asked for.
    Algorithm,
    /// The signature is not by this key.
    Signature,
}

impl Refusal {
    /// A word for logs and metrics.
    pub const fn word(self) -> &'static str {
        match self {
            Refusal::Malformed(what) => what,
            Refusal::Type => "type",
            Refusal::Challenge => "challenge",
            Refusal::Origin => "origin",
            Refusal::Site => "site",
            Refusal::Presence => "presence",
            Refusal::Verification => "verification",
            Refusal::Algorithm => "algorithm",
            Refusal::Signature => "signature",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl std::error::Error for Refusal {}

/// Reads the answer of `navigator.credentials.create()` (§7.1). The attestation statement is not looked at: none was
/// asked for, and no authenticator is preferred over another.
///
/// # Errors
/// Why the answer is not accepted.
pub fn register(
    site: Site<'_>,
    challenge: &[u8],
    client_data: &[u8],
    attestation: &[u8],
) -> Result<Registered, Refusal> {
    client::check(client_data, "webauthn.create", challenge, site.origin)?;
    let data = authenticator::of_attestation(attestation)?;
    let facts = facts(&data, site)?;
    let Some(attested) = data.attested else { return Err(Refusal::Malformed("no key in the answer")) };
    if !(FEWEST_ID..=MOST_ID).contains(&attested.id.len()) {
        return Err(Refusal::Malformed("length of the id"));
    }
    cose::check(attested.key)?;
    Ok(Registered { id: attested.id.to_vec(), key: attested.key.to_vec(), model: attested.model, facts })
}

/// An answer of `navigator.credentials.get()`.
#[derive(Clone, Copy, Debug)]
pub struct Assertion<'a> {
    /// `response.clientDataJSON`.
    pub client_data: &'a [u8],
    /// `response.authenticatorData`.
    pub authenticator_data: &'a [u8],
    /// `response.signature`.
    pub signature: &'a [u8],
}

/// Checks the answer of `navigator.credentials.get()` (§7.2) against a key kept from its registration. The counter is
/// the caller's to compare: only one who holds the row can.
///
/// # Errors
/// Why the answer is not accepted.
pub fn assert(
    site: Site<'_>,
    challenge: &[u8],
    key: &[u8],
    must_verify: bool,
    answer: Assertion<'_>,
) -> Result<Facts, Refusal> {
    let Assertion { client_data, authenticator_data, signature } = answer;
    client::check(client_data, "webauthn.get", challenge, site.origin)?;
    if authenticator_data.len() > MOST_BINARY || signature.len() > MOST_SIGNATURE {
        return Err(Refusal::Malformed("too long"));
    }
    let data = authenticator::read(authenticator_data)?;
    let facts = facts(&data, site)?;
    if must_verify && !facts.verified {
        return Err(Refusal::Verification);
    }
    let signed = [authenticator_data, digest(&SHA256, client_data).as_ref()].concat();
    cose::verify(key, &signed, signature)?;
    Ok(facts)
}

/// The facts, when the answer is for this site and somebody was there.
fn facts(data: &AuthenticatorData<'_>, site: Site<'_>) -> Result<Facts, Refusal> {
    if data.site_hash != digest(&SHA256, site.id.as_bytes()).as_ref() {
        return Err(Refusal::Site);
    }
    if !data.present {
        return Err(Refusal::Presence);
    }
    Ok(data.facts)
}

#[cfg(test)]
mod tests;
