//! Reading a pair of lines: cells sampled along them, compared with the shapes, decided with the check digits.

use super::check;
use super::glyphs::{AREA, HEIGHT, Template, WIDTH, normalise};
use super::lines::Line;
use super::{LENGTH, MrzRead};
use crate::picture::Grey;

/// How far a character may stand beside its place, in pixels of a cell.
const SHIFT: usize = 2;
/// A character less like its best shape than this is none.
const LEAST_LIKE: f32 = 0.62;
/// The mean over both lines must be at least this.
const LEAST_MEAN: f32 = 0.76;
/// By this much the best must be clearer than the next where no check digit helps.
const LEAST_LEAD: f32 = 0.035;
/// Rivals within this distance may be taken instead, when a check digit asks for it.
const LOOKALIKE: f32 = 0.10;
/// Heights of characters against the standard's, as prints and perspectives vary.
const STRETCHES: [f32; 3] = [1.0, 0.9, 1.1];

/// How like each shape a cell is, in the order of the templates.
type Likeness = Vec<f32>;

/// Reads two lines; `None` unless everything fits.
pub(super) fn pair(grey: &Grey, upper: &Line, lower: &Line, templates: &[Template]) -> Option<MrzRead> {
    STRETCHES.iter().find_map(|stretch| {
        let first = cells(grey, upper, *stretch, templates)?;
        let second = cells(grey, lower, *stretch, templates)?;
        decide(&first, &second, templates)
    })
}

/// The likenesses of the 44 cells; where a line seems to have more or fewer, the start that fits best.
fn cells(grey: &Grey, line: &Line, stretch: f32, templates: &[Template]) -> Option<Vec<Likeness>> {
    let spare = line.count as i32 - LENGTH as i32;
    let (from, to) = (spare.min(0), spare.max(0));
    let all: Vec<Likeness> = (from..LENGTH as i32 + to)
        .map(|index| likeness(&patch(grey, line, index as f32, stretch), templates))
        .collect();
    let best = |cell: &Likeness| cell.iter().copied().fold(0.0, f32::max);
    let sum = |start: &usize| all.iter().skip(*start).take(LENGTH).map(best).sum::<f32>();
    let start = (0..=all.len() - LENGTH).max_by(|one, other| sum(one).total_cmp(&sum(other)))?;
    let cells: Vec<Likeness> = all.into_iter().skip(start).take(LENGTH).collect();
    let mean = cells.iter().map(best).sum::<f32>() / LENGTH as f32;
    (mean >= LEAST_MEAN).then_some(cells)
}

/// Columns and rows of a sampled patch: a cell and room to shift.
const WIDE: usize = WIDTH + 2 * SHIFT;
const HIGH: usize = HEIGHT + 2 * SHIFT;

/// Darkness around a character's place, upright.
fn patch(grey: &Grey, line: &Line, index: f32, stretch: f32) -> [f32; WIDE * HIGH] {
    let (x, y) = line.centre(index);
    let step = line.step(index);
    let (along_x, along_y) = (step.0 / WIDTH as f32, step.1 / WIDTH as f32);
    let (down_x, down_y) = (-along_y * stretch, along_x * stretch);
    std::array::from_fn(|place| {
        let across = (place % WIDE) as f32 - (WIDE as f32 - 1.0) / 2.0;
        let down = (place / WIDE) as f32 - (HIGH as f32 - 1.0) / 2.0;
        let mut sum = 0.0;
        for (dx, dy) in [(-0.25, -0.25), (0.25, -0.25), (-0.25, 0.25), (0.25, 0.25)] {
            let (across, down) = (across + dx, down + dy);
            // Centres were measured with pixel edges as whole numbers.
            sum += grey.between(
                x - 0.5 + across * along_x + down * down_x,
                y - 0.5 + across * along_y + down * down_y,
            );
        }
        255.0 - sum / 4.0
    })
}

/// The best likeness to each shape over all shifts.
fn likeness(patch: &[f32; WIDE * HIGH], templates: &[Template]) -> Likeness {
    let mut best = vec![0.0_f32; templates.len()];
    for shift in 0..(2 * SHIFT + 1) * (2 * SHIFT + 1) {
        let (right, down) = (shift % (2 * SHIFT + 1), shift / (2 * SHIFT + 1));
        let mut cell: [f32; AREA] =
            std::array::from_fn(|place| patch[(place / WIDTH + down) * WIDE + place % WIDTH + right]);
        // Nearly even paper is nothing.
        if normalise(&mut cell) < 60.0 {
            continue;
        }
        for (best, template) in best.iter_mut().zip(templates) {
            let like: f32 = cell.iter().zip(&template.shape).map(|(one, other)| one * other).sum();
            *best = best.max(like);
        }
    }
    best
}

/// A character chosen for a place.
#[derive(Clone, Copy)]
struct Choice {
    letter: char,
    like: f32,
    /// The next best that may stand there.
    rival: (char, f32),
}

fn choose(cell: &Likeness, templates: &[Template], may: impl Fn(char) -> bool) -> Choice {
    let mut choice = Choice { letter: '<', like: 0.0, rival: ('<', 0.0) };
    for (like, template) in cell.iter().zip(templates).filter(|(_, template)| may(template.letter)) {
        if *like > choice.like {
            choice.rival = (choice.letter, choice.like);
            (choice.letter, choice.like) = (template.letter, *like);
        } else if *like > choice.rival.1 {
            choice.rival = (template.letter, *like);
        }
    }
    choice
}

fn decide(first: &[Likeness], second: &[Likeness], templates: &[Template]) -> Option<MrzRead> {
    let line = |number: usize, cells: &[Likeness], digits: bool| -> Vec<Choice> {
        let cells = cells.iter().enumerate();
        cells
            .map(|(place, cell)| choose(cell, templates, |c| check::allowed(number, place, c, digits)))
            .collect()
    };
    // Russia's internal passports write some letters of names as digits (type `PN`).
    let plain = line(0, first, false);
    let internal = plain.get(1).is_some_and(|choice| choice.letter == 'N');
    let upper = if internal { line(0, first, true) } else { plain };
    let mut lower = line(1, second, false);
    if upper.iter().chain(&lower).any(|choice| choice.like < LEAST_LIKE) {
        return None;
    }
    let lead = |choice: &Choice| if choice.rival.1 > 0.0 { choice.like - choice.rival.1 } else { 1.0 };
    // The upper line has no check digits, nor have nationality and sex.
    let unchecked = upper.iter().chain(lower.get(10..13)?).chain(lower.get(20..21)?);
    let mut confidence = unchecked.map(lead).fold(1.0, f32::min);
    if confidence < LEAST_LEAD || !well_formed(&upper) {
        return None;
    }
    for field in 0..check::FIELDS.len() {
        mend(&mut lower, field);
    }
    let letters: Vec<char> = lower.iter().map(|choice| choice.letter).collect();
    if !(0..check::FIELDS.len()).all(|field| check::fits(&letters, field)) {
        return None;
    }
    confidence = lower.iter().map(|choice| lead(choice).max(LEAST_LEAD)).fold(confidence, f32::min);
    let text = |choices: &[Choice]| choices.iter().map(|choice| choice.letter).collect();
    Some(MrzRead { lines: [text(&upper), text(&lower)], confidence: confidence.clamp(0.0, 1.0) })
}

/// Names: at least one letter first, and nothing after three fillers but fillers.
fn well_formed(upper: &[Choice]) -> bool {
    let names: String = upper.iter().skip(5).map(|choice| choice.letter).collect();
    let named = names.chars().next().is_some_and(|first| first != '<');
    let rest = names.find("<<<").and_then(|at| names.get(at..)).unwrap_or("");
    named && rest.chars().all(|c| c == '<')
}

/// When a field's check digit is wrong, takes the one lookalike that makes it right, if there is exactly one.
fn mend(line: &mut [Choice], field: usize) {
    let mut letters: Vec<char> = line.iter().map(|choice| choice.letter).collect();
    let Some((stretches, at)) = check::FIELDS.get(field) else { return };
    if check::fits(&letters, field) {
        return;
    }
    let places = stretches.iter().flat_map(|(from, to)| *from..*to).chain([*at]);
    let mut found = Vec::new();
    for place in places {
        let choice = line[place];
        if choice.rival.1 < LEAST_LIKE || choice.like - choice.rival.1 > LOOKALIKE {
            continue;
        }
        letters[place] = choice.rival.0;
        if check::fits(&letters, field) {
            found.push(place);
        }
        letters[place] = choice.letter;
    }
    if let [place] = found.as_slice() {
        let choice = &mut line[*place];
        std::mem::swap(&mut choice.letter, &mut choice.rival.0);
        std::mem::swap(&mut choice.like, &mut choice.rival.1);
    }
}
