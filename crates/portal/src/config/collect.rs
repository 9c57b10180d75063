//! Reads the merged tree into a typed configuration and goes on after an error, so that a person
//! sees everything that is wrong at once.
//!
//! Every value has a default. So a wrong one is noted, taken out of the tree, and the reading begins
//! again, until nothing is wrong or nothing is left.

use super::Problem;
use super::source::{Origin, Sources, Step, Way, show};
use serde::de::DeserializeOwned;
use std::path::PathBuf;
use toml::Value;

/// Reads `T` out of the tree; every problem is added to `problems`.
pub(super) fn read<T: DeserializeOwned + Default>(
    sources: &mut Sources,
    problems: &mut Vec<Problem>,
) -> (T, Vec<PathBuf>) {
    let mut secret_files = Vec::new();
    // Each round removes or rewrites one value, so the rounds are bounded by the size of the tree.
    for _ in 0..10_000 {
        match serde_path_to_error::deserialize(sources.tree.clone()) {
            Ok(value) => return (value, secret_files),
            Err(error) => {
                let way = way_of(error.path());
                let message = error.inner().message().trim().to_owned();
                if !mend(sources, &way, &message, &mut secret_files, problems) {
                    break;
                }
            }
        }
    }
    (T::default(), secret_files)
}

/// Handles one error; `false` when nothing could be taken out, so that trying again is of no use.
fn mend(
    sources: &mut Sources,
    way: &Way,
    message: &str,
    files: &mut Vec<PathBuf>,
    problems: &mut Vec<Problem>,
) -> bool {
    if let Some((unknown, expected)) = unknown_field(message) {
        let way = match way.last() {
            Some(Step::Key(last)) if *last == unknown => way.clone(),
            _ => way.iter().cloned().chain([Step::Key(unknown.clone())]).collect(),
        };
        if let Some(done) = read_beside(sources, &way, &unknown, &expected, files) {
            problems.extend(done.err());
            return true;
        }
        problems.push(Problem::new(&show(&way), &sources.place(&way), unknown_message(&unknown, &expected)));
        return sources.take(&way).is_some();
    }
    if message.starts_with("invalid type") && retype(sources, way) {
        return true;
    }
    problems.push(Problem::new(&show(way), &sources.place(way), discreet(way, message)));
    sources.take(way).is_some()
}

/// `password_file = "…"` beside `password`: the value is the content of that file without the last line break.
fn read_beside(
    sources: &mut Sources,
    way: &Way,
    unknown: &str,
    expected: &[String],
    files: &mut Vec<PathBuf>,
) -> Option<Result<(), Problem>> {
    let stem = unknown.strip_suffix("_file").filter(|stem| expected.iter().any(|known| known == stem))?;
    let place = sources.place(way);
    let problem = |message: String| Err(Problem::new(&show(way), &place, message));
    let origin = sources.origin(way).map(|(_, origin)| origin.clone()).unwrap_or(Origin::Demo);
    let said = match (&origin, sources.take(way)?) {
        (Origin::Env { text, .. }, _) => text.clone(),
        (_, Value::String(path)) => path,
        _ => return Some(problem("give the path of a file, in quotes".to_owned())),
    };
    let mut target = way.clone();
    target.pop();
    target.push(Step::Key(stem.to_owned()));
    if sources.take(&target).is_some() {
        return Some(problem(format!("both `{stem}` and `{unknown}` are given; keep one")));
    }
    Some(match std::fs::read_to_string(&said) {
        Ok(content) => {
            files.push(said.into());
            let value = Value::String(content.trim_end_matches(['\r', '\n']).to_owned());
            sources.put(&target, value, origin).or_else(problem)
        }
        Err(error) => problem(format!("the file cannot be read: {error}")),
    })
}

/// A variable has no type of its own: what did not fit as number, truth value or list is tried as plain
/// text, then as a list of texts split at commas.
fn retype(sources: &mut Sources, way: &Way) -> bool {
    let Some((depth, Origin::Env { name, text })) = sources.origin(way) else { return false };
    let (name, text, whole) = (name.clone(), text.clone(), way[..depth].to_vec());
    let next = match sources.take(&whole) {
        Some(Value::String(plain)) if plain == text => {
            Value::Array(text.split(',').map(|item| Value::String(item.trim().to_owned())).collect())
        }
        Some(Value::Array(items)) if items.iter().all(|item| item.is_str()) && !text.starts_with('[') => {
            // Tried everything: put the plain text back for the message and give up.
            let _ = sources.put(&whole, Value::String(text.clone()), Origin::Env { name, text });
            return false;
        }
        Some(_) => Value::String(text.clone()),
        None => return false,
    };
    sources.put(&whole, next, Origin::Env { name, text }).is_ok()
}

/// Serde's words for a key that no field has; the only message that is taken apart here.
fn unknown_field(message: &str) -> Option<(String, Vec<String>)> {
    let mut quoted = message.strip_prefix("unknown field `")?.split('`').map(str::to_owned);
    let unknown = quoted.next()?;
    let expected = quoted.enumerate().filter(|(at, _)| at % 2 == 1).map(|(_, name)| name).collect();
    Some((unknown, expected))
}

fn unknown_message(unknown: &str, expected: &[String]) -> String {
    let nearest = expected
        .iter()
        .map(|known| (strsim::damerau_levenshtein(unknown, known), known))
        .min()
        .filter(|(distance, known)| *distance <= known.len().max(unknown.len()) / 3 + 1);
    match nearest {
        Some((_, known)) => format!("unknown key; did you mean `{known}`?"),
        None if expected.is_empty() => "unknown key".to_owned(),
        None => format!("unknown key; the keys here are {}", expected.join(", ")),
    }
}

/// Serde quotes the wrong value in its message; for secrets it must not be shown.
fn discreet(way: &Way, message: &str) -> String {
    const SECRET: [&str; 4] = ["password", "secret", "token", "key"];
    let secret =
        way.iter().any(|step| matches!(step, Step::Key(key) if SECRET.iter().any(|word| key.contains(word))));
    let url = message.contains("://");
    if secret || url {
        "the value is not of the expected kind".to_owned()
    } else {
        message.replace('\n', " ")
    }
}

fn way_of(path: &serde_path_to_error::Path) -> Way {
    use serde_path_to_error::Segment;
    path.iter()
        .filter_map(|segment| match segment {
            Segment::Map { key } => Some(Step::Key(key.clone())),
            Segment::Enum { variant } => Some(Step::Key(variant.clone())),
            Segment::Seq { index } => Some(Step::Index(*index)),
            Segment::Unknown => None,
        })
        .collect()
}
