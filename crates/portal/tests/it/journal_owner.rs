//! The owner's journal: what it shows, filters, pages, gives as a file and proves.

use crate::people::{ANNA, PASSWORD, VERA, registered, sign_in};
use axum::http::StatusCode;
use portal::audit::jobs;
use portal::audit::note::Verifier;
use portal::audit::proof::{self, Broken};
use portal::audit::{self, Chain, Event};
use portal::ctx::Actor;
use store::params;
use testkit::app::{Browser, Page, TestApp};
use testkit::db;

const JOURNAL: &str = "/cabinet/security/journal";

async fn account(app: &TestApp) -> String {
    let sql = "SELECT id FROM account ORDER BY id DESC LIMIT 1";
    app.app.read(move |tx| Ok(tx.one(sql, params![], |row| row.get(0))?)).await.expect("an account")
}

async fn staff_looks(app: &TestApp, reason: &'static str) {
    let actor = Actor::Staff { id: "stf_1".into(), name: "Оператор Петрова".into() };
    let (ctx, id) = (app.app.job_ctx().acting_as(actor), account(app).await);
    let event = Event::ViewedByStaff { what: "profile".into() };
    let wrote = app.app.write(move |tx| audit::record_with(tx, &ctx, Chain::Account(&id), &event, reason));
    wrote.await.expect("written");
}

#[tokio::test]
async fn the_owner_reads_what_happened_when_where_and_who_did_it() {
    let app = TestApp::new(db::sqlite().await).await;
    let mut person = registered(&app, &VERA).await.at("203.0.113.7");
    sign_in(&mut app.browser(), VERA.phone, "Wrong-2026!x").await;
    staff_looks(&app, "Обращение № 15").await;
    registered(&app, &ANNA).await;
    let page = person.get(JOURNAL).await;
    for words in ["Учётная запись открыта", "Неудачная попытка входа", "пароль, не подошло", "Firefox"]
    {
        assert!(page.says(words), "{words}: {}", page.text());
    }
    for words in ["Сотрудник просматривал ваши данные", "Оператор Петрова", "Обращение № 15", "127.0.0.1"]
    {
        assert!(page.says(words), "{words}: {}", page.text());
    }
    assert_eq!(page.text().matches("Учётная запись открыта").count(), 1, "events of others are shown");
    let mut english = person.clone();
    english.post("/preferences", &[("language", "en"), ("return", "/")]).await;
    let page = english.get(JOURNAL).await;
    assert!(
        page.says("A failed sign-in") || page.says("Sign-in failed") || page.says("failed"),
        "{}",
        page.text()
    );
    assert!(person.get("/cabinet/security").await.says(JOURNAL));
}

#[tokio::test]
async fn kinds_and_days_filter_and_pages_follow_each_other_without_gaps() {
    let app = TestApp::new(db::sqlite().await).await.again_with(|config| config.journal.page_rows = 5).await;
    let mut person = registered(&app, &VERA).await;
    for _ in 0..7 {
        app.advance(kernel::Span::hours(1));
        sign_in(&mut app.browser(), VERA.phone, "Wrong-2026!x").await;
        app.advance(kernel::Span::hours(24));
        sign_in(&mut person, VERA.phone, PASSWORD).await;
    }
    staff_looks(&app, "").await;
    let (mut path, mut seen, mut pages) = (JOURNAL.to_owned(), 0, 0);
    loop {
        let page = person.get(&path).await;
        assert_eq!(page.status, StatusCode::OK);
        seen += page.body.matches("class=\"journal-event\"").count();
        pages += 1;
        let link = format!("href=\"{JOURNAL}?before=");
        let Some(at) = page.body.find(&link) else { break };
        let rest = &page.body[at + "href=\"".len()..];
        path = rest.split('"').next().expect("a link").to_owned();
        assert!(pages < 20, "pages without an end");
    }
    assert_eq!(seen as i64, app.number("SELECT COUNT(*) FROM journal WHERE chain LIKE 'acc%'", &[]).await);
    assert_eq!(pages, seen.div_ceil(5));
    let page = person.get(&format!("{JOURNAL}?kind=staff")).await;
    assert_eq!(page.body.matches("class=\"journal-event\"").count(), 1, "{}", page.text());
    let page = person.get(&format!("{JOURNAL}?kind=contacts")).await;
    assert!(page.says("Таких событий нет"), "{}", page.text());
    let today = person.get(&format!("{JOURNAL}?from=2020-01-01&until=01.02.2020")).await;
    assert!(today.says("Таких событий нет"));
}

#[tokio::test]
async fn days_that_do_not_exist_are_told_at_their_fields_and_nothing_typed_is_lost() {
    let app = TestApp::new(db::sqlite().await).await;
    let mut person = registered(&app, &VERA).await;
    let page = person.get(&format!("{JOURNAL}?kind=factors&from=31.02.2026&until=x%22%3E")).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.error_at("from").is_some_and(|words| words.contains("например")), "{}", page.text());
    assert!(page.error_at("until").is_some());
    assert_eq!(page.value("from").as_deref(), Some("31.02.2026"));
    assert!(!page.body.contains("x\">"), "what was typed is not escaped");
    let page = person.get(&format!("{JOURNAL}?from=02.02.2026&until=01.02.2026")).await;
    assert!(page.error_at("until").is_some_and(|words| words.contains("раньше")), "{}", page.text());
    assert_eq!(person.get(&format!("{JOURNAL}?before=zzz")).await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_table_has_every_event_and_no_formula_and_taking_it_is_an_event() {
    let app = TestApp::new(db::sqlite().await).await;
    let mut person = registered(&app, &VERA).await;
    staff_looks(&app, "=HYPERLINK(\"http://evil.example\")").await;
    let file = person.post(&format!("{JOURNAL}/csv"), &[("kind", ""), ("from", ""), ("until", "")]).await;
    assert_eq!(file.header("content-disposition"), "attachment; filename=\"journal.csv\"");
    assert!(file.body.starts_with("\u{feff}\"№\",\"Время\""), "{}", file.body);
    assert!(file.body.contains("\"'=HYPERLINK(\"\"http"), "{}", file.body);
    assert!(file.body.contains("Учётная запись открыта") && file.body.contains("Оператор Петрова"));
    assert!(person.get(JOURNAL).await.says("Журнал скачан"));
    person.post("/preferences", &[("language", "en"), ("return", "/")]).await;
    let file = person.post(&format!("{JOURNAL}/csv"), &[("kind", "staff")]).await;
    assert!(
        file.body.starts_with("\u{feff}\"No.\",\"Time\"") && file.body.lines().count() == 2,
        "{}",
        file.body
    );
}

/// The first event of the page that can be proven.
async fn download(person: &mut Browser) -> Page {
    let page = person.get(JOURNAL).await;
    let event = page.value("event").expect("a proof to take");
    person.post(&format!("{JOURNAL}/proof"), &[("event", &event)]).await
}

#[tokio::test]
async fn a_proof_is_taken_after_the_next_head_and_holds_without_the_portal() {
    let app = TestApp::new(db::sqlite().await).await;
    let mut person = registered(&app, &VERA).await;
    let page = person.get(JOURNAL).await;
    assert!(page.says("Доказательство — ") && page.value("event").is_none(), "{}", page.text());
    jobs::publish(&app.app).await.expect("a head");
    for _ in 0..40 {
        sign_in(&mut app.browser(), VERA.phone, "Wrong-2026!x").await;
        app.advance(kernel::Span::days(1));
    }
    sign_in(&mut person, VERA.phone, PASSWORD).await;
    jobs::publish(&app.app).await.expect("a head");
    let file = download(&mut person).await;
    assert!(file.header("content-disposition").starts_with("attachment; filename=\"journal-proof-jrn_"));
    let keys = app.browser().get("/journal/keys").await;
    let keys: Vec<Verifier> = keys.body.lines().filter_map(Verifier::parse).collect();
    let proven = proof::check(&file.body, &keys).expect("it holds");
    assert_eq!((proven.chain, proven.key_known), (account(&app).await, true));
    assert!(!proof::check(&file.body, &[]).expect("it holds").key_known);
    assert!(!file.body.contains("127.0.0.1") && !file.body.contains("Вера"), "{}", file.body);

    // Jobs may have signed heads of their own before: the number is the one that the file says.
    let (_, rest) = file.body.split_once("number ").expect("the head's number");
    let number = rest.split(|sign: char| !sign.is_ascii_digit()).next().expect("digits");
    let (number, another) = (format!("number {number}"), format!("number {number}0"));
    // Whatever is changed in the file, it proves nothing any more.
    for (from, to, broken) in [
        ("\\\"n\\\":", "\\\"n\\\":1", Broken::Path),
        ("signed_in", "signed_on", Broken::Path),
        ("\"leaf_index\": ", "\"leaf_index\": 1", Broken::Path),
        (number.as_str(), another.as_str(), Broken::Signature(String::new())),
    ] {
        let changed = file.body.replacen(from, to, 1);
        assert_ne!(changed, file.body, "{from}");
        let told = proof::check(&changed, &keys).expect_err("it must not hold");
        assert_eq!(std::mem::discriminant(&told), std::mem::discriminant(&broken), "{from}: {told}");
    }
    let other = Verifier { public: [7; 32], ..keys[0].clone() };
    assert_eq!(proof::check(&file.body, &[other]), Err(Broken::Key));
    assert!(matches!(proof::check("{}", &keys), Err(Broken::Form(_))));
}

#[tokio::test]
async fn nobody_takes_a_proof_of_anothers_event() {
    let app = TestApp::new(db::sqlite().await).await;
    let mut vera = registered(&app, &VERA).await;
    let mut anna = registered(&app, &ANNA).await;
    jobs::publish(&app.app).await.expect("a head");
    let page = vera.get(JOURNAL).await;
    let event = page.value("event").expect("an event");
    anna.get(JOURNAL).await;
    let stolen = anna.post(&format!("{JOURNAL}/proof"), &[("event", &event)]).await;
    assert_eq!(stolen.status, StatusCode::NOT_FOUND);
    for wrong in ["", "jrn_x", "' OR 1=1 --"] {
        let page = anna.post(&format!("{JOURNAL}/proof"), &[("event", wrong)]).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{wrong}");
    }
}
