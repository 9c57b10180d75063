//! The machine-readable zone of a passport: two lines of 44 characters (ICAO Doc 9303-4, form TD3), read from a page.
//!
//! Found at any quarter turn and a few degrees askew, read by comparing with the shapes of OCR-B. All five check digits
//! must be right, and a character that no check digit covers must be beyond doubt; otherwise there is no reading:
//! none is better than a wrong one. The measured rates are in `docs/scans.md`.

mod check;
mod glyphs;
mod lines;
mod read;

use crate::picture::Grey;
use std::fmt;

/// The longer side of the picture that is searched, in pixels. An A4 sheet has 7 pixels a millimetre then, a character 17.
pub const WORKING_SIDE: u32 = 2000;
/// Characters in each line.
pub const LENGTH: usize = 44;

/// A zone that was read.
#[derive(Clone, PartialEq)]
pub struct MrzRead {
    /// Upper and lower line, 44 characters each: `A` to `Z`, `0` to `9`, `<`.
    pub lines: [String; 2],
    /// How much clearer the least clear character is than its rival: 0 (a coin's toss) to 1.
    pub confidence: f32,
}

impl MrzRead {
    /// Both lines, as `kernel::ids::Mrz` takes them.
    pub fn text(&self) -> String {
        self.lines.join("\n")
    }
}

impl fmt::Debug for MrzRead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MrzRead(…, {:.2})", self.confidence)
    }
}

/// Looks for the zone and reads it.
pub fn read(grey: &Grey) -> Option<MrzRead> {
    let grey = grey.shrunk(WORKING_SIDE);
    let templates = glyphs::templates();
    in_rows(&grey, &templates).or_else(|| in_rows(&grey.turned(), &templates))
}

/// Tries every pair of lines, the right way up and upside down.
fn in_rows(grey: &Grey, templates: &[glyphs::Template]) -> Option<MrzRead> {
    lines::pairs(&lines::lines(grey)).into_iter().find_map(|(upper, lower)| {
        let turned = (lower.reversed(), upper.reversed());
        read::pair(grey, &upper, &lower, templates)
            .or_else(|| read::pair(grey, &turned.0, &turned.1, templates))
    })
}
