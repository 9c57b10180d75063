//! `/undo/{token}`: the link of a notice about changed contacts. Opening it changes nothing; the button does, without
//! signing in, because who took the account over has changed what one signs in by.

use super::super::{Look, Undone, look, undo};
use crate::web::fault::Fault;
use crate::web::form::Form;
use crate::web::page::Page;
use crate::web::ui::{Button, LinkButton, Weight};
use crate::web::visit::Visit;
use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;

#[derive(Template)]
#[template(path = "contacts/templates/undo.html")]
struct UndoPage {
    page: Page,
    live: Option<Live>,
    used: bool,
    submit: Button,
    recover: LinkButton,
    /// Hours without further changes.
    hold_hours: i64,
}

struct Live {
    /// What was changed, and when.
    lead: String,
    until: String,
    action: String,
}

fn draw(visit: &Visit, token: &str, look: Look) -> Response {
    let mut page = visit.page();
    // The switches of language and looks must not carry the token around.
    page.path = "/recover".into();
    let status = if matches!(look, Look::Live { .. }) { StatusCode::OK } else { StatusCode::GONE };
    let used = look == Look::Used;
    let live = match look {
        Look::Live { back, at, until } => Some(Live {
            lead: match back {
                Some(contact) => {
                    let args = [("time", page.date_time(at).into()), ("contact", contact.into())];
                    page.tf("contacts-undo-left", &args)
                }
                None => page.tf1("contacts-undo-came", "time", page.date_time(at)),
            },
            until: page.date_time(until),
            action: format!("/undo/{token}"),
        }),
        Look::Used | Look::Dead => None,
    };
    let template = UndoPage {
        live,
        used,
        submit: Button::new(page.t("contacts-undo-submit")).weight(Weight::Danger),
        recover: LinkButton::new(page.t("contacts-undo-recover"), "/recover"),
        hold_hours: visit.app().config().contacts.hold_hours,
        page,
    };
    visit.html(status, &template)
}

/// Says what was changed and what the button will do.
pub async fn get(visit: Visit, Path(token): Path<String>) -> std::result::Result<Response, Fault> {
    let (ctx, asked) = (visit.ctx().clone(), token.clone());
    let found = visit.app().read(move |tx| look(tx, &ctx, &asked)).await?;
    Ok(draw(&visit, &token, found))
}

/// Brings the former contacts back and leads on to a new password.
pub async fn post(
    visit: Visit,
    Path(token): Path<String>,
    Form(fields): Form,
) -> std::result::Result<Response, Fault> {
    fields.only(&[])?;
    let (ctx, config, asked) = (visit.ctx().clone(), visit.app().config_arc(), token.clone());
    match visit.app().write(move |tx| undo(tx, &ctx, &config, &asked)).await? {
        Undone::Done(account) => {
            visit.app().sessions().forget(&account);
            Ok(visit.see_other_with("/recover", "contact-undone"))
        }
        Undone::Used => Ok(draw(&visit, &token, Look::Used)),
        Undone::Dead => Ok(draw(&visit, &token, Look::Dead)),
    }
}
