//! The portal's gateways against a server of somebody else, for `tests/interop`: one JSON line an event.
//!
//! `interop smpp PORT`, `interop smtp PORT starttls|implicit CA_FILE`, `interop register PORT KEYS_FOLDER WEBHOOKS`,
//! `interop push ENDPOINT P256DH AUTH TEXT`,
//! `interop s3 ENDPOINT BUCKET CA_FILE ACCESS_KEY SECRET_KEY` or `interop clamd ADDRESS FILE…`.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use gateway::antivirus::{self, ClamdConfig};
use gateway::mail::smtp::SmtpMail;
use gateway::mail::{MailConfig, MailGateway, MailTls, OutgoingMail};
use gateway::objects::{self, ObjectKey, S3Config};
use gateway::push::http::HttpPush;
use gateway::push::{OutgoingPush, PushConfig, PushGateway, Subscription, Vapid};
use gateway::register::http::HttpRegister;
use gateway::register::webhook::{self, Keys};
use gateway::register::{Connector, Person, Question, Register, RegisterConfig, RequestId, Sex};
use gateway::sms::smpp::{SmppConfig, SmppGateway};
use gateway::sms::{OutgoingSms, SmsGateway};
use gateway::{ConfigProblem, SendOutcome};
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
        ["s3", endpoint, bucket, ca_file, access_key, secret_key] => {
            s3(endpoint, bucket, ca_file, access_key, secret_key).await
        }
        ["push", endpoint, point, auth, text] => push(endpoint, point, auth, text).await,
        ["clamd", address, ref files @ ..] => clamd(address, files).await,
        _ => Err("see the first lines of this program for its arguments".into()),
    }
}

fn words(outcome: &SendOutcome) -> (String, String) {
    match outcome {
        SendOutcome::Accepted { remote_id, .. } => ("accepted".to_owned(), remote_id.clone()),
        other => (format!("{other:?}"), String::new()),
    }
}

fn wrong(problems: Vec<ConfigProblem>) -> String {
    format!("{problems:?}")
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
    let keys = Arc::new(Keys::new(Register::Pension, &config).map_err(wrong)?);
    let (sender, mut taken) = mpsc::channel::<String>(10);
    let app = axum::Router::new().route("/hooks/registers/pension", post(hook)).with_state((keys, sender));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", json!({ "hooks": listener.local_addr()?.port() }));
    tokio::spawn(async move { axum::serve(listener, app).await });

    let pension = HttpRegister::new(Register::Pension, &config, Arc::new(SystemClock), RngSource::os());
    let pension = pension.map_err(wrong)?;
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

/// Everything the portal does with a bucket; what is left in it at the end is looked at by the other side.
async fn s3(endpoint: &str, bucket: &str, ca_file: &str, access_key: &str, secret_key: &str) -> Done {
    let s3 = S3Config {
        endpoint: endpoint.to_owned(),
        bucket: bucket.to_owned(),
        prefix: "portal/files".to_owned(),
        access_key: access_key.to_owned(),
        secret_key: Secret::new(secret_key.to_owned()),
        tls_ca_file: Some(ca_file.into()),
        ..S3Config::default()
    };
    let config = objects::Config { kind: objects::Kind::S3, s3, ..objects::Config::default() };
    let store = objects::open(&config, "unused".as_ref(), Arc::new(SystemClock)).map_err(wrong)?;
    let key = |name: &str| ObjectKey::parse(name).ok_or("a key");
    let large: Vec<u8> = (0..5_000_000u32).map(|n| (n.wrapping_mul(n) >> 7) as u8).collect();
    for (name, bytes) in
        [("a", b"old".as_slice()), ("a", b"new"), ("empty", b""), ("large/1", &large), ("z", b"1")]
    {
        println!(
            "{}",
            json!({ "put": name, "outcome": format!("{:?}", store.put(&key(name)?, bytes).await) })
        );
    }
    for (name, bytes) in [("a", b"new".as_slice()), ("empty", b""), ("large/1", &large)] {
        let same = store.get(&key(name)?).await.map(|got| got.as_deref() == Some(bytes));
        println!("{}", json!({ "get": name, "outcome": format!("{same:?}") }));
    }
    for name in ["z", "z"] {
        println!(
            "{}",
            json!({ "delete": name, "outcome": format!("{:?}", store.delete(&key(name)?).await) })
        );
    }
    println!("{}", json!({ "get": "z", "outcome": format!("{:?}", store.get(&key("z")?).await) }));
    let (mut count, mut pages, mut after) = (0, 0, None);
    loop {
        match store.list(after.as_ref(), 400).await {
            Ok(page) if page.is_empty() => break,
            Ok(page) => (count, pages, after) = (count + page.len(), pages + 1, page.last().cloned()),
            Err(fault) => {
                println!("{}", json!({ "list": format!("{fault:?}") }));
                break;
            }
        }
    }
    println!("{}", json!({ "listed": count, "pages": pages, "health": format!("{:?}", store.health()) }));
    Ok(())
}

/// Tells a browser of the other side something.
async fn push(endpoint: &str, point: &str, auth: &str, text: &str) -> Done {
    let contact = "mailto:admin@portal.example".to_owned();
    let config = PushConfig { contact, allow_private: true, ..PushConfig::default() };
    let file = std::env::temp_dir().join(format!("pristan-interop-push-{}.pem", std::process::id()));
    let vapid = Vapid::load_or_create(&config, &file).map_err(|problem| wrong(vec![problem]))?;
    let push = HttpPush::new(&config, vapid, Arc::new(SystemClock)).map_err(wrong)?;
    let subscription =
        Subscription::new(&config, endpoint, point, auth).map_err(|fault| format!("{fault:?}"))?;
    let payload = text.as_bytes().to_vec();
    let outgoing = OutgoingPush { id: "msg_1".to_owned(), subscription, payload, valid_for: Span::hours(1) };
    let pushed = push.push(&outgoing).await;
    std::fs::remove_file(&file)?;
    println!("{}", json!({ "pushed": format!("{pushed:?}") }));
    Ok(())
}

/// Has files looked at.
async fn clamd(address: &str, files: &[&str]) -> Done {
    let clamd = ClamdConfig { address: address.to_owned(), ..ClamdConfig::default() };
    let config = antivirus::Config { kind: antivirus::Kind::Clamd, clamd };
    let scanner = antivirus::open(&config).map_err(wrong)?.ok_or("a scanner")?;
    for file in files {
        let verdict = scanner.inspect(&std::fs::read(file)?).await;
        println!("{}", json!({ "verdict": format!("{verdict:?}") }));
    }
    Ok(())
}
