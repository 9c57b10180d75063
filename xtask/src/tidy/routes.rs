//! Default deny: a route cannot be made without saying who may use it.

use super::{Finding, Tree, source};

const RULE: &str = "routes";
/// The one file that registers routes with the router; its methods ask for the access rule of each.
const TABLE: &str = "crates/portal/src/web/routes.rs";
/// Ways of axum to register a route.
const WAYS: &[&str] = &[".route(", ".route_service(", ".nest(", ".nest_service(", ".fallback_service("];

/// Everywhere else in the portal routes are added through that file's type, never with axum directly,
/// unless `xtask/tidy.toml` gives a reason.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.files.iter().filter(|file| file.is_source_of("portal") && !file.is_test_code()) {
        if file.path == TABLE || tree.rules.routers.contains_key(&file.path) {
            continue;
        }
        let code = source::without_tests(&file.text, &source::code_only(&file.text));
        for way in WAYS {
            for offset in source::occurrences(&code, way) {
                let message = format!("a route without an access rule: register it through {TABLE}");
                findings.push(Finding::at(RULE, &file.path, source::line_of(&code, offset), message));
            }
        }
    }
    findings
}
