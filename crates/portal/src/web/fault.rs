//! Answers that are error pages: bad requests, refusals, outages. Drawn by the shell, which knows the visitor.

use crate::error::Error;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kernel::Span;

/// An error page to be drawn: its status and which words explain it.
#[derive(Clone, Debug)]
pub struct Fault {
    /// The status.
    pub status: StatusCode,
    /// Keys of a title and an explanation of its own, when the status alone does not say enough.
    pub words: Option<(&'static str, &'static str)>,
    /// When it is worth trying again.
    pub retry_after: Option<Span>,
    /// For the log only.
    pub detail: String,
    /// Methods of a 405.
    pub allow: Option<HeaderValue>,
}

impl Fault {
    fn new(status: StatusCode, detail: impl Into<String>) -> Fault {
        Fault { status, words: None, retry_after: None, detail: detail.into(), allow: None }
    }

    /// 400: the request cannot be understood.
    pub fn bad_request(detail: &str) -> Fault {
        Fault::new(StatusCode::BAD_REQUEST, detail)
    }

    /// 403: the form is not from this browser's page any more.
    pub fn stale_form() -> Fault {
        Fault {
            words: Some(("web-error-stale", "web-error-stale-text")),
            ..Fault::new(StatusCode::FORBIDDEN, "csrf")
        }
    }

    /// 403: another site started this request.
    pub fn foreign_origin() -> Fault {
        Fault::new(StatusCode::FORBIDDEN, "origin")
    }

    /// 403: the workplace is closed for this network address.
    pub fn not_here() -> Fault {
        Fault {
            words: Some(("staff-error-address", "staff-error-address-text")),
            ..Fault::new(StatusCode::FORBIDDEN, "address")
        }
    }

    /// 403: the role of a member of staff has no right to this.
    pub fn no_right() -> Fault {
        Fault {
            words: Some(("staff-error-right", "staff-error-right-text")),
            ..Fault::new(StatusCode::FORBIDDEN, "right")
        }
    }

    /// 404: nothing here, or nothing of yours.
    pub fn not_found() -> Fault {
        Fault::new(StatusCode::NOT_FOUND, "")
    }

    /// 405: the page has no such act.
    pub fn method_not_allowed() -> Fault {
        Fault::new(StatusCode::METHOD_NOT_ALLOWED, "")
    }

    /// 413: too many bytes.
    pub fn too_large() -> Fault {
        Fault::new(StatusCode::PAYLOAD_TOO_LARGE, "")
    }

    /// 415: not a form.
    pub fn unsupported_media() -> Fault {
        Fault::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "content type")
    }

    /// 421: this host name is not ours (checklist 10.3).
    pub fn unknown_host() -> Fault {
        Fault::new(StatusCode::MISDIRECTED_REQUEST, "host")
    }

    /// Every place is taken just now.
    pub fn busy(retry_after: Span) -> Fault {
        Fault {
            retry_after: Some(retry_after),
            ..Fault::new(StatusCode::SERVICE_UNAVAILABLE, "every place is taken")
        }
    }

    /// 429: too often.
    pub fn too_many(retry_after: Span) -> Fault {
        Fault { retry_after: Some(retry_after), ..Fault::new(StatusCode::TOO_MANY_REQUESTS, "") }
    }

    /// 503: something outside is away.
    pub fn outage(detail: &str) -> Fault {
        Fault { retry_after: Some(Span::seconds(5)), ..Fault::new(StatusCode::SERVICE_UNAVAILABLE, detail) }
    }

    /// 500 after a panic.
    pub fn panicked() -> Fault {
        Fault::new(StatusCode::INTERNAL_SERVER_ERROR, "panic")
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Fault {
        let detail = error.to_string();
        if !error.is_outage() {
            return Fault::new(StatusCode::INTERNAL_SERVER_ERROR, detail);
        }
        let retry_after = match error {
            Error::Busy { retry_after, .. } => retry_after,
            _ => Span::seconds(5),
        };
        Fault { retry_after: Some(retry_after), ..Fault::new(StatusCode::SERVICE_UNAVAILABLE, detail) }
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        if let Some(wait) = self.retry_after {
            let seconds = HeaderValue::from(wait.whole_seconds_up().max(1));
            response.headers_mut().insert(header::RETRY_AFTER, seconds);
        }
        if let Some(allow) = &self.allow {
            response.headers_mut().insert(header::ALLOW, allow.clone());
        }
        response.extensions_mut().insert(self);
        response
    }
}
