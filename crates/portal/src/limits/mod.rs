//! Counters that hold over restarts and over several instances: how often something may happen.
//!
//! Invariants: a key names its limit and holds a keyed hash of the value, never the value; taking from a limit is
//! one statement, so parallel takers are all counted; when the counter cannot be read the guarded act fails.

mod settings;
mod store;

pub use settings::{Network, Settings};

use crate::ctx::Ctx;
use crate::error::Result;
use ::store::{Tx, keys::Purpose};
use kernel::{Span, Time};
use serde::{Deserialize, Serialize};

/// So many times in so long a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// How many are allowed.
    pub count: i64,
    /// The window in seconds; it begins with the first act in it.
    pub seconds: i64,
}

impl Limit {
    /// `count` times in `seconds`.
    pub const fn new(count: i64, seconds: i64) -> Limit {
        Limit { count, seconds }
    }

    /// The window.
    pub const fn window(self) -> Span {
        Span::seconds(self.seconds)
    }
}

/// What taking from a limit answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// Allowed; so many are left in this window.
    Allowed {
        /// What is left.
        left: i64,
    },
    /// Not before this moment.
    Wait {
        /// When the window ends.
        until: Time,
    },
}

impl Taken {
    /// Whether the act may go on.
    pub fn allowed(self) -> bool {
        matches!(self, Taken::Allowed { .. })
    }
}

/// Whom the limits of addresses count: an IPv4 address, or the /64 of an IPv6 one, which is one customer's (RFC 6177): of
/// that there are more addresses than any limit.
pub fn caller(ctx: &Ctx) -> String {
    Network::of_customer(ctx.address).to_string()
}

/// Takes one from the limit `name` for `value` (a number, an address, an account id …).
///
/// # Errors
/// The storage is away: the act must not go on then.
pub fn take(tx: &mut Tx<'_>, ctx: &Ctx, name: &str, value: &str, limit: Limit) -> Result<Taken> {
    let key = key(ctx, name, value);
    let (hits, window_start) = store::hit(tx, &key, ctx.now, limit.window())?;
    Ok(if hits <= limit.count {
        Taken::Allowed { left: limit.count - hits }
    } else {
        Taken::Wait { until: window_start + limit.window() }
    })
}

/// Looks at a limit without taking from it.
///
/// # Errors
/// The storage is away.
pub fn peek(tx: &mut Tx<'_>, ctx: &Ctx, name: &str, value: &str, limit: Limit) -> Result<Taken> {
    let key = key(ctx, name, value);
    Ok(match store::read(tx, &key, ctx.now, limit.window())? {
        Some((hits, start)) if hits >= limit.count => Taken::Wait { until: start + limit.window() },
        Some((hits, _)) => Taken::Allowed { left: limit.count - hits },
        None => Taken::Allowed { left: limit.count },
    })
}

/// Forgets a counter, after a success that clears it.
///
/// # Errors
/// The storage is away.
pub fn clear(tx: &mut Tx<'_>, ctx: &Ctx, name: &str, value: &str) -> Result<()> {
    store::clear(tx, &key(ctx, name, value))
}

/// Deletes counters whose windows are over; a retention job. Answers how many went.
///
/// # Errors
/// The storage is away.
pub fn sweep(tx: &mut Tx<'_>, now: Time, batch: i64) -> Result<u64> {
    store::sweep(tx, now, batch)
}

fn key(ctx: &Ctx, name: &str, value: &str) -> [u8; 32] {
    ctx.keys.mac(Purpose::Token, &[b"limit", name.as_bytes(), value.as_bytes()])
}
