#![no_main]
//! A table of addresses is read or refused with a line, and whatever was read can be searched.

use gateway::addresses::{Directory as _, Fit, Level, table};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let whole = [table::HEADER.as_bytes(), b"\n", data].concat();
    match table::read(whole.as_slice(), 1000) {
        Ok(index) => {
            let typed = String::from_utf8_lossy(data);
            for level in Level::ALL {
                assert!(index.find(level, &[], &typed, Fit::Begins, 10).len() <= 10);
            }
            index.regions();
        }
        Err(why) => assert!(why.starts_with("line ") || why == "no places", "{why}"),
    }
});
