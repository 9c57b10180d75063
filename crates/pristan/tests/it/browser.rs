//! A small browser: keeps cookies, reads forms, follows redirects. No scripts, like the poorest of real ones.

use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::{Method, Request, StatusCode, header};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use std::collections::BTreeMap;

/// Redirects in a row before we call it a loop.
const MOST_REDIRECTS: usize = 10;

/// No answer came: the connection was refused, or broke before the answer was whole.
#[derive(Debug)]
pub struct NoAnswer;

/// What came back in the end, after redirects.
pub struct Page {
    /// The status of the last answer.
    pub status: u16,
    /// The path of the last answer, with its query.
    pub path: String,
    /// Its headers, names in lower case, as they came.
    pub headers: Vec<(String, String)>,
    /// Its body.
    pub body: String,
}

impl Page {
    /// Whether the page has a form field of this name.
    pub fn asks(&self, field: &str) -> bool {
        self.body.contains(&format!("name=\"{field}\""))
    }
}

/// Status, headers and body of one answer.
type Answer = (StatusCode, Vec<(String, String)>, String);

/// One visitor with cookies.
#[derive(Clone)]
pub struct Browser {
    client: Client<HttpConnector, Full<Bytes>>,
    base: String,
    cookies: BTreeMap<String, String>,
}

impl Browser {
    /// A visitor who was never here.
    pub fn new(base: &str) -> Browser {
        let client = Client::builder(TokioExecutor::new()).build_http();
        Browser { client, base: base.to_owned(), cookies: BTreeMap::new() }
    }

    /// Opens a page.
    pub async fn get(&mut self, path: &str) -> Result<Page, NoAnswer> {
        self.go(Method::GET, path, String::new()).await
    }

    /// Fills the form that has `field` on `page` and sends it, with the form's hidden fields.
    pub async fn submit(
        &mut self,
        page: &Page,
        field: &str,
        values: &[(&str, &str)],
    ) -> Result<Page, NoAnswer> {
        self.send(Form::with(page, field), values).await
    }

    /// Presses the button of the form that goes to `action`.
    pub async fn press(&mut self, page: &Page, action: &str) -> Result<Page, NoAnswer> {
        self.send(Form::around(page, &format!("action=\"{action}\""), action), &[]).await
    }

    async fn send(&mut self, form: Form, values: &[(&str, &str)]) -> Result<Page, NoAnswer> {
        let mut pairs: Vec<(String, String)> = form.hidden;
        pairs.extend(values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let body = pairs.iter().map(|(name, value)| format!("{}={}", escape(name), escape(value)));
        self.go(Method::POST, &form.action, body.collect::<Vec<_>>().join("&")).await
    }

    async fn go(&mut self, method: Method, path: &str, body: String) -> Result<Page, NoAnswer> {
        let (mut method, mut path, mut body) = (method, path.to_owned(), body);
        for _ in 0..MOST_REDIRECTS {
            let (status, headers, text) = self.once(method, &path, body).await?;
            let location =
                headers.iter().find(|(name, _)| name == "location").map(|(_, value)| value.clone());
            match location {
                Some(next) if status.is_redirection() => {
                    (method, path, body) = (Method::GET, self.local(&next), String::new());
                }
                _ => return Ok(Page { status: status.as_u16(), path, headers, body: text }),
            }
        }
        panic!("redirects in a circle at {path}");
    }

    async fn once(&mut self, method: Method, path: &str, body: String) -> Result<Answer, NoAnswer> {
        let jar =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ");
        let mut request = Request::builder()
            .method(&method)
            .uri(format!("{}{path}", self.base))
            .header(header::COOKIE, jar);
        if method == Method::POST {
            request = request
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .header(header::ORIGIN, &self.base);
        }
        let request = request.body(Full::new(Bytes::from(body))).expect("a request");
        let answer = self.client.request(request).await.map_err(|_| NoAnswer)?;
        for line in answer.headers().get_all(header::SET_COOKIE).iter().filter_map(|line| line.to_str().ok())
        {
            self.keep(line);
        }
        let text = |value: &header::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = answer.headers().iter().map(|(name, value)| (name.to_string(), text(value))).collect();
        let status = answer.status();
        let body = answer.into_body().collect().await.map_err(|_| NoAnswer)?.to_bytes();
        Ok((status, headers, String::from_utf8_lossy(&body).into_owned()))
    }

    fn keep(&mut self, line: &str) {
        let Some((name, value)) = line.split(';').next().and_then(|pair| pair.split_once('=')) else {
            return;
        };
        if line.to_ascii_lowercase().contains("max-age=0") {
            self.cookies.remove(name.trim());
        } else {
            self.cookies.insert(name.trim().to_owned(), value.trim().to_owned());
        }
    }

    /// A redirect's target as a path of the portal.
    fn local(&self, location: &str) -> String {
        location.strip_prefix(&self.base).unwrap_or(location).to_owned()
    }
}

/// Where a form goes and what it carries by itself.
struct Form {
    action: String,
    hidden: Vec<(String, String)>,
}

impl Form {
    /// The form around the field of this name.
    fn with(page: &Page, field: &str) -> Form {
        Form::around(page, &format!("name=\"{field}\""), field)
    }

    /// The form around these words of the page.
    fn around(page: &Page, wanted: &str, what: &str) -> Form {
        let at = page.body.find(wanted).unwrap_or_else(|| panic!("{} has no {what}", page.path));
        let start = page.body[..at].rfind("<form").expect("a form around the field");
        let end = page.body[at..].find("</form>").map_or(page.body.len(), |end| at + end);
        let form = &page.body[start..end];
        let opening = form.split('>').next().unwrap_or_default();
        let action = attribute(opening, "action")
            .filter(|action| !action.is_empty())
            .unwrap_or_else(|| page.path.clone());
        let hidden = form
            .split("<input")
            .skip(1)
            .map(|rest| rest.split('>').next().unwrap_or_default())
            .filter(|tag| attribute(tag, "type").as_deref() == Some("hidden"))
            .filter_map(|tag| Some((attribute(tag, "name")?, attribute(tag, "value").unwrap_or_default())))
            .collect();
        Form { action, hidden }
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    let value = rest.split('"').next()?;
    Some(
        value
            .replace("&#34;", "\"")
            .replace("&#39;", "'")
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&amp;", "&"),
    )
}

fn escape(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => (byte as char).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect()
}
