//! Signed tokens (RFC 7519) with ES256 and nothing else: the algorithm is a constant, not a choice of who sends.
//!
//! Only the signature is checked here; what the claims must say is the business of who opens a token.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, UnparsedPublicKey,
};
use serde::{Deserialize, Serialize};
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{PrivatePkcs8KeyDer, SubjectPublicKeyInfoDer};

/// The longest token that is looked at, in bytes.
pub(crate) const LONGEST: usize = 4096;

const ALG: &str = "ES256";

/// What stands before the 65 octets of a P-256 point in a public key (RFC 5480).
const P256_KEY_INFO: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86,
    0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];

/// A private key and its name.
pub(crate) struct SigningKey {
    pair: EcdsaKeyPair,
    id: String,
}

/// A public key of the other side.
pub(crate) struct VerifyingKey(UnparsedPublicKey<Vec<u8>>);

#[derive(Serialize)]
struct HeaderOut<'a> {
    alg: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    kid: &'a str,
    typ: &'static str,
}

#[derive(Deserialize)]
struct HeaderIn {
    alg: String,
    #[serde(default)]
    kid: String,
    /// Extensions that must be understood (RFC 7515, 4.1.11); there are none that we do.
    crit: Option<serde_json::Value>,
}

/// Why a token is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenFault {
    /// Not three parts of base64url, or no JSON in them.
    Malformed,
    /// Another algorithm than ES256, or extensions.
    WrongAlgorithm,
    /// Signed with a key that is not in the configuration.
    UnknownKey,
    /// The signature is not of this key over these bytes.
    BadSignature,
}

impl SigningKey {
    /// Reads a private key: PKCS#8 in PEM (`BEGIN PRIVATE KEY`), curve P-256, with its public half.
    pub(crate) fn from_pem(pem: &str, id: &str) -> Result<SigningKey, &'static str> {
        let der = PrivatePkcs8KeyDer::from_pem_slice(pem.as_bytes())
            .map_err(|_| "expected a PEM text with BEGIN PRIVATE KEY (PKCS#8)")?;
        let pair =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der.secret_pkcs8_der(), &machine())
                .map_err(|_| "expected a key of the curve P-256")?;
        Ok(SigningKey { pair, id: id.to_owned() })
    }

    /// The public half: a point in 65 octets.
    pub(crate) fn public(&self) -> &[u8] {
        self.pair.public_key().as_ref()
    }

    /// A token with these claims; `None` only when the machine has no randomness left or the claims are no JSON.
    pub(crate) fn sign(&self, claims: &impl Serialize) -> Option<String> {
        let header = serde_json::to_vec(&HeaderOut { alg: ALG, kid: &self.id, typ: "JWT" }).ok()?;
        let claims = serde_json::to_vec(claims).ok()?;
        let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
        let signature = self.pair.sign(&machine(), signed.as_bytes()).ok()?;
        Some(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}

/// A new private key in PKCS#8; `None` only when the machine has no randomness left.
pub(crate) fn new_key() -> Option<Vec<u8>> {
    let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &machine()).ok()?;
    Some(document.as_ref().to_vec())
}

/// Numbers that a signature uses up come from the machine alone: one that repeats gives the key away.
#[allow(clippy::disallowed_types)] // see above; no argument can be as good, and no test depends on the octets
fn machine() -> ring::rand::SystemRandom {
    ring::rand::SystemRandom::new()
}

impl VerifyingKey {
    /// Reads a public key: PEM (`BEGIN PUBLIC KEY`), curve P-256.
    pub(crate) fn from_pem(pem: &str) -> Result<VerifyingKey, &'static str> {
        let der = SubjectPublicKeyInfoDer::from_pem_slice(pem.as_bytes())
            .map_err(|_| "expected a PEM text with BEGIN PUBLIC KEY")?;
        match der.as_ref().strip_prefix(&P256_KEY_INFO) {
            Some(point) if point.len() == 65 && point.first() == Some(&4) => {
                Ok(VerifyingKey(UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point.to_vec())))
            }
            _ => Err("expected a key of the curve P-256"),
        }
    }
}

/// The claims of a token whose signature is right, as JSON octets. `key_of` finds the key of a name.
pub(crate) fn open<'k>(
    token: &str,
    key_of: impl FnOnce(&str) -> Option<&'k VerifyingKey>,
) -> Result<Vec<u8>, TokenFault> {
    if token.len() > LONGEST {
        return Err(TokenFault::Malformed);
    }
    let (signed, signature) = token.rsplit_once('.').ok_or(TokenFault::Malformed)?;
    let (header, claims) = signed.split_once('.').ok_or(TokenFault::Malformed)?;
    let octets = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| TokenFault::Malformed);
    let (header, claims, signature) = (octets(header)?, octets(claims)?, octets(signature)?);
    let header: HeaderIn = serde_json::from_slice(&header).map_err(|_| TokenFault::Malformed)?;
    if header.alg != ALG || header.crit.is_some() {
        return Err(TokenFault::WrongAlgorithm);
    }
    let key = key_of(&header.kid).ok_or(TokenFault::UnknownKey)?;
    key.0.verify(signed.as_bytes(), &signature).map_err(|_| TokenFault::BadSignature)?;
    Ok(claims)
}

/// The hash of a body as the claim `body_sha256` holds it: SHA-256 in base64url.
pub(crate) fn body_hash(body: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, body))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use serde_json::{Value, json};

    /// Made with `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256`, for tests alone.
    pub(crate) const PRIVATE: &str = "-----BEGIN PRIVATE KEY-----\n\
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgO+zyCBMMtvZ5E/D5\n\
        p9nOpwkVfJKyVjy9RSFzperY3nqhRANCAAQgPbDvXUnkc5AS2I3dorjd4sU+76Gq\n\
        G4Sp65nc8A3Newtnr4Ml2LBiCxTKE17wnaz2ji4vYKVW67olMK6gML7Y\n\
        -----END PRIVATE KEY-----";
    pub(crate) const PUBLIC: &str = "-----BEGIN PUBLIC KEY-----\n\
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEID2w711J5HOQEtiN3aK43eLFPu+h\n\
        qhuEqeuZ3PANzXsLZ6+DJdiwYgsUyhNe8J2s9o4uL2ClVuu6JTCuoDC+2A==\n\
        -----END PUBLIC KEY-----";

    /// RFC 7515, appendix A.3: a token and its key.
    const RFC_TOKEN: &str = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
    const RFC_X: &str = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
    const RFC_Y: &str = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";

    fn keys() -> (SigningKey, VerifyingKey) {
        (SigningKey::from_pem(PRIVATE, "k1").unwrap(), VerifyingKey::from_pem(PUBLIC).unwrap())
    }

    fn opened(token: &str, key: &VerifyingKey) -> Result<Value, TokenFault> {
        open(token, |id| (id == "k1").then_some(key)).map(|claims| serde_json::from_slice(&claims).unwrap())
    }

    #[test]
    fn the_example_of_the_standard_is_read() {
        let mut point = vec![4];
        point.extend(URL_SAFE_NO_PAD.decode(RFC_X).unwrap());
        point.extend(URL_SAFE_NO_PAD.decode(RFC_Y).unwrap());
        let key = VerifyingKey(UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point));
        let claims = open(RFC_TOKEN, |_| Some(&key)).unwrap();
        assert_eq!(serde_json::from_slice::<Value>(&claims).unwrap()["iss"], "joe");
        let altered = RFC_TOKEN.replace("eyJpc3MiOiJqb2Ui", "eyJpc3MiOiJqb2Yi");
        assert_eq!(open(&altered, |_| Some(&key)), Err(TokenFault::BadSignature));
    }

    #[test]
    fn what_is_signed_is_opened_and_nothing_else() {
        let (signing, key) = keys();
        let token = signing.sign(&json!({ "iss": "a" })).unwrap();
        assert_eq!(opened(&token, &key), Ok(json!({ "iss": "a" })));
        assert_eq!(open(&token, |_| None), Err(TokenFault::UnknownKey));
        // Any single octet changed, anywhere.
        for place in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            // The last character of a part may hold bits that mean nothing; such a form is refused as well.
            assert!(opened(&changed, &key).is_err(), "octet {place}");
        }
    }

    #[test]
    fn the_sender_does_not_choose_the_algorithm() {
        let (signing, key) = keys();
        let token = signing.sign(&json!({ "iss": "a" })).unwrap();
        let (_, rest) = token.split_once('.').unwrap();
        for header in [
            json!({ "alg": "none", "kid": "k1" }),
            json!({ "alg": "HS256", "kid": "k1" }),
            json!({ "alg": "ES384", "kid": "k1" }),
            json!({ "alg": "es256", "kid": "k1" }),
            json!({ "alg": "ES256", "kid": "k1", "crit": ["b64"], "b64": false }),
        ] {
            let forged = format!("{}.{rest}", URL_SAFE_NO_PAD.encode(header.to_string()));
            assert_eq!(opened(&forged, &key), Err(TokenFault::WrongAlgorithm), "{header}");
        }
        let unsigned = format!("{}.", token.rsplit_once('.').unwrap().0);
        assert_eq!(opened(&unsigned, &key), Err(TokenFault::BadSignature));
    }

    #[test]
    fn no_text_does_harm() {
        let (signing, key) = keys();
        let token = signing.sign(&json!({})).unwrap();
        let long = format!("{}.{}", "A".repeat(5000), token);
        for bad in
            ["", ".", "..", "a.b", "a.b.c", "=.=.=", "e30.e30.", "e30.e30.e30", &token[1..], &long, "ы.ы.ы"]
        {
            assert!(opened(bad, &key).is_err(), "{bad}");
        }
        for end in 0..token.len() {
            assert!(opened(&token[..end], &key).is_err());
        }
    }

    #[test]
    fn only_p256_keys_are_taken() {
        for bad in ["", "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----", PRIVATE] {
            assert!(VerifyingKey::from_pem(bad).is_err());
        }
        for bad in ["", PUBLIC, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"] {
            assert!(SigningKey::from_pem(bad, "x").is_err());
        }
    }
}
