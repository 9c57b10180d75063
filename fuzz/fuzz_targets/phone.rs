#![no_main]
//! Telephone numbers: what is taken is E.164 and reads back.

use kernel::Phone;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for phone in [Phone::parse(text), Phone::parse_mobile_ru(text)].into_iter().flatten() {
        let digits = phone.as_e164().strip_prefix('+').expect("a plus first");
        // E.164 ends at fifteen digits, but the plans of some countries (Germany) do not.
        assert!((5..=20).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()), "{digits}");
        if phone.is_mobile_ru() {
            assert_eq!(Phone::parse_mobile_ru(phone.as_e164()).as_ref(), Ok(&phone));
        } else {
            assert_eq!(Phone::parse(phone.as_e164()).as_ref(), Ok(&phone));
        }
        let _ = (phone.display(), phone.masked(), phone.country(), phone.takes_sms());
    }
});
