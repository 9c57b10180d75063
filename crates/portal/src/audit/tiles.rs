//! Rows of `journal_state` and `journal_tile`: the global tree, 256 hashes to a row, so that a proof reads few rows.

use super::merkle::{Hash, Nodes, node_hash};
use crate::error::{Error, Result};
use std::collections::HashMap;
use store::{Tx, params};

/// Hashes in a full row, and how many levels of the tree that is.
const FULL: u64 = 256;
const LEVELS: u32 = 8;

/// How many events are in the tree.
///
/// # Errors
/// The storage is away.
pub fn size(tx: &mut Tx<'_>) -> Result<u64> {
    let size: i64 = tx.one("SELECT size FROM journal_state WHERE id = 1", &[], |row| row.get(0))?;
    Ok(size.unsigned_abs())
}

/// The same, and nobody else changes the tree before this transaction ends.
///
/// # Errors
/// The storage is away.
pub fn lock(tx: &mut Tx<'_>) -> Result<u64> {
    let size: i64 =
        tx.one("UPDATE journal_state SET size = size WHERE id = 1 RETURNING size", &[], |row| row.get(0))?;
    Ok(size.unsigned_abs())
}

/// Puts the oldest events that are not in the tree yet into it, at most `batch`; gives how many.
///
/// # Errors
/// The storage is away.
pub fn place(tx: &mut Tx<'_>, batch: u32) -> Result<u64> {
    let size = lock(tx)?;
    let mut placed = tx.all(
        "UPDATE journal SET tree_index = $1 + pick.place FROM (
             SELECT unplaced.id AS pick_id, ROW_NUMBER() OVER (ORDER BY unplaced.id) - 1 AS place FROM (
                 SELECT id FROM journal WHERE tree_index IS NULL ORDER BY id LIMIT $2) AS unplaced) AS pick
         WHERE journal.id = pick.pick_id RETURNING tree_index, hash",
        params![signed(size), batch],
        |row| Ok((row.get::<i64>(0)?, row.get::<Vec<u8>>(1)?)),
    )?;
    placed.sort_by_key(|(index, _)| *index);
    let leaves: Vec<Hash> = placed.into_iter().map(|(_, hash)| hash_of(&hash)).collect::<Result<_>>()?;
    if leaves.is_empty() {
        return Ok(0);
    }
    append(tx, size, &leaves)?;
    let grown = size + leaves.len() as u64;
    tx.exec("UPDATE journal_state SET size = $1 WHERE id = 1", params![signed(grown)])?;
    Ok(leaves.len() as u64)
}

/// Writes hashes behind the `size` that level 0 has, and the roots of what became full into the levels above.
fn append(tx: &mut Tx<'_>, size: u64, leaves: &[Hash]) -> Result<()> {
    let (mut start, mut hashes) = (size, leaves.to_vec());
    for level in 0..u64::BITS / LEVELS {
        let (mut tile, mut above) = (start / FULL, Vec::new());
        let mut row = if start.is_multiple_of(FULL) { Vec::new() } else { load(tx, level, tile)? };
        for hash in &hashes {
            row.extend_from_slice(hash);
            if row.len() == 32 * 256 {
                save(tx, level, tile, &row)?;
                above.push(fold(&row)?);
                row.clear();
                tile += 1;
            }
        }
        if !row.is_empty() {
            save(tx, level, tile, &row)?;
        }
        if above.is_empty() {
            return Ok(());
        }
        (start, hashes) = (start / FULL, above);
    }
    Ok(())
}

fn load(tx: &mut Tx<'_>, level: u32, tile: u64) -> Result<Vec<u8>> {
    let sql = "SELECT hashes FROM journal_tile WHERE level = $1 AND idx = $2";
    let found = tx.opt(sql, params![level, signed(tile)], |row| row.get(0))?;
    found.ok_or_else(|| Error::Bug(format!("journal tile {level}/{tile} is missing")))
}

fn save(tx: &mut Tx<'_>, level: u32, tile: u64, hashes: &[u8]) -> Result<()> {
    tx.exec(
        "INSERT INTO journal_tile (level, idx, hashes) VALUES ($1, $2, $3)
         ON CONFLICT (level, idx) DO UPDATE SET hashes = excluded.hashes",
        params![level, signed(tile), hashes],
    )?;
    Ok(())
}

/// The root over a power of two of hashes that lie one after the other.
pub fn fold(hashes: &[u8]) -> Result<Hash> {
    let mut level: Vec<Hash> = hashes.chunks(32).map(hash_of).collect::<Result<_>>()?;
    while level.len() > 1 {
        level = level.chunks(2).map(|pair| node_hash(&pair[0], &pair[pair.len() - 1])).collect();
    }
    level.first().copied().ok_or_else(|| Error::Bug("the root of nothing".into()))
}

/// A stored hash.
pub fn hash_of(bytes: &[u8]) -> Result<Hash> {
    bytes.try_into().map_err(|_| Error::Bug("a hash of the journal has another length".into()))
}

/// A count of the tree as the database has it.
pub fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Reads nodes of the stored tree; each row at most once.
pub struct Stored<'t, 'c> {
    tx: &'t mut Tx<'c>,
    rows: HashMap<(u32, u64), Vec<u8>>,
}

impl<'t, 'c> Stored<'t, 'c> {
    /// Over this transaction.
    pub fn new(tx: &'t mut Tx<'c>) -> Stored<'t, 'c> {
        Stored { tx, rows: HashMap::new() }
    }
}

impl Nodes for Stored<'_, '_> {
    type Error = Error;

    fn node(&mut self, height: u32, index: u64) -> Result<Hash> {
        let (level, within) = (height / LEVELS, height % LEVELS);
        let first = index << within;
        let tile = first / FULL;
        if !self.rows.contains_key(&(level, tile)) {
            let row = load(self.tx, level, tile)?;
            self.rows.insert((level, tile), row);
        }
        let from = usize::try_from(first % FULL).unwrap_or(0) * 32;
        let row = self.rows.get(&(level, tile)).and_then(|row| row.get(from..from + (32 << within)));
        fold(row.ok_or_else(|| Error::Bug(format!("journal tile {level}/{tile} is too short")))?)
    }
}
