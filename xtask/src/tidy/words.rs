//! The repository speaks of the project alone: nothing of the machine it was written on.

use super::{Finding, Tree};
use std::path::Path;

const RULE: &str = "words";

/// Beginnings of paths that exist only on somebody's own machine.
const PRIVATE_PATHS: &[&str] = &["/home/", "/root/", "/Users/", "C:\\Users\\"];

/// The only places that lock files may fetch from.
const PUBLIC_REGISTRIES: &[&str] =
    &["registry+https://github.com/rust-lang/crates.io-index", "https://registry.npmjs.org/"];

/// Looks for paths of a private machine in every file, and for odd sources in lock files.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let own = own_path(&tree.root);
    let mut findings = Vec::new();
    for file in tree.files.iter().filter(|file| !file.path.starts_with("xtask/")) {
        for (index, line) in file.text.lines().enumerate() {
            let private = PRIVATE_PATHS.iter().any(|path| names_path(line, path));
            if private || own.as_deref().is_some_and(|own| line.contains(own)) {
                findings.push(Finding::at(
                    RULE,
                    &file.path,
                    index + 1,
                    "names a path of somebody's own machine",
                ));
            }
            if is_lock(&file.path) && fetches_elsewhere(line) {
                findings.push(Finding::at(
                    RULE,
                    &file.path,
                    index + 1,
                    "fetches from a registry that not everybody has",
                ));
            }
        }
    }
    findings
}

/// The checkout's own path, when it is long enough to mean something.
fn own_path(root: &Path) -> Option<String> {
    let path = root.to_string_lossy().into_owned();
    (path.matches('/').count() >= 2).then_some(path)
}

/// A path stands at a word's beginning: `/root/` inside `/var/root/` does not count.
fn names_path(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(offset, _)| {
        let before = line.get(..offset).and_then(|text| text.chars().next_back());
        before.is_none_or(|c| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '(' | '=' | ':'))
    })
}

fn is_lock(path: &str) -> bool {
    path.ends_with("Cargo.lock") || path.ends_with("package-lock.json")
}

fn fetches_elsewhere(line: &str) -> bool {
    let line = line.trim();
    let source = line
        .strip_prefix("source = \"")
        .or_else(|| line.strip_prefix("\"resolved\": \""))
        .unwrap_or_default();
    !source.is_empty() && !PUBLIC_REGISTRIES.iter().any(|known| source.starts_with(known))
}
