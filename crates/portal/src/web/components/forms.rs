//! Form parts in every state.

use super::{Section, say};
use crate::web::assets;
use crate::web::ui::{
    Button, Challenge, Checkbox, CodeField, DateField, LinkButton, PasswordField, PasswordRules, Radios,
    Select, TextArea, TextField, Weight, Words,
};
use kernel::Lang;

pub(super) fn sections(lang: Lang) -> Vec<Section> {
    vec![
        text(lang),
        code(lang),
        passwords(lang),
        ticks(lang),
        radios(lang),
        lists(lang),
        buttons(lang),
        challenge(lang),
    ]
}

fn text(lang: Lang) -> Section {
    let surname = || TextField::new(lang, "").label(say(lang, "Фамилия", "Surname")).autocomplete("off");
    let wrong = say(lang, "Укажите фамилию, например «Иванова»", "Give your surname, for example “Ivanova”");
    Section::new("TextField")
        .show("plain", &surname().id("t-plain"))
        .show(
            "value, hint",
            &surname().id("t-value").value("Корабельникова").hint(say(
                lang,
                "Как в паспорте",
                "As in your passport",
            )),
        )
        .show("error", &surname().id("t-error").value("Иванова7").error(Some(wrong)))
        .show(
            "optional",
            &surname().id("t-optional").label(say(lang, "Отчество", "Patronymic")).optional(true),
        )
        .show(
            "phone, prefix",
            &TextField::phone(lang, "").id("t-phone").label(say(lang, "Телефон", "Phone")).prefix("+7"),
        )
        .show(
            "money, suffix",
            &TextField::new(lang, "")
                .id("t-money")
                .label(say(lang, "Сумма", "Amount"))
                .width(8)
                .suffix("₽")
                .value("1 234,50"),
        )
        .show("read only", &surname().id("t-readonly").value("Иванова").readonly(true))
        .show(
            "date",
            &DateField::new(lang, "").id("t-date").label(say(lang, "Дата рождения", "Date of birth")),
        )
        .show(
            "several lines",
            &TextArea::new(lang, "").id("t-area").label(say(lang, "Что произошло", "What happened")).rows(3),
        )
}

fn code(lang: Lang) -> Section {
    let field = || {
        let hint = say(lang, "Шесть цифр из сообщения", "Six digits of the message");
        CodeField::new(lang, "", 6).label(say(lang, "Код", "Code")).hint(hint).auto_submit(false)
    };
    let wrong = say(lang, "Код не подошёл. Осталось 3 попытки", "The code did not match. 3 tries are left");
    Section::new("CodeField")
        .show("plain", &field().id("c-plain"))
        .show("error", &field().id("c-error").value("123456").error(Some(wrong)))
}

fn passwords(lang: Lang) -> Section {
    let rules = PasswordRules::new(lang, 8, 20).lower().upper().digit().one_of("!@#$%^&*()").uncommon();
    let label = say(lang, "Пароль", "Password");
    let wrong = say(lang, "Добавьте цифру и заглавную букву", "Add a digit and a capital letter");
    Section::new("PasswordField")
        .show("current", &PasswordField::current(lang, "").id("p-current").label(label))
        .show("new, with rules", &PasswordField::new(lang, "").id("p-new").label(label).rules(rules.clone()))
        .show("error", &PasswordField::new(lang, "").id("p-error").label(label).error(Some(wrong)))
        .show(
            "passphrase rules",
            &PasswordField::new(lang, "")
                .id("p-phrase")
                .label(label)
                .rules(PasswordRules::new(lang, 15, 128).uncommon()),
        )
}

fn ticks(lang: Lang) -> Section {
    let sentence =
        say(lang, "Принимаю условия <a>пользовательского соглашения</a>", "I accept the <a>terms of use</a>");
    let tick = || Checkbox::new(lang, "").label(Words::linked(sentence, &["/legal/terms"]));
    let wrong =
        say(lang, "Без этого согласия учётную запись не создать", "An account cannot be opened without it");
    Section::new("Checkbox")
        .show("plain", &tick().id("k-plain"))
        .show("ticked", &tick().id("k-on").checked(true))
        .show("error", &tick().id("k-error").error(Some(wrong)))
}

fn radios(lang: Lang) -> Section {
    let group = |id: &'static str| {
        Radios::new(lang, id)
            .label(say(lang, "Куда прислать код", "Where to send the code"))
            .option_with("sms", say(lang, "В сообщении", "By message"), "+7 912 ***-**-89", None)
            .option("call", say(lang, "Голосовым звонком", "By a voice call"))
    };
    let mail = TextField::email(lang, "r-mail").label(say(lang, "Электронная почта", "E-mail"));
    let wrong = say(lang, "Выберите один способ", "Choose one way");
    Section::new("Radios")
        .show("plain", &group("r-plain"))
        .show(
            "chosen, with a reveal",
            &group("r-reveal")
                .option_with("email", say(lang, "Письмом", "By letter"), "", Some(Words::html(&mail)))
                .selected(Some("email")),
        )
        .show("error", &group("r-error").error(Some(wrong)))
}

fn lists(lang: Lang) -> Section {
    let list = |id: &'static str| {
        Select::new(lang, id)
            .label(say(lang, "Регион", "Region"))
            .option("29", say(lang, "Архангельская область", "Arkhangelsk region"))
            .option("39", say(lang, "Калининградская область", "Kaliningrad region"))
    };
    let wrong = say(lang, "Выберите регион из списка", "Choose a region of the list");
    Section::new("Select")
        .show("plain", &list("s-plain"))
        .show("chosen", &list("s-chosen").selected(Some("39")))
        .show("error", &list("s-error").error(Some(wrong)))
}

fn buttons(lang: Lang) -> Section {
    let label = say(lang, "Получить код", "Get a code");
    let one = |weight: Weight| Button::new(label).weight(weight);
    let again = Button::new(say(lang, "Отправить снова", "Send again")).weight(Weight::Secondary).wait(45);
    let remove = say(lang, "Удалить учётную запись", "Delete the account");
    Section::new("Button, LinkButton")
        .show("primary", &one(Weight::Primary))
        .show("accent", &one(Weight::Accent))
        .show("secondary", &one(Weight::Secondary))
        .show("quiet", &one(Weight::Quiet))
        .show("danger", &Button::new(remove).weight(Weight::Danger).icon("trash"))
        .show("with an icon", &Button::new(label).icon("phone"))
        .show("waiting", &again)
        .show(
            "link",
            &LinkButton::new(say(lang, "Открыть кабинет", "Open my cabinet"), "/cabinet").icon("user"),
        )
}

fn challenge(lang: Lang) -> Section {
    let picture = assets::url("icons/mark.svg");
    let wrong = say(
        lang,
        "Символы не совпали. Вот новая картинка",
        "The characters did not match. Here is a new picture",
    );
    let all = Challenge::new(lang, "challenge_token", "sample", "challenge_answer");
    Section::new("Challenge").show(
        "all three ways, after a wrong answer",
        &all.picture(picture)
            .sound("/dev/no-sound.wav")
            .work("challenge_nonce", "sample", 18)
            .error(Some(wrong)),
    )
}
