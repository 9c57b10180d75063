//! The directory of addresses in the forms of addresses: what is offered, what a choice fills in, what is kept of it; with
//! and without a script.

use crate::people::{VERA, registered, words};
use axum::http::StatusCode;
use kernel::Lang;
use portal::accounts::AccountId;
use portal::ctx::Ctx;
use portal::limits::Limit;
use portal::profile::{self, Field};
use serde_json::Value;
use testkit::app::{Browser, Page, TestApp};
use testkit::db::each_engine;

const PROFILE: &str = "/cabinet/profile";
const REGISTERED: &str = "/cabinet/profile/section/registered";
const OFFERS: &str = "/cabinet/profile/addresses";
const FIND: &str = "/cabinet/profile/section/registered/find";

async fn offers(browser: &mut Browser, field: &str, fields: &[(&str, &str)]) -> Value {
    let fields: Vec<(&str, &str)> = fields.iter().copied().chain([("field", field)]).collect();
    let page = browser.post(OFFERS, &fields).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text());
    serde_json::from_str(&page.body).expect("JSON")
}

/// The ids of places that stand beside the values of the only account.
async fn places(app: &TestApp) -> Vec<(Field, Option<String>)> {
    let ctx: Ctx = app.app.job_ctx();
    let read = app.app.read(move |tx| {
        let id: String = tx.one("SELECT id FROM account", &[], |row| row.get(0))?;
        let kept = profile::load(tx, &ctx, &AccountId::parse(&id).expect("an id"))?;
        let fields = [Field::RegisteredRegion, Field::RegisteredCity, Field::RegisteredStreet];
        Ok(fields.map(|field| (field, kept.value(field).and_then(|value| value.place.clone()))).to_vec())
    });
    read.await.expect("a profile")
}

/// The ids of the radio buttons with the words beside them.
fn choices(page: &Page) -> Vec<(String, String)> {
    let parts = page.body.split(" name=\"place\" type=\"radio\" value=\"").skip(1);
    let choice = |part: &str| {
        let id = part.split('"').next()?.to_owned();
        let label = part.split("check-label").nth(1)?.split('>').nth(1)?.split('<').next()?.to_owned();
        Some((id, label))
    };
    parts.filter_map(choice).collect()
}

#[tokio::test]
async fn what_is_offered_depends_on_the_rest_of_the_form() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = registered(&app, &VERA).await;
        browser.get(REGISTERED).await;
        let answer = offers(&mut browser, "registered_city", &[("registered_city", "твер")]).await;
        assert_eq!(answer["found"][0]["name"], "г. Тверь");
        assert_eq!(answer["found"][0]["about"], "Тверская область");
        assert_eq!(answer["found"][0]["fills"]["registered_region"], "Тверская область");
        assert!(answer["said"].as_str().is_some_and(|said| said.contains('1')), "{answer}");
        let elsewhere = [("registered_region", "Московская область"), ("registered_city", "твер")];
        let answer = offers(&mut browser, "registered_city", &elsewhere).await;
        assert_eq!(answer["found"], Value::Array(vec![]));
        assert_eq!(answer["said"], words(Lang::Ru, "profile-places-none"));
        let street = [("registered_city", "г. Тверь"), ("registered_street", "советская улица")];
        let answer = offers(&mut browser, "registered_street", &street).await;
        assert_eq!(answer["found"][0]["fills"]["registered_postcode"], "170100");
        assert_eq!(answer["found"][0]["fills"]["registered_region"], "Тверская область");
        assert_eq!(
            (app.rows("profile").await, app.urls().iter().any(|url| url.contains("твер"))),
            (0, false)
        );
        for (field, status) in [
            ("registered_house", StatusCode::NOT_FOUND),
            ("surname", StatusCode::NOT_FOUND),
            ("nothing", StatusCode::NOT_FOUND),
        ] {
            assert_eq!(browser.post(OFFERS, &[("field", field)]).await.status, status, "{field}");
        }
        let strange = browser.post(OFFERS, &[("field", "registered_city"), ("surname", "x")]).await;
        assert_eq!(strange.status, StatusCode::BAD_REQUEST);
    })
    .await;
}

#[tokio::test]
async fn a_kept_value_carries_its_place_until_it_is_typed_over() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = registered(&app, &VERA).await;
        let whole = |city, street| {
            [
                ("registered_postcode", "170100"),
                ("registered_region", "Тверская область"),
                ("registered_city", city),
                ("registered_street", street),
                ("registered_house", "12, корп. 2"),
            ]
        };
        browser.get(REGISTERED).await;
        assert_eq!(browser.send(REGISTERED, &whole("г. Тверь", "ул. Советская")).await.path, PROFILE);
        let known = places(&app).await;
        assert!(known.iter().all(|(_, place)| place.is_some()), "{known:?}");
        assert_eq!(known[0].1.as_deref(), Some("69"), "the sample calls regions by their numbers");
        browser.get(REGISTERED).await;
        assert_eq!(browser.send(REGISTERED, &whole("г. Тверь", "ул. Нездешняя")).await.path, PROFILE);
        let known: Vec<bool> = places(&app).await.into_iter().map(|(_, place)| place.is_some()).collect();
        assert_eq!(known, [true, true, false]);
        // Another town: the street of that name is another street, here none.
        browser.get(REGISTERED).await;
        assert_eq!(browser.send(REGISTERED, &whole("Глухомань", "ул. Советская")).await.path, PROFILE);
        let known: Vec<bool> = places(&app).await.into_iter().map(|(_, place)| place.is_some()).collect();
        assert_eq!(known, [true, false, false]);
        assert!(browser.get(PROFILE).await.says("Глухомань"), "any text may stand in an address");
    })
    .await;
}

#[tokio::test]
async fn without_a_script_a_button_reads_the_address_and_asks_about_what_is_unclear() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = registered(&app, &VERA).await;
        let form = browser.get(REGISTERED).await;
        assert!(form.body.contains(FIND) && form.says(&words(Lang::Ru, "profile-places-find")));
        let typed = [
            ("registered_postcode", ""),
            ("registered_region", "тверская"),
            ("registered_city", "тверь"),
            ("registered_street", "шмидта"),
            ("registered_house", "<b>12"),
        ];
        let page = browser.send(FIND, &typed).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text());
        assert_eq!(page.value("registered_region").as_deref(), Some("Тверская область"));
        assert_eq!(page.value("registered_city").as_deref(), Some("г. Тверь"));
        assert_eq!(
            page.value("registered_street").as_deref(),
            Some("шмидта"),
            "what is unclear stays as typed"
        );
        assert_eq!(page.value("registered_house").as_deref(), Some("<b>12"), "nothing typed is lost");
        let found = choices(&page);
        let labels: Vec<&str> = found.iter().map(|(_, label)| label.as_str()).collect();
        assert_eq!(labels.get(..2), Some(&["ул. Шмидта", "б-р Шмидта"][..]), "{labels:?}");
        let place = found.iter().find(|(_, label)| label == "б-р Шмидта").expect("a choice").0.clone();
        let mut answer: Vec<(&str, &str)> = typed.to_vec();
        answer.extend([("asked", "registered_street"), ("place", place.as_str())]);
        let page = browser.send(FIND, &answer).await;
        assert_eq!(page.value("registered_street").as_deref(), Some("б-р Шмидта"));
        assert!(page.says(&words(Lang::Ru, "profile-places-done")), "{}", page.text());
        // Kept as drafts, not as values: another browser finds them in the form.
        assert_eq!(browser.get(REGISTERED).await.value("registered_street").as_deref(), Some("б-р Шмидта"));
        assert!(!browser.get(PROFILE).await.says("б-р Шмидта"), "it does not count before it is saved");
    })
    .await;
}

#[tokio::test]
async fn an_answer_may_leave_everything_as_it_is() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = registered(&app, &VERA).await;
        browser.get(REGISTERED).await;
        let typed = [("registered_region", ""), ("registered_city", "киров"), ("registered_house", "1")];
        let page = browser.send(FIND, &typed).await;
        assert!(choices(&page).len() > 3, "{}", page.text());
        let mut left: Vec<(&str, &str)> = typed.to_vec();
        left.extend([("asked", "registered_city"), ("place", "leave")]);
        let page = browser.send(FIND, &left).await;
        assert_eq!(page.value("registered_city").as_deref(), Some("киров"));
        assert!(choices(&page).is_empty() && page.says(&words(Lang::Ru, "profile-places-done")));
        // Ids of nothing, of places of other kinds, and nonsense change nothing.
        for id in ["1", "99999", "00000000-0000-0000-0000-000000000000", "<x>", ""] {
            let mut odd: Vec<(&str, &str)> = typed.to_vec();
            odd.extend([("asked", "registered_street"), ("place", id)]);
            let page = browser.send(FIND, &odd).await;
            assert_eq!(page.status, StatusCode::OK, "{id}: {}", page.text());
            assert_eq!(page.value("registered_city").as_deref(), Some("киров"), "{id}");
        }
        let page =
            browser.send(FIND, &[("registered_city", "Киров"), ("registered_region", "Калужская обл")]).await;
        assert_eq!(page.value("registered_region").as_deref(), Some("Калужская область"));
        assert_eq!(page.value("registered_city").as_deref(), Some("г. Киров"));
        let page = browser.post("/cabinet/profile/section/personal/find", &[("surname", "x")]).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn who_asks_too_often_waits_and_loses_nothing() {
    each_engine(|db| async {
        let mut config = testkit::app::config();
        config.addresses.lookups = Limit::new(2, 60);
        let app = TestApp::with(db, 1, config).await;
        let mut browser = registered(&app, &VERA).await;
        browser.get(REGISTERED).await;
        for _ in 0..2 {
            offers(&mut browser, "registered_city", &[("registered_city", "твер")]).await;
        }
        let page = browser.post(OFFERS, &[("field", "registered_city"), ("registered_city", "твер")]).await;
        assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
        let page = browser.send(FIND, &[("registered_city", "твер"), ("registered_house", "7")]).await;
        assert!(page.says(&words(Lang::Ru, "profile-places-later")), "{}", page.text());
        assert_eq!(page.value("registered_city").as_deref(), Some("твер"));
        app.advance(kernel::Span::seconds(61));
        offers(&mut browser, "registered_city", &[("registered_city", "твер")]).await;
    })
    .await;
}

#[tokio::test]
async fn hostile_texts_are_answered_like_any_other() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = registered(&app, &VERA).await;
        browser.get(REGISTERED).await;
        let long = "я".repeat(5_000);
        let marks = "и\u{306}".repeat(2_500);
        for text in
            [long.as_str(), marks.as_str(), "\u{202e}\u{7}", "<script>", "' OR 1=1 --", "%", "👩‍👩‍👧", "-- -"]
        {
            let answer = offers(
                &mut browser,
                "registered_city",
                &[("registered_city", text), ("registered_region", text)],
            )
            .await;
            assert_eq!(answer["found"], Value::Array(vec![]), "{text:.20}");
            let page = browser.send(FIND, &[("registered_city", text), ("registered_region", text)]).await;
            assert_eq!(page.status, StatusCode::OK, "{text:.20}");
            assert!(!page.body.contains("<script>"), "{text:.20}");
        }
    })
    .await;
}

#[tokio::test]
async fn without_a_directory_addresses_are_typed() {
    each_engine(|db| async {
        let app = TestApp::new(db).await.again_over(|gateways| gateways.addresses = None).await;
        let mut browser = registered(&app, &VERA).await;
        let form = browser.get(REGISTERED).await;
        assert!(!form.body.contains(FIND) && !form.body.contains("data-places"));
        let page = browser.post(OFFERS, &[("field", "registered_city"), ("registered_city", "т")]).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
        let typed = [
            ("registered_region", "Тверская область"),
            ("registered_city", "Тверь"),
            ("registered_house", "1"),
        ];
        browser.get(REGISTERED).await;
        assert_eq!(browser.send(REGISTERED, &typed).await.path, PROFILE);
    })
    .await;
}
