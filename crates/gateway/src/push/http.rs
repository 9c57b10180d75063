//! Pushes over HTTP to whatever push service a browser named (RFC 8030).

use super::crypto::{self, CryptoFault};
use super::{OutgoingPush, PushConfig, PushGateway, Pushed, Vapid, address};
use crate::{ConfigProblem, Health, tls};
use async_trait::async_trait;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HeaderValue, LOCATION};
use hyper::{Method, Request, Response, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::dns::Name;
use hyper_util::rt::TokioExecutor;
use kernel::{Clock, Span};
use ring::digest::{SHA256, digest};
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::timeout;

const NAME: &str = "push";
/// The longest answer that is read, in bytes; nothing in it is used.
const ANSWER: usize = 16 * 1_024;
/// Push services keep a message for four weeks at most.
const LONGEST_LIFE: i64 = 28 * 86_400;

/// Resolves names, and answers only addresses that a stranger may make us ask: a name of the public internet may lead
/// into our own network, at once or by its second answer.
#[derive(Clone, Copy)]
struct Guarded {
    private: bool,
}

impl tower::Service<Name> for Guarded {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, io::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), io::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let private = self.private;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let good: Vec<SocketAddr> =
                found.filter(|address| private || address::is_public(address.ip())).collect();
            if good.is_empty() {
                return Err(io::Error::other("the name leads to no public address"));
            }
            Ok(good.into_iter())
        })
    }
}

/// Push services over HTTP.
pub struct HttpPush {
    client: Client<HttpsConnector<HttpConnector<Guarded>>, Full<Bytes>>,
    vapid: Vapid,
    clock: Arc<dyn Clock>,
    private: bool,
    time_limit: Duration,
    last_fault: Mutex<Option<String>>,
}

impl HttpPush {
    /// A way out with these settings and our key.
    ///
    /// # Errors
    /// Every problem of the configuration.
    pub fn new(
        config: &PushConfig,
        vapid: Vapid,
        clock: Arc<dyn Clock>,
    ) -> Result<HttpPush, Vec<ConfigProblem>> {
        let problems = config.problems();
        if !problems.is_empty() {
            return Err(problems);
        }
        let time_limit = Duration::from_secs(config.timeout_seconds.into());
        let private = config.allow_private;
        let mut tcp = HttpConnector::new_with_resolver(Guarded { private });
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(time_limit));
        let tls = tls::client_config(None).map_err(|problem| vec![problem])?;
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp);
        let client = Client::builder(TokioExecutor::new()).build(connector);
        Ok(HttpPush { client, vapid, clock, private, time_limit, last_fault: Mutex::default() })
    }

    fn request(&self, push: &OutgoingPush) -> Result<Request<Full<Bytes>>, &'static str> {
        let subscription = &push.subscription;
        // The rule may have become stricter since the browser asked.
        if !address::may_be_asked(subscription.endpoint(), self.private) {
            return Err("the address is none that pushes are sent to");
        }
        let uri: Uri = subscription.endpoint().parse().map_err(|_| "not an address")?;
        let (point, auth) = subscription.keys().ok_or("the browser's keys are broken")?;
        let body = crypto::encrypt(&point, &auth, &push.payload).map_err(|fault| match fault {
            CryptoFault::Key => "the browser's key is no point of the curve",
            CryptoFault::TooLong => "the payload is too long",
            CryptoFault::Machine => "the machine has no randomness",
        })?;
        let authorization = self.vapid.authorization(&uri, self.clock.now()).ok_or("no token can be made")?;
        let life = (push.valid_for.0 / Span::seconds(1).0).clamp(0, LONGEST_LIFE);
        let mut request = Request::new(Full::new(Bytes::from(body)));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = uri;
        let headers = request.headers_mut();
        let value = |text: &str| HeaderValue::from_str(text).map_err(|_| "a header cannot be written");
        headers.insert("ttl", HeaderValue::from(life));
        headers.insert("urgency", HeaderValue::from_static("normal"));
        headers.insert("topic", value(&topic(&push.id))?);
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("aes128gcm"));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
        headers.insert(AUTHORIZATION, value(&authorization)?);
        Ok(request)
    }

    async fn exchange(&self, request: Request<Full<Bytes>>) -> Pushed {
        match timeout(self.time_limit, self.client.request(request)).await {
            Err(_) => Pushed::Temporary { reason: "no answer in time".into() },
            Ok(Err(error)) => Pushed::Temporary {
                reason: if error.is_connect() { "cannot connect" } else { "the connection broke" }.into(),
            },
            Ok(Ok(answer)) => {
                let pushed = judge(&answer);
                // Read to its end, so that the connection can be used again.
                let body = Limited::new(answer.into_body(), ANSWER).collect();
                let _ = timeout(self.time_limit, body).await;
                pushed
            }
        }
    }
}

/// A message that is tried again replaces itself at the push service (RFC 8030, 5.4): 32 signs of base64url at most.
fn topic(id: &str) -> String {
    use base64::Engine as _;
    let hash = digest(&SHA256, id.as_bytes());
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(&hash.as_ref()[..24])
}

/// The longest name of a message that is kept.
const LONGEST_NAME: usize = 64;

/// What an answer means. Its body is not looked at: it is a stranger's.
fn judge<B>(answer: &Response<B>) -> Pushed {
    let status = answer.status().as_u16();
    match status {
        200..=202 => {
            // The last part of the address says which message it is; the rest may lead to it, and is not kept.
            let place =
                answer.headers().get(LOCATION).and_then(|place| place.to_str().ok()).unwrap_or_default();
            let hash = digest(&SHA256, place.as_bytes());
            let name: String =
                hash.as_ref().iter().take(LONGEST_NAME / 4).map(|byte| format!("{byte:02x}")).collect();
            Pushed::Accepted { remote_id: if place.is_empty() { String::new() } else { name } }
        }
        404 | 410 => Pushed::Gone,
        408 | 425 | 429 | 500..=599 => Pushed::Temporary { reason: format!("HTTP {status}") },
        _ => Pushed::Permanent { reason: format!("HTTP {status}") },
    }
}

#[async_trait]
impl PushGateway for HttpPush {
    fn name(&self) -> &str {
        NAME
    }

    fn public_key(&self) -> &str {
        self.vapid.public()
    }

    async fn push(&self, push: &OutgoingPush) -> Pushed {
        let pushed = match self.request(push) {
            Ok(request) => self.exchange(request).await,
            Err(reason) => Pushed::Permanent { reason: reason.into() },
        };
        // Push services are many; one that is down says nothing of the others, so this is only the last word.
        let fault = match &pushed {
            Pushed::Temporary { reason } => Some(reason.clone()),
            _ => None,
        };
        *self.last_fault.lock().unwrap_or_else(PoisonError::into_inner) = fault;
        pushed
    }

    fn health(&self) -> Health {
        match &*self.last_fault.lock().unwrap_or_else(PoisonError::into_inner) {
            None => Health::Up,
            Some(reason) => Health::Degraded { reason: reason.clone() },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_told_apart() {
        let of = |status: u16| judge(&Response::builder().status(status).body(()).expect("an answer"));
        for good in [200, 201, 202] {
            assert!(matches!(of(good), Pushed::Accepted { .. }), "{good}");
        }
        for gone in [404, 410] {
            assert_eq!(of(gone), Pushed::Gone, "{gone}");
        }
        for later in [408, 425, 429, 500, 502, 503, 504] {
            assert!(matches!(of(later), Pushed::Temporary { .. }), "{later}");
        }
        for never in [204, 301, 302, 307, 400, 401, 403, 406, 413] {
            assert!(matches!(of(never), Pushed::Permanent { .. }), "{never}");
        }
    }

    #[test]
    fn topics_are_short_and_the_same_for_the_same_message() {
        assert_eq!(topic("msg_1").len(), 32);
        assert_eq!(topic("msg_1"), topic("msg_1"));
        assert_ne!(topic("msg_1"), topic("msg_2"));
    }

    #[tokio::test]
    async fn a_name_that_leads_home_is_not_asked() {
        use tower::Service as _;
        let name = || "localhost".parse::<Name>().expect("a name");
        assert!(Guarded { private: false }.call(name()).await.is_err());
        assert!(Guarded { private: true }.call(name()).await.is_ok());
    }
}
