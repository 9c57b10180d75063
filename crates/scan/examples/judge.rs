//! Judges files and prints what was found, how long it took and how much memory it needed at most:
//! `cargo run --release -p scan --example judge -- [--out DIR] FILE…`. Tells only whether a zone was read, never what it
//! says. With `--out` the clean copy and the preview are written there.

use peak_alloc::PeakAlloc;
use scan::{Rules, inspect};
use std::time::Instant;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

#[allow(clippy::disallowed_methods, reason = "a tool that measures")]
fn main() {
    let mut paths = std::env::args().skip(1).peekable();
    let out = paths.next_if(|first| first == "--out").and_then(|_| paths.next());
    for path in paths {
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
            Ok(seen) => {
                println!("{path}: {} bytes, {taken} ms, {peak} MiB, {seen:?}", bytes.len());
                if let Some(out) = &out {
                    keep(out, &path, &seen);
                }
            }
            Err(refusal) => {
                println!("{path}: {} bytes, {taken} ms, {peak} MiB, refused: {refusal}", bytes.len())
            }
        }
    }
}

fn keep(out: &str, path: &str, seen: &scan::Inspected) {
    let name = std::path::Path::new(path).file_name().unwrap_or_default().to_string_lossy();
    for (what, bytes) in [("clean", &seen.clean), ("preview", &seen.preview)] {
        if let Err(error) = std::fs::write(format!("{out}/{what}-{name}"), bytes) {
            eprintln!("{name}: {error}");
        }
    }
}
