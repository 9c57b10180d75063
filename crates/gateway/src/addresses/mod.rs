//! A directory of addresses: which places there are under which, found by the letters that somebody types.
//!
//! A directory only suggests: an address may be typed as it is known, and nobody is refused because a directory does
//! not have their house. It holds no data of people and knows none: what is typed is compared and forgotten.
//!
//! | implementation | where its places are from |
//! | --- | --- |
//! | [`embedded`] | a sample inside the program: regions, towns, streets of some towns |
//! | [`table`] | a deployment's own table, for example made of the state register of addresses (docs/addresses.md) |

pub mod embedded;
mod index;
mod kinds;
pub mod table;
#[cfg(test)]
mod tests;
mod titles;
mod words;

pub use index::{Builder, Index, Row, Trouble};

use std::fmt;
use std::path::Path;
use std::sync::Arc;

/// What a place is in an address, from the largest to the smallest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// A subject of the federation.
    Region,
    /// A part of a region.
    District,
    /// A town, a village.
    City,
    /// A street, a square, a quarter without streets.
    Street,
}

impl Level {
    /// All, from the largest.
    pub const ALL: [Level; 4] = [Level::Region, Level::District, Level::City, Level::Street];

    /// The word in tables and forms.
    pub const fn word(self) -> &'static str {
        match self {
            Level::Region => "region",
            Level::District => "district",
            Level::City => "city",
            Level::Street => "street",
        }
    }

    /// The level of a word.
    pub fn from_word(word: &str) -> Option<Level> {
        Level::ALL.into_iter().find(|level| level.word() == word)
    }
}

/// What a directory calls a place: a GUID of the state register, or a whole number of the directory's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(u128);

impl Id {
    /// A number of a directory's own.
    pub const fn number(number: u64) -> Id {
        Id(number as u128)
    }

    /// Reads `5d4b7a4c-…` or `77`.
    pub fn parse(text: &str) -> Option<Id> {
        if !text.is_empty() && text.len() <= 20 && text.bytes().all(|b| b.is_ascii_digit()) {
            return text.parse().ok().map(Id::number);
        }
        let parts: Vec<&str> = text.split('-').collect();
        let lengths = parts.iter().map(|part| part.len());
        let hex = parts.iter().all(|part| part.bytes().all(|b| b.is_ascii_hexdigit()));
        if !hex || !lengths.eq([8, 4, 4, 4, 12]) {
            return None;
        }
        u128::from_str_radix(&parts.concat(), 16).ok().map(Id)
    }

    /// Whether it is a GUID, as the state register's are.
    pub const fn is_guid(self) -> bool {
        self.0 > u64::MAX as u128
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.is_guid() {
            return write!(f, "{}", self.0);
        }
        let hex = format!("{:032x}", self.0);
        write!(f, "{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
    }
}

/// A place, and those that it lies in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// What the directory calls it.
    pub id: Id,
    /// What it is. A region that is a town is found as a town too, and is a region still.
    pub level: Level,
    /// Its name as it is written in an address: «г. Тверь», «Тверская область».
    pub name: String,
    /// The postal index of all of it, when it has one and the directory knows it.
    pub postcode: Option<String>,
    /// Where it lies, the nearest first: level and name.
    pub above: Vec<(Level, String)>,
}

/// How a name must fit what was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// Every typed word begins a word of the name.
    Begins,
    /// The words are the name's words.
    Whole,
}

/// A directory of addresses.
pub trait Directory: Send + Sync {
    /// At most `most` places of a level, anywhere under one of `parents` (in the whole country without any), whose names fit
    /// what was typed; the best first. Case, ё, hyphens, order of words and abbreviated kinds make no difference. An
    /// empty text finds nothing.
    fn find(&self, level: Level, parents: &[Id], typed: &str, fit: Fit, most: usize) -> Vec<Place>;

    /// A place by what the directory calls it.
    fn place(&self, id: Id) -> Option<Place>;

    /// The names of all regions, in order.
    fn regions(&self) -> Vec<String>;

    /// How many places it has.
    fn size(&self) -> usize;
}

/// The directory of a deployment: its own table, or the embedded sample.
///
/// # Errors
/// The line of the table that cannot be used, and why.
pub fn open(table: Option<&Path>, most_places: u32) -> Result<Arc<dyn Directory>, String> {
    Ok(match table {
        None => Arc::new(embedded::load()?),
        Some(file) => Arc::new(table::load(file, most_places)?),
    })
}
