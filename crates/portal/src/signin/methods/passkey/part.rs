//! The part of a form in which the browser is asked for a key: hidden until a script runs, with a word for those
//! without one.

use super::options;
use super::store::Row;
use super::{Ceremony, Settings};
use crate::ctx::Ctx;
use crate::web::texts;
use crate::web::ui::{Button, Weight};
use askama::Template;
use askama::filters::HtmlSafe;
use kernel::Lang;
use serde_json::Value;

/// What the browser is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    Get,
    Create,
}

/// The part. It stands inside a form with a token; the script fills the field `answer` and sends that form.
#[derive(Clone, Debug, Template)]
#[template(path = "signin/methods/passkey/templates/part.html")]
pub struct Part {
    lang: Lang,
    act: Act,
    options: String,
    conditional: bool,
    button: Option<Button>,
    without_script: &'static str,
    user: Option<String>,
    unknown: Option<String>,
    error: Option<String>,
}
impl HtmlSafe for Part {}

impl Part {
    fn of(lang: Lang, act: Act, options: &Value, label: &'static str, without_script: &'static str) -> Part {
        Part {
            lang,
            act,
            options: options.to_string(),
            conditional: false,
            button: Some(Button::new(label).icon("key").scripted().weight(Weight::Accent)),
            without_script,
            user: None,
            unknown: None,
            error: None,
        }
    }

    /// Signing in without a login: any key of this site that the browser has.
    pub fn sign_in(ctx: &Ctx, settings: &Settings) -> Part {
        let t = |key| texts::text(ctx.lang, key);
        let options = options::get(ctx, settings, Ceremony::SignIn, &[]);
        let label = t("signin-passkey-submit");
        Part::of(ctx.lang, Act::Get, &options, label, t("signin-passkey-without-script"))
    }

    /// Beside the password: the browser offers keys in the login field as well, without being asked.
    #[must_use]
    pub fn beside(mut self) -> Part {
        self.conditional = true;
        self.button = self.button.map(|button| button.weight(Weight::Secondary));
        self
    }

    /// Tells the browser that nobody has this key, so that it is not offered again.
    #[must_use]
    pub(super) fn forget(mut self, ctx: &Ctx, id: &[u8]) -> Part {
        self.unknown = (!id.is_empty()).then(|| options::unknown(ctx, id).to_string());
        self
    }

    /// What was wrong with the last try.
    #[must_use]
    pub(super) fn error(mut self, words: Option<&str>) -> Part {
        self.error = words.map(str::to_owned);
        self
    }

    /// One of these keys, for a factor that is asked for.
    pub(super) fn factor(ctx: &Ctx, settings: &Settings, ceremony: Ceremony<'_>, keys: &[Row]) -> Part {
        let t = |key| texts::text(ctx.lang, key);
        let options = options::get(ctx, settings, ceremony, keys);
        let without = t("signin-passkey-factor-without-script");
        // The button is the page's, below whatever else it asks.
        Part { button: None, ..Part::of(ctx.lang, Act::Get, &options, "", without) }
    }

    /// A new key; `user` is the handle inside the options.
    pub(super) fn create(ctx: &Ctx, options: &Value, user: &str) -> Part {
        let t = |key| texts::text(ctx.lang, key);
        let part = Part::of(
            ctx.lang,
            Act::Create,
            options,
            t("signin-passkey-add-submit"),
            t("signin-passkey-add-without-script"),
        );
        Part { user: Some(user.to_owned()), ..part }
    }

    fn t(&self, key: &'static str) -> &'static str {
        texts::text(self.lang, key)
    }
}
