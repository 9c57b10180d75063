//! Judges scans of documents: what a file really is, whether it is safe to keep, and whether a person can read it.
//!
//! Pure: bytes in, verdict out; no files, no clock, no chance. The same bytes give the same answer.
//!
//! Invariants:
//! - The kind is told by the content alone, walked from its first byte to its last; names and headers play no part.
//! - Nothing of a picture is decoded before its dimensions were held against [`Rules`]; what is unpacked is bounded.
//! - What is kept ([`Inspected::clean`]) is written by this crate from what it understood, never a copy of the input:
//!   pictures are decoded and encoded again, PDF files are rebuilt from the pages that can be reached. So nothing that
//!   was hidden before, behind or between survives.
//! - A refusal is an outcome, not an error; no input makes this crate panic.

pub mod look;
pub mod mrz;

mod font;
mod jpeg;
mod mark;
mod pdf;
mod picture;
mod png;
mod print;
mod rules;

pub use mark::marked;
pub use mrz::MrzRead;
pub use print::Print;
pub use rules::Rules;

use picture::Picture;
use std::fmt;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// JPEG: baseline, extended sequential or progressive, 8 bits, Huffman.
    Jpeg,
    /// PNG; of an animated one only the still picture.
    Png,
    /// PDF 1.0 to 2.0.
    Pdf,
}

impl Kind {
    /// The media type of the clean copy.
    pub const fn media_type(self) -> &'static str {
        match self {
            Kind::Jpeg => "image/jpeg",
            Kind::Png => "image/png",
            Kind::Pdf => "application/pdf",
        }
    }
}

/// A scan that may be kept.
#[derive(Clone)]
pub struct Inspected {
    /// What it is.
    pub kind: Kind,
    /// The copy to keep: one kind only, upright, without metadata.
    pub clean: Vec<u8>,
    /// A small JPEG of the picture, or of a PDF's first page when that page is one scanned image; otherwise empty.
    pub preview: Vec<u8>,
    /// Width in pixels as a person sees it; of a PDF, the first page's image, or 0.
    pub width: u32,
    /// Height in pixels as a person sees it.
    pub height: u32,
    /// Pages; 1 for a picture.
    pub pages: usize,
    /// What the person should do better. Advice is never a refusal.
    pub advice: Vec<Advice>,
    /// For finding duplicates.
    pub print: Print,
    /// The machine-readable zone, when one was read beyond doubt.
    pub mrz: Option<MrzRead>,
}

impl fmt::Debug for Inspected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inspected")
            .field("kind", &self.kind)
            .field("clean", &self.clean.len())
            .field("preview", &self.preview.len())
            .field("size", &(self.width, self.height))
            .field("pages", &self.pages)
            .field("advice", &self.advice)
            .field("mrz", &self.mrz.is_some())
            .finish_non_exhaustive()
    }
}

/// What could be better about a readable scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Advice {
    /// Small print will not be readable.
    TooBlurred,
    /// Too little light.
    TooDark,
    /// Too much light: the ink is washed out.
    TooBright,
    /// A burnt-out spot on the document.
    Glare,
    /// The document leaves the frame.
    EdgesCut,
    /// The document fills too little of the frame.
    SmallInFrame,
    /// Nothing that looks like print: a blank or plain picture.
    NotAPage,
}

/// Why a file is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No bytes.
    Empty,
    /// More bytes than [`Rules::max_bytes`].
    TooBig,
    /// Neither JPEG, PNG nor PDF.
    UnknownType,
    /// It begins as one kind but holds what this kind does not hold: a file of two kinds.
    NotWhatItSays,
    /// Damaged or cut short.
    Broken,
    /// Sound, but of a sort that is not read; which one.
    Unsupported(&'static str),
    /// A side shorter than [`Rules::min_side`].
    TooSmall,
    /// More pixels, or more memory to decode them, than the rules allow.
    TooManyPixels,
    /// It unpacks to much more than it is, or costs much more than it should.
    Bomb,
    /// A PDF with a password or restrictions.
    Encrypted,
    /// A PDF that would do something when opened; what.
    ActiveContent {
        /// The name of the action or attachment, as PDF calls it.
        what: &'static str,
    },
    /// A PDF of more pages than [`Rules::max_pages`].
    TooManyPages,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

impl std::error::Error for Refusal {}

/// Judges a file.
///
/// # Errors
/// The reason why it must not be kept.
pub fn inspect(bytes: &[u8], rules: &Rules) -> Result<Inspected, Refusal> {
    if bytes.is_empty() {
        return Err(Refusal::Empty);
    }
    if bytes.len() > rules.max_bytes {
        return Err(Refusal::TooBig);
    }
    match kind_of(bytes) {
        Some(Kind::Jpeg) => jpeg::inspect(bytes, rules),
        Some(Kind::Png) => png::inspect(bytes, rules),
        Some(Kind::Pdf) => pdf::inspect(bytes, rules),
        None => Err(Refusal::UnknownType),
    }
}

/// The kind that the first bytes promise.
pub fn kind_of(bytes: &[u8]) -> Option<Kind> {
    match bytes {
        [0xFF, 0xD8, 0xFF, ..] => Some(Kind::Jpeg),
        _ if bytes.starts_with(png::SIGNATURE) => Some(Kind::Png),
        _ if bytes.starts_with(b"%PDF-") => Some(Kind::Pdf),
        _ => None,
    }
}

/// Everything that is found out from pixels.
fn judged(kind: Kind, clean: Vec<u8>, picture: Picture, rules: &Rules) -> Inspected {
    let (width, height) = picture.seen_size();
    let digest = picture.digest();
    let working = picture.shrunk(mrz::WORKING_SIDE).upright();
    drop(picture);
    let grey = working.grey();
    let small = grey.shrunk(look::SIDE);
    Inspected {
        kind,
        clean,
        preview: jpeg::preview(&working.shrunk(rules.preview_side)),
        width,
        height,
        pages: 1,
        advice: look::advice(&look::measure(&small, width.max(height)), rules),
        print: Print::of(&small, digest),
        mrz: mrz::read(&grey),
    }
}

/// Holds dimensions and the memory that decoding needs against the rules.
fn check_size(width: u32, height: u32, memory: u64, rules: &Rules) -> Result<(), Refusal> {
    let pixels = u64::from(width) * u64::from(height);
    if pixels == 0 {
        return Err(Refusal::Broken);
    }
    if width.max(height) > rules.max_side || pixels > rules.max_pixels || memory > rules.max_memory {
        return Err(Refusal::TooManyPixels);
    }
    if width.min(height) < rules.min_side {
        return Err(Refusal::TooSmall);
    }
    Ok(())
}

/// A baseline JPEG of rows of red, green and blue; quality 1 to 100. For pictures that the product itself makes.
///
/// `None` when the data are not `width × height × 3` bytes or a side is longer than JPEG allows (65 535).
pub fn jpeg_of(width: u32, height: u32, rgb: Vec<u8>, quality: u8) -> Option<Vec<u8>> {
    let picture = Picture::new(width, height, picture::Colours::Rgb, rgb, picture::Turn::default())?;
    jpeg::encode(&picture, &jpeg::Plan::of_quality(quality), usize::MAX)
}
