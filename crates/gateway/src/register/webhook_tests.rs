//! Webhooks that are believed, and all the ways in which they are not.

use super::webhook::{Happened, Keys, Notice, Received, Refusal, open};
use super::{Answer, InvalidReason, Register, RegisterConfig};
use crate::jwt::tests::{PRIVATE, PUBLIC};
use crate::jwt::{SigningKey, body_hash};
use hyper::HeaderMap;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use kernel::{Span, Time};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const NOW: i64 = 1_795_000_000;

fn keys(register: Register) -> Keys {
    let config = RegisterConfig {
        register_name: register.word().into(),
        register_keys: BTreeMap::from([("r1".to_owned(), PUBLIC.to_owned())]),
        ..RegisterConfig::default()
    };
    Keys::new(register, &config).expect("a good configuration")
}

fn claims(body: &str) -> Value {
    json!({
        "iss": "pension", "aud": "pristan", "iat": NOW, "exp": NOW + 60, "jti": "t-1",
        "op": "POST /hooks/registers/pension", "body_sha256": body_hash(body.as_bytes()),
    })
}

fn headers(claims: &Value, key_id: &str) -> HeaderMap {
    let token = SigningKey::from_pem(PRIVATE, key_id).unwrap().sign(claims).unwrap();
    let mut headers = HeaderMap::new();
    headers.insert(AUTHORIZATION, HeaderValue::from_str(&format!("Bearer {token}")).unwrap());
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    headers
}

const ANSWER: &str = r#"{"kind":"answer","request":"chk_1","check":"snils","answer":{"outcome":"no_such"}}"#;

fn opened(change: impl FnOnce(&mut Value)) -> Result<Received, Refusal> {
    let mut claims = claims(ANSWER);
    change(&mut claims);
    open(&headers(&claims, "r1"), ANSWER.as_bytes(), Time(NOW * 1_000_000), &keys(Register::Pension))
}

#[test]
fn a_signed_answer_is_read_and_its_token_can_be_remembered() {
    let received = opened(|_| {}).expect("believed");
    let Notice::Answered { request, answer } = received.notice else { panic!("an answer") };
    assert_eq!((request.as_str(), answer), ("chk_1", Answer::NoSuch));
    assert_eq!(received.token, "t-1");
    assert!(
        received.token_until >= Time(NOW * 1_000_000) + Span::seconds(60),
        "as long as it could be replayed"
    );
}

#[test]
fn tokens_for_others_of_others_and_of_other_times_are_refused() {
    let cases: [(&str, Value, Refusal); 12] = [
        ("aud", json!("another-portal"), Refusal::WrongParty),
        ("aud", json!(["pristan", "another-portal"]), Refusal::BadToken),
        ("iss", json!("interior"), Refusal::WrongParty),
        ("op", json!("POST /hooks/registers/interior"), Refusal::WrongParty),
        ("op", json!("POST /v1/checks"), Refusal::WrongParty),
        ("exp", json!(NOW + 61), Refusal::WrongTime),
        ("exp", json!(NOW), Refusal::WrongTime),
        ("exp", json!(i64::MAX), Refusal::WrongTime),
        ("iat", json!(i64::MIN), Refusal::WrongTime),
        ("jti", json!(""), Refusal::BadToken),
        ("jti", json!("x".repeat(65)), Refusal::BadToken),
        ("body_sha256", json!(body_hash(b"another body")), Refusal::AlteredBody),
    ];
    for (claim, value, refusal) in cases {
        let outcome = opened(|claims| claims[claim] = value.clone());
        assert_eq!(outcome.err(), Some(refusal), "{claim} = {value}");
    }
    for claim in ["iss", "aud", "iat", "exp", "jti", "op", "body_sha256"] {
        let outcome = opened(|claims| {
            claims.as_object_mut().unwrap().remove(claim);
        });
        assert_eq!(outcome.err(), Some(Refusal::BadToken), "without {claim}");
    }
}

#[test]
fn a_token_lives_a_minute_and_clocks_may_differ_a_little() {
    let at = |seconds: i64| {
        let (headers, keys) = (headers(&claims(ANSWER), "r1"), keys(Register::Pension));
        open(&headers, ANSWER.as_bytes(), Time((NOW + seconds) * 1_000_000), &keys).err()
    };
    for seconds in [-5, 0, 59, 64] {
        assert_eq!(at(seconds), None, "{seconds}");
    }
    for seconds in [-6, 65, 66, 3600, -86_400] {
        assert_eq!(at(seconds), Some(Refusal::WrongTime), "{seconds}");
    }
}

#[test]
fn an_altered_body_a_strange_key_and_doubled_headers_are_refused() {
    let keys = keys(Register::Pension);
    let now = Time(NOW * 1_000_000);
    let good = headers(&claims(ANSWER), "r1");
    for place in 0..ANSWER.len() {
        let mut altered = ANSWER.as_bytes().to_vec();
        altered[place] ^= 1;
        assert_eq!(open(&good, &altered, now, &keys).err(), Some(Refusal::AlteredBody));
    }
    let strange = headers(&claims(ANSWER), "r2");
    assert_eq!(open(&strange, ANSWER.as_bytes(), now, &keys).err(), Some(Refusal::BadToken));
    assert_eq!(open(&HeaderMap::new(), ANSWER.as_bytes(), now, &keys).err(), Some(Refusal::NoToken));
    let mut twice = good.clone();
    twice.append(AUTHORIZATION, HeaderValue::from_static("Bearer x"));
    assert_eq!(open(&twice, ANSWER.as_bytes(), now, &keys).err(), Some(Refusal::BadToken));
    let mut text = good.clone();
    text.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
    assert_eq!(open(&text, ANSWER.as_bytes(), now, &keys).err(), Some(Refusal::WrongType));
    let long = vec![b' '; keys.longest_body() + 1];
    assert_eq!(open(&good, &long, now, &keys).err(), Some(Refusal::TooLong));
}

fn said(register: Register, body: &Value) -> Result<Notice, Refusal> {
    let body = body.to_string();
    let mut claims = claims(&body);
    claims["iss"] = json!(register.word());
    claims["op"] = json!(format!("POST /hooks/registers/{}", register.word()));
    let now = Time(NOW * 1_000_000);
    open(&headers(&claims, "r1"), body.as_bytes(), now, &keys(register)).map(|received| received.notice)
}

#[test]
fn events_are_read_and_only_whose_register_may_say_them() {
    let event = json!({
        "kind": "event", "event": "evt-1", "type": "document_invalid", "reason": "stolen", "on": "2026-11-20",
        "subject": { "series": "4510", "number": "123456" },
    });
    let Ok(Notice::Event(read)) = said(Register::Interior, &event) else { panic!("an event") };
    assert_eq!(
        (read.id.as_str(), read.happened),
        ("evt-1", Happened::DocumentInvalid(InvalidReason::Stolen))
    );
    assert_eq!(read.subject.passport.as_ref().map(|passport| passport.as_str()), Some("4510 123456"));
    assert!(!format!("{read:?}").contains("4510"), "nothing of a person is printed");
    assert_eq!(said(Register::Pension, &event).err(), Some(Refusal::Malformed), "not its passports");
    let death = json!({
        "kind": "event", "event": "evt-2", "type": "death", "subject": { "snils": "112-233-445 95" },
    });
    assert!(matches!(said(Register::Pension, &death), Ok(Notice::Event(_))));
    for change in [
        json!({ "type": "birth" }),
        json!({ "event": "" }),
        json!({ "subject": {} }),
        json!({ "subject": { "snils": "112-233-445 96" } }),
        json!({ "subject": { "series": "4510" } }),
        json!({ "kind": "question" }),
        json!({ "type": "document_invalid", "subject": { "series": "4510", "number": "123456" } }),
    ] {
        let mut bad = death.clone();
        for (name, value) in change.as_object().unwrap() {
            bad[name] = value.clone();
        }
        assert_eq!(said(Register::Interior, &bad).err(), Some(Refusal::Malformed), "{change}");
    }
    let unsuited =
        json!({ "kind": "answer", "request": "r", "check": "passport", "answer": { "outcome": "valid" } });
    assert_eq!(said(Register::Pension, &unsuited).err(), Some(Refusal::Malformed));
}

#[test]
fn every_refusal_has_a_status_and_tells_nothing_more() {
    let table = [
        (Refusal::BadToken, 401),
        (Refusal::TooLong, 413),
        (Refusal::WrongType, 415),
        (Refusal::Malformed, 400),
    ];
    for (refusal, status) in table {
        assert_eq!(refusal.status(), status, "{}", refusal.word());
    }
}

proptest! {
    #[test]
    fn no_header_and_no_body_do_harm(token in "\\PC{0,200}", body: Vec<u8>, signed in "\\PC{0,200}") {
        let keys = keys(Register::Tax);
        let mut headers = HeaderMap::new();
        if let Ok(value) = HeaderValue::from_str(&format!("Bearer {token}")) {
            headers.insert(AUTHORIZATION, value);
        }
        prop_assert!(open(&headers, &body, Time(NOW * 1_000_000), &keys).is_err());
        // The same behind a good signature.
        let event = json!({ "kind": "event", "event": signed });
        prop_assert!(said(Register::Tax, &event).is_err());
    }
}
