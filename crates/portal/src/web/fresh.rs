//! Sensitive acts ask again for a factor when the last one is older than five minutes (spec 01 §2): one mechanism that
//! every such act uses. A handler that takes [`Fresh`] instead of `SignedIn` is behind it.

use super::visit::{SignedIn, Visit};
use crate::app::App;
use crate::sessions::Session;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{Method, header};
use axum::response::Response;
use kernel::{Span, Time};
use std::sync::Arc;

/// A visit of somebody who is signed in and gave a factor within `sessions.fresh_seconds`; others are sent to
/// `/confirm` and back.
pub struct Fresh {
    /// The visit.
    pub visit: Visit,
    /// The session.
    pub session: Arc<Session>,
}

/// Whether a factor given at `auth_at` is still fresh; one from the future (the clock jumped back) is not.
pub fn is_fresh(auth_at: Time, now: Time, fresh_seconds: i64) -> bool {
    now >= auth_at && now < auth_at + Span::seconds(fresh_seconds)
}

impl FromRequestParts<App> for Fresh {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Fresh, Response> {
        let SignedIn { visit, session } = SignedIn::from_request_parts(parts, app).await?;
        if is_fresh(session.auth_at, visit.now(), app.config().sessions.fresh_seconds) {
            return Ok(Fresh { visit, session });
        }
        let back = super::back::to_query(page_of(parts));
        Err(visit.see_other(&format!("/confirm?back={back}")))
    }
}

/// The page to come back to: this one, or the one whose form was sent (an act has no page of its own).
fn page_of(parts: &Parts) -> &str {
    if parts.method == Method::GET {
        return parts.uri.path();
    }
    let referer =
        parts.headers.get(header::REFERER).and_then(|referer| referer.to_str().ok()).unwrap_or_default();
    let own = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let rest = referer.split_once("://").and_then(|(_, rest)| rest.strip_prefix(own));
    let path = rest.map(|rest| rest.split(['?', '#']).next().unwrap_or_default()).unwrap_or_default();
    if path.starts_with('/') && !own.is_empty() { path } else { "/cabinet/security" }
}
