//! Contacts that belong to somebody already (spec 01 §1.2).

use crate::people::{
    ANNA, IGOR, OTHER_PASSWORD, PASSWORD, Person, VERA, begin, can_sign_in, registered, sign_in, twice, words,
};
use kernel::{Lang, Span};
use testkit::app::TestApp;
use testkit::db::each_engine;

/// Somebody new who wants Anna's number.
const NEWCOMER: Person =
    Person { surname: "Новикова", first_name: "Ольга", phone: ANNA.phone, email: "" };

#[tokio::test]
async fn before_the_proof_the_screen_tells_nothing_and_the_message_tells_the_owner() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        registered(&app, &ANNA).await;
        app.advance(Span::hours(2));
        let (mut taken, mut free) = (app.browser(), app.browser());
        let of_taken = begin(&mut taken, &NEWCOMER).await;
        let of_free = begin(&mut free, &Person { phone: "+79161112234", ..NEWCOMER }).await;
        let plain =
            |page: &testkit::app::Page| page.masked().replace("111-22-33", "…").replace("111-22-34", "…");
        assert_eq!(plain(&of_taken), plain(&of_free));
        app.run_jobs().await;
        let told = |to| app.last_sms(to).is_some_and(|text| text.contains("уже привязана учётная запись"));
        assert!(told(ANNA.phone) && !told("+79161112234"));
        assert_eq!(taken.open("/register/taken").await.path, "/register/code");
        taken.send("/register/taken", &[]).await;
        assert_eq!(taken.open("/register/password").await.path, "/register/code", "no claim without proof");
    })
    .await;
}

#[tokio::test]
async fn a_taken_phone_moves_to_who_proves_and_claims_it() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut old = registered(&app, &ANNA).await;
        app.advance(Span::hours(2));
        let mut new = app.browser();
        begin(&mut new, &NEWCOMER).await;
        let code = app.sms_code(ANNA.phone).await;
        let page = new.send("/register/code", &[("code", &code)]).await;
        assert_eq!(page.path, "/register/taken");
        for way in ["/sign-in", "/recover", "/register/taken"] {
            assert!(page.says(&format!("\"{way}\"")), "{way}");
        }
        let told = "SELECT COUNT(*) FROM journal WHERE event = 'registration_attempted'";
        assert_eq!(app.number(told, &[]).await, 1, "the owner's journal says so");
        sign_in(&mut old, ANNA.phone, PASSWORD).await;
        assert!(old.get("/cabinet/security/journal").await.says("пытался зарегистрироваться"));
        assert_eq!(new.open("/register/password").await.path, "/register/taken", "first the decision");
        assert!(can_sign_in(&app, ANNA.phone, PASSWORD).await, "nothing has moved yet");
        assert_eq!(new.send("/register/taken", &[]).await.path, "/register/password");
        assert!(can_sign_in(&app, ANNA.phone, PASSWORD).await, "not before the account is open");
        app.run_jobs().await;
        let (letters, texts) = (app.world.mail.accepted().len(), app.world.sms.accepted().len());
        assert_eq!(new.send("/register/password", &twice(OTHER_PASSWORD)).await.path, "/cabinet");

        app.run_jobs().await;
        assert_eq!(app.world.mail.accepted().len(), letters + 1);
        assert_eq!(app.world.sms.accepted().len(), texts, "the number itself belongs to somebody else now");
        let letter = app.last_mail(ANNA.email).await.expect("a letter");
        assert_eq!(letter.subject, words(Lang::Ru, "notice-phone-moved-subject"));
        assert!(can_sign_in(&app, ANNA.phone, OTHER_PASSWORD).await);
        assert!(!can_sign_in(&app, ANNA.phone, PASSWORD).await, "the old owner has lost this login");
        assert!(can_sign_in(&app, ANNA.email, PASSWORD).await, "and keeps the other");
        sign_in(&mut old, ANNA.email, PASSWORD).await;
        let profile = old.get("/cabinet/profile").await;
        assert!(!profile.says("111-22-33") && profile.says(ANNA.email), "{}", profile.text());
    })
    .await;
}

#[tokio::test]
async fn a_taken_phone_that_is_not_claimed_stays_where_it_is() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        registered(&app, &ANNA).await;
        app.advance(Span::hours(2));
        let mut new = app.browser();
        begin(&mut new, &NEWCOMER).await;
        let code = app.sms_code(ANNA.phone).await;
        new.send("/register/code", &[("code", &code)]).await;
        assert_eq!(new.send("/register/password", &twice(OTHER_PASSWORD)).await.path, "/register/taken");
        // Another number instead.
        begin(&mut new, &Person { phone: VERA.phone, ..NEWCOMER }).await;
        let code = app.sms_code(VERA.phone).await;
        assert_eq!(new.send("/register/code", &[("code", &code)]).await.path, "/register/password");
        assert_eq!(new.send("/register/password", &twice(OTHER_PASSWORD)).await.path, "/cabinet");
        assert!(
            can_sign_in(&app, ANNA.phone, PASSWORD).await
                && can_sign_in(&app, VERA.phone, OTHER_PASSWORD).await
        );
    })
    .await;
}

#[tokio::test]
async fn a_taken_address_is_never_handed_over() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        registered(&app, &IGOR).await;
        app.advance(Span::hours(2));
        let mut new = app.browser();
        let other = Person { surname: "Новиков", ..IGOR };
        begin(&mut new, &other).await;
        let letter = app.last_mail(IGOR.email).await.expect("a letter");
        assert!(letter.text.contains("уже привязана учётная запись"), "{}", letter.text);
        let code = app.mail_code(IGOR.email).await;
        let page = new.send("/register/code", &[("code", &code)]).await;
        assert_eq!(page.path, "/register/taken");
        assert!(!page.text().contains(&words(Lang::Ru, "registration-taken-claim")));
        assert_eq!(
            new.send("/register/taken", &[]).await.path,
            "/register/taken",
            "a forged claim does nothing"
        );
        assert_eq!(new.send("/register/password", &twice(OTHER_PASSWORD)).await.path, "/register/taken");
        assert!(can_sign_in(&app, IGOR.email, PASSWORD).await);
        assert_eq!(app.rows("account").await, 1);
    })
    .await;
}
