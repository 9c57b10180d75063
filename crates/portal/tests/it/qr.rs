//! Signing in by QR code through the whole router: two browsers, one number, one use.

use crate::passkeys::{passkey, sign_in_by, with_key};
use crate::people::{IGOR, PASSWORD, Person, VERA, is_in, registered, sign_in};
use axum::http::StatusCode;
use kernel::{Span, Time};
use store::Value as Sql;
use testkit::app::{Browser, Page, TestApp};
use testkit::db::each_engine;

/// A screen that shows a code: the browser, the path of its link, its number.
async fn screen(app: &TestApp) -> (Browser, String, String) {
    let mut asking = app.browser();
    let page = asking.send("/sign-in/qr", &[("back", "/cabinet/profile")]).await;
    assert_eq!((page.path.as_str(), page.status), ("/sign-in/qr", StatusCode::OK), "{}", page.text());
    let secrets = portal::signin::qr::Secrets::of(asking.cookie("qr").expect("a cookie")).expect("ours");
    assert!(page.body.contains(&format!("<strong>{}</strong>", secrets.number)), "{}", page.text());
    assert!(!page.body.contains(&secrets.link), "the link is in the picture only");
    (asking, format!("/qr/{}", secrets.link), secrets.number)
}

fn wrong(number: &str) -> &'static str {
    if number == "10" { "11" } else { "10" }
}

async fn approve(phone: &mut Browser, link: &str, number: &str) -> Page {
    phone.post(link, &[("act", "approve"), ("number", number)]).await
}

async fn agree(asking: &mut Browser) -> Page {
    asking.post("/sign-in/qr/finish", &[("act", "yes")]).await
}

async fn events(app: &TestApp, event: &'static str) -> i64 {
    app.number("SELECT COUNT(*) FROM journal WHERE event = $1", &[Sql::from(event)]).await
}

async fn of_method(app: &TestApp, methods: &'static str) -> i64 {
    app.number("SELECT COUNT(*) FROM session WHERE methods = $1", &[Sql::from(methods)]).await
}

#[tokio::test]
async fn a_phone_lets_a_screen_in() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut phone = registered(&app, &VERA).await;
        let (mut asking, link, number) = screen(&app).await;
        assert_eq!(asking.get("/sign-in/qr/state").await.body, "waiting");
        let page = phone.get(&link).await;
        assert!(page.says("Firefox, Linux") && page.says("127.0.0.1"), "{}", page.text());
        assert!(!page.body.contains(&format!(">{number}<")), "the phone does not know the number");
        assert!(agree(&mut asking).await.location() == Some("/sign-in/qr"), "not before the phone");
        assert_eq!(approve(&mut phone, &link, &number).await.status, StatusCode::OK);
        assert_eq!(asking.get("/sign-in/qr/state").await.body, "approved");
        let page = asking.get("/sign-in/qr").await;
        assert!(page.says("В*** Л***") && !page.says("Лодкина"), "{}", page.text());
        let page = agree(&mut asking).await;
        assert_eq!(page.location(), Some("/cabinet/profile"));
        assert!(is_in(&mut asking).await && asking.cookie("qr").is_none());
        assert_eq!((of_method(&app, "qr").await, events(&app, "qr_approved").await), (1, 1));
    })
    .await;
}

#[tokio::test]
async fn who_approved_with_two_factors_lets_in_with_two_and_no_more() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let (_, mut key) = with_key(&app, &VERA, passkey()).await;
        let mut phone = app.browser();
        sign_in_by(&mut phone, &mut key).await;
        let (mut asking, link, number) = screen(&app).await;
        approve(&mut phone, &link, &number).await;
        agree(&mut asking).await;
        assert_eq!((of_method(&app, "qr2").await, of_method(&app, "qr").await), (1, 0));
        // Let in by a phone, a screen changes no factor.
        let page = asking.get("/cabinet/security/passkeys/new").await;
        assert_eq!(page.status, StatusCode::SEE_OTHER);
    })
    .await;
}

#[tokio::test]
async fn a_wrong_number_ends_the_code_and_too_many_end_the_trying() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut phone = registered(&app, &VERA).await;
        for _ in 0..5 {
            let (mut asking, link, number) = screen(&app).await;
            for not_a_number in ["", "4", "123", "4x", "４７"] {
                let page = approve(&mut phone, &link, not_a_number).await;
                assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{not_a_number}");
            }
            assert!(approve(&mut phone, &link, wrong(&number)).await.says("Число не совпало"));
            assert!(approve(&mut phone, &link, &number).await.says("больше не действует"), "one try");
            assert_eq!(asking.get("/sign-in/qr/state").await.body, "refused");
            assert_eq!(agree(&mut asking).await.location(), Some("/sign-in/qr"));
        }
        assert_eq!(events(&app, "qr_refused").await, 5);
        let (_, link, number) = screen(&app).await;
        assert_eq!(approve(&mut phone, &link, &number).await.status, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(of_method(&app, "qr").await, 0);
    })
    .await;
}

#[tokio::test]
async fn another_browser_gets_nothing_out_of_a_code() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut phone = registered(&app, &VERA).await;
        let (mut asking, link, number) = screen(&app).await;
        // The link without the cookie, and the cookie in a browser with another mark.
        let mut thief = app.browser();
        thief.get("/sign-in").await;
        assert_eq!(thief.get(&link).await.location(), Some(format!("/sign-in?back={link}").as_str()));
        approve(&mut phone, &link, &number).await;
        assert_eq!(agree(&mut thief).await.location(), Some("/sign-in/qr"));
        thief.plant("qr", asking.cookie("qr").expect("a cookie"));
        assert_eq!(thief.get("/sign-in/qr/state").await.body, "over");
        assert_eq!(agree(&mut thief).await.location(), Some("/sign-in/qr"));
        assert!(!is_in(&mut thief).await);
        assert_eq!(agree(&mut asking).await.location(), Some("/cabinet/profile"));
    })
    .await;
}

#[tokio::test]
async fn codes_end_by_time_by_use_and_by_refusal() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut phone = registered(&app, &VERA).await;
        let (mut asking, link, number) = screen(&app).await;
        app.advance(Span::seconds(120));
        assert!(approve(&mut phone, &link, &number).await.says("больше не действует"));
        assert_eq!(asking.get("/sign-in/qr/state").await.body, "over");
        // Approved, but the screen agreed too late.
        let (mut asking, link, number) = screen(&app).await;
        app.advance(Span(Span::seconds(120).0 - 1));
        approve(&mut phone, &link, &number).await;
        app.advance(Span::seconds(120));
        assert_eq!(agree(&mut asking).await.location(), Some("/sign-in/qr"));
        // Refused on the phone; turned away at the screen.
        sign_in(&mut phone, VERA.phone, PASSWORD).await;
        let (mut asking, link, number) = screen(&app).await;
        assert!(phone.post(&link, &[("act", "refuse"), ("number", "")]).await.says("отклонён"));
        assert!(approve(&mut phone, &link, &number).await.says("больше не действует"));
        assert!(asking.get("/sign-in/qr").await.says("отклонили"));
        let (mut asking, link, number) = screen(&app).await;
        approve(&mut phone, &link, &number).await;
        let kept = asking.clone();
        assert_eq!(asking.post("/sign-in/qr/finish", &[("act", "no")]).await.location(), Some("/sign-in"));
        assert_eq!(agree(&mut kept.clone()).await.location(), Some("/sign-in/qr"));
        // Used once.
        let (mut asking, link, number) = screen(&app).await;
        approve(&mut phone, &link, &number).await;
        let again = asking.clone();
        assert_eq!(agree(&mut asking).await.location(), Some("/cabinet/profile"));
        assert_eq!(agree(&mut again.clone()).await.location(), Some("/sign-in/qr"));
        assert!(approve(&mut phone, &link, &number).await.says("больше не действует"));
        assert_eq!(of_method(&app, "qr").await, 1);
    })
    .await;
}

#[tokio::test]
async fn what_ended_on_the_phone_lets_nobody_in() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut phone = registered(&app, &VERA).await;
        let (mut asking, link, number) = screen(&app).await;
        approve(&mut phone, &link, &number).await;
        phone.post("/sign-out", &[]).await;
        assert_eq!(agree(&mut asking).await.location(), Some("/sign-in/qr"));
        assert!(!is_in(&mut asking).await);
    })
    .await;
}

#[tokio::test]
async fn a_phone_that_is_not_signed_in_or_not_fresh_is_led_there_and_back() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        registered(&app, &VERA).await;
        let (_, link, _) = screen(&app).await;
        let mut phone = app.browser();
        let page = phone.get(&link).await;
        assert_eq!(page.location(), Some(format!("/sign-in?back={link}").as_str()));
        let fields = [("login", VERA.phone), ("password", PASSWORD), ("back", link.as_str())];
        let page = phone.post("/sign-in", &fields).await;
        assert_eq!(page.location(), Some(link.as_str()), "{}", page.text());
        assert!(phone.get(&link).await.asks("number"));
        app.advance(Span::seconds(301));
        let (_, link, number) = screen(&app).await;
        let confirm = format!("/confirm?back={link}");
        assert_eq!(phone.get(&link).await.location(), Some(confirm.as_str()));
        let page = approve(&mut phone, &link, &number).await;
        assert!(page.location().is_some_and(|place| place.starts_with("/confirm?back=")), "{}", page.text());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_hundred_phones_and_a_hundred_screens_one_wins() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let (vera, igor) = (registered(&app, &VERA).await, registered(&app, &IGOR).await);
        let (asking, link, number) = screen(&app).await;
        let phones: Vec<_> = (0..100)
            .map(|n| {
                let mut phone = if n % 2 == 0 { vera.clone() } else { igor.clone() };
                let (link, number) = (link.clone(), number.clone());
                tokio::spawn(async move {
                    approve(&mut phone, &link, &number).await.says("Вход разрешён")
                })
            })
            .collect();
        let mut approved = 0;
        for phone in phones {
            approved += i32::from(phone.await.expect("no panic"));
        }
        let screens: Vec<_> = (0..100)
            .map(|_| {
                let mut asking = asking.clone();
                tokio::spawn(async move { agree(&mut asking).await.location() == Some("/cabinet/profile") })
            })
            .collect();
        let mut entered = 0;
        for screen in screens {
            entered += i32::from(screen.await.expect("no panic"));
        }
        assert_eq!((approved, entered), (1, 1));
        assert_eq!((of_method(&app, "qr").await, events(&app, "qr_approved").await), (1, 1));
    })
    .await;
}

#[tokio::test]
async fn codes_are_counted_by_address_and_swept() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut asking = app.browser().at("198.51.100.9");
        asking.get("/sign-in/qr").await;
        for _ in 0..30 {
            assert_eq!(asking.post("/sign-in/qr", &[]).await.status, StatusCode::SEE_OTHER);
        }
        assert_eq!(asking.post("/sign-in/qr", &[]).await.status, StatusCode::TOO_MANY_REQUESTS);
        let after = Time(app.now().0 + Span::days(1).0);
        let gone = app.app.write(move |tx| portal::signin::qr::sweep(tx, after, 500)).await;
        assert_eq!(gone.expect("swept"), 30);
    })
    .await;
}

/// Every act with its event, for the journal's ledger.
pub async fn journal(ledger: &mut crate::journal_coverage::Ledger<'_>, app: &TestApp) {
    let person =
        Person { surname: "Экранова", first_name: "Ольга", phone: "+79161112255", email: "" };
    let mut phone = registered(app, &person).await;
    let (mut asking, link, number) = screen(app).await;
    let before = ledger.mark().await;
    approve(&mut phone, &link, &number).await;
    ledger.saw("/qr/{token}", before, "qr_approved").await;
    let before = ledger.mark().await;
    agree(&mut asking).await;
    ledger.saw("/sign-in/qr/finish", before, "signed_in").await;
}
