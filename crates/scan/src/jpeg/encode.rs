//! A baseline JPEG encoder. It is our own so that a copy can use the tables of its original, and so that its output is
//! bounded while it is written.

use super::tables::{AC_COLOUR, AC_LIGHT, COLOUR, Codes, DC_COLOUR, DC_LIGHT, LIGHT, ZIGZAG};
use super::walk::Walk;
use crate::picture::{Colours, Picture};

/// How a picture is to be encoded.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// Divisors of lightness and of colour, row by row.
    quant: [[u8; 64]; 2],
    /// How many blocks of lightness across and down share one block of each colour: 1 or 2.
    share: (usize, usize),
}

impl Plan {
    /// The quality scale of the reference implementation, 1 to 100; colour at half resolution.
    pub(crate) fn of_quality(quality: u8) -> Plan {
        let quality = u32::from(quality.clamp(1, 100));
        let scale = if quality < 50 { 5000 / quality } else { 200 - quality * 2 };
        let table = |base: &[u8; 64]| base.map(|v| ((u32::from(v) * scale + 50) / 100).clamp(1, 255) as u8);
        Plan { quant: [table(&LIGHT), table(&COLOUR)], share: (2, 2) }
    }

    /// The tables and the sharing of the original, turned as the picture is; `None` for what baseline cannot say.
    pub(crate) fn like(walk: &Walk, picture: &Picture) -> Option<Plan> {
        if picture.colours == Colours::Rgb {
            return None;
        }
        let first = walk.components.first()?;
        let second = walk.components.get(1).unwrap_or(first);
        let table = |number: u8| {
            let zigzag = walk.tables.get(usize::from(number)).copied().flatten()?;
            let mut out = [0; 64];
            for (value, place) in zigzag.iter().zip(ZIGZAG) {
                let place = usize::from(place);
                let place = if picture.turn.swap { place % 8 * 8 + place / 8 } else { place };
                out[place] = u8::try_from(*value).ok()?;
            }
            Some(out)
        };
        let ratio = |one: u8, other: u8| (one / other.max(1)).clamp(1, 2) as usize;
        let (across, down) = (ratio(first.across, second.across), ratio(first.down, second.down));
        let share = if picture.turn.swap { (down, across) } else { (across, down) };
        Some(Plan { quant: [table(first.table)?, table(second.table)?], share })
    }
}

/// The picture, upright, as a baseline JPEG; `None` when it would be longer than `most` bytes.
pub(crate) fn encode(picture: &Picture, plan: &Plan, most: usize) -> Option<Vec<u8>> {
    let (width, height) = picture.seen_size();
    let (width, height) = (u16::try_from(width).ok()?, u16::try_from(height).ok()?);
    let grey = picture.colours == Colours::Grey;
    let share = if grey { (1, 1) } else { plan.share };
    let mut out = Writer { bytes: Vec::new(), bits: 0, count: 0 };
    out.headers(width, height, grey, share, &plan.quant);
    let coders = [
        Coder::new(&plan.quant[0], &DC_LIGHT, &AC_LIGHT),
        Coder::new(&plan.quant[1], &DC_COLOUR, &AC_COLOUR),
    ];
    let mut means = [0; 3];
    let mut unit = Unit::new(picture, share);
    for y in 0..usize::from(height).div_ceil(8 * share.1) {
        for x in 0..usize::from(width).div_ceil(8 * share.0) {
            unit.fill(picture, x, y);
            for index in 0..share.0 * share.1 {
                let block = unit.light(index % share.0, index / share.0);
                out.block(block, &coders[0], &mut means[0]);
            }
            for (colour, mean) in means.iter_mut().enumerate().skip(1).take(if grey { 0 } else { 2 }) {
                out.block(unit.colour(colour), &coders[1], mean);
            }
        }
        if out.bytes.len() > most {
            return None;
        }
    }
    out.flush();
    out.bytes.extend_from_slice(&[0xFF, 0xD9]);
    (out.bytes.len() <= most).then_some(out.bytes)
}

/// The samples of one coded unit: up to 16 × 16 pixels.
struct Unit {
    planes: [[f32; 256]; 3],
    /// Pixels across and down.
    size: (usize, usize),
    steps: (usize, isize, isize),
    seen: (usize, usize),
}

impl Unit {
    fn new(picture: &Picture, share: (usize, usize)) -> Unit {
        let (width, height) = picture.seen_size();
        Unit {
            planes: [[0.0; 256]; 3],
            size: (8 * share.0, 8 * share.1),
            steps: picture.steps(),
            seen: (width as usize, height as usize),
        }
    }

    /// Takes the pixels of a unit; beyond the edge the last ones are repeated.
    fn fill(&mut self, picture: &Picture, unit_x: usize, unit_y: usize) {
        let (start, right, below) = self.steps;
        let samples = picture.colours.samples();
        let left = unit_x * self.size.0;
        let plain = right == samples as isize && left + self.size.0 <= self.seen.0;
        for y in 0..self.size.1 {
            let seen_y = (unit_y * self.size.1 + y).min(self.seen.1 - 1) as isize;
            let at = start.saturating_add_signed(left as isize * right + seen_y * below);
            if plain {
                let row = picture.data.get(at..at + self.size.0 * samples).unwrap_or_default();
                self.row(y, row.chunks_exact(samples), picture.colours);
            } else {
                let (wide, last) = (self.size.0, self.seen.0 - 1);
                let pixels = (0..wide).filter_map(|x| {
                    let across = (left + x).min(last) - left.min(last);
                    let at = at.saturating_add_signed(across as isize * right);
                    picture.data.get(at..at + samples)
                });
                self.row(y, pixels, picture.colours);
            }
        }
    }

    /// Takes the pixels of a row.
    fn row<'a>(&mut self, y: usize, pixels: impl Iterator<Item = &'a [u8]>, colours: Colours) {
        let from = y * 16;
        let [first, second, third] = &mut self.planes;
        let light = first[from..from + 16].iter_mut();
        let others = second[from..from + 16].iter_mut().zip(third[from..from + 16].iter_mut());
        if colours == Colours::Grey {
            light.zip(pixels).for_each(|(to, pixel)| *to = f32::from(pixel[0]) - 128.0);
            return;
        }
        for ((light, (blue, red)), pixel) in light.zip(others).zip(pixels) {
            let values = [f32::from(pixel[0]), f32::from(pixel[1]), f32::from(pixel[2])];
            let values = if colours == Colours::Rgb { ycc(values) } else { values };
            (*light, *blue, *red) = (values[0] - 128.0, values[1] - 128.0, values[2] - 128.0);
        }
    }

    fn light(&self, across: usize, down: usize) -> [[f32; 8]; 8] {
        let rows = self.planes[0].as_chunks::<16>().0;
        std::array::from_fn(|y| {
            let row = &rows[(down * 8 + y) & 15];
            if across == 0 { row[..8].try_into() } else { row[8..].try_into() }.unwrap_or_default()
        })
    }

    /// One block of a colour, averaged over the pixels that share it.
    fn colour(&self, plane: usize) -> [[f32; 8]; 8] {
        let (wide, high) = (self.size.0 / 8, self.size.1 / 8);
        let rows = self.planes[plane.min(2)].as_chunks::<16>().0;
        let part = 1.0 / (wide * high) as f32;
        std::array::from_fn(|y| {
            let mut sums = rows[(y * high) & 15];
            if high == 2 {
                sums.iter_mut().zip(rows[(y * 2 + 1) & 15]).for_each(|(sum, value)| *sum += value);
            }
            std::array::from_fn(|x| {
                let sum = if wide == 2 { sums[x * 2] + sums[x * 2 + 1] } else { sums[x] };
                sum * part
            })
        })
    }
}

/// ITU-T T.871.
fn ycc([red, green, blue]: [f32; 3]) -> [f32; 3] {
    [
        0.299 * red + 0.587 * green + 0.114 * blue,
        -0.168_735_9 * red - 0.331_264_1 * green + 0.5 * blue + 128.0,
        0.5 * red - 0.418_687_6 * green - 0.081_312_4 * blue + 128.0,
    ]
}

/// Factors (rows and columns exchanged) and codes of lightness or of colour.
struct Coder {
    factors: [f32; 64],
    dc: [(u16, u8); 256],
    ac: [(u16, u8); 256],
}

impl Coder {
    fn new(quant: &[u8; 64], dc: &Codes, ac: &Codes) -> Coder {
        // What the fast transform leaves multiplied (Arai, Agui, Nakajima): √2·cos(kπ/16), and 8 in all.
        const LEFT: [f32; 8] =
            [1.0, 1.387_039_8, 1.306_563, 1.175_875_6, 1.0, 0.785_694_96, 0.541_196_1, 0.275_899_38];
        let mut factors = [0.0; 64];
        for (place, factor) in factors.iter_mut().enumerate() {
            let turned = place % 8 * 8 + place / 8;
            *factor = 1.0 / (f32::from(quant[turned]) * LEFT[place / 8] * LEFT[place % 8] * 8.0);
        }
        Coder { factors, dc: codes(dc), ac: codes(ac) }
    }
}

/// Symbol → code and its length.
fn codes(table: &Codes) -> [(u16, u8); 256] {
    let mut out = [(0, 0); 256];
    let (mut code, mut next) = (0_u16, table.symbols.iter());
    for (length, count) in (1_u8..).zip(table.lengths) {
        for symbol in next.by_ref().take(usize::from(count)) {
            out[usize::from(*symbol)] = (code, length);
            code = code.wrapping_add(1);
        }
        code <<= 1;
    }
    out
}

struct Writer {
    bytes: Vec<u8>,
    bits: u64,
    count: u8,
}

impl Writer {
    fn segment(&mut self, marker: u8, body: &[u8]) {
        self.bytes.extend_from_slice(&[0xFF, marker]);
        self.bytes.extend_from_slice(&((body.len() + 2) as u16).to_be_bytes());
        self.bytes.extend_from_slice(body);
    }

    fn headers(&mut self, width: u16, height: u16, grey: bool, share: (usize, usize), quant: &[[u8; 64]; 2]) {
        let used = if grey { 1 } else { 2 };
        self.bytes.extend_from_slice(&[0xFF, 0xD8]);
        self.segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0");
        for (number, table) in (0_u8..).zip(quant).take(used) {
            let mut body = vec![number];
            body.extend(ZIGZAG.map(|place| table[usize::from(place)]));
            self.segment(0xDB, &body);
        }
        let ([h1, h0], [w1, w0]) = (height.to_be_bytes(), width.to_be_bytes());
        let mut frame =
            vec![8, h1, h0, w1, w0, if grey { 1 } else { 3 }, 1, (share.0 << 4 | share.1) as u8, 0];
        let mut scan = vec![if grey { 1 } else { 3 }, 1, 0];
        if !grey {
            frame.extend([2, 0x11, 1, 3, 0x11, 1]);
            scan.extend([2, 0x11, 3, 0x11]);
        }
        scan.extend([0, 63, 0]);
        self.segment(0xC0, &frame);
        for (number, table) in [(0x00, &DC_LIGHT), (0x10, &AC_LIGHT), (0x01, &DC_COLOUR), (0x11, &AC_COLOUR)]
        {
            if number & 15 < used as u8 {
                let mut body = vec![number];
                body.extend(table.lengths);
                body.extend(table.symbols);
                self.segment(0xC4, &body);
            }
        }
        self.segment(0xDA, &scan);
    }

    /// Adds up to 27 bits.
    fn put(&mut self, value: u32, length: u8) {
        self.bits = self.bits << length | u64::from(value);
        self.count += length;
        if self.count >= 32 {
            self.count -= 32;
            let bytes = ((self.bits >> self.count) as u32).to_be_bytes();
            self.take(&bytes);
        }
    }

    /// Zeros are stuffed behind bytes that would begin a marker.
    fn take(&mut self, bytes: &[u8]) {
        if !bytes.contains(&0xFF) {
            self.bytes.extend_from_slice(bytes);
            return;
        }
        for byte in bytes {
            self.bytes.push(*byte);
            if *byte == 0xFF {
                self.bytes.push(0);
            }
        }
    }

    /// Fills the last byte with ones.
    fn flush(&mut self) {
        self.put(0x7F, 7);
        while self.count >= 8 {
            self.count -= 8;
            let byte = (self.bits >> self.count) as u8;
            self.take(&[byte]);
        }
    }

    /// A code and, behind it, the bits of a number of that many.
    fn coded(&mut self, (code, length): (u16, u8), number: i32, size: u8) {
        let bits = if number < 0 { number - 1 } else { number } & ((1 << size) - 1);
        self.put(u32::from(code) << size | bits as u32, length + size);
    }

    fn block(&mut self, block: [[f32; 8]; 8], coder: &Coder, mean: &mut i32) {
        let numbers = quantised(block, &coder.factors);
        let change = numbers[0] - *mean;
        *mean = numbers[0];
        let size = size_of(change);
        self.coded(coder.dc[usize::from(size)], change, size);
        let mut zeros = 0_u8;
        for place in &TURNED_ZIGZAG[1..] {
            let number = numbers[usize::from(*place & 63)];
            if number == 0 {
                zeros += 1;
                continue;
            }
            while zeros > 15 {
                self.coded(coder.ac[0xF0], 0, 0);
                zeros -= 16;
            }
            let size = size_of(number);
            self.coded(coder.ac[usize::from(zeros << 4 | size)], number, size);
            zeros = 0;
        }
        if zeros > 0 {
            self.coded(coder.ac[0], 0, 0);
        }
    }
}

/// How many bits a number needs.
const fn size_of(value: i32) -> u8 {
    (32 - value.unsigned_abs().leading_zeros()) as u8
}

/// Zigzag position → place in a block whose rows and columns are exchanged.
const TURNED_ZIGZAG: [u8; 64] = {
    let mut out = ZIGZAG;
    let mut index = 0;
    while index < 64 {
        out[index] = out[index] % 8 * 8 + out[index] / 8;
        index += 1;
    }
    out
};

/// The coefficients of a block, divided and rounded; rows and columns are exchanged.
fn quantised(mut block: [[f32; 8]; 8], factors: &[f32; 64]) -> [i32; 64] {
    transform(&mut block);
    block = std::array::from_fn(|x| std::array::from_fn(|y| block[y][x]));
    transform(&mut block);
    let mut out = [0; 64];
    for (number, (value, factor)) in out.iter_mut().zip(block.as_flattened().iter().zip(factors)) {
        // Rounding without a call: the numbers are small.
        *number = ((value * factor).clamp(-1023.0, 1023.0) + 16_384.5) as i32 - 16_384;
    }
    out
}

/// The cosine transform of Arai, Agui and Nakajima down each column, all columns side by side; factors are left in the
/// result.
fn transform(block: &mut [[f32; 8]; 8]) {
    const C4: f32 = std::f32::consts::FRAC_1_SQRT_2;
    let [r0, r1, r2, r3, r4, r5, r6, r7] = block;
    for x in 0..8 {
        let (s0, s1, s2, s3) = (r0[x] + r7[x], r1[x] + r6[x], r2[x] + r5[x], r3[x] + r4[x]);
        let (m0, m1, m2, m3) = (r0[x] - r7[x], r1[x] - r6[x], r2[x] - r5[x], r3[x] - r4[x]);
        let (e0, e1, e2, e3) = (s0 + s3, s1 + s2, s1 - s2, s0 - s3);
        let middle = (e2 + e3) * C4;
        let (o0, o1, o2) = (m3 + m2, m2 + m1, m1 + m0);
        let z5 = (o0 - o2) * 0.382_683_43;
        let (z2, z4, z3) = (0.541_196_1 * o0 + z5, 1.306_563 * o2 + z5, o1 * C4);
        let (a, b) = (m0 + z3, m0 - z3);
        (r0[x], r1[x], r2[x], r3[x]) = (e0 + e1, a + z4, e3 + middle, b - z2);
        (r4[x], r5[x], r6[x], r7[x]) = (e0 - e1, b + z2, e3 - middle, a - z4);
    }
}
