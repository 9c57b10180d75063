//! Pixels in memory: turned by a view instead of a copy, made smaller by averages.

use ring::digest::{Context, SHA256};

/// What the samples of a pixel mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Colours {
    /// One sample.
    Grey,
    /// Three samples: red, green, blue.
    Rgb,
    /// Three samples: lightness and two colour differences, as JPEG has them.
    Ycc,
}

impl Colours {
    pub(crate) const fn samples(self) -> usize {
        match self {
            Colours::Grey => 1,
            Colours::Rgb | Colours::Ycc => 3,
        }
    }
}

/// How the stored rows have to be turned to be upright: first perhaps exchanged with columns, then perhaps mirrored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) struct Turn {
    pub(crate) swap: bool,
    pub(crate) mirror_x: bool,
    pub(crate) mirror_y: bool,
}

impl Turn {
    /// The EXIF tag 0x0112; anything but 2 to 8 is upright.
    pub(crate) const fn of_exif(value: u16) -> Turn {
        let (swap, mirror_x, mirror_y) = match value {
            2 => (false, true, false),
            3 => (false, true, true),
            4 => (false, false, true),
            5 => (true, false, false),
            6 => (true, false, true),
            7 => (true, true, true),
            8 => (true, true, false),
            _ => (false, false, false),
        };
        Turn { swap, mirror_x, mirror_y }
    }

    /// Clockwise degrees, as a PDF page names them.
    pub(crate) const fn of_degrees(degrees: i64) -> Turn {
        match degrees.rem_euclid(360) {
            90 => Turn::of_exif(6),
            180 => Turn::of_exif(3),
            270 => Turn::of_exif(8),
            _ => Turn::of_exif(1),
        }
    }
}

/// A decoded picture: 8 bits a sample, rows without gaps.
#[derive(Clone, Debug)]
pub(crate) struct Picture {
    /// As stored.
    pub(crate) width: u32,
    /// As stored.
    pub(crate) height: u32,
    pub(crate) colours: Colours,
    pub(crate) data: Vec<u8>,
    pub(crate) turn: Turn,
}

impl Picture {
    /// `None` when the data are not of the promised length.
    pub(crate) fn new(
        width: u32,
        height: u32,
        colours: Colours,
        data: Vec<u8>,
        turn: Turn,
    ) -> Option<Picture> {
        let need = (width as usize).checked_mul(height as usize)?.checked_mul(colours.samples())?;
        (data.len() == need && need > 0).then_some(Picture { width, height, colours, data, turn })
    }

    /// Width and height as a person sees them.
    pub(crate) const fn seen_size(&self) -> (u32, u32) {
        if self.turn.swap { (self.height, self.width) } else { (self.width, self.height) }
    }

    /// Where the seen pixel (0, 0) begins in the data, and the steps to its neighbours to the right and below.
    pub(crate) const fn steps(&self) -> (usize, isize, isize) {
        let samples = self.colours.samples();
        let (width, height) = (self.width as usize, self.height as usize);
        let start_x = if self.turn.mirror_x { width - 1 } else { 0 };
        let start_y = if self.turn.mirror_y { height - 1 } else { 0 };
        let along = if self.turn.mirror_x { -(samples as isize) } else { samples as isize };
        let row = (width * samples) as isize;
        let down = if self.turn.mirror_y { -row } else { row };
        let start = (start_y * width + start_x) * samples;
        if self.turn.swap { (start, down, along) } else { (start, along, down) }
    }

    /// SHA-256 over size, turn and pixels.
    pub(crate) fn digest(&self) -> [u8; 32] {
        let mut context = Context::new(&SHA256);
        context.update(&self.width.to_be_bytes());
        context.update(&self.height.to_be_bytes());
        let Turn { swap, mirror_x, mirror_y } = self.turn;
        context.update(&[self.colours as u8, u8::from(swap), u8::from(mirror_x), u8::from(mirror_y)]);
        context.update(&self.data);
        let mut out = [0; 32];
        out.copy_from_slice(context.finish().as_ref());
        out
    }

    /// A copy whose longer side is at most `side`; averages, so that nothing flickers.
    pub(crate) fn shrunk(&self, side: u32) -> Picture {
        let (width, height) = fitted(self.width, self.height, side);
        let data = shrink(&self.data, self.colours.samples(), (self.width, self.height), (width, height));
        Picture { width, height, colours: self.colours, data, turn: self.turn }
    }

    /// Turned in memory; for small copies.
    pub(crate) fn upright(self) -> Picture {
        if self.turn == Turn::default() {
            return self;
        }
        let (width, height) = self.seen_size();
        let samples = self.colours.samples();
        let (start, right, below) = self.steps();
        let mut data = Vec::with_capacity(self.data.len());
        for y in 0..height as isize {
            for x in 0..width as isize {
                let at = start.saturating_add_signed(x * right + y * below);
                data.extend_from_slice(self.data.get(at..at + samples).unwrap_or(&[0; 3][..samples]));
            }
        }
        Picture { width, height, colours: self.colours, data, turn: Turn::default() }
    }

    /// Lightness alone, as stored.
    pub(crate) fn grey(&self) -> Grey {
        let data = match self.colours {
            Colours::Grey => self.data.clone(),
            Colours::Ycc => self.data.chunks_exact(3).map(|pixel| pixel[0]).collect(),
            Colours::Rgb => {
                self.data.chunks_exact(3).map(|pixel| lightness(pixel[0], pixel[1], pixel[2])).collect()
            }
        };
        Grey { width: self.width, height: self.height, data }
    }
}

/// ITU-R BT.601, as JPEG uses it.
fn lightness(red: u8, green: u8, blue: u8) -> u8 {
    ((u32::from(red) * 77 + u32::from(green) * 150 + u32::from(blue) * 29 + 128) >> 8) as u8
}

/// A picture of one sample a pixel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grey {
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Rows from above, 0 is black.
    pub data: Vec<u8>,
}

impl Grey {
    /// `None` when the data are not `width × height` long or empty.
    pub fn new(width: u32, height: u32, data: Vec<u8>) -> Option<Grey> {
        let need = (width as usize).checked_mul(height as usize)?;
        (need > 0 && data.len() == need).then_some(Grey { width, height, data })
    }

    /// The value at a place; outside it is the nearest inside.
    pub(crate) fn at(&self, x: i64, y: i64) -> u8 {
        let x = x.clamp(0, i64::from(self.width) - 1) as usize;
        let y = y.clamp(0, i64::from(self.height) - 1) as usize;
        self.data.get(y * self.width as usize + x).copied().unwrap_or(255)
    }

    /// The value between pixels; pixel centres are whole numbers.
    pub(crate) fn between(&self, x: f32, y: f32) -> f32 {
        let (left, above) = (x.floor(), y.floor());
        let (part_x, part_y) = (x - left, y - above);
        let (left, above) = (left as i64, above as i64);
        let value = |dx: i64, dy: i64| f32::from(self.at(left + dx, above + dy));
        let upper = value(0, 0) * (1.0 - part_x) + value(1, 0) * part_x;
        let lower = value(0, 1) * (1.0 - part_x) + value(1, 1) * part_x;
        upper * (1.0 - part_y) + lower * part_y
    }

    /// A copy whose longer side is at most `side`.
    pub(crate) fn shrunk(&self, side: u32) -> Grey {
        let (width, height) = fitted(self.width, self.height, side);
        self.resized(width, height)
    }

    /// Averages over exactly this many fields; never larger than the picture itself.
    pub(crate) fn resized(&self, width: u32, height: u32) -> Grey {
        let size = (width.clamp(1, self.width), height.clamp(1, self.height));
        let data = shrink(&self.data, 1, (self.width, self.height), size);
        Grey { width: size.0, height: size.1, data }
    }

    /// Turned clockwise by a quarter.
    pub(crate) fn turned(&self) -> Grey {
        let (width, height) = (self.width as usize, self.height as usize);
        let mut data = Vec::with_capacity(self.data.len());
        for x in 0..width {
            data.extend((0..height).rev().map(|y| self.data[y * width + x]));
        }
        Grey { width: self.height, height: self.width, data }
    }
}

/// The size with the longer side at most `side`, in proportion.
fn fitted(width: u32, height: u32, side: u32) -> (u32, u32) {
    let longer = width.max(height);
    if longer <= side {
        return (width, height);
    }
    let scaled = |length: u32| (u64::from(length) * u64::from(side) / u64::from(longer)).max(1) as u32;
    (scaled(width), scaled(height))
}

/// Averages over boxes. `from` and `to` are width and height; `to` is nowhere larger.
fn shrink(data: &[u8], samples: usize, from: (u32, u32), to: (u32, u32)) -> Vec<u8> {
    if from == to {
        return data.to_vec();
    }
    let edge = |index: usize, from: u32, to: u32| (index as u64 * u64::from(from) / u64::from(to)) as usize;
    let edges: Vec<usize> = (0..=to.0 as usize).map(|x| edge(x, from.0, to.0)).collect();
    let mut out = Vec::with_capacity(to.0 as usize * to.1 as usize * samples);
    let mut sums = vec![0_u32; to.0 as usize * samples];
    for y in 0..to.1 as usize {
        let (top, bottom) = (edge(y, from.1, to.1), edge(y + 1, from.1, to.1));
        sums.fill(0);
        for row in data.chunks_exact(from.0 as usize * samples).take(bottom).skip(top) {
            add_row(row, samples, &edges, &mut sums);
        }
        for (sum, span) in sums.chunks_exact(samples).zip(edges.windows(2)) {
            let count = ((span[1] - span[0]) * (bottom - top)).max(1) as u32;
            out.extend(sum.iter().map(|value| ((value + count / 2) / count) as u8));
        }
    }
    out
}

/// Adds a row of pixels to the sums of the boxes it lies in.
fn add_row(row: &[u8], samples: usize, edges: &[usize], sums: &mut [u32]) {
    for (sum, span) in sums.chunks_exact_mut(samples).zip(edges.windows(2)) {
        let Some(pixels) = row.get(span[0] * samples..span[1] * samples) else { continue };
        match sum {
            [sum] => *sum += pixels.iter().map(|value| u32::from(*value)).sum::<u32>(),
            [first, second, third] => {
                let mut here = [0_u32; 3];
                for pixel in pixels.as_chunks::<3>().0 {
                    here[0] += u32::from(pixel[0]);
                    here[1] += u32::from(pixel[1]);
                    here[2] += u32::from(pixel[2]);
                }
                *first += here[0];
                *second += here[1];
                *third += here[2];
            }
            _ => {}
        }
    }
}
