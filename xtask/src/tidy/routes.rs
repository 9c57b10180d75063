//! Default deny: every route stands in the access table.

use super::{Finding, Tree, source};

const RULE: &str = "routes";
/// The table: one row a route, with who may use it.
const TABLE: &str = "crates/portal/src/web/access.rs";

/// Each path given to `.route(…)` in the portal must appear in the access table.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let Some(table) = tree.file(TABLE) else { return Vec::new() };
    let table = source::without_comments(&table.text);
    let mut findings = Vec::new();
    for file in tree.files.iter().filter(|file| file.is_source_of("portal") && !file.is_test_code()) {
        let text = source::without_tests(&file.text, &source::without_comments(&file.text));
        for offset in source::occurrences(&text, ".route(") {
            let Some(path) = source::literal_at(&text, offset + ".route(".len()) else { continue };
            if !table.contains(&format!("\"{path}\"")) {
                let message = format!("the route {path} has no row in {TABLE}");
                findings.push(Finding::at(RULE, &file.path, source::line_of(&text, offset), message));
            }
        }
    }
    findings
}
