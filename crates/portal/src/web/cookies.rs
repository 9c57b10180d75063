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
    /// What the full name of each cookie begins with.
    const fn prefix(self) -> &'static str {
        if self.secure { "__Host-" } else { "pristan-" }
    }

    /// The value of a cookie in a request; the first one counts.
    pub fn get<'a>(self, headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
        let [value] = self.get_all(headers, [name]);
        value
    }

    /// The values of several cookies in one walk; the first of equal names counts.
    pub fn get_all<'a, const N: usize>(
        self,
        headers: &'a HeaderMap,
        names: [&str; N],
    ) -> [Option<&'a str>; N] {
        let mut values = [None; N];
        let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
        for (key, value) in lines.flat_map(pairs) {
            let Some(short) = key.strip_prefix(self.prefix()) else { continue };
            if let Some(place) = names.iter().position(|name| *name == short) {
                values[place].get_or_insert(value);
            }
        }
        values
    }

    /// A `Set-Cookie` value; `seconds` none makes it last as long as the browser is open.
    pub fn set(self, name: &str, value: &str, seconds: Option<i64>) -> HeaderValue {
        let secure = if self.secure { "; Secure" } else { "" };
        let age = seconds.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
        let text = format!("{}{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{age}", self.prefix());
        HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static("invalid=; Max-Age=0"))
    }

    /// The name of a cookie that is sent to one folder only: `__Host-` would want the whole site.
    fn folder_name(self, name: &str) -> String {
        if self.secure { format!("__Secure-{name}") } else { format!("pristan-{name}") }
    }

    /// The value of a cookie of one folder, see [`Jar::set_in`].
    pub fn get_in<'a>(self, headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
        let wanted = self.folder_name(name);
        headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|line| line.to_str().ok())
            .find_map(|line| find(line, &wanted))
    }

    /// A `Set-Cookie` value for one folder of the site, never sent along from other sites (`SameSite=Strict`).
    pub fn set_in(self, folder: &str, name: &str, value: &str, seconds: Option<i64>) -> HeaderValue {
        let secure = if self.secure { "; Secure" } else { "" };
        let age = seconds.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
        let name = self.folder_name(name);
        let text = format!("{name}={value}; Path={folder}; HttpOnly; SameSite=Strict{secure}{age}");
        HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static("invalid=; Max-Age=0"))
    }

    /// Takes a cookie away.
    pub fn clear(self, name: &str) -> HeaderValue {
        self.set(name, "", Some(0))
    }
}

/// The value of `name` in one `Cookie` line (RFC 6265 §4.2). Never panics, whatever the line holds.
pub fn find<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    pairs(line).find(|(key, _)| *key == name).map(|(_, value)| value)
}

/// Names and values of one `Cookie` line; none when it is too long to be looked at.
fn pairs(line: &str) -> impl Iterator<Item = (&str, &str)> {
    let line = if line.len() > MOST { "" } else { line };
    line.split(';').filter_map(|pair| pair.trim().split_once('='))
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
    fn several_are_found_in_one_walk() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_static("prefs=x; pristan-b=2; pristan-a=1"));
        headers.append(header::COOKIE, HeaderValue::from_static("pristan-a=3; b=4; pristan-bb=5"));
        let jar = Jar { secure: false };
        assert_eq!(jar.get_all(&headers, ["a", "b", "c"]), [Some("1"), Some("2"), None]);
        assert_eq!(jar.get(&headers, "bb"), Some("5"));
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

    #[test]
    fn cookies_of_a_folder_go_there_only() {
        let line = Jar { secure: true }.set_in("/admin", "staff", "v", None);
        assert_eq!(line, "__Secure-staff=v; Path=/admin; HttpOnly; SameSite=Strict; Secure");
    }
}
