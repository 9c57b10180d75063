//! `/register/password`: the last step.

use super::super::rules::Draft;
use super::super::{Finished, State, Step};
use crate::accounts::{self, AccountId};
use crate::audit::{self, Chain, Event};
use crate::ctx::Actor;
use crate::devices;
use crate::error::Error;
use crate::factors;
use crate::limits::{self, Limit};
use crate::passwords::Check;
use crate::sessions;
use crate::web::fault::Fault;
use crate::web::form::Form;
use crate::web::new_password::{self, NewPassword};
use crate::web::page::Page;
use crate::web::ui::{Button, Steps, Weight};
use crate::web::visit::Visit;
use askama::Template;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use kernel::Secret;

/// How often the last form of a finished registration is answered again: browsers and people repeat it a few times.
const SENT_AGAIN: Limit = Limit::new(5, 86_400);

#[derive(Template)]
#[template(path = "registration/templates/password.html")]
struct PasswordPage {
    page: Page,
    steps: Steps,
    password: NewPassword,
    submit: Button,
    login: String,
}

fn draw(visit: &Visit, draft: &Draft, password: NewPassword) -> Response {
    let page = visit.page();
    let status = if password.has_errors() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let login = draft.logins().first().map(|(login, _)| login.value.clone()).unwrap_or_default();
    let submit = Button::new(visit.t("registration-password-submit")).weight(Weight::Accent);
    visit.html(status, &PasswordPage { steps: super::steps(page.lang, 2), password, submit, login, page })
}

/// The page.
pub async fn get(visit: Visit, headers: HeaderMap) -> std::result::Result<Response, Fault> {
    let (_, draft) = match super::open(&visit, super::cookie(&headers, &visit)).await? {
        Ok(open) => open,
        Err(elsewhere) => return Ok(elsewhere),
    };
    if draft.step() != Step::Password {
        return Ok(visit.see_other(super::path(draft.step())));
    }
    Ok(draw(&visit, &draft, NewPassword::new(&visit, None)))
}

/// Opens the account and signs this browser in.
pub async fn post(
    visit: Visit,
    headers: HeaderMap,
    Form(fields): Form,
) -> std::result::Result<Response, Fault> {
    fields.only(&["password", "password_repeat", "login"])?;
    let password = fields.secret("password");
    let (id, draft) = match super::state(&visit, super::cookie(&headers, &visit)).await? {
        State::Open(id, draft) => (id, draft),
        State::Done(account) => return sign_in_again(&visit, account, &password).await,
        State::None => return Ok(visit.see_other_with("/register", "draft-gone")),
    };
    if draft.step() != Step::Password {
        return Ok(visit.see_other(super::path(draft.step())));
    }
    let personal = draft.personal_words();
    if let Some(errors) = new_password::faults(&visit, &fields, &personal).await? {
        return Ok(draw(&visit, &draft, NewPassword::new(&visit, Some(errors))));
    }
    let hash = visit.app().passwords().hash(&password, &mut visit.ctx().rng()).await?;
    let (ctx, config) = (visit.ctx().clone(), visit.app().config_arc());
    let finish = move |tx: &mut store::Tx<'_>| super::super::finish(tx, &ctx, &config, &id, &hash);
    let mut finished = visit.app().write(finish.clone()).await;
    if finished.as_ref().is_err_and(accounts::is_taken) {
        // Somebody took the contact in the same instant: looked at again, it is a taken one.
        finished = visit.app().write(finish).await;
    }
    match finished {
        Ok(Finished::Opened(_, token)) => Ok(welcome(&visit, &token)),
        Ok(Finished::Already(account)) => sign_in_again(&visit, account, &password).await,
        Ok(Finished::NotReady) => Ok(visit.see_other("/register/taken")),
        Err(error) => Err(error.into()),
    }
}

/// The form came again after its answer was lost: the password shows that it is the same person.
///
/// Tries are few: whoever holds the draft's cookie must not guess the password here, past the sign-in's own counters.
async fn sign_in_again(
    visit: &Visit,
    account: AccountId,
    password: &Secret<String>,
) -> std::result::Result<Response, Fault> {
    let (ctx, asked) = (visit.ctx().clone(), account.clone());
    let counted = visit.app().write(move |tx| {
        let taken = limits::take(tx, &ctx, "registration-again", asked.as_str(), SENT_AGAIN)?;
        Ok((taken, accounts::password_hash(tx, &asked)?))
    });
    let (taken, stored) = counted.await?;
    if !taken.allowed() {
        return Ok(visit.see_other("/sign-in"));
    }
    match visit.app().passwords().check(password, stored.as_deref(), &mut visit.ctx().rng()).await? {
        Check::Wrong => Ok(visit.see_other("/sign-in")),
        Check::Right { .. } => {
            let (ctx, config) = (visit.ctx().clone(), visit.app().config_arc());
            let begun = visit.app().write(move |tx| {
                // The password alone is not enough where there is a second factor, or must be one.
                if factors::bound(tx, &account)?.has_second()
                    || factors::required(tx, &ctx, &config, &account)?
                {
                    return Ok(None);
                }
                let event = Event::SignedIn { methods: "pwd".into(), remember: false, new_device: false };
                let owner = ctx.clone().acting_as(Actor::Account(account.to_string()));
                audit::record(tx, &owner, Chain::Account(account.as_str()), &event)?;
                let met = devices::meet(tx, &ctx, &config.devices, &account)?;
                let token = sessions::begin(tx, &ctx, &config.sessions, &account, "pwd", false)?;
                Ok(Some(token.on_device(met.new)))
            });
            Ok(match begun.await.map_err(|error: Error| Fault::from(error))? {
                Some(token) => welcome(visit, &token),
                None => visit.see_other("/sign-in"),
            })
        }
    }
}

fn welcome(visit: &Visit, token: &sessions::Token) -> Response {
    let mut response = visit.see_other_with("/cabinet", "registered");
    sessions::web::keep_cookie(visit, &mut response, token, false);
    super::drop_cookie(visit, &mut response);
    response
}
