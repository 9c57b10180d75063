//! The XML of S3: a page of a list, and the code of an error. Bytes in, values out; nothing is believed that is not
//! whole.

use quick_xml::Reader;
use quick_xml::events::Event;

/// Deeper documents are nonsense.
const DEEPEST: usize = 16;

/// One page of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The keys as the store names them, in its order.
    pub keys: Vec<String>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<String>,
}

/// Reads the answer of `ListObjectsV2`; `None` when it is not one, or not whole.
pub fn page(body: &[u8]) -> Option<Page> {
    let mut page = Page::default();
    let mut truncated = None;
    let root = walk(body, |way, text| match way {
        ["ListBucketResult", "Contents", "Key"] => page.keys.push(text),
        ["ListBucketResult", "IsTruncated"] => truncated = Some(text == "true"),
        ["ListBucketResult", "NextContinuationToken"] => page.next = Some(text).filter(|it| !it.is_empty()),
        _ => {}
    })?;
    if root != "ListBucketResult" {
        return None;
    }
    match truncated {
        Some(true) if page.next.is_some() => Some(page),
        Some(false) => Some(Page { next: None, ..page }),
        // Neither says whether there is more: an end that is none would end a sweep early.
        _ => None,
    }
}

/// The code of an error, such as `NoSuchKey`: up to 64 letters and digits. `None` when the body is not a whole error.
pub fn error_code(body: &[u8]) -> Option<String> {
    let mut code = None;
    let root = walk(body, |way, text| {
        if way == ["Error", "Code"] {
            code = Some(text);
        }
    })?;
    let fits = |code: &String| {
        (1..=64).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    code.filter(|code| root == "Error" && fits(code))
}

/// Visits every element that ends, with its way from the root and the text directly in it. The name of the root, when
/// the document is whole.
fn walk(body: &[u8], mut visit: impl FnMut(&[&str], String)) -> Option<String> {
    let mut reader = Reader::from_str(std::str::from_utf8(body).ok()?);
    reader.config_mut().expand_empty_elements = true;
    let mut open: Vec<(String, String)> = Vec::new();
    let mut root = None;
    loop {
        match reader.read_event().ok()? {
            Event::Start(_) if open.len() >= DEEPEST || (open.is_empty() && root.is_some()) => return None,
            Event::Start(start) => open.push((start.local_name().as_ref().to_owned(), String::new())),
            Event::Text(text) => match open.last_mut() {
                Some((_, inside)) => inside.push_str(&text),
                None if text.trim().is_empty() => {}
                None => return None,
            },
            Event::CData(text) => open.last_mut()?.1.push_str(&text),
            Event::GeneralRef(name) => open.last_mut()?.1.push(character(&name)?),
            Event::End(_) => {
                let way: Vec<&str> = open.iter().map(|(name, _)| name.as_str()).collect();
                visit(&way, open.last().map(|(_, text)| text.clone()).unwrap_or_default());
                let (name, _) = open.pop()?;
                if open.is_empty() {
                    root = Some(name);
                }
            }
            Event::DocType(_) => return None,
            Event::Eof => return root.filter(|_| open.is_empty()),
            _ => {}
        }
    }
}

/// What a reference stands for; only those that every document knows.
fn character(name: &str) -> Option<char> {
    let number = |digits: &str, radix| u32::from_str_radix(digits, radix).ok().and_then(char::from_u32);
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => match name.strip_prefix("#x") {
            Some(digits) => number(digits, 16),
            None => number(name.strip_prefix('#')?, 10),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LIST: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name><Prefix/><KeyCount>2</KeyCount>
<IsTruncated>true</IsTruncated><NextContinuationToken>1ueGcx&#43;P&amp;=</NextContinuationToken>
<Contents><Key>a/1</Key><LastModified>2009-10-12T17:50:30.000Z</LastModified><Owner><ID>Key</ID></Owner></Contents>
<Contents><Key>a&amp;b</Key></Contents></ListBucketResult>"#;

    #[test]
    fn a_page_is_read() {
        let whole = page(LIST.as_bytes()).unwrap();
        assert_eq!(whole.keys, ["a/1", "a&b"]);
        assert_eq!(whole.next.as_deref(), Some("1ueGcx+P&="));
        let last = page(LIST.replace(">true<", ">false<").as_bytes()).unwrap();
        assert_eq!((last.keys.len(), last.next), (2, None));
        let prefixed =
            "<s:ListBucketResult xmlns:s='x'><s:IsTruncated>false</s:IsTruncated></s:ListBucketResult>";
        assert_eq!(page(prefixed.as_bytes()), Some(Page::default()));
    }

    #[test]
    fn half_a_page_is_no_page() {
        for cut in 0..LIST.len() {
            assert_eq!(page(&LIST.as_bytes()[..cut]), None, "{cut}");
        }
        let tokenless = LIST.replace("NextContinuationToken", "Other");
        let undecided = LIST.replace("IsTruncated", "Other");
        let twice = LIST.replace("<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "").repeat(2);
        let deep = "<a>".repeat(100_000);
        let billion = format!("<!DOCTYPE a [<!ENTITY b \"c\">]>{LIST}");
        for bad in [tokenless, undecided, twice, deep, billion, "<html></html>".into(), "{}".into()] {
            assert_eq!(page(bad.as_bytes()), None, "{}", &bad[..20.min(bad.len())]);
        }
    }

    #[test]
    fn the_code_of_an_error_is_read_and_bounded() {
        let error = |code: &str| format!("<Error><Code>{code}</Code><Message>m</Message></Error>");
        assert_eq!(error_code(error("NoSuchKey").as_bytes()).as_deref(), Some("NoSuchKey"));
        let long = "x".repeat(65);
        for bad in ["", "No Such", "a\nb", "<b/>", "&bogus;", long.as_str()] {
            assert_eq!(error_code(error(bad).as_bytes()), None, "{bad:?}");
        }
        assert_eq!(error_code(b"<html><Code>NoSuchKey</Code></html>"), None);
        assert_eq!(error_code(b"<Error><Code>NoSuchKey</Code>"), None);
        assert_eq!(error_code(b"\xff"), None);
    }

    proptest! {
        #[test]
        fn nothing_panics(body in proptest::collection::vec(any::<u8>(), 0..200), cut in 0..LIST.len(), byte: u8) {
            let _ = (page(&body), error_code(&body));
            let mut near = LIST.as_bytes().to_vec();
            near[cut] = byte;
            let _ = page(&near);
        }
    }
}
