//! A stored password hash: a PHC string with the cost, the pepper's key id, the salt and the tag.
//!
//! `$argon2id$v=19$m=19456,t=2,p=1,keyid=K$SALT$TAG`; the hashed secret is HMAC-SHA-256(pepper K, password),
//! so a copy of the database alone cannot be guessed against (NIST SP 800-63B §3.1.1.2).

use super::arena::{Cost, TAG};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as B64;

/// The parts of a stored hash.
#[derive(Clone, PartialEq, Eq)]
pub struct Stored {
    /// The cost it was made with.
    pub cost: Cost,
    /// Which pepper was mixed in.
    pub pepper: String,
    /// The salt.
    pub salt: Vec<u8>,
    /// The tag.
    pub tag: [u8; TAG],
}

impl Stored {
    /// The text kept in the database.
    pub fn to_text(&self) -> String {
        format!(
            "$argon2id$v=19$m={},t={},p=1,keyid={}${}${}",
            self.cost.memory_kib,
            self.cost.passes,
            self.pepper,
            B64.encode(&self.salt),
            B64.encode(self.tag)
        )
    }

    /// Reads a stored hash; anything else is `None`.
    pub fn parse(text: &str) -> Option<Stored> {
        let mut parts = text.strip_prefix("$argon2id$v=19$")?.split('$');
        let (params, salt, tag) = (parts.next()?, parts.next()?, parts.next()?);
        let mut fields = params.split(',');
        let mut field = |name: &str| fields.next()?.strip_prefix(name)?.strip_prefix('=').map(str::to_owned);
        let cost = Cost { memory_kib: field("m")?.parse().ok()?, passes: field("t")?.parse().ok()? };
        if field("p")? != "1" {
            return None;
        }
        let pepper = field("keyid")?;
        Some(Stored {
            cost,
            pepper,
            salt: B64.decode(salt).ok()?,
            tag: B64.decode(tag).ok()?.try_into().ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_back() {
        let stored = Stored {
            cost: Cost { memory_kib: 19_456, passes: 2 },
            pepper: "p1".into(),
            salt: vec![1; 16],
            tag: [2; TAG],
        };
        assert!(Stored::parse(&stored.to_text()).is_some_and(|back| back == stored));
        assert!(Stored::parse("$argon2id$v=19$m=1,t=1,p=2,keyid=a$AA$AA").is_none());
        assert!(Stored::parse("").is_none());
    }
}
