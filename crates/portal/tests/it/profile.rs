//! «Мои данные» (spec 02 §1): sections as forms, fields while they are typed, nothing lost.

use crate::people::{ANNA, PASSWORD, VERA, registered, sign_in, words};
use axum::http::StatusCode;
use kernel::{Lang, Span};
use testkit::app::{Browser, Page, TestApp};
use testkit::db::each_engine;

/// The page of everything.
pub const PROFILE: &str = "/cabinet/profile";
/// The form of a section.
pub const PERSONAL: &str = "/cabinet/profile/section/personal";
const DOCUMENT: &str = "/cabinet/profile/section/document";
const NUMBERS: &str = "/cabinet/profile/section/numbers";
const REGISTERED: &str = "/cabinet/profile/section/registered";
const RESIDENCE: &str = "/cabinet/profile/section/residence";
const CHECK: &str = "/cabinet/profile/check";

/// An invented citizen's personal section.
pub const CITIZEN: &[(&str, &str)] = &[
    ("surname", "Лодкина"),
    ("first_name", "Вера"),
    ("patronymic", "Ильинична"),
    ("sex", "f"),
    ("birth_date", "5.11.1984"),
    ("birth_place", "гор. Тверь"),
    ("citizenship", "rus"),
];
const PASSPORT: &[(&str, &str)] = &[
    ("document_kind", "passport_rf"),
    ("document_number", "28 11 123456"),
    ("issued_on", "20.01"),
    ("issued_by", "ОВД «Центральный»\r\nг. Твери"),
    ("division", "690001"),
];

async fn check(browser: &mut Browser, field: &str, typed: &str) -> serde_json::Value {
    let page = browser.post(CHECK, &[("field", field), ("typed", typed)]).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text());
    serde_json::from_str(&page.body).expect("JSON")
}

/// The same fields with some of them typed otherwise.
pub fn with<'a>(fields: &[(&'a str, &'a str)], changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let kept = fields.iter().filter(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
    kept.chain(changes).copied().collect()
}

/// The words at a field, after «Ошибка:».
pub fn fault(page: &Page, field: &str) -> Option<String> {
    page.error_at(field).map(|words| words.trim_start_matches("Ошибка: ").to_owned())
}

fn is_kept(page: &Page) -> bool {
    page.path == PROFILE && page.says(&words(Lang::Ru, "profile-flash-kept"))
}

#[tokio::test]
async fn a_person_fills_in_section_after_section() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = registered(&app, &VERA).await;
        let page = browser.get(PROFILE).await;
        assert!(page.says("Лодкина") && page.says(&words(Lang::Ru, "profile-missing")));
        let form = browser.get(PERSONAL).await;
        assert_eq!(form.value("surname").as_deref(), Some("Лодкина"), "names of the registration are there");
        assert!(is_kept(&browser.send(PERSONAL, CITIZEN).await));
        browser.get(DOCUMENT).await;
        let page = browser.send(DOCUMENT, PASSPORT).await;
        assert_eq!(fault(&page, "issued_on"), Some(words(Lang::Ru, "profile-error-date")), "{}", page.text());
        let page = browser.send(DOCUMENT, &with(PASSPORT, &[("issued_on", "20.01.2005")])).await;
        assert!(is_kept(&page), "{}", page.text());
        assert!(page.says("•••• •••456") && !page.body.contains("123456"), "a number is shown masked");
        browser.get(NUMBERS).await;
        let page = browser.send(NUMBERS, &[("snils", "11223344595"), ("inn", "")]).await;
        assert!(is_kept(&page) && page.says(&words(Lang::Ru, "profile-ready")), "{}", page.text());
        assert!(page.says("•••-•••-••• 95"));
        let form = browser.get(NUMBERS).await;
        assert_eq!(form.value("snils").as_deref(), Some("112-233-445 95"));
        let form = browser.get(DOCUMENT).await;
        assert!(form.body.contains("ОВД «Центральный» г. Твери"));
        // Seen by the owner in the journal, without a value.
        let journal = browser.get("/cabinet/security/journal").await;
        assert!(journal.says(&words(Lang::Ru, "audit-event-profile-changed")));
        let records =
            "SELECT COUNT(*) FROM journal WHERE record LIKE '%Ильинична%' OR record LIKE '%690%001%'";
        assert_eq!(app.number(records, &[]).await, 0);
    })
    .await;
}

#[tokio::test]
async fn addresses_are_of_use_without_being_needed() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = registered(&app, &VERA).await;
        browser.get(REGISTERED).await;
        let page = browser.send(REGISTERED, &[("registered_city", "г. Тверь")]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(fault(&page, "registered_region"), Some(words(Lang::Ru, "profile-error-region")));
        assert_eq!(page.value("registered_city").as_deref(), Some("г. Тверь"));
        let whole = [
            ("registered_postcode", "170100"),
            ("registered_region", "Тверская область"),
            ("registered_city", "г. Тверь"),
            ("registered_house", "б/н"),
        ];
        assert!(is_kept(&browser.send(REGISTERED, &whole).await));
        browser.get(RESIDENCE).await;
        assert!(is_kept(&browser.send(RESIDENCE, &[("same_address", "yes")]).await));
    })
    .await;
}

#[tokio::test]
async fn nothing_typed_is_lost_readable_or_not() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = registered(&app, &VERA).await;
        browser.get(PERSONAL).await;
        let odd = with(CITIZEN, &[("birth_date", "31.02.1984"), ("surname", "Smith"), ("sex", "")]);
        let page = browser.send(PERSONAL, &odd).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        for (field, key) in [
            ("birth_date", "profile-error-date-none"),
            ("surname", "profile-error-name-russian"),
            ("sex", "profile-error-sex"),
        ] {
            assert_eq!(fault(&page, field), Some(words(Lang::Ru, key)), "{field}");
        }
        // Another day, another browser: it stands there still, and what could be read counts.
        app.advance(Span::days(1));
        let mut later = app.browser();
        sign_in(&mut later, VERA.phone, PASSWORD).await;
        let form = later.get(PERSONAL).await;
        assert_eq!(form.value("birth_date").as_deref(), Some("31.02.1984"));
        assert_eq!(form.value("surname").as_deref(), Some("Smith"));
        assert!(form.body.contains("гор. Тверь"));
        assert!(
            later.get("/cabinet").await.says("Вера Ильинична"),
            "the portal addresses her by what counts"
        );
        assert!(later.get(PROFILE).await.says("Лодкина"), "an unreadable name replaces nothing");
    })
    .await;
}

#[tokio::test]
async fn a_field_is_checked_and_kept_while_the_form_is_open() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = registered(&app, &VERA).await;
        browser.get(NUMBERS).await;
        let events = app.rows("journal").await;
        let answer = check(&mut browser, "snils", "112 233 445 96").await;
        assert_eq!(answer["error"], portal::web::texts::text(Lang::Ru, "profile-error-snils-checksum"));
        let answer = check(&mut browser, "snils", "11223344595").await;
        assert_eq!((answer["shown"].as_str(), answer["error"].is_null()), (Some("112-233-445 95"), true));
        assert_eq!(app.rows("journal").await, events, "an open form is no change");
        assert!(!browser.get(PROFILE).await.says("•••-•••-••• 95"), "it does not count yet");
        assert_eq!(browser.get(NUMBERS).await.value("snils").as_deref(), Some("112-233-445 95"));
        let page = browser.post(CHECK, &[("field", "nothing"), ("typed", "1")]).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn a_foreigner_has_a_profile_too() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = registered(&app, &ANNA).await;
        browser.get(DOCUMENT).await;
        let passport = [
            ("document_kind", "foreign_passport"),
            ("document_number", "FA 1234567"),
            ("issued_on", "20.01.2020"),
            ("issued_by", "Ministry of Interior"),
            ("division", ""),
            ("valid_until", "19.01.2030"),
        ];
        assert!(is_kept(&browser.send(DOCUMENT, &passport).await));
        browser.get(PERSONAL).await;
        let personal = with(
            CITIZEN,
            &[
                ("surname", "Karimova"),
                ("first_name", "Anna"),
                ("patronymic", ""),
                ("no_patronymic", "yes"),
                ("citizenship", "other"),
                ("country", "Узбекистан"),
            ],
        );
        let page = browser.send(PERSONAL, &personal).await;
        assert!(is_kept(&page) && page.says("Karimova"), "{}", page.text());
    })
    .await;
}

#[tokio::test]
async fn two_windows_change_two_sections_at_once_and_both_stay() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut first = registered(&app, &VERA).await;
        first.get(PERSONAL).await;
        let mut second = first.clone();
        let numbers = [("snils", "11223344595")];
        let (personal, numbers) = tokio::join!(first.send(PERSONAL, CITIZEN), second.send(NUMBERS, &numbers));
        assert!(is_kept(&personal) && numbers.status.is_success());
        let page = first.get(PROFILE).await;
        assert!(page.says("Ильинична") && page.says("•••-•••-••• 95"), "{}", page.text());
    })
    .await;
}

/// Odd and hostile texts.
pub const ODD: &[&str] = &[
    "\u{202e}abc",
    "' OR 1=1 --",
    "<img src=x onerror=alert(1)>",
    "{{7*7}}",
    "../../etc/passwd",
    "１２３４５６７８９０",
    "𝟙𝟚𝟛",
    "👩‍👩‍👧",
    "-1",
    "1e309",
    "NaN",
    "٣٤٥",
    "0000000000",
    "99.99.9999",
    "2024-02-30",
    "%00",
    "\r\n\r\n",
    "ǅ",
    "ﬁ",
    "A\u{301}",
    "=HYPERLINK(\"x\")",
    "\t",
    "﷽",
    // Longer than any field takes.
    concat!(
        "я",
        "0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 ",
        "0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 ",
        "0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 "
    ),
];

/// Odd and hostile input for every field: never a panic or a 500, always the form with a clear message, or kept.
#[tokio::test]
async fn hostile_input_gets_a_message_at_its_field() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = registered(&app, &VERA).await;
        for path in [PERSONAL, DOCUMENT, NUMBERS, REGISTERED, RESIDENCE] {
            let form = browser.get(path).await;
            let names: std::collections::BTreeSet<String> = form
                .body
                .split(" name=\"")
                .skip(1)
                .filter_map(|rest| rest.split('"').next())
                .filter(|name| *name != "csrf" && portal::profile::Field::from_word(name).is_some())
                .map(str::to_owned)
                .collect();
            assert!(!names.is_empty());
            for text in ODD {
                let fields: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), *text)).collect();
                let page = browser.send(path, &fields).await;
                assert!(
                    page.status == StatusCode::UNPROCESSABLE_ENTITY || page.path == PROFILE,
                    "{path} {text:?}: {} {}",
                    page.status,
                    page.text()
                );
                assert!(!page.body.contains("<img src=x"));
            }
        }
    })
    .await;
}

#[tokio::test]
async fn further_documents_are_kept_and_nothing_of_them_is_needed() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = registered(&app, &VERA).await;
        let further = "/cabinet/profile/section/further";
        let page = browser.get(PROFILE).await;
        assert!(page.says(&words(Lang::Ru, "profile-progress-empty")) && page.body.contains(further));
        browser.get(further).await;
        let typed = [
            ("driving_licence", "7712 345678"),
            ("travel_passport", "771431346"),
            ("oms_policy", "1171173762163035"),
            ("military_id", "XX"),
        ];
        let page = browser.send(further, &typed).await;
        assert_eq!(fault(&page, "oms_policy"), Some(words(Lang::Ru, "profile-error-oms-checksum")));
        assert_eq!(fault(&page, "military_id"), Some(words(Lang::Ru, "profile-error-military")));
        assert_eq!(fault(&page, "driving_licence"), None);
        let mended = with(&typed, &[("oms_policy", "1171173762163034"), ("military_id", "")]);
        let page = browser.send(further, &mended).await;
        assert!(is_kept(&page) && page.says("•••• •••678") && !page.says("345678"), "{}", page.text());
        // Emptied, they are gone.
        browser.get(further).await;
        let page = browser.send(further, &typed.map(|(name, _)| (name, ""))).await;
        assert!(is_kept(&page) && !page.says("•••• •••678"), "{}", page.text());
    })
    .await;
}
