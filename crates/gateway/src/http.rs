//! The one place from which HTTP requests leave: a time limit for the whole exchange, a size limit for the
//! answer, no redirects, no proxy from the environment.

use crate::{ConfigProblem, tls};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Bytes;
use hyper::header::{ACCEPT, CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::{Method, Request, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use std::time::Duration;
use tokio::time::timeout;

/// A client with kept connections.
pub(crate) struct HttpClient {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    time_limit: Duration,
    answer_limit: usize,
}

/// An answer that arrived whole.
pub(crate) struct Answer {
    pub(crate) status: u16,
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
    /// A client that gives each exchange `time_limit` and reads at most `answer_limit` bytes.
    pub(crate) fn new(time_limit: Duration, answer_limit: usize) -> Result<HttpClient, ConfigProblem> {
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls::client_config(None)?)
            .https_or_http()
            .enable_http1()
            .build();
        let client = Client::builder(TokioExecutor::new()).build(connector);
        Ok(HttpClient { client, time_limit, answer_limit })
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
        *request.uri_mut() = uri.clone();
        request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        request.headers_mut().insert(ACCEPT, HeaderValue::from_static("application/json"));
        request.headers_mut().extend(headers);
        timeout(self.time_limit, self.exchange(request)).await.unwrap_or(Err(HttpFault::TimedOut))
    }

    async fn exchange(&self, request: Request<Full<Bytes>>) -> Result<Answer, HttpFault> {
        let response = self.client.request(request).await.map_err(|error| match error.is_connect() {
            true => HttpFault::CannotConnect,
            false => HttpFault::Broken,
        })?;
        let status = response.status().as_u16();
        let body = Limited::new(response.into_body(), self.answer_limit).collect().await.map_err(
            |error| match error.downcast_ref::<LengthLimitError>() {
                Some(_) => HttpFault::AnswerTooLarge,
                None => HttpFault::Broken,
            },
        )?;
        Ok(Answer { status, body: body.to_bytes() })
    }
}
