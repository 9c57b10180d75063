//! What all form fields share: name, label, hint, error.

use super::{ErrorSummary, Words};
use kernel::Lang;
use std::borrow::Cow;

/// The common part of a form field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The language of the words the field itself brings.
    pub lang: Lang,
    /// The `id` of the control; the name unless set apart.
    pub id: Cow<'static, str>,
    /// The field's name in the form.
    pub name: Cow<'static, str>,
    /// The visible label.
    pub label: Words,
    /// Help that stands before the control.
    pub hint: Words,
    /// What is wrong and how to mend it.
    pub error: Option<String>,
    /// May be left empty; said in words beside the label.
    pub optional: bool,
    /// The label is the page's heading (a page with one question).
    pub heading: bool,
}

impl Frame {
    pub(super) fn new(lang: Lang, name: impl Into<Cow<'static, str>>) -> Frame {
        let name = name.into();
        Frame {
            lang,
            id: name.clone(),
            name,
            label: Words::default(),
            hint: Words::default(),
            error: None,
            optional: false,
            heading: false,
        }
    }

    /// The value of `aria-describedby`: hint first, then error, as they stand on the page.
    pub fn described_by(&self) -> Option<String> {
        match (!self.hint.is_empty(), self.error.is_some()) {
            (true, true) => Some(format!("{0}-hint {0}-error", self.id)),
            (true, false) => Some(format!("{}-hint", self.id)),
            (false, true) => Some(format!("{}-error", self.id)),
            (false, false) => None,
        }
    }

    /// A text of the interface in the field's language.
    pub fn t(&self, key: &'static str) -> &'static str {
        crate::web::texts::text(self.lang, key)
    }
}

/// Gives a component the builder methods that all fields share.
macro_rules! framed {
    ($name:ident) => {
        impl $name {
            /// The visible label.
            #[must_use]
            pub fn label(mut self, label: impl Into<$crate::web::ui::Words>) -> Self {
                self.frame.label = label.into();
                self
            }
            /// Help before the control, with an example where the form is not obvious.
            #[must_use]
            pub fn hint(mut self, hint: impl Into<$crate::web::ui::Words>) -> Self {
                self.frame.hint = hint.into();
                self
            }
            /// What is wrong and how to mend it.
            #[must_use]
            pub fn error(mut self, error: Option<&str>) -> Self {
                self.frame.error = error.map(str::to_owned);
                self
            }
            /// Whether the field may stay empty.
            #[must_use]
            pub fn optional(mut self, optional: bool) -> Self {
                self.frame.optional = optional;
                self
            }
            /// An `id` apart from the name, where two forms of one page share a name.
            #[must_use]
            pub fn id(mut self, id: impl Into<std::borrow::Cow<'static, str>>) -> Self {
                self.frame.id = id.into();
                self
            }
            /// Makes the label the page's heading: a page that asks one thing.
            #[must_use]
            pub fn heading(mut self) -> Self {
                self.frame.heading = true;
                self
            }
        }
        impl askama::filters::HtmlSafe for $name {}
    };
}
pub(super) use framed;

/// The errors of a form in the order of its fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Errors(Vec<(String, String)>);

impl Errors {
    /// No errors yet.
    pub fn new() -> Errors {
        Errors::default()
    }

    /// Adds an error of the control with the `id` of `field`; an empty field is an error of the whole form.
    pub fn add(&mut self, field: impl Into<String>, text: impl Into<String>) {
        self.0.push((field.into(), text.into()));
    }

    /// The first error of a field.
    pub fn get(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|(name, _)| name == field).map(|(_, text)| text.as_str())
    }

    /// Whether all is well.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Every error with its field.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(field, text)| (field.as_str(), text.as_str()))
    }

    /// The summary for the top of the page; none when all is well.
    pub fn summary(&self, lang: Lang) -> Option<ErrorSummary> {
        (!self.is_empty()).then(|| ErrorSummary::new(lang, self))
    }
}
