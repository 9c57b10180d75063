//! The review by staff (spec 02 §4): who looks at what, what comes of it, and what nobody may learn or do.

use crate::checks::fill_in;
use crate::documents;
use crate::journal_coverage::Ledger;
use crate::people::{ANNA, PASSWORD, Person, VERA, registered, sign_in, words};
use crate::profile::{CITIZEN, PERSONAL, PROFILE};
use crate::staff::{at_desk, enter, join, portal};
use axum::http::StatusCode;
use gateway::register::{Answer, Asked, NotKnown};
use kernel::{Lang, Span};
use portal::staff::Role;
use testkit::app::{Browser, Page, TestApp};
use testkit::db::each_engine;

pub const MINE: &str = "/cabinet/review";
pub const SNILS: &str = "112-233-445 95";
pub const MAIN: &str = "/cabinet/documents/slot/main";
/// Values of a citizen that the passport register leaves open.
pub const OPEN: [&str; 4] = ["document_number", "issued_on", "issued_by", "division"];

pub const ULYANA: Person =
    Person {
        surname: "Бакенщикова", first_name: "Ульяна", phone: "+79265550021", email: ""
    };
pub const TIMUR: Person =
    Person { surname: "Швартов", first_name: "Тимур", phone: "+79265550022", email: "" };
pub const OLEG: Person =
    Person { surname: "Рындин", first_name: "Олег", phone: "+79265550023", email: "" };

pub fn says(page: &Page, key: &'static str) -> bool {
    page.says(&words(Lang::Ru, key))
}

pub async fn upload(browser: &mut Browser, app: &TestApp, file: &[u8]) {
    documents::send(browser, MAIN, "паспорт.jpg", file).await;
    app.run_jobs().await;
}

/// A person whose passport a register cannot decide about.
pub async fn stuck(app: &TestApp, person: &Person) -> Browser {
    let mut browser = registered(app, person).await;
    fill_in(&mut browser, SNILS).await;
    send_unclear(app, &mut browser).await;
    browser
}

pub async fn send_unclear(app: &TestApp, browser: &mut Browser) {
    app.world.registers[1].plan(Asked::Answered(Answer::Unclear { reason: NotKnown::SeveralRecords }));
    browser.get(PROFILE).await;
    browser.send("/cabinet/profile/send", &[]).await;
    app.run_jobs().await;
}

/// The same with a scan, before the eyes of staff.
pub async fn waiting(app: &TestApp) -> Browser {
    let mut browser = registered(app, &VERA).await;
    upload(&mut browser, app, documents::good()).await;
    fill_in(&mut browser, SNILS).await;
    send_unclear(app, &mut browser).await;
    assert_eq!(cases(app, "waiting").await, 1);
    browser
}

pub async fn cases(app: &TestApp, state: &'static str) -> i64 {
    app.number("SELECT COUNT(*) FROM review_case WHERE state = $1", &[state.into()]).await
}

pub async fn standard(app: &TestApp) -> i64 {
    app.number("SELECT COUNT(*) FROM account WHERE level = 'standard'", &[]).await
}

pub async fn reviewer(app: &TestApp, person: &Person) -> Browser {
    at_desk(app, person, Role::Reviewer).await
}

/// Takes the next case; the browser is at its page.
pub async fn take(browser: &mut Browser) -> Page {
    browser.get("/review").await;
    let page = browser.send("/review/next", &[]).await;
    assert!(page.path.starts_with("/review/rev_"), "{} {}", page.path, page.text());
    page
}

pub fn seen(fields: &[&str], how: &str) -> Vec<(String, String)> {
    fields.iter().map(|field| (format!("seen-{field}"), how.to_owned())).collect()
}

/// Sends the decision from a case's page.
pub async fn decide(
    browser: &mut Browser,
    case: &str,
    fields: &[(String, String)],
    more: &[(&str, &str)],
) -> Page {
    let mut all: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    all.extend_from_slice(more);
    browser.send(&format!("{case}/decide"), &all).await
}

#[tokio::test]
async fn what_a_register_could_not_decide_a_reviewer_confirms() {
    each_engine(|db| async {
        let app = portal(db).await;
        let mut person = waiting(&app).await;
        let mut staff = reviewer(&app, &ULYANA).await;
        let queue = staff.get("/review").await;
        assert!(says(&queue, "review-doubt-unclear") && !queue.says("Лодкина"), "{}", queue.text());
        let page = take(&mut staff).await;
        let case = page.path.clone();
        for shown in ["Лодкина", "2811 123456", "20.01.2005", "690-001", "112-233-445 95"] {
            assert!(page.says(shown), "{shown}: {}", page.text());
        }
        // The person reads who looked, before anything is decided.
        let journal = person.get("/cabinet/security/journal").await;
        assert!(
            says(&journal, "audit-event-viewed-by-staff") && journal.says("Ульяна Б."),
            "{}",
            journal.text()
        );
        assert!(says(&journal, "audit-how-review"));
        let mine = person.get(MINE).await;
        assert!(says(&mine, "review-mine-title") && mine.says("сверит данные"), "{}", mine.text());
        assert!(person.get("/cabinet").await.says(&words(Lang::Ru, "review-task")));
        // Values that a register vouches for need no mark.
        let page = decide(&mut staff, &case, &seen(&OPEN, "same"), &[("act", "confirm")]).await;
        assert!(page.path == "/review" && says(&page, "review-flash-decided"), "{}", page.text());
        assert_eq!((standard(&app).await, cases(&app, "confirmed").await), (1, 1));
        assert_eq!(staff.get(&case).await.status, StatusCode::NOT_FOUND, "nobody looks any more");
        let profile = person.get(PROFILE).await;
        assert!(says(&profile, "profile-origin-operator") && says(&profile, "profile-origin-register"));
        assert!(says(&person.get(MINE).await, "review-mine-confirmed"));
        assert!(says(&person.get("/cabinet/security/journal").await, "audit-event-level-raised"));
        app.run_jobs().await;
        assert!(app.last_sms(VERA.phone).expect("a text").contains("стандартная"));
        let mut by_snils = app.browser();
        assert_eq!(sign_in(&mut by_snils, SNILS, PASSWORD).await.location(), Some("/cabinet"));
    })
    .await;
}

#[tokio::test]
async fn without_a_scan_the_person_is_asked_and_the_clock_stands_still() {
    each_engine(|db| async {
        let app = portal(db).await;
        let mut person = stuck(&app, &VERA).await;
        assert_eq!((cases(&app, "asked").await, cases(&app, "waiting").await), (1, 0));
        assert!(says(&person.get(PROFILE).await, "checks-review-go"));
        let mine = person.get(MINE).await;
        assert!(mine.says("Нужен снимок") && mine.says("/cabinet/documents"), "{}", mine.text());
        assert!(says(&person.get("/cabinet").await, "review-need-scan"));
        app.advance(Span::hours(40));
        let mut person = app.browser();
        sign_in(&mut person, VERA.phone, PASSWORD).await;
        upload(&mut person, &app, documents::good()).await;
        assert_eq!(cases(&app, "waiting").await, 1, "it goes on by itself");
        let left = "SELECT due_at - $1 FROM review_case";
        let hours = app.number(left, &[app.now().0.into()]).await / Span::hours(1).0;
        assert!((71..=72).contains(&hours), "{hours} hours are left");
        let mut staff = reviewer(&app, &ULYANA).await;
        take(&mut staff).await;
    })
    .await;
}

#[tokio::test]
async fn a_better_scan_is_asked_for_in_words_and_opinions_about_the_old_one_are_gone() {
    each_engine(|db| async {
        let app = portal(db).await;
        let mut person = waiting(&app).await;
        let mut staff = reviewer(&app, &ULYANA).await;
        let case = take(&mut staff).await.path;
        let page = decide(&mut staff, &case, &[], &[("act", "ask"), ("words", "Страница 5")]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.error_at("slot").is_some() && page.error_at("flaw").is_some(), "{}", page.text());
        assert!(page.says("Страница 5"), "what was written stays");
        let how =
            [("act", "ask"), ("slot", "main"), ("flaw", "cut"), ("words", "Страница 5 целиком, пожалуйста")];
        let page = decide(&mut staff, &case, &[], &how).await;
        assert!(says(&page, "review-flash-asked"), "{}", page.text());
        assert_eq!(cases(&app, "asked").await, 1);
        let mine = person.get(MINE).await;
        assert!(says(&mine, "review-flaw-cut") && mine.says("Страница 5 целиком"), "{}", mine.text());
        assert!(says(&person.get("/cabinet/security/journal").await, "audit-event-scan-asked"));
        app.run_jobs().await;
        assert!(app.last_sms(VERA.phone).expect("a text").contains("другой снимок"));
        // Another document is no answer.
        documents::send(&mut person, "/cabinet/documents/slot/other", "x.jpg", &documents::page_of(7.0))
            .await;
        app.run_jobs().await;
        assert_eq!(cases(&app, "asked").await, 1);
        upload(&mut person, &app, &documents::page_of(9.0)).await;
        assert_eq!(cases(&app, "waiting").await, 1);
        let case = take(&mut staff).await.path;
        let page = decide(&mut staff, &case, &seen(&OPEN, "same"), &[("act", "confirm")]).await;
        assert!(says(&page, "review-flash-decided"), "{}", page.text());
        assert_eq!(standard(&app).await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_difference_is_named_to_the_person_who_corrects_it_and_sends_again() {
    each_engine(|db| async {
        let app = portal(db).await;
        let mut person = waiting(&app).await;
        let mut staff = reviewer(&app, &ULYANA).await;
        let case = take(&mut staff).await.path;
        let mut found = seen(&OPEN[1..], "same");
        found.extend(seen(&OPEN[..1], "differs"));
        // To confirm what differs is no decision.
        let page = decide(&mut staff, &case, &found, &[("act", "confirm")]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.says("id=\"seen-document_number-error\""), "{}", page.body);
        let how = [("act", "refuse"), ("reason", "differs"), ("words", "Номер заканчивается на 7")];
        decide(&mut staff, &case, &found, &how).await;
        assert_eq!((standard(&app).await, cases(&app, "refused").await), (0, 1));
        let mine = person.get(MINE).await;
        assert!(says(&mine, "review-reason-differs") && mine.says("Номер заканчивается на 7"));
        assert!(mine.says("/cabinet/profile/section/document"), "{}", mine.text());
        let profile = person.get(PROFILE).await;
        assert!(says(&profile, "checks-mend") && says(&profile, "checks-send"), "{}", profile.text());
        app.run_jobs().await;
        assert!(app.last_sms(VERA.phone).expect("a text").contains("не получилось"));
        person.send("/cabinet/profile/send", &[]).await;
        app.run_jobs().await;
        assert_eq!(standard(&app).await, 1, "this time the register knows it");
    })
    .await;
}

async fn foreigner(app: &TestApp) -> Browser {
    let mut browser = registered(app, &ANNA).await;
    upload(&mut browser, app, documents::good()).await;
    let document = "/cabinet/profile/section/document";
    browser.get(document).await;
    let passport = [
        ("document_kind", "foreign_passport"),
        ("document_number", "FA 1234567"),
        ("issued_on", "20.01.2020"),
        ("issued_by", "Ministry of Interior"),
        ("division", ""),
        ("valid_until", "19.01.2030"),
    ];
    browser.send(document, &passport).await;
    browser.get(PERSONAL).await;
    let own =
        [("surname", "Karimova"), ("first_name", "Aliya"), ("patronymic", ""), ("no_patronymic", "yes")];
    let mut personal: Vec<(&str, &str)> =
        CITIZEN.iter().filter(|(name, _)| !own.iter().any(|(own, _)| own == name)).copied().collect();
    personal.extend(own);
    personal.retain(|(name, _)| *name != "citizenship");
    personal.extend([("citizenship", "other"), ("country", "Казахстан")]);
    assert_eq!(browser.send(PERSONAL, &personal).await.path, PROFILE);
    let numbers = "/cabinet/profile/section/numbers";
    browser.get(numbers).await;
    browser.send(numbers, &[("snils", SNILS)]).await;
    browser.get(PROFILE).await;
    browser.send("/cabinet/profile/send", &[]).await;
    app.run_jobs().await;
    browser
}

const FOREIGN: [&str; 7] =
    ["document_number", "issued_on", "issued_by", "valid_until", "citizenship", "country", "document_kind"];

#[tokio::test]
async fn a_foreign_document_takes_two_pairs_of_eyes_and_no_register_is_asked_about_it() {
    each_engine(|db| async {
        let app = portal(db).await;
        let mut person = foreigner(&app).await;
        assert_eq!(cases(&app, "waiting").await, 1, "{}", person.get(PROFILE).await.text());
        let asked = "SELECT COUNT(*) FROM register_check WHERE asks > 0 AND kind <> 'snils'";
        assert_eq!(app.number(asked, &[]).await, 0);
        let mut one = reviewer(&app, &ULYANA).await;
        let case = take(&mut one).await.path;
        let page = decide(&mut one, &case, &seen(&FOREIGN, "same"), &[("act", "confirm")]).await;
        assert!(says(&page, "review-flash-waits"), "{}", page.text());
        assert_eq!(standard(&app).await, 0, "one is not enough");
        // The same member is no second pair of eyes.
        assert!(says(&one.send("/review/next", &[]).await, "review-none"));
        let again = one.send(&format!("{case}/take"), &[]).await;
        assert!(again.status == StatusCode::CONFLICT && says(&again, "review-refused-looked"));
        let mut two = reviewer(&app, &TIMUR).await;
        let page = take(&mut two).await;
        assert!(page.says("2-м") && !page.says("Ульяна"), "{}", page.text());
        decide(&mut two, &case, &seen(&FOREIGN, "same"), &[("act", "confirm")]).await;
        assert_eq!(standard(&app).await, 1);
        assert!(says(&person.get(PROFILE).await, "profile-origin-operator"));
        // Rechecked is what a register knows: the SNILS.
        app.advance(Span::days(91));
        app.run_jobs().await;
        let again = "SELECT COUNT(*) FROM register_check c JOIN sending s ON s.id = c.sending_id
                     WHERE s.why = 'due' AND c.kind = $1";
        assert!(app.number(again, &["snils".into()]).await > 0);
        assert_eq!(app.number(again, &["passport".into()]).await, 0);
        assert_eq!(standard(&app).await, 1);
    })
    .await;
}

#[tokio::test]
async fn two_who_disagree_wait_for_a_third() {
    each_engine(|db| async {
        let app = portal(db).await;
        let mut person = foreigner(&app).await;
        let mut one = reviewer(&app, &ULYANA).await;
        let case = take(&mut one).await.path;
        decide(&mut one, &case, &seen(&FOREIGN, "same"), &[("act", "confirm")]).await;
        let mut two = reviewer(&app, &TIMUR).await;
        take(&mut two).await;
        let how = [("act", "refuse"), ("reason", "not-accepted")];
        assert!(says(&decide(&mut two, &case, &[], &how).await, "review-flash-waits"));
        assert_eq!((standard(&app).await, cases(&app, "waiting").await), (0, 1));
        let mut three = reviewer(&app, &OLEG).await;
        take(&mut three).await;
        decide(&mut three, &case, &[], &how).await;
        assert_eq!((standard(&app).await, cases(&app, "refused").await), (0, 1));
        assert!(says(&person.get(MINE).await, "review-reason-not-accepted"));
        assert!(says(&person.get("/cabinet").await, "checks-need-refused"));
        let profile = person.get(PROFILE).await;
        assert!(profile.says("подтвердить данные не получилось"), "{}", profile.text());
    })
    .await;
}

/// Every act of the review, for the ledger of acts and events.
pub async fn acts(ledger: &mut Ledger<'_>, app: &TestApp) {
    let olga = Person { surname: "Килева", first_name: "Ольга", phone: "+79265550031", email: "" };
    let lev = Person { surname: "Трапов", first_name: "Лев", phone: "", email: "lev@example.org" };
    let mut person = registered(app, &olga).await;
    upload(&mut person, app, documents::good()).await;
    fill_in(&mut person, "160-722-394 47").await;
    send_unclear(app, &mut person).await;
    let mut staff = registered(app, &lev).await;
    join(app, &mut staff, Role::Reviewer).await;
    enter(&mut staff).await;
    staff.get("/review").await;
    let before = ledger.mark().await;
    let case = staff.send("/review/next", &[]).await.path;
    ledger.saw("/review/next", before, "viewed_by_staff").await;
    let before = ledger.mark().await;
    staff.send(&format!("{case}/put-back"), &[]).await;
    ledger.saw("/review/{case}/put-back", before, "staff_acted").await;
    let before = ledger.mark().await;
    staff.send(&format!("{case}/take"), &[]).await;
    ledger.saw("/review/{case}/take", before, "viewed_by_staff").await;
    let before = ledger.mark().await;
    decide(&mut staff, &case, &[], &[("act", "refuse"), ("reason", "visit")]).await;
    ledger.saw("/review/{case}/decide", before, "review_ended").await;
}
