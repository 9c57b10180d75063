//! Fields in which one types.

use super::frame::{Frame, framed};
use askama::Template;
use kernel::Lang;
use std::borrow::Cow;

/// One line of text.
#[derive(Clone, Debug, Template)]
#[template(path = "ui/text_field.html")]
pub struct TextField {
    frame: Frame,
    kind: &'static str,
    value: String,
    autocomplete: Option<&'static str>,
    inputmode: Option<&'static str>,
    maxlength: Option<usize>,
    prefix: Option<Cow<'static, str>>,
    suffix: Option<Cow<'static, str>>,
    width: &'static str,
    readonly: bool,
    exact: bool,
    suggestions: Option<&'static str>,
}
framed!(TextField);

impl TextField {
    /// A field of a form; `name` is the field's standard name.
    pub fn new(lang: Lang, name: impl Into<Cow<'static, str>>) -> TextField {
        TextField {
            frame: Frame::new(lang, name),
            kind: "text",
            value: String::new(),
            autocomplete: None,
            inputmode: None,
            maxlength: None,
            prefix: None,
            suffix: None,
            width: "",
            readonly: false,
            exact: false,
            suggestions: None,
        }
    }

    /// A telephone number.
    pub fn phone(lang: Lang, name: impl Into<Cow<'static, str>>) -> TextField {
        TextField { kind: "tel", ..TextField::new(lang, name) }.autocomplete("tel").inputmode("tel").width(20)
    }

    /// An e-mail address. Not `type=email`: browsers refuse addresses that the server accepts.
    pub fn email(lang: Lang, name: impl Into<Cow<'static, str>>) -> TextField {
        TextField::new(lang, name).autocomplete("email").inputmode("email").exact()
    }

    /// The `id` of a `datalist` on the page: what is suggested while one types.
    #[must_use]
    pub fn suggestions(mut self, list: &'static str) -> Self {
        self.suggestions = Some(list);
        self
    }

    /// What the field holds already; shown escaped.
    #[must_use]
    pub fn value(mut self, value: &str) -> Self {
        self.value = value.to_owned();
        self
    }

    /// The purpose of the field (HTML `autocomplete` token), for example `family-name`.
    #[must_use]
    pub fn autocomplete(mut self, token: &'static str) -> Self {
        self.autocomplete = Some(token);
        self
    }

    /// The keyboard of a phone: `numeric`, `tel`, `email` …
    #[must_use]
    pub fn inputmode(mut self, mode: &'static str) -> Self {
        self.inputmode = Some(mode);
        self
    }

    /// The largest number of characters; the server checks it again.
    #[must_use]
    pub fn maxlength(mut self, characters: usize) -> Self {
        self.maxlength = Some(characters);
        self
    }

    /// A fixed mark before the value, for example `+7`; not part of what is sent.
    #[must_use]
    pub fn prefix(mut self, mark: impl Into<Cow<'static, str>>) -> Self {
        self.prefix = Some(mark.into());
        self
    }

    /// A fixed mark after the value, for example `₽`; not part of what is sent.
    #[must_use]
    pub fn suffix(mut self, mark: impl Into<Cow<'static, str>>) -> Self {
        self.suffix = Some(mark.into());
        self
    }

    /// The width in characters, a hint of how much is expected.
    #[must_use]
    pub fn width(mut self, characters: usize) -> Self {
        self.width = width_class(characters);
        self
    }

    /// The value is shown and sent but cannot be edited.
    #[must_use]
    pub fn readonly(mut self, readonly: bool) -> Self {
        self.readonly = readonly;
        self
    }

    /// No spelling help and no automatic capitals: addresses, logins, numbers.
    #[must_use]
    pub fn exact(mut self) -> Self {
        self.exact = true;
        self
    }
}

/// The class of the narrowest width that holds so many characters.
fn width_class(characters: usize) -> &'static str {
    match characters {
        0..=4 => " w-4",
        5..=8 => " w-8",
        9..=12 => " w-12",
        13..=20 => " w-20",
        21..=30 => " w-30",
        _ => "",
    }
}

/// Several lines of text.
#[derive(Clone, Debug, Template)]
#[template(path = "ui/text_area.html")]
pub struct TextArea {
    frame: Frame,
    value: String,
    rows: usize,
    maxlength: Option<usize>,
}
framed!(TextArea);

impl TextArea {
    /// A field of five lines.
    pub fn new(lang: Lang, name: impl Into<Cow<'static, str>>) -> TextArea {
        TextArea { frame: Frame::new(lang, name), value: String::new(), rows: 5, maxlength: None }
    }

    /// What the field holds already; shown escaped.
    #[must_use]
    pub fn value(mut self, value: &str) -> Self {
        self.value = value.to_owned();
        self
    }

    /// How many lines are visible.
    #[must_use]
    pub fn rows(mut self, rows: usize) -> Self {
        self.rows = rows;
        self
    }

    /// The largest number of characters; the server checks it again.
    #[must_use]
    pub fn maxlength(mut self, characters: usize) -> Self {
        self.maxlength = Some(characters);
        self
    }
}

/// A one-time code: large spaced digits, filled by the phone from the message, pasted with or without spaces.
#[derive(Clone, Debug, Template)]
#[template(path = "ui/code_field.html")]
pub struct CodeField {
    frame: Frame,
    digits: usize,
    value: String,
    auto_submit: bool,
}
framed!(CodeField);

impl CodeField {
    /// A code of so many digits (6 by spec 01).
    pub fn new(lang: Lang, name: impl Into<Cow<'static, str>>, digits: usize) -> CodeField {
        CodeField { frame: Frame::new(lang, name), digits, value: String::new(), auto_submit: true }
    }

    /// What the field holds already, for example the code of a link in a letter.
    #[must_use]
    pub fn value(mut self, value: &str) -> Self {
        self.value = value.to_owned();
        self
    }

    /// Whether the form is sent as soon as the last digit is there (needs JavaScript); yes by default.
    #[must_use]
    pub fn auto_submit(mut self, auto_submit: bool) -> Self {
        self.auto_submit = auto_submit;
        self
    }

    /// Room for the digits and the spaces people paste with them.
    fn room(&self) -> usize {
        self.digits * 2 + 8
    }
}

/// A date in one field, day first: `ДД.ММ.ГГГГ`.
#[derive(Clone, Debug, Template)]
#[template(path = "ui/date_field.html")]
pub struct DateField {
    frame: Frame,
    value: String,
    autocomplete: Option<&'static str>,
}
framed!(DateField);

impl DateField {
    /// A date that is typed or pasted; the server reads `5.11.1984`, `05.11.1984` and `1984-11-05`.
    pub fn new(lang: Lang, name: impl Into<Cow<'static, str>>) -> DateField {
        let frame = Frame::new(lang, name);
        let hint = frame.t("web-date-hint");
        DateField { frame: Frame { hint: hint.into(), ..frame }, value: String::new(), autocomplete: None }
    }

    /// What the field holds already; shown escaped.
    #[must_use]
    pub fn value(mut self, value: &str) -> Self {
        self.value = value.to_owned();
        self
    }

    /// The purpose of the field, for example `bday`.
    #[must_use]
    pub fn autocomplete(mut self, token: &'static str) -> Self {
        self.autocomplete = Some(token);
        self
    }
}
