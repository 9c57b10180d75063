//! A text as runs of plain words, links and codes, the way a phone shows it. No I/O.

/// One run of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Segment {
    Plain(String),
    /// An http or https address.
    Link(String),
    /// 4 to 8 digits that stand alone, in a row or said one by one.
    Code(String),
}

/// Cuts a text into runs; joined again they are the text.
pub(super) fn cut(text: &str) -> Vec<Segment> {
    let mut found: Vec<Segment> = Vec::new();
    let mut rest = text;
    let mut before: Option<char> = None;
    while let Some(first) = rest.chars().next() {
        let (segment, length) = match (link_length(rest), code_length(rest, before)) {
            (Some(length), _) => (Segment::Link(rest[..length].to_owned()), length),
            (None, Some(length)) => (Segment::Code(rest[..length].to_owned()), length),
            (None, None) => (Segment::Plain(first.to_string()), first.len_utf8()),
        };
        before = rest[..length].chars().last();
        rest = &rest[length..];
        match (found.last_mut(), segment) {
            (Some(Segment::Plain(last)), Segment::Plain(more)) => last.push_str(&more),
            (_, segment) => found.push(segment),
        }
    }
    found
}

fn link_length(text: &str) -> Option<usize> {
    let scheme = ["https://", "http://"].into_iter().find(|scheme| text.starts_with(scheme))?;
    let end = text.find(|c: char| c.is_whitespace() || "<>\"«»".contains(c)).unwrap_or(text.len());
    let link = text[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', ')']);
    (link.len() > scheme.len()).then_some(link.len())
}

fn code_length(text: &str, before: Option<char>) -> Option<usize> {
    let length = spoken_length(text).unwrap_or_else(|| text.bytes().take_while(u8::is_ascii_digit).count());
    let digits = text[..length].bytes().filter(u8::is_ascii_digit).count();
    let stands_alone = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && !"+-_#@".contains(c));
    let after = text[length..].chars().next();
    // «@host #123456», the origin-bound last line, is a code too.
    let bound = before == Some('#');
    ((4..=8).contains(&digits)
        && (stands_alone(before) || bound)
        && after.is_none_or(|c| !c.is_alphanumeric() && c != '-'))
    .then_some(length)
}

/// The length of digits with single spaces between them, as in a call.
fn spoken_length(text: &str) -> Option<usize> {
    let is_place =
        |(place, byte): &(usize, u8)| if place % 2 == 0 { byte.is_ascii_digit() } else { *byte == b' ' };
    let length = text.bytes().enumerate().take_while(is_place).count();
    // A space at the end belongs to what follows.
    let length = if length % 2 == 0 { length.saturating_sub(1) } else { length };
    (length >= 7).then_some(length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use Segment::{Code, Link, Plain};
    use proptest::prelude::*;

    #[test]
    fn codes_and_links_are_found() {
        let cut_text = cut("Код 123456. Ссылка https://a.example/x?y=1. Тел. +79991112233");
        assert_eq!(
            cut_text,
            [
                Plain("Код ".into()),
                Code("123456".into()),
                Plain(". Ссылка ".into()),
                Link("https://a.example/x?y=1".into()),
                Plain(". Тел. +79991112233".into()),
            ]
        );
        assert_eq!(cut("@pristan.example #123456")[1], Code("123456".into()));
        assert_eq!(cut("код: 1 2 3 4 5 6. Повторяю")[1], Code("1 2 3 4 5 6".into()));
        assert_eq!(cut("8-800-2000-122"), [Plain("8-800-2000-122".into())]);
        assert_eq!(cut("javascript:alert(1)"), [Plain("javascript:alert(1)".into())]);
    }

    proptest! {
        #[test]
        fn nothing_is_lost(text in "(https?://|[0-9]{1,9}|\\PC| ){0,20}") {
            let joined: String = cut(&text).into_iter().map(|segment| match segment { Plain(t) | Link(t) | Code(t) => t }).collect();
            prop_assert_eq!(joined, text);
        }
    }
}
