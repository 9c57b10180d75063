//! The people's pages and JSON.

use crate::registry::*;
use crate::support::*;
use serde_json::{Value, json};
use stand::systems::registers::Outcome;

fn parsed(body: &str) -> Value {
    serde_json::from_str(body).expect("JSON")
}

#[tokio::test]
async fn people_are_given_out_with_all_that_is_typed() {
    let stand = stand().await;
    let get = async |path: &str| http(stand.address, "GET", path, "", "").await;
    let (status, body) = get("/api/people?outcome=match&limit=3").await;
    let people = parsed(&body);
    assert_eq!((status, people.as_array().map(Vec::len)), (200, Some(3)));
    // The names and values of the form of the portal (`crates/portal/src/profile/field.rs`).
    let keys = [
        "id",
        "outcome",
        "surname",
        "first_name",
        "patronymic",
        "no_patronymic",
        "sex",
        "birth_date",
        "birth_place",
        "citizenship",
        "document_kind",
        "document_number",
        "issued_on",
        "issued_by",
        "division",
        "snils",
        "inn",
        "registers_have",
    ];
    for key in keys {
        assert!(people[0].get(key).is_some(), "{key}");
    }
    assert_eq!((&people[0]["outcome"], &people[0]["registers_have"]), (&json!("match"), &json!({})));
    let (_, body) = get("/api/people?outcome=mismatch_birth_date&limit=1").await;
    assert!(parsed(&body)[0]["registers_have"]["birth_date"].is_string());
    let (_, body) = get("/api/people?outcome=mismatch_sex&limit=1").await;
    let one = &parsed(&body)[0];
    assert!(one["registers_have"]["sex"] != one["sex"] && ["m", "f"].map(Value::from).contains(&one["sex"]));
    let (_, body) = get("/api/people?outcome=mismatch_division_code&limit=1").await;
    assert!(parsed(&body)[0]["registers_have"]["division"].is_string());
    for outcome in Outcome::all() {
        let (_, body) = get(&format!("/api/people?outcome={}&limit=100", outcome.word())).await;
        assert!(parsed(&body).as_array().is_some_and(|list| list.len() >= 32), "{outcome:?}");
    }
    let (status, body) = get("/api/people?outcome=sometimes").await;
    assert!(status == 400 && body.contains("mismatch_sex"), "the words are told: {body}");
    let (_, body) = get("/api/people?limit=9999").await;
    assert!(parsed(&body).as_array().is_some_and(|list| list.len() >= 5_000));
    assert_eq!(parsed(&get("/api/people/17").await.1)["id"], 17);
    assert_eq!(get("/api/people/9999999").await.0, 404);
}

#[tokio::test]
async fn a_person_is_made_as_wanted() {
    let stand = stand().await;
    let make = async |body: Value| http(stand.address, "POST", "/api/people", "", &body.to_string()).await;
    let (status, body) = make(json!({ "surname": "Ёжиков", "sex": "m", "outcome": "no_inn" })).await;
    let made = parsed(&body);
    assert_eq!((status, &made["surname"], &made["inn"]), (201, &json!("Ёжиков"), &json!("")));
    assert_eq!(http(stand.address, "POST", "/api/people", "", "").await.0, 201, "anybody");
    let taken = json!({ "snils": made["snils"] });
    assert_eq!(make(taken).await.0, 422);
    for bad in [
        json!({ "snils": "1" }),
        json!({ "document_number": "1" }),
        json!({ "sex": "male" }),
        json!({ "shoe": 42 }),
        json!(17),
    ] {
        assert!(matches!(make(bad.clone()).await.0, 400 | 422), "{bad}");
    }
}

#[tokio::test]
async fn the_registers_tell_what_they_did() {
    let clock = Hand::new();
    let stand = registers(&clock).await;
    let tax = connector(&stand, gateway::register::Register::Tax, &clock);
    for _ in 0..2 {
        ask(&stand, &tax, "seen", Outcome::Match).await;
    }
    let (_, body) = http(stand.address, "GET", "/api/registers", "", "").await;
    assert_eq!(parsed(&body)["registers"][2], json!({ "name": "tax", "worked": 1, "asked": 2 }));
    let (_, body) = http(stand.address, "GET", "/api/registers/tax/checks", "", "").await;
    let row = &parsed(&body)[0];
    assert_eq!(
        (&row["request"], &row["state"], &row["asked"]),
        (&json!("seen"), &json!("answered"), &json!(2))
    );
    assert_eq!(http(stand.address, "GET", "/api/registers/moon/checks", "", "").await.0, 404);
    let put = async |body: &str| http(stand.address, "PUT", "/api/registers/portal", "", body).await;
    assert_eq!(put(r#"{"url":"ftp://x"}"#).await.0, 400);
    let (status, body) = put(r#"{"url":"http://localhost:1234/"}"#).await;
    assert_eq!((status, &parsed(&body)["portal"]), (200, &json!("http://localhost:1234")));
    let (status, body) =
        http(stand.address, "POST", "/api/people/17/events", "", r#"{"type":"death"}"#).await;
    assert!(status == 202 && parsed(&body)["event"].is_string());
    assert_eq!(http(stand.address, "POST", "/api/people/17/events", "", r#"{"type":"x"}"#).await.0, 422);
}

#[tokio::test]
async fn the_pages_work_without_scripts_in_both_languages() {
    let stand = stand().await;
    let get = async |path: &str| http(stand.address, "GET", path, "", "").await;
    let (status, page) = get("/people?lang=ru&outcome=passport_lost").await;
    assert!(status == 200 && page.contains("Люди реестров") && page.contains("Паспорт утерян"));
    assert!(!page.contains("<script"));
    let (_, page) = get("/people/17?lang=en").await;
    assert!(page.contains("Person 17") && page.contains("These values pass all checks"));
    let (_, page) = get("/people/17?lang=ru").await;
    let known = person(&stand, Outcome::Match, 17);
    assert!(page.contains("С этими данными пройдут все проверки") && page.contains(known.snils.as_str()));
    assert!(page.contains(&known.birth_date.dmy()));
    let doubted = person(&stand, Outcome::MismatchBirthDate, 0);
    let (_, page) = get(&format!("/people/{}?lang=ru", doubted.id)).await;
    assert!(page.contains("В реестрах иначе") && page.contains(&doubted.birth_date.plus_days(1).dmy()));
    assert_eq!(get("/people/9999999").await.0, 404);
    let evil = json!({ "surname": "<script>alert(1)</script>" }).to_string();
    http(stand.address, "POST", "/api/people", "", &evil).await;
    let (_, page) = get("/people?text=%3Cscript").await;
    assert!(page.contains("alert(1)") && !page.contains("<script>alert"), "escaped");
    assert!(get("/?lang=ru").await.1.contains("href=\"/people\""));
}

#[tokio::test]
async fn forms_make_people_and_events_but_not_for_other_sites() {
    let clock = Hand::new();
    let stand = registers(&clock).await;
    let portal = Portal::open(&stand, &clock).await;
    let form = "Content-Type: application/x-www-form-urlencoded\r\n";
    let post = async |path: &str, extra: &str, body: &str| {
        http_whole(stand.address, "POST", path, &format!("{form}{extra}"), body).await
    };
    let cross = "Sec-Fetch-Site: cross-site\r\n";
    assert_eq!(post("/people/17/events", cross, "event=0").await.0, 403);
    assert_eq!(post("/people/17/events", "", "event=99").await.0, 400);
    let (status, head, _) = post("/people/17/events", "", "event=0").await;
    assert!(status == 303 && head.contains("location: /people/17?sent=1"));
    until(|| portal.notices().len() == 1).await;
    let (_, page) = http(stand.address, "GET", "/people/17?sent=1&lang=en", "", "").await;
    assert!(page.contains("The register is telling the portal") && page.contains("The holder has died"));
    let before = stand.registers().people().count();
    let (status, head, _) = post("/people", "", "outcome=never").await;
    assert!(status == 303 && head.contains(&format!("location: /people/{before}")));
}
