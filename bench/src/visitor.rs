//! A person without scripts: keeps cookies, follows redirects, sends the forms that pages hold.

use crate::http::{Answer, Connection};
use anyhow::{Context as _, bail};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::SocketAddr;

/// Redirects in a row before it is called a circle.
const MOST_REDIRECTS: usize = 8;

/// One visitor on one connection.
pub struct Visitor {
    connection: Connection,
    host: String,
    cookies: BTreeMap<String, String>,
}

/// Where a visitor arrived.
pub struct Page {
    /// The path of the last answer.
    pub path: String,
    /// Its status.
    pub status: u16,
    /// Its text.
    pub text: String,
}

impl Page {
    /// Whether a form on the page has this field.
    pub fn asks(&self, field: &str) -> bool {
        self.text.contains(&format!("name=\"{field}\""))
    }

    /// The value of the first form field of this name.
    pub fn value(&self, field: &str) -> Option<String> {
        let at = self.text.find(&format!("name=\"{field}\""))?;
        let start = self.text[..at].rfind('<')?;
        attribute(self.text[start..].split('>').next()?, "value")
    }

    /// The value of the first attribute of this name on the page.
    pub fn attribute(&self, name: &str) -> Option<String> {
        attribute(&self.text, name)
    }
}

impl Visitor {
    /// A visitor who was never here.
    pub fn new(address: SocketAddr) -> Visitor {
        // By name: no browser makes a passkey for a bare address.
        let host = format!("localhost:{}", address.port());
        Visitor { connection: Connection::new(address), host, cookies: BTreeMap::new() }
    }

    /// Loses the cookie of the session, as a browser does when that is over; the device stays known.
    pub fn lose_session(&mut self) {
        self.cookies.retain(|name, _| !name.ends_with("sid"));
    }

    /// Opens a page.
    pub async fn get(&mut self, path: &str) -> anyhow::Result<Page> {
        let request = self.request("GET", path, None);
        self.follow(path, &request).await
    }

    /// Fills the form around `field` and sends it; redirects are followed.
    pub async fn submit(
        &mut self,
        page: &Page,
        field: &str,
        values: &[(&str, &str)],
    ) -> anyhow::Result<Page> {
        let (path, request) = self.form_request(page, field, values)?;
        self.follow(&path, &request).await
    }

    /// Sends the form that leads to `action` as it is; redirects are followed.
    pub async fn press(&mut self, page: &Page, action: &str) -> anyhow::Result<Page> {
        let (path, pairs) = form_around(page, &format!("action=\"{action}\""))?;
        let request = self.request("POST", &path, Some(&body(&pairs)));
        self.follow(&path, &request).await
    }

    /// The bytes that [`Visitor::submit`] would send, for sending them exactly when wanted.
    pub fn form_request(
        &self,
        page: &Page,
        field: &str,
        values: &[(&str, &str)],
    ) -> anyhow::Result<(String, Vec<u8>)> {
        let (action, mut pairs) = form_around(page, &format!("name=\"{field}\""))?;
        pairs.retain(|(hidden, _)| values.iter().all(|(name, _)| name != hidden));
        pairs.extend(values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let request = self.request("POST", &action, Some(&body(&pairs)));
        Ok((action, request))
    }

    /// A request with this visitor's cookies.
    pub fn request(&self, method: &str, path: &str, body: Option<&str>) -> Vec<u8> {
        let mut text = format!("{method} {path} HTTP/1.1\r\nhost: {}\r\n", self.host);
        if !self.cookies.is_empty() {
            let pairs: Vec<String> =
                self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let _ = write!(text, "cookie: {}\r\n", pairs.join("; "));
        }
        match body {
            Some(body) => {
                let kind = "application/x-www-form-urlencoded";
                let _ = write!(
                    text,
                    "origin: http://{}\r\ncontent-type: {kind}\r\ncontent-length: {}\r\n\r\n{body}",
                    self.host,
                    body.len()
                );
            }
            None => text.push_str("\r\n"),
        }
        text.into_bytes()
    }

    /// Sends bytes as they are, without following redirects; cookies are kept.
    pub async fn send(&mut self, request: &[u8]) -> anyhow::Result<Answer> {
        let answer = self.connection.send(request).await?;
        for cookie in answer.headers("set-cookie") {
            let Some((name, value)) = cookie.split(';').next().and_then(|pair| pair.split_once('=')) else {
                continue;
            };
            if cookie.to_ascii_lowercase().contains("max-age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        Ok(answer)
    }

    /// Sends bytes and follows redirects to a page.
    pub async fn follow(&mut self, path: &str, request: &[u8]) -> anyhow::Result<Page> {
        let mut path = path.to_owned();
        let mut answer = self.send(request).await?;
        for _ in 0..MOST_REDIRECTS {
            let Some(next) = answer.header("location").filter(|_| (300..400).contains(&answer.status)) else {
                return Ok(Page { path, status: answer.status, text: answer.text() });
            };
            path = next.strip_prefix(&format!("http://{}", self.host)).unwrap_or(next).to_owned();
            let request = self.request("GET", &path, None);
            answer = self.send(&request).await?;
        }
        bail!("redirects in a circle at {path}")
    }
}

fn body(pairs: &[(String, String)]) -> String {
    let pairs: Vec<String> =
        pairs.iter().map(|(name, value)| format!("{}={}", escape(name), escape(value))).collect();
    pairs.join("&")
}

/// The address of the form with `mark` in it, and its hidden fields.
fn form_around(page: &Page, mark: &str) -> anyhow::Result<(String, Vec<(String, String)>)> {
    let at = page
        .text
        .find(mark)
        .with_context(|| format!("{} ({}) has no form with {mark}", page.path, page.status))?;
    let start = page.text[..at].rfind("<form").context("a form around the field")?;
    let end = page.text[at..].find("</form>").map_or(page.text.len(), |end| at + end);
    let form = &page.text[start..end];
    let opening = form.split('>').next().unwrap_or_default();
    let action =
        attribute(opening, "action").filter(|action| !action.is_empty()).unwrap_or_else(|| page.path.clone());
    let hidden = form
        .split("<input")
        .skip(1)
        .map(|rest| rest.split('>').next().unwrap_or_default())
        .filter(|tag| attribute(tag, "type").as_deref() == Some("hidden"))
        .filter_map(|tag| Some((attribute(tag, "name")?, attribute(tag, "value").unwrap_or_default())))
        .collect();
    Ok((action, hidden))
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let rest = tag.split_once(&format!(" {name}=\""))?.1;
    let value = rest.split('"').next()?;
    Some(
        value
            .replace("&amp;", "&")
            .replace("&#38;", "&")
            .replace("&#x2F;", "/")
            .replace("&#47;", "/")
            .replace("&#34;", "\"")
            .replace("&#39;", "'"),
    )
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => escaped.push(char::from(byte)),
            _ => {
                let _ = write!(escaped, "%{byte:02X}");
            }
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_around_a_field_is_found_with_its_hidden_values() {
        let text = r#"<form action="/other"><input type="hidden" name="csrf" value="x"></form>
            <form method="post" action="/sign-in"><input type="hidden" name="csrf" value="a&amp;b">
            <input name="password" type="password"></form>"#;
        let page = Page { path: "/sign-in".to_owned(), status: 200, text: text.to_owned() };
        let (action, hidden) = form_around(&page, "name=\"password\"").unwrap();
        assert_eq!(action, "/sign-in");
        assert_eq!(hidden, [("csrf".to_owned(), "a&b".to_owned())]);
        assert!(form_around(&page, "nothing").is_err());
        // What is filled in takes the place of what was hidden: no field is sent twice.
        let visitor = Visitor::new(([127, 0, 0, 1], 80).into());
        let (_, request) = visitor.form_request(&page, "password", &[("csrf", "other")]).unwrap();
        assert!(String::from_utf8(request).unwrap().ends_with("\r\n\r\ncsrf=other"));
    }
}
