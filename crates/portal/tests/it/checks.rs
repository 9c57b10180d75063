//! Register checks (spec 02 §3): sending the profile, what registers answer, the level that follows.

use crate::people::{ANNA, PASSWORD, Person, VERA, registered, sign_in, words};
use crate::profile::{CITIZEN, PERSONAL, PROFILE};
use axum::body::Body;
use axum::http::{Method, StatusCode};
use gateway::register::{Answer, Asked, Field, InvalidReason, NotKnown, Register, RegisterConfig, webhook};
use kernel::{Lang, Span};
use portal::checks::CheckId;
use std::sync::Arc;
use testkit::app::{Browser, Page, TestApp};
use testkit::db::each_engine;

const SEND: &str = "/cabinet/profile/send";
/// A public key that signs nothing here.
const KEY: &str = "-----BEGIN PUBLIC KEY-----\n\
    MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE6eBvE+T0qlX5gz2YUW/P/gfRhmVe\n\
    B4g3u+e+GWTqGqRlOjBe68PYVuDCOKTBvvfyUMtEPqti+ysWv7aBIce1Pg==\n\
    -----END PUBLIC KEY-----";

const SNILS: &str = "112-233-445 95";

/// Fills in everything that the standard level needs.
pub async fn fill_in(browser: &mut Browser, snils: &str) {
    browser.get(PERSONAL).await;
    assert_eq!(browser.send(PERSONAL, CITIZEN).await.path, PROFILE);
    let document = "/cabinet/profile/section/document";
    let passport = [
        ("document_kind", "passport_rf"),
        ("document_number", "2811 123456"),
        ("issued_on", "20.01.2005"),
        ("issued_by", "ОВД «Центральный» г. Твери"),
        ("division", "690-001"),
    ];
    browser.get(document).await;
    assert_eq!(browser.send(document, &passport).await.path, PROFILE);
    let numbers = "/cabinet/profile/section/numbers";
    browser.get(numbers).await;
    assert_eq!(browser.send(numbers, &[("snils", snils)]).await.path, PROFILE);
}

/// A person with a whole profile, at its page.
async fn ready(app: &TestApp, person: &Person) -> Browser {
    let mut browser = registered(app, person).await;
    fill_in(&mut browser, SNILS).await;
    assert!(browser.get(PROFILE).await.says(&words(Lang::Ru, "checks-send")));
    browser
}

async fn send(app: &TestApp, browser: &mut Browser) -> Page {
    let page = browser.send(SEND, &[]).await;
    assert_eq!(page.path, PROFILE, "{}", page.text());
    app.run_jobs().await;
    browser.get(PROFILE).await
}

async fn standard(app: &TestApp) -> i64 {
    app.number("SELECT COUNT(*) FROM account WHERE level = 'standard'", &[]).await
}

#[tokio::test]
async fn a_confirmed_profile_becomes_a_standard_account() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = ready(&app, &VERA).await;
        let page = send(&app, &mut browser).await;
        assert_eq!(standard(&app).await, 1, "{}", page.text());
        assert!(page.says(&words(Lang::Ru, "checks-state-passed")) && !page.says(SEND));
        assert!(
            page.says(&words(Lang::Ru, "profile-origin-register")),
            "who confirmed a value stands beside it"
        );
        assert_eq!(app.rows("evidence").await, 2);
        let journal = browser.get("/cabinet/security/journal").await;
        assert!(journal.says(&words(Lang::Ru, "audit-event-level-raised")));
        app.run_jobs().await;
        assert!(app.last_sms(VERA.phone).expect("a text").contains("стандартная"));
        let mut by_snils = app.browser();
        assert_eq!(sign_in(&mut by_snils, SNILS, PASSWORD).await.location(), Some("/cabinet"));
        // A confirmed name is not typed over.
        browser.get(PERSONAL).await;
        browser
            .send(
                PERSONAL,
                &[
                    ("surname", "Другая"),
                    ("first_name", "Вера"),
                    ("patronymic", "Ильинична"),
                    ("sex", "f"),
                    ("birth_date", "05.11.1984"),
                    ("birth_place", "гор. Тверь"),
                    ("citizenship", "rus"),
                ],
            )
            .await;
        assert!(browser.get(PROFILE).await.says("Лодкина"));
    })
    .await;
}

#[tokio::test]
async fn a_doubted_value_is_named_and_can_be_corrected_and_sent_again() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = ready(&app, &VERA).await;
        let doubt = Answer::Mismatch { fields: vec![Field::BirthDate] };
        app.world.registers[0].plan(Asked::Answered(doubt));
        app.world.registers[1].plan(Asked::Answered(Answer::Invalid { reason: InvalidReason::Replaced }));
        let page = send(&app, &mut browser).await;
        assert_eq!(standard(&app).await, 0);
        assert!(page.says(&words(Lang::Ru, "checks-mend")), "{}", page.text());
        assert!(page.body.contains("/cabinet/profile/section/personal"));
        assert!(page.body.contains("/cabinet/profile/section/document"));
        assert!(app.last_sms(VERA.phone).is_some_and(|text| text.contains("расхождение")));
        assert!(page.says(&words(Lang::Ru, "checks-send")), "it can be sent again");
        send(&app, &mut browser).await;
        assert_eq!(standard(&app).await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_silent_register_is_asked_for_ten_days_with_one_id_and_then_given_up() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = ready(&app, &VERA).await;
        app.world.registers[0].set_down(Some("no answer"));
        let page = send(&app, &mut browser).await;
        assert!(
            page.says(&words(Lang::Ru, "checks-state-asked"))
                && page.says(&words(Lang::Ru, "checks-state-passed"))
        );
        app.advance(Span::hours(5));
        app.run_jobs().await;
        let asked = "SELECT MAX(asks) FROM register_check";
        assert!(app.number(asked, &[]).await >= 2, "it is asked again");
        app.advance(Span::days(11));
        app.run_jobs().await;
        let gave_up = "SELECT COUNT(*) FROM register_check WHERE state = 'gave_up'";
        assert_eq!((app.number(gave_up, &[]).await, standard(&app).await), (1, 0));
        let mut browser = app.browser();
        sign_in(&mut browser, VERA.phone, PASSWORD).await;
        assert!(browser.get(PROFILE).await.says(&words(Lang::Ru, "checks-state-gave-up")));
    })
    .await;
}

#[tokio::test]
async fn a_register_that_comes_back_is_asked_and_the_level_follows() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = ready(&app, &VERA).await;
        for register in &app.world.registers {
            register.set_down(Some("away"));
        }
        send(&app, &mut browser).await;
        for register in &app.world.registers {
            register.set_down(None);
        }
        app.advance(Span::hours(2));
        app.run_jobs().await;
        assert_eq!(standard(&app).await, 1);
    })
    .await;
}

#[tokio::test]
async fn what_no_register_can_decide_waits_for_staff() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = ready(&app, &VERA).await;
        app.world.registers[1].plan(Asked::Answered(Answer::Unclear { reason: NotKnown::SeveralRecords }));
        let page = send(&app, &mut browser).await;
        assert!(page.says(&words(Lang::Ru, "checks-state-unclear")));
        assert_eq!(standard(&app).await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_hundred_forms_at_once_make_one_sending() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let browser = ready(&app, &VERA).await;
        let mut forms = tokio::task::JoinSet::new();
        for _ in 0..100 {
            let mut browser = browser.clone();
            forms.spawn(async move { browser.post(SEND, &[]).await.status });
        }
        assert!(forms.join_all().await.into_iter().all(|status| status == StatusCode::SEE_OTHER));
        assert_eq!((app.rows("sending").await, app.rows("register_check").await), (1, 3));
        app.run_jobs().await;
        assert_eq!(standard(&app).await, 1);
    })
    .await;
}

#[tokio::test]
async fn one_snils_is_one_standard_account_and_the_second_learns_nothing() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut first = ready(&app, &VERA).await;
        send(&app, &mut first).await;
        let mut second = ready(&app, &ANNA).await;
        let page = send(&app, &mut second).await;
        assert_eq!(standard(&app).await, 1);
        assert_eq!(app.rows("evidence").await, 2);
        assert!(!page.says("другой учётной") && page.says(&words(Lang::Ru, "checks-title")));
    })
    .await;
}

#[tokio::test]
async fn an_unfinished_profile_is_not_sent_and_five_sendings_are_enough_for_a_day() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = registered(&app, &VERA).await;
        browser.get(PROFILE).await;
        assert!(browser.send(SEND, &[]).await.says(&words(Lang::Ru, "checks-flash-unfinished")));
        fill_in(&mut browser, SNILS).await;
        for _ in 0..5 {
            app.world.registers[0].plan(Asked::Answered(Answer::NoSuch));
            send(&app, &mut browser).await;
        }
        assert_eq!(browser.post(SEND, &[]).await.status, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(app.rows("sending").await, 5);
    })
    .await;
}

#[tokio::test]
async fn a_webhook_without_a_good_signature_changes_nothing() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = ready(&app, &VERA).await;
        browser.send(SEND, &[]).await;
        let path = "/hooks/registers/pension";
        let body = r#"{"answered":{"request":"chk_1","answer":"match"}}"#;
        let of = |token: &'static str| [("content-type", "application/json"), ("authorization", token)];
        let mut anybody = app.browser();
        let page = anybody.request(Method::POST, path, &of("Bearer x"), Body::from(body)).await;
        assert_eq!(
            page.status,
            StatusCode::NOT_FOUND,
            "no register speaks to a portal that asks none over HTTP"
        );
        let settings = RegisterConfig {
            register_name: "pension".into(),
            register_keys: [("k".to_owned(), KEY.to_owned())].into(),
            ..RegisterConfig::default()
        };
        let keys = Arc::new(webhook::Keys::new(Register::Pension, &settings).expect("keys"));
        let speaking = app.again_over(|gateways| gateways.register_keys.push(keys)).await;
        let mut anybody = speaking.browser();
        for token in ["", "Bearer", "Bearer x", "Bearer e30.e30.e30", "Basic eDp5"] {
            let page = anybody.request(Method::POST, path, &of(token), Body::from(body)).await;
            assert_eq!(page.status, StatusCode::UNAUTHORIZED, "{token:?}");
        }
        let waiting = "SELECT COUNT(*) FROM register_check WHERE state = 'queued'";
        assert_eq!(app.number(waiting, &[]).await, 3, "nothing was settled");
    })
    .await;
}

#[tokio::test]
async fn a_register_answers_its_own_checks_only() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = ready(&app, &VERA).await;
        browser.send(SEND, &[]).await;
        let sql = "SELECT id FROM register_check WHERE kind = 'passport'";
        let id: CheckId =
            app.app.read(move |tx| Ok(tx.one(sql, &[], |row| row.get(0))?)).await.expect("a check");
        for (register, expected) in [(Register::Pension, 0), (Register::Tax, 0), (Register::Interior, 1)] {
            let (ctx, config, id) = (app.app.job_ctx(), app.app.config_arc(), id.clone());
            let answered = move |tx: &mut store::Tx<'_>| {
                portal::checks::take_answer(tx, &ctx, &config, register, &id, &Answer::Valid)
            };
            app.app.write(answered).await.expect("the storage answers");
            let passed = "SELECT COUNT(*) FROM register_check WHERE state = 'passed'";
            assert_eq!(app.number(passed, &[]).await, expected, "{register:?}");
        }
    })
    .await;
}
