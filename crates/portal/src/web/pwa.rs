//! The portal as an application on a phone: manifest and service worker.

use super::assets;
use super::page::Brand;
use super::texts::text;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use kernel::Lang;
use serde_json::json;

/// Answers `GET /manifest.webmanifest?lang=…` with the deployment's name and colours.
pub fn manifest(brand: &Brand, lang: Lang) -> Response {
    let icon = |name: &str, sizes: &str, purpose: &str| {
        let media = if name.ends_with(".svg") { "image/svg+xml" } else { "image/png" };
        json!({ "src": assets::url(name), "sizes": sizes, "type": media, "purpose": purpose })
    };
    let body = json!({
        "id": "/",
        "name": brand.name(lang),
        "short_name": brand.name(lang),
        "description": text(lang, "web-home-lead"),
        "lang": lang.tag(),
        "dir": "ltr",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#fbfaf7",
        "theme_color": brand.theme_color,
        "icons": [
            icon("icons/icon-192.png", "192x192", "any"),
            icon("icons/icon-512.png", "512x512", "any"),
            icon("icons/icon-maskable-512.png", "512x512", "maskable"),
            icon("icons/mark.svg", "any", "any"),
        ],
        "shortcuts": [
            { "name": text(lang, "web-sign-in"), "url": "/sign-in" },
            { "name": text(lang, "web-cabinet"), "url": "/cabinet" },
        ],
    });
    let mut response = body.to_string().into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/manifest+json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

/// Answers `GET /sw.js`: the worker with the version of the assets it keeps in front.
pub fn service_worker() -> Response {
    let Some(source) = assets::source("js/sw.js") else {
        return axum::http::StatusCode::NOT_FOUND.into_response();
    };
    let source = String::from_utf8_lossy(&source);
    let mut response = format!("const VERSION = \"{}\";\n{source}", assets::version()).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/javascript; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}
