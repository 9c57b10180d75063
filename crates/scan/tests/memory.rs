//! However hostile the file, the memory stays under a ceiling. A program of its own, since it counts every allocation.

#![allow(clippy::unwrap_used, reason = "a test may stop")]

use peak_alloc::PeakAlloc;
use scan::{Refusal, Rules, inspect};
use std::io::Write;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Decoding, and beside it the clean copy, smaller copies and tables.
const BESIDE: usize = 64 << 20;

/// Judges a file; tells the verdict and the most memory beside the file itself.
fn judged(bytes: &[u8]) -> (Result<(), Refusal>, usize) {
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let verdict = inspect(bytes, &Rules::default()).map(|_| ());
    (verdict, MEMORY.peak_usage() - before)
}

fn zipped(parts: usize) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    (0..parts).for_each(|_| encoder.write_all(&[0; 1 << 20]).unwrap());
    encoder.finish().unwrap()
}

fn packed(start: &str, again: &str, times: usize) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(start.as_bytes()).unwrap();
    let block = again.repeat(1 << 14);
    (0..times >> 14).for_each(|_| encoder.write_all(block.as_bytes()).unwrap());
    encoder.finish().unwrap()
}

fn packed_keys() -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(b"1 0 <<").unwrap();
    (0..2_000_000).for_each(|number| encoder.write_all(format!("/{number:x} 1").as_bytes()).unwrap());
    encoder.finish().unwrap()
}

fn png(width: u32, height: u32, colour: png::ColorType, chunks: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let row = width as usize * colour.samples();
    let mut encoder = png::Encoder::new(&mut out, width, height);
    encoder.set_color(colour);
    let mut writer = encoder.write_header().unwrap();
    let mut stream = writer.stream_writer().unwrap();
    (0..height).for_each(|_| stream.write_all(&vec![200; row]).unwrap());
    stream.finish().unwrap();
    drop(writer);
    out.splice(33..33, chunks.iter().copied());
    out
}

fn chunk(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let mut sum = flate2::Crc::new();
    sum.update(kind);
    sum.update(body);
    [&(body.len() as u32).to_be_bytes()[..], kind, body, &sum.sum().to_be_bytes()].concat()
}

/// Fifty pages that share one large dictionary of resources, each below thirty nodes that pass it on.
fn shared_resources() -> Vec<u8> {
    let mut out = b"%PDF-1.4\n1 0 obj\n<</Pages 100 0 R>>\nendobj\n2 0 obj\n<<".to_vec();
    (0..240_000).for_each(|number| out.extend(format!("/{number:x} 1").bytes()));
    out.extend(b">>\nendobj\n");
    (0..28).for_each(|level| {
        let number = 100 + level;
        out.extend(
            format!("{number} 0 obj\n<</Resources 2 0 R/Kids[{} 0 R]>>\nendobj\n", number + 1).bytes(),
        );
    });
    let kids: String = (200..250).map(|number| format!("{number} 0 R ")).collect();
    out.extend(format!("128 0 obj\n<</Kids[{kids}]>>\nendobj\n").bytes());
    (200..250).for_each(|number| out.extend(format!("{number} 0 obj\n<</Type/Page>>\nendobj\n").bytes()));
    out.extend(b"trailer\n<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n");
    out
}

/// A good JPEG whose frame header tells another size and kind.
fn claiming(width: u16, height: u16, progressive: bool) -> Vec<u8> {
    let mut jpeg = scan::jpeg_of(320, 320, vec![99; 320 * 320 * 3], 50).unwrap();
    let at = jpeg.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
    jpeg[at + 1] = if progressive { 0xC2 } else { 0xC0 };
    jpeg[at + 5..at + 7].copy_from_slice(&height.to_be_bytes());
    jpeg[at + 7..at + 9].copy_from_slice(&width.to_be_bytes());
    jpeg
}

fn pdf(dict: &str, data: &[u8], times: usize) -> Vec<u8> {
    let mut out = b"%PDF-1.4\n1 0 obj\n<</Pages 2 0 R>>\nendobj\n2 0 obj\n<</Kids[3 0 R]>>\nendobj\n3 0 obj\n<</Type/Page/Contents 4 0 R>>\nendobj\n".to_vec();
    for number in 4..4 + times {
        out.extend(format!("{number} 0 obj\n<<{dict}/Length {}>>\nstream\n", data.len()).bytes());
        out.extend(data);
        out.extend(b"\nendstream\nendobj\n");
    }
    out.extend(b"trailer\n<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n");
    out
}

#[test]
fn every_file_stays_under_the_ceiling() {
    let rules = Rules::default();
    let ceiling = rules.max_memory as usize + BESIDE;
    let text = [b"k\0\0".to_vec(), zipped(512)].concat();
    let names = "/A ".repeat(1_400_000);
    let nested =
        format!("%PDF-1.4\n1 0 obj\n[{names}]\nendobj\ntrailer\n<</Root 1 0 R>>\n%%EOF\n").into_bytes();
    let references =
        format!("%PDF-1.4\n1 0 obj\n[{}]\nendobj\ntrailer\n<</Root 1 0 R>>\n%%EOF\n", "1 ".repeat(2_400_000));
    let files = [
        ("a JPEG of 36 million pixels", scan::jpeg_of(6000, 6000, vec![180; 108_000_000], 80).unwrap()),
        ("a JPEG that claims 65 535 squared", claiming(65_535, 65_535, false)),
        ("a progressive JPEG that claims just enough", claiming(4_600, 4_600, true)),
        ("a PNG of 36 million pixels", png(6000, 6000, png::ColorType::Rgb, b"")),
        ("a PNG with transparency", png(6000, 6000, png::ColorType::Rgba, b"")),
        ("a PNG with half a gigabyte of text", png(320, 320, png::ColorType::Rgb, &chunk(b"zTXt", &text))),
        ("a PNG with such a profile", png(320, 320, png::ColorType::Rgb, &chunk(b"iCCP", &text))),
        ("a PDF with half a gigabyte of zeros", pdf("/Filter/FlateDecode", &zipped(512), 1)),
        ("a PDF with fifty such streams", pdf("/Filter/FlateDecode", &zipped(60), 50)),
        (
            "a PDF with such an object stream",
            pdf("/Type/ObjStm/N 1/First 9/Filter/FlateDecode", &zipped(512), 1),
        ),
        (
            "a PDF with sixty million packed numbers",
            pdf("/Type/ObjStm/N 1/First 4/Filter/FlateDecode", &packed("1 0 [", "1 ", 30 << 20), 1),
        ),
        (
            "a PDF with a large packed dictionary",
            pdf("/Type/ObjStm/N 1/First 4/Filter/FlateDecode", &packed_keys(), 1),
        ),
        ("a PDF of pages that share much", shared_resources()),
        ("a PDF of many short names", nested),
        ("a PDF of many numbers", references.into_bytes()),
    ];
    for (name, bytes) in files {
        let (verdict, peak) = judged(&bytes);
        println!("| {name} | {} | {verdict:?} | {} MiB |", bytes.len(), peak >> 20);
        assert!(peak < ceiling, "{name}: {} MiB", peak >> 20);
    }
}
