//! `/cabinet/notifications/settings`: which messages by which ways, and the quiet hours.

use super::{BROWSERS, FEED, SETTINGS};
use crate::accounts::{self, AccountId, ContactType};
use crate::audit::{self, Chain, Event};
use crate::error::Result;
use crate::notifications::Channel;
use crate::notifications::choices::{self, Choices, SWITCHED, ZONES};
use crate::notifications::kinds::Group;
use crate::notifications::push;
use crate::notifications::quiet::Hours;
use crate::web::fault::Fault;
use crate::web::form::{Fields, Form};
use crate::web::page::Page;
use crate::web::ui::{
    BackLink, Button, Checkbox, ErrorSummary, Errors, LinkButton, Select, TextField, Weight,
};
use crate::web::visit::{SignedIn, Visit};
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

#[derive(Template)]
#[template(path = "notifications/templates/settings.html")]
struct SettingsPage {
    page: Page,
    back: BackLink,
    summary: Option<ErrorSummary>,
    security: (&'static str, &'static str),
    groups: Vec<Switches>,
    browsers: Option<LinkButton>,
    quiet: Checkbox,
    from: TextField,
    until: TextField,
    zone: Select,
    save: Button,
}

/// The switches of one group.
struct Switches {
    word: &'static str,
    title: &'static str,
    text: &'static str,
    boxes: Vec<Checkbox>,
}

/// Which ways a person has at all.
struct Has {
    phone: bool,
    email: bool,
    browser: bool,
}

/// What stands in the form.
struct Typed {
    on: Vec<(Group, Channel)>,
    quiet: bool,
    from: String,
    until: String,
    zone: String,
}

/// Switches of the page: names of their boxes are `checks-email`.
fn switches() -> impl Iterator<Item = (Group, Channel, String)> {
    let free = Group::ALL.into_iter().filter(|group| group.is_free());
    free.flat_map(|group| {
        let offered = SWITCHED.into_iter().filter(move |channel| group.offers(*channel));
        offered.map(move |channel| (group, channel, format!("{}-{}", group.word(), channel.word())))
    })
}

impl Typed {
    fn of(choices: &Choices, has: &Has, visit: &Visit) -> Typed {
        let quiet = choices.quiet;
        let usual = visit.app().config().notifications.quiet_hours();
        let hours = quiet.or(usual).unwrap_or(Hours { from: 22 * 60, until: 8 * 60 });
        let mut on = choices.on.clone();
        if choices.by_default && has.phone && !has.email && !has.browser {
            // Who has nothing else is told by text message; the page says so.
            on.extend([(Group::Account, Channel::Sms), (Group::Checks, Channel::Sms)]);
        }
        Typed {
            on,
            quiet: quiet.is_some(),
            from: Hours::shown(hours.from),
            until: Hours::shown(hours.until),
            zone: choices.zone.clone().unwrap_or_else(|| visit.app().config().brand.time_zone.clone()),
        }
    }

    fn read(fields: &Fields) -> Typed {
        let on = switches().filter(|(.., name)| fields.ticked(name));
        Typed {
            on: on.map(|(group, channel, _)| (group, channel)).collect(),
            quiet: fields.ticked("quiet"),
            from: fields.text("from").trim().to_owned(),
            until: fields.text("until").trim().to_owned(),
            zone: fields.text("zone").to_owned(),
        }
    }

    /// The choices, or what is wrong with them.
    fn judge(&self, visit: &Visit) -> std::result::Result<Choices, Errors> {
        let mut errors = Errors::new();
        let own = &visit.app().config().brand.time_zone;
        if self.zone != *own && !ZONES.iter().any(|(name, _)| *name == self.zone) {
            errors.add("zone", visit.t("notifications-zone-wrong"));
        }
        let mut quiet = None;
        if self.quiet {
            for (name, text) in [("from", &self.from), ("until", &self.until)] {
                if Hours::parse(text, text).is_none() {
                    errors.add(name, visit.t("notifications-hour-wrong"));
                }
            }
            quiet = Hours::parse(&self.from, &self.until);
            if quiet.is_some_and(|hours| hours.from == hours.until) {
                errors.add("until", visit.t("notifications-hours-equal"));
            }
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        let zone = (self.zone != *own).then(|| self.zone.clone());
        Ok(Choices { on: self.on.clone(), quiet, zone, by_default: false })
    }
}

async fn has(visit: &Visit, account: &AccountId) -> Result<(Choices, Has)> {
    let (ctx, account, config) = (visit.ctx().clone(), account.clone(), visit.app().config_arc());
    visit
        .app()
        .read(move |tx| {
            let contacts = accounts::contacts(tx, &ctx, &account)?;
            let any = |kind| contacts.iter().any(|contact| contact.kind == kind && !contact.muted);
            let (phone, email) = (any(ContactType::Phone), any(ContactType::Email));
            let browser = !push::targets(tx, &account)?.is_empty();
            let choices = choices::load(tx, &ctx, &config.notifications, &account)?;
            Ok((choices, Has { phone, email, browser }))
        })
        .await
}

/// The page.
pub async fn get(SignedIn { visit, session }: SignedIn) -> std::result::Result<Response, Fault> {
    let (choices, has) = has(&visit, &session.account).await?;
    let typed = Typed::of(&choices, &has, &visit);
    Ok(draw(&visit, &has, &typed, Errors::new()))
}

fn draw(visit: &Visit, has: &Has, typed: &Typed, errors: Errors) -> Response {
    let page = visit.page();
    let lang = page.lang;
    let groups = Group::ALL.into_iter().filter(|group| group.is_free());
    let groups = groups.map(|group| {
        let boxes = switches().filter(|(own, ..)| *own == group);
        let boxes = boxes.map(|(_, channel, name)| {
            let checkbox = Checkbox::new(lang, name).label(page.t(label_key(channel)));
            let checkbox = checkbox.checked(typed.on.contains(&(group, channel)));
            match missing(channel, has) {
                Some(key) => checkbox.hint(page.t(key)),
                None => checkbox,
            }
        });
        let (title, text) = group.texts();
        Switches { word: group.word(), title: page.t(title), text: page.t(text), boxes: boxes.collect() }
    });
    let hour = |name: &'static str, label, value: &str| {
        TextField::new(lang, name)
            .label(page.t(label))
            .hint(page.t("notifications-hour-hint"))
            .inputmode("numeric")
            .maxlength(5)
            .width(5)
            .value(value)
            .error(errors.get(name))
    };
    let security = Group::Security.texts();
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let push = visit.app().gateways().push.is_some();
    let template = SettingsPage {
        back: BackLink::to(page.t("notifications-title"), FEED),
        summary: errors.summary(lang),
        security: (page.t(security.0), page.t(security.1)),
        groups: groups.collect(),
        browsers: push.then(|| {
            LinkButton::new(page.t("notifications-browsers-title"), BROWSERS).weight(Weight::Secondary)
        }),
        quiet: Checkbox::new(lang, "quiet")
            .label(page.t("notifications-quiet-on"))
            .hint(page.t("notifications-quiet-text"))
            .checked(typed.quiet),
        from: hour("from", "notifications-quiet-from", &typed.from),
        until: hour("until", "notifications-quiet-until", &typed.until),
        zone: zones(visit, typed).error(errors.get("zone")),
        save: Button::new(page.t("notifications-save")).weight(Weight::Primary),
        page,
    };
    visit.html(status, &template)
}

fn zones(visit: &Visit, typed: &Typed) -> Select {
    let own = visit.app().config().brand.time_zone.as_str();
    let select = Select::new(visit.lang(), "zone").label(visit.t("notifications-zone"));
    let select = match ZONES.iter().any(|(name, _)| *name == own) {
        true => select,
        // A portal elsewhere: its own zone by its own name.
        false => select.option(own, own.to_owned()),
    };
    let select =
        ZONES.iter().fold(select, |select, (name, key)| select.option(*name, visit.t(key).to_owned()));
    select.selected(Some(typed.zone.as_str()))
}

const fn label_key(channel: Channel) -> &'static str {
    match channel {
        Channel::Email => "notifications-by-email",
        Channel::Sms | Channel::Call => "notifications-by-sms",
        Channel::Push => "notifications-by-push",
    }
}

/// The key of a word about a way that the person does not have yet.
const fn missing(channel: Channel, has: &Has) -> Option<&'static str> {
    match channel {
        Channel::Email if !has.email => Some("notifications-no-email"),
        Channel::Sms | Channel::Call if !has.phone => Some("notifications-no-phone"),
        Channel::Push if !has.browser => Some("notifications-no-browser"),
        _ => None,
    }
}

/// Keeps the choices.
pub async fn save(
    SignedIn { visit, session }: SignedIn,
    Form(fields): Form,
) -> std::result::Result<Response, Fault> {
    let names: Vec<String> = switches().map(|(.., name)| name).collect();
    let mut known: Vec<&str> = names.iter().map(String::as_str).collect();
    known.extend(["quiet", "from", "until", "zone"]);
    fields.only(&known)?;
    let typed = Typed::read(&fields);
    let choices = match typed.judge(&visit) {
        Ok(choices) => choices,
        Err(errors) => {
            let (_, has) = has(&visit, &session.account).await?;
            return Ok(draw(&visit, &has, &typed, errors));
        }
    };
    let (ctx, account, config) = (visit.ctx().clone(), session.account.clone(), visit.app().config_arc());
    visit
        .app()
        .write(move |tx| {
            if choices::save(tx, &ctx, &config.notifications, &account, &choices)? {
                let event = Event::NoticeSettingsChanged { on: choices.words() };
                audit::record(tx, &ctx, Chain::Account(account.as_str()), &event)?;
            }
            Ok(())
        })
        .await?;
    Ok(visit.see_other_with(SETTINGS, "notice-settings-saved"))
}
