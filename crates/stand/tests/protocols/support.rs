//! What all scenarios share.

use gateway::sms::smpp::{SmppConfig, SmppGateway};
use gateway::sms::{OutgoingSms, Receipt, Receipts, SmsGateway};
use gateway::{Health, SendOutcome};
use kernel::{Rng, RngSource, Secret, Span};
use stand::messages::{Channel, Filter, Message};
use stand::systems::sms_centre::SmsCentre;
use stand::{Stand, StandConfig};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::timeout;

/// Longer than any scenario needs on a busy machine.
const LONG: Duration = Duration::from_secs(30);

/// Awaits with a limit, so that a mistake fails and does not hang.
pub async fn soon<T>(what: impl Future<Output = T>) -> T {
    timeout(LONG, what).await.expect("it takes too long")
}

/// Waits until a condition holds.
pub async fn until(mut holds: impl FnMut() -> bool) {
    soon(async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(3)).await;
        }
    })
    .await;
}

pub async fn stand() -> Stand {
    stand_with(|_| {}).await
}

pub async fn stand_with(change: impl FnOnce(&mut StandConfig)) -> Stand {
    let mut config = StandConfig {
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        receipt_after: Span::millis(30),
        rng: RngSource::seeded(7),
        ..StandConfig::default()
    };
    change(&mut config);
    stand::run(config).await.expect("free ports")
}

/// The configuration for one of the stand's centres, quick to give up and to come back.
pub fn smpp_config(address: SocketAddr, centre: &SmsCentre) -> SmppConfig {
    SmppConfig {
        host: address.ip().to_string(),
        port: address.port(),
        system_id: centre.system_id.to_owned(),
        password: Secret::new(centre.password.to_owned()),
        response_timeout_seconds: 2,
        reconnect_min_millis: 5,
        reconnect_max_millis: 50,
        ..SmppConfig::default()
    }
}

pub fn centre_config(stand: &Stand, centre: &SmsCentre) -> SmppConfig {
    smpp_config(stand.address_of(centre.name).expect("registered"), centre)
}

pub fn start(config: SmppConfig) -> (SmppGateway, Receipts) {
    let (sender, receipts) = mpsc::channel::<Receipt>(100);
    (SmppGateway::start("main", config, sender, Rng::seeded(3)).expect("a good configuration"), receipts)
}

/// A bound gateway to the first centre.
pub async fn bound(stand: &Stand, change: impl FnOnce(&mut SmppConfig)) -> (SmppGateway, Receipts) {
    let mut config = centre_config(stand, &SmsCentre::A);
    change(&mut config);
    let (gateway, receipts) = start(config);
    until(|| gateway.health() == Health::Up).await;
    (gateway, receipts)
}

pub fn sms(id: &str, to: &str, text: &str) -> OutgoingSms {
    OutgoingSms { id: id.to_owned(), to: to.to_owned(), text: text.to_owned(), valid_for: Span::seconds(300) }
}

pub fn remote_id(outcome: &SendOutcome) -> &str {
    match outcome {
        SendOutcome::Accepted { remote_id, .. } => remote_id,
        other => panic!("expected acceptance, got {other:?}"),
    }
}

pub fn temporary(outcome: &SendOutcome) -> &str {
    match outcome {
        SendOutcome::Temporary { reason } => reason,
        other => panic!("expected a temporary failure, got {other:?}"),
    }
}

pub fn permanent(outcome: &SendOutcome) -> &str {
    match outcome {
        SendOutcome::Permanent { reason } => reason,
        other => panic!("expected a permanent failure, got {other:?}"),
    }
}

/// What this person has, newest first.
pub fn inbox(stand: &Stand, channel: Channel, to: &str) -> Vec<Message> {
    stand.messages().find(&Filter { channels: vec![channel], to: Some(to.to_owned()), ..Filter::default() })
}

/// One HTTP request over a connection of its own: status and body. Status 0 when there was no HTTP answer.
pub async fn http(address: SocketAddr, method: &str, path: &str, headers: &str, body: &str) -> (u16, String) {
    let (status, _, body) = http_whole(address, method, path, headers, body).await;
    (status, body)
}

pub async fn http_whole(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &str,
    body: &str,
) -> (u16, String, String) {
    let mut stream = TcpStream::connect(address).await.expect("the stand listens");
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: stand\r\nConnection: close\r\nContent-Length: {}\r\n{headers}\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.expect("written");
    let mut answer = Vec::new();
    let _ = soon(stream.read_to_end(&mut answer)).await;
    let text = String::from_utf8_lossy(&answer).into_owned();
    let status = text.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3)?.parse().ok()).unwrap_or(0);
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    (status, head.to_ascii_lowercase(), body.to_owned())
}
