//! What is done at the workplace: finding people, acting on them; and what the person learns of it.

use crate::people::{ANNA, IGOR, PASSWORD, Person, VERA, can_sign_in, is_in, registered, sign_in};
use crate::staff::{PAVEL, at_desk, enter, portal, signed_in_with};
use axum::http::StatusCode;
use kernel::Span;
use portal::audit::Private;
use portal::staff::Role;
use store::{Value, params};
use testkit::app::{Browser, Page, TestApp};
use testkit::db::{each_engine, sqlite};

const REASON: &str = "звонок 4517: не приходит код";

pub async fn find(browser: &mut Browser, who: &str) -> Page {
    browser.get("/admin/people").await;
    browser.send("/admin/people/find", &[("who", who), ("why", "request"), ("reason", REASON)]).await
}

/// Events of an account with what only its owner reads beside them.
async fn journal(app: &TestApp, login: &Person) -> Vec<(String, Private)> {
    let ctx = app.app.job_ctx();
    let login =
        portal::accounts::Login::parse(if login.phone.is_empty() { login.email } else { login.phone });
    let login = login.expect("a login");
    app.app
        .read(move |tx| {
            let account = portal::accounts::owner_of(tx, &ctx, &login)?.expect("an account");
            let wrapped: Vec<u8> =
                tx.one("SELECT data_key FROM account WHERE id = $1", params![&account], |row| row.get(0))?;
            let key = ctx.keys.unwrap_subject_key(&wrapped)?;
            let rows = tx.all(
                "SELECT event, sealed FROM journal WHERE chain = $1 ORDER BY number",
                params![&account],
                |row| Ok((row.get::<String>(0)?, row.get::<Option<Vec<u8>>>(1)?)),
            )?;
            rows.into_iter()
                .map(|(event, sealed)| {
                    let private = match sealed {
                        Some(sealed) => serde_json::from_slice(&key.open("journal.private", &sealed)?)?,
                        None => Private::default(),
                    };
                    Ok((event, private))
                })
                .collect()
        })
        .await
        .expect("the journal")
}

pub async fn count(app: &TestApp, event: &'static str) -> i64 {
    app.number("SELECT COUNT(*) FROM journal WHERE event = $1", &[Value::from(event)]).await
}

#[tokio::test]
async fn a_person_is_found_by_an_exact_contact_and_reads_who_looked_and_why() {
    each_engine(|db| async {
        let app = portal(db).await;
        registered(&app, &ANNA).await;
        let mut support = at_desk(&app, &VERA, Role::Support).await;
        for who in [ANNA.phone, "8 916 111-22-33", ANNA.email] {
            let page = find(&mut support, who).await;
            assert!(page.path.starts_with("/admin/people/opn_"), "{who}: {}", page.text());
            assert!(page.says("+7 *** ***-22-33") && page.says("Анна Я."), "{}", page.text());
            for hidden in [ANNA.phone, "111-22-33", ANNA.email, ANNA.surname] {
                assert!(!page.says(hidden), "{hidden} is masked");
            }
            assert!(!page.path.contains("916"), "no contact in an address");
        }
        let (event, private) = journal(&app, &ANNA).await.pop().expect("events");
        assert_eq!(event, "viewed_by_staff");
        assert_eq!(private.staff, "Вера Л., поддержка");
        assert_eq!(private.note, format!("Обращение человека: {REASON}"));
        assert!(private.address.is_empty(), "where staff sit is not told");
        assert_eq!(
            journal(&app, &ANNA).await.iter().filter(|(event, _)| event == "staff_searched").count(),
            3
        );
    })
    .await;
}

#[tokio::test]
async fn without_a_reason_or_an_exact_contact_nothing_is_looked_up() {
    let app = portal(sqlite().await).await;
    registered(&app, &ANNA).await;
    let mut support = at_desk(&app, &VERA, Role::Support).await;
    support.get("/admin/people").await;
    let (who, why, reason) = (("who", ANNA.phone), ("why", "request"), ("reason", REASON));
    for (fields, field) in [
        (vec![who, why, ("reason", "")], "reason"),
        (vec![who, why, ("reason", "коротко")], "reason"),
        (vec![who, why, ("reason", "             ")], "reason"),
        (vec![who, why, ("reason", "ааааааааааааааааааа")], "reason"),
        (vec![who, ("why", ""), reason], "why"),
        (vec![who, ("why", "because"), reason], "why"),
        (vec![("who", ""), why, reason], "who"),
        (vec![("who", "Якорева"), why, reason], "who"),
        (vec![("who", "+7916*"), why, reason], "who"),
        (vec![("who", "%"), why, reason], "who"),
        (vec![("who", "anna@"), why, reason], "who"),
    ] {
        let page = support.post("/admin/people/find", &fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{fields:?}");
        assert!(page.error_at(field).is_some(), "{fields:?}: {}", page.text());
        let kept = fields.iter().all(|(name, typed)| {
            *name == "why" || page.says(typed.trim()) || page.value(name).is_some_and(|value| value == *typed)
        });
        assert!(kept, "nothing typed is lost: {fields:?}");
    }
    assert_eq!(app.rows("staff_opening").await, 0);
    assert_eq!(count(&app, "staff_searched").await, 0);
    // Nobody has this number: that is written down too, without the number.
    let page = find(&mut support, "+79990000000").await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(count(&app, "staff_searched").await, 1);
    assert_eq!(app.rows("staff_opening").await, 0);
    let unknown = format!("acc_{}", "0".repeat(32));
    assert_eq!(find(&mut support, &unknown).await.path, "/admin/people/find");
}

#[tokio::test]
async fn searches_are_few_in_an_hour() {
    let app = portal(sqlite().await).await;
    let app = app.again_with(|config| config.staff.searches = portal::limits::Limit::new(3, 3_600)).await;
    registered(&app, &ANNA).await;
    let mut support = at_desk(&app, &VERA, Role::Support).await;
    for _ in 0..3 {
        assert_eq!(find(&mut support, ANNA.phone).await.status, StatusCode::OK);
    }
    assert_eq!(find(&mut support, ANNA.phone).await.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(app.rows("staff_opening").await, 3);
    assert_eq!(count(&app, "staff_refused").await, 1);
    app.advance(Span::hours(1));
    let mut again = app.browser();
    sign_in(&mut again, VERA.phone, PASSWORD).await;
    signed_in_with(&app, &mut again, "pwd otp").await;
    enter(&mut again).await;
    assert_eq!(find(&mut again, ANNA.phone).await.status, StatusCode::OK);
}

#[tokio::test]
async fn nobody_works_on_their_own_account_or_on_colleagues() {
    let app = portal(sqlite().await).await;
    let mut support = at_desk(&app, &VERA, Role::Support).await;
    let mut security = at_desk(&app, &ANNA, Role::Security).await;
    let mut admin = at_desk(&app, &PAVEL, Role::Admin).await;
    for (browser, own) in [(&mut support, &VERA), (&mut security, &ANNA), (&mut admin, &PAVEL)] {
        assert_eq!(find(browser, own.phone).await.status, StatusCode::FORBIDDEN);
    }
    assert_eq!(find(&mut support, ANNA.phone).await.status, StatusCode::FORBIDDEN);
    assert_eq!(find(&mut security, PAVEL.phone).await.status, StatusCode::FORBIDDEN);
    assert_eq!(app.rows("staff_opening").await, 0);
    assert_eq!(find(&mut admin, VERA.phone).await.status, StatusCode::OK);
    // A card of somebody who becomes staff afterwards closes for everybody but administrators.
    registered(&app, &IGOR).await;
    let card = find(&mut support, IGOR.email).await.path;
    let mut igor = app.browser();
    sign_in(&mut igor, IGOR.email, PASSWORD).await;
    crate::staff::join(&app, &mut igor, Role::Auditor).await;
    let page = support.post(&format!("{card}/end-sessions"), &[]).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(is_in(&mut igor).await);
}

#[tokio::test]
async fn a_card_belongs_to_the_session_that_opened_it_and_ends() {
    let app = portal(sqlite().await).await;
    registered(&app, &IGOR).await;
    let mut one = at_desk(&app, &VERA, Role::Security).await;
    let mut other = at_desk(&app, &ANNA, Role::Security).await;
    let card = find(&mut one, IGOR.email).await.path;
    assert_eq!(other.get(&card).await.status, StatusCode::NOT_FOUND);
    assert_eq!(other.post(&format!("{card}/end-sessions"), &[]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(one.get(&card).await.status, StatusCode::OK);
    for _ in 0..3 {
        app.advance(Span::minutes(10));
        one.get("/admin").await;
    }
    assert_eq!(one.get(&card).await.status, StatusCode::NOT_FOUND);
    let card = find(&mut one, IGOR.email).await.path;
    one.post(&format!("{card}/close"), &[]).await;
    assert_eq!(one.get(&card).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn contacts_in_full_are_a_click_of_their_own_that_the_person_sees() {
    let app = portal(sqlite().await).await;
    registered(&app, &ANNA).await;
    let mut support = at_desk(&app, &VERA, Role::Support).await;
    let card = find(&mut support, ANNA.phone).await.path;
    let page = support.post(&format!("{card}/reveal"), &[]).await;
    assert!(
        page.says("+7 916 111-22-33") && page.says(ANNA.email) && page.says(ANNA.surname),
        "{}",
        page.text()
    );
    assert_eq!(page.header("cache-control"), "no-store");
    assert!(!support.get(&card).await.says(ANNA.email), "and only once");
    let views =
        journal(&app, &ANNA).await.into_iter().filter(|(event, _)| event == "viewed_by_staff").count();
    assert_eq!(views, 2);
    let mut auditor = at_desk(&app, &PAVEL, Role::Auditor).await;
    let card = find(&mut auditor, ANNA.phone).await;
    assert!(!card.says("/reveal") && !card.says("/lock"));
    assert_eq!(auditor.post(&format!("{}/reveal", card.path), &[]).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn sessions_are_ended_one_or_all() {
    let app = portal(sqlite().await).await;
    let mut first = registered(&app, &ANNA).await;
    let mut second = app.browser();
    sign_in(&mut second, ANNA.phone, PASSWORD).await;
    let mut support = at_desk(&app, &VERA, Role::Support).await;
    let page = find(&mut support, ANNA.phone).await;
    let (card, session) = (page.path.clone(), page.value("session").expect("a session"));
    support.send(&format!("{card}/end-session"), &[("session", &session)]).await;
    let alive = [is_in(&mut first).await, is_in(&mut second).await];
    assert_eq!(alive.iter().filter(|alive| **alive).count(), 1, "{alive:?}");
    support.send(&format!("{card}/end-sessions"), &[]).await;
    assert!(!is_in(&mut first).await && !is_in(&mut second).await);
    let page = support.send(&format!("{card}/end-sessions"), &[]).await;
    assert_eq!(page.status, StatusCode::OK, "once more is nothing");
    let events: Vec<_> = journal(&app, &ANNA).await.into_iter().map(|(event, _)| event).collect();
    assert_eq!(events.iter().filter(|event| *event == "session_ended").count(), 1);
    assert_eq!(events.iter().filter(|event| *event == "sessions_ended").count(), 1);
    // A session of somebody else cannot be ended from this card.
    let stranger = app
        .app
        .read(|tx| {
            let sql = "SELECT id FROM session WHERE ended_at IS NULL LIMIT 1";
            Ok(tx.one(sql, &[], |row| row.get::<String>(0))?)
        })
        .await
        .expect("Vera's session");
    support.send(&format!("{card}/end-session"), &[("session", &stranger)]).await;
    assert_eq!(support.get("/admin").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_locked_account_opens_nothing_until_it_is_unlocked() {
    each_engine(|db| async {
        let app = portal(db).await;
        let mut anna = registered(&app, &ANNA).await;
        let mut security = at_desk(&app, &VERA, Role::Security).await;
        let card = find(&mut security, ANNA.phone).await.path;
        let page = security.send(&format!("{card}/lock"), &[]).await;
        assert_eq!((page.path.as_str(), page.status), (card.as_str(), StatusCode::OK));
        assert!(page.says("/unlock") && !page.says(&format!("{card}/lock")));
        assert!(!is_in(&mut anna).await, "its sessions are over");
        assert!(!can_sign_in(&app, ANNA.phone, PASSWORD).await);
        let told = app.last_mail(ANNA.email).await.expect("a letter");
        assert!(told.text.contains("сотрудник портала заблокировал"), "{}", told.text);
        assert!(app.last_sms(ANNA.phone).expect("a text").contains("заблокировал"));
        let events = journal(&app, &ANNA).await;
        let (_, private) = events.iter().find(|(event, _)| event == "locked_by_staff").expect("an event");
        assert!(private.staff.starts_with("Вера Л.") && private.note.contains(REASON));
        security.send(&format!("{card}/lock"), &[]).await;
        security.send(&format!("{card}/unlock"), &[]).await;
        assert!(can_sign_in(&app, ANNA.phone, PASSWORD).await);
        assert!(!is_in(&mut anna).await, "ended sessions stay ended");
        assert_eq!((count(&app, "locked_by_staff").await, count(&app, "unlocked_by_staff").await), (1, 1));
        // Locking asks for a factor given lately.
        app.advance(Span::minutes(6));
        let page = security.post(&format!("{card}/lock"), &[]).await;
        assert_eq!(page.location(), Some(format!("/confirm?back={card}").as_str()));
    })
    .await;
}

#[tokio::test]
async fn wrong_passwords_are_forgotten_by_support() {
    let app = portal(sqlite().await).await;
    registered(&app, &ANNA).await;
    for _ in 0..4 {
        sign_in(&mut app.browser(), ANNA.phone, "Sovsem-ne-tot-1!").await;
    }
    let mut support = at_desk(&app, &VERA, Role::Support).await;
    let page = find(&mut support, ANNA.phone).await;
    assert!(page.says("4 ошибки подряд"), "{}", page.text());
    let page = support.send(&format!("{}/clear-throttle", page.path), &[]).await;
    assert!(page.says("ошибок нет"), "{}", page.text());
    assert_eq!(count(&app, "throttle_cleared_by_staff").await, 1);
}

#[tokio::test]
async fn every_act_is_in_the_register_of_staff() {
    let app = portal(sqlite().await).await;
    registered(&app, &ANNA).await;
    let mut support = at_desk(&app, &VERA, Role::Support).await;
    let card = find(&mut support, ANNA.phone).await.path;
    support.send(&format!("{card}/end-sessions"), &[]).await;
    let mut auditor = at_desk(&app, &PAVEL, Role::Auditor).await;
    let page = auditor.get("/admin/log").await;
    assert!(
        page.says("Вера Лодкина")
            && page.says("Завершены все сеансы человека")
            && page.says("Обращение человека · acc_"),
        "{}",
        page.text()
    );
    assert!(!page.says(ANNA.phone) && !page.says(REASON));
    assert_eq!(support.get("/admin/log").await.status, StatusCode::FORBIDDEN);
    assert_eq!(auditor.get("/admin/log?staff=nonsense").await.status, StatusCode::NOT_FOUND);
    assert_eq!(auditor.get("/admin/log?before=x").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_temporary_access_code_is_shown_once_and_opens_the_account_of_its_person() {
    each_engine(|db| async {
        let app = portal(db).await;
        registered(&app, &ANNA).await;
        let mut support = at_desk(&app, &VERA, Role::Support).await;
        let page = find(&mut support, ANNA.email).await;
        let issue = format!("{}/issue-code", page.path);
        // Without the promise that the person was seen there is no code.
        let refused = support.post(&issue, &[]).await;
        assert_eq!((refused.status, app.rows("access_code").await), (StatusCode::UNPROCESSABLE_ENTITY, 0));
        assert!(refused.says("Отметьте, что вы видите человека"), "{}", refused.text());
        let page = support.post(&issue, &[("identified", "on")]).await;
        let first = shown_code(&page);
        let second = shown_code(&support.post(&issue, &[("identified", "on")]).await);
        assert!(!support.get(issue.trim_end_matches("/issue-code")).await.says(&second), "shown once");
        let (event, private) = journal(&app, &ANNA).await.pop().expect("events");
        assert_eq!((event.as_str(), private.staff.as_str()), ("recovery_started", "Вера Л., поддержка"));
        assert_eq!(private.note, format!("Обращение человека: {REASON}"));
        // The newest code alone opens the way to a new password.
        for (code, path) in [(first, "/recover/access-code"), (second, "/recover/password")] {
            let mut person = app.browser();
            person.get("/recover/access-code").await;
            let fields = [("login", ANNA.email), ("code", code.as_str())];
            assert_eq!(person.send("/recover/access-code", &fields).await.path, path);
        }
    })
    .await;
}

/// The code on the page that shows it.
fn shown_code(page: &Page) -> String {
    let rest = page.body.split("paper-code\"><strong>").nth(1).expect("a code");
    rest.split('<').next().expect("a code").to_owned()
}
