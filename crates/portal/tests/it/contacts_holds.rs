//! What must wait: contacts that left are kept for their account, contacts that are on hold stay as they are.

use crate::contacts::{FRESH_EMAIL, LIST, add, ask, events, live, page_of, remove, signed_in};
use crate::people::{ANNA, PASSWORD, begin, can_sign_in, registered, twice};
use axum::http::StatusCode;
use kernel::Span;
use testkit::app::TestApp;
use testkit::db::each_engine;

#[tokio::test]
async fn a_contact_that_left_is_nobody_elses_for_three_days() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut anna = registered(&app, &ANNA).await;
        remove(&mut anna, "+7 916 111-22-33").await;
        app.advance(Span::hours(2));
        let newcomer = crate::people::Person { surname: "Новикова", email: "", ..ANNA };
        let mut other = app.browser();
        begin(&mut other, &newcomer).await;
        let code = app.sms_code(ANNA.phone).await;
        let page = other.send("/register/code", &[("code", &code)]).await;
        assert!(page.text().contains("до 24 сентября 2026, 17:13 его ещё могут вернуть"), "{}", page.text());
        other.send("/register/taken", &[]).await;
        assert_eq!(other.open("/register/password").await.path, "/register/taken");
        // It may come back to its own account at once.
        let mut anna = signed_in(&app, ANNA.email).await;
        add(&app, &mut anna, ANNA.phone).await;
        assert!(can_sign_in(&app, ANNA.phone, PASSWORD).await);
        remove(&mut anna, "+7 916 111-22-33").await;
        app.advance(Span::hours(72));
        app.run_jobs().await;
        let mut other = app.browser();
        begin(&mut other, &newcomer).await;
        let code = app.sms_code(ANNA.phone).await;
        assert_eq!(other.send("/register/code", &[("code", &code)]).await.path, "/register/password");
        assert_eq!(other.send("/register/password", &twice(PASSWORD)).await.path, "/cabinet");
    })
    .await;
}

#[tokio::test]
async fn on_hold_nothing_changes_and_the_page_says_until_when() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut anna = registered(&app, &ANNA).await;
        let path = page_of(&mut anna, ANNA.email).await;
        let until = app.now() + Span::hours(24);
        let hold = app.app.write(move |tx| {
            let id = tx.one("SELECT id FROM account", &[], |row| row.get(0))?;
            portal::contacts::hold(tx, &id, until)?;
            // A shorter hold takes nothing away from it.
            portal::contacts::hold(tx, &id, until - Span::hours(1))
        });
        hold.await.expect("a hold");
        let list = anna.get(LIST).await;
        assert!(
            list.text().contains("До 22 сентября 2026, 17:13 контакты изменить нельзя"),
            "{}",
            list.text()
        );
        assert_eq!(ask(&mut anna, FRESH_EMAIL).await.path, LIST);
        for act in ["primary", "remove"] {
            let page = anna.send(&path, &[("act", act)]).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{act}");
        }
        assert_eq!(anna.open(&path.replace("/one/", "/replace/")).await.path, LIST);
        assert_eq!((live(&app).await, events(&app, "contact_made_primary").await), (2, 0));
        app.advance(Span::hours(24));
        let mut anna = signed_in(&app, ANNA.phone).await;
        add(&app, &mut anna, FRESH_EMAIL).await;
    })
    .await;
}
