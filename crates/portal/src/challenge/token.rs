//! The token that carries a challenge through the form, so that an unanswered one costs no storage.
//!
//! It is sealed (AES-256-GCM) under a key derived from the deployment's token key: a program can neither read the
//! answer in it nor make one. Everything about the challenge grows from the seed inside, so the picture looks the
//! same however often it is fetched and gives nothing to average.

use super::answer;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::{Rng, Time, secret};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::{digest, hmac};

/// Changes with the layout, so that old tokens are refused and not misread.
const VERSION: u8 = 1;
const AAD: &[u8] = b"pristan challenge token";
/// The longest text that can be a token; longer ones are not decoded.
const MAX_TOKEN: usize = 200;
const TAG: usize = 16;
const PLAIN: usize = 1 + 16 + 8 + 1 + 1 + 1 + TAG + TAG;

/// A challenge as it was made.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Challenge {
    /// Grows into the answers, the drawings and the puzzle.
    pub(super) seed: [u8; 16],
    /// The end of its life.
    pub(super) expires: Time,
    pub(super) picture_chars: u8,
    pub(super) sound_digits: u8,
    pub(super) work_bits: u8,
    visitor: [u8; TAG],
    purpose: [u8; TAG],
}

impl Challenge {
    pub(super) fn new(
        settings: &super::Settings,
        now: Time,
        visitor: &str,
        purpose: &str,
        rng: &mut Rng,
    ) -> Self {
        Challenge {
            seed: rng.bytes(),
            expires: now + kernel::Span::seconds(settings.lifetime_seconds.into()),
            picture_chars: settings.picture_chars,
            sound_digits: settings.sound_digits,
            work_bits: settings.work_bits,
            visitor: tag(visitor),
            purpose: tag(purpose),
        }
    }

    /// Whether it was made for this visitor and this purpose.
    pub(super) fn is_for(&self, visitor: &str, purpose: &str) -> bool {
        let visitor = secret::same(&self.visitor, &tag(visitor));
        let purpose = secret::same(&self.purpose, &tag(purpose));
        visitor & purpose
    }

    /// The characters in the picture.
    pub(super) fn picture_answer(&self) -> String {
        answer::characters(&mut self.chance("picture answer"), self.picture_chars)
    }

    /// The digits in the sound.
    pub(super) fn sound_answer(&self) -> String {
        answer::digits(&mut self.chance("sound answer"), self.sound_digits)
    }

    /// The text that the proof of work begins with: 24 hexadecimal digits.
    pub(super) fn puzzle(&self) -> String {
        self.derived("work").iter().take(12).map(|byte| format!("{byte:02x}")).collect()
    }

    /// What a spent challenge is remembered by.
    pub(super) fn id_hash(&self) -> [u8; 32] {
        self.derived("id")
    }

    /// The stream of chance for one thing that grows from the seed.
    pub(super) fn chance(&self, what: &str) -> Rng {
        Rng::keyed(self.derived(what))
    }

    fn derived(&self, what: &str) -> [u8; 32] {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.seed);
        hmac::sign(&key, what.as_bytes()).as_ref().try_into().unwrap_or_default()
    }

    /// The token, sealed under `secret`.
    pub(super) fn seal(&self, secret: &[u8; 32], rng: &mut Rng) -> String {
        let nonce: [u8; NONCE_LEN] = rng.bytes();
        let mut sealed = self.plain();
        let Some(key) = aead(secret) else { return String::new() };
        let Ok(mac) =
            key.seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from(AAD), &mut sealed)
        else {
            return String::new();
        };
        let token = [&nonce[..], &sealed, mac.as_ref()].concat();
        URL_SAFE_NO_PAD.encode(token)
    }

    /// Reads a token that was sealed under one of the secrets; anything else is `None`.
    pub(super) fn open(token: &str, secrets: &[[u8; 32]]) -> Option<Challenge> {
        if token.len() > MAX_TOKEN {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE_LEN)?;
        let nonce: [u8; NONCE_LEN] = nonce.try_into().ok()?;
        secrets.iter().find_map(|secret| {
            let mut sealed = sealed.to_vec();
            let nonce = Nonce::assume_unique_for_key(nonce);
            let plain = aead(secret)?.open_in_place(nonce, Aad::from(AAD), &mut sealed).ok()?;
            Challenge::of_plain(plain)
        })
    }

    fn plain(&self) -> Vec<u8> {
        let numbers = [self.picture_chars, self.sound_digits, self.work_bits];
        let expires = self.expires.0.to_le_bytes();
        [&[VERSION][..], &self.seed, &expires, &numbers, &self.visitor, &self.purpose].concat()
    }

    fn of_plain(plain: &[u8]) -> Option<Challenge> {
        if plain.len() != PLAIN || plain.first() != Some(&VERSION) {
            return None;
        }
        let (seed, rest) = plain.get(1..)?.split_first_chunk::<16>()?;
        let (expires, rest) = rest.split_first_chunk::<8>()?;
        let (&[picture_chars, sound_digits, work_bits], rest) = rest.split_first_chunk::<3>()?;
        let (visitor, rest) = rest.split_first_chunk::<TAG>()?;
        let (purpose, _) = rest.split_first_chunk::<TAG>()?;
        let (seed, visitor, purpose) = (*seed, *visitor, *purpose);
        let expires = Time(i64::from_le_bytes(*expires));
        Some(Challenge { seed, expires, picture_chars, sound_digits, work_bits, visitor, purpose })
    }
}

fn aead(secret: &[u8; 32]) -> Option<LessSafeKey> {
    UnboundKey::new(&AES_256_GCM, secret).ok().map(LessSafeKey::new)
}

fn tag(text: &str) -> [u8; TAG] {
    let hash = digest::digest(&digest::SHA256, text.as_bytes());
    hash.as_ref().first_chunk().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::challenge::Settings;

    fn made() -> (Challenge, String) {
        let mut rng = Rng::seeded(5);
        let challenge = Challenge::new(&Settings::default(), Time(1_000), "visitor", "signin", &mut rng);
        let token = challenge.seal(&[7; 32], &mut rng);
        (challenge, token)
    }

    #[test]
    fn a_token_opens_under_its_key_only_and_is_short() {
        let (challenge, token) = made();
        assert!(Challenge::open(&token, &[[1; 32], [7; 32]]) == Some(challenge));
        assert!(Challenge::open(&token, &[[1; 32]]).is_none());
        assert!(token.len() < 130, "{}", token.len());
    }

    #[test]
    fn a_token_with_any_byte_changed_is_refused() {
        let (_, token) = made();
        for place in 0..token.len() {
            for other in [b'A', b'z', b'_', b'='] {
                let mut bytes = token.clone().into_bytes();
                if bytes[place] != other {
                    bytes[place] = other;
                    let changed = String::from_utf8(bytes).unwrap();
                    assert!(Challenge::open(&changed, &[[7; 32]]).is_none(), "{place}");
                }
            }
        }
        assert!(Challenge::open("", &[[7; 32]]).is_none());
        assert!(Challenge::open(&"A".repeat(5_000), &[[7; 32]]).is_none());
    }

    #[test]
    fn everything_grows_from_the_seed_and_from_nothing_else() {
        let (challenge, token) = made();
        let again = Challenge::open(&token, &[[7; 32]]).unwrap();
        assert_eq!(again.picture_answer(), challenge.picture_answer());
        assert_eq!(again.sound_answer(), challenge.sound_answer());
        assert_eq!((again.puzzle(), again.puzzle().len()), (challenge.puzzle(), 24));
        assert_ne!(challenge.picture_answer(), challenge.sound_answer());
        assert!(again.is_for("visitor", "signin"));
        assert!(!again.is_for("visitor", "recovery") && !again.is_for("another", "signin"));
    }
}
