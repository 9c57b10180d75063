//! Short messages that go wrong: every fault of the stand, and what the gateway and the router make of it.

use crate::support::*;
use gateway::Health;
use gateway::sms::router::RouterConfig;
use gateway::sms::{DeliveryState, SmsGateway, SmsRouter};
use kernel::{Rng, SystemClock};
use stand::faults::{Fault, Mode};
use stand::messages::Channel;
use stand::systems::sms_centre::SmsCentre;
use std::sync::Arc;

const TO: &str = "+79990000002";
const A: &str = "sms_centre_a";

#[tokio::test]
async fn an_outage_is_noticed_survived_and_over_when_it_is_over() {
    let stand = stand().await;
    let (gateway, mut receipts) = bound(&stand, |_| {}).await;
    stand.faults().set(A, Fault::always(Mode::Outage));
    until(|| matches!(gateway.health(), Health::Down { .. })).await;
    assert!(temporary(&gateway.send(&sms("1", TO, "x")).await).starts_with("not connected"));
    stand.faults().set(A, Fault::NONE);
    until(|| gateway.health().can_send()).await;
    assert!(gateway.send(&sms("1", TO, "x")).await.is_accepted(), "the same id again");
    assert_eq!(gateway.health(), Health::Up);
    assert_eq!(inbox(&stand, Channel::Sms, TO).len(), 1);
    assert_eq!(soon(receipts.recv()).await.expect("open").state, DeliveryState::Delivered);
}

#[tokio::test]
async fn a_connection_lost_in_the_middle_is_temporary() {
    let stand = stand().await;
    stand.faults().set(A, Fault { mode: Mode::Delay, seconds: Some(60.0), share: None });
    let (gateway, _receipts) = bound(&stand, |config| config.response_timeout_seconds = 30).await;
    let gateway = Arc::new(gateway);
    let sender = gateway.clone();
    let send = tokio::spawn(async move { sender.send(&sms("1", TO, "x")).await });
    // The keep-alive answers while the submission hangs; then the line is cut.
    tokio::task::yield_now().await;
    until(|| !send.is_finished()).await;
    stand.faults().set(A, Fault::always(Mode::Outage));
    let outcome = soon(send).await.expect("no panic");
    assert!(
        temporary(&outcome).contains("outcome unknown") || temporary(&outcome).contains("not connected"),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn receipts_that_waited_for_a_connection_come_with_the_next_one() {
    let stand = stand_with(|config| config.receipt_after = kernel::Span::millis(150)).await;
    let (gateway, receipts) = bound(&stand, |_| {}).await;
    let outcome = gateway.send(&sms("1", TO, "x")).await;
    gateway.shutdown().await;
    drop((gateway, receipts));
    until(|| {
        inbox(&stand, Channel::Sms, TO)[0].states.last().is_some_and(|state| state.state == "delivered")
    })
    .await;
    let (_gateway, mut receipts) = bound(&stand, |_| {}).await;
    let receipt = soon(receipts.recv()).await.expect("open");
    assert_eq!((receipt.remote_id.as_str(), receipt.state), (remote_id(&outcome), DeliveryState::Delivered));
}

#[tokio::test]
async fn a_refusal_is_temporary_and_named() {
    let stand = stand().await;
    let (gateway, _receipts) = bound(&stand, |_| {}).await;
    stand.faults().set(A, Fault::always(Mode::Refuse));
    assert_eq!(temporary(&gateway.send(&sms("1", TO, "x")).await), "ESME_RSYSERR (0x08)");
    assert!(matches!(gateway.health(), Health::Degraded { .. }), "connected, and yet not well");
    stand.faults().set(A, Fault::NONE);
    assert!(gateway.send(&sms("1", TO, "x")).await.is_accepted());
    assert_eq!(gateway.health(), Health::Up);
}

#[tokio::test]
async fn a_late_answer_is_remembered_so_that_the_retry_sends_nothing() {
    let stand = stand().await;
    let (gateway, _receipts) = bound(&stand, |config| config.response_timeout_seconds = 1).await;
    stand.faults().set(A, Fault { mode: Mode::Delay, seconds: Some(1.3), share: None });
    assert_eq!(temporary(&gateway.send(&sms("late", TO, "x")).await), "no answer in time; outcome unknown");
    stand.faults().set(A, Fault::NONE);
    until(|| inbox(&stand, Channel::Sms, TO).len() == 1).await;
    // The answer is written right after; a message of its own shows that everything before it was read.
    assert!(gateway.send(&sms("other", "+79990000003", "x")).await.is_accepted());
    assert!(gateway.send(&sms("late", TO, "x")).await.is_accepted());
    assert_eq!(inbox(&stand, Channel::Sms, TO).len(), 1, "not sent again");
}

#[tokio::test]
async fn duplicates_are_counted_once() {
    let stand = stand().await;
    let (gateway, mut receipts) = bound(&stand, |_| {}).await;
    stand.faults().set(A, Fault::always(Mode::Duplicate));
    let first = gateway.send(&sms("1", TO, "x")).await;
    assert_eq!(inbox(&stand, Channel::Sms, TO).len(), 2, "the phone got it twice");
    let receipt = soon(receipts.recv()).await.expect("open");
    assert_eq!((receipt.remote_id.as_str(), receipt.state), (remote_id(&first), DeliveryState::Delivered));
    // Two answers, two copies, two receipts each: four receipts in all. Those of the second copy have an id that
    // nobody here knows; whatever comes for the known one comes once.
    stand.faults().set(A, Fault::NONE);
    let second = gateway.send(&sms("2", TO, "x")).await;
    let mut seen = Vec::new();
    while seen.last().is_none_or(|id: &String| id != remote_id(&second)) {
        seen.push(soon(receipts.recv()).await.expect("open").remote_id);
    }
    assert!(!seen.iter().any(|id| id == remote_id(&first)), "{seen:?}");
}

#[tokio::test]
async fn garbage_is_temporary_and_the_gateway_recovers() {
    let stand = stand().await;
    let (gateway, _receipts) = bound(&stand, |config| config.response_timeout_seconds = 1).await;
    stand.faults().set(A, Fault::always(Mode::Garbage));
    for n in 0..12 {
        until(|| gateway.health().can_send()).await;
        temporary(&gateway.send(&sms(&n.to_string(), TO, "x")).await);
    }
    assert!(inbox(&stand, Channel::Sms, TO).is_empty());
    stand.faults().set(A, Fault::NONE);
    until(|| gateway.health().can_send()).await;
    assert!(gateway.send(&sms("0", TO, "x")).await.is_accepted());
}

/// A router over both centres with a breaker that acts within a test's time.
async fn router(stand: &stand::Stand) -> SmsRouter {
    let rules = RouterConfig {
        breaker_failures: 3,
        breaker_pause_seconds: 1,
        breaker_pause_max_seconds: 1,
        ..RouterConfig::DEFAULT
    };
    let mut gateways: Vec<(Arc<dyn SmsGateway>, u32)> = Vec::new();
    for centre in [SmsCentre::A, SmsCentre::B] {
        let (gateway, receipts) = start(centre_config(stand, &centre));
        std::mem::forget(receipts); // nobody reads them here
        gateways.push((Arc::new(gateway), 50));
    }
    let router = SmsRouter::new(gateways, rules, Arc::new(SystemClock), Rng::seeded(5));
    until(|| router.health() == Health::Up).await;
    router
}

#[tokio::test]
async fn with_one_centre_away_every_message_goes_through_the_other() {
    let stand = stand().await;
    let router = router(&stand).await;
    for (mode, to) in
        [(Mode::Outage, "+79990001000"), (Mode::Refuse, "+79990002000"), (Mode::Garbage, "+79990003000")]
    {
        stand.faults().set(A, Fault::always(mode));
        for n in 0..8 {
            let outcome = router.send(&sms(&format!("{mode:?}{n}"), to, "x")).await;
            assert!(outcome.is_accepted(), "{mode:?}: {outcome:?}");
        }
        let got = inbox(&stand, Channel::Sms, to);
        assert_eq!(got.len(), 8, "{mode:?}: each once");
        assert!(got.iter().all(|message| message.gateway == "sms_centre_b"));
        stand.faults().set(A, Fault::NONE);
        until(|| router.status()[0].health.can_send()).await;
    }
}

#[tokio::test]
async fn a_broken_gateway_is_left_alone_and_probed_when_it_is_back() {
    let stand = stand().await;
    let router = router(&stand).await;
    stand.faults().set(A, Fault::always(Mode::Refuse));
    let mut n = 0;
    while !router.status()[0].breaker_open {
        n += 1;
        assert!(router.send(&sms(&format!("x{n}"), TO, "x")).await.is_accepted());
    }
    stand.faults().set(A, Fault::NONE);
    soon(async {
        while router.status()[0].breaker_open {
            n += 1;
            assert!(router.send(&sms(&format!("x{n}"), TO, "x")).await.is_accepted());
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    })
    .await;
    assert_eq!(router.health(), Health::Up);
}

#[tokio::test]
async fn with_both_centres_away_the_answer_is_temporary_and_names_both() {
    let stand = stand().await;
    let router = router(&stand).await;
    for centre in [A, "sms_centre_b"] {
        stand.faults().set(centre, Fault::always(Mode::Outage));
    }
    until(|| matches!(router.health(), Health::Down { .. })).await;
    let outcome = router.send(&sms("1", TO, "x")).await;
    assert_eq!(temporary(&outcome).matches("not connected").count(), 2);
    assert!(!temporary(&outcome).contains("7999"), "no number in a reason");
}
