//! The stream that tells an open page when a check has changed.

use crate::checks;
use crate::web::fault::Fault;
use crate::web::stream;
use crate::web::visit::SignedIn;
use axum::extract::Query;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;

/// What the page was drawn with.
#[derive(Deserialize)]
pub struct Seen {
    #[serde(default)]
    mark: String,
}

/// The stream.
pub async fn get(
    SignedIn { visit, .. }: SignedIn,
    headers: HeaderMap,
    Query(seen): Query<Seen>,
) -> std::result::Result<Response, Fault> {
    stream::answer(&visit, &headers, &seen.mark, checks::mark).await
}
