//! `/admin/staff`: members and invitations.

use super::desk::{Desk, Place};
use super::gate::AtDesk;
use crate::accounts;
use crate::audit::Event;
use crate::error::Result;
use crate::staff::{self, InvitationId, Managed, Right, Role, StaffId, store};
use crate::web::fault::Fault;
use crate::web::fields::{self, FieldError, Kind};
use crate::web::form::Form;
use crate::web::fresh::is_fresh;
use crate::web::ui::{Button, ErrorSummary, Errors, Select, TextField};
use crate::web::visit::Visit;
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use kernel::email::Email;

#[derive(Template)]
#[template(path = "staff/templates/staff.html")]
struct StaffPage {
    desk: Desk,
    page: crate::web::page::Page,
    summary: Option<ErrorSummary>,
    members: Vec<MemberRow>,
    invitations: Vec<InvitationRow>,
    invite: Option<Invite>,
}

struct MemberRow {
    id: String,
    name: String,
    role: &'static str,
    since: String,
    seen: String,
    own: bool,
    roles: Vec<(&'static str, &'static str, bool)>,
}

struct InvitationRow {
    id: String,
    email: String,
    role: &'static str,
    until: String,
}

/// The form of an invitation.
struct Invite {
    email: TextField,
    role: Select,
    submit: Button,
}

/// What was typed into the form of an invitation.
#[derive(Default)]
struct Typed {
    email: String,
    role: String,
    errors: Errors,
}

async fn draw(desk: &AtDesk, typed: Typed) -> Result<Response> {
    let AtDesk { visit, member } = desk;
    let ctx = visit.ctx().clone();
    let (members, open) = visit
        .app()
        .read(move |tx| Ok((store::list_members(tx)?, store::open_invitations(tx, &ctx)?)))
        .await?;
    let frame = Desk::new(desk, Place::Staff);
    let page = frame.page.clone();
    let mut rows = Vec::new();
    for found in members {
        let person = accounts::account_person(visit.ctx(), &found.data_key, &found.person)?;
        let roles = Role::ALL.map(|role| (role.word(), visit.t(role.text_key()), role == found.role));
        rows.push(MemberRow {
            name: format!("{} {}", person.first_name, person.surname),
            role: visit.t(found.role.text_key()),
            since: page.date(found.created_at),
            seen: found.seen_at.map_or_else(|| "—".to_owned(), |at| page.date_time(at)),
            own: found.id == member.id,
            roles: roles.to_vec(),
            id: found.id.to_string(),
        });
    }
    let invitations = open
        .into_iter()
        .map(|open| InvitationRow {
            email: open.email.unwrap_or_else(|| visit.t("staff-invited-by-command").to_owned()),
            role: visit.t(open.role.text_key()),
            until: page.date_time(open.expires_at),
            id: open.id.to_string(),
        })
        .collect();
    let status = if typed.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let template = StaffPage {
        summary: typed.errors.summary(page.lang),
        invite: member.may(Right::ManageStaff).then(|| invite_form(visit, &typed)),
        members: rows,
        invitations,
        desk: frame,
        page,
    };
    Ok(visit.html(status, &template))
}

fn invite_form(visit: &Visit, typed: &Typed) -> Invite {
    let lang = visit.lang();
    let role = Role::ALL
        .into_iter()
        .fold(Select::new(lang, "role"), |select, role| select.option(role.word(), visit.t(role.text_key())));
    let chosen = Role::from_word(&typed.role).map(Role::word);
    Invite {
        email: TextField::email(lang, "email")
            .label(visit.t("staff-invite-email"))
            .hint(visit.t("staff-invite-email-hint"))
            .autocomplete("off")
            .value(&typed.email)
            .error(typed.errors.get("email")),
        role: role.label(visit.t("staff-invite-role")).selected(chosen).error(typed.errors.get("role")),
        submit: Button::new(visit.t("staff-invite-submit")),
    }
}

/// The page.
pub async fn get(desk: AtDesk) -> std::result::Result<Response, Fault> {
    Ok(draw(&desk, Typed::default()).await?)
}

/// Membership is changed only a few minutes after a factor was given.
fn stale(desk: &AtDesk) -> Option<Response> {
    let visit = &desk.visit;
    let auth_at = visit.session().map(|session| session.auth_at)?;
    let fresh = is_fresh(auth_at, visit.now(), visit.app().config().sessions.fresh_seconds);
    (!fresh).then(|| visit.see_other("/confirm?back=/admin/staff"))
}

/// Invites by letter.
pub async fn invite(desk: AtDesk, Form(fields): Form) -> std::result::Result<Response, Fault> {
    fields.only(&["email", "role"])?;
    if let Some(confirm) = stale(&desk) {
        return Ok(confirm);
    }
    let AtDesk { visit, member } = &desk;
    let (email, role) = (Email::parse(fields.text("email")), Role::from_word(fields.text("role")));
    let (email, role) = match (email, role) {
        (Ok(email), Some(role)) => (email, role),
        (email, role) => {
            let mut wrong = Vec::new();
            wrong.extend(email.err().map(|why| FieldError::refused("email", Kind::Email, why)));
            wrong.extend(role.is_none().then(|| FieldError::plain("role", "staff-invite-role-missing")));
            let typed = Typed {
                email: fields.text("email").to_owned(),
                role: fields.text("role").to_owned(),
                errors: fields::in_words(visit.lang(), &wrong),
            };
            return Ok(draw(&desk, typed).await?);
        }
    };
    let (ctx, settings, by) = (visit.ctx().clone(), visit.app().config().staff.clone(), member.clone());
    let invited = visit
        .app()
        .write(move |tx| {
            if !staff::may_still(tx, &by, Right::ManageStaff)? {
                return Ok(false);
            }
            staff::invite(tx, &ctx, &settings, role, Some((&email, &by))).map(|_| true)
        })
        .await?;
    if !invited {
        return Err(Fault::no_right());
    }
    Ok(visit.see_other_with("/admin/staff", "staff-invited"))
}

/// Withdraws an invitation.
pub async fn withdraw(desk: AtDesk, Form(fields): Form) -> std::result::Result<Response, Fault> {
    fields.only(&["invitation"])?;
    let AtDesk { visit, member } = &desk;
    let id = InvitationId::parse(fields.text("invitation")).ok_or_else(Fault::not_found)?;
    let (ctx, by) = (visit.ctx().clone(), member.clone());
    let ended = visit
        .app()
        .write(move |tx| {
            let ended = store::end_invitation(tx, &id, ctx.now)?;
            if ended {
                by.record(tx, &ctx, &Event::StaffInvitationWithdrawn { invitation: id.to_string() })?;
            }
            Ok(ended)
        })
        .await?;
    Ok(visit.see_other_with("/admin/staff", if ended { "staff-withdrawn" } else { "staff-nothing" }))
}

/// Gives a member another role.
pub async fn role(desk: AtDesk, Form(fields): Form) -> std::result::Result<Response, Fault> {
    fields.only(&["member", "role"])?;
    let role = Role::from_word(fields.text("role")).ok_or_else(|| Fault::bad_request("role"))?;
    manage(desk, fields.text("member"), Some(role)).await
}

/// Removes a member.
pub async fn remove(desk: AtDesk, Form(fields): Form) -> std::result::Result<Response, Fault> {
    fields.only(&["member"])?;
    manage(desk, fields.text("member"), None).await
}

async fn manage(desk: AtDesk, target: &str, role: Option<Role>) -> std::result::Result<Response, Fault> {
    if let Some(confirm) = stale(&desk) {
        return Ok(confirm);
    }
    let AtDesk { visit, member } = &desk;
    let target = StaffId::parse(target).ok_or_else(Fault::not_found)?;
    let (ctx, by) = (visit.ctx().clone(), member.clone());
    let managed = visit.app().write(move |tx| staff::manage(tx, &ctx, &by, &target, role)).await?;
    let flash = match managed {
        Managed::Done => "staff-changed",
        Managed::Own => "staff-own",
        Managed::LastAdmin => "staff-last-admin",
        Managed::NotAllowed => return Err(Fault::no_right()),
        Managed::Unknown => return Err(Fault::not_found()),
    };
    Ok(visit.see_other_with("/admin/staff", flash))
}
