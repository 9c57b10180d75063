//! The feed of the cabinet: rows of `notice`, and what became of the messages that carry them.

use super::{Channel, Details, Notice, NoticeId, Said, State, write};
use crate::accounts::{self, AccountId};
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use ::store::{Tx, params};
use kernel::Time;

/// The most unread entries that are counted.
const MOST_COUNTED: i64 = 100;

/// An entry of the feed.
pub struct Entry {
    /// Its identifier.
    pub id: NoticeId,
    /// What it tells; `None` for a kind of another version.
    pub kind: Option<Notice>,
    /// The variables of its texts.
    pub args: Vec<(String, Said)>,
    /// When it happened.
    pub at: Time,
    /// Whether it was read.
    pub read: bool,
    /// By which ways it left, and how far it came.
    pub sent: Vec<Sent>,
}

/// A message of a notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// By which way.
    pub channel: Channel,
    /// Where it is.
    pub state: State,
    /// Since when.
    pub at: Time,
}

/// Writes an entry.
///
/// # Errors
/// The storage is away, or the account's key is gone.
pub fn note(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    account: &AccountId,
    kind: Notice,
    details: &Details,
) -> Result<NoticeId> {
    let mut rng = ctx.rng();
    let id = NoticeId::new(ctx.now, &mut rng);
    let key = accounts::data_key(tx, ctx, account)?;
    let sealed = key.seal("notice.details", &serde_json::to_vec(&write::kept(kind, details))?, &mut rng);
    tx.exec(
        "INSERT INTO notice (id, account_id, kind, details, created_at) VALUES ($1, $2, $3, $4, $5)",
        params![&id, account, kind.words().0, &sealed, ctx.now],
    )?;
    Ok(id)
}

/// A notice as its job finds it.
pub struct Found {
    /// Whose it is.
    pub account: AccountId,
    /// What it tells.
    pub kind: Notice,
    /// The variables of its texts.
    pub args: Vec<(String, Said)>,
    /// When it happened.
    pub at: Time,
}

/// One notice; `None` when it is gone, or of another version.
///
/// # Errors
/// The storage is away or the row was tampered with.
pub fn find(tx: &mut Tx<'_>, ctx: &Ctx, id: &NoticeId) -> Result<Option<Found>> {
    let row = tx.opt(
        "SELECT n.account_id, n.kind, n.details, n.created_at FROM notice n JOIN account a ON a.id = n.account_id
         WHERE n.id = $1 AND a.status <> 'erased'",
        params![id],
        |row| {
            Ok((
                row.get::<AccountId>(0)?,
                row.get::<String>(1)?,
                row.get::<Vec<u8>>(2)?,
                row.get::<Time>(3)?,
            ))
        },
    )?;
    let Some((account, kind, sealed, at)) = row else { return Ok(None) };
    let Some(kind) = Notice::from_word(&kind) else { return Ok(None) };
    let key = accounts::data_key(tx, ctx, &account)?;
    let args = serde_json::from_slice(&key.open("notice.details", &sealed)?)?;
    Ok(Some(Found { account, kind, args, at }))
}

/// Entries older than one of them (the newest without one), newest first; and whether there are more.
///
/// # Errors
/// The storage is away or a row was tampered with.
pub fn page(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    account: &AccountId,
    before: Option<&NoticeId>,
    rows: i64,
) -> Result<(Vec<Entry>, bool)> {
    let (at, id) = match before {
        Some(id) => {
            let at = tx.opt(
                "SELECT created_at FROM notice WHERE id = $1 AND account_id = $2",
                params![id, account],
                |row| row.get::<Time>(0),
            )?;
            (at.unwrap_or(Time(i64::MAX)), id.as_str())
        }
        None => (Time(i64::MAX), ""),
    };
    let mut found = tx.all(
        "SELECT id, kind, details, created_at, read_at IS NOT NULL FROM notice
         WHERE account_id = $1 AND (created_at < $2 OR (created_at = $2 AND id < $3))
         ORDER BY created_at DESC, id DESC LIMIT $4",
        params![account, at, id, rows + 1],
        |row| {
            Ok((
                row.get::<NoticeId>(0)?,
                row.get::<String>(1)?,
                row.get::<Vec<u8>>(2)?,
                row.get::<Time>(3)?,
                row.get::<bool>(4)?,
            ))
        },
    )?;
    let more = found.len() > usize::try_from(rows).unwrap_or_default();
    found.truncate(usize::try_from(rows).unwrap_or_default());
    if found.is_empty() {
        return Ok((Vec::new(), false));
    }
    let key = accounts::data_key(tx, ctx, account)?;
    let mut entries = Vec::with_capacity(found.len());
    for (id, kind, sealed, at, read) in found {
        let args = serde_json::from_slice(&key.open("notice.details", &sealed)?)?;
        let sent = sent(tx, &id)?;
        entries.push(Entry { id, kind: Notice::from_word(&kind), args, at, read, sent });
    }
    Ok((entries, more))
}

/// The messages of a notice.
fn sent(tx: &mut Tx<'_>, notice: &NoticeId) -> Result<Vec<Sent>> {
    let rows = tx.all(
        "SELECT channel, state, COALESCE(ended_at, sent_at, created_at) FROM message WHERE notice_id = $1
         ORDER BY created_at, channel",
        params![notice],
        |row| Ok((row.get::<String>(0)?, row.get::<String>(1)?, row.get::<Time>(2)?)),
    )?;
    rows.into_iter().map(read_sent).collect()
}

fn read_sent((channel, state, at): (String, String, Time)) -> Result<Sent> {
    let channel = Channel::from_word(&channel).ok_or_else(|| Error::Bug(format!("channel «{channel}»")))?;
    let state = State::from_word(&state).ok_or_else(|| Error::Bug(format!("state «{state}»")))?;
    Ok(Sent { channel, state, at })
}

/// The newest messages to an account, for staff: what, by which way, how far. No recipient, no text.
///
/// # Errors
/// The storage is away.
pub fn messages(tx: &mut Tx<'_>, account: &AccountId, rows: i64) -> Result<Vec<(String, Sent)>> {
    let rows = tx.all(
        "SELECT kind, channel, state, COALESCE(ended_at, sent_at, created_at) FROM message WHERE account_id = $1
         ORDER BY created_at DESC, id DESC LIMIT $2",
        params![account, rows],
        |row| Ok((row.get::<String>(0)?, (row.get::<String>(1)?, row.get::<String>(2)?, row.get::<Time>(3)?))),
    )?;
    rows.into_iter().map(|(kind, sent)| Ok((kind, read_sent(sent)?))).collect()
}

/// How many entries are unread, up to a hundred.
///
/// # Errors
/// The storage is away.
pub fn unread(tx: &mut Tx<'_>, account: &AccountId) -> Result<i64> {
    Ok(tx.one(
        "SELECT COUNT(*) FROM (SELECT 1 FROM notice WHERE account_id = $1 AND read_at IS NULL LIMIT $2) AS unread",
        params![account, MOST_COUNTED],
        |row| row.get(0),
    )?)
}

/// Marks one entry of this account as read; `false` when it is not theirs, or was read.
///
/// # Errors
/// The storage is away.
pub fn mark_read(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId, id: &NoticeId) -> Result<bool> {
    let marked = tx.exec(
        "UPDATE notice SET read_at = $1 WHERE id = $2 AND account_id = $3 AND read_at IS NULL",
        params![ctx.now, id, account],
    )?;
    Ok(marked > 0)
}

/// Marks everything up to a moment as read: what came after the page was drawn stays unread. Answers how many.
///
/// # Errors
/// The storage is away.
pub fn mark_all_read(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId, until: Time) -> Result<u64> {
    Ok(tx.exec(
        "UPDATE notice SET read_at = $1 WHERE account_id = $2 AND read_at IS NULL AND created_at <= $3",
        params![ctx.now, account, until],
    )?)
}

/// A word that differs whenever the feed would look different: for the stream of its page.
///
/// # Errors
/// The storage is away.
pub fn mark(tx: &mut Tx<'_>, account: &AccountId) -> Result<String> {
    let newest: Option<Time> =
        tx.one("SELECT MAX(created_at) FROM notice WHERE account_id = $1", params![account], |row| {
            row.get(0)
        })?;
    let moved: (i64, Option<Time>, Option<Time>) = tx.one(
        "SELECT COUNT(*), MAX(sent_at), MAX(ended_at) FROM message WHERE account_id = $1",
        params![account],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    let at = |time: Option<Time>| time.map_or(0, |time| time.0);
    Ok(format!("{}-{}-{}-{}-{}", unread(tx, account)?, at(newest), moved.0, at(moved.1), at(moved.2)))
}

/// Deletes entries older than a moment; a retention job.
///
/// # Errors
/// The storage is away.
pub fn sweep(tx: &mut Tx<'_>, before: Time, batch: i64) -> Result<u64> {
    Ok(tx.exec(
        "DELETE FROM notice WHERE id IN (SELECT id FROM notice WHERE created_at < $1 LIMIT $2)",
        params![before, batch],
    )?)
}
