//! Passwords: the rules for a new one, the stored form, the bounded pool that computes it.
//!
//! Invariants: a password is hashed only on the pool; an unknown person costs the same hash as a known one;
//! nothing here logs, trims or folds a password.

mod arena;
mod pool;
mod settings;
mod stored;

pub use arena::{Cost, cross_check};
pub use pool::{Place, Pool};
pub use settings::{Implementation, Preset, Settings};

use crate::error::{Error, Result};
use crate::keys::Keys;
use arena::SALT;
use kernel::password::{PasswordFault, Policy, Strength};
use kernel::{Rng, Secret};
use stored::Stored;

/// Sets and checks passwords; cheap to clone.
#[derive(Clone)]
pub struct Passwords {
    pool: Pool,
    keys: Keys,
    cost: Cost,
    policy: Policy,
    min_strength: u8,
}

/// What checking a password answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Check {
    /// It is the one.
    Right {
        /// The same password in a newer form, when cost or pepper have moved on.
        upgrade: Option<String>,
    },
    /// It is not, or there is no such account.
    Wrong,
}

impl Passwords {
    /// The service over a started pool.
    pub fn new(settings: &Settings, pool: Pool, keys: Keys) -> Passwords {
        let policy = match settings.preset {
            Preset::Classic => Policy::preset(kernel::password::Preset::Classic),
            Preset::Passphrase => Policy::preset(kernel::password::Preset::Passphrase),
        };
        let cost = Cost { memory_kib: settings.memory_kib, passes: settings.passes };
        Passwords { pool, keys, cost, policy, min_strength: settings.min_strength }
    }

    /// The rules shown beside the field.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Hashes waiting for a thread.
    pub fn waiting(&self) -> usize {
        self.pool.waiting()
    }

    /// Everything that is wrong with a wished password; empty when it may be taken.
    ///
    /// `personal` are the person's own words (names, phone, e-mail), which must not be inside it.
    pub fn faults(&self, wished: &str, personal: &[&str]) -> Vec<PasswordFault> {
        let mut faults = kernel::password::check(&self.policy, wished, personal);
        // Estimating the strength costs milliseconds and memory, so it is done only where it decides something.
        let weak = || self.strength(wished, personal).score < self.min_strength;
        if faults.is_empty() && self.min_strength > 0 && weak() {
            faults.push(PasswordFault::Common);
        }
        faults
    }

    /// How hard the password is to guess.
    pub fn strength(&self, wished: &str, personal: &[&str]) -> Strength {
        kernel::password::strength(wished, personal)
    }

    /// The stored form of a new password.
    ///
    /// # Errors
    /// [`Error::Busy`] when the queue is full.
    pub async fn hash(&self, password: &Secret<String>, rng: &mut Rng) -> Result<String> {
        self.hash_in(self.reserve()?, password, rng).await
    }

    /// A place in the hashing queue. Take it before counting a try, and hand it to [`Passwords::check_in`]: who is
    /// sent away because the queue is full has not used up a try.
    ///
    /// # Errors
    /// [`Error::Busy`] when the queue is full.
    pub fn reserve(&self) -> Result<Place> {
        self.pool.reserve()
    }

    async fn hash_in(&self, place: Place, password: &Secret<String>, rng: &mut Rng) -> Result<String> {
        let salt: [u8; SALT] = rng.bytes();
        let pepper = self.keys.active_pepper_id();
        let secret = self.peppered(&pepper, password)?;
        let tag = self.pool.tag(place, self.cost, salt.to_vec(), secret).await?;
        Ok(Stored { cost: self.cost, pepper, salt: salt.to_vec(), tag }.to_text())
    }

    /// Compares a typed password with a stored one; `None` stands for an unknown person and costs the same.
    ///
    /// # Errors
    /// [`Error::Busy`] when the queue is full.
    pub async fn check(&self, typed: &Secret<String>, stored: Option<&str>, rng: &mut Rng) -> Result<Check> {
        self.check_in(self.reserve()?, typed, stored, rng).await
    }

    /// The same in a place that was reserved before.
    ///
    /// # Errors
    /// A pepper that is not in the key ring.
    pub async fn check_in(
        &self,
        place: Place,
        typed: &Secret<String>,
        stored: Option<&str>,
        rng: &mut Rng,
    ) -> Result<Check> {
        let Some(stored) = stored.and_then(Stored::parse) else {
            self.hash_in(place, typed, rng).await?;
            return Ok(Check::Wrong);
        };
        let secret = self.peppered(&stored.pepper, typed)?;
        let tag = self.pool.tag(place, stored.cost, stored.salt.clone(), secret).await?;
        if !kernel::secret::same(&tag, &stored.tag) {
            return Ok(Check::Wrong);
        }
        let old = stored.cost != self.cost || stored.pepper != self.keys.active_pepper_id();
        // A full queue puts the upgrade off to the next sign-in; it is no reason to send the owner away.
        let upgrade = if old { self.hash(typed, rng).await.ok() } else { None };
        Ok(Check::Right { upgrade })
    }

    fn peppered(&self, pepper: &str, password: &Secret<String>) -> Result<Secret<Vec<u8>>> {
        let key = self
            .keys
            .pepper(pepper)
            .ok_or_else(|| Error::Bug(format!("pepper «{pepper}» is not in the key ring")))?;
        // Passphrases may be typed in any Unicode form; the classic preset is ASCII and comes through unchanged.
        let prepared = kernel::password::prepared(password.expose());
        let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, key.expose());
        Ok(Secret::new(ring::hmac::sign(&key, prepared.as_bytes()).as_ref().to_vec()))
    }
}
