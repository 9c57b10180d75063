//! Documents tell the truth: the files, and the tests in them, that they name exist.

use super::{Finding, Tree};
use std::path::Path;

const RULE: &str = "documents";

/// Folders whose paths a document may name in back-quotes.
const ROOTS: &[&str] =
    &["crates/", "xtask/", "docs/", "e2e/", "packaging/", "bench/", "fuzz/", "tests/", ".ci/"];

/// Links to files, and paths in back-quotes, in every Markdown file.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.files.iter().filter(|file| file.path.ends_with(".md")) {
        let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for (index, line) in file.text.lines().enumerate() {
            for target in links(line) {
                if !exists(tree, &join(folder, target)) {
                    findings.push(Finding::at(
                        RULE,
                        &file.path,
                        index + 1,
                        format!("the link {target} leads nowhere"),
                    ));
                }
            }
            for word in quoted_paths(line) {
                if let Some(message) = untrue(tree, word) {
                    findings.push(Finding::at(RULE, &file.path, index + 1, message));
                }
            }
        }
    }
    findings.extend(retention(tree));
    findings
}

/// Every retention job has its row in the table that tells people how long data is kept.
fn retention(tree: &Tree) -> Vec<Finding> {
    let (Some(jobs), Some(table)) = (tree.file("crates/portal/src/jobs.rs"), tree.file("docs/retention.md"))
    else {
        return Vec::new();
    };
    jobs.text
        .split("name: \"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .filter(|name| name.starts_with("retention.") && !table.text.contains(&format!("`{name}`")))
        .map(|name| Finding::new(RULE, &table.path, format!("has no row for {name}")))
        .collect()
}

/// What is wrong with a back-quoted `path` or `path::item`, if anything is.
fn untrue(tree: &Tree, word: &str) -> Option<String> {
    let (path, item) = word.split_once("::").unwrap_or((word, ""));
    if !exists(tree, path) {
        return Some(format!("`{path}` does not exist"));
    }
    let lacks = !item.is_empty() && tree.file(path).is_some_and(|file| !file.text.contains(item));
    lacks.then(|| format!("`{path}` has no `{item}`"))
}

/// Targets of `[…](…)` that are files of ours, without the anchor.
fn links(line: &str) -> Vec<&str> {
    line.split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
        .map(|target| target.split('#').next().unwrap_or_default())
        .filter(|target| !target.is_empty() && !target.contains("://") && !target.starts_with("mailto:"))
        .collect()
}

/// Back-quoted words that are paths from the root, perhaps with `::item`; patterns and placeholders are left alone.
fn quoted_paths(line: &str) -> Vec<&str> {
    line.split('`')
        .skip(1)
        .step_by(2)
        .filter(|word| ROOTS.iter().any(|root| word.starts_with(root)))
        .filter(|word| !word.contains(['<', '*', '{', '…', ' ']) && !word.contains("NNNN"))
        .collect()
}

fn join(folder: &str, target: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            other => parts.push(other),
        }
    }
    parts.join("/")
}

/// On the disk for a checkout, among the files for a sample.
fn exists(tree: &Tree, path: &str) -> bool {
    let path = path.trim_end_matches('/');
    if tree.root == Path::new("") {
        let folder = format!("{path}/");
        return tree.files.iter().any(|file| file.path == path || file.path.starts_with(&folder));
    }
    tree.root.join(path).exists()
}
