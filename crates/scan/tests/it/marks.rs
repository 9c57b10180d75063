//! What is kept, shown to somebody else with words over it.

use crate::paint;
use crate::pdf_made;
use scan::{Rules, inspect, marked};

const WORDS: &str = "REVIEW 7K2M 2026-11-22 15:04";

#[test]
fn every_kind_that_is_kept_can_be_shown_and_is_never_shown_bare() {
    let (rules, canvas) = (Rules::default(), paint::photograph());
    let jpeg = canvas.jpeg(85);
    for file in [jpeg.clone(), canvas.png(), pdf_made::scanned(&jpeg, 1500, 1100)] {
        let kept = inspect(&file, &rules).unwrap().clean;
        let shown = marked(&kept, 0, WORDS, 1000, &rules).expect("a page");
        let seen = inspect(&shown, &rules).unwrap();
        assert_eq!((seen.width.max(seen.height), seen.pages), (1000, 1));
        let bare = marked(&kept, 0, "", 1000, &rules).expect("a page");
        assert_ne!(bare, shown);
        assert_eq!(marked(&kept, 1, WORDS, 1000, &rules), None, "there is one page");
        if let Ok(folder) = std::env::var("PRISTAN_LOOK") {
            std::fs::write(format!("{folder}/marked-{}.jpg", file.len()), &shown).unwrap();
        }
    }
}

#[test]
fn the_machine_readable_zone_stays_readable_under_the_words() {
    let rules = Rules::default();
    let kept = inspect(&paint::photograph().jpeg(85), &rules).unwrap().clean;
    let shown = marked(&kept, 0, WORDS, 4000, &rules).expect("a page");
    let seen = inspect(&shown, &rules).unwrap();
    assert!(seen.advice.is_empty(), "{:?}", seen.advice);
}
