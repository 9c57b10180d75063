//! Finding lines of evenly spaced characters: ink, its connected pieces, chains of pieces, the pitch of a chain.

use super::LENGTH;
use crate::picture::Grey;

/// Ink is darker than its surroundings by this part.
const DARKER: f32 = 0.80;
/// More pieces of ink than a page of print has: noise, not worth a search.
const MOST_PIECES: usize = 60_000;
/// The fewest pieces of a chain that may be a line of 44.
const FEWEST: usize = 30;
/// The most pairs of lines that are tried.
const MOST_PAIRS: usize = 6;

/// A line of characters on a regular grid.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Line {
    /// The centre of the first character that was seen.
    pub(super) start: (f32, f32),
    /// From one centre to the next.
    pub(super) step: (f32, f32),
    /// How many characters the seen stretch spans.
    pub(super) count: usize,
}

impl Line {
    /// The centre of a character; negative ones lie before the first that was seen.
    pub(super) fn centre(&self, index: f32) -> (f32, f32) {
        (self.start.0 + self.step.0 * index, self.start.1 + self.step.1 * index)
    }

    /// The same line upside down.
    pub(super) fn reversed(&self) -> Line {
        Line {
            start: self.centre(self.count as f32 - 1.0),
            step: (-self.step.0, -self.step.1),
            count: self.count,
        }
    }

    fn slope(&self) -> f32 {
        self.step.1 / self.step.0
    }

    fn y_at(&self, x: f32) -> f32 {
        self.start.1 + (x - self.start.0) * self.slope()
    }
}

/// Pairs of lines that lie to each other as in a passport, the lowest first.
pub(super) fn pairs(lines: &[Line]) -> Vec<(Line, Line)> {
    let mut found = Vec::new();
    for upper in lines {
        for lower in lines {
            let pitch = upper.step.0;
            let apart = (lower.y_at(upper.start.0) - upper.start.1) / pitch;
            let shift = (lower.start.0 - upper.start.0).abs() / pitch;
            let alike =
                (lower.step.0 / pitch - 1.0).abs() < 0.03 && (lower.slope() - upper.slope()).abs() < 0.03;
            if alike && (1.4..3.8).contains(&apart) && shift < 4.0 {
                found.push((upper.clone(), lower.clone()));
            }
        }
    }
    found.sort_by(|one, other| other.1.start.1.total_cmp(&one.1.start.1));
    found.truncate(MOST_PAIRS);
    found
}

/// All lines that could be one of a zone.
pub(super) fn lines(grey: &Grey) -> Vec<Line> {
    let pieces = pieces(&ink(grey), grey.width as usize);
    if pieces.len() > MOST_PIECES {
        return Vec::new();
    }
    chains(pieces).iter().filter_map(|chain| fit(chain)).collect()
}

/// Which pixels are darker than the mean around them.
fn ink(grey: &Grey) -> Vec<bool> {
    let (width, height) = (grey.width as usize, grey.height as usize);
    let reach = (width / 70).max(10);
    let row = width + 1;
    let mut sums = vec![0_u32; row * (height + 1)];
    for y in 0..height {
        let mut sum = 0;
        for x in 0..width {
            sum += u32::from(grey.data[y * width + x]);
            sums[(y + 1) * row + x + 1] = sums[y * row + x + 1].wrapping_add(sum);
        }
    }
    let mut out = Vec::with_capacity(width * height);
    for y in 0..height {
        let (top, bottom) = (y.saturating_sub(reach), (y + reach + 1).min(height));
        for x in 0..width {
            let (left, right) = (x.saturating_sub(reach), (x + reach + 1).min(width));
            let around = sums[bottom * row + right]
                .wrapping_add(sums[top * row + left])
                .wrapping_sub(sums[top * row + right])
                .wrapping_sub(sums[bottom * row + left]);
            let count = ((bottom - top) * (right - left)) as f32;
            out.push(f32::from(grey.data[y * width + x]) * count < around as f32 * DARKER);
        }
    }
    out
}

/// A connected piece of ink: its box.
#[derive(Clone, Copy, Debug)]
struct Piece {
    left: f32,
    right: f32,
    top: f32,
    bottom: f32,
}

impl Piece {
    fn centre(&self) -> (f32, f32) {
        ((self.left + self.right) / 2.0, (self.top + self.bottom) / 2.0)
    }

    fn height(&self) -> f32 {
        self.bottom - self.top
    }

    fn merged(&self, other: &Piece) -> Piece {
        Piece {
            left: self.left.min(other.left),
            right: self.right.max(other.right),
            top: self.top.min(other.top),
            bottom: self.bottom.max(other.bottom),
        }
    }
}

/// The pieces that have the size of characters. Runs of ink are joined with touching runs of the row above.
fn pieces(ink: &[bool], width: usize) -> Vec<Piece> {
    let mut boxes: Vec<Piece> = Vec::new();
    let mut parents: Vec<usize> = Vec::new();
    let mut above: Vec<(usize, usize, usize)> = Vec::new();
    for (y, row) in ink.chunks_exact(width).enumerate() {
        let mut here = Vec::new();
        let (mut x, mut next) = (0, 0);
        while x < width {
            if !row[x] {
                x += 1;
                continue;
            }
            let from = x;
            while x < width && row[x] {
                x += 1;
            }
            let me = parents.len();
            parents.push(me);
            boxes.push(Piece { left: from as f32, right: x as f32, top: y as f32, bottom: y as f32 + 1.0 });
            here.push((from, x, me));
            while above.get(next).is_some_and(|(_, end, _)| *end < from) {
                next += 1;
            }
            for (start, _, other) in above.iter().skip(next) {
                if *start > x {
                    break;
                }
                join(&mut parents, me, *other);
            }
        }
        above = here;
    }
    for index in 0..parents.len() {
        let root = find(&mut parents, index);
        if root != index {
            boxes[root] = boxes[root].merged(&boxes[index]);
        }
    }
    let tall = width as f32 / 14.0;
    let wanted = |piece: &Piece| {
        let (wide, high) = (piece.right - piece.left, piece.height());
        high >= 6.0 && high <= tall && wide <= high * 1.7 + 2.0 && wide >= 2.0
    };
    (0..parents.len())
        .filter(|index| parents[*index] == *index)
        .map(|index| boxes[index])
        .filter(wanted)
        .collect()
}

fn find(parents: &mut [usize], mut index: usize) -> usize {
    while parents[index] != index {
        parents[index] = parents[parents[index]];
        index = parents[index];
    }
    index
}

fn join(parents: &mut [usize], one: usize, other: usize) {
    let (one, other) = (find(parents, one), find(parents, other));
    // The older one stays the root.
    let (old, new) = (one.min(other), one.max(other));
    parents[new] = old;
}

/// Pieces that follow one another to the right at the distance of characters.
fn chains(mut pieces: Vec<Piece>) -> Vec<Vec<Piece>> {
    const BAND: f32 = 32.0;
    pieces.sort_by(|one, other| one.left.total_cmp(&other.left).then(one.top.total_cmp(&other.top)));
    let bands =
        pieces.iter().map(|piece| (piece.centre().1 / BAND) as usize).max().map_or(0, |most| most + 1);
    let mut by_band = vec![Vec::new(); bands];
    for (index, piece) in pieces.iter().enumerate() {
        by_band[(piece.centre().1 / BAND) as usize].push(index);
    }
    let next_of = |index: usize| {
        let piece = &pieces[index];
        let (x, y) = piece.centre();
        let reach = piece.height() * 2.6;
        let band = (y / BAND) as usize;
        let near = (band.saturating_sub(1)..=band + 1).filter_map(|band| by_band.get(band));
        let near = near.flat_map(|band| {
            let from = band.partition_point(|other| pieces[*other].left <= piece.left);
            band.iter().skip(from).take_while(|other| pieces[**other].left <= x + reach * 1.5)
        });
        near.filter_map(|other| {
            let (other_x, other_y) = pieces[*other].centre();
            let high = piece.height().max(pieces[*other].height());
            let low = piece.height().min(pieces[*other].height());
            let (across, down) = (other_x - x, (other_y - y).abs());
            let fits = across > high * 0.35 && across < high * 2.5 && down < high * 0.35 && low > high * 0.45;
            fits.then_some((*other, across + 2.0 * down))
        })
        .min_by(|one, other| one.1.total_cmp(&other.1))
        .map(|(other, _)| other)
    };
    let next: Vec<Option<usize>> = (0..pieces.len()).map(next_of).collect();
    let mut taken = vec![false; pieces.len()];
    let mut all = Vec::new();
    for start in 0..pieces.len() {
        let mut chain = Vec::new();
        let mut at = Some(start).filter(|start| !taken[*start]);
        while let Some(index) = at {
            taken[index] = true;
            chain.push(pieces[index]);
            at = next[index].filter(|next| !taken[*next]);
        }
        if chain.len() >= FEWEST {
            all.push(chain);
        }
    }
    all
}

/// The straight line and the pitch of a chain; `None` when it is no line of about 44.
fn fit(chain: &[Piece]) -> Option<Line> {
    let heights = median(chain.iter().map(Piece::height).collect());
    let solid: Vec<&Piece> = chain.iter().filter(|piece| piece.height() > heights * 0.6).collect();
    let centres: Vec<(f32, f32)> = solid.iter().map(|piece| piece.centre()).collect();
    let (base, slope) = straight(&centres)?;
    let spread = heights * 0.3;
    let near: Vec<f32> =
        centres.iter().filter(|(x, y)| (y - base - slope * x).abs() < spread).map(|(x, _)| *x).collect();
    if near.len() < FEWEST || slope.abs() > 0.2 {
        return None;
    }
    let steps = near.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let (pitch, phase) = rhythm(&near, median(steps))?;
    let index = |x: f32| ((x - phase) / pitch).round();
    let (first, last) = (index(*near.first()?), index(*near.last()?));
    let count = (last - first) as usize + 1;
    if !(LENGTH - 6..=LENGTH + 6).contains(&count) {
        return None;
    }
    let x = phase + first * pitch;
    Some(Line { start: (x, base + slope * x), step: (pitch, pitch * slope), count })
}

/// A straight line through most of the points: the median of slopes far apart, then the median height.
fn straight(points: &[(f32, f32)]) -> Option<(f32, f32)> {
    let half = points.len() / 2;
    let slopes: Vec<f32> = points
        .iter()
        .zip(points.iter().skip(half))
        .filter(|(one, other)| other.0 > one.0 + 1.0)
        .map(|(one, other)| (other.1 - one.1) / (other.0 - one.0))
        .collect();
    if slopes.is_empty() {
        return None;
    }
    let slope = median(slopes);
    let base = median(points.iter().map(|(x, y)| y - slope * x).collect());
    Some((base, slope))
}

/// The pitch at which the points stand most regularly, and where the grid begins.
fn rhythm(points: &[f32], guess: f32) -> Option<(f32, f32)> {
    let turns = |pitch: f32| {
        points.iter().fold((0.0_f32, 0.0_f32), |(cos, sin), x| {
            let angle = x / pitch * std::f32::consts::TAU;
            (cos + angle.cos(), sin + angle.sin())
        })
    };
    let candidates = (-150_i16..=150).map(|part| guess * (1.0 + f32::from(part) * 0.001));
    let (pitch, (cos, sin)) = candidates
        .filter(|pitch| *pitch > 4.0)
        .map(|pitch| (pitch, turns(pitch)))
        .max_by(|one, other| one.1.0.hypot(one.1.1).total_cmp(&other.1.0.hypot(other.1.1)))?;
    let regular = cos.hypot(sin) / points.len() as f32;
    (regular > 0.6).then_some((pitch, sin.atan2(cos) / std::f32::consts::TAU * pitch))
}

fn median(mut values: Vec<f32>) -> f32 {
    values.sort_by(f32::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}
