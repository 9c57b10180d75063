//! Migrations only go forward, each number once, and take nothing away without saying when.

use super::{Finding, Tree};
use std::collections::BTreeMap;

const RULE: &str = "migrations";
const HOME: &str = "crates/store/migrations/";

/// What removes data or breaks the version before; allowed with a note.
const TAKES_AWAY: &[&str] = &["DROP COLUMN", "DROP TABLE", "RENAME COLUMN", "RENAME TO", "TRUNCATE"];

/// The note: `-- contract: since which version nothing uses it`.
const NOTE: &str = "-- contract:";

/// Names, numbers, twins for PostgreSQL, and removals.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut numbers: BTreeMap<&str, &str> = BTreeMap::new();
    for file in &tree.files {
        let Some(name) = file.path.strip_prefix(HOME).and_then(|name| name.strip_suffix(".sql")) else {
            continue;
        };
        let (stem, override_of_postgres) = match name.strip_suffix(".postgres") {
            Some(stem) => (stem, true),
            None => (name, false),
        };
        let Some(number) = number_of(stem) else {
            findings.push(Finding::new(RULE, &file.path, "is not named NNNN_words_in_snake_case.sql"));
            continue;
        };
        if override_of_postgres {
            if tree.file(&format!("{HOME}{stem}.sql")).is_none() {
                findings.push(Finding::new(RULE, &file.path, "overrides a migration that does not exist"));
            }
        } else if let Some(other) = numbers.insert(number, stem) {
            findings.push(Finding::new(RULE, &file.path, format!("has the number of {other}")));
        }
        findings.extend(removals(&file.path, &file.text));
    }
    findings
}

fn number_of(stem: &str) -> Option<&str> {
    let (number, words) = stem.split_once('_')?;
    let number_is_good = number.len() == 4 && number.bytes().all(|b| b.is_ascii_digit());
    let words_are_good =
        !words.is_empty() && words.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    (number_is_good && words_are_good).then_some(number)
}

fn removals(path: &str, text: &str) -> Vec<Finding> {
    if text.contains(NOTE) {
        return Vec::new();
    }
    text.lines()
        .enumerate()
        .filter(|(_, line)| {
            let statement = line.split("--").next().unwrap_or_default().to_ascii_uppercase();
            TAKES_AWAY.iter().any(|words| statement.contains(words))
        })
        .map(|(index, _)| {
            Finding::at(
                RULE,
                path,
                index + 1,
                format!("takes something away: say since when it is unused with `{NOTE} …`"),
            )
        })
        .collect()
}
