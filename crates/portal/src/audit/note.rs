//! Signed heads as text: checkpoints (C2SP tlog-checkpoint) in signed notes (C2SP signed-note, Ed25519). Pure.
//!
//! ```text
//! portal.example.org/journal          origin
//! 12345                               size: how many events
//! x1f…=                               root, base64
//! number 17                           which head it is
//! time 1795258800                     when it was signed, seconds since 1970
//!
//! — portal.example.org/journal q83v…  signature, base64 of key hash and Ed25519 signature
//! ```

use super::merkle::{Hash, sha256};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as B64;
use ring::signature::{ED25519, Ed25519KeyPair, UnparsedPublicKey};

/// The algorithm byte of Ed25519 in signed notes.
const ED25519_NOTE: u8 = 1;

/// What a head says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Whose tree: the portal's host and `/journal`.
    pub origin: String,
    /// How many events.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
    /// Which head it is, from 1 without gaps.
    pub number: u64,
    /// When it was signed, seconds since 1970.
    pub time: i64,
}

/// Who signs, as others need to know: `name+hash+key` (the form of verifier keys in signed notes).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verifier {
    /// The signer's name.
    pub name: String,
    /// The Ed25519 public key.
    pub public: [u8; 32],
}

impl Verifier {
    /// What tells keys of one name apart: the first bytes of SHA-256 over name, line feed, algorithm and key.
    fn hash(&self) -> [u8; 4] {
        let hash = sha256(&[self.name.as_bytes(), b"\n", &[ED25519_NOTE], &self.public]);
        [hash[0], hash[1], hash[2], hash[3]]
    }

    /// The text that is published.
    pub fn text(&self) -> String {
        let key: Vec<u8> = [&[ED25519_NOTE][..], &self.public].concat();
        format!("{}+{:08x}+{}", self.name, u32::from_be_bytes(self.hash()), B64.encode(key))
    }

    /// Reads [`Verifier::text`].
    pub fn parse(text: &str) -> Option<Verifier> {
        let (name, rest) = text.trim().split_once('+')?;
        let (hash, key) = rest.split_once('+')?;
        let key = B64.decode(key).ok()?;
        let (algorithm, public) = key.split_first()?;
        let verifier = Verifier { name: name.to_owned(), public: public.try_into().ok()? };
        let named = u32::from_str_radix(hash, 16).ok()?;
        let good = *algorithm == ED25519_NOTE && named == u32::from_be_bytes(verifier.hash());
        (good && !name.is_empty()).then_some(verifier)
    }
}

impl Checkpoint {
    fn text(&self) -> String {
        let Checkpoint { origin, size, root, number, time } = self;
        format!("{origin}\n{size}\n{}\nnumber {number}\ntime {time}\n", B64.encode(root))
    }

    fn parse(text: &str) -> Option<Checkpoint> {
        let mut lines = text.lines();
        let origin = lines.next()?.to_owned();
        let size: u64 = lines.next()?.parse().ok()?;
        let root: Hash = B64.decode(lines.next()?).ok()?.try_into().ok()?;
        let number = lines.next()?.strip_prefix("number ")?.parse().ok()?;
        let time = lines.next()?.strip_prefix("time ")?.parse().ok()?;
        let read = Checkpoint { origin, size, root, number, time };
        // Only the one form: a text that reads the same and looks different is none of ours.
        (read.text() == text).then_some(read)
    }

    /// The signed note; `None` only if `seed` is not the secret of this verifier.
    pub fn sign(&self, seed: &[u8], verifier: &Verifier) -> Option<String> {
        let pair = Ed25519KeyPair::from_seed_and_public_key(seed, &verifier.public).ok()?;
        let text = self.text();
        let signature = [&verifier.hash()[..], pair.sign(text.as_bytes()).as_ref()].concat();
        Some(format!("{text}\n— {} {}\n", verifier.name, B64.encode(signature)))
    }

    /// Reads a note without asking who signed it.
    pub fn unchecked(note: &str) -> Option<Checkpoint> {
        let (text, _) = note.split_once("\n\n")?;
        Checkpoint::parse(&format!("{text}\n"))
    }

    /// Reads a note that one of these verifiers signed; gives which.
    pub fn open<'v>(note: &str, verifiers: &'v [Verifier]) -> Option<(Checkpoint, &'v Verifier)> {
        let (text, signatures) = note.split_once("\n\n")?;
        let text = format!("{text}\n");
        let signer = signatures.lines().find_map(|line| {
            let (name, signature) = line.strip_prefix("— ")?.split_once(' ')?;
            let signature = B64.decode(signature).ok()?;
            let (hash, signature) = signature.split_at_checked(4)?;
            verifiers.iter().find(|verifier| {
                let key = UnparsedPublicKey::new(&ED25519, verifier.public);
                verifier.name == name
                    && verifier.hash() == hash
                    && key.verify(text.as_bytes(), signature).is_ok()
            })
        })?;
        Some((Checkpoint::parse(&text)?, signer))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ring::signature::KeyPair as _;

    fn signer(name: &str) -> (Verifier, [u8; 32]) {
        let seed = [7; 32];
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).expect("a key");
        let public = pair.public_key().as_ref().try_into().expect("32 bytes");
        (Verifier { name: name.to_owned(), public }, seed)
    }

    fn head() -> Checkpoint {
        let origin = "portal.example/journal".to_owned();
        Checkpoint { origin, size: 1234, root: sha256(&[b"x"]), number: 17, time: 1_795_258_800 }
    }

    /// The verifier key and the note of the documentation of golang.org/x/mod/sumdb/note.
    #[test]
    fn a_published_note_of_others_opens() {
        let text = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
        let verifier = Verifier::parse(text).expect("a verifier key");
        assert_eq!(verifier.text(), text);
        let note = "If you think cryptography is the answer to your problem,\nthen you don't know what your \
             problem is.\n\n— PeterNeumann \
             x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
        let (text, signatures) = note.split_once("\n\n").expect("a note");
        let signature = signatures.trim_end().rsplit(' ').next().expect("a signature");
        let signature = B64.decode(signature).expect("base64");
        assert_eq!(signature[..4], verifier.hash());
        let key = UnparsedPublicKey::new(&ED25519, verifier.public);
        assert!(key.verify(format!("{text}\n").as_bytes(), &signature[4..]).is_ok());
    }

    #[test]
    fn a_head_is_read_back_and_a_changed_one_is_not() {
        let (verifier, seed) = signer("portal.example/journal");
        let note = head().sign(&seed, &verifier).expect("signed");
        let known = [verifier];
        assert_eq!(Checkpoint::open(&note, &known), Some((head(), &known[0])));
        assert_eq!(Checkpoint::unchecked(&note), Some(head()));
        for at in 0..note.len() {
            let mut bytes = note.clone().into_bytes();
            bytes[at] ^= 1;
            let Ok(changed) = String::from_utf8(bytes) else { continue };
            // The last line feed is no part of what is signed.
            if at + 1 < note.len() {
                assert_eq!(Checkpoint::open(&changed, &known), None, "byte {at}");
            }
        }
    }

    #[test]
    fn only_the_named_key_counts() {
        let (verifier, seed) = signer("portal.example/journal");
        let note = head().sign(&seed, &verifier).expect("signed");
        let (other, _) = signer("other.example/journal");
        assert_eq!(Checkpoint::open(&note, &[other]), None);
        assert_eq!(Checkpoint::open(&note, &[]), None);
        assert_eq!(Verifier::parse(&verifier.text()), Some(verifier.clone()));
        assert_eq!(Verifier::parse(&verifier.text().replace("portal", "mortal")), None);
        assert_eq!(Verifier::parse("x"), None);
    }
}
