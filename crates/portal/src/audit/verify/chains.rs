//! The chains: numbers without gaps, each event under the hash of the one before, records as their hashes say,
//! columns as the records say, sealed parts as the records say.

use super::Report;
use crate::app::App;
use crate::audit::merkle::{leaf_hash, sha256};
use crate::error::Result;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as B64;
use serde::Deserialize;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use store::{Row, StoreError, Tx, params};

/// Rows read in one batch.
const BATCH: i64 = 4_000;

/// A record as far as it is compared; what happened in detail is under its hash.
#[derive(Deserialize)]
struct Lite<'r> {
    #[serde(borrow)]
    id: Cow<'r, str>,
    #[serde(borrow)]
    chain: Cow<'r, str>,
    n: i64,
    at: i64,
    #[serde(borrow)]
    what: Word<'r>,
    #[serde(borrow)]
    prev: Cow<'r, str>,
    #[serde(borrow)]
    sealed: Cow<'r, str>,
}

#[derive(Deserialize)]
struct Word<'r> {
    #[serde(borrow)]
    event: Cow<'r, str>,
}

/// A row after everything that can be said of it alone.
struct Checked {
    id: String,
    chain: String,
    number: i64,
    hash: Vec<u8>,
    /// The hash that it claims for the event before it.
    prev: Vec<u8>,
    fault: Option<&'static str>,
    /// Its sealed part is gone, which is right for an erased account only.
    bare: bool,
}

/// One batch, read in one snapshot.
struct Batch {
    rows: Vec<Checked>,
    /// The last event of every chain in the batch's range.
    lasts: HashMap<String, (i64, Vec<u8>)>,
    /// Accounts that still have their data key.
    living: HashSet<String>,
    end: bool,
}

/// The chain in the middle of all, so that two can share the work; empty when there is none.
pub fn middle(tx: &mut Tx<'_>) -> Result<String> {
    let count: i64 = tx.one("SELECT COUNT(*) FROM journal_chain", &[], |row| row.get(0))?;
    let sql = "SELECT chain FROM journal_chain ORDER BY chain LIMIT 1 OFFSET $1";
    Ok(tx.opt(sql, params![count / 2], |row| row.get(0))?.unwrap_or_default())
}

/// Walks the chains from `from` up to, not including, `until` (empty: to the end).
pub async fn walk(app: App, from: String, until: String) -> Result<Report> {
    let mut walker = Walker { from: (from, i64::MIN), ..Walker::default() };
    loop {
        let (after, until) = (walker.from.clone(), until.clone());
        let batch = app.read(move |tx| read(tx, &after, &until)).await?;
        let end = batch.end;
        walker.take(batch);
        if end {
            return Ok(walker.report);
        }
    }
}

fn read(tx: &mut Tx<'_>, after: &(String, i64), until: &str) -> Result<Batch> {
    let rows = tx.all(
        "SELECT id, chain, number, at, event, record, sealed, hash FROM journal
         WHERE (chain, number) > ($1, $2) AND ($3 = '' OR chain < $3) ORDER BY chain, number LIMIT $4",
        params![&after.0, after.1, until, BATCH],
        check,
    )?;
    let end = i64::try_from(rows.len()).unwrap_or(BATCH) < BATCH;
    let last = rows.last().map_or("", |row| row.chain.as_str());
    let to_last = if end { "" } else { last };
    let lasts = tx.all(
        "SELECT chain, number, hash FROM journal_chain
         WHERE chain >= $1 AND ($2 = '' OR chain <= $2) AND ($3 = '' OR chain < $3)",
        params![&after.0, to_last, until],
        |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))),
    )?;
    let mut living = HashSet::new();
    let mut asked = "";
    for row in rows.iter().filter(|row| row.bare) {
        if row.chain != asked {
            let sql = "SELECT data_key FROM account WHERE id = $1";
            let key: Option<Option<Vec<u8>>> = tx.opt(sql, params![&row.chain], |row| row.get(0))?;
            if key.flatten().is_some_and(|key| !key.is_empty()) {
                living.insert(row.chain.clone());
            }
            asked = &row.chain;
        }
    }
    Ok(Batch { lasts: lasts.into_iter().collect(), living, end, rows })
}

fn check(row: &Row<'_>) -> std::result::Result<Checked, StoreError> {
    let (id, chain): (String, String) = (row.get(0)?, row.get(1)?);
    let (number, at): (i64, i64) = (row.get(2)?, row.get(3)?);
    let (event, record): (String, String) = (row.get(4)?, row.get(5)?);
    let (sealed, hash): (Option<Vec<u8>>, Vec<u8>) = (row.get(6)?, row.get(7)?);
    let mut checked = Checked { id, chain, number, hash, prev: Vec::new(), fault: None, bare: false };
    if leaf_hash(record.as_bytes()) != checked.hash[..] {
        checked.fault = Some("changed-record");
    }
    let Ok(told) = serde_json::from_str::<Lite<'_>>(&record) else {
        checked.fault = Some("changed-record");
        return Ok(checked);
    };
    let same = told.id == checked.id && told.chain == checked.chain && told.n == number;
    if !same || told.at != at || told.what.event != event {
        checked.fault = checked.fault.or(Some("changed-column"));
    }
    match (&sealed, told.sealed.is_empty()) {
        (None, true) => {}
        (None, false) => checked.bare = true,
        (Some(sealed), _) if told.sealed == B64.encode(sha256(&[sealed])) => {}
        (Some(_), _) => checked.fault = checked.fault.or(Some("changed-seal")),
    }
    checked.prev = B64.decode(told.prev.as_bytes()).unwrap_or_else(|_| vec![0]);
    Ok(checked)
}

/// Where a walk stands, and what it found.
#[derive(Default)]
struct Walker {
    report: Report,
    /// The last row read: chain and number.
    from: (String, i64),
    /// The chain that is being walked, its last number and hash.
    chain: Option<(String, i64, Vec<u8>)>,
}

impl Walker {
    fn take(&mut self, mut batch: Batch) {
        for row in batch.rows {
            if self.chain.as_ref().is_none_or(|(chain, ..)| *chain != row.chain) {
                self.end_chain(&mut batch.lasts);
                self.chain = Some((row.chain.clone(), 0, Vec::new()));
                self.report.chains += 1;
            }
            self.report.events += 1;
            self.link(&row, batch.living.contains(&row.chain));
            self.from = (row.chain.clone(), row.number);
            self.chain = Some((row.chain, row.number, row.hash));
        }
        if batch.end {
            self.end_chain(&mut batch.lasts);
        } else if let Some((chain, ..)) = &self.chain {
            // It may go on in the next batch, which looks at its end again.
            batch.lasts.remove(chain);
        }
        let mut emptied: Vec<_> = batch.lasts.into_iter().collect();
        emptied.sort();
        for (chain, (number, _)) in emptied {
            self.report.add("missing-tail", &chain, number, "");
        }
    }

    /// The row and the one before it.
    fn link(&mut self, row: &Checked, living: bool) {
        let Some((_, number, hash)) = &self.chain else { return };
        let fault = match row.fault {
            Some(fault) => Some(fault),
            None if row.number != number + 1 => Some("missing-event"),
            None if row.prev != *hash => Some("broken-link"),
            None if row.bare && living => Some("missing-seal"),
            None => None,
        };
        if let Some(fault) = fault {
            self.report.add(fault, &row.chain, row.number, &row.id);
        }
    }

    /// The chain's last event is the one that the next would be chained to.
    fn end_chain(&mut self, lasts: &mut HashMap<String, (i64, Vec<u8>)>) {
        let Some((chain, number, hash)) = self.chain.take() else { return };
        match lasts.remove(&chain) {
            Some((last, of_last)) if last == number && of_last == hash => {}
            Some((last, _)) => self.report.add("missing-tail", &chain, last.max(number), ""),
            None => self.report.add("missing-tail", &chain, number, ""),
        }
    }
}
