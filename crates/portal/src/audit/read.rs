//! What the owner reads: the events of one account with what is sealed beside them.

use super::words::Group;
use super::{Event, Private};
use crate::ctx::Ctx;
use crate::error::Result;
use kernel::Time;
use serde::Deserialize;
use store::keys::SubjectKey;
use store::{Tx, params};

/// Which events are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Filter {
    /// Of which kind; none is all.
    pub group: Option<Group>,
    /// Not before this moment.
    pub from: Time,
    /// Before this moment.
    pub until: Time,
}

impl Filter {
    /// Every event.
    pub const ALL: Filter = Filter { group: None, from: Time(0), until: Time(i64::MAX) };
}

/// An event as its owner sees it.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its identifier.
    pub id: String,
    /// Its number in the account's journal.
    pub number: i64,
    /// When.
    pub at: Time,
    /// Its word in the registry.
    pub word: String,
    /// What happened in detail; none when this version does not know the word any more.
    pub event: Option<Event>,
    /// `owner`, `visitor`, `other`, `system` or `staff:<id>`.
    pub actor: String,
    /// Address, device, staff, reason.
    pub private: Private,
    /// Its leaf in the tree.
    pub leaf: Option<u64>,
}

#[derive(Deserialize)]
struct Told {
    actor: String,
}

#[derive(Deserialize)]
struct What {
    what: Event,
}

/// Up to `limit` events before the number `before`, newest first.
///
/// # Errors
/// The storage is away.
pub fn entries(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    account: &str,
    filter: Filter,
    before: i64,
    limit: u32,
) -> Result<Vec<Entry>> {
    let words = filter.group.map(Group::words).unwrap_or_default();
    let by_staff = filter.group == Some(Group::Staff);
    let rows = tx.all(
        "SELECT id, number, at, event, record, sealed, tree_index FROM journal
         WHERE chain = $1 AND number < $2 AND at >= $3 AND at < $4
           AND ($5 = '' OR $5 LIKE '%,' || event || ',%' OR ($6 = 1 AND record LIKE '%\"actor\":\"staff:%'))
         ORDER BY number DESC LIMIT $7",
        params![account, before, filter.from, filter.until, words, i64::from(by_staff), limit],
        |row| {
            let record: String = row.get(4)?;
            let entry = Entry {
                id: row.get(0)?,
                number: row.get(1)?,
                at: row.get(2)?,
                word: row.get(3)?,
                event: serde_json::from_str::<What>(&record).ok().map(|read| read.what),
                actor: serde_json::from_str::<Told>(&record).map(|told| told.actor).unwrap_or_default(),
                private: Private::default(),
                leaf: row.get::<Option<i64>>(6)?.map(i64::unsigned_abs),
            };
            Ok((entry, row.get::<Option<Vec<u8>>>(5)?))
        },
    )?;
    let key = data_key(tx, ctx, account)?;
    Ok(rows
        .into_iter()
        .map(|(entry, sealed)| Entry { private: open(key.as_ref(), sealed), ..entry })
        .collect())
}

fn data_key(tx: &mut Tx<'_>, ctx: &Ctx, account: &str) -> Result<Option<SubjectKey>> {
    let sql = "SELECT data_key FROM account WHERE id = $1";
    let wrapped: Option<Option<Vec<u8>>> = tx.opt(sql, params![account], |row| row.get(0))?;
    let wrapped = wrapped.flatten().filter(|wrapped| !wrapped.is_empty());
    Ok(wrapped.map(|wrapped| ctx.keys.unwrap_subject_key(&wrapped)).transpose()?)
}

/// One damaged row must not hide the others: it is shown without address and device.
fn open(key: Option<&SubjectKey>, sealed: Option<Vec<u8>>) -> Private {
    let plain = key.zip(sealed).and_then(|(key, sealed)| key.open("journal.private", &sealed).ok());
    plain.and_then(|plain| serde_json::from_slice(&plain).ok()).unwrap_or_default()
}
