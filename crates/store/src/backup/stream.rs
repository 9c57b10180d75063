//! An encrypted stream: chunks of AES-256-GCM in the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár 2015).
//!
//! The nonce of a chunk is its number and a mark of the last one, so chunks cannot be left out, moved, repeated or cut
//! off at the end without being noticed. The key is used for one stream only. The header is associated data.

use super::BackupError;
use crate::keys::SubjectKey;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use std::io::{self, Read, Write};

/// Bytes of clear text in a chunk.
const CHUNK: usize = 64 * 1024;
const TAG: usize = 16;

pub(super) fn to_text(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

pub(super) fn from_text(text: &str) -> Result<Vec<u8>, BackupError> {
    STANDARD.decode(text).map_err(|_| BackupError::Format)
}

fn cipher(key: &SubjectKey) -> Result<LessSafeKey, BackupError> {
    UnboundKey::new(&AES_256_GCM, key.bytes()).map(LessSafeKey::new).map_err(|_| BackupError::Refused)
}

fn nonce(number: u64, last: bool) -> Nonce {
    let mut nonce = [0; 12];
    nonce[..8].copy_from_slice(&number.to_be_bytes());
    nonce[11] = u8::from(last);
    Nonce::assume_unique_for_key(nonce)
}

/// Encrypts what is written to it; [`Sealing::end`] must be called.
pub(super) struct Sealing<W: Write> {
    out: W,
    cipher: LessSafeKey,
    header: Vec<u8>,
    chunk: Vec<u8>,
    number: u64,
    /// Bytes given to `out`.
    pub written: u64,
}

impl<W: Write> Sealing<W> {
    pub fn new(out: W, key: &SubjectKey, header: Vec<u8>) -> Result<Sealing<W>, BackupError> {
        let chunk = Vec::with_capacity(CHUNK + TAG);
        Ok(Sealing { out, cipher: cipher(key)?, header, chunk, number: 0, written: 0 })
    }

    fn seal(&mut self, last: bool) -> io::Result<()> {
        let (nonce, aad) = (nonce(self.number, last), Aad::from(&self.header));
        self.cipher
            .seal_in_place_append_tag(nonce, aad, &mut self.chunk)
            .map_err(|_| io::Error::other("sealing"))?;
        self.out.write_all(&self.chunk)?;
        self.written += self.chunk.len() as u64;
        self.chunk.clear();
        self.number += 1;
        Ok(())
    }

    /// Writes the last chunk and gives the output back.
    pub fn end(mut self) -> io::Result<(W, u64)> {
        self.seal(true)?;
        Ok((self.out, self.written))
    }
}

impl<W: Write> Write for Sealing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A full chunk is sealed only when more follows: the last chunk must be known as the last.
        if self.chunk.len() == CHUNK {
            self.seal(false)?;
        }
        let taken = bytes.len().min(CHUNK - self.chunk.len());
        self.chunk.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Decrypts what is read through it; every error of the content is `InvalidData`.
pub(super) struct Opening<R: Read> {
    input: R,
    cipher: LessSafeKey,
    header: Vec<u8>,
    /// The sealed chunk that was read ahead: whether it is the last shows by what follows it.
    ahead: Vec<u8>,
    chunk: Vec<u8>,
    at: usize,
    number: u64,
    over: bool,
}

impl<R: Read> Opening<R> {
    pub fn new(mut input: R, key: &SubjectKey, header: Vec<u8>) -> Result<Opening<R>, BackupError> {
        let ahead = read_chunk(&mut input)?;
        let cipher = cipher(key)?;
        Ok(Opening { input, cipher, header, ahead, chunk: Vec::new(), at: 0, number: 0, over: false })
    }

    fn next(&mut self) -> io::Result<()> {
        let following = read_chunk(&mut self.input)?;
        let last = following.is_empty();
        let mut sealed = std::mem::replace(&mut self.ahead, following);
        let (nonce, aad) = (nonce(self.number, last), Aad::from(&self.header));
        let plain = self.cipher.open_in_place(nonce, aad, &mut sealed);
        let length = plain.map_err(|_| io::ErrorKind::InvalidData)?.len();
        sealed.truncate(length);
        (self.chunk, self.at, self.over) = (sealed, 0, last);
        self.number += 1;
        Ok(())
    }
}

fn read_chunk(input: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut chunk = Vec::with_capacity(CHUNK + TAG);
    input.take((CHUNK + TAG) as u64).read_to_end(&mut chunk)?;
    Ok(chunk)
}

impl<R: Read> Read for Opening<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.at == self.chunk.len() {
            if self.over {
                return Ok(0);
            }
            self.next()?;
        }
        let given = out.len().min(self.chunk.len() - self.at);
        out[..given].copy_from_slice(&self.chunk[self.at..self.at + given]);
        self.at += given;
        Ok(given)
    }
}
