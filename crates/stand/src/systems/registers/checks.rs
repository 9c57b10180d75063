//! `POST /v1/checks` and `GET /v1/checks/{request}`: who asks, what is asked, and how the answer is given.

use super::desk::{Taken, Work};
use super::judge::{self, Unfit};
use super::keys::{PORTAL_KEY_ID, PORTAL_NAME, PORTAL_PUBLIC_KEY};
use super::outcome::Outcome;
use super::{Kind, lock, token};
use crate::connection::Connection;
use crate::faults::Hit;
use crate::messages::to_rfc3339;
use crate::system::World;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Extension, Path, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, LOCATION, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use kernel::Time;
use kernel::secret::same;
use serde_json::{Value, json};
use std::collections::HashMap;

/// Longest body of a question, in bytes.
const LONGEST_BODY: usize = 64 * 1024;

/// A token may be good for this many seconds, and the clocks may differ by a few.
const TOKEN_SECONDS: i64 = 60;
const SKEW_SECONDS: i64 = 5;

/// How often ids of tokens that ran out are thrown away.
const TIDY_SECONDS: i64 = 10;

/// Ids of tokens that were used, until they run out.
#[derive(Default)]
pub(super) struct Tokens {
    used: HashMap<String, i64>,
    tidied_at: i64,
}

impl Tokens {
    /// Whether this id comes for the first time.
    fn take(&mut self, id: String, ends: i64, now: i64) -> bool {
        if now >= self.tidied_at + TIDY_SECONDS {
            self.tidied_at = now;
            self.used.retain(|_, ends| *ends > now - SKEW_SECONDS);
        }
        self.used.insert(id, ends).is_none()
    }
}

/// By what a caller is known.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Trust {
    /// A signed token.
    Token,
    /// The certificate that the connection was opened with.
    Certificate,
}

#[derive(Clone)]
struct Shared {
    world: World,
    kind: Kind,
    trust: Trust,
}

/// The addresses of one register.
pub(super) fn routes(world: &World, kind: Kind, trust: Trust) -> Router {
    let base = format!("/registers/{}/v1/checks", kind.word());
    Router::new()
        .route(&base, post(ask))
        .route(&format!("{base}/{{request}}"), get(collect))
        .layer(DefaultBodyLimit::max(2 * LONGEST_BODY))
        .with_state(Shared { world: world.clone(), kind, trust })
}

async fn ask(
    State(shared): State<Shared>,
    connection: Extension<Connection>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let repeated = match shared.fault(&connection).await {
        Ok(repeated) => repeated,
        Err(response) => return *response,
    };
    let (kind, registers) = (shared.kind, &shared.world.registers);
    if let Err(why) = shared.knows(&headers, "POST /v1/checks", &body) {
        return problem(StatusCode::UNAUTHORIZED, "unauthorized", why);
    }
    if body.len() > LONGEST_BODY {
        return problem(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "at most 64 KiB");
    }
    let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if media_type.split(';').next().unwrap_or_default().trim() != "application/json" {
        return problem(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_type", "expected application/json");
    }
    let (request, question) = match judge::read(&body, kind) {
        Ok(read) => read,
        Err(Unfit::Malformed(why)) => return problem(StatusCode::BAD_REQUEST, "malformed", &why),
        Err(Unfit::Invalid(field)) => {
            return problem(StatusCode::UNPROCESSABLE_ENTITY, "invalid_question", field);
        }
    };
    if headers.get("idempotency-key").is_none_or(|key| key.as_bytes() != request.as_bytes()) {
        return problem(StatusCode::BAD_REQUEST, "malformed", "Idempotency-Key: expected the request's id");
    }
    let now = shared.now();
    let times = &registers.0.times;
    let taken = {
        let people = registers.people();
        let work = || judge::answer(&question, &people);
        lock(&registers.0.desk).take(kind, &request, &question, now, times, work)
    };
    match taken {
        Taken::Conflict => problem(StatusCode::CONFLICT, "conflict", "this id was used for another question"),
        Taken::Work(work, first) => {
            let times = if repeated { 2 } else { 1 };
            if first {
                shared.promise(&request, &work, times);
            }
            shared.answer(&connection, &request, &work).await
        }
    }
}

async fn collect(
    State(shared): State<Shared>,
    connection: Extension<Connection>,
    Path(request): Path<String>,
    headers: HeaderMap,
) -> Response {
    if let Err(response) = shared.fault(&connection).await {
        return *response;
    }
    if let Err(why) = shared.knows(&headers, &format!("GET /v1/checks/{request}"), b"") {
        return problem(StatusCode::UNAUTHORIZED, "unauthorized", why);
    }
    let work = lock(&shared.world.registers.0.desk).find(shared.kind, &request).cloned();
    match work {
        Some(work) if work.is_ready(shared.now()) => shared.result(&request, &work),
        Some(work) => shared.pending(&request, &work),
        None => problem(StatusCode::NOT_FOUND, "unknown_request", "there is no such request"),
    }
}

impl Shared {
    fn now(&self) -> Time {
        self.world.clock.now()
    }

    /// What is switched for this register; whether everything is to come twice, or the response that ends the request.
    async fn fault(&self, connection: &Connection) -> Result<bool, Box<Response>> {
        match self.world.faults.draw(self.kind.word()) {
            Hit::None => Ok(false),
            Hit::Duplicate => Ok(true),
            Hit::Outage => Err(Box::new(connection.cut().await)),
            Hit::Garbage => Err(Box::new(connection.garbage().await)),
            Hit::Refuse => {
                let response = problem(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "not now");
                Err(Box::new(with(response, RETRY_AFTER, "1")))
            }
            Hit::Delay(span) => {
                tokio::time::sleep(span.to_std()).await;
                Ok(false)
            }
        }
    }

    /// Whether the caller is the portal, and means this.
    fn knows(&self, headers: &HeaderMap, op: &str, body: &[u8]) -> Result<(), &'static str> {
        if self.trust == Trust::Certificate {
            return Ok(());
        }
        let value = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let value = value.and_then(|value| value.strip_prefix("Bearer ")).ok_or("there is no token")?;
        let claims = token::open(value, PORTAL_KEY_ID, PORTAL_PUBLIC_KEY)?;
        let now = self.now().0.div_euclid(1_000_000);
        match () {
            () if claims.iss != PORTAL_NAME => return Err("iss: not the portal"),
            () if claims.aud != self.kind.word() => return Err("aud: not this register"),
            () if claims.op != op => return Err("op: another request"),
            () if !(1..=TOKEN_SECONDS).contains(&claims.exp.saturating_sub(claims.iat)) => {
                return Err("exp: more than a minute after iat");
            }
            () if claims.iat > now + SKEW_SECONDS || claims.exp <= now - SKEW_SECONDS => {
                return Err("iat, exp: not now");
            }
            () if !same(claims.body_sha256.as_bytes(), token::body_hash(body).as_bytes()) => {
                return Err("body_sha256: another body");
            }
            () => {}
        }
        match lock(&self.world.registers.0.tokens).take(claims.jti, claims.exp, now) {
            true => Ok(()),
            false => Err("jti: used before"),
        }
    }

    /// Notes the webhooks that will bring the answer of a new request.
    fn promise(&self, request: &str, work: &Work, times: u8) {
        let body = self.body(request, work, true);
        let (now, deliveries) = (self.now(), &self.world.registers.0.deliveries);
        let at = match (work.outcome, work.ready_at) {
            (Outcome::Twice, _) => vec![now, now],
            // Its webhook is sent before the request is answered.
            (Outcome::OutOfOrder, _) => vec![],
            (_, Some(ready)) if ready > now => vec![ready],
            // An answer on the same connection needs no webhook, unless all comes twice.
            (_, Some(_)) if times > 1 => vec![now],
            _ => vec![],
        };
        for at in at {
            for _ in 0..times {
                deliveries.push(at, self.kind, &body);
            }
        }
    }

    /// Gives the answer as the person's outcome wants it.
    async fn answer(&self, connection: &Connection, request: &str, work: &Work) -> Response {
        let times = &self.world.registers.0.times;
        match work.outcome {
            Outcome::Error => return problem(StatusCode::INTERNAL_SERVER_ERROR, "internal", "an error"),
            Outcome::Refused => {
                return problem(StatusCode::UNPROCESSABLE_ENTITY, "invalid_question", "refused");
            }
            Outcome::Flapping if work.asked % 2 == 1 => {
                return problem(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "not now");
            }
            Outcome::Garbage => {
                let nonsense = "<html><body>Технические работы</body></html>";
                return ([(CONTENT_TYPE, "text/html; charset=utf-8")], nonsense).into_response();
            }
            Outcome::Half => return self.half(connection, request, work).await,
            Outcome::Slow => tokio::time::sleep(times.slow.to_std()).await,
            Outcome::Late if work.asked == 1 => tokio::time::sleep(times.late.to_std()).await,
            Outcome::OutOfOrder if work.asked == 1 => {
                let body = self.body(request, work, true).to_string();
                self.world.registers.deliver_now(self.kind, &body).await;
                return self.pending(request, work);
            }
            _ => {}
        }
        if work.is_ready(self.now()) { self.result(request, work) } else { self.pending(request, work) }
    }

    /// The head of an answer, and half of its body.
    async fn half(&self, connection: &Connection, request: &str, work: &Work) -> Response {
        let body = self.body(request, work, false).to_string();
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        let half = body.get(..body.len() / 2).unwrap_or_default();
        connection.raw(Bytes::from(head + half)).await
    }

    fn body(&self, request: &str, work: &Work, webhook: bool) -> Value {
        let at = work.ready_at.unwrap_or(work.taken_at);
        let mut body = json!({
            "request": request,
            "check": self.kind.check(),
            "answer": work.answer,
            "answered_at": to_rfc3339(at),
        });
        if webhook {
            body["kind"] = json!("answer");
        }
        body
    }

    fn result(&self, request: &str, work: &Work) -> Response {
        json_response(StatusCode::OK, &self.body(request, work, false))
    }

    fn pending(&self, request: &str, work: &Work) -> Response {
        let body = json!({ "request": request, "check": self.kind.check() });
        let response = json_response(StatusCode::ACCEPTED, &body);
        let response = with(response, RETRY_AFTER, &work.wait(self.now()).to_string());
        with(response, LOCATION, &format!("/registers/{}/v1/checks/{request}", self.kind.word()))
    }
}

fn json_response(status: StatusCode, body: &Value) -> Response {
    (status, [(CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}

fn with(mut response: Response, name: HeaderName, value: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
    response
}

/// A refusal (RFC 9457).
fn problem(status: StatusCode, code: &str, detail: &str) -> Response {
    let body = json!({ "status": status.as_u16(), "code": code, "detail": detail });
    (status, [(CONTENT_TYPE, "application/problem+json")], body.to_string()).into_response()
}
