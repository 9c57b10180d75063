#![no_main]
//! Tokens of challenges: nobody makes one without the key.

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    assert!(!portal::challenge::fuzz_token(text));
});
