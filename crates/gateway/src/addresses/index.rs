//! Places in memory, found by the beginnings of words under a parent in the time of a few binary searches.
//!
//! Equal names are kept once. Every beginning of a word of a name has its rank among all of them; an entry is (under what,
//! rank, place), sorted, so a typed word is one range of ranks and its places under a parent are one range of entries.

use super::kinds;
use super::titles::{Suffix, Title, Titles, ranked};
use super::words::{self, Query};
use super::{Directory, Fit, Id, Level, Place};
use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};

/// The most entries that one search looks at under a place, so that a town of a million streets costs no more than another.
const MOST_LOOKED_AT: usize = 1024;
/// The longest name, in characters.
const LONGEST_NAME: usize = 120;
/// The most parents that a search looks under.
const MOST_PARENTS: usize = 8;
const NONE: u32 = u32::MAX;

/// A row of a directory.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    /// What the directory calls the place.
    pub id: Id,
    /// The place that it lies in; none for regions.
    pub parent: Option<Id>,
    /// What it is.
    pub level: Level,
    /// Its kind as the directory abbreviates it: `г`, `ул`.
    pub kind: &'a str,
    /// Its name without the kind.
    pub name: &'a str,
    /// Its postal index, or nothing.
    pub postcode: &'a str,
}

/// Why a row cannot be used; rows are counted from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// Which row.
    pub row: usize,
    /// What is wrong with it.
    pub why: String,
}

#[derive(Clone, Copy)]
struct Node {
    id: Id,
    parent: u32,
    title: u32,
    postcode: u32,
    level: Level,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    under: u32,
    rank: u32,
    place: u32,
}

/// Gathers rows; order makes no difference.
#[derive(Default)]
pub struct Builder {
    titles: Titles,
    /// Names by a hash of theirs; two names of one hash are only kept twice.
    known: HashMap<u64, u32>,
    hasher: RandomState,
    nodes: Vec<Node>,
    parents: Vec<Option<Id>>,
}

impl Builder {
    /// Takes a row.
    ///
    /// # Errors
    /// What is wrong with the row itself.
    pub fn add(&mut self, row: Row<'_>) -> Result<(), String> {
        if row.name.trim().is_empty() || row.name.chars().count() > LONGEST_NAME {
            return Err(format!("a name of 1 to {LONGEST_NAME} characters is expected"));
        }
        if row.kind.chars().count() > 30 {
            return Err("a kind of at most 30 characters is expected".to_owned());
        }
        if [row.name, row.kind].iter().any(|text| text.chars().any(|c| c.is_control() || c == '\u{fffd}')) {
            return Err("a character that no name has".to_owned());
        }
        let folded = words::fold(row.name);
        if folded.is_empty() {
            return Err("a name needs letters or digits".to_owned());
        }
        let postcode = match row.postcode {
            "" => NONE,
            digits if digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_digit()) => {
                digits.parse().map_err(|_| "a postal index has 6 digits".to_owned())?
            }
            _ => return Err("a postal index has 6 digits".to_owned()),
        };
        if row.parent.is_none() != (row.level == Level::Region) {
            return Err("regions, and nothing else, have no parent".to_owned());
        }
        let title = self.title(row.kind, row.name, &folded)?;
        self.nodes.push(Node { id: row.id, parent: NONE, title, postcode, level: row.level });
        self.parents.push(row.parent);
        Ok(())
    }

    fn title(&mut self, kind: &str, name: &str, folded_name: &str) -> Result<u32, String> {
        let key = self.hasher.hash_one((kind, name));
        let at = kinds::find(kind);
        let shown = kinds::shown(at, kind, name);
        if let Some(known) = self.known.get(&key)
            && self.titles.get(*known).is_some_and(|title| self.titles.piece(title.shown) == shown)
        {
            return Ok(*known);
        }
        let mut folded = at.map_or_else(|| words::fold(kind), |at| kinds::word(at).to_owned());
        if folded_name.split(' ').any(|word| word == folded) {
            folded.clear();
        }
        let begins = if folded.is_empty() { 0 } else { folded.len() + 1 };
        words::push(&mut folded, folded_name);
        let full = || "the names are longer than 4 GiB together".to_owned();
        let number = u32::try_from(self.titles.all.len()).map_err(|_| full())?;
        let shown = self.titles.put(&shown).ok_or_else(full)?;
        let folded = self.titles.put(&folded).ok_or_else(full)?;
        self.titles.all.push(Title {
            shown,
            folded,
            begins: u16::try_from(begins).unwrap_or_default(),
            order: at.unwrap_or(u8::MAX),
            town: kinds::is_town(at),
        });
        self.known.insert(key, number);
        Ok(number)
    }

    /// Puts the rows together.
    ///
    /// # Errors
    /// The first row that is told twice or lies in nothing.
    pub fn build(self) -> Result<Index, Trouble> {
        let Builder { mut titles, known, mut nodes, parents, .. } = self;
        drop(known);
        titles.all.shrink_to_fit();
        titles.text.shrink_to_fit();
        nodes.shrink_to_fit();
        let by_id = sorted_by_id(&nodes)?;
        for (row, parent) in parents.into_iter().enumerate() {
            let Some(id) = parent else { continue };
            let trouble = |why: String| Trouble { row, why };
            let at = find_id(&nodes, &by_id, id)
                .ok_or_else(|| trouble(format!("no place has the id {id} of its parent")))?;
            let (Some(above), Some(below)) = (nodes.get(at as usize).copied(), nodes.get_mut(row)) else {
                continue;
            };
            let town = titles.is_town(above.title);
            let street = below.level == Level::Street;
            let fits = if street {
                above.level == Level::City || above.level == Level::Region && town
            } else {
                above.level < below.level
            };
            if !fits {
                let (what, inside) = (below.level.word(), above.level.word());
                return Err(trouble(format!("a {what} does not lie in a {inside} directly")));
            }
            below.parent = at;
        }
        let (suffixes, ranks) = ranked(&titles);
        let entries = entries(&titles, &nodes, &ranks);
        Ok(Index { titles, nodes, by_id, suffixes, entries })
    }
}

fn sorted_by_id(nodes: &[Node]) -> Result<Vec<u32>, Trouble> {
    let most = u32::try_from(nodes.len()).ok().filter(|most| *most < NONE / 4 - 1);
    let most = most.ok_or_else(|| Trouble { row: nodes.len(), why: "too many places".to_owned() })?;
    let mut by_id: Vec<u32> = (0..most).collect();
    let id = |at: u32| nodes.get(at as usize).map(|node| node.id);
    by_id.sort_unstable_by_key(|at| (id(*at), *at));
    let twice = by_id.windows(2).filter(|pair| id(pair[0]) == id(pair[1])).map(|pair| pair[1]).min();
    match twice {
        Some(row) => Err(Trouble { row: row as usize, why: "the id is another place's already".to_owned() }),
        None => Ok(by_id),
    }
}

fn find_id(nodes: &[Node], by_id: &[u32], id: Id) -> Option<u32> {
    let found =
        by_id.binary_search_by_key(&Some(id), |at| nodes.get(*at as usize).map(|node| node.id)).ok()?;
    by_id.get(found).copied()
}

/// Where entries of a level under a place are kept; `NONE` is the whole country.
fn slot(place: u32, level: Level) -> u32 {
    let level = Level::ALL.iter().position(|one| *one == level).unwrap_or_default() as u32;
    place.wrapping_add(1).wrapping_mul(4).wrapping_add(level)
}

fn entries(titles: &Titles, nodes: &[Node], ranks: &[(u32, u32)]) -> Vec<Entry> {
    let mut entries = Vec::new();
    for (place, node) in (0_u32..).zip(nodes) {
        let from = ranks.partition_point(|(title, _)| *title < node.title);
        let own = ranks.iter().skip(from).take_while(|(title, _)| *title == node.title);
        let mut put = |under: u32| {
            entries.extend(own.clone().map(|(_, rank)| Entry { under, rank: *rank, place }));
        };
        // Streets are looked for in a town that is known, nothing else has a million of them.
        if node.level == Level::Street {
            put(slot(node.parent, Level::Street));
            continue;
        }
        put(slot(NONE, node.level));
        if node.level == Level::Region && titles.is_town(node.title) {
            put(slot(NONE, Level::City));
            put(slot(place, Level::City));
        }
        let mut above = node.parent;
        while let Some(parent) = nodes.get(above as usize) {
            put(slot(above, node.level));
            above = parent.parent;
        }
    }
    entries.shrink_to_fit();
    entries.sort_unstable();
    entries
}

/// A directory in memory.
pub struct Index {
    titles: Titles,
    nodes: Vec<Node>,
    by_id: Vec<u32>,
    suffixes: Vec<Suffix>,
    entries: Vec<Entry>,
}

impl Index {
    /// The ranks of the beginnings of words that begin so.
    fn ranks(&self, word: &str) -> (u32, u32) {
        let from = self.suffixes.partition_point(|suffix| self.titles.after(*suffix) < word);
        let rest = self.suffixes.get(from..).unwrap_or_default();
        let long = rest.partition_point(|suffix| self.titles.after(*suffix).starts_with(word));
        (from as u32, (from + long) as u32)
    }

    /// The entries of the rarest of the words under a place.
    fn rarest(&self, under: u32, ranges: &[(u32, u32)]) -> &[Entry] {
        let range = |(from, to): &(u32, u32)| {
            let start = self.entries.partition_point(|entry| (entry.under, entry.rank) < (under, *from));
            let rest = self.entries.get(start..).unwrap_or_default();
            let long = rest.partition_point(|entry| entry.under == under && entry.rank < *to);
            rest.get(..long).unwrap_or_default()
        };
        ranges.iter().map(range).min_by_key(|entries| entries.len()).unwrap_or_default()
    }

    fn title(&self, place: u32) -> Option<&Title> {
        self.titles.get(self.nodes.get(place as usize)?.title)
    }

    fn shown(&self, place: u32, level: Level) -> Option<String> {
        let (node, title) = (self.nodes.get(place as usize)?, self.title(place)?);
        let shown = self.titles.piece(title.shown);
        // «Москва» is a region, «г. Москва» a town.
        let bare = level == Level::Region && node.level == Level::Region && title.town;
        Some(if bare { shown.trim_start_matches("г. ") } else { shown }.to_owned())
    }

    fn describe(&self, place: u32, level: Level) -> Option<Place> {
        let node = self.nodes.get(place as usize)?;
        let mut above = Vec::new();
        if level != node.level {
            above.push((node.level, self.shown(place, node.level)?));
        }
        let mut up = node.parent;
        while let Some(parent) = self.nodes.get(up as usize) {
            let town = parent.level == Level::Region && self.title(up).is_some_and(|title| title.town);
            if town && level == Level::Street && node.parent == up {
                above.push((Level::City, self.shown(up, Level::City)?));
            }
            above.push((parent.level, self.shown(up, parent.level)?));
            up = parent.parent;
        }
        let postcode = (node.postcode != NONE).then(|| format!("{:06}", node.postcode));
        Some(Place { id: node.id, level: node.level, name: self.shown(place, level)?, postcode, above })
    }
}

/// The smaller, the better it fits: the whole name, the kind that was typed, whole words, the beginning of the name, the
/// more important kind.
fn score(
    query: &Query,
    title: &Title,
    folded: &str,
    (whole, words): (bool, bool),
) -> (bool, usize, bool, bool, u8) {
    let name = folded.get(usize::from(title.begins)..).unwrap_or_default();
    let first = query.needed.first().is_some_and(|word| name.starts_with(word.as_str()));
    let other_kinds = query.kinds.len().saturating_sub(query.kinds_of(folded));
    (!whole, other_kinds, !words, !first, title.order)
}

#[cfg(test)]
impl Index {
    /// The place of a row.
    pub(super) fn nth(&self, at: usize) -> Option<Place> {
        self.place(self.nodes.get(at)?.id)
    }
}

impl Directory for Index {
    fn find(&self, level: Level, parents: &[Id], typed: &str, fit: Fit, most: usize) -> Vec<Place> {
        let query = Query::read(typed, fit == Fit::Begins);
        if query.needed.is_empty() || query.needed.len() > 16 {
            return Vec::new();
        }
        let ranges: Vec<(u32, u32)> = query.needed.iter().map(|word| self.ranks(word)).collect();
        let slots: Vec<u32> = if parents.is_empty() {
            vec![slot(NONE, level)]
        } else {
            let known =
                parents.iter().take(MOST_PARENTS).filter_map(|id| find_id(&self.nodes, &self.by_id, *id));
            known.map(|place| slot(place, level)).collect()
        };
        let mut found = Vec::new();
        for under in slots {
            for entry in self.rarest(under, &ranges).iter().take(MOST_LOOKED_AT) {
                let Some(title) = self.title(entry.place) else { continue };
                let folded = self.titles.piece(title.folded);
                if ranges.len() > 1 && !query.begins(folded) {
                    continue;
                }
                let words = query.has_words(folded);
                let whole = words && query.is(folded);
                if whole || fit == Fit::Begins {
                    let score = score(&query, title, folded, (whole, words));
                    found.push((score, self.titles.piece(title.shown), entry.place));
                }
            }
        }
        found.sort_unstable();
        found.dedup_by_key(|(.., place)| *place);
        found.into_iter().take(most).filter_map(|(.., place)| self.describe(place, level)).collect()
    }

    fn place(&self, id: Id) -> Option<Place> {
        let at = find_id(&self.nodes, &self.by_id, id)?;
        self.describe(at, self.nodes.get(at as usize)?.level)
    }

    fn regions(&self) -> Vec<String> {
        let regions = (0_u32..).zip(&self.nodes).filter(|(_, node)| node.level == Level::Region);
        let mut names: Vec<String> = regions.filter_map(|(at, _)| self.shown(at, Level::Region)).collect();
        names.sort_unstable();
        names
    }

    fn size(&self) -> usize {
        self.nodes.len()
    }
}
