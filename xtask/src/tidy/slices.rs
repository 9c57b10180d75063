//! A slice of the portal uses only lower slices, and its files keep to their work.

use super::{File, Finding, Tree, source};

const RULE: &str = "slices";
const HOME: &str = "crates/portal/src/";

/// Checks the order of slices and what `rules.rs`, `store.rs` and `web.rs` may name.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let slices = &tree.rules.slices;
    let mut findings = Vec::new();
    for file in tree.files.iter().filter(|file| file.is_source_of("portal") && !file.is_test_code()) {
        let Some(module) = module_of(file) else { continue };
        if slices.shell.contains(&module) {
            continue;
        }
        let Some(rank) = slices.order.iter().position(|slice| *slice == module) else {
            let message =
                format!("`{module}` is not listed: give it a rank under [slices] in xtask/tidy.toml");
            findings.push(Finding::new(RULE, &file.path, message));
            continue;
        };
        let code = source::code_only(&file.text);
        let code = source::without_tests(&file.text, &code);
        for (line, used) in uses(&code) {
            let other = slices.order.iter().position(|slice| *slice == used);
            if other.is_some_and(|other| other > rank) {
                findings.push(Finding::at(
                    RULE,
                    &file.path,
                    line,
                    format!("`{module}` may not use `{used}`, which is above it"),
                ));
            }
        }
        findings.extend(duties(file, &code));
    }
    findings
}

/// The top module of a file: `signin` for `crates/portal/src/signin/web.rs`, nothing for the crate root.
fn module_of(file: &File) -> Option<String> {
    let rest = file.path.strip_prefix(HOME)?;
    let first = rest.split('/').next()?;
    let name = first.strip_suffix(".rs").unwrap_or(first);
    (!matches!(name, "lib" | "main")).then(|| name.to_owned())
}

/// Every top module named as `crate::x` or inside `crate::{x, y::…}`, with its line.
fn uses(code: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for offset in source::occurrences(code, "crate::") {
        let line = source::line_of(code, offset);
        let rest = code.get(offset + "crate::".len()..).unwrap_or_default();
        if let Some(group) = rest.trim_start().strip_prefix('{') {
            found.extend(heads(group).into_iter().map(|name| (line, name)));
        } else {
            found.push((line, name_at(rest)));
        }
    }
    found
}

/// The first name of each member of a use group, at the group's own depth.
fn heads(group: &str) -> Vec<String> {
    let mut depth = 0;
    let mut names = Vec::new();
    let mut fresh = true;
    for (offset, sign) in group.char_indices() {
        match sign {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => fresh = true,
            c if fresh && depth == 0 && !c.is_whitespace() => {
                names.push(name_at(group.get(offset..).unwrap_or_default()));
                fresh = false;
            }
            _ => {}
        }
    }
    names
}

fn name_at(text: &str) -> String {
    text.trim_start().chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect()
}

/// `rules.rs` decides and does no I/O; `store.rs` stores and knows no pages; `web.rs` holds no SQL.
fn duties(file: &File, code: &str) -> Vec<Finding> {
    let inside_web = file.path.ends_with("/web.rs") || file.path.contains("/web/");
    let forbidden: &[&str] = if file.path.ends_with("/rules.rs") {
        &["&mut Tx", "axum::", "tokio::", "crate::web", "crate::app", "std::fs", "std::net"]
    } else if file.path.ends_with("/store.rs") {
        &["axum::", "tokio::", "crate::web", "crate::app"]
    } else {
        &[]
    };
    let mut findings: Vec<Finding> = forbidden
        .iter()
        .flat_map(|name| source::occurrences(code, name).map(move |offset| (offset, name)))
        // Parsing form fields is pure and belongs to the rules of what a field may hold.
        .filter(|(offset, _)| !code.get(*offset..).is_some_and(|rest| rest.starts_with("crate::web::fields")))
        .map(|(offset, name)| {
            Finding::at(
                RULE,
                &file.path,
                source::line_of(code, offset),
                format!("`{name}` does not belong in this kind of file"),
            )
        })
        .collect();
    if inside_web {
        let text = source::without_tests(&file.text, &source::without_comments(&file.text));
        for verb in ["\"SELECT ", "\"INSERT INTO ", "\"UPDATE ", "\"DELETE FROM "] {
            for offset in source::occurrences(&text, verb) {
                findings.push(Finding::at(
                    RULE,
                    &file.path,
                    source::line_of(&text, offset),
                    "SQL belongs in store.rs",
                ));
            }
        }
    }
    findings
}
