//! What a scan's row says about its file: sealed, because names of files and refusals are the person's own.

use scan::{Advice, Refusal};
use serde::{Deserialize, Serialize};

/// About a scan; sealed as JSON under the account's key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Told {
    /// The file's name as its owner knows it; made harmless, may be empty.
    pub name: String,
    /// Bytes that arrived.
    pub bytes: u64,
    /// Media type of what is kept; empty when nothing is.
    pub media: String,
    /// Bytes of what is kept.
    pub kept: u64,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Pages.
    pub pages: usize,
    /// Whether a preview is kept.
    pub preview: bool,
    /// How the picture looks to 64 bits (`scan::Print`).
    pub looks: u64,
    /// Words of advice.
    pub advice: Vec<String>,
    /// Words of profile fields that the machine-readable zone contradicts.
    pub differs: Vec<String>,
    /// Whether a zone was read.
    pub zone: bool,
    /// Why the file was not kept, in a word.
    pub refusal: String,
}

/// The longest name that is kept, in characters.
const LONGEST_NAME: usize = 120;

/// A file's name without folders, control and invisible characters.
pub fn harmless_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    last.chars()
        .filter(|c| !c.is_control() && !kernel::text::is_invisible(*c))
        .take(LONGEST_NAME)
        .collect::<String>()
        .trim()
        .to_owned()
}

/// The word for a picture that looks like one in another place of the page.
pub const SAME: &str = "same";

/// The word of an advice.
pub const fn advice_word(advice: Advice) -> &'static str {
    match advice {
        Advice::TooBlurred => "blurred",
        Advice::TooDark => "dark",
        Advice::TooBright => "bright",
        Advice::Glare => "glare",
        Advice::EdgesCut => "cut",
        Advice::SmallInFrame => "small",
        Advice::NotAPage => "no-page",
    }
}

/// The key of an advice's text.
pub fn advice_key(word: &str) -> Option<&'static str> {
    Some(match word {
        "blurred" => "documents-advice-blurred",
        "dark" => "documents-advice-dark",
        "bright" => "documents-advice-bright",
        "glare" => "documents-advice-glare",
        "cut" => "documents-advice-cut",
        "small" => "documents-advice-small",
        "no-page" => "documents-advice-no-page",
        SAME => "documents-advice-same",
        _ => return None,
    })
}

/// The word of a refusal.
pub const fn refusal_word(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::Empty => "empty",
        Refusal::TooBig => "big",
        Refusal::UnknownType => "type",
        Refusal::NotWhatItSays => "two-kinds",
        Refusal::Broken => "broken",
        Refusal::Unsupported(_) => "unsupported",
        Refusal::TooSmall => "tiny",
        Refusal::TooManyPixels => "pixels",
        Refusal::Bomb => "bomb",
        Refusal::Encrypted => "encrypted",
        Refusal::ActiveContent { .. } => "active",
        Refusal::TooManyPages => "pages",
    }
}

/// The key of a refusal's text: what is wrong, and the way on.
pub fn refusal_key(word: &str) -> &'static str {
    match word {
        "empty" => "documents-refused-empty",
        "big" => "documents-refused-big",
        "type" => "documents-refused-type",
        "two-kinds" | "bomb" => "documents-refused-odd",
        "unsupported" => "documents-refused-unsupported",
        "tiny" => "documents-refused-tiny",
        "pixels" => "documents-refused-pixels",
        "encrypted" => "documents-refused-encrypted",
        "active" => "documents-refused-active",
        "pages" => "documents-refused-pages",
        "virus" => "documents-refused-virus",
        "twice" => "documents-refused-twice",
        _ => "documents-refused-broken",
    }
}

/// A digest in digits, for the index of equal pictures.
pub fn hex(digest: &[u8]) -> String {
    use std::fmt::Write as _;
    digest.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_lose_what_could_do_harm() {
        for (given, kept) in [
            ("паспорт.jpg", "паспорт.jpg"),
            ("C:\\Users\\me\\scan.png", "scan.png"),
            ("../../etc/passwd", "passwd"),
            ("a\u{202e}gpj.exe", "agpj.exe"),
            ("line\r\nbreak\0.jpg", "linebreak.jpg"),
            ("", ""),
            ("///", ""),
        ] {
            assert_eq!(harmless_name(given), kept, "{given:?}");
        }
        assert_eq!(harmless_name(&"я".repeat(500)).chars().count(), 120);
    }
}
