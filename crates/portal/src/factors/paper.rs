//! Recovery codes: sixteen signs of Crockford's base32 in four groups, 80 bits each.

use kernel::Rng;
use zeroize::Zeroizing;

/// Crockford's signs: no I, L, O, U.
const SIGNS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Signs of a code: 80 bits (practice sheet §6 asks for 60 and more).
pub const LENGTH: usize = 16;

/// A new code, as it is shown: `ABCD-EF01-2345-6789`.
pub fn generate(rng: &mut Rng) -> Zeroizing<String> {
    let mut code = Zeroizing::new(String::with_capacity(LENGTH + 3));
    for place in 0..LENGTH {
        if place > 0 && place % 4 == 0 {
            code.push('-');
        }
        let sign = usize::try_from(rng.below(32)).unwrap_or(0);
        code.push(char::from(SIGNS[sign]));
    }
    code
}

/// Reads what was typed: small letters, spaces and dashes are fine, O is 0, I and L are 1. `None` when it cannot be a
/// code.
pub fn parse(typed: &str) -> Option<Zeroizing<String>> {
    if typed.len() > 64 {
        return None;
    }
    let mut code = Zeroizing::new(String::with_capacity(LENGTH));
    for sign in typed.chars() {
        let sign = match sign.to_ascii_uppercase() {
            ' ' | '\u{a0}' | '-' | '‐' | '‑' | '–' | '—' | '\t' | '\r' | '\n' => continue,
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        };
        if !sign.is_ascii() || !SIGNS.contains(&(sign as u8)) || code.len() == LENGTH {
            return None;
        }
        code.push(sign);
    }
    (code.len() == LENGTH).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        let mut rng = Rng::seeded(7);
        for _ in 0..200 {
            let shown = generate(&mut rng);
            assert_eq!(shown.len(), 19);
            let plain: String = shown.chars().filter(|sign| *sign != '-').collect();
            for typed in [
                shown.to_string(),
                plain.clone(),
                shown.to_lowercase(),
                shown.replace('-', " "),
                format!(" {} ", shown.replace('-', "–")),
                plain.replace('0', "o").replace('1', "l"),
            ] {
                assert_eq!(parse(&typed).as_deref().map(String::as_str), Some(plain.as_str()), "{typed}");
            }
        }
    }

    #[test]
    fn nothing_else_is_a_code() {
        for odd in [
            "",
            "1234",
            "ABCD-EF01-2345-678",
            "ABCD-EF01-2345-67890",
            "ABCD-EF01-2345-678U",
            "АBCD-EF01-2345-6789",
        ] {
            assert!(parse(odd).is_none(), "{odd}");
        }
        assert!(parse(&"A".repeat(10_000)).is_none());
    }
}
