//! Pure decisions about keys.

/// What a signature counter tells (WebAuthn §6.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// It moved on, or the authenticator has none.
    Fine,
    /// It did not move on, at a key that may be in several devices: told to the owner, let in (practice sheet §6).
    Odd,
    /// It did not move on, at a key that can only be in one device: somebody has a copy. Refused.
    Copy,
}

/// Judges the counter of an answer against the one before it.
pub fn judge(before: i64, now: i64, portable: bool) -> Count {
    match (now > before || (now == 0 && before == 0), portable) {
        (true, _) => Count::Fine,
        (false, true) => Count::Odd,
        (false, false) => Count::Copy,
    }
}

/// How a key signed somebody in: words of RFC 8176.
pub const fn methods(portable: bool, verified: bool) -> &'static str {
    match (portable, verified) {
        (true, true) => "swk user",
        (true, false) => "swk",
        (false, true) => "hwk user",
        (false, false) => "hwk",
    }
}

/// The longest name of a key, in characters.
pub const MOST_NAME: usize = 60;

/// Models that people have most, by the identifier that their makers publish.
const MODELS: &[([u8; 16], &str)] = &[
    (model(0xea9b_8d66_4d01_1d21_3ce4_b6b4_8cb5_75d4), "Google Password Manager"),
    (model(0xfbfc_3007_154e_4ecc_8c0b_6e02_0557_d7bd), "iCloud Keychain"),
    (model(0xdd4e_c289_e01d_41c9_bb89_70fa_845d_4bf2), "iCloud Keychain"),
    (model(0x0898_7058_cadc_4b81_b6e1_30de_50dc_be96), "Windows Hello"),
    (model(0x9ddd_1817_af5a_4672_a2b9_3e3d_d950_00a9), "Windows Hello"),
    (model(0x6028_b017_b1d4_4c02_b4b3_afcd_afc9_6bb2), "Windows Hello"),
    (model(0xadce_0002_35bc_c60a_648b_0b25_f1f0_5503), "Chrome, macOS"),
    (model(0xbada_5566_a7aa_401f_bd96_4561_9a55_120d), "1Password"),
    (model(0xd548_826e_79b4_db40_a3d8_1111_6f7e_8349), "Bitwarden"),
    (model(0x5311_26d6_e717_415c_9320_3d9a_a698_1239), "Dashlane"),
    (model(0xb84e_4048_15dc_4dd0_8640_f4f6_0813_c8af), "NordPass"),
    (model(0x5341_4d53_554e_4700_0000_0000_0000_0000), "Samsung Pass"),
];

const fn model(number: u128) -> [u8; 16] {
    number.to_be_bytes()
}

/// What a key is called when its owner gave no name: the model, or the browser it was made in, or a plain word.
pub fn suggested<'a>(id: &[u8; 16], agent: &'a str, otherwise: &'a str) -> &'a str {
    let known = MODELS.iter().find(|(known, _)| known == id).map(|(_, name)| *name);
    known.unwrap_or(if agent.is_empty() { otherwise } else { agent })
}

/// A name as typed: trimmed, one line, at most [`MOST_NAME`] characters; `None` when it cannot be used.
pub fn name(typed: &str) -> Option<String> {
    let plain = kernel::text::trim(typed);
    let fine = plain.chars().count() <= MOST_NAME && !plain.chars().any(char::is_control);
    fine.then(|| plain.to_owned())
}

/// The word by which pages sort transports; those we do not know are dropped.
pub fn transport(word: &str) -> Option<&'static str> {
    ["internal", "hybrid", "usb", "nfc", "ble", "smart-card"].into_iter().find(|known| *known == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_that_do_not_move_on_are_told_apart() {
        for (before, now, portable, count) in [
            (0, 0, true, Count::Fine),
            (0, 0, false, Count::Fine),
            (0, 1, false, Count::Fine),
            (5, 6, false, Count::Fine),
            (5, 5, false, Count::Copy),
            (5, 4, false, Count::Copy),
            (5, 0, false, Count::Copy),
            (5, 5, true, Count::Odd),
            (5, 0, true, Count::Odd),
            (i64::from(u32::MAX), 1, false, Count::Copy),
        ] {
            assert_eq!(judge(before, now, portable), count, "{before} → {now}, {portable}");
        }
    }

    #[test]
    fn names_are_found_or_suggested() {
        let apple = model(0xfbfc_3007_154e_4ecc_8c0b_6e02_0557_d7bd);
        assert_eq!(suggested(&apple, "Safari, macOS", "Passkey"), "iCloud Keychain");
        assert_eq!(suggested(&[0; 16], "Safari, macOS", "Passkey"), "Safari, macOS");
        assert_eq!(suggested(&[0; 16], "", "Passkey"), "Passkey");
        assert_eq!(name("  Рабочий ключ \u{200b}").as_deref(), Some("Рабочий ключ"));
        assert_eq!((name("a\u{7}b"), name(&"я".repeat(61))), (None, None));
    }
}
