//! The pages of the workplace. All of them are complete without JavaScript and can be used by keyboard alone.

mod card;
pub mod desk;
mod enter;
pub mod gate;
mod jobs;
mod join;
mod journal;
mod log;
mod overview;
mod people;
mod staff;
mod system;
mod weak;
mod words;

use super::Right;
use super::people::Act;
use crate::web::routes::{Access, Routes};

/// The routes.
pub fn routes() -> Routes {
    Routes::default()
        .get("/staff/join", Access::Anyone, join::get)
        .post("/staff/join", Access::Anyone, join::post)
        .get("/staff/join/{token}", Access::Anyone, join::link)
        .get("/admin/enter", Access::Member, enter::get)
        .post("/admin/enter", Access::Member, enter::post)
        .post("/admin/leave", Access::Member, enter::leave)
        .get("/admin", Access::Staff(Right::Overview), overview::get)
        .get("/admin/people", Access::Staff(Right::FindPeople), people::get)
        .post("/admin/people/find", Access::Staff(Right::FindPeople), people::find)
        .get("/admin/people/{card}", Access::Staff(Right::FindPeople), card::get)
        .post("/admin/people/{card}/close", Access::Staff(Right::FindPeople), card::close)
        .post("/admin/people/{card}/reveal", Access::Staff(Right::RevealData), card::reveal)
        .post("/admin/people/{card}/end-session", Access::Staff(Right::EndSessions), card::end_session)
        .post(
            "/admin/people/{card}/end-sessions",
            Access::Staff(Right::EndSessions),
            card::plain(Act::EndSessions),
        )
        .post(
            "/admin/people/{card}/clear-throttle",
            Access::Staff(Right::ClearThrottle),
            card::plain(Act::ClearThrottle),
        )
        .post("/admin/people/{card}/issue-code", Access::Staff(Right::IssueCode), card::issue_code)
        .post("/admin/people/{card}/lock", Access::Staff(Right::LockAccounts), card::plain(Act::Lock))
        .post("/admin/people/{card}/unlock", Access::Staff(Right::LockAccounts), card::plain(Act::Unlock))
        .get("/admin/jobs", Access::Staff(Right::SeeJobs), jobs::get)
        .post("/admin/jobs/retry", Access::Staff(Right::RetryJobs), jobs::retry)
        .post("/admin/jobs/retry-kind", Access::Staff(Right::RetryJobs), jobs::retry_kind)
        .get("/admin/connectors", Access::Staff(Right::SeeConnectors), system::connectors)
        .get("/admin/configuration", Access::Staff(Right::SeeConfiguration), system::configuration)
        .get("/admin/journal", Access::Staff(Right::SeeJournal), journal::get)
        .get("/admin/log", Access::Staff(Right::SeeJournal), log::get)
        .get("/admin/staff", Access::Staff(Right::SeeStaff), staff::get)
        .post("/admin/staff/invite", Access::Staff(Right::ManageStaff), staff::invite)
        .post("/admin/staff/withdraw", Access::Staff(Right::ManageStaff), staff::withdraw)
        .post("/admin/staff/role", Access::Staff(Right::ManageStaff), staff::role)
        .post("/admin/staff/remove", Access::Staff(Right::ManageStaff), staff::remove)
}
