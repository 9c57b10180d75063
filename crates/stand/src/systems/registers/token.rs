//! Signed tokens as the registers make and check them: ES256 (RFC 7518, 3.4) and nothing else.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, UnparsedPublicKey,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::io;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{PrivatePkcs8KeyDer, SubjectPublicKeyInfoDer};

/// The claims of both directions.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Claims {
    pub(super) iss: String,
    pub(super) aud: String,
    pub(super) iat: i64,
    pub(super) exp: i64,
    pub(super) jti: String,
    pub(super) op: String,
    pub(super) body_sha256: String,
}

/// The registers' key.
pub(super) struct Signer {
    pair: EcdsaKeyPair,
    id: &'static str,
}

#[allow(clippy::disallowed_types)] // numbers that a signature uses up must not repeat, even where all else does
fn machine() -> ring::rand::SystemRandom {
    ring::rand::SystemRandom::new()
}

impl Signer {
    /// Reads a key in PKCS#8.
    pub(super) fn new(pem: &str, id: &'static str) -> io::Result<Signer> {
        let der = PrivatePkcs8KeyDer::from_pem_slice(pem.as_bytes()).map_err(io::Error::other)?;
        let octets = der.secret_pkcs8_der();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, octets, &machine());
        Ok(Signer { pair: pair.map_err(|_| io::Error::other("the key is not one of P-256"))?, id })
    }

    /// A signed token.
    pub(super) fn sign(&self, claims: &Claims) -> io::Result<String> {
        let header = json!({ "alg": "ES256", "typ": "JWT", "kid": self.id }).to_string();
        let claims = serde_json::to_vec(claims)?;
        let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
        let signature = self.pair.sign(&machine(), signed.as_bytes());
        let signature = signature.map_err(|_| io::Error::other("no randomness"))?;
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}

/// The claims of a token that was signed with the key of this name; why not, in words.
pub(super) fn open(token: &str, key_id: &str, public_pem: &str) -> Result<Claims, &'static str> {
    let parts: Vec<&str> = token.split('.').collect();
    let [header, claims, signature] = parts[..] else { return Err("the token has not three parts") };
    let octets = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| "the token is not base64url");
    let head: Value = serde_json::from_slice(&octets(header)?).map_err(|_| "the header is not JSON")?;
    if head["alg"] != "ES256" || head.get("crit").is_some() {
        return Err("the algorithm is not ES256");
    }
    if head["kid"] != key_id {
        return Err("the key is unknown");
    }
    let key = SubjectPublicKeyInfoDer::from_pem_slice(public_pem.as_bytes()).map_err(|_| "no key")?;
    // The point is the end of the structure.
    let point =
        key.as_ref().len().checked_sub(65).and_then(|from| key.as_ref().get(from..)).ok_or("no key")?;
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
        .verify(format!("{header}.{claims}").as_bytes(), &octets(signature)?)
        .map_err(|_| "the signature is wrong")?;
    serde_json::from_slice(&octets(claims)?).map_err(|_| "a claim is missing or of a wrong type")
}

/// SHA-256 of a body in base64url.
pub(super) fn body_hash(body: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, body))
}
