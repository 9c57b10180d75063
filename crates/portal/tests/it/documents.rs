//! Scans of documents (spec 02 §2): uploaded by a form or by pieces, judged, shown to their owner only.

use crate::people::{ANNA, VERA, registered, words};
use crate::profile::{CITIZEN, PERSONAL};
use axum::body::{Body, Bytes};
use axum::http::{Method, StatusCode};
use base64::Engine as _;
use futures_util::stream;
use gateway::antivirus::memory::eicar;
use kernel::{Lang, Span};
use std::sync::OnceLock;
use testkit::app::{Browser, Page, TestApp};
use testkit::db::each_engine;

#[allow(dead_code, clippy::unwrap_used)]
#[path = "../../../scan/tests/it/paint.rs"]
mod paint;

const PAGE: &str = "/cabinet/documents";
const UPLOADS: &str = "/cabinet/documents/uploads";
const SEND_MAIN: &str = "/cabinet/documents/slot/main";

/// A readable page of an invented person.
pub fn good() -> &'static [u8] {
    static GOOD: OnceLock<Vec<u8>> = OnceLock::new();
    GOOD.get_or_init(|| page_of(8.0))
}

/// Another picture of that page.
pub fn page_of(per_mm: f32) -> Vec<u8> {
    paint::page(per_mm, paint::LINES).jpeg(85)
}

fn says(page: &Page, key: &'static str) -> bool {
    page.says(&words(Lang::Ru, key))
}

/// Sends a file with the form of a page, as browsers do.
pub async fn send(browser: &mut Browser, path: &str, name: &str, file: &[u8]) -> Page {
    browser.get(PAGE).await;
    let token = browser.csrf().to_owned();
    let page = post_file(browser, path, &token, name, file).await;
    browser.follow(page).await
}

async fn post_file(browser: &mut Browser, path: &str, token: &str, name: &str, file: &[u8]) -> Page {
    let mut body = format!(
        "--b0undary\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{token}\r\n--b0undary\r\n\
         Content-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: image/jpeg\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(file);
    body.extend_from_slice(b"\r\n--b0undary--\r\n");
    let headers =
        [("content-type", "multipart/form-data; boundary=b0undary"), ("origin", "http://localhost:8080")];
    browser.request(Method::POST, path, &headers, Body::from(body)).await
}

/// A request of the protocol tus with the token of the page that was open last.
pub async fn tus(browser: &mut Browser, method: &str, path: &str, more: &[(&str, &str)], body: Body) -> Page {
    if browser.csrf().is_empty() {
        browser.get(PAGE).await;
    }
    let token = browser.csrf().to_owned();
    let mut headers = vec![("tus-resumable", "1.0.0"), ("x-csrf-token", token.as_str())];
    headers.extend_from_slice(more);
    let method = Method::from_bytes(method.as_bytes()).expect("a method");
    browser.request(method, path, &headers, body).await
}

/// Begins an upload; answers its address.
pub async fn begin(browser: &mut Browser, length: usize) -> String {
    let base64 = |text: &str| base64::engine::general_purpose::STANDARD.encode(text);
    let metadata = format!("filename {},slot {}", base64("паспорт.jpg"), base64("main"));
    let headers = [("upload-length", &*length.to_string()), ("upload-metadata", &metadata)];
    let page = tus(browser, "POST", UPLOADS, &headers, Body::empty()).await;
    assert_eq!(page.status, StatusCode::CREATED);
    page.location().expect("an address").to_owned()
}

pub async fn patch(browser: &mut Browser, place: &str, at: usize, bytes: &[u8]) -> Page {
    let at = at.to_string();
    let headers = [("upload-offset", at.as_str()), ("content-type", "application/offset+octet-stream")];
    tus(browser, "PATCH", place, &headers, Body::from(bytes.to_vec())).await
}

#[tokio::test]
async fn a_file_sent_by_a_form_is_judged_kept_sealed_and_shown_to_its_owner_only() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut vera = registered(&app, &VERA).await;
        let page = send(&mut vera, SEND_MAIN, "мой паспорт.jpg", good()).await;
        assert_eq!(page.path, format!("{PAGE}#place-main"), "{}", page.text());
        assert!(page.says("мой паспорт.jpg") && says(&page, "documents-state-kept"), "{}", page.text());
        let keys = app.world.objects.keys();
        assert_eq!(keys.len(), 2, "the file and its preview");
        for key in &keys {
            let sealed = app.world.objects.peek(key).expect("a file");
            assert!(!sealed.windows(3).any(|three| three == [0xFF, 0xD8, 0xFF]), "{key} lies open");
        }
        assert_eq!(app.rows("upload_piece").await, 0, "nothing is left on the way");
        let start = page.body.find("/cabinet/documents/scan/").expect("a link");
        let end = start + page.body[start..].find('"').expect("an end");
        let clean = page.body[start..end].to_owned();
        let preview = clean.replace("/clean", "/preview");
        let mut anna = registered(&app, &ANNA).await;
        for path in [&clean, &preview] {
            let file = vera.get(path).await;
            assert_eq!((file.status, file.header("content-type")), (StatusCode::OK, "image/jpeg"));
            assert!(file.header("content-security-policy").starts_with("sandbox"));
            assert_eq!(anna.get(path).await.status, StatusCode::NOT_FOUND);
        }
        let remove = clean.replace("/clean", "/remove");
        anna.send(&remove, &[]).await;
        assert_eq!(app.rows("scan").await, 1, "another's scan is not removed");
        let page = vera.send(&remove, &[]).await;
        assert!(says(&page, "documents-flash-removed") && !page.says("мой паспорт.jpg"));
        assert!(app.world.objects.keys().is_empty() && app.rows("scan").await == 0);
        let journal = vera.get("/cabinet/security/journal").await;
        for key in ["audit-event-scan-uploaded", "audit-event-scan-kept", "audit-event-scan-removed"] {
            assert!(says(&journal, key), "{key}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_form_of_another_page_and_a_form_without_a_file_do_nothing() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut vera = registered(&app, &VERA).await;
        vera.get(PAGE).await;
        for token in ["", "AAAA"] {
            let page = post_file(&mut vera, SEND_MAIN, token, "a.jpg", good()).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN);
        }
        let token = vera.csrf().to_owned();
        let page = post_file(&mut vera, "/cabinet/documents/slot/none", &token, "a.jpg", good()).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
        let page = post_file(&mut vera, SEND_MAIN, &token, "", b"").await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(says(&page, "documents-error-none"));
        for body in ["", "--b0undary--\r\n", "--b0undary\r\nnonsense", "--other\r\n\r\n--other--"] {
            let headers = [("content-type", "multipart/form-data; boundary=b0undary")];
            let page = vera.request(Method::POST, SEND_MAIN, &headers, Body::from(body)).await;
            assert!(page.status.is_client_error(), "{body:?}: {}", page.status);
        }
        assert_eq!((app.rows("scan").await, app.rows("upload").await), (0, 0));
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_kept_is_refused_in_words_and_leaves_nothing() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut vera = registered(&app, &VERA).await;
        let half = &good()[..good().len() / 2];
        let virus = [good(), eicar().as_bytes()].concat();
        let tiny = paint::Canvas::new(40, 40, [200, 200, 200]).jpeg(80);
        let rows: [(&[u8], &str); 6] = [
            (b"", "documents-refused-empty"),
            (b"just words", "documents-refused-type"),
            (b"<html><script>alert(1)</script>", "documents-refused-type"),
            (half, "documents-refused-broken"),
            (&virus, "documents-refused-virus"),
            (&tiny, "documents-refused-tiny"),
        ];
        for (file, key) in rows {
            let page = send(&mut vera, SEND_MAIN, "x.jpg", file).await;
            assert!(says(&page, key), "{key}: {}", page.text());
            assert!(app.world.objects.keys().is_empty(), "{key}");
        }
        assert_eq!(app.rows("scan").await, 1, "one word about the newest file of a place");
        // A good one takes the word away.
        let page = send(&mut vera, SEND_MAIN, "good.jpg", good()).await;
        assert!(says(&page, "documents-state-kept") && !says(&page, "documents-state-refused"));
        // The same picture once more, and as another file.
        let page = send(&mut vera, "/cabinet/documents/slot/other", "again.jpg", good()).await;
        assert!(says(&page, "documents-refused-twice"), "{}", page.text());
    })
    .await;
}

#[tokio::test]
async fn a_file_above_the_limit_is_answered_with_words() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut vera = registered(&app, &VERA).await;
        let big = vec![0xFF; 6 * 1024 * 1024];
        let page = send(&mut vera, SEND_MAIN, "big.jpg", &big).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(says(&page, "documents-refused-big"));
        let headers = [("upload-length", "5242881"), ("upload-metadata", "slot bWFpbg==")];
        let page = tus(&mut vera, "POST", UPLOADS, &headers, Body::empty()).await;
        assert_eq!(page.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(app.rows("upload").await, 0);
    })
    .await;
}

#[tokio::test]
async fn the_zone_is_compared_with_what_was_typed() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut vera = registered(&app, &VERA).await;
        vera.get(PERSONAL).await;
        vera.send(PERSONAL, CITIZEN).await;
        let page = send(&mut vera, SEND_MAIN, "p.jpg", good()).await;
        assert!(says(&page, "documents-differs") && says(&page, "documents-state-better"), "{}", page.text());
        assert!(page.body.contains("href=\"/cabinet/profile/section/personal\""));
    })
    .await;
}

#[tokio::test]
async fn an_upload_by_pieces_goes_on_from_any_byte() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut vera = registered(&app, &VERA).await;
        let options = tus(&mut vera, "OPTIONS", UPLOADS, &[], Body::empty()).await;
        assert_eq!((options.header("tus-version"), options.header("tus-max-size")), ("1.0.0", "5242880"));
        let file = good();
        let place = begin(&mut vera, file.len()).await;
        let (mut at, mut step) = (0, 1);
        while at < file.len() {
            let head = tus(&mut vera, "HEAD", &place, &[], Body::empty()).await;
            assert_eq!(head.status, StatusCode::OK);
            assert_eq!(head.header("upload-offset"), at.to_string());
            assert_eq!(head.header("upload-length"), file.len().to_string());
            assert!(
                head.header("upload-expires").ends_with("GMT") && head.header("cache-control") == "no-store"
            );
            // Not from elsewhere.
            for wrong in [at + 1, at + file.len()] {
                assert_eq!(patch(&mut vera, &place, wrong, b"x").await.status, StatusCode::CONFLICT);
            }
            let to = (at + step).min(file.len());
            let page = patch(&mut vera, &place, at, &file[at..to]).await;
            assert_eq!(page.status, StatusCode::NO_CONTENT);
            assert_eq!(page.header("upload-offset"), to.to_string());
            (at, step) = (to, step * 7);
        }
        let page = vera.get(PAGE).await;
        assert!(page.says("паспорт.jpg") && says(&page, "documents-state-kept"), "{}", page.text());
        // The last answer may be lost: the upload still says that it is whole.
        let head = tus(&mut vera, "HEAD", &place, &[], Body::empty()).await;
        assert_eq!(head.header("upload-offset"), file.len().to_string());
        assert_eq!(patch(&mut vera, &place, file.len(), b"").await.status, StatusCode::NO_CONTENT);
        assert_eq!(app.rows("scan").await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_broken_connection_loses_nothing_that_arrived() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut vera = registered(&app, &VERA).await;
        let file = good();
        let place = begin(&mut vera, file.len()).await;
        let pieces: Vec<Result<Bytes, std::io::Error>> = vec![
            Ok(Bytes::from(file[..1000].to_vec())),
            Ok(Bytes::from(file[1000..1003].to_vec())),
            Err(std::io::Error::other("gone")),
        ];
        let headers = [("upload-offset", "0"), ("content-type", "application/offset+octet-stream")];
        tus(&mut vera, "PATCH", &place, &headers, Body::from_stream(stream::iter(pieces))).await;
        let head = tus(&mut vera, "HEAD", &place, &[], Body::empty()).await;
        assert_eq!(head.header("upload-offset"), "1003");
        // More than was announced is let go.
        let rest = [&file[1003..], b"and more"].concat();
        assert_eq!(
            patch(&mut vera, &place, 1003, &rest).await.header("upload-offset"),
            file.len().to_string()
        );
        assert!(says(&vera.get(PAGE).await, "documents-state-kept"));
    })
    .await;
}

#[tokio::test]
async fn uploads_are_their_owners_for_a_day_and_can_be_given_up() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let (mut vera, mut anna) = (registered(&app, &VERA).await, registered(&app, &ANNA).await);
        let place = begin(&mut vera, 100).await;
        for method in ["HEAD", "PATCH", "DELETE"] {
            let more = [("upload-offset", "0"), ("content-type", "application/offset+octet-stream")];
            let page = tus(&mut anna, method, &place, &more, Body::from("x")).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{method}");
        }
        let other_version = [("tus-resumable", "0.2.2")];
        let token = vera.csrf().to_owned();
        let headers = [other_version[0], ("x-csrf-token", token.as_str())];
        let page = vera.request(Method::HEAD, &place, &headers, Body::empty()).await;
        assert_eq!((page.status, page.header("tus-version")), (StatusCode::PRECONDITION_FAILED, "1.0.0"));
        for more in [&[("upload-offset", "0")][..], &[("content-type", "application/offset+octet-stream")]] {
            assert!(tus(&mut vera, "PATCH", &place, more, Body::from("x")).await.status.is_client_error());
        }
        assert_eq!(tus(&mut vera, "DELETE", &place, &[], Body::empty()).await.status, StatusCode::NO_CONTENT);
        assert_eq!(tus(&mut vera, "HEAD", &place, &[], Body::empty()).await.status, StatusCode::NOT_FOUND);
        let place = begin(&mut vera, 100).await;
        patch(&mut vera, &place, 0, b"half").await;
        app.advance(Span::seconds(1));
        for _ in 0..4 {
            begin(&mut vera, 10).await;
        }
        assert_eq!(tus(&mut vera, "HEAD", &place, &[], Body::empty()).await.status, StatusCode::OK);
        begin(&mut vera, 10).await;
        let head = tus(&mut vera, "HEAD", &place, &[], Body::empty()).await;
        assert_eq!(
            (head.status, app.rows("upload").await),
            (StatusCode::NOT_FOUND, 5),
            "the oldest gave way"
        );
        app.advance(Span::hours(25));
        app.run_jobs().await;
        assert_eq!((app.rows("upload").await, app.rows("upload_piece").await), (0, 0));
    })
    .await;
}

#[tokio::test]
async fn odd_requests_of_the_protocol_are_refused_without_trouble() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut vera = registered(&app, &VERA).await;
        let good = ("upload-metadata", "slot bWFpbg==");
        for (length, metadata) in [
            ("", good.1),
            ("-1", good.1),
            ("0", good.1),
            ("1e3", good.1),
            ("99999999999999999999999", good.1),
            ("10", ""),
            ("10", "slot"),
            ("10", "slot !!!"),
            ("10", "slot /w=="),
            ("10", "slot bm9uZQ=="),
            ("10", ",,, ,"),
        ] {
            let headers = [("upload-length", length), ("upload-metadata", metadata)];
            let page = tus(&mut vera, "POST", UPLOADS, &headers, Body::empty()).await;
            assert_eq!(page.status, StatusCode::BAD_REQUEST, "{length} {metadata}");
        }
        for id in ["x", "upl_0", "%00", &format!("upl_{}", "0".repeat(32))] {
            let page = tus(&mut vera, "HEAD", &format!("{UPLOADS}/{id}"), &[], Body::empty()).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{id}");
        }
        let place = begin(&mut vera, 10).await;
        for offset in ["", "-1", "0x0", "999999999999999999999"] {
            let more = [("upload-offset", offset), ("content-type", "application/offset+octet-stream")];
            let page = tus(&mut vera, "PATCH", &place, &more, Body::from("x")).await;
            assert_eq!(page.status, StatusCode::BAD_REQUEST, "{offset}");
        }
        let without = [("tus-resumable", "1.0.0"), ("upload-length", "10"), good];
        let page = vera.request(Method::POST, UPLOADS, &without, Body::empty()).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "no token of a page");
    })
    .await;
}
