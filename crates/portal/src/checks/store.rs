//! Rows of `sending`, `register_check` and `evidence`.

use super::machine::{self, State, Why};
use super::question::Sent;
use super::{CheckId, SendingId};
use crate::accounts::{self, AccountId};
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use gateway::register::Check;
use kernel::Time;
use store::{Row, StoreError, Tx, params};

/// A sending, opened.
pub struct Sending {
    /// Its identifier.
    pub id: SendingId,
    /// Whose.
    pub account: AccountId,
    /// Why registers are asked.
    pub why: Why,
    /// An event came meanwhile: what it confirms is to be checked once more.
    pub again: bool,
    /// Where it stands.
    pub state: machine::Sending,
    /// When it was sent.
    pub sent_at: Time,
    /// When its last check ended.
    pub ended_at: Option<Time>,
}

/// A check of a sending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckRow {
    /// Its identifier, which is the request's at the register.
    pub id: CheckId,
    /// The sending that it belongs to.
    pub sending: SendingId,
    /// Whose.
    pub account: AccountId,
    /// What is checked.
    pub kind: Check,
    /// Where it stands.
    pub state: State,
    /// Words of doubted fields.
    pub fields: Vec<String>,
    /// Why it ended so, in a word; may be empty.
    pub reason: String,
    /// How often the register was asked.
    pub asks: i64,
    /// When it was made.
    pub created_at: Time,
    /// When it ended.
    pub ended_at: Option<Time>,
}

/// The kind of a word.
pub fn check_of(word: &str) -> Option<Check> {
    [Check::Snils, Check::Passport, Check::Inn].into_iter().find(|check| check.word() == word)
}

pub fn insert_sending(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    id: &SendingId,
    account: &AccountId,
    why: Why,
    sent: &Sent,
) -> Result<bool> {
    let sealed =
        accounts::data_key(tx, ctx, account)?.seal("sending", &serde_json::to_vec(sent)?, &mut ctx.rng());
    let inserted = tx.exec(
        "INSERT INTO sending (id, account_id, values_, state, why, sent_at) VALUES ($1, $2, $3, 'open', $4, $5)
         ON CONFLICT DO NOTHING",
        params![id, account, &sealed, why.word(), ctx.now],
    )?;
    Ok(inserted == 1)
}

pub fn insert_check(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    id: &CheckId,
    of: &SendingId,
    account: &AccountId,
    kind: Check,
) -> Result<()> {
    tx.exec(
        "INSERT INTO register_check (id, sending_id, account_id, kind, state, fields, reason, asks, created_at)
         VALUES ($1, $2, $3, $4, 'queued', '', '', 0, $5)",
        params![id, of, account, kind.word(), ctx.now],
    )?;
    Ok(())
}

/// The values as they were sent.
pub fn sent(tx: &mut Tx<'_>, ctx: &Ctx, sending: &SendingId, account: &AccountId) -> Result<Sent> {
    let sealed: Vec<u8> =
        tx.one("SELECT values_ FROM sending WHERE id = $1", params![sending], |row| row.get(0))?;
    let values = accounts::data_key(tx, ctx, account)?.open("sending", &sealed)?;
    Ok(serde_json::from_slice(&values)?)
}

type RawSending = (SendingId, AccountId, (String, String, i64), Time, Option<Time>);

fn read_sending(row: &Row<'_>) -> std::result::Result<RawSending, StoreError> {
    Ok((row.get(0)?, row.get(1)?, (row.get(2)?, row.get(3)?, row.get(4)?), row.get(5)?, row.get(6)?))
}

fn sending_of((id, account, (why, state, again), sent_at, ended_at): RawSending) -> Result<Sending> {
    let why = Why::from_word(&why).ok_or_else(|| odd("sending", &why))?;
    let state = machine::Sending::from_word(&state).ok_or_else(|| odd("sending", &state))?;
    Ok(Sending { id, account, why, again: again != 0, state, sent_at, ended_at })
}

/// One sending.
pub fn sending(tx: &mut Tx<'_>, id: &SendingId) -> Result<Option<Sending>> {
    let sql = "SELECT id, account_id, why, state, again, sent_at, ended_at FROM sending WHERE id = $1";
    tx.opt(sql, params![id], read_sending)?.map(sending_of).transpose()
}

/// The newest sending of an account that its owner is told of: what they sent, and rechecks that found a difference.
pub fn newest(tx: &mut Tx<'_>, account: &AccountId) -> Result<Option<Sending>> {
    let sql = "SELECT id, account_id, why, state, again, sent_at, ended_at FROM sending
               WHERE account_id = $1 AND (why = 'sent' OR state = 'doubted') ORDER BY sent_at DESC, id DESC LIMIT 1";
    tx.opt(sql, params![account], read_sending)?.map(sending_of).transpose()
}

/// What the person sent and is being checked.
pub fn open_sending(tx: &mut Tx<'_>, account: &AccountId) -> Result<Option<Sending>> {
    let sql = "SELECT id, account_id, why, state, again, sent_at, ended_at FROM sending
               WHERE account_id = $1 AND ended_at IS NULL AND why = 'sent'";
    tx.opt(sql, params![account], read_sending)?.map(sending_of).transpose()
}

/// The recheck that is under way.
pub fn open_recheck(tx: &mut Tx<'_>, account: &AccountId) -> Result<Option<Sending>> {
    let sql = "SELECT id, account_id, why, state, again, sent_at, ended_at FROM sending
               WHERE account_id = $1 AND ended_at IS NULL AND why <> 'sent'";
    tx.opt(sql, params![account], read_sending)?.map(sending_of).transpose()
}

/// Notes that what a sending confirms is to be checked once more.
pub fn check_again(tx: &mut Tx<'_>, id: &SendingId) -> Result<()> {
    tx.exec("UPDATE sending SET again = 1 WHERE id = $1 AND ended_at IS NULL", params![id])?;
    Ok(())
}

/// What the person sent last.
pub fn newest_sent(tx: &mut Tx<'_>, account: &AccountId) -> Result<Option<Sending>> {
    let sql = "SELECT id, account_id, why, state, again, sent_at, ended_at FROM sending
               WHERE account_id = $1 AND why = 'sent' ORDER BY sent_at DESC, id DESC LIMIT 1";
    tx.opt(sql, params![account], read_sending)?.map(sending_of).transpose()
}

/// Changes the state that a check has ended with: a register takes its word back, or staff have theirs.
pub fn change_check(
    tx: &mut Tx<'_>,
    id: &CheckId,
    state: State,
    fields: &str,
    reason: &str,
    now: Time,
) -> Result<()> {
    tx.exec(
        "UPDATE register_check SET state = $1, fields = $2, reason = $3, ended_at = $4 WHERE id = $5",
        params![state.word(), fields, reason, now, id],
    )?;
    Ok(())
}

pub(super) fn odd(what: &str, word: &str) -> Error {
    Error::Bug(format!("a {what} with the state «{word}»"))
}

type Raw = (CheckId, SendingId, AccountId, (String, String), (String, String), i64, Time, Option<Time>);

const CHECK: &str =
    "SELECT id, sending_id, account_id, kind, state, fields, reason, asks, created_at, ended_at
                     FROM register_check WHERE id = $1";
const CHECKS: &str =
    "SELECT id, sending_id, account_id, kind, state, fields, reason, asks, created_at, ended_at
                      FROM register_check WHERE sending_id = $1 ORDER BY kind DESC";

fn read(row: &Row<'_>) -> std::result::Result<Raw, StoreError> {
    Ok((
        row.get(0)?,
        row.get(1)?,
        row.get(2)?,
        (row.get(3)?, row.get(4)?),
        (row.get(5)?, row.get(6)?),
        row.get(7)?,
        row.get(8)?,
        row.get(9)?,
    ))
}

fn opened(
    (id, sending, account, (kind, state), (fields, reason), asks, created_at, ended_at): Raw,
) -> Result<CheckRow> {
    Ok(CheckRow {
        id,
        sending,
        account,
        kind: check_of(&kind).ok_or_else(|| odd("check", &kind))?,
        state: State::from_word(&state).ok_or_else(|| odd("check", &state))?,
        fields: fields.split_whitespace().map(str::to_owned).collect(),
        reason,
        asks,
        created_at,
        ended_at,
    })
}

/// One check.
pub fn check(tx: &mut Tx<'_>, id: &CheckId) -> Result<Option<CheckRow>> {
    tx.opt(CHECK, params![id], read)?.map(opened).transpose()
}

/// The checks of a sending: SNILS, passport, INN.
pub fn checks(tx: &mut Tx<'_>, sending: &SendingId) -> Result<Vec<CheckRow>> {
    tx.all(CHECKS, params![sending], read)?.into_iter().map(opened).collect()
}

/// Writes that the register is being asked; `false` when the check has ended meanwhile.
pub fn mark_asked(tx: &mut Tx<'_>, id: &CheckId, now: Time) -> Result<bool> {
    let marked = tx.exec(
        "UPDATE register_check SET state = 'asked', asks = asks + 1, asked_at = $1 WHERE id = $2 AND ended_at IS NULL",
        params![now, id],
    )?;
    Ok(marked == 1)
}

/// Ends a check; of several answers one wins.
pub fn end_check(
    tx: &mut Tx<'_>,
    id: &CheckId,
    state: State,
    fields: &str,
    reason: &str,
    now: Time,
) -> Result<bool> {
    let ended = tx.exec(
        "UPDATE register_check SET state = $1, fields = $2, reason = $3, ended_at = $4 WHERE id = $5 AND ended_at IS NULL",
        params![state.word(), fields, reason, now, id],
    )?;
    Ok(ended == 1)
}

/// Ends a sending; `false` when it has ended.
pub fn end_sending(tx: &mut Tx<'_>, id: &SendingId, state: machine::Sending, now: Time) -> Result<bool> {
    let ended = tx.exec(
        "UPDATE sending SET state = $1, ended_at = $2 WHERE id = $3 AND ended_at IS NULL",
        params![state.word(), now, id],
    )?;
    Ok(ended == 1)
}

/// Changes the state that a sending has ended with: staff have decided.
pub fn change_sending(tx: &mut Tx<'_>, id: &SendingId, state: machine::Sending) -> Result<()> {
    tx.exec(
        "UPDATE sending SET state = $1 WHERE id = $2 AND ended_at IS NOT NULL",
        params![state.word(), id],
    )?;
    Ok(())
}
