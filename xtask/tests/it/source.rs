//! Looking at Rust without its comments, strings and tests.

use xtask::tidy::source;

#[test]
fn comments_and_literals_become_spaces_and_offsets_stay() {
    let text = "let a = \"std::fs\"; // std::fs\nlet b = 'x'; /* a /* b */ c */ let c = r#\"q\"uote\"#; fn f<'a>() {}";
    let code = source::code_only(text);
    assert_eq!(code.len(), text.len());
    assert!(!code.contains("std::fs"));
    assert!(!code.contains("uote"));
    assert!(code.contains("fn f<'a>() {}"), "{code}");
    assert_eq!(code.lines().count(), text.lines().count());
}

#[test]
fn a_quote_in_a_character_does_not_open_a_string() {
    let code = source::code_only("let q = '\"'; let e = '\\''; let z = 'я'; tokio::spawn()");
    assert!(code.contains("tokio::spawn()"), "{code}");
}

#[test]
fn literals_can_be_kept() {
    let text = "route(\"/a\"); // route(\"/b\")";
    let kept = source::without_comments(text);
    assert!(kept.contains("\"/a\"") && !kept.contains("/b"));
    assert_eq!(source::literal_at(&kept, "route(".len()), Some("/a"));
    assert_eq!(source::literal_at(" r#\"x \"y\" z\"#", 0), Some("x \"y\" z"));
    assert_eq!(source::literal_at("name, \"x\"", 0), None);
    assert_eq!(source::literal_at("\"a\\\"b\"", 0), Some("a\\\"b"));
}

#[test]
fn test_items_are_left_out() {
    let text = "fn a() { x.unwrap(); }\n#[cfg(test)]\nmod tests { fn b() { if y { z.unwrap(); } } }\nfn c() {}\n#[cfg(test)]\nmod more;\nfn d() {}";
    let code = source::without_tests(text, &source::code_only(text));
    assert_eq!(source::occurrences(&code, ".unwrap()").count(), 1);
    assert!(code.contains("fn c()") && code.contains("fn d()") && !code.contains("mod more"));
}
