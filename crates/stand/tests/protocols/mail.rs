//! Letters over SMTP.

use crate::support::*;
use gateway::Health;
use gateway::mail::smtp::SmtpMail;
use gateway::mail::{MailConfig, MailGateway, MailTls, OutgoingMail};
use kernel::{Lang, Secret, SystemClock};
use stand::Stand;
use stand::faults::{Fault, Mode};
use stand::messages::Channel;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

const TO: &str = "Ivan.Petrov@example.org";

fn config(stand: &Stand) -> MailConfig {
    MailConfig {
        host: "localhost".into(),
        port: stand.address_of("mail").expect("registered").port(),
        tls: MailTls::None,
        from: "Пристань <no-reply@pristan.example>".into(),
        timeout_seconds: 1,
        ..MailConfig::default()
    }
}

fn open(config: &MailConfig) -> SmtpMail {
    SmtpMail::new(config, Arc::new(SystemClock)).expect("a good configuration")
}

fn letter(id: &str) -> OutgoingMail {
    OutgoingMail {
        id: id.into(),
        to: TO.into(),
        subject: "Код подтверждения: Пристань".into(),
        text: "Код 123456\n\n.строка с точки\n..и с двух\nhttps://pristan.example/c?t=1".into(),
        html: Some("<!doctype html><p>Код <b>123456</b> и «кавычки»</p>".into()),
        lang: Lang::Ru,
    }
}

#[tokio::test]
async fn a_letter_arrives_as_it_was_written() {
    let stand = stand().await;
    let mail = open(&config(&stand));
    let outcome = mail.send(&letter("l1")).await;
    assert_eq!(remote_id(&outcome), "<l1@pristan.example>");
    let got = inbox(&stand, Channel::Email, "ivan.petrov@EXAMPLE.org");
    assert_eq!(got.len(), 1);
    assert_eq!(got[0].subject.as_deref(), Some("Код подтверждения: Пристань"));
    assert_eq!(got[0].text.replace("\r\n", "\n"), letter("l1").text);
    assert_eq!(got[0].html.as_deref().map(str::trim_end), letter("l1").html.as_deref());
    assert_eq!((got[0].from.as_str(), got[0].to.as_str()), ("Пристань <no-reply@pristan.example>", TO));
    let plain = OutgoingMail { html: None, id: "l2".into(), ..letter("l2") };
    assert!(mail.send(&plain).await.is_accepted());
    assert_eq!(inbox(&stand, Channel::Email, TO)[0].html, None);
}

#[tokio::test]
async fn starttls_needs_a_trusted_authority() {
    let stand = stand().await;
    let ca_file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("mail-ca.pem");
    std::fs::write(&ca_file, &stand.ca_pem).expect("written");
    let trusted = MailConfig { tls: MailTls::Starttls, tls_ca_file: Some(ca_file), ..config(&stand) };
    let login =
        MailConfig { user: "pristan".into(), password: Secret::new("demo-mail".into()), ..trusted.clone() };
    for config in [&trusted, &login] {
        assert!(open(config).send(&letter("tls")).await.is_accepted());
    }
    let stranger = MailConfig { tls: MailTls::Starttls, ..config(&stand) };
    let outcome = open(&stranger).send(&letter("tls")).await;
    assert_eq!(temporary(&outcome), "TLS failed");
    assert_eq!(inbox(&stand, Channel::Email, TO).len(), 2);
}

/// A server that says these things in clear, each when the client has said something, the first at once.
async fn scripted(lines: &'static [&'static str]) -> MailConfig {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("bound").port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            for line in lines {
                let _ = stream.write_all(line.as_bytes()).await;
                let _ = stream.read(&mut [0; 1024]).await;
            }
        }
    });
    MailConfig { host: "localhost".into(), port, timeout_seconds: 1, ..MailConfig::default() }
}

#[tokio::test]
async fn nothing_said_in_clear_is_taken_for_protected() {
    let cases: [(&[&str], &str); 3] = [
        (
            &["220 x\r\n", "250-x\r\n250 STARTTLS\r\n", "220 go\r\n250-evil\r\n250 AUTH PLAIN\r\n"],
            "an answer in clear that cannot be",
        ),
        (&["220 x\r\n", "250-x\r\n250 SIZE 1\r\n"], "the server does not offer STARTTLS"),
        (&["554 go away\r\n"], "an answer in clear that cannot be"),
    ];
    for (lines, expected) in cases {
        let config = scripted(lines).await;
        assert_eq!(temporary(&open(&config).send(&letter("x")).await), expected);
    }
}

#[tokio::test]
async fn a_wrong_login_is_our_fault_and_a_missing_box_the_letters() {
    let stand = stand().await;
    let wrong = MailConfig { user: "pristan".into(), password: Secret::new("x".into()), ..config(&stand) };
    let mail = open(&wrong);
    assert_eq!(temporary(&mail.send(&letter("1")).await), "SMTP 535");
    assert!(matches!(mail.health(), Health::Down { .. }));
    let mail = open(&config(&stand));
    let nobody = OutgoingMail { to: "nobody@example.org".into(), ..letter("2") };
    assert_eq!(permanent(&mail.send(&nobody).await), "SMTP 550");
    assert_eq!(mail.health(), Health::Up);
    let large = OutgoingMail { text: "x".repeat(11 * 1024 * 1024), ..letter("3") };
    assert_eq!(permanent(&mail.send(&large).await), "the letter is larger than size_limit_bytes");
}

#[tokio::test]
async fn every_fault_is_temporary_and_over_when_it_is_over() {
    let stand = stand().await;
    let mail = open(&config(&stand));
    assert!(mail.send(&letter("0")).await.is_accepted(), "a connection is kept from here on");
    for (n, mode) in [Mode::Outage, Mode::Refuse, Mode::Garbage, Mode::Delay].into_iter().enumerate() {
        stand
            .faults()
            .set("mail", Fault { mode, seconds: (mode == Mode::Delay).then_some(5.0), share: None });
        let outcome = mail.send(&letter(&format!("f{n}"))).await;
        assert!(!temporary(&outcome).contains("example"), "{mode:?}: no address in a reason");
        assert!(matches!(mail.health(), Health::Down { .. }), "{mode:?}");
        stand.faults().set("mail", Fault::NONE);
        let outcome = mail.send(&letter(&format!("f{n}"))).await;
        assert!(outcome.is_accepted(), "after {mode:?}: {outcome:?}");
    }
    assert_eq!(inbox(&stand, Channel::Email, TO).len(), 5);
    stand.faults().set("mail", Fault::always(Mode::Duplicate));
    assert!(mail.send(&letter("d")).await.is_accepted());
    assert_eq!(inbox(&stand, Channel::Email, TO).len(), 7);
}

#[tokio::test]
async fn many_letters_share_the_pool() {
    let stand = stand().await;
    let mail = Arc::new(open(&MailConfig { pool_size: 2, timeout_seconds: 20, ..config(&stand) }));
    let sends: Vec<_> = (0..20)
        .map(|n| {
            let mail = mail.clone();
            tokio::spawn(async move { mail.send(&letter(&format!("p{n}"))).await })
        })
        .collect();
    for send in sends {
        let outcome = send.await.expect("no panic");
        assert!(outcome.is_accepted(), "{outcome:?}");
    }
    assert_eq!(inbox(&stand, Channel::Email, TO).len(), 20);
}
