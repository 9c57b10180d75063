//! Rows of `review_case` and `review_opinion`.

use super::rules::{State, Verdict};
use super::told::{Found, Told};
use super::{Case, CaseId};
use crate::accounts::{self, AccountId};
use crate::checks::{Doubt, SendingId};
use crate::ctx::Ctx;
use crate::documents::Slot;
use crate::error::{Error, Result};
use crate::staff::StaffId;
use kernel::{Span, Time};
use store::{Row, StoreError, Tx, params};

/// The context in which what the person is told is sealed.
const TOLD: &str = "review.told";
/// The context in which what a member of staff found is sealed.
const FOUND: &str = "review.found";

/// Cases on one page of the queue.
pub const PAGE: i64 = 50;
/// Cases that are looked at to find one that can be taken.
const CANDIDATES: i64 = 20;

type Raw = (
    (CaseId, AccountId, SendingId),
    (String, String, i64),
    (Time, Time, i64),
    (Option<String>, Option<Time>),
    (Option<StaffId>, Option<Time>, Option<Time>),
);

fn read(row: &Row<'_>) -> std::result::Result<Raw, StoreError> {
    Ok((
        (row.get(0)?, row.get(1)?, row.get(2)?),
        (row.get(3)?, row.get(4)?, row.get(5)?),
        (row.get(6)?, row.get(7)?, row.get(8)?),
        (row.get(9)?, row.get(10)?),
        (row.get(11)?, row.get(12)?, row.get(13)?),
    ))
}

fn odd(what: &str) -> Error {
    Error::Bug(format!("a case of the review with an odd {what}"))
}

fn opened((ids, (doubt, state, needed), clock, asked, held): Raw) -> Result<Case> {
    let slot = match asked.0 {
        Some(word) => Some(Slot::from_word(&word).ok_or_else(|| odd("slot"))?),
        None => None,
    };
    Ok(Case {
        id: ids.0,
        account: ids.1,
        sending: ids.2,
        doubt: Doubt::from_word(&doubt).ok_or_else(|| odd("doubt"))?,
        state: State::from_word(&state).ok_or_else(|| odd("state"))?,
        needed,
        opened_at: clock.0,
        due_at: clock.1,
        left: Span(clock.2),
        slot,
        asked_at: asked.1,
        staff: held.0,
        held_until: held.1,
        ended_at: held.2,
    })
}

/// Writes a new case.
pub fn insert(tx: &mut Tx<'_>, ctx: &Ctx, case: &Case, told: &Told) -> Result<()> {
    let sealed = seal(tx, ctx, &case.account, told)?;
    tx.exec(
        "INSERT INTO review_case (id, account_id, sending_id, doubt, state, needed, opened_at, due_at, left_, told, slot, asked_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        params![
            &case.id,
            &case.account,
            &case.sending,
            case.doubt.word(),
            case.state.word(),
            case.needed,
            case.opened_at,
            case.due_at,
            case.left.0,
            &sealed,
            case.slot.map(Slot::word),
            case.asked_at
        ],
    )?;
    Ok(())
}

fn seal(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId, told: &Told) -> Result<Vec<u8>> {
    let key = accounts::data_key(tx, ctx, account)?;
    Ok(key.seal(TOLD, &serde_json::to_vec(told)?, &mut ctx.rng()))
}

/// What the person is told of a case.
pub fn told(tx: &mut Tx<'_>, ctx: &Ctx, case: &Case) -> Result<Told> {
    let sealed: Vec<u8> =
        tx.one("SELECT told FROM review_case WHERE id = $1", params![&case.id], |row| row.get(0))?;
    let told = accounts::data_key(tx, ctx, &case.account)?.open(TOLD, &sealed)?;
    Ok(serde_json::from_slice(&told)?)
}

/// One case.
pub fn case(tx: &mut Tx<'_>, id: &CaseId) -> Result<Option<Case>> {
    let sql =
        "SELECT id, account_id, sending_id, doubt, state, needed, opened_at, due_at, left_, slot, asked_at,
                      staff_id, held_until, ended_at FROM review_case WHERE id = $1";
    tx.opt(sql, params![id], read)?.map(opened).transpose()
}

/// The newest case of an account.
pub fn newest(tx: &mut Tx<'_>, account: &AccountId) -> Result<Option<Case>> {
    let sql =
        "SELECT id, account_id, sending_id, doubt, state, needed, opened_at, due_at, left_, slot, asked_at,
                      staff_id, held_until, ended_at FROM review_case WHERE account_id = $1
               ORDER BY opened_at DESC, id DESC LIMIT 1";
    tx.opt(sql, params![account], read)?.map(opened).transpose()
}

/// The cases of an account that are not ended.
pub fn open_of(tx: &mut Tx<'_>, account: &AccountId) -> Result<Vec<Case>> {
    let sql = "SELECT id, account_id, sending_id, doubt, state, needed, opened_at, due_at, left_, slot, asked_at,
                      staff_id, held_until, ended_at FROM review_case WHERE account_id = $1 AND ended_at IS NULL
               ORDER BY opened_at";
    tx.all(sql, params![account], read)?.into_iter().map(opened).collect()
}

/// Whether there was a case of this sending.
pub fn is_known(tx: &mut Tx<'_>, sending: &SendingId) -> Result<bool> {
    let sql = "SELECT 1 FROM review_case WHERE sending_id = $1";
    Ok(tx.opt(sql, params![sending], |_| Ok(()))?.is_some())
}

/// A page of the queue, the most urgent first, after the last case of the page before.
pub fn queue(tx: &mut Tx<'_>, after: Option<&(Time, CaseId)>) -> Result<Vec<Case>> {
    let sql =
        "SELECT id, account_id, sending_id, doubt, state, needed, opened_at, due_at, left_, slot, asked_at,
                      staff_id, held_until, ended_at FROM review_case
               WHERE state = 'waiting' AND (due_at, id) > ($1, $2) ORDER BY due_at, id LIMIT $3";
    let (due, id) = after.map_or((Time(i64::MIN), ""), |(due, id)| (*due, id.as_str()));
    tx.all(sql, params![due, id, PAGE], read)?.into_iter().map(opened).collect()
}

/// The cases that a member works on.
pub fn held(tx: &mut Tx<'_>, staff: &StaffId, now: Time) -> Result<Vec<Case>> {
    let sql =
        "SELECT id, account_id, sending_id, doubt, state, needed, opened_at, due_at, left_, slot, asked_at,
                      staff_id, held_until, ended_at FROM review_case
               WHERE state = 'waiting' AND staff_id = $1 AND held_until > $2 ORDER BY due_at, id";
    tx.all(sql, params![staff, now], read)?.into_iter().map(opened).collect()
}

/// Cases that a member could take, the most urgent first: free, not their own, not looked at by them before.
pub fn free(tx: &mut Tx<'_>, staff: &StaffId, own: &AccountId, now: Time) -> Result<Vec<CaseId>> {
    Ok(tx.all(
        "SELECT c.id FROM review_case c
         WHERE c.state = 'waiting' AND (c.staff_id IS NULL OR c.held_until <= $1) AND c.account_id <> $2
           AND NOT EXISTS (SELECT 1 FROM review_opinion o WHERE o.case_id = c.id AND o.staff_id = $3)
         ORDER BY c.due_at, c.id LIMIT $4",
        params![now, own, staff, CANDIDATES],
        |row| row.get(0),
    )?)
}

/// How many wait for staff, how many of them for too long, and how many for their person.
pub fn counts(tx: &mut Tx<'_>, now: Time) -> Result<(i64, i64, i64)> {
    let one = |tx: &mut Tx<'_>, sql, now: Option<Time>| match now {
        Some(now) => tx.one(sql, params![now], |row| row.get::<i64>(0)),
        None => tx.one(sql, params![], |row| row.get::<i64>(0)),
    };
    Ok((
        one(tx, "SELECT COUNT(*) FROM review_case WHERE state = 'waiting'", None)?,
        one(tx, "SELECT COUNT(*) FROM review_case WHERE state = 'waiting' AND due_at <= $1", Some(now))?,
        one(tx, "SELECT COUNT(*) FROM review_case WHERE state = 'asked'", None)?,
    ))
}

/// Takes a case; of several members at once one has it.
pub fn take(tx: &mut Tx<'_>, id: &CaseId, staff: &StaffId, now: Time, until: Time) -> Result<bool> {
    let taken = tx.exec(
        "UPDATE review_case SET staff_id = $1, held_until = $2
         WHERE id = $3 AND state = 'waiting' AND (staff_id IS NULL OR held_until <= $4)",
        params![staff, until, id, now],
    )?;
    Ok(taken == 1)
}

/// Keeps a case that a member works on; `false` when it is theirs no more.
pub fn keep(tx: &mut Tx<'_>, id: &CaseId, staff: &StaffId, now: Time, until: Time) -> Result<bool> {
    let kept = tx.exec(
        "UPDATE review_case SET held_until = $1
         WHERE id = $2 AND staff_id = $3 AND state = 'waiting' AND held_until > $4",
        params![until, id, staff, now],
    )?;
    Ok(kept == 1)
}

/// Nobody works on the case any more.
pub fn let_go(tx: &mut Tx<'_>, id: &CaseId) -> Result<()> {
    tx.exec("UPDATE review_case SET staff_id = NULL, held_until = NULL WHERE id = $1", params![id])?;
    Ok(())
}

/// The person is asked for a scan; what staff found before counts no more.
pub fn ask(tx: &mut Tx<'_>, ctx: &Ctx, case: &Case, slot: Slot, told: &Told) -> Result<()> {
    let sealed = seal(tx, ctx, &case.account, told)?;
    let left = (case.due_at - ctx.now).0.max(0);
    tx.exec(
        "UPDATE review_case SET state = 'asked', slot = $1, told = $2, asked_at = $3, left_ = $4,
           staff_id = NULL, held_until = NULL WHERE id = $5",
        params![slot.word(), &sealed, ctx.now, left, &case.id],
    )?;
    tx.exec("DELETE FROM review_opinion WHERE case_id = $1", params![&case.id])?;
    Ok(())
}

/// The case is in the queue again; its clock goes on from where it stopped.
pub fn back(tx: &mut Tx<'_>, ctx: &Ctx, case: &Case) -> Result<()> {
    let sealed = seal(tx, ctx, &case.account, &Told::default())?;
    tx.exec(
        "UPDATE review_case SET state = 'waiting', due_at = $1, told = $2 WHERE id = $3 AND state = 'asked'",
        params![ctx.now + case.left, &sealed, &case.id],
    )?;
    Ok(())
}

/// Ends a case.
pub fn end(tx: &mut Tx<'_>, ctx: &Ctx, case: &Case, state: State, told: &Told) -> Result<()> {
    let sealed = seal(tx, ctx, &case.account, told)?;
    tx.exec(
        "UPDATE review_case SET state = $1, told = $2, ended_at = $3, staff_id = NULL, held_until = NULL
         WHERE id = $4 AND ended_at IS NULL",
        params![state.word(), &sealed, ctx.now, &case.id],
    )?;
    Ok(())
}

/// Keeps what a member found; `false` when they have looked before.
pub fn add_opinion(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    case: &Case,
    staff: &StaffId,
    (verdict, found): (Verdict, &Found),
) -> Result<bool> {
    let sealed =
        accounts::data_key(tx, ctx, &case.account)?.seal(FOUND, &serde_json::to_vec(found)?, &mut ctx.rng());
    let added = tx.exec(
        "INSERT INTO review_opinion (case_id, staff_id, account_id, verdict, found, at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT DO NOTHING",
        params![&case.id, staff, &case.account, verdict.word(), &sealed, ctx.now],
    )?;
    Ok(added == 1)
}

/// What members came to, and who they are.
pub fn opinions(tx: &mut Tx<'_>, id: &CaseId) -> Result<Vec<(StaffId, Verdict)>> {
    let sql = "SELECT staff_id, verdict FROM review_opinion WHERE case_id = $1 ORDER BY at, staff_id";
    let rows = tx.all(sql, params![id], |row| Ok((row.get::<StaffId>(0)?, row.get::<String>(1)?)))?;
    rows.into_iter()
        .map(|(staff, verdict)| Ok((staff, Verdict::from_word(&verdict).ok_or_else(|| odd("verdict"))?)))
        .collect()
}

/// Cases whose person has not answered since a moment.
pub fn silent(tx: &mut Tx<'_>, before: Time, limit: i64) -> Result<Vec<CaseId>> {
    let sql =
        "SELECT id FROM review_case WHERE state = 'asked' AND asked_at <= $1 ORDER BY asked_at LIMIT $2";
    Ok(tx.all(sql, params![before, limit], |row| row.get(0))?)
}

/// Deletes cases that ended before a moment, with what was found; a retention job.
///
/// # Errors
/// The storage is away.
pub fn sweep(tx: &mut Tx<'_>, before: Time, batch: i64) -> Result<u64> {
    let old: Vec<CaseId> = tx.all(
        "SELECT id FROM review_case WHERE ended_at IS NOT NULL AND ended_at < $1 ORDER BY ended_at LIMIT $2",
        params![before, batch],
        |row| row.get(0),
    )?;
    for id in &old {
        tx.exec("DELETE FROM review_opinion WHERE case_id = $1", params![id])?;
        tx.exec("DELETE FROM review_case WHERE id = $1", params![id])?;
    }
    Ok(old.len() as u64)
}
