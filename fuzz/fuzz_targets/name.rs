#![no_main]
//! Names: what is taken has no markup, digit or control character, and reads back.

use kernel::{NamePart, Script};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for script in [Script::Ru, Script::Latin] {
        if let Ok(name) = NamePart::parse(text, script) {
            let plain = |c: char| c.is_alphabetic() || matches!(c, ' ' | '-' | '\'');
            assert!(name.as_str().chars().all(plain), "{:?}", name.as_str());
            assert_eq!(NamePart::parse(name.as_str(), script).as_ref(), Ok(&name));
            assert_eq!(NamePart::parse_any(name.as_str()).as_ref(), Ok(&name));
            let _ = (name.key(), name.masked());
        }
    }
});
