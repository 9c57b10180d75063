//! Webhooks to the portal: signed, and sent again until they are taken.

use super::keys::PORTAL_NAME;
use super::token::{Claims, body_hash};
use super::{Kind, Registers, lock};
use axum::body::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use hyper::{Request, Uri};
use hyper_util::rt::TokioIo;
use kernel::{Span, Time};
use serde_json::Value;
use std::collections::BTreeMap;
use std::io;
use std::sync::Mutex;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::timeout;

/// One attempt must end within this time.
const ATTEMPT: Duration = Duration::from_secs(10);

/// How often the stand's clock is looked at while something waits: a clock of a test jumps without a sound.
const LOOK: Duration = Duration::from_millis(20);

/// How many attempts are under way at a time.
const AT_ONCE: usize = 16;

/// What waits to be sent, by the moment at which it is due.
#[derive(Default)]
pub(super) struct Deliveries {
    waiting: Mutex<Waiting>,
    pushed: Notify,
}

#[derive(Default)]
struct Waiting {
    by_time: BTreeMap<(Time, u64), Delivery>,
    count: u64,
    under_way: usize,
    delivered: u64,
    given_up: u64,
}

#[derive(Clone)]
struct Delivery {
    kind: Kind,
    body: String,
    tried: u32,
}

/// How an attempt ended.
enum Attempt {
    Taken,
    Again,
    GiveUp,
}

impl Deliveries {
    /// Sends a body from a moment on.
    pub(super) fn push(&self, at: Time, kind: Kind, body: &Value) {
        self.put(at, Delivery { kind, body: body.to_string(), tried: 0 });
    }

    /// Waiting or under way, taken, given up.
    pub(super) fn counts(&self) -> (usize, u64, u64) {
        let waiting = lock(&self.waiting);
        (waiting.by_time.len() + waiting.under_way, waiting.delivered, waiting.given_up)
    }

    fn put(&self, at: Time, delivery: Delivery) {
        let mut waiting = lock(&self.waiting);
        waiting.count += 1;
        let number = waiting.count;
        waiting.by_time.insert((at, number), delivery);
        drop(waiting);
        self.pushed.notify_one();
    }

    fn take_due(&self, now: Time) -> Option<Delivery> {
        let mut waiting = lock(&self.waiting);
        let first = waiting.by_time.first_entry().filter(|entry| entry.key().0 <= now)?.remove();
        waiting.under_way += 1;
        Some(first)
    }

    fn end(&self, attempt: &Attempt) {
        let mut waiting = lock(&self.waiting);
        waiting.under_way = waiting.under_way.saturating_sub(1);
        match attempt {
            Attempt::Taken => waiting.delivered += 1,
            Attempt::GiveUp => waiting.given_up += 1,
            Attempt::Again => {}
        }
    }

    fn is_empty(&self) -> bool {
        lock(&self.waiting).by_time.is_empty()
    }
}

/// Sends what is due, for ever.
pub(super) async fn pump(registers: Registers) {
    let mut under_way = JoinSet::new();
    loop {
        while under_way.len() < AT_ONCE
            && let Some(delivery) = registers.0.deliveries.take_due(registers.0.clock.now())
        {
            let registers = registers.clone();
            under_way.spawn(async move { registers.attempt(delivery).await });
        }
        let idle = registers.0.deliveries.is_empty();
        tokio::select! {
            () = registers.0.deliveries.pushed.notified() => {}
            _ = under_way.join_next(), if !under_way.is_empty() => {}
            () = tokio::time::sleep(LOOK), if !idle => {}
        }
    }
}

impl Registers {
    /// Sends a webhook before anything else happens; it is not tried again.
    pub(super) async fn deliver_now(&self, kind: Kind, body: &str) {
        let _ = self.post(kind, body).await;
    }

    async fn attempt(&self, mut delivery: Delivery) {
        let times = &self.0.times;
        delivery.tried += 1;
        let mut attempt = match self.post(delivery.kind, &delivery.body).await {
            Some(200..=299) => Attempt::Taken,
            // The portal has read it and will never take it.
            Some(400 | 404 | 410 | 413 | 415) => Attempt::GiveUp,
            _ => Attempt::Again,
        };
        if matches!(attempt, Attempt::Again) && delivery.tried >= times.tries {
            attempt = Attempt::GiveUp;
        }
        if matches!(attempt, Attempt::Again) {
            let doubled = times.again_first.0.saturating_mul(1 << (delivery.tried - 1).min(30));
            let pause = Span(doubled.min(times.again_longest.0));
            self.0.deliveries.put(self.0.clock.now() + pause, delivery);
        }
        self.0.deliveries.end(&attempt);
    }

    /// One attempt: the status of the answer, nothing when there was none.
    async fn post(&self, kind: Kind, body: &str) -> Option<u16> {
        // A register that is away sends nothing either.
        if self.0.faults.is_away(kind.word()) {
            return None;
        }
        let portal = lock(&self.0.portal).clone()?;
        let sent = timeout(ATTEMPT, self.send(&portal, kind, body)).await;
        match sent {
            Ok(Ok(status)) => Some(status),
            Ok(Err(error)) => {
                tracing::debug!(register = kind.word(), %error, "a webhook could not be sent");
                None
            }
            Err(_) => None,
        }
    }

    async fn send(&self, portal: &str, kind: Kind, body: &str) -> io::Result<u16> {
        let path = format!("/hooks/registers/{}", kind.word());
        let uri: Uri = format!("{portal}{path}").parse().map_err(io::Error::other)?;
        let host = uri.host().ok_or_else(|| io::Error::other("the portal's address has no host"))?;
        let authority = uri.authority().map(|authority| authority.as_str()).unwrap_or(host);
        let target = (host.trim_matches(['[', ']']), uri.port_u16().unwrap_or(80));
        let token = self.0.signer.sign(&self.claims(kind, &path, body))?;
        let request = Request::post(&path)
            .header(HOST, authority)
            .header(CONTENT_TYPE, "application/json")
            .header(AUTHORIZATION, format!("Bearer {token}"))
            .body(Full::new(Bytes::copy_from_slice(body.as_bytes())))
            .map_err(io::Error::other)?;
        let stream = TcpStream::connect(target).await?;
        let (mut sender, connection) =
            http1::handshake(TokioIo::new(stream)).await.map_err(io::Error::other)?;
        let exchange = async {
            let response = sender.send_request(request).await.map_err(io::Error::other)?;
            let status = response.status().as_u16();
            // Read to the end, so that the portal sees an orderly farewell.
            let _ = response.into_body().collect().await;
            drop(sender);
            Ok(status)
        };
        let (status, _) = tokio::join!(exchange, connection);
        status
    }

    /// Each attempt has a token of its own.
    fn claims(&self, kind: Kind, path: &str, body: &str) -> Claims {
        let now = self.0.clock.now().0.div_euclid(1_000_000);
        Claims {
            iss: kind.word().to_owned(),
            aud: PORTAL_NAME.to_owned(),
            iat: now,
            exp: now + 60,
            jti: format!("{:032x}", u128::from_be_bytes(self.0.rng.fork().bytes())),
            op: format!("POST {path}"),
            body_sha256: body_hash(body.as_bytes()),
        }
    }
}
