//! What most pages of a recovery begin with.

use super::{found, stands};
use crate::app::App;
use crate::error::Result;
use crate::recovery::Next;
use crate::recovery::store::Found;
use crate::web::fault::Fault;
use crate::web::visit::Visit;
use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};

/// A visit of a browser with a recovery under way. Others are sent to the beginning, or on, when theirs is done.
pub struct UnderWay {
    /// The visit.
    pub visit: Visit,
    /// The recovery.
    pub found: Found,
    /// What it asks for next.
    pub next: Next,
}

impl FromRequestParts<App> for UnderWay {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> std::result::Result<UnderWay, Response> {
        let Ok(visit) = Visit::from_request_parts(parts, app).await;
        UnderWay::of(visit, &parts.headers).await.map_err(IntoResponse::into_response)
    }
}

impl UnderWay {
    /// The same for a form that was sent, after it was judged: no other site's page may learn or do anything.
    pub async fn of(visit: Visit, headers: &HeaderMap) -> std::result::Result<UnderWay, Turned> {
        match standing(&visit, headers).await? {
            Ok((found, next)) => Ok(UnderWay { visit, found, next }),
            Err(elsewhere) => Err(Turned::Elsewhere(elsewhere)),
        }
    }
}

/// Why a handler gives no page of its own.
pub enum Turned {
    /// The browser belongs on another page.
    Elsewhere(Response),
    /// An error page.
    Fault(Fault),
}

impl<E: Into<Fault>> From<E> for Turned {
    fn from(error: E) -> Turned {
        Turned::Fault(error.into())
    }
}

impl IntoResponse for Turned {
    fn into_response(self) -> Response {
        match self {
            Turned::Elsewhere(response) => response,
            Turned::Fault(fault) => fault.into_response(),
        }
    }
}

async fn standing(
    visit: &Visit,
    headers: &HeaderMap,
) -> Result<std::result::Result<(Found, Next), Response>> {
    Ok(match found(visit, headers).await? {
        Ok(found) => {
            let next = stands(visit, &found).await?;
            Ok((found, next))
        }
        Err(elsewhere) => Err(elsewhere),
    })
}
