//! The connector when things go wrong on the way: nothing is lost, nothing is worked twice, all is well afterwards.

use crate::registry::*;
use crate::support::*;
use gateway::Health;
use gateway::register::{Answer, Asked, Connector, Register, RegisterConfig};
use kernel::Span;
use stand::faults::{Fault, Mode};
use stand::systems::registers::Outcome;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// Patience of milliseconds.
fn hasty(config: RegisterConfig) -> RegisterConfig {
    RegisterConfig { first_byte_millis: 120, body_millis: 120, total_millis: 200, ..config }
}

#[tokio::test]
async fn every_switched_fault_is_temporary_and_over_when_it_is_over() {
    let clock = Hand::new();
    let stand = registers(&clock).await;
    for register in Register::ALL {
        let config = hasty(register_config(&stand.url(), register));
        let faulty = open(&config, register, &clock);
        let patient = connector(&stand, register, &clock);
        for (n, mode) in [Mode::Outage, Mode::Refuse, Mode::Garbage, Mode::Delay].into_iter().enumerate() {
            let seconds = (mode == Mode::Delay).then_some(30.0);
            stand.faults().set(register.word(), Fault { mode, seconds, share: None });
            let known = person(&stand, Outcome::Match, n);
            let (request, asked) = (id(&format!("f{n}")), question(register, &known));
            not_now(&soon(faulty.ask(&request, &asked)).await);
            not_now(&soon(faulty.collect(&request)).await);
            assert!(faulty.health() != Health::Up, "{mode:?}");
            stand.faults().set(register.word(), Fault::NONE);
            let after = soon(patient.ask(&request, &asked)).await;
            assert_eq!(after, Asked::Answered(good(register, &known)), "after {mode:?}");
            assert_eq!(stand.registers().worked(kind(register)), n as u64 + 1);
        }
    }
}

#[tokio::test]
async fn a_refusal_is_heard_with_its_wish_about_time() {
    let clock = Hand::new();
    let stand = registers(&clock).await;
    let tax = connector(&stand, Register::Tax, &clock);
    stand.faults().set("tax", Fault::always(Mode::Refuse));
    let expected =
        Asked::Temporary { reason: "HTTP 503: unavailable".into(), retry_after: Some(Span::seconds(1)) };
    assert_eq!(ask(&stand, &tax, "a", Outcome::Match).await, expected);
}

#[tokio::test]
async fn half_answers_garbage_and_errors_of_a_person_stay_temporary() {
    let clock = Hand::new();
    let stand = registers(&clock).await;
    let mut config = register_config(&stand.url(), Register::Pension);
    config.breaker.failures = 1000;
    let pension = open(&config, Register::Pension, &clock);
    for (outcome, reason) in [
        (Outcome::Half, "connection broken or not HTTP; outcome unknown"),
        (Outcome::Garbage, "HTTP 200: the answer is not JSON"),
        (Outcome::Error, "HTTP 500: internal"),
    ] {
        for _ in 0..3 {
            assert_eq!(not_now(&ask(&stand, &pension, outcome.word(), outcome).await), reason);
        }
        assert_eq!(stand.registers().asked(kind(Register::Pension), outcome.word()), 3);
    }
    assert_eq!(stand.registers().worked(kind(Register::Pension)), 3);
}

#[tokio::test]
async fn an_answer_after_the_time_limit_is_there_at_the_next_attempt() {
    let clock = Hand::new();
    let stand = registers(&clock).await;
    let config = hasty(register_config(&stand.url(), Register::Pension));
    let pension = open(&config, Register::Pension, &clock);
    let late = ask(&stand, &pension, "late", Outcome::Late).await;
    assert_eq!(not_now(&late), "no answer in time; outcome unknown");
    let patient = connector(&stand, Register::Pension, &clock);
    assert_eq!(ask(&stand, &patient, "late", Outcome::Late).await, Asked::Answered(Answer::Match));
    assert_eq!(stand.registers().worked(kind(Register::Pension)), 1);
}

#[tokio::test]
async fn a_flapping_register_is_asked_until_it_answers() {
    let clock = Hand::new();
    let stand = registers(&clock).await;
    let interior = connector(&stand, Register::Interior, &clock);
    for n in 0..4 {
        let request = format!("flap{n}");
        assert_eq!(
            not_now(&ask(&stand, &interior, &request, Outcome::Flapping).await),
            "HTTP 503: unavailable"
        );
        let second = ask(&stand, &interior, &request, Outcome::Flapping).await;
        assert_eq!(second, Asked::Answered(Answer::Valid));
    }
    assert_eq!(interior.health(), Health::Up);
    assert_eq!(stand.registers().worked(kind(Register::Interior)), 4);
}

#[tokio::test]
async fn answers_that_come_twice_or_before_their_time_are_the_same_answer() {
    let clock = Hand::new();
    let stand = registers(&clock).await;
    let portal = Portal::open(&stand, &clock).await;
    let tax = connector(&stand, Register::Tax, &clock);
    let answer = |outcome| good(Register::Tax, &person(&stand, outcome, 0));
    let notice = |request: &str, outcome| gateway::register::webhook::Notice::Answered {
        request: id(request),
        answer: answer(outcome),
    };
    let twice = ask(&stand, &tax, "twice", Outcome::Twice).await;
    assert_eq!(twice, Asked::Answered(answer(Outcome::Twice)));
    until(|| portal.notices().len() == 2).await;
    assert_eq!(portal.notices(), [notice("twice", Outcome::Twice), notice("twice", Outcome::Twice)]);
    // The webhook was there before the register said that it had taken the question.
    let early = ask(&stand, &tax, "early", Outcome::OutOfOrder).await;
    assert!(matches!(early, Asked::Pending { .. }));
    assert_eq!(portal.notices()[2], notice("early", Outcome::OutOfOrder));
    assert_eq!(soon(tax.collect(&id("early"))).await, Asked::Answered(answer(Outcome::OutOfOrder)));
    // Everything twice.
    stand.faults().set("tax", Fault::always(Mode::Duplicate));
    assert_eq!(ask(&stand, &tax, "dup", Outcome::Match).await, Asked::Answered(answer(Outcome::Match)));
    until(|| portal.notices().len() == 5).await;
    assert_eq!(portal.notices()[3..], [notice("dup", Outcome::Match), notice("dup", Outcome::Match)]);
    assert_eq!(stand.registers().worked(kind(Register::Tax)), 3);
}

#[tokio::test]
async fn the_breaker_opens_spares_the_register_and_closes_again() {
    let clock = Hand::new();
    let stand = registers(&clock).await;
    let pension = connector(&stand, Register::Pension, &clock);
    stand.faults().set("pension", Fault::always(Mode::Refuse));
    for n in 0..5 {
        assert_eq!(
            not_now(&ask(&stand, &pension, &format!("b{n}"), Outcome::Match).await),
            "HTTP 503: unavailable"
        );
    }
    stand.faults().set("pension", Fault::NONE);
    let spared = ask(&stand, &pension, "b5", Outcome::Match).await;
    let rest = Some(Span::seconds(10));
    assert_eq!(spared, Asked::Temporary { reason: "the circuit breaker is open".into(), retry_after: rest });
    assert!(matches!(pension.health(), Health::Down { .. }));
    assert_eq!(stand.registers().worked(kind(Register::Pension)), 0, "nothing reached it");
    // A failed probe doubles the pause; a good one closes the breaker.
    clock.advance(Span::seconds(10));
    stand.faults().set("pension", Fault::always(Mode::Refuse));
    assert_eq!(not_now(&ask(&stand, &pension, "b5", Outcome::Match).await), "HTTP 503: unavailable");
    stand.faults().set("pension", Fault::NONE);
    clock.advance(Span::seconds(19));
    assert_eq!(not_now(&ask(&stand, &pension, "b5", Outcome::Match).await), "the circuit breaker is open");
    clock.advance(Span::seconds(1));
    for n in 0..6 {
        assert_eq!(
            ask(&stand, &pension, &format!("b{n}"), Outcome::Match).await,
            Asked::Answered(Answer::Match)
        );
    }
    assert_eq!((pension.health(), stand.registers().worked(kind(Register::Pension))), (Health::Up, 6));
}

#[tokio::test]
async fn no_more_are_under_way_than_may_be() {
    let clock = Hand::new();
    let stand = registers(&clock).await;
    let mut config = register_config(&stand.url(), Register::Pension);
    (config.at_once, config.turn_millis, config.total_millis) = (1, 1, 300);
    let pension = Arc::new(open(&config, Register::Pension, &clock));
    stand.faults().set("pension", Fault { mode: Mode::Delay, seconds: Some(30.0), share: None });
    let asked = question(Register::Pension, &person(&stand, Outcome::Match, 0));
    let (requests, question) = ([id("a"), id("b")], asked);
    let (first, second) = soon(async {
        tokio::join!(pension.ask(&requests[0], &question), pension.ask(&requests[1], &question))
    })
    .await;
    assert_eq!(not_now(&first), "no answer in time; outcome unknown");
    assert_eq!(not_now(&second), "as many requests are under way as may be");
}

/// A register that answers every connection with these octets.
async fn scripted(octets: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let octets = octets.clone();
            tokio::spawn(async move {
                let _ = stream.read(&mut [0; 16 * 1024]).await;
                let _ = stream.write_all(&octets).await;
                let _ = stream.shutdown().await;
            });
        }
    });
    url
}

fn http_answer(head: &str, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 {head}\r\nContent-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

#[tokio::test]
async fn no_octets_do_harm() {
    let clock = Hand::new();
    let stand = registers(&clock).await;
    let known = person(&stand, Outcome::Match, 0);
    let json = "200 OK\r\nContent-Type: application/json";
    let good = r#"{"request":"r","check":"snils","answer":{"outcome":"match"}}"#;
    let deep = "[".repeat(20_000);
    let cases = [
        (http_answer(json, &good.replace("\"r\"", "\"another\"")), "HTTP 200: the answer is to another request"),
        (http_answer(json, ""), "HTTP 200: the answer made no sense"),
        (http_answer(json, &deep), "HTTP 200: the answer made no sense"),
        (http_answer(json, &" ".repeat(70_000)), "the answer is too large; outcome unknown"),
        (http_answer("302 Found\r\nLocation: https://example.org/", ""), "HTTP 302"),
        (http_answer("200 OK\r\nContent-Type: text/html", good), "HTTP 200: the answer is not JSON"),
        (http_answer("200 OK\r\nContent-Encoding: gzip\r\nContent-Type: application/json", "\x1f\u{8b}"),
            "HTTP 200: the answer made no sense"),
        (b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n{".to_vec(),
            "connection broken or not HTTP; outcome unknown"),
        (b"SSH-2.0-OpenSSH_9.6\r\n".to_vec(), "connection broken or not HTTP; outcome unknown"),
        (Vec::new(), "connection broken or not HTTP; outcome unknown"),
    ];
    for (octets, reason) in cases {
        let url = scripted(octets).await;
        let pension = open(&register_config(&url, Register::Pension), Register::Pension, &clock);
        let asked = soon(pension.ask(&id("r"), &question(Register::Pension, &known))).await;
        assert_eq!(not_now(&asked), reason);
    }
    // Two answers on one connection: the first one counts, and the next question has a connection of its own.
    let url = scripted([http_answer(json, good), http_answer(json, good)].concat()).await;
    let pension = open(&register_config(&url, Register::Pension), Register::Pension, &clock);
    for _ in 0..3 {
        let asked = soon(pension.ask(&id("r"), &question(Register::Pension, &known))).await;
        assert_eq!(asked, Asked::Answered(Answer::Match));
    }
}
