//! Pushes to browsers over Web Push.

use crate::support::*;
use gateway::Health;
use gateway::push::http::HttpPush;
use gateway::push::{OutgoingPush, PushConfig, PushGateway, Pushed, Subscription, Vapid};
use kernel::{Span, SystemClock};
use stand::Stand;
use stand::faults::{Fault, Mode};
use stand::messages::Channel;
use std::sync::Arc;

const POINT: &str = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
const AUTH: &str = "BTBZMqHH6r4Tts7J_aSIgg";
/// Made for tests alone.
const KEY: &str = "-----BEGIN PRIVATE KEY-----\n\
    MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgO+zyCBMMtvZ5E/D5\n\
    p9nOpwkVfJKyVjy9RSFzperY3nqhRANCAAQgPbDvXUnkc5AS2I3dorjd4sU+76Gq\n\
    G4Sp65nc8A3Newtnr4Ml2LBiCxTKE17wnaz2ji4vYKVW67olMK6gML7Y\n\
    -----END PRIVATE KEY-----";

fn config() -> PushConfig {
    PushConfig {
        contact: "mailto:admin@portal.example".into(),
        allow_private: true,
        timeout_seconds: 1,
        ..PushConfig::default()
    }
}

fn open(config: &PushConfig) -> HttpPush {
    let vapid = Vapid::from_pem(config, KEY).expect("a key");
    HttpPush::new(config, vapid, Arc::new(SystemClock)).expect("a good configuration")
}

/// The address of a browser that came just now.
async fn browser(stand: &Stand) -> String {
    let (status, body) = http(stand.address, "POST", "/push/browsers", "", "").await;
    assert_eq!(status, 201, "{body}");
    // The helper names no port, so the address is put together here.
    format!("{}/push/to/{}", stand.url(), id(body.split('"').nth(3).expect("an endpoint")))
}

fn to(endpoint: &str) -> OutgoingPush {
    let subscription = Subscription::new(&config(), endpoint, POINT, AUTH).expect("a subscription");
    OutgoingPush { id: "msg_1".into(), subscription, payload: b"{}".to_vec(), valid_for: Span::days(1) }
}

fn id(endpoint: &str) -> &str {
    endpoint.rsplit('/').next().expect("an id")
}

#[tokio::test]
async fn a_push_arrives_and_says_nothing_to_who_carries_it() {
    let stand = stand().await;
    let endpoint = browser(&stand).await;
    let push = OutgoingPush { payload: "Пароль изменён".as_bytes().to_vec(), ..to(&endpoint) };
    assert!(matches!(open(&config()).push(&push).await, Pushed::Accepted { .. }));
    let got = inbox(&stand, Channel::Push, id(&endpoint));
    assert_eq!(got.len(), 1);
    assert!(got[0].text.contains("aes128gcm") && !got[0].text.contains("Пароль"), "{}", got[0].text);
}

#[tokio::test]
async fn browsers_that_left_or_never_were_are_gone() {
    let stand = stand().await;
    let (push, endpoint) = (open(&config()), browser(&stand).await);
    let nobody = format!("{}/push/to/nobody", stand.url());
    assert_eq!(push.push(&to(&nobody)).await, Pushed::Gone);
    assert!(matches!(push.push(&to(&endpoint)).await, Pushed::Accepted { .. }));
    let left = http(stand.address, "DELETE", &format!("/push/to/{}", id(&endpoint)), "", "").await;
    assert_eq!(left.0, 204);
    assert_eq!(push.push(&to(&endpoint)).await, Pushed::Gone);
    assert_eq!(inbox(&stand, Channel::Push, id(&endpoint)).len(), 1);
}

#[tokio::test]
async fn every_fault_is_temporary_and_over_when_it_is_over() {
    let stand = stand().await;
    let (push, endpoint) = (open(&config()), browser(&stand).await);
    for mode in [Mode::Outage, Mode::Refuse, Mode::Garbage, Mode::Delay] {
        let fault = Fault { mode, seconds: (mode == Mode::Delay).then_some(5.0), share: None };
        stand.faults().set("push", fault);
        let answer = push.push(&to(&endpoint)).await;
        assert!(matches!(answer, Pushed::Temporary { .. }), "{mode:?}: {answer:?}");
        assert!(matches!(push.health(), Health::Degraded { .. }), "{mode:?}");
        stand.faults().set("push", Fault::NONE);
        assert!(matches!(push.push(&to(&endpoint)).await, Pushed::Accepted { .. }), "after {mode:?}");
        assert_eq!(push.health(), Health::Up);
    }
}

#[tokio::test]
async fn without_leave_no_private_address_is_asked() {
    let stand = stand().await;
    let endpoint = browser(&stand).await;
    let strict = PushConfig { allow_private: false, ..config() };
    assert!(matches!(open(&strict).push(&to(&endpoint)).await, Pushed::Permanent { .. }));
    assert!(inbox(&stand, Channel::Push, id(&endpoint)).is_empty());
}
