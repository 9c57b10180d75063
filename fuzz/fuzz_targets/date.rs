#![no_main]
//! Dates: what is taken reads back from both written forms.

use kernel::Date;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for date in [Date::parse_dmy(text), Date::parse_iso(text)].into_iter().flatten() {
        assert_eq!(Date::parse_iso(&date.iso()), Ok(date));
        assert_eq!(Date::parse_dmy(&date.dmy()), Ok(date));
    }
});
