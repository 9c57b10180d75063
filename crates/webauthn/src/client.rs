//! What the browser says: `clientDataJSON` (WebAuthn §5.8.1).

use super::{MOST_CLIENT_DATA, Refusal};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use serde::Deserialize;
use subtle::ConstantTimeEq;

/// The members that are looked at; browsers add others on purpose.
#[derive(Deserialize)]
struct ClientData {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
    origin: String,
    #[serde(default, rename = "crossOrigin")]
    cross_origin: bool,
    #[serde(default, rename = "topOrigin")]
    top_origin: Option<String>,
}

fn read(bytes: &[u8]) -> Result<ClientData, Refusal> {
    if bytes.len() > MOST_CLIENT_DATA {
        return Err(Refusal::Malformed("client data too long"));
    }
    serde_json::from_slice(bytes).map_err(|_| Refusal::Malformed("client data"))
}

fn decode(challenge: &str) -> Result<Vec<u8>, Refusal> {
    B64.decode(challenge).map_err(|_| Refusal::Malformed("challenge"))
}

/// The challenge that an answer says it is for: only to find out whether it is one of ours. Proves nothing.
///
/// # Errors
/// The client's data cannot be read.
pub fn challenge_of(client_data: &[u8]) -> Result<Vec<u8>, Refusal> {
    decode(&read(client_data)?.challenge)
}

/// Whether the answer is of this kind, for this challenge and from this origin exactly.
pub(crate) fn check(bytes: &[u8], kind: &str, challenge: &[u8], origin: &str) -> Result<(), Refusal> {
    let data = read(bytes)?;
    if data.kind != kind {
        return Err(Refusal::Type);
    }
    if challenge.is_empty() || !bool::from(decode(&data.challenge)?.ct_eq(challenge)) {
        return Err(Refusal::Challenge);
    }
    // Never «begins with» or «ends with»: a neighbour's origin may look alike.
    if data.origin != origin || data.cross_origin || data.top_origin.is_some() {
        return Err(Refusal::Origin);
    }
    Ok(())
}
