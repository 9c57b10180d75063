//! A caller behind HTTP: `POST /voice/calls` on the main port, as the portal's `openapi.yaml` of the voice gateway
//! describes it. The token is `demo-voice`.
//!
//! Numbers that end in `000404` cannot be called.

use crate::connection::Connection;
use crate::faults::Hit;
use crate::messages::{Arrival, Channel};
use crate::system::{Place, System, World};
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use kernel::Lang;
use kernel::secret::same;
use serde::Deserialize;
use serde_json::json;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

/// The name in addresses.
pub const NAME: &str = "voice";

/// What the client must send as `Authorization: Bearer …`.
pub const TOKEN: &str = "demo-voice";

/// How many idempotency keys are remembered.
const KEYS_KEPT: usize = 10_000;

/// The caller.
#[derive(Default)]
pub struct Voice {
    known: Arc<Mutex<Known>>,
}

/// Calls by idempotency key.
#[derive(Default)]
struct Known {
    calls: HashMap<String, String>,
    oldest_first: VecDeque<String>,
}

#[derive(Clone)]
struct Shared {
    world: World,
    known: Arc<Mutex<Known>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Order {
    id: String,
    to: String,
    language: Lang,
    text: String,
    digits: String,
}

#[async_trait::async_trait]
impl System for Voice {
    fn name(&self) -> &'static str {
        NAME
    }

    fn title(&self, lang: Lang) -> &'static str {
        match lang {
            Lang::Ru => "Голосовые звонки",
            Lang::En => "Voice calls",
        }
    }

    fn protocol(&self) -> &'static str {
        "HTTP, JSON"
    }

    fn place(&self) -> Place {
        Place::Path("/voice/calls")
    }

    fn routes(&self, world: &World) -> Router {
        let shared = Shared { world: world.clone(), known: self.known.clone() };
        Router::new().route("/voice/calls", post(order)).with_state(shared)
    }
}

async fn order(
    State(shared): State<Shared>,
    connection: Extension<Connection>,
    headers: HeaderMap,
    body: String,
) -> Response {
    let mut times = 1;
    match shared.world.faults.draw(NAME) {
        Hit::None => {}
        Hit::Outage => return connection.cut().await,
        Hit::Garbage => return connection.garbage().await,
        Hit::Refuse => return problem(StatusCode::SERVICE_UNAVAILABLE, "not now"),
        Hit::Delay(span) => tokio::time::sleep(span.to_std()).await,
        Hit::Duplicate => times = 2,
    }
    let token = headers.get("authorization").and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    if !token.is_some_and(|token| same(token.as_bytes(), TOKEN.as_bytes())) {
        return problem(StatusCode::UNAUTHORIZED, "the token is wrong");
    }
    let order: Order = match serde_json::from_str(&body) {
        Ok(order) => order,
        Err(error) => return problem(StatusCode::BAD_REQUEST, &error.to_string()),
    };
    if let Err(what) = check(&order) {
        return problem(StatusCode::UNPROCESSABLE_ENTITY, what);
    }
    let key =
        headers.get("idempotency-key").and_then(|value| value.to_str().ok()).unwrap_or(&order.id).to_owned();
    let call_id = place(&shared, key, &order, times);
    (StatusCode::ACCEPTED, Json(json!({ "call_id": call_id }))).into_response()
}

fn check(order: &Order) -> Result<(), &'static str> {
    let digits = order.to.strip_prefix('+').unwrap_or_default();
    if !(7..=15).contains(&digits.len()) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("to: expected E.164");
    }
    if digits.ends_with("000404") {
        return Err("to: this number cannot be called");
    }
    if order.digits.len() > 16 || !order.digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("digits: expected at most 16 digits");
    }
    if order.text.chars().count() > 1000 {
        return Err("text: expected at most 1000 characters");
    }
    Ok(())
}

/// Places the call unless this key was here before.
fn place(shared: &Shared, key: String, order: &Order, times: u8) -> String {
    let mut known = shared.known.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(call_id) = known.calls.get(&key) {
        return call_id.clone();
    }
    let call_id = format!("call-{:016x}", u64::from_be_bytes(shared.world.rng.fork().bytes()));
    known.calls.insert(key.clone(), call_id.clone());
    known.oldest_first.push_back(key);
    if known.oldest_first.len() > KEYS_KEPT
        && let Some(oldest) = known.oldest_first.pop_front()
    {
        known.calls.remove(&oldest);
    }
    drop(known);
    for _ in 0..times {
        ring(shared.world.clone(), order);
    }
    call_id
}

/// The phone rings at once and is picked up after a moment.
fn ring(world: World, order: &Order) {
    let arrival = Arrival {
        channel: Channel::Call,
        to: order.to.clone(),
        from: String::new(),
        subject: None,
        text: spoken(order),
        html: None,
        gateway: NAME,
        parts: None,
    };
    let id = world.messages.arrive(arrival, "ringing");
    tokio::spawn(async move {
        tokio::time::sleep(world.config.receipt_after.to_std()).await;
        world.messages.add_state(id, "answered");
    });
}

/// What is said: the text, then the digits one by one, twice.
fn spoken(order: &Order) -> String {
    if order.digits.is_empty() {
        return order.text.clone();
    }
    let slow: Vec<String> = order.digits.chars().map(String::from).collect();
    let (slow, repeat) = (
        slow.join(" "),
        match order.language {
            Lang::Ru => "Повторяю",
            Lang::En => "Again",
        },
    );
    format!("{} {slow}. {repeat}: {slow}.", order.text.trim_end())
}

fn problem(status: StatusCode, what: &str) -> Response {
    (status, Json(json!({ "error": what }))).into_response()
}
