//! The shell's own routes: home, help, legal texts, offline page, preferences, files.

use super::components::Components;
use super::fault::Fault;
use super::form::Form;
use super::legal::{Document, Legal};
use super::pages::{Help, Home, Offline};
use super::preferences::{self, PreferencesForm};
use super::routes::{Access, Routes};
use super::visit::Visit;
use super::{assets, pwa};
use axum::extract::Path;
use axum::response::Response;

/// The routes.
pub fn routes() -> Routes {
    use Access::{Anyone, Demo};
    Routes::default()
        .get("/", Anyone, home)
        .get("/help", Anyone, help)
        .get("/legal/{document}", Anyone, legal)
        .get("/offline", Anyone, offline)
        .post("/preferences", Anyone, change_preferences)
        .get("/manifest.webmanifest", Anyone, manifest)
        .get("/sw.js", Anyone, worker)
        .get("/assets/{version}/{*name}", Anyone, assets::serve)
        .get("/dev/components", Demo, components)
}

async fn home(visit: Visit) -> Response {
    visit.ok(&Home::new(visit.page()))
}

async fn help(visit: Visit) -> Response {
    visit.ok(&Help::new(visit.page()))
}

async fn legal(visit: Visit, Path(slug): Path<String>) -> Result<Response, Fault> {
    let document = Document::from_slug(&slug).ok_or_else(Fault::not_found)?;
    Ok(visit.ok(&Legal::new(visit.page(), document, visit.app().legal())))
}

async fn offline(visit: Visit) -> Response {
    visit.ok(&Offline::new(visit.page()))
}

async fn components(visit: Visit) -> Result<Response, Fault> {
    if !visit.app().config().demo {
        return Err(Fault::not_found());
    }
    Ok(visit.ok(&Components::new(visit.page())))
}

async fn manifest(visit: Visit) -> Response {
    pwa::manifest(&visit.app().config().brand, visit.lang())
}

async fn worker() -> Response {
    pwa::service_worker()
}

async fn change_preferences(visit: Visit, Form(fields): Form) -> Result<Response, Fault> {
    fields.only(&["language", "theme", "large_text", "contrast", "return"])?;
    let chosen = |name| Some(fields.text(name)).filter(|value| !value.is_empty()).map(str::to_owned);
    let form = PreferencesForm {
        csrf: String::new(), // checked by `Form` already
        language: chosen("language"),
        theme: chosen("theme"),
        large_text: chosen("large_text"),
        contrast: chosen("contrast"),
        back: fields.text("return").to_owned(),
    };
    Ok(preferences::change(visit.preferences(), &form, visit.app().jar().secure))
}
