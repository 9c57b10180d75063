#![no_main]
//! Delivery receipts of SMS centres: any octets, with and without the optional parameters.

use gateway::sms::smpp::receipt::parse;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&[u8], Option<&str>, Option<u8>)| {
    let (text, id, state) = input;
    if let Some(receipt) = parse(text, id, state) {
        assert!((1..=64).contains(&receipt.remote_id.len()));
    }
});
