//! PDF as hostile input: walked whole, searched for anything active, and written anew from its pages.
//!
//! Why by ourselves: see `docs/adr/0102-scans-are-rebuilt.md`.

mod danger;
mod file;
mod filters;
mod lex;
mod preview;
mod rewrite;

use crate::picture::Picture;
use crate::{Inspected, Kind, Print, Refusal, Rules};
use file::File;
use ring::digest::{SHA256, digest};

pub(crate) fn inspect(bytes: &[u8], rules: &Rules) -> Result<Inspected, Refusal> {
    let file = File::read(bytes, rules)?;
    let pages = rewrite::pages(&file, rules)?;
    let clean = rewrite::write(&file, &pages, rules)?;
    let picture = pages.first().and_then(|page| preview::picture(&file, page, rules));
    if let Some(picture) = picture {
        return Ok(Inspected { pages: pages.len(), ..crate::judged(Kind::Pdf, clean, picture, rules) });
    }
    let mut sum = [0; 32];
    sum.copy_from_slice(digest(&SHA256, &clean).as_ref());
    Ok(Inspected {
        kind: Kind::Pdf,
        clean,
        preview: Vec::new(),
        width: 0,
        height: 0,
        pages: pages.len(),
        advice: Vec::new(),
        print: Print { looks: 0, digest: sum },
        mrz: None,
    })
}

/// The picture of a page of a kept file, when that page is one scanned image.
pub(crate) fn page(clean: &[u8], page: usize, rules: &Rules) -> Option<Picture> {
    let file = File::read(clean, rules).ok()?;
    let pages = rewrite::pages(&file, rules).ok()?;
    preview::picture(&file, pages.get(page)?, rules)
}
