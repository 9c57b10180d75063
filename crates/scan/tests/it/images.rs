//! Pictures: what is kept, what is refused.

use crate::paint::{self, Canvas};
use scan::{Kind, Refusal, Rules, inspect};

fn refusal(bytes: &[u8]) -> Refusal {
    inspect(bytes, &Rules::default()).unwrap_err()
}

/// Markers of a JPEG up to its pixels.
fn markers(bytes: &[u8]) -> Vec<u8> {
    let (mut at, mut found) = (2, Vec::new());
    while bytes[at] == 0xFF && bytes[at + 1] != 0xDA {
        found.push(bytes[at + 1]);
        at += 2 + usize::from(u16::from_be_bytes([bytes[at + 2], bytes[at + 3]]));
    }
    found
}

fn with_segment(jpeg: &[u8], marker: u8, body: &[u8]) -> Vec<u8> {
    let mut out = jpeg[..2].to_vec();
    out.extend([0xFF, marker]);
    out.extend(((body.len() + 2) as u16).to_be_bytes());
    out.extend(body);
    out.extend(&jpeg[2..]);
    out
}

fn exif(orientation: u8) -> Vec<u8> {
    let mut out = b"Exif\0\0MM\0\x2A\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    out.extend([orientation, 0, 0, 0, 0, 0, 0]);
    out.extend(b"GPS 55.7558 37.6173 SecretCamera");
    out
}

/// PNG chunks with right sums.
pub fn chunk(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let mut sum = flate2::Crc::new();
    sum.update(kind);
    sum.update(body);
    [&(body.len() as u32).to_be_bytes()[..], kind, body, &sum.sum().to_be_bytes()].concat()
}

fn after_header(png: &[u8], extra: &[u8]) -> Vec<u8> {
    [&png[..33], extra, &png[33..]].concat()
}

/// Mean difference of two pictures of one size.
fn differ(one: &[u8], other: &[u8]) -> f32 {
    assert_eq!(one.len(), other.len());
    one.iter().zip(other).map(|(a, b)| f32::from(a.abs_diff(*b))).sum::<f32>() / one.len() as f32
}

fn pixels(jpeg: &[u8]) -> (usize, usize, Vec<u8>) {
    let mut decoder = zune_jpeg::JpegDecoder::new(zune_core::bytestream::ZCursor::new(jpeg));
    let data = decoder.decode().unwrap();
    let (width, height) = decoder.dimensions().unwrap();
    (width, height, data)
}

#[test]
fn a_photograph_is_kept_without_loss_worth_naming_and_without_metadata() {
    let photograph = paint::photograph();
    let jpeg = with_segment(&with_segment(&photograph.jpeg(88), 0xE1, &exif(1)), 0xFE, b"<html><script>");
    let seen = inspect(&jpeg, &Rules::default()).unwrap();
    assert_eq!((seen.kind, seen.width, seen.height, seen.pages), (Kind::Jpeg, 1500, 1100, 1));
    assert_eq!(seen.advice, []);
    assert_eq!(markers(&seen.clean), [0xE0, 0xDB, 0xDB, 0xC0, 0xC4, 0xC4, 0xC4, 0xC4]);
    for secret in ["Exif", "GPS", "SecretCamera", "script"] {
        assert!(!seen.clean.windows(secret.len()).any(|part| part == secret.as_bytes()));
    }
    let (_, _, before) = pixels(&jpeg);
    let (width, height, after) = pixels(&seen.clean);
    assert_eq!((width, height), (1500, 1100));
    assert!(differ(&before, &after) < 0.6, "{}", differ(&before, &after));
    let (width, height, _) = pixels(&seen.preview);
    assert_eq!((width, height), (480, 352));
}

#[test]
fn the_same_bytes_give_the_same_answer() {
    let jpeg = paint::photograph().jpeg(80);
    let (one, other) =
        (inspect(&jpeg, &Rules::default()).unwrap(), inspect(&jpeg, &Rules::default()).unwrap());
    assert_eq!(
        (&one.clean, &one.preview, one.print, &one.mrz),
        (&other.clean, &other.preview, other.print, &other.mrz)
    );
}

#[test]
fn a_clean_copy_is_clean_again() {
    for bytes in [paint::photograph().jpeg(85), paint::photograph().png()] {
        let once = inspect(&bytes, &Rules::default()).unwrap();
        let twice = inspect(&once.clean, &Rules::default()).unwrap();
        assert_eq!((once.kind, once.width), (twice.kind, twice.width));
        assert!(once.print.resembles(&twice.print));
    }
}

#[test]
fn every_way_a_camera_is_held_comes_out_upright() {
    // A corner mark: dark above to the left.
    let mut upright = Canvas::new(400, 320, [230, 230, 230]);
    (0..60).for_each(|y| (0..100).for_each(|x| upright.set(x, y, [10, 10, 10])));
    let turned = |times: usize| (0..times).fold(upright.clone(), |canvas, _| canvas.quarter());
    let mirrored = |canvas: Canvas| {
        let mut out = canvas.clone();
        (0..canvas.height).for_each(|y| {
            (0..canvas.width).for_each(|x| out.set(canvas.width - 1 - x, y, canvas.get(x as i64, y as i64)));
        });
        out
    };
    // What lies in the file, so that the tag makes it upright again.
    let stored = [
        (1, turned(0)),
        (2, mirrored(turned(0))),
        (3, turned(2)),
        (4, mirrored(turned(2))),
        (5, mirrored(turned(1))),
        (6, turned(3)),
        (7, mirrored(turned(3))),
        (8, turned(1)),
    ];
    for (tag, canvas) in stored {
        let jpeg = with_segment(&canvas.jpeg(90), 0xE1, &exif(tag));
        let mut tiff = exif(tag);
        tiff.drain(..6);
        let png = after_header(&canvas.png(), &chunk(b"eXIf", &tiff));
        for bytes in [jpeg, png] {
            let seen = inspect(&bytes, &Rules::default()).unwrap();
            assert_eq!((seen.width, seen.height), (400, 320), "tag {tag}");
            let again = inspect(&seen.clean, &Rules::default()).unwrap();
            assert_eq!((again.width, again.height), (400, 320), "tag {tag}");
            let (width, height, data) = pixels(&again.preview);
            let at = |x: usize, y: usize| data[(y * width + x) * 3];
            assert!(at(20, 20) < 60 && at(width - 20, 20) > 190 && at(20, height - 20) > 190, "tag {tag}");
        }
    }
}

#[test]
fn progressive_and_cmyk_files_of_another_program_are_read() {
    for bytes in [&include_bytes!("../data/progressive.jpg")[..], include_bytes!("../data/cmyk.jpg")] {
        let seen = inspect(bytes, &Rules::default()).unwrap();
        assert_eq!((seen.width, seen.height), (420, 320));
        let (_, _, data) = pixels(&seen.clean);
        // The paper is light, the lines are dark.
        assert!(data.iter().filter(|v| **v > 190).count() > data.len() / 2);
        assert!(data.iter().any(|v| *v < 70));
    }
}

#[test]
fn grey_palette_sixteen_bits_and_transparency_are_read() {
    let make = |colour, depth, data: &[u8], palette: Option<&[u8]>| {
        let mut out = Vec::new();
        let mut encoder = png::Encoder::new(&mut out, 320, 320);
        encoder.set_color(colour);
        encoder.set_depth(depth);
        if let Some(palette) = palette {
            encoder.set_palette(palette.to_vec());
        }
        encoder.write_header().unwrap().write_image_data(data).unwrap();
        out
    };
    use png::{BitDepth, ColorType};
    let files = [
        make(ColorType::Grayscale, BitDepth::One, &[0x0F; 40 * 320], None),
        make(ColorType::Grayscale, BitDepth::Sixteen, &[90; 640 * 320], None),
        make(ColorType::Indexed, BitDepth::Four, &[0x01; 160 * 320], Some(&[0, 0, 0, 255, 255, 255])),
        make(ColorType::Rgba, BitDepth::Eight, &[9, 9, 9, 0].repeat(320 * 320), None),
        make(ColorType::GrayscaleAlpha, BitDepth::Sixteen, &[9, 9, 0, 0].repeat(320 * 320), None),
    ];
    for (index, file) in files.iter().enumerate() {
        let seen = inspect(file, &Rules::default()).unwrap();
        assert_eq!((seen.kind, seen.width, seen.height), (Kind::Png, 320, 320), "file {index}");
        if index >= 3 {
            let (_, _, data) = pixels(&seen.preview);
            assert!(data.iter().all(|v| *v > 250), "transparent is white");
        }
    }
}

#[test]
fn what_hides_behind_or_between_is_not_kept() {
    let zip = b"PK\x03\x04evil.class PK\x05\x06";
    let canvas = paint::photograph();
    let jpeg = [&canvas.jpeg(80)[..], zip].concat();
    let png = [&canvas.png()[..], zip].concat();
    let png_text = after_header(&canvas.png(), &chunk(b"tEXt", b"Comment\0<?php evil.class ?>"));
    let png_unknown = after_header(&canvas.png(), &chunk(b"evIl", b"evil.class"));
    let comment = with_segment(&canvas.jpeg(80), 0xFE, b"evil.class");
    let profile = with_segment(&canvas.jpeg(80), 0xE2, b"ICC_PROFILE\0evil.class");
    for file in [jpeg, png, png_text, png_unknown, comment, profile] {
        let seen = inspect(&file, &Rules::default()).unwrap();
        assert!(!seen.clean.windows(4).any(|part| part == b"evil"));
    }
}

#[test]
fn only_the_still_picture_of_an_animation_is_kept() {
    let canvas = Canvas::new(320, 320, [200, 210, 220]);
    let animated = after_header(&canvas.png(), &chunk(b"acTL", &[0, 0, 0, 2, 0, 0, 0, 0]));
    let end = animated.len() - 12;
    let frame = [chunk(b"fcTL", &[0; 26]), chunk(b"fdAT", b"\0\0\0\x01garbage")].concat();
    let animated = [&animated[..end], &frame, &animated[end..]].concat();
    let seen = inspect(&animated, &Rules::default()).unwrap();
    assert!(!seen.clean.windows(4).any(|part| part == b"acTL" || part == b"fdAT"));
}

#[test]
fn files_that_are_no_pictures_are_refused() {
    assert_eq!(refusal(b""), Refusal::Empty);
    assert_eq!(refusal(&vec![0xFF; 5 * 1024 * 1024 + 1]), Refusal::TooBig);
    for bytes in
        [&b"GIF89a"[..], b"BM", b"MZ", b"PK\x03\x04", b"<svg>", b"RIFF", b"\xFF\xD8", b" %PDF-1.4", b"II*\0"]
    {
        assert_eq!(refusal(bytes), Refusal::UnknownType);
    }
    assert_eq!(refusal(b"\xFF\xD8\xFF\xE0"), Refusal::Broken);
    assert_eq!(refusal(b"\x89PNG\r\n\x1a\n"), Refusal::Broken);
}

#[test]
fn cut_files_are_broken() {
    for whole in [paint::photograph().jpeg(60), paint::photograph().png()] {
        for part in 1..40 {
            let cut = &whole[..whole.len() * part / 40];
            assert_eq!(refusal(cut), Refusal::Broken, "{part}");
        }
        assert_eq!(refusal(&whole[..whole.len() - 1]), Refusal::Broken);
    }
}

fn png_header(width: u32, height: u32) -> Vec<u8> {
    let mut header = [width.to_be_bytes(), height.to_be_bytes()].concat();
    header.extend([8, 2, 0, 0, 0]);
    let data = [0x78, 0x9C, 0x63, 0, 0, 0, 1, 0, 1];
    [&b"\x89PNG\r\n\x1a\n"[..], &chunk(b"IHDR", &header), &chunk(b"IDAT", &data), &chunk(b"IEND", b"")]
        .concat()
}

fn jpeg_header(width: u16, height: u16, progressive: bool) -> Vec<u8> {
    let mut jpeg = Canvas::new(320, 320, [99, 99, 99]).jpeg(50);
    let at = jpeg.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
    if progressive {
        jpeg[at + 1] = 0xC2;
    }
    jpeg[at + 5..at + 7].copy_from_slice(&height.to_be_bytes());
    jpeg[at + 7..at + 9].copy_from_slice(&width.to_be_bytes());
    jpeg
}

#[test]
fn sizes_are_judged_before_anything_is_unpacked() {
    for (width, height) in
        [(20_000, 20_000), (10_001, 300), (7_000, 7_000), (u32::MAX, u32::MAX), (0x7FFF_FFFF, 1)]
    {
        assert_eq!(refusal(&png_header(width, height)), Refusal::TooManyPixels, "{width} × {height}");
    }
    assert_eq!(refusal(&png_header(0, 5)), Refusal::Broken);
    assert_eq!(refusal(&png_header(299, 500)), Refusal::TooSmall);
    assert_eq!(refusal(&jpeg_header(65_535, 65_535, false)), Refusal::TooManyPixels);
    // One pixel too many for the coefficients of a progressive picture, not for a plain one.
    assert_eq!(refusal(&jpeg_header(6_000, 6_000, true)), Refusal::TooManyPixels);
    assert_eq!(refusal(&jpeg_header(6_000, 6_000, false)), Refusal::Broken);
    assert_eq!(refusal(&jpeg_header(299, 299, false)), Refusal::TooSmall);
    assert_eq!(refusal(&jpeg_header(0, 400, false)), Refusal::Broken);
}

#[test]
fn bombs_are_refused() {
    let rules = Rules::default();
    let progressive = include_bytes!("../data/progressive.jpg");
    let scan = progressive.windows(2).rposition(|pair| pair == [0xFF, 0xDA]).unwrap();
    let end = progressive.len() - 2;
    let mut scans = progressive[..end].to_vec();
    (0..rules.max_scans).for_each(|_| scans.extend(&progressive[scan..end]));
    scans.extend([0xFF, 0xD9]);
    assert_eq!(refusal(&scans), Refusal::Bomb);
    let mut comments = paint::photograph().jpeg(50);
    (0..rules.max_pieces).for_each(|_| drop(comments.splice(2..2, [0xFF, 0xFE, 0, 2])));
    assert_eq!(refusal(&comments), Refusal::Bomb);
    let chunks = chunk(b"tEXt", b"a").repeat(rules.max_pieces);
    assert_eq!(refusal(&after_header(&paint::photograph().png(), &chunks)), Refusal::Bomb);
    // Text that would unpack to a gigabyte is not even looked at.
    let mut zipped = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    (0..64).for_each(|_| std::io::Write::write_all(&mut zipped, &[0; 1 << 20]).unwrap());
    let text = [b"k\0\0".to_vec(), zipped.finish().unwrap()].concat();
    let png = after_header(&Canvas::new(320, 320, [200, 10, 10]).png(), &chunk(b"zTXt", &text));
    assert!(inspect(&png, &rules).is_ok());
    // A copy that would grow over its bound is not kept.
    let tight = Rules { max_clean: 2_000, ..rules };
    for bytes in [paint::photograph().jpeg(90), paint::photograph().png()] {
        assert_eq!(inspect(&bytes, &tight).unwrap_err(), Refusal::Bomb);
    }
}

#[test]
fn odd_structures_are_refused() {
    let jpeg = paint::photograph().jpeg(60);
    let frame = jpeg.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
    let patched = |at: usize, value: u8| {
        let mut out = jpeg.clone();
        out[at] = value;
        out
    };
    for lossless in [0xC3, 0xC5, 0xC9, 0xCB, 0xCF] {
        assert!(matches!(refusal(&patched(frame + 1, lossless)), Refusal::Unsupported(_)));
    }
    assert!(matches!(refusal(&patched(frame + 4, 12)), Refusal::Unsupported(_)));
    assert!(matches!(refusal(&patched(frame + 9, 2)), Refusal::Broken));
    assert_eq!(refusal(&patched(frame + 1, 0xD8)), Refusal::Broken);
    // Two frames: readers differ in which they take.
    let twice = [&jpeg[..frame], &jpeg[frame..frame + 19], &jpeg[frame..]].concat();
    assert_eq!(refusal(&twice), Refusal::Broken);
    let png = paint::photograph().png();
    let unknown = after_header(&png, &chunk(b"EVIL", b""));
    assert_eq!(refusal(&unknown), Refusal::Broken);
    let early = [&png[..8], &chunk(b"tEXt", b"a\0b")[..], &png[8..]].concat();
    assert_eq!(refusal(&early), Refusal::Broken);
    let data = png.windows(4).position(|part| part == b"IDAT").unwrap() - 4;
    let apart = [&png[..data], &chunk(b"IDAT", b"")[..], &chunk(b"tEXt", b"a\0b"), &png[data..]].concat();
    assert_eq!(refusal(&apart), Refusal::Broken);
}
