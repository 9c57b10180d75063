//! Voice calls ordered over HTTP with JSON; the interface is `openapi.yaml` beside this file.

use super::{OutgoingCall, VoiceConfig, VoiceGateway};
use crate::http::{Answer, HttpClient, Limits};
use crate::{ConfigProblem, Health, SendOutcome, tls};
use async_trait::async_trait;
use hyper::Uri;
use hyper::header::{AUTHORIZATION, HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

const NAME: &str = "voice";

/// The longest call id that is kept.
const LONGEST_CALL_ID: usize = 128;

/// A caller behind HTTP.
pub struct HttpVoice {
    client: HttpClient,
    uri: Uri,
    authorization: Option<HeaderValue>,
    last_fault: Mutex<Option<String>>,
}

#[derive(Serialize)]
struct Order<'a> {
    id: &'a str,
    to: &'a str,
    language: &'a str,
    text: &'a str,
    digits: &'a str,
}

#[derive(Deserialize)]
struct Ordered {
    call_id: String,
}

impl HttpVoice {
    /// A caller with these settings.
    ///
    /// # Errors
    /// Every problem of the configuration.
    pub fn new(config: &VoiceConfig) -> Result<HttpVoice, Vec<ConfigProblem>> {
        let problems = config.problems();
        if !problems.is_empty() {
            return Err(problems);
        }
        let one = |problem| vec![problem];
        let uri = config.url.parse().map_err(|_| one(ConfigProblem::new("url", "is not an address")))?;
        let time_limit = Duration::from_secs(config.timeout_seconds.into());
        let limits = Limits::whole(time_limit, config.answer_limit_bytes as usize);
        let client = HttpClient::new(limits, tls::client_config(None).map_err(one)?);
        Ok(HttpVoice { client, uri, authorization: bearer(config)?, last_fault: Mutex::default() })
    }

    fn note(&self, fault: Option<String>) {
        *self.last_fault.lock().unwrap_or_else(PoisonError::into_inner) = fault;
    }
}

fn bearer(config: &VoiceConfig) -> Result<Option<HeaderValue>, Vec<ConfigProblem>> {
    let token = config.token.expose(); // goes into the header that is made for it
    if token.is_empty() {
        return Ok(None);
    }
    let mut value = HeaderValue::from_str(&format!("Bearer {token}"))
        .map_err(|_| vec![ConfigProblem::new("token", "expected visible ASCII characters")])?;
    value.set_sensitive(true);
    Ok(Some(value))
}

#[async_trait]
impl VoiceGateway for HttpVoice {
    fn name(&self) -> &str {
        NAME
    }

    async fn call(&self, call: &OutgoingCall) -> SendOutcome {
        let order = Order {
            id: &call.id,
            to: &call.to,
            language: call.lang.tag(),
            text: &call.text,
            digits: &call.digits,
        };
        let (Ok(body), Ok(id)) = (serde_json::to_vec(&order), HeaderValue::from_str(&call.id)) else {
            return SendOutcome::permanent("the id does not fit a header");
        };
        let mut headers = vec![(HeaderName::from_static("idempotency-key"), id)];
        headers.extend(self.authorization.clone().map(|value| (AUTHORIZATION, value)));
        let outcome = match self.client.post_json(&self.uri, headers, body).await {
            Ok(answer) => judge(&answer),
            Err(fault) => SendOutcome::temporary(fault.words()),
        };
        self.note(match &outcome {
            SendOutcome::Temporary { reason } => Some(reason.clone()),
            _ => None,
        });
        outcome
    }

    fn health(&self) -> Health {
        match self.last_fault.lock().unwrap_or_else(PoisonError::into_inner).clone() {
            Some(reason) => Health::Down { reason },
            None => Health::Up,
        }
    }
}

/// What an answer means. Only refusals that speak of this very call are final; those that speak of our access
/// (401, 403, 404 …) or of the moment (408, 425, 429, 5xx) may be gone at the next attempt.
fn judge(answer: &Answer) -> SendOutcome {
    match answer.status {
        200..=299 => match serde_json::from_slice::<Ordered>(&answer.body) {
            Ok(ordered) if ordered.call_id.len() <= LONGEST_CALL_ID => {
                SendOutcome::Accepted { gateway: NAME.to_owned(), remote_id: ordered.call_id }
            }
            _ => SendOutcome::temporary("the answer made no sense; outcome unknown"),
        },
        status @ (400 | 410 | 413 | 422) => SendOutcome::permanent(format!("HTTP {status}")),
        status => SendOutcome::temporary(format!("HTTP {status}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(status: u16, body: &'static str) -> SendOutcome {
        judge(&Answer { status, body: body.into(), ..Answer::default() })
    }

    #[test]
    fn answers_become_outcomes() {
        let accepted = SendOutcome::Accepted { gateway: "voice".into(), remote_id: "c1".into() };
        assert_eq!(judged(202, r#"{"call_id":"c1","more":1}"#), accepted);
        assert!(matches!(judged(200, "<html>"), SendOutcome::Temporary { .. }));
        assert!(matches!(judged(422, "{}"), SendOutcome::Permanent { .. }));
        for status in [301, 401, 403, 404, 408, 429, 500, 503] {
            assert!(matches!(judged(status, "{}"), SendOutcome::Temporary { .. }), "{status}");
        }
    }
}
