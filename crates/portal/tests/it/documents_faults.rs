//! Scans when something outside is away, when many come at once, and when the account ends.

use crate::documents::{begin, good, page_of, patch, send};
use crate::people::{PASSWORD, VERA, registered, sign_in, words};
use gateway::antivirus::Verdict;
use gateway::objects::Fault;
use kernel::{Lang, Span};
use testkit::app::{Page, TestApp};
use testkit::db::each_engine;

const PAGE: &str = "/cabinet/documents";
const SEND_MAIN: &str = "/cabinet/documents/slot/main";

fn says(page: &Page, key: &'static str) -> bool {
    page.says(&words(Lang::Ru, key))
}

#[tokio::test]
async fn while_the_scanner_or_the_storage_is_away_a_scan_waits_and_is_judged_after() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut vera = registered(&app, &VERA).await;
        for (turn, away) in ["scanner", "storage", "half of the storage"].into_iter().enumerate() {
            let file = page_of(7.0 + turn as f32 * 0.5);
            match away {
                "scanner" => app.world.antivirus.plan(Verdict::unavailable("away")),
                "storage" => app.world.objects.plan(Some(Fault::permanent("no"))),
                _ => {
                    app.world.objects.plan(None);
                    app.world.objects.plan(Some(Fault::temporary("away")));
                }
            }
            let page = send(&mut vera, SEND_MAIN, "p.jpg", &file).await;
            assert!(says(&page, "documents-state-checking"), "{away}: {}", page.text());
            app.advance(Span::minutes(2));
            app.run_jobs().await;
            let page = vera.get(PAGE).await;
            assert!(!says(&page, "documents-state-checking"), "{away}: {}", page.text());
            let files = app.world.objects.keys().len();
            assert_eq!((files, app.rows("upload_piece").await), (2 * (turn + 1), 0), "{away}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_kept_file_that_is_away_or_spoilt_is_an_outage_not_a_wrong_picture() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut vera = registered(&app, &VERA).await;
        send(&mut vera, SEND_MAIN, "p.jpg", good()).await;
        let key = app.world.objects.keys().remove(0);
        let path = format!("/cabinet/documents/{}", key.as_str().replace("scans/", "scan/"));
        assert_eq!(vera.get(&path).await.status.as_u16(), 200);
        app.world.objects.plan(Some(Fault::temporary("away")));
        assert_eq!(vera.get(&path).await.status.as_u16(), 503);
        let other = app.world.objects.keys().remove(1);
        let bytes = app.world.objects.peek(&other).expect("a file");
        app.world.objects.spoil(&key, &bytes);
        assert_eq!(vera.get(&path).await.status.as_u16(), 503, "another file in its place does not open");
        assert!(says(&vera.get(PAGE).await, "documents-state-kept"), "the page is there all the same");
    })
    .await;
}

#[tokio::test]
async fn of_a_hundred_pieces_at_once_one_is_kept() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut vera = registered(&app, &VERA).await;
        let file = good();
        let place = begin(&mut vera, file.len()).await;
        let tasks: Vec<_> = (0..100)
            .map(|_| {
                let (mut browser, place) = (vera.clone(), place.clone());
                tokio::spawn(async move { patch(&mut browser, &place, 0, good()).await.status.as_u16() })
            })
            .collect();
        let mut whole = 0;
        for task in tasks {
            match task.await.expect("no panic") {
                // Both say where the upload stands; only one moved it.
                204 | 409 => whole += 1,
                other => panic!("{other}"),
            }
        }
        assert_eq!((whole, app.rows("scan").await), (100, 1));
        app.advance(Span::minutes(2));
        app.run_jobs().await;
        assert!(says(&vera.get(PAGE).await, "documents-state-kept"));
        assert_eq!(app.world.objects.keys().len(), 2);
        let sql = "SELECT COUNT(*) FROM journal WHERE event = 'scan_kept'";
        assert_eq!(app.number(sql, &[]).await, 1, "judged by request and job, told once");
    })
    .await;
}

#[tokio::test]
async fn files_of_nobody_are_collected_and_others_are_left() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut vera = registered(&app, &VERA).await;
        send(&mut vera, SEND_MAIN, "p.jpg", good()).await;
        let kept = app.world.objects.keys();
        let nobodys = format!("scans/scn_{}/clean", "0".repeat(32));
        for key in [&nobodys, "other/thing"] {
            app.world.objects.spoil(&gateway::objects::ObjectKey::parse(key).expect("a key"), b"x");
        }
        app.advance(Span::hours(7));
        app.run_jobs().await;
        let left: Vec<String> = app.world.objects.keys().iter().map(ToString::to_string).collect();
        let expected: Vec<String> =
            ["other/thing".to_owned()].into_iter().chain(kept.iter().map(ToString::to_string)).collect();
        assert_eq!(left, expected);
    })
    .await;
}

#[tokio::test]
async fn uploads_of_an_account_and_of_an_address_are_bounded() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let strict = app
            .again_with(|config| {
                config.documents.uploads = portal::limits::Limit::new(5, 86_400);
                config.documents.uploads_per_address = portal::limits::Limit::new(2, 3_600);
            })
            .await;
        let mut vera = registered(&app, &VERA).await.towards(&strict);
        for _ in 0..5 {
            begin(&mut vera, 10).await;
        }
        let page = send(&mut vera, SEND_MAIN, "p.jpg", good()).await;
        assert_eq!(page.status.as_u16(), 422);
        assert!(says(&page, "documents-error-wait"), "five of an account; loopback is exempt by its address");
        app.advance(Span::days(1));
        let mut vera = strict.browser();
        sign_in(&mut vera, VERA.phone, PASSWORD).await;
        let mut vera = vera.at("203.0.113.7");
        for _ in 0..2 {
            begin(&mut vera, 10).await;
        }
        assert!(says(&send(&mut vera, SEND_MAIN, "p.jpg", good()).await, "documents-error-wait"));
        // Another address may go on.
        let mut vera = vera.at("203.0.113.8");
        assert!(says(&send(&mut vera, SEND_MAIN, "p.jpg", good()).await, "documents-state-kept"));
    })
    .await;
}

#[tokio::test]
async fn a_database_that_knows_none_of_the_files_deletes_none() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut vera = registered(&app, &VERA).await;
        send(&mut vera, SEND_MAIN, "p.jpg", good()).await;
        let foreign = |count: usize| {
            for n in 0..count {
                let key = format!("scans/scn_{n:032}/clean");
                app.world.objects.spoil(&gateway::objects::ObjectKey::parse(&key).expect("a key"), b"x");
            }
        };
        foreign(101);
        app.advance(Span::hours(7));
        app.run_jobs().await;
        assert_eq!(app.world.objects.keys().len(), 2 + 101, "too many to be rubbish");
        let one = app.world.objects.keys().remove(0);
        gateway::objects::Objects::delete(&*app.world.objects, &one).await.expect("in memory");
        app.advance(Span::hours(7));
        app.run_jobs().await;
        assert_eq!(app.world.objects.keys().len(), 2, "few enough: collected");
    })
    .await;
}

#[tokio::test]
async fn a_picture_is_the_same_after_the_index_key_rotated() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut vera = registered(&app, &VERA).await;
        send(&mut vera, SEND_MAIN, "p.jpg", good()).await;
        app.world.keys.rotate(store::keys::Use::Index, &mut app.world.rng.fork()).expect("a new key");
        let page = send(&mut vera, SEND_MAIN, "again.jpg", good()).await;
        assert!(says(&page, "documents-refused-twice"), "{}", page.text());
    })
    .await;
}
