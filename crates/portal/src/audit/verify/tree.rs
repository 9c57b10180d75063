//! The tree: a leaf for every place, the stored hashes, the signed heads and those that somebody kept outside.

use super::Report;
use crate::app::App;
use crate::audit::heads::{self, Head};
use crate::audit::merkle::{Frontier, Hash};
use crate::audit::note::{Checkpoint, Verifier};
use crate::audit::tiles::{self, signed};
use crate::error::Result;
use std::collections::BTreeMap;
use store::{Tx, params};

/// Leaves in a row of the tree, and rows read in one batch.
const FULL: u64 = 256;
const ROWS: u64 = 16;

/// A row of level 0 with the events that must be its leaves: leaf, hash, chain, number and id.
struct Part {
    first: u64,
    row: Vec<u8>,
    leaves: BTreeMap<u64, Leaf>,
}

struct Leaf {
    hash: Vec<u8>,
    chain: String,
    number: i64,
    id: String,
}

/// Walks the tree from its first leaf to its last.
pub async fn walk(app: App, kept: Vec<Checkpoint>) -> Result<Report> {
    let mut report = Report::default();
    let (size, most) = app
        .read(|tx| {
            let sql = "SELECT MAX(tree_index) FROM journal";
            Ok((tiles::size(tx)?, tx.one(sql, &[], |row| row.get::<Option<i64>>(0))?))
        })
        .await?;
    report.leaves = size;
    if most.map_or(0, |most| most + 1) != signed(size) {
        report.add("tree-size", "tree", signed(size), "");
    }
    let roots = signed_roots(&app, &mut report, size, &kept).await?;
    let mut walker = Walker { report, frontier: Frontier::default(), roots, levels: Vec::new() };
    while walker.frontier.size() < size {
        let from = walker.frontier.size();
        let to = (from + FULL * ROWS).min(size);
        let parts = app.read(move |tx| read(tx, from, to)).await?;
        for part in parts {
            walker.take(part, size);
        }
        let due = std::mem::take(&mut walker.levels);
        walker.levels = app.read(move |tx| compare(tx, due.clone())).await?;
        walker.tell_changed();
    }
    Ok(walker.report)
}

/// Checks every head by itself; gives the roots that the tree must have, by size: whose they are and which number.
async fn signed_roots(
    app: &App,
    report: &mut Report,
    size: u64,
    kept: &[Checkpoint],
) -> Result<BTreeMap<u64, Vec<(Hash, u64)>>> {
    let mut roots: BTreeMap<u64, Vec<(Hash, u64)>> = BTreeMap::new();
    let keys: Vec<(String, Verifier)> = app.read(heads::verifiers).await?;
    let (mut before, mut largest) = (0, 0);
    loop {
        let batch = app.read(move |tx| heads::after(tx, before, 1_000)).await?;
        if batch.is_empty() {
            break;
        }
        for head in batch {
            report.heads += 1;
            if head.number != before + 1 {
                report.add("head-missing", "heads", signed(before + 1), "");
            }
            before = head.number;
            match opened(&head, &keys) {
                None => report.add("head-signature", "heads", signed(head.number), ""),
                Some(told) if !same(&told, &head) || head.size <= largest => {
                    report.add("head-changed", "heads", signed(head.number), "");
                }
                Some(told) => roots.entry(told.size).or_default().push((told.root, told.number)),
            }
            largest = head.size;
        }
    }
    for head in kept {
        roots.entry(head.size).or_default().push((head.root, head.number));
    }
    for (_, lost) in roots.split_off(&(size + 1)) {
        for (_, number) in lost {
            report.add("head-uncovered", "heads", signed(number), "");
        }
    }
    Ok(roots)
}

fn opened(head: &Head, keys: &[(String, Verifier)]) -> Option<Checkpoint> {
    let (_, verifier) = keys.iter().find(|(id, _)| *id == head.key)?;
    Some(Checkpoint::open(&head.note, std::slice::from_ref(verifier))?.0)
}

fn same(told: &Checkpoint, head: &Head) -> bool {
    told.size == head.size
        && told.number == head.number
        && told.root[..] == head.root[..]
        && told.time == head.at.0 / 1_000_000
}

fn read(tx: &mut Tx<'_>, from: u64, to: u64) -> Result<Vec<Part>> {
    let mut parts: Vec<Part> = (from..to)
        .step_by(256)
        .map(|first| Part { first, row: Vec::new(), leaves: BTreeMap::new() })
        .collect();
    tx.all(
        "SELECT tree_index, hash, chain, number, id FROM journal
         WHERE tree_index >= $1 AND tree_index < $2 ORDER BY tree_index",
        params![signed(from), signed(to)],
        |row| {
            let leaf = row.get::<i64>(0)?.unsigned_abs();
            let (hash, chain) = (row.get(1)?, row.get(2)?);
            let told = Leaf { hash, chain, number: row.get(3)?, id: row.get(4)? };
            if let Some(part) = part_of(&mut parts, from, leaf) {
                part.leaves.insert(leaf, told);
            }
            Ok(())
        },
    )?;
    tx.all(
        "SELECT idx, hashes FROM journal_tile WHERE level = 0 AND idx >= $1 AND idx < $2",
        params![signed(from / FULL), signed(to.div_ceil(FULL))],
        |row| {
            let leaf = row.get::<i64>(0)?.unsigned_abs() * FULL;
            if let Some(part) = part_of(&mut parts, from, leaf) {
                part.row = row.get(1)?;
            }
            Ok(())
        },
    )?;
    Ok(parts)
}

fn part_of(parts: &mut [Part], from: u64, leaf: u64) -> Option<&mut Part> {
    parts.get_mut(usize::try_from((leaf - from) / FULL).ok()?)
}

/// Hashes that a stored row of an upper level must begin with.
#[derive(Clone, Default)]
struct Row {
    level: u32,
    index: u64,
    hashes: Vec<u8>,
    /// It was compared, and something else was stored; and that was told.
    changed: bool,
    told: bool,
}

/// Compares rows with the stored ones; gives those that go on to grow, and the changed ones.
fn compare(tx: &mut Tx<'_>, due: Vec<Row>) -> Result<Vec<Row>> {
    let mut left = Vec::new();
    for mut row in due {
        let sql = "SELECT hashes FROM journal_tile WHERE level = $1 AND idx = $2";
        let stored: Option<Vec<u8>> = tx.opt(sql, params![row.level, signed(row.index)], |row| row.get(0))?;
        row.changed = stored.is_none_or(|stored| !stored.starts_with(&row.hashes));
        if row.changed || row.hashes.len() < 32 * 256 {
            left.push(row);
        }
    }
    Ok(left)
}

struct Walker {
    report: Report,
    frontier: Frontier,
    roots: BTreeMap<u64, Vec<(Hash, u64)>>,
    /// Rows of the upper levels that are full and not compared yet, or still growing.
    levels: Vec<Row>,
}

impl Walker {
    fn take(&mut self, part: Part, size: u64) {
        let end = (part.first + FULL).min(size);
        let mut hashes = Vec::with_capacity(32 * 256);
        for leaf in part.first..end {
            let from = usize::try_from(leaf - part.first).unwrap_or(0) * 32;
            let stored = part.row.get(from..from + 32).and_then(|hash| Hash::try_from(hash).ok());
            let hash = self.leaf(leaf, stored, part.leaves.get(&leaf));
            hashes.extend_from_slice(&hash);
            self.frontier.push(hash);
            self.heads_at(leaf + 1);
        }
        if hashes.len() == 32 * 256
            && let Ok(root) = tiles::fold(&hashes)
        {
            self.above(1, part.first / FULL, root);
        }
    }

    /// A leaf as the tree has it, and as its event has it; gives the one to go on with.
    fn leaf(&mut self, leaf: u64, stored: Option<Hash>, event: Option<&Leaf>) -> Hash {
        match (stored, event) {
            (Some(stored), Some(event)) => {
                if stored[..] != event.hash[..] {
                    self.report.add("changed-leaf", &event.chain, event.number, &event.id);
                }
                stored
            }
            (Some(stored), None) => {
                self.report.add("missing-leaf", "tree", signed(leaf), "");
                stored
            }
            (None, event) => {
                self.report.add("changed-tile", "tree", signed(leaf), "");
                event.and_then(|event| Hash::try_from(&event.hash[..]).ok()).unwrap_or_default()
            }
        }
    }

    fn heads_at(&mut self, size: u64) {
        let Some(due) = self.roots.remove(&size) else { return };
        let root = self.frontier.root();
        for (signed_root, number) in due {
            if signed_root != root {
                self.report.add("head-root", "heads", signed(number), "");
            }
        }
    }

    /// Adds the root of a full row to the level above it.
    fn above(&mut self, level: u32, place: u64, root: Hash) {
        let index = place / FULL;
        let known = self.levels.iter_mut().find(|row| row.level == level && row.index == index);
        let row = match known {
            Some(row) => row,
            None => {
                self.levels.push(Row { level, index, ..Row::default() });
                let last = self.levels.len() - 1;
                &mut self.levels[last]
            }
        };
        row.hashes.extend_from_slice(&root);
        if row.hashes.len() == 32 * 256
            && let Ok(root) = tiles::fold(&row.hashes.clone())
        {
            self.above(level + 1, index, root);
        }
    }

    /// Tells rows that are not what was stored, once each.
    fn tell_changed(&mut self) {
        for row in self.levels.iter_mut().filter(|row| row.changed && !row.told) {
            row.told = true;
            self.report.add("changed-tile", "tree", signed(row.index), &format!("level {}", row.level));
        }
        self.levels.retain(|row| row.hashes.len() < 32 * 256);
    }
}
