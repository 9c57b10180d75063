//! How a level is kept, lost and got again: events of registers, rechecks, corrections (spec 02 §1, §3).

use crate::checks::fill_in;
use crate::people::{PASSWORD, VERA, registered, sign_in, words};
use crate::profile::PROFILE;
use gateway::register::webhook::{Event, Happened, Subject};
use gateway::register::{Answer, Asked, Field, InvalidReason, NotKnown, Register};
use kernel::ids::PassportRf;
use kernel::{Date, Lang, Snils, Span};
use portal::web::texts;
use testkit::app::{Browser, Page, TestApp};
use testkit::db::each_engine;

pub const SEND: &str = "/cabinet/profile/send";
pub const SNILS: &str = "112-233-445 95";
const PASSPORT: &str = "2811 123456";
const DOCUMENT: &str = "/cabinet/profile/section/document";

/// Somebody who is standard already, and their browser.
pub async fn standard(app: &TestApp) -> Browser {
    let mut browser = registered(app, &VERA).await;
    fill_in(&mut browser, SNILS).await;
    send(app, &mut browser).await;
    assert_eq!(level(app, "standard").await, 1);
    browser
}

pub async fn send(app: &TestApp, browser: &mut Browser) -> Page {
    // The page shows the newest sending; no two are of one moment.
    app.advance(Span::seconds(1));
    browser.get(PROFILE).await;
    browser.send(SEND, &[]).await;
    app.run_jobs().await;
    browser.get(PROFILE).await
}

pub async fn level(app: &TestApp, level: &'static str) -> i64 {
    app.number("SELECT COUNT(*) FROM account WHERE level = $1", &[level.into()]).await
}

/// How many events of a word the journal has.
pub async fn events(app: &TestApp, word: &'static str) -> i64 {
    app.number("SELECT COUNT(*) FROM journal WHERE event = $1", &[word.into()]).await
}

pub fn of_passport(id: &str, reason: InvalidReason) -> Event {
    Event {
        id: id.into(),
        happened: Happened::DocumentInvalid(reason),
        subject: Subject { snils: None, passport: PassportRf::parse(PASSPORT).ok(), inn: None },
        on: None,
    }
}

pub fn of_person(id: &str, happened: Happened) -> Event {
    let subject = Subject { snils: Snils::parse(SNILS).ok(), passport: None, inn: None };
    Event { id: id.into(), happened, subject, on: None }
}

/// Tells the portal; how many accounts that changed.
pub async fn tell(app: &TestApp, register: Register, event: Event) -> usize {
    let (ctx, config) = (app.app.job_ctx(), app.app.config_arc());
    app.advance(Span::seconds(1));
    let told = move |tx: &mut store::Tx<'_>| portal::checks::take_event(tx, &ctx, &config, register, &event);
    let changed = app.app.write(told).await.expect("the storage answers");
    changed.iter().for_each(|account| app.app.sessions().forget(account));
    app.run_jobs().await;
    changed.len()
}

/// Texts of a kind that were sent to Vera.
pub fn sms_about(app: &TestApp, part: &str) -> usize {
    app.world.sms.accepted().iter().filter(|sms| sms.to == VERA.phone && sms.text.contains(part)).count()
}

/// Goes on by days, as a worker that looks often would.
pub async fn days(app: &TestApp, days: i64) {
    for _ in 0..days {
        app.advance(Span::days(1));
        app.run_jobs().await;
    }
}

/// Goes on by so many days at once.
async fn later(app: &TestApp, days: i64) {
    app.advance(Span::days(days));
    app.run_jobs().await;
}

pub async fn again(app: &TestApp) -> Browser {
    let mut browser = app.browser();
    sign_in(&mut browser, VERA.phone, PASSWORD).await;
    browser
}

#[tokio::test]
async fn an_invalid_passport_lowers_the_level_once_and_loses_nothing() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = standard(&app).await;
        let stolen = of_passport("e-1", InvalidReason::Stolen);
        assert_eq!(tell(&app, Register::Interior, stolen.clone()).await, 1);
        assert_eq!((level(&app, "standard").await, app.rows("evidence").await), (0, 1));
        assert_eq!(tell(&app, Register::Interior, stolen).await, 0, "told twice");
        assert_eq!(sms_about(&app, "паспорт недействителен"), 1);
        for (word, count) in
            [("register_told", 1), ("evidence_ended", 1), ("level_lowered", 1), ("level_raised", 1)]
        {
            assert_eq!(events(&app, word).await, count, "{word}");
        }
        let home = browser.get("/cabinet").await;
        assert!(home.says(&words(Lang::Ru, "checks-need-ended")), "{}", home.text());
        let page = browser.get(PROFILE).await;
        assert!(page.says("Лодкина") && page.says(&words(Lang::Ru, "checks-send")), "{}", page.text());
        // The SNILS still signs in, and no other account can take it.
        let mut by_snils = app.browser();
        assert_eq!(sign_in(&mut by_snils, SNILS, PASSWORD).await.location(), Some("/cabinet"));
        // A new passport leads back up; the old one's events are nobody's then.
        browser.get(DOCUMENT).await;
        let new = [
            ("document_kind", "passport_rf"),
            ("document_number", "2812 654321"),
            ("issued_on", "20.01.2026"),
            ("issued_by", "ОВД"),
            ("division", "690-001"),
        ];
        assert_eq!(browser.send(DOCUMENT, &new).await.path, PROFILE);
        send(&app, &mut browser).await;
        assert_eq!(level(&app, "standard").await, 1);
        assert_eq!(tell(&app, Register::Interior, of_passport("e-2", InvalidReason::Lost)).await, 0);
        assert_eq!(level(&app, "standard").await, 1, "the event came after its passport was replaced");
    })
    .await;
}

#[tokio::test]
async fn an_event_of_nobody_here_changes_nothing_and_is_not_kept() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        standard(&app).await;
        let mut stranger = of_person("e-1", Happened::Death);
        stranger.subject.snils = Snils::parse("861-552-684 26").ok();
        assert_eq!(tell(&app, Register::Pension, stranger).await, 0);
        assert_eq!((app.rows("register_event").await, level(&app, "standard").await), (0, 1));
        assert_eq!(events(&app, "register_told").await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_death_lowers_the_level_ends_every_session_and_a_wrong_record_can_be_mended() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = standard(&app).await;
        assert_eq!(tell(&app, Register::Pension, of_person("e-1", Happened::Death)).await, 1);
        assert_eq!((level(&app, "standard").await, app.rows("evidence").await), (0, 0));
        assert!(browser.get("/cabinet").await.location().is_some(), "whoever was signed in is not any more");
        assert_eq!(sms_about(&app, "о смерти владельца"), 1);
        let mut browser = again(&app).await;
        send(&app, &mut browser).await;
        assert_eq!(level(&app, "standard").await, 1, "the registers know the person again");
    })
    .await;
}

#[tokio::test]
async fn an_event_older_than_the_last_confirmation_is_asked_about_and_not_believed() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        standard(&app).await;
        let mut old = of_passport("e-1", InvalidReason::DeclaredInvalid);
        old.on = Date::new(2020, 1, 1).ok();
        assert_eq!(tell(&app, Register::Interior, old).await, 1);
        assert_eq!((level(&app, "standard").await, events(&app, "recheck_begun").await), (1, 1));
        assert_eq!(events(&app, "level_lowered").await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_change_of_name_is_asked_about_at_once_and_lowers_only_when_doubted() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = standard(&app).await;
        let (sms, worked) = (app.world.sms.accepted().len(), app.world.registers[0].worked());
        assert_eq!(tell(&app, Register::Tax, of_person("e-1", Happened::NameChange)).await, 1);
        assert_eq!(app.world.registers[0].worked(), worked + 1, "asked anew, with a new request");
        assert_eq!((level(&app, "standard").await, app.world.sms.accepted().len()), (1, sms), "silently");
        let fields = vec![Field::Surname];
        app.world.registers[0].plan(Asked::Answered(Answer::Mismatch { fields }));
        let replaced = of_passport("e-2", InvalidReason::Replaced);
        assert_eq!(tell(&app, Register::Interior, replaced).await, 1);
        assert_eq!((level(&app, "standard").await, app.rows("evidence").await), (0, 1));
        assert_eq!(sms_about(&app, texts::text(Lang::Ru, "registration-surname")), 1, "the field is named");
        let page = browser.get(PROFILE).await;
        assert!(page.says(&words(Lang::Ru, "checks-mend")), "{}", page.text());
        send(&app, &mut browser).await;
        assert_eq!(level(&app, "standard").await, 1);
    })
    .await;
}

#[tokio::test]
async fn an_event_about_what_is_being_checked_is_stronger_than_an_answer_before_it() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = registered(&app, &VERA).await;
        fill_in(&mut browser, SNILS).await;
        app.world.registers[0].set_down(Some("away"));
        send(&app, &mut browser).await;
        let lost = of_passport("e-1", InvalidReason::Lost);
        assert_eq!(tell(&app, Register::Interior, lost).await, 1);
        app.world.registers[0].set_down(None);
        days(&app, 1).await;
        assert_eq!(level(&app, "standard").await, 0, "the passport was valid when it was asked about");
        let page = again(&app).await.get(PROFILE).await;
        assert!(page.says(&words(Lang::Ru, "checks-mend")), "{}", page.text());
        assert_eq!(sms_about(&app, "расхождение"), 1);
    })
    .await;
}

#[tokio::test]
async fn a_change_of_name_while_a_sending_runs_is_asked_about_afterwards() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = registered(&app, &VERA).await;
        fill_in(&mut browser, SNILS).await;
        app.world.registers[0].set_down(Some("away"));
        send(&app, &mut browser).await;
        assert_eq!(tell(&app, Register::Tax, of_person("e-1", Happened::NameChange)).await, 1);
        app.world.registers[0].set_down(None);
        days(&app, 1).await;
        assert_eq!((level(&app, "standard").await, events(&app, "recheck_begun").await), (1, 1));
    })
    .await;
}

#[tokio::test]
async fn after_ninety_days_the_registers_are_asked_again_silently() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        standard(&app).await;
        let (sms, worked) = (app.world.sms.accepted().len(), app.world.registers[1].worked());
        later(&app, 80).await;
        assert_eq!(app.world.registers[1].worked(), worked, "not before 81 days");
        days(&app, 11).await;
        assert_eq!((app.world.registers[1].worked(), app.world.registers[2].worked()), (worked + 1, 1));
        assert_eq!((level(&app, "standard").await, app.world.sms.accepted().len()), (1, sms));
        let late =
            "SELECT COUNT(*) FROM evidence WHERE checked_at > at AND recheck_at > checked_at AND silent = 0";
        assert_eq!(app.number(late, &[]).await, 2, "confirmed anew, held since long");
        later(&app, 90).await;
        assert_eq!(app.world.registers[1].worked(), worked + 2);
        let page = again(&app).await.get(PROFILE).await;
        assert!(page.says(&words(Lang::Ru, "checks-evidence")), "{}", page.text());
    })
    .await;
}

#[tokio::test]
async fn a_recheck_that_nobody_answers_keeps_the_level_and_comes_back_more_and_more_seldom() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        standard(&app).await;
        later(&app, 80).await;
        app.world.registers[1].set_down(Some("away"));
        let sms = app.world.sms.accepted().len();
        days(&app, 11 + 11 + 8 + 11).await;
        assert_eq!(level(&app, "standard").await, 1);
        assert_eq!(app.number("SELECT silent FROM evidence WHERE kind = 'passport'", &[]).await, 2);
        assert_eq!(app.world.sms.accepted().len(), sms, "nobody is bothered");
        app.world.registers[1].set_down(None);
        app.world.registers[1].plan(Asked::Answered(Answer::Unclear { reason: NotKnown::UnderCorrection }));
        // When rechecks come is spread by chance, so the state is waited for: 30 days may hold one or two of them.
        let silent = "SELECT silent FROM evidence WHERE kind = 'passport'";
        for _ in 0..30 {
            if app.number(silent, &[]).await == 3 {
                break;
            }
            days(&app, 1).await;
        }
        assert_eq!((level(&app, "standard").await, app.world.sms.accepted().len()), (1, sms));
        assert_eq!(app.number(silent, &[]).await, 3);
        later(&app, 60).await;
        assert_eq!(app.number("SELECT silent FROM evidence WHERE kind = 'passport'", &[]).await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_recheck_that_is_doubted_lowers_the_level_and_names_the_field() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        standard(&app).await;
        later(&app, 80).await;
        app.world.registers[1].plan(Asked::Answered(Answer::Invalid { reason: InvalidReason::Expired }));
        days(&app, 11).await;
        assert_eq!((level(&app, "standard").await, app.rows("evidence").await), (0, 1));
        assert_eq!(sms_about(&app, texts::text(Lang::Ru, "profile-document-number")), 1);
        let mut browser = again(&app).await;
        let page = browser.get(PROFILE).await;
        assert!(
            page.body.contains(DOCUMENT) && page.says(&words(Lang::Ru, "checks-mend")),
            "{}",
            page.text()
        );
        // The SNILS alone is asked about while the passport is missing.
        let worked = app.world.registers[1].worked();
        later(&app, 95).await;
        assert_eq!(app.world.registers[1].worked(), worked);
        assert_eq!(level(&app, "standard").await, 0);
    })
    .await;
}

#[tokio::test]
async fn after_the_erasure_an_event_and_a_recheck_find_nobody() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = standard(&app).await;
        app.world.registers[0].set_down(Some("away"));
        assert_eq!(tell(&app, Register::Tax, of_person("e-1", Happened::NameChange)).await, 1);
        crate::closing::delete(&app, &mut browser, &VERA).await;
        days(&app, 40).await;
        assert_eq!(app.number("SELECT COUNT(*) FROM account WHERE status = 'erased'", &[]).await, 1);
        for table in ["evidence", "register_subject", "sending", "register_check"] {
            assert_eq!(app.rows(table).await, 0, "{table}");
        }
        assert_eq!(tell(&app, Register::Pension, of_person("e-2", Happened::Death)).await, 0);
        assert_eq!(app.number("SELECT COUNT(*) FROM job WHERE state = 'dead'", &[]).await, 0);
    })
    .await;
}

#[tokio::test]
async fn the_cabinet_shows_the_ladder_with_what_the_level_stands_on() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = registered(&app, &VERA).await;
        fill_in(&mut browser, SNILS).await;
        assert!(!browser.get("/cabinet").await.body.contains("data-live"), "nothing is under way");
        app.world.registers[0].set_down(Some("away"));
        send(&app, &mut browser).await;
        let home = browser.get("/cabinet").await;
        assert!(home.says("готово 2 из 3"), "{}", home.text());
        assert!(home.body.contains("data-live=\"/cabinet/profile/live?mark="));
        assert!(home.says(&words(Lang::Ru, "checks-task")));
        app.world.registers[0].set_down(None);
        app.advance(Span::minutes(5));
        app.run_jobs().await;
        let home = browser.get("/cabinet").await;
        assert!(home.says("Подтвердили реестры"), "{}", home.text());
        assert!(!home.body.contains("data-live"));
    })
    .await;
}
