//! PNG: walked chunk by chunk, decoded from the chunks that pixels need, encoded again.

use crate::picture::{Colours, Picture, Turn};
use crate::{Inspected, Kind, Refusal, Rules};
use ::png::{BitDepth, ColorType, Compression, Decoder, Encoder, Limits, Transformations};
use std::io::{Cursor, Write};

pub(crate) const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// What a walk found.
struct Walk {
    width: u32,
    height: u32,
    /// Bytes of a decoded pixel: alpha included.
    samples: u64,
    orientation: u16,
    /// IHDR, PLTE, tRNS, IDAT and IEND alone.
    bare: Vec<u8>,
}

pub(crate) fn inspect(bytes: &[u8], rules: &Rules) -> Result<Inspected, Refusal> {
    let walk = walk(bytes, rules)?;
    // A turned picture lies in memory twice for a moment.
    let samples = if walk.orientation == 1 { walk.samples } else { walk.samples + 3 };
    let memory = (u64::from(walk.width) * u64::from(walk.height)).saturating_mul(samples);
    crate::check_size(walk.width, walk.height, memory, rules)?;
    let picture = decode(&walk.bare, Turn::of_exif(walk.orientation), rules)?.upright();
    let clean = encode(&picture, rules.max_clean).ok_or(Refusal::Bomb)?;
    Ok(crate::judged(Kind::Png, clean, picture, rules))
}

/// The pixels of a kept file.
pub(crate) fn picture(clean: &[u8], rules: &Rules) -> Option<Picture> {
    let walk = walk(clean, rules).ok()?;
    let memory = (u64::from(walk.width) * u64::from(walk.height)).saturating_mul(walk.samples);
    crate::check_size(walk.width, walk.height, memory, rules).ok()?;
    decode(&walk.bare, Turn::of_exif(walk.orientation), rules).ok()
}

/// Walks over every chunk to IEND. What follows is not looked at and not kept.
fn walk(bytes: &[u8], rules: &Rules) -> Result<Walk, Refusal> {
    let mut found = Walk { width: 0, height: 0, samples: 0, orientation: 1, bare: SIGNATURE.to_vec() };
    let mut rest = bytes.strip_prefix(SIGNATURE).ok_or(Refusal::UnknownType)?;
    let (mut pieces, mut data_seen, mut data_over) = (0, false, false);
    loop {
        pieces += 1;
        if pieces > rules.max_pieces {
            return Err(Refusal::Bomb);
        }
        let Chunk { kind, body, whole } = chunk(rest)?;
        rest = rest.get(whole.len()..).unwrap_or_default();
        if (kind == b"IHDR") != (pieces == 1) || (kind == b"IDAT" && data_over) {
            return Err(Refusal::Broken);
        }
        data_over = data_seen && kind != b"IDAT";
        match kind {
            b"IHDR" => found.header(body)?,
            b"IDAT" => data_seen = true,
            b"PLTE" | b"tRNS" => {}
            b"IEND" if body.is_empty() && data_seen => {
                found.bare.extend_from_slice(whole);
                return Ok(found);
            }
            b"eXIf" => found.orientation = crate::jpeg::orientation(body).unwrap_or(1),
            // A small first letter: not needed to show the picture.
            [first, ..] if first.is_ascii_lowercase() => {}
            _ => return Err(Refusal::Broken),
        }
        if matches!(kind, b"IHDR" | b"IDAT" | b"PLTE" | b"tRNS") {
            found.bare.extend_from_slice(whole);
        }
    }
}

struct Chunk<'a> {
    kind: &'a [u8; 4],
    body: &'a [u8],
    /// With length and sum.
    whole: &'a [u8],
}

/// The chunk that the bytes begin with.
fn chunk(bytes: &[u8]) -> Result<Chunk<'_>, Refusal> {
    let (length, rest) = bytes.split_first_chunk::<4>().ok_or(Refusal::Broken)?;
    let length = u32::from_be_bytes(*length) as usize;
    let (kind, rest) = rest.split_first_chunk::<4>().ok_or(Refusal::Broken)?;
    let body = rest.get(..length).ok_or(Refusal::Broken)?;
    let whole = bytes.get(..length + 12).ok_or(Refusal::Broken)?;
    if !kind.iter().all(u8::is_ascii_alphabetic) {
        return Err(Refusal::Broken);
    }
    Ok(Chunk { kind, body, whole })
}

impl Walk {
    fn header(&mut self, body: &[u8]) -> Result<(), Refusal> {
        let [w3, w2, w1, w0, h3, h2, h1, h0, _bits, colour, ..] = *body else { return Err(Refusal::Broken) };
        self.width = u32::from_be_bytes([w3, w2, w1, w0]);
        self.height = u32::from_be_bytes([h3, h2, h1, h0]);
        // Palettes and grey may become transparent by tRNS.
        self.samples = match colour {
            0 | 4 => 2,
            2 | 3 | 6 => 4,
            _ => return Err(Refusal::Broken),
        };
        Ok(())
    }
}

/// The pixels on white paper: what is transparent becomes white.
pub(crate) fn decode(bare: &[u8], turn: Turn, rules: &Rules) -> Result<Picture, Refusal> {
    let limits = Limits { bytes: rules.max_memory as usize };
    let mut decoder = Decoder::new_with_limits(Cursor::new(bare), limits);
    decoder.set_transformations(Transformations::EXPAND | Transformations::STRIP_16);
    let mut reader = decoder.read_info().map_err(|_| Refusal::Broken)?;
    let size = reader.output_buffer_size().ok_or(Refusal::TooManyPixels)?;
    if size as u64 > rules.max_memory {
        return Err(Refusal::TooManyPixels);
    }
    let mut data = vec![0; size];
    let frame = reader.next_frame(&mut data).map_err(|_| Refusal::Broken)?;
    reader.finish().map_err(|_| Refusal::Broken)?;
    let colours = match frame.color_type {
        ColorType::Grayscale => Colours::Grey,
        ColorType::GrayscaleAlpha => {
            on_white::<1>(&mut data);
            Colours::Grey
        }
        ColorType::Rgb => Colours::Rgb,
        ColorType::Rgba => {
            on_white::<3>(&mut data);
            Colours::Rgb
        }
        ColorType::Indexed => return Err(Refusal::Broken),
    };
    if frame.bit_depth != BitDepth::Eight {
        return Err(Refusal::Broken);
    }
    Picture::new(frame.width, frame.height, colours, data, turn).ok_or(Refusal::Broken)
}

/// Blends pixels of `N` samples and alpha with white, in place, and drops the alpha.
fn on_white<const N: usize>(data: &mut Vec<u8>) {
    let count = data.len() / (N + 1);
    for index in 0..count {
        let from = index * (N + 1);
        let alpha = u32::from(data[from + N]);
        for sample in 0..N {
            let value = u32::from(data[from + sample]) * alpha + 255 * (255 - alpha);
            data[index * N + sample] = ((value + 127) / 255) as u8;
        }
    }
    data.truncate(count * N);
}

/// `None` when it would be longer than `most` bytes.
fn encode(picture: &Picture, most: usize) -> Option<Vec<u8>> {
    let mut out = Bounded { bytes: Vec::new(), most };
    let mut encoder = Encoder::new(&mut out, picture.width, picture.height);
    encoder.set_color(if picture.colours == Colours::Grey { ColorType::Grayscale } else { ColorType::Rgb });
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::Fast);
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(&picture.data).ok()?;
    writer.finish().ok()?;
    Some(out.bytes)
}

/// A file in memory that does not grow over its bound.
struct Bounded {
    bytes: Vec<u8>,
    most: usize,
}

impl Write for Bounded {
    fn write(&mut self, part: &[u8]) -> std::io::Result<usize> {
        if self.bytes.len() + part.len() > self.most {
            return Err(std::io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(part);
        Ok(part.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
