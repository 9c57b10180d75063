//! Chance as an argument: the operating system's in production, a seeded stream in tests.

use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};
use ring::rand::SecureRandom;
use std::sync::{Arc, Mutex};

/// A stream of random bytes, taken once per request or job from an [`RngSource`].
pub struct Rng(Inner);

enum Inner {
    Os,
    Seeded(Box<ChaCha12Rng>),
}

impl Rng {
    /// The operating system's generator.
    pub fn os() -> Rng {
        Rng(Inner::Os)
    }

    /// A repeatable stream for tests and simulations; never used by a running portal.
    pub fn seeded(seed: u64) -> Rng {
        Rng(Inner::Seeded(Box::new(ChaCha12Rng::seed_from_u64(seed))))
    }

    /// A repeatable stream grown from a secret: whoever knows the secret, and nobody else, can draw it again.
    /// For what is worked out anew from a sealed token, such as the picture of a challenge.
    pub fn keyed(secret: [u8; 32]) -> Rng {
        Rng(Inner::Seeded(Box::new(ChaCha12Rng::from_seed(secret))))
    }

    /// Fills `buffer` with random bytes.
    ///
    /// # Panics
    /// When the operating system has no randomness to give: nothing safe can go on then.
    pub fn fill(&mut self, buffer: &mut [u8]) {
        match &mut self.0 {
            #[allow(clippy::disallowed_types, clippy::expect_used)] // the one place that asks the machine
            Inner::Os => ring::rand::SystemRandom::new().fill(buffer).expect("the system's randomness"),
            Inner::Seeded(stream) => stream.fill_bytes(buffer),
        }
    }

    /// `N` random bytes.
    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }

    /// A uniform number in `0..bound`, by rejection, so without modulo bias; `bound` 0 gives 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        if bound == 0 {
            return 0;
        }
        let zone = u64::MAX - u64::MAX % bound;
        loop {
            let draw = u64::from_le_bytes(self.bytes());
            if draw < zone {
                return draw % bound;
            }
        }
    }
}

/// Gives out independent [`Rng`] streams; cheap to clone.
#[derive(Clone)]
pub struct RngSource(Source);

#[derive(Clone)]
enum Source {
    Os,
    Seeded(Arc<Mutex<ChaCha12Rng>>),
}

impl RngSource {
    /// Streams of the operating system.
    pub fn os() -> RngSource {
        RngSource(Source::Os)
    }

    /// A tree of repeatable streams grown from one seed.
    pub fn seeded(seed: u64) -> RngSource {
        RngSource(Source::Seeded(Arc::new(Mutex::new(ChaCha12Rng::seed_from_u64(seed)))))
    }

    /// A stream of its own for one request, job or task.
    pub fn fork(&self) -> Rng {
        match &self.0 {
            Source::Os => Rng::os(),
            Source::Seeded(root) => {
                let mut root = root.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
                Rng::seeded(root.next_u64())
            }
        }
    }
}
