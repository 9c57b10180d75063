//! `/register/link/{token}`: the link of the letter. Opening it changes nothing; the button does.

use super::super::Link;
use crate::web::fault::Fault;
use crate::web::form::Form;
use crate::web::page::Page;
use crate::web::ui::{Button, Weight};
use crate::web::visit::Visit;
use askama::Template;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

#[derive(Template)]
#[template(path = "registration/templates/link.html")]
struct LinkPage {
    page: Page,
    live: Option<LiveLink>,
    submit: Button,
}

struct LiveLink {
    first_name: String,
    here: bool,
    action: String,
}

/// Shows whose registration it is and a button.
pub async fn get(
    visit: Visit,
    headers: HeaderMap,
    Path(token): Path<String>,
) -> std::result::Result<Response, Fault> {
    let (ctx, cookie) = (visit.ctx().clone(), super::cookie(&headers, &visit));
    let spent = token.clone();
    let link =
        visit.app().read(move |tx| super::super::look_at_link(tx, &ctx, &token, cookie.as_deref())).await?;
    let (status, live) = match link {
        Link::Live { first_name, here, .. } => {
            (StatusCode::OK, Some(LiveLink { first_name, here, action: format!("/register/link/{spent}") }))
        }
        Link::Dead => (StatusCode::GONE, None),
    };
    let submit = Button::new(visit.t("registration-link-submit")).weight(Weight::Accent);
    let mut page = visit.page();
    // The switches of language and looks must not carry the token around.
    page.path = "/register".into();
    Ok(visit.html(status, &LinkPage { page, live, submit }))
}

/// Confirms the address and goes on with the registration in this browser.
pub async fn post(
    visit: Visit,
    headers: HeaderMap,
    Path(token): Path<String>,
    Form(fields): Form,
) -> std::result::Result<Response, Fault> {
    fields.only(&[])?;
    let (ctx, config, cookie) =
        (visit.ctx().clone(), visit.app().config_arc(), super::cookie(&headers, &visit));
    let own = cookie.clone();
    let followed = visit
        .app()
        .write(move |tx| super::super::follow_link(tx, &ctx, &config, &token, cookie.as_deref()))
        .await?;
    match followed {
        Some(Some(moved)) => {
            let mut response = visit.see_other_with("/register/code", "contact-confirmed");
            super::keep_cookie(&visit, &mut response, &moved);
            Ok(response)
        }
        Some(None) => Ok(visit.see_other_with("/register/code", "contact-confirmed")),
        // Sent twice: the draft of this browser knows where it stands.
        None if own.is_some() => Ok(visit.see_other("/register/code")),
        None => Ok(visit.see_other_with("/register", "draft-gone")),
    }
}
