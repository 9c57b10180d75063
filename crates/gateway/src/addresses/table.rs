//! A deployment's own directory: a table of comma-separated values (RFC 4180), read once at the start.
//!
//! Invariants: a line that cannot be used refuses the whole table with its number and the reason, because half a directory
//! would be taken for the whole one; nothing is read beyond the bounds of a line and of the table.

use super::index::{Builder, Index, Row};
use super::{Id, Level};
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

/// The first line of a table.
pub const HEADER: &str = "id,parent,level,kind,name,postcode";
/// The longest line, in bytes.
const LONGEST_LINE: u64 = 2048;

/// Reads a table from a file.
///
/// # Errors
/// The line and the reason, or why the file cannot be read.
pub fn load(file: &Path, most_places: u32) -> Result<Index, String> {
    let told = |why: String| format!("{}: {why}", file.display());
    let opened = File::open(file).map_err(|error| told(error.to_string()))?;
    read(BufReader::new(opened), most_places).map_err(told)
}

/// Reads a table.
///
/// # Errors
/// The line and the reason.
pub fn read(mut table: impl BufRead, most_places: u32) -> Result<Index, String> {
    let mut builder = Builder::default();
    let (mut line, mut number, mut lines) = (Vec::new(), 0_usize, Vec::new());
    loop {
        line.clear();
        number += 1;
        let at = |why: &str| format!("line {number}: {why}");
        let read = table.by_ref().take(LONGEST_LINE + 1).read_until(b'\n', &mut line);
        let length = read.map_err(|error| at(&error.to_string()))?;
        if length == 0 {
            break;
        }
        if length as u64 > LONGEST_LINE {
            return Err(at(&format!("longer than {LONGEST_LINE} bytes")));
        }
        let text = std::str::from_utf8(&line).map_err(|_| at("not UTF-8"))?.trim_end_matches(['\n', '\r']);
        if number == 1 {
            if text.trim_start_matches('\u{feff}') != HEADER {
                return Err(at(&format!("expected {HEADER}")));
            }
            continue;
        }
        if text.is_empty() {
            continue;
        }
        if lines.len() >= most_places as usize {
            return Err(at(&format!("more than {most_places} places; see addresses.most_places")));
        }
        row(&mut builder, text).map_err(|why| at(&why))?;
        lines.push(u32::try_from(number).unwrap_or(u32::MAX));
    }
    if lines.is_empty() {
        return Err("no places".to_owned());
    }
    let line = |row: usize| lines.get(row).copied().unwrap_or_default();
    builder.build().map_err(|trouble| format!("line {}: {}", line(trouble.row), trouble.why))
}

fn row(builder: &mut Builder, text: &str) -> Result<(), String> {
    let cells = cells(text)?;
    let [id, parent, level, kind, name, postcode] = cells.as_slice() else {
        return Err(format!("{} columns, expected 6: {HEADER}", cells.len()));
    };
    let read = |column: &str, text: &str| {
        Id::parse(text).ok_or_else(|| format!("{column}: expected a GUID or a whole number"))
    };
    let parent = if parent.is_empty() { None } else { Some(read("parent", parent)?) };
    let level = Level::from_word(level)
        .ok_or_else(|| "level: expected region, district, city or street".to_owned())?;
    builder.add(Row { id: read("id", id)?, parent, level, kind, name, postcode })
}

/// The cells of a line, without their quotation marks.
fn cells(line: &str) -> Result<Vec<String>, String> {
    let (mut cells, mut rest) = (Vec::new(), line);
    loop {
        let (cell, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted_cell(quoted)?,
            None => {
                let end = rest.find(',').unwrap_or(rest.len());
                let (cell, after) = rest.split_at(end);
                if cell.contains('"') {
                    return Err("a quotation mark inside of a cell without them".to_owned());
                }
                (cell.to_owned(), after)
            }
        };
        cells.push(cell);
        match after.strip_prefix(',') {
            Some(more) => rest = more,
            None if after.is_empty() => return Ok(cells),
            None => return Err("something stands after the closing quotation mark".to_owned()),
        }
    }
}

/// The cell up to its closing mark, and what stands after it; a doubled mark is a mark.
fn quoted_cell(text: &str) -> Result<(String, &str), String> {
    let (mut cell, mut rest) = (String::new(), text);
    loop {
        let Some(end) = rest.find('"') else { return Err("a quotation mark is not closed".to_owned()) };
        cell.push_str(rest.get(..end).unwrap_or_default());
        rest = rest.get(end + 1..).unwrap_or_default();
        match rest.strip_prefix('"') {
            Some(more) => {
                cell.push('"');
                rest = more;
            }
            None => return Ok((cell, rest)),
        }
    }
}
