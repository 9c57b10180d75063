//! The picture of a page that is one scanned image.

use super::file::{Entry, File};
use super::filters::{self, Packing};
use super::lex::{Dict, Object};
use super::rewrite::Page;
use crate::picture::{Colours, Picture, Turn};
use crate::{Rules, jpeg, png};
use flate2::Crc;

/// By how much the sides of image and page may be out of proportion: scanners round to whole points.
const OUT_OF_PROPORTION: f64 = 0.06;

/// The largest image of the page, when it has the page's proportions and is packed as scanners do (JPEG, or zlib of 8 or
/// 1 bits). The page is not drawn: text and lines over the image do not appear.
pub(super) fn picture(file: &File, page: &Page, rules: &Rules) -> Option<Picture> {
    let images = file.value(page.resources?, b"XObject").dict()?;
    let side =
        |dict: &Dict, key: &[u8]| dict.get(key).and_then(Object::int).and_then(|n| u32::try_from(n).ok());
    let sized = |entry: &Entry| {
        let dict = entry.object.dict()?;
        let image = dict.get(b"Subtype".as_slice()).and_then(Object::name) == Some(b"Image");
        side(dict, b"Width").zip(side(dict, b"Height")).filter(|_| image)
    };
    let entries = images.values().filter_map(|value| file.objects.get(&value.reference()?));
    let (size, entry) = entries
        .filter_map(|entry| Some((sized(entry)?, entry)))
        .max_by_key(|((width, height), _)| u64::from(*width) * u64::from(*height))?;
    let page_size = sides(page.media_box?)?;
    let (image, paper) = (f64::from(size.0) / f64::from(size.1.max(1)), page_size.0 / page_size.1);
    let fits = (image / paper - 1.0).abs() < OUT_OF_PROPORTION;
    let large = size.0.min(size.1) >= rules.min_side;
    if !fits || !large {
        return None;
    }
    let turn = Turn::of_degrees(page.rotate);
    match filters::packing(entry.object.dict()?).ok()? {
        Packing::Jpeg => {
            let mut walk = jpeg::walk(entry.stream?, rules).ok()?;
            walk.orientation = 1;
            jpeg::decode(&walk, rules).ok().map(|picture| Picture { turn, ..picture })
        }
        Packing::Flate => flat(file, entry, size, turn, rules),
        _ => None,
    }
}

/// Width and height of a box.
fn sides(media_box: &Object) -> Option<(f64, f64)> {
    let number = |object: &Object| match object {
        Object::Int(value) => Some(*value as f64),
        Object::Real(text) => std::str::from_utf8(text).ok()?.parse().ok(),
        _ => None,
    };
    let corners: Vec<f64> = media_box.array()?.iter().filter_map(number).collect();
    let [left, low, right, high] = corners.as_slice() else { return None };
    let (width, height) = ((right - left).abs(), (high - low).abs());
    (width > 0.0 && height > 0.0).then_some((width, height))
}

/// An image of plain samples.
fn flat(file: &File, entry: &Entry, size: (u32, u32), turn: Turn, rules: &Rules) -> Option<Picture> {
    let dict = entry.object.dict()?;
    let data = entry.stream?;
    let samples = colours(file, file.value(dict, b"ColorSpace"))?;
    let bits = dict.get(b"BitsPerComponent".as_slice()).and_then(Object::int)?;
    let colours = if samples == 1 { Colours::Grey } else { Colours::Rgb };
    if dict.contains_key(b"Decode".as_slice()) || !(bits == 8 || bits == 1 && samples == 1) {
        return None;
    }
    let memory = u64::from(size.0) * u64::from(size.1) * (samples + 1);
    crate::check_size(size.0, size.1, memory, rules).ok()?;
    let predictor =
        file.value(dict, b"DecodeParms").dict().and_then(|parms| parms.get(b"Predictor".as_slice())?.int());
    if predictor.is_some_and(|kind| kind >= 10) {
        return png::decode(&as_png(data, size, bits as u8, samples), turn, rules).ok();
    }
    if predictor.is_some_and(|kind| kind != 1) {
        return None;
    }
    let row = (u64::from(size.0) * samples * bits as u64).div_ceil(8) as usize;
    let mut budget = row * size.1 as usize + 64 * 1024;
    let mut out = Vec::new();
    filters::inflate(data, &mut budget, Some(&mut out)).ok()?;
    out.truncate(row * size.1 as usize);
    if bits == 1 {
        let width = size.0 as usize;
        out = out
            .chunks(row)
            .flat_map(|row| (0..width).map(|x| row[x / 8] >> (7 - x % 8) & 1).map(|bit| bit * 255))
            .collect();
    }
    Picture::new(size.0, size.1, colours, out, turn)
}

/// Samples a pixel of the simple colour spaces: 1 or 3.
fn colours(file: &File, space: &Object) -> Option<u64> {
    match space {
        Object::Name(name) if name == b"DeviceGray" => Some(1),
        Object::Name(name) if name == b"DeviceRGB" => Some(3),
        Object::Array(parts) => match (parts.first()?.name()?, parts.get(1)) {
            (b"CalGray", _) => Some(1),
            (b"CalRGB", _) => Some(3),
            (b"ICCBased", Some(profile)) => match file.follow(profile).dict()?.get(b"N".as_slice())?.int()? {
                1 => Some(1),
                3 => Some(3),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    }
}

/// The predictors of PDF are the filters of PNG: the same bytes in another wrapping.
fn as_png(data: &[u8], size: (u32, u32), bits: u8, samples: u64) -> Vec<u8> {
    let mut header = [size.0.to_be_bytes(), size.1.to_be_bytes()].concat();
    header.extend([bits, if samples == 1 { 0 } else { 2 }, 0, 0, 0]);
    let mut out = png::SIGNATURE.to_vec();
    for (kind, body) in [(b"IHDR", header.as_slice()), (b"IDAT", data), (b"IEND", &[])] {
        let mut sum = Crc::new();
        sum.update(kind);
        sum.update(body);
        out.extend_from_slice(&(body.len() as u32).to_be_bytes());
        out.extend_from_slice(kind);
        out.extend_from_slice(body);
        out.extend_from_slice(&sum.sum().to_be_bytes());
    }
    out
}
