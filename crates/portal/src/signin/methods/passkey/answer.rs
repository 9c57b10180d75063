//! What a page's script sends: the browser's answer as parts in the alphabet of URLs, with dots between them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;

/// The most characters of a field: far above what any authenticator answers (checklist 9.4).
const MOST: usize = 48 * 1024;

/// An answer of `navigator.credentials.get()`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The credential's id.
    pub id: Vec<u8>,
    /// `clientDataJSON`.
    pub client_data: Vec<u8>,
    /// `authenticatorData`.
    pub data: Vec<u8>,
    /// `signature`.
    pub signature: Vec<u8>,
    /// `userHandle`; empty when there was none.
    pub user: Vec<u8>,
}

/// An answer of `navigator.credentials.create()`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Created {
    /// `clientDataJSON`.
    pub client_data: Vec<u8>,
    /// `attestationObject`.
    pub attestation: Vec<u8>,
    /// `getTransports()`, of those that we know.
    pub transports: Vec<&'static str>,
}

fn parts<const N: usize>(field: &str) -> Option<[Vec<u8>; N]> {
    if field.len() > MOST {
        return None;
    }
    let parts: Option<Vec<Vec<u8>>> = field.split('.').map(|part| B64.decode(part).ok()).collect();
    parts?.try_into().ok()
}

impl Answer {
    /// Reads the field; `None` when it is nothing that our script sends.
    pub fn read(field: &str) -> Option<Answer> {
        let [id, client_data, data, signature, user] = parts(field)?;
        let fits = !id.is_empty() && id.len() <= webauthn::MOST_ID && user.len() <= 64;
        fits.then_some(Answer { id, client_data, data, signature, user })
    }
}

impl Created {
    /// Reads the field; `None` when it is nothing that our script sends.
    pub fn read(field: &str) -> Option<Created> {
        let [client_data, attestation, transports] = parts(field)?;
        let words = String::from_utf8(transports).ok()?;
        let transports = words.split(' ').take(8).filter_map(super::rules::transport).collect();
        Some(Created { client_data, attestation, transports })
    }
}
