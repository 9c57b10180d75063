//! Against stores that nobody would rent. Real ones of other people are asked in `tests/interop`.

use super::*;
use kernel::{Secret, Span, Time};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A request as it arrived.
#[derive(Clone, Debug)]
struct Arrived {
    method: String,
    path: String,
    query: String,
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
}

/// The bytes to answer with; `None` says nothing and keeps the line open.
type Manner = Arc<dyn Fn(&Arrived) -> Option<Vec<u8>> + Send + Sync>;

async fn arrived(stream: &mut TcpStream) -> Option<Arrived> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).unwrap();
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ');
    let (method, target) = (first.next()?.to_owned(), first.next()?.to_owned());
    let headers: BTreeMap<String, String> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let length = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    Some(Arrived { method, path: path.into(), query: query.into(), headers, body })
}

/// A store of this manner; one answer a connection.
async fn before(manner: Manner, change: impl FnOnce(&mut Config)) -> S3Objects {
    before_at(manner, Arc::new(Hand::default()), change).await
}

async fn before_at(manner: Manner, clock: Arc<Hand>, change: impl FnOnce(&mut Config)) -> S3Objects {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let manner = manner.clone();
            tokio::spawn(async move {
                let Some(request) = arrived(&mut stream).await else { return };
                match manner(&request) {
                    Some(answer) => drop(stream.write_all(&answer).await),
                    None => std::future::pending().await,
                }
            });
        }
    });
    let s3 = S3Config {
        endpoint,
        bucket: "files".into(),
        prefix: "portal".into(),
        access_key: "key".into(),
        secret_key: Secret::new("secret".into()),
        ..S3Config::default()
    };
    let mut config = Config { kind: super::super::Kind::S3, s3, ..Config::default() };
    change(&mut config);
    S3Objects::new(&config, clock).unwrap()
}

/// A clock that is set by hand.
struct Hand(AtomicI64);

impl Default for Hand {
    fn default() -> Hand {
        Hand(AtomicI64::new(1_369_353_600_000_000))
    }
}

impl Clock for Hand {
    fn now(&self) -> Time {
        Time(self.0.load(Ordering::Relaxed))
    }
}

fn answer(status: u16, headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 {status} X\r\nContent-Length: {}\r\nConnection: close\r\n{headers}\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

fn error(status: u16, code: &str) -> Vec<u8> {
    answer(status, "", format!("<Error><Code>{code}</Code></Error>").as_bytes())
}

/// Always the same answer.
fn says(bytes: Vec<u8>) -> Manner {
    Arc::new(move |_| Some(bytes.clone()))
}

fn key(text: &str) -> ObjectKey {
    ObjectKey::parse(text).unwrap()
}

/// A store that works: objects by path, with the headers they were put with.
fn good() -> Manner {
    let objects: Mutex<BTreeMap<String, (Vec<u8>, String)>> = Mutex::default();
    Arc::new(move |request| {
        let mut objects = objects.lock().unwrap();
        assert!(
            request.headers["authorization"]
                .starts_with("AWS4-HMAC-SHA256 Credential=key/20130524/us-east-1/s3")
        );
        assert_eq!(request.headers["x-amz-content-sha256"], hex(digest(&SHA256, &request.body).as_ref()));
        Some(match request.method.as_str() {
            "PUT" => {
                let hash = request.headers["x-amz-meta-sha256"].clone();
                objects.insert(request.path.clone(), (request.body.clone(), hash));
                answer(200, "ETag: \"1\"\r\n", b"")
            }
            "GET" if request.path == "/files/" => list(objects.keys(), &request.query),
            "GET" => match objects.get(&request.path) {
                Some((body, hash)) => {
                    answer(200, &format!("ETag: \"1\"\r\nx-amz-meta-sha256: {hash}\r\n"), body)
                }
                None => error(404, "NoSuchKey"),
            },
            "DELETE" => {
                objects.remove(&request.path);
                b"HTTP/1.1 204 X\r\nConnection: close\r\n\r\n".to_vec()
            }
            method => panic!("{method}"),
        })
    })
}

fn list<'a>(paths: impl Iterator<Item = &'a String>, query: &str) -> Vec<u8> {
    assert!(query.contains("list-type=2") && query.contains("prefix=portal%2F"), "{query}");
    let value = |name: &str| query.split('&').find_map(|part| part.strip_prefix(name));
    let after = value("start-after=").unwrap_or_default().replace("%2F", "/");
    let most: usize = value("max-keys=").unwrap().parse().unwrap();
    let keys: Vec<_> =
        paths.filter_map(|path| path.strip_prefix("/files/")).filter(|key| **key > *after).collect();
    let shown: String =
        keys.iter().take(most).map(|key| format!("<Contents><Key>{key}</Key></Contents>")).collect();
    let more = keys.len() > most;
    let token = if more { "<NextContinuationToken>t</NextContinuationToken>" } else { "" };
    page(&format!("<IsTruncated>{more}</IsTruncated>{token}{shown}"))
}

fn page(inside: &str) -> Vec<u8> {
    answer(200, "", format!("<ListBucketResult>{inside}</ListBucketResult>").as_bytes())
}

#[tokio::test]
async fn it_keeps_replaces_lists_and_removes() {
    let store = before(good(), |_| {}).await;
    for name in ["b", "a/2", "a/1"] {
        store.put(&key(name), name.as_bytes()).await.unwrap();
    }
    store.put(&key("b"), b"").await.unwrap();
    assert_eq!(store.get(&key("b")).await, Ok(Some(Vec::new())));
    assert_eq!(store.get(&key("a/1")).await, Ok(Some(b"a/1".to_vec())));
    assert_eq!(store.list(None, 2).await.unwrap(), ["a/1", "a/2"].map(key));
    assert_eq!(store.list(Some(&key("a/2")), 2).await.unwrap(), [key("b")]);
    assert_eq!(store.list(Some(&key("b")), 2).await.unwrap(), []);
    for _ in 0..2 {
        store.delete(&key("b")).await.unwrap();
    }
    assert_eq!(store.get(&key("b")).await, Ok(None));
    assert_eq!((store.health(), store.list(None, 0).await), (Health::Up, Ok(Vec::new())));
}

/// Every call against one manner.
async fn all(store: &S3Objects) -> Vec<Result<(), Fault>> {
    let key = key("a");
    let got = store.get(&key).await.map(|got| assert_ne!(got, None, "not «no such object»"));
    let listed = store.list(None, 5).await.map(|_| ());
    vec![store.put(&key, b"bytes").await, got, listed, store.delete(&key).await]
}

#[tokio::test]
async fn faults_of_the_store_and_of_the_way_are_temporary() {
    let half = answer(200, "ETag: \"1\"\r\n", b"<ListBucketResult><IsTruncated>false</IsTruncated>");
    let manners = [
        error(500, "InternalError"),
        error(503, "SlowDown"),
        error(429, "TooManyRequests"),
        error(400, "RequestTimeout"),
        answer(502, "", b"<html>Bad Gateway</html>"),
        answer(404, "", b"<html>no such page</html>"),
        answer(404, "", b""),
        answer(200, "Content-Type: text/html\r\n", b"<html>log in first</html>"),
        half[..half.len() - 30].to_vec(),
        half[..20].to_vec(),
        b"HTTP/1.1 200 OK\r\nETag: \"1\"\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab".to_vec(),
        b"+OK POP3 ready\r\n".to_vec(),
        Vec::new(),
    ];
    for manner in manners {
        let shown = String::from_utf8_lossy(&manner).into_owned();
        let store = before(says(manner), |_| {}).await;
        for outcome in all(&store).await {
            assert!(outcome.as_ref().is_err_and(Fault::is_temporary), "{shown}: {outcome:?}");
        }
        assert_ne!(store.health(), Health::Up);
    }
}

#[tokio::test]
async fn what_an_administrator_must_mend_is_permanent() {
    let manners = [
        error(403, "AccessDenied"),
        error(403, "SignatureDoesNotMatch"),
        error(404, "NoSuchBucket"),
        answer(403, "", b""),
        answer(301, "Location: http://elsewhere.example/\r\n", b""),
        error(400, "AuthorizationHeaderMalformed"),
    ];
    for manner in manners {
        let store = before(says(manner), |_| {}).await;
        for outcome in all(&store).await {
            assert!(outcome.as_ref().is_err_and(|fault| !fault.is_temporary()), "{outcome:?}");
        }
        assert!(store.health().can_send() && store.health() != Health::Up);
    }
    let store = before(says(error(403, "AccessDenied")), |_| {}).await;
    assert_eq!(store.get(&key("a")).await, Err(Fault::permanent("HTTP 403 AccessDenied")));
}

#[tokio::test]
async fn silence_and_closed_doors_end_in_time() {
    let store = before(Arc::new(|_| None), |config| config.s3.first_byte_millis = 50).await;
    for outcome in all(&store).await {
        assert!(outcome.is_err_and(|fault| fault.is_temporary() && fault.reason().contains("in time")));
    }
    let store = before(good(), |config| config.s3.endpoint = "http://127.0.0.1:1".into()).await;
    assert_eq!(store.get(&key("a")).await, Err(Fault::temporary("cannot connect")));
}

#[tokio::test]
async fn a_body_that_never_ends_and_one_that_is_too_large_are_not_read() {
    let endless = b"HTTP/1.1 200 OK\r\nETag: \"1\"\r\nContent-Length: 9999999999\r\n\r\nabc".to_vec();
    let store = before(says(endless), |_| {}).await;
    assert!(store.get(&key("a")).await.is_err());
    let manner = says(answer(200, "ETag: \"1\"\r\n", &vec![7; 5000]));
    let store = before(manner, |config| config.object_limit_bytes = 4096).await;
    assert_eq!(store.get(&key("a")).await, Err(super::super::too_large()));
    assert_eq!(store.put(&key("a"), &[7; 4097]).await, Err(super::super::too_large()));
    let manner = says(answer(200, "ETag: \"1\"\r\n", &vec![7; PAGE_BYTES + 1]));
    let store = before(manner, |config| config.object_limit_bytes = 4096).await;
    assert_eq!(store.get(&key("a")).await, Err(super::super::too_large()));
    assert_eq!(store.health(), Health::Degraded { reason: super::super::too_large().reason().to_owned() });
}

#[tokio::test]
async fn damaged_bytes_are_noticed_and_copies_without_a_hash_are_let_through() {
    let hash = hex(digest(&SHA256, b"bytes").as_ref());
    let with = |hash: &str, body: &[u8]| {
        says(answer(200, &format!("ETag: \"1\"\r\nx-amz-meta-sha256: {hash}\r\n"), body))
    };
    let got = |store: S3Objects| async move { store.get(&key("a")).await };
    assert_eq!(got(before(with(&hash, b"bytes"), |_| {}).await).await, Ok(Some(b"bytes".to_vec())));
    for body in [b"bytez".as_slice(), b"byte", b"", b"bytess"] {
        let fault = got(before(with(&hash, body), |_| {}).await).await.unwrap_err();
        assert_eq!(fault, Fault::temporary("the bytes are not those that were put"));
    }
    assert!(got(before(with("garbage", b"bytes"), |_| {}).await).await.is_err());
    let copy = says(answer(200, "ETag: \"1\"\r\n", b"bytes"));
    assert_eq!(got(before(copy, |_| {}).await).await, Ok(Some(b"bytes".to_vec())));
}

#[tokio::test]
async fn lists_out_of_order_or_of_other_peoples_keys_do_not_mislead() {
    let keys = |keys: &[&str]| {
        keys.iter().map(|key| format!("<Contents><Key>{key}</Key></Contents>")).collect::<String>()
    };
    let last = "<IsTruncated>false</IsTruncated>";
    for wrong in [["portal/b", "portal/a"], ["portal/b", "portal/b"]] {
        let store = before(says(page(&format!("{last}{}", keys(&wrong)))), |_| {}).await;
        assert!(store.list(None, 9).await.is_err_and(|fault| !fault.is_temporary()));
    }
    let store = before(says(page(&format!("{last}{}", keys(&["portal/b"])))), |_| {}).await;
    assert!(store.list(Some(&key("b")), 9).await.is_err(), "a page that begins before its place is no end");
    // A page of foreign keys is not the end: the next one is read.
    let more = "<IsTruncated>true</IsTruncated><NextContinuationToken>a+b</NextContinuationToken>";
    let foreign = page(&format!("{more}{}", keys(&["portal/A", "portal/b c", "other/a"])));
    let ours = page(&format!("{last}{}", keys(&["portal/c", "portal/.d"])));
    let manner: Manner = Arc::new(move |request| {
        let second = request.query.contains("continuation-token=a%2Bb");
        Some(if second { ours.clone() } else { foreign.clone() })
    });
    let store = before(manner, |_| {}).await;
    assert_eq!(store.list(None, 9).await.unwrap(), [key("c")]);
    let foreign = page(&format!("{more}{}", keys(&["portal/A"])));
    let store = before(says(foreign), |_| {}).await;
    assert!(store.list(None, 9).await.is_err_and(|fault| !fault.is_temporary()), "endless, and not ours");
}

#[tokio::test]
async fn a_store_that_is_down_is_left_alone_and_found_again() {
    let calls = Arc::new(AtomicI64::new(0));
    let (seen, works) = (calls.clone(), good());
    let manner: Manner = Arc::new(move |request| match seen.fetch_add(1, Ordering::Relaxed) {
        0..5 => Some(error(503, "SlowDown")),
        _ => works(request),
    });
    let clock = Arc::new(Hand::default());
    let store = before_at(manner, clock.clone(), |_| {}).await;
    for _ in 0..8 {
        assert!(store.put(&key("a"), b"1").await.unwrap_err().is_temporary());
    }
    assert_eq!(calls.load(Ordering::Relaxed), 5, "the breaker opened after five");
    assert!(!store.health().can_send());
    clock.0.fetch_add(Span::seconds(11).0, Ordering::Relaxed);
    store.put(&key("a"), b"1").await.unwrap();
    assert_eq!(store.health(), Health::Up);
}

#[tokio::test]
async fn requests_beyond_the_bound_are_put_off() {
    let store = Arc::new(
        before(Arc::new(|_| None), |config| {
            (config.at_once, config.turn_millis, config.s3.total_millis) = (1, 10, 300);
        })
        .await,
    );
    let first = store.clone();
    let first = tokio::spawn(async move { first.get(&key("a")).await });
    while store.turns.available_permits() > 0 {
        tokio::task::yield_now().await;
    }
    assert!(store.get(&key("a")).await.is_err_and(|fault| fault.reason().contains("under way")));
    assert!(first.await.unwrap().is_err_and(|fault| fault.reason().contains("in time")));
}

#[test]
fn addresses_follow_the_style() {
    let config = |endpoint: &str, addressing| S3Config {
        endpoint: endpoint.into(),
        bucket: "files".into(),
        addressing,
        ..S3Config::default()
    };
    let placed = |endpoint, addressing| place(&config(endpoint, addressing)).unwrap();
    let of = |origin: &str, host: &str| (origin.to_owned(), host.to_owned());
    assert_eq!(placed("https://s3.example", Addressing::Path), of("https://s3.example", "s3.example"));
    assert_eq!(placed("https://s3.example:443/", Addressing::Path), of("https://s3.example", "s3.example"));
    assert_eq!(placed("http://[::1]:9000", Addressing::Path), of("http://[::1]:9000", "[::1]:9000"));
    assert_eq!(
        placed("https://s3.example:9000", Addressing::Host),
        of("https://files.s3.example:9000", "files.s3.example:9000")
    );
}
