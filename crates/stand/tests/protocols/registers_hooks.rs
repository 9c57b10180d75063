//! What registers say by themselves: signed, again until it is taken, and of everything that happens to people.

use crate::registry::*;
use crate::support::*;
use gateway::register::webhook::{Happened, Notice, Refusal};
use gateway::register::{Answer, Asked, InvalidReason, Register};
use kernel::{Clock, Span};
use stand::faults::{Fault, Mode};
use stand::systems::registers::Outcome;

#[tokio::test]
async fn a_webhook_is_sent_until_it_is_taken_each_time_with_a_token_of_its_own() {
    let clock = Hand::new();
    let stand = registers(&clock).await;
    let portal = Portal::open(&stand, &clock).await;
    portal.answer_with(503);
    let pension = connector(&stand, Register::Pension, &clock);
    assert!(matches!(ask(&stand, &pension, "h", Outcome::Minutes).await, Asked::Pending { .. }));
    clock.advance(Span::minutes(2));
    let began = clock.now();
    // The clock goes on in small steps: an attempt may be under way at any moment.
    until(|| {
        clock.advance(Span::millis(50));
        portal.taken().len() == 4
    })
    .await;
    assert!(clock.now() - began >= Span::seconds(1 + 2 + 4), "pauses that grow");
    portal.answer_with(204);
    until(|| {
        clock.advance(Span::millis(50));
        stand.registers().webhooks() == (0, 1, 0)
    })
    .await;
    let mut tokens: Vec<_> = portal.taken().into_iter().map(|taken| taken.expect("believed").token).collect();
    let count = tokens.len();
    tokens.sort();
    tokens.dedup();
    assert_eq!(tokens.len(), count, "a token is used once");
    assert!(
        portal
            .notices()
            .iter()
            .all(|notice| *notice == Notice::Answered { request: id("h"), answer: Answer::Match })
    );
    clock.advance(Span::days(1));
    assert_eq!(stand.registers().webhooks(), (0, 1, 0));
}

#[tokio::test]
async fn what_the_portal_will_never_take_is_given_up() {
    let clock = Hand::new();
    let stand = registers(&clock).await;
    let portal = Portal::open(&stand, &clock).await;
    portal.answer_with(400);
    stand.registers().happen(17, "death", None).expect("a person");
    until(|| stand.registers().webhooks() == (0, 0, 1)).await;
    assert_eq!(portal.taken().len(), 1);
}

#[tokio::test]
async fn events_name_the_person_by_number_and_later_checks_know_them() {
    let clock = Hand::new();
    let stand = registers(&clock).await;
    let portal = Portal::open(&stand, &clock).await;
    let known = person(&stand, Outcome::Match, 40);
    let cases = [
        ("document_invalid", Some("stolen"), Happened::DocumentInvalid(InvalidReason::Stolen)),
        (
            "document_invalid",
            Some("declared_invalid"),
            Happened::DocumentInvalid(InvalidReason::DeclaredInvalid),
        ),
        ("name_change", None, Happened::NameChange),
        ("death", None, Happened::Death),
    ];
    for (n, (event, reason, happened)) in cases.into_iter().enumerate() {
        let name = stand.registers().happen(known.id, event, reason).expect("a person");
        until(|| portal.notices().len() == n + 1).await;
        let Notice::Event(told) = &portal.notices()[n] else { panic!("an event") };
        assert_eq!((told.id.as_str(), told.happened), (name.as_str(), happened));
        let passport = told.subject.passport.as_ref().map(|passport| passport.as_str().to_owned());
        match happened {
            Happened::Death => assert_eq!(told.subject.snils, Some(known.snils.clone())),
            _ => assert_eq!(passport, Some(known.passport())),
        }
    }
    let interior = connector(&stand, Register::Interior, &clock);
    let asked = question(Register::Interior, &known);
    let answer = soon(gateway::register::Connector::ask(&interior, &id("after"), &asked)).await;
    assert_eq!(answer, Asked::Answered(Answer::Invalid { reason: InvalidReason::HolderDied }));
    assert!(stand.registers().happen(known.id, "birth", None).is_err());
    assert!(stand.registers().happen(known.id, "document_invalid", None).is_err());
    assert!(stand.registers().happen(9_999_999, "death", None).is_err());
}

#[tokio::test]
async fn a_register_that_is_away_tells_later_and_nobody_hears_without_a_portal() {
    let clock = Hand::new();
    let stand = registers(&clock).await;
    stand.registers().happen(1, "death", None).expect("a person");
    until(|| stand.registers().webhooks() == (1, 0, 0)).await;
    stand.faults().set("pension", Fault::always(Mode::Outage));
    let portal = Portal::open(&stand, &clock).await;
    clock.advance(Span::seconds(30));
    stand.registers().happen(2, "name_change", None).expect("a person");
    until(|| portal.notices().len() == 1).await;
    stand.faults().set("pension", Fault::NONE);
    clock.advance(Span::minutes(10));
    until(|| portal.notices().len() == 2).await;
    let happened: Vec<_> = portal
        .notices()
        .iter()
        .map(|notice| match notice {
            Notice::Event(event) => event.happened,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(happened, [Happened::NameChange, Happened::Death]);
}

#[tokio::test]
async fn a_webhook_that_is_old_altered_or_of_another_register_is_not_believed() {
    let clock = Hand::new();
    let stand = registers(&clock).await;
    let portal = Portal::open(&stand, &clock).await;
    let address = portal.url().trim_start_matches("http://").parse().expect("an address");
    // What the stand sends, overheard by a portal that is in the way.
    let heard = {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("bound"));
        stand.registers().set_portal(Some(&url));
        stand.registers().happen(3, "death", None).expect("a person");
        let (mut stream, _) = soon(listener.accept()).await.expect("accepted");
        let mut octets = vec![0; 16 * 1024];
        let mut length = 0;
        while !String::from_utf8_lossy(&octets[..length]).ends_with('}') {
            use tokio::io::AsyncReadExt;
            length += soon(stream.read(&mut octets[length..])).await.expect("read");
        }
        String::from_utf8(octets[..length].to_vec()).expect("text")
    };
    stand.registers().set_portal(None);
    let (head, body) = heard.split_once("\r\n\r\n").expect("a request");
    let authorization =
        head.lines().find(|line| line.to_lowercase().starts_with("authorization")).expect("signed");
    let headers = format!("{authorization}\r\nContent-Type: application/json\r\n");
    let send = async |register: &str, body: &str| {
        http(address, "POST", &format!("/hooks/registers/{register}"), &headers, body).await
    };
    send("pension", body).await;
    send("interior", body).await;
    send("pension", &body.replace("death", "name_change")).await;
    clock.advance(Span::seconds(66));
    send("pension", body).await;
    let taken = portal.taken();
    assert!(taken[0].is_ok());
    let refusals: Vec<_> = taken[1..].iter().map(|taken| taken.clone().err()).collect();
    let expected = [Refusal::WrongParty, Refusal::AlteredBody, Refusal::WrongTime];
    assert_eq!(refusals, expected.map(Some));
}
