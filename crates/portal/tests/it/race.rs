//! Many at the same moment: of a hundred right codes one is spent, of a hundred wrong ones every try is counted.

use crate::codes::wrong;
use crate::people::{PASSWORD, VERA, begin, registered, sign_in, twice};
use axum::http::StatusCode;
use portal::codes::{self, Purpose, Verdict};
use portal::ctx::Caller;
use std::future::Future;
use store::params;
use testkit::app::{Browser, TestApp};
use testkit::db::each_engine;

/// How many come at once.
const MANY: u32 = 100;

async fn at_once<F, T>(make: impl Fn(u32) -> F) -> Vec<T>
where
    F: Future<Output = T> + Send + 'static,
    T: Send + 'static,
{
    let tasks: Vec<_> = (0..MANY).map(|number| tokio::spawn(make(number))).collect();
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.expect("no panic"));
    }
    answers
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_hundred_right_codes_exactly_one_is_spent() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = app.browser();
        begin(&mut browser, &VERA).await;
        let code = app.sms_code(VERA.phone).await;
        let verdicts = at_once(|_| verify(&app, code.clone())).await;
        let count = |wanted| verdicts.iter().filter(|verdict| **verdict == wanted).count();
        assert_eq!((count(Verdict::Right), count(Verdict::Used)), (1, 99), "{verdicts:?}");
        assert_eq!(
            app.number("SELECT COUNT(*) FROM code WHERE used_at IS NOT NULL AND tries = 1", &[]).await,
            1
        );
    })
    .await;
}

/// The check below the pages, which go on for the winner and its twins alike.
fn verify(app: &TestApp, code: String) -> impl Future<Output = Verdict> + Send + 'static {
    let caller = Caller {
        lang: kernel::Lang::Ru,
        address: [127, 0, 0, 1].into(),
        request_id: "race".into(),
        visitor: "race".into(),
        marks: portal::devices::Marks::default(),
        agent: String::new(),
    };
    let (app, ctx) = (app.app.clone(), app.app.ctx(caller));
    async move {
        let config = app.config().clone();
        let checked = app.write(move |tx| {
            let subject: String = tx.one("SELECT subject FROM code", params![], |row| row.get(0))?;
            codes::verify(tx, &ctx, &config.codes, &config.limits, Purpose::Register, &subject, &code)
        });
        checked.await.expect("the database answers")
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_equal_forms_with_the_right_code_all_go_on() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = app.browser();
        begin(&mut browser, &VERA).await;
        let code = app.sms_code(VERA.phone).await;
        let answers = at_once(|_| post_code(&browser, code.clone())).await;
        assert!(answers.iter().all(|status| *status == StatusCode::SEE_OTHER), "{answers:?}");
        assert_eq!(app.number("SELECT tries FROM code", &[]).await, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_hundred_wrong_codes_five_are_compared_and_the_right_one_comes_too_late() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = app.browser();
        begin(&mut browser, &VERA).await;
        let code = app.sms_code(VERA.phone).await;
        let answers = at_once(|number| post_code(&browser, wrong(&code, number))).await;
        assert!(answers.iter().all(|status| *status == StatusCode::UNPROCESSABLE_ENTITY), "{answers:?}");
        assert_eq!(app.number("SELECT tries FROM code", &[]).await, 5);
        assert_eq!(post_code(&browser, code).await, StatusCode::UNPROCESSABLE_ENTITY);
    })
    .await;
}

fn post_code(browser: &Browser, code: String) -> impl Future<Output = StatusCode> + Send + 'static {
    let mut browser = browser.clone();
    async move { browser.post("/register/code", &[("code", &code)]).await.status }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_hundred_wrong_passwords_at_once_five_are_compared() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        registered(&app, &VERA).await;
        let mut browser = app.browser();
        browser.get("/sign-in").await;
        let statuses = at_once(|_| {
            let mut browser = browser.clone();
            async move {
                browser.post("/sign-in", &[("login", VERA.phone), ("password", "Wrong-2026!x")]).await.status
            }
        })
        .await;
        assert!(statuses.iter().all(|status| *status == StatusCode::UNPROCESSABLE_ENTITY), "{statuses:?}");
        // Five were compared; all others were asked for a challenge first, which nobody solved.
        assert_eq!(app.number("SELECT failures FROM sign_in_guard", &[]).await, 5);
        let page = sign_in(&mut app.browser(), VERA.phone, PASSWORD).await;
        assert!(page.asks("challenge_token"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_right_passwords_of_one_account_at_once_all_sign_in() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        registered(&app, &VERA).await;
        let mut browser = app.browser();
        browser.get("/sign-in").await;
        let statuses =
            at_once(|_| {
                let mut browser = browser.clone();
                async move {
                    browser.post("/sign-in", &[("login", VERA.phone), ("password", PASSWORD)]).await.status
                }
            })
            .await;
        assert!(statuses.iter().all(|status| *status == StatusCode::SEE_OTHER), "{statuses:?}");
        assert_eq!(app.rows("sign_in_guard").await, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_registrations_with_one_number_one_gets_it() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut ready = Vec::new();
        for _ in 0..4 {
            let mut browser = app.browser();
            begin(&mut browser, &VERA).await;
            let code = app.sms_code(VERA.phone).await;
            assert_eq!(browser.send("/register/code", &[("code", &code)]).await.path, "/register/password");
            ready.push(browser);
            app.advance(kernel::Span::seconds(61));
        }
        let tasks: Vec<_> = ready
            .into_iter()
            .map(|mut browser| {
                tokio::spawn(async move { browser.send("/register/password", &twice(PASSWORD)).await.path })
            })
            .collect();
        let mut paths = Vec::new();
        for task in tasks {
            paths.push(task.await.expect("no panic"));
        }
        paths.sort();
        assert_eq!(paths, ["/cabinet", "/register/taken", "/register/taken", "/register/taken"]);
        assert_eq!((app.rows("account").await, app.rows("login").await), (1, 1));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_password_that_is_changed_while_it_is_compared_opens_no_session() {
    each_engine(|db| async {
        let mut config = testkit::app::config();
        config.passwords.memory_kib = 2_048; // slow enough to be in the middle of it
        let app = TestApp::with(db, 1, config).await;
        registered(&app, &VERA).await;
        let mut current = PASSWORD.to_owned();
        for round in 0..12 {
            app.advance(kernel::Span::days(2));
            let began = app.now();
            let mut owner = app.browser();
            assert_eq!(
                sign_in(&mut owner, VERA.phone, &current).await.location(),
                Some("/cabinet"),
                "round {round}"
            );
            owner.get("/cabinet/security").await;
            let thieves: Vec<_> = (0..4)
                .map(|_| {
                    let (mut thief, stolen) = (app.browser(), current.clone());
                    tokio::spawn(async move { sign_in(&mut thief, VERA.phone, &stolen).await.status })
                })
                .collect();
            let next = format!("Gavan-{round}-2026!x");
            let change = [("current_password", current.as_str()), twice(&next)[0], twice(&next)[1]];
            let page = owner.post("/cabinet/security/password", &change).await;
            assert_eq!(page.status, StatusCode::SEE_OTHER, "round {round}: {}", page.text());
            for thief in thieves {
                thief.await.expect("no panic");
            }
            let alive = "SELECT COUNT(*) FROM session WHERE ended_at IS NULL AND created_at >= $1";
            assert_eq!(
                app.number(alive, &[store::Value::Int(began.0)]).await,
                1,
                "round {round}: only the owner's"
            );
            current = next;
        }
    })
    .await;
}
