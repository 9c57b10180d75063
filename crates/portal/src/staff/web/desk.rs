//! What every page of the workplace has: who works here, where one can go, by which key.

use super::gate::AtDesk;
use crate::staff::{Member, Right};
use crate::web::page::Page;
use crate::web::visit::Visit;
use std::sync::Arc;

/// One of the pages of the workplace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Figures.
    Overview,
    /// Finding people.
    People,
    /// Background work.
    Jobs,
    /// SMS, voice, mail.
    Connectors,
    /// The configuration.
    Configuration,
    /// Journal heads.
    Journal,
    /// Acts of staff.
    Log,
    /// Members and invitations.
    Staff,
    /// Documents where no register can decide.
    Review,
}

/// A page, the right it needs, its address, its label.
const PLACES: [(Place, Right, &str, &str); 9] = [
    (Place::Overview, Right::Overview, "/admin", "staff-nav-overview"),
    (Place::People, Right::FindPeople, "/admin/people", "staff-nav-people"),
    (Place::Jobs, Right::SeeJobs, "/admin/jobs", "staff-nav-jobs"),
    (Place::Connectors, Right::SeeConnectors, "/admin/connectors", "staff-nav-connectors"),
    (Place::Configuration, Right::SeeConfiguration, "/admin/configuration", "staff-nav-configuration"),
    (Place::Journal, Right::SeeJournal, "/admin/journal", "staff-nav-journal"),
    (Place::Log, Right::SeeJournal, "/admin/log", "staff-nav-log"),
    (Place::Staff, Right::SeeStaff, "/admin/staff", "staff-nav-staff"),
    (Place::Review, Right::Review, "/review", "staff-nav-review"),
];

/// A way to another page of the workplace.
pub struct Way {
    /// Its address.
    pub href: &'static str,
    /// Its name.
    pub label: &'static str,
    /// The digit that leads there together with the browser's access key.
    pub key: usize,
    /// Whether this is the page one is on.
    pub here: bool,
}

/// The frame around a page of the workplace.
pub struct Desk {
    /// What every page knows.
    pub page: Page,
    /// Who works here.
    pub member: Arc<Member>,
    /// The pages that the role may open.
    pub ways: Vec<Way>,
    /// The role in words.
    pub role: &'static str,
    /// How long this session lasts, in words.
    pub ends: String,
}

impl Desk {
    /// The frame of a page.
    pub fn new(desk: &AtDesk, place: Place) -> Desk {
        let AtDesk { visit, member } = desk;
        let ways = PLACES.iter().enumerate().filter(|(_, (_, right, ..))| member.may(*right));
        let ways = ways
            .map(|(at, (known, _, href, key))| Way {
                href,
                label: visit.t(key),
                key: at + 1,
                here: *known == place,
            })
            .collect();
        let mut page = visit.page();
        // The ordinary session's dialog knows nothing of the shorter one here; the header says when it ends.
        page.session_ends_in = None;
        Desk {
            ways,
            role: visit.t(member.role.text_key()),
            ends: ends(visit, member, &page),
            member: member.clone(),
            page,
        }
    }

    /// Whether the member's role has a right.
    pub fn may(&self, right: Right) -> bool {
        self.member.may(right)
    }
}

fn ends(visit: &Visit, member: &Member, page: &Page) -> String {
    let minutes = visit.app().config().staff.idle_seconds / 60;
    let at = crate::web::format::time(member.ends_at, &page.zone);
    page.tf("staff-session-ends", &[("minutes", minutes.into()), ("time", at.into())])
}
