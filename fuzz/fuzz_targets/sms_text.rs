#![no_main]
//! Texts cut into the parts of a message: within the room, and no part empty.

use gateway::sms::smpp::text::split;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&str, u8)| {
    let (text, most) = input;
    if let Ok(parts) = split(text, most.into()) {
        assert!(parts.parts.len() <= usize::from(most).max(1));
        assert!(parts.parts.iter().all(|part| part.len() <= 160));
        assert!(text.is_empty() || parts.parts.iter().all(|part| !part.is_empty()));
    }
});
