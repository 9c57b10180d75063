//! `/cabinet/security`: what keeps the account safe, one row for each thing, with its present state.
//!
//! A slice adds its page by a [`Row`] in [`GROUPS`]: nothing else on this page knows about slices.

use crate::accounts::{self, AccountId};
use crate::config::Config;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::signin::methods::passkey;
use crate::web::fault::Fault;
use crate::web::format;
use crate::web::page::{Kind, Page};
use crate::web::texts::{self, Arg};
use crate::web::ui::{Icon, Tag};
use crate::web::visit::SignedIn;
use crate::{contacts, devices, factors, recovery, safety, sessions};
use ::store::Tx;
use askama::Template;
use axum::response::Response;

/// How a thing stands: a sentence in the reader's language, and a word that strikes the eye when it should.
#[derive(Default)]
pub struct State {
    /// «Изменён 12 мая 2026 г.»
    pub text: String,
    /// Weight and key of a word: «Включено».
    pub tag: Option<(Kind, &'static str)>,
}

impl State {
    /// Words alone.
    pub fn plain(text: impl Into<String>) -> State {
        State { text: text.into(), tag: None }
    }
}

/// One thing that keeps the account safe.
pub struct Row {
    /// Which picture.
    pub icon: &'static str,
    /// Key of its name.
    pub title: &'static str,
    /// Its page.
    pub href: &'static str,
    /// How it stands for this account; read in one transaction with the others.
    pub state: fn(&mut Tx<'_>, &Ctx, &Config, &AccountId) -> Result<State>,
}

/// Every row, in groups with the key of their title.
pub const GROUPS: &[(&str, &[Row])] = &[
    (
        "cabinet-security-group-signin",
        &[
            Row {
                icon: "lock",
                title: "cabinet-security-password",
                href: "/cabinet/security/password",
                state: password,
            },
            Row { icon: "shield", title: "factors-title", href: factors::web::PAGE, state: second_factors },
            Row {
                icon: "key",
                title: "cabinet-security-passkeys",
                href: "/cabinet/security/passkeys",
                state: passkeys,
            },
            Row {
                icon: "mail",
                title: "contacts-title",
                href: "/cabinet/security/contacts",
                state: own_contacts,
            },
        ],
    ),
    (
        "cabinet-security-group-where",
        &[
            Row {
                icon: "clock",
                title: "cabinet-security-sessions",
                href: "/cabinet/security/sessions",
                state: open_sessions,
            },
            Row {
                icon: "device",
                title: "cabinet-security-devices",
                href: "/cabinet/security/devices",
                state: known_devices,
            },
        ],
    ),
    (
        "cabinet-security-group-shield",
        &[
            Row {
                icon: "shield",
                title: "safety-restrictions-title",
                href: "/cabinet/security/restrictions",
                state: restrictions,
            },
            Row {
                icon: "stop",
                title: "safety-lockdown-title",
                href: "/cabinet/security/lockdown",
                state: lockdown,
            },
        ],
    ),
    (
        "audit-row-group",
        &[Row {
            icon: "shield",
            title: "audit-row-title",
            href: "/cabinet/security/journal",
            state: |_, ctx, _, _| Ok(State::plain(texts::text(ctx.lang, "audit-row-text"))),
        }],
    ),
    (
        "cabinet-security-group-data",
        &[
            Row {
                icon: "lock",
                title: "cabinet-security-recovery",
                href: "/cabinet/security/recovery",
                state: saved_code,
            },
            Row {
                icon: "bell",
                title: "notifications-settings-title",
                href: "/cabinet/notifications/settings",
                state: |_, _, _, _| Ok(State::default()),
            },
            Row {
                icon: "document",
                title: "cabinet-security-data",
                href: "/cabinet/security/data",
                state: own_data,
            },
        ],
    ),
];

fn password(tx: &mut Tx<'_>, ctx: &Ctx, _: &Config, account: &AccountId) -> Result<State> {
    let account =
        accounts::load(tx, ctx, account)?.ok_or_else(|| Error::Bug("a session without an account".into()))?;
    Ok(account.password_set_at.map_or_else(State::default, |at| {
        let date = format::date(ctx.lang, at, &ctx.place.zone);
        State::plain(texts::format(ctx.lang, "cabinet-password-set", &[("date", Arg::from(date))]))
    }))
}

fn second_factors(tx: &mut Tx<'_>, ctx: &Ctx, _: &Config, account: &AccountId) -> Result<State> {
    let bound = factors::bound(tx, account)?;
    let names: Vec<&str> = bound.iter().map(|kind| texts::text(ctx.lang, kind.name_key())).collect();
    let tag = if bound.has_second() {
        (Kind::Success, "cabinet-security-factors-on")
    } else {
        (Kind::Warning, "cabinet-security-factors-off")
    };
    Ok(State { text: names.join(" · "), tag: Some(tag) })
}

fn passkeys(tx: &mut Tx<'_>, ctx: &Ctx, _: &Config, account: &AccountId) -> Result<State> {
    let count = passkey::count(tx, account)?;
    Ok(State::plain(texts::format(
        ctx.lang,
        "cabinet-security-passkeys-count",
        &[("count", Arg::from(count))],
    )))
}

fn own_contacts(tx: &mut Tx<'_>, ctx: &Ctx, _: &Config, account: &AccountId) -> Result<State> {
    let count = accounts::contacts(tx, ctx, account)?.len();
    let text = texts::format(ctx.lang, "contacts-count", &[("count", Arg::from(count))]);
    let held = contacts::held_until(tx, account, ctx.now)?.is_some();
    Ok(State { text, tag: held.then_some((Kind::Info, "contacts-held-tag")) })
}

fn open_sessions(tx: &mut Tx<'_>, ctx: &Ctx, config: &Config, account: &AccountId) -> Result<State> {
    let count = sessions::list(tx, ctx, &config.sessions, account)?.len();
    let args = [("count", Arg::from(count))];
    Ok(State::plain(texts::format(ctx.lang, "cabinet-security-sessions-count", &args)))
}

fn known_devices(tx: &mut Tx<'_>, ctx: &Ctx, config: &Config, account: &AccountId) -> Result<State> {
    let count = devices::list(tx, ctx, &config.devices, account)?.len();
    let args = [("count", Arg::from(count))];
    Ok(State::plain(texts::format(ctx.lang, "cabinet-security-devices-count", &args)))
}

fn saved_code(tx: &mut Tx<'_>, ctx: &Ctx, _: &Config, account: &AccountId) -> Result<State> {
    let made = recovery::papers::saved_at(tx, account)?;
    Ok(State::plain(match made {
        Some(at) => {
            let date = format::date(ctx.lang, at, &ctx.place.zone);
            texts::format(ctx.lang, "recovery-saved-made", &[("date", Arg::from(date))])
        }
        None => texts::text(ctx.lang, "cabinet-security-recovery-none").to_owned(),
    }))
}

fn own_data(_: &mut Tx<'_>, ctx: &Ctx, _: &Config, _: &AccountId) -> Result<State> {
    Ok(State::plain(texts::text(ctx.lang, "cabinet-security-data-text")))
}

fn restrictions(tx: &mut Tx<'_>, ctx: &Ctx, _: &Config, account: &AccountId) -> Result<State> {
    Ok(match safety::list(tx, account)?.len() {
        0 => State::plain(texts::text(ctx.lang, "safety-restrictions-state-none")),
        count => {
            let args = [("count", Arg::from(count))];
            State::plain(texts::format(ctx.lang, "safety-restrictions-state", &args))
        }
    })
}

fn lockdown(_: &mut Tx<'_>, ctx: &Ctx, _: &Config, _: &AccountId) -> Result<State> {
    Ok(State::plain(texts::text(ctx.lang, "safety-lockdown-state")))
}

#[derive(Template)]
#[template(path = "cabinet/templates/security.html")]
struct SecurityPage {
    page: Page,
    groups: Vec<Group>,
}

struct Group {
    title: &'static str,
    rows: Vec<Drawn>,
}

struct Drawn {
    icon: Icon,
    title: &'static str,
    href: &'static str,
    text: String,
    tag: Option<Tag>,
}

/// The page.
pub async fn get(SignedIn { visit, session }: SignedIn) -> std::result::Result<Response, Fault> {
    let (ctx, config, id) = (visit.ctx().clone(), visit.app().config_arc(), session.account.clone());
    let states = visit.app().read(move |tx| {
        GROUPS
            .iter()
            .flat_map(|(_, rows)| rows.iter())
            .map(|row| (row.state)(tx, &ctx, &config, &id))
            .collect::<Result<Vec<State>>>()
    });
    let mut states = states.await?.into_iter();
    let page = visit.page();
    let lang = page.lang;
    let mut draw = |row: &'static Row| {
        let state = states.next().unwrap_or_default();
        Drawn {
            icon: Icon::new(row.icon),
            title: texts::text(lang, row.title),
            href: row.href,
            text: state.text,
            tag: state.tag.map(|(kind, key)| Tag::new(kind, texts::text(lang, key))),
        }
    };
    let groups = GROUPS
        .iter()
        .map(|(title, rows)| Group {
            title: texts::text(lang, title),
            rows: rows.iter().map(&mut draw).collect(),
        })
        .collect();
    Ok(visit.ok(&SecurityPage { page, groups }))
}
