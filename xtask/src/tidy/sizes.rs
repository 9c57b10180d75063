//! Files that a person can hold in the head.

use super::{Finding, Tree};

const RULE: &str = "sizes";

/// Files over the limit need a line with a reason in `xtask/tidy.toml`; a line that is not needed goes.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let sizes = &tree.rules.sizes;
    let mut findings = Vec::new();
    for file in &tree.files {
        if !sizes.endings.iter().any(|ending| file.path.ends_with(ending.as_str())) {
            continue;
        }
        let lines = file.text.lines().count();
        if lines > sizes.limit && !sizes.except.contains_key(&file.path) {
            let message = format!(
                "{lines} lines, the limit is {}: split it, or give a reason in xtask/tidy.toml",
                sizes.limit
            );
            findings.push(Finding::new(RULE, &file.path, message));
        }
    }
    for path in sizes.except.keys().filter(|path| tree.file(path).is_none()) {
        findings.push(Finding::new(RULE, "xtask/tidy.toml", format!("excuses {path}, which does not exist")));
    }
    findings
}
