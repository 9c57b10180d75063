#![no_main]
//! Answers of clamd: one and only one of them means clean.

use gateway::antivirus::Verdict;
use gateway::antivirus::clamd::verdict;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    match verdict(data) {
        Verdict::Clean => assert_eq!(data, b"stream: OK\0"),
        Verdict::Infected { name } => {
            assert!((1..=100).contains(&name.len()) && name.bytes().all(|byte| matches!(byte, b' '..=b'~')));
            assert!(data.ends_with(b" FOUND\0"));
        }
        Verdict::Unavailable { reason } => assert!(!reason.is_empty()),
    }
});
