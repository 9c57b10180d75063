//! Adding an application with codes: the secret as QR code and as letters, bound by its first right code.
//!
//! The page writes nothing. The secret travels sealed in the form, under the account's data key, with the session and the
//! time it is for; whoever opened the page had given a factor just before, and may take some minutes to set up a phone.

use super::super::{self as factors, Bound, Codes, Kind, New, totp};
use super::{NAME_MOST, PAGE, codes, keep, name_of, too_weak};
use crate::accounts;
use crate::error::Result;
use crate::sessions::{self, Session};
use crate::web::fault::Fault;
use crate::web::form::Form;
use crate::web::fresh::Fresh;
use crate::web::page::Page;
use crate::web::ui::{Button, CodeField, ErrorSummary, Errors, Qr, TextField, Weight};
use crate::web::visit::{SignedIn, Visit};
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use kernel::code::OneTimeCode;
use kernel::{Span, Time};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use zeroize::Zeroizing;

/// What the sealed field holds.
#[derive(Serialize, Deserialize)]
struct Setup {
    secret: String,
    session: String,
    until: i64,
}

#[derive(Template)]
#[template(path = "factors/templates/app.html")]
struct AppPage {
    page: Page,
    summary: Option<ErrorSummary>,
    qr: Option<Qr>,
    uri: String,
    key: String,
    setup: String,
    name: TextField,
    code: CodeField,
    submit: Button,
}

/// A secret that is being set up.
struct Open {
    secret: Zeroizing<Vec<u8>>,
    field: String,
}

async fn draw(
    visit: &Visit,
    session: &Session,
    open: &Open,
    typed: &str,
    errors: &Errors,
) -> Result<Response> {
    let (ctx, id) = (visit.ctx().clone(), session.account.clone());
    let label = visit
        .app()
        .read(move |tx| Ok(accounts::display_contacts(tx, &ctx, &id)?.into_iter().next()))
        .await?
        .map(|(_, shown)| shown)
        .unwrap_or_default();
    let page = visit.page();
    let lang = page.lang;
    let uri = totp::uri(&open.secret, page.portal(), &label);
    let template = AppPage {
        summary: errors.summary(lang),
        qr: Qr::new(&uri, page.t("factors-app-qr")),
        uri: uri.to_string(),
        key: totp::grouped(&open.secret).to_string(),
        setup: open.field.clone(),
        name: TextField::new(lang, "name")
            .label(page.t("factors-app-name"))
            .hint(page.t("factors-app-name-hint"))
            .value(typed)
            .autocomplete("off")
            .maxlength(NAME_MOST)
            .error(errors.get("name")),
        code: CodeField::new(lang, "code", totp::DIGITS)
            .label(page.t("factors-app-code"))
            .hint(page.t("factors-app-code-hint"))
            .auto_submit(false)
            .error(errors.get("code")),
        submit: Button::new(page.t("factors-app-submit")).weight(Weight::Accent),
        page,
    };
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(visit.html(status, &template))
}

/// A new secret, sealed for this session.
async fn fresh(visit: &Visit, session: &Session) -> Result<Open> {
    let mut rng = visit.ctx().rng();
    let secret = Zeroizing::new(rng.bytes::<{ totp::SECRET_BYTES }>().to_vec());
    let minutes = visit.app().config().factors.bind_minutes;
    let setup = Setup {
        secret: B64.encode(&*secret),
        session: session.id.to_string(),
        until: (visit.now() + Span::minutes(minutes)).0,
    };
    let plain = Zeroizing::new(serde_json::to_vec(&setup)?);
    let (ctx, id) = (visit.ctx().clone(), session.account.clone());
    let key = visit.app().read(move |tx| accounts::data_key(tx, &ctx, &id)).await?;
    Ok(Open { secret, field: B64.encode(key.seal("factor.setup", &plain, &mut rng)) })
}

/// The secret of a form, when this session made it not too long ago.
async fn opened(visit: &Visit, session: &Session, field: &str) -> Result<Option<Open>> {
    let Ok(sealed) = B64.decode(field) else { return Ok(None) };
    let (ctx, id) = (visit.ctx().clone(), session.account.clone());
    let key = visit.app().read(move |tx| accounts::data_key(tx, &ctx, &id)).await?;
    let Ok(plain) = key.open("factor.setup", &sealed).map(Zeroizing::new) else { return Ok(None) };
    let Ok(setup) = serde_json::from_slice::<Setup>(&plain) else { return Ok(None) };
    if setup.session != session.id.as_str() || visit.now() >= Time(setup.until) {
        return Ok(None);
    }
    let Ok(secret) = B64.decode(&setup.secret) else { return Ok(None) };
    Ok(Some(Open { secret: Zeroizing::new(secret), field: field.to_owned() }))
}

/// Shows a new secret.
pub async fn get(Fresh { visit, session }: Fresh) -> std::result::Result<Response, Fault> {
    if let Some(elsewhere) = too_weak(&visit, &session, "/cabinet/security/factors/app").await? {
        return Ok(elsewhere);
    }
    let open = fresh(&visit, &session).await?;
    Ok(draw(&visit, &session, &open, visit.t("factors-app-name-value"), &Errors::new()).await?)
}

/// Binds it by its first code.
pub async fn post(
    SignedIn { visit, session }: SignedIn,
    Form(fields): Form,
) -> std::result::Result<Response, Fault> {
    fields.only(&["setup", "name", "code"])?;
    if let Some(elsewhere) = too_weak(&visit, &session, "/cabinet/security/factors/app").await? {
        return Ok(elsewhere);
    }
    let Some(open) = opened(&visit, &session, fields.text("setup")).await? else {
        return Ok(visit.see_other_with("/cabinet/security/factors/app", "factor-setup-over"));
    };
    let (name, typed) = (name_of(&visit, fields.text("name")), fields.text("code"));
    let mut errors = Errors::new();
    if let Err(words) = &name {
        errors.add("name", words.as_str());
    }
    let step = match OneTimeCode::parse(typed, totp::DIGITS) {
        Ok(code) => totp::matching_step(&open.secret, code.expose(), visit.now(), 0),
        Err(_) => None,
    };
    let (Some(step), Ok(name)) = (step, name) else {
        if step.is_none() {
            errors.add("code", visit.t("factors-app-wrong"));
        }
        return Ok(draw(&visit, &session, &open, fields.text("name"), &errors).await?);
    };
    let done = bind(&visit, &session, open.secret, name, step).await?;
    visit.app().sessions().forget(&session.account);
    match done {
        None => Ok(visit.see_other(PAGE)),
        Some((codes, token)) => {
            let mut response = codes::after_binding(&visit, codes);
            keep(&visit, &mut response, &session, token.as_ref());
            Ok(response)
        }
    }
}

type Done = Option<(Option<Codes>, Option<sessions::Token>)>;

/// Writes the factor; the session has given it, so it is renewed with it. `None` when the form was sent before.
async fn bind(
    visit: &Visit,
    session: &Arc<Session>,
    secret: Zeroizing<Vec<u8>>,
    name: String,
    step: i64,
) -> Result<Done> {
    let (ctx, config, own) = (visit.ctx().clone(), visit.app().config_arc(), session.clone());
    visit
        .app()
        .write(move |tx| {
            let new = New {
                kind: Kind::Totp,
                name: &name,
                secret: Some(&secret),
                contact: None,
                unique: &secret,
                step,
            };
            Ok(match factors::bind(tx, &ctx, &config, &own.account, Some(&own.id), &new)? {
                Bound::Already => None,
                Bound::Done(_, codes) => Some((codes, sessions::renew(tx, &ctx, &own, "otp")?)),
            })
        })
        .await
}
