//! What every page knows: the language, the visitor, the looks, the brand, the moment.

use super::texts::{self, Arg};
use super::ui::Notice;
use super::{assets, format};
use jiff::tz::TimeZone;
use kernel::{Lang, Level, Time};
use serde::Deserialize;
use std::borrow::Cow;
use std::sync::Arc;

/// The colour scheme that the person chose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the device says.
    #[default]
    Auto,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// Every scheme, in the order of the switch.
    pub const ALL: [Theme; 3] = [Theme::Auto, Theme::Light, Theme::Dark];

    /// The word in the cookie, in forms and in the page's `data-theme`.
    pub const fn word(self) -> &'static str {
        match self {
            Theme::Auto => "auto",
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }

    /// The scheme of a [`Theme::word`].
    pub fn from_word(word: &str) -> Option<Theme> {
        Theme::ALL.into_iter().find(|theme| theme.word() == word)
    }
}

/// How the person wants pages to look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// Light, dark or as the device says.
    pub theme: Theme,
    /// The large-text version («версия для слабовидящих»).
    pub large_text: bool,
    /// Stronger contrast: black ink, plain surfaces, thick edges.
    pub contrast: bool,
}

/// Who is signed in, as the header shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Viewer {
    /// First name and surname.
    pub name: String,
    /// One or two letters for the round mark.
    pub initials: String,
    /// The level of the account.
    pub level: Level,
    /// Messages in the cabinet that were not read yet, up to a hundred.
    pub unread: i64,
}

impl Viewer {
    /// Builds the header's view of a person from the two names.
    pub fn new(first_name: &str, surname: &str, level: Level) -> Viewer {
        let initials =
            first_name.chars().take(1).chain(surname.chars().take(1)).flat_map(char::to_uppercase).collect();
        Viewer { name: format!("{first_name} {surname}").trim().to_owned(), initials, level, unread: 0 }
    }

    /// The same view with a number of unread messages.
    #[must_use]
    pub fn unread(self, unread: i64) -> Viewer {
        Viewer { unread, ..self }
    }
}

/// How a message weighs; never shown by colour alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// For information.
    Info,
    /// Something was done.
    Success,
    /// Something needs attention.
    Warning,
    /// Something failed.
    Danger,
}

impl Kind {
    /// The word in class names.
    pub const fn word(self) -> &'static str {
        match self {
            Kind::Info => "info",
            Kind::Success => "success",
            Kind::Warning => "warning",
            Kind::Danger => "danger",
        }
    }

    /// The icon's name in `icons.svg`.
    pub const fn icon(self) -> &'static str {
        match self {
            Kind::Info => "info",
            Kind::Success => "check",
            Kind::Warning => "alert",
            Kind::Danger => "stop",
        }
    }
}

/// A message carried over a redirect and shown once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flash {
    /// Its weight.
    pub kind: Kind,
    /// The words, in the page's language.
    pub text: String,
}

/// The face of a deployment: names, contacts, colours. All of it is configuration.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Brand {
    /// The portal's name in Russian.
    pub name_ru: String,
    /// The portal's name in English.
    pub name_en: String,
    /// Who runs the portal, in Russian; named in the footer and in the legal texts.
    pub operator_ru: String,
    /// Who runs the portal, in English.
    pub operator_en: String,
    /// Address of a logo (same origin) shown instead of the built-in mark.
    pub logo: Option<String>,
    /// The hotline's number as people read it, for example `8 800 000-00-00`; none = no hotline shown.
    pub hotline: Option<String>,
    /// When the hotline answers, in Russian.
    pub hotline_hours_ru: String,
    /// When the hotline answers, in English.
    pub hotline_hours_en: String,
    /// The support mailbox; none = not shown.
    pub support_email: Option<String>,
    /// The colour of the browser's frame, `#rrggbb`.
    pub theme_color: String,
    /// Address of a style sheet (same origin) loaded after ours, for own colours and fonts.
    pub stylesheet: Option<String>,
    /// The time zone in which times are shown, an IANA name.
    pub time_zone: String,
}

impl Default for Brand {
    fn default() -> Brand {
        Brand {
            name_ru: "Пристань".to_owned(),
            name_en: "Pristan".to_owned(),
            operator_ru: "Оператор портала".to_owned(),
            operator_en: "Portal operator".to_owned(),
            logo: None,
            hotline: None,
            hotline_hours_ru: "круглосуточно".to_owned(),
            hotline_hours_en: "round the clock".to_owned(),
            support_email: None,
            theme_color: "#0b5f73".to_owned(),
            stylesheet: None,
            time_zone: "Europe/Moscow".to_owned(),
        }
    }
}

impl Brand {
    /// The portal's name.
    pub fn name(&self, lang: Lang) -> &str {
        match lang {
            Lang::Ru => &self.name_ru,
            Lang::En => &self.name_en,
        }
    }

    /// Who runs the portal.
    pub fn operator(&self, lang: Lang) -> &str {
        match lang {
            Lang::Ru => &self.operator_ru,
            Lang::En => &self.operator_en,
        }
    }

    /// When the hotline answers.
    pub fn hotline_hours(&self, lang: Lang) -> &str {
        match lang {
            Lang::Ru => &self.hotline_hours_ru,
            Lang::En => &self.hotline_hours_en,
        }
    }

    /// The hotline as a `tel:` address.
    pub fn hotline_tel(&self) -> Option<String> {
        let digits =
            |number: &String| number.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect::<String>();
        self.hotline.as_ref().map(|number| format!("tel:{}", digits(number)))
    }

    /// The zone of [`Brand::time_zone`], or what is wrong with it; checked when the configuration is read.
    pub fn zone(&self) -> Result<TimeZone, String> {
        TimeZone::get(&self.time_zone).map_err(|error| format!("time_zone {:?}: {error}", self.time_zone))
    }
}

/// Everything a template may need besides its own data. Each page's struct has it as the field `page`.
#[derive(Clone, Debug)]
pub struct Page {
    /// The language of the page.
    pub lang: Lang,
    /// Path and query of this page, where the language and look switches return.
    pub path: String,
    /// The token of every form on the page.
    pub csrf: String,
    /// The nonce of the content security policy; our own pages need none, extensions may.
    pub nonce: String,
    /// The person's choice of looks.
    pub look: Look,
    /// Who is signed in.
    pub viewer: Option<Viewer>,
    /// The deployment's face.
    pub brand: Arc<Brand>,
    /// The incident number shown on error pages.
    pub request_id: String,
    /// Demonstration mode: says so on every page.
    pub demo: bool,
    /// A message carried over a redirect.
    pub flash: Option<Flash>,
    /// The moment of the request.
    pub now: Time,
    /// The zone in which times are shown.
    pub zone: TimeZone,
    /// When the session ends by idleness, in seconds from `now`; a dialog warns two minutes before.
    pub session_ends_in: Option<i64>,
}

impl Page {
    /// A page for a visitor nobody knows: default brand and looks. Builders of real pages set the rest.
    pub fn new(lang: Lang, path: &str, now: Time) -> Page {
        Page {
            lang,
            path: path.to_owned(),
            csrf: String::new(),
            nonce: String::new(),
            look: Look::default(),
            viewer: None,
            brand: Arc::new(Brand::default()),
            request_id: String::new(),
            demo: false,
            flash: None,
            now,
            zone: TimeZone::UTC,
            session_ends_in: None,
        }
    }

    /// A text of the interface.
    pub fn t(&self, key: &'static str) -> &'static str {
        texts::text(self.lang, key)
    }

    /// A text with variables.
    pub fn tf(&self, key: &'static str, args: &[(&str, Arg)]) -> String {
        texts::format(self.lang, key, args)
    }

    /// A text with one variable, for templates: `page.tf1("key", "name", value)`.
    pub fn tf1(&self, key: &'static str, name: &str, value: impl Into<Arg>) -> String {
        texts::format(self.lang, key, &[(name, value.into())])
    }

    /// A day: «21 ноября 2026».
    pub fn date(&self, at: Time) -> String {
        format::date(self.lang, at, &self.zone)
    }

    /// A moment: «21 ноября 2026, 14:05».
    pub fn date_time(&self, at: Time) -> String {
        format::date_time(self.lang, at, &self.zone)
    }

    /// A moment with its zone: «21 ноября 2026, 14:05 (UTC+3)».
    pub fn date_time_zone(&self, at: Time) -> String {
        format::date_time_zone(self.lang, at, &self.zone)
    }

    /// The machine's form of a moment for `<time datetime>`.
    pub fn machine_time(&self, at: Time) -> String {
        format::machine(at, &self.zone)
    }

    /// Money in kopecks: «1 234,50 ₽».
    pub fn money(&self, kopecks: i64) -> String {
        format::money(self.lang, kopecks)
    }

    /// The address of an asset: `page.asset("css/main.css")`.
    pub fn asset(&self, name: &str) -> Cow<'static, str> {
        assets::url(name)
    }

    /// The portal's name in the page's language.
    pub fn portal(&self) -> &str {
        self.brand.name(self.lang)
    }

    /// Who runs the portal, in the page's language.
    pub fn operator(&self) -> &str {
        self.brand.operator(self.lang)
    }

    /// When the hotline answers, in the page's language.
    pub fn hotline_hours(&self) -> &str {
        self.brand.hotline_hours(self.lang)
    }

    /// The level of the person who is signed in, in words; empty for a visitor.
    pub fn viewer_level(&self) -> &'static str {
        self.viewer.as_ref().map_or("", |viewer| level_name(self.lang, viewer.level))
    }

    /// What the bell in the head says to those who do not see its number; empty for a visitor.
    pub fn bell(&self) -> String {
        let unread = self.viewer.as_ref().map(|viewer| viewer.unread);
        unread.map_or_else(String::new, |count| self.tf1("notifications-bell", "count", count))
    }

    /// The message carried over a redirect, announced by screen readers.
    pub fn flash_notice(&self) -> Option<Notice> {
        self.flash.as_ref().map(|flash| Notice::new(self.lang, flash.kind, flash.text.clone()).live())
    }

    /// The year of the page, for the footer.
    pub fn year(&self) -> i16 {
        format::year(self.now, &self.zone)
    }
}

/// The name of an account level: «Упрощённая», "Simplified".
pub fn level_name(lang: Lang, level: Level) -> &'static str {
    texts::text(
        lang,
        match level {
            Level::Simplified => "web-level-simplified",
            Level::Standard => "web-level-standard",
            Level::Confirmed => "web-level-confirmed",
        },
    )
}
