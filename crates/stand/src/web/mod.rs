//! The page and the JSON API on the main port.

mod api;
mod page;
mod people;
mod people_text;
mod registers;
mod segments;
mod text;

use crate::Running;
use crate::system::World;
use crate::tls::Certificates;
use axum::Router;
use axum::extract::Request;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use std::sync::Arc;

/// What every handler gets.
#[derive(Clone)]
struct Web {
    world: World,
    places: Arc<Vec<Running>>,
    ca_pem: Arc<str>,
    client_pem: Arc<str>,
}

/// Only what comes from here, and no inline script or style.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Everything that is served on the main port.
pub(crate) fn app(world: &World, places: &[Running], certificates: &Certificates) -> Router {
    let web = Web {
        world: world.clone(),
        places: Arc::new(places.to_vec()),
        ca_pem: certificates.ca_pem.as_str().into(),
        client_pem: certificates.client_pem.as_str().into(),
    };
    let systems = places.iter().fold(Router::new(), |router, place| router.merge(place.system.routes(world)));
    let own = Router::new()
        .merge(api::routes())
        .merge(page::routes())
        .merge(people::routes())
        .merge(registers::routes())
        .route(
            "/assets/stand.css",
            get(|| asset("text/css; charset=utf-8", include_str!("../../assets/stand.css"))),
        )
        .route(
            "/assets/stand.js",
            get(|| asset("text/javascript; charset=utf-8", include_str!("../../assets/stand.js"))),
        )
        .route("/assets/mark.svg", get(|| asset("image/svg+xml", include_str!("../../assets/mark.svg"))))
        .route("/favicon.ico", get(|| asset("image/svg+xml", include_str!("../../assets/mark.svg"))))
        .layer(middleware::from_fn(same_site))
        .layer(middleware::from_fn(headers))
        .with_state(web);
    systems.merge(own)
}

async fn asset(kind: &'static str, body: &'static str) -> Response {
    ([(CONTENT_TYPE, kind)], body).into_response()
}

/// Another site's page must not switch faults in a developer's browser.
async fn same_site(request: Request, next: Next) -> Response {
    let site = request.headers().get("sec-fetch-site").and_then(|value| value.to_str().ok());
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    if !reads && !matches!(site, None | Some("same-origin" | "none")) {
        return (StatusCode::FORBIDDEN, "another site may not do this\n").into_response();
    }
    next.run(request).await
}

async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(POLICY));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
