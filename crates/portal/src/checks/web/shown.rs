//! A sending, the evidence and the passport as the page of everything shows them.

use crate::checks::{CheckRow, Sending, SendingState, State, View, Why, decides};
use crate::profile::Field;
use crate::profile::web::path;
use crate::web::page::{Kind as Mood, Page};
use crate::web::ui::{Notice, SummaryList, Tag, TaskList};
use gateway::register::Check;
use kernel::Refusal;
use kernel::ids::PassportState;

/// A sending as the page shows it.
pub struct Shown {
    /// How it ended, or that it is under way.
    pub notice: Notice,
    /// Each check.
    pub checks: TaskList,
    /// What to mend.
    pub doubted: Option<TaskList>,
    /// Without scripts the page is opened anew by hand.
    pub open: bool,
    /// Staff look at it, or have.
    pub stuck: bool,
}

/// The newest sending, as it is to be understood on this level.
pub fn sending(page: &Page, simplified: bool, sending: &Sending, checks: &[CheckRow]) -> Shown {
    let recheck = sending.why != Why::Sent;
    let (mood, key) = match sending.state {
        SendingState::Open => (Mood::Info, "checks-open"),
        // It was confirmed once, and the confirmation holds no longer.
        SendingState::Passed if simplified => (Mood::Warning, "checks-ended"),
        SendingState::Passed => (Mood::Success, "checks-passed"),
        SendingState::Doubted if recheck => (Mood::Warning, "checks-recheck-doubted"),
        SendingState::Doubted if simplified => (Mood::Warning, "checks-doubted"),
        SendingState::Doubted => (Mood::Warning, "checks-correction-doubted"),
        SendingState::Refused => (Mood::Warning, "checks-refused"),
        SendingState::Stuck | SendingState::Dropped => (Mood::Warning, "checks-stuck"),
    };
    let words = page.tf1(key, "time", page.date_time(sending.ended_at.unwrap_or(sending.sent_at)));
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
        checks: list(page, checks),
        doubted: mend.then(|| doubted.iter().fold(TaskList::new(), to_mend)),
        open: sending.ended_at.is_none(),
        stuck: matches!(sending.state, SendingState::Stuck | SendingState::Refused),
    }
}

/// The checks of a sending, each with its state.
pub fn list(page: &Page, checks: &[CheckRow]) -> TaskList {
    checks.iter().fold(TaskList::new(), |list, check| {
        let tag = |mood, word| Tag::new(mood, page.t(word));
        let tag = match check.state {
            State::Queued | State::Asked => tag(Mood::Info, "checks-state-asked"),
            State::Passed => tag(Mood::Success, "checks-state-passed"),
            State::Doubted => tag(Mood::Warning, "checks-state-doubted"),
            // Nothing is to be done about it.
            State::Unclear | State::GaveUp if !decides(check.kind) => {
                Tag::plain(page.t("checks-state-optional"))
            }
            State::Unclear => tag(Mood::Warning, "checks-state-unclear"),
            State::GaveUp | State::Dropped => tag(Mood::Warning, "checks-state-gave-up"),
        };
        list.task(title(page, check.kind), "", None, Some(tag))
    })
}

fn title(page: &Page, kind: Check) -> &'static str {
    page.t(match kind {
        Check::Snils => "checks-snils",
        Check::Passport => "checks-passport",
        Check::Inn => "checks-inn",
    })
}

/// What the level stands on: since when, when it was confirmed last, when it is asked about again.
pub fn evidence(page: &Page, view: &View) -> Option<SummaryList> {
    let row = |list: SummaryList, held: &crate::checks::Evidence| {
        let args = [
            ("since", page.date(held.since).into()),
            ("checked", page.date(held.checked_at).into()),
            ("next", page.date(held.recheck_at).into()),
        ];
        list.row(title(page, held.kind), page.tf("checks-evidence-row", &args))
    };
    (!view.evidence.is_empty()).then(|| view.evidence.iter().fold(SummaryList::new(), row))
}

/// A confirmed passport that has to be exchanged, or had to.
pub fn passport(page: &Page, view: &View) -> Option<Notice> {
    let (mood, title, text) = match view.passport? {
        Ok(PassportState::Ok) => return None,
        Ok(PassportState::Grace) => (Mood::Info, "checks-passport-grace", "checks-passport-grace-text"),
        Err(Refusal::Expired) => (Mood::Warning, "checks-passport-expired", "checks-passport-expired-text"),
        Err(_) => return None,
    };
    Some(Notice::new(page.lang, mood, page.t(text)).title(page.t(title)))
}
