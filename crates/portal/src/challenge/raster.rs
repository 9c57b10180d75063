//! A sheet of grey paper and a round pen, with soft edges.

use super::glyphs::Point;

/// How much ink lies on each point of a sheet, 0 to 1.
pub(super) struct Sheet {
    pub(super) width: usize,
    pub(super) height: usize,
    ink: Vec<f32>,
}

impl Sheet {
    pub(super) fn new(width: usize, height: usize) -> Sheet {
        Sheet { width, height, ink: vec![0.0; width * height] }
    }

    /// Draws from point to point with a pen of this radius (at each point); ink covers, it does not add up.
    pub(super) fn draw(&mut self, points: &[Point], radius: impl Fn(usize) -> f32, strength: f32) {
        self.sweep(points, radius, |ink, cover| ink.max(cover * strength));
    }

    /// Takes ink away along a line.
    pub(super) fn erase(&mut self, points: &[Point], radius: f32) {
        self.sweep(points, |_| radius, |ink, cover| ink.min(1.0 - cover));
    }

    /// Takes away where another sheet has ink: turns a thick stroke into an outline.
    pub(super) fn subtract(&mut self, other: &Sheet) {
        for (ink, inner) in self.ink.iter_mut().zip(&other.ink) {
            *ink = (*ink - inner).max(0.0);
        }
    }

    /// Lays another sheet of the same size on this one.
    pub(super) fn lay(&mut self, other: &Sheet) {
        for (ink, above) in self.ink.iter_mut().zip(&other.ink) {
            *ink = ink.max(*above);
        }
    }

    /// The ink at a place.
    pub(super) fn at(&self, x: usize, y: usize) -> f32 {
        self.ink.get(y * self.width + x).copied().unwrap_or(0.0)
    }

    fn sweep(&mut self, points: &[Point], radius: impl Fn(usize) -> f32, apply: impl Fn(f32, f32) -> f32) {
        for (place, pair) in points.windows(2).enumerate() {
            if let &[a, b] = pair {
                self.segment(a, b, radius(place), &apply);
            }
        }
    }

    fn segment(&mut self, a: Point, b: Point, radius: f32, apply: &impl Fn(f32, f32) -> f32) {
        let reach = radius + 1.0;
        let columns = span(a.0.min(b.0) - reach, a.0.max(b.0) + reach, self.width);
        let rows = span(a.1.min(b.1) - reach, a.1.max(b.1) + reach, self.height);
        for y in rows {
            for x in columns.clone() {
                let cover = (radius + 0.5 - distance((x as f32, y as f32), a, b)).clamp(0.0, 1.0);
                if let Some(ink) = self.ink.get_mut(y * self.width + x).filter(|_| cover > 0.0) {
                    *ink = apply(*ink, cover);
                }
            }
        }
    }
}

/// The whole numbers from one border to the other that lie on the sheet.
fn span(from: f32, to: f32, limit: usize) -> std::ops::Range<usize> {
    let bound = |at: f32| at.clamp(0.0, limit as f32) as usize;
    bound(from.floor())..bound(to.ceil())
}

/// How far a point is from the line between two others.
fn distance(p: Point, a: Point, b: Point) -> f32 {
    let (along, up) = (b.0 - a.0, b.1 - a.1);
    let length = along * along + up * up;
    let t = if length > 0.0 { ((p.0 - a.0) * along + (p.1 - a.1) * up) / length } else { 0.0 };
    let t = t.clamp(0.0, 1.0);
    (p.0 - a.0 - along * t).hypot(p.1 - a.1 - up * t)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pen_covers_its_line_and_nothing_far_away() {
        let mut sheet = Sheet::new(20, 10);
        sheet.draw(&[(2.0, 5.0), (17.0, 5.0)], |_| 1.5, 1.0);
        assert_eq!((sheet.at(10, 5), sheet.at(10, 0)), (1.0, 0.0));
        sheet.erase(&[(10.0, 0.0), (10.0, 9.0)], 1.0);
        assert_eq!((sheet.at(10, 5), sheet.at(5, 5)), (0.0, 1.0));
    }

    #[test]
    fn lines_off_the_sheet_are_harmless() {
        let mut sheet = Sheet::new(4, 4);
        sheet.draw(&[(-50.0, -9.0), (f32::NAN, 3.0), (900.0, 40.0)], |_| 3.0, 1.0);
        assert_eq!((sheet.at(100, 100), sheet.width, sheet.height), (0.0, 4, 4));
    }
}
