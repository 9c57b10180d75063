//! `/cabinet/security/password`: changing the password.

use crate::accounts;
use crate::audit::{self, Chain, Event};
use crate::error::{Error, Result};
use crate::factors;
use crate::limits::{self, Limit};
use crate::notifications::{self, Notice};
use crate::passwords::Check;
use crate::sessions::{self, End, Session};
use crate::signin::{self, Confirmed};
use crate::web::fault::Fault;
use crate::web::form::{Fields, Form};
use crate::web::format;
use crate::web::new_password::{self, NewPassword};
use crate::web::page::Page;
use crate::web::texts::{self, Arg};
use crate::web::ui::{Button, Errors, PasswordField, Weight};
use crate::web::visit::{SignedIn, Visit};
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use kernel::Time;

/// How often a form that has changed the password is answered again: people and browsers repeat it a few times.
const SENT_AGAIN: Limit = Limit::new(5, 86_400);

#[derive(Template)]
#[template(path = "cabinet/templates/password.html")]
struct PasswordPage {
    page: Page,
    set_on: Option<String>,
    current: PasswordField,
    password: NewPassword,
    submit: Button,
    login: String,
}

async fn draw(visit: &Visit, account: &accounts::AccountId, errors: Option<Errors>) -> Result<Response> {
    let (ctx, id) = (visit.ctx().clone(), account.clone());
    let (set_at, login): (Option<Time>, String) = visit
        .app()
        .read(move |tx| {
            let account = accounts::load(tx, &ctx, &id)?
                .ok_or_else(|| Error::Bug("a session without an account".into()))?;
            let first = accounts::display_contacts(tx, &ctx, &id)?.into_iter().next();
            Ok((account.password_set_at, first.map(|(_, shown)| shown).unwrap_or_default()))
        })
        .await?;
    let page = visit.page();
    let lang = page.lang;
    let status = if errors.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let current_error = errors.as_ref().and_then(|errors| errors.get("current_password").map(str::to_owned));
    let template = PasswordPage {
        set_on: set_at.map(|at| page.tf1("cabinet-password-set", "date", page.date(at))),
        current: PasswordField::current(lang, "current_password")
            .label(texts::text(lang, "cabinet-password-current"))
            .error(current_error.as_deref()),
        password: NewPassword::new(visit, errors),
        submit: Button::new(texts::text(lang, "cabinet-password-submit")).weight(Weight::Primary),
        login,
        page,
    };
    Ok(visit.html(status, &template))
}

/// The page.
pub async fn get(SignedIn { visit, session }: SignedIn) -> std::result::Result<Response, Fault> {
    Ok(draw(&visit, &session.account, None).await?)
}

/// Whether this very form was answered before: this session set the password last, and it is the one in the form.
///
/// Tries are few and counted: nobody guesses the password here, past the counters of the sign-in.
async fn sent_again(visit: &Visit, session: &Session, fields: &Fields) -> Result<bool> {
    let (ctx, id, auth_at) = (visit.ctx().clone(), session.account.clone(), session.auth_at);
    let counted = visit.app().write(move |tx| {
        let set_at = accounts::load(tx, &ctx, &id)?.and_then(|account| account.password_set_at);
        if set_at != Some(auth_at) {
            return Ok(None);
        }
        let taken = limits::take(tx, &ctx, "password-again", id.as_str(), SENT_AGAIN)?;
        if taken.allowed() { accounts::password_hash(tx, &id) } else { Ok(None) }
    });
    let Some(stored) = counted.await? else { return Ok(false) };
    let wished = fields.secret("password");
    let check = visit.app().passwords().check(&wished, Some(&stored), &mut visit.ctx().rng()).await?;
    Ok(matches!(check, Check::Right { .. }))
}

/// Changes the password; every other session ends and the owner is told.
pub async fn change_password(
    SignedIn { visit, session }: SignedIn,
    Form(fields): Form,
) -> std::result::Result<Response, Fault> {
    fields.only(&["login", "current_password", "password", "password_repeat"])?;
    let (ctx, id) = (visit.ctx().clone(), session.account.clone());
    let personal = visit.app().read(move |tx| accounts::personal_words(tx, &ctx, &id)).await?;
    if let Some(errors) = new_password::faults(&visit, &fields, &personal).await? {
        return Ok(draw(&visit, &session.account, Some(errors)).await?);
    }
    if sent_again(&visit, &session, &fields).await? {
        return Ok(visit.see_other_with("/cabinet/security", "password-changed"));
    }
    let current = fields.secret("current_password");
    let wrong =
        match signin::confirm_password(visit.app(), visit.ctx(), &session.account, true, &current).await? {
            Confirmed::Right => None,
            Confirmed::Wrong => Some(visit.t("cabinet-password-wrong").to_owned()),
            Confirmed::Locked(until) => {
                let left = format::clock((until - visit.now()).whole_seconds_up());
                Some(texts::format(visit.lang(), "cabinet-password-locked", &[("time", Arg::from(left))]))
            }
        };
    if let Some(words) = wrong {
        let mut errors = Errors::new();
        errors.add("current_password", words);
        return Ok(draw(&visit, &session.account, Some(errors)).await?);
    }
    let hash = visit.app().passwords().hash(&fields.secret("password"), &mut visit.ctx().rng()).await?;
    let (ctx, id, own) = (visit.ctx().clone(), session.account.clone(), session.id.clone());
    let changed = visit
        .app()
        .write(move |tx| {
            accounts::set_password(tx, &ctx, &id, &hash)?;
            sessions::end_all(tx, &ctx, &id, Some(&own), End::PasswordChanged)?;
            // The password is no fresh factor of somebody who has a second one: it opens no change of factors.
            if !factors::bound(tx, &id)?.has_second() {
                sessions::refresh_auth(tx, &ctx, &own)?;
            }
            factors::distrust_all(tx, &ctx, &id)?;
            audit::record(tx, &ctx, Chain::Account(id.as_str()), &Event::PasswordChanged)?;
            notifications::notify_owner(tx, &ctx, &id, Notice::PasswordChanged, None)
        })
        .await;
    visit.app().sessions().forget(&session.account);
    changed?;
    Ok(visit.see_other_with("/cabinet/security", "password-changed"))
}
