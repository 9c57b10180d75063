//! An answer as a test looks at it.

use axum::http::{HeaderMap, StatusCode, header};

/// One answer of the portal.
#[derive(Clone)]
pub struct Page {
    /// The path and query that were asked for.
    pub path: String,
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body; bytes that are not UTF-8 are replaced.
    pub body: String,
}

impl Page {
    /// Where a redirect leads.
    pub fn location(&self) -> Option<&str> {
        self.headers.get(header::LOCATION).and_then(|place| place.to_str().ok())
    }

    /// A header's text; empty when it is missing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Whether the page says this.
    pub fn says(&self, words: &str) -> bool {
        self.body.contains(words) || shown(&self.body).contains(words)
    }

    /// Whether the page has a form field of this name.
    pub fn asks(&self, field: &str) -> bool {
        self.body.contains(&format!("name=\"{field}\""))
    }

    /// The value of the first form field of this name.
    pub fn value(&self, field: &str) -> Option<String> {
        let at = self.body.find(&format!("name=\"{field}\""))?;
        let start = self.body[..at].rfind('<')?;
        attribute(self.body[start..].split('>').next()?, "value")
    }

    /// Whether a box is ticked.
    pub fn ticked(&self, field: &str) -> bool {
        let Some(at) = self.body.find(&format!("name=\"{field}\"")) else { return false };
        let start = self.body[..at].rfind('<').unwrap_or(0);
        self.body[start..].split('>').next().is_some_and(|tag| tag.contains(" checked"))
    }

    /// The words of the error that stands at a field.
    pub fn error_at(&self, field: &str) -> Option<String> {
        let from = self.body.find(&format!("id=\"{field}-error\""))?;
        let text = self.body[from..].split("</p>").next()?;
        Some(plain(text.split_once('>')?.1))
    }

    /// The text of the page without its tags.
    pub fn text(&self) -> String {
        let main = self.body.find("<main").map_or(0, |at| at);
        plain(&self.body[main..])
    }

    /// The incident number that an error page shows.
    pub fn incident(&self) -> Option<&str> {
        let number = self.header("x-request-id");
        (!number.is_empty() && self.body.contains(number)).then_some(number)
    }

    /// The answer to the proof of work of the challenge on this page, as form fields.
    ///
    /// # Panics
    /// When there is no challenge.
    pub fn solved(&self) -> Vec<(String, String)> {
        let token = self.value("challenge_token").expect("a challenge on the page");
        let attribute_of_page = |name: &str| {
            let at = self.body.find(&format!(" {name}=\"")).expect("the challenge's work");
            attribute(&self.body[at..], name).expect("its value")
        };
        let puzzle = attribute_of_page("data-puzzle");
        let bits: u32 = attribute_of_page("data-difficulty").parse().expect("a number of bits");
        let nonce =
            (0_u64..).map(|n| n.to_string()).find(|n| leading_zeros(&format!("{puzzle}:{n}")) >= bits);
        let nonce = nonce.expect("a solution");
        vec![
            ("challenge_token".into(), token),
            ("challenge_nonce".into(), nonce),
            ("challenge_answer".into(), "".into()),
        ]
    }

    /// The fields that change from one drawing of the same page to the next, put out: form token, request number,
    /// challenge. What is left must be equal where nothing may be told.
    pub fn masked(&self) -> String {
        let mut text = self.body.clone();
        for secret in
            [self.value("csrf"), self.value("challenge_token"), Some(self.header("x-request-id").to_owned())]
        {
            if let Some(secret) = secret.filter(|secret| !secret.is_empty()) {
                text = text.replace(&secret, "…");
            }
        }
        if let Some(at) = text.find("data-puzzle=\"") {
            let puzzle = attribute(&text[at.saturating_sub(1)..], "data-puzzle").unwrap_or_default();
            text = text.replace(&puzzle, "…");
        }
        if let Some(at) = text.find("data-options=\"") {
            let options = text[at..].split('"').nth(1).unwrap_or_default().to_owned();
            text = text.replace(&options, "…");
        }
        shown(&text)
    }

    /// What the page tells its script to ask a passkey for: the value of an attribute such as `data-options`.
    ///
    /// # Panics
    /// When the page has none.
    pub fn data(&self, name: &str) -> String {
        let at = self.body.find(&format!(" {name}=\"")).expect("the attribute");
        attribute(&self.body[at..], name).expect("its value")
    }
}

/// Spaces and hyphens that hold words together, as ordinary ones.
fn shown(text: &str) -> String {
    text.replace('\u{a0}', " ").replace('\u{2011}', "-")
}

fn leading_zeros(text: &str) -> u32 {
    let hash = ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
    let mut zeros = 0;
    for byte in hash.as_ref() {
        zeros += byte.leading_zeros();
        if *byte != 0 {
            break;
        }
    }
    zeros
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    Some(unescaped(rest.split('"').next()?))
}

fn plain(html: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for sign in html.chars() {
        match sign {
            '<' => inside = true,
            '>' => inside = false,
            sign if !inside => text.push(sign),
            _ => {}
        }
    }
    shown(&unescaped(&text)).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn unescaped(text: &str) -> String {
    text.replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&#60;", "<")
        .replace("&#62;", ">")
        .replace("&#38;", "&")
}
