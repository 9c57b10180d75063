//! By which way a notice goes, which stands in for it, when it waits, and what it may cost (spec 08).

use crate::notices::{FEED, SETTINGS, tell, with_account};
use crate::people::{ANNA, IGOR, VERA, words};
use gateway::SendOutcome;
use gateway::sms::DeliveryState;
use kernel::{Lang, Span};
use portal::limits::Limit;
use portal::notifications::Notice;
use testkit::app::{Browser, TestApp, config};
use testkit::db::{TestDb, each_engine};

/// What was sent, sorted: `sms:failed`. (The clock stands, so rows of one moment have no order.)
pub async fn ways(app: &TestApp) -> Vec<String> {
    let sql = "SELECT channel, state FROM message WHERE notice_id IS NOT NULL ORDER BY created_at, id";
    let read = app.app.read(move |tx| {
        Ok(tx.all(sql, &[], |row| Ok(format!("{}:{}", row.get::<String>(0)?, row.get::<String>(1)?)))?)
    });
    let mut found = read.await.expect("the database answers");
    found.sort();
    found
}

/// What was sent since `before` was asked.
pub async fn since(app: &TestApp, before: &[String]) -> Vec<String> {
    let mut found = ways(app).await;
    for known in before {
        if let Some(at) = found.iter().position(|way| way == known) {
            found.remove(at);
        }
    }
    found
}

/// Switches exactly these on.
async fn choose(browser: &mut Browser, on: &[&str]) {
    browser.get(SETTINGS).await;
    let mut fields: Vec<(&str, &str)> = on.iter().map(|name| (*name, "yes")).collect();
    fields.push(("zone", "Europe/Moscow"));
    let page = browser.send(SETTINGS, &fields).await;
    assert!(page.says(&words(Lang::Ru, "notifications-flash-saved")), "{}", page.text());
}

async fn quiet_app(db: TestDb) -> TestApp {
    let mut config = config();
    config.notifications.quiet_from = "22:00".into();
    config.notifications.quiet_until = "08:00".into();
    TestApp::with(db, 1, config).await
}

/// Moves the clock to this hour and minute in Moscow, today or tomorrow.
fn at_clock(app: &TestApp, hour: i64, minute: i64) {
    let day = Span::days(1).0;
    let wish = (Span::hours(hour).0 + Span::minutes(minute).0 - Span::hours(3).0).rem_euclid(day);
    let now = app.now().0.rem_euclid(day);
    app.advance(Span((wish - now).rem_euclid(day)));
}

#[tokio::test]
async fn who_has_not_chosen_is_told_by_what_they_have() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let (_, vera) = with_account(&app, &VERA).await;
        tell(&app, &vera, Notice::ProfileDoubted).await;
        app.run_jobs().await;
        assert_eq!(ways(&app).await, ["sms:sent"], "a phone alone");
        assert!(app.last_sms(VERA.phone).expect("a text").contains("расхождение"));
        let (_, anna) = with_account(&app, &ANNA).await;
        tell(&app, &anna, Notice::ProfileDoubted).await;
        app.run_jobs().await;
        assert_eq!(ways(&app).await, ["email:sent", "sms:sent"], "the letter is enough");
        let letter = app.last_mail(ANNA.email).await.expect("a letter");
        assert!(letter.text.contains("/cabinet/profile") && !letter.text.contains("/n/"), "{}", letter.text);
        assert!(letter.text.contains("можно выбрать в кабинете"), "{}", letter.text);
    })
    .await;
}

#[tokio::test]
async fn what_is_switched_off_stays_in_the_cabinet_and_safety_never_does() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let (mut anna, account) = with_account(&app, &ANNA).await;
        choose(&mut anna, &[]).await;
        tell(&app, &account, Notice::ProfileDoubted).await;
        app.run_jobs().await;
        assert!(ways(&app).await.is_empty());
        assert!(anna.get(FEED).await.says(&words(Lang::Ru, "notice-profile-doubted-subject")));
        tell(&app, &account, Notice::PasswordChanged).await;
        app.run_jobs().await;
        assert_eq!(ways(&app).await, ["email:sent", "sms:sent"], "by every contact at once");
        let page = anna.get(FEED).await;
        assert!(page.says("СМС: отправлено") && page.says("Эл. почта: отправлено"), "{}", page.text());
    })
    .await;
}

#[tokio::test]
async fn a_way_that_fails_gives_way_to_the_next_and_none_is_taken_twice() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let (mut anna, account) = with_account(&app, &ANNA).await;
        choose(&mut anna, &["checks-email", "checks-sms"]).await;
        app.world.sms.plan(SendOutcome::permanent("no such number"));
        app.world.voice.plan(SendOutcome::permanent("cannot be called"));
        tell(&app, &account, Notice::ProfileStuck).await;
        app.run_jobs().await;
        assert_eq!(ways(&app).await, ["call:failed", "email:sent", "sms:failed"]);
        assert!(anna.get(FEED).await.says("Звонок: не доставлено"));
        app.advance(Span::hours(30));
        app.run_jobs().await;
        assert_eq!(ways(&app).await.len(), 3);
        // Nothing is left to be tried: the cabinet has it, and the jobs end.
        for _ in 0..2 {
            app.world.sms.plan(SendOutcome::permanent("no"));
            app.world.voice.plan(SendOutcome::permanent("no"));
        }
        app.world.mail.plan(SendOutcome::permanent("no such mailbox"));
        tell(&app, &account, Notice::ProfileStuck).await;
        app.run_jobs().await;
        assert_eq!(ways(&app).await.len(), 6);
        let left = "SELECT COUNT(*) FROM job WHERE state = 'waiting' AND kind = 'notice.deliver'";
        assert_eq!(app.number(left, &[]).await, 0);
    })
    .await;
}

#[tokio::test]
async fn receipts_decide_whether_a_text_arrived() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let (mut anna, account) = with_account(&app, &ANNA).await;
        choose(&mut anna, &["checks-email", "checks-sms"]).await;
        // Delivered: nothing else goes out, however long one waits.
        tell(&app, &account, Notice::ProfileStuck).await;
        app.run_jobs().await;
        receipt(&app, "delivered", DeliveryState::Delivered).await;
        app.advance(Span::hours(3));
        app.run_jobs().await;
        assert_eq!(ways(&app).await, ["sms:delivered"]);
        // No receipt within the wait: a call.
        tell(&app, &account, Notice::ProfileStuck).await;
        app.run_jobs().await;
        app.advance(Span::minutes(59));
        app.run_jobs().await;
        assert_eq!(ways(&app).await.len(), 2);
        app.advance(Span::minutes(2));
        app.run_jobs().await;
        assert_eq!(ways(&app).await, ["call:sent", "sms:delivered", "sms:sent"]);
        let before = ways(&app).await;
        // A receipt that says no: at once.
        tell(&app, &account, Notice::ProfileStuck).await;
        app.run_jobs().await;
        receipt(&app, "failed", DeliveryState::Failed { reason: "absent".into() }).await;
        app.run_jobs().await;
        assert_eq!(since(&app, &before).await, ["call:sent", "sms:failed"]);
    })
    .await;
}

/// A receipt for the newest text comes and is written down.
async fn receipt(app: &TestApp, state: &'static str, told: DeliveryState) {
    let newest = app.world.sms.accepted().pop().expect("a text");
    app.world.sms.receive(&format!("mem-{}", newest.id), told);
    let id = newest.id.clone();
    // The state is waited for, not the time.
    for _ in 0..10_000 {
        let params = [id.clone().into(), state.into()];
        if app.number("SELECT COUNT(*) FROM message WHERE id = $1 AND state = $2", &params).await == 1 {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("the receipt was not written down");
}

#[tokio::test]
async fn a_failed_text_about_safety_is_read_out_unless_another_contact_was_told() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let (_, vera) = with_account(&app, &VERA).await;
        app.world.sms.plan(SendOutcome::permanent("no such number"));
        tell(&app, &vera, Notice::PasswordChanged).await;
        app.run_jobs().await;
        assert_eq!(ways(&app).await, ["call:sent", "sms:failed"]);
        let call = app.world.voice.accepted().pop().expect("a call");
        assert!(call.text.contains("пароль") && !call.text.contains("http"), "{}", call.text);
        let (_, anna) = with_account(&app, &ANNA).await;
        app.world.sms.plan(SendOutcome::permanent("no such number"));
        tell(&app, &anna, Notice::PasswordChanged).await;
        app.run_jobs().await;
        assert_eq!(app.world.voice.accepted().len(), 1, "the letter reached her");
        // A receipt that never comes calls nobody at night.
        tell(&app, &vera, Notice::PasswordChanged).await;
        app.run_jobs().await;
        app.advance(Span::hours(5));
        app.run_jobs().await;
        assert_eq!(app.world.voice.accepted().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn quiet_hours_hold_back_everything_but_safety() {
    each_engine(|db| async {
        let app = quiet_app(db).await;
        let (mut igor, account) = with_account(&app, &IGOR).await;
        app.run_jobs().await;
        at_clock(&app, 21, 59);
        tell(&app, &account, Notice::StandardReached).await;
        app.run_jobs().await;
        assert_eq!(ways(&app).await, ["email:sent"], "a minute before");
        at_clock(&app, 22, 0);
        tell(&app, &account, Notice::ProfileDoubted).await;
        tell(&app, &account, Notice::SecondFailed).await;
        app.run_jobs().await;
        assert_eq!(ways(&app).await.len(), 2, "only the one about safety");
        at_clock(&app, 7, 59);
        app.run_jobs().await;
        assert_eq!(ways(&app).await.len(), 2);
        at_clock(&app, 8, 0);
        app.run_jobs().await;
        assert_eq!(ways(&app).await, ["email:sent"; 3]);
        let letter = app.last_mail(IGOR.email).await.expect("a letter");
        assert!(letter.text.contains("22:00"), "it tells when it happened: {}", letter.text);
        // Somebody in Vladivostok sleeps when Moscow works.
        crate::people::sign_in(&mut igor, IGOR.email, crate::people::PASSWORD).await;
        app.run_jobs().await;
        let before = ways(&app).await.len();
        igor.get(SETTINGS).await;
        let fields = [
            ("checks-email", "yes"),
            ("quiet", "yes"),
            ("from", "22:00"),
            ("until", "08:00"),
            ("zone", "Asia/Vladivostok"),
        ];
        igor.send(SETTINGS, &fields).await;
        at_clock(&app, 16, 0);
        tell(&app, &account, Notice::ProfileDoubted).await;
        app.run_jobs().await;
        assert_eq!(ways(&app).await.len(), before);
        at_clock(&app, 1, 0);
        app.run_jobs().await;
        assert_eq!(ways(&app).await.len(), before + 1);
    })
    .await;
}

#[tokio::test]
async fn texts_have_an_allowance_and_safety_waits_for_it_instead_of_being_lost() {
    each_engine(|db| async {
        let mut config = config();
        config.notifications.sms_per_person = Limit::new(2, 86_400);
        let app = TestApp::with(db, 1, config).await;
        let (mut anna, account) = with_account(&app, &ANNA).await;
        choose(&mut anna, &["checks-email", "checks-sms"]).await;
        for _ in 0..3 {
            tell(&app, &account, Notice::ProfileStuck).await;
            app.run_jobs().await;
        }
        // The third text is refused, and so is the call that would stand in: the letter goes out.
        assert_eq!(ways(&app).await, ["call:failed", "email:sent", "sms:failed", "sms:sent", "sms:sent"]);
        let spent = app.again_with(|config| config.codes.sms_per_prefix = Limit::new(1, 3_600)).await;
        tell(&spent, &account, Notice::PasswordChanged).await;
        spent.run_jobs().await;
        let texts = app.world.sms.accepted().len();
        assert!(ways(&app).await.contains(&"sms:queued".to_owned()), "{:?}", ways(&app).await);
        app.advance(Span::minutes(61));
        spent.run_jobs().await;
        assert_eq!(app.world.sms.accepted().len(), texts + 1, "it left when the window was over");
        // Numbers of other countries get none at all.
        let closed = app.again_with(|config| config.codes.sms_prefixes = vec!["+375".into()]).await;
        tell(&closed, &account, Notice::ProfileStuck).await;
        closed.run_jobs().await;
        assert_eq!(app.world.sms.accepted().len(), texts + 1);
    })
    .await;
}

#[tokio::test]
async fn a_job_that_comes_twice_sends_nothing_twice() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let (_, anna) = with_account(&app, &ANNA).await;
        tell(&app, &anna, Notice::ProfileStuck).await;
        tell(&app, &anna, Notice::PasswordChanged).await;
        let sql = "SELECT id FROM notice";
        let ids: Vec<portal::notifications::NoticeId> =
            app.app.read(move |tx| Ok(tx.all(sql, &[], |row| row.get(0))?)).await.expect("notices");
        let tasks: Vec<_> = (0..40)
            .map(|number| {
                let (app, id) = (app.app.clone(), ids[number % ids.len()].clone());
                tokio::spawn(async move {
                    let (ctx, config) = (app.job_ctx(), app.config_arc());
                    let gates = portal::notifications::delivery::Gates::of(&app);
                    let step = app.write(move |tx| {
                        portal::notifications::delivery::advance(tx, &ctx, &config, gates, &id)
                    });
                    step.await.expect("a step");
                })
            })
            .collect();
        for task in tasks {
            task.await.expect("a task");
        }
        app.run_jobs().await;
        assert_eq!(ways(&app).await, ["email:sent", "email:sent", "sms:sent"]);
    })
    .await;
}
