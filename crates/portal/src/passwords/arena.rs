//! One hashing thread's memory and its implementation of Argon2id (RFC 9106).
//!
//! Memory is kept between hashes: fresh pages cost up to half as much again as the hash itself.

use super::settings::Implementation;

/// The cost of a hash, as stored beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub passes: u32,
}

/// Bytes of a tag.
pub const TAG: usize = 32;
/// Bytes of a salt (NIST SP 800-63B asks for at least 4; the usual 16).
pub const SALT: usize = 16;

/// Computes tags; one for each hashing thread.
pub trait Arena: Send {
    /// The Argon2id version 0x13 tag with one lane.
    ///
    /// # Errors
    /// A cost that the implementation does not accept.
    fn tag(&mut self, cost: Cost, salt: &[u8], secret: &[u8]) -> Result<[u8; TAG], String>;
}

/// A new arena of the wanted implementation.
pub fn new(implementation: Implementation) -> Box<dyn Arena> {
    match implementation {
        Implementation::RustCrypto => Box::new(RustCrypto { blocks: Vec::new() }),
        Implementation::Simd => Box::new(Simd { hasher: None }),
    }
}

struct RustCrypto {
    blocks: Vec<argon2::Block>,
}

impl Arena for RustCrypto {
    fn tag(&mut self, cost: Cost, salt: &[u8], secret: &[u8]) -> Result<[u8; TAG], String> {
        let params =
            argon2::Params::new(cost.memory_kib, cost.passes, 1, Some(TAG)).map_err(|e| e.to_string())?;
        self.blocks.resize(params.block_count(), argon2::Block::default());
        let argon = argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params);
        let mut tag = [0; TAG];
        argon
            .hash_password_into_with_memory(secret, salt, &mut tag, self.blocks.as_mut_slice())
            .map_err(|e| e.to_string())?;
        Ok(tag)
    }
}

struct Simd {
    hasher: Option<(Cost, argon2_rust::Hasher)>,
}

impl Arena for Simd {
    fn tag(&mut self, cost: Cost, salt: &[u8], secret: &[u8]) -> Result<[u8; TAG], String> {
        if self.hasher.as_ref().is_none_or(|(kept, _)| *kept != cost) {
            self.hasher = Some((cost, simd_hasher(cost)?));
        }
        let Some((_, hasher)) = self.hasher.as_mut() else { return Err("no arena".into()) };
        let mut tag = [0; TAG];
        hasher.hash_into(secret, salt, &mut tag).map_err(|e| e.to_string())?;
        Ok(tag)
    }
}

fn simd_hasher(cost: Cost) -> Result<argon2_rust::Hasher, String> {
    let params = argon2_rust::Params::builder()
        .memory(argon2_rust::params::Memory::kib(u64::from(cost.memory_kib)))
        .passes(cost.passes)
        .lanes(1)
        .build()
        .map_err(|e| e.to_string())?;
    let argon =
        argon2_rust::Argon2::new(argon2_rust::Algorithm::Argon2id, argon2_rust::Version::V0x13, params);
    Ok(argon.hasher())
}

/// Whether an implementation gives the tags of the reference one; asked once at start-up.
///
/// # Errors
/// What differs, for the log.
pub fn cross_check(implementation: Implementation, cost: Cost) -> Result<(), String> {
    let (mut ours, mut reference) = (new(implementation), new(Implementation::RustCrypto));
    let small = Cost { memory_kib: 64, passes: 3 };
    for cost in [small, cost] {
        for secret in [b"".as_slice(), b"a", &[0xff; 64]] {
            if ours.tag(cost, &[7; SALT], secret)? != reference.tag(cost, &[7; SALT], secret)? {
                return Err(format!("tags differ at m={} t={}", cost.memory_kib, cost.passes));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_implementations_give_the_same_tag() {
        cross_check(Implementation::Simd, Cost { memory_kib: 1024, passes: 2 }).expect("equal tags");
    }

    #[test]
    fn a_reused_arena_forgets_the_last_secret() {
        let cost = Cost { memory_kib: 64, passes: 1 };
        for implementation in [Implementation::RustCrypto, Implementation::Simd] {
            let mut used = new(implementation);
            let first = used.tag(cost, &[1; SALT], b"one").expect("a tag");
            used.tag(cost, &[2; SALT], b"two").expect("a tag");
            assert_eq!(used.tag(cost, &[1; SALT], b"one").expect("a tag"), first);
        }
    }
}
