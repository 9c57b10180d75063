//! Synthetic scans: a page like a passport's, laid on a table, photographed badly. Nobody's data.

use std::sync::OnceLock;

/// A valid pair of lines for an invented person.
pub const LINES: [&str; 2] =
    ["P<RUSVYMYSHLENNAIA<<ALEKSANDRA<<<<<<<<<<<<<<", "7100000002RUS9001011F3012316<<<<<<<<<<<<<<<4"];

/// A picture of red, green and blue.
#[derive(Clone)]
pub struct Canvas {
    pub width: usize,
    pub height: usize,
    pub rgb: Vec<u8>,
}

/// Chance that is the same in every run.
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as u32
    }

    /// 0 to 1.
    pub fn part(&mut self) -> f32 {
        self.roll() as f32 / (1_u64 << 31) as f32
    }

    /// About normal, spread 1.
    pub fn normal(&mut self) -> f32 {
        (0..6).map(|_| self.part()).sum::<f32>() * 1.414 - 4.243
    }
}

impl Canvas {
    pub fn new(width: usize, height: usize, colour: [u8; 3]) -> Canvas {
        Canvas { width, height, rgb: colour.repeat(width * height) }
    }

    pub fn set(&mut self, x: usize, y: usize, colour: [u8; 3]) {
        if x < self.width && y < self.height {
            self.rgb[(y * self.width + x) * 3..][..3].copy_from_slice(&colour);
        }
    }

    pub fn get(&self, x: i64, y: i64) -> [u8; 3] {
        let x = x.clamp(0, self.width as i64 - 1) as usize;
        let y = y.clamp(0, self.height as i64 - 1) as usize;
        let at = (y * self.width + x) * 3;
        [self.rgb[at], self.rgb[at + 1], self.rgb[at + 2]]
    }

    fn between(&self, x: f32, y: f32) -> [f32; 3] {
        let (fx, fy) = (x.floor(), y.floor());
        let (px, py) = (x - fx, y - fy);
        std::array::from_fn(|c| {
            let v = |dx: i64, dy: i64| f32::from(self.get(fx as i64 + dx, fy as i64 + dy)[c]);
            (v(0, 0) * (1.0 - px) + v(1, 0) * px) * (1.0 - py) + (v(0, 1) * (1.0 - px) + v(1, 1) * px) * py
        })
    }

    /// Writes text in OCR-B: the centre of the first character, the pitch in pixels.
    pub fn text(&mut self, text: &str, x: f32, y: f32, pitch: f32, ink: [u8; 3]) {
        for (index, letter) in text.chars().enumerate() {
            self.letter(letter, x + index as f32 * pitch, y, pitch, ink);
        }
    }

    fn letter(&mut self, letter: char, x: f32, y: f32, pitch: f32, ink: [u8; 3]) {
        let Some(cell) = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<".find(letter) else { return };
        let atlas = atlas();
        let scale = 60.0 / pitch;
        let (half_wide, half_high) = (pitch / 2.0, pitch * 38.0 / 60.0);
        for py in (y - half_high) as usize..=(y + half_high) as usize {
            for px in (x - half_wide) as usize..=(x + half_wide) as usize {
                // Nine looks a pixel, so that small print is not jagged.
                let mut dark = 0.0;
                for look in 0..9 {
                    let (ox, oy) = ((look % 3) as f32 / 3.0 - 1.0 / 3.0, (look / 3) as f32 / 3.0 - 1.0 / 3.0);
                    let ax = (px as f32 + ox - x) * scale + 29.5;
                    let ay = (py as f32 + oy - y) * scale + 37.5;
                    if (0.0..59.5).contains(&ax) && (0.0..75.5).contains(&ay) {
                        let value = atlas[(ay.round() as usize).min(75) * 37 * 60
                            + cell * 60
                            + (ax.round() as usize).min(59)];
                        dark += (255.0 - f32::from(value)) / 255.0 / 9.0;
                    }
                }
                let under = self.get(px as i64, py as i64);
                let mixed = std::array::from_fn(|c| {
                    (f32::from(under[c]) * (1.0 - dark) + f32::from(ink[c]) * dark).round() as u8
                });
                self.set(px, py, mixed);
            }
        }
    }

    /// A softened copy: three boxes, about a Gaussian.
    pub fn blurred(&self, sigma: f32) -> Canvas {
        let reach = (sigma.mul_add(sigma * 4.0, 1.0).sqrt() - 1.0) / 2.0;
        let reach = reach.round() as i64;
        let mut out = self.clone();
        for _ in 0..if reach > 0 { 3 } else { 0 } {
            out = out.boxed(reach, 0).boxed(0, reach);
        }
        out
    }

    fn boxed(&self, rx: i64, ry: i64) -> Canvas {
        let mut out = self.clone();
        let count = (2 * (rx + ry) + 1) as u32;
        let (length, across) = if rx > 0 { (self.width, self.height) } else { (self.height, self.width) };
        for line in 0..across as i64 {
            let at = |place: i64| if rx > 0 { self.get(place, line) } else { self.get(line, place) };
            let reach = rx + ry;
            let mut sum = [0_u32; 3];
            (-reach..=reach).for_each(|place| (0..3).for_each(|c| sum[c] += u32::from(at(place)[c])));
            for place in 0..length as i64 {
                let (x, y) = if rx > 0 { (place, line) } else { (line, place) };
                out.set(x as usize, y as usize, sum.map(|s| (s / count) as u8));
                let (new, old) = (at(place + reach + 1), at(place - reach));
                (0..3).for_each(|c| sum[c] = sum[c] + u32::from(new[c]) - u32::from(old[c]));
            }
        }
        out
    }

    pub fn lit(&self, factor: f32, add: f32) -> Canvas {
        let rgb = self.rgb.iter().map(|v| (f32::from(*v) * factor + add).clamp(0.0, 255.0) as u8).collect();
        Canvas { rgb, ..*self }
    }

    pub fn noisy(&self, spread: f32, seed: u64) -> Canvas {
        let mut dice = Dice(seed);
        let rgb = self
            .rgb
            .iter()
            .map(|v| (f32::from(*v) + dice.normal() * spread).clamp(0.0, 255.0) as u8)
            .collect();
        Canvas { rgb, ..*self }
    }

    /// A burnt-out round spot.
    pub fn with_glare(&self, x: f32, y: f32, radius: f32) -> Canvas {
        let mut out = self.clone();
        for py in 0..self.height {
            for px in 0..self.width {
                let far = (px as f32 - x).hypot(py as f32 - y) / radius;
                let add = (1.6 - far).clamp(0.0, 1.0) * 255.0 * if far < 1.0 { 1.0 } else { 0.8 };
                let value = self.get(px as i64, py as i64).map(|v| (f32::from(v) + add).min(255.0) as u8);
                out.set(px, py, value);
            }
        }
        out
    }

    pub fn cropped(&self, left: usize, top: usize, width: usize, height: usize) -> Canvas {
        let mut out = Canvas::new(width, height, [0; 3]);
        for y in 0..height {
            for x in 0..width {
                out.set(x, y, self.get((left + x) as i64, (top + y) as i64));
            }
        }
        out
    }

    pub fn quarter(&self) -> Canvas {
        let mut out = Canvas::new(self.height, self.width, [0; 3]);
        for y in 0..self.height {
            for x in 0..self.width {
                out.set(self.height - 1 - y, x, self.get(x as i64, y as i64));
            }
        }
        out
    }

    /// Laid on a table: turned by degrees, made larger or smaller, its centre at a place.
    pub fn on_table(
        &self,
        width: usize,
        height: usize,
        table: [u8; 3],
        centre: (f32, f32),
        degrees: f32,
        scale: f32,
    ) -> Canvas {
        let mut out = Canvas::new(width, height, table);
        let (sin, cos) = degrees.to_radians().sin_cos();
        for y in 0..height {
            for x in 0..width {
                let (dx, dy) = ((x as f32 - centre.0) / scale, (y as f32 - centre.1) / scale);
                let sx = dx * cos + dy * sin + self.width as f32 / 2.0;
                let sy = dy * cos - dx * sin + self.height as f32 / 2.0;
                if sx >= 0.0 && sy >= 0.0 && sx < self.width as f32 && sy < self.height as f32 {
                    out.set(x, y, self.between(sx - 0.5, sy - 0.5).map(|v| v.round() as u8));
                }
            }
        }
        out
    }

    /// Seen through a bent glass: `from` tells for a place where its pixel comes from.
    pub fn warped(&self, from: impl Fn(f32, f32) -> (f32, f32)) -> Canvas {
        let mut out = Canvas::new(self.width, self.height, [74, 62, 52]);
        for y in 0..self.height {
            for x in 0..self.width {
                let (sx, sy) = from(x as f32, y as f32);
                if sx >= 0.0 && sy >= 0.0 && sx < self.width as f32 && sy < self.height as f32 {
                    out.set(x, y, self.between(sx, sy).map(|v| v.round() as u8));
                }
            }
        }
        out
    }

    /// Light that falls from one side.
    pub fn lit_from_left(&self, least: f32) -> Canvas {
        let mut out = self.clone();
        for y in 0..self.height {
            for x in 0..self.width {
                let factor = 1.0 - (1.0 - least) * x as f32 / self.width as f32;
                out.set(x, y, self.get(x as i64, y as i64).map(|v| (f32::from(v) * factor) as u8));
            }
        }
        out
    }

    pub fn jpeg(&self, quality: u8) -> Vec<u8> {
        scan::jpeg_of(self.width as u32, self.height as u32, self.rgb.clone(), quality).unwrap()
    }

    pub fn png(&self) -> Vec<u8> {
        let mut out = Vec::new();
        let mut encoder = png::Encoder::new(&mut out, self.width as u32, self.height as u32);
        encoder.set_color(png::ColorType::Rgb);
        encoder.write_header().unwrap().write_image_data(&self.rgb).unwrap();
        out
    }

    pub fn grey(&self) -> scan::look::Grey {
        let data =
            self.rgb.chunks(3).map(|p| ((u32::from(p[0]) + u32::from(p[1]) * 2 + u32::from(p[2])) / 4) as u8);
        scan::look::Grey::new(self.width as u32, self.height as u32, data.collect()).unwrap()
    }
}

fn atlas() -> &'static [u8] {
    static ATLAS: OnceLock<Vec<u8>> = OnceLock::new();
    ATLAS.get_or_init(|| {
        let bytes: &[u8] = include_bytes!("../data/ocr-b.png");
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
        let mut data = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut data).unwrap();
        data
    })
}

/// The page of a passport, 125 × 88 mm, at so many pixels a millimetre.
pub fn page(per_mm: f32, lines: [&str; 2]) -> Canvas {
    let mm = |length: f32| length * per_mm;
    let mut page = Canvas::new(mm(125.0) as usize, mm(88.0) as usize, [228, 222, 214]);
    for y in 0..page.height {
        for x in 0..page.width {
            let (fx, fy) = (x as f32 / per_mm, y as f32 / per_mm);
            let wave =
                ((fx + (fy * 0.7).sin() * 2.0) * 2.1).sin() + ((fy + (fx * 0.5).sin() * 2.0) * 2.4).sin();
            let value = 226.0 + wave * 5.0;
            page.set(x, y, [value as u8, (value - 4.0) as u8, (value - 12.0) as u8]);
        }
    }
    // An invented face: an oval before a ground, hair, shoulders.
    for y in mm(18.0) as usize..mm(60.0) as usize {
        for x in mm(6.0) as usize..mm(40.0) as usize {
            let (fx, fy) = (x as f32 / per_mm - 23.0, y as f32 / per_mm - 37.0);
            let head = (fx / 8.5).hypot(fy / 11.5);
            let colour = if head < 1.0 && fy > -6.0 {
                [205 - (fx * 3.0) as u8 % 20, 165, 140]
            } else if head < 1.18 && fy < 4.0 {
                [60, 45, 38]
            } else if fy > 12.0 && fx.abs() < 8.0 + (fy - 12.0) {
                [52, 60, 84]
            } else {
                [196, 204, 210]
            };
            page.set(x, y, colour);
        }
    }
    let ink = [38, 36, 48];
    let rows = [
        "ROSSIISKAIA FEDERATSIIA",
        "VYMYSHLENNAIA",
        "ALEKSANDRA",
        "",
        "01 01 1990 F",
        "VYDUMANSK",
        "MVD 12345",
        "01 02 2020",
    ];
    for (index, row) in rows.iter().enumerate() {
        page.text(row, mm(46.0), mm(10.0 + index as f32 * 6.5), mm(2.4), ink);
    }
    page.text("71 0000000", mm(90.0), mm(5.0), mm(2.6), [150, 30, 40]);
    page.text(lines[0], mm(7.5), mm(72.0), mm(2.54), ink);
    page.text(lines[1], mm(7.5), mm(78.35), mm(2.54), ink);
    page
}

/// The page as most people photograph it: on a dark table, a little askew, well in the frame.
pub fn photograph() -> Canvas {
    page(10.0, LINES).on_table(1500, 1100, [74, 62, 52], (750.0, 550.0), 1.5, 1.05)
}
