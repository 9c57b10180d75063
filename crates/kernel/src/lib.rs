//! Pure values and rules shared by every part of Pristan.
//!
//! Nothing here does input or output, spawns, reads a clock or draws a random number by itself:
//! time arrives as [`Time`] (from a [`Clock`]), chance as an [`Rng`] argument.

pub mod id;
pub mod lang;
pub mod level;
pub mod rng;
pub mod secret;
pub mod time;

pub use id::Id;
pub use lang::Lang;
pub use level::Level;
pub use rng::{Rng, RngSource};
pub use secret::Secret;
pub use time::{Clock, Span, SystemClock, Time};
