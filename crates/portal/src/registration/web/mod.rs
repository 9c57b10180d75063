//! The pages of registration, one file a screen.

mod code;
mod link;
mod password;
mod start;
mod taken;

use super::{RegistrationId, State, Step, rules::Draft};
use crate::accounts::ContactType;
use crate::error::Result;
use crate::web::routes::{Access, Routes};
use crate::web::ui::Steps;
use crate::web::visit::Visit;
use axum::http::header;
use axum::response::Response;
use kernel::Lang;

/// The cookie of a draft.
const COOKIE: &str = "reg";

/// The routes.
pub fn routes() -> Routes {
    use Access::Anyone;
    Routes::default()
        .get("/register", Anyone, start::get)
        .post("/register", Anyone, start::post)
        .post("/register/discard", Anyone, start::discard)
        .get("/register/code", Anyone, code::get)
        .post("/register/code", Anyone, code::post)
        .post("/register/code/send", Anyone, code::send)
        .post("/register/code/later", Anyone, code::later)
        .get("/register/link/{token}", Anyone, link::get)
        .post("/register/link/{token}", Anyone, link::post)
        .get("/register/taken", Anyone, taken::get)
        .post("/register/taken", Anyone, taken::post)
        .get("/register/password", Anyone, password::get)
        .post("/register/password", Anyone, password::post)
}

/// The draft's cookie in a request.
fn cookie(headers: &axum::http::HeaderMap, visit: &Visit) -> Option<String> {
    visit.app().jar().get(headers, COOKIE).filter(|token| token.len() == 43).map(str::to_owned)
}

/// The state of this browser's draft.
async fn state(visit: &Visit, token: Option<String>) -> Result<State> {
    let ctx = visit.ctx().clone();
    visit.app().read(move |tx| super::state(tx, &ctx, token.as_deref())).await
}

/// The open draft, or where to go instead.
async fn open(
    visit: &Visit,
    token: Option<String>,
) -> Result<std::result::Result<(RegistrationId, Draft), Response>> {
    Ok(match state(visit, token).await? {
        State::Open(id, draft) => Ok((id, *draft)),
        State::Done(_) if visit.session().is_some() => Err(visit.see_other("/cabinet")),
        State::Done(_) => Err(visit.see_other("/sign-in")),
        State::None => Err(visit.see_other_with("/register", "draft-gone")),
    })
}

/// The page of a step.
fn path(step: Step) -> &'static str {
    match step {
        Step::Confirm(_) => "/register/code",
        Step::Taken(_) => "/register/taken",
        Step::Password => "/register/password",
        Step::Data => "/register",
    }
}

/// All stages ahead (spec 01 §1): data, contact, password, done.
fn steps(lang: Lang, current: usize) -> Steps {
    let keys = [
        "registration-step-data",
        "registration-step-contact",
        "registration-step-password",
        "registration-step-done",
    ];
    Steps::new(lang, keys.map(|key| crate::web::texts::text(lang, key)), current)
}

/// Gives the draft's cookie to the browser.
fn keep_cookie(visit: &Visit, response: &mut Response, token: &str) {
    let seconds = visit.app().config().registration.draft_hours * 3_600;
    response.headers_mut().append(header::SET_COOKIE, visit.app().jar().set(COOKIE, token, Some(seconds)));
}

/// Takes the draft's cookie away.
fn drop_cookie(visit: &Visit, response: &mut Response) {
    response.headers_mut().append(header::SET_COOKIE, visit.app().jar().clear(COOKIE));
}

/// The contact whose turn it is, when the step is one of confirming.
fn waiting(draft: &Draft) -> Option<ContactType> {
    match draft.step() {
        Step::Confirm(kind) => Some(kind),
        _ => None,
    }
}
