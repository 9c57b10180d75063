//! `POST /hooks/registers/{register}`: what a register says by itself (docs/registers.md). Not for browsers: who calls is
//! known by the signature, so there is no form and no session.

use crate::checks::{self, CheckId};
use crate::limits::{self, Limit, Taken};
use crate::web::fault::Fault;
use crate::web::visit::Visit;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use gateway::register::webhook::{self, Event, Notice};
use gateway::register::{Answer, Register, RequestId};

/// A token is taken once; longer than any token is good (`webhook_age_seconds` and the skew, at most two minutes).
const ONCE: Limit = Limit::new(1, 180);

/// Takes it: 204 when it was taken now or before; everything else tells the register to try again, or not.
pub async fn post(
    visit: Visit,
    Path(register): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> std::result::Result<Response, Fault> {
    let register = Register::from_word(&register).ok_or_else(Fault::not_found)?;
    let keys = visit.app().gateways().register_keys.iter().find(|keys| keys.register() == register).cloned();
    let Some(keys) = keys else { return Err(Fault::not_found()) };
    let received = match webhook::open(&headers, &body, visit.now(), &keys) {
        Ok(received) => received,
        Err(refusal) => {
            tracing::warn!(register = register.word(), reason = ?refusal, "a webhook was refused");
            let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::BAD_REQUEST);
            return Ok(status.into_response());
        }
    };
    let (ctx, token) = (visit.ctx().clone(), format!("{}/{}", register.word(), received.token));
    let first = visit.app().write(move |tx| limits::take(tx, &ctx, "register-token", &token, ONCE)).await?;
    if matches!(first, Taken::Wait { .. }) {
        return Ok(StatusCode::UNAUTHORIZED.into_response());
    }
    match received.notice {
        Notice::Answered { request, answer } => answered(&visit, register, &request, answer).await,
        Notice::Event(event) => happened(&visit, register, event).await,
    }
}

async fn answered(
    visit: &Visit,
    register: Register,
    request: &RequestId,
    answer: Answer,
) -> std::result::Result<Response, Fault> {
    // A request that is not ours, or was erased with its account, is taken like one that was answered before.
    if let Some(id) = CheckId::parse(request.as_str()) {
        let (ctx, config) = (visit.ctx().clone(), visit.app().config_arc());
        let changed = visit
            .app()
            .write(move |tx| checks::take_answer(tx, &ctx, &config, register, &id, &answer))
            .await?;
        if let Some(account) = changed {
            visit.app().sessions().forget(&account);
        }
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// 204 whether or not the event is of somebody here: the register does not learn who has an account.
async fn happened(visit: &Visit, register: Register, event: Event) -> std::result::Result<Response, Fault> {
    let (ctx, config) = (visit.ctx().clone(), visit.app().config_arc());
    let changed =
        visit.app().write(move |tx| checks::take_event(tx, &ctx, &config, register, &event)).await?;
    for account in &changed {
        visit.app().sessions().forget(account);
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}
