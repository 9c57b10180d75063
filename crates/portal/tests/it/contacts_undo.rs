//! Undoing a change of contacts by the link of its notice, and what races with it.

use crate::contacts::{
    CODE, FRESH_EMAIL, FRESH_PHONE, LIST, add, ask, code_of, events, live, page_of, remove, replace,
    signed_in,
};
use crate::people::{
    ANNA, IGOR, OTHER_PASSWORD, PASSWORD, VERA, can_sign_in, is_in, registered, twice, words,
};
use axum::http::StatusCode;
use kernel::{Lang, Span};
use testkit::app::{Browser, TestApp};
use testkit::db::{TestDb, each_engine};

/// One more fresh database of the same engine.
async fn beside(db: &TestDb) -> TestDb {
    match db.db().engine() {
        store::Engine::Sqlite => testkit::db::sqlite().await,
        store::Engine::Postgres => testkit::db::postgres().await.expect("it is there"),
    }
}

/// The path of the link in the newest text message to a number.
async fn sms_link(app: &TestApp, to: &str) -> Option<String> {
    app.run_jobs().await;
    path_in(&app.last_sms(to)?)
}

/// The path of the link in the newest letter to an address.
async fn mail_link(app: &TestApp, to: &str) -> Option<String> {
    path_in(&app.last_mail(to).await?.text)
}

fn path_in(text: &str) -> Option<String> {
    Some(text[text.find("/undo/")?..].split_whitespace().next()?.to_owned())
}

#[tokio::test]
async fn the_old_contact_takes_a_replacement_back_and_everybody_is_signed_out() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut thief = registered(&app, &VERA).await;
        let mut owner = signed_in(&app, VERA.phone).await;
        replace(&app, &mut thief, "+7 912 345-67-89", FRESH_PHONE).await;
        assert_eq!(events(&app, "contact_replaced").await, 1);
        assert!(!can_sign_in(&app, VERA.phone, PASSWORD).await);
        assert!(can_sign_in(&app, FRESH_PHONE, PASSWORD).await, "the thief needs nothing more");
        let link = sms_link(&app, VERA.phone).await.expect("a link");
        assert!(link.len() >= "/undo/".len() + 22, "128 bits: {link}");
        let mut browser = app.browser();
        let page = browser.get(&link).await;
        assert!(page.status == StatusCode::OK && page.says("+7 *** ***-67-89"), "{}", page.text());
        assert_eq!(browser.post_raw(&link, "csrf=x").await.status, StatusCode::FORBIDDEN);
        assert!(is_in(&mut owner).await, "opening the link changes nothing");
        let done = browser.send(&link, &[]).await;
        assert_eq!(done.path, "/recover");
        assert!(done.says(&words(Lang::Ru, "contacts-flash-undone")), "{}", done.text());
        assert!(!is_in(&mut thief).await && !is_in(&mut owner).await);
        for login in [VERA.phone, FRESH_PHONE] {
            assert!(!can_sign_in(&app, login, PASSWORD).await, "the password is closed: {login}");
        }
        assert_eq!((live(&app).await, events(&app, "contact_change_undone").await), (1, 1));
        for told in [VERA.phone, FRESH_PHONE] {
            app.run_jobs().await;
            assert!(app.last_sms(told).expect("told").contains("отменено по ссылке"), "{told}");
        }
        // The way on: a new password by the contact that came back.
        app.advance(Span::minutes(2));
        browser.send("/recover", &[("login", VERA.phone)]).await;
        let code = app.sms_code(VERA.phone).await;
        browser.send("/recover/code", &[("code", &code)]).await;
        assert_eq!(browser.send("/recover/password", &twice(OTHER_PASSWORD)).await.path, "/cabinet");
        assert!(can_sign_in(&app, VERA.phone, OTHER_PASSWORD).await);
        let list = browser.get(LIST).await;
        assert!(list.text().contains("контакты изменить нельзя"), "changes are held: {}", list.text());
    })
    .await;
}

#[tokio::test]
async fn a_link_works_once_and_to_its_last_second() {
    each_engine(|db| async move {
        let three_days = 72 * 3_600;
        for (seconds, works) in [(three_days - 1, true), (three_days, false), (three_days + 1, false)] {
            let app = TestApp::new(beside(&db).await).await;
            let mut anna = registered(&app, &ANNA).await;
            remove(&mut anna, "+7 916 111-22-33").await;
            let link = sms_link(&app, ANNA.phone).await.expect("a link");
            app.advance(Span::seconds(seconds));
            app.run_jobs().await;
            let mut browser = app.browser();
            let found = browser.get(&link).await.status;
            assert_eq!(found, if works { StatusCode::OK } else { StatusCode::GONE });
            let done = browser.post(&link, &[]).await.status;
            assert_eq!(done, if works { StatusCode::SEE_OTHER } else { StatusCode::GONE });
            assert_eq!(live(&app).await, if works { 2 } else { 1 });
            // Whoever stole the link comes too late.
            let again = app.browser().post(&link, &[]).await;
            assert_eq!(again.status, StatusCode::GONE);
            assert_eq!(again.says(&words(Lang::Ru, "contacts-undo-used-title")), works);
            assert_eq!(events(&app, "contact_change_undone").await, i64::from(works));
        }
    })
    .await;
}

#[tokio::test]
async fn the_contact_of_a_thief_undoes_nothing_and_goes_with_everything_it_did() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut thief = registered(&app, &ANNA).await;
        add(&app, &mut thief, FRESH_PHONE).await;
        let by_added = sms_link(&app, ANNA.phone).await.expect("a link");
        app.advance(Span::seconds(61));
        remove(&mut thief, "+7 916 111-22-33").await;
        // Two letters of one turn of the worker arrive in any order; the test wants the last one.
        app.run_jobs().await;
        app.advance(Span::seconds(1));
        remove(&mut thief, ANNA.email).await;
        app.run_jobs().await;
        let told = app.last_sms(FRESH_PHONE).expect("the new contact is told");
        assert!(told.contains("удалён контакт") && !told.contains("/undo/"), "without a link: {told}");
        assert_eq!(live(&app).await, 1, "only the thief's is left");
        let by_mail = mail_link(&app, ANNA.email).await.expect("a link");
        let mut browser = app.browser();
        browser.send(&by_mail, &[]).await;
        // The address came back, the thief's number went; the older removal has a link of its own.
        assert!(!can_sign_in(&app, FRESH_PHONE, PASSWORD).await);
        assert_eq!(live(&app).await, 1);
        let by_phone = sms_link_about(&app, ANNA.phone).await;
        assert_eq!(browser.send(&by_phone, &[]).await.path, "/recover");
        assert_eq!(live(&app).await, 2, "both are back");
        assert_eq!(
            browser.post(&by_added, &[]).await.status,
            StatusCode::GONE,
            "what went is not undone twice"
        );
    })
    .await;
}

/// The link of the newest message to a number that has one.
async fn sms_link_about(app: &TestApp, to: &str) -> String {
    app.run_jobs().await;
    let texts = app.world.sms.accepted().into_iter().rev().filter(|message| message.to == to);
    texts.filter_map(|message| path_in(&message.text)).next().expect("a link")
}

#[tokio::test]
async fn the_first_link_brings_everything_back_that_happened_after_it() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut thief = registered(&app, &ANNA).await;
        add(&app, &mut thief, FRESH_PHONE).await;
        let link = sms_link(&app, ANNA.phone).await.expect("a link");
        app.advance(Span::seconds(61));
        replace(&app, &mut thief, ANNA.email, FRESH_EMAIL).await;
        remove(&mut thief, "+7 916 111-22-33").await;
        assert_eq!(live(&app).await, 2, "two of the thief's");
        let later = mail_link(&app, ANNA.email).await.expect("a link");
        app.browser().send(&link, &[]).await;
        assert_eq!(live(&app).await, 2);
        for (login, back) in [(ANNA.phone, 1), (ANNA.email, 1), (FRESH_PHONE, 0), (FRESH_EMAIL, 0)] {
            let key = portal::accounts::Login::parse(login).expect("a login");
            let index = app.world.keys.blind_index(key.kind, &key.key);
            let rows = app
                .number(
                    "SELECT COUNT(*) FROM login WHERE index_hash = $1 AND reserved_until IS NULL",
                    &[index.into()],
                )
                .await;
            assert_eq!(rows, back, "{login}");
        }
        let main = "SELECT COUNT(*) FROM contact WHERE is_primary = 1 AND detached_at IS NULL";
        assert_eq!(app.number(main, &[]).await, 1);
        assert_eq!(app.browser().post(&later, &[]).await.status, StatusCode::GONE, "undone with the first");
    })
    .await;
}

#[tokio::test]
async fn a_contact_that_was_added_an_hour_ago_recovers_nothing() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut thief = registered(&app, &VERA).await;
        add(&app, &mut thief, FRESH_PHONE).await;
        for (span, sent) in [(Span::hours(1), 0), (Span::seconds(23 * 3_600 - 1), 0), (Span::seconds(1), 1)] {
            app.advance(span);
            app.run_jobs().await;
            let before = app.world.sms.accepted().iter().filter(|message| message.to == FRESH_PHONE).count();
            let mut browser = app.browser();
            browser.get("/recover").await;
            assert_eq!(
                browser.send("/recover", &[("login", FRESH_PHONE)]).await.path,
                "/recover/code",
                "the same page"
            );
            app.run_jobs().await;
            let after = app.world.sms.accepted().iter().filter(|message| message.to == FRESH_PHONE).count();
            assert_eq!(after - before, sent, "after {span:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_clock_that_jumps_back_neither_frees_nor_loses_anything() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut anna = registered(&app, &ANNA).await;
        add(&app, &mut anna, FRESH_PHONE).await;
        let link = sms_link(&app, ANNA.phone).await.expect("a link");
        let start = app.now();
        app.world.clock.set(start - Span::hours(3));
        assert_eq!(app.browser().get(&link).await.status, StatusCode::OK);
        assert_eq!(
            anna.open(&format!("{LIST}/add-email")).await.path.split('?').next(),
            Some("/confirm"),
            "not fresh"
        );
        app.world.clock.set(start + Span::hours(1));
        assert_eq!(app.browser().send(&link, &[]).await.path, "/recover");
        assert_eq!(live(&app).await, 2);
    })
    .await;
}

/// Many at the same moment.
const MANY: usize = 100;

/// Who sends which fields where.
type Request = (Browser, String, Vec<(&'static str, String)>);

async fn statuses(requests: Vec<Request>) -> Vec<(StatusCode, String)> {
    let tasks: Vec<_> = requests
        .into_iter()
        .map(|(mut browser, path, fields)| {
            tokio::spawn(async move {
                let fields: Vec<(&str, &str)> =
                    fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
                let page = browser.post(&path, &fields).await;
                (page.status, page.location().unwrap_or_default().to_owned())
            })
        })
        .collect();
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.expect("no panic"));
    }
    answers
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_hundred_presses_of_the_undo_button_one_acts() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut anna = registered(&app, &ANNA).await;
        remove(&mut anna, "+7 916 111-22-33").await;
        let link = sms_link(&app, ANNA.phone).await.expect("a link");
        let mut browser = app.browser();
        browser.get(&link).await;
        let answers =
            statuses((0..MANY).map(|_| (browser.clone(), link.clone(), Vec::new())).collect()).await;
        let done = answers.iter().filter(|(status, _)| *status == StatusCode::SEE_OTHER).count();
        let used = answers.iter().filter(|(status, _)| *status == StatusCode::GONE).count();
        assert_eq!((done, used), (1, MANY - 1), "{answers:?}");
        assert_eq!((live(&app).await, events(&app, "contact_change_undone").await), (2, 1));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_contact_asked_for_by_two_accounts_at_once_comes_to_one_of_them() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut vera = registered(&app, &VERA).await;
        let mut igor = registered(&app, &IGOR).await;
        let mut codes = Vec::new();
        for browser in [&mut vera, &mut igor] {
            assert_eq!(ask(browser, FRESH_PHONE).await.path, CODE);
            codes.push(code_of(&app, FRESH_PHONE).await);
            app.advance(Span::seconds(61));
        }
        let requests = (0..MANY).map(|number| {
            let (browser, code) = if number % 2 == 0 { (&vera, &codes[0]) } else { (&igor, &codes[1]) };
            (browser.clone(), CODE.to_owned(), vec![("code", code.clone())])
        });
        let answers = statuses(requests.collect()).await;
        assert!(answers.iter().all(|(status, _)| *status == StatusCode::SEE_OTHER), "{answers:?}");
        assert_eq!((live(&app).await, events(&app, "contact_added").await), (3, 1));
        // The other one has proved it too, and is asked what to do.
        let mut decided = Vec::new();
        for browser in [&mut vera, &mut igor] {
            decided.push(browser.open("/cabinet/security/contacts/taken").await.path);
        }
        decided.sort();
        assert_eq!(decided, [LIST, "/cabinet/security/contacts/taken"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_undo_beside_further_changes_leaves_one_whole_state_or_the_other() {
    each_engine(|db| async move {
        for round in 0..6 {
            let app = TestApp::new(beside(&db).await).await;
            let mut thief = registered(&app, &VERA).await;
            replace(&app, &mut thief, "+7 912 345-67-89", FRESH_PHONE).await;
            let link = sms_link(&app, VERA.phone).await.expect("a link");
            app.advance(Span::seconds(61));
            let path = page_of(&mut thief, "+7 912 111-22-33").await.replace("/one/", "/replace/");
            thief.get(&path).await;
            assert_eq!(thief.send(&path, &[("phone", "+79129998877")]).await.path, CODE);
            let code = app.sms_code("+79129998877").await;
            let mut owner = app.browser();
            owner.get(&link).await;
            let mut requests =
                vec![(thief, CODE.to_owned(), vec![("code", code)]), (owner, link, Vec::new())];
            if round % 2 == 0 {
                requests.reverse();
            }
            statuses(requests).await;
            // Whoever was first: the old number is back and the only one, and nobody is signed in.
            assert_eq!(live(&app).await, 1, "round {round}");
            assert_eq!(app.number("SELECT COUNT(*) FROM session WHERE ended_at IS NULL", &[]).await, 0);
            let old = app.world.keys.blind_index("phone", VERA.phone);
            let rows = app
                .number(
                    "SELECT COUNT(*) FROM login WHERE index_hash = $1 AND reserved_until IS NULL",
                    &[old.into()],
                )
                .await;
            assert_eq!(rows, 1, "round {round}");
        }
    })
    .await;
}
