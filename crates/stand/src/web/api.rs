//! The JSON API; everything the page can do.

use super::Web;
use crate::faults::{Fault, Mode};
use crate::messages::{Channel, Filter, Message};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, put};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::time::timeout;

/// The longest a request may wait.
const LONGEST_WAIT_SECONDS: f64 = 60.0;

/// How many messages are given out when no limit is asked for.
const USUAL_LIMIT: usize = 100;

pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route("/api/messages", get(messages).delete(clear))
        .route("/api/messages/{id}", get(message))
        .route("/api/systems", get(systems))
        .route("/api/faults", get(faults))
        .route("/api/faults/{system}", put(set_fault).get(fault))
        .route("/api/changes", get(changes))
        .route("/api/tls/ca.pem", get(ca_pem))
        .route("/api/tls/client.pem", get(client_pem))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    channel: Option<String>,
    to: Option<String>,
    after: Option<u64>,
    limit: Option<usize>,
    wait_seconds: Option<f64>,
}

/// A refusal with the reason in words.
pub(super) fn refuse(status: StatusCode, what: impl Into<String>) -> Response {
    (status, Json(json!({ "error": what.into() }))).into_response()
}

fn waiting_time(seconds: Option<f64>) -> Option<Duration> {
    seconds
        .filter(|seconds| *seconds > 0.0)
        .map(|seconds| Duration::from_secs_f64(seconds.min(LONGEST_WAIT_SECONDS)))
}

async fn messages(
    State(web): State<Web>,
    wanted: Result<Query<Wanted>, axum::extract::rejection::QueryRejection>,
) -> Response {
    let wanted = match wanted {
        Ok(Query(wanted)) => wanted,
        Err(error) => return refuse(StatusCode::BAD_REQUEST, error.body_text()),
    };
    let mut channels = Vec::new();
    for word in wanted.channel.iter().flat_map(|list| list.split(',')).filter(|word| !word.is_empty()) {
        match Channel::from_word(word) {
            Some(channel) => channels.push(channel),
            None => {
                return refuse(StatusCode::BAD_REQUEST, "channel: expected sms, call, email, letter or push");
            }
        }
    }
    let filter = Filter {
        channels,
        to: wanted.to.filter(|to| !to.trim().is_empty()),
        after: wanted.after.unwrap_or(0),
        limit: Some(wanted.limit.unwrap_or(USUAL_LIMIT)),
    };
    let messages = &web.world.messages;
    let found: Vec<Message> = match waiting_time(wanted.wait_seconds) {
        Some(limit) => timeout(limit, messages.wait(&filter)).await.unwrap_or_default(),
        None => messages.find(&filter),
    };
    Json(found).into_response()
}

async fn message(State(web): State<Web>, Path(id): Path<u64>) -> Response {
    match web.world.messages.get(id) {
        Some(message) => Json(message).into_response(),
        None => refuse(StatusCode::NOT_FOUND, "no such message"),
    }
}

async fn clear(State(web): State<Web>) -> StatusCode {
    web.world.messages.clear();
    StatusCode::NO_CONTENT
}

async fn systems(State(web): State<Web>) -> Response {
    let list: Vec<_> = web
        .places
        .iter()
        .map(|place| {
            let (system, name) = (&place.system, place.system.name());
            let path = match system.place() {
                crate::system::Place::Path(path) => Some(path),
                crate::system::Place::Port(_) => None,
            };
            json!({
                "name": name,
                "title": { "ru": system.title(kernel::Lang::Ru), "en": system.title(kernel::Lang::En) },
                "protocol": system.protocol(),
                "address": place.address.to_string(),
                "port": place.address.port(),
                "path": path,
                "fault": web.world.faults.get(name),
            })
        })
        .collect();
    Json(list).into_response()
}

async fn faults(State(web): State<Web>) -> Json<BTreeMap<&'static str, Fault>> {
    Json(
        web.places
            .iter()
            .map(|place| (place.system.name(), web.world.faults.get(place.system.name())))
            .collect(),
    )
}

async fn fault(State(web): State<Web>, Path(system): Path<String>) -> Response {
    match web.name_of(&system) {
        Some(name) => Json(web.world.faults.get(name)).into_response(),
        None => refuse(StatusCode::NOT_FOUND, "no such system"),
    }
}

async fn set_fault(State(web): State<Web>, Path(system): Path<String>, body: String) -> Response {
    let Some(name) = web.name_of(&system) else { return refuse(StatusCode::NOT_FOUND, "no such system") };
    let fault: Fault = match serde_json::from_str(&body) {
        Ok(fault) => fault,
        Err(error) => return refuse(StatusCode::BAD_REQUEST, error.to_string()),
    };
    if let Some(problem) = fault.problem() {
        return refuse(StatusCode::BAD_REQUEST, problem);
    }
    web.switch(name, fault);
    Json(web.world.faults.get(name)).into_response()
}

impl Web {
    /// The registered name that equals this one.
    pub(super) fn name_of(&self, system: &str) -> Option<&'static str> {
        self.places.iter().map(|place| place.system.name()).find(|name| *name == system)
    }

    /// Switches a fault and lets open pages know.
    pub(super) fn switch(&self, name: &'static str, fault: Fault) {
        let fault = if fault.mode == Mode::None { Fault::NONE } else { fault };
        self.world.faults.set(name, fault);
        self.world.messages.touch();
    }
}

#[derive(Deserialize)]
struct Since {
    since: Option<u64>,
    wait_seconds: Option<f64>,
}

async fn changes(State(web): State<Web>, Query(asked): Query<Since>) -> Response {
    let mut version = web.world.messages.version();
    if let (Some(since), Some(limit)) = (asked.since, waiting_time(asked.wait_seconds)) {
        let _ = timeout(limit, version.wait_for(|version| *version != since)).await;
    }
    let version = *version.borrow();
    Json(json!({ "version": version })).into_response()
}

async fn ca_pem(State(web): State<Web>) -> Response {
    ([(CONTENT_TYPE, "application/x-pem-file")], web.ca_pem.to_string()).into_response()
}

/// A certificate for mutual TLS and its key. Anybody may have it: it opens the stand's doors alone.
async fn client_pem(State(web): State<Web>) -> Response {
    ([(CONTENT_TYPE, "application/x-pem-file")], web.client_pem.to_string()).into_response()
}
