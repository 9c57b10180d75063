//! Short messages that go well.

use crate::support::*;
use gateway::sms::{DeliveryState, Receipt, SmsConfig, SmsGateway, SmsRouter};
use gateway::{Health, SendOutcome};
use kernel::{RngSource, SystemClock};
use stand::messages::Channel;
use stand::systems::sms_centre::SmsCentre;
use stand::tls::Certificates;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Instant;

const TO: &str = "+79990000001";

#[tokio::test]
async fn texts_of_every_kind_and_length_arrive_whole() {
    let stand = stand().await;
    for (n, centre) in [SmsCentre::A, SmsCentre::B].iter().enumerate() {
        let (gateway, _receipts) = start(centre_config(&stand, centre));
        until(|| gateway.health() == Health::Up).await;
        let long = "Пристань: код 123456. Никому его не сообщайте. ".repeat(10);
        let texts = [
            ("Код 123456", 1),
            ("Pristan code: 123456 [€]", 1),
            (long.as_str(), 8),
            ("😀 ёжик 😀", 1),
            (&"{abc}~".repeat(60), 4),
        ];
        for (place, (text, parts)) in texts.into_iter().enumerate() {
            let to = format!("+7999000{n}{place:03}");
            let outcome = gateway.send(&sms(&format!("m{n}-{place}"), &to, text)).await;
            assert!(outcome.is_accepted(), "{outcome:?}");
            let got = inbox(&stand, Channel::Sms, &to);
            assert_eq!(got.len(), 1, "one message, however many parts");
            assert_eq!((got[0].text.as_str(), got[0].parts), (text, Some(parts)));
            assert_eq!((got[0].from.as_str(), got[0].gateway), ("Pristan", centre.name));
        }
    }
}

#[tokio::test]
async fn receipts_come_in_both_forms_and_all_parts_are_one_message() {
    let stand = stand().await;
    for centre in [SmsCentre::A, SmsCentre::B] {
        let (gateway, mut receipts) = start(centre_config(&stand, &centre));
        until(|| gateway.health() == Health::Up).await;
        let cases = [
            ("+79991234567", DeliveryState::Delivered),
            ("+79991000404", DeliveryState::Failed { reason: "UNDELIV".into() }),
            ("+79991000408", DeliveryState::Expired),
        ];
        for (to, expected) in cases {
            let outcome = gateway.send(&sms(to, to, &"я".repeat(150))).await;
            let receipt = soon(receipts.recv()).await.expect("open");
            let same_state = match (&receipt.state, &expected) {
                (DeliveryState::Failed { reason }, DeliveryState::Failed { reason: start }) => {
                    reason.starts_with(start)
                }
                (left, right) => left == right,
            };
            assert!(same_state, "{} {to}: {:?}", centre.name, receipt.state);
            assert_eq!((receipt.gateway.as_str(), receipt.remote_id.as_str()), ("main", remote_id(&outcome)));
        }
        assert!(receipts.try_recv().is_err(), "one receipt for the three parts of each");
    }
}

#[tokio::test]
async fn the_same_id_is_the_same_message() {
    let stand = stand().await;
    let (gateway, _receipts) = bound(&stand, |_| {}).await;
    let first = gateway.send(&sms("same", TO, "Код 1")).await;
    let second = gateway.send(&sms("same", TO, "Код 1")).await;
    assert_eq!(first, second);
    assert_eq!(inbox(&stand, Channel::Sms, TO).len(), 1);
}

#[tokio::test]
async fn what_can_never_be_sent_is_refused_at_once() {
    let stand = stand().await;
    let (gateway, _receipts) = bound(&stand, |_| {}).await;
    assert_eq!(
        permanent(&gateway.send(&sms("1", "89990000001", "x")).await),
        "the recipient is not a number in E.164"
    );
    assert_eq!(permanent(&gateway.send(&sms("2", TO, &"я".repeat(2000))).await), "the text needs 30 parts");
    assert!(inbox(&stand, Channel::Sms, TO).is_empty());
}

#[tokio::test]
async fn never_more_than_the_window_is_under_way() {
    let stand = stand().await;
    let late = stand::faults::Fault { mode: stand::faults::Mode::Delay, seconds: Some(0.2), share: None };
    stand.faults().set("sms_centre_a", late);
    let (gateway, _receipts) = bound(&stand, |config| config.window = 2).await;
    let gateway = Arc::new(gateway);
    let begin = Instant::now();
    let sends: Vec<_> = (0..8)
        .map(|n| {
            let gateway = gateway.clone();
            tokio::spawn(async move { gateway.send(&sms(&n.to_string(), TO, "x")).await })
        })
        .collect();
    for send in sends {
        assert!(send.await.expect("no panic").is_accepted());
    }
    assert!(begin.elapsed() >= Duration::from_millis(800), "four rounds of two");
}

#[tokio::test]
async fn a_throttled_gateway_slows_down_and_everything_arrives() {
    let stand = stand_with(|config| config.sms_parts_per_second = Some(10)).await;
    let (gateway, _receipts) = bound(&stand, |config| config.throttle_retries = 20).await;
    let gateway = Arc::new(gateway);
    let sends: Vec<_> = (0..25)
        .map(|n| {
            let gateway = gateway.clone();
            tokio::spawn(async move { gateway.send(&sms(&n.to_string(), TO, "x")).await })
        })
        .collect();
    until(|| matches!(gateway.health(), Health::Degraded { .. })).await;
    for send in sends {
        let outcome = send.await.expect("no panic");
        assert!(outcome.is_accepted(), "{outcome:?}");
    }
    assert_eq!(inbox(&stand, Channel::Sms, TO).len(), 25);
}

#[tokio::test]
async fn a_wrong_password_is_said_in_words() {
    let stand = stand().await;
    let mut config = centre_config(&stand, &SmsCentre::A);
    config.password = kernel::Secret::new("wrong".to_owned());
    let (gateway, _receipts) = start(config);
    until(|| matches!(gateway.health(), Health::Down { reason } if reason.contains("ESME_RINVPASWD"))).await;
    assert!(temporary(&gateway.send(&sms("1", TO, "x")).await).contains("not connected"));
}

#[tokio::test]
async fn tls_is_spoken_and_strangers_are_not_trusted() {
    let stand = stand().await;
    let certificates = Certificates::make().expect("made");
    let plain = stand.address_of("sms_centre_a").expect("registered");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("bound");
    let acceptor = certificates.acceptor.clone();
    tokio::spawn(async move {
        while let Ok((outer, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(mut outer) = acceptor.accept(outer).await else { return };
                let Ok(mut inner) = TcpStream::connect(plain).await else { return };
                let _ = tokio::io::copy_bidirectional(&mut outer, &mut inner).await;
            });
        }
    });
    let ca_file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("smpp-ca.pem");
    std::fs::write(&ca_file, &certificates.ca_pem).expect("written");
    let mut config = smpp_config(address, &SmsCentre::A);
    config.tls = true;
    let (stranger, _r) = start(config.clone());
    config.tls_ca_file = Some(ca_file);
    let (gateway, _receipts) = start(config);
    until(|| gateway.health() == Health::Up).await;
    assert!(gateway.send(&sms("tls", TO, "Код 1")).await.is_accepted());
    until(|| matches!(stranger.health(), Health::Down { reason } if reason.contains("TLS failed"))).await;
}

#[tokio::test]
async fn a_router_shares_out_and_its_receipts_name_the_gateway() {
    let stand = stand().await;
    let mut config = SmsConfig::default();
    config.smpp.insert("a".into(), centre_config(&stand, &SmsCentre::A));
    config.smpp.insert("b".into(), centre_config(&stand, &SmsCentre::B));
    let (router, mut receipts) = SmsRouter::start(&config, Arc::new(SystemClock), &RngSource::seeded(1))
        .expect("a good configuration");
    until(|| router.health() == Health::Up).await;
    let mut sent = Vec::new();
    for n in 0..20 {
        match router.send(&sms(&format!("r{n}"), TO, "x")).await {
            SendOutcome::Accepted { gateway, remote_id } => {
                sent.push(Receipt { gateway, remote_id, state: DeliveryState::Delivered });
            }
            other => panic!("{other:?}"),
        }
    }
    for name in ["a", "b"] {
        assert!(sent.iter().filter(|receipt| receipt.gateway == name).count() >= 4, "both take their share");
    }
    for _ in 0..20 {
        let receipt = soon(receipts.recv()).await.expect("open");
        assert!(sent.contains(&receipt), "{receipt:?}");
    }
    router.shutdown().await;
    assert!(!router.health().can_send());
}
