//! Messages and facts in every state.

use super::{Section, say};
use crate::web::page::Kind;
use crate::web::ui::{
    Countdown, Details, EmptyState, Errors, Icon, LinkButton, Notice, Panel, SummaryList, Table, Tag, Weight,
};
use kernel::Lang;

/// Every icon of the sheet.
pub(super) const ICONS: [&str; 36] = [
    "mark",
    "buoy",
    "check",
    "info",
    "alert",
    "stop",
    "arrow-left",
    "arrow-right",
    "eye",
    "user",
    "users",
    "phone",
    "mail",
    "lock",
    "key",
    "document",
    "card",
    "calendar",
    "pen",
    "message",
    "shield",
    "clock",
    "device",
    "home",
    "search",
    "copy",
    "external",
    "close",
    "plus",
    "trash",
    "bell",
    "star",
    "download",
    "print",
    "sound",
    "pin",
];

pub(super) fn sections(lang: Lang) -> Vec<Section> {
    vec![errors(lang), notices(lang), panels(lang), tags(lang), facts(lang), table(lang), more(lang), icons()]
}

fn errors(lang: Lang) -> Section {
    let mut errors = Errors::new();
    errors.add(
        "t-error",
        say(lang, "Укажите фамилию, например «Иванова»", "Give your surname, for example “Ivanova”"),
    );
    errors.add(
        "c-error",
        say(lang, "Код не подошёл. Осталось 3 попытки", "The code did not match. 3 tries are left"),
    );
    let section = Section::new("ErrorSummary");
    match errors.summary(lang) {
        Some(summary) => section.show("two fields", &summary),
        None => section,
    }
}

fn notices(lang: Lang) -> Section {
    let text = say(
        lang,
        "Вход с нового устройства: Архангельск, 21 ноября, 14:05.",
        "Sign-in from a new device: Arkhangelsk, 21 November, 14:05.",
    );
    let title = say(lang, "Это были вы?", "Was that you?");
    let act = say(lang, "Завершить этот сеанс", "End that session");
    let notice = |kind| Notice::new(lang, kind, text);
    Section::new("Notice")
        .show("information", &notice(Kind::Info))
        .show(
            "done",
            &Notice::new(
                lang,
                Kind::Success,
                say(
                    lang,
                    "Пароль изменён. Остальные сеансы завершены.",
                    "The password is changed. Other sessions have ended.",
                ),
            ),
        )
        .show(
            "attention, with a title and a way on",
            &notice(Kind::Warning).title(title).action(act, "/cabinet/security"),
        )
        .show(
            "failure",
            &Notice::new(
                lang,
                Kind::Danger,
                say(
                    lang,
                    "СМС сейчас не отправляются. Запросите звонок или подтвердите почту.",
                    "Messages cannot be sent now. Ask for a call or confirm an e-mail.",
                ),
            ),
        )
}

fn panels(lang: Lang) -> Section {
    let done = say(lang, "Учётная запись создана", "The account is open");
    let next = say(
        lang,
        "Вы вошли. Дальше можно заполнить профиль.",
        "You are signed in. Next you can fill in your profile.",
    );
    let empty = EmptyState::new(
        "message",
        say(lang, "Сообщений пока нет", "No messages yet"),
        say(
            lang,
            "Здесь появятся ответы ведомств и напоминания.",
            "Answers of agencies and reminders will come here.",
        ),
    );
    let begin = LinkButton::new(say(lang, "Заполнить профиль", "Fill in the profile"), "/cabinet/profile");
    Section::new("Panel, EmptyState, Countdown")
        .show("done", &Panel::new(done, next))
        .show("empty", &empty.clone())
        .show("empty, with a way on", &empty.action(begin.weight(Weight::Secondary)))
        .show(
            "running",
            &Countdown::new(
                lang,
                "web-code-expires",
                245,
                say(lang, "Код больше не действует", "The code has expired"),
            ),
        )
        .show(
            "over",
            &Countdown::new(
                lang,
                "web-code-expires",
                0,
                say(lang, "Код больше не действует", "The code has expired"),
            ),
        )
}

fn tags(lang: Lang) -> Section {
    Section::new("Tag")
        .show("plain", &Tag::plain(say(lang, "Не начато", "Not begun")))
        .show("information", &Tag::new(Kind::Info, say(lang, "Проверяется", "Being checked")))
        .show("done", &Tag::new(Kind::Success, say(lang, "Подтверждено", "Confirmed")))
        .show("attention", &Tag::new(Kind::Warning, say(lang, "Нужен ответ", "Answer needed")))
        .show("failure", &Tag::new(Kind::Danger, say(lang, "Отказано", "Refused")))
}

fn facts(lang: Lang) -> Section {
    let change = say(lang, "Изменить", "Change");
    let list = SummaryList::new()
        .row(say(lang, "Имя", "Name"), say(lang, "Анна Корабельникова", "Anna Korabelnikova"))
        .row_with(say(lang, "Телефон", "Phone"), "+7 912 345-67-89", change, "/cabinet/profile")
        .row_with(
            say(lang, "Почта", "E-mail"),
            "anna.korabelnikova.archive@example.org",
            change,
            "/cabinet/profile",
        );
    Section::new("SummaryList").show("with ways to change", &list)
}

fn table(lang: Lang) -> Section {
    let table = Table::new(say(lang, "Платежи за ноябрь", "Payments of November"))
        .column(say(lang, "Назначение", "Purpose"))
        .column(say(lang, "Дата", "Date"))
        .numbers(say(lang, "Сумма", "Amount"))
        .row([say(lang, "Госпошлина за паспорт", "Passport fee"), "21.11.2026", "5 000,00 ₽"])
        .row([say(lang, "Штраф № 188101", "Fine No. 188101"), "19.11.2026", "250,00 ₽"]);
    Section::new("Table").show("words and numbers", &table)
}

fn more(lang: Lang) -> Section {
    let question = say(lang, "Не приходит сообщение", "The message does not arrive");
    let answer = say(
        lang,
        "Проверьте номер и сеть. Через минуту код можно запросить снова.",
        "Check the number and the signal. You can ask again in a minute.",
    );
    Section::new("Details")
        .show("folded", &Details::new(question, answer))
        .show("open", &Details::new(question, answer).open(true))
}

fn icons() -> Section {
    ICONS.into_iter().fold(Section::new("Icon"), |section, name| section.show(name, &Icon::new(name)))
}
