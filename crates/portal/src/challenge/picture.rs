//! The picture of a challenge: characters written by an unsteady hand, bent together with what is drawn over them.
//!
//! What makes it hard for a program: characters touch and overlap, each has its own slant, size and pen, some are
//! outlines; the whole is bent; lines of the same ink cross it, lines of paper cut it into pieces that are no
//! characters. What keeps it easy for a person: nothing is small, the order is plain, no two characters are alike.

use super::glyphs::{self, Point};
use super::raster::Sheet;
use kernel::Rng;
use std::f32::consts::TAU;

/// The size in points of the picture; pages show it at two thirds, so that it is sharp on fine screens.
pub(super) const WIDTH: usize = 360;
pub(super) const HEIGHT: usize = 120;

/// Draws the characters; the same characters and chance give the same bytes. The result is a PNG of sixteen greys.
pub(super) fn draw(characters: &str, rng: &mut Rng) -> Vec<u8> {
    let bend = Bend::new(rng);
    let mut sheet = Sheet::new(WIDTH, HEIGHT);
    write(&mut sheet, characters, &bend, rng);
    for _ in 0..3 {
        sheet.erase(&across(rng), in_range(rng, 0.7, 1.1));
    }
    for _ in 0..3 {
        let radius = in_range(rng, 0.7, 1.4);
        let strength = in_range(rng, 0.6, 1.0);
        sheet.draw(&across(rng), |_| radius, strength);
    }
    for _ in 0..70 {
        let at = (in_range(rng, 0.0, WIDTH as f32), in_range(rng, 0.0, HEIGHT as f32));
        let radius = in_range(rng, 0.3, 1.3);
        let to = (at.0 + in_range(rng, -3.0, 3.0), at.1 + in_range(rng, -3.0, 3.0));
        sheet.draw(&[at, to], |_| radius, in_range(rng, 0.3, 0.9));
    }
    png(&print(&sheet, rng))
}

fn write(sheet: &mut Sheet, characters: &str, bend: &Bend, rng: &mut Rng) {
    let count = characters.chars().count().max(1) as f32;
    let step = (WIDTH as f32 - 44.0) / count;
    for (place, character) in characters.chars().enumerate() {
        let middle = (22.0 + step * (place as f32 + 0.5), HEIGHT as f32 * 0.5);
        let hand = Hand::new(rng, middle, step);
        let paths: Vec<Vec<Point>> = glyphs::strokes(character)
            .iter()
            .map(|stroke| {
                glyphs::points(stroke, 7).into_iter().map(|at| bend.moved(hand.placed(at))).collect()
            })
            .collect();
        let mut own = Sheet::new(WIDTH, HEIGHT);
        let swell = |place: usize| hand.pen * (1.0 + 0.22 * (place as f32 * 0.35 + hand.phase).sin());
        paths.iter().for_each(|path| own.draw(path, swell, 1.0));
        if hand.outline {
            let mut inner = Sheet::new(WIDTH, HEIGHT);
            paths.iter().for_each(|path| inner.draw(path, |place| swell(place) - 1.7, 1.0));
            own.subtract(&inner);
        }
        sheet.lay(&own);
    }
}

/// How one character is written.
struct Hand {
    middle: Point,
    size: f32,
    wide: f32,
    turn: f32,
    slant: f32,
    pen: f32,
    phase: f32,
    outline: bool,
}

impl Hand {
    fn new(rng: &mut Rng, middle: Point, step: f32) -> Hand {
        let outline = rng.below(4) == 0;
        // Slanted and bent, characters of this size just touch: apart they would be cut out easily, deeper in one
        // another people could not read them.
        let size = (step * in_range(rng, 1.25, 1.5)).min(HEIGHT as f32 * 0.72);
        Hand {
            middle: (middle.0 + in_range(rng, -2.0, 2.0), middle.1 + in_range(rng, -9.0, 9.0)),
            size,
            wide: in_range(rng, 0.74, 0.92),
            turn: in_range(rng, -0.25, 0.25),
            slant: in_range(rng, -0.2, 0.2),
            pen: if outline { in_range(rng, 3.6, 4.2) } else { in_range(rng, 2.4, 3.6) },
            phase: in_range(rng, 0.0, TAU),
            outline,
        }
    }

    /// Where a point of the glyph's box comes to lie on the sheet.
    fn placed(&self, (x, y): Point) -> Point {
        let (x, y) = ((x - 0.35) * self.wide, y - 0.5);
        let x = x - y * self.slant;
        let (sin, cos) = self.turn.sin_cos();
        (self.middle.0 + (x * cos - y * sin) * self.size, self.middle.1 + (x * sin + y * cos) * self.size)
    }
}

/// Bends the whole sheet by slow waves.
struct Bend {
    waves: [(f32, f32, f32); 4],
}

impl Bend {
    fn new(rng: &mut Rng) -> Bend {
        let mut wave = |least, most, long: f32| {
            (in_range(rng, least, most), TAU / (long * in_range(rng, 0.8, 1.3)), in_range(rng, 0.0, TAU))
        };
        Bend {
            waves: [wave(2.5, 4.5, 95.0), wave(1.5, 3.0, 60.0), wave(3.5, 6.5, 130.0), wave(1.5, 3.0, 55.0)],
        }
    }

    fn moved(&self, (x, y): Point) -> Point {
        let [a, b, c, d] = self.waves;
        let wave = |(high, often, phase): (f32, f32, f32), at: f32| high * (at * often + phase).sin();
        (x + wave(a, y) + wave(b, x), y + wave(c, x) + wave(d, y))
    }
}

/// A line from one side to the other through the height where characters stand.
fn across(rng: &mut Rng) -> Vec<Point> {
    let bend = Bend::new(rng);
    let mut level = || in_range(rng, HEIGHT as f32 * 0.2, HEIGHT as f32 * 0.8);
    let (left, middle, right) = (level(), level(), level());
    let steps = 48;
    let at = |step: usize| {
        let t = step as f32 / steps as f32;
        let y = (1.0 - t) * (1.0 - t) * left + 2.0 * t * (1.0 - t) * middle + t * t * right;
        bend.moved((t * (WIDTH as f32 + 20.0) - 10.0, y))
    };
    (0..=steps).map(at).collect()
}

/// Puts ink on uneven paper, with grain: sixteen greys, one byte a point, black is 0.
fn print(sheet: &Sheet, rng: &mut Rng) -> Vec<u8> {
    let shade = Bend::new(rng);
    let columns: Vec<f32> = (0..WIDTH).map(|x| 2.4 * shade.moved((x as f32, 0.0)).1).collect();
    let rows: Vec<f32> = (0..HEIGHT).map(|y| 2.4 * shade.moved((0.0, y as f32)).0).collect();
    let dark = in_range(rng, 20.0, 70.0);
    let mut grain = vec![0; WIDTH * HEIGHT];
    rng.fill(&mut grain);
    let mut greys = Vec::with_capacity(WIDTH * HEIGHT);
    for (y, row) in rows.iter().enumerate() {
        for (x, column) in columns.iter().enumerate() {
            let (paper, ink) = (218.0 + row + column, sheet.at(x, y));
            let noise = f32::from(grain.get(y * WIDTH + x).copied().unwrap_or(0)) / 255.0 - 0.5;
            let grey = paper * (1.0 - ink) + dark * ink + noise * 26.0;
            greys.push((grey.clamp(0.0, 255.0) / 17.0).round() as u8);
        }
    }
    greys
}

/// Two points of four bits in a byte, as a PNG.
fn png(greys: &[u8]) -> Vec<u8> {
    let packed: Vec<u8> = greys
        .chunks(2)
        .map(|pair| pair.first().copied().unwrap_or(0) << 4 | pair.get(1).copied().unwrap_or(0) & 15)
        .collect();
    let mut out = Vec::with_capacity(packed.len() + 200);
    let mut encoder = png::Encoder::new(&mut out, WIDTH as u32, HEIGHT as u32);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Four);
    encoder.set_compression(png::Compression::Fast);
    // Writing into memory cannot fail; if the encoder objects, an empty picture is what the caller reports.
    let written = encoder.write_header().and_then(|mut writer| writer.write_image_data(&packed));
    if written.is_ok() { out } else { Vec::new() }
}

/// A number between two others.
pub(super) fn in_range(rng: &mut Rng, least: f32, most: f32) -> f32 {
    let share = u32::from_le_bytes(rng.bytes()) as f32 / u32::MAX as f32;
    least + (most - least) * share
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(characters: &str, seed: u64) -> Vec<u8> {
        draw(characters, &mut Rng::seeded(seed))
    }

    #[test]
    fn the_same_seed_draws_the_same_picture_and_another_does_not() {
        assert_eq!(drawn("A2C4E6", 1), drawn("A2C4E6", 1));
        assert_ne!(drawn("A2C4E6", 1), drawn("A2C4E6", 2));
        assert_ne!(drawn("A2C4E6", 1), drawn("A2C4E7", 1));
    }

    #[test]
    fn it_is_a_png_of_the_promised_size_with_ink_on_it() {
        let bytes = drawn("KMPTEY", 3);
        assert!(bytes.len() < 30_000, "{}", bytes.len());
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
        let mut greys = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut greys).unwrap();
        assert_eq!((info.width as usize, info.height as usize), (WIDTH, HEIGHT));
        let dark = greys.iter().filter(|&&two| two >> 4 < 6).count() as f32 / greys.len() as f32;
        assert!((0.05..0.4).contains(&dark), "{dark}");
    }

    #[test]
    fn any_characters_are_drawn_without_a_panic() {
        for characters in ["", "0", "яяя", "AAAAAAAA", "A"] {
            assert!(!drawn(characters, 4).is_empty());
        }
    }
}
