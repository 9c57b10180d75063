//! Which way a notice takes, and which one stands in when that fails (spec 08: push → text message → call → e-mail).
//!
//! Invariants: a way is used once for a notice, and the next one only after it ended without reaching anybody; the
//! decision is a pure function of the messages' states ([`next`]); looking again changes nothing that is on its way.
//! What is about safety was sent to every contact at once; here it gets its push, and the call that stands in for a
//! text message that did not arrive.

use super::choices::{self, Choices};
use super::kinds::Group;
use super::{Channel, Details, NoticeId, State, feed, push, queue, write};
use crate::accounts::{self, AccountId, Contact, ContactType};
use crate::app::App;
use crate::config::Config;
use crate::ctx::Ctx;
use crate::error::Result;
use ::store::jobs::{self, Handler, Job, NewJob, Outcome};
use ::store::{Tx, params};
use kernel::{Lang, Span, Time};
use serde_json::json;

/// The kind of the jobs that look at a notice.
pub const LOOK: &str = "notice.deliver";

/// A notice that reached nobody for so long is not worth telling any more by other ways than the cabinet.
const WORTH: Span = Span::days(3);

/// Lets a job look at a notice at a moment; one job for each `key`.
pub fn look(tx: &mut Tx<'_>, ctx: &Ctx, id: &NoticeId, key: &str, at: Time) -> Result<()> {
    let payload = json!({ "notice": id.as_str() });
    let job = NewJob { kind: LOOK, key: Some(key), payload, run_at: at, max_attempts: 40 };
    jobs::enqueue(tx, &job, ctx.now, &mut ctx.rng())?;
    Ok(())
}

/// How far a way came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Every message by it ended without arriving.
    Ended,
    /// A message is on its way.
    Open,
    /// A message arrived, as far as this way ever tells.
    Reached,
}

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Somebody was reached, or nothing more can be done.
    Done,
    /// Something is on its way.
    Wait,
    /// Send by this way.
    Send(Channel),
}

/// What a message says about its way. A text message is believed to have arrived by its receipt; when none comes within
/// the wait, `patient` decides (what is about safety calls nobody on the mere lack of a receipt).
pub fn standing(channel: Channel, state: State, sent_for: Span, wait: Span, patient: bool) -> Standing {
    match state {
        State::Queued => Standing::Open,
        State::Delivered => Standing::Reached,
        State::Failed | State::Expired => Standing::Ended,
        State::Sent if channel != Channel::Sms || patient => Standing::Reached,
        State::Sent if sent_for < wait => Standing::Open,
        State::Sent => Standing::Ended,
    }
}

/// The next step: of the ways in their order, and those that were taken.
pub fn next(ways: &[Channel], taken: &[(Channel, Standing)]) -> Next {
    let best = taken.iter().map(|(_, standing)| *standing).max();
    match best {
        Some(Standing::Reached) => Next::Done,
        Some(Standing::Open) => Next::Wait,
        Some(Standing::Ended) | None => {
            let fresh = ways.iter().find(|way| !taken.iter().any(|(channel, _)| channel == *way));
            fresh.map_or(Next::Done, |way| Next::Send(*way))
        }
    }
}

/// The ways out that this deployment has.
#[derive(Clone, Copy, Debug)]
pub struct Gates([bool; 4]);

impl Gates {
    /// Of a running portal.
    pub fn of(app: &App) -> Gates {
        let ways = app.gateways();
        Gates([ways.push.is_some(), ways.sms.is_some(), ways.voice.is_some(), ways.mail.is_some()])
    }

    fn has(self, channel: Channel) -> bool {
        Channel::ALL.iter().zip(self.0).any(|(known, open)| *known == channel && open)
    }
}

/// Whom a notice can reach.
struct Owner {
    lang: Lang,
    phone: Option<Contact>,
    email: Option<Contact>,
    browsers: Vec<String>,
}

impl Owner {
    fn load(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId) -> Result<Option<Owner>> {
        let Some((_, owner)) = accounts::load_any(tx, ctx, account)? else { return Ok(None) };
        let contacts = accounts::contacts(tx, ctx, account)?;
        let first = |kind| contacts.iter().find(|contact| contact.kind == kind && !contact.muted).cloned();
        Ok(Some(Owner {
            lang: owner.lang,
            phone: first(ContactType::Phone),
            email: first(ContactType::Email),
            browsers: push::targets(tx, account)?,
        }))
    }

    fn has(&self, channel: Channel) -> bool {
        match channel {
            Channel::Push => !self.browsers.is_empty(),
            Channel::Sms | Channel::Call => self.phone.is_some(),
            Channel::Email => self.email.is_some(),
        }
    }
}

/// Takes the next step of a notice; answers when to look again, if that is known now.
///
/// # Errors
/// The storage is away.
pub fn advance(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    config: &Config,
    gates: Gates,
    id: &NoticeId,
) -> Result<Option<Time>> {
    let Some(notice) = feed::find(tx, ctx, id)? else { return Ok(None) };
    let Some(owner) = Owner::load(tx, ctx, &notice.account)? else { return Ok(None) };
    if ctx.now > notice.at + WORTH {
        return Ok(None);
    }
    let group = notice.kind.group();
    let choices = choices::load(tx, ctx, &config.notifications, &notice.account)?;
    let has = |channel: Channel| gates.has(channel) && owner.has(channel);
    let mut taken = taken(tx, ctx, &config.notifications, id, group)?;
    if group == Group::Security {
        // The contacts were told at once; a browser is told besides.
        if has(Channel::Push) && !taken.iter().any(|(channel, _)| *channel == Channel::Push) {
            send(tx, ctx, id, &notice, &owner, Channel::Push)?;
        }
        taken.retain(|(channel, _)| *channel != Channel::Push);
    }
    let ways = ways(&choices, group, &taken, has);
    match next(&ways, &taken) {
        Next::Done | Next::Wait => Ok(None),
        Next::Send(channel) => {
            let at = choices.not_before(ctx, group);
            if at > ctx.now {
                return Ok(Some(at));
            }
            send(tx, ctx, id, &notice, &owner, channel)?;
            Ok(None)
        }
    }
}

fn ways(
    choices: &Choices,
    group: Group,
    taken: &[(Channel, Standing)],
    has: impl Fn(Channel) -> bool,
) -> Vec<Channel> {
    if group != Group::Security {
        return choices.ways(group, has);
    }
    // Only a text message that failed has a stand-in; other contacts were told by themselves.
    let texted = taken.iter().any(|(channel, _)| *channel == Channel::Sms);
    if texted && has(Channel::Call) { vec![Channel::Call] } else { Vec::new() }
}

/// Ways taken so far, each with the best of its messages.
fn taken(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    settings: &super::Settings,
    id: &NoticeId,
    group: Group,
) -> Result<Vec<(Channel, Standing)>> {
    let rows = tx.all(
        "SELECT channel, state, COALESCE(sent_at, created_at) FROM message WHERE notice_id = $1",
        params![id],
        |row| Ok((row.get::<String>(0)?, row.get::<String>(1)?, row.get::<Time>(2)?)),
    )?;
    let wait = Span::seconds(settings.receipt_wait_seconds);
    let mut taken: Vec<(Channel, Standing)> = Vec::new();
    for (channel, state, at) in rows {
        let (Some(channel), Some(state)) = (Channel::from_word(&channel), State::from_word(&state)) else {
            continue;
        };
        let standing = standing(channel, state, ctx.now - at, wait, group == Group::Security);
        match taken.iter_mut().find(|(known, _)| *known == channel) {
            Some((_, best)) => *best = (*best).max(standing),
            None => taken.push((channel, standing)),
        }
    }
    Ok(taken)
}

fn send(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    id: &NoticeId,
    notice: &feed::Found,
    owner: &Owner,
    channel: Channel,
) -> Result<()> {
    let words = write::Words { kind: notice.kind, at: notice.at, lang: owner.lang, args: &notice.args };
    let plain = Details::default();
    let account = Some(notice.account.clone());
    if channel == Channel::Push {
        for browser in &owner.browsers {
            let body = push::body(ctx, &words, browser);
            let message = write::message(ctx, channel, notice.kind, account.clone(), body);
            queue(tx, ctx, message.of(id, browser))?;
        }
        return Ok(());
    }
    let contact = if channel == Channel::Email { &owner.email } else { &owner.phone };
    let Some(contact) = contact else { return Ok(()) };
    let to = contact.value.clone();
    let body = match channel {
        Channel::Email => write::letter(ctx, &words, to, &plain),
        Channel::Call => write::call(ctx, &words, to),
        Channel::Sms | Channel::Push => write::text_message(ctx, &words, to, &plain),
    };
    let message = write::message(ctx, channel, notice.kind, account, body);
    queue(tx, ctx, message.of(id, contact.id.as_str()))
}

/// Looks at a notice: tells open pages of its owner, and takes the next step.
pub struct Deliver(pub App);

#[async_trait::async_trait]
impl Handler for Deliver {
    async fn run(&self, job: &Job) -> Outcome {
        let id = job.payload.get("notice").and_then(|id| id.as_str()).and_then(NoticeId::parse);
        let Some(id) = id else { return Outcome::fail("no notice id") };
        match self.look(id).await {
            Ok(Some(at)) => Outcome::RetryAt(at),
            Ok(None) => Outcome::Done,
            Err(error) => {
                tracing::warn!(%error, "a notice could not be looked at");
                Outcome::retry("storage")
            }
        }
    }
}

impl Deliver {
    async fn look(&self, id: NoticeId) -> Result<Option<Time>> {
        let app = &self.0;
        let (ctx, config, gates) = (app.job_ctx(), app.config_arc(), Gates::of(app));
        let stepped = app
            .write(move |tx| {
                let account = feed::find(tx, &ctx, &id)?.map(|notice| notice.account);
                Ok((account, advance(tx, &ctx, &config, gates, &id)?))
            })
            .await?;
        // The count in the head of the cabinet is part of the session in memory; forgetting it pokes the open pages.
        if let Some(account) = &stepped.0 {
            app.sessions().forget(account);
        }
        Ok(stepped.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Channel::{Call, Email, Push, Sms};
    use Standing::{Ended, Open, Reached};

    #[test]
    fn the_next_way_is_taken_when_the_one_before_ended() {
        let all = &[Push, Sms, Call, Email];
        type Row<'a> = (&'a [Channel], &'a [(Channel, Standing)], Next);
        let table: [Row<'_>; 11] = [
            (all, &[], Next::Send(Push)),
            (all, &[(Push, Open)], Next::Wait),
            (all, &[(Push, Reached)], Next::Done),
            (all, &[(Push, Ended)], Next::Send(Sms)),
            (all, &[(Push, Ended), (Sms, Open)], Next::Wait),
            (all, &[(Push, Ended), (Sms, Ended)], Next::Send(Call)),
            (all, &[(Push, Ended), (Sms, Ended), (Call, Ended)], Next::Send(Email)),
            (all, &[(Push, Ended), (Sms, Ended), (Call, Ended), (Email, Ended)], Next::Done),
            // A receipt that comes late, after the stand-in began: nobody is told a third time.
            (all, &[(Sms, Reached), (Call, Open)], Next::Done),
            (&[Email], &[(Push, Ended)], Next::Send(Email)),
            (&[], &[], Next::Done),
        ];
        for (ways, taken, expected) in table {
            assert_eq!(next(ways, taken), expected, "{taken:?}");
        }
    }

    #[test]
    fn a_way_is_taken_once_whatever_happens() {
        for first in [Ended, Open, Reached] {
            for second in [Ended, Open, Reached] {
                let taken = [(Sms, first), (Email, second)];
                if let Next::Send(channel) = next(&[Push, Sms, Call, Email], &taken) {
                    assert!(channel != Sms && channel != Email, "{taken:?}");
                }
            }
        }
    }

    #[test]
    fn only_a_text_message_waits_for_its_receipt() {
        let (hour, wait) = (Span::hours(1), Span::minutes(30));
        for channel in [Push, Call, Email] {
            assert_eq!(standing(channel, State::Sent, hour, wait, false), Reached);
        }
        assert_eq!(standing(Sms, State::Sent, Span::minutes(29), wait, false), Open);
        assert_eq!(standing(Sms, State::Sent, wait, wait, false), Ended);
        assert_eq!(standing(Sms, State::Sent, hour, wait, true), Reached);
        assert_eq!(standing(Sms, State::Delivered, hour, wait, false), Reached);
        for state in [State::Failed, State::Expired] {
            assert_eq!(standing(Sms, state, Span::ZERO, wait, true), Ended);
        }
        assert_eq!(standing(Sms, State::Queued, hour, wait, false), Open);
    }
}
