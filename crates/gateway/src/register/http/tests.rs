//! What answers mean. The wire itself is tested against the stand.

use super::*;
use crate::register::Answer as Said;
use kernel::SystemClock;

const PAUSES: Pauses =
    Pauses { usual: Span::seconds(30), shortest: Span::seconds(2), longest: Span::seconds(3600) };

fn judged(status: u16, media_type: &str, retry_after: Option<u32>, body: &str) -> (Asked, bool) {
    let (media_type, body) = (media_type.to_owned(), body.to_owned().into());
    let answer = Answer { status, media_type, retry_after, body };
    judge(&answer, &RequestId::parse("chk_1").unwrap(), Check::Snils, &PAUSES)
}

const JSON: &str = "application/json";
const PROBLEM: &str = "application/problem+json";
const MATCH: &str = r#"{"request":"chk_1","check":"snils","answer":{"outcome":"match"},"answered_at":"x"}"#;

#[test]
fn a_whole_fitting_answer_is_an_answer() {
    assert_eq!(judged(200, JSON, None, MATCH), (Asked::Answered(Said::Match), true));
    let pending = r#"{"request":"chk_1","check":"snils"}"#;
    for (wish, span) in [(None, 30), (Some(0), 2), (Some(60), 60), (Some(999_999), 3600)] {
        let expected = Asked::Pending { ask_again_after: Span::seconds(span) };
        assert_eq!(judged(202, JSON, wish, pending), (expected, true));
    }
}

#[test]
fn anything_else_is_asked_again() {
    let another = MATCH.replace("chk_1", "chk_2");
    let other_check = MATCH.replace("snils", "passport");
    let unsuited = MATCH.replace("match", "valid");
    let cases = [
        (200, "text/html", MATCH),
        (200, "", MATCH),
        (200, JSON, &MATCH[..MATCH.len() / 2]),
        (200, JSON, ""),
        (200, JSON, "null"),
        (200, JSON, another.as_str()),
        (200, JSON, other_check.as_str()),
        (200, JSON, unsuited.as_str()),
        (202, JSON, MATCH.split(',').next().unwrap()),
        (202, JSON, r#"{"request":"chk_2","check":"snils"}"#),
        (201, JSON, MATCH),
        (204, JSON, ""),
        (301, JSON, MATCH),
        (400, "text/html", "<h1>Bad Request</h1>"),
        (404, "text/html", "not found"),
        (404, JSON, r#"{"code":"no_such_page"}"#),
        (422, JSON, r#"{"code":"malformed"}"#),
        (500, PROBLEM, r#"{"code":"conflict"}"#),
    ];
    for (status, media_type, body) in cases {
        let (asked, good) = judged(status, media_type, None, body);
        assert!(matches!(asked, Asked::Temporary { .. }) && !good, "{status} {media_type} {body}: {asked:?}");
    }
}

#[test]
fn refusals_are_told_apart_by_their_codes() {
    let said = |status, code: &str, retry| judged(status, PROBLEM, retry, &format!(r#"{{"code":"{code}"}}"#));
    for (status, code) in [
        (400, "malformed"),
        (409, "conflict"),
        (413, "too_large"),
        (415, "unsupported_type"),
        (422, "invalid_question"),
    ] {
        assert_eq!(said(status, code, None), (Asked::refused(code), true));
    }
    assert_eq!(said(404, "unknown_request", None), (Asked::Unknown, true));
    let temporary = |reason: &str, seconds: Option<i64>| Asked::Temporary {
        reason: reason.to_owned(),
        retry_after: seconds.map(Span::seconds),
    };
    assert_eq!(said(429, "too_many", Some(7)), (temporary("HTTP 429: too_many", Some(7)), true));
    assert_eq!(said(503, "unavailable", None), (temporary("HTTP 503: unavailable", None), false));
    assert_eq!(said(401, "unauthorized", None), (temporary("HTTP 401: unauthorized", None), false));
    // What a stranger writes is not repeated.
    assert_eq!(said(500, "Анна Ковалёва", None), (temporary("HTTP 500", None), false));
}

#[test]
fn a_register_without_an_address_is_not_opened() {
    let config = RegisterConfig::default();
    let opened = HttpRegister::new(Register::Tax, &config, Arc::new(SystemClock), RngSource::seeded(1));
    assert_eq!(opened.err().map(|problems| problems[0].path.clone()), Some("url".to_owned()));
}
