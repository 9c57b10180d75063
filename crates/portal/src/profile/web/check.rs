//! One field of an open form, while it is typed: what is wrong with it, by the very rules that the whole form goes
//! through, and the text is kept, so that a phone that runs out of power loses nothing.

use super::super::typing::{self, Kept, Typed};
use super::super::{Field, Seen};
use super::form::meanwhile;
use super::item::target;
use crate::web::fault::Fault;
use crate::web::form::{Fields, Form};
use crate::web::visit::{SignedIn, Visit};
use axum::Json;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

#[derive(Serialize)]
struct Checked {
    /// The text as it should stand in the field, when it can be read.
    shown: Option<String>,
    /// What is wrong, in the page's language.
    error: Option<String>,
    /// What the form was drawn from counts as this now.
    seen: String,
}

/// Checks and keeps one field that the person has once.
pub async fn post(
    SignedIn { visit, session }: SignedIn,
    Form(fields): Form,
) -> std::result::Result<Response, Fault> {
    let typed = read(&fields)?;
    let (ctx, account, what) = (visit.ctx().clone(), session.account.clone(), typed.clone());
    let kept = visit.app().write(move |tx| typing::keep(tx, &ctx, &account, &what)).await?;
    answer(&visit, &typed, kept)
}

/// Checks and keeps one field of an entry.
pub async fn post_item(
    SignedIn { visit, session }: SignedIn,
    Path((list, id)): Path<(String, String)>,
    Form(fields): Form,
) -> std::result::Result<Response, Fault> {
    // An unknown field of the form is told before an unknown entry.
    fields.only(&["field", "typed", "seen"])?;
    let target = target(&visit, &session, &list, &id)?;
    let typed = read(&fields)?;
    let (ctx, what) = (visit.ctx().clone(), typed.clone());
    let kept = visit.app().write(move |tx| typing::keep_in(tx, &ctx, &target, &what)).await?;
    answer(&visit, &typed, kept)
}

fn read(fields: &Fields) -> std::result::Result<Typed, Fault> {
    fields.only(&["field", "typed", "seen"])?;
    let field = Field::from_word(fields.text("field")).ok_or_else(Fault::not_found)?;
    Ok(Typed { field, text: fields.text("typed").to_owned(), seen: Seen::read(fields.text("seen")) })
}

fn answer(visit: &Visit, typed: &Typed, kept: Option<Kept>) -> std::result::Result<Response, Fault> {
    let Some(Kept { values, fault, ask, tag }) = kept else { return Err(Fault::not_found()) };
    let field = typed.field;
    let read = field.read(&values.typed(field), values.against()).ok();
    let error = match ask {
        true => Some(meanwhile(&visit.page(), &values, field)),
        false => fault.map(|key| visit.t(key).to_owned()),
    };
    let shown = read.filter(|_| error.is_none()).map(|stored| field.shown(&stored));
    let answer = Checked { shown, error, seen: tag };
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(answer)).into_response())
}
