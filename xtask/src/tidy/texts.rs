//! Every text exists in Russian and in English, with the same places to fill.

use super::{Finding, Tree};
use std::collections::{BTreeMap, BTreeSet};

const RULE: &str = "texts";

/// Compares each `ru.ftl` with the `en.ftl` beside it.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let folders: BTreeSet<&str> = tree
        .files
        .iter()
        .filter(|file| file.path.ends_with(".ftl"))
        .filter_map(|file| file.path.rsplit_once('/').map(|(folder, _)| folder))
        .collect();
    for folder in folders {
        let (ru, en) = (format!("{folder}/ru.ftl"), format!("{folder}/en.ftl"));
        match (tree.file(&ru), tree.file(&en)) {
            (Some(a), Some(b)) => {
                findings.extend(compare(&messages(&a.text), &messages(&b.text), &en));
                findings.extend(compare(&messages(&b.text), &messages(&a.text), &ru));
            }
            _ => findings.push(Finding::new(RULE, folder, "needs both ru.ftl and en.ftl")),
        }
    }
    findings
}

/// Message key → the variables it uses.
fn messages(text: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut current = None;
    for line in text.lines() {
        if line.starts_with(|c: char| c.is_ascii_alphabetic())
            && let Some((key, _)) = line.split_once('=')
        {
            let key = key.trim().to_owned();
            found.entry(key.clone()).or_default();
            current = Some(key);
        } else if line.starts_with('#') {
            current = None;
        }
        if let Some(variables) = current.as_ref().and_then(|key| found.get_mut(key)) {
            variables.extend(variables_of(line));
        }
    }
    found
}

fn variables_of(line: &str) -> impl Iterator<Item = String> + '_ {
    line.match_indices('$').map(|(offset, _)| {
        let rest = line.get(offset + 1..).unwrap_or_default();
        rest.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')).collect()
    })
}

fn compare(
    from: &BTreeMap<String, BTreeSet<String>>,
    to: &BTreeMap<String, BTreeSet<String>>,
    place: &str,
) -> Vec<Finding> {
    from.iter()
        .filter_map(|(key, variables)| match to.get(key) {
            None => Some(Finding::new(RULE, place, format!("lacks `{key}`"))),
            Some(others) if !variables.is_subset(others) => Some(Finding::new(
                RULE,
                place,
                format!("`{key}` does not use the same variables as its twin"),
            )),
            Some(_) => None,
        })
        .collect()
}
