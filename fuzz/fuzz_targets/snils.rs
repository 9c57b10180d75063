#![no_main]
//! SNILS: what is taken reads back from both forms.

use kernel::Snils;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(snils) = Snils::parse(text) {
        assert_eq!(snils.as_str().len(), 14);
        assert_eq!(Snils::parse(snils.as_str()).as_ref(), Ok(&snils));
        assert_eq!(Snils::parse(&snils.digits()).as_ref(), Ok(&snils));
    }
});
