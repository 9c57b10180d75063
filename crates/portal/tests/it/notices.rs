//! The notification centre: the feed of the cabinet, reading, the live part, the settings (spec 08).

use crate::people::{ANNA, IGOR, PASSWORD, Person, VERA, registered, sign_in, words};
use axum::http::StatusCode;
use kernel::{Lang, Span, Time};
use portal::accounts::AccountId;
use portal::notifications::{self, Details, Notice, NoticeId, Said, feed};
use store::params;
use testkit::app::{Browser, TestApp};
use testkit::db::each_engine;

/// The feed.
pub const FEED: &str = "/cabinet/notifications";
/// What goes out by which way.
pub const SETTINGS: &str = "/cabinet/notifications/settings";

/// The account that was opened last.
pub async fn newest_account(app: &TestApp) -> AccountId {
    let sql = "SELECT id FROM account ORDER BY created_at DESC, id DESC LIMIT 1";
    app.app.read(move |tx| Ok(tx.one(sql, &[], |row| row.get(0))?)).await.expect("an account")
}

/// A person and their account.
pub async fn with_account(app: &TestApp, person: &Person) -> (Browser, AccountId) {
    app.advance(Span::seconds(1));
    let browser = registered(app, person).await;
    (browser, newest_account(app).await)
}

/// Tells an owner something, as a slice would; no job has run yet.
pub async fn tell(app: &TestApp, account: &AccountId, notice: Notice) {
    let (ctx, account) = (app.app.job_ctx(), account.clone());
    let told = app.app.write(move |tx| notifications::notify_owner(tx, &ctx, &account, notice, None));
    told.await.expect("told");
}

/// How many entries are unread.
async fn unread(app: &TestApp, account: &AccountId) -> i64 {
    let account = account.clone();
    app.app.read(move |tx| feed::unread(tx, &account)).await.expect("a count")
}

fn ru(key: &'static str) -> String {
    words(Lang::Ru, key)
}

/// Identifiers of the entries on a page, in their order.
fn entries(body: &str) -> Vec<String> {
    let parts = body.split("<h2 id=\"ntc_").skip(1);
    parts.filter_map(|rest| rest.split('"').next()).map(|id| format!("ntc_{id}")).collect()
}

#[tokio::test]
async fn what_happened_is_in_the_feed_in_the_readers_language_until_it_is_read() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let (mut vera, account) = with_account(&app, &VERA).await;
        assert!(vera.get(FEED).await.says(&ru("notifications-empty")));
        tell(&app, &account, Notice::ProfileDoubted).await;
        app.run_jobs().await;
        let page = vera.get(FEED).await;
        assert!(page.says(&ru("notice-profile-doubted-subject")) && page.says(&ru("notifications-new")));
        assert!(page.says("реестр нашёл расхождение") && !page.says("«Пристань»: "), "{}", page.text());
        assert!(page.body.contains("href=\"/cabinet/profile\""), "it leads to where one acts");
        assert!(page.says("непрочитанных: 1"), "the bell counts");
        assert!(vera.get("/cabinet").await.says("непрочитанных: 1"), "on every page");
        let english = vera.get(&format!("{FEED}?lang=en")).await;
        assert!(english.says(&words(Lang::En, "notice-profile-doubted-subject")), "{}", english.text());
        let id = entries(&page.body).pop().expect("an entry");
        let read = vera.send("/cabinet/notifications/read", &[("notice", &id)]).await;
        assert_eq!((read.path.as_str(), read.status), (FEED, StatusCode::OK));
        assert!(!read.says(&ru("notifications-new")) && read.says("непрочитанных: 0"));
        assert_eq!(unread(&app, &account).await, 0);
    })
    .await;
}

#[tokio::test]
async fn variables_are_told_in_the_language_of_the_reader_and_no_link_of_a_message_is_kept() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let (mut vera, account) = with_account(&app, &VERA).await;
        let (ctx, owner) = (app.app.job_ctx(), account.clone());
        let until = ctx.now + Span::days(1);
        let told = app.app.write(move |tx| {
            let ban = Said::Each { ru: "Запрет входа".into(), en: "No sign-in".into() };
            let args = vec![("restriction", ban), ("until", Said::At(until))];
            let details = Details { args, ..Details::default() };
            notifications::notify_owner_with(tx, &ctx, &owner, Notice::RestrictionLifting, &details)
        });
        told.await.expect("told");
        app.run_jobs().await;
        let page = vera.get(FEED).await;
        assert!(page.says("Запрет входа") && page.says("22 сентября 2026"), "{}", page.text());
        assert!(!page.body.contains("/n/"), "the link of the text message acts without a sign-in");
        assert!(app.last_sms(VERA.phone).expect("a text").contains("/n/"));
        let english = vera.get(&format!("{FEED}?lang=en")).await;
        assert!(english.says("No sign-in") && english.says("22 September 2026"), "{}", english.text());
        assert!(!english.says("Запрет"));
    })
    .await;
}

#[tokio::test]
async fn pages_of_twenty_show_every_entry_once() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let (mut vera, account) = with_account(&app, &VERA).await;
        for number in 0..45 {
            // Several of one moment, too.
            if number % 3 == 0 {
                app.advance(Span::seconds(1));
            }
            tell(&app, &account, Notice::StandardReached).await;
        }
        let (mut seen, mut sizes, mut path) = (Vec::new(), Vec::new(), FEED.to_owned());
        loop {
            let page = vera.get(&path).await;
            let found = entries(&page.body);
            sizes.push(found.len());
            seen.extend(found);
            let older = page.body.split("href=\"/cabinet/notifications?before=").nth(1);
            let Some(older) = older.and_then(|rest| rest.split('"').next()) else { break };
            path = format!("{FEED}?before={older}");
        }
        assert_eq!(sizes, [20, 20, 5]);
        let mut once = seen.clone();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), 45);
        // A cursor of somebody else, or none at all, shows the newest.
        for before in ["ntc_00000000000000000000000000000000", "x", "%27"] {
            let page = vera.get(&format!("{FEED}?before={before}")).await;
            assert_eq!((page.status, entries(&page.body).len()), (StatusCode::OK, 20), "{before}");
        }
    })
    .await;
}

#[tokio::test]
async fn all_read_means_all_that_were_shown_and_nobody_elses() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let (mut vera, account) = with_account(&app, &VERA).await;
        let (mut igor, other) = with_account(&app, &IGOR).await;
        for _ in 0..3 {
            tell(&app, &account, Notice::StandardReached).await;
        }
        tell(&app, &other, Notice::StandardReached).await;
        app.run_jobs().await;
        let page = vera.get(FEED).await;
        let until = page.value("until").expect("the moment that the page knew");
        app.advance(Span::minutes(1));
        tell(&app, &account, Notice::ProfileStuck).await;
        let done = vera.send("/cabinet/notifications/read-all", &[("until", &until)]).await;
        assert!(done.says(&ru("notifications-flash-read")), "{}", done.text());
        assert_eq!((unread(&app, &account).await, unread(&app, &other).await), (1, 1));
        // Nobody marks what is not theirs, with one entry or all.
        let id = entries(&igor.get(FEED).await.body).pop().expect("an entry");
        vera.send("/cabinet/notifications/read", &[("notice", &id)]).await;
        assert_eq!(unread(&app, &other).await, 1);
        for bad in ["", "x", "ntc_1"] {
            let page = vera.post("/cabinet/notifications/read", &[("notice", bad)]).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{bad}");
        }
        let page = vera.post("/cabinet/notifications/read-all", &[("until", "soon")]).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST);
        // A moment ahead marks no more than what is there now.
        let far = i64::MAX.to_string();
        vera.send("/cabinet/notifications/read-all", &[("until", &far)]).await;
        assert_eq!(unread(&app, &account).await, 0);
        app.advance(Span::seconds(1));
        tell(&app, &account, Notice::ProfileStuck).await;
        assert_eq!(unread(&app, &account).await, 1);
    })
    .await;
}

#[tokio::test]
async fn of_a_hundred_who_mark_an_entry_one_does() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let (_, account) = with_account(&app, &VERA).await;
        tell(&app, &account, Notice::StandardReached).await;
        let sql = "SELECT id FROM notice";
        let id: NoticeId =
            app.app.read(move |tx| Ok(tx.one(sql, &[], |row| row.get(0))?)).await.expect("an entry");
        let tasks: Vec<_> = (0..100)
            .map(|_| {
                let (app, account, id) = (app.app.clone(), account.clone(), id.clone());
                let ctx = app.job_ctx();
                tokio::spawn(async move {
                    app.write(move |tx| feed::mark_read(tx, &ctx, &account, &id)).await.expect("marked")
                })
            })
            .collect();
        let mut did = 0;
        for task in tasks {
            did += usize::from(task.await.expect("a task"));
        }
        assert_eq!((did, unread(&app, &account).await), (1, 0));
    })
    .await;
}

#[tokio::test]
async fn the_stream_says_changed_only_when_the_page_would_look_different() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let (mut vera, account) = with_account(&app, &VERA).await;
        app.run_jobs().await;
        let live = vera.get(FEED).await.data("data-live");
        let quiet = vera.get(&live).await;
        assert_eq!(quiet.header("content-type"), "text/event-stream");
        assert_eq!(quiet.header("cache-control"), "no-store");
        assert!(!quiet.body.contains("changed"), "{}", quiet.body);
        tell(&app, &account, Notice::StandardReached).await;
        let told = vera.get(&live).await;
        assert!(told.body.contains("event: changed") && !told.body.contains("реестр"), "{}", told.body);
        // A browser that comes back names what it saw, and is not told again.
        let mark = told.body.lines().find_map(|line| line.strip_prefix("id: ")).expect("a mark").to_owned();
        let headers = [("last-event-id", mark.as_str()), ("accept", "text/event-stream")];
        let again = vera.request(axum::http::Method::GET, &live, &headers, axum::body::Body::empty()).await;
        assert!(!again.body.contains("changed"), "{}", again.body);
        // What became of the message changes the page as well.
        app.run_jobs().await;
        let sent = vera.get(&vera_live(&live, &mark)).await;
        assert!(sent.body.contains("event: changed"), "{}", sent.body);
    })
    .await;
}

fn vera_live(live: &str, mark: &str) -> String {
    format!("{}?mark={mark}", live.split('?').next().unwrap_or_default())
}

#[tokio::test]
async fn a_stream_keeps_no_session_alive_and_ends_with_it() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let (mut vera, _) = with_account(&app, &VERA).await;
        let live = vera.get(FEED).await.data("data-live");
        let accept = [("accept", "text/event-stream")];
        for _ in 0..4 {
            app.advance(Span::minutes(9));
            let page = vera.request(axum::http::Method::GET, &live, &accept, axum::body::Body::empty()).await;
            let alive = page.status == StatusCode::OK;
            assert!(alive || page.status == StatusCode::SEE_OTHER, "{}", page.status);
        }
        // 36 minutes with nothing but the stream: the half hour of silence is over.
        assert_eq!(vera.get("/cabinet").await.status, StatusCode::SEE_OTHER);
    })
    .await;
}

#[tokio::test]
async fn who_opens_too_many_streams_is_told_to_come_later() {
    let app = TestApp::new(testkit::db::sqlite().await).await;
    let (mut vera, account) = with_account(&app, &VERA).await;
    let live = vera.get(FEED).await.data("data-live");
    let most = app.app.config().live.per_account;
    let held: Vec<_> = (0..most).map(|_| app.app.streams().watch(&account).expect("a place")).collect();
    let page = vera.get(&live).await;
    assert_eq!((page.status, page.header("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, "30"));
    drop(held);
    assert_eq!(vera.get(&live).await.status, StatusCode::OK);
}

#[tokio::test]
async fn settings_are_kept_and_what_is_wrong_is_said_at_its_field() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let (mut anna, account) = with_account(&app, &ANNA).await;
        let page = anna.get(SETTINGS).await;
        assert!(page.ticked("checks-email") && page.ticked("account-push"), "{}", page.text());
        assert!(!page.ticked("checks-sms") && !page.ticked("news-email"));
        assert!(!page.asks("security-email"), "safety has no switch");
        let wrong =
            [("checks-sms", "yes"), ("quiet", "yes"), ("from", "25:00"), ("until", "8"), ("zone", "x")];
        let page = anna.post(SETTINGS, &wrong).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        for field in ["from", "until", "zone"] {
            assert!(page.error_at(field).is_some(), "{field}: {}", page.text());
        }
        assert!(page.error_at("from").is_some_and(|words| words.contains("22:00")), "with an example");
        assert_eq!(page.value("from").as_deref(), Some("25:00"), "nothing typed is lost");
        assert!(page.ticked("checks-sms") && !page.ticked("checks-email"));
        let equal = [("quiet", "yes"), ("from", "08:00"), ("until", "8:00"), ("zone", "Europe/Moscow")];
        assert!(anna.post(SETTINGS, &equal).await.error_at("until").is_some());
        let good = [
            ("checks-sms", "yes"),
            ("news-email", "yes"),
            ("quiet", "yes"),
            ("from", "23:30"),
            ("until", "07:00"),
            ("zone", "Asia/Vladivostok"),
        ];
        let page = anna.send(SETTINGS, &good).await;
        assert!(page.says(&ru("notifications-flash-saved")), "{}", page.text());
        assert!(page.ticked("checks-sms") && page.ticked("news-email") && !page.ticked("checks-email"));
        assert_eq!(page.value("from").as_deref(), Some("23:30"));
        assert!(page.body.contains("value=\"Asia/Vladivostok\" selected"));
        let events = "SELECT COUNT(*) FROM journal WHERE event = 'notice_settings_changed'";
        assert_eq!(app.number(events, &[]).await, 1);
        anna.send(SETTINGS, &good).await;
        assert_eq!(app.number(events, &[]).await, 1, "the same again is no change");
        let stranger = anna.post(SETTINGS, &[("security-email", "")]).await;
        assert_eq!(stranger.status, StatusCode::BAD_REQUEST);
        // Nothing of it stands in the open.
        let sealed: Vec<u8> = app
            .app
            .read(move |tx| {
                let sql = "SELECT choices FROM notice_settings WHERE account_id = $1";
                Ok(tx.one(sql, params![&account], |row| row.get(0))?)
            })
            .await
            .expect("a row");
        assert!(!String::from_utf8_lossy(&sealed).contains("Vladivostok"));
    })
    .await;
}

#[tokio::test]
async fn the_copy_of_ones_data_has_the_feed_and_the_end_of_an_account_ends_it() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let (mut vera, account) = with_account(&app, &VERA).await;
        tell(&app, &account, Notice::StandardReached).await;
        vera.get(SETTINGS).await;
        vera.send(SETTINGS, &[("checks-email", "yes"), ("zone", "Europe/Moscow")]).await;
        let (ctx, id) = (app.app.job_ctx(), account.clone());
        let copy =
            app.app.read(move |tx| portal::closing::export::collect(tx, &ctx, &id)).await.expect("a copy");
        assert_eq!(copy["data"]["notice"][0]["kind"], "standard-reached", "{copy}");
        assert_eq!(copy["data"]["notice_settings"][0]["choices"]["on"][0][1], "email", "{copy}");
        let (ctx, settings) = (app.app.job_ctx(), app.app.config().closing.clone());
        let gone = account.clone();
        app.app
            .write(move |tx| portal::closing::start(tx, &ctx, &settings, &gone).map(drop))
            .await
            .expect("asked");
        app.advance(Span::days(400));
        app.run_jobs().await;
        assert_eq!((app.rows("notice").await, app.rows("notice_settings").await), (0, 0));
    })
    .await;
}

#[tokio::test]
async fn old_entries_go_after_four_hundred_days() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let (_, account) = with_account(&app, &VERA).await;
        let begun: Time = app.now();
        tell(&app, &account, Notice::StandardReached).await;
        app.advance(Span::days(399));
        app.run_jobs().await;
        assert_eq!(app.rows("notice").await, 1);
        app.advance(Span::days(2));
        tell(&app, &account, Notice::StandardReached).await;
        app.run_jobs().await;
        assert_eq!(app.rows("notice").await, 1, "since {begun:?}");
        let mut vera = app.browser();
        sign_in(&mut vera, VERA.phone, PASSWORD).await;
        assert!(vera.get(FEED).await.status == StatusCode::OK);
    })
    .await;
}
