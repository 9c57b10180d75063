//! What nobody may do or see at the review: their own case, another's, an old one, a bare scan; and odd forms.

use crate::checks::fill_in;
use crate::documents;
use crate::people::{PASSWORD, VERA, sign_in};
use crate::profile::PROFILE;
use crate::review::{
    MINE, OPEN, SNILS, TIMUR, ULYANA, cases, decide, reviewer, says, seen, send_unclear, standard, stuck,
    take, upload, waiting,
};
use crate::staff::portal;
use axum::http::StatusCode;
use kernel::Span;
use testkit::db::each_engine;

#[tokio::test]
async fn nobody_reviews_their_own_account() {
    each_engine(|db| async {
        let app = portal(db).await;
        let mut staff = reviewer(&app, &VERA).await;
        upload(&mut staff, &app, documents::good()).await;
        fill_in(&mut staff, SNILS).await;
        send_unclear(&app, &mut staff).await;
        assert_eq!(cases(&app, "waiting").await, 1);
        assert!(says(&staff.get("/review").await, "review-closed"));
        assert!(says(&staff.send("/review/next", &[]).await, "review-none"));
        let id: String = app
            .app
            .read(|tx| Ok(tx.one("SELECT id FROM review_case", &[], |row| row.get(0))?))
            .await
            .expect("a case");
        let page = staff.send(&format!("/review/{id}/take"), &[]).await;
        assert!(page.status == StatusCode::CONFLICT && says(&page, "review-refused-own"), "{}", page.text());
        assert_eq!(staff.get(&format!("/review/{id}")).await.status, StatusCode::NOT_FOUND);
        // A colleague's data are never one person's word.
        let mut other = reviewer(&app, &TIMUR).await;
        let case = take(&mut other).await.path;
        decide(&mut other, &case, &seen(&OPEN, "same"), &[("act", "confirm")]).await;
        assert_eq!(standard(&app).await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_hundred_hands_reach_for_one_case_and_one_has_it() {
    each_engine(|db| async {
        let app = portal(db).await;
        waiting(&app).await;
        let one = reviewer(&app, &ULYANA).await;
        let two = reviewer(&app, &TIMUR).await;
        let mut hands = tokio::task::JoinSet::new();
        for at in 0..100 {
            let mut browser = if at % 2 == 0 { one.clone() } else { two.clone() };
            hands.spawn(async move { (at % 2, browser.post("/review/next", &[]).await) });
        }
        let pages = hands.join_all().await;
        assert!(pages.iter().all(|(_, page)| page.status == StatusCode::SEE_OTHER), "nobody gets an error");
        let whose: std::collections::BTreeSet<usize> = pages
            .iter()
            .filter(|(_, page)| page.location().is_some_and(|place| place.starts_with("/review/rev_")))
            .map(|(who, _)| *who)
            .collect();
        assert_eq!(whose.len(), 1, "one of the two has it");
        let looks = "SELECT COUNT(*) FROM journal WHERE event = 'viewed_by_staff'";
        assert_eq!(app.number(looks, &[]).await, 1, "and looked once");
    })
    .await;
}

#[tokio::test]
async fn a_case_that_is_left_lying_is_free_again_and_its_first_holder_decides_nothing() {
    each_engine(|db| async {
        let app = portal(db).await;
        waiting(&app).await;
        let mut one = reviewer(&app, &ULYANA).await;
        let case = take(&mut one).await.path;
        // The workplace itself closes after 15 minutes, the case is free after an hour; looking at it begins the hour anew.
        for _ in 0..7 {
            app.advance(Span::minutes(14));
            assert_eq!(one.get(&case).await.status, StatusCode::OK);
        }
        let mut two = reviewer(&app, &TIMUR).await;
        let page = two.send(&format!("{case}/take"), &[]).await;
        assert!(says(&page, "review-refused-held"), "{}", page.text());
        for _ in 0..6 {
            app.advance(Span::minutes(10));
            one.get("/review").await;
            two.get("/review").await;
        }
        assert_eq!(take(&mut two).await.path, case);
        assert_eq!(one.get(&case).await.status, StatusCode::NOT_FOUND);
        let page = decide(&mut one, &case, &seen(&OPEN, "same"), &[("act", "confirm")]).await;
        assert!(says(&page, "review-flash-gone"), "{}", page.text());
        assert_eq!(standard(&app).await, 0);
        assert!(says(&two.send(&format!("{case}/put-back"), &[]).await, "review-flash-put-back"));
        assert_eq!(take(&mut one).await.path, case);
    })
    .await;
}

#[tokio::test]
async fn something_newer_ends_the_case_under_the_reviewers_hands() {
    each_engine(|db| async {
        let app = portal(db).await;
        let mut person = waiting(&app).await;
        let mut staff = reviewer(&app, &ULYANA).await;
        let case = take(&mut staff).await.path;
        app.advance(Span::seconds(1));
        person.get(PROFILE).await;
        let sent = person.send("/cabinet/profile/send", &[]).await;
        assert!(says(&sent, "checks-flash-sent"), "{}", sent.text());
        let page = decide(&mut staff, &case, &seen(&OPEN, "same"), &[("act", "confirm")]).await;
        assert!(says(&page, "review-flash-gone"), "{}", page.body);
        app.run_jobs().await;
        assert_eq!((standard(&app).await, cases(&app, "gone").await), (1, 1), "the registers confirmed it");
        assert!(says(&person.get(MINE).await, "review-mine-none"));
    })
    .await;
}

#[tokio::test]
async fn without_an_answer_the_case_ends_after_a_month() {
    each_engine(|db| async {
        let app = portal(db).await;
        stuck(&app, &VERA).await;
        app.advance(Span::days(29));
        app.run_jobs().await;
        assert_eq!(cases(&app, "asked").await, 1);
        app.advance(Span::days(2));
        app.run_jobs().await;
        assert_eq!(cases(&app, "refused").await, 1);
        let mut person = app.browser();
        sign_in(&mut person, VERA.phone, PASSWORD).await;
        assert!(says(&person.get(MINE).await, "review-reason-no-scan"));
    })
    .await;
}

#[tokio::test]
async fn scans_are_shown_marked_to_whoever_holds_the_case_and_to_nobody_else() {
    each_engine(|db| async {
        let app = portal(db).await;
        waiting(&app).await;
        let mut staff = reviewer(&app, &ULYANA).await;
        let mut other = reviewer(&app, &TIMUR).await;
        let page = take(&mut staff).await;
        let at = page.body.find("/small").expect("a picture");
        let start = page.body[..at].rfind("/review/").expect("its address");
        let small = page.body[start..at + 6].to_owned();
        let picture = staff.get(&small).await;
        assert_eq!((picture.status, picture.header("content-type")), (StatusCode::OK, "image/jpeg"));
        assert!(picture.header("cache-control").contains("no-store"), "{}", picture.header("cache-control"));
        let large = small.replace("/small", "/large");
        assert_eq!(staff.get(&large).await.status, StatusCode::OK);
        assert_eq!(other.get(&small).await.status, StatusCode::NOT_FOUND);
        for odd in ["/huge", "/../clean", "/small/x"] {
            assert_eq!(staff.get(&small.replace("/small", odd)).await.status, StatusCode::NOT_FOUND, "{odd}");
        }
        for page in ["/0/", "/1/", "/99/", "/-1/", "/x/", "/18446744073709551616/"] {
            let status = staff.get(&small.replace("/0/", page)).await.status;
            assert_eq!(status == StatusCode::OK, page == "/0/", "{page}: {status}");
        }
        // A file that the storage cannot give is an outage, not an end.
        app.world.objects.set_down(Some("away"));
        assert_eq!(staff.get(&small).await.status, StatusCode::SERVICE_UNAVAILABLE);
        app.world.objects.set_down(None);
        staff.get(&page.path).await;
        staff.send(&format!("{}/put-back", page.path), &[]).await;
        assert_eq!(staff.get(&small).await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn odd_decisions_are_told_what_is_wrong_and_change_nothing() {
    let app = portal(testkit::db::sqlite().await).await;
    waiting(&app).await;
    let mut staff = reviewer(&app, &ULYANA).await;
    let case = take(&mut staff).await.path;
    let long = "ж".repeat(501);
    let hostile =
        ["", "CONFIRM", "confirm ", "\t", "<script>", "подтвердить", "refuse\u{202e}", long.as_str()];
    for act in hostile {
        let page = decide(&mut staff, &case, &seen(&OPEN, "same"), &[("act", act)]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{act:?}");
        assert!(page.error_at("act").is_some(), "{act:?}");
    }
    for how in hostile {
        let page = decide(&mut staff, &case, &seen(&OPEN, how), &[("act", "confirm")]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{how:?}");
        let page = decide(&mut staff, &case, &[], &[("act", "refuse"), ("reason", how)]).await;
        assert!(page.error_at("reason").is_some(), "{how:?}");
        let page = decide(&mut staff, &case, &[], &[("act", "ask"), ("slot", how), ("flaw", how)]).await;
        assert!(page.error_at("slot").is_some(), "{how:?}");
    }
    let page = decide(&mut staff, &case, &[], &[("act", "refuse"), ("reason", "differs")]).await;
    assert!(page.error_at("reason").is_some(), "nothing is marked as different");
    let page =
        decide(&mut staff, &case, &[], &[("act", "refuse"), ("reason", "visit"), ("words", &long)]).await;
    assert!(page.error_at("words").is_some());
    let page = decide(&mut staff, &case, &[], &[("act", "refuse"), ("reason", "no-scan")]).await;
    assert!(page.error_at("reason").is_some(), "a reason that only the clock has");
    let page = decide(&mut staff, &case, &[("seen-king".into(), "same".into())], &[("act", "confirm")]).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert_eq!((cases(&app, "waiting").await, app.rows("review_opinion").await), (1, 0));
    for id in ["rev_", "x", &format!("rev_{}", "0".repeat(32)), "..%2f"] {
        let path = format!("/review/{id}");
        assert_eq!(staff.get(&path).await.status, StatusCode::NOT_FOUND, "{id}");
    }
    for after in ["x", "1.x", ".", "99999999999999999999.rev_", "-1.rev_0"] {
        assert_eq!(staff.get(&format!("/review?after={after}")).await.status, StatusCode::OK, "{after}");
    }
}
