//! Reading and writing cookies.
//!
//! Over https every cookie has the `__Host-` prefix, `Secure`, `HttpOnly` and `SameSite=Lax` (ASVS 3.3). On a plain
//! loopback address (development only; the configuration refuses it elsewhere) the prefix and `Secure` are left out,
//! because some clients keep no secure cookie that came over http.

use axum::http::{HeaderMap, HeaderValue, header};

/// The longest cookie header that is looked at.
const MOST: usize = 16 * 1024;

/// How this deployment writes cookies.
#[derive(Clone, Copy, Debug)]
pub struct Jar {
    /// Whether the public address is https.
    pub secure: bool,
}

impl Jar {
    /// The cookie's full name.
    fn name(self, name: &str) -> String {
        if self.secure { format!("__Host-{name}") } else { format!("pristan-{name}") }
    }

    /// The value of a cookie in a request; the first one counts.
    pub fn get<'a>(self, headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
        let wanted = self.name(name);
        headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|line| line.to_str().ok())
            .find_map(|line| find(line, &wanted))
    }

    /// A `Set-Cookie` value; `seconds` none makes it last as long as the browser is open.
    pub fn set(self, name: &str, value: &str, seconds: Option<i64>) -> HeaderValue {
        let secure = if self.secure { "; Secure" } else { "" };
        let age = seconds.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
        let text = format!("{}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{age}", self.name(name));
        HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static("invalid=; Max-Age=0"))
    }

    /// Takes a cookie away.
    pub fn clear(self, name: &str) -> HeaderValue {
        self.set(name, "", Some(0))
    }
}

/// The value of `name` in one `Cookie` line (RFC 6265 §4.2). Never panics, whatever the line holds.
pub fn find<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    if line.len() > MOST {
        return None;
    }
    line.split(';')
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_equal_names_counts() {
        assert_eq!(find("a=1; b=2; a=3", "a"), Some("1"));
        assert_eq!(find("a", "a"), None);
        assert_eq!(find("", "a"), None);
        assert_eq!(find("b=x=y", "b"), Some("x=y"));
    }

    #[test]
    fn secure_cookies_are_bound_to_the_host() {
        let line = Jar { secure: true }.set("sid", "v", Some(5));
        let line = line.to_str().expect("ascii");
        assert!(
            line.starts_with("__Host-sid=v; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=5"),
            "{line}"
        );
        assert!(!line.contains("Domain"));
    }
}
