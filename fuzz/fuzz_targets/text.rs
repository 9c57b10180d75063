#![no_main]
//! The way every typed value takes first: trimming, separators, digits.

use kernel::text::{Separators, bounded, digits, nfc, trim};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    assert_eq!(trim(trim(text)), trim(text));
    if let Ok(bounded) = bounded(text) {
        assert!(!bounded.is_empty() && bounded.chars().count() <= 256);
    }
    for separators in [Separators::NONE, Separators::SPACE, Separators::SPACE_DASH] {
        if let Ok(found) = digits(text, separators) {
            assert!(!found.is_empty() && found.bytes().all(|b| b.is_ascii_digit()));
            assert_eq!(digits(&found, Separators::NONE).as_ref(), Ok(&found));
        }
    }
    let once = nfc(text);
    assert_eq!(nfc(&once), once);
});
