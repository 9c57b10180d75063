//! `/cabinet/security/factors`: what the account has besides its password, and how to add and remove it.
//!
//! Every change takes a factor given within the last five minutes, and a second factor when the account has any.

mod codes;
mod list;
mod sms;
mod totp;

pub use codes::after_binding;

use super::Kinds;
use crate::error::Result;
use crate::sessions::{self, Session};
use crate::web::routes::{Access, Routes};
use crate::web::texts;
use crate::web::visit::Visit;
use axum::response::Response;
use kernel::text;
use std::sync::Arc;

/// The page with the list.
pub const PAGE: &str = "/cabinet/security/factors";

/// The most characters of a factor's name.
const NAME_MOST: usize = 60;

/// The routes.
pub fn routes() -> Routes {
    use Access::SignedIn;
    Routes::default()
        .get("/cabinet/security/factors", SignedIn, list::get)
        .post("/cabinet/security/factors/rename", SignedIn, list::rename)
        .post("/cabinet/security/factors/remove", SignedIn, list::remove)
        .post("/cabinet/security/factors/distrust", SignedIn, list::distrust)
        .get("/cabinet/security/factors/app", SignedIn, totp::get)
        .post("/cabinet/security/factors/app", SignedIn, totp::post)
        .get("/cabinet/security/factors/sms", SignedIn, sms::get)
        .post("/cabinet/security/factors/sms", SignedIn, sms::send)
        .post("/cabinet/security/factors/sms/code", SignedIn, sms::check)
        .get("/cabinet/security/factors/codes", SignedIn, codes::get)
        .post("/cabinet/security/factors/codes", SignedIn, codes::post)
        .post("/cabinet/security/factors/codes/file", SignedIn, codes::file)
}

/// Where to send somebody whose session is too weak to change factors; nobody when it is strong enough.
async fn too_weak(visit: &Visit, session: &Arc<Session>, page: &str) -> Result<Option<Response>> {
    let account = session.account.clone();
    let bound: Kinds = visit.app().read(move |tx| super::bound(tx, &account)).await?;
    let weak = !super::strong_enough(&session.methods, bound);
    Ok(weak.then(|| visit.see_other(&format!("/confirm?back={page}"))))
}

/// What the owner calls a factor, in the form it is kept in.
///
/// # Errors
/// The words for the field.
fn name_of(visit: &Visit, typed: &str) -> std::result::Result<String, String> {
    let error = |key| texts::text(visit.lang(), key).to_owned();
    let name = text::nfc(text::trim(typed));
    if name.is_empty() {
        return Err(error("factors-name-empty"));
    }
    let plain = name.chars().all(|sign| !sign.is_control() && !text::is_invisible(sign));
    if !plain || name.chars().count() > NAME_MOST {
        return Err(error("factors-name-odd"));
    }
    Ok(name)
}

/// Gives the browser the session's new secret.
fn keep(visit: &Visit, response: &mut Response, session: &Session, token: Option<&sessions::Token>) {
    if let Some(token) = token {
        sessions::web::keep_cookie(visit, response, token, session.remember);
    }
}
