//! Proof of work: the browser looks for a number that gives a hash with many leading zero bits (hashcash).
//!
//! Finding it takes 2^bits hashes on average, checking it one. It costs a person some seconds of their machine
//! and no eyes or ears; it costs somebody who needs a million of them a million times that.

use ring::digest;

/// The longest number that is looked at, in digits.
const MAX_NONCE: usize = 20;

/// Whether SHA-256 of `puzzle:nonce` begins with as many zero bits.
pub(super) fn solves(puzzle: &str, nonce: &str, bits: u8) -> bool {
    let number = (1..=MAX_NONCE).contains(&nonce.len()) && nonce.bytes().all(|b| b.is_ascii_digit());
    number
        && leading_zeros(digest::digest(&digest::SHA256, format!("{puzzle}:{nonce}").as_bytes()).as_ref())
            >= bits.into()
}

fn leading_zeros(hash: &[u8]) -> u32 {
    let zeros = hash.iter().take_while(|&&byte| byte == 0).count();
    let next = hash.get(zeros).map_or(0, |byte| byte.leading_zeros());
    u32::try_from(zeros).unwrap_or(0) * 8 + next
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_found_number_solves_and_its_neighbour_does_not() {
        let nonce = (0_u64..).find(|n| solves("00ff", &n.to_string(), 12)).unwrap();
        assert!(solves("00ff", &nonce.to_string(), 12));
        assert!(!solves("00fe", &nonce.to_string(), 12));
        assert!(!solves("00ff", &(nonce + 1).to_string(), 12));
    }

    #[test]
    fn only_numbers_of_sane_length_are_hashed() {
        for nonce in ["", "+1", "1 ", "abc", "123456789012345678901"] {
            assert!(!solves("00ff", nonce, 0), "{nonce}");
        }
        assert!(solves("00ff", "1", 0));
    }

    #[test]
    fn bits_are_counted_from_the_front() {
        assert_eq!(leading_zeros(&[0, 0, 0x1f, 0]), 19);
        assert_eq!(leading_zeros(&[0x80]), 0);
        assert_eq!(leading_zeros(&[0, 0]), 16);
    }
}
