//! Bad input (spec 01 §7): errors at their field in the person's language, broken requests refused, nothing lost.

use crate::people::{PASSWORD, Person, VERA, begin, registered, twice, words};
use axum::body::Body;
use axum::http::{Method, StatusCode};
use kernel::Lang;
use testkit::app::TestApp;
use testkit::db;

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

#[tokio::test]
async fn every_error_of_the_first_page_stands_at_its_field_in_both_languages() {
    let app = TestApp::new(db::sqlite().await).await;
    let table = [
        ("surname", "", "web-field-surname-empty"),
        ("surname", "\u{feff} \u{200b}", "web-field-surname-empty"),
        ("surname", "Лoдкина", "web-field-name-mixed"), // a Latin o
        ("surname", "Лодкина2", "web-field-name-digit"),
        ("surname", "Лод\u{200b}кина", "web-field-name-invisible"),
        ("surname", "Лод\u{7}кина", "web-field-name-invisible"),
        ("surname", "<b>Лодкина</b>", "web-field-name-other"),
        ("first_name", "", "web-field-first-name-empty"),
        ("first_name", "Вера🙂", "web-field-name-other"),
        ("patronymic", "Mиронoвна", "web-field-name-mixed"),
        ("phone", "+7 912 345-67", "web-field-phone-other"),
        ("phone", "8 495 123-45-67", "web-field-phone-not-mobile"),
        ("phone", "+7 912 345-67-89x", "web-field-phone-char"),
        ("phone", "+34 612 34 56 78", "registration-error-country"),
        ("email", "vera", "web-field-email-at"),
        ("email", "vera@", "web-field-email-at"),
        ("email", "вера@example.org", "web-field-email-latin"),
        ("email", "vera@example", "web-field-email-domain"),
    ];
    for lang in Lang::ALL {
        for (field, value, key) in table {
            let mut browser = app.browser();
            browser.get("/register").await;
            let fields: Vec<(&str, &str)> = VERA
                .fields()
                .into_iter()
                .map(|(name, old)| if name == field { (name, value) } else { (name, old) })
                .collect();
            let page = browser.post(&format!("/register?lang={}", lang.tag()), &fields).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{field} {value:?}");
            let error = page.error_at(field).unwrap_or_default();
            assert!(error.contains(&words(lang, key)), "{field} {value:?} {key}: {error}");
            for (name, old) in fields.iter().filter(|(name, _)| !name.starts_with("consent")) {
                assert_eq!(page.value(name).unwrap_or_default(), *old, "{name} is kept");
            }
            assert!(page.ticked("consent_terms") && page.ticked("consent_data"));
            assert!(!page.says("<b>Лодкина"), "nothing typed comes back unescaped");
        }
    }
    assert_eq!((app.rows("registration").await, app.rows("code").await), (0, 0));
}

#[tokio::test]
async fn all_errors_are_told_at_once_and_what_was_right_stays() {
    let app = TestApp::new(db::sqlite().await).await;
    let mut browser = app.browser();
    browser.get("/register").await;
    let fields = [("surname", ""), ("first_name", "Вера"), ("patronymic", ""), ("phone", ""), ("email", "")];
    let page = browser.post("/register", &fields).await;
    for (field, key) in [
        ("surname", "web-field-surname-empty"),
        ("phone", "registration-error-no-contact"),
        ("consent_terms", "registration-error-consent-terms"),
        ("consent_data", "registration-error-consent-data"),
    ] {
        assert!(page.error_at(field).unwrap_or_default().contains(&words(Lang::Ru, key)), "{field}");
        assert!(page.says(&format!("href=\"#{field}\"")), "the summary leads to {field}");
    }
    assert_eq!(page.value("first_name").as_deref(), Some("Вера"));
    assert!(!page.ticked("consent_terms"));
}

#[tokio::test]
async fn every_rule_of_a_password_has_its_words_and_no_password_comes_back() {
    let app = TestApp::new(db::sqlite().await).await;
    let mut browser = app.browser();
    begin(&mut browser, &VERA).await;
    let code = app.sms_code(VERA.phone).await;
    browser.send("/register/code", &[("code", &code)]).await;
    for lang in Lang::ALL {
        let path = format!("/register/password?lang={}", lang.tag());
        for (password, key) in [
            ("", "web-password-fault-empty"),
            ("gavan-2026!x", "web-password-fault-upper"),
            ("GAVAN-2026!X", "web-password-fault-lower"),
            ("Gavan-word!x", "web-password-fault-digit"),
            ("Gavan-2026-x", "web-password-fault-sign"),
            ("Гавань-2026!x", "web-password-fault-char"),
            ("Gavan 2026!x", "web-password-fault-char"),
            ("Passw0rd!", "web-password-fault-common"),
        ] {
            let page = browser.post(&path, &twice(password)).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{password}");
            let error = page.error_at("password").unwrap_or_default();
            assert!(error.contains(&words(lang, key)), "{password} {key}: {error}");
            assert!(password.is_empty() || !page.says(password), "{password} came back");
        }
        for (password, has) in [("Ga-26!x", '8'), ("Gavan-2026!xGavan-2026", '2')] {
            let page = browser.post(&path, &twice(password)).await;
            assert!(page.error_at("password").is_some_and(|error| error.contains(has)), "{password}");
        }
        let page = browser.post(&path, &[("password", PASSWORD), ("password_repeat", "Gavan-2026!y")]).await;
        assert!(
            page.error_at("password_repeat")
                .unwrap_or_default()
                .contains(&words(lang, "web-password-fault-repeat"))
        );
    }
    assert_eq!(app.rows("account").await, 0);
}

#[tokio::test]
async fn a_password_with_ones_own_name_or_contact_is_refused() {
    let app = TestApp::new(db::sqlite().await).await;
    let mut browser = app.browser();
    let person = Person { surname: "Galkina", first_name: "Ustinya", phone: VERA.phone, email: "" };
    begin(&mut browser, &person).await;
    let code = app.sms_code(VERA.phone).await;
    browser.send("/register/code", &[("code", &code)]).await;
    for password in ["Galkina-77!z", "xUSTINYAx7!q", "9123456789!Qz"] {
        let page = browser.post("/register/password", &twice(password)).await;
        let error = page.error_at("password").unwrap_or_default();
        assert!(error.contains(&words(Lang::Ru, "web-password-fault-personal")), "{password}: {error}");
    }
}

/// The acts that exist for these visitors; those of the workplace have tests of their own.
fn open_acts() -> Vec<portal::web::routes::Row> {
    use portal::web::routes::Access;
    let table = portal::web::routes();
    let open = |access| !matches!(access, Access::Member | Access::Staff(_) | Access::Program);
    // Files come in bodies of their own kinds: `documents.rs` goes through those.
    let files = ["/cabinet/documents/slot/{slot}", "/cabinet/documents/uploads"];
    let ours = |row: &&portal::web::routes::Row| {
        row.method == "POST" && open(row.access) && !files.contains(&row.path)
    };
    table.rows().iter().filter(ours).copied().collect()
}

#[tokio::test]
async fn unknown_fields_are_refused_everywhere() {
    let app = TestApp::new(db::sqlite().await).await;
    let mut person = registered(&app, &VERA).await;
    let mut stranger = app.browser();
    stranger.get("/help").await;
    for row in open_acts() {
        let path = crate::access::filled(row.path);
        let visitor =
            if row.access == portal::web::routes::Access::SignedIn { &mut person } else { &mut stranger };
        let page = visitor.post(&path, &[("is_admin", "1")]).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{path}");
        assert!(page.incident().is_some(), "{path}");
    }
}

#[tokio::test]
async fn broken_bodies_are_the_clients_fault_and_never_ours() {
    let app = TestApp::new(db::sqlite().await).await;
    let mut visitor = registered(&app, &VERA).await;
    let token = format!("csrf={}", visitor.csrf());
    let long = format!("{token}&login={}", "a".repeat(64 * 1024));
    let many: String = (0..200).map(|number| format!("&f{number}=x")).collect();
    let bodies: Vec<(Vec<u8>, StatusCode)> = vec![
        (format!("{token}&login=%").into(), StatusCode::BAD_REQUEST),
        (format!("{token}&login=%4").into(), StatusCode::BAD_REQUEST),
        (format!("{token}&login=%zz").into(), StatusCode::BAD_REQUEST),
        (format!("{token}&login=%ff%fe").into(), StatusCode::BAD_REQUEST),
        (format!("{token}&login=%00").into(), StatusCode::BAD_REQUEST),
        (format!("{token}&login=a&login=b").into(), StatusCode::BAD_REQUEST),
        (format!("{token}&{token}").into(), StatusCode::BAD_REQUEST),
        (format!("{token}{many}").into(), StatusCode::BAD_REQUEST),
        ([token.as_bytes(), b"&login=\xff\xfe"].concat(), StatusCode::BAD_REQUEST),
        (long.into(), StatusCode::PAYLOAD_TOO_LARGE),
    ];
    for row in open_acts() {
        let path = row.path.replace("{token}", &"A".repeat(43));
        for (body, status) in &bodies {
            let page = visitor.request(Method::POST, &path, &[FORM], Body::from(body.clone())).await;
            assert_eq!(
                page.status,
                *status,
                "{path} {:?}",
                String::from_utf8_lossy(&body[..body.len().min(80)])
            );
        }
        for kind in ["application/json", "multipart/form-data; boundary=x", "text/plain", ""] {
            let page = visitor
                .request(Method::POST, &path, &[("content-type", kind)], Body::from(token.clone()))
                .await;
            assert_eq!(page.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{path} {kind}");
        }
    }
    assert!(crate::people::is_in(&mut visitor).await, "and none of them did anything");
}

#[tokio::test]
async fn broken_addresses_and_cookies_are_no_trouble() {
    let app = TestApp::new(db::sqlite().await).await;
    let mut visitor = app.browser();
    for path in [
        "/sign-in?back=%ff",
        "/sign-in?back=%",
        "/sign-in?back=/a&back=/b",
        "/sign-in?x=y&%00",
        "/register/link/%ff",
        "/register/link/%00",
        "/register/link/x",
        "/legal/%ff",
        "/challenge/x/picture.png",
        "/challenge/x/../y",
        "/?lang=xx",
        "/?lang=%ff",
        "/assets/x/%ff",
    ] {
        let page = visitor.get(path).await;
        assert!(page.status.as_u16() < 500, "{path}: {}", page.status);
    }
    for cookie in [
        "=",
        ";;;",
        "pristan-sid=\"x\"",
        "pristan-vid=",
        "pristan-vid=AAAA",
        "pristan-flash=<script>",
        "prefs=xx",
        "a=b; pristan-sid",
    ] {
        for path in ["/", "/cabinet", "/register", "/register/code", "/recover/password"] {
            let page = visitor.request(Method::GET, path, &[("cookie", cookie)], Body::empty()).await;
            assert!(page.status.as_u16() < 400 && !page.says("<script>"), "{path} {cookie}: {}", page.status);
        }
    }
}
