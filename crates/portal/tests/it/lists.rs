//! Lists of «Мои данные» (spec 02 §1): children with their certificates of birth, vehicles.

use crate::factors::account;
use crate::levels::events;
use crate::people::{VERA, registered, words};
use crate::profile::{ODD, PROFILE, fault, with};
use axum::http::StatusCode;
use kernel::Lang;
use portal::profile::List;
use store::params;
use testkit::app::{Browser, Page, TestApp, config};
use testkit::db::{self, each_engine};

/// An invented child.
const CHILD: &[(&str, &str)] = &[
    ("child_surname", "Лодкина"),
    ("child_first_name", "Анна"),
    ("child_patronymic", "Петровна"),
    ("child_sex", "f"),
    ("child_birth_date", "12.04.2015"),
    ("child_certificate", "ii мю № 123456"),
    ("child_issued_on", "20.04.2015"),
    ("child_issued_by", "Отдел ЗАГС администрации г. Твери"),
];
const CAR: &[(&str, &str)] =
    &[("vehicle_name", "Семейная"), ("plate", "a123bc77"), ("vin", "XTA210990Y2765499")];

fn add(list: List) -> String {
    format!("/cabinet/profile/add/{}", list.word())
}

/// Opens the form of a new entry.
async fn begin(browser: &mut Browser, list: List) -> Page {
    let page = browser.get(&add(list)).await;
    browser.follow(page).await
}

/// Adds an entry; where it is.
pub async fn added(browser: &mut Browser, list: List, fields: &[(&str, &str)]) -> String {
    let form = begin(browser, list).await;
    let page = browser.send(&form.path, fields).await;
    assert!(page.path == PROFILE && says(&page, "profile-flash-entry-kept"), "{}", page.text());
    form.path
}

fn says(page: &Page, key: &'static str) -> bool {
    page.says(&words(Lang::Ru, key))
}

#[tokio::test]
async fn a_child_is_added_mended_and_removed() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = registered(&app, &VERA).await;
        assert!(browser.get(PROFILE).await.body.contains(&add(List::Children)), "it can be added");
        let form = begin(&mut browser, List::Children).await;
        let odd = with(CHILD, &[("child_certificate", "2-МЮ 123456"), ("child_surname", "")]);
        let page = browser.send(&form.path, &odd).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(fault(&page, "child_surname"), Some(words(Lang::Ru, "web-field-surname-empty")));
        assert!(fault(&page, "child_certificate").is_some_and(|words| words.contains("II-МЮ 123456")));
        assert_eq!(page.value("child_certificate").as_deref(), Some("2-МЮ 123456"), "nothing is lost");
        // Left as it is: kept, and marked.
        let page = browser.get(PROFILE).await;
        assert!(page.says("Анна") && says(&page, "profile-progress-unfinished"), "{}", page.text());
        assert!(says(&page, "profile-waits-unread"));
        assert_eq!(browser.get(&form.path).await.value("child_certificate").as_deref(), Some("2-МЮ 123456"));
        let page = browser.send(&form.path, CHILD).await;
        assert!(page.path == PROFILE && page.says("Анна Лодкина") && page.says("••-•• •••456"));
        assert!(!page.says("123456") && !page.says("II-МЮ"), "masked: {}", page.text());
        // The same form again adds and changes nothing.
        let journal = app.rows("journal").await;
        browser.send(&form.path, CHILD).await;
        assert_eq!(browser.get(PROFILE).await.body.matches("Анна Лодкина</h3>").count(), 1);
        assert_eq!((app.rows("journal").await, events(&app, "child_added").await), (journal, 1));
        browser.get(&form.path).await;
        browser
            .send(&form.path, &with(CHILD, &[("child_patronymic", ""), ("child_no_patronymic", "yes")]))
            .await;
        assert_eq!(events(&app, "child_changed").await, 2, "once with the mended form, once now");
        let records = "SELECT COUNT(*) FROM journal WHERE record LIKE '%Анна%' OR record LIKE '%123456%'";
        assert_eq!(app.number(records, &[]).await, 0);
        removed(&app, &mut browser, &form.path).await;
    })
    .await;
}

/// Removing asks first; a form that comes after it brings nothing back by itself, and loses nothing.
async fn removed(app: &TestApp, browser: &mut Browser, path: &str) {
    let remove = format!("{path}/remove");
    let page = browser.get(&remove).await;
    assert!(page.says("Анна Лодкина") && says(&page, "profile-remove-text"), "{}", page.text());
    assert!(browser.get(PROFILE).await.says("Анна Лодкина"), "asking removes nothing");
    assert!(says(&browser.send(&remove, &[]).await, "profile-flash-entry-removed"));
    assert!(says(&browser.send(&remove, &[]).await, "profile-flash-entry-gone"), "it was there once");
    assert_eq!(events(app, "child_removed").await, 1);
    for gone in [path, &remove] {
        let page = browser.get(gone).await;
        assert!(says(&browser.follow(page).await, "profile-flash-entry-gone"));
    }
    let check = [("field", "child_surname"), ("typed", "Лодкина")];
    assert_eq!(browser.post(&format!("{path}/check"), &check).await.status, StatusCode::OK);
    assert!(!browser.get(PROFILE).await.says("Анна"), "what is typed into a late form brings nothing back");
    let page = browser.send(path, CHILD).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(says(&page, "profile-entry-removed-meanwhile"));
    assert_eq!(page.value("child_first_name").as_deref(), Some("Анна"));
    assert!(!browser.get(PROFILE).await.says("Анна"));
    // Saved once more it is a new entry.
    let start = page.body.find("action=\"/cabinet/profile/list/").expect("a form") + "action=\"".len();
    let again = page.body[start..].split('"').next().expect("an address");
    assert_ne!(again, path);
    assert!(browser.send(again, CHILD).await.says("Анна Лодкина"));
}

#[tokio::test]
async fn rules_of_a_child_name_their_field() {
    let app = TestApp::new(db::sqlite().await).await;
    let mut browser = registered(&app, &VERA).await;
    type Case<'a> = (&'a [(&'a str, &'a str)], &'a str, &'static str);
    let table: &[Case<'_>] = &[
        (&[("child_issued_on", "11.04.2015")], "child_issued_on", "profile-error-issued-before-birth"),
        (&[("child_issued_on", "11.04.2095")], "child_issued_on", "profile-error-issued-future"),
        (&[("child_birth_date", "11.04.2095")], "child_birth_date", "profile-error-birth"),
        (&[("child_birth_date", "31.04.2015")], "child_birth_date", "profile-error-date-none"),
        (&[("child_birth_date", "")], "child_birth_date", "profile-error-birth-empty"),
        (&[("child_patronymic", "")], "child_patronymic", "profile-error-patronymic"),
        (&[("child_no_patronymic", "yes")], "child_patronymic", "profile-error-patronymic-both"),
        (&[("child_first_name", "Anna")], "child_first_name", "profile-error-child-name-russian"),
        (&[("child_sex", "")], "child_sex", "profile-error-sex"),
        (&[("child_certificate", "")], "child_certificate", "profile-error-birth-certificate-empty"),
        (
            &[("child_certificate", "IIII-МЮ 123456")],
            "child_certificate",
            "profile-error-birth-certificate-roman",
        ),
        (&[("child_certificate", "II-Q1 123456")], "child_certificate", "profile-error-birth-certificate"),
        (
            &[("child_certificate", "II-QЮ 123456")],
            "child_certificate",
            "profile-error-birth-certificate-letter",
        ),
        (&[("child_issued_by", "")], "child_issued_by", "profile-error-child-issued-by"),
        (&[("child_snils", "112-233-445 96")], "child_snils", "profile-error-snils-checksum"),
    ];
    for (changes, field, key) in table {
        let form = begin(&mut browser, List::Children).await;
        let page = browser.send(&form.path, &with(CHILD, changes)).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{changes:?}");
        assert_eq!(fault(&page, field), Some(words(Lang::Ru, key)), "{changes:?}: {}", page.text());
        assert_eq!(fault(&page, "child_surname"), None);
        browser.send(&format!("{}/remove", form.path), &[]).await;
    }
    let good = with(CHILD, &[("child_snils", "112-233-445 95")]);
    added(&mut browser, List::Children, &good).await;
    let form = begin(&mut browser, List::Children).await;
    let page = browser.send(&form.path, CHILD).await;
    let twice = words(Lang::Ru, "profile-error-birth-certificate-twice");
    assert_eq!(fault(&page, "child_certificate"), Some(twice));
}

#[tokio::test]
async fn vehicles_are_several_and_the_list_has_an_end() {
    each_engine(|db| async {
        let mut config = config();
        config.profile.most_vehicles = 2;
        let app = TestApp::with(db, 1, config).await;
        let mut browser = registered(&app, &VERA).await;
        let form = begin(&mut browser, List::Vehicles).await;
        let page = browser.send(&form.path, &[("vehicle_name", "Семейная")]).await;
        assert_eq!(fault(&page, "plate"), Some(words(Lang::Ru, "profile-error-vehicle-empty")));
        let page = browser.send(&form.path, CAR).await;
        assert!(page.says("Семейная") && page.says("А123ВС77") && !page.says("2765499"), "{}", page.text());
        let second = begin(&mut browser, List::Vehicles).await;
        let third = begin(&mut browser, List::Vehicles).await;
        let page = browser.send(&second.path, CAR).await;
        assert_eq!(fault(&page, "vin"), Some(words(Lang::Ru, "profile-error-vin-twice")));
        assert!(
            browser
                .send(&second.path, &with(CAR, &[("vin", ""), ("plate", "1234АА77")]))
                .await
                .says("1234АА77")
        );
        assert_eq!((events(&app, "vehicle_added").await, events(&app, "vehicle_changed").await), (2, 2));
        // Full: neither by the way there nor by a form that was open.
        let page = browser.get(PROFILE).await;
        assert!(!page.body.contains(&add(List::Vehicles)) && page.says("не больше 2"), "{}", page.text());
        let page = browser.get(&add(List::Vehicles)).await;
        assert!(says(&browser.follow(page).await, "profile-flash-full"));
        let typed = [("field", "plate"), ("typed", "B123BB77")];
        assert_eq!(browser.post(&format!("{}/check", third.path), &typed).await.status, StatusCode::OK);
        let page = browser.send(&third.path, &[("plate", "В123ВВ77")]).await;
        assert!(page.status == StatusCode::UNPROCESSABLE_ENTITY && says(&page, "profile-entry-no-room"));
        assert_eq!(page.value("plate").as_deref(), Some("В123ВВ77"));
        // Room again: the same form is taken.
        browser.send(&format!("{}/remove", second.path), &[]).await;
        assert!(browser.send(&third.path, &[("plate", "В123ВВ77")]).await.says("В123ВВ77"));
        // Emptied, it is gone.
        browser.send(&third.path, &[("plate", "")]).await;
        assert!(!browser.get(PROFILE).await.says("В123ВВ77"));
        assert_eq!(events(&app, "vehicle_removed").await, 2);
    })
    .await;
}

#[tokio::test]
async fn letters_that_no_plate_and_no_vin_has_are_told() {
    let app = TestApp::new(db::sqlite().await).await;
    let mut browser = registered(&app, &VERA).await;
    let form = begin(&mut browser, List::Vehicles).await;
    let page = browser.send(&form.path, &[("plate", "Ж123ЖЖ77"), ("vin", "XTA21099OY2765499")]).await;
    assert_eq!(fault(&page, "plate"), Some(words(Lang::Ru, "profile-error-plate-letter")));
    assert_eq!(fault(&page, "vin"), Some(words(Lang::Ru, "profile-error-vin-letter")));
}

#[tokio::test]
async fn a_profile_from_before_there_were_lists_opens_and_its_copy_has_everything() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = registered(&app, &VERA).await;
        let (ctx, id) = (app.app.job_ctx(), account(&app).await);
        let old = r#"{"surname":{"value":{"text":"Лодкина","from":"typed","at":1}},"first_name":{"value":{"text":"Вера",
            "from":"typed","at":1}},"plate":{"value":{"text":"А123ВС77","from":"typed","at":2}},"vin":{"draft":"XTA"}}"#;
        let write = app.app.write(move |tx| {
            let key = portal::accounts::data_key(tx, &ctx, &id)?;
            let sealed = key.seal("profile", old.as_bytes(), &mut ctx.rng());
            let sql = "INSERT INTO profile (account_id, sealed, changed_at) VALUES ($1, $2, $3)";
            Ok(tx.exec(sql, params![&id, &sealed, ctx.now])?)
        });
        assert_eq!(write.await.expect("storage"), 1);
        let page = browser.get(PROFILE).await;
        assert!(page.says("А123ВС77") && page.says("Лодкина"), "{}", page.text());
        let vehicle = "/cabinet/profile/list/vehicles/itm_00000000000000000000000000000000";
        let form = browser.get(vehicle).await;
        assert_eq!(form.value("vin").as_deref(), Some("XTA"), "what was typed is there too");
        let seen = form.value("seen").expect("what it was drawn from");
        assert!(browser.send(vehicle, &with(CAR, &[("seen", &seen)])).await.says("Семейная"));
        added(&mut browser, List::Children, CHILD).await;
        added(&mut browser, List::Vehicles, &[("plate", "1234АА77")]).await;
        let page = browser.send("/cabinet/security/data", &[]).await;
        let copy: serde_json::Value = serde_json::from_str(&page.body).expect("JSON");
        let profile = &copy["data"]["profile"][0]["fields"];
        let of = |list: &str, at: usize, field: &str| profile[list][at]["values"][field]["value"]["text"].clone();
        assert_eq!(of("children", 0, "child_certificate"), "II-МЮ 123456", "{profile}");
        assert_eq!(of("vehicles", 0, "vin"), "XTA210990Y2765499");
        assert_eq!(of("vehicles", 1, "plate"), "1234АА77");
    })
    .await;
}

#[tokio::test]
async fn a_field_of_an_entry_is_checked_and_kept_while_the_form_is_open() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = registered(&app, &VERA).await;
        let form = begin(&mut browser, List::Children).await;
        let check = format!("{}/check", form.path);
        let journal = app.rows("journal").await;
        let page = browser.post(&check, &[("field", "child_certificate"), ("typed", "II МЮ 123456")]).await;
        let answer: serde_json::Value = serde_json::from_str(&page.body).expect("JSON");
        assert_eq!((answer["shown"].as_str(), answer["error"].is_null()), (Some("II-МЮ 123456"), true));
        let page = browser.post(&check, &[("field", "child_birth_date"), ("typed", "1.1.2095")]).await;
        let answer: serde_json::Value = serde_json::from_str(&page.body).expect("JSON");
        assert_eq!(answer["error"], portal::web::texts::text(Lang::Ru, "profile-error-birth"));
        assert_eq!(app.rows("journal").await, journal, "an open form is no change");
        let again = browser.get(&form.path).await;
        assert_eq!(again.value("child_certificate").as_deref(), Some("II-МЮ 123456"));
        assert!(says(&browser.get(PROFILE).await, "profile-progress-unfinished"));
        // Emptied again, nothing is left of it.
        for (field, typed) in [("child_certificate", ""), ("child_birth_date", "")] {
            browser.post(&check, &[("field", field), ("typed", typed)]).await;
        }
        assert!(browser.get(PROFILE).await.body.contains(&add(List::Children)));
        // Each form has its own fields.
        for (path, field) in
            [(check.as_str(), "surname"), (&check, "plate"), ("/cabinet/profile/check", "plate")]
        {
            let page = browser.post(path, &[("field", field), ("typed", "1")]).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{path} {field}");
        }
        for path in
            ["/cabinet/profile/list/children/x", "/cabinet/profile/list/cats/itm_0", "/cabinet/profile/add/x"]
        {
            assert_eq!(browser.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
    })
    .await;
}

/// Odd and hostile input for every field of an entry: never a panic or a 500, always the form with a message, or kept.
#[tokio::test]
async fn hostile_input_gets_a_message_at_its_field() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = registered(&app, &VERA).await;
        for list in List::ALL {
            let path = begin(&mut browser, list).await.path;
            let names: Vec<&str> = list.section().fields().map(portal::profile::Field::word).collect();
            for text in ODD {
                let fields: Vec<(&str, &str)> = names.iter().map(|name| (*name, *text)).collect();
                for seen in ["", "v1", "v1 plate.x child_surname.y", text] {
                    let page = browser.send(&path, &[&fields[..], &[("seen", seen)]].concat()).await;
                    assert_eq!(
                        page.status,
                        StatusCode::UNPROCESSABLE_ENTITY,
                        "{list:?} {text:?}: {}",
                        page.text()
                    );
                    assert!(!page.body.contains("<img src=x"));
                }
                for name in &names {
                    let typed = [("field", *name), ("typed", text), ("seen", text)];
                    let page = browser.post(&format!("{path}/check"), &typed).await;
                    assert_eq!(page.status, StatusCode::OK, "{name} {text:?}");
                }
                let page = browser.get(PROFILE).await;
                assert!(page.status.is_success() && !page.body.contains("<img src=x"));
            }
        }
    })
    .await;
}
