//! Words that know whether they are plain text or safe HTML.

use askama::filters::{Escaper, Html, HtmlSafe};
use std::borrow::Cow;
use std::fmt;

/// Words of a component: plain text, escaped when written, or HTML made by this module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    text: Cow<'static, str>,
    html: bool,
}

impl Words {
    /// A sentence with links: each `<a>…</a>` of the text leads to the next address.
    ///
    /// So a translator keeps the whole sentence: `Я принимаю <a>соглашение</a>`.
    pub fn linked(text: &str, addresses: &[&str]) -> Words {
        let mut html = String::with_capacity(text.len() + 40 * addresses.len());
        let mut rest = text;
        for address in addresses {
            let Some((before, inside, after)) = between(rest, "<a>", "</a>") else { break };
            push_escaped(&mut html, before);
            html.push_str("<a href=\"");
            push_escaped(&mut html, address);
            html.push_str("\">");
            push_escaped(&mut html, inside);
            html.push_str("</a>");
            rest = after;
        }
        push_escaped(&mut html, rest);
        Words { text: Cow::Owned(html), html: true }
    }

    /// A sentence with strong parts: each `<b>…</b>` of the text is set heavier.
    pub fn strong(text: &str) -> Words {
        let mut html = String::with_capacity(text.len() + 16);
        let mut rest = text;
        while let Some((before, inside, after)) = between(rest, "<b>", "</b>") {
            push_escaped(&mut html, before);
            html.push_str("<strong>");
            push_escaped(&mut html, inside);
            html.push_str("</strong>");
            rest = after;
        }
        push_escaped(&mut html, rest);
        Words { text: Cow::Owned(html), html: true }
    }

    /// What another component or template writes.
    pub fn html(component: &(impl HtmlSafe + ?Sized)) -> Words {
        Words { text: Cow::Owned(component.to_string()), html: true }
    }

    /// The same with another component after it.
    #[must_use]
    pub fn and(self, component: &(impl HtmlSafe + ?Sized)) -> Words {
        let mut html = self.to_string();
        html.push_str(&component.to_string());
        Words { text: Cow::Owned(html), html: true }
    }

    /// Whether there is nothing to show.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }
}

fn between<'a>(text: &'a str, open: &str, close: &str) -> Option<(&'a str, &'a str, &'a str)> {
    let (before, rest) = text.split_once(open)?;
    let (inside, after) = rest.split_once(close)?;
    Some((before, inside, after))
}

/// Escapes `text` for HTML; writing to a `String` cannot fail.
pub(super) fn push_escaped(html: &mut String, text: &str) {
    let _ = Html.write_escaped_str(html, text);
}

impl fmt::Display for Words {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.html { out.write_str(&self.text) } else { Html.write_escaped_str(out, &self.text) }
    }
}
impl HtmlSafe for Words {}

impl From<&'static str> for Words {
    fn from(text: &'static str) -> Words {
        Words { text: Cow::Borrowed(text), html: false }
    }
}
impl From<String> for Words {
    fn from(text: String) -> Words {
        Words { text: Cow::Owned(text), html: false }
    }
}
impl From<Cow<'static, str>> for Words {
    fn from(text: Cow<'static, str>) -> Words {
        Words { text, html: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_text_and_keeps_the_sentence_whole() {
        assert_eq!(Words::from("<b>&\"").to_string(), "&#60;b&#62;&#38;&#34;");
        let words = Words::linked("Я <a>за</a> & <a>против</a>", &["/a?b=\"1\"", "/c"]).to_string();
        assert_eq!(words, "Я <a href=\"/a?b=&#34;1&#34;\">за</a> &#38; <a href=\"/c\">против</a>");
        assert_eq!(Words::linked("<script>", &["/a"]).to_string(), "&#60;script&#62;");
        assert_eq!(Words::strong("a <b>b</b> <i>").to_string(), "a <strong>b</strong> &#60;i&#62;");
    }
}
