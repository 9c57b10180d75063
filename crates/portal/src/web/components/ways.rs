//! Progress and navigation in every state.

use super::{Section, say};
use crate::web::page::Kind;
use crate::web::ui::{BackLink, Breadcrumbs, Ladder, Stage, Steps, Tag, TaskList, Timeline};
use kernel::{Lang, Level};

pub(super) fn sections(lang: Lang) -> Vec<Section> {
    vec![steps(lang), ladder(lang), tasks(lang), timeline(lang), links(lang)]
}

fn steps(lang: Lang) -> Section {
    let names = || match lang {
        Lang::Ru => ["Данные", "Подтверждение", "Пароль", "Готово"],
        Lang::En => ["Details", "Confirmation", "Password", "Done"],
    };
    Section::new("Steps")
        .show("first", &Steps::new(lang, names(), 0))
        .show("third", &Steps::new(lang, names(), 2))
        .show("all done", &Steps::new(lang, names(), 4))
}

fn ladder(lang: Lang) -> Section {
    let up = say(lang, "Заполнить профиль", "Fill in the profile");
    let note = say(lang, "Проверка занимает до пяти минут", "The check takes up to five minutes");
    Section::new("Ladder")
        .show("visitor", &Ladder::new(lang, None))
        .show(
            "simplified, with a way up",
            &Ladder::new(lang, Some(Level::Simplified)).note(Level::Standard, note).action(
                Level::Standard,
                up,
                "/cabinet/profile",
            ),
        )
        .show("confirmed", &Ladder::new(lang, Some(Level::Confirmed)))
}

fn tasks(lang: Lang) -> Section {
    let list = TaskList::new()
        .task(
            say(lang, "Подтвердить почту", "Confirm the e-mail"),
            say(lang, "Понадобится для восстановления доступа", "Needed to recover access"),
            Some("/cabinet/profile"),
            Some(Tag::new(Kind::Warning, say(lang, "Нужно сделать", "To do"))),
        )
        .task(
            say(lang, "Заполнить профиль", "Fill in the profile"),
            "",
            Some("/cabinet/profile"),
            Some(Tag::plain(say(lang, "Не начато", "Not begun"))),
        )
        .task(
            say(lang, "Подтвердить личность", "Confirm identity"),
            say(lang, "Откроется после проверки профиля", "Opens after the profile is checked"),
            None,
            None,
        );
    Section::new("TaskList").show("three tasks", &list)
}

fn timeline(lang: Lang) -> Section {
    let when = |machine: &str, ru, en| Some((machine.to_owned(), say(lang, ru, en).to_owned()));
    let line = Timeline::new(lang)
        .event(
            Stage::Done,
            say(lang, "Заявление принято", "Application received"),
            when("2026-11-19", "19 ноября 2026", "19 November 2026"),
            "",
        )
        .event(
            Stage::Current,
            say(lang, "Проверка в ведомстве", "Checked by the agency"),
            when("2026-11-20", "20 ноября 2026", "20 November 2026"),
            say(lang, "Срок по закону — до 3 декабря.", "The law allows until 3 December."),
        )
        .event(Stage::Ahead, say(lang, "Готовый документ", "The document"), None, "");
    Section::new("Timeline").show("under way", &line)
}

fn links(lang: Lang) -> Section {
    let crumbs = Breadcrumbs::new(lang).link(say(lang, "Кабинет", "Cabinet"), "/cabinet").here(say(
        lang,
        "Безопасность",
        "Security",
    ));
    Section::new("BackLink, Breadcrumbs").show("back", &BackLink::new(lang, "/")).show("crumbs", &crumbs)
}
