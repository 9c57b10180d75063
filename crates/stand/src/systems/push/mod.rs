//! The push service of a browser's maker (RFC 8030): `POST /push/browsers` gives a browser an address, pushes go to it.
//!
//! It holds what a push service holds: opaque bodies. It checks what such services check: the time to live, the form of
//! the encryption, the size, and that the token (RFC 8292) is signed with the key beside it, is for this service and
//! not over. `DELETE` of an address is the browser going away: pushes to it are answered 410 from then on.

use crate::connection::Connection;
use crate::faults::Hit;
use crate::messages::{Arrival, Channel};
use crate::system::{Place, System, World};
use axum::body::Bytes;
use axum::extract::{Extension, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use kernel::{Lang, Time};
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

/// The name in addresses.
pub const NAME: &str = "push";

/// How many browsers are remembered; the oldest goes first.
const KEPT: usize = 1_000;
/// The largest body that push services must take (RFC 8030, 7.2).
const LARGEST: usize = 4_096;
/// The longest a token may count (RFC 8292, 2).
const LONGEST_TOKEN: i64 = 86_400;

/// The push service.
#[derive(Default)]
pub struct PushService {
    browsers: Arc<Mutex<VecDeque<Browser>>>,
}

struct Browser {
    id: String,
    gone: bool,
}

#[derive(Clone)]
struct Shared {
    world: World,
    browsers: Arc<Mutex<VecDeque<Browser>>>,
}

#[async_trait::async_trait]
impl System for PushService {
    fn name(&self) -> &'static str {
        NAME
    }

    fn title(&self, lang: Lang) -> &'static str {
        match lang {
            Lang::Ru => "Уведомления браузеров",
            Lang::En => "Browser notifications",
        }
    }

    fn protocol(&self) -> &'static str {
        "Web Push"
    }

    fn place(&self) -> Place {
        Place::Path("/push/browsers")
    }

    fn routes(&self, world: &World) -> Router {
        let shared = Shared { world: world.clone(), browsers: self.browsers.clone() };
        Router::new()
            .route("/push/browsers", post(browser))
            .route("/push/to/{id}", post(push).delete(leave))
            .with_state(shared)
    }
}

/// A browser asks for an address.
async fn browser(State(shared): State<Shared>, headers: HeaderMap) -> Response {
    let id = B64.encode(shared.world.rng.fork().bytes::<24>());
    let mut browsers = shared.browsers.lock().unwrap_or_else(PoisonError::into_inner);
    browsers.push_back(Browser { id: id.clone(), gone: false });
    if browsers.len() > KEPT {
        browsers.pop_front();
    }
    let endpoint = format!("{}/push/to/{id}", origin(&headers));
    (StatusCode::CREATED, Json(json!({ "endpoint": endpoint }))).into_response()
}

/// A browser goes away.
async fn leave(State(shared): State<Shared>, Path(id): Path<String>) -> StatusCode {
    let mut browsers = shared.browsers.lock().unwrap_or_else(PoisonError::into_inner);
    match browsers.iter_mut().find(|browser| browser.id == id) {
        Some(browser) => {
            browser.gone = true;
            StatusCode::NO_CONTENT
        }
        None => StatusCode::NOT_FOUND,
    }
}

/// A push for a browser.
async fn push(
    State(shared): State<Shared>,
    Path(id): Path<String>,
    connection: Extension<Connection>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let mut times = 1;
    match shared.world.faults.draw(NAME) {
        Hit::None => {}
        Hit::Outage => return connection.cut().await,
        Hit::Garbage => return connection.garbage().await,
        Hit::Refuse => {
            return (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "5")]).into_response();
        }
        Hit::Delay(span) => tokio::time::sleep(span.to_std()).await,
        Hit::Duplicate => times = 2,
    }
    if let Err((status, what)) = judge(&headers, &body, shared.world.clock.now()) {
        return (status, Json(json!({ "error": what }))).into_response();
    }
    let known = {
        let browsers = shared.browsers.lock().unwrap_or_else(PoisonError::into_inner);
        browsers.iter().find(|browser| browser.id == id).map(|browser| browser.gone)
    };
    match known {
        None => return StatusCode::NOT_FOUND.into_response(),
        Some(true) => return StatusCode::GONE.into_response(),
        Some(false) => {}
    }
    for _ in 0..times {
        let arrival = Arrival {
            channel: Channel::Push,
            to: id.clone(),
            from: String::new(),
            subject: None,
            text: format!("{} B, aes128gcm", body.len()),
            html: None,
            gateway: NAME,
            parts: None,
        };
        shared.world.messages.arrive(arrival, "accepted");
    }
    let name = B64.encode(shared.world.rng.fork().bytes::<12>());
    let place = format!("{}/push/message/{name}", origin(&headers));
    (StatusCode::CREATED, [(header::LOCATION, place)]).into_response()
}

fn origin(headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    format!("http://{host}")
}

type Refused = (StatusCode, &'static str);

fn judge(headers: &HeaderMap, body: &[u8], now: Time) -> Result<(), Refused> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let bad = |what| (StatusCode::BAD_REQUEST, what);
    if body.len() > LARGEST {
        return Err((StatusCode::PAYLOAD_TOO_LARGE, "the body is too large"));
    }
    if text("ttl").parse::<u32>().is_err() {
        return Err(bad("TTL is missing"));
    }
    if text("content-encoding") != "aes128gcm" {
        return Err(bad("expected Content-Encoding: aes128gcm"));
    }
    // Salt, record size, the length of a point and the point (RFC 8188, 2.1; RFC 8291, 4).
    if body.len() < 86 + 17 || body[20] != 65 || body[21] != 4 {
        return Err(bad("no header of an encrypted push"));
    }
    let topic = text("topic");
    if topic.len() > 32 || !topic.bytes().all(|sign| sign.is_ascii_alphanumeric() || b"-_".contains(&sign)) {
        return Err(bad("Topic: at most 32 signs of base64url"));
    }
    believe(text("authorization"), &origin(headers), now).map_err(|what| (StatusCode::FORBIDDEN, what))
}

/// Checks `vapid t=TOKEN, k=KEY`.
fn believe(authorization: &str, origin: &str, now: Time) -> Result<(), &'static str> {
    let parts = authorization.strip_prefix("vapid ").ok_or("expected a VAPID token")?;
    let part = |name: &str| parts.split(',').find_map(|part| part.trim().strip_prefix(name));
    let (token, key) = (part("t=").ok_or("no token")?, part("k=").ok_or("no key")?);
    let (signed, signature) = token.rsplit_once('.').ok_or("no token")?;
    let octets = |text: &str| B64.decode(text).map_err(|_| "not base64url");
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, octets(key)?)
        .verify(signed.as_bytes(), &octets(signature)?)
        .map_err(|_| "the signature is not of this key")?;
    let claims = signed.split('.').nth(1).ok_or("no claims")?;
    let claims: Value = serde_json::from_slice(&octets(claims)?).map_err(|_| "no claims")?;
    let left = claims["exp"].as_i64().unwrap_or_default() - now.0 / 1_000_000;
    if claims["aud"] != origin {
        return Err("the token is for another service");
    }
    if !(0..=LONGEST_TOKEN).contains(&left) {
        return Err("the token is over, or counts for too long");
    }
    let contact = claims["sub"].as_str().unwrap_or_default();
    if contact.starts_with("mailto:") || contact.starts_with("https:") { Ok(()) } else { Err("no contact") }
}
