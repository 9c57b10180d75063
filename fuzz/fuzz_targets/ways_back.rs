#![no_main]
//! Paths to go back to, from a query and from a form: always ours, whatever was typed into the address.

use libfuzzer_sys::fuzz_target;
use portal::web::{back, preferences};

fuzz_target!(|text: &str| {
    for path in [back::from_query(text), preferences::safe_return(text)] {
        assert!(path.starts_with('/') && !path.starts_with("//") && !path.contains('\\'), "{path}");
        assert!(!path.chars().any(char::is_control), "{path:?}");
    }
    let query = back::to_query(text);
    assert!(query.bytes().all(|b| b.is_ascii_graphic()));
});
