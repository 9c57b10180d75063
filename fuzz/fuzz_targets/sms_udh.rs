#![no_main]
//! The user-data header of message parts.

use gateway::sms::smpp::udh::{parse, with_header};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Some((found, body)) = parse(data) {
        assert!(body.len() < data.len());
        if let Some(part) = found {
            assert!(part.number >= 1 && part.number <= part.total);
        }
    }
    if let [reference, number, total, body @ ..] = data {
        if *number >= 1 && number <= total {
            let whole = with_header(*reference, *total, *number, body);
            let (found, rest) = parse(&whole).expect("our own header");
            assert_eq!(found.map(|part| (part.total, part.number)), Some((*total, *number)));
            assert_eq!(rest, body);
        }
    }
});
