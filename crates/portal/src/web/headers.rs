//! The security headers of every answer (checklist 8.1, 8.2; ASVS 3.4).

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

/// The number of the request, for whoever reports a fault.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Everything from our own origin, no inline script or style, never framed.
const CSP: &str = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; \
    connect-src 'self'; worker-src 'self'; manifest-src 'self'; object-src 'none'; base-uri 'none'; \
    form-action 'self'; frame-ancestors 'none'";

/// The headers that every answer of a deployment has, put together once.
pub struct Secure(HeaderMap);

impl Secure {
    /// For a deployment behind https (`https` true) or on a plain loopback address.
    pub fn new(https: bool) -> Secure {
        let fixed: [(HeaderName, &'static str); 8] = [
            (header::CONTENT_SECURITY_POLICY, CSP),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::REFERRER_POLICY, "same-origin"),
            (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
            (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
            (header::X_FRAME_OPTIONS, "DENY"),
            (
                HeaderName::from_static("permissions-policy"),
                "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
            ),
            (header::CACHE_CONTROL, "no-store"),
        ];
        // With room for what an answer brings itself.
        let mut headers = HeaderMap::with_capacity(20);
        for (name, value) in fixed {
            headers.insert(name, HeaderValue::from_static(value));
        }
        if https {
            // A year, with subdomains (ASVS 3.4.1).
            let year = HeaderValue::from_static("max-age=31536000; includeSubDomains");
            headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
        }
        Secure(headers)
    }

    /// Adds what is missing; an answer that set a header itself (assets, pictures) keeps it.
    pub fn add_to(&self, headers: &mut HeaderMap, request_id: &str) {
        let own = std::mem::replace(headers, self.0.clone());
        let mut last = None;
        for (name, value) in own {
            // A further value of the same header comes without its name.
            match (name, &last) {
                (Some(name), _) => {
                    headers.insert(name.clone(), value);
                    last = Some(name);
                }
                (None, Some(name)) => {
                    headers.append(name.clone(), value);
                }
                (None, None) => {}
            }
        }
        if let Ok(id) = HeaderValue::from_str(request_id) {
            headers.insert(REQUEST_ID, id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_answer_says_itself_is_kept_and_the_rest_is_added() {
        let mut headers = HeaderMap::new();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("max-age=60"));
        for cookie in ["a=1", "b=2", "c=3"] {
            headers.append(header::SET_COOKIE, HeaderValue::from_static(cookie));
        }
        Secure::new(true).add_to(&mut headers, "7KQ2-M4VX-9PDT");
        assert_eq!(headers[header::CACHE_CONTROL], "max-age=60");
        assert_eq!(headers.get_all(header::SET_COOKIE).iter().collect::<Vec<_>>(), ["a=1", "b=2", "c=3"]);
        assert_eq!(headers[header::X_FRAME_OPTIONS], "DENY");
        assert_eq!(headers[&REQUEST_ID], "7KQ2-M4VX-9PDT");
        assert!(headers.contains_key(header::STRICT_TRANSPORT_SECURITY));
        assert_eq!(headers.len(), 13);
    }
}
