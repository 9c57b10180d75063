//! Corrections of what registers confirmed: the values and the level from before count until the new ones are confirmed
//! (spec 02 §1).

use crate::checks::fill_in;
use crate::levels::{SEND, SNILS, again, days, events, level, of_person, send, sms_about, standard, tell};
use crate::people::{ANNA, PASSWORD, VERA, registered, sign_in, words};
use crate::profile::{PERSONAL, PROFILE};
use gateway::register::webhook::Happened;
use gateway::register::{Answer, Asked, Field, InvalidReason, Register};
use kernel::{Lang, Span};
use testkit::app::{Browser, Page, TestApp};
use testkit::db::each_engine;

/// Types another surname over the confirmed one.
async fn marry(browser: &mut Browser) -> Page {
    browser.get(PERSONAL).await;
    let fields = [
        ("surname", "Береговая"),
        ("first_name", "Вера"),
        ("patronymic", "Ильинична"),
        ("sex", "f"),
        ("birth_date", "05.11.1984"),
        ("birth_place", "гор. Тверь"),
        ("citizenship", "rus"),
    ];
    browser.send(PERSONAL, &fields).await;
    browser.get(PROFILE).await
}

#[tokio::test]
async fn a_correction_counts_when_it_is_confirmed_and_not_before() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = standard(&app).await;
        let page = browser.get(PROFILE).await;
        assert!(!page.body.contains(SEND), "nothing to send");
        browser.send(SEND, &[]).await;
        assert_eq!(app.rows("sending").await, 1);
        let page = marry(&mut browser).await;
        assert!(page.says("Лодкина") && page.says("Береговая"), "both are shown: {}", page.text());
        assert!(page.body.contains(SEND) && page.says(&words(Lang::Ru, "checks-correction")));
        let doubt = Answer::Mismatch { fields: vec![Field::Surname] };
        app.world.registers[0].plan(Asked::Answered(doubt));
        let page = send(&app, &mut browser).await;
        assert_eq!((level(&app, "standard").await, app.rows("evidence").await), (1, 2), "the level stays");
        assert!(page.says("Лодкина") && page.says("Береговая") && page.body.contains(PERSONAL));
        assert!(page.says("Действуют прежние"), "{}", page.text());
        assert_eq!(events(&app, "level_lowered").await, 0);
        let page = send(&app, &mut browser).await;
        assert!(page.says("Береговая") && !page.says("Лодкина"), "{}", page.text());
        assert_eq!(sms_about(&app, "новые данные"), 1);
        assert_eq!((events(&app, "level_raised").await, level(&app, "standard").await), (1, 1));
        assert!(!page.body.contains(SEND), "nothing is left to send");
    })
    .await;
}

#[tokio::test]
async fn a_corrected_snils_signs_in_and_the_one_before_does_not() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = standard(&app).await;
        let numbers = "/cabinet/profile/section/numbers";
        browser.get(numbers).await;
        browser.send(numbers, &[("snils", "861-552-684 26")]).await;
        send(&app, &mut browser).await;
        let mut old = app.browser();
        assert_ne!(sign_in(&mut old, SNILS, PASSWORD).await.location(), Some("/cabinet"));
        let mut new = app.browser();
        assert_eq!(sign_in(&mut new, "861-552-684 26", PASSWORD).await.location(), Some("/cabinet"));
        // Its owner may have the number that was never Vera's.
        let mut other = registered(&app, &ANNA).await;
        fill_in(&mut other, SNILS).await;
        send(&app, &mut other).await;
        assert_eq!(level(&app, "standard").await, 2);
    })
    .await;
}

#[tokio::test]
async fn a_confirmation_takes_the_place_of_a_recheck_that_runs() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = standard(&app).await;
        app.world.registers[1].set_down(Some("away"));
        assert_eq!(tell(&app, Register::Tax, of_person("e-1", Happened::NameChange)).await, 1);
        app.world.registers[1].set_down(None);
        marry(&mut browser).await;
        // The sending is answered while the recheck waits for its next try.
        send(&app, &mut browser).await;
        assert_eq!(app.number("SELECT COUNT(*) FROM sending WHERE state = 'dropped'", &[]).await, 1);
        app.world.registers[1].plan(Asked::Answered(Answer::Invalid { reason: InvalidReason::Replaced }));
        app.world.registers[1].plan(Asked::Answered(Answer::Valid));
        days(&app, 2).await;
        assert_eq!(level(&app, "standard").await, 1, "a late doubt about the old values counts for nothing");
    })
    .await;
}

#[tokio::test]
async fn a_passport_past_its_time_is_told_in_the_cabinet_and_costs_no_level() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = registered(&app, &VERA).await;
        fill_in(&mut browser, SNILS).await;
        // Born on 5 November 1984, 42 in 2026: nothing to tell yet.
        send(&app, &mut browser).await;
        assert!(!browser.get("/cabinet").await.says(&words(Lang::Ru, "checks-passport-expired")));
        app.advance(Span::days(1150));
        app.run_jobs().await;
        let mut browser = again(&app).await;
        let grace = browser.get("/cabinet").await;
        assert!(grace.says(&words(Lang::Ru, "checks-passport-grace")), "{}", grace.text());
        app.advance(Span::days(100));
        app.run_jobs().await;
        let mut browser = again(&app).await;
        for path in ["/cabinet", PROFILE] {
            let page = browser.get(path).await;
            assert!(page.says(&words(Lang::Ru, "checks-passport-expired")), "{path}: {}", page.text());
        }
        assert_eq!(level(&app, "standard").await, 1);
    })
    .await;
}
