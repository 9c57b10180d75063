//! `/cabinet/profile`: everything the portal knows about the person, and what is missing for the next level.

use crate::accounts::{self, Contact, ContactType};
use crate::checks::{self, CheckRow, NEEDED, Sending, SendingState, State};
use crate::profile::web::{choice, path, title};
use crate::profile::{Field, Judge, Kind, Origin, Profile, Progress, Section, load, today};
use crate::web::fault::Fault;
use crate::web::page::{Kind as Mood, Page};
use crate::web::ui::{Button, LinkButton, Notice, SummaryList, Tag, TaskList, Weight};
use crate::web::visit::SignedIn;
use askama::Template;
use axum::response::Response;
use kernel::Level;

#[derive(Template)]
#[template(path = "checks/templates/overview.html")]
struct OverviewPage {
    page: Page,
    /// What the next level lacks.
    missing: Option<TaskList>,
    /// The next level lacks nothing of what is typed here, and nothing is under way.
    send: Option<Button>,
    /// What became of the newest sending.
    sending: Option<Shown>,
    parts: Vec<Part>,
    /// What can be told besides.
    more: Option<TaskList>,
    contacts: SummaryList,
}

/// A sending as the page shows it.
struct Shown {
    notice: Notice,
    checks: TaskList,
    doubted: Option<TaskList>,
}

/// A section with values.
struct Part {
    word: &'static str,
    title: &'static str,
    tag: Option<Tag>,
    values: SummaryList,
    way: LinkButton,
}

/// The page.
pub async fn get(SignedIn { visit, session }: SignedIn) -> std::result::Result<Response, Fault> {
    let (ctx, id) = (visit.ctx().clone(), session.account.clone());
    let (profile, contacts, under_way) = visit
        .app()
        .read(move |tx| {
            let contacts = accounts::display_contacts(tx, &ctx, &id)?;
            Ok((load(tx, &ctx, &id)?, contacts, checks::under_way(tx, &id)?))
        })
        .await?;
    let page = visit.page();
    let judge = Judge::new(&profile, today(visit.ctx())?);
    let simplified = session.level == Level::Simplified;
    let lacks = |section: &Section| {
        simplified && NEEDED.contains(section) && judge.progress(*section) != Progress::Complete
    };
    let is_empty = |section: &Section| judge.progress(*section) == Progress::Empty;
    let lacking: Vec<Section> = Section::ALL.into_iter().filter(lacks).collect();
    let more: Vec<Section> =
        Section::ALL.into_iter().filter(|section| !lacks(section) && is_empty(section)).collect();
    let open = under_way.as_ref().is_some_and(|(sending, _)| sending.ended_at.is_none());
    let told = Section::ALL.into_iter().filter(|section| !is_empty(section));
    Ok(visit.ok(&OverviewPage {
        send: (simplified && lacking.is_empty() && !open)
            .then(|| Button::new(page.t("checks-send")).weight(Weight::Accent)),
        sending: under_way.map(|(sending, checks)| shown(&page, &sending, &checks)),
        missing: tasks(&page, &judge, &lacking),
        parts: told.filter_map(|section| part(&page, &profile, &judge, section)).collect(),
        more: tasks(&page, &judge, &more),
        contacts: contact_list(&page, contacts),
        page,
    }))
}

fn shown(page: &Page, sending: &Sending, checks: &[CheckRow]) -> Shown {
    let (mood, key) = match sending.state {
        SendingState::Open => (Mood::Info, "checks-open"),
        SendingState::Passed => (Mood::Success, "checks-passed"),
        SendingState::Doubted => (Mood::Warning, "checks-doubted"),
        SendingState::Stuck => (Mood::Warning, "checks-stuck"),
    };
    let words = page.tf1(key, "time", page.date_time(sending.ended_at.unwrap_or(sending.sent_at)));
    let one = |list: TaskList, check: &CheckRow| {
        let (mood, word) = match check.state {
            State::Queued | State::Asked => (Mood::Info, "checks-state-asked"),
            State::Passed => (Mood::Success, "checks-state-passed"),
            State::Doubted => (Mood::Warning, "checks-state-doubted"),
            State::Unclear => (Mood::Warning, "checks-state-unclear"),
            State::GaveUp => (Mood::Warning, "checks-state-gave-up"),
        };
        list.task(check_title(page, check), "", None, Some(Tag::new(mood, page.t(word))))
    };
    let mut doubted: Vec<Field> =
        checks.iter().flat_map(|check| &check.fields).filter_map(|word| Field::from_word(word)).collect();
    doubted.sort();
    doubted.dedup();
    let to_mend = |list: TaskList, field: &Field| {
        list.task(page.t(field.label()), "", Some(&path(field.section())), None)
    };
    let mend = sending.state == SendingState::Doubted && !doubted.is_empty();
    Shown {
        notice: Notice::new(page.lang, mood, words),
        checks: checks.iter().fold(TaskList::new(), one),
        doubted: mend.then(|| doubted.iter().fold(TaskList::new(), to_mend)),
    }
}

fn check_title(page: &Page, check: &CheckRow) -> &'static str {
    page.t(match check.kind {
        gateway::register::Check::Snils => "checks-snils",
        gateway::register::Check::Passport => "checks-passport",
        gateway::register::Check::Inn => "checks-inn",
    })
}

fn tasks(page: &Page, judge: &Judge<'_>, sections: &[Section]) -> Option<TaskList> {
    let task = |list: TaskList, section: &Section| {
        let tag = tag(page, judge.progress(*section));
        list.task(title(page, *section), "", Some(&path(*section)), Some(tag))
    };
    (!sections.is_empty()).then(|| sections.iter().fold(TaskList::new(), task))
}

fn tag(page: &Page, progress: Progress) -> Tag {
    match progress {
        Progress::Complete => Tag::new(Mood::Success, page.t("profile-progress-complete")),
        Progress::Unfinished => Tag::new(Mood::Warning, page.t("profile-progress-unfinished")),
        Progress::Empty => Tag::plain(page.t("profile-progress-empty")),
    }
}

fn part(page: &Page, profile: &Profile, judge: &Judge<'_>, section: Section) -> Option<Part> {
    let values = values(page, profile, judge, section);
    let progress = judge.progress(section);
    let label = page.tf1("profile-change", "section", title(page, section));
    (!values.is_empty()).then(|| Part {
        word: section.word(),
        title: title(page, section),
        tag: (progress != Progress::Complete).then(|| tag(page, progress)),
        values: values.into_iter().fold(SummaryList::new(), |list, (name, value)| list.row(name, value)),
        way: LinkButton::new(label, path(section)).weight(Weight::Secondary),
    })
}

/// The values of a section, numbers not whole: the page may be seen by who sits down at the computer.
fn values(
    page: &Page,
    profile: &Profile,
    judge: &Judge<'_>,
    section: Section,
) -> Vec<(&'static str, String)> {
    let mut rows = Vec::new();
    for field in section.fields().filter(|field| judge.applies(*field)) {
        let Some(value) = profile.value(field) else { continue };
        if field.kind() == Kind::Tick {
            rows.push((page.t(field.label()), page.t("profile-yes").to_owned()));
            continue;
        }
        let shown = choice(page, field, &value.text).map_or_else(|| field.masked(&value.text), str::to_owned);
        let told = match value.confirmed {
            Some((by, at)) => {
                let args = [
                    ("value", shown.into()),
                    ("by", origin(page, by).into()),
                    ("date", page.date(at).into()),
                ];
                page.tf("profile-confirmed", &args)
            }
            None => shown,
        };
        let waits = profile.entry(field).is_some_and(|entry| entry.draft.is_some());
        rows.push((
            page.t(field.label()),
            if waits { page.tf1("profile-waits", "value", told) } else { told },
        ));
    }
    rows
}

fn origin(page: &Page, origin: Origin) -> &'static str {
    page.t(match origin {
        Origin::Typed => "profile-origin-typed",
        Origin::Register => "profile-origin-register",
        Origin::Bank => "profile-origin-bank",
        Origin::Operator => "profile-origin-operator",
        Origin::Signature => "profile-origin-signature",
    })
}

fn contact_list(page: &Page, contacts: Vec<(Contact, String)>) -> SummaryList {
    contacts.into_iter().fold(SummaryList::new(), |list, (contact, shown)| {
        let kind = page.t(match contact.kind {
            ContactType::Phone => "registration-phone",
            ContactType::Email => "registration-email",
        });
        let confirmed = page.tf1("profile-contact-confirmed", "date", page.date(contact.confirmed_at));
        list.row(kind, format!("{shown} · {confirmed}"))
    })
}
