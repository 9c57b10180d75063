//! Makes the served form of an asset from its source. Used by the build script and by tests.

use std::io;

/// The bytes to serve for the asset `name`; `part` reads another style sheet of the same folder.
pub fn prepare(name: &str, bytes: Vec<u8>, part: &dyn Fn(&str) -> io::Result<String>) -> io::Result<Vec<u8>> {
    if !name.ends_with(".css") && !name.ends_with(".js") {
        return Ok(bytes);
    }
    let source = String::from_utf8(bytes).map_err(io::Error::other)?;
    if name.ends_with(".js") {
        return bare(&source).map(String::into_bytes).ok_or_else(|| {
            io::Error::other(format!("{name}: a text in backticks over several lines would be changed"))
        });
    }
    Ok(squeeze(&join(&source, part)?).into_bytes())
}

/// Replaces each line `@import "part.css" layer(name);` by the part itself inside that layer,
/// so that a page needs one request for its style.
pub fn join(source: &str, part: &dyn Fn(&str) -> io::Result<String>) -> io::Result<String> {
    let mut joined = String::new();
    for line in source.lines() {
        match import(line) {
            Some((file, layer)) => joined.push_str(&format!("@layer {layer} {{\n{}\n}}\n", part(file)?)),
            None => {
                joined.push_str(line);
                joined.push('\n');
            }
        }
    }
    Ok(joined)
}

/// The file and the layer of an import line.
fn import(line: &str) -> Option<(&str, &str)> {
    let (file, rest) = line.trim().strip_prefix("@import \"")?.split_once("\" layer(")?;
    Some((file, rest.strip_suffix(");")?))
}

/// A script without indentation and lines of comment. Lines stay lines, so it means what it meant; `None` for one with a
/// text over several lines, of which the indentation is a part.
pub fn bare(script: &str) -> Option<String> {
    let told = |line: &str| {
        line.starts_with("//") || line.starts_with("/*") && line.find("*/") == Some(line.len() - 2)
    };
    let lines: Vec<&str> =
        script.lines().map(str::trim).filter(|line| !line.is_empty() && !told(line)).collect();
    let whole = lines.iter().all(|line| line.matches('`').count() % 2 == 0 && !line.ends_with('\\'));
    whole.then(|| lines.join("\n") + "\n")
}

/// Drops comments and indentation; nothing that could change the meaning.
pub fn squeeze(css: &str) -> String {
    let mut bare = String::with_capacity(css.len());
    let mut rest = css;
    while let Some(start) = rest.find("/*") {
        bare.push_str(&rest[..start]);
        rest = match rest[start..].find("*/") {
            Some(end) => &rest[start + end + 2..],
            None => "",
        };
    }
    bare.push_str(rest);
    let lines: Vec<&str> = bare.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    lines.join("\n")
}
