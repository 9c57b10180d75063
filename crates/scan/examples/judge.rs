//! Judges files and prints what was found, how long it took and how much memory it needed at most:
//! `cargo run --release -p scan --example judge -- FILE…`. Tells only whether a zone was read, never what it says.

use peak_alloc::PeakAlloc;
use scan::{Rules, inspect};
use std::time::Instant;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

#[allow(clippy::disallowed_methods, reason = "a tool that measures")]
fn main() {
    for path in std::env::args().skip(1) {
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) => {
                eprintln!("{path}: {error}");
                continue;
            }
        };
        let before = MEMORY.current_usage();
        MEMORY.reset_peak_usage();
        let start = Instant::now();
        let verdict = inspect(&bytes, &Rules::default());
        let taken = start.elapsed().as_millis();
        let peak = (MEMORY.peak_usage().saturating_sub(before)) >> 20;
        match verdict {
            Ok(seen) => println!("{path}: {} bytes, {taken} ms, {peak} MiB, {seen:?}", bytes.len()),
            Err(refusal) => {
                println!("{path}: {} bytes, {taken} ms, {peak} MiB, refused: {refusal}", bytes.len())
            }
        }
    }
}
