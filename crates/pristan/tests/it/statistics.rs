//! Whether two rows of times differ: the Mann–Whitney test, which asks nothing of their distribution.

/// What comparing two rows gives.
#[derive(Debug)]
pub struct Difference {
    /// How probable so great a difference is by chance.
    pub p: f64,
    /// The rank-biserial effect, 0 to 1.
    pub effect: f64,
    /// Between the medians.
    pub medians_apart: f64,
}

/// Compares two rows of the same length or not; both must have values.
pub fn compare(a: &[f64], b: &[f64]) -> Difference {
    let (n, m) = (a.len() as f64, b.len() as f64);
    let mut all: Vec<(f64, bool)> =
        a.iter().map(|x| (*x, true)).chain(b.iter().map(|x| (*x, false))).collect();
    all.sort_by(|x, y| x.0.total_cmp(&y.0));
    // Ties are rare among times in nanoseconds: each value has a rank of its own.
    let ranks_of_a: f64 =
        all.iter().enumerate().filter(|(_, (_, is_a))| *is_a).map(|(index, _)| index as f64 + 1.0).sum();
    let u = ranks_of_a - n * (n + 1.0) / 2.0;
    let z = (u - n * m / 2.0).abs() / (n * m * (n + m + 1.0) / 12.0).sqrt();
    Difference {
        p: 2.0 * upper_tail(z),
        effect: (2.0 * u / (n * m) - 1.0).abs(),
        medians_apart: (median(a) - median(b)).abs(),
    }
}

fn median(row: &[f64]) -> f64 {
    let mut row = row.to_vec();
    row.sort_by(f64::total_cmp);
    row[row.len() / 2]
}

/// The chance that a normal variable exceeds `z` (Abramowitz and Stegun 26.2.17, error under 1e-7).
fn upper_tail(z: f64) -> f64 {
    let t = 1.0 / (1.0 + 0.231_641_9 * z);
    let polynomial = t
        * (0.319_381_530
            + t * (-0.356_563_782 + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))));
    (-z * z / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt() * polynomial
}

#[test]
fn equal_rows_do_not_differ_and_shifted_rows_do() {
    let row =
        |shift: f64| -> Vec<f64> { (0..300).map(|n| f64::from(n * 7919 % 1000) / 100.0 + shift).collect() };
    let same = compare(&row(0.0), &row(0.001));
    assert!(same.p > 0.5 && same.effect < 0.05, "{same:?}");
    let shifted = compare(&row(0.0), &row(4.0));
    assert!(shifted.p < 0.001 && shifted.effect > 0.2 && shifted.medians_apart > 3.0, "{shifted:?}");
}
