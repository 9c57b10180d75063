//! Files in a bucket of an S3-compatible store: PUT, GET, DELETE and ListObjectsV2.
//!
//! An outcome needs a whole answer of the store itself: a proxy's page, half an answer or one without the marks of S3
//! is [`Fault::Temporary`] and never «no such object». The hash of an object is signed on the way in, kept beside it
//! (`x-amz-meta-sha256`) and compared on the way out; copies that lost it are let through, for the portal opens a seal.

mod sign;
#[cfg(test)]
mod tests;
pub mod wire;

use super::{Addressing, Config, Fault, ObjectKey, Objects, S3Config};
use crate::breaker::{Breaker, Rules};
use crate::http::{self, HttpClient, HttpFault, Limits};
use crate::{ConfigProblem, Health, tls};
use async_trait::async_trait;
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{AUTHORIZATION, ETAG, HOST, HeaderName, HeaderValue};
use hyper::http::response::Parts;
use hyper::{Method, Request, Uri};
use kernel::Clock;
use ring::digest::{SHA256, digest};
use sign::{Signer, Unsigned, hex};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// Where the hash of an object is kept.
const HASH: HeaderName = HeaderName::from_static("x-amz-meta-sha256");
const DATE: HeaderName = HeaderName::from_static("x-amz-date");
const BODY_HASH: HeaderName = HeaderName::from_static("x-amz-content-sha256");

/// The most keys that S3 gives at once.
const PAGE: usize = 1000;
/// A page of the longest keys and everything else that stands in it, in bytes.
const PAGE_BYTES: usize = 4 * 1024 * 1024;
/// This many pages in a row without a key of ours are not ours to read.
const FOREIGN_PAGES: usize = 100;

/// Objects in a bucket.
pub struct S3Objects {
    client: HttpClient,
    signer: Signer,
    /// `https://host:port`.
    origin: String,
    host: String,
    /// What comes before keys in a path: `/bucket/` or `/`, and the prefix.
    folder: String,
    prefix: String,
    object_limit: usize,
    rules: Rules,
    standing: Mutex<Standing>,
    turns: Semaphore,
    turn_limit: Duration,
    clock: Arc<dyn Clock>,
}

#[derive(Default)]
struct Standing {
    breaker: Breaker,
    last_fault: Option<String>,
}

/// One request.
struct Ask<'a> {
    method: Method,
    path: String,
    query: &'a [(&'a str, &'a str)],
    body: &'a [u8],
}

/// Whether a bucket can be behind this address: a scheme, a host, perhaps a port, and nothing else.
pub(super) fn is_endpoint(text: &str) -> bool {
    let plain = !text.contains(['?', '#', '@']) && text.bytes().all(|byte| byte.is_ascii_graphic());
    let bare = text.trim_end_matches('/');
    plain
        && bare.parse::<Uri>().is_ok_and(|uri| {
            matches!(uri.scheme_str(), Some("http" | "https"))
                && uri.host().is_some_and(|host| !host.is_empty())
                && uri.path() == "/"
        })
}

impl S3Objects {
    /// The store with these settings; nothing is sent yet.
    ///
    /// # Errors
    /// Every problem of the configuration, and a certificate file that cannot be read.
    pub fn new(config: &Config, clock: Arc<dyn Clock>) -> Result<S3Objects, Vec<ConfigProblem>> {
        let problems = Config { kind: super::Kind::S3, ..config.clone() }.problems();
        if !problems.is_empty() {
            return Err(problems);
        }
        let s3 = &config.s3;
        let one = |problem: ConfigProblem| vec![problem.below("s3")];
        let (origin, host) = place(s3).ok_or_else(|| one(ConfigProblem::new("endpoint", "is no address")))?;
        let object_limit = config.object_limit_bytes as usize;
        let millis = |millis: u32| Duration::from_millis(millis.into());
        let limits = Limits {
            connect: millis(s3.connect_millis),
            first_byte: millis(s3.first_byte_millis),
            body: millis(s3.body_millis),
            total: millis(s3.total_millis),
            answer_bytes: object_limit.max(PAGE_BYTES),
        };
        let prefix = if s3.prefix.is_empty() { String::new() } else { format!("{}/", s3.prefix) };
        let bucket = match s3.addressing {
            Addressing::Path => format!("/{}/", s3.bucket),
            Addressing::Host => "/".to_owned(),
        };
        Ok(S3Objects {
            client: HttpClient::new(limits, tls::client_config(s3.tls_ca_file.as_deref()).map_err(one)?),
            signer: Signer::new(&s3.access_key, &s3.secret_key, &s3.region),
            origin,
            host,
            folder: bucket,
            prefix,
            object_limit,
            rules: s3.breaker.rules(),
            standing: Mutex::default(),
            turns: Semaphore::new(config.at_once as usize),
            turn_limit: millis(config.turn_millis),
            clock,
        })
    }

    fn standing(&self) -> MutexGuard<'_, Standing> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ask<'a>(&self, method: Method, key: &ObjectKey, body: &'a [u8]) -> Ask<'a> {
        Ask { method, path: format!("{}{}{key}", self.folder, self.prefix), query: &[], body }
    }

    /// One exchange: its turn, the breaker, the wire, and what the answer means.
    async fn exchange<T>(
        &self,
        ask: Ask<'_>,
        judge: impl FnOnce(&Parts, Bytes) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let Ok(Ok(_turn)) = timeout(self.turn_limit, self.turns.acquire()).await else {
            return Err(Fault::temporary("as many requests are under way as may be"));
        };
        {
            let (now, mut standing) = (self.clock.now(), self.standing());
            if !standing.breaker.admits(now) {
                return Err(Fault::temporary("the circuit breaker is open"));
            }
            standing.breaker.begin(now, &self.rules);
        }
        let outcome = match self.request(&ask) {
            Some(request) => match self.client.whole(request).await {
                Ok((head, body)) => judge(&head, body),
                Err(HttpFault::AnswerTooLarge) => Err(super::too_large()),
                Err(fault) => Err(Fault::temporary(fault.words())),
            },
            None => Err(Fault::permanent("the request cannot be made: a wrong clock?")),
        };
        let fault = outcome.as_ref().err();
        let mut standing = self.standing();
        standing.breaker.end(self.clock.now(), !fault.is_some_and(Fault::is_temporary), &self.rules);
        standing.last_fault = fault.map(|fault| fault.reason().to_owned());
        outcome
    }

    /// The request, signed.
    fn request(&self, ask: &Ask<'_>) -> Option<Request<Full<Bytes>>> {
        let own = (ask.method == Method::PUT).then(|| hex(digest(&SHA256, ask.body).as_ref()));
        let mut headers = vec![("host", self.host.as_str())];
        headers.extend(own.iter().map(|hash| (HASH_NAME, hash.as_str())));
        let unsigned = Unsigned {
            method: ask.method.as_str(),
            path: &ask.path,
            query: ask.query,
            headers: &headers,
            body: ask.body,
        };
        let signed = self.signer.sign(&unsigned, self.clock.now())?;
        let query = sign::query(ask.query);
        let mark = if query.is_empty() { "" } else { "?" };
        let mut request = Request::new(Full::new(Bytes::copy_from_slice(ask.body)));
        *request.method_mut() = ask.method.clone();
        *request.uri_mut() = format!("{}{}{mark}{query}", self.origin, ask.path).parse().ok()?;
        let mut authorization = HeaderValue::from_str(&signed.authorization).ok()?;
        authorization.set_sensitive(true);
        let to = request.headers_mut();
        to.insert(HOST, HeaderValue::from_str(&self.host).ok()?);
        to.insert(AUTHORIZATION, authorization);
        to.insert(DATE, HeaderValue::from_str(&signed.date).ok()?);
        to.insert(BODY_HASH, HeaderValue::from_str(&signed.body_hash).ok()?);
        if let Some(hash) = own {
            to.insert(HASH, HeaderValue::from_str(&hash).ok()?);
        }
        Some(request)
    }

    /// One page after a key of ours, or after what an earlier page named.
    async fn page(
        &self,
        after: Option<&str>,
        token: Option<&str>,
        limit: usize,
    ) -> Result<wire::Page, Fault> {
        let limit = limit.to_string();
        let mut query = vec![("list-type", "2"), ("max-keys", limit.as_str())];
        query.extend(Some(self.prefix.as_str()).filter(|it| !it.is_empty()).map(|it| ("prefix", it)));
        query.extend(after.map(|after| ("start-after", after)));
        query.extend(token.map(|token| ("continuation-token", token)));
        let ask = Ask { method: Method::GET, path: self.folder.clone(), query: &query, body: b"" };
        self.exchange(ask, |head, body| match head.status.as_u16() {
            200 => wire::page(&body).ok_or_else(|| Fault::temporary("HTTP 200: not a list, or half of one")),
            status => Err(refusal(status, &body)),
        })
        .await
    }

    /// The keys of a page that are ours, each after the one before.
    fn ours(&self, page: &wire::Page, after: Option<&ObjectKey>) -> Result<Vec<ObjectKey>, Fault> {
        let ours = page.keys.iter().filter_map(|key| ObjectKey::parse(key.strip_prefix(&self.prefix)?));
        let mut keys: Vec<ObjectKey> = Vec::new();
        for key in ours {
            if keys.last().or(after).is_some_and(|before| key <= *before) {
                return Err(Fault::permanent("the store does not list in the order of keys"));
            }
            keys.push(key);
        }
        Ok(keys)
    }
}

/// [`HASH`] as text.
const HASH_NAME: &str = "x-amz-meta-sha256";

/// `https://host:port` and the host as it stands in its header, without a usual port.
fn place(s3: &S3Config) -> Option<(String, String)> {
    let uri: Uri = s3.endpoint.trim_end_matches('/').parse().ok()?;
    let (scheme, host) = (uri.scheme_str()?, uri.host()?);
    let host = match s3.addressing {
        Addressing::Path => host.to_owned(),
        Addressing::Host => format!("{}.{host}", s3.bucket),
    };
    let usual = if scheme == "https" { 443 } else { 80 };
    let host = match uri.port_u16().filter(|port| *port != usual) {
        Some(port) => format!("{host}:{port}"),
        None => host,
    };
    Some((format!("{scheme}://{host}"), host))
}

/// What any other status means. Only what the store itself says is final.
fn refusal(status: u16, body: &[u8]) -> Fault {
    let code = wire::error_code(body);
    let reason = match &code {
        Some(code) => format!("HTTP {status} {code}"),
        None => format!("HTTP {status}"),
    };
    match (status, code.as_deref()) {
        (400, Some("RequestTimeout" | "IncompleteBody")) | (409, Some("OperationAborted")) => {
            Fault::temporary(reason)
        }
        (400..=499, Some(_)) if !matches!(status, 408 | 425 | 429) => Fault::permanent(reason),
        // Wrong keys and wrong addresses are told in a body that some stores leave out.
        (301 | 307 | 308 | 401 | 403 | 405 | 411, _) => Fault::permanent(reason),
        _ => Fault::temporary(reason),
    }
}

#[async_trait]
impl Objects for S3Objects {
    async fn put(&self, key: &ObjectKey, bytes: &[u8]) -> Result<(), Fault> {
        if bytes.len() > self.object_limit {
            return Err(super::too_large());
        }
        let ask = self.ask(Method::PUT, key, bytes);
        self.exchange(ask, |head, body| match head.status.as_u16() {
            200 if head.headers.contains_key(ETAG) => Ok(()),
            200 => Err(Fault::temporary("HTTP 200 without ETag: not an answer of S3; outcome unknown")),
            status => Err(refusal(status, &body)),
        })
        .await
    }

    async fn get(&self, key: &ObjectKey) -> Result<Option<Vec<u8>>, Fault> {
        let ask = self.ask(Method::GET, key, b"");
        let limit = self.object_limit;
        self.exchange(ask, |head, body| match head.status.as_u16() {
            200 if body.len() > limit => Err(super::too_large()),
            200 => object(head, body).map(Some),
            404 if wire::error_code(&body).as_deref() == Some("NoSuchKey") => Ok(None),
            status => Err(refusal(status, &body)),
        })
        .await
    }

    async fn delete(&self, key: &ObjectKey) -> Result<(), Fault> {
        let ask = self.ask(Method::DELETE, key, b"");
        self.exchange(ask, |head, body| match head.status.as_u16() {
            204 => Ok(()),
            200 if body.is_empty() => Ok(()),
            404 if wire::error_code(&body).as_deref() == Some("NoSuchKey") => Ok(()),
            200 => Err(Fault::temporary("HTTP 200 with a body: not an answer of S3; outcome unknown")),
            status => Err(refusal(status, &body)),
        })
        .await
    }

    async fn list(&self, after: Option<&ObjectKey>, limit: usize) -> Result<Vec<ObjectKey>, Fault> {
        if limit == 0 {
            return Ok(Vec::new());
        }
        let start = after.map(|key| format!("{}{key}", self.prefix));
        let mut page = self.page(start.as_deref(), None, limit.min(PAGE)).await?;
        for _ in 0..FOREIGN_PAGES {
            let keys = self.ours(&page, after)?;
            match page.next.take() {
                Some(next) if keys.is_empty() => page = self.page(None, Some(&next), PAGE).await?,
                _ => return Ok(keys.into_iter().take(limit).collect()),
            }
        }
        Err(Fault::permanent("the bucket is full of keys that are not the portal's"))
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

/// The bytes of an object, when they are those that were put.
fn object(head: &Parts, body: Bytes) -> Result<Vec<u8>, Fault> {
    if !head.headers.contains_key(ETAG) {
        return Err(Fault::temporary("HTTP 200 without ETag: not an answer of S3"));
    }
    let kept = http::text(&head.headers, &HASH);
    if !kept.is_empty() && !kept.eq_ignore_ascii_case(&hex(digest(&SHA256, &body).as_ref())) {
        return Err(Fault::temporary("the bytes are not those that were put"));
    }
    Ok(body.to_vec())
}
