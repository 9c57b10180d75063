#![no_main]
//! New passwords: both presets and the strength estimate, with anything as personal data.

use kernel::password::{Policy, Preset, check, prepared, strength};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&str, &str)| {
    let (password, personal) = input;
    let classic = check(&Policy::preset(Preset::Classic), password, &[personal]);
    if classic.is_empty() {
        assert!((8..=20).contains(&password.len()) && password.bytes().all(|b| b.is_ascii_graphic()));
    }
    let _ = check(&Policy::preset(Preset::Passphrase), password, &[personal]);
    assert!(strength(password, &[personal]).score <= 4);
    let once = prepared(password);
    assert_eq!(prepared(&once), once);
});
