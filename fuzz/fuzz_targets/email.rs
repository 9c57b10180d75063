#![no_main]
//! E-mail addresses: what is taken is safe in a header and reads back.

use kernel::Email;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(email) = Email::parse(text) {
        assert!(email.as_str().bytes().all(|b| b.is_ascii_graphic()));
        assert_eq!(email.as_str().matches('@').count(), 1);
        assert_eq!(Email::parse(email.as_str()).as_ref(), Ok(&email));
        let shown = Email::parse(&email.display()).expect("what is shown can be typed");
        assert_eq!(shown.key(), email.key());
    }
});
