//! One SNILS in two accounts (spec 02 §3): resolved by staff, and nothing of it told to a stranger.

use crate::checks::fill_in;
use crate::documents;
use crate::people::{ANNA, PASSWORD, VERA, registered, sign_in};
use crate::profile::PROFILE;
use crate::review::{
    MINE, OPEN, SNILS, TIMUR, ULYANA, cases, decide, reviewer, says, seen, standard, take, upload,
};
use crate::staff::{enter, join, portal};
use axum::http::StatusCode;
use gateway::register::{Answer, Asked, NotKnown};
use portal::staff::Role;
use testkit::app::{Browser, TestApp};
use testkit::db::each_engine;

/// Vera has the standard level; Anna has typed the same SNILS, with a scan.
async fn two_of_one_snils(app: &TestApp) -> (Browser, Browser) {
    let mut first = registered(app, &VERA).await;
    fill_in(&mut first, SNILS).await;
    first.get(PROFILE).await;
    first.send("/cabinet/profile/send", &[]).await;
    app.run_jobs().await;
    assert_eq!(standard(app).await, 1);
    let mut second = registered(app, &ANNA).await;
    upload(&mut second, app, documents::good()).await;
    fill_in(&mut second, SNILS).await;
    second.get(PROFILE).await;
    second.send("/cabinet/profile/send", &[]).await;
    app.run_jobs().await;
    (first, second)
}

const ALL: [&str; 9] = [
    "surname",
    "first_name",
    "patronymic",
    "sex",
    "birth_date",
    "document_number",
    "issued_on",
    "issued_by",
    "division",
];

#[tokio::test]
async fn a_snils_moves_to_another_account_by_two_who_agree_and_its_owner_is_told() {
    each_engine(|db| async {
        let app = portal(db).await;
        let (mut first, mut second) = two_of_one_snils(&app).await;
        assert_eq!(cases(&app, "waiting").await, 1);
        let mut one = reviewer(&app, &ULYANA).await;
        let page = take(&mut one).await;
        let case = page.path.clone();
        assert!(says(&page, "review-other-text") && says(&page, "review-other-same"), "{}", page.text());
        // What a register vouches for is seen too: whose these data are is the question.
        let page = decide(&mut one, &case, &seen(&OPEN, "same"), &[("act", "confirm")]).await;
        assert!(page.status == StatusCode::UNPROCESSABLE_ENTITY && page.says("seen-surname-error"));
        decide(&mut one, &case, &seen(&ALL, "same"), &[("act", "confirm")]).await;
        assert_eq!(standard(&app).await, 1);
        assert!(
            says(&first.get("/cabinet/security/journal").await, "audit-how-review"),
            "the other sees it too"
        );
        let mut two = reviewer(&app, &TIMUR).await;
        take(&mut two).await;
        decide(&mut two, &case, &seen(&ALL, "same"), &[("act", "confirm")]).await;
        let of =
            "SELECT COUNT(*) FROM account a JOIN contact c ON c.account_id = a.id WHERE a.level = 'standard'";
        assert_eq!((standard(&app).await, app.number(of, &[]).await), (1, 2), "Anna's, with two contacts");
        assert_eq!((app.rows("evidence").await, cases(&app, "confirmed").await), (2, 1));
        assert!(says(&second.get(PROFILE).await, "profile-origin-register"));
        assert!(says(&first.get("/cabinet/security/journal").await, "audit-event-snils-moved"));
        app.run_jobs().await;
        assert!(app.last_sms(VERA.phone).expect("a text").contains("СНИЛС"));
        let journal = second.get("/cabinet/security/journal").await;
        assert!(says(&journal, "audit-event-level-raised"));
        // The SNILS signs in to the new one: each has the same password here, so look whose name is greeted.
        let mut by_snils = app.browser();
        sign_in(&mut by_snils, SNILS, PASSWORD).await;
        assert!(by_snils.get("/cabinet/security/contacts").await.says("anna"), "it opens Anna's");
    })
    .await;
}

fn without(line: &str, id: &str) -> String {
    let mut parts = line.split(id);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |line, part| line + id + part.trim_start_matches(|c: char| c.is_ascii_alphanumeric()))
}

/// What a person can see of a sending that staff look at.
async fn sights(browser: &mut Browser, app: &TestApp) -> Vec<String> {
    let mut sights = Vec::new();
    for path in [PROFILE, MINE, "/cabinet", "/cabinet/notifications", "/cabinet/security/journal"] {
        let page = browser.get(path).await.masked();
        // Identifiers of rows differ from one deployment to the next.
        let ids = ["ntc_", "snd_", "chk_", "rev_", "jrn_", "scn_"];
        let lines = page.lines().map(|line| ids.iter().fold(line.to_owned(), |line, id| without(&line, id)));
        // Registers answer in any order, and so do the events stand.
        let mut lines: Vec<String> = lines.collect();
        lines.sort();
        sights.push(lines.join("\n"));
    }
    app.run_jobs().await;
    sights
}

#[tokio::test]
async fn whoever_types_anothers_snils_sees_what_everybody_sees_whose_snils_is_unclear() {
    let seen = |taken: bool| async move {
        let app = portal(testkit::db::sqlite().await).await;
        let mut first = registered(&app, &VERA).await;
        fill_in(&mut first, SNILS).await;
        if taken {
            first.get(PROFILE).await;
            first.send("/cabinet/profile/send", &[]).await;
            app.run_jobs().await;
        }
        let mut second = registered(&app, &ANNA).await;
        upload(&mut second, &app, documents::good()).await;
        fill_in(&mut second, SNILS).await;
        if !taken {
            let unclear = Answer::Unclear { reason: NotKnown::SeveralRecords };
            app.world.registers[0].plan(Asked::Answered(unclear));
        }
        second.get(PROFILE).await;
        second.send("/cabinet/profile/send", &[]).await;
        app.run_jobs().await;
        assert_eq!(cases(&app, "waiting").await, 1, "taken: {taken}");
        sights(&mut second, &app).await
    };
    let (taken, unclear) = (seen(true).await, seen(false).await);
    for (taken, unclear) in taken.iter().zip(&unclear) {
        for (taken, unclear) in taken.lines().zip(unclear.lines()) {
            assert_eq!(taken, unclear);
        }
        assert_eq!(taken.len(), unclear.len());
    }
}

#[tokio::test]
async fn whose_snils_is_in_question_decides_nothing_about_it() {
    each_engine(|db| async {
        let app = portal(db).await;
        let (mut first, _) = two_of_one_snils(&app).await;
        join(&app, &mut first, Role::Reviewer).await;
        enter(&mut first).await;
        first.get("/review").await;
        assert!(says(&first.send("/review/next", &[]).await, "review-none"));
        let mut other = reviewer(&app, &ULYANA).await;
        let case = take(&mut other).await.path;
        other.send(&format!("{case}/put-back"), &[]).await;
        let page = first.send(&format!("{case}/take"), &[]).await;
        assert!(page.status == StatusCode::CONFLICT && says(&page, "review-refused-own"), "{}", page.text());
        assert_eq!(first.get(&case).await.status, StatusCode::NOT_FOUND);
    })
    .await;
}
