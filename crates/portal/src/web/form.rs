//! Forms as they arrive: bounded, strictly decoded, from our own pages only.

use super::fault::Fault;
use super::visit::{SignedInOnly, Visit};
use crate::app::App;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::{HeaderMap, header};
use kernel::Secret;

/// The most bytes of an ordinary form (checklist 9.4 allows 1 MiB; ours are small).
pub const MOST_BYTES: usize = 64 * 1024;
/// The most fields of an ordinary form.
const MOST_FIELDS: usize = 64;

/// The fields of a form, each at most once, still as typed.
#[derive(Default)]
pub struct Fields(Vec<(String, Secret<String>)>);

impl Fields {
    /// Decodes `application/x-www-form-urlencoded` strictly: broken escapes, bytes that are not UTF-8,
    /// NUL, repeated or too many fields are refused.
    ///
    /// # Errors
    /// What is wrong, without the value.
    pub fn parse(body: &[u8]) -> Result<Fields, &'static str> {
        let mut fields: Vec<(String, Secret<String>)> = Vec::new();
        if body.is_empty() {
            return Ok(Fields(fields));
        }
        for pair in body.split(|byte| *byte == b'&') {
            let cut = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
            let name = decode(&pair[..cut])?;
            let value = decode(pair.get(cut + 1..).unwrap_or_default())?;
            if fields.iter().any(|(known, _)| *known == name) {
                return Err("repeated field");
            }
            if fields.len() == MOST_FIELDS {
                return Err("too many fields");
            }
            fields.push((name, Secret::new(value)));
        }
        Ok(Fields(fields))
    }

    /// The typed text of a field; a missing one is empty.
    pub fn text(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.expose())
    }

    /// Whether the form brought a field, empty or not.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(known, _)| known == name)
    }

    /// A secret field, to be wiped after use; a missing one is empty.
    pub fn secret(&self, name: &str) -> Secret<String> {
        Secret::new(self.text(name).to_owned())
    }

    /// Whether a box was ticked.
    pub fn ticked(&self, name: &str) -> bool {
        !matches!(self.text(name), "" | "0" | "off" | "false")
    }

    /// Refuses fields that the form does not have (checklist 7.4).
    ///
    /// # Errors
    /// The page for a bad request.
    pub fn only(&self, known: &[&str]) -> Result<(), Fault> {
        let stranger = self.0.iter().any(|(name, _)| name != "csrf" && !known.contains(&name.as_str()));
        if stranger { Err(Fault::bad_request("unknown field")) } else { Ok(()) }
    }
}

fn decode(text: &[u8]) -> Result<String, &'static str> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.iter();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digit =
                    |byte: Option<&u8>| byte.and_then(|b| char::from(*b).to_digit(16)).ok_or("broken escape");
                let (high, low) = (digit(rest.next())?, digit(rest.next())?);
                (high * 16 + low) as u8
            }
            other => *other,
        });
    }
    let text = String::from_utf8(bytes).map_err(|_| "not UTF-8")?;
    if text.contains('\0') { Err("NUL in a field") } else { Ok(text) }
}

/// A form of one of our own pages: origin and token are checked before a field is looked at.
pub struct Form(pub Fields);

impl FromRequest<App> for Form {
    type Rejection = Fault;

    async fn from_request(request: Request, app: &App) -> Result<Form, Fault> {
        let (mut parts, body) = request.into_parts();
        let Ok(visit) = Visit::from_request_parts(&mut parts, app).await;
        check_origin(&parts.headers, visit.app())?;
        let kind =
            parts.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if kind.split(';').next().unwrap_or_default().trim() != "application/x-www-form-urlencoded" {
            return Err(Fault::unsupported_media());
        }
        let bytes: Bytes = axum::body::to_bytes(body, MOST_BYTES).await.map_err(|_| Fault::too_large())?;
        // The body may take its time; a session that ended meanwhile acts no more.
        if parts.extensions.get::<SignedInOnly>().is_some() && !visit.is_still_signed_in().await? {
            return Err(Fault::stale_form());
        }
        let fields = Fields::parse(&bytes).map_err(Fault::bad_request)?;
        if !visit.csrf_matches(fields.text("csrf")) {
            return Err(Fault::stale_form());
        }
        Ok(Form(fields))
    }
}

/// Refuses a state change that another site started: `Sec-Fetch-Site` first, then `Origin` (checklist 8.3).
///
/// A client that sends neither is no browser of today and still needs the token of its own page.
///
/// # Errors
/// The page for a refused request.
pub fn check_origin(headers: &HeaderMap, app: &App) -> Result<(), Fault> {
    if let Some(site) = headers.get("sec-fetch-site").and_then(|value| value.to_str().ok())
        && !matches!(site, "same-origin" | "none")
    {
        return Err(Fault::foreign_origin());
    }
    let Some(origin) = headers.get(header::ORIGIN) else { return Ok(()) };
    let origin = origin.to_str().unwrap_or_default();
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let own = origin == app.public_url()
        || origin.split_once("://").is_some_and(|(_, authority)| authority == host);
    if own { Ok(()) } else { Err(Fault::foreign_origin()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_forms_are_read() {
        let fields =
            Fields::parse("surname=%D0%9B%D0%B5%D0%B2&first_name=a+b&csrf=x".as_bytes()).expect("fields");
        assert_eq!(fields.text("surname"), "Лев");
        assert_eq!(fields.text("first_name"), "a b");
        assert_eq!(fields.text("absent"), "");
        assert!(fields.only(&["surname", "first_name"]).is_ok());
        assert!(fields.only(&["surname"]).is_err());
    }

    #[test]
    fn broken_forms_are_refused() {
        for body in ["a=%", "a=%4", "a=%zz", "a=%ff", "a=1&a=2", "a=%00"] {
            assert!(Fields::parse(body.as_bytes()).is_err(), "{body}");
        }
        let many: String = (0..100).map(|n| format!("f{n}=1&")).collect();
        assert!(Fields::parse(many.trim_end_matches('&').as_bytes()).is_err());
    }
}
