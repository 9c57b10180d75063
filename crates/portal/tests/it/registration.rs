//! Registering (spec 01 §1): by phone, by e-mail, by both, and what happens on the way.

use crate::people::{ANNA, IGOR, PASSWORD, VERA, can_sign_in, is_in, register, registered, twice};
use axum::http::StatusCode;
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
        assert_eq!((app.rows("account").await, app.rows("login").await, app.rows("consent").await), (1, 1, 2));
        assert!(can_sign_in(&app, VERA.phone, PASSWORD).await);
    })
    .await;
}
