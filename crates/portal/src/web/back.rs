//! Where to go after signing in: own pages only (checklist 8.6).

/// A path of ours from a `back` parameter, or `/cabinet`.
///
/// Anything but a plain absolute path is refused: other hosts (`//`, backslashes), schemes, control signs.
pub fn from_query(back: &str) -> &str {
    let plain = back
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'-' | b'_' | b'.' | b'?' | b'=' | b'&'));
    let own = back.starts_with('/') && !back.starts_with("//") && !back.contains("..");
    if plain && own && back.len() <= 200 && !back.starts_with("/sign-") { back } else { "/cabinet" }
}

/// A path as the value of a `back` parameter.
pub fn to_query(path: &str) -> String {
    path.bytes()
        .map(|b| match b {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' => char::from(b).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_own_paths_are_followed() {
        for good in ["/cabinet/security", "/services?x=1"] {
            assert_eq!(from_query(good), good);
        }
        for bad in [
            "",
            "//evil.example",
            "https://evil.example",
            "/\\evil",
            "/a\tb",
            "/%2f",
            "/../x",
            "javascript:1",
            "/sign-out",
        ] {
            assert_eq!(from_query(bad), "/cabinet", "{bad}");
        }
    }
}
