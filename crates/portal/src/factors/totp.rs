//! Codes by time (RFC 6238): six digits, thirty seconds, SHA-1, which every application knows.

use base64::Engine as _;
use kernel::Time;
use ring::hmac;
use zeroize::Zeroizing;

/// Seconds of a step.
pub const STEP_SECONDS: i64 = 30;
/// Steps of which a code is accepted: the present one, the one before and the one after (practice sheet §6).
pub const STEPS_ACCEPTED: i64 = 3;
/// Bytes of a secret (RFC 4226 §4 R6: 160 bits).
pub const SECRET_BYTES: usize = 20;
/// Digits of a code.
pub const DIGITS: usize = 6;

/// The number of the step at a moment.
pub fn step_at(now: Time) -> i64 {
    now.0.div_euclid(1_000_000 * STEP_SECONDS)
}

/// The code of a step.
pub fn code(secret: &[u8], step: i64, digits: usize) -> Zeroizing<String> {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let bytes = tag.as_ref();
    let offset = usize::from(bytes[bytes.len() - 1] & 15);
    let mut word = [0; 4];
    word.copy_from_slice(&bytes[offset..offset + 4]);
    let number = u64::from(u32::from_be_bytes(word) & 0x7fff_ffff) % 10_u64.pow(digits as u32);
    Zeroizing::new(format!("{number:0digits$}"))
}

/// The step whose code was typed, when it is one that is accepted now and newer than `last_step`. Every step is
/// compared, whatever fits first.
pub fn matching_step(secret: &[u8], typed: &str, now: Time, last_step: i64) -> Option<i64> {
    let present = step_at(now);
    let mut found = None;
    for step in [present - 1, present + 1, present] {
        let same = kernel::secret::same(code(secret, step, DIGITS).as_bytes(), typed.as_bytes());
        if same && step > last_step {
            found = Some(step);
        }
    }
    found
}

/// The secret as applications take it: base32 (RFC 4648 §6) without padding.
pub fn base32(secret: &[u8]) -> Zeroizing<String> {
    const SIGNS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut text = Zeroizing::new(String::with_capacity(secret.len().div_ceil(5) * 8));
    let (mut bits, mut held) = (0_u32, 0_u32);
    for byte in secret {
        held = held << 8 | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(char::from(SIGNS[(held >> bits & 31) as usize]));
        }
        held &= (1 << bits) - 1;
    }
    if bits > 0 {
        text.push(char::from(SIGNS[(held << (5 - bits) & 31) as usize]));
    }
    text
}

/// The secret in groups of four, to be typed by hand.
pub fn grouped(secret: &[u8]) -> Zeroizing<String> {
    let plain = base32(secret);
    let mut text = Zeroizing::new(String::with_capacity(plain.len() * 5 / 4));
    for (place, sign) in plain.chars().enumerate() {
        if place > 0 && place % 4 == 0 {
            text.push(' ');
        }
        text.push(sign);
    }
    text
}

/// The address that the QR code holds (Key URI format).
pub fn uri(secret: &[u8], issuer: &str, label: &str) -> Zeroizing<String> {
    let (issuer, label) = (escaped(issuer), escaped(label));
    let secret = base32(secret);
    Zeroizing::new(format!(
        "otpauth://totp/{issuer}:{label}?secret={}&issuer={issuer}&algorithm=SHA1&digits={DIGITS}&period={STEP_SECONDS}",
        *secret
    ))
}

fn escaped(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect()
}

/// A secret from the form field that carried it through the page that binds it.
pub fn from_field(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text).ok().map(Zeroizing::new)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Span;

    /// RFC 6238, appendix B, the rows of SHA-1.
    #[test]
    fn the_vectors_of_the_rfc() {
        let secret = b"12345678901234567890";
        for (seconds, expected) in [
            (59, "94287082"),
            (1_111_111_109, "07081804"),
            (1_111_111_111, "14050471"),
            (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"),
            (20_000_000_000, "65353130"),
        ] {
            assert_eq!(*code(secret, step_at(Time(seconds * 1_000_000)), 8), expected, "{seconds}");
        }
    }

    /// RFC 4648, section 10, without padding.
    #[test]
    fn the_vectors_of_base32() {
        for (plain, expected) in [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(*base32(plain.as_bytes()), expected);
        }
        assert_eq!(*grouped(b"foobar"), "MZXW 6YTB OI");
    }

    #[test]
    fn three_steps_are_accepted_and_none_twice() {
        let secret = [7; SECRET_BYTES];
        let now = Time(1_790_000_000_000_000);
        let present = step_at(now);
        for (away, fits) in [(-2, false), (-1, true), (0, true), (1, true), (2, false)] {
            let typed = code(&secret, present + away, DIGITS);
            assert_eq!(matching_step(&secret, &typed, now, 0).is_some(), fits, "{away}");
            assert_eq!(matching_step(&secret, &typed, now, present + away), None, "{away} again");
        }
        // An hour later, or an hour earlier after the clock was set back, it is nothing.
        let typed = code(&secret, present, DIGITS);
        assert_eq!(matching_step(&secret, &typed, now + Span::hours(1), 0), None);
        assert_eq!(matching_step(&secret, &typed, now - Span::hours(1), 0), None);
        for odd in ["", "1", "1234567", "абвгде", "\0\0\0\0\0\0"] {
            assert_eq!(matching_step(&secret, odd, now, 0), None);
        }
    }

    #[test]
    fn the_address_is_escaped() {
        let address = uri(b"foobar", "Пристань & Co", "vera@example.org");
        assert!(address.starts_with("otpauth://totp/%D0%9F"), "{}", *address);
        assert!(address.contains("%20%26%20Co:vera%40example.org?secret=MZXW6YTBOI&issuer="));
    }
}
