#![no_main]
//! Cookie lines: what is found stands in the line, between separators.

use libfuzzer_sys::fuzz_target;
use portal::web::cookies::find;

fuzz_target!(|input: (&str, &str)| {
    let (line, name) = input;
    if let Some(value) = find(line, name) {
        assert!(line.contains(&format!("{name}={value}")) && !value.contains(';'));
    }
});
