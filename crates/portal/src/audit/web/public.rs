//! `/journal` and the files below it: signed heads, keys and proofs that one head is the beginning of another.

use crate::audit::heads::{self, Head};
use crate::audit::note::Verifier;
use crate::audit::proof;
use crate::error::Result;
use crate::web::fault::Fault;
use crate::web::page::Page;
use crate::web::visit::Visit;
use askama::Template;
use axum::Json;
use axum::extract::{Path, Query};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as B64;
use serde::{Deserialize, Serialize};

/// What never changes again may be kept for a year; what grows, for a minute.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
const A_MINUTE: &str = "public, max-age=60";

#[derive(Template)]
#[template(path = "audit/templates/public.html")]
struct PublicPage {
    page: Page,
    heads: Vec<Row>,
    keys: Vec<String>,
    next: Option<String>,
}

struct Row {
    name: String,
    size: u64,
    root: String,
    at: String,
    machine: String,
}

/// What the journal is, its newest heads, the keys, how to check.
pub async fn page(visit: Visit) -> std::result::Result<Response, Fault> {
    let shown = visit.app().config().journal.shown_heads;
    let read: Result<_> = visit
        .app()
        .read(move |tx| Ok((heads::newest(tx, shown)?, heads::verifiers(tx)?, heads::next_due(tx)?)))
        .await;
    let (newest, verifiers, due) = read?;
    let page = visit.page();
    let row = |head: Head| Row {
        name: page.tf1("audit-public-head", "number", head.number.to_string()),
        size: head.size,
        root: B64.encode(&head.root),
        at: page.date_time(head.at),
        machine: page.machine_time(head.at),
    };
    let heads = newest.into_iter().map(row).collect();
    let keys = verifiers.into_iter().map(|(_, verifier)| verifier.text()).collect();
    let next = due.filter(|at| *at > page.now).map(|at| page.date_time_zone(at));
    Ok(visit.ok(&PublicPage { page, heads, keys, next }))
}

/// Every key that ever signed, one a line, the newest first.
pub async fn keys(visit: Visit) -> std::result::Result<Response, Fault> {
    let known: Vec<(String, Verifier)> = visit.app().read(heads::verifiers).await?;
    let lines: String = known.iter().map(|(_, verifier)| format!("{}\n", verifier.text())).collect();
    Ok(text(lines, A_MINUTE))
}

/// The newest head.
pub async fn latest(visit: Visit) -> std::result::Result<Response, Fault> {
    let head = visit.app().read(heads::latest).await?;
    Ok(text(head.ok_or_else(Fault::not_found)?.note, A_MINUTE))
}

/// The head of so many events.
pub async fn of_size(visit: Visit, Path(size): Path<String>) -> std::result::Result<Response, Fault> {
    let size: u64 = size.parse().map_err(|_| Fault::not_found())?;
    let head = visit.app().read(move |tx| heads::of_size(tx, size)).await?;
    Ok(text(head.ok_or_else(Fault::not_found)?.note, FOR_EVER))
}

/// Between which heads.
#[derive(Deserialize)]
pub struct Between {
    from: u64,
    to: u64,
}

#[derive(Serialize)]
struct Consistency {
    from: u64,
    to: u64,
    /// Base64, in the order of RFC 6962 §2.1.2.
    path: Vec<String>,
}

/// The proof that the tree of `from` events is the beginning of the tree of `to` events.
pub async fn consistency(
    visit: Visit,
    between: std::result::Result<Query<Between>, axum::extract::rejection::QueryRejection>,
) -> std::result::Result<Response, Fault> {
    let Query(Between { from, to }) =
        between.map_err(|_| Fault::bad_request("expected ?from=<size>&to=<size>"))?;
    let path = visit.app().read(move |tx| proof::consistency(tx, from, to)).await?;
    let path = path.ok_or_else(Fault::not_found)?.iter().map(|hash| B64.encode(hash)).collect();
    Ok(([(header::CACHE_CONTROL, FOR_EVER)], Json(Consistency { from, to, path })).into_response())
}

fn text(body: String, cache: &'static str) -> Response {
    let headers = [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CACHE_CONTROL, cache)];
    (headers, body).into_response()
}
