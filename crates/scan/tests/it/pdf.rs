//! PDF: what is kept, what is refused.

use crate::paint;
use crate::pdf_made::{self, file, page, stream, zipped};
use scan::{Advice, Kind, Refusal, Rules, inspect};

fn refusal(bytes: &[u8]) -> Refusal {
    inspect(bytes, &Rules::default()).unwrap_err()
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|part| part == text.as_bytes())
}

/// One page whose catalog says something more.
fn with_catalog(more: &str) -> Vec<u8> {
    page(more, "", "0 0 9 9", &[])
}

#[test]
fn a_scanners_file_is_rebuilt_with_a_preview_and_judged_like_a_picture() {
    let canvas = paint::photograph();
    let pdf = pdf_made::scanned(&canvas.jpeg(85), 1500, 1100);
    let seen = inspect(&pdf, &Rules::default()).unwrap();
    assert_eq!((seen.kind, seen.pages, seen.width, seen.height), (Kind::Pdf, 1, 1500, 1100));
    assert_eq!(seen.advice, []);
    assert_eq!(seen.mrz.as_ref().map(|read| read.lines.clone()), Some(paint::LINES.map(str::to_owned)));
    assert!(seen.preview.starts_with(&[0xFF, 0xD8]));
    let again = inspect(&seen.clean, &Rules::default()).unwrap();
    assert_eq!(again.clean, seen.clean, "what is clean stays as it is");
    assert_eq!(again.print, seen.print);
    let blurred = pdf_made::scanned(&canvas.blurred(6.0).jpeg(85), 1500, 1100);
    assert!(inspect(&blurred, &Rules::default()).unwrap().advice.contains(&Advice::TooBlurred));
}

#[test]
fn plain_samples_with_and_without_predictor_and_single_bits_give_a_preview() {
    let seen = inspect(&pdf_made::flat_page(), &Rules::default()).unwrap();
    assert_eq!((seen.width, seen.height), (320, 320));
    assert!(!seen.preview.is_empty());
    let rows: Vec<u8> = (0..320)
        .flat_map(|y| [vec![0], vec![if y / 20 % 2 == 0 { 30 } else { 220 }; 320]].concat())
        .collect();
    let bits: Vec<u8> = (0..320).flat_map(|y| vec![if y / 20 % 2 == 0 { 0 } else { 255 }; 40]).collect();
    let images =
        [("8/DecodeParms<</Predictor 15/Colors 1/Columns 320>>", zipped(&rows)), ("1", zipped(&bits))];
    for (more, data) in images {
        let image = format!(
            "/Subtype/Image/Width 320/Height 320/ColorSpace/DeviceGray/Filter/FlateDecode/BitsPerComponent {more}"
        );
        let pdf = page("", "/XObject<</Im0 5 0 R>>", "0 0 320 320", &[stream(&image, &data)]);
        let other = inspect(&pdf, &Rules::default()).unwrap();
        assert_eq!(other.width, 320, "{more}");
        assert!(other.print.distance(&seen.print) < 4, "{more}");
    }
}

#[test]
fn a_page_of_text_has_no_preview_and_says_so_by_emptiness() {
    let font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>".to_vec();
    let pdf = page("", "/Font<</F1 5 0 R>>", "0 0 595 842", &[font]);
    let seen = inspect(&pdf, &Rules::default()).unwrap();
    assert_eq!((seen.preview.len(), seen.width, seen.height, seen.mrz.is_none()), (0, 0, 0, true));
    assert!(holds(&seen.clean, "Helvetica"), "the font is carried over");
}

#[test]
fn metadata_and_what_no_page_needs_is_not_carried_over() {
    let mut jpeg = paint::page(4.0, paint::LINES).jpeg(70);
    jpeg.splice(2..2, *b"\xFF\xE1\x00\x10Exif\0\0SecretGPS".first_chunk::<18>().unwrap());
    let image = "/Subtype/Image/Width 500/Height 352/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/DCTDecode/Metadata 6 0 R";
    let more = [
        stream(image, &jpeg),
        stream("/Type/Metadata/Subtype/XML", b"<x>SecretAuthor</x>"),
        b"<</Author(SecretAuthor)/Producer(SecretProgram)>>".to_vec(),
        b"<</Type/Annot/Subtype/Link/A<</S/URI/URI(http://secret.example/)>>>>".to_vec(),
    ];
    let pdf = page("/Metadata 6 0 R/Names<<>>", "/XObject<</Im0 5 0 R>>", "0 0 500 352", &more);
    let seen = inspect(&pdf, &Rules::default()).unwrap();
    for secret in ["Secret", "secret", "GPS", "Exif", "Metadata", "Author"] {
        assert!(!holds(&seen.clean, secret), "{secret}");
    }
    assert_eq!(seen.width, 500);
}

#[test]
fn active_content_is_refused_wherever_it_hides() {
    let active = [
        ("/OpenAction<</S/JavaScript/JS(app.alert(1))>>", "JavaScript"),
        ("/OpenAction<</S/Launch/F(cmd.exe)>>", "OpenAction"),
        ("/OpenAction<</S/URI/URI(http://a.example)>>", "OpenAction"),
        ("/X<</S/#4aavaScript>>", "JavaScript"),
        ("/X<</#4A#53(1)>>", "JS"),
        ("/AA<</O 5 0 R>>", "AA"),
        ("/Names<</EmbeddedFiles 5 0 R>>", "EmbeddedFiles"),
        ("/Names<</JavaScript 5 0 R>>", "JavaScript"),
        ("/AcroForm<</XFA 5 0 R>>", "XFA"),
        ("/X[[[<</S/SubmitForm>>]]]", "SubmitForm"),
        ("/X<</S/ImportData>>", "ImportData"),
        ("/X<</Subtype/RichMedia>>", "RichMedia"),
        ("/X<</S/Rendition>>", "Rendition"),
        ("/X<</S/GoToE>>", "GoToE"),
        ("/X<</S/GoToR>>", "GoToR"),
        ("/X<</S/Movie>>", "Movie"),
        ("/X<</S/Sound>>", "Sound"),
        ("/X<</Subtype/FileAttachment>>", "FileAttachment"),
        ("/X<</Type/Filespec/EF<<>>>>", "EF"),
        ("/Collection<<>>", "Collection"),
        ("/X<</Subtype/3D>>", "3D"),
    ];
    for (more, what) in active {
        match refusal(&with_catalog(more)) {
            Refusal::ActiveContent { what: found } => {
                assert!(found == what || found == "OpenAction" || found == "Launch", "{more}: {found}")
            }
            other => panic!("{more}: {other:?}"),
        }
    }
    // In an object that nothing refers to.
    let loose = page("", "", "0 0 9 9", &[b"<</S/Launch/F(x)>>".to_vec()]);
    assert_eq!(refusal(&loose), Refusal::ActiveContent { what: "Launch" });
    // In an object stream.
    let packed = pdf_made::with_object_stream("<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript>>>>");
    assert!(matches!(refusal(&packed), Refusal::ActiveContent { .. }));
    // In an older revision, and in a newer one.
    let good = with_catalog("");
    let evil = b"1 0 obj\n<</Type/Catalog/Pages 2 0 R/AA<<>>>>\nendobj\n";
    let update = b"xref\n0 0\ntrailer\n<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n";
    let newer = [&good[..], evil, update].concat();
    let older = [&b"%PDF-1.4\n"[..], evil, &good[9..]].concat();
    assert_eq!(refusal(&newer), Refusal::ActiveContent { what: "AA" });
    assert_eq!(refusal(&older), Refusal::ActiveContent { what: "AA" });
    // Data from outside the file.
    let outside = page("", "", "0 0 9 9", &[stream("/F(\\\\\\\\host\\\\share)", b"")]);
    assert_eq!(refusal(&outside), Refusal::ActiveContent { what: "external file" });
}

#[test]
fn opening_at_a_page_is_ordinary_and_dropped() {
    for harmless in ["/OpenAction[3 0 R/Fit]", "/OpenAction<</S/GoTo/D[3 0 R/Fit]>>", "/PageMode/UseOutlines"]
    {
        let seen = inspect(&with_catalog(harmless), &Rules::default()).unwrap();
        assert!(!holds(&seen.clean, "OpenAction"));
    }
}

#[test]
fn object_streams_and_newer_revisions_are_followed() {
    let seen =
        inspect(&pdf_made::with_object_stream("<</Type/Catalog/Pages 2 0 R>>"), &Rules::default()).unwrap();
    assert_eq!(seen.pages, 1);
    let update = b"2 0 obj\n<</Type/Pages/Kids[3 0 R 5 0 R]/Count 2>>\nendobj\n5 0 obj\n<</Type/Page/MediaBox[0 0 7 7]>>\nendobj\nxref\n0 0\ntrailer\n<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n";
    let seen = inspect(&[&with_catalog("")[..], update].concat(), &Rules::default()).unwrap();
    assert_eq!(seen.pages, 2);
}

#[test]
fn locked_files_are_told_apart() {
    let text = String::from_utf8_lossy(&with_catalog("")).replace("/Root 1 0 R", "/Root 1 0 R/Encrypt 9 0 R");
    assert_eq!(refusal(text.as_bytes().strip_prefix(b"").unwrap()), Refusal::Encrypted);
    let crypt = page("", "", "0 0 9 9", &[stream("/Filter/Crypt", b"")]);
    assert_eq!(refusal(&crypt), Refusal::Encrypted);
    let reference = page("", "", "0 0 9 9", &[stream("/Type/XRef/Encrypt 4 0 R", b"")]);
    assert_eq!(refusal(&reference), Refusal::Encrypted);
}

#[test]
fn files_of_two_kinds_are_refused() {
    let good = with_catalog("");
    assert_eq!(refusal(&[b"\xFF\xD8\xFF".as_slice(), &good].concat()), Refusal::Broken);
    assert_eq!(refusal(&[b"GIF89a".as_slice(), &good].concat()), Refusal::UnknownType);
    assert_eq!(refusal(&[&good[..], b"PK\x03\x04 a zip behind"].concat()), Refusal::NotWhatItSays);
    assert_eq!(
        refusal(&[&good[..9], b"<script>alert(1)</script>\n", &good[9..]].concat()),
        Refusal::NotWhatItSays
    );
    let comment = format!("%{}\n", "x".repeat(200));
    assert_eq!(refusal(&[&good[..9], comment.as_bytes(), &good[9..]].concat()), Refusal::NotWhatItSays);
    assert_eq!(refusal(&[&good[..9], &[b' '; 5000], &good[9..]].concat()), Refusal::NotWhatItSays);
    // Behind the end of packed data.
    let tail = [zipped(b"q Q"), b"PK\x03\x04hidden".to_vec()].concat();
    let pdf = page(
        "",
        "/XObject<</Im0 5 0 R>>",
        "0 0 9 9",
        &[stream("/Subtype/Form/BBox[0 0 1 1]/Filter/FlateDecode", &tail)],
    );
    assert!(!holds(&inspect(&pdf, &Rules::default()).unwrap().clean, "hidden"));
}

#[test]
fn bombs_are_refused() {
    let rules = Rules::default();
    let zeros = zipped(&vec![0; 66 << 20]);
    let unpacked = page("", "", "0 0 9 9", &[stream("/Filter/FlateDecode", &zeros)]);
    assert_eq!(refusal(&unpacked), Refusal::Bomb);
    let deep = with_catalog(&format!("/X{}{}", "[".repeat(20_000), "]".repeat(20_000)));
    assert_eq!(refusal(&deep), Refusal::Bomb);
    let nested = page("", "", "0 0 9 9", &[stream("/Filter[/FlateDecode/FlateDecode/FlateDecode]", b"")]);
    assert_eq!(refusal(&nested), Refusal::Bomb);
    let circle = file(&[b"<</Pages 2 0 R>>".to_vec(), b"<</Kids[2 0 R]>>".to_vec()]);
    assert_eq!(refusal(&circle), Refusal::Bomb);
    let same_page =
        file(&[b"<</Pages 2 0 R>>".to_vec(), b"<</Kids[3 0 R 3 0 R]>>".to_vec(), b"<</Type/Page>>".to_vec()]);
    assert_eq!(refusal(&same_page), Refusal::Bomb);
    let many: Vec<Vec<u8>> = (0..rules.max_objects).map(|_| b"null".to_vec()).collect();
    assert_eq!(refusal(&page("", "", "0 0 9 9", &many)), Refusal::Bomb);
    let kids: String = (3..=53).map(|number| format!("{number} 0 R ")).collect();
    let mut pages = vec![b"<</Pages 2 0 R>>".to_vec(), format!("<</Kids[{kids}]>>").into_bytes()];
    pages.extend((3..=53).map(|_| b"<</Type/Page/MediaBox[0 0 9 9]>>".to_vec()));
    assert_eq!(refusal(&file(&pages)), Refusal::TooManyPages);
    let huge = stream("/Subtype/Image/Width 60000/Height 60000/Filter/CCITTFaxDecode", b"");
    assert_eq!(refusal(&page("", "", "0 0 9 9", &[huge])), Refusal::TooManyPixels);
    let count = file(&[b"<</Pages 2 0 R>>".to_vec()]);
    let count = String::from_utf8_lossy(&count).replace("0 2\n", "0 99999999\n");
    assert_eq!(refusal(count.as_bytes()), Refusal::Bomb);
}

#[test]
fn dangerous_and_old_packings_are_not_read() {
    for filter in ["JBIG2Decode", "JPXDecode", "LZWDecode", "RunLengthDecode", "ASCII85Decode"] {
        let pdf = page("", "", "0 0 9 9", &[stream(&format!("/Filter/{filter}"), b"")]);
        assert!(matches!(refusal(&pdf), Refusal::Unsupported(_)), "{filter}");
    }
}

#[test]
fn broken_structures_are_refused() {
    let cases = [
        "%PDF-1.4\n",
        "%PDF-9.9\n%%EOF",
        "%PDF-1.4\n1 0 obj\n<</Pages 2 0 R>>\nendobj\n%%EOF",
        "%PDF-1.4\n1 0 obj\n<</A 1/A 2>>\nendobj\ntrailer\n<</Root 1 0 R>>\n%%EOF",
        "%PDF-1.4\n1 0 obj\n(unfinished\nendobj\ntrailer\n<</Root 1 0 R>>\n%%EOF",
        "%PDF-1.4\n1 0 obj\n<</Length 99>>\nstream\nabc\nendstream\nendobj\n%%EOF",
        "%PDF-1.4\n1 0 obj\n<</Length 2 0 R>>\nstream\nabc\nendstream\nendobj\n2 0 obj\n7\nendobj\ntrailer\n<</Root 1 0 R>>\n%%EOF",
    ];
    for case in cases {
        assert_eq!(refusal(case.as_bytes()), Refusal::Broken, "{case}");
    }
}

#[test]
fn a_length_told_by_another_object_is_believed_only_when_it_is_true() {
    let objects = |length: &str| {
        let mut contents = b"<</Length 5 0 R>>\nstream\nq Q".to_vec();
        contents.extend(b"\nendstream");
        vec![
            b"<</Pages 2 0 R>>".to_vec(),
            b"<</Kids[3 0 R]>>".to_vec(),
            b"<</Type/Page/Contents 4 0 R>>".to_vec(),
            contents,
            length.as_bytes().to_vec(),
        ]
    };
    assert_eq!(inspect(&file(&objects("3")), &Rules::default()).unwrap().pages, 1);
    assert_eq!(refusal(&file(&objects("1"))), Refusal::Broken);
}
