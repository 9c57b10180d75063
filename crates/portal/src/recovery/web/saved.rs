//! `/cabinet/security/recovery`: the saved recovery code.

use crate::error::Result;
use crate::factors;
use crate::recovery::papers;
use crate::sessions::Session;
use crate::web::fault::Fault;
use crate::web::form::Form;
use crate::web::fresh::Fresh;
use crate::web::page::{Kind, Page};
use crate::web::ui::{Button, Notice, Weight};
use crate::web::visit::Visit;
use askama::Template;
use axum::response::Response;
use kernel::Time;

#[derive(Template)]
#[template(path = "recovery/templates/saved.html")]
struct SavedPage {
    page: Page,
    made: Option<String>,
    code: Option<String>,
    once: Notice,
    make: Button,
}

fn draw(visit: &Visit, made: Option<Time>, code: Option<String>) -> Response {
    let page = visit.page();
    let label = if made.is_some() { "recovery-saved-renew" } else { "recovery-saved-make" };
    let template = SavedPage {
        made: made.map(|at| page.tf1("recovery-saved-made", "date", page.date_time(at))),
        code,
        once: Notice::new(page.lang, Kind::Warning, page.t("recovery-saved-once")),
        make: Button::new(page.t(label)).weight(Weight::Primary),
        page,
    };
    visit.ok(&template)
}

/// Where to send somebody whose session is too weak: the code stands for a factor, so it takes one.
async fn too_weak(visit: &Visit, session: &Session) -> Result<Option<Response>> {
    let account = session.account.clone();
    let bound = visit.app().read(move |tx| factors::bound(tx, &account)).await?;
    let weak = !factors::strong_enough(&session.methods, bound);
    Ok(weak.then(|| visit.see_other("/confirm?back=/cabinet/security/recovery")))
}

/// Whether there is one, and since when.
pub async fn get(Fresh { visit, session }: Fresh) -> std::result::Result<Response, Fault> {
    if let Some(elsewhere) = too_weak(&visit, &session).await? {
        return Ok(elsewhere);
    }
    let id = session.account.clone();
    let made = visit.app().read(move |tx| papers::saved_at(tx, &id)).await?;
    Ok(draw(&visit, made, None))
}

/// Makes a new one and shows it once.
pub async fn post(
    Fresh { visit, session }: Fresh,
    Form(fields): Form,
) -> std::result::Result<Response, Fault> {
    fields.only(&[])?;
    if let Some(elsewhere) = too_weak(&visit, &session).await? {
        return Ok(elsewhere);
    }
    let (ctx, id) = (visit.ctx().clone(), session.account.clone());
    let made: Result<_> = visit.app().write(move |tx| papers::make_saved(tx, &ctx, &id)).await;
    Ok(draw(&visit, Some(visit.now()), Some(made?.expose().clone())))
}
