//! Rows of `message`.

use super::{Body, Channel, MessageKind, NewMessage, NoticeId};
use crate::accounts::AccountId;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use kernel::{Id, Time};
use store::{Tx, params};

/// Where a message is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Waits for its job.
    Queued,
    /// The gateway took it.
    Sent,
    /// The gateway says that it arrived.
    Delivered,
    /// It will not arrive.
    Failed,
    /// Its time passed before it could be sent.
    Expired,
}

impl State {
    /// The word in the database.
    pub const fn word(self) -> &'static str {
        match self {
            State::Queued => "queued",
            State::Sent => "sent",
            State::Delivered => "delivered",
            State::Failed => "failed",
            State::Expired => "expired",
        }
    }

    /// The key of its name.
    pub const fn text_key(self) -> &'static str {
        match self {
            State::Queued => "notifications-state-queued",
            State::Sent => "notifications-state-sent",
            State::Delivered => "notifications-state-delivered",
            State::Failed => "notifications-state-failed",
            State::Expired => "notifications-state-expired",
        }
    }

    /// The state of a word.
    pub fn from_word(word: &str) -> Option<State> {
        [State::Queued, State::Sent, State::Delivered, State::Failed, State::Expired]
            .into_iter()
            .find(|state| state.word() == word)
    }
}

/// Writes a message with its body sealed under a key of its own; `None` when its notice has one by this way to this
/// contact.
pub fn insert(tx: &mut Tx<'_>, ctx: &Ctx, message: &NewMessage) -> Result<Option<Id<MessageKind>>> {
    let mut rng = ctx.rng();
    let id = Id::new(ctx.now, &mut rng);
    let (key, wrapped) = ctx.keys.new_subject_key(&mut rng);
    let body = key.seal("message.body", &serde_json::to_vec(&message.body)?, &mut rng);
    let written = tx.exec(
        "INSERT INTO message (id, channel, kind, account_id, data_key, body, state, created_at, expires_at,
           notice_id, target)
         VALUES ($1, $2, $3, $4, $5, $6, 'queued', $7, $8, $9, $10) ON CONFLICT DO NOTHING",
        params![
            &id,
            message.channel.word(),
            message.kind,
            message.account.as_ref().map(|account| account.as_str()),
            &wrapped,
            &body,
            ctx.now,
            message.expires_at,
            message.of.as_ref().map(|(notice, _)| notice.as_str()),
            message.of.as_ref().map(|(_, target)| target.as_str())
        ],
    )?;
    Ok((written == 1).then_some(id))
}

/// A message that waits for its gateway.
pub struct Waiting {
    /// By which way.
    pub channel: Channel,
    /// What goes out.
    pub body: Body,
    /// Not worth sending after this moment.
    pub expires_at: Time,
    /// Which text it is.
    pub kind: String,
    /// Whom it concerns.
    pub account: Option<AccountId>,
    /// The notice that it carries.
    pub notice: Option<NoticeId>,
}

/// The message, when it still has to be sent.
pub fn waiting(tx: &mut Tx<'_>, ctx: &Ctx, id: &Id<MessageKind>) -> Result<Option<Waiting>> {
    let row = tx.opt(
        "SELECT channel, data_key, body, expires_at, kind, account_id, notice_id FROM message
         WHERE id = $1 AND state = 'queued' AND body IS NOT NULL",
        params![id],
        |row| {
            Ok((
                (row.get::<String>(0)?, row.get::<Vec<u8>>(1)?, row.get::<Vec<u8>>(2)?, row.get::<Time>(3)?),
                (row.get::<String>(4)?, row.get::<Option<AccountId>>(5)?, row.get::<Option<NoticeId>>(6)?),
            ))
        },
    )?;
    row.map(|((channel, wrapped, sealed, expires_at), (kind, account, notice))| {
        let channel =
            Channel::from_word(&channel).ok_or_else(|| Error::Bug(format!("channel «{channel}»")))?;
        let key = ctx.keys.unwrap_subject_key(&wrapped)?;
        Ok(Waiting {
            channel,
            body: serde_json::from_slice(&key.open("message.body", &sealed)?)?,
            expires_at,
            kind,
            account,
            notice,
        })
    })
    .transpose()
}

/// The gateway took it: the body is destroyed at once.
pub fn mark_sent(
    tx: &mut Tx<'_>,
    id: &Id<MessageKind>,
    gateway: &str,
    remote_id: &str,
    now: Time,
) -> Result<()> {
    tx.exec(
        "UPDATE message SET state = 'sent', gateway = $1, remote_id = $2, sent_at = $3, body = NULL, data_key = NULL
         WHERE id = $4 AND state = 'queued'",
        params![gateway, remote_id, now, id],
    )?;
    Ok(())
}

/// It reached an end without being taken: the body is destroyed.
pub fn mark_ended(
    tx: &mut Tx<'_>,
    id: &Id<MessageKind>,
    state: State,
    reason: &str,
    now: Time,
) -> Result<()> {
    tx.exec(
        "UPDATE message SET state = $1, reason = $2, ended_at = $3, body = NULL, data_key = NULL
         WHERE id = $4 AND state = 'queued'",
        params![state.word(), reason, now, id],
    )?;
    Ok(())
}

/// The message that a receipt was for.
pub struct Receipted {
    /// Which message.
    pub id: Id<MessageKind>,
    /// Whom it concerns.
    pub account: Option<AccountId>,
    /// The notice that it carries.
    pub notice: Option<NoticeId>,
}

/// A receipt came; a second one of the same message changes nothing.
pub fn mark_receipt(
    tx: &mut Tx<'_>,
    (gateway, remote_id): (&str, &str),
    state: State,
    reason: &str,
    now: Time,
) -> Result<Option<Receipted>> {
    Ok(tx.opt(
        "UPDATE message SET state = $1, reason = $2, ended_at = $3
         WHERE gateway = $4 AND remote_id = $5 AND state = 'sent' RETURNING id, account_id, notice_id",
        params![state.word(), reason, now, gateway, remote_id],
        |row| Ok(Receipted { id: row.get(0)?, account: row.get(1)?, notice: row.get(2)? }),
    )?)
}

/// Deletes messages older than a moment; a retention job.
///
/// # Errors
/// The storage is away.
pub fn sweep(tx: &mut Tx<'_>, before: Time, batch: i64) -> Result<u64> {
    Ok(tx.exec(
        "DELETE FROM message WHERE id IN (SELECT id FROM message WHERE created_at < $1 LIMIT $2)",
        params![before, batch],
    )?)
}
