//! The sample inside the program: the regions, the towns, and the streets of some of them, as facts that everybody may
//! know, written down for this project. Its ids are numbers of its own, the same in every version that has the place.

use super::index::{Builder, Index, Row};
use super::{Id, Level};

/// The sample. A line `= CODE KIND NAME` begins a region; `+` tells its districts, `-` its towns, `> TOWN` the streets of
/// a town. Places stand between semicolons as `KIND NAME INDEX`, the index may be missing.
const SAMPLE: &str = include_str!("russia.txt");

/// Loads the sample.
///
/// # Errors
/// The line that cannot be used; a test loads the one that is shipped.
pub fn load() -> Result<Index, String> {
    read(SAMPLE)
}

fn read(sample: &str) -> Result<Index, String> {
    let mut reader = Reader { builder: Builder::default(), region: None, lines: Vec::new() };
    for (number, line) in (1_usize..).zip(sample.lines()) {
        reader.line(number, line.trim()).map_err(|why| format!("line {number} of the sample: {why}"))?;
    }
    let Reader { builder, lines, .. } = reader;
    let line = |row: usize| lines.get(row).copied().unwrap_or_default();
    builder.build().map_err(|trouble| format!("line {} of the sample: {}", line(trouble.row), trouble.why))
}

struct Reader<'a> {
    builder: Builder,
    region: Option<(Id, &'a str)>,
    lines: Vec<usize>,
}

impl<'a> Reader<'a> {
    fn line(&mut self, number: usize, line: &'a str) -> Result<(), String> {
        let (mark, rest) = line.split_at(line.find(' ').unwrap_or(line.len()));
        let rest = rest.trim();
        match mark {
            "" | "#" => Ok(()),
            "=" => self.region(number, rest),
            "+" => self.places(number, rest, Level::District, None),
            "-" => self.places(number, rest, Level::City, None),
            ">" => {
                let (town, streets) = rest.split_once(':').ok_or("expected > TOWN: STREETS")?;
                self.places(number, streets, Level::Street, Some(town.trim()))
            }
            _ => Err("expected a line that begins with = + - > or #".to_owned()),
        }
    }

    fn add(&mut self, number: usize, row: Row<'_>) -> Result<(), String> {
        self.lines.push(number);
        self.builder.add(row)
    }

    fn region(&mut self, number: usize, line: &'a str) -> Result<(), String> {
        let mut parts = line.splitn(3, ' ');
        let (Some(code), Some(kind), Some(rest)) = (parts.next(), parts.next(), parts.next()) else {
            return Err("expected = CODE KIND NAME".to_owned());
        };
        let (name, postcode) = split_postcode(rest);
        let id = Id::number(code.parse().map_err(|_| "a region's code is a number".to_owned())?);
        self.region = Some((id, name));
        self.add(number, Row { id, parent: None, level: Level::Region, kind, name, postcode })
    }

    /// Places of one line, in the region or in a town of it.
    fn places(&mut self, number: usize, line: &str, level: Level, town: Option<&str>) -> Result<(), String> {
        let (region, name_of_region) = self.region.ok_or("no region yet")?;
        let (parent, path) = match town {
            Some(town) if town == name_of_region => (region, town.to_owned()),
            Some(town) => (id(region, Level::City, town), town.to_owned()),
            None => (region, String::new()),
        };
        for place in line.split(';').map(str::trim).filter(|place| !place.is_empty()) {
            let (place, postcode) = split_postcode(place);
            let (kind, name) = match place.split_once(' ') {
                Some((kind, name)) if kind.chars().all(|c| c.is_lowercase() || c == '-') => (kind, name),
                _ => (if level == Level::District { "р-н" } else { "г" }, place),
            };
            let id = match level {
                Level::Street => id(region, level, &format!("{path}/{kind} {name}")),
                _ => id(region, level, name),
            };
            self.add(number, Row { id, parent: Some(parent), level, kind, name, postcode })?;
        }
        Ok(())
    }
}

/// `Тверь 170000` is a name and a postal index.
fn split_postcode(text: &str) -> (&str, &str) {
    match text.rsplit_once(' ') {
        Some((name, digits)) if digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_digit()) => {
            (name, digits)
        }
        _ => (text, ""),
    }
}

/// A number that depends on the place's name and region alone (FNV-1a).
fn id(region: Id, level: Level, name: &str) -> Id {
    let path = format!("{region}/{}/{name}", level.word());
    let step = |digest: u64, byte: u8| (digest ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    Id::number(path.bytes().fold(0xcbf2_9ce4_8422_2325, step))
}
