//! The portal's gateways against a server of somebody else, for `tests/interop`: one JSON line an event.
//!
//! `interop smpp PORT` or `interop smtp PORT starttls|implicit CA_FILE`.

use gateway::SendOutcome;
use gateway::mail::smtp::SmtpMail;
use gateway::mail::{MailConfig, MailGateway, MailTls, OutgoingMail};
use gateway::sms::smpp::{SmppConfig, SmppGateway};
use gateway::sms::{OutgoingSms, SmsGateway};
use kernel::{Lang, Rng, Secret, Span, SystemClock};
use serde_json::json;
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
        _ => Err("smpp PORT, or smtp PORT starttls|implicit CA_FILE".into()),
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
