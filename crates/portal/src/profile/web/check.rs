//! One field of an open form, while it is typed: what is wrong with it, by the very rules that the whole form goes
//! through, and the text is kept, so that a phone that runs out of power loses nothing.

use super::super::{Field, keep_typed};
use crate::web::fault::Fault;
use crate::web::form::Form;
use crate::web::visit::SignedIn;
use axum::Json;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

#[derive(Serialize)]
struct Checked {
    /// The text as it should stand in the field, when it can be read.
    shown: Option<String>,
    /// What is wrong, in the page's language.
    error: Option<&'static str>,
}

/// Checks and keeps one field.
pub async fn post(
    SignedIn { visit, session }: SignedIn,
    Form(fields): Form,
) -> std::result::Result<Response, Fault> {
    fields.only(&["field", "typed"])?;
    let field = Field::from_word(fields.text("field")).ok_or_else(Fault::not_found)?;
    let (ctx, account, typed) =
        (visit.ctx().clone(), session.account.clone(), fields.text("typed").to_owned());
    let (profile, fault) = visit.app().write(move |tx| keep_typed(tx, &ctx, &account, field, &typed)).await?;
    let read = field.read(&profile.typed(field), profile.against()).ok();
    let answer = Checked {
        shown: read.filter(|_| fault.is_none()).map(|stored| field.shown(&stored)),
        error: fault.map(|key| visit.t(key)),
    };
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(answer)).into_response())
}
