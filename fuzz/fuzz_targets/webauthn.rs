#![no_main]
//! Answers of authenticators: read whole or refused, never believed without a signature.

use libfuzzer_sys::fuzz_target;
use webauthn::{Assertion, Site, cbor::Reader};

const SITE: Site<'static> = Site { id: "portal.example", origin: "https://portal.example" };

fuzz_target!(|input: (&[u8], &[u8], &[u8], &[u8])| {
    let (client_data, binary, key, signature) = input;
    let mut reader = Reader::new(binary);
    if let Ok(one) = reader.whole() {
        assert_eq!(one.len() + reader.rest().len(), binary.len());
    }
    let challenge = webauthn::challenge_of(client_data).unwrap_or_default();
    if let Ok(new) = webauthn::register(SITE, &challenge, client_data, binary) {
        assert!(new.id.len() <= webauthn::MOST_ID && !new.key.is_empty());
    }
    let answer = Assertion { client_data, authenticator_data: binary, signature };
    let _ = webauthn::assert(SITE, &challenge, key, true, answer);
});
