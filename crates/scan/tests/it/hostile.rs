//! Damage at every place: no panic, no answer that breaks its own promises.

use crate::paint::{self, Canvas};
use crate::pdf_made;
use proptest::prelude::*;
use scan::{Rules, inspect};
use std::sync::OnceLock;

/// Small good files of every kind.
fn files() -> &'static [Vec<u8>] {
    static FILES: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    FILES.get_or_init(|| {
        let small = paint::page(3.6, paint::LINES);
        vec![
            small.jpeg(70),
            include_bytes!("../data/progressive.jpg").to_vec(),
            small.cropped(0, 0, 330, 310).png(),
            pdf_made::scanned(&Canvas::new(320, 320, [180, 190, 200]).jpeg(50), 320, 320),
            pdf_made::flat_page(),
            pdf_made::with_object_stream("<</Type/Catalog/Pages 2 0 R>>"),
        ]
    })
}

fn holds(bytes: &[u8]) {
    let rules = Rules::default();
    if let Ok(seen) = inspect(bytes, &rules) {
        assert!(seen.clean.len() <= rules.max_clean && seen.pages <= rules.max_pages && seen.pages > 0);
        let again = inspect(&seen.clean, &rules).expect("a clean copy is taken");
        assert_eq!(again.kind, seen.kind);
    }
}

/// For a long search: SCAN_CASES=20000.
fn cases() -> u32 {
    std::env::var("SCAN_CASES").ok().and_then(|count| count.parse().ok()).unwrap_or(160)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases()))]

    #[test]
    fn flipped_bits(file in 0..6_usize, flips in prop::collection::vec((any::<prop::sample::Index>(), 0..8_u8), 1..6)) {
        let mut bytes = files()[file].clone();
        for (at, bit) in flips {
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
        }
        holds(&bytes);
    }

    #[test]
    fn flipped_bits_of_headers(file in 0..6_usize, flips in prop::collection::vec((0..700_usize, any::<u8>()), 1..4)) {
        let mut bytes = files()[file].clone();
        for (at, value) in flips {
            let at = at % bytes.len();
            bytes[at] = value;
        }
        holds(&bytes);
    }

    #[test]
    fn cuts_and_doubles(file in 0..6_usize, from in any::<prop::sample::Index>(), length in 0..400_usize, twice in any::<bool>()) {
        let bytes = &files()[file];
        let from = from.index(bytes.len());
        let to = (from + length).min(bytes.len());
        let middle = if twice { &bytes[from..to] } else { &[] };
        holds(&[&bytes[..to], middle, &bytes[to..]].concat());
        holds(&[&bytes[..from], &bytes[to..]].concat());
        holds(&bytes[..from]);
    }

    #[test]
    fn noise_behind_a_good_beginning(file in 0..6_usize, keep in 0..300_usize, noise in prop::collection::vec(any::<u8>(), 0..600)) {
        let bytes = &files()[file];
        holds(&[&bytes[..keep.min(bytes.len())], &noise].concat());
    }

    #[test]
    fn words_of_pdf_in_any_order(words in prop::collection::vec(0..22_usize, 0..120)) {
        const WORDS: [&str; 22] = [
            "1 0 obj", "endobj", "stream\n", "endstream", "<<", ">>", "[", "]", "/Type", "/Page", "/Pages", "/Kids",
            "1 0 R", "xref\n0 1", "trailer", "startxref 0", "%%EOF\n", "/Length 3", "(a(b)\\", "<41", "/Filter/FlateDecode", "-1.5",
        ];
        let body: Vec<&str> = words.into_iter().map(|word| WORDS[word]).collect();
        holds(format!("%PDF-1.4\n{}\n%%EOF", body.join(" ")).as_bytes());
    }
}

#[test]
fn every_single_truncation_of_a_small_pdf_is_refused() {
    let pdf = pdf_made::flat_page();
    for end in 0..pdf.len() - 6 {
        assert!(inspect(&pdf[..end], &Rules::default()).is_err(), "cut at {end}");
    }
}
