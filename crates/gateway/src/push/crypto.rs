//! Encryption for a browser: one record of `aes128gcm` (RFC 8188) with keys agreed as RFC 8291 says.

use super::LONGEST_PAYLOAD;
use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral};
use ring::hmac;
use ring::rand::SecureRandom as _;

/// Lengths are rounded up to a multiple of this, so that they do not tell the kinds of messages apart.
const ROUND: usize = 256;
/// The record size that is announced; the one record is smaller.
const RECORD: u32 = 4_096;

/// Why nothing was encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CryptoFault {
    /// The browser's key is no point of the curve.
    Key,
    /// The payload does not fit into a record.
    TooLong,
    /// The machine has no randomness left.
    Machine,
}

/// Keys of one message are drawn by the machine alone: no argument can be as good, and no test depends on the octets.
#[allow(clippy::disallowed_types)] // see above
fn machine() -> ring::rand::SystemRandom {
    ring::rand::SystemRandom::new()
}

/// Whether these octets are a point with which a key can be agreed.
pub(super) fn is_point(octets: &[u8]) -> bool {
    let Ok(private) = EphemeralPrivateKey::generate(&ECDH_P256, &machine()) else { return false };
    octets.len() == 65
        && agree_ephemeral(private, &UnparsedPublicKey::new(&ECDH_P256, octets), |_| ()).is_ok()
}

/// The body of a push to the browser with this point and secret.
pub(super) fn encrypt(point: &[u8], auth: &[u8], payload: &[u8]) -> Result<Vec<u8>, CryptoFault> {
    if payload.len() > LONGEST_PAYLOAD {
        return Err(CryptoFault::TooLong);
    }
    let random = machine();
    let private = EphemeralPrivateKey::generate(&ECDH_P256, &random).map_err(|_| CryptoFault::Machine)?;
    let own = private.compute_public_key().map_err(|_| CryptoFault::Machine)?;
    let mut salt = [0; 16];
    random.fill(&mut salt).map_err(|_| CryptoFault::Machine)?;
    let theirs = UnparsedPublicKey::new(&ECDH_P256, point);
    let shared = agree_ephemeral(private, &theirs, <[u8]>::to_vec).map_err(|_| CryptoFault::Key)?;
    let keys = Keys::derive(&shared, auth, &salt, point, own.as_ref());
    // 2 marks the last record, zeros fill up (RFC 8188, 2).
    let mut record = payload.to_vec();
    record.push(2);
    record.resize(record.len().div_ceil(ROUND) * ROUND, 0);
    Ok(keys.body(&salt, own.as_ref(), record))
}

struct Keys {
    content: [u8; 16],
    nonce: [u8; 12],
}

fn mac(key: &[u8], parts: &[&[u8]]) -> hmac::Tag {
    let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, key));
    parts.iter().for_each(|part| context.update(part));
    context.sign()
}

fn first<const N: usize>(tag: &hmac::Tag) -> [u8; N] {
    let mut octets = [0; N];
    octets.copy_from_slice(&tag.as_ref()[..N]);
    octets
}

impl Keys {
    /// RFC 8291, 3.4: HKDF twice, with outputs of one block.
    fn derive(shared: &[u8], auth: &[u8], salt: &[u8], theirs: &[u8], own: &[u8]) -> Keys {
        let agreed = mac(auth, &[shared]);
        let input = mac(agreed.as_ref(), &[b"WebPush: info\0", theirs, own, &[1]]);
        let key = mac(salt, &[input.as_ref()]);
        let content = mac(key.as_ref(), &[b"Content-Encoding: aes128gcm\0", &[1]]);
        let nonce = mac(key.as_ref(), &[b"Content-Encoding: nonce\0", &[1]]);
        Keys { content: first(&content), nonce: first(&nonce) }
    }

    /// Header and the one record.
    fn body(&self, salt: &[u8; 16], own: &[u8], mut record: Vec<u8>) -> Vec<u8> {
        let mut body = Vec::with_capacity(21 + own.len() + record.len() + 16);
        body.extend_from_slice(salt);
        body.extend_from_slice(&RECORD.to_be_bytes());
        body.push(own.len() as u8); // 65
        body.extend_from_slice(own);
        // A key of 16 octets is always taken, and so short a text always sealed; nothing would go out otherwise.
        let sealed = UnboundKey::new(&AES_128_GCM, &self.content).and_then(|key| {
            let nonce = Nonce::assume_unique_for_key(self.nonce);
            LessSafeKey::new(key).seal_in_place_append_tag(nonce, Aad::empty(), &mut record)
        });
        if sealed.is_ok() {
            body.extend_from_slice(&record);
        }
        body
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;

    fn octets(text: &str) -> Vec<u8> {
        B64.decode(text).expect("base64url")
    }

    /// RFC 8291, section 5 and appendix A.
    #[test]
    fn the_example_of_the_standard_comes_out() {
        let theirs =
            octets("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4");
        let own =
            octets("BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8");
        let (auth, shared) =
            (octets("BTBZMqHH6r4Tts7J_aSIgg"), octets("kyrL1jIIOHEzg3sM2ZWRHDRB62YACZhhSlknJ672kSs"));
        let salt: [u8; 16] = octets("DGv6ra1nlYgDCS1FRnbzlw").try_into().expect("16 octets");
        let keys = Keys::derive(&shared, &auth, &salt, &theirs, &own);
        assert_eq!(B64.encode(keys.content), "oIhVW04MRdy2XN9CiKLxTg");
        assert_eq!(B64.encode(keys.nonce), "4h_95klXJ5E_qnoN");
        let mut record = b"When I grow up, I want to be a watermelon".to_vec();
        record.push(2);
        let body = B64.encode(keys.body(&salt, &own, record));
        assert_eq!(
            body,
            "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6\
             TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
        );
    }

    #[test]
    fn what_is_encrypted_is_opened_with_the_browsers_key() {
        let browser = EphemeralPrivateKey::generate(&ECDH_P256, &machine()).expect("a key");
        let point = browser.compute_public_key().expect("a point");
        let auth = [7; 16];
        let body = encrypt(point.as_ref(), &auth, b"hello").expect("a body");
        let (salt, rest) = body.split_at(16);
        assert_eq!(rest[..5], [0, 0, 16, 0, 65]);
        let (own, record) = rest[5..].split_at(65);
        let shared = agree_ephemeral(browser, &UnparsedPublicKey::new(&ECDH_P256, own), <[u8]>::to_vec);
        let keys = Keys::derive(&shared.expect("agreed"), &auth, salt, point.as_ref(), own);
        let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &keys.content).expect("a key"));
        let mut record = record.to_vec();
        let plain = key
            .open_in_place(Nonce::assume_unique_for_key(keys.nonce), Aad::empty(), &mut record)
            .expect("it opens");
        assert!(plain.starts_with(b"hello\x02\0"));
        assert_eq!(plain.len(), 256);
    }

    #[test]
    fn lengths_tell_little_and_have_a_bound() {
        let browser = EphemeralPrivateKey::generate(&ECDH_P256, &machine()).expect("a key");
        let point = browser.compute_public_key().expect("a point");
        let long =
            |payload: usize| encrypt(point.as_ref(), &[7; 16], &vec![b'a'; payload]).map(|body| body.len());
        assert_eq!(long(0), long(255));
        assert_ne!(long(255), long(256));
        assert!(long(LONGEST_PAYLOAD).expect("it fits") <= 4_096);
        assert_eq!(long(LONGEST_PAYLOAD + 1), Err(CryptoFault::TooLong));
        assert_eq!(encrypt(&[4; 65], &[7; 16], b""), Err(CryptoFault::Key));
    }
}
