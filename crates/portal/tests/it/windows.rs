//! Two windows of one person, and a computer that somebody else sits down at: nobody's work is undone, confirmed values are
//! shown whole to whoever gave a factor just now.

use crate::levels::{SEND, SNILS, standard};
use crate::lists::added;
use crate::people::{VERA, registered, words};
use crate::profile::{CITIZEN, PERSONAL, PROFILE, fault, with};
use axum::http::StatusCode;
use kernel::{Lang, Span};
use portal::profile::List;
use testkit::app::{Browser, Page, TestApp};
use testkit::db::each_engine;

const NUMBERS: &str = "/cabinet/profile/section/numbers";
const CHECK: &str = "/cabinet/profile/check";

fn seen(form: &Page) -> String {
    form.value("seen").expect("what it was drawn from")
}

/// Sends the form as a browser does that was drawn with `form`.
async fn send(browser: &mut Browser, form: &Page, path: &str, fields: &[(&str, &str)]) -> Page {
    let seen = seen(form);
    browser.send(path, &with(fields, &[("seen", &seen)])).await
}

/// What stands at a field, without the marks that the formatter sets around what it puts in.
fn told(page: &Page, field: &str) -> Option<String> {
    fault(page, field).map(|words| words.replace(['\u{2068}', '\u{2069}'], ""))
}

#[tokio::test]
async fn what_both_windows_changed_is_asked_about_and_nothing_is_lost() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = registered(&app, &VERA).await;
        browser.get(PERSONAL).await;
        browser.send(PERSONAL, CITIZEN).await;
        let (first, second) = (browser.get(PERSONAL).await, browser.get(PERSONAL).await);
        let one = with(CITIZEN, &[("birth_place", "гор. Ржев"), ("birth_date", "06.11.1984")]);
        assert_eq!(send(&mut browser, &first, PERSONAL, &one).await.path, PROFILE);
        let journal = app.rows("journal").await;
        let two = with(CITIZEN, &[("birth_place", "гор. Торжок"), ("first_name", "Верона")]);
        let page = send(&mut browser, &second, PERSONAL, &two).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        let words_at = told(&page, "birth_place").expect("both are told of");
        assert!(words_at.contains("гор. Ржев"), "{words_at}");
        assert!(page.body.contains("гор. Торжок</textarea>"), "what was typed stands in the field");
        assert_eq!(
            page.value("birth_date").as_deref(),
            Some("06.11.1984"),
            "untouched here: the newer stays"
        );
        assert_eq!((fault(&page, "birth_date"), fault(&page, "first_name")), (None, None));
        assert_eq!(app.rows("journal").await, journal + 1, "the rest was taken");
        let seen_now = browser.get(PROFILE).await;
        assert!(seen_now.says("гор. Ржев") && seen_now.says("Верона"), "{}", seen_now.text());
        // Told of both, the person decides.
        let decided = with(&two, &[("birth_date", "06.11.1984")]);
        assert_eq!(send(&mut browser, &page, PERSONAL, &decided).await.path, PROFILE);
        assert!(browser.get(PROFILE).await.says("гор. Торжок"));
    })
    .await;
}

#[tokio::test]
async fn only_what_really_differs_counts() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = registered(&app, &VERA).await;
        let (first, second) = (browser.get(NUMBERS).await, browser.get(NUMBERS).await);
        let whole = [("snils", "112-233-445 95"), ("inn", "")];
        assert_eq!(send(&mut browser, &first, NUMBERS, &whole).await.path, PROFILE);
        // The same in other signs, and something else besides.
        let same = [("snils", "11223344595"), ("inn", "522190713825")];
        assert_eq!(send(&mut browser, &second, NUMBERS, &same).await.path, PROFILE);
        // The first form again, as it was: what it did not touch stays.
        assert_eq!(send(&mut browser, &first, NUMBERS, &whole).await.path, PROFILE);
        assert!(browser.get(PROFILE).await.says("••••••••3825"), "the other window's number is there");
        // Emptied in one window, changed in another.
        let (first, second) = (browser.get(NUMBERS).await, browser.get(NUMBERS).await);
        send(&mut browser, &first, NUMBERS, &[("snils", "112-233-445 95"), ("inn", "")]).await;
        let other = [("snils", "112-233-445 95"), ("inn", "500100732259")];
        let page = send(&mut browser, &second, NUMBERS, &other).await;
        assert_eq!(fault(&page, "inn"), Some(words(Lang::Ru, "profile-error-meanwhile-empty")));
        assert_eq!(page.value("inn").as_deref(), Some("500100732259"));
    })
    .await;
}

#[tokio::test]
async fn an_open_form_is_told_while_it_is_typed_into() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = registered(&app, &VERA).await;
        let (first, second) = (browser.get(NUMBERS).await, browser.get(NUMBERS).await);
        send(&mut browser, &first, NUMBERS, &[("snils", "112-233-445 95"), ("inn", "522190713825")]).await;
        let typed = |text: &'static str, seen: String| {
            [("field", "inn".to_owned()), ("typed", text.to_owned()), ("seen", seen)]
        };
        let check = async |browser: &mut Browser, text, seen: String| {
            let fields = typed(text, seen);
            let fields: Vec<(&str, &str)> =
                fields.iter().map(|(name, text)| (*name, text.as_str())).collect();
            let page = browser.post(CHECK, &fields).await;
            serde_json::from_str::<serde_json::Value>(&page.body).expect("JSON")
        };
        let answer = check(&mut browser, "500100732259", seen(&second)).await;
        assert!(answer["error"].as_str().is_some_and(|error| error.contains("522190713825")), "{answer}");
        assert_eq!(
            browser.get(NUMBERS).await.value("inn").as_deref(),
            Some("522190713825"),
            "nothing is undone"
        );
        // The form goes on from what it was told.
        let old = seen(&second);
        let tag = answer["seen"].as_str().expect("a hash");
        let now: Vec<&str> =
            old.split(' ').map(|one| if one.starts_with("inn.") { tag } else { one }).collect();
        let fields = [("snils", "112-233-445 95"), ("inn", "500100732259"), ("seen", &now.join(" "))];
        let page = browser.send(NUMBERS, &fields).await;
        assert_eq!(page.path, PROFILE, "{}", page.text());
        assert_eq!(browser.get(NUMBERS).await.value("inn").as_deref(), Some("500100732259"));
        // What a window kept of itself while typing is no other window's work, whichever form is sent.
        let form = browser.get(NUMBERS).await;
        let answer = check(&mut browser, "522190713825", seen(&form)).await;
        assert!(answer["error"].is_null(), "{answer}");
        let fields = [("snils", "112-233-445 95"), ("inn", "522190713825")];
        assert_eq!(send(&mut browser, &form, NUMBERS, &fields).await.path, PROFILE);
    })
    .await;
}

#[tokio::test]
async fn entries_of_lists_are_no_exception() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = registered(&app, &VERA).await;
        let car = [("vehicle_name", "Семейная"), ("plate", "А123ВС77")];
        let path = added(&mut browser, List::Vehicles, &car).await;
        let (first, second) = (browser.get(&path).await, browser.get(&path).await);
        send(&mut browser, &first, &path, &with(&car, &[("plate", "А777АА77")])).await;
        let page = send(&mut browser, &second, &path, &with(&car, &[("plate", "В555ВВ77")])).await;
        assert!(told(&page, "plate").is_some_and(|words| words.contains("А777АА77")), "{}", page.text());
        assert_eq!(page.value("plate").as_deref(), Some("В555ВВ77"));
        assert!(browser.get(PROFILE).await.says("А777АА77"));
    })
    .await;
}

#[tokio::test]
async fn the_directory_of_addresses_undoes_nobodys_work_either() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = registered(&app, &VERA).await;
        let registered = "/cabinet/profile/section/registered";
        let (first, second) = (browser.get(registered).await, browser.get(registered).await);
        let tver = [
            ("registered_region", "Тверская область"),
            ("registered_city", "г. Тверь"),
            ("registered_house", "1"),
        ];
        assert_eq!(send(&mut browser, &first, registered, &tver).await.path, PROFILE);
        let moscow = with(&tver, &[("registered_city", "Нигде"), ("registered_house", "1")]);
        let page = send(&mut browser, &second, &format!("{registered}/find"), &moscow).await;
        assert!(
            told(&page, "registered_city").is_some_and(|words| words.contains("г. Тверь")),
            "{}",
            page.text()
        );
        assert_eq!(page.value("registered_city").as_deref(), Some("Нигде"), "nothing typed is lost");
        assert_eq!(fault(&page, "registered_house"), None, "the same in both");
        assert!(browser.get(PROFILE).await.says("г. Тверь"));
    })
    .await;
}

#[tokio::test]
async fn confirmed_values_are_shown_whole_to_who_gave_a_factor_just_now() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = standard(&app).await;
        let form = browser.get(NUMBERS).await;
        assert!(!form.body.contains(SNILS) && form.says("•••-•••-•••"), "{}", form.text());
        assert!(form.says("подтверждено") && form.value("snils").is_none(), "nothing to type into");
        // Sent as it is, nothing is emptied.
        let page = send(&mut browser, &form, NUMBERS, &[]).await;
        assert!(page.path == PROFILE && !page.body.contains(SEND), "{}", page.text());
        let open = format!("{NUMBERS}/open");
        app.advance(Span::minutes(6));
        let page = browser.get(&open).await;
        assert_eq!(page.location(), Some(format!("/confirm?back={open}").as_str()));
        let page = browser.get("/confirm").await;
        assert!(!page.body.contains(SNILS));
        let back = [("way", "password"), ("password", crate::people::PASSWORD), ("back", open.as_str())];
        let page = browser.send("/confirm", &back).await;
        assert_eq!((page.path.as_str(), page.value("snils").as_deref()), (open.as_str(), Some(SNILS)));
        // Corrected there; the old value stays hidden wherever the form comes back.
        let page = send(&mut browser, &page, NUMBERS, &[("snils", "861-552-684 27")]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(page.value("snils").as_deref(), Some("861-552-684 27"));
        assert!(!page.body.contains(&format!("\"{SNILS}\"")), "{}", page.body);
        let page = send(&mut browser, &page, NUMBERS, &[("snils", "861-552-684 26")]).await;
        assert!(page.path == PROFILE && page.body.contains(SEND), "a correction to be sent: {}", page.text());
    })
    .await;
}
