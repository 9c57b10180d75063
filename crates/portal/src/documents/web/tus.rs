//! Uploads by pieces: the protocol tus 1.0.0 with creation, creation-with-upload, expiration and termination
//! (<https://tus.io/protocols/resumable-upload>). Any client that speaks it may be used; ours is `upload.js`.
//!
//! What has arrived is written down every `documents.piece_bytes` and at the end, also when the connection breaks: the
//! body is read by a task of its own, so that a client that goes away does not take its last bytes with it.

use super::UPLOADS;
use crate::accounts::AccountId;
use crate::documents::{self, Added, Created, ScanId, Slot, Upload, UploadId, judge};
use crate::web::fault::Fault;
use crate::web::own::Own;
use crate::web::visit::{SignedIn, Visit};
use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http_body_util::BodyExt as _;

const VERSION: &str = "1.0.0";
const EXTENSIONS: &str = "creation,creation-with-upload,expiration,termination";
const OFFSET_TYPE: &str = "application/offset+octet-stream";

const RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const LENGTH: HeaderName = HeaderName::from_static("upload-length");
const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const METADATA: HeaderName = HeaderName::from_static("upload-metadata");
const EXPIRES: HeaderName = HeaderName::from_static("upload-expires");

type Answer = std::result::Result<Response, Fault>;

/// An answer of the protocol.
fn answer(status: StatusCode) -> Response {
    ([(RESUMABLE, VERSION)], status).into_response()
}

/// An answer that says where an upload stands.
fn standing(status: StatusCode, upload: &Upload) -> Response {
    let mut response = answer(status);
    let headers = response.headers_mut();
    headers.insert(OFFSET, HeaderValue::from(upload.received));
    if upload.scan.is_none()
        && let Ok(until) = HeaderValue::from_str(&http_date(upload.expires_at))
    {
        headers.insert(EXPIRES, until);
    }
    response
}

/// The date format of HTTP (RFC 9110 §5.6.7).
fn http_date(at: kernel::Time) -> String {
    jiff::Timestamp::from_microsecond(at.0)
        .map(|at| at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string())
        .unwrap_or_default()
}

/// Whether the client speaks our version.
fn speaks(headers: &HeaderMap) -> bool {
    headers.get(&RESUMABLE).is_some_and(|version| version == VERSION)
}

/// Says which version is spoken here.
fn other_version() -> Response {
    let mut response = answer(StatusCode::PRECONDITION_FAILED);
    response.headers_mut().insert("tus-version", HeaderValue::from_static(VERSION));
    response
}

fn number(headers: &HeaderMap, name: &HeaderName) -> Option<u64> {
    let text = headers.get(name)?.to_str().ok()?;
    (!text.is_empty() && text.len() <= 15 && text.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

/// A value of `Upload-Metadata`: pairs of a key and base64, between commas.
fn metadata(headers: &HeaderMap, wanted: &str) -> Option<String> {
    let text = headers.get(&METADATA)?.to_str().ok()?;
    let pair = |pair: &str| {
        let mut words = pair.split_whitespace();
        let (key, value) = (words.next()?, words.next().unwrap_or_default());
        (key == wanted).then(|| STANDARD.decode(value).ok()).flatten()
    };
    text.split(',').find_map(pair).and_then(|bytes| String::from_utf8(bytes).ok())
}

fn carries_bytes(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == OFFSET_TYPE)
}

/// What the server can.
pub async fn options(SignedIn { visit, .. }: SignedIn) -> Response {
    let mut response = answer(StatusCode::NO_CONTENT);
    let headers = response.headers_mut();
    headers.insert("tus-version", HeaderValue::from_static(VERSION));
    headers.insert("tus-extension", HeaderValue::from_static(EXTENSIONS));
    headers.insert("tus-max-size", HeaderValue::from(visit.app().config().documents.max_bytes));
    response
}

/// Begins an upload; the first bytes may come along.
pub async fn create(SignedIn { visit, session }: SignedIn, Own { headers, body }: Own) -> Answer {
    if !speaks(&headers) {
        return Ok(other_version());
    }
    let slot = metadata(&headers, "slot").and_then(|word| Slot::from_word(&word));
    let (Some(length), Some(slot)) = (number(&headers, &LENGTH), slot) else {
        return Ok(answer(StatusCode::BAD_REQUEST));
    };
    let name = metadata(&headers, "filename").unwrap_or_default();
    let (ctx, config, account) = (visit.ctx().clone(), visit.app().config_arc(), session.account.clone());
    let created = visit
        .app()
        .write(move |tx| documents::begin(tx, &ctx, &config, &account, (slot, &name, length)))
        .await?;
    let mut upload = match created {
        Created::Made(upload) => upload,
        Created::Empty => return Ok(answer(StatusCode::BAD_REQUEST)),
        Created::TooBig => return Ok(answer(StatusCode::PAYLOAD_TOO_LARGE)),
        Created::TooMany => return Ok(answer(StatusCode::CONFLICT)),
        Created::Wait(until) => {
            let mut response = answer(StatusCode::TOO_MANY_REQUESTS);
            let seconds = (until - visit.now()).whole_seconds_up();
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
            return Ok(response);
        }
    };
    let place = format!("{UPLOADS}/{}", upload.id);
    if carries_bytes(&headers) {
        upload.received = receive(&visit, &session.account, upload.clone(), body).await?;
    }
    let mut response = standing(StatusCode::CREATED, &upload);
    if let Ok(place) = HeaderValue::from_str(&place) {
        response.headers_mut().insert(header::LOCATION, place);
    }
    Ok(response)
}

async fn find(visit: &Visit, account: &AccountId, id: &str) -> std::result::Result<Option<Upload>, Fault> {
    let Some(id) = UploadId::parse(id) else { return Ok(None) };
    let (ctx, account) = (visit.ctx().clone(), account.clone());
    Ok(visit.app().read(move |tx| documents::state(tx, &ctx, &account, &id)).await?)
}

/// Where an upload stands.
pub async fn head(
    SignedIn { visit, session }: SignedIn,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer {
    if !speaks(&headers) {
        return Ok(other_version());
    }
    Ok(match find(&visit, &session.account, &id).await? {
        Some(upload) => {
            let mut response = standing(StatusCode::OK, &upload);
            response.headers_mut().insert(LENGTH, HeaderValue::from(upload.length));
            response
        }
        None => answer(StatusCode::NOT_FOUND),
    })
}

/// Continues an upload.
pub async fn patch(
    SignedIn { visit, session }: SignedIn,
    Path(id): Path<String>,
    Own { headers, body }: Own,
) -> Answer {
    if !speaks(&headers) {
        return Ok(other_version());
    }
    if !carries_bytes(&headers) {
        return Ok(answer(StatusCode::UNSUPPORTED_MEDIA_TYPE));
    }
    let Some(from) = number(&headers, &OFFSET) else { return Ok(answer(StatusCode::BAD_REQUEST)) };
    let Some(mut upload) = find(&visit, &session.account, &id).await? else {
        return Ok(answer(StatusCode::NOT_FOUND));
    };
    if upload.received != from {
        return Ok(answer(StatusCode::CONFLICT));
    }
    let to = receive(&visit, &session.account, upload.clone(), body).await?;
    upload.received = to;
    Ok(standing(StatusCode::NO_CONTENT, &upload))
}

/// Gives an upload up.
pub async fn delete(SignedIn { visit, session }: SignedIn, Path(id): Path<String>, own: Own) -> Answer {
    if !speaks(&own.headers) {
        return Ok(other_version());
    }
    let Some(id) = UploadId::parse(&id) else { return Ok(answer(StatusCode::NOT_FOUND)) };
    let account = session.account.clone();
    let dropped = visit.app().write(move |tx| documents::drop_upload(tx, &account, &id)).await?;
    Ok(answer(if dropped { StatusCode::NO_CONTENT } else { StatusCode::NOT_FOUND }))
}

/// Takes the body as what follows; answers where the upload stands then. The last byte has the scan judged.
async fn receive(
    visit: &Visit,
    account: &AccountId,
    upload: Upload,
    body: Body,
) -> std::result::Result<u64, Fault> {
    let (task, account) = (visit.clone(), account.clone());
    let took = tokio::spawn(async move { take(&task, &account, upload, body).await }).await;
    let (at, scan) = took.map_err(|_| Fault::panicked())??;
    if let Some(scan) = scan {
        judge::at_once(visit.app(), &scan).await;
    }
    Ok(at)
}

async fn take(
    visit: &Visit,
    account: &AccountId,
    upload: Upload,
    mut body: Body,
) -> crate::error::Result<(u64, Option<ScanId>)> {
    let piece = usize::try_from(visit.app().config().documents.piece_bytes.max(1)).unwrap_or(usize::MAX);
    let mut at = upload.received;
    let mut held: Vec<u8> = Vec::new();
    loop {
        // A broken connection and a body that is too slow end it like its last byte: what came is kept.
        let came = match body.frame().await {
            Some(Ok(frame)) => frame.into_data().ok(),
            Some(Err(_)) | None => None,
        };
        let is_last = came.is_none();
        held.extend(came.into_iter().flatten());
        // More than was announced is not what was announced.
        let left = usize::try_from(upload.length - at).unwrap_or(usize::MAX);
        held.truncate(left);
        let whole = held.len() == left;
        if !held.is_empty() && (is_last || whole || held.len() >= piece) {
            if !visit.is_still_signed_in().await? {
                return Ok((at, None));
            }
            match keep(visit, account, &upload.id, at, std::mem::take(&mut held)).await? {
                Added::Kept(to) => at = to,
                Added::Whole(scan) => return Ok((upload.length, Some(scan))),
                Added::Conflict => return Ok((at, None)),
            }
        }
        if is_last {
            return Ok((at, None));
        }
    }
}

async fn keep(
    visit: &Visit,
    account: &AccountId,
    id: &UploadId,
    at: u64,
    bytes: Vec<u8>,
) -> crate::error::Result<Added> {
    let (ctx, account, id) = (visit.ctx().clone(), account.clone(), id.clone());
    visit.app().write(move |tx| documents::add(tx, &ctx, &account, &id, (at, &bytes))).await
}
