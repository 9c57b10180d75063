//! The public files of the shell: styles, scripts, pictures.
//!
//! Every file lives under `/assets/<version of all files>/…`, so addresses inside styles and
//! modules stay relative and everything may be kept by browsers for ever. Optimised builds carry
//! the files; debug builds read them from disk, so that an edit needs no rebuild.

use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

#[cfg(test)]
mod inline;
#[cfg(test)]
mod tests;

mod embedded {
    include!(concat!(env!("OUT_DIR"), "/assets.rs"));
}

/// The version in the addresses of a debug build.
const UNVERSIONED: &str = "dev";

static ADDRESSES: LazyLock<HashMap<&'static str, String>> =
    LazyLock::new(|| embedded::EMBEDDED.iter().map(|(name, ..)| (*name, address(name))).collect());

/// The plain and the packed bytes of an embedded file.
type Bytes = (&'static [u8], &'static [u8]);

static FILES: LazyLock<HashMap<&'static str, Bytes>> = LazyLock::new(|| {
    embedded::EMBEDDED.iter().map(|(name, plain, packed)| (*name, (*plain, *packed))).collect()
});

/// The address of the asset `name`, for example `css/main.css`.
pub fn url(name: &str) -> Cow<'static, str> {
    match ADDRESSES.get(name) {
        Some(address) => Cow::Borrowed(address.as_str()),
        None => Cow::Owned(address(name)),
    }
}

/// The version in every address: a digest of all files.
pub fn version() -> &'static str {
    embedded::VERSION.unwrap_or(UNVERSIONED)
}

fn address(name: &str) -> String {
    format!("/assets/{}/{name}", version())
}

/// One file, ready to be sent.
struct Found {
    plain: Cow<'static, [u8]>,
    packed: Option<&'static [u8]>,
}

/// `GET /assets/{version}/{*name}`.
pub async fn serve(Path((asked, name)): Path<(String, String)>, headers: HeaderMap) -> Response {
    let Some(found) = find(&name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    answer(found, &name, asked == version() && version() != UNVERSIONED, &headers)
}

/// The bytes of an asset, for answers that are made from it.
pub fn source(name: &str) -> Option<Cow<'static, [u8]>> {
    find(name).map(|found| found.plain)
}

fn find(name: &str) -> Option<Found> {
    if embedded::VERSION.is_none() {
        return from_disk(name).map(|bytes| Found { plain: Cow::Owned(bytes), packed: None });
    }
    FILES.get(name).map(|(plain, packed)| Found { plain: Cow::Borrowed(plain), packed: Some(packed) })
}

/// The current bytes of an asset of the source tree; never leaves its folder.
fn from_disk(name: &str) -> Option<Vec<u8>> {
    let safe = name.split('/').all(|part| !part.is_empty() && !part.starts_with('.') && !part.contains('\\'));
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("assets");
    safe.then(|| std::fs::read(folder.join(name)).ok()).flatten()
}

fn answer(found: Found, name: &str, forever: bool, headers: &HeaderMap) -> Response {
    let packed = found.packed.filter(|packed| packed.len() < found.plain.len() && accepts_gzip(headers));
    let tag = etag(&found.plain, packed.is_some());
    let unchanged =
        headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes());
    let mut response = if unchanged {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Response::new(match (packed, found.plain) {
            (Some(packed), _) => Body::from(packed),
            (None, Cow::Borrowed(plain)) => Body::from(plain),
            (None, Cow::Owned(plain)) => Body::from(plain),
        })
    };
    let out = response.headers_mut();
    out.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type(name)));
    out.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    let caching = if forever { "public, max-age=31536000, immutable" } else { "no-cache" };
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        out.insert(header::ETAG, tag);
    }
    if packed.is_some() && !unchanged {
        out.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response
}

fn accepts_gzip(headers: &HeaderMap) -> bool {
    let Some(accepted) = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()) else {
        return false;
    };
    accepted.split(',').any(|one| {
        let (name, quality) = one.split_once(';').unwrap_or((one, "q=1"));
        let refused = matches!(quality.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000");
        name.trim().eq_ignore_ascii_case("gzip") && !refused
    })
}

/// A strong validator of the sent form (FNV-1a, 64 bits: chance of a clash between two versions of a file is nil).
fn etag(bytes: &[u8], packed: bool) -> String {
    let step = |digest: u64, byte: &u8| (digest ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    let digest = bytes.iter().fold(0xcbf2_9ce4_8422_2325, step);
    format!("\"{digest:016x}{}\"", if packed { "-gz" } else { "" })
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("woff2") => "font/woff2",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
