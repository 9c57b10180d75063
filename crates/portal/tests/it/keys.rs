//! Keys rotate while the portal works: before, between and after, everybody gets in, and old keys can then go.

use crate::levels;
use crate::people::{ANNA, IGOR, PASSWORD, VERA, begin, can_sign_in, is_in, registered, sign_in, twice};
use axum::http::StatusCode;
use gateway::register::{InvalidReason, Register};
use kernel::Rng;
use store::keys::Use;
use testkit::app::TestApp;
use testkit::db::each_engine;

async fn rotate(app: &TestApp, key_use: Use) -> String {
    let old = app.world.keys.active_id(key_use);
    let (keys, rng) = (&app.world.keys, &app.world.rng);
    portal::admin::keys::rotate(keys, app.db(), portal::jobs::sweeps(), key_use, app.app.clock(), rng)
        .await
        .expect("a rotation");
    assert_ne!(app.world.keys.active_id(key_use), old);
    old
}

async fn everybody_gets_in(app: &TestApp, when: &str) {
    for login in [ANNA.phone, ANNA.email, IGOR.email] {
        assert!(can_sign_in(app, login, PASSWORD).await, "{login} {when}");
    }
}

#[tokio::test]
async fn every_key_that_rotates_can_be_retired_after_its_pass() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut signed_in = registered(&app, &ANNA).await;
        registered(&app, &IGOR).await;
        // A draft and a code under way during it all.
        let mut visitor = app.browser();
        begin(&mut visitor, &VERA).await;
        let code = app.sms_code(VERA.phone).await;
        everybody_gets_in(&app, "before").await;
        let mut old = Vec::new();
        for key_use in portal::admin::keys::ROTATABLE {
            old.push(rotate(&app, key_use).await);
            everybody_gets_in(&app, "between").await;
        }
        app.run_jobs().await;
        everybody_gets_in(&app, "after the pass").await;
        app.run_jobs().await;
        assert_eq!(app.number("SELECT COUNT(*) FROM job WHERE state <> 'done'", &[]).await, 0);
        for id in old {
            app.world.keys.retire(&id, &mut Rng::seeded(9)).expect("an old key goes");
        }
        everybody_gets_in(&app, "without the old keys").await;
        assert!(is_in(&mut signed_in).await);
        assert!(signed_in.get("/cabinet/profile").await.says("Якорева"));
        assert_eq!(visitor.send("/register/code", &[("code", &code)]).await.path, "/register/password");
        assert_eq!(visitor.send("/register/password", &twice(PASSWORD)).await.path, "/cabinet");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_who_sign_in_at_the_moment_a_pepper_moves_on_all_get_in() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        registered(&app, &VERA).await;
        for round in 0..4 {
            rotate(&app, Use::Pepper).await;
            let tries: Vec<_> = (0..4)
                .map(|_| {
                    let mut browser = app.browser();
                    tokio::spawn(async move { sign_in(&mut browser, VERA.phone, PASSWORD).await.status })
                })
                .collect();
            for one in tries {
                assert_eq!(one.await.expect("no panic"), StatusCode::SEE_OTHER, "round {round}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_number_stays_one_accounts_own_while_indexes_are_renewed() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        registered(&app, &VERA).await;
        app.advance(kernel::Span::hours(2));
        rotate(&app, Use::Index).await;
        let mut other = app.browser();
        begin(&mut other, &VERA).await;
        let code = app.sms_code(VERA.phone).await;
        assert_eq!(
            other.send("/register/code", &[("code", &code)]).await.path,
            "/register/taken",
            "known under the old index"
        );
        app.run_jobs().await;
        assert_eq!(other.open("/register/taken").await.path, "/register/taken");
        assert_eq!(app.rows("login").await, 1);
    })
    .await;
}

#[tokio::test]
async fn the_numbers_that_registers_name_people_by_outlive_their_key() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        levels::standard(&app).await;
        let old = rotate(&app, Use::Index).await;
        app.run_jobs().await;
        app.run_jobs().await;
        app.world.keys.retire(&old, &mut Rng::seeded(9)).expect("an old key goes");
        let mut by_snils = app.browser();
        let page = sign_in(&mut by_snils, "112-233-445 95", PASSWORD).await;
        assert_eq!(page.location(), Some("/cabinet"), "{}", page.text());
        let changed = levels::tell(
            &app,
            Register::Interior,
            levels::of_passport("evt-after-rotation", InvalidReason::Stolen),
        )
        .await;
        assert_eq!((changed, levels::level(&app, "standard").await), (1, 0), "the passport is known still");
    })
    .await;
}
