//! The public files: weight, headers, names.

use super::*;
use std::io::Write;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/assets");

fn packed(bytes: &[u8]) -> usize {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(bytes).expect("in memory");
    packer.finish().expect("in memory").len()
}

fn served(name: &str) -> Vec<u8> {
    let part = |part: &str| std::fs::read_to_string(format!("{FOLDER}/css/{part}"));
    inline::prepare(name, std::fs::read(format!("{FOLDER}/{name}")).expect(name), &part).expect(name)
}

/// The limits of the front: style and scripts at most 15 KB each as sent, and pictures small.
#[test]
fn the_face_stays_light() {
    let style = packed(&served("css/main.css"));
    let scripts: usize = std::fs::read_dir(format!("{FOLDER}/js"))
        .expect("scripts")
        .map(|entry| packed(&served(&format!("js/{}", entry.expect("entry").file_name().display()))))
        .sum();
    let pictures = packed(&served("icons.svg")) + packed(&served("scene.svg"));
    println!("style {style}, scripts {scripts}, pictures {pictures} bytes as sent");
    assert!(style <= 15_000, "style: {style}");
    assert!(scripts <= 15_000, "scripts: {scripts}");
    assert!(pictures <= 10_000, "pictures: {pictures}");
}

#[test]
fn the_style_is_one_file_and_keeps_its_meaning() {
    let style = String::from_utf8(served("css/main.css")).expect("text");
    assert!(!style.contains("@import") && !style.contains("/*"), "an import or a comment is left");
    assert_eq!(style.matches('{').count(), style.matches('}').count());
    assert!(style.contains("--paper: #fbfaf7") && style.contains("@layer print {"));
    let part = |name: &str| Ok(format!("/* {name} */\n.a {{ color: red; }}"));
    let joined = inline::join("@layer one;\n@import \"x.css\" layer(one);\n.b {}", &part).expect("joined");
    assert_eq!(inline::squeeze(&joined), "@layer one;\n@layer one {\n.a { color: red; }\n}\n.b {}");
    assert_eq!(inline::squeeze("a{} /* open"), "a{}");
}

#[test]
fn scripts_are_sent_without_indentation_and_comments() {
    let script = "// Says.\n/** Acts. */\nfunction act(at) {\n  // why\n  return `${at}// no`; // stays\n}\n";
    assert_eq!(
        inline::bare(script).as_deref(),
        Some("function act(at) {\nreturn `${at}// no`; // stays\n}\n")
    );
    assert_eq!(inline::bare("a(`one\n  two`);\n"), None, "its second line would change");
    assert_eq!(inline::bare("a('one\\\n  two');\n"), None);
}

#[test]
fn a_file_is_sent_with_its_headers_and_spared_when_known() {
    let file = || Found { plain: Cow::Owned(vec![b'a'; 1000]), packed: Some(b"small") };
    let mut asked = HeaderMap::new();
    asked.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("br, gzip;q=0.8"));
    let first = answer(file(), "css/main.css", true, &asked);
    assert_eq!(first.headers()[header::CONTENT_ENCODING], "gzip");
    assert_eq!(first.headers()[header::CACHE_CONTROL], "public, max-age=31536000, immutable");
    assert_eq!(first.headers()[header::CONTENT_TYPE], "text/css; charset=utf-8");
    asked.insert(header::IF_NONE_MATCH, first.headers()[header::ETAG].clone());
    assert_eq!(answer(file(), "css/main.css", true, &asked).status(), StatusCode::NOT_MODIFIED);
    asked.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("gzip;q=0"));
    let plain = answer(file(), "css/main.css", false, &asked);
    assert_eq!(plain.status(), StatusCode::OK, "the validator of one form must not match the other");
    assert_eq!(plain.headers()[header::CACHE_CONTROL], "no-cache");
    assert!(plain.headers().get(header::CONTENT_ENCODING).is_none());
}

#[test]
fn nothing_outside_the_folder_is_served() {
    for name in [
        "../Cargo.toml",
        "css/../../Cargo.toml",
        "/etc/passwd",
        "css//main.css",
        ".hidden",
        "css\\main.css",
        "",
    ] {
        assert!(from_disk(name).is_none(), "{name:?}");
    }
    assert!(from_disk("css/main.css").is_some());
}
