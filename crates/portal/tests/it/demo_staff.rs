//! The staff of a demonstration: real accounts with a real second factor, and only there.

use crate::people::{is_in, sign_in};
use crate::staff::enter;
use portal::admin::{demo_staff, seed};
use portal::factors::totp;
use testkit::app::{TestApp, config};
use testkit::db::{each_engine, sqlite};

#[tokio::test]
async fn each_role_signs_in_with_what_is_printed_and_opens_the_workplace() {
    each_engine(|db| async {
        let mut config = config();
        config.demo = true;
        config.staff.strength = portal::staff::Strengths::all(portal::staff::Need::Aal2);
        let app = TestApp::with(db, 1, config).await;
        let made = demo_staff::seed(&app.app).await.expect("the database answers").expect("a demonstration");
        let again = demo_staff::seed(&app.app).await.expect("the database answers");
        assert_eq!(again.as_ref(), Some(&made));
        assert_eq!((made.len(), app.rows("account").await, app.rows("staff").await), (6, 6, 6));
        assert_eq!(app.rows("message").await, 0, "nobody is told");
        let secret = b"pristan-demo-staff-1";
        for one in &made {
            assert_eq!(*totp::base32(secret), one.secret);
            let mut browser = app.browser();
            sign_in(&mut browser, one.login, seed::PASSWORD).await;
            assert!(!is_in(&mut browser).await, "the password alone opens nothing");
            browser.get("/sign-in/second").await;
            let code = totp::code(secret, totp::step_at(app.now()), 6).to_string();
            browser.post("/sign-in/second", &[("way", "totp"), ("code", &code)]).await;
            assert_eq!(enter(&mut browser).await.path, "/admin", "{}", one.role);
        }
        assert!(demo_staff::are_here(&app.app).await.expect("the database answers"));
    })
    .await;
}

#[tokio::test]
async fn there_are_none_outside_a_demonstration() {
    let app = TestApp::new(sqlite().await).await;
    assert!(demo_staff::seed(&app.app).await.expect("the database answers").is_none());
    assert!(!demo_staff::are_here(&app.app).await.expect("the database answers"));
    assert_eq!(app.rows("account").await, 0);
}
