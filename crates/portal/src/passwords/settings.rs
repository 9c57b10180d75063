//! What a password must be, and what its hash costs.

use serde::{Deserialize, Serialize};

/// Section `[passwords]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// `classic` (8–20 characters, four classes; spec 01 §1.3) or `passphrase` (15–128 code points, no classes;
    /// NIST SP 800-63B, OWASP ASVS 6.2).
    pub preset: Preset,
    /// The least accepted strength, 0–4; 0 asks nothing beyond the rules and the blocklist.
    pub min_strength: u8,
    /// `rustcrypto` (default) or `simd`: the same function, about twice as fast, without an independent audit.
    pub implementation: Implementation,
    /// Argon2id memory in KiB; OWASP ASVS appendix C: at least 19456 with two passes.
    pub memory_kib: u32,
    /// Argon2id passes.
    pub passes: u32,
    /// Hashing threads; 0 takes one per core.
    pub threads: usize,
    /// Hashes that may wait; past this the answer is 503 with `Retry-After` (spec 09).
    pub queue: usize,
}

/// Which rules a new password is checked against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Preset {
    /// The rules of the seeds.
    Classic,
    /// Long, any script, no classes.
    Passphrase,
}

/// Which implementation of Argon2id computes the hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Implementation {
    /// The `argon2` crate.
    RustCrypto,
    /// The `argon2-rust` crate, with the processor's vector instructions.
    Simd,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            preset: Preset::Classic,
            min_strength: 0,
            implementation: Implementation::RustCrypto,
            memory_kib: 19_456,
            passes: 2,
            threads: 0,
            queue: 192,
        }
    }
}
