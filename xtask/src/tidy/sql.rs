//! SQL takes values as parameters; it is never put together from text.

use super::{Finding, Tree, source};

const RULE: &str = "sql";
const VERBS: &[&str] =
    &["SELECT ", "INSERT INTO", "UPDATE ", "DELETE FROM", "WITH ", "CREATE ", "DROP ", "ALTER "];

/// `format!` around SQL outside tests, unless only constants (a list of columns) are put in or `xtask/tidy.toml` says why that file may.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in &tree.files {
        let product = file.path.starts_with("crates/") && file.path.ends_with(".rs") && !file.is_test_code();
        if !product
            || file.path.starts_with("crates/testkit/")
            || tree.rules.formatted_sql.contains_key(&file.path)
        {
            continue;
        }
        let text = source::without_tests(&file.text, &source::without_comments(&file.text));
        for offset in source::occurrences(&text, "format!(") {
            let literal =
                source::literal_at(&text, offset + "format!(".len()).unwrap_or_default().trim_start();
            let is_sql = VERBS.iter().any(|verb| literal.starts_with(verb));
            if is_sql && takes_values(literal) {
                let message =
                    "SQL put together with format!: bind parameters, or give a reason in xtask/tidy.toml";
                findings.push(Finding::at(RULE, &file.path, source::line_of(&text, offset), message));
            }
        }
    }
    findings
}

/// Whether anything but a constant (`{COLUMNS}`) is put in.
fn takes_values(literal: &str) -> bool {
    literal.split('{').skip(1).any(|rest| {
        let name = rest.split('}').next().unwrap_or_default();
        name.is_empty() || !name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_')
    })
}
