//! Invitations of staff, and the events that every act at the workplace writes.

use crate::desk::find;
use crate::journal_coverage::Ledger;
use crate::people::{ANNA, IGOR, PASSWORD, Person, VERA, can_sign_in, registered, sign_in};
use crate::staff::{at_desk, enter, invitation, join, portal, signed_in_with};
use axum::http::StatusCode;
use kernel::Span;
use portal::staff::Role;
use testkit::app::{Browser, TestApp};
use testkit::db::{each_engine, sqlite};

#[tokio::test]
async fn an_invitation_is_a_letter_whose_link_works_once() {
    each_engine(|db| async {
        let app = portal(db).await;
        let mut admin = at_desk(&app, &VERA, Role::Admin).await;
        admin.get("/admin/staff").await;
        for (fields, wrong) in [
            (vec![("email", "nobody"), ("role", "support")], "email"),
            (vec![("email", "new@example.org"), ("role", "king")], "role"),
        ] {
            let page = admin.post("/admin/staff/invite", &fields).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(page.error_at(wrong).is_some() && page.says(fields[0].1), "{}", page.text());
        }
        let page =
            admin.send("/admin/staff/invite", &[("email", "new@example.org"), ("role", "support")]).await;
        assert!(page.says("new@example.org"));
        let letter = app.last_mail("new@example.org").await.expect("a letter");
        let at = letter.text.find("/staff/join/").expect("a link");
        let link = letter.text[at..].split_whitespace().next().expect("a link").to_owned();
        // Opening it changes nothing; a stranger is asked to sign in, somebody with one factor to add another.
        let mut scanner = app.browser();
        let page = scanner.open(&link).await;
        assert!(page.status == StatusCode::OK && page.says("/sign-in?back=/staff/join"), "{}", page.text());
        assert!(
            app.urls().iter().all(|url| !url.contains(&link[12..])),
            "the token stands in no further address"
        );
        let mut anna = registered(&app, &ANNA).await;
        assert!(!anna.open(&link).await.says("action=\"/staff/join\""));
        anna.post("/staff/join", &[]).await;
        assert_eq!(app.rows("staff").await, 1, "one factor is not enough");
        signed_in_with(&app, &mut anna, "pwd otp").await;
        let mut igor = registered(&app, &IGOR).await;
        signed_in_with(&app, &mut igor, "pwd otp").await;
        igor.open(&link).await;
        anna.open(&link).await;
        assert_eq!(anna.post("/staff/join", &[]).await.location(), Some("/admin/enter"));
        assert_eq!(igor.post("/staff/join", &[]).await.status, StatusCode::GONE, "used by Anna");
        assert_eq!(app.rows("staff").await, 2);
        assert_eq!(igor.get("/admin/enter").await.status, StatusCode::NOT_FOUND);
        assert_eq!(enter(&mut anna).await.path, "/admin");
    })
    .await;
}

#[tokio::test]
async fn an_invitation_ends_and_can_be_withdrawn() {
    let app = portal(sqlite().await).await;
    let mut admin = at_desk(&app, &VERA, Role::Admin).await;
    let mut anna = registered(&app, &ANNA).await;
    signed_in_with(&app, &mut anna, "pwd otp").await;
    let token = invitation(&app, Role::Support).await;
    let page = admin.get("/admin/staff").await;
    let id = page.value("invitation").expect("an invitation");
    admin.send("/admin/staff/withdraw", &[("invitation", &id)]).await;
    assert_eq!(anna.open(&format!("/staff/join/{token}")).await.status, StatusCode::GONE);
    let token = invitation(&app, Role::Support).await;
    app.advance(Span(Span::hours(72).0));
    assert_eq!(app.browser().open(&format!("/staff/join/{token}")).await.status, StatusCode::GONE);
}

#[tokio::test]
async fn staff_keep_a_second_factor_until_they_leave() {
    each_engine(|db| async {
        let app = portal(db).await;
        let mut admin = at_desk(&app, &VERA, Role::Admin).await;
        let mut anna = registered(&app, &ANNA).await;
        crate::staff::join(&app, &mut anna, Role::Support).await;
        let duties = async || app.number("SELECT COUNT(*) FROM factor_duty WHERE why = 'staff'", &[]).await;
        assert_eq!(duties().await, 2);
        // Without a factor (its loss was a long recovery, say) the next sign-in leads to binding one, and nowhere else.
        let mut again = app.browser();
        sign_in(&mut again, ANNA.phone, PASSWORD).await;
        assert_eq!(again.get("/cabinet").await.location(), Some(portal::factors::web::PAGE));
        again.get("/admin/enter").await;
        assert_eq!(again.post("/admin/enter", &[]).await.status, StatusCode::FORBIDDEN);
        let id = admin.get("/admin/staff").await.value("member").expect("the other member");
        admin.post("/admin/staff/remove", &[("member", &id)]).await;
        assert_eq!(duties().await, 1);
        assert!(can_sign_in(&app, ANNA.phone, PASSWORD).await);
    })
    .await;
}

/// Every act of the workplace, for the ledger of acts and events.
pub async fn acts(ledger: &mut Ledger<'_>, app: &TestApp) {
    let rita =
        Person { surname: "Бакенова", first_name: "Рита", phone: "", email: "rita@example.org" };
    let gleb =
        Person { surname: "Шлюпкин", first_name: "Глеб", phone: "", email: "gleb@example.org" };
    let mut admin = registered(app, &rita).await;
    signed_in_with(app, &mut admin, "swk user").await;
    let token = invitation(app, Role::Admin).await;
    admin.open(&format!("/staff/join/{token}")).await;
    ledger.post(&mut admin, "/staff/join", &[], "staff_joined").await;
    ledger.post(&mut admin, "/admin/enter", &[], "staff_entered").await;
    ledger.post(&mut admin, "/admin/leave", &[], "staff_left").await;
    enter(&mut admin).await;
    ledger
        .post(
            &mut admin,
            "/admin/staff/invite",
            &[("email", "new@example.org"), ("role", "support")],
            "staff_invited",
        )
        .await;
    let page = admin.get("/admin/staff").await;
    let invitation = page.value("invitation").expect("an invitation");
    ledger
        .post(
            &mut admin,
            "/admin/staff/withdraw",
            &[("invitation", &invitation)],
            "staff_invitation_withdrawn",
        )
        .await;
    let mut other = registered(app, &gleb).await;
    crate::staff::join(app, &mut other, Role::Support).await;
    let id = admin.get("/admin/staff").await.value("member").expect("the other member");
    ledger
        .post(&mut admin, "/admin/staff/role", &[("member", &id), ("role", "auditor")], "staff_role_changed")
        .await;
    ledger.post(&mut admin, "/admin/staff/remove", &[("member", &id)], "staff_removed").await;
    on_a_card(ledger, app, &mut admin, gleb.email).await;
    crate::desk_system::dead_jobs(app, 3).await;
    let page = admin.get("/admin/jobs?state=dead&kind=usual.kind").await;
    let job = page.value("job").expect("a dead job");
    ledger.post(&mut admin, "/admin/jobs/retry", &[("job", &job)], "job_retried").await;
    ledger.post(&mut admin, "/admin/jobs/retry-kind", &[("kind", "usual.kind")], "job_retried").await;
}

async fn on_a_card(ledger: &mut Ledger<'_>, app: &TestApp, admin: &mut Browser, who: &str) {
    let mut person = app.browser();
    for _ in 0..2 {
        crate::people::sign_in(&mut person.clone(), who, crate::people::PASSWORD).await;
    }
    crate::people::sign_in(&mut person, who, crate::people::PASSWORD).await;
    let before = ledger.mark().await;
    let page = find(admin, who).await;
    ledger.saw("/admin/people/find", before, "staff_searched").await;
    let session = page.value("session").expect("a session");
    for (route, fields, word) in [
        ("/admin/people/{card}/reveal", vec![], "viewed_by_staff"),
        ("/admin/people/{card}/end-session", vec![("session", session.as_str())], "session_ended"),
        ("/admin/people/{card}/end-sessions", vec![], "sessions_ended"),
        ("/admin/people/{card}/clear-throttle", vec![], "throttle_cleared_by_staff"),
        ("/admin/people/{card}/issue-code", vec![("identified", "on")], "recovery_started"),
        ("/admin/people/{card}/lock", vec![], "locked_by_staff"),
        ("/admin/people/{card}/unlock", vec![], "unlocked_by_staff"),
    ] {
        let card = page.path.rsplit('/').next().expect("a card");
        let before = ledger.mark().await;
        admin.post(&route.replace("{card}", card), &fields).await;
        ledger.saw(route, before, word).await;
    }
}

#[tokio::test]
async fn whose_sign_in_is_too_weak_is_led_the_shortest_way() {
    let app = portal(sqlite().await).await;
    let mut vera = registered(&app, &VERA).await;
    join(&app, &mut vera, Role::Support).await;
    signed_in_with(&app, &mut vera, "pwd").await;
    let page = vera.get("/admin/enter").await;
    assert!(page.says("Добавьте его") && page.says("href=\"/cabinet/security\""), "{}", page.text());
    let (ctx, account) = (app.app.job_ctx(), crate::factors::account(&app).await);
    let bound = app.app.write(move |tx| {
        let kind = portal::factors::Kind::Totp;
        let new = portal::factors::New {
            kind,
            name: "test",
            secret: Some(b"a secret of twenty b".as_slice()),
            contact: None,
            unique: b"totp",
            step: 0,
        };
        portal::factors::bind_untold(tx, &ctx, &account, &new)
    });
    bound.await.expect("the database answers");
    let page = vera.get("/admin/enter").await;
    assert!(page.says("подтвердите вход сейчас"), "{}", page.text());
    assert!(page.says("href=\"/confirm?back=/admin/enter\""), "{}", page.body);
    let strict =
        app.again_with(|config| config.staff.strength.support = portal::staff::Need::PhishingResistant).await;
    let page = vera.clone().towards(&strict).get("/admin/enter").await;
    assert!(page.says("Для этой роли нужен ключ доступа"), "an application is not enough: {}", page.text());
}
