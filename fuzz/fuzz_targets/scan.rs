#![no_main]
//! Scans of documents: what is kept is bounded, of one kind, and clean again.

use libfuzzer_sys::fuzz_target;
use scan::{Rules, inspect};

fuzz_target!(|bytes: &[u8]| {
    let rules = Rules { max_pixels: 1_000_000, min_side: 1, ..Rules::default() };
    if let Ok(seen) = inspect(bytes, &rules) {
        assert!(seen.clean.len() <= rules.max_clean);
        assert!((1..=rules.max_pages).contains(&seen.pages));
        let again = inspect(&seen.clean, &rules).expect("a clean copy is taken");
        assert_eq!((again.kind, again.pages), (seen.kind, seen.pages));
    }
});
