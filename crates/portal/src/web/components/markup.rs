//! What must hold for the HTML of every shell page, checked on the real pages in both languages.

use super::super::legal::{Document, Legal};
use super::super::mail::MailPage;
use super::super::page::{Brand, Flash, Kind, Look, Page, Theme, Viewer};
use super::super::pages::{ErrorPage, Help, Home, Offline};
use super::super::ui::{Button, Errors, PasswordField, PasswordRules, TextField};
use super::Components;
use askama::Template;
use axum::http::StatusCode;
use kernel::{Lang, Level, Time};
use std::collections::BTreeSet;
use std::sync::Arc;

const ATTACK: &str = "\"><script>alert(1)</script>&'";

fn page(lang: Lang) -> Page {
    Page {
        csrf: "token".to_owned(),
        demo: true,
        request_id: "7F3A-2210".to_owned(),
        brand: Arc::new(Brand { hotline: Some("8 800 000-00-00".to_owned()), ..Brand::default() }),
        flash: Some(Flash { kind: Kind::Success, text: ATTACK.to_owned() }),
        viewer: Some(Viewer::new(ATTACK, "Иванова", Level::Standard)),
        session_ends_in: Some(1800),
        look: Look { theme: Theme::Dark, large_text: true, contrast: true },
        ..Page::new(lang, "/help?a=1", Time(1_795_258_800_000_000))
    }
}

/// Every page of the shell in a language, with its name.
fn pages(lang: Lang) -> Vec<(String, String)> {
    let render = |name: &str, page: &dyn askama::DynTemplate| {
        (format!("{name} {}", lang.tag()), page.dyn_render().expect(name))
    };
    let mut all = vec![
        render("home", &Home::new(page(lang))),
        render("home of a visitor", &Home::new(Page { viewer: None, ..page(lang) })),
        render("components", &Components::new(page(lang))),
        render("help", &Help::new(page(lang))),
        render("offline", &Offline::new(page(lang))),
    ];
    all.extend(
        Document::ALL
            .map(|document| render(document.slug(), &Legal::new(page(lang), document, &Default::default()))),
    );
    for status in [400, 401, 403, 404, 405, 410, 413, 418, 422, 429, 500, 502, 503] {
        let status = StatusCode::from_u16(status).expect("status");
        all.push(render(status.as_str(), &ErrorPage::new(page(lang), status).retry_after(30)));
    }
    all
}

/// The values of an attribute, in order.
fn values<'a>(html: &'a str, attribute: &str) -> Vec<&'a str> {
    let start = format!(" {attribute}=\"");
    html.split(start.as_str()).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[test]
fn ids_are_unique_and_references_lead_somewhere() {
    for (name, html) in Lang::ALL.into_iter().flat_map(pages) {
        let ids = values(&html, "id");
        let unique: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(ids.len(), unique.len(), "{name}: an id stands twice in {ids:?}");
        for attribute in ["for", "aria-describedby", "aria-labelledby", "aria-controls", "data-copy"] {
            for id in values(&html, attribute).into_iter().flat_map(str::split_whitespace) {
                assert!(unique.contains(id), "{name}: {attribute} names {id}, which is not there");
            }
        }
    }
}

#[test]
fn pages_fit_the_content_policy_and_escape_what_people_type() {
    for (name, html) in Lang::ALL.into_iter().flat_map(pages) {
        assert!(!html.contains("style="), "{name}: a style attribute");
        assert!(
            !html.contains("<style") && !html.contains("javascript:"),
            "{name}: inline style or script address"
        );
        assert_eq!(html.matches("<script").count(), 1, "{name}: one module and no other script");
        assert!(html.contains("<script type=\"module\" src=\"/assets/"), "{name}");
        for handler in [" onclick=", " onload=", " onerror=", " onsubmit="] {
            assert!(!html.contains(handler), "{name}: {handler}");
        }
        assert!(!html.contains("alert(1)</script>"), "{name}: a value is not escaped");
        let away =
            values(&html, "src").into_iter().chain(values(&html, "action")).find(|at| !at.starts_with('/'));
        assert_eq!(away, None, "{name}: leads to another origin");
    }
}

#[test]
fn pages_have_one_heading_their_language_and_a_token_in_every_form() {
    for lang in Lang::ALL {
        for (name, html) in pages(lang) {
            assert!(html.starts_with("<!DOCTYPE html>"), "{name}");
            assert!(html.contains(&format!("<html lang=\"{}\" data-theme=", lang.tag())), "{name}");
            let headings = html.matches("<h1").count();
            assert!(headings == 1 || name.starts_with("components"), "{name}: {headings} first headings");
            assert_eq!(html.matches("<main ").count(), 1, "{name}");
            let forms = html.matches("<form ").count();
            assert_eq!(
                html.matches("name=\"csrf\" value=\"token\"").count(),
                forms,
                "{name}: a form without its token"
            );
        }
    }
}

#[test]
fn the_offline_page_holds_nothing_of_anybody() {
    for lang in Lang::ALL {
        let html = Offline::new(page(lang)).render().expect("offline");
        for secret in ["Иванова", "token", "<form", "alert"] {
            assert!(!html.contains(secret), "{secret}");
        }
    }
}

#[test]
fn error_pages_say_when_under_which_number_and_how_to_go_on() {
    let busy = ErrorPage::new(page(Lang::Ru), StatusCode::SERVICE_UNAVAILABLE)
        .retry_after(30)
        .render()
        .expect("page");
    for part in
        ["7F3A-2210", "21\u{a0}ноября 2026, 11:00 (UTC+0)", "через 30 секунд", "href=\"/help?a=1\"", ">503<"]
    {
        assert!(busy.contains(part), "{part}");
    }
}

#[test]
fn fields_show_their_error_and_escape_their_value() {
    let field = TextField::new(Lang::Ru, "surname")
        .label("Фамилия")
        .hint("Как в паспорте")
        .value(ATTACK)
        .error(Some(ATTACK));
    let html = field.to_string();
    assert!(!html.contains("<script>"), "{html}");
    assert!(
        html.contains("aria-describedby=\"surname-hint surname-error\"")
            && html.contains("aria-invalid=\"true\"")
    );
    let rules = PasswordRules::new(Lang::En, 8, 20).one_of("!\"]^-\\");
    let html = PasswordField::new(Lang::En, "password").label("Password").rules(rules).to_string();
    assert!(html.contains(" data-min=\"8\" data-max=\"20\""), "{html}");
    assert!(html.contains(" data-has=\"\\!\\&#34;\\]\\^\\-\\\\\""), "{html}");
    let control = html.split("<input").nth(1).and_then(|rest| rest.split('>').next()).expect("the control");
    assert!(!control.contains("value="), "a password is never sent back: {control}");
    let mut errors = Errors::new();
    errors.add("surname", ATTACK);
    let summary = errors.summary(Lang::Ru).expect("one error").to_string();
    assert!(
        summary.contains("Исправьте 1 поле")
            && summary.contains("href=\"#surname\"")
            && !summary.contains("<script>")
    );
    assert_eq!(Errors::new().summary(Lang::Ru).map(|summary| summary.to_string()), None);
    assert!(
        Button::new("Дальше").wait(0).to_string().contains("data-once")
            && !Button::new("x").wait(0).to_string().contains("data-wait")
    );
}

#[test]
fn a_letter_says_the_same_in_both_forms() {
    let letter = MailPage::new(Lang::Ru, Arc::new(Brand::default()), "Код для входа")
        .paragraph(ATTACK)
        .code("482913")
        .button("Подтвердить адрес", "https://portal.example/link?a=1&b=2")
        .footer("Если вы не просили код, ничего делать не нужно.");
    let (html, text) = (letter.html().expect("letter"), letter.text());
    assert!(!html.contains("<script>") && !html.contains("src="), "no scripts, no pictures from elsewhere");
    assert!(html.contains("https://portal.example/link?a=1&#38;b=2"));
    for part in [
        "Код для входа",
        "482913",
        "Подтвердить адрес",
        "Если вы не просили код, ничего делать не нужно.",
        "Пристань",
    ] {
        assert!(html.contains(part) && text.contains(part), "{part}");
    }
    assert!(
        text.contains("https://portal.example/link?a=1&b=2")
            && text.contains("\n-- \n")
            && text.contains(ATTACK)
    );
}
