//! Packs a list of passwords, the commonest first, into `assets/common-passwords.bin`.
//!
//! `cargo run -p kernel --example pack_blocklist -- LIST.txt crates/kernel/assets/common-passwords.bin`
//! The list's source and licence stand in the crate's NOTICE; the format in `src/blocklist.rs`.

use std::collections::BTreeSet;
use std::process::ExitCode;

/// How many of the commonest are taken (spec 01).
const WANTED: usize = 100_000;
/// The shortest password that any policy of ours takes, and the shortest stem worth knowing.
const PASSWORD: usize = 8;
const STEM: usize = 6;
/// Words in a block, as in `src/blocklist.rs`.
const BLOCK: usize = 32;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (Some(from), Some(to)) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: pack_blocklist LIST.txt OUT.bin");
        return ExitCode::from(2);
    };
    let packed = std::fs::read_to_string(from).map(|list| pack(&chosen(&list)));
    match packed.and_then(|bytes| std::fs::write(to, bytes)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn chosen(list: &str) -> BTreeSet<String> {
    let good = |word: &&str| word.len() <= 255 && word.chars().all(|c| c.is_ascii_graphic());
    let long = list.lines().filter(good).filter(|word| word.len() >= PASSWORD).take(WANTED);
    let short = list.lines().take(WANTED).filter(good).filter(|word| (STEM..PASSWORD).contains(&word.len()));
    long.chain(short).map(str::to_lowercase).collect()
}

fn pack(words: &BTreeSet<String>) -> Vec<u8> {
    let words: Vec<&String> = words.iter().collect();
    let blocks = words.len().div_ceil(BLOCK);
    let (mut index, mut body) = (number(blocks), Vec::new());
    for block in words.chunks(BLOCK) {
        index.extend(number(4 + 4 * blocks + body.len()));
        let mut before: &[u8] = &[];
        for word in block {
            let word = word.as_bytes();
            let shared = word.iter().zip(before).take_while(|(a, b)| a == b).count().min(15);
            let own = word.len() - shared;
            body.push(u8::try_from(shared << 4 | own.min(15)).unwrap_or_default());
            if own >= 15 {
                body.push(u8::try_from(own).unwrap_or_default());
            }
            body.extend_from_slice(&word[shared..]);
            before = word;
        }
    }
    index.extend(body);
    index
}

fn number(n: usize) -> Vec<u8> {
    u32::try_from(n).unwrap_or_default().to_le_bytes().to_vec()
}
