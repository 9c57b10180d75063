//! `/cabinet/profile`: everything the portal knows about the person, and what is missing for the next level.

use super::shown::{self, Shown};
use crate::accounts::{self, Contact, ContactType};
use crate::checks::{self, NEEDED, SendingState};
use crate::profile::web::shown::rows;
use crate::profile::web::{lists, path, title};
use crate::profile::{Judge, Profile, Progress, Section, load, today};
use crate::web::fault::Fault;
use crate::web::page::{Kind as Mood, Page};
use crate::web::ui::{Button, LinkButton, Notice, SummaryList, Tag, TaskList, Weight, Words};
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
    /// It is a correction of what was confirmed.
    corrected: bool,
    /// Staff look at what was sent last.
    by_staff: bool,
    /// The stream that tells when something changed, while something is being checked.
    live: Option<String>,
    /// The passport has to be exchanged.
    passport: Option<Notice>,
    /// What the level stands on.
    evidence: Option<SummaryList>,
    /// What became of the newest sending.
    sending: Option<Shown>,
    parts: Vec<Part>,
    /// Children, vehicles.
    lists: Vec<Words>,
    /// What can be told besides.
    more: Option<TaskList>,
    contacts: SummaryList,
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
    let (profile, contacts, view, level) = visit
        .app()
        .read(move |tx| {
            let contacts = accounts::display_contacts(tx, &ctx, &id)?;
            // The level of the same moment as its evidence.
            let level = accounts::load(tx, &ctx, &id)?.map(|account| account.level);
            Ok((load(tx, &ctx, &id)?, contacts, checks::view(tx, &ctx, &id)?, level))
        })
        .await?;
    let page = visit.page();
    let judge = Judge::new(&profile, today(visit.ctx())?);
    let simplified = level.unwrap_or(session.level) == Level::Simplified;
    // A standard account has something to send when a confirmed value was typed over.
    let corrected = !simplified && checks::differs(&profile, &judge);
    let wanted = simplified || corrected;
    let lacks = |section: &Section| {
        wanted && NEEDED.contains(section) && judge.progress(*section) != Progress::Complete
    };
    let is_empty = |section: &Section| judge.progress(*section) == Progress::Empty;
    let lacking: Vec<Section> = Section::ALL.into_iter().filter(lacks).collect();
    let more: Vec<Section> =
        Section::ALL.into_iter().filter(|section| !lacks(section) && is_empty(section)).collect();
    let open = view.is_open();
    let told = Section::ALL.into_iter().filter(|section| !is_empty(section));
    let newest = view.newest.as_ref().map(|(sending, _)| sending.state);
    // To send once more takes the case away from staff, so it is not what the page calls for.
    let by_staff = newest == Some(SendingState::Stuck);
    let weight = if by_staff { Weight::Secondary } else { Weight::Accent };
    let send =
        (wanted && lacking.is_empty() && !open).then(|| Button::new(page.t("checks-send")).weight(weight));
    Ok(visit.ok(&OverviewPage {
        send,
        corrected,
        by_staff,
        live: open.then(|| format!("/cabinet/profile/live?mark={}", view.mark)),
        passport: shown::passport(&page, &view),
        evidence: shown::evidence(&page, &view),
        sending: view
            .newest
            .as_ref()
            .map(|(sending, checks)| shown::sending(&page, simplified, sending, checks)),
        missing: tasks(&page, &judge, &lacking),
        parts: told.filter_map(|section| part(&page, &profile, &judge, section)).collect(),
        lists: lists::bands(&page, &visit.app().config().profile, &profile, today(visit.ctx())?),
        more: lists::offered(&page, tasks(&page, &judge, &more), &profile),
        contacts: contact_list(&page, contacts),
        page,
    }))
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
    let values = rows(page, profile, judge, section);
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
