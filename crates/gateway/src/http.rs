//! The one place from which HTTP requests leave: time limits for each phase and for the whole exchange, a size limit
//! for the answer, no redirects, no proxy from the environment.

use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Bytes;
use hyper::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use hyper::http::response::Parts;
use hyper::{Method, Request, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use std::time::Duration;
use tokio::time::timeout;
use tokio_rustls::rustls::ClientConfig;

/// A client with kept connections.
pub(crate) struct HttpClient {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    limits: Limits,
}

/// How long each part of an exchange may take, and how large an answer may be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// To reach the other side.
    pub(crate) connect: Duration,
    /// From the beginning to the first line of the answer, connecting and TLS included.
    pub(crate) first_byte: Duration,
    /// To read the rest of the answer.
    pub(crate) body: Duration,
    /// The whole exchange.
    pub(crate) total: Duration,
    /// The longest answer, in bytes.
    pub(crate) answer_bytes: usize,
}

impl Limits {
    /// One limit for the whole exchange and none for its parts.
    pub(crate) fn whole(total: Duration, answer_bytes: usize) -> Limits {
        Limits { connect: total, first_byte: total, body: total, total, answer_bytes }
    }
}

/// An answer that arrived whole.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// The media type without parameters, in lower case; empty when there is none.
    pub(crate) media_type: String,
    /// `Retry-After` in seconds; the form with a date is not read.
    pub(crate) retry_after: Option<u32>,
    pub(crate) body: Bytes,
}

/// Why there is no answer; in words fit for a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HttpFault {
    TimedOut,
    CannotConnect,
    AnswerTooLarge,
    Broken,
}

impl HttpFault {
    pub(crate) fn words(self) -> &'static str {
        match self {
            HttpFault::TimedOut => "no answer in time; outcome unknown",
            HttpFault::CannotConnect => "cannot connect",
            HttpFault::AnswerTooLarge => "the answer is too large; outcome unknown",
            HttpFault::Broken => "connection broken or not HTTP; outcome unknown",
        }
    }
}

impl HttpClient {
    /// A client that keeps to these limits.
    pub(crate) fn new(limits: Limits, tls: ClientConfig) -> HttpClient {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(limits.connect));
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp);
        HttpClient { client: Client::builder(TokioExecutor::new()).build(connector), limits }
    }

    /// Posts a JSON text.
    pub(crate) async fn post_json(
        &self,
        uri: &Uri,
        headers: Vec<(HeaderName, HeaderValue)>,
        body: Vec<u8>,
    ) -> Result<Answer, HttpFault> {
        let mut request = Request::new(Full::new(Bytes::from(body)));
        *request.method_mut() = Method::POST;
        request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        self.send(request, uri, headers).await
    }

    /// Fetches a JSON text.
    pub(crate) async fn get_json(
        &self,
        uri: &Uri,
        headers: Vec<(HeaderName, HeaderValue)>,
    ) -> Result<Answer, HttpFault> {
        self.send(Request::new(Full::default()), uri, headers).await
    }

    async fn send(
        &self,
        mut request: Request<Full<Bytes>>,
        uri: &Uri,
        headers: Vec<(HeaderName, HeaderValue)>,
    ) -> Result<Answer, HttpFault> {
        *request.uri_mut() = uri.clone();
        request.headers_mut().insert(ACCEPT, HeaderValue::from_static("application/json"));
        request.headers_mut().extend(headers);
        let (head, body) = self.whole(request).await?;
        Ok(Answer {
            status: head.status.as_u16(),
            media_type: media_type(&head.headers),
            retry_after: text(&head.headers, &RETRY_AFTER).trim().parse().ok(),
            body,
        })
    }

    /// Any exchange, within the limits; the answer with all its headers.
    pub(crate) async fn whole(&self, request: Request<Full<Bytes>>) -> Result<(Parts, Bytes), HttpFault> {
        timeout(self.limits.total, self.exchange(request)).await.unwrap_or(Err(HttpFault::TimedOut))
    }

    async fn exchange(&self, request: Request<Full<Bytes>>) -> Result<(Parts, Bytes), HttpFault> {
        let response = timeout(self.limits.first_byte, self.client.request(request));
        let response = response.await.map_err(|_| HttpFault::TimedOut)?;
        let response = response.map_err(|error| match error.is_connect() {
            true => HttpFault::CannotConnect,
            false => HttpFault::Broken,
        })?;
        let (head, body) = response.into_parts();
        let body = timeout(self.limits.body, Limited::new(body, self.limits.answer_bytes).collect());
        let body = body.await.map_err(|_| HttpFault::TimedOut)?;
        let body = body.map_err(|error| match error.downcast_ref::<LengthLimitError>() {
            Some(_) => HttpFault::AnswerTooLarge,
            None => HttpFault::Broken,
        })?;
        Ok((head, body.to_bytes()))
    }
}

/// A header as text; empty when it is absent or not ASCII.
pub(crate) fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> &'h str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// The media type of a message without parameters, in lower case.
pub(crate) fn media_type(headers: &HeaderMap) -> String {
    let whole = text(headers, &CONTENT_TYPE);
    whole.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}
