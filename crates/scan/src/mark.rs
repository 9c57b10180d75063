//! A kept scan for somebody else's eyes: smaller when wished, with words over all of it that say who looked and when.

use crate::font;
use crate::jpeg;
use crate::picture::{Colours, Picture};
use crate::{Kind, Rules, pdf, png};

/// The quality of what is shown: print stays readable.
const QUALITY: u8 = 85;
/// The longer side of the picture in dots of the font: the words are as high on every picture.
const DOTS: f32 = 420.0;
/// How much lighter or darker a dot makes its pixels, of 255.
const WEIGHT: i16 = 46;
/// Dots from the beginning of a letter to the next.
const ADVANCE: usize = 6;
/// Rows of dots from one line of words to the next.
const LINE: usize = 38;
/// Dots between the words and their repetition on the same line.
const GAP: usize = 18;
/// The slope of the lines: sine and cosine of about -24 degrees.
const SLOPE: (f32, f32) = (-0.407, 0.913);

/// A page of a kept scan as a JPEG with `words` over all of it (digits, Latin capitals, `-.:/`), its longer side at most
/// `side` pixels. `None` when there is no such page, or it is not a scanned image.
pub fn marked(clean: &[u8], page: usize, words: &str, side: u32, rules: &Rules) -> Option<Vec<u8>> {
    // A clean copy may be larger than what was uploaded.
    let rules = &Rules { max_bytes: rules.max_clean.max(rules.max_bytes), ..rules.clone() };
    let picture = match crate::kind_of(clean)? {
        Kind::Pdf => pdf::page(clean, page, rules)?,
        _ if page > 0 => return None,
        Kind::Jpeg => jpeg::decode(&jpeg::walk(clean, rules).ok()?, rules).ok()?,
        Kind::Png => png::picture(clean, rules)?,
    };
    let mut shown = picture.shrunk(side).upright();
    over(&mut shown, &words.chars().map(font::rows).collect::<Vec<_>>());
    jpeg::encode(&shown, &jpeg::Plan::of_quality(QUALITY), usize::MAX)
}

fn over(picture: &mut Picture, letters: &[[u8; 7]]) {
    let (width, samples) = (picture.width as usize, picture.colours.samples());
    let dot = (picture.width.max(picture.height) as f32 / DOTS).max(1.0);
    let period = letters.len() * ADVANCE + GAP;
    let colours = picture.colours;
    for (at, pixel) in picture.data.chunks_exact_mut(samples).enumerate() {
        let (x, y) = ((at % width) as f32 / dot, (at / width) as f32 / dot);
        let along = SLOPE.1.mul_add(x, SLOPE.0 * y) + 10_000.0;
        let down = SLOPE.1.mul_add(y, -SLOPE.0 * x) + 10_000.0;
        if is_dot(letters, along as usize, down as usize, period) {
            shade(pixel, colours);
        }
    }
}

/// Whether the plane of endless words has a dot there; every other line begins half a period later.
fn is_dot(letters: &[[u8; 7]], along: usize, down: usize, period: usize) -> bool {
    let (line, row) = (down / LINE, down % LINE);
    let column = (along + (line % 2) * (period / 2)) % period;
    let (letter, dot) = (column / ADVANCE, column % ADVANCE);
    let bits = letters.get(letter).and_then(|rows| rows.get(row)).copied().unwrap_or(0);
    dot < 5 && bits & (16 >> dot) != 0
}

/// Darkens what is light and lightens what is dark: seen on everything, hiding nothing.
fn shade(pixel: &mut [u8], colours: Colours) {
    let lightness = match (colours, &*pixel) {
        (Colours::Rgb, [red, green, blue]) => {
            (u16::from(*red) + 2 * u16::from(*green) + u16::from(*blue)) / 4
        }
        (_, [first, ..]) => u16::from(*first),
        _ => 0,
    };
    let change = if lightness > 110 { -WEIGHT } else { WEIGHT };
    // Of lightness and colour differences only the lightness is changed.
    let changed = if colours == Colours::Rgb { 3 } else { 1 };
    for sample in pixel.iter_mut().take(changed) {
        *sample = u8::try_from((i16::from(*sample) + change).clamp(0, 255)).unwrap_or(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::Turn;

    fn plain(width: u32, height: u32, light: u8) -> Picture {
        let data = vec![light; (width * height * 3) as usize];
        Picture::new(width, height, Colours::Rgb, data, Turn::default()).unwrap()
    }

    #[test]
    fn words_lie_over_every_part_of_light_and_dark_pictures() {
        let letters: Vec<_> = "REVIEW 2026".chars().map(font::rows).collect();
        for light in [0, 60, 128, 255] {
            let mut picture = plain(840, 600, light);
            over(&mut picture, &letters);
            // Cut into nine parts, each has changed pixels, and far from all of them.
            for part in 0..9 {
                let (left, top) = ((part % 3) * 280, (part / 3) * 200);
                let changed = (0..200 * 280)
                    .map(|at| (left + at % 280, top + at / 280))
                    .filter(|(x, y)| picture.data[(y * 840 + x) * 3] != light)
                    .count();
                assert!((500..28_000).contains(&changed), "{light}, part {part}: {changed} of 56000");
            }
        }
    }

    #[test]
    fn no_words_change_nothing_and_no_picture_is_no_page() {
        let mut picture = plain(400, 300, 200);
        over(&mut picture, &[]);
        assert!(picture.data.iter().all(|sample| *sample == 200));
        let rules = Rules::default();
        for (bytes, page) in [(&b"%PDF-1.4 nothing"[..], 0), (b"", 0), (b"\xFF\xD8\xFF", 0), (b"text", 0)] {
            assert_eq!(marked(bytes, page, "X", 500, &rules), None);
        }
    }
}
