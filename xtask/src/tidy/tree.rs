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
    /// Its parent declares it under `#[cfg(test)]`.
    pub only_for_tests: bool,
}

impl File {
    /// Whether this is Rust code that only tests, examples or benches use.
    pub fn is_test_code(&self) -> bool {
        self.only_for_tests || self.lies_among_tests()
    }

    fn lies_among_tests(&self) -> bool {
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
        mark_test_modules(&mut files);
        Ok(Tree { root: root.to_owned(), files, rules })
    }

    /// A tree of samples, for tests of the checks.
    pub fn sample(rules: Rules, files: &[(&str, &str)]) -> Tree {
        let file = |(path, text): &(&str, &str)| File {
            path: (*path).into(),
            text: (*text).into(),
            only_for_tests: false,
        };
        let mut files: Vec<File> = files.iter().map(file).collect();
        mark_test_modules(&mut files);
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
            files.push(File { path, text, only_for_tests: false });
        }
    }
    Ok(())
}

/// Finds `#[cfg(test)] mod name;` and marks the file (and folder) of that module.
fn mark_test_modules(files: &mut [File]) {
    let mut modules = Vec::new();
    for file in files.iter().filter(|file| file.path.ends_with(".rs")) {
        let (folder, name) = file.path.rsplit_once('/').unwrap_or(("", &file.path));
        let home = match name {
            "mod.rs" | "lib.rs" | "main.rs" => folder.to_owned(),
            other => format!("{folder}/{}", other.trim_end_matches(".rs")),
        };
        for rest in file.text.split("#[cfg(test)]").skip(1) {
            let module = rest.trim_start().strip_prefix("mod ").and_then(|rest| rest.split(';').next());
            if let Some(module) = module.filter(|module| !module.contains(['{', ' '])) {
                modules.push(format!("{home}/{module}"));
            }
        }
    }
    for file in files {
        file.only_for_tests = modules.iter().any(|module| {
            file.path.strip_prefix(module.as_str()).is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
        });
    }
}

fn is_text(name: &str) -> bool {
    NAMED.contains(&name) || name.rsplit_once('.').is_some_and(|(_, ending)| TEXT.contains(&ending))
}
