use super::*;
use crate::config;
use axum::routing::{get, post};
use tokio::io::AsyncReadExt as _;
use tokio::sync::Notify;

/// A server on a free port with the given limits, and the asking side of its end.
struct Running {
    address: SocketAddr,
    gate: Gate,
    readiness: Readiness,
    stopper: Stopper,
    task: tokio::task::JoinHandle<()>,
}

async fn start(change: impl FnOnce(&mut config::Server)) -> Running {
    let mut settings =
        config::Server { listen: SocketAddr::from(([127, 0, 0, 1], 0)), ..config::Server::default() };
    change(&mut settings);
    let bound = Bound::bind(&settings).await.unwrap();
    let readiness = Readiness::default();
    let gate = Gate::new(&settings, readiness.clone(), None);
    let (stopper, stop) = Stopper::new();
    let address = bound.address();
    let task = tokio::spawn(bound.serve(gate.clone(), stop));
    Running { address, gate, readiness, stopper, task }
}

fn router() -> axum::Router {
    axum::Router::new()
        .route("/", get(|ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.ip().to_string() }))
        .route("/echo", post(|body: axum::body::Bytes| async move { body }))
}

/// Sends bytes and reads until the server closes.
async fn exchange(address: SocketAddr, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request).await.unwrap();
    rest(&mut stream).await
}

async fn rest(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await; // a reset after the answer is as good as an end
    String::from_utf8_lossy(&answer).into_owned()
}

const GET: &[u8] = b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";

#[tokio::test]
async fn health_tells_starting_ready_and_stopping_and_pages_wait_for_the_router() {
    let running = start(|_| {}).await;
    let ask = |path: &str| {
        let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
        async move { exchange(running.address, request.as_bytes()).await }
    };
    assert!(ask("/health/live").await.starts_with("HTTP/1.1 200"));
    assert!(ask("/health/ready").await.ends_with("starting"));
    let early = ask("/").await;
    assert!(early.starts_with("HTTP/1.1 503") && early.contains("retry-after: 1"), "{early}");
    running.gate.open(router());
    running.readiness.ready();
    assert!(ask("/health/ready").await.starts_with("HTTP/1.1 200"));
    assert!(ask("/").await.ends_with("127.0.0.1"));
    running.readiness.storage_answers(false);
    assert!(ask("/health/ready").await.ends_with("storage does not answer"));
    running.readiness.stopping();
    running.readiness.storage_answers(true);
    assert!(ask("/health/ready").await.ends_with("stopping"));
}

#[tokio::test]
async fn half_sent_requests_are_dropped_and_hinder_nobody() {
    let running = start(|s| s.header_seconds = 1).await;
    running.gate.open(router());
    let mut half = Vec::new();
    for _ in 0..200 {
        let mut stream = TcpStream::connect(running.address).await.unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\nhost: x\r\nx-slow: ").await.unwrap();
        half.push(stream);
    }
    assert!(exchange(running.address, GET).await.starts_with("HTTP/1.1 200"));
    for mut stream in half {
        let answer =
            timeout(Duration::from_secs(5), rest(&mut stream)).await.expect("dropped within the time");
        assert!(!answer.starts_with("HTTP/1.1 200"));
    }
}

#[tokio::test]
async fn a_body_that_stops_coming_is_given_up() {
    let running = start(|s| s.body_idle_seconds = 1).await;
    running.gate.open(router());
    let request = b"POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nsome";
    let answer = timeout(Duration::from_secs(5), exchange(running.address, request)).await.expect("given up");
    assert!(answer.starts_with("HTTP/1.1 4"), "{answer}");
}

#[tokio::test]
async fn a_huge_announced_body_is_refused_before_it_comes() {
    let running = start(|_| {}).await;
    running.gate.open(router());
    let request = b"POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 53687091200\r\n\r\n";
    let answer =
        timeout(Duration::from_secs(5), exchange(running.address, request)).await.expect("answered at once");
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
}

#[tokio::test]
async fn large_and_many_headers_are_refused() {
    let running = start(|s| s.header_bytes = 8 * 1024).await;
    running.gate.open(router());
    let large = format!("GET / HTTP/1.1\r\nhost: x\r\nx-a: {}\r\n\r\n", "a".repeat(64 * 1024));
    let many = format!("GET / HTTP/1.1\r\nhost: x\r\n{}\r\n", "x-a: a\r\n".repeat(200));
    for request in [large, many] {
        assert!(exchange(running.address, request.as_bytes()).await.starts_with("HTTP/1.1 431"));
    }
}

#[tokio::test]
async fn the_connection_above_the_bound_is_told_503_and_places_come_back() {
    let running = start(|s| s.connections_per_address = 2).await;
    running.gate.open(router());
    let first = TcpStream::connect(running.address).await.unwrap();
    let second = TcpStream::connect(running.address).await.unwrap();
    // Connections are taken in their order, so the third one finds both places taken.
    assert!(exchange(running.address, b"").await.starts_with("HTTP/1.1 503"));
    drop((first, second));
    // The places come back as soon as the server has seen both ends.
    while !exchange(running.address, GET).await.starts_with("HTTP/1.1 200") {}
}

#[tokio::test]
async fn requests_above_the_bound_are_told_503_at_once() {
    let running = start(|s| s.requests = 1).await;
    let (entered, leave) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (entered_too, leave_too) = (Arc::clone(&entered), Arc::clone(&leave));
    running.gate.open(router().route(
        "/slow",
        get(move || async move {
            entered_too.notify_one();
            leave_too.notified().await;
            "done"
        }),
    ));
    let address = running.address;
    let slow = tokio::spawn(async move {
        exchange(address, b"GET /slow HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await
    });
    entered.notified().await;
    assert!(exchange(address, GET).await.starts_with("HTTP/1.1 503"));
    leave.notify_one();
    assert!(slow.await.unwrap().ends_with("done"));
    assert!(exchange(address, GET).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn a_stop_lets_the_request_in_work_finish_and_takes_no_new_one() {
    let running = start(|_| {}).await;
    let (entered, leave) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (entered_too, leave_too) = (Arc::clone(&entered), Arc::clone(&leave));
    running.gate.open(router().route(
        "/slow",
        get(move || async move {
            entered_too.notify_one();
            leave_too.notified().await;
            "finished"
        }),
    ));
    let address = running.address;
    let mut idle = TcpStream::connect(address).await.unwrap();
    let slow = tokio::spawn(async move { exchange(address, b"GET /slow HTTP/1.1\r\nhost: x\r\n\r\n").await });
    entered.notified().await;
    running.stopper.ask();
    assert_eq!(rest(&mut idle).await, "", "an idle connection is closed");
    while TcpStream::connect(address).await.is_ok() {}
    leave.notify_one();
    assert!(slow.await.unwrap().ends_with("finished"));
    running.task.await.unwrap();
}

#[tokio::test]
async fn a_stop_does_not_wait_longer_than_the_drain_time() {
    let running = start(|s| s.drain_seconds = 1).await;
    let entered = Arc::new(Notify::new());
    let entered_too = Arc::clone(&entered);
    running.gate.open(router().route(
        "/stuck",
        get(move || async move {
            entered_too.notify_one();
            std::future::pending::<&str>().await
        }),
    ));
    let address = running.address;
    tokio::spawn(async move { exchange(address, b"GET /stuck HTTP/1.1\r\nhost: x\r\n\r\n").await });
    entered.notified().await;
    running.stopper.ask();
    timeout(Duration::from_secs(10), running.task).await.expect("ended").unwrap();
}

/// A certificate for `localhost` in a folder of its own.
fn certificate() -> (tempfolder::Folder, config::Tls, rustls::pki_types::CertificateDer<'static>) {
    let folder = tempfolder::Folder::new();
    let key = rcgen::KeyPair::generate().unwrap();
    let made =
        rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap().self_signed(&key).unwrap();
    let files = config::Tls { certificate: folder.0.join("certificate.pem"), key: folder.0.join("key.pem") };
    std::fs::write(&files.certificate, made.pem()).unwrap();
    std::fs::write(&files.key, key.serialize_pem()).unwrap();
    (folder, files, made.der().clone())
}

/// A folder that goes away with its last user.
mod tempfolder {
    use std::sync::atomic::{AtomicU32, Ordering};

    pub struct Folder(pub std::path::PathBuf);

    impl Folder {
        pub fn new() -> Folder {
            static NEXT: AtomicU32 = AtomicU32::new(0);
            let name =
                format!("pristan-server-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
            let path = std::env::temp_dir().join(name);
            std::fs::create_dir_all(&path).unwrap();
            Folder(path)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }
}

#[tokio::test]
async fn own_tls_answers_over_tls_and_not_without() {
    let (_folder, files, trusted) = certificate();
    let running = start(|s| (s.tls, s.header_seconds) = (Some(files), 1)).await;
    running.gate.open(router());
    let mut roots = rustls::RootCertStore::empty();
    roots.add(trusted).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let client = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let connector = tokio_rustls::TlsConnector::from(Arc::new(client));
    let stream = TcpStream::connect(running.address).await.unwrap();
    let mut stream = connector.connect("localhost".try_into().unwrap(), stream).await.unwrap();
    stream.write_all(GET).await.unwrap();
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer).await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("127.0.0.1"), "{answer}");
    assert!(!exchange(running.address, GET).await.contains("200"), "plain http is not answered");
}

#[tokio::test]
async fn a_certificate_that_cannot_be_used_is_told_at_the_start() {
    let (_folder, files, _) = certificate();
    std::fs::write(&files.key, "not a key").unwrap();
    let settings =
        config::Server { tls: Some(files), listen: ([127, 0, 0, 1], 0).into(), ..Default::default() };
    let told = Bound::bind(&settings).await.err().unwrap().to_string();
    assert!(told.contains("key.pem cannot be used"), "{told}");
}
