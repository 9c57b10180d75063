//! Fields in which one chooses.

use super::Words;
use super::frame::{Frame, framed};
use askama::Template;
use kernel::Lang;
use std::borrow::Cow;

/// One box to tick, for example a consent.
#[derive(Clone, Debug, Template)]
#[template(path = "ui/checkbox.html")]
pub struct Checkbox {
    frame: Frame,
    value: &'static str,
    checked: bool,
}
framed!(Checkbox);

impl Checkbox {
    /// A box; the form carries `name=yes` when it is ticked.
    pub fn new(lang: Lang, name: impl Into<Cow<'static, str>>) -> Checkbox {
        Checkbox { frame: Frame::new(lang, name), value: "yes", checked: false }
    }

    /// The value sent when ticked, instead of `yes`.
    #[must_use]
    pub fn value(mut self, value: &'static str) -> Self {
        self.value = value;
        self
    }

    /// Whether it is ticked. A consent is never ticked in advance.
    #[must_use]
    pub fn checked(mut self, checked: bool) -> Self {
        self.checked = checked;
        self
    }
}

/// One way among several.
#[derive(Clone, Debug)]
struct Choice {
    value: String,
    label: Words,
    hint: Words,
    reveals: Option<Words>,
}

/// A choice of one among a few, all visible.
#[derive(Clone, Debug, Template)]
#[template(path = "ui/radios.html")]
pub struct Radios {
    frame: Frame,
    choices: Vec<Choice>,
    selected: Option<String>,
}
framed!(Radios);

impl Radios {
    /// A group; add its ways with [`Radios::option`]. The first radio has the group's `id`, for error links.
    pub fn new(lang: Lang, name: impl Into<Cow<'static, str>>) -> Radios {
        Radios { frame: Frame::new(lang, name), choices: Vec::new(), selected: None }
    }

    /// Adds a way.
    #[must_use]
    pub fn option(self, value: impl Into<String>, label: impl Into<Words>) -> Self {
        self.option_with(value, label, "", None)
    }

    /// Adds a way with a word of help and, when chosen, more fields (all visible to browsers without `:has`).
    #[must_use]
    pub fn option_with(
        mut self,
        value: impl Into<String>,
        label: impl Into<Words>,
        hint: impl Into<Words>,
        reveals: Option<Words>,
    ) -> Self {
        self.choices.push(Choice { value: value.into(), label: label.into(), hint: hint.into(), reveals });
        self
    }

    /// The way that is chosen.
    #[must_use]
    pub fn selected(mut self, value: Option<&str>) -> Self {
        self.selected = value.map(str::to_owned);
        self
    }

    fn is_selected(&self, choice: &Choice) -> bool {
        self.selected.as_deref() == Some(choice.value.as_str())
    }
}

/// A choice of one among many.
#[derive(Clone, Debug, Template)]
#[template(path = "ui/select.html")]
pub struct Select {
    frame: Frame,
    choices: Vec<Choice>,
    selected: Option<String>,
}
framed!(Select);

impl Select {
    /// A list; add its ways with [`Select::option`].
    pub fn new(lang: Lang, name: impl Into<Cow<'static, str>>) -> Select {
        Select { frame: Frame::new(lang, name), choices: Vec::new(), selected: None }
    }

    /// Adds a way.
    #[must_use]
    pub fn option(mut self, value: impl Into<String>, label: impl Into<Words>) -> Self {
        self.choices.push(Choice {
            value: value.into(),
            label: label.into(),
            hint: Words::default(),
            reveals: None,
        });
        self
    }

    /// The way that is chosen; without one the list begins with «Выберите».
    #[must_use]
    pub fn selected(mut self, value: Option<&str>) -> Self {
        self.selected = value.map(str::to_owned);
        self
    }

    fn is_selected(&self, choice: &Choice) -> bool {
        self.selected.as_deref() == Some(choice.value.as_str())
    }
}
