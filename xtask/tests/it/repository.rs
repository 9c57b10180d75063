//! Plain `cargo test` fails when somebody breaks a rule of the repository.

use xtask::{root, tidy};

#[test]
fn the_repository_keeps_its_rules() {
    let report = tidy::check(&root()).expect("the checks run");
    let list: Vec<String> = report.findings.iter().map(ToString::to_string).collect();
    assert!(list.is_empty(), "{}", list.join("\n"));
    assert!(report.files > 50, "only {} files were looked at", report.files);
}
