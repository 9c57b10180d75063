#![no_main]
//! The XML of S3: only whole documents say something, and codes of errors are short words.

use gateway::objects::s3::wire::{error_code, page};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let end = data.iter().rposition(|byte| *byte == b'>').unwrap_or_default();
    if let Some(page) = page(data) {
        assert!(page.next.as_ref().is_none_or(|next| !next.is_empty()));
        assert!(page.keys.iter().map(String::len).sum::<usize>() <= data.len());
        assert_eq!(gateway::objects::s3::wire::page(&data[..end]), None, "half a list");
    }
    if let Some(code) = error_code(data) {
        assert!((1..=64).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        assert_eq!(error_code(&data[..end]), None, "half an error");
    }
});
