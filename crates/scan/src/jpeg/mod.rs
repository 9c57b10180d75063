//! JPEG: walked marker by marker, decoded within bounds, encoded again with its own tables.

mod encode;
mod exif;
mod tables;
mod walk;

use crate::picture::{Colours, Picture, Turn};
use crate::{Inspected, Kind, Refusal, Rules};
use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

pub(crate) use encode::{Plan, encode};
pub(crate) use exif::orientation;
pub(crate) use walk::{Walk, walk};

/// The quality of previews.
const PREVIEW_QUALITY: u8 = 75;
/// The qualities tried one after another when a picture encoded with its own tables grows too large.
const FALLBACK_QUALITIES: [u8; 2] = [88, 70];

pub(crate) fn inspect(bytes: &[u8], rules: &Rules) -> Result<Inspected, Refusal> {
    let walk = walk(bytes, rules)?;
    let picture = decode(&walk, rules)?;
    let clean = kept(&picture, &walk, rules)?;
    Ok(crate::judged(Kind::Jpeg, clean, picture, rules))
}

/// The pixels of a walked file.
pub(crate) fn decode(walk: &Walk, rules: &Rules) -> Result<Picture, Refusal> {
    walk.check(rules)?;
    let options = DecoderOptions::default()
        .set_max_width(rules.max_side as usize)
        .set_max_height(rules.max_side as usize)
        .set_strict_mode(true);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(walk.bare.as_slice()), options);
    decoder.decode_headers().map_err(|_| Refusal::Broken)?;
    let (space, colours) = match decoder.input_colorspace() {
        Some(ColorSpace::Luma) => (ColorSpace::Luma, Colours::Grey),
        Some(ColorSpace::YCbCr) => (ColorSpace::YCbCr, Colours::Ycc),
        Some(_) => (ColorSpace::RGB, Colours::Rgb),
        None => return Err(Refusal::Broken),
    };
    decoder.set_options(options.jpeg_set_out_colorspace(space));
    let data = decoder.decode().map_err(|_| Refusal::Broken)?;
    Picture::new(walk.width, walk.height, colours, data, Turn::of_exif(walk.orientation))
        .ok_or(Refusal::Broken)
}

/// The clean copy: the same tables as before, so that next to nothing is lost.
fn kept(picture: &Picture, walk: &Walk, rules: &Rules) -> Result<Vec<u8>, Refusal> {
    let own = Plan::like(walk, picture);
    let others = FALLBACK_QUALITIES.iter().map(|quality| Plan::of_quality(*quality));
    own.into_iter()
        .chain(others)
        .find_map(|plan| encode(picture, &plan, rules.max_clean))
        .ok_or(Refusal::Bomb)
}

/// A small picture for lists.
pub(crate) fn preview(picture: &Picture) -> Vec<u8> {
    encode(picture, &Plan::of_quality(PREVIEW_QUALITY), usize::MAX).unwrap_or_default()
}
