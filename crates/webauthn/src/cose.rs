//! Public keys as authenticators give them: COSE (RFC 9053), checked by ring.

use super::Refusal;
use super::cbor::{Reader, Value};
use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};

/// The kinds of key that are accepted, best first, by their numbers in COSE: ES256 (nearly every authenticator),
/// EdDSA, RS256 (Windows Hello).
pub const ALGORITHMS: [i64; 3] = [-7, -8, -257];

/// A key, taken apart.
enum Key<'a> {
    /// ES256: the point, uncompressed.
    P256([u8; 65]),
    /// EdDSA over Ed25519.
    Ed25519(&'a [u8]),
    /// RS256.
    Rsa { n: &'a [u8], e: &'a [u8] },
}

/// The parameters of a COSE key; −1 is a number (a curve) or bytes (a modulus).
#[derive(Default)]
struct Parts<'a> {
    kind: Option<i64>,
    algorithm: Option<i64>,
    curve: Option<i64>,
    minus_1: &'a [u8],
    minus_2: &'a [u8],
    minus_3: &'a [u8],
}

fn parts(bytes: &[u8]) -> Result<Parts<'_>, Refusal> {
    let broken = Refusal::Malformed("public key");
    let mut reader = Reader::new(bytes);
    let mut parts = Parts::default();
    let mut seen: Vec<i64> = Vec::new();
    for _ in 0..reader.map()? {
        let Value::Int(label) = reader.value()? else { return Err(broken) };
        if seen.contains(&label) {
            return Err(broken);
        }
        seen.push(label);
        match (label, reader.value()?) {
            (1, Value::Int(kind)) => parts.kind = Some(kind),
            (3, Value::Int(algorithm)) => parts.algorithm = Some(algorithm),
            (-1, Value::Int(curve)) => parts.curve = Some(curve),
            (-1, Value::Bytes(bytes)) => parts.minus_1 = bytes,
            (-2, Value::Bytes(bytes)) => parts.minus_2 = bytes,
            (-3, Value::Bytes(bytes)) => parts.minus_3 = bytes,
            _ => return Err(broken),
        }
    }
    if reader.rest().is_empty() { Ok(parts) } else { Err(broken) }
}

fn read(bytes: &[u8]) -> Result<Key<'_>, Refusal> {
    let parts = parts(bytes)?;
    match (parts.kind, parts.algorithm, parts.curve) {
        (Some(2), Some(-7), Some(1)) if parts.minus_2.len() == 32 && parts.minus_3.len() == 32 => {
            let mut point = [4; 65];
            point[1..33].copy_from_slice(parts.minus_2);
            point[33..].copy_from_slice(parts.minus_3);
            Ok(Key::P256(point))
        }
        (Some(1), Some(-8), Some(6)) if parts.minus_2.len() == 32 => Ok(Key::Ed25519(parts.minus_2)),
        // Of 2048 bits at least, as ring wants them; a longer exponent than Fermat's is nobody's.
        (Some(3), Some(-257), None)
            if (256..=1024).contains(&parts.minus_1.len()) && (1..=4).contains(&parts.minus_2.len()) =>
        {
            Ok(Key::Rsa { n: parts.minus_1, e: parts.minus_2 })
        }
        _ => Err(Refusal::Algorithm),
    }
}

/// Whether the key is of a kind that was asked for.
pub(crate) fn check(bytes: &[u8]) -> Result<(), Refusal> {
    read(bytes).map(drop)
}

/// Whether `signature` over `message` is by this key.
pub(crate) fn verify(key: &[u8], message: &[u8], signature: &[u8]) -> Result<(), Refusal> {
    let verified = match read(key)? {
        Key::P256(point) => UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point).verify(message, signature),
        Key::Ed25519(point) => UnparsedPublicKey::new(&ED25519, point).verify(message, signature),
        Key::Rsa { n, e } => {
            RsaPublicKeyComponents { n, e }.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature)
        }
    };
    verified.map_err(|_| Refusal::Signature)
}
