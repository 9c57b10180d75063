//! Shows the shell's pages without the rest of the portal: `cargo run -p portal --example render_components`
//! serves them on 127.0.0.1:8099 for a look in a browser. A tool for developers; nothing here is real.

use askama::Template;
use axum::extract::{Path, Query, Request};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use kernel::{Clock, Lang, Level, SystemClock};
use portal::web::components::Components;
use portal::web::legal::{Document, Legal};
use portal::web::mail::MailPage;
use portal::web::page::{Brand, Page, Viewer};
use portal::web::pages::{ErrorPage, Help, Home, Offline};
use portal::web::preferences::{Preferences, PreferencesForm, change};
use portal::web::{assets, pwa};
use std::collections::HashMap;
use std::sync::Arc;

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let routes = Router::new()
        .route("/", get(async |r: Request| show(&Home::new(page(&r)))))
        .route("/dev/components", get(async |r: Request| show(&Components::new(page(&r)))))
        .route("/help", get(async |r: Request| show(&Help::new(page(&r)))))
        .route("/offline", get(async |r: Request| show(&Offline::new(page(&r)))))
        .route("/legal/{slug}", get(legal))
        .route("/error/{status}", get(error))
        .route("/mail", get(async |r: Request| Html(letter(&page(&r)).html().unwrap_or_default())))
        .route("/mail.txt", get(async |r: Request| letter(&page(&r)).text()))
        .route(
            "/preferences",
            post(async |headers: HeaderMap, Form(form): Form<PreferencesForm>| {
                change(choice(&headers), &form, false)
            }),
        )
        .route("/assets/{version}/{*name}", get(assets::serve))
        .route("/sw.js", get(async || pwa::service_worker()))
        .route(
            "/manifest.webmanifest",
            get(async |Query(asked): Query<HashMap<String, String>>| {
                let lang = asked.get("lang").and_then(|tag| Lang::from_tag(tag)).unwrap_or_default();
                pwa::manifest(&Brand::default(), lang)
            }),
        );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8099").await?;
    axum::serve(listener, routes).await
}

fn choice(headers: &HeaderMap) -> Preferences {
    Preferences::from_cookies(headers.get(header::COOKIE))
}

/// `?person` shows the page as a signed-in person sees it.
fn page(request: &Request) -> Page {
    let chosen = choice(request.headers());
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let person = request.uri().query().is_some_and(|query| query.contains("person"));
    let brand = Brand { hotline: Some("8 800 000-00-00".to_owned()), ..Brand::default() };
    Page {
        look: chosen.look,
        demo: true,
        request_id: "7F3A-2210-91C4".to_owned(),
        zone: brand.zone().unwrap_or(jiff::tz::TimeZone::UTC),
        brand: Arc::new(brand),
        viewer: person.then(|| Viewer::new("Анна", "Корабельникова", Level::Simplified)),
        ..Page::new(chosen.lang.unwrap_or_default(), path, SystemClock.now())
    }
}

fn show(page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => {
            let policy = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";
            ([(header::CONTENT_SECURITY_POLICY, policy)], Html(html)).into_response()
        }
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

async fn legal(Path(slug): Path<String>, request: Request) -> Response {
    match Document::from_slug(&slug) {
        Some(document) => show(&Legal::new(page(&request), document, &Default::default())),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn error(Path(status): Path<u16>, request: Request) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::NOT_FOUND);
    let wrong = ErrorPage::new(page(&request), status);
    show(&if status == StatusCode::SERVICE_UNAVAILABLE { wrong.retry_after(75) } else { wrong })
}

fn letter(page: &Page) -> MailPage {
    MailPage::new(page.lang, page.brand.clone(), "Код для входа")
        .paragraph("Введите этот код на странице регистрации. Он действует до 22 ноября 2026, 14:05.")
        .code("482 913")
        .button("Подтвердить адрес", "https://portal.example/register/link/sample")
        .footer("Если вы не создавали учётную запись, ничего делать не нужно: без кода её не откроют.")
}
