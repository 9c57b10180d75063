//! The password field with its rules.

use super::Words;
use super::frame::{Frame, framed};
use crate::web::texts;
use askama::Template;
use kernel::Lang;
use std::borrow::Cow;

/// A password, with a button that shows it; a new one with its rules and a strength word.
#[derive(Clone, Debug, Template)]
#[template(path = "ui/password_field.html")]
pub struct PasswordField {
    frame: Frame,
    autocomplete: &'static str,
    maxlength: usize,
    rules: Option<PasswordRules>,
}
framed!(PasswordField);

impl PasswordField {
    /// The password of an account that exists; no value is ever sent back to the page.
    pub fn current(lang: Lang, name: impl Into<Cow<'static, str>>) -> PasswordField {
        PasswordField {
            frame: Frame::new(lang, name),
            autocomplete: "current-password",
            maxlength: 512,
            rules: None,
        }
    }

    /// A new password, or its repetition when no rules are given.
    pub fn new(lang: Lang, name: impl Into<Cow<'static, str>>) -> PasswordField {
        PasswordField { autocomplete: "new-password", ..PasswordField::current(lang, name) }
    }

    /// The rules shown under the field and ticked while typing.
    #[must_use]
    pub fn rules(mut self, rules: PasswordRules) -> Self {
        self.rules = Some(rules);
        self
    }

    /// The largest number of characters the control takes (512 by default); the policy's own limit is a rule.
    #[must_use]
    pub fn maxlength(mut self, characters: usize) -> Self {
        self.maxlength = characters;
        self
    }

    fn described_by(&self) -> Option<String> {
        let rules = self.rules.as_ref().map(|_| format!("{}-rules", self.frame.id));
        match (self.frame.described_by(), rules) {
            (Some(first), Some(rules)) => Some(format!("{first} {rules}")),
            (first, rules) => first.or(rules),
        }
    }
}

/// One rule as the page shows and checks it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Rule {
    text: Words,
    check: Check,
}

/// How the page's script checks a rule; the server checks all of them again.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Check {
    /// So many code points.
    Length(usize, usize),
    /// At least one character of a set, written as the inside of a regular expression's brackets.
    Has(String),
    /// Only the server can tell (lists, the person's own data).
    Server,
}

/// The rules of a password policy, in the words of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasswordRules {
    lang: Lang,
    rules: Vec<Rule>,
}

impl PasswordRules {
    /// A policy with a length, in code points.
    pub fn new(lang: Lang, min: usize, max: usize) -> PasswordRules {
        let text = texts::format(lang, "web-password-length", &[("min", min.into()), ("max", max.into())]);
        PasswordRules { lang, rules: vec![Rule { text: text.into(), check: Check::Length(min, max) }] }
    }

    /// A small Latin letter.
    #[must_use]
    pub fn lower(self) -> Self {
        self.has("web-password-lower", "a-z")
    }

    /// A capital Latin letter.
    #[must_use]
    pub fn upper(self) -> Self {
        self.has("web-password-upper", "A-Z")
    }

    /// A digit.
    #[must_use]
    pub fn digit(self) -> Self {
        self.has("web-password-digit", "0-9")
    }

    /// One of the given signs, for example `!@#$%^&*()`.
    #[must_use]
    pub fn one_of(mut self, signs: &str) -> Self {
        let shown: Vec<String> = signs.chars().map(String::from).collect();
        let text = texts::format(self.lang, "web-password-sign", &[("signs", shown.join("\u{a0}").into())]);
        let set = signs.chars().flat_map(|sign| ['\\', sign]).collect();
        self.rules.push(Rule { text: text.into(), check: Check::Has(set) });
        self
    }

    /// Not a common password and without the person's own data: checked by the server.
    #[must_use]
    pub fn uncommon(mut self) -> Self {
        let text = texts::text(self.lang, "web-password-uncommon");
        self.rules.push(Rule { text: text.into(), check: Check::Server });
        self
    }

    fn has(mut self, key: &'static str, set: &str) -> Self {
        let text = texts::text(self.lang, key);
        self.rules.push(Rule { text: text.into(), check: Check::Has(set.to_owned()) });
        self
    }
}
