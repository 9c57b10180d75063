//! Just enough of Rust's lexical rules to look at code without its comments, strings and tests.
//!
//! Every function keeps byte offsets and line breaks: what is removed becomes spaces.

/// What a stretch of source is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Code,
    Comment,
    Text,
}

/// The code alone: comments and the insides of string and character literals are blank.
pub fn code_only(text: &str) -> String {
    blank(text, |kind| kind == Kind::Code)
}

/// Code and literals; comments are blank.
pub fn without_comments(text: &str) -> String {
    blank(text, |kind| kind != Kind::Comment)
}

/// `view` (made by one of the functions above from `text`) with `#[cfg(test)]` items blank.
pub fn without_tests(text: &str, view: &str) -> String {
    let code = code_only(text);
    let mut bytes = view.as_bytes().to_vec();
    let mut from = 0;
    while let Some(found) = code.get(from..).and_then(|rest| rest.find("#[cfg(test)]")) {
        let start = from + found;
        let end = end_of_item(code.as_bytes(), start + "#[cfg(test)]".len());
        for byte in bytes.iter_mut().take(end).skip(start) {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
        from = end;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The line of a byte offset, counted from 1.
pub fn line_of(text: &str, offset: usize) -> usize {
    1 + text.as_bytes().iter().take(offset).filter(|byte| **byte == b'\n').count()
}

/// Every offset at which `needle` occurs.
pub fn occurrences<'a>(text: &'a str, needle: &'a str) -> impl Iterator<Item = usize> + 'a {
    text.match_indices(needle).map(|(offset, _)| offset)
}

/// The string literal that begins at or after `offset` with nothing but white space before it:
/// its inside, escapes untouched.
pub fn literal_at(text: &str, offset: usize) -> Option<&str> {
    let rest = text.get(offset..)?.trim_start();
    let hashes = rest.strip_prefix('r').map(|r| r.len() - r.trim_start_matches('#').len());
    if let Some(hashes) = hashes {
        let inside = rest.get(1 + hashes..)?.strip_prefix('"')?;
        let close = format!("\"{}", "#".repeat(hashes));
        return inside.find(&close).and_then(|end| inside.get(..end));
    }
    let inside = rest.strip_prefix('"')?;
    let mut escaped = false;
    let end = inside.bytes().position(|byte| {
        let closes = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        closes
    })?;
    inside.get(..end)
}

/// The end of the item that follows an attribute: its closing brace, or its semicolon.
fn end_of_item(code: &[u8], from: usize) -> usize {
    let mut depth = 0usize;
    for (offset, byte) in code.iter().enumerate().skip(from) {
        match byte {
            b'{' => depth += 1,
            b'}' if depth <= 1 => return offset + 1,
            b'}' => depth -= 1,
            b';' if depth == 0 => return offset + 1,
            _ => {}
        }
    }
    code.len()
}

fn blank(text: &str, keep: impl Fn(Kind) -> bool) -> String {
    let mut out = text.as_bytes().to_vec();
    for (start, end, kind) in stretches(text.as_bytes()) {
        if !keep(kind) {
            for byte in out.iter_mut().take(end).skip(start) {
                if *byte != b'\n' {
                    *byte = b' ';
                }
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn stretches(text: &[u8]) -> Vec<(usize, usize, Kind)> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let (end, kind) = next(text, at);
        found.push((at, end, kind));
        at = end;
    }
    found
}

/// The stretch that begins at `at`; a literal's quotes belong to it.
fn next(text: &[u8], at: usize) -> (usize, Kind) {
    let rest = text.get(at..).unwrap_or_default();
    if rest.starts_with(b"//") {
        return (find(text, at, b"\n"), Kind::Comment);
    }
    if rest.starts_with(b"/*") {
        return (end_of_block_comment(text, at), Kind::Comment);
    }
    let after_name = at > 0 && text.get(at - 1).is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
    if let Some(end) = end_of_raw_string(text, at).filter(|_| !after_name) {
        return (end, Kind::Text);
    }
    match rest.first() {
        Some(b'"') => (end_of_quoted(text, at + 1, b'"'), Kind::Text),
        Some(b'\'') if is_character(rest) => (end_of_quoted(text, at + 1, b'\''), Kind::Text),
        _ => (at + 1, Kind::Code),
    }
}

/// A character literal, not a lifetime: an escape, or a quote within the next few bytes.
fn is_character(rest: &[u8]) -> bool {
    rest.get(1) == Some(&b'\\') || (2..=5).any(|n| rest.get(n) == Some(&b'\'') && one_character(rest, n))
}

fn one_character(rest: &[u8], end: usize) -> bool {
    rest.get(1..end).and_then(|bytes| std::str::from_utf8(bytes).ok()).is_some_and(|s| s.chars().count() == 1)
}

fn end_of_quoted(text: &[u8], from: usize, quote: u8) -> usize {
    let mut at = from;
    while let Some(byte) = text.get(at) {
        match byte {
            b'\\' => at += 2,
            b if *b == quote => return at + 1,
            _ => at += 1,
        }
    }
    text.len()
}

fn end_of_raw_string(text: &[u8], at: usize) -> Option<usize> {
    let mut start = at;
    if text.get(start) == Some(&b'b') {
        start += 1;
    }
    if text.get(start) != Some(&b'r') {
        return None;
    }
    let hashes = text.get(start + 1..)?.iter().take_while(|byte| **byte == b'#').count();
    if text.get(start + 1 + hashes) != Some(&b'"') {
        return None;
    }
    let close: Vec<u8> = std::iter::once(b'"').chain(std::iter::repeat_n(b'#', hashes)).collect();
    let inside = start + 2 + hashes;
    let end = find(text, inside, &close);
    Some((end + close.len()).min(text.len()))
}

fn end_of_block_comment(text: &[u8], at: usize) -> usize {
    let mut depth = 0usize;
    let mut at = at;
    while at < text.len() {
        let rest = text.get(at..).unwrap_or_default();
        if rest.starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    text.len()
}

fn find(text: &[u8], from: usize, needle: &[u8]) -> usize {
    text.get(from..)
        .and_then(|rest| rest.windows(needle.len()).position(|window| window == needle))
        .map_or(text.len(), |offset| from + offset)
}
