//! Events and acts in the words of the workplace. The owner's journal says «ваши данные»; here they are somebody else's.

use crate::audit::Event;
use crate::notifications::Notice;
use crate::notifications::feed::Sent;
use crate::staff::{Role, Why};
use crate::web::page::Page;
use crate::web::texts;
use crate::web::ui::Table;
use crate::web::visit::Visit;

/// An event by name.
pub fn event(visit: &Visit, event: &Event) -> &'static str {
    match event {
        Event::ViewedByStaff { what } if what == "contacts" => visit.t("staff-act-reveal"),
        Event::ViewedByStaff { what } if what == "review" => visit.t("staff-act-review-take"),
        Event::ViewedByStaff { .. } => visit.t("staff-act-card"),
        Event::RecoveryStarted { how } if how == "access-code" => visit.t("staff-act-issue-code"),
        Event::RegistrationAttempted => visit.t("staff-event-registration-attempted"),
        Event::StaffActed { act: word, .. } => act(visit, word).unwrap_or(visit.t("staff-event-acted")),
        other => texts::text(visit.lang(), other.text_key()),
    }
}

/// An act of staff by its word.
fn act(visit: &Visit, word: &str) -> Option<&'static str> {
    Some(visit.t(match word {
        "card" => "staff-act-card",
        "reveal" => "staff-act-reveal",
        "end-session" => "staff-act-end-session",
        "end-sessions" => "staff-act-end-sessions",
        "lock" => "staff-act-lock",
        "unlock" => "staff-act-unlock",
        "clear-throttle" => "staff-act-clear-throttle",
        "issue-code" => "staff-act-issue-code",
        "review-take" => "staff-act-review-take",
        "review-back" => "staff-act-review-back",
        "review-ask" => "staff-act-review-ask",
        "review-confirm" => "staff-act-review-confirm",
        "review-refuse" => "staff-act-review-refuse",
        _ => return None,
    }))
}

/// Why the workplace refused.
fn refusal(visit: &Visit, reason: &str) -> Option<&'static str> {
    Some(visit.t(match reason {
        "right" => "staff-refusal-right",
        "address" => "staff-refusal-address",
        "strength" => "staff-refusal-strength",
        "own-account" => "staff-refusal-own",
        "colleague" => "staff-refusal-colleague",
        "searches" => "staff-refusal-searches",
        _ => return None,
    }))
}

/// What an event says beyond its name: identifiers and words, never a person's data.
pub fn more(visit: &Visit, event: &Event) -> String {
    match event {
        Event::StaffActed { account, why, .. } => match Why::from_word(why) {
            Some(why) => format!("{} · {account}", visit.t(why.text_key())),
            None => account.clone(),
        },
        Event::StaffRefused { reason } => refusal(visit, reason).unwrap_or(reason).to_owned(),
        Event::StaffInvited { role, .. } | Event::StaffRoleChanged { role, .. } => {
            Role::from_word(role).map_or(role.as_str(), |role| visit.t(role.text_key())).to_owned()
        }
        Event::StaffSearched { found } => {
            visit.t(if *found { "staff-log-found" } else { "staff-log-not-found" }).to_owned()
        }
        Event::JobRetried { job } => job.clone(),
        _ => String::new(),
    }
}

/// Who did it, in a word.
pub fn actor(visit: &Visit, actor: &str) -> &'static str {
    visit.t(match actor {
        "owner" => "staff-actor-owner",
        "visitor" => "staff-actor-visitor",
        "system" => "staff-actor-system",
        word if word.starts_with("staff:") => "staff-actor-staff",
        _ => "staff-actor-other",
    })
}

/// The newest messages to a person: what, by which way, how far, since when; never to where or in which words.
pub fn messages(visit: &Visit, page: &Page, messages: &[(String, Sent)]) -> Table {
    let table = Table::new(visit.t("staff-card-messages"))
        .column(visit.t("staff-log-time"))
        .column(visit.t("staff-what"))
        .column(visit.t("staff-card-way"))
        .column(visit.t("staff-card-state"))
        .none(visit.t("staff-card-no-messages"));
    messages.iter().fold(table, |table, (kind, sent)| {
        let title = Notice::from_word(kind).map_or(kind.as_str(), |notice| visit.t(notice.title_key()));
        table.row([
            page.date_time(sent.at),
            title.to_owned(),
            visit.t(sent.channel.text_key()).to_owned(),
            visit.t(sent.state.text_key()).to_owned(),
        ])
    })
}
