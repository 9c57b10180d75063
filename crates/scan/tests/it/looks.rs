//! The figures behind the advice. `docs/scans.md` has them as a table; `--nocapture` prints them.

use crate::paint::{self, Canvas, LINES};
use scan::look::{Look, advice, measure};
use scan::{Advice, Rules, inspect};

fn look(canvas: &Canvas) -> Look {
    measure(&canvas.grey(), canvas.width.max(canvas.height) as u32)
}

fn told(name: &str, canvas: &Canvas) -> Vec<Advice> {
    let seen = look(canvas);
    let given = advice(&seen, &Rules::default());
    println!(
        "| {name} | {:.2} | {} | {} | {:.3} | {} | {:.2} | {given:?} |",
        seen.sharpness,
        seen.darkest,
        seen.lightest,
        seen.glare,
        seen.filled
            .map_or("–".into(), |filled| format!("{filled:.2}{}", if seen.cut { ", cut" } else { "" })),
        seen.text,
    );
    given
}

const TABLE: [u8; 3] = [74, 62, 52];

#[test]
fn good_scans_get_no_advice() {
    let page = paint::page(10.0, LINES);
    let a4 = page.on_table(1654, 2339, [250, 250, 248], (827.0, 1100.0), 0.4, 0.8);
    let good = [
        ("photograph on a dark table", paint::photograph()),
        ("light table", page.on_table(1500, 1100, [248, 247, 245], (750.0, 550.0), 2.0, 1.05)),
        ("cropped by a scanner", page.clone()),
        ("cropped, 6 px/mm", paint::page(6.0, LINES)),
        ("on white A4", a4),
        ("turned by 8 degrees", page.on_table(1600, 1250, TABLE, (800.0, 625.0), 8.0, 1.05)),
        ("noise 6", paint::photograph().noisy(6.0, 1)),
        ("a little blurred (1 px of 1500)", paint::photograph().blurred(1.0)),
        ("a little blurred (2 px of 1500)", paint::photograph().blurred(2.0)),
        ("evening light", paint::photograph().lit(0.6, 0.0)),
        ("bright day", paint::photograph().lit(1.1, 5.0)),
        ("large camera", page.on_table(3000, 2200, TABLE, (1500.0, 1100.0), 1.0, 2.1)),
    ];
    let wrong: Vec<&str> = good
        .into_iter()
        .filter(|(name, canvas)| !told(name, canvas).is_empty())
        .map(|(name, _)| name)
        .collect();
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn jpeg_of_low_quality_alone_gets_no_advice() {
    for quality in [30, 50, 75, 95] {
        let seen = inspect(&paint::photograph().jpeg(quality), &Rules::default()).unwrap();
        assert_eq!(seen.advice, [], "quality {quality}");
    }
}

#[test]
fn each_fault_is_told() {
    let page = paint::page(10.0, LINES);
    let photograph = paint::photograph();
    let faults = [
        ("blurred, 3 px of 1500", Advice::TooBlurred, photograph.blurred(3.0)),
        ("blurred, 5 px", Advice::TooBlurred, photograph.blurred(5.0)),
        ("blurred, 5 px, noise 5", Advice::TooBlurred, photograph.blurred(5.0).noisy(5.0, 2)),
        ("a third of the light", Advice::TooDark, photograph.lit(0.33, 0.0)),
        ("washed out", Advice::TooBright, photograph.lit(0.35, 175.0)),
        ("glare", Advice::Glare, photograph.with_glare(820.0, 480.0, 110.0)),
        ("left of the frame", Advice::EdgesCut, page.on_table(1500, 1100, TABLE, (450.0, 550.0), 1.0, 1.0)),
        ("below the frame", Advice::EdgesCut, page.on_table(1500, 1100, TABLE, (750.0, 800.0), 0.0, 1.0)),
        ("far away", Advice::SmallInFrame, page.on_table(1800, 1400, TABLE, (900.0, 700.0), 3.0, 0.55)),
        ("blank", Advice::NotAPage, Canvas::new(1200, 900, [225, 225, 222]).noisy(2.0, 3)),
    ];
    for (name, fault, canvas) in faults {
        let given = told(name, &canvas);
        assert!(given.contains(&fault), "{name}: {given:?}");
        assert!(given.len() <= 2, "{name}: {given:?}");
    }
}

#[test]
fn sharpness_falls_with_every_step_of_blur() {
    let photograph = paint::photograph();
    let steps: Vec<f32> = [0.0, 1.0, 2.0, 3.0, 4.5, 6.0]
        .iter()
        .map(|sigma| look(&photograph.blurred(*sigma)).sharpness)
        .collect();
    println!("{steps:?}");
    assert!(steps.windows(2).all(|pair| pair[1] < pair[0]), "{steps:?}");
}

#[test]
fn one_sheet_is_known_again_and_another_is_not() {
    let print = |canvas: &Canvas, quality| inspect(&canvas.jpeg(quality), &Rules::default()).unwrap().print;
    let photograph = paint::photograph();
    let first = print(&photograph, 85);
    let same = [
        ("quality 40", print(&photograph, 40)),
        ("lighter", print(&photograph.lit(1.1, 4.0), 85)),
        ("noise", print(&photograph.noisy(5.0, 4), 85)),
        (
            "half the size",
            print(&paint::page(10.0, LINES).on_table(750, 550, TABLE, (375.0, 275.0), 1.5, 0.525), 85),
        ),
    ];
    for (name, other) in same {
        println!("{name}: {}", first.distance(&other));
        assert!(
            first.resembles(&other) && first.digest != other.digest,
            "{name}: {}",
            first.distance(&other)
        );
    }
    assert_eq!(first, print(&photograph, 85));
    let other =
        print(&paint::page(10.0, LINES).quarter().on_table(1100, 1500, TABLE, (550.0, 750.0), 0.0, 1.0), 85);
    println!("another: {}", first.distance(&other));
    assert!(!first.resembles(&other));
}
