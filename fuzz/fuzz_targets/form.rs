#![no_main]
//! Bodies of forms: strict, bounded, and never a NUL.

use libfuzzer_sys::fuzz_target;
use portal::web::form::Fields;

fuzz_target!(|body: &[u8]| {
    if let Ok(fields) = Fields::parse(body) {
        for name in ["surname", "contact", "challenge_token", "csrf"] {
            let value = fields.text(name);
            assert!(!value.contains('\0') && value.len() <= body.len());
        }
    }
});
