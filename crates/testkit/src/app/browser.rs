//! A visitor's browser without scripts, talking to the router directly: cookies with their ends, forms with their
//! token, redirects.

use super::{MockClock, Page};
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request, header};
use kernel::{Clock, Span, Time};
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use tower::ServiceExt;

/// Redirects in a row before we call it a loop.
const MOST_REDIRECTS: usize = 10;

/// One cookie: its value, and when it ends when it outlives the window.
#[derive(Clone)]
struct Cookie {
    value: String,
    until: Option<Time>,
}

/// One visitor; a clone is another browser with the same cookies.
#[derive(Clone)]
pub struct Browser {
    router: Router,
    clock: MockClock,
    urls: Arc<Mutex<Vec<String>>>,
    cookies: BTreeMap<String, Cookie>,
    csrf: String,
    origin: String,
    address: SocketAddr,
    agent: String,
}

impl Browser {
    pub(super) fn new(
        router: Router,
        clock: MockClock,
        urls: Arc<Mutex<Vec<String>>>,
        origin: &str,
    ) -> Browser {
        Browser {
            router,
            clock,
            urls,
            cookies: BTreeMap::new(),
            csrf: String::new(),
            origin: origin.to_owned(),
            address: SocketAddr::from(([127, 0, 0, 1], 50_000)),
            agent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0".to_owned(),
        }
    }

    /// The same visitor at another network address.
    #[must_use]
    pub fn at(mut self, address: &str) -> Browser {
        self.address.set_ip(address.parse::<IpAddr>().expect("an address"));
        self
    }

    /// The same visitor with another user agent.
    #[must_use]
    pub fn with_agent(mut self, agent: &str) -> Browser {
        self.agent = agent.to_owned();
        self
    }

    /// The same visitor, talking to another instance.
    #[must_use]
    pub fn towards(mut self, app: &super::TestApp) -> Browser {
        self.router = app.router.clone();
        self
    }

    /// A cookie's value by its plain name (without `pristan-` or `__Host-`).
    pub fn cookie(&self, name: &str) -> Option<&str> {
        let cookie = self
            .cookies
            .get(&format!("pristan-{name}"))
            .or_else(|| self.cookies.get(&format!("__Host-{name}")))?;
        Some(&cookie.value)
    }

    /// Plants a cookie by its plain name.
    pub fn plant(&mut self, name: &str, value: &str) {
        let name = if self.origin.starts_with("https") {
            format!("__Host-{name}")
        } else {
            format!("pristan-{name}")
        };
        self.cookies.insert(name, Cookie { value: value.to_owned(), until: None });
    }

    /// Loses a cookie by its plain name.
    pub fn lose(&mut self, name: &str) {
        self.cookies.retain(|known, _| {
            known.split_once('-').is_none_or(|(_, plain)| plain.trim_start_matches("Host-") != name)
        });
    }

    /// Closes the window: cookies without an end of their own are gone.
    pub fn close_window(&mut self) {
        self.cookies.retain(|_, cookie| cookie.until.is_some());
    }

    /// Every cookie's full name and value.
    pub fn cookies(&self) -> Vec<(String, String)> {
        self.cookies.iter().map(|(name, cookie)| (name.clone(), cookie.value.clone())).collect()
    }

    /// The form token of the last page with a form.
    pub fn csrf(&self) -> &str {
        &self.csrf
    }

    /// Opens a page and follows no redirect.
    pub async fn get(&mut self, path: &str) -> Page {
        self.request(Method::GET, path, &[], Body::empty()).await
    }

    /// Opens a page and follows redirects.
    pub async fn open(&mut self, path: &str) -> Page {
        let page = self.get(path).await;
        self.follow(page).await
    }

    /// Sends a form with the token of the last page and follows no redirect. A browser that has seen no page yet
    /// opens one first, as people do.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        if self.csrf.is_empty() {
            self.get("/help").await;
        }
        let token = self.csrf.clone();
        let mut all = vec![("csrf", token.as_str())];
        all.extend_from_slice(fields);
        self.post_raw(path, &encode(&all)).await
    }

    /// Sends a form and follows redirects.
    pub async fn send(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let page = self.post(path, fields).await;
        self.follow(page).await
    }

    /// Sends a form together with the solved challenge of a page; follows no redirect.
    pub async fn post_solved(&mut self, page: &Page, path: &str, fields: &[(&str, &str)]) -> Page {
        let solved = page.solved();
        let mut all: Vec<(&str, &str)> = fields.to_vec();
        all.extend(solved.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        self.post(path, &all).await
    }

    /// Sends a body as a form of our own origin, without adding anything.
    pub async fn post_raw(&mut self, path: &str, body: &str) -> Page {
        let origin = self.origin.clone();
        let headers = [("content-type", "application/x-www-form-urlencoded"), ("origin", origin.as_str())];
        self.request(Method::POST, path, &headers, Body::from(body.to_owned())).await
    }

    /// Goes where redirects lead.
    pub async fn follow(&mut self, mut page: Page) -> Page {
        for _ in 0..MOST_REDIRECTS {
            let Some(next) = page.location().map(str::to_owned) else { return page };
            page = self.get(&next).await;
        }
        panic!("redirects in a circle at {}", page.path);
    }

    /// Any request; cookies, host and address are added where `headers` do not say otherwise.
    pub async fn request(
        &mut self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Body,
    ) -> Page {
        let now = self.clock.now();
        self.cookies.retain(|_, cookie| cookie.until.is_none_or(|until| now < until));
        let mut request = Request::builder().method(method).uri(path);
        let host = self.origin.split_once("://").map_or("localhost", |(_, host)| host).to_owned();
        let jar: Vec<String> =
            self.cookies.iter().map(|(name, cookie)| format!("{name}={}", cookie.value)).collect();
        let usual = [("host", host), ("cookie", jar.join("; ")), ("user-agent", self.agent.clone())];
        for (name, value) in usual
            .iter()
            .filter(|(name, value)| !value.is_empty() && !headers.iter().any(|(own, _)| own == name))
        {
            request = request.header(*name, value);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(body).expect("a request");
        request.extensions_mut().insert(ConnectInfo(self.address));
        let answer = self.router.clone().oneshot(request).await.expect("a router never fails");
        let (parts, body) = answer.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.expect("a whole body");
        let page = Page {
            path: path.to_owned(),
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8_lossy(&bytes).into_owned(),
        };
        self.take(&page, now);
        page
    }

    fn take(&mut self, page: &Page, now: Time) {
        self.keep_cookies(&page.headers, now);
        if let Some(csrf) = page.value("csrf") {
            self.csrf = csrf;
        }
        if let Some(place) = page.location() {
            self.urls.lock().unwrap_or_else(PoisonError::into_inner).push(place.to_owned());
        }
    }

    fn keep_cookies(&mut self, headers: &HeaderMap, now: Time) {
        for line in headers.get_all(header::SET_COOKIE).iter().filter_map(|line| line.to_str().ok()) {
            let mut parts = line.split(';').map(str::trim);
            let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else { continue };
            let age =
                parts.find_map(|part| part.strip_prefix("Max-Age=")).and_then(|age| age.parse::<i64>().ok());
            match age {
                Some(age) if age <= 0 => drop(self.cookies.remove(name)),
                age => {
                    let until = age.map(|age| now + Span::seconds(age));
                    self.cookies.insert(name.to_owned(), Cookie { value: value.to_owned(), until });
                }
            }
        }
    }
}

/// Fields as a form's body.
pub fn encode(fields: &[(&str, &str)]) -> String {
    let pair = |(name, value): &(&str, &str)| format!("{}={}", escape(name), escape(value));
    fields.iter().map(pair).collect::<Vec<_>>().join("&")
}

fn escape(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect()
}
