//! Who may ask: signed tokens that are good once, for one register, one request and one body; and mutual TLS.

use crate::registry::*;
use crate::support::*;
use gateway::register::{Answer, Asked, Connector, Register, RegisterConfig};
use kernel::{Secret, Span};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use stand::Stand;
use stand::systems::registers::Outcome;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// A request of the connector as it went over the wire: first line, headers, body.
#[derive(Clone)]
struct Overheard {
    line: String,
    headers: String,
    body: String,
}

/// Lets the connector ask somebody who listens and says nothing.
async fn overhear(clock: &Arc<Hand>, stand: &Stand, collect: bool) -> Overheard {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    let heard = Arc::new(Mutex::new(String::new()));
    let ear = heard.clone();
    let listening = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("accepted");
        let mut octets = vec![0; 16 * 1024];
        let mut length = 0;
        loop {
            length += stream.read(&mut octets[length..]).await.expect("read");
            let text = String::from_utf8_lossy(&octets[..length]).into_owned();
            if let Some((head, body)) = text.split_once("\r\n\r\n") {
                let wanted = head.to_lowercase().lines().find_map(|line| {
                    line.strip_prefix("content-length: ").and_then(|value| value.parse::<usize>().ok())
                });
                if body.len() >= wanted.unwrap_or(0) {
                    *ear.lock().expect("whole") = text;
                    break;
                }
            }
        }
        let _ = stream.shutdown().await;
    });
    let pension = open(&register_config(&url, Register::Pension), Register::Pension, clock);
    let asked = question(Register::Pension, &person(stand, Outcome::Match, 0));
    let outcome =
        if collect { pension.collect(&id("r1")).await } else { pension.ask(&id("r1"), &asked).await };
    not_now(&outcome);
    soon(listening).await.expect("no panic");
    let text = heard.lock().expect("whole").clone();
    let (head, body) = text.split_once("\r\n\r\n").expect("a request");
    let (line, headers) = head.split_once("\r\n").expect("headers");
    let kept = |line: &&str| {
        let name = line.split(':').next().unwrap_or_default().to_lowercase();
        matches!(name.as_str(), "authorization" | "content-type" | "idempotency-key")
    };
    let headers: String = headers.lines().filter(kept).map(|line| format!("{line}\r\n")).collect();
    Overheard { line: line.to_owned(), headers, body: body.to_owned() }
}

impl Overheard {
    /// Sends it to one of the stand's registers, perhaps with another body.
    async fn send(&self, stand: &Stand, register: &str, body: &str) -> (u16, String) {
        let (method, rest) = self.line.split_once(' ').expect("a method");
        let path = rest.split(' ').next().expect("a path").replace("/registers/pension", "");
        http(stand.address, method, &format!("/registers/{register}{path}"), &self.headers, body).await
    }
}

#[tokio::test]
async fn nothing_personal_is_in_an_address_or_a_header() {
    let clock = Hand::new();
    let stand = registers(&clock).await;
    let heard = overhear(&clock, &stand, false).await;
    assert_eq!(heard.line, "POST /registers/pension/v1/checks HTTP/1.1");
    let known = person(&stand, Outcome::Match, 0);
    let token = heard.headers.lines().find_map(|line| line.split_once("Bearer ")).expect("a token").1;
    let claims: Vec<u8> = base64_url(token.split('.').nth(1).expect("claims"));
    let told = format!("{}{}{}", heard.line, heard.headers, String::from_utf8_lossy(&claims));
    for value in
        [known.surname.as_str(), &known.snils.digits(), known.snils.as_str(), &known.birth_date.iso()]
    {
        assert!(heard.body.contains(value) || value == known.snils.digits(), "the body has {value}");
        assert!(!told.contains(value));
    }
    let collected = overhear(&clock, &stand, true).await;
    assert_eq!(collected.line, "GET /registers/pension/v1/checks/r1 HTTP/1.1");
}

fn base64_url(text: &str) -> Vec<u8> {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text).expect("base64url")
}

#[tokio::test]
async fn a_token_is_good_once_for_its_register_its_request_and_its_body() {
    let clock = Hand::new();
    let stand = registers(&clock).await;
    let (_, problem) = http(stand.address, "POST", "/registers/pension/v1/checks", "", "{}").await;
    assert!(problem.contains("unauthorized") && problem.contains("there is no token"));
    let refused = async |heard: &Overheard, register: &str, body: &str, why: &str| {
        let (status, problem) = heard.send(&stand, register, body).await;
        assert_eq!(status, 401, "{why}");
        assert!(problem.contains(why), "{problem} instead of {why}");
    };
    let heard = overhear(&clock, &stand, false).await;
    refused(&heard, "interior", &heard.body, "aud").await;
    refused(&heard, "pension", &heard.body.replace("r1", "r2"), "body_sha256").await;
    let get = Overheard { line: "GET /registers/pension/v1/checks/r1 HTTP/1.1".into(), ..heard.clone() };
    refused(&get, "pension", "", "op").await;
    let forged = Overheard { headers: heard.headers.replace("Bearer ey", "Bearer ez"), ..heard.clone() };
    refused(&forged, "pension", &heard.body, "the").await;
    assert_eq!(heard.send(&stand, "pension", &heard.body).await.0, 200, "none of these used it up");
    refused(&heard, "pension", &heard.body, "jti").await;
    assert_eq!(stand.registers().worked(kind(Register::Pension)), 1);
    let old = overhear(&clock, &stand, false).await;
    clock.advance(Span::seconds(66));
    refused(&old, "pension", &old.body, "iat, exp").await;
    let early = overhear(&clock, &stand, false).await;
    clock.advance(Span::seconds(-60));
    refused(&early, "pension", &early.body, "iat, exp").await;
    let collect = overhear(&clock, &stand, true).await;
    assert_eq!(collect.send(&stand, "pension", "").await.0, 200);
    refused(&collect, "pension", "", "jti").await;
}

#[tokio::test]
async fn a_portal_with_another_key_is_not_answered() {
    let clock = Hand::new();
    let stand = registers(&clock).await;
    let key = KeyPair::generate().expect("a key of P-256").serialize_pem();
    let config =
        RegisterConfig { sign_key: Secret::new(key), ..register_config(&stand.url(), Register::Tax) };
    let tax = open(&config, Register::Tax, &clock);
    assert_eq!(not_now(&ask(&stand, &tax, "a", Outcome::Match).await), "HTTP 401: unauthorized");
    assert_eq!(stand.registers().worked(kind(Register::Tax)), 0);
}

/// A file below the build's own temporary folder.
fn file(name: &str, text: &str) -> PathBuf {
    let path =
        PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("registers-{}-{name}", std::process::id()));
    std::fs::write(&path, text).expect("written");
    path
}

/// An authority of somebody else, and a certificate of it with its key.
fn strangers() -> (String, String) {
    let ca_key = KeyPair::generate().expect("a key");
    let mut ca = CertificateParams::new(Vec::new()).expect("good");
    ca.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    let ca_pem = ca.self_signed(&ca_key).expect("signed").pem();
    let key = KeyPair::generate().expect("a key");
    let leaf = CertificateParams::new(vec!["portal".to_owned()]).expect("good");
    let leaf = leaf.signed_by(&key, &Issuer::new(ca, ca_key)).expect("signed");
    (ca_pem, leaf.pem() + &key.serialize_pem())
}

#[tokio::test]
async fn mutual_tls_lets_in_who_has_a_certificate_of_the_authority() {
    let clock = Hand::new();
    let stand = registers(&clock).await;
    let port = stand.address_of("registers_mtls").expect("registered").port();
    let (stranger_ca, stranger) = strangers();
    let (ca, client) = (file("ca.pem", &stand.ca_pem), file("client.pem", &stand.client_pem));
    let (stranger_ca, stranger) = (file("other-ca.pem", &stranger_ca), file("other.pem", &stranger));
    let config = |ca: &PathBuf, certificate: Option<&PathBuf>| RegisterConfig {
        sign_key: Secret::new(
            if certificate.is_some() { "" } else { stand::systems::registers::PORTAL_PRIVATE_KEY }.to_owned(),
        ),
        tls_ca_file: Some(ca.clone()),
        tls_certificate_file: certificate.cloned(),
        tls_key_file: certificate.cloned(),
        ..register_config(&format!("https://localhost:{port}"), Register::Interior)
    };
    let asked = async |request: &str, config: RegisterConfig| {
        let interior = open(&config, Register::Interior, &clock);
        ask(&stand, &interior, request, Outcome::Match).await
    };
    assert_eq!(asked("good", config(&ca, Some(&client))).await, Asked::Answered(Answer::Valid));
    not_now(&asked("no-certificate", config(&ca, None)).await);
    not_now(&asked("of-a-stranger", config(&ca, Some(&stranger))).await);
    let reason = asked("another-register", config(&stranger_ca, Some(&client))).await;
    assert_eq!(not_now(&reason), "cannot connect", "the register itself is not believed");
    assert_eq!(stand.registers().worked(kind(Register::Interior)), 1, "only one was heard");
    // Faults are those of the register, however it is reached.
    stand.faults().set("interior", stand::faults::Fault::always(stand::faults::Mode::Garbage));
    not_now(&asked("garbage", config(&ca, Some(&client))).await);
    stand.faults().set("interior", stand::faults::Fault::always(stand::faults::Mode::Outage));
    not_now(&asked("outage", config(&ca, Some(&client))).await);
    stand.faults().set("interior", stand::faults::Fault::NONE);
    assert_eq!(asked("half", config(&ca, Some(&client))).await, Asked::Answered(Answer::Valid));
}

#[tokio::test]
async fn certificate_files_that_cannot_be_used_are_told_at_the_start() {
    let clock = Hand::new();
    let good = file("good.pem", &strangers().1);
    let config = |certificate: &PathBuf, key: &PathBuf| RegisterConfig {
        tls_certificate_file: Some(certificate.clone()),
        tls_key_file: Some(key.clone()),
        ..register_config("https://localhost:1", Register::Tax)
    };
    let missing = PathBuf::from("no-such-file.pem");
    for (certificate, key, path) in
        [(&missing, &good, "tls_certificate_file"), (&good, &missing, "tls_key_file")]
    {
        let rng = kernel::RngSource::seeded(1);
        let config = config(certificate, key);
        let opened = gateway::register::http::HttpRegister::new(Register::Tax, &config, clock.clone(), rng);
        assert_eq!(opened.err().map(|problems| problems[0].path.clone()).as_deref(), Some(path));
    }
}
