//! The structure of a JPEG (ITU-T T.81, annex B), read to the end marker without decoding anything.

use crate::{Refusal, Rules};

/// What a walk found.
#[derive(Clone, Debug)]
pub(crate) struct Walk {
    /// As stored.
    pub(crate) width: u32,
    /// As stored.
    pub(crate) height: u32,
    pub(crate) components: Vec<Component>,
    /// Quantisation tables in zigzag order, by their number.
    pub(crate) tables: [Option<[u16; 64]>; 4],
    pub(crate) progressive: bool,
    /// EXIF 0x0112; 1 when there is none.
    pub(crate) orientation: u16,
    /// The bytes of coded coefficients.
    coded: usize,
    /// The file with the segments that pixels need and nothing else.
    pub(crate) bare: Vec<u8>,
}

/// One colour of the frame header.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Component {
    pub(crate) across: u8,
    pub(crate) down: u8,
    pub(crate) table: u8,
}

impl Walk {
    /// How many blocks of 64 coefficients there are for each 64 pixels, as a fraction.
    fn parts(&self) -> (u64, u64) {
        let most = |side: fn(&Component) -> u8| self.components.iter().map(side).max().unwrap_or(1);
        let area = u64::from(most(|c| c.across).max(1)) * u64::from(most(|c| c.down).max(1));
        (self.components.iter().map(|c| u64::from(c.across) * u64::from(c.down)).sum(), area)
    }

    /// Holds the picture against the rules before it is decoded.
    pub(crate) fn check(&self, rules: &Rules) -> Result<(), Refusal> {
        crate::check_size(self.width, self.height, self.memory(), rules)?;
        // The decoder fills up what is missing; a picture whose data cannot reach is none.
        if !self.progressive && (self.coded as u64) * 8 < self.least_bits() {
            return Err(Refusal::Broken);
        }
        Ok(())
    }

    /// Every block of a sequential picture takes two codes of a bit at least.
    fn least_bits(&self) -> u64 {
        let (parts, area) = self.parts();
        u64::from(self.width / 8) * u64::from(self.height / 8) * parts / area * 2
    }

    /// The bytes that decoding needs: the pixels, and every coefficient when it is progressive.
    fn memory(&self) -> u64 {
        let pixels = u64::from(self.width) * u64::from(self.height);
        let (parts, area) = self.parts();
        let coefficients = if self.progressive { pixels * 2 * parts / area } else { 0 };
        pixels * self.components.len().min(3) as u64 + coefficients
    }
}

const SOI: u8 = 0xD8;
const EOI: u8 = 0xD9;

/// Walks over every segment. What follows the end marker is not looked at and not kept: telephones put films and
/// depth maps there.
pub(crate) fn walk(bytes: &[u8], rules: &Rules) -> Result<Walk, Refusal> {
    let mut found = Walk {
        width: 0,
        height: 0,
        components: Vec::new(),
        tables: [None; 4],
        progressive: false,
        orientation: 1,
        coded: 0,
        bare: vec![0xFF, SOI],
    };
    let mut at = 2;
    let (mut scans, mut pieces, mut exif_seen) = (0, 0, false);
    loop {
        pieces += 1;
        if pieces > rules.max_pieces {
            return Err(Refusal::Bomb);
        }
        let marker = marker(bytes, &mut at)?;
        if marker == EOI {
            break;
        }
        let start = at;
        let body = segment(bytes, &mut at)?;
        let mut keep = true;
        match marker {
            0xC0..=0xC2 => found.frame(body, marker == 0xC2)?,
            0xC4 | 0xDD => {}
            0xDB => found.quantisation(body)?,
            0xDA => {
                if found.components.is_empty() {
                    return Err(Refusal::Broken);
                }
                scans += 1;
                if scans > rules.max_scans {
                    return Err(Refusal::Bomb);
                }
                let end = after_scan(bytes, at)?;
                found.coded += end - at;
                at = end;
            }
            0xE1 => {
                keep = false;
                if let Some(value) = body.strip_prefix(b"Exif\0\0").filter(|_| !exif_seen) {
                    exif_seen = true;
                    found.orientation = super::orientation(value).unwrap_or(1);
                }
            }
            // Adobe's segment says how the colours are coded.
            0xEE => keep = body.starts_with(b"Adobe") && body.len() <= 32,
            0xE0..=0xEF | 0xFE => keep = false,
            0xC3 | 0xC5..=0xCF => {
                return Err(Refusal::Unsupported("JPEG that is lossless, hierarchical or arithmetic"));
            }
            _ => return Err(Refusal::Broken),
        }
        if keep {
            found.bare.extend_from_slice(&[0xFF, marker]);
            found.bare.extend_from_slice(bytes.get(start..at).unwrap_or_default());
        }
    }
    if scans == 0 {
        return Err(Refusal::Broken);
    }
    found.bare.extend_from_slice(&[0xFF, EOI]);
    Ok(found)
}

/// The next marker; fill bytes (0xFF) may stand before it, nothing else.
fn marker(bytes: &[u8], at: &mut usize) -> Result<u8, Refusal> {
    if bytes.get(*at) != Some(&0xFF) {
        return Err(Refusal::Broken);
    }
    while bytes.get(*at) == Some(&0xFF) {
        *at += 1;
    }
    let marker = *bytes.get(*at).ok_or(Refusal::Broken)?;
    *at += 1;
    Ok(marker)
}

/// The inside of a segment; `at` moves from its length to its end.
fn segment<'a>(bytes: &'a [u8], at: &mut usize) -> Result<&'a [u8], Refusal> {
    let length = match bytes.get(*at..*at + 2) {
        Some([high, low]) => usize::from(u16::from_be_bytes([*high, *low])),
        _ => return Err(Refusal::Broken),
    };
    let body = bytes.get(*at + 2..*at + length.max(2)).filter(|_| length >= 2).ok_or(Refusal::Broken)?;
    *at += length;
    Ok(body)
}

/// Where the marker after the coded data stands. Stuffed zeros and restart markers belong to the data.
fn after_scan(bytes: &[u8], mut at: usize) -> Result<usize, Refusal> {
    loop {
        let rest = bytes.get(at..).ok_or(Refusal::Broken)?;
        at += rest.iter().position(|byte| *byte == 0xFF).ok_or(Refusal::Broken)?;
        match bytes.get(at + 1) {
            Some(0x00 | 0xD0..=0xD7) => at += 2,
            Some(0xFF) => at += 1,
            Some(_) => return Ok(at),
            None => return Err(Refusal::Broken),
        }
    }
}

impl Walk {
    fn frame(&mut self, body: &[u8], progressive: bool) -> Result<(), Refusal> {
        let [bits, h1, h0, w1, w0, count, rest @ ..] = body else { return Err(Refusal::Broken) };
        if !self.components.is_empty() || rest.len() != usize::from(*count) * 3 {
            return Err(Refusal::Broken);
        }
        if *bits != 8 || !matches!(count, 1 | 3 | 4) {
            return Err(Refusal::Unsupported("JPEG of more than 8 bits or an odd number of colours"));
        }
        self.height = u32::from(u16::from_be_bytes([*h1, *h0]));
        self.width = u32::from(u16::from_be_bytes([*w1, *w0]));
        self.progressive = progressive;
        for part in rest.chunks_exact(3) {
            let component = Component { across: part[1] >> 4, down: part[1] & 15, table: part[2] };
            let factors = 1..=4;
            if !factors.contains(&component.across) || !factors.contains(&component.down) || part[2] > 3 {
                return Err(Refusal::Broken);
            }
            self.components.push(component);
        }
        Ok(())
    }

    fn quantisation(&mut self, mut body: &[u8]) -> Result<(), Refusal> {
        while let [head, rest @ ..] = body {
            let wide = match head >> 4 {
                0 => 1,
                1 => 2,
                _ => return Err(Refusal::Broken),
            };
            let values = rest.get(..64 * wide).ok_or(Refusal::Broken)?;
            let slot = self.tables.get_mut(usize::from(head & 15)).ok_or(Refusal::Broken)?;
            let mut table = [0; 64];
            for (value, raw) in table.iter_mut().zip(values.chunks_exact(wide)) {
                *value = raw.iter().fold(0, |sum, byte| sum << 8 | u16::from(*byte));
            }
            if table.contains(&0) {
                return Err(Refusal::Broken);
            }
            *slot = Some(table);
            body = rest.get(64 * wide..).unwrap_or_default();
        }
        Ok(())
    }
}
