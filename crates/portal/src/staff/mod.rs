//! The workplace of the portal's own people, at `/admin` (the review of documents is a slice of its own, `review`): finding an account for a reason, ending sessions, locking,
//! background work, connectors, configuration, journal, staff.
//!
//! Invariants: a member of staff is an ordinary account with a row here, there is no other kind of sign-in; the
//! workplace opens only with a session of its own that is good for nothing without the ordinary session it was begun in;
//! membership, role and strength are asked again at every request; what a role may do is one table (`rules`), default
//! deny; whoever is no staff gets 404 everywhere; a look at a person's data needs a reason, and the person reads in the
//! journal who looked and why; nobody works on their own account or changes their own role; the last administrator stays.

pub mod jobs;
pub mod people;
mod rules;
mod settings;
mod store;
pub mod web;

pub use rules::{NotYours, Right, Role, Why, alive, may, may_work_on, reason, strong_enough};
pub use settings::{Need, Settings, Strengths};
pub use store::{is_staff, last, note_last, sweep_cards, sweep_invitations, sweep_sessions};

use crate::accounts::AccountId;
use crate::audit::{self, Chain, Event};
use crate::ctx::{Actor, Ctx};
use crate::error::Result;
use crate::factors;
use crate::notifications::{self, Body, Channel, NewMessage};
use crate::web::mail::MailPage;
use crate::web::texts::{self, Arg};
use ::store::Tx;
use ::store::keys::Purpose;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use kernel::email::Email;
use kernel::{Id, Lang, Secret, Span, Time};

kernel::id_kinds! {
    /// A member of staff.
    StaffKind = "stf";
    /// A session at the workplace.
    StaffSessionKind = "sts";
    /// An invitation to join the staff.
    InvitationKind = "inv";
    /// A person's card, opened for a reason.
    CardKind = "opn";
}

/// A member's identifier.
pub type StaffId = Id<StaffKind>;
/// The identifier of a session at the workplace.
pub type StaffSessionId = Id<StaffSessionKind>;
/// An invitation's identifier.
pub type InvitationId = Id<InvitationKind>;
/// The identifier of an opened card.
pub type CardId = Id<CardKind>;

/// Why an account of staff must have a second factor ([`factors::oblige`]).
const DUTY: &str = "staff";

/// The name under which [`note_last`] keeps how the last verification of the journal ended: findings, and in words how
/// many events were read.
pub const VERIFIED: &str = "journal-verified";

/// A member of staff in a request, already let in.
#[derive(Clone, Debug)]
pub struct Member {
    /// The row.
    pub id: StaffId,
    /// The ordinary account.
    pub account: AccountId,
    /// The role at this moment.
    pub role: Role,
    /// The session at the workplace.
    pub session: StaffSessionId,
    /// First name and the first letter of the surname: what the person whose data it was will read.
    pub name: String,
    /// When this session ends however busy it is.
    pub ends_at: Time,
}

impl Member {
    /// Whether the role has a right.
    pub fn may(&self, right: Right) -> bool {
        may(self.role, right)
    }

    /// The context of an act on somebody who reads in `lang`.
    pub fn ctx(&self, ctx: &Ctx, lang: Lang) -> Ctx {
        let role = texts::text(lang, self.role.text_key()).to_lowercase();
        let name = format!("{}, {role}", self.name);
        ctx.clone().acting_as(Actor::Staff { id: self.id.to_string(), name })
    }

    /// Writes an act into the portal's own journal and into the register of this member's acts.
    ///
    /// # Errors
    /// The storage is away.
    pub fn record(&self, tx: &mut Tx<'_>, ctx: &Ctx, event: &Event) -> Result<()> {
        let ctx = self.ctx(ctx, Lang::default());
        audit::record(tx, &ctx, Chain::Portal, event)?;
        store::note_act(tx, &self.id)
    }

    /// Writes an act on a person into the portal's own journal: what, on whom, for which kind of reason.
    ///
    /// # Errors
    /// The storage is away.
    fn record_act(&self, tx: &mut Tx<'_>, ctx: &Ctx, act: &str, account: &AccountId, why: Why) -> Result<()> {
        self.record_on(tx, ctx, act, account, why.word())
    }

    /// The same for an act whose reason is no choice of the member, in a word.
    ///
    /// # Errors
    /// The storage is away.
    pub fn record_on(
        &self,
        tx: &mut Tx<'_>,
        ctx: &Ctx,
        act: &str,
        account: &AccountId,
        why: &str,
    ) -> Result<()> {
        let event = Event::StaffActed { act: act.into(), account: account.to_string(), why: why.into() };
        self.record(tx, ctx, &event)
    }
}

/// The row's key for the cookie of the workplace.
fn session_hash(ctx: &Ctx, token: &str) -> [u8; 32] {
    ctx.keys.mac(Purpose::Token, &[b"staff-session", token.as_bytes()])
}

fn invitation_hash(ctx: &Ctx, token: &str) -> [u8; 32] {
    ctx.keys.mac(Purpose::Token, &[b"staff-invitation", token.as_bytes()])
}

/// Begins a session at the workplace; the token is given to the browser and never seen again. An older one of the same
/// ordinary session ends.
///
/// # Errors
/// The storage is away.
pub fn begin(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    settings: &Settings,
    staff: &StaffId,
    account: &AccountId,
    session: &crate::sessions::SessionId,
) -> Result<Secret<String>> {
    let mut rng = ctx.rng();
    let token = B64.encode(rng.bytes::<32>());
    store::end_of_session(tx, session.as_str(), "replaced", ctx.now)?;
    let row = store::NewSession {
        token_hash: session_hash(ctx, &token),
        id: Id::new(ctx.now, &mut rng),
        staff,
        session: session.as_str(),
        expires_at: ctx.now + Span::seconds(settings.absolute_seconds),
    };
    store::insert_session(tx, &row, ctx.now)?;
    let event = Event::StaffEntered { staff: staff.to_string() };
    // In the member's own journal too: an entry that was not theirs is noticed there.
    audit::record(tx, ctx, Chain::Account(account.as_str()), &event)?;
    audit::record(tx, ctx, Chain::Portal, &event)?;
    store::note_act(tx, staff)?;
    Ok(Secret::new(token))
}

/// An invitation that can be accepted.
#[derive(Clone, Debug)]
pub struct Invitation {
    /// The row.
    pub id: InvitationId,
    /// The role that is offered.
    pub role: Role,
    /// Until when.
    pub expires_at: Time,
}

/// Invites somebody by letter, or (without an address) makes the link that a command prints. Gives the link's token.
///
/// # Errors
/// The storage is away.
pub fn invite(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    settings: &Settings,
    role: Role,
    to: Option<(&Email, &Member)>,
) -> Result<Secret<String>> {
    let mut rng = ctx.rng();
    let token = B64.encode(rng.bytes::<32>());
    let id: InvitationId = Id::new(ctx.now, &mut rng);
    let expires_at = ctx.now + Span::hours(settings.invitation_hours);
    let row = store::NewInvitation {
        id: &id,
        token_hash: invitation_hash(ctx, &token),
        role,
        email: to.map(|(email, _)| email.as_str()),
        by: to.map(|(_, member)| &member.id),
        expires_at,
    };
    store::insert_invitation(tx, ctx, &mut rng, &row)?;
    let event = Event::StaffInvited { staff: id.to_string(), role: role.word().into() };
    match to {
        Some((email, member)) => {
            notifications::queue(tx, ctx, letter(ctx, settings, role, email, &token, expires_at))?;
            member.record(tx, ctx, &event)?;
        }
        None => audit::record(tx, ctx, Chain::Portal, &event)?,
    }
    Ok(Secret::new(token))
}

/// The address of an invitation's page.
pub fn link(ctx: &Ctx, token: &str) -> String {
    format!("{}/staff/join/{token}", ctx.place.public_url)
}

fn letter(
    ctx: &Ctx,
    settings: &Settings,
    role: Role,
    to: &Email,
    token: &str,
    expires_at: Time,
) -> NewMessage {
    let lang = ctx.lang;
    let args = [
        ("portal", Arg::from(ctx.place.brand.name(lang))),
        ("role", Arg::from(texts::text(lang, role.text_key()))),
        ("hours", Arg::from(settings.invitation_hours)),
    ];
    let subject = texts::format(lang, "staff-letter-subject", &args);
    let page = MailPage::new(lang, ctx.place.brand.clone(), subject.clone())
        .paragraph(texts::format(lang, "staff-letter-text", &args))
        .paragraph(texts::text(lang, "staff-letter-need"))
        .button(texts::text(lang, "staff-letter-button"), link(ctx, token))
        .footer(texts::text(lang, "staff-letter-footer"));
    let body = Body {
        to: to.as_str().to_owned(),
        lang,
        subject,
        text: page.text(),
        digits: String::new(),
        html: page.html().ok(),
    };
    NewMessage {
        channel: Channel::Email,
        kind: "staff-invitation",
        account: None,
        body,
        expires_at,
        of: None,
    }
}

/// The invitation behind a link; none when it is used, withdrawn, over or was never there.
///
/// # Errors
/// The storage is away.
pub fn invitation(tx: &mut Tx<'_>, ctx: &Ctx, token: &str) -> Result<Option<Invitation>> {
    store::invitation(tx, &invitation_hash(ctx, token), ctx.now)
}

/// What accepting an invitation led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Accepted {
    /// A new member.
    Joined(StaffId),
    /// The account is staff already; the invitation stays as it is.
    AlreadyStaff,
    /// The invitation cannot be accepted any more.
    Gone,
}

/// Makes an account a member of staff; of many equal forms one wins.
///
/// # Errors
/// The storage is away.
pub fn accept(tx: &mut Tx<'_>, ctx: &Ctx, token: &str, account: &AccountId) -> Result<Accepted> {
    if store::member_of(tx, account)?.is_some() {
        return Ok(Accepted::AlreadyStaff);
    }
    let Some((role, by)) = store::spend_invitation(tx, &invitation_hash(ctx, token), ctx.now)? else {
        return Ok(Accepted::Gone);
    };
    Ok(Accepted::Joined(appoint(tx, ctx, account, role, by.as_deref())?))
}

/// Makes an account a member of staff, who from now on cannot be without a second factor. `by` is the member who invited.
/// The caller has made sure that the account is no member yet.
///
/// # Errors
/// The storage is away.
pub fn appoint(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    account: &AccountId,
    role: Role,
    by: Option<&str>,
) -> Result<StaffId> {
    let id: StaffId = Id::new(ctx.now, &mut ctx.rng());
    store::insert_member(tx, &id, account, role, by, ctx.now)?;
    factors::oblige(tx, account, DUTY)?;
    let event = Event::StaffJoined { staff: id.to_string() };
    audit::record(tx, ctx, Chain::Account(account.as_str()), &event)?;
    audit::record(tx, ctx, Chain::Portal, &event)?;
    store::note_act(tx, &id)?;
    Ok(id)
}

/// Whether a member is one still and has a right, asked in the transaction of the act: between the gate and here the
/// membership may have ended.
///
/// # Errors
/// The storage is away.
pub fn may_still(tx: &mut Tx<'_>, member: &Member, right: Right) -> Result<bool> {
    Ok(store::member(tx, &member.id)?.is_some_and(|(_, role)| may(role, right)))
}

/// What managing a member led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Managed {
    /// Done.
    Done,
    /// Nobody changes their own membership: that takes a second administrator.
    Own,
    /// There would be no administrator left.
    LastAdmin,
    /// Whoever asked is no administrator any more.
    NotAllowed,
    /// No such member.
    Unknown,
}

/// Gives a member another role, or removes the member (`role` none). Sessions of the member at the workplace end.
///
/// # Errors
/// The storage is away.
pub fn manage(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    by: &Member,
    target: &StaffId,
    role: Option<Role>,
) -> Result<Managed> {
    // Held until the commit: two administrators who remove each other at one moment do not both succeed.
    let admins = store::hold_admins(tx)?;
    if !admins.contains(&by.id) {
        return Ok(Managed::NotAllowed);
    }
    if by.id == *target {
        return Ok(Managed::Own);
    }
    let Some((account, present)) = store::member(tx, target)? else { return Ok(Managed::Unknown) };
    if role == Some(present) {
        return Ok(Managed::Done);
    }
    // The one who asks is an administrator and stays one; said again for the day on which that changes.
    if present == Role::Admin && admins.iter().filter(|id| *id != target).count() == 0 {
        return Ok(Managed::LastAdmin);
    }
    let event = match role {
        Some(role) => {
            store::set_role(tx, target, role, ctx.now)?;
            Event::StaffRoleChanged { staff: target.to_string(), role: role.word().into() }
        }
        None => {
            store::remove_member(tx, target, ctx.now)?;
            factors::release(tx, &account, DUTY)?;
            Event::StaffRemoved { staff: target.to_string() }
        }
    };
    store::end_of_member(tx, target, "member-changed", ctx.now)?;
    // Whom they invited as an administrator waits no longer: it may be themselves, on the way back.
    for invitation in store::end_invitations_of(tx, target, ctx.now)? {
        by.record(tx, ctx, &Event::StaffInvitationWithdrawn { invitation: invitation.to_string() })?;
    }
    let acting = by.ctx(ctx, Lang::default());
    audit::record(tx, &acting, Chain::Account(account.as_str()), &event)?;
    by.record(tx, ctx, &event)?;
    Ok(Managed::Done)
}
