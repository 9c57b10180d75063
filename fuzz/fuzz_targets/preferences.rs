#![no_main]
//! The cookie of preferences: any text is read as some preferences, which read back the same.

use libfuzzer_sys::fuzz_target;
use portal::web::preferences::Preferences;

fuzz_target!(|text: &str| {
    let read = Preferences::parse(text);
    assert_eq!(Preferences::parse(&read.value()), read);
});
