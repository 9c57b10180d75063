//! Writes pictures and sounds of challenges into a folder, named after their answers, for eyes and ears.
//!
//! `cargo run -p portal --example challenge_samples -- FOLDER [COUNT]`

use kernel::{Lang, Rng};
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let Some(folder) = arguments.next() else {
        eprintln!("usage: challenge_samples FOLDER [COUNT]");
        return ExitCode::from(2);
    };
    let count = arguments.next().and_then(|count| count.parse().ok()).unwrap_or(12);
    match write(Path::new(&folder), count) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{folder}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn write(folder: &Path, count: u64) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    for seed in 0..count {
        let mut rng = Rng::seeded(seed);
        let mut drawn = |from: &[u8], count: u64| -> String {
            let one = |_| from[usize::try_from(rng.below(from.len() as u64)).unwrap_or(0)];
            (0..count).map(one).map(char::from).collect()
        };
        let (characters, digits) = (drawn(b"ACEHKMPTY23456789", 6), drawn(b"0123456789", 6));
        let lang = if seed % 2 == 0 { Lang::Ru } else { Lang::En };
        let (picture, sound) = portal::challenge::preview(lang, &characters, &digits, &mut rng);
        std::fs::write(folder.join(format!("{seed:02}-{characters}.png")), picture)?;
        std::fs::write(folder.join(format!("{seed:02}-{}-{digits}.wav", lang.tag())), sound)?;
    }
    Ok(())
}
