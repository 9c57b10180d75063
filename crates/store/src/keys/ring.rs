//! The keys themselves and what is computed with them.

use super::seal::{open, seal};
use super::{KeyError, SubjectKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kernel::Rng;
use ring::hmac;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

/// What a key of the ring is for; keys of one use never serve another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Use {
    /// Key-encryption: wraps subject keys.
    Kek,
    /// Blind indexes.
    Index,
    /// Keyed hashes of one-time codes.
    Code,
    /// Keyed hashes of session and other tokens.
    Token,
    /// CSRF tokens.
    Csrf,
    /// The pepper of password hashes.
    Pepper,
    /// Device marks («remembered device»).
    Device,
}

impl Use {
    /// Every use; a fresh ring has one key for each.
    pub const ALL: [Use; 7] =
        [Use::Kek, Use::Index, Use::Code, Use::Token, Use::Csrf, Use::Pepper, Use::Device];

    /// The word in the key file.
    pub const fn word(self) -> &'static str {
        match self {
            Use::Kek => "kek",
            Use::Index => "index",
            Use::Code => "code",
            Use::Token => "token",
            Use::Csrf => "csrf",
            Use::Pepper => "pepper",
            Use::Device => "device",
        }
    }

    /// The use of a [`Use::word`].
    pub fn from_word(word: &str) -> Option<Use> {
        Use::ALL.into_iter().find(|u| u.word() == word)
    }
}

/// What a keyed hash is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// One-time codes.
    Code,
    /// Session tokens, links in e-mails and other bearer secrets.
    Token,
    /// CSRF tokens.
    Csrf,
    /// The pepper of password hashes.
    Pepper,
    /// Device marks.
    Device,
}

impl Purpose {
    pub(super) const fn key_use(self) -> Use {
        match self {
            Purpose::Code => Use::Code,
            Purpose::Token => Use::Token,
            Purpose::Csrf => Use::Csrf,
            Purpose::Pepper => Use::Pepper,
            Purpose::Device => Use::Device,
        }
    }
}

/// A key as shown to an administrator: everything but the key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeyInfo {
    /// Eight hexadecimal digits.
    pub id: String,
    /// What it is for.
    #[serde(rename = "use")]
    pub key_use: Use,
    /// Whether new things are made with it.
    pub active: bool,
}

/// One key of the ring.
#[derive(Clone)]
pub(super) struct Key {
    pub id: String,
    pub key_use: Use,
    pub active: bool,
    pub secret: Zeroizing<[u8; 32]>,
}

/// A whole ring at one moment; never changed, only replaced.
#[derive(Clone)]
pub(super) struct Ring {
    /// Grows with every change.
    pub version: u64,
    /// Grouped by nothing; the active key of a use is found by its flag.
    pub keys: Vec<Key>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileForm {
    version: u64,
    keys: Vec<KeyForm>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyForm {
    id: String,
    #[serde(rename = "use")]
    key_use: Use,
    active: bool,
    secret: String,
}

impl Drop for KeyForm {
    fn drop(&mut self) {
        self.secret.zeroize();
    }
}

impl Ring {
    /// A fresh ring with one active key for each use.
    pub fn fresh(rng: &mut Rng) -> Ring {
        let mut ring = Ring { version: 1, keys: Vec::new() };
        for key_use in Use::ALL {
            ring.add(key_use, rng);
        }
        ring
    }

    /// Adds an active key; the one before stays for what it has already made.
    pub fn add(&mut self, key_use: Use, rng: &mut Rng) -> String {
        let mut id = String::new();
        while id.is_empty() || self.keys.iter().any(|key| key.id == id) {
            id = rng.bytes::<4>().iter().map(|byte| format!("{byte:02x}")).collect();
        }
        for key in self.keys.iter_mut().filter(|key| key.key_use == key_use) {
            key.active = false;
        }
        let secret = Zeroizing::new(rng.bytes());
        // In front, so that the newer of two keys is tried first.
        self.keys.insert(0, Key { id: id.clone(), key_use, active: true, secret });
        id
    }

    pub fn from_json(text: &str) -> Result<Ring, KeyError> {
        let bad = |what: &str| KeyError::Format(what.to_owned());
        // serde's own message could quote the text, so it is not passed on.
        let form: FileForm =
            serde_json::from_str(text).map_err(|e| KeyError::Format(format!("line {}", e.line())))?;
        let mut keys: Vec<Key> = Vec::new();
        for form in &form.keys {
            let mut bytes = STANDARD.decode(&form.secret).map_err(|_| bad("a secret is not base64"))?;
            let secret: Result<[u8; 32], _> = bytes.as_slice().try_into();
            bytes.zeroize();
            let secret = Zeroizing::new(secret.map_err(|_| bad("a secret is not 256 bits"))?);
            if form.id.len() > 64 || form.id.is_empty() || keys.iter().any(|key| key.id == form.id) {
                return Err(bad("ids must be different and 1 to 64 characters long"));
            }
            keys.push(Key { id: form.id.clone(), key_use: form.key_use, active: form.active, secret });
        }
        for key_use in Use::ALL {
            if keys.iter().filter(|key| key.key_use == key_use && key.active).count() != 1 {
                return Err(KeyError::Format(format!(
                    "one active key of use `{}` is needed",
                    key_use.word()
                )));
            }
        }
        Ok(Ring { version: form.version, keys })
    }

    pub fn to_json(&self) -> Result<Zeroizing<String>, KeyError> {
        let keys = self.keys.iter().map(|key| KeyForm {
            id: key.id.clone(),
            key_use: key.key_use,
            active: key.active,
            secret: STANDARD.encode(*key.secret),
        });
        let form = FileForm { version: self.version, keys: keys.collect() };
        let text =
            serde_json::to_string_pretty(&form).map_err(|_| KeyError::Format("does not serialise".into()))?;
        Ok(Zeroizing::new(text))
    }

    /// Keys of one use: the active one first, then the others from new to old.
    pub fn of(&self, key_use: Use) -> impl Iterator<Item = &Key> {
        let active = self.keys.iter().filter(move |key| key.key_use == key_use && key.active);
        active.chain(self.keys.iter().filter(move |key| key.key_use == key_use && !key.active))
    }

    pub fn infos(&self) -> Vec<KeyInfo> {
        let info = |key: &Key| KeyInfo { id: key.id.clone(), key_use: key.key_use, active: key.active };
        self.keys.iter().map(info).collect()
    }

    /// length of the id ‖ id ‖ sealed subject key; the id is bound as associated data.
    pub fn wrap(&self, subject: &SubjectKey, rng: &mut Rng) -> Vec<u8> {
        let mut out = Vec::new();
        if let Some(kek) = self.of(Use::Kek).next() {
            out.push(u8::try_from(kek.id.len()).unwrap_or(0));
            out.extend_from_slice(kek.id.as_bytes());
            out.extend(seal(&kek.secret, &wrap_context(&kek.id), subject.0.as_slice(), rng));
        }
        out
    }

    pub fn unwrap(&self, wrapped: &[u8]) -> Result<SubjectKey, KeyError> {
        let (id, sealed) = split_wrapped(wrapped).ok_or(KeyError::Refused)?;
        let kek = self.keys.iter().find(|key| key.key_use == Use::Kek && key.id == id);
        let kek = kek.ok_or_else(|| KeyError::UnknownKey(id.to_owned()))?;
        let plain = Zeroizing::new(open(&kek.secret, &wrap_context(id), sealed)?);
        let bytes: [u8; 32] = plain.as_slice().try_into().map_err(|_| KeyError::Refused)?;
        Ok(SubjectKey(Zeroizing::new(bytes)))
    }
}

/// The KEK id and the sealed part of wrapped bytes.
pub(super) fn split_wrapped(wrapped: &[u8]) -> Option<(&str, &[u8])> {
    let (&length, rest) = wrapped.split_first()?;
    let (id, sealed) = rest.split_at_checked(usize::from(length))?;
    let id = std::str::from_utf8(id).ok()?;
    id.bytes().all(|b| b.is_ascii_graphic()).then_some((id, sealed))
}

fn wrap_context(id: &str) -> Vec<u8> {
    format!("pristan subject key under {id}").into_bytes()
}

/// HMAC-SHA-256 (RFC 2104) over the parts, each with its length in front, so that no two lists of parts look alike.
pub(super) fn mac(secret: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, secret));
    for part in parts {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part);
    }
    let mut out = [0; 32];
    out.copy_from_slice(context.sign().as_ref());
    out
}
