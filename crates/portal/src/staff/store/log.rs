//! What staff did, and what happened to an account lately: reading the journal.

use crate::accounts::AccountId;
use crate::audit::Event;
use crate::error::Result;
use crate::staff::StaffId;
use kernel::Time;
use serde::Deserialize;
use store::{Tx, params};

/// Acts on one page.
pub const PAGE: i64 = 50;

/// Notes that the newest event of the portal's own journal is this member's act. Called right after it was written, in
/// the same transaction, which holds the chain.
pub fn note_act(tx: &mut Tx<'_>, staff: &StaffId) -> Result<()> {
    tx.exec(
        "INSERT INTO staff_act (number, staff_id) SELECT number, $1 FROM journal_chain WHERE chain = 'portal'",
        params![staff],
    )?;
    Ok(())
}

/// An event as it was written.
pub struct Written {
    pub number: i64,
    pub at: Time,
    pub actor: String,
    pub event: Event,
}

#[derive(Deserialize)]
struct Record {
    actor: String,
    what: Event,
}

type Raw = (i64, Time, String);

fn written(rows: Vec<Raw>) -> Result<Vec<Written>> {
    rows.into_iter()
        .map(|(number, at, text)| {
            let record: Record = serde_json::from_str(&text)?;
            Ok(Written { number, at, actor: record.actor, event: record.what })
        })
        .collect()
}

/// Acts of everybody or of one member, newest first, before a number. The page is cut out of the register first, and
/// `CROSS JOIN` keeps that order: planned freely, without knowing the limit, SQLite reads every event of the portal for it.
pub fn acts(tx: &mut Tx<'_>, staff: Option<&StaffId>, before: i64) -> Result<Vec<(String, Written)>> {
    let read = |row: &store::Row<'_>| {
        Ok((row.get::<String>(0)?, (row.get::<i64>(1)?, row.get::<Time>(2)?, row.get::<String>(3)?)))
    };
    let rows: Vec<(String, Raw)> = match staff {
        Some(staff) => tx.all(
            "SELECT s.staff_id, j.number, j.at, j.record FROM
               (SELECT number, staff_id FROM staff_act WHERE staff_id = $1 AND number < $2 ORDER BY number DESC LIMIT $3)
               AS s CROSS JOIN journal j WHERE j.chain = 'portal' AND j.number = s.number ORDER BY s.number DESC",
            params![staff, before, PAGE],
            read,
        )?,
        None => tx.all(
            "SELECT s.staff_id, j.number, j.at, j.record FROM
               (SELECT number, staff_id FROM staff_act WHERE number < $1 ORDER BY number DESC LIMIT $2)
               AS s CROSS JOIN journal j WHERE j.chain = 'portal' AND j.number = s.number ORDER BY s.number DESC",
            params![before, PAGE],
            read,
        )?,
    };
    let (who, raw): (Vec<String>, Vec<Raw>) = rows.into_iter().unzip();
    Ok(who.into_iter().zip(written(raw)?).collect())
}

/// The last events of an account; the sealed part (address, device, reasons) is the owner's and stays closed.
pub fn recent_events(tx: &mut Tx<'_>, account: &AccountId, most: i64) -> Result<Vec<Written>> {
    let rows = tx.all(
        "SELECT number, at, record FROM journal WHERE chain = $1 ORDER BY number DESC LIMIT $2",
        params![account, most],
        |row| Ok((row.get::<i64>(0)?, row.get::<Time>(1)?, row.get::<String>(2)?)),
    )?;
    written(rows)
}
