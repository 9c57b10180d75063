//! The machine-readable zone on bad pictures. `--nocapture` prints the rates.

use crate::paint::{self, Canvas, Dice, LINES};
use kernel::ids::Mrz;
use scan::mrz;

/// The check digit of a stretch.
fn check(text: &str) -> char {
    let value = |c: char| c.to_digit(36).unwrap_or(0);
    let sum: u32 = text.chars().zip([7, 3, 1].into_iter().cycle()).map(|(c, weight)| value(c) * weight).sum();
    char::from_digit(sum % 10, 10).unwrap()
}

/// The lines of an invented person.
fn person(dice: &mut Dice) -> [String; 2] {
    let mut digits = |count: usize| {
        (0..count).map(|_| char::from_digit(dice.roll() % 10, 10).unwrap()).collect::<String>()
    };
    let number = digits(9);
    let years = digits(4);
    let (birth, expiry) = (format!("{}0714", &years[..2]), format!("{}1129", &years[2..]));
    let mut word = |least: u32| -> String {
        let length = least + dice.roll() % 7;
        (0..length).map(|_| char::from(b'A' + (dice.roll() % 26) as u8)).collect()
    };
    let upper = format!("{:<<44}", format!("P<RUS{}<<{}<{}", word(4), word(3), word(4)));
    let sex = if number.starts_with(['1', '3', '5']) { 'F' } else { 'M' };
    let mut lower = format!(
        "{number}{}RUS{birth}{}{sex}{expiry}{}<<<<<<<<<<<<<<<",
        check(&number),
        check(&birth),
        check(&expiry)
    );
    let whole = [&lower[..10], &lower[13..20], &lower[21..43]].concat();
    lower.push(check(&whole));
    [upper, lower]
}

/// The lines of an internal passport: digits for some letters, no last day, the issue in the optional field.
fn internal(dice: &mut Dice) -> [String; 2] {
    const LETTERS: &[u8] = b"ABCDEFGHIKLMNOPQRSTUVWXYZ2346789";
    let [_, lower] = person(dice);
    let mut word = |least: u32| -> String {
        let length = least + dice.roll() % 7;
        (0..length).map(|_| char::from(LETTERS[dice.roll() as usize % LETTERS.len()])).collect()
    };
    let upper = format!("{:<<44}", format!("PNRUS{}<<{}<{}", word(4), word(3), word(4)));
    let optional = format!("{}200201{}<", &lower[..1], &lower[1..7]);
    let mut lower = format!("{}<<<<<<<{optional}{}", &lower[..21], check(&optional));
    let whole = [&lower[..10], &lower[13..20], &lower[21..43]].concat();
    lower.push(check(&whole));
    [upper, lower]
}

/// The lower part of a page and how it was spoilt; a smaller picture than the whole page, so that many can be tried.
fn strip(lines: &[String; 2], per_mm: f32) -> Canvas {
    let whole = paint::page(per_mm, [&lines[0], &lines[1]]);
    let top = whole.height / 2;
    whole.cropped(0, top, whole.width, whole.height - top)
}

const TABLE: [u8; 3] = [74, 62, 52];

fn on_table(page: &Canvas, degrees: f32) -> Canvas {
    let (width, height) = (page.width + 60, page.height + page.width / 8 + 60);
    page.on_table(width, height, TABLE, (width as f32 / 2.0, height as f32 / 2.0), degrees, 1.0)
}

/// How many of some people's lines are read, and how many wrongly.
fn rate(
    name: &str,
    people: &[([String; 2], Canvas)],
    spoil: &dyn Fn(&Canvas, u64) -> Canvas,
) -> (usize, usize) {
    let (mut right, mut wrong) = (0, 0);
    for (seed, (lines, page)) in (0..).zip(people) {
        match mrz::read(&spoil(page, seed).grey()) {
            Some(read) if read.lines == *lines => right += 1,
            Some(_) => wrong += 1,
            None => {}
        }
    }
    println!("| {name} | {right} of {} | {wrong} |", people.len());
    (right, wrong)
}

fn people(count: u64, per_mm: f32) -> Vec<([String; 2], Canvas)> {
    let one = |seed: u64| if seed.is_multiple_of(2) { person } else { internal }(&mut Dice(seed * 977 + 5));
    let lines = (0..count).map(one);
    lines.map(|lines| (lines.clone(), strip(&lines, per_mm))).collect()
}

#[test]
fn a_whole_page_is_read_and_understood_by_the_value_type() {
    let read = mrz::read(&paint::photograph().grey()).unwrap();
    assert_eq!(read.lines, LINES.map(str::to_owned));
    assert!(read.confidence > 0.0);
    let parsed = Mrz::parse(&read.text()).unwrap();
    assert_eq!(parsed.joined(), "710000000|900101|F|301231|VYMYSHLENNAIA|ALEKSANDRA");
    assert!(!format!("{read:?}").contains("VYMYSH"));
}

#[test]
fn every_quarter_turn_is_read() {
    let mut page = paint::page(8.0, LINES);
    for turn in 0..4 {
        assert_eq!(
            mrz::read(&page.grey()).map(|read| read.lines),
            Some(LINES.map(str::to_owned)),
            "turn {turn}"
        );
        page = page.quarter();
    }
}

#[test]
fn the_measured_rates() {
    // More people for the table of the documentation: SCAN_PEOPLE=100.
    let many = std::env::var("SCAN_PEOPLE").ok().and_then(|count| count.parse().ok()).unwrap_or(4);
    let (large, small) = (people(many, 10.0), people(many, 6.0));
    let (smallest, middling) = (people(many, 4.0), people(many, 8.0));
    let mut wrong_ones = 0;
    // The least rates in percent.
    let mut least = |name: &str, least: usize, spoil: &dyn Fn(&Canvas, u64) -> Canvas, people: &[_]| {
        let (right, wrong) = rate(name, people, spoil);
        wrong_ones += wrong;
        assert!(right * 100 >= least * people.len(), "{name}: {right} of {many}");
    };
    let jpeg = |canvas: &Canvas, quality: u8| {
        let bytes = canvas.jpeg(quality);
        let mut decoder = zune_jpeg::JpegDecoder::new(zune_core::bytestream::ZCursor::new(bytes.as_slice()));
        Canvas { rgb: decoder.decode().unwrap(), ..*canvas }
    };
    least("10 px/mm (254 dpi)", 75, &|page, _| page.clone(), &large);
    least("6 px/mm (152 dpi)", 75, &|page, _| page.clone(), &small);
    least("4 px/mm (102 dpi)", 0, &|page, _| page.clone(), &smallest);
    for degrees in [-5.0, -2.5, 1.0, 3.0, 5.0] {
        least(&format!("10 px/mm, askew {degrees}°"), 75, &|page, _| on_table(page, degrees), &large);
    }
    least("10 px/mm, blur 1 px", 75, &|page, _| page.blurred(1.0), &large);
    least("10 px/mm, blur 2 px", 50, &|page, _| page.blurred(2.0), &large);
    least("10 px/mm, blur 3 px", 0, &|page, _| page.blurred(3.0), &large);
    least("10 px/mm, blur 2.5 px", 0, &|page, _| page.blurred(2.5), &large);
    least("4 px/mm, blur 1 px, noise 10", 0, &|page, seed| page.blurred(1.0).noisy(10.0, seed), &smallest);
    least("10 px/mm, noise 60", 0, &|page, seed| page.noisy(60.0, seed), &large);
    least("10 px/mm, JPEG 8", 0, &|page, _| jpeg(page, 8), &large);
    least("10 px/mm, noise 12", 75, &|page, seed| page.noisy(12.0, seed), &large);
    least("10 px/mm, noise 30", 0, &|page, seed| page.noisy(30.0, seed), &large);
    least("10 px/mm, JPEG 50", 75, &|page, _| jpeg(page, 50), &large);
    least("10 px/mm, JPEG 20", 50, &|page, _| jpeg(page, 20), &large);
    least(
        "8 px/mm, askew 3°, blur 1, noise 8, JPEG 60",
        60,
        &|page, seed| jpeg(&on_table(page, 3.0).blurred(1.0).noisy(8.0, seed), 60),
        &middling,
    );
    least("10 px/mm, half the light", 75, &|page, _| page.lit(0.5, 0.0), &large);
    // The camera nearer to one side than to the other, and nearer to the lower edge.
    let sideways = |page: &Canvas, part: f32| {
        let (w, h) = (page.width as f32, page.height as f32);
        page.warped(|x, y| {
            let (u, v) = (x / w - 0.5, y / h - 0.5);
            let depth = 1.0 + part * u + part * 0.5 * v;
            ((u / depth + 0.5) * w, (v / depth + 0.5) * h)
        })
    };
    for part in [0.04_f32, 0.08, 0.12] {
        least(
            &format!("10 px/mm, perspective {:.0} %", part * 100.0),
            if part < 0.1 { 75 } else { 0 },
            &|page, _| sideways(page, part),
            &large,
        );
    }
    let bent = |page: &Canvas, mm: f32| {
        let w = page.width as f32;
        page.warped(|x, y| (x, y + mm * 10.0 * (x / w - 0.5) * (x / w - 0.5) * 4.0 - mm * 5.0))
    };
    least("10 px/mm, bent by 1 mm", 75, &|page, _| bent(page, 1.0), &large);
    least("10 px/mm, bent by 3 mm", 0, &|page, _| bent(page, 3.0), &large);
    least(
        "10 px/mm, light from the left, a third at the right",
        75,
        &|page, _| page.lit_from_left(0.33),
        &large,
    );
    assert_eq!(wrong_ones, 0, "none is better than a wrong one");
}

#[test]
fn internal_passports_are_read_with_digits_in_names_and_without_a_last_day() {
    let lines =
        ["PNRUSVYMYWLENNA8<<ALEKSEQ3<9EVNA<<<<<<<<<<<<", "7100000002RUS9001011F<<<<<<<0200201710001<82"];
    for canvas in [paint::page(8.0, lines), paint::page(8.0, lines).blurred(1.0).noisy(6.0, 3)] {
        assert_eq!(mrz::read(&canvas.grey()).map(|read| read.lines), Some(lines.map(str::to_owned)));
    }
}

#[test]
fn one_changed_character_is_no_reading() {
    for (place, letter) in [(0, '8'), (9, '3'), (14, '8'), (19, '7'), (22, '1'), (43, '5')] {
        let mut lower: Vec<char> = LINES[1].chars().collect();
        lower[place] = letter;
        let lower: String = lower.into_iter().collect();
        assert_eq!(mrz::read(&paint::page(8.0, [LINES[0], &lower]).grey()), None, "place {place}");
    }
}

#[test]
fn pages_without_a_zone_give_none() {
    let plain = paint::page(8.0, ["", ""]);
    assert_eq!(mrz::read(&plain.grey()), None);
    assert_eq!(mrz::read(&paint::page(8.0, [LINES[0], ""]).grey()), None);
    assert_eq!(mrz::read(&Canvas::new(900, 700, [200, 200, 200]).noisy(60.0, 7).grey()), None);
    let mut rows = Canvas::new(1200, 900, [240, 240, 240]);
    let mut dice = Dice(11);
    for row in 0..20 {
        let text: String = (0..44).map(|_| char::from(b'A' + (dice.roll() % 26) as u8)).collect();
        rows.text(&text, 40.0, 30.0 + row as f32 * 42.0, 25.0, [20, 20, 20]);
    }
    assert_eq!(mrz::read(&rows.grey()), None);
}
