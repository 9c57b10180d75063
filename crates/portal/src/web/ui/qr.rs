//! A QR code, drawn by the server: dark on light whatever the looks are, because cameras want it so.

use super::Words;
use askama::Template;
use askama::filters::HtmlSafe;
use qrcodegen::{QrCode, QrCodeEcc};
use std::fmt::Write as _;

/// Modules of light around the code (ISO/IEC 18004 §6.3.8).
const QUIET: i32 = 4;

/// A QR code.
#[derive(Clone, Debug, Template)]
#[template(
    ext = "html",
    source = r#"<svg class="qr" role="img" aria-label="{{ label }}" viewBox="0 0 {{ side }} {{ side }}" shape-rendering="crispEdges"><path fill="white" d="M0 0h{{ side }}v{{ side }}H0z"/><path fill="black" d="{{ dark }}"/></svg>"#
)]
pub struct Qr {
    label: Words,
    side: i32,
    dark: String,
}
impl HtmlSafe for Qr {}

impl Qr {
    /// The code of a text, with what it is for in words; `None` when the text is too long for any code (some 2300 bytes).
    pub fn new(text: &str, label: impl Into<Words>) -> Option<Qr> {
        let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
        let size = code.size();
        let mut dark = String::with_capacity(4_096);
        for y in 0..size {
            let mut x = 0;
            while x < size {
                let begin = x;
                while x < size && code.get_module(x, y) {
                    x += 1;
                }
                if x > begin {
                    let run = x - begin;
                    let _ = write!(dark, "M{} {}h{run}v1h-{run}z", begin + QUIET, y + QUIET);
                }
                x += 1;
            }
        }
        Some(Qr { label: label.into(), side: size + 2 * QUIET, dark })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_drawn_with_its_quiet_zone_and_its_three_corners() {
        let drawn = Qr::new("https://portal.example/qr/x", "A code").expect("short").to_string();
        assert!(drawn.contains(r#"role="img" aria-label="A code" viewBox="0 0 37 37""#), "{drawn}");
        // The upper edges of the two upper finder patterns, seven modules wide.
        assert!(drawn.contains("M4 4h7v1h-7z") && drawn.contains("M26 4h7v1h-7z"), "{drawn}");
        assert!(Qr::new(&"x".repeat(4_000), "too long").is_none());
    }
}
