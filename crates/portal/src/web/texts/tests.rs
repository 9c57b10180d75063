//! The texts are complete, used, and fit for people in both languages.

use super::*;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Messages that may read the same in both languages.
const SAME_IN_BOTH: [&str; 0] = [];

/// Where a message stands: `file:line`, and its whole source text.
type Messages = BTreeMap<String, (String, String)>;

fn messages(files: &[(&str, &str)]) -> Messages {
    let mut found = Messages::new();
    for (path, source) in files {
        let mut current = None;
        for (number, line) in source.lines().enumerate() {
            if line.starts_with(|c: char| c.is_ascii_alphabetic()) {
                let (key, value) =
                    line.split_once('=').unwrap_or_else(|| panic!("{path}:{}: no =", number + 1));
                let place = format!("{path}:{}", number + 1);
                found.insert(key.trim().to_owned(), (place, value.to_owned()));
                current = Some(key.trim().to_owned());
            } else if line.starts_with('#') || line.trim().is_empty() {
                current = None;
            } else if let Some(key) = &current {
                let (_, text) = found.get_mut(key).expect("just inserted");
                text.push('\n');
                text.push_str(line);
            }
        }
    }
    found
}

fn variables(text: &str) -> BTreeSet<String> {
    let name = |rest: &str| rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    text.split('$').skip(1).map(name).collect()
}

/// Every Rust source and template of this crate.
fn sources() -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
        for entry in std::fs::read_dir(folder).expect("source folder") {
            let path = entry.expect("entry").path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|kind| kind == "rs" || kind == "html") {
                found.push((path.clone(), std::fs::read_to_string(&path).expect("source")));
            }
        }
    }
    let mut found = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    assert!(found.len() > 20, "sources are not where the test looks");
    found
}

/// Whether a literal has the shape of a key: words of small letters and digits joined by hyphens.
fn is_key(literal: &str) -> bool {
    let word =
        |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    literal.contains('-') && literal.split('-').all(word)
}

#[test]
fn syntax_is_right_in_every_file() {
    for (path, source) in sources::RU.iter().chain(sources::EN) {
        if let Err((_, errors)) = FluentResource::try_new((*source).to_owned()) {
            panic!("{path}: {errors:?}");
        }
    }
}

#[test]
fn both_languages_have_the_same_messages_with_the_same_variables() {
    let (ru, en) = (messages(sources::RU), messages(sources::EN));
    for (key, (place, text)) in &ru {
        let (other, translated) = en.get(key).unwrap_or_else(|| panic!("{place}: {key} has no English"));
        assert_eq!(variables(text), variables(translated), "{place} and {other}: {key}");
    }
    for (key, (place, _)) in &en {
        assert!(ru.contains_key(key), "{place}: {key} has no Russian");
    }
    assert!(ru.len() > 50);
}

#[test]
fn nothing_is_left_untranslated_and_nobody_is_shouted_at() {
    let (ru, en) = (messages(sources::RU), messages(sources::EN));
    let cyrillic = |c: char| ('\u{400}'..='\u{4ff}').contains(&c);
    for (key, (place, text)) in &en {
        assert!(!text.chars().any(cyrillic), "{place}: {key} has Cyrillic letters in English");
        let russian = &ru[key].1;
        let same =
            russian == text && text.chars().any(char::is_alphabetic) && !text.trim().starts_with("{ $");
        assert!(!same || SAME_IN_BOTH.contains(&key.as_str()), "{place}: {key} reads the same in Russian");
    }
    for (key, (place, text)) in ru.iter().chain(&en) {
        let shouted = text.match_indices('!').any(|(at, _)| text[..at].ends_with(char::is_alphabetic));
        assert!(!shouted, "{place}: {key} has an exclamation mark (the voice of spec 10 has none)");
        assert!(!text.contains("  ") || text.contains('\n'), "{place}: {key} has two spaces in a row");
    }
}

#[test]
fn every_key_asked_for_exists() {
    let known = messages(sources::RU);
    let calls = ["t(", "tf(", "tf1(", "text(", "format(", "Countdown::new("];
    let mut checked = 0;
    for (path, source) in sources() {
        for (number, line) in source.lines().enumerate() {
            for call in calls {
                for (at, _) in line.match_indices(call) {
                    let before = line[..at].chars().next_back();
                    let rest = &line[at + call.len()..];
                    let rest = &rest[..rest.find(')').unwrap_or(rest.len())];
                    let Some(key) = rest.split('"').nth(1).filter(|key| is_key(key)) else { continue };
                    if before.is_some_and(|c| c.is_alphanumeric() || c == '!') {
                        continue;
                    }
                    checked += 1;
                    assert!(known.contains_key(key), "{}:{}: no text {key}", path.display(), number + 1);
                }
            }
        }
    }
    assert!(checked > 50, "only {checked} calls were found");
}

#[test]
fn every_message_is_used_somewhere() {
    let mut used = BTreeSet::new();
    for (_, source) in sources() {
        // Quotes stand inside quotes in templates, so whatever lies between two of them counts.
        used.extend(source.split(['"', '\n']).filter(|part| is_key(part)).map(str::to_owned));
    }
    let idle: Vec<String> = messages(sources::RU)
        .iter()
        .filter(|(key, _)| !used.contains(*key))
        .map(|(key, (place, _))| format!("{place}: {key}"))
        .collect();
    assert!(idle.is_empty(), "used nowhere: {idle:#?}");
}

#[test]
fn plurals_follow_the_language_and_numbers_carry_no_marks() {
    let minutes = |lang, n: i64| format(lang, "web-wait-minutes", &[("n", n.into())]);
    assert_eq!(minutes(Lang::Ru, 1), "1 минуту");
    assert_eq!(minutes(Lang::Ru, 3), "3 минуты");
    assert_eq!(minutes(Lang::Ru, 11), "11 минут");
    assert_eq!(minutes(Lang::Ru, 1021), "1021 минуту");
    assert_eq!(minutes(Lang::En, 1), "1 minute");
    let mixed = format(Lang::En, "web-password-length", &[("min", 8.into()), ("max", 20.into())]);
    assert_eq!(mixed, "8 to 20 characters");
}

#[test]
#[should_panic(expected = "no text web-no-such-text")]
fn an_unknown_key_stops_a_debug_build() {
    let unknown = concat!("web-no-such", "-text");
    text(Lang::Ru, unknown);
}
