//! Pure crates stay pure: no runtime, no files, no network, no clock of their own.

use super::{Finding, Tree, source};

const RULE: &str = "purity";

/// Looks for the forbidden names in the code (not the comments or literals) of each pure crate.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (name, purity) in &tree.rules.purity {
        for file in tree.files.iter().filter(|file| file.is_source_of(name)) {
            let code = source::code_only(&file.text);
            let code = source::without_tests(&file.text, &code);
            let excused = purity.except.get(&file.path);
            for forbidden in &purity.forbidden {
                if excused.is_some_and(|names| names.contains(forbidden)) {
                    continue;
                }
                for offset in
                    source::occurrences(&code, forbidden).filter(|at| is_word(&code, *at, forbidden.len()))
                {
                    let line = source::line_of(&code, offset);
                    let message = format!("`{forbidden}` has no place in the pure crate `{name}`");
                    findings.push(Finding::at(RULE, &file.path, line, message));
                }
            }
        }
    }
    findings
}

/// Whether the stretch stands alone and is not part of a longer name.
fn is_word(text: &str, offset: usize, length: usize) -> bool {
    let letter = |byte: Option<&u8>| byte.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
    let bytes = text.as_bytes();
    !letter(offset.checked_sub(1).and_then(|before| bytes.get(before))) && !letter(bytes.get(offset + length))
}
