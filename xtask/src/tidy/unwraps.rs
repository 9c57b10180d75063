//! `unwrap` and `expect` outside tests: each one is a promise that cannot break, and their number only falls.

use super::{Finding, Tree, source};
use std::collections::BTreeMap;

const RULE: &str = "unwraps";

/// How many there are in each crate's own code.
pub fn count(tree: &Tree) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for file in tree.files.iter().filter(|file| file.path.ends_with(".rs") && !file.is_test_code()) {
        let Some(name) = file.path.strip_prefix("crates/").and_then(|rest| rest.split('/').next()) else {
            continue;
        };
        if name == "testkit" || !file.is_source_of(name) {
            continue;
        }
        let code = source::code_only(&file.text);
        let code = source::without_tests(&file.text, &code);
        let here =
            source::occurrences(&code, ".unwrap()").count() + source::occurrences(&code, ".expect(").count();
        *counts.entry(name.to_owned()).or_default() += here;
    }
    counts
}

/// More than the recorded number is a finding.
pub fn check(tree: &Tree) -> Vec<Finding> {
    count(tree)
        .into_iter()
        .filter_map(|(name, count)| {
            let budget = tree.rules.unwraps.get(&name).copied().unwrap_or(0);
            (count > budget).then(|| {
                let message = format!(
                    "{count} unwrap()/expect() outside tests, {budget} allowed: return an error instead"
                );
                Finding::new(RULE, format!("crates/{name}"), message)
            })
        })
        .collect()
}
