//! The files of a checkout, read once.

use super::rules::{Deny, Rules};
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};

/// Folders that hold nothing of ours, by name at any depth.
const SKIPPED: &[&str] =
    &["target", "node_modules", ".git", "data", "out", "corpus", "artifacts", "coverage"];

/// Endings of files that are text and ours.
const TEXT: &[&str] = &[
    "rs", "toml", "md", "ftl", "html", "css", "js", "mjs", "json", "sql", "yaml", "yml", "sh", "txt", "svg",
    "service", "lock",
];

/// Text files without an ending.
const NAMED: &[&str] = &["Makefile", "Dockerfile", "run", "control", "NOTICE", ".npmrc", ".gitignore"];

/// A file: its path from the root with `/`, and its text.
#[derive(Clone, Debug)]
pub struct File {
    /// For example `crates/kernel/src/lib.rs`.
    pub path: String,
    /// The whole of it.
    pub text: String,
}

impl File {
    /// Whether this is Rust code that only tests, examples or benches use.
    pub fn is_test_code(&self) -> bool {
        ["/tests/", "/examples/", "/benches/", "/fuzz_targets/"].iter().any(|part| self.path.contains(part))
            || self.path.starts_with("fuzz/")
            || self.path.ends_with("/tests.rs")
            || self.path.ends_with("_tests.rs")
    }

    /// Whether this is Rust code of the crate in folder `crates/{name}`.
    pub fn is_source_of(&self, name: &str) -> bool {
        self.path.ends_with(".rs") && self.path.starts_with(&format!("crates/{name}/src/"))
    }
}

/// A checkout, or a sample in a test.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    /// Where it lies; empty for samples.
    pub root: PathBuf,
    /// All text files, sorted by path.
    pub files: Vec<File>,
    /// What the checks are told.
    pub rules: Rules,
}

impl Tree {
    /// Reads the checkout at `root`, its `xtask/tidy.toml` and its `deny.toml`.
    ///
    /// # Errors
    /// When one of these cannot be read or understood.
    pub fn read(root: &Path) -> Result<Tree> {
        let mut rules: Rules = parse(&root.join("xtask/tidy.toml"))?;
        rules.deny = parse::<Deny>(&root.join("deny.toml"))?;
        let mut files = Vec::new();
        collect(root, root, &mut files)?;
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(Tree { root: root.to_owned(), files, rules })
    }

    /// A tree of samples, for tests of the checks.
    pub fn sample(rules: Rules, files: &[(&str, &str)]) -> Tree {
        let files =
            files.iter().map(|(path, text)| File { path: (*path).into(), text: (*text).into() }).collect();
        Tree { root: PathBuf::new(), files, rules }
    }

    /// The file at `path`, when there is one.
    pub fn file(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }
}

fn parse<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T> {
    let text = fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    toml::from_str(&text).with_context(|| format!("understanding {}", path.display()))
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<File>) -> Result<()> {
    let entries = fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))?;
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        // A file that vanishes meanwhile (another build at work) is not our business.
        let Ok(kind) = entry.file_type() else { continue };
        if kind.is_dir() {
            if !SKIPPED.contains(&name.as_str()) {
                collect(root, &entry.path(), files)?;
            }
        } else if kind.is_file() && is_text(&name) {
            let Ok(text) = fs::read_to_string(entry.path()) else { continue };
            let path = entry.path();
            let path = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            files.push(File { path, text });
        }
    }
    Ok(())
}

fn is_text(name: &str) -> bool {
    NAMED.contains(&name) || name.rsplit_once('.').is_some_and(|(_, ending)| TEXT.contains(&ending))
}
