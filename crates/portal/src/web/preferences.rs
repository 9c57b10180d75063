//! Language and looks, chosen by small forms and remembered in a cookie of their own.

use super::page::{Look, Theme};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kernel::Lang;
use serde::Deserialize;

/// The cookie's name. It holds no personal data and no identifier.
pub const COOKIE: &str = "prefs";

/// How long a choice is remembered: one year, in seconds.
const REMEMBERED: u32 = 365 * 24 * 60 * 60;

/// What a person chose; absent means the portal's default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Preferences {
    /// The language of the interface.
    pub lang: Option<Lang>,
    /// The looks.
    pub look: Look,
}

impl Preferences {
    /// Reads the cookie's value; parts it does not know are ignored.
    pub fn parse(value: &str) -> Preferences {
        let mut found = Preferences::default();
        for word in value.split('.').take(8) {
            match word {
                "large" => found.look.large_text = true,
                "strong" => found.look.contrast = true,
                _ => {
                    found.lang = Lang::from_tag(word).or(found.lang);
                    found.look.theme = Theme::from_word(word).unwrap_or(found.look.theme);
                }
            }
        }
        found
    }

    /// Reads the choice out of a request's `Cookie` header.
    pub fn from_cookies(header: Option<&HeaderValue>) -> Preferences {
        let cookies = header.and_then(|value| value.to_str().ok()).unwrap_or("");
        let ours = |pair: &str| pair.trim().strip_prefix(COOKIE)?.strip_prefix('=').map(Preferences::parse);
        cookies.split(';').find_map(ours).unwrap_or_default()
    }

    /// The cookie's value: words joined by dots, `en.dark.large`.
    pub fn value(&self) -> String {
        let mut words: Vec<&str> = self.lang.iter().map(|lang| lang.tag()).collect();
        words.push(self.look.theme.word());
        if self.look.large_text {
            words.push("large");
        }
        if self.look.contrast {
            words.push("strong");
        }
        words.join(".")
    }

    /// The `Set-Cookie` header; `secure` where the portal is reached over TLS.
    pub fn set_cookie(&self, secure: bool) -> String {
        let tail = if secure { "; Secure" } else { "" };
        format!("{COOKIE}={}; Path=/; Max-Age={REMEMBERED}; HttpOnly; SameSite=Lax{tail}", self.value())
    }
}

/// The form of `POST /preferences`: whichever choice was pressed, and where to return.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PreferencesForm {
    /// The form's token, checked by the shell.
    pub csrf: String,
    /// `ru` or `en`.
    pub language: Option<String>,
    /// `auto`, `light` or `dark`.
    pub theme: Option<String>,
    /// `yes` or `no`.
    pub large_text: Option<String>,
    /// `yes` or `no`.
    pub contrast: Option<String>,
    /// The path and query to go back to.
    #[serde(rename = "return")]
    pub back: String,
}

impl PreferencesForm {
    /// The new choice; none when a value is not one of those offered.
    pub fn apply(&self, mut choice: Preferences) -> Option<Preferences> {
        if let Some(tag) = &self.language {
            choice.lang = Some(Lang::from_tag(tag)?);
        }
        if let Some(word) = &self.theme {
            choice.look.theme = Theme::from_word(word)?;
        }
        if let Some(word) = &self.large_text {
            choice.look.large_text = yes(word)?;
        }
        if let Some(word) = &self.contrast {
            choice.look.contrast = yes(word)?;
        }
        Some(choice)
    }
}

fn yes(word: &str) -> Option<bool> {
    match word {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

/// Answers `POST /preferences`: remembers the choice and goes back to the page it was made on.
pub fn change(current: Preferences, form: &PreferencesForm, secure: bool) -> Response {
    let Some(choice) = form.apply(current) else {
        return StatusCode::UNPROCESSABLE_ENTITY.into_response();
    };
    let mut response = StatusCode::SEE_OTHER.into_response();
    let headers = response.headers_mut();
    if let Ok(place) = HeaderValue::from_str(safe_return(&form.back)) {
        headers.insert(header::LOCATION, place);
    }
    if let Ok(cookie) = HeaderValue::from_str(&choice.set_cookie(secure)) {
        headers.append(header::SET_COOKIE, cookie);
    }
    response
}

/// A path of this site to return to, or `/`: never another site (open redirect, ASVS 5.0 3.7.2).
///
/// Browsers take `\` for `/` and drop tabs and line breaks, so none of these may stand in it.
pub fn safe_return(path: &str) -> &str {
    let local = path.starts_with('/') && !path.starts_with("//") && path.len() <= 2_000;
    let plain = path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if local && plain { path } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_reads_back_and_ignores_what_it_does_not_know() {
        for lang in [None, Some(Lang::Ru), Some(Lang::En)] {
            for theme in Theme::ALL {
                for bits in 0..4 {
                    let look = Look { theme, large_text: bits & 1 == 1, contrast: bits & 2 == 2 };
                    let choice = Preferences { lang, look };
                    assert_eq!(Preferences::parse(&choice.value()), choice);
                }
            }
        }
        assert_eq!(
            Preferences::parse("xx.<script>.ru"),
            Preferences { lang: Some(Lang::Ru), ..Default::default() }
        );
        let header = HeaderValue::from_static("a=b; prefs=en.dark; prefsx=ru");
        assert_eq!(Preferences::from_cookies(Some(&header)).lang, Some(Lang::En));
        assert_eq!(Preferences::from_cookies(None), Preferences::default());
    }

    #[test]
    fn returns_only_to_this_site() {
        assert_eq!(safe_return("/register?step=2&a=%20"), "/register?step=2&a=%20");
        let bad = [
            "",
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "\\/evil",
            "/\t/evil.example",
            "/a\r\nX: y",
        ];
        for path in bad {
            assert_eq!(safe_return(path), "/", "{path:?}");
        }
        assert_eq!(safe_return(&format!("/{}", "a".repeat(5_000))), "/");
    }

    #[test]
    fn a_choice_is_set_and_a_wrong_word_refused() {
        let form = PreferencesForm { theme: Some("dark".into()), back: "/help".into(), ..Default::default() };
        let answer = change(Preferences { lang: Some(Lang::En), ..Default::default() }, &form, true);
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        assert_eq!(answer.headers()[header::LOCATION], "/help");
        let cookie = answer.headers()[header::SET_COOKIE].to_str().expect("ascii").to_owned();
        assert!(cookie.starts_with("prefs=en.dark; Path=/;") && cookie.ends_with("; Secure"), "{cookie}");
        let wrong = PreferencesForm { theme: Some("pink".into()), ..Default::default() };
        assert_eq!(change(Preferences::default(), &wrong, true).status(), StatusCode::UNPROCESSABLE_ENTITY);
    }
}
