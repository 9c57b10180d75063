//! `/cabinet/security/passkeys/new`: a new key.

use super::super::options::{self, Named};
use super::super::{Created, Part, Registering, register, rules, store};
use super::list::name_field;
use crate::accounts;
use crate::error::Result;
use crate::factors;
use crate::sessions::Session;
use crate::web::fault::Fault;
use crate::web::form::Form;
use crate::web::fresh::Fresh;
use crate::web::page::{Kind, Page};
use crate::web::ui::{ErrorSummary, Errors, Notice, TextField};
use crate::web::visit::Visit;
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;

const PLACE: &str = "/cabinet/security/passkeys";

#[derive(Template)]
#[template(path = "signin/methods/passkey/templates/add.html")]
struct AddPage {
    page: Page,
    summary: Option<ErrorSummary>,
    error: Option<Notice>,
    field: TextField,
    part: Part,
}

/// What was wrong with the last try.
enum Wrong {
    Name,
    Key(&'static str),
}

async fn draw(visit: &Visit, session: &Session, typed: &str, wrong: Option<Wrong>) -> Result<Response> {
    let (ctx, account) = (visit.ctx().clone(), session.account.clone());
    let (keys, contact) = visit
        .app()
        .read(move |tx| {
            let contact = accounts::display_contacts(tx, &ctx, &account)?.into_iter().next();
            Ok((store::list(tx, &ctx, &account)?, contact.map(|(_, shown)| shown).unwrap_or_default()))
        })
        .await?;
    let page = visit.page();
    // All keys of an account carry one handle of chance, without a personal value.
    let user =
        keys.first().map_or_else(|| visit.ctx().rng().bytes::<32>().to_vec(), |key| key.sealed.user.clone());
    let user = B64.encode(user);
    let name = session.person.address_name();
    let named = Named { user: &user, name: &contact, display_name: &name };
    let settings = &visit.app().config().passkeys;
    let options = options::create(visit.ctx(), settings, session.id.as_str(), &named, &keys);
    let mut errors = Errors::new();
    if matches!(wrong, Some(Wrong::Name)) {
        errors.add("name", page.t("signin-passkey-name-bad"));
    }
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let template = AddPage {
        summary: errors.summary(page.lang),
        error: match wrong {
            Some(Wrong::Key(words)) => Some(Notice::new(page.lang, Kind::Danger, words).live()),
            _ => None,
        },
        field: name_field(page.lang, "name").value(typed).error(errors.get("name")),
        part: Part::create(visit.ctx(), &options, &user),
        page,
    };
    Ok(visit.html(status, &template))
}

/// Whether this session may add a key: with a factor of its own when the account has any.
async fn may(visit: &Visit, session: &Session) -> Result<bool> {
    let (account, methods) = (session.account.clone(), session.methods.clone());
    visit.app().read(move |tx| Ok(factors::strong_enough(&methods, factors::bound(tx, &account)?))).await
}

fn confirm(visit: &Visit) -> Response {
    visit.see_other("/confirm?back=/cabinet/security/passkeys/new")
}

/// The page.
pub async fn get(Fresh { visit, session }: Fresh) -> std::result::Result<Response, Fault> {
    if !may(&visit, &session).await? {
        return Ok(confirm(&visit));
    }
    Ok(draw(&visit, &session, "", None).await?)
}

/// Binds the key that the browser made.
pub async fn post(
    Fresh { visit, session }: Fresh,
    Form(fields): Form,
) -> std::result::Result<Response, Fault> {
    fields.only(&["name", "answer", "user"])?;
    if !may(&visit, &session).await? {
        return Ok(confirm(&visit));
    }
    let typed = fields.text("name");
    let Some(name) = rules::name(typed) else {
        return Ok(draw(&visit, &session, typed, Some(Wrong::Name)).await?);
    };
    let Some(created) = Created::read(fields.text("answer")) else {
        let words = visit.t("signin-passkey-empty");
        return Ok(draw(&visit, &session, typed, Some(Wrong::Key(words))).await?);
    };
    let (ctx, config, own) = (visit.ctx().clone(), visit.app().config_arc(), session.clone());
    let user = fields.text("user").to_owned();
    let made = visit.app().write(move |tx| register(tx, &ctx, &config, &own, &user, &name, &created)).await;
    visit.app().sessions().forget(&session.account);
    let words = match made? {
        Registering::Done(_, Some(codes)) => return Ok(factors::web::after_binding(&visit, Some(codes))),
        Registering::Done(_, None) => return Ok(visit.see_other_with(PLACE, "passkey-added")),
        Registering::Already => visit.t("signin-passkey-known"),
        Registering::TooMany => visit.t("signin-passkey-too-many"),
        Registering::Expired => visit.t("signin-passkey-error-expired"),
        Registering::Refused(reason) => {
            tracing::info!(reason, "a new passkey was refused");
            visit.t("signin-passkey-error-new")
        }
    };
    Ok(draw(&visit, &session, typed, Some(Wrong::Key(words))).await?)
}
