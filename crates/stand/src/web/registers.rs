//! The JSON API of the registers and of the people they know.

use super::Web;
use super::api::refuse;
use crate::systems::registers::{Kind, Outcome, Registers, Wanted};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

/// How many people or checks are given out when no limit is asked for, and at most.
const USUAL_LIMIT: usize = 20;
const LONGEST_LIST: usize = 10_000;

pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route("/api/people", get(people).post(make))
        .route("/api/people/{id}", get(person))
        .route("/api/people/{id}/events", post(event))
        .route("/api/registers", get(state))
        .route("/api/registers/portal", put(portal))
        .route("/api/registers/{register}/checks", get(checks))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WantedPeople {
    outcome: Option<String>,
    limit: Option<usize>,
    from: Option<u32>,
    text: Option<String>,
}

async fn people(State(web): State<Web>, wanted: Result<Query<WantedPeople>, QueryRejection>) -> Response {
    let wanted = match wanted {
        Ok(Query(wanted)) => wanted,
        Err(error) => return refuse(StatusCode::BAD_REQUEST, error.body_text()),
    };
    let outcome = match wanted.outcome.as_deref().filter(|word| !word.is_empty()) {
        None => None,
        Some(word) => match Outcome::from_word(word) {
            Some(outcome) => Some(outcome),
            None => {
                let words: Vec<_> = Outcome::all().map(Outcome::word).collect();
                let words = words.join(", ");
                return refuse(StatusCode::BAD_REQUEST, format!("outcome: expected one of {words}"));
            }
        },
    };
    let limit = wanted.limit.unwrap_or(USUAL_LIMIT).min(LONGEST_LIST);
    let text = wanted.text.unwrap_or_default();
    let people = web.world.registers.people();
    let found = people.find(outcome, &text, wanted.from.unwrap_or(0), limit);
    Json(found.into_iter().map(Registers::shown).collect::<Vec<_>>()).into_response()
}

async fn person(State(web): State<Web>, Path(id): Path<u32>) -> Response {
    match web.world.registers.people().get(id) {
        Some(person) => Json(Registers::shown(person)).into_response(),
        None => refuse(StatusCode::NOT_FOUND, "no such person"),
    }
}

async fn make(State(web): State<Web>, body: String) -> Response {
    let body = if body.trim().is_empty() { "{}" } else { body.as_str() };
    let wanted: Wanted = match serde_json::from_str(body) {
        Ok(wanted) => wanted,
        Err(error) => return refuse(StatusCode::BAD_REQUEST, error.to_string()),
    };
    let made = web.world.registers.people().make(wanted);
    match made {
        Ok(person) => (StatusCode::CREATED, Json(Registers::shown(&person))).into_response(),
        Err(why) => refuse(StatusCode::UNPROCESSABLE_ENTITY, why),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Event {
    #[serde(rename = "type")]
    kind: String,
    reason: Option<String>,
}

async fn event(State(web): State<Web>, Path(id): Path<u32>, body: String) -> Response {
    let event: Event = match serde_json::from_str(&body) {
        Ok(event) => event,
        Err(error) => return refuse(StatusCode::BAD_REQUEST, error.to_string()),
    };
    match web.world.registers.happen(id, &event.kind, event.reason.as_deref()) {
        Ok(event) => (StatusCode::ACCEPTED, Json(json!({ "event": event }))).into_response(),
        Err(why) => refuse(StatusCode::UNPROCESSABLE_ENTITY, why),
    }
}

async fn state(State(web): State<Web>) -> Json<Value> {
    Json(web.world.registers.state())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Portal {
    url: Option<String>,
}

async fn portal(State(web): State<Web>, body: String) -> Response {
    match serde_json::from_str::<Portal>(&body) {
        Ok(Portal { url: Some(url) }) if !url.starts_with("http://") => {
            refuse(StatusCode::BAD_REQUEST, "url: expected an address such as http://localhost:8080")
        }
        Ok(Portal { url }) => {
            web.world.registers.set_portal(url.as_deref());
            Json(web.world.registers.state()).into_response()
        }
        Err(error) => refuse(StatusCode::BAD_REQUEST, error.to_string()),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WantedChecks {
    limit: Option<usize>,
}

async fn checks(
    State(web): State<Web>,
    Path(register): Path<String>,
    wanted: Result<Query<WantedChecks>, QueryRejection>,
) -> Response {
    let limit = match wanted {
        Ok(Query(wanted)) => wanted.limit.unwrap_or(USUAL_LIMIT).min(LONGEST_LIST),
        Err(error) => return refuse(StatusCode::BAD_REQUEST, error.body_text()),
    };
    match Kind::from_word(&register) {
        Some(kind) => Json(web.world.registers.last(kind, limit)).into_response(),
        None => refuse(StatusCode::NOT_FOUND, "no such register"),
    }
}
