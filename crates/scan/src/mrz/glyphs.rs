//! The shapes of the 37 characters.
//!
//! `glyphs.txt` was drawn from the OCR-B of Norbert Schwarz in the form of Matthew Skala (Debian's `fonts-ocr-b`; "You may
//! freely use, modify and/or distribute this file, without limitation"): a cell one pitch wide, darkness 0 to F.

/// Columns of a cell: one pitch.
pub(super) const WIDTH: usize = 16;
/// Rows of a cell: a pitch and a quarter.
pub(super) const HEIGHT: usize = 20;
/// Pixels of a cell.
pub(super) const AREA: usize = WIDTH * HEIGHT;

/// A character's darkness, with mean 0 and length 1.
pub(super) struct Template {
    pub(super) letter: char,
    pub(super) shape: [f32; AREA],
}

/// All 37, softened a little as cameras do.
pub(super) fn templates() -> Vec<Template> {
    let mut lines = include_str!("glyphs.txt").lines();
    let mut all = Vec::with_capacity(37);
    while let Some(letter) = lines.next().and_then(|line| line.chars().next()) {
        let digits = lines.by_ref().take(HEIGHT).flat_map(str::chars);
        let mut shape = [0.0; AREA];
        shape
            .iter_mut()
            .zip(digits)
            .for_each(|(value, digit)| *value = digit.to_digit(16).unwrap_or(0) as f32);
        let mut shape = softened(&shape);
        normalise(&mut shape);
        all.push(Template { letter, shape });
    }
    all
}

/// Averages with the neighbours, 1-2-1 across and down.
fn softened(shape: &[f32; AREA]) -> [f32; AREA] {
    let at = |x: usize, y: usize| if x < WIDTH && y < HEIGHT { shape[y * WIDTH + x] } else { 0.0 };
    std::array::from_fn(|index| {
        let (x, y) = (index % WIDTH, index / WIDTH);
        let row = |y: usize| at(x.wrapping_sub(1), y) + 2.0 * at(x, y) + at(x + 1, y);
        (row(y.wrapping_sub(1)) + 2.0 * row(y) + row(y + 1)) / 16.0
    })
}

/// Mean 0 and length 1; tells the length before. An even cell becomes zeros.
pub(super) fn normalise(shape: &mut [f32; AREA]) -> f32 {
    let mean = shape.iter().sum::<f32>() / AREA as f32;
    let length = shape.iter().map(|value| (value - mean) * (value - mean)).sum::<f32>().sqrt();
    let factor = if length > 1.0e-3 { 1.0 / length } else { 0.0 };
    shape.iter_mut().for_each(|value| *value = (*value - mean) * factor);
    length
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_has_a_shape_of_its_own() {
        let all = templates();
        let letters: String = all.iter().map(|template| template.letter).collect();
        assert_eq!(letters, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<");
        for (index, one) in all.iter().enumerate() {
            for other in &all[index + 1..] {
                let alike: f32 = one.shape.iter().zip(other.shape).map(|(a, b)| a * b).sum();
                assert!(alike < 0.97, "{} and {}: {alike}", one.letter, other.letter);
            }
        }
    }
}
