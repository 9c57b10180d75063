//! Finding the same document twice.

use crate::picture::Grey;

/// What a picture looks like, in 64 bits, and the exact pixels as a digest.
///
/// The 64 bits say of a picture of 9 × 8 averages whether each is darker than its right neighbour. Encoding again, making
/// smaller and mild changes of light move a few bits; another document differs in about half.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Print {
    /// The looks. All zeros for a PDF without a picture.
    pub looks: u64,
    /// SHA-256 over size and pixels; of a PDF without a picture, over the clean copy.
    pub digest: [u8; 32],
}

/// Up to how many of the 64 bits two pictures of one sheet differ (measured: see `docs/scans.md`).
pub const SAME_LOOKS: u32 = 6;

impl Print {
    pub(crate) fn of(grey: &Grey, digest: [u8; 32]) -> Print {
        let tiny = grey.resized(9, 8);
        let mut looks = 0;
        for row in tiny.data.chunks(tiny.width as usize) {
            for pair in row.windows(2) {
                looks = looks << 1 | u64::from(pair[0] < pair[1]);
            }
        }
        Print { looks, digest }
    }

    /// How many bits of the looks differ, 0 to 64.
    pub const fn distance(&self, other: &Print) -> u32 {
        (self.looks ^ other.looks).count_ones()
    }

    /// Whether both show one sheet, as far as looks tell. A hint for a person, never a verdict.
    pub fn resembles(&self, other: &Print) -> bool {
        self.digest == other.digest || self.looks != 0 && self.distance(other) <= SAME_LOOKS
    }
}
