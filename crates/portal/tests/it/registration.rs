//! Registering (spec 01 §1): by phone, by e-mail code, by e-mail link, by both.

use crate::people::{
    ANNA, IGOR, OTHER_PASSWORD, PASSWORD, Person, VERA, begin, can_sign_in, is_in, register, twice, words,
};
use axum::http::StatusCode;
use kernel::{Lang, Span};
use testkit::app::TestApp;
use testkit::db::each_engine;

#[tokio::test]
async fn a_person_registers_by_phone() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = app.browser();
        let page = register(&app, &mut browser, &VERA, PASSWORD).await;
        assert!(page.says("Вера"), "{}", page.text());
        let profile = browser.get("/cabinet/profile").await;
        assert!(profile.says("Лодкина") && profile.says("+7 912 345-67-89"), "{}", profile.text());
        assert_eq!(
            (app.rows("account").await, app.rows("login").await, app.rows("consent").await),
            (1, 1, 2)
        );
        assert!(browser.cookie("reg").is_none(), "the draft's cookie is taken away");
        assert!(can_sign_in(&app, VERA.phone, PASSWORD).await);
    })
    .await;
}

#[tokio::test]
async fn a_person_registers_by_a_code_in_a_letter() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = app.browser();
        register(&app, &mut browser, &IGOR, PASSWORD).await;
        assert!(can_sign_in(&app, IGOR.email, PASSWORD).await);
        assert_eq!(app.world.sms.accepted().len(), 0);
    })
    .await;
}

#[tokio::test]
async fn a_letter_is_good_for_a_day_and_not_for_longer() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = app.browser();
        begin(&mut browser, &IGOR).await;
        let link = app.mail_link(IGOR.email).await;
        app.advance(Span(Span::hours(24).0 - 1));
        assert_eq!(browser.get(&link).await.status, StatusCode::OK);
        app.advance(Span(1));
        assert_eq!(browser.get(&link).await.status, StatusCode::GONE);
    })
    .await;
}

#[tokio::test]
async fn the_link_of_a_letter_confirms_in_the_same_browser_and_looking_spends_nothing() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = app.browser();
        begin(&mut browser, &IGOR).await;
        let link = app.mail_link(IGOR.email).await;
        // A mail scanner without cookies, then the person, twice.
        for scanner in [&mut app.browser(), &mut browser.clone(), &mut browser] {
            let page = scanner.get(&link).await;
            assert_eq!(page.status, StatusCode::OK);
            assert!(page.says("Игорь"));
        }
        assert_eq!(app.number("SELECT COUNT(*) FROM code WHERE used_at IS NOT NULL", &[]).await, 0);
        let here = browser.get(&link).await;
        assert!(!here.text().contains(&words(Lang::Ru, "registration-link-elsewhere")));
        let page = browser.send(&link, &[]).await;
        assert_eq!(page.path, "/register/password");
        // The same click again leads to the same page; the link itself is over.
        assert_eq!(browser.send(&link, &[]).await.path, "/register/password");
        assert_eq!(browser.get(&link).await.status, StatusCode::GONE);
        let page = browser.send("/register/password", &twice(PASSWORD)).await;
        assert_eq!(page.path, "/cabinet");
        assert!(can_sign_in(&app, IGOR.email, PASSWORD).await);
    })
    .await;
}

#[tokio::test]
async fn the_link_opened_elsewhere_moves_the_draft_there_and_the_old_cookie_opens_nothing() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let (mut old, mut new) = (app.browser(), app.browser());
        begin(&mut old, &IGOR).await;
        let link = app.mail_link(IGOR.email).await;
        let page = new.get(&link).await;
        assert!(page.text().contains(&words(Lang::Ru, "registration-link-elsewhere")), "{}", page.text());
        assert_eq!(new.send(&link, &[]).await.path, "/register/password");
        for path in ["/register/password", "/register/code", "/register/taken"] {
            assert_eq!(old.open(path).await.path, "/register", "{path}");
        }
        let page = old.send("/register/password", &twice(OTHER_PASSWORD)).await;
        assert_eq!(page.path, "/register", "whoever began it gains nothing from the owner's click");
        assert_eq!(app.rows("account").await, 0);
        assert_eq!(new.send("/register/password", &twice(PASSWORD)).await.path, "/cabinet");
        assert!(
            can_sign_in(&app, IGOR.email, PASSWORD).await
                && !can_sign_in(&app, IGOR.email, OTHER_PASSWORD).await
        );
    })
    .await;
}

#[tokio::test]
async fn a_link_confirms_the_address_it_was_sent_to_and_no_other() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = app.browser();
        begin(&mut browser, &Person { email: "mine@example.org", ..IGOR }).await;
        let link = app.mail_link("mine@example.org").await;
        // The draft is changed to somebody else's address before the link is opened.
        begin(&mut browser, &Person { email: "victim@example.org", ..IGOR }).await;
        assert_eq!(browser.get(&link).await.status, StatusCode::GONE);
        browser.send(&link, &[]).await;
        assert_eq!(
            browser.open("/register/password").await.path,
            "/register/code",
            "the victim's address is not confirmed"
        );
        browser.send("/register/password", &twice(PASSWORD)).await;
        assert_eq!(app.rows("login").await, 0);
    })
    .await;
}

#[tokio::test]
async fn both_contacts_are_confirmed_one_after_the_other_and_both_sign_in() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = app.browser();
        register(&app, &mut browser, &ANNA, PASSWORD).await;
        assert_eq!(app.rows("login").await, 2);
        assert_eq!(
            app.number("SELECT COUNT(*) FROM contact WHERE is_primary = 1 AND kind = 'phone'", &[]).await,
            1
        );
        for login in [ANNA.phone, ANNA.email] {
            assert!(can_sign_in(&app, login, PASSWORD).await, "{login}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_second_contact_may_wait_and_the_only_one_may_not() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = app.browser();
        // The phone now, the e-mail later.
        begin(&mut browser, &ANNA).await;
        let code = app.sms_code(ANNA.phone).await;
        assert_eq!(browser.send("/register/code", &[("code", &code)]).await.path, "/register/code");
        assert_eq!(browser.send("/register/code/later", &[]).await.path, "/register/password");
        browser.send("/register/password", &twice(PASSWORD)).await;
        assert!(is_in(&mut browser).await && can_sign_in(&app, ANNA.phone, PASSWORD).await);
        assert!(!can_sign_in(&app, ANNA.email, PASSWORD).await, "an unconfirmed contact is no login");
        // The e-mail now, the phone later.
        let (mut other, both) =
            (app.browser(), Person { phone: "+79161112244", email: "other@example.org", ..ANNA });
        begin(&mut other, &both).await;
        assert_eq!(other.send("/register/code/later", &[]).await.path, "/register/code");
        let code = app.mail_code(both.email).await;
        assert_eq!(other.send("/register/code", &[("code", &code)]).await.path, "/register/password");
        // Nobody gets past the only one.
        let mut single = app.browser();
        let page = begin(&mut single, &VERA).await;
        assert!(!page.says("/register/code/later"), "no such button");
        assert_eq!(single.send("/register/code/later", &[]).await.path, "/register/code");
    })
    .await;
}

#[tokio::test]
async fn unfinished_registrations_block_nobody() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let (mut first, mut second) = (app.browser(), app.browser());
        begin(&mut first, &VERA).await;
        let code = app.sms_code(VERA.phone).await;
        assert_eq!(first.send("/register/code", &[("code", &code)]).await.path, "/register/password");
        // Somebody else with the same number finishes meanwhile.
        register(&app, &mut second, &Person { surname: "Реева", ..VERA }, OTHER_PASSWORD).await;
        let page = first.send("/register/password", &twice(PASSWORD)).await;
        assert_eq!(page.path, "/register/taken", "the number was taken meanwhile: the person decides");
        assert_eq!(app.rows("account").await, 1);
    })
    .await;
}

#[tokio::test]
async fn names_may_be_latin_and_may_have_a_patronymic() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = app.browser();
        browser.get("/register?lang=en").await;
        let person = Person { surname: "O’Shore-Sand", first_name: "Maya", ..VERA };
        let mut fields = person.fields();
        fields.retain(|(name, _)| *name != "patronymic");
        fields.push(("patronymic", "  Lee\u{feff} "));
        let page = browser.send("/register?lang=en", &fields).await;
        assert_eq!(page.path, "/register/code", "{}", page.text());
        let code = app.sms_code(VERA.phone).await;
        browser.send("/register/code", &[("code", &code)]).await;
        assert_eq!(browser.send("/register/password", &twice(PASSWORD)).await.path, "/cabinet");
        assert!(
            browser.get("/cabinet/profile").await.says("<dd>Lee</dd>")
                || browser.get("/cabinet/profile").await.text().contains("Lee")
        );
    })
    .await;
}
