//! The characters of pictures as strokes of a pen, drawn for this purpose.
//!
//! A glyph stands in a box as high as 1 and about 0.7 wide; x grows to the right, y down. A stroke is either
//! straight from point to point or a smooth curve through them.

/// A point of the box.
pub(super) type Point = (f32, f32);

/// One movement of the pen.
pub(super) enum Stroke {
    /// Straight lines from point to point.
    Straight(&'static [Point]),
    /// A smooth curve through the points.
    Curved(&'static [Point]),
}

use Stroke::{Curved, Straight};

/// The strokes of a character; none for one that is not in the alphabet.
pub(super) const fn strokes(c: char) -> &'static [Stroke] {
    match c {
        'A' => &[Straight(&[(0.0, 1.0), (0.35, 0.0), (0.7, 1.0)]), Straight(&[(0.13, 0.66), (0.57, 0.66)])],
        'C' => &[Curved(&[
            (0.66, 0.2),
            (0.5, 0.03),
            (0.28, 0.02),
            (0.08, 0.22),
            (0.02, 0.5),
            (0.08, 0.78),
            (0.28, 0.98),
            (0.5, 0.97),
            (0.66, 0.8),
        ])],
        'E' => &[
            Straight(&[(0.62, 0.0), (0.05, 0.0), (0.05, 1.0), (0.64, 1.0)]),
            Straight(&[(0.05, 0.48), (0.52, 0.48)]),
        ],
        'H' => &[
            Straight(&[(0.05, 0.0), (0.05, 1.0)]),
            Straight(&[(0.63, 0.0), (0.63, 1.0)]),
            Straight(&[(0.05, 0.5), (0.63, 0.5)]),
        ],
        'K' => &[
            Straight(&[(0.05, 0.0), (0.05, 1.0)]),
            Straight(&[(0.63, 0.0), (0.05, 0.58)]),
            Straight(&[(0.22, 0.42), (0.67, 1.0)]),
        ],
        'M' => &[Straight(&[(0.0, 1.0), (0.06, 0.0), (0.38, 0.62), (0.7, 0.0), (0.76, 1.0)])],
        'P' => &[
            Straight(&[(0.06, 1.0), (0.06, 0.02)]),
            Curved(&[
                (0.06, 0.02),
                (0.35, 0.02),
                (0.58, 0.1),
                (0.64, 0.28),
                (0.57, 0.46),
                (0.35, 0.54),
                (0.06, 0.54),
            ]),
        ],
        'T' => &[Straight(&[(0.0, 0.0), (0.7, 0.0)]), Straight(&[(0.35, 0.0), (0.35, 1.0)])],
        'Y' => &[Straight(&[(0.0, 0.0), (0.35, 0.5), (0.7, 0.0)]), Straight(&[(0.35, 0.5), (0.35, 1.0)])],
        digit => digit_strokes(digit),
    }
}

const fn digit_strokes(c: char) -> &'static [Stroke] {
    match c {
        '2' => &[
            Curved(&[
                (0.04, 0.26),
                (0.13, 0.07),
                (0.34, 0.0),
                (0.55, 0.07),
                (0.62, 0.26),
                (0.5, 0.5),
                (0.25, 0.75),
                (0.03, 1.0),
            ]),
            Straight(&[(0.03, 1.0), (0.66, 1.0)]),
        ],
        '3' => &[
            Curved(&[(0.05, 0.12), (0.26, 0.0), (0.5, 0.06), (0.6, 0.23), (0.5, 0.41), (0.26, 0.47)]),
            Curved(&[(0.26, 0.47), (0.54, 0.54), (0.65, 0.74), (0.54, 0.94), (0.28, 1.0), (0.03, 0.88)]),
        ],
        '4' => &[Straight(&[(0.5, 1.0), (0.5, 0.0), (0.02, 0.7), (0.7, 0.7)])],
        '5' => &[
            Straight(&[(0.6, 0.0), (0.12, 0.0), (0.08, 0.45)]),
            Curved(&[
                (0.08, 0.45),
                (0.3, 0.38),
                (0.55, 0.46),
                (0.64, 0.68),
                (0.54, 0.9),
                (0.3, 1.0),
                (0.04, 0.9),
            ]),
        ],
        '6' => &[Curved(&[
            (0.56, 0.06),
            (0.36, 0.03),
            (0.15, 0.22),
            (0.04, 0.58),
            (0.09, 0.86),
            (0.32, 1.0),
            (0.56, 0.9),
            (0.63, 0.69),
            (0.54, 0.5),
            (0.32, 0.43),
            (0.1, 0.56),
        ])],
        '7' => &[Straight(&[(0.02, 0.0), (0.66, 0.0), (0.26, 1.0)])],
        '8' => &[
            Curved(&[
                (0.33, 0.46),
                (0.11, 0.36),
                (0.1, 0.13),
                (0.33, 0.0),
                (0.56, 0.13),
                (0.55, 0.36),
                (0.33, 0.46),
            ]),
            Curved(&[
                (0.33, 0.46),
                (0.07, 0.58),
                (0.05, 0.86),
                (0.33, 1.0),
                (0.61, 0.86),
                (0.59, 0.58),
                (0.33, 0.46),
            ]),
        ],
        '9' => &[Curved(&[
            (0.11, 0.94),
            (0.31, 0.97),
            (0.52, 0.78),
            (0.63, 0.42),
            (0.58, 0.14),
            (0.35, 0.0),
            (0.11, 0.1),
            (0.04, 0.31),
            (0.13, 0.5),
            (0.35, 0.57),
            (0.57, 0.44),
        ])],
        _ => &[],
    }
}

/// The points of a stroke, close enough together to bend: `steps` to each of its parts.
pub(super) fn points(stroke: &Stroke, steps: usize) -> Vec<Point> {
    let (through, curved) = match stroke {
        Straight(through) => (*through, false),
        Curved(through) => (*through, true),
    };
    let at =
        |place: usize| through.get(place.min(through.len().saturating_sub(1))).copied().unwrap_or_default();
    let mut points = Vec::with_capacity(through.len() * steps + 1);
    for part in 0..through.len().saturating_sub(1) {
        let four = [at(part.saturating_sub(1)), at(part), at(part + 1), at(part + 2)];
        for step in 0..steps {
            let t = step as f32 / steps as f32;
            points.push(if curved { spline(four, t) } else { between(four[1], four[2], t) });
        }
    }
    points.extend(through.last());
    points
}

fn between(a: Point, b: Point, t: f32) -> Point {
    (a.0 + (b.0 - a.0) * t, a.1 + (b.1 - a.1) * t)
}

/// A point of the Catmull-Rom curve from the second of four points to the third.
fn spline([a, b, c, d]: [Point; 4], t: f32) -> Point {
    let one = |a: f32, b: f32, c: f32, d: f32| {
        0.5 * (2.0 * b
            + (c - a) * t
            + (2.0 * a - 5.0 * b + 4.0 * c - d) * t * t
            + (3.0 * b - a - 3.0 * c + d) * t * t * t)
    };
    (one(a.0, b.0, c.0, d.0), one(a.1, b.1, c.1, d.1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::challenge::answer::ALPHABET;

    #[test]
    fn every_character_has_strokes_inside_its_box() {
        for &c in ALPHABET {
            let strokes = strokes(char::from(c));
            assert!(!strokes.is_empty(), "{}", char::from(c));
            for (x, y) in strokes.iter().flat_map(|stroke| points(stroke, 6)) {
                assert!(
                    (-0.05..=0.82).contains(&x) && (-0.05..=1.05).contains(&y),
                    "{} {x} {y}",
                    char::from(c)
                );
            }
        }
        assert!(strokes('0').is_empty());
    }
}
