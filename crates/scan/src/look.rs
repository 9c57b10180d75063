//! How well a person could read a picture: sharpness, light, glare, the document's place in the frame.
//!
//! Everything is measured on a grey copy of at most [`SIDE`] pixels, so that the figures mean the same for every camera.
//! The thresholds are in [`Rules`]; what each was measured on is in `docs/scans.md`, and the tests hold the figures.

pub use crate::picture::Grey;
use crate::{Advice, Rules};

/// The longer side of the copy that is measured, in pixels.
pub const SIDE: u32 = 1000;
/// The side of a block in pixels.
const BLOCK: usize = 16;
/// A block with at least this variance of lightness has structure.
const STRUCTURE: f32 = 160.0;
/// By how much a document differs from what it lies on, in lightness.
const CONTRAST: f32 = 20.0;

/// What was measured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Look {
    /// The upper quartile, over blocks with structure, of the variance of the Laplacian divided by the variance of
    /// lightness, both after a softening that takes away noise: independent of contrast; about 0.5 for sharp print, towards
    /// 0 when blurred.
    pub sharpness: f32,
    /// The lightness that 1 % of the pixels stay under.
    pub darkest: u8,
    /// The lightness that 95 % of the pixels stay under.
    pub lightest: u8,
    /// The share of the frame that is one burnt-out spot inside a document that is not itself white.
    pub glare: f32,
    /// The share of the frame that the document fills; `None` when it cannot be told from what it lies on.
    pub filled: Option<f32>,
    /// The document's longer side in pixels of the original, when it can be told.
    pub side: Option<u32>,
    /// The document leaves the frame at one side while its background is seen at another.
    pub cut: bool,
    /// The share of blocks with structure.
    pub text: f32,
}

/// Measures a picture whose original has a longer side of so many pixels; it is made smaller to [`SIDE`] first.
pub fn measure(grey: &Grey, original_side: u32) -> Look {
    let grey = &grey.shrunk(SIDE);
    let scale = original_side as f32 / grey.width.max(grey.height) as f32;
    let blocks = Blocks::of(grey, &softened(grey));
    let quantile = |part: f32| quantile(&grey.data, part);
    let (document, cut) = frame(&blocks);
    let area = |(across, down): (usize, usize)| (across * down) as f32 / blocks.all.len() as f32;
    let side = |(across, down): (usize, usize)| ((across.max(down) * BLOCK) as f32 * scale) as u32;
    Look {
        sharpness: sharpness(&blocks),
        darkest: quantile(0.01),
        lightest: quantile(0.95),
        glare: glare(&blocks, quantile(0.5)),
        filled: document.map(area),
        side: document.map(side),
        cut,
        text: blocks.share(|block| block.variance >= STRUCTURE),
    }
}

/// What to tell the person.
pub fn advice(look: &Look, rules: &Rules) -> Vec<Advice> {
    let plain = look.text < rules.text_share;
    let dark = look.lightest < rules.dark_ceiling;
    let bright = look.darkest > rules.bright_floor && !plain;
    let far = look.filled.is_some_and(|filled| filled < rules.frame_share)
        && look.side.is_some_and(|side| side < rules.document_side);
    let checks = [
        // Sharpness of nothing says nothing.
        (Advice::TooBlurred, look.sharpness < rules.sharpness_floor && !plain),
        (Advice::TooDark, dark),
        (Advice::TooBright, bright),
        (Advice::Glare, look.glare > rules.glare_share),
        (Advice::EdgesCut, look.cut),
        (Advice::SmallInFrame, far),
        (Advice::NotAPage, plain && !dark),
    ];
    checks.into_iter().filter(|(_, given)| *given).map(|(advice, _)| advice).collect()
}

/// Each pixel averaged with its neighbours, 1-2-1 across and down: takes away a camera's noise, which is finest, and leaves
/// the edges of print.
fn softened(grey: &Grey) -> Grey {
    let (width, height) = (grey.width as usize, grey.height as usize);
    let mut across = Vec::with_capacity(grey.data.len());
    for row in grey.data.chunks_exact(width) {
        for x in 0..width {
            let beside = u16::from(row[x.saturating_sub(1)]) + u16::from(row[(x + 1).min(width - 1)]);
            across.push(beside + 2 * u16::from(row[x]));
        }
    }
    let mut data = Vec::with_capacity(grey.data.len());
    for y in 0..height {
        let row = |y: usize| &across[y * width..(y + 1) * width];
        let (above, here, below) = (row(y.saturating_sub(1)), row(y), row((y + 1).min(height - 1)));
        let sums = above.iter().zip(here).zip(below);
        data.extend(sums.map(|((above, here), below)| ((above + 2 * here + below + 8) / 16) as u8));
    }
    Grey { width: grey.width, height: grey.height, data }
}

/// The value that a part of the pixels stays under.
fn quantile(data: &[u8], part: f32) -> u8 {
    let mut counts = [0_usize; 256];
    data.iter().for_each(|value| counts[usize::from(*value)] += 1);
    let wanted = (data.len() as f32 * part) as usize;
    let mut sum = 0;
    for (value, count) in (0_u8..=255).zip(counts) {
        sum += count;
        if sum > wanted {
            return value;
        }
    }
    255
}

/// A square of pixels.
#[derive(Clone, Copy, Debug, Default)]
struct Block {
    mean: f32,
    variance: f32,
    /// Variance of the Laplacian.
    edges: f32,
    /// The darkest pixel.
    darkest: u8,
}

struct Blocks {
    across: usize,
    down: usize,
    all: Vec<Block>,
}

impl Blocks {
    fn of(grey: &Grey, soft: &Grey) -> Blocks {
        let (across, down) = (grey.width as usize / BLOCK, grey.height as usize / BLOCK);
        let place = |index: usize| (index % across * BLOCK, index / across * BLOCK);
        let all = (0..across * down).map(|index| block(grey, soft, place(index))).collect();
        Blocks { across, down, all }
    }

    fn share(&self, wanted: impl Fn(&Block) -> bool) -> f32 {
        self.all.iter().filter(|block| wanted(block)).count() as f32 / self.all.len().max(1) as f32
    }

    fn at(&self, x: usize, y: usize) -> Block {
        self.all.get(y * self.across + x).copied().unwrap_or_default()
    }

    /// The size of the largest connected group of blocks, and its blocks.
    fn largest(&self, wanted: impl Fn(&Block) -> bool) -> (usize, Vec<usize>) {
        let mut seen: Vec<bool> = self.all.iter().map(|block| !wanted(block)).collect();
        let mut best = Vec::new();
        for start in 0..seen.len() {
            if seen[start] {
                continue;
            }
            seen[start] = true;
            let mut group = vec![start];
            let mut next = 0;
            while let Some(index) = group.get(next).copied() {
                next += 1;
                let (x, y) = (index % self.across, index / self.across);
                let beside = [(x.wrapping_sub(1), y), (x + 1, y), (x, y.wrapping_sub(1)), (x, y + 1)];
                for (x, y) in beside.into_iter().filter(|(x, y)| *x < self.across && *y < self.down) {
                    let index = y * self.across + x;
                    if !std::mem::replace(&mut seen[index], true) {
                        group.push(index);
                    }
                }
            }
            if group.len() > best.len() {
                best = group;
            }
        }
        (best.len(), best)
    }
}

fn block(grey: &Grey, soft: &Grey, (left, top): (usize, usize)) -> Block {
    let width = grey.width as usize;
    let (mut sum, mut squares, mut bends, mut bend_squares, mut darkest) = (0_u32, 0_u32, 0_i32, 0_i64, 255);
    for y in top..top + BLOCK {
        let row = &soft.data[y * width..(y + 1) * width];
        let above = &soft.data[y.saturating_sub(1) * width..][..width];
        let below = &soft.data[(y + 1).min(grey.height as usize - 1) * width..][..width];
        for x in left..left + BLOCK {
            let value = row[x];
            darkest = darkest.min(grey.data[y * width + x]);
            sum += u32::from(value);
            squares += u32::from(value) * u32::from(value);
            let beside = i32::from(row[x.saturating_sub(1)]) + i32::from(row[(x + 1).min(width - 1)]);
            let bend = beside + i32::from(above[x]) + i32::from(below[x]) - 4 * i32::from(value);
            bends += bend;
            bend_squares += i64::from(bend * bend);
        }
    }
    let count = (BLOCK * BLOCK) as f32;
    let mean = sum as f32 / count;
    let bend = bends as f32 / count;
    Block {
        mean,
        variance: squares as f32 / count - mean * mean,
        edges: bend_squares as f32 / count - bend * bend,
        darkest,
    }
}

fn sharpness(blocks: &Blocks) -> f32 {
    let rich = blocks.all.iter().filter(|block| block.variance >= STRUCTURE);
    let mut values: Vec<f32> = rich.map(|block| block.edges / block.variance).collect();
    values.sort_by(f32::total_cmp);
    values.get(values.len() * 3 / 4).copied().unwrap_or(0.0)
}

/// The largest burnt-out spot that does not touch the frame. White paper is not glare: where the middle of the picture is
/// itself near white, a spot cannot be told.
fn glare(blocks: &Blocks, middle: u8) -> f32 {
    if middle > 238 {
        return 0.0;
    }
    let (count, spot) = blocks.largest(|block| block.darkest >= 250);
    let inside = spot.iter().all(|index| {
        let (x, y) = (index % blocks.across, index / blocks.across);
        x > 0 && y > 0 && x + 1 < blocks.across && y + 1 < blocks.down
    });
    if inside { count as f32 / blocks.all.len().max(1) as f32 } else { 0.0 }
}

/// How many blocks across and down the document spans, and whether it leaves the frame.
///
/// A side of the frame is background when it is even and of another lightness than the middle. Blocks unlike the
/// background are the document.
fn frame(blocks: &Blocks) -> (Option<(usize, usize)>, bool) {
    if blocks.across < 8 || blocks.down < 8 {
        return (None, false);
    }
    let sides: Vec<Vec<Block>> = vec![
        (0..blocks.across).map(|x| blocks.at(x, 0)).collect(),
        (0..blocks.across).map(|x| blocks.at(x, blocks.down - 1)).collect(),
        (0..blocks.down).map(|y| blocks.at(0, y)).collect(),
        (0..blocks.down).map(|y| blocks.at(blocks.across - 1, y)).collect(),
    ];
    let middle = middle(blocks);
    let level = |side: &[Block]| median(side.iter().map(|block| block.mean).collect());
    let even = |side: &[Block], level: f32| {
        let alike =
            side.iter().filter(|b| (b.mean - level).abs() < CONTRAST && b.variance < STRUCTURE).count();
        alike * 10 >= side.len() * 7
    };
    let grounds = sides.iter().map(|side| (level(side), side));
    let ground = grounds
        .filter(|(level, side)| even(side, *level) && (level - middle).abs() > CONTRAST)
        .map(|(level, _)| level)
        .max_by(|one, other| (one - middle).abs().total_cmp(&(other - middle).abs()));
    let Some(ground) = ground else { return (None, false) };
    let is_document = |block: &Block| (block.mean - ground).abs() > CONTRAST;
    let (_, group) = blocks.largest(is_document);
    let xs = || group.iter().map(|index| index % blocks.across);
    let ys = || group.iter().map(|index| index / blocks.across);
    let span = |least: Option<usize>, most: Option<usize>| least.zip(most).map_or(0, |(a, b)| b - a + 1);
    let size = (span(xs().min(), xs().max()), span(ys().min(), ys().max()));
    // The document itself, not a shadow in a corner, runs along the side.
    let share_at = |on_side: &dyn Fn(usize, usize) -> bool, length: usize| {
        let count =
            group.iter().filter(|index| on_side(*index % blocks.across, *index / blocks.across)).count();
        count as f32 / length as f32
    };
    let touched = [
        share_at(&|_, y| y == 0, blocks.across),
        share_at(&|_, y| y + 1 == blocks.down, blocks.across),
        share_at(&|x, _| x == 0, blocks.down),
        share_at(&|x, _| x + 1 == blocks.across, blocks.down),
    ];
    let left = touched.iter().any(|share| *share > 0.3);
    let seen = touched.iter().any(|share| *share < 0.1);
    (Some(size), left && seen)
}

/// The lightness of the paper in the middle of the frame: its lighter blocks, those without print.
fn middle(blocks: &Blocks) -> f32 {
    let (x0, x1) = (blocks.across * 2 / 5, blocks.across * 3 / 5 + 1);
    let (y0, y1) = (blocks.down * 2 / 5, blocks.down * 3 / 5 + 1);
    let inner = (y0..y1).flat_map(|y| (x0..x1).map(move |x| (x, y)));
    let mut values: Vec<f32> = inner.map(|(x, y)| blocks.at(x, y).mean).collect();
    values.sort_by(f32::total_cmp);
    values.get(values.len() * 4 / 5).copied().unwrap_or(0.0)
}

fn median(mut values: Vec<f32>) -> f32 {
    values.sort_by(f32::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}
