//! Rules of the repository that the compiler does not know.
//!
//! Each check is a function from a [`Tree`] to findings, so that a test can feed it a bad sample.
//! What varies (edges, order of slices, exceptions with their reasons) is data in `xtask/tidy.toml`.

pub mod documents;
pub mod edges;
pub mod licences;
pub mod migrations;
pub mod purity;
pub mod routes;
pub mod rules;
pub mod sizes;
pub mod slices;
pub mod source;
pub mod sql;
pub mod texts;
pub mod tree;
pub mod unwraps;
pub mod words;

pub use rules::Rules;
pub use tree::{File, Tree};

use anyhow::Result;
use std::fmt;
use std::path::Path;

/// One broken rule at one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The name of the rule, one word.
    pub rule: &'static str,
    /// File and line, or the crate.
    pub place: String,
    /// What is wrong and what to do.
    pub message: String,
}

impl Finding {
    /// A finding about the whole of `place`.
    pub fn new(rule: &'static str, place: impl Into<String>, message: impl Into<String>) -> Finding {
        Finding { rule, place: place.into(), message: message.into() }
    }

    /// A finding at a line, counted from 1.
    pub fn at(rule: &'static str, file: &str, line: usize, message: impl Into<String>) -> Finding {
        Finding::new(rule, format!("{file}:{line}"), message)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: [{}] {}", self.place, self.rule, self.message)
    }
}

/// A check over the files of the tree.
pub type Check = fn(&Tree) -> Vec<Finding>;

/// Every check over files, by name; [`edges`] and [`licences`] work on Cargo's metadata instead.
pub const CHECKS: &[(&str, Check)] = &[
    ("documents", documents::check),
    ("migrations", migrations::check),
    ("purity", purity::check),
    ("routes", routes::check),
    ("sizes", sizes::check),
    ("slices", slices::check),
    ("sql", sql::check),
    ("texts", texts::check),
    ("unwraps", unwraps::check),
    ("words", words::check),
];

/// The outcome of [`check`].
pub struct Report {
    /// How many files were read.
    pub files: usize,
    /// What is wrong; empty when all is well.
    pub findings: Vec<Finding>,
}

/// Runs every check on the checkout at `root`.
///
/// # Errors
/// When the rules, a file or Cargo's metadata cannot be read.
pub fn check(root: &Path) -> Result<Report> {
    let tree = Tree::read(root)?;
    let mut findings: Vec<Finding> = CHECKS.iter().flat_map(|(_, check)| check(&tree)).collect();
    let metadata = edges::metadata(root)?;
    findings.extend(edges::check(&edges::crates(&metadata), &tree.rules.edges));
    findings.extend(licences::check(&licences::packages(&metadata), &tree.rules.deny));
    Ok(Report { files: tree.files.len(), findings })
}
