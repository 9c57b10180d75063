//! Licences and bans of `deny.toml`, over every crate that the product is built from.

use super::Finding;
use super::rules::Deny;
use cargo_metadata::Metadata;
use spdx::{Expression, ParseMode};
use std::collections::BTreeSet;

const RULE: &str = "licences";

/// A crate that is built, and the licence its author states.
#[derive(Clone, Debug)]
pub struct Package {
    /// The crate's name.
    pub name: String,
    /// The SPDX expression, when stated.
    pub licence: Option<String>,
}

/// Every crate in the resolved graph of this platform.
pub fn packages(metadata: &Metadata) -> Vec<Package> {
    let used: BTreeSet<_> =
        metadata.resolve.iter().flat_map(|resolve| &resolve.nodes).map(|node| &node.id).collect();
    metadata
        .packages
        .iter()
        .filter(|package| used.contains(&package.id))
        .map(|package| Package { name: package.name.to_string(), licence: package.license.clone() })
        .collect()
}

/// Each package must not be banned and must offer a licence that is allowed.
pub fn check(packages: &[Package], deny: &Deny) -> Vec<Finding> {
    let mut findings = Vec::new();
    for package in packages {
        if let Some(ban) = deny.bans.deny.iter().find(|ban| ban.name == package.name) {
            findings.push(Finding::new(RULE, &package.name, format!("banned by deny.toml: {}", ban.reason)));
        }
        if !acceptable(package.licence.as_deref(), &deny.licenses.allow) {
            let stated = package.licence.as_deref().unwrap_or("none");
            findings.push(Finding::new(
                RULE,
                &package.name,
                format!("licence {stated:?} is not allowed by deny.toml"),
            ));
        }
    }
    findings
}

fn acceptable(licence: Option<&str>, allowed: &[String]) -> bool {
    // Older crates write `MIT/Apache-2.0`; lax parsing reads the slash as OR.
    let Some(expression) = licence.and_then(|text| Expression::parse_mode(text, ParseMode::LAX).ok()) else {
        return false;
    };
    expression.evaluate(|requirement| allowed.contains(&requirement.to_string()))
}
