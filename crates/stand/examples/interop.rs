//! The portal's gateways against a server of somebody else, for `tests/interop`: one JSON line an event.
//!
//! `interop smpp PORT`, `interop smtp PORT starttls|implicit CA_FILE` or `interop register PORT KEYS_FOLDER WEBHOOKS`.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use gateway::SendOutcome;
use gateway::mail::smtp::SmtpMail;
use gateway::mail::{MailConfig, MailGateway, MailTls, OutgoingMail};
use gateway::register::http::HttpRegister;
use gateway::register::webhook::{self, Keys};
use gateway::register::{Connector, Person, Question, Register, RegisterConfig, RequestId, Sex};
use gateway::sms::smpp::{SmppConfig, SmppGateway};
use gateway::sms::{OutgoingSms, SmsGateway};
use kernel::{Clock, Date, Lang, Rng, RngSource, Secret, Snils, Span, SystemClock};
use serde_json::json;
use std::collections::BTreeMap;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

type Done = Result<(), Box<dyn Error>>;

#[tokio::main]
async fn main() -> Done {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["smpp", port] => smpp(port.parse()?).await,
        ["smtp", port, tls, ca_file] => smtp(port.parse()?, tls, ca_file).await,
        ["register", port, folder, webhooks] => register(port.parse()?, folder, webhooks.parse()?).await,
        _ => {
            Err("smpp PORT, smtp PORT starttls|implicit CA_FILE, or register PORT KEYS_FOLDER WEBHOOKS"
                .into())
        }
    }
}

fn words(outcome: &SendOutcome) -> (String, String) {
    match outcome {
        SendOutcome::Accepted { remote_id, .. } => ("accepted".to_owned(), remote_id.clone()),
        other => (format!("{other:?}"), String::new()),
    }
}

async fn smpp(port: u16) -> Done {
    let config = SmppConfig {
        port,
        system_id: "interop".to_owned(),
        password: Secret::new("secret".to_owned()),
        ..SmppConfig::default()
    };
    let (sender, mut receipts) = mpsc::channel(10);
    let gateway =
        SmppGateway::start("interop", config, sender, Rng::os()).map_err(|problem| problem.message)?;
    while !gateway.health().can_send() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let texts = [
        ("+79990000001", "Code 123456 [€]".to_owned()),
        ("+79990000002", "Пристань: код 123456. ".repeat(10)),
    ];
    for (to, text) in texts {
        let message =
            OutgoingSms { id: to.to_owned(), to: to.to_owned(), text, valid_for: Span::seconds(300) };
        let (outcome, remote_id) = words(&gateway.send(&message).await);
        println!("{}", json!({ "to": &to[1..], "outcome": outcome, "remote_id": remote_id }));
    }
    for _ in 0..2 {
        let receipt =
            tokio::time::timeout(Duration::from_secs(10), receipts.recv()).await?.ok_or("no receipt")?;
        println!("{}", json!({ "receipt": receipt.remote_id, "state": format!("{:?}", receipt.state) }));
    }
    gateway.shutdown().await;
    Ok(())
}

async fn smtp(port: u16, tls: &str, ca_file: &str) -> Done {
    let config = MailConfig {
        host: "localhost".to_owned(),
        port,
        tls: if tls == "implicit" { MailTls::Implicit } else { MailTls::Starttls },
        tls_ca_file: Some(ca_file.into()),
        user: "pristan".to_owned(),
        password: Secret::new("secret".to_owned()),
        from: "Пристань <no-reply@pristan.example>".to_owned(),
        ..MailConfig::default()
    };
    let gateway =
        SmtpMail::new(&config, Arc::new(SystemClock)).map_err(|problems| format!("{problems:?}"))?;
    for n in 0..3 {
        let mail = OutgoingMail {
            id: format!("interop-{n}"),
            to: "ivan@example.org".to_owned(),
            subject: "Код подтверждения".to_owned(),
            text: format!("Код 12345{n}\n.точка"),
            html: Some(format!("<p>Код <b>12345{n}</b></p>")),
            lang: Lang::Ru,
        };
        println!("{}", json!({ "outcome": words(&gateway.send(&mail).await).0 }));
    }
    gateway.shutdown().await;
    Ok(())
}

/// Asks a register, then takes some webhooks of it; the keys of both sides are files of a folder.
async fn register(port: u16, folder: &str, webhooks: usize) -> Done {
    let read = |name: &str| std::fs::read_to_string(format!("{folder}/{name}"));
    let config = RegisterConfig {
        url: format!("http://127.0.0.1:{port}/registers/pension"),
        register_name: "pension".to_owned(),
        sign_key: Secret::new(read("portal.key")?),
        register_keys: BTreeMap::from([("register".to_owned(), read("register.pub")?)]),
        ..RegisterConfig::default()
    };
    let words = |problems: Vec<gateway::ConfigProblem>| format!("{problems:?}");
    let keys = Arc::new(Keys::new(Register::Pension, &config).map_err(words)?);
    let (sender, mut taken) = mpsc::channel::<String>(10);
    let app = axum::Router::new().route("/hooks/registers/pension", post(hook)).with_state((keys, sender));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", json!({ "hooks": listener.local_addr()?.port() }));
    tokio::spawn(async move { axum::serve(listener, app).await });

    let pension = HttpRegister::new(Register::Pension, &config, Arc::new(SystemClock), RngSource::os());
    let pension = pension.map_err(words)?;
    let question = Question::Snils {
        snils: Snils::parse("112-233-445 95")?,
        sex: Sex::Female,
        person: Person {
            surname: "Ковалёва".to_owned(),
            first_name: "Анна".to_owned(),
            patronymic: None,
            birth_date: Date::new(1987, 3, 14)?,
        },
    };
    for name in ["now", "later", "busy"] {
        let request = RequestId::parse(name).ok_or("an id")?;
        let asked = pension.ask(&request, &question).await;
        println!("{}", json!({ "ask": name, "outcome": format!("{asked:?}") }));
        let asked = pension.collect(&request).await;
        println!("{}", json!({ "collect": name, "outcome": format!("{asked:?}") }));
    }
    for _ in 0..webhooks {
        let next = tokio::time::timeout(Duration::from_secs(10), taken.recv()).await?;
        println!("{}", json!({ "webhook": next.ok_or("closed")? }));
    }
    Ok(())
}

async fn hook(
    State((keys, sender)): State<(Arc<Keys>, mpsc::Sender<String>)>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let opened = webhook::open(&headers, &body, SystemClock.now(), &keys);
    let (status, word) = match opened {
        Ok(received) => (204, format!("{:?}", received.notice)),
        Err(refusal) => (refusal.status(), refusal.word().to_owned()),
    };
    let _ = sender.send(word).await;
    StatusCode::from_u16(status).unwrap_or_default()
}
