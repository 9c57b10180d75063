//! A kept scan as somebody else than its owner sees it: with words over it, and never the file itself.

use super::judge::rules;
use super::{Part, ScanId, file_context};
use crate::app::App;
use crate::error::{Error, Result};
use ::store::keys::SubjectKey;
use std::time::Duration;

/// What came of the wish to see a scan.
pub enum Shown {
    /// A JPEG.
    Picture(Vec<u8>),
    /// There is no such page, or it is no picture.
    NoPicture,
    /// The storage of files is away; why, in a word.
    Away(String),
    /// Too many pictures are being worked on.
    Busy,
}

/// A page of a kept scan with `words` over it, its longer side at most `side` pixels. `key` is the owner's.
///
/// # Errors
/// The file does not open with the key.
pub async fn marked(
    app: &App,
    (id, key): (&ScanId, &SubjectKey),
    page: usize,
    words: String,
    side: u32,
) -> Result<Shown> {
    let (Some(objects), Some(place)) = (&app.gateways().objects, Part::Clean.key(id)) else {
        return Ok(Shown::NoPicture);
    };
    let sealed = match objects.get(&place).await {
        Ok(Some(sealed)) => sealed,
        Ok(None) => return Ok(Shown::NoPicture),
        Err(fault) => return Ok(Shown::Away(fault.reason().to_owned())),
    };
    let clean = key.open(&file_context(Part::Clean, id), &sealed)?;
    let (rules, most) = (rules(app), Duration::from_secs(app.config().documents.wait_seconds.into()));
    // Begun only when there is a place.
    let work =
        async { tokio::task::spawn_blocking(move || scan::marked(&clean, page, &words, side, &rules)).await };
    match app.judges().working(most, work).await {
        None => Ok(Shown::Busy),
        Some(Err(error)) => Err(Error::Bug(format!("marking a scan: {error}"))),
        Some(Ok(None)) => Ok(Shown::NoPicture),
        Some(Ok(Some(picture))) => Ok(Shown::Picture(picture)),
    }
}
