//! AES-256-GCM over small values, with the context as associated data.

use super::KeyError;
use kernel::Rng;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use zeroize::Zeroizing;

/// The first byte of everything sealed; another algorithm gets another number.
const VERSION: u8 = 1;
/// Bytes of a GCM nonce (NIST SP 800-38D, 5.2.1.1).
const NONCE: usize = 12;
/// Bytes of a GCM tag.
const TAG: usize = 16;

/// The data key of one subject, in memory; wiped when dropped, never printed.
#[derive(Clone)]
pub struct SubjectKey(pub(super) Zeroizing<[u8; 32]>);

impl std::fmt::Debug for SubjectKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SubjectKey(…)")
    }
}

impl SubjectKey {
    /// A key from elsewhere in this crate.
    pub(crate) fn from_bytes(bytes: Zeroizing<[u8; 32]>) -> SubjectKey {
        SubjectKey(bytes)
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Seals `plain`. The same `context` is needed to open it: name the table, column and row, for example
    /// `profile.snils/acc_…`, so that sealed bytes cannot be moved to another place.
    pub fn seal(&self, context: &str, plain: &[u8], rng: &mut Rng) -> Vec<u8> {
        seal(&self.0, context.as_bytes(), plain, rng)
    }

    /// Opens what [`SubjectKey::seal`] made in the same context.
    pub fn open(&self, context: &str, sealed: &[u8]) -> Result<Vec<u8>, KeyError> {
        open(&self.0, context.as_bytes(), sealed)
    }
}

fn key(bytes: &[u8; 32]) -> Option<LessSafeKey> {
    // 32 bytes are always a key of AES-256, so this is never `None`.
    UnboundKey::new(&AES_256_GCM, bytes).ok().map(LessSafeKey::new)
}

/// version ‖ nonce ‖ ciphertext ‖ tag.
///
/// Nonces are random: one key stays safe for 2³² seals (NIST SP 800-38D, 8.3), far beyond one subject's values
/// or the subjects of one KEK.
pub(super) fn seal(secret: &[u8; 32], context: &[u8], plain: &[u8], rng: &mut Rng) -> Vec<u8> {
    let nonce: [u8; NONCE] = rng.bytes();
    let mut out = Vec::with_capacity(1 + NONCE + plain.len() + TAG);
    out.push(VERSION);
    out.extend_from_slice(&nonce);
    out.extend_from_slice(plain);
    let body = &mut out[1 + NONCE..];
    let tag = key(secret).and_then(|key| {
        key.seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from(context), body).ok()
    });
    // Sealing fails only for inputs of 64 GiB; nothing readable may be left behind then.
    let Some(tag) = tag else {
        zeroize::Zeroize::zeroize(&mut out);
        return Vec::new();
    };
    out.extend_from_slice(tag.as_ref());
    out
}

pub(super) fn open(secret: &[u8; 32], context: &[u8], sealed: &[u8]) -> Result<Vec<u8>, KeyError> {
    let (&version, rest) = sealed.split_first().ok_or(KeyError::Refused)?;
    if version != VERSION || rest.len() < NONCE + TAG {
        return Err(KeyError::Refused);
    }
    let (nonce, body) = rest.split_at(NONCE);
    let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| KeyError::Refused)?;
    let mut body = Zeroizing::new(body.to_vec());
    let key = key(secret).ok_or(KeyError::Refused)?;
    let plain = key.open_in_place(nonce, Aad::from(context), &mut body).map_err(|_| KeyError::Refused)?;
    Ok(plain.to_vec())
}
