#![no_main]
//! One-time and activation codes: what is taken reads back and has its length.

use kernel::{ActivationCode, OneTimeCode};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(code) = OneTimeCode::parse(text, 6) {
        assert_eq!(code.expose().len(), 6);
        assert_eq!(OneTimeCode::parse(code.expose(), 6), Ok(code));
    }
    if let Ok(code) = ActivationCode::parse(text) {
        assert_eq!(ActivationCode::parse(&code.grouped()), Ok(code));
    }
});
