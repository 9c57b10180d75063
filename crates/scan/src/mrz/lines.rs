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

/// A line of characters on a grid that may narrow and bend a little, as a camera's view and an open book make it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Line {
    /// Where the centre of character k lies across: a + b·k + c·k².
    x: [f32; 3],
    /// And down.
    y: [f32; 3],
    /// How many characters the seen stretch spans.
    pub(super) count: usize,
}

impl Line {
    /// The centre of a character; negative ones lie before the first that was seen.
    pub(super) fn centre(&self, index: f32) -> (f32, f32) {
        let at = |[a, b, c]: [f32; 3]| a + (b + c * index) * index;
        (at(self.x), at(self.y))
    }

    /// From a centre towards the next.
    pub(super) fn step(&self, index: f32) -> (f32, f32) {
        let at = |[_, b, c]: [f32; 3]| b + 2.0 * c * index;
        (at(self.x), at(self.y))
    }

    /// The same line upside down.
    pub(super) fn reversed(&self) -> Line {
        let last = self.count as f32 - 1.0;
        let turn = |[a, b, c]: [f32; 3]| [a + (b + c * last) * last, -b - 2.0 * c * last, c];
        Line { x: turn(self.x), y: turn(self.y), count: self.count }
    }

    fn middle(&self) -> f32 {
        (self.count as f32 - 1.0) / 2.0
    }
}

/// Pairs of lines that lie to each other as in a passport, the lowest first.
pub(super) fn pairs(lines: &[Line]) -> Vec<(Line, Line)> {
    let mut found = Vec::new();
    for upper in lines {
        for lower in lines {
            let (one, other) = (upper.step(upper.middle()), lower.step(lower.middle()));
            let (from, to) = (upper.centre(upper.middle()), lower.centre(lower.middle()));
            let slope = one.1 / one.0;
            let apart = (to.1 - from.1 - (to.0 - from.0) * slope) / one.0;
            let shift = ((to.0 - from.0) + (to.1 - from.1) * slope).abs() / one.0;
            let alike = (other.0 / one.0 - 1.0).abs() < 0.05 && (other.1 / other.0 - slope).abs() < 0.04;
            if alike && (1.4..3.8).contains(&apart) && shift < 5.0 {
                found.push((upper.clone(), lower.clone()));
            }
        }
    }
    found.sort_by(|one, other| other.1.y[0].total_cmp(&one.1.y[0]));
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
    let near: Vec<(f32, f32)> =
        centres.iter().copied().filter(|(x, y)| (y - base - slope * x).abs() < spread).collect();
    if near.len() < FEWEST || slope.abs() > 0.2 {
        return None;
    }
    let steps = near.windows(2).map(|pair| pair[1].0 - pair[0].0).collect();
    let across: Vec<f32> = near.iter().map(|(x, _)| *x).collect();
    let usual = median(steps);
    let (mut x, mut y) = (rhythm(&across, usual).or_else(|| in_turn(&across, usual))?, [0.0; 3]);
    let mut last = 0.0_f32;
    // Each round places the characters better, so that more of them find their number.
    for _ in 0..3 {
        let placed = near.iter().filter_map(|point| Some((number(point.0, x, usual)?, *point)));
        let placed: Vec<(f32, (f32, f32))> = placed.collect();
        if placed.len() < FEWEST {
            return None;
        }
        last = placed.iter().map(|(index, _)| *index).fold(0.0, f32::max);
        x = parabola(placed.iter().map(|(index, (x, _))| (*index, *x)))?;
        y = parabola(placed.iter().map(|(index, (_, y))| (*index, *y)))?;
    }
    let count = last as usize + 1;
    let steady = x[2].abs() * last < usual * 0.15;
    (steady && (LENGTH - 6..=LENGTH + 6).contains(&count)).then_some(Line { x, y, count })
}

/// Which character of the line stands at a place; `None` between two.
fn number(place: f32, x: [f32; 3], pitch: f32) -> Option<f32> {
    let mut index = (place - x[0]) / pitch;
    for _ in 0..4 {
        let error = place - (x[0] + (x[1] + x[2] * index) * index);
        index += error / (x[1] + 2.0 * x[2] * index).max(pitch * 0.5);
    }
    ((index - index.round()).abs() < 0.36 && index > -0.5).then_some(index.round())
}

/// The parabola with the least squares through points.
fn parabola(points: impl Iterator<Item = (f32, f32)>) -> Option<[f32; 3]> {
    let (mut powers, mut products) = ([0.0_f64; 5], [0.0_f64; 3]);
    for (index, value) in points {
        let mut power = 1.0;
        for (degree, sum) in powers.iter_mut().enumerate() {
            *sum += power;
            if let Some(product) = products.get_mut(degree) {
                *product += power * f64::from(value);
            }
            power *= f64::from(index);
        }
    }
    let [n, s1, s2, s3, s4] = powers;
    let solve = |[t0, t1, t2]: [f64; 3], [a, b, c]: [f64; 3], [d, e, f]: [f64; 3]| {
        t0 * (b * f - c * e) - t1 * (a * f - c * d) + t2 * (a * e - b * d)
    };
    let columns = [[n, s1, s2], [s1, s2, s3], [s2, s3, s4]];
    let whole = solve(columns[0], columns[1], columns[2]);
    if whole.abs() < 1.0e-6 {
        return None;
    }
    let part = |index: usize| {
        let mut changed = columns;
        changed[index] = products;
        (solve(changed[0], changed[1], changed[2]) / whole) as f32
    };
    Some([part(0), part(1), part(2)])
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

/// The grid on which the points stand most regularly; `None` when one pitch does not fit them all.
fn rhythm(points: &[f32], guess: f32) -> Option<[f32; 3]> {
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
    let phase = sin.atan2(cos) / std::f32::consts::TAU * pitch;
    let first = ((points.first()? - phase) / pitch).round();
    (regular > 0.75).then_some([phase + first * pitch, pitch, 0.0])
}

/// The grid by counting from one point to the next, with the pitch of the neighbourhood: for strong perspective.
fn in_turn(points: &[f32], guess: f32) -> Option<[f32; 3]> {
    const AROUND: usize = 6;
    let steps: Vec<f32> = points.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let mut counted = vec![(0.0, *points.first()?)];
    for (index, place) in points.iter().enumerate().skip(1) {
        let near =
            steps.get(index.saturating_sub(AROUND)..(index + AROUND).min(steps.len())).unwrap_or(&steps);
        let single = near.iter().copied().filter(|step| (0.6..1.5).contains(&(step / guess))).collect();
        let (number, from) = *counted.last()?;
        let passed = ((place - from) / median(single).max(1.0)).round();
        // A second piece of one character is passed over.
        if passed >= 1.0 {
            counted.push((number + passed, *place));
        }
    }
    parabola(counted.into_iter())
}

fn median(mut values: Vec<f32>) -> f32 {
    values.sort_by(f32::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}
