//! The web shell: pages, texts, components, public files, and what stands around every handler.

pub mod address;
pub mod agent;
pub mod assets;
pub mod back;
pub mod challenge_field;
pub mod components;
pub mod cookies;
pub mod fault;
pub mod fields;
pub mod flash;
pub mod form;
pub mod format;
pub mod fresh;
pub mod headers;
pub mod legal;
pub mod mail;
pub mod new_password;
pub mod own;
pub mod page;
pub mod pages;
pub mod preferences;
pub mod public;
pub mod pwa;
pub mod routes;
pub mod shell;
pub mod stream;
pub mod templates;
pub mod texts;
pub mod ui;
pub mod visit;

use crate::app::App;
use crate::devices;
use crate::safety;
use crate::staff;
use crate::{audit, cabinet, challenge, closing, factors, recovery, registration, sessions, signin};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use routes::Routes;
use std::sync::Arc;

/// Every route of the portal with its access rule.
pub fn routes() -> Routes {
    public::routes()
        .and(registration::web::routes())
        .and(crate::contacts::web::routes())
        .and(signin::web::routes())
        .and(signin::methods::passkey::web::routes())
        .and(signin::qr::web::routes())
        .and(recovery::web::routes())
        .and(crate::profile::web::routes())
        .and(crate::documents::web::routes())
        .and(crate::checks::web::routes())
        .and(closing::web::routes())
        .and(sessions::web::routes())
        .and(devices::web::routes())
        .and(factors::web::routes())
        .and(safety::web::routes())
        .and(crate::notifications::web::routes())
        .and(cabinet::routes())
        .and(audit::web::routes())
        .and(staff::web::routes())
        .and(crate::review::web::routes())
}

/// The whole portal as a service.
pub fn router(app: App) -> Router {
    let renders = challenge::web::Renders::new(&app.config().challenge, app.keys().clone(), app.clock_arc());
    routes()
        .into_router()
        .merge(challenge::web::routes(renders))
        .fallback(shell::not_found)
        .method_not_allowed_fallback(shell::method_not_allowed)
        .layer(DefaultBodyLimit::max(form::MOST_BYTES))
        .layer(axum::middleware::from_fn_with_state(Arc::new(shell::Shell::new(app.clone())), shell::around))
        .with_state(app)
}
