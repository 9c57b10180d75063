//! Which crate may depend on which, from Cargo's own metadata.

use super::Finding;
use anyhow::{Context, Result};
use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

const RULE: &str = "edges";

/// Cargo's view of the workspace and of everything it depends on, for this machine's platform only
/// (so that nothing is downloaded that a build does not need).
///
/// # Errors
/// When Cargo cannot tell.
pub fn metadata(root: &Path) -> Result<Metadata> {
    let target = crate::processes::output("rustc", &["-vV"])?;
    let host =
        target.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc -vV names no host")?;
    MetadataCommand::new()
        .manifest_path(root.join("Cargo.toml"))
        .other_options(vec!["--filter-platform".to_owned(), host.to_owned()])
        .exec()
        .context("cargo metadata")
}

/// Each crate of the workspace with the workspace crates it needs outside tests.
pub fn crates(metadata: &Metadata) -> BTreeMap<String, BTreeSet<String>> {
    let ours: BTreeSet<String> =
        metadata.workspace_packages().iter().map(|package| package.name.to_string()).collect();
    metadata
        .workspace_packages()
        .iter()
        .map(|package| {
            let needs = package
                .dependencies
                .iter()
                .filter(|dependency| dependency.kind != DependencyKind::Development)
                .map(|dependency| dependency.name.clone())
                .filter(|name| ours.contains(name))
                .collect();
            (package.name.to_string(), needs)
        })
        .collect()
}

/// Compares the edges there are with the edges allowed.
pub fn check(
    crates: &BTreeMap<String, BTreeSet<String>>,
    allowed: &BTreeMap<String, BTreeSet<String>>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (name, needs) in crates {
        let Some(may) = allowed.get(name) else {
            findings.push(Finding::new(
                RULE,
                name,
                "a new crate: give it a line under [edges] in xtask/tidy.toml",
            ));
            continue;
        };
        for need in needs.difference(may) {
            findings.push(Finding::new(
                RULE,
                name,
                format!("may not depend on `{need}` (xtask/tidy.toml, [edges])"),
            ));
        }
    }
    findings
}
