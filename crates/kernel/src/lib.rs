//! Pure values and rules shared by every part of Pristan.
//!
//! Nothing here does input or output, spawns, reads a clock or draws a random number by itself:
//! time arrives as [`Time`] (from a [`Clock`]), chance as an [`Rng`] argument.

mod blocklist;
pub mod code;
pub mod date;
pub mod email;
pub mod id;
pub mod ids;
pub mod lang;
pub mod level;
pub mod line;
pub mod name;
pub mod password;
pub mod phone;
pub mod refusal;
pub mod rng;
mod script;
pub mod secret;
pub mod snils;
pub mod text;
pub mod time;
pub mod translit;

pub use code::{ActivationCode, OneTimeCode};
pub use date::Date;
pub use email::Email;
pub use id::Id;
pub use lang::Lang;
pub use level::Level;
pub use line::Line;
pub use name::{NamePart, Script};
pub use phone::Phone;
pub use refusal::Refusal;
pub use rng::{Rng, RngSource};
pub use secret::Secret;
pub use snils::Snils;
pub use time::{Clock, Span, SystemClock, Time};
