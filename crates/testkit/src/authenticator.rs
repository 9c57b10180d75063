//! A passkey made of software: what a browser and an authenticator answer together, right or wrong on purpose.
//! Written against the specification and not against the portal's reader, with its own writer of CBOR.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use kernel::Rng;
use ring::digest::{SHA256, digest};
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair};

/// The key inside.
enum Key {
    P256(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

/// One credential of one authenticator.
pub struct Authenticator {
    key: Key,
    /// The credential's id.
    pub id: Vec<u8>,
    /// The signature counter before the next answer; stays 0 when `counts` is off.
    pub counter: u32,
    /// Whether the counter moves.
    pub counts: bool,
    /// Whether it verifies the person.
    pub verifies: bool,
    /// Whether somebody touches it.
    pub present: bool,
    /// Whether its keys may be copied (BE and BS).
    pub portable: bool,
    /// The site's id that it signs for.
    pub site: String,
    /// The origin that the browser names.
    pub origin: String,
    /// The user handle that it was given.
    pub user: Vec<u8>,
    /// Whether the browser says that the page was in a foreign frame.
    pub cross_origin: bool,
}

/// An answer to `create()`.
pub struct Created {
    /// `clientDataJSON`.
    pub client_data: Vec<u8>,
    /// `attestationObject`.
    pub attestation: Vec<u8>,
}

/// An answer to `get()`.
pub struct Got {
    /// `clientDataJSON`.
    pub client_data: Vec<u8>,
    /// `authenticatorData`.
    pub data: Vec<u8>,
    /// `signature`.
    pub signature: Vec<u8>,
}

impl Authenticator {
    /// A phone's passkey for a site: ES256, portable, verifying, without a counter.
    pub fn passkey(site: &str, origin: &str) -> Authenticator {
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &os()).expect("a key");
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8.as_ref(), &os());
        Authenticator::with(Key::P256(key.expect("a key")), site, origin)
    }

    /// A security key with a counter that is bound to itself.
    pub fn security_key(site: &str, origin: &str) -> Authenticator {
        Authenticator { portable: false, counts: true, ..Authenticator::passkey(site, origin) }
    }

    /// A passkey that signs with EdDSA.
    pub fn ed25519(site: &str, origin: &str) -> Authenticator {
        let key = Ed25519KeyPair::from_seed_unchecked(&Rng::os().bytes::<32>()).expect("a key");
        Authenticator::with(Key::Ed25519(key), site, origin)
    }

    fn with(key: Key, site: &str, origin: &str) -> Authenticator {
        Authenticator {
            key,
            id: Rng::os().bytes::<32>().to_vec(),
            counter: 0,
            counts: false,
            verifies: true,
            present: true,
            portable: true,
            site: site.to_owned(),
            origin: origin.to_owned(),
            user: Vec::new(),
            cross_origin: false,
        }
    }

    /// The public key, COSE.
    pub fn cose(&self) -> Vec<u8> {
        match &self.key {
            Key::P256(key) => {
                let point = key.public_key().as_ref();
                let head: &[u8] = &[0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20];
                [head, &point[1..33], &[0x22, 0x58, 0x20], &point[33..65]].concat()
            }
            Key::Ed25519(key) => {
                let head: &[u8] = &[0xa4, 0x01, 0x01, 0x03, 0x27, 0x20, 0x06, 0x21, 0x58, 0x20];
                [head, key.public_key().as_ref()].concat()
            }
        }
    }

    /// The browser's words for a challenge.
    pub fn client_data(&self, kind: &str, challenge: &[u8]) -> Vec<u8> {
        format!(
            r#"{{"type":"{kind}","challenge":"{}","origin":"{}","crossOrigin":{},"extra":"later members may come"}}"#,
            B64.encode(challenge),
            self.origin,
            self.cross_origin
        )
        .into_bytes()
    }

    /// Authenticator data, with the new key when `attested`.
    pub fn data(&mut self, attested: bool) -> Vec<u8> {
        if self.counts {
            self.counter += 1;
        }
        let mut flags = u8::from(self.present) | u8::from(self.verifies) << 2 | u8::from(attested) << 6;
        if self.portable {
            flags |= 0x18;
        }
        let mut data = digest(&SHA256, self.site.as_bytes()).as_ref().to_vec();
        data.push(flags);
        data.extend_from_slice(&self.counter.to_be_bytes());
        if attested {
            data.extend_from_slice(&[7; 16]);
            data.extend_from_slice(&u16::try_from(self.id.len()).expect("a short id").to_be_bytes());
            data.extend_from_slice(&self.id);
            data.extend_from_slice(&self.cose());
        }
        data
    }

    /// Answers `create()`.
    pub fn create(&mut self, challenge: &[u8]) -> Created {
        let data = self.data(true);
        let client_data = self.client_data("webauthn.create", challenge);
        Created { client_data, attestation: attestation(&data) }
    }

    /// Answers `get()`.
    pub fn get(&mut self, challenge: &[u8]) -> Got {
        let data = self.data(false);
        let client_data = self.client_data("webauthn.get", challenge);
        let signature = self.sign(&data, &client_data);
        Got { client_data, data, signature }
    }

    /// Signs authenticator data with the hash of the client's.
    pub fn sign(&self, data: &[u8], client_data: &[u8]) -> Vec<u8> {
        let message = [data, digest(&SHA256, client_data).as_ref()].concat();
        match &self.key {
            Key::P256(key) => key.sign(&os(), &message).expect("a signature").as_ref().to_vec(),
            Key::Ed25519(key) => key.sign(&message).as_ref().to_vec(),
        }
    }
}

/// The object around new authenticator data, without a statement.
pub fn attestation(data: &[u8]) -> Vec<u8> {
    let mut object = vec![0xa3];
    object.extend_from_slice(b"\x63fmt\x64none\x67attStmt\xa0\x68authData");
    match u8::try_from(data.len()) {
        Ok(short) => object.extend_from_slice(&[0x58, short]),
        Err(_) => {
            object.push(0x59);
            object.extend_from_slice(&u16::try_from(data.len()).expect("short data").to_be_bytes());
        }
    }
    object.extend_from_slice(data);
    object
}

/// Chance of the machine: ring signs with no other, and nothing in a test depends on it.
#[allow(clippy::disallowed_types)]
fn os() -> ring::rand::SystemRandom {
    ring::rand::SystemRandom::new()
}
