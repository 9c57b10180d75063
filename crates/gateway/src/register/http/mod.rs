//! A register behind the protocol of `docs/register-protocol.openapi.yaml`: JSON over HTTPS, signed tokens or mutual
//! TLS.
//!
//! An outcome other than [`Asked::Temporary`] needs a whole answer of the right type that speaks of this very request;
//! a proxy's page of errors, half an answer or another's answer changes nothing and is asked again.

use super::wire::{CheckPending, CheckRequest, CheckResult, Problem};
use super::{Asked, Check, Connector, Question, Register, RegisterConfig, RequestId};
use crate::breaker::{Breaker, Rules};
use crate::http::{Answer, HttpClient, HttpFault, Limits};
use crate::jwt::{SigningKey, body_hash};
use crate::{ConfigProblem, Health, tls};
use async_trait::async_trait;
use hyper::Uri;
use hyper::header::{AUTHORIZATION, HeaderName, HeaderValue};
use kernel::{Clock, RngSource, Span};
use serde::Serialize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::timeout;

#[cfg(test)]
mod tests;

/// One register over HTTP.
pub struct HttpRegister {
    register: Register,
    client: HttpClient,
    base: String,
    signer: Option<Signer>,
    pauses: Pauses,
    rules: Rules,
    standing: Mutex<Standing>,
    turns: Semaphore,
    turn_limit: Duration,
    clock: Arc<dyn Clock>,
    rng: RngSource,
}

/// What our tokens say.
struct Signer {
    key: SigningKey,
    portal_name: String,
    register_name: String,
    seconds: i64,
}

/// How the register's wishes about time are read.
struct Pauses {
    usual: Span,
    shortest: Span,
    longest: Span,
}

#[derive(Default)]
struct Standing {
    breaker: Breaker,
    last_fault: Option<String>,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    aud: &'a str,
    iat: i64,
    exp: i64,
    jti: String,
    op: String,
    body_sha256: String,
}

/// Whether requests can be made below this address: `http` or `https`, a host, no query and no fragment.
pub(super) fn is_base(url: &str) -> bool {
    let plain = !url.contains(['?', '#', '@']) && url.bytes().all(|byte| byte.is_ascii_graphic());
    plain
        && url.parse::<Uri>().is_ok_and(|uri| {
            matches!(uri.scheme_str(), Some("http" | "https"))
                && uri.host().is_some_and(|host| !host.is_empty())
        })
}

impl HttpRegister {
    /// A connector with these settings; nothing is sent yet.
    ///
    /// # Errors
    /// Every problem of the configuration, and certificate files that cannot be read; paths below the register's
    /// table. A register without an `url` is a problem as well: there is nobody to ask.
    pub fn new(
        register: Register,
        config: &RegisterConfig,
        clock: Arc<dyn Clock>,
        rng: RngSource,
    ) -> Result<HttpRegister, Vec<ConfigProblem>> {
        let problems = config.problems();
        if !problems.is_empty() {
            return Err(problems);
        }
        let one = |problem| vec![problem];
        if !config.is_on() {
            return Err(one(ConfigProblem::new("url", "expected the address of the register")));
        }
        let millis = |millis: u32| Duration::from_millis(millis.into());
        let seconds = |seconds: u32| Span::seconds(seconds.into());
        let limits = Limits {
            connect: millis(config.connect_millis),
            first_byte: millis(config.first_byte_millis),
            body: millis(config.body_millis),
            total: millis(config.total_millis),
            answer_bytes: config.answer_limit_bytes as usize,
        };
        let identity = config.tls_certificate_file.as_deref().zip(config.tls_key_file.as_deref());
        let tls = tls::identified_config(config.tls_ca_file.as_deref(), identity).map_err(one)?;
        Ok(HttpRegister {
            register,
            client: HttpClient::new(limits, tls),
            base: config.url.trim_end_matches('/').to_owned(),
            signer: Signer::new(config).map_err(one)?,
            pauses: Pauses {
                usual: seconds(config.ask_again_seconds),
                shortest: seconds(config.ask_again_min_seconds),
                longest: seconds(config.ask_again_max_seconds),
            },
            rules: config.breaker.rules(),
            standing: Mutex::default(),
            turns: Semaphore::new(config.at_once as usize),
            turn_limit: millis(config.turn_millis),
            clock,
            rng,
        })
    }

    fn standing(&self) -> MutexGuard<'_, Standing> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One exchange about one request: its turn, the breaker, the wire, and what the answer means.
    async fn exchange(&self, request: &RequestId, body: Option<Vec<u8>>) -> Asked {
        let Ok(Ok(_turn)) = timeout(self.turn_limit, self.turns.acquire()).await else {
            let reason = "as many requests are under way as may be".to_owned();
            return Asked::Temporary { reason, retry_after: Some(self.pauses.shortest) };
        };
        let now = self.clock.now();
        {
            let mut standing = self.standing();
            let wait = standing.breaker.wait(now);
            if wait > Span::ZERO {
                let reason = "the circuit breaker is open".to_owned();
                return Asked::Temporary { reason, retry_after: Some(wait.min(self.pauses.longest)) };
            }
            standing.breaker.begin(now, &self.rules);
        }
        let (asked, good) = match self.send(request, body).await {
            Ok(answer) => judge(&answer, request, self.register.check(), &self.pauses),
            Err(reason) => (Asked::temporary(reason), false),
        };
        let mut standing = self.standing();
        standing.breaker.end(self.clock.now(), good, &self.rules);
        standing.last_fault = match &asked {
            Asked::Temporary { reason, .. } => Some(reason.clone()),
            _ => None,
        };
        asked
    }

    async fn send(&self, request: &RequestId, body: Option<Vec<u8>>) -> Result<Answer, &'static str> {
        let path = match &body {
            Some(_) => "/v1/checks".to_owned(),
            None => format!("/v1/checks/{request}"),
        };
        let uri: Uri = format!("{}{path}", self.base).parse().map_err(|_| "the address cannot be made")?;
        let mut headers = Vec::new();
        if let Some(signer) = &self.signer {
            let op = format!("{} {path}", if body.is_some() { "POST" } else { "GET" });
            headers.push((AUTHORIZATION, self.token(signer, op, body.as_deref().unwrap_or_default())?));
        }
        let outcome = match body {
            Some(body) => {
                let key =
                    HeaderValue::from_str(request.as_str()).map_err(|_| "the id does not fit a header")?;
                headers.push((HeaderName::from_static("idempotency-key"), key));
                self.client.post_json(&uri, headers, body).await
            }
            None => self.client.get_json(&uri, headers).await,
        };
        outcome.map_err(HttpFault::words)
    }

    fn token(&self, signer: &Signer, op: String, body: &[u8]) -> Result<HeaderValue, &'static str> {
        let now = self.clock.now().0.div_euclid(1_000_000);
        let claims = Claims {
            iss: &signer.portal_name,
            aud: &signer.register_name,
            iat: now,
            exp: now + signer.seconds,
            jti: format!("{:032x}", u128::from_be_bytes(self.rng.fork().bytes())),
            op,
            body_sha256: body_hash(body),
        };
        let token = signer.key.sign(&claims).ok_or("the token could not be signed")?;
        let mut value =
            HeaderValue::from_str(&format!("Bearer {token}")).map_err(|_| "the token does not fit")?;
        value.set_sensitive(true);
        Ok(value)
    }
}

impl Signer {
    fn new(config: &RegisterConfig) -> Result<Option<Signer>, ConfigProblem> {
        let pem = config.sign_key.expose(); // becomes the key that signs
        if pem.is_empty() {
            return Ok(None);
        }
        let key = SigningKey::from_pem(pem, &config.sign_key_id)
            .map_err(|message| ConfigProblem::new("sign_key", message))?;
        let (portal_name, register_name) = (config.portal_name.clone(), config.register_name.clone());
        Ok(Some(Signer { key, portal_name, register_name, seconds: config.token_seconds.into() }))
    }
}

impl Pauses {
    /// The register's wish within our bounds.
    fn bounded(&self, seconds: u32) -> Span {
        Span::seconds(seconds.into()).clamp(self.shortest, self.longest)
    }
}

#[async_trait]
impl Connector for HttpRegister {
    fn register(&self) -> Register {
        self.register
    }

    async fn ask(&self, request: &RequestId, question: &Question) -> Asked {
        if question.check() != self.register.check() {
            return Asked::refused("wrong_check");
        }
        match serde_json::to_vec(&CheckRequest::new(request, question)) {
            Ok(body) => self.exchange(request, Some(body)).await,
            Err(_) => Asked::refused("unwritable"),
        }
    }

    async fn collect(&self, request: &RequestId) -> Asked {
        self.exchange(request, None).await
    }

    fn health(&self) -> Health {
        let standing = self.standing();
        match &standing.last_fault {
            Some(reason) if standing.breaker.is_open() => Health::Down { reason: reason.clone() },
            Some(reason) => Health::Degraded { reason: reason.clone() },
            None => Health::Up,
        }
    }
}

/// What an answer means, and whether the register did its work (for the breaker).
fn judge(answer: &Answer, request: &RequestId, check: Check, pauses: &Pauses) -> (Asked, bool) {
    let json = answer.media_type == "application/json";
    let nonsense = |what: &str| (Asked::temporary(format!("HTTP {}: {what}", answer.status)), false);
    match answer.status {
        200 if json => {
            match serde_json::from_slice::<CheckResult>(&answer.body).ok().and_then(|it| it.open(check)) {
                Some((of, answered)) if of == *request => (Asked::Answered(answered), true),
                Some(_) => nonsense("the answer is to another request"),
                None => nonsense("the answer made no sense"),
            }
        }
        202 if json => match serde_json::from_slice::<CheckPending>(&answer.body) {
            Ok(pending) if pending.is_of(request, check) => {
                let ask_again_after = answer.retry_after.map_or(pauses.usual, |wish| pauses.bounded(wish));
                (Asked::Pending { ask_again_after }, true)
            }
            _ => nonsense("the answer made no sense"),
        },
        200 | 202 => nonsense("the answer is not JSON"),
        _ => refusal(answer, pauses),
    }
}

/// What a refusal means. Only the codes of the protocol are final; a status alone may be a proxy's.
fn refusal(answer: &Answer, pauses: &Pauses) -> (Asked, bool) {
    let status = answer.status;
    let typed = matches!(answer.media_type.as_str(), "application/problem+json" | "application/json");
    let problem = typed.then(|| serde_json::from_slice::<Problem>(&answer.body).ok()).flatten();
    match (status, problem.as_ref().map_or("", |problem| problem.code.as_str())) {
        (404, "unknown_request") => (Asked::Unknown, true),
        (400, code @ "malformed")
        | (409, code @ "conflict")
        | (413, code @ "too_large")
        | (415, code @ "unsupported_type")
        | (422, code @ "invalid_question") => (Asked::refused(code), true),
        (status, code) => {
            let known = ["unauthorized", "forbidden", "too_many", "internal", "unavailable"];
            let reason = match known.iter().find(|known| **known == code) {
                Some(code) => format!("HTTP {status}: {code}"),
                None => format!("HTTP {status}"),
            };
            let retry_after = answer.retry_after.map(|wish| pauses.bounded(wish));
            // A register that asks for patience works.
            (Asked::Temporary { reason, retry_after }, status == 429)
        }
    }
}
