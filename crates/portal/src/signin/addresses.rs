//! Failed sign-ins of one address and its network.

use crate::ctx::Ctx;
use crate::error::Result;
use crate::limits::{self, Limit, Network, Settings, Taken};
use ::store::Tx;
use kernel::Time;

/// Counts a failure.
pub fn count(tx: &mut Tx<'_>, ctx: &Ctx, settings: &Settings) -> Result<()> {
    for (name, value, limit) in of(ctx, settings) {
        limits::take(tx, ctx, name, &value, limit)?;
    }
    Ok(())
}

/// Until when this address or its network must wait, when it has failed too often.
pub fn wait(tx: &mut Tx<'_>, ctx: &Ctx, settings: &Settings) -> Result<Option<Time>> {
    for (name, value, limit) in of(ctx, settings) {
        if let Taken::Wait { until } = limits::peek(tx, ctx, name, &value, limit)? {
            return Ok(Some(until));
        }
    }
    Ok(None)
}

fn of(ctx: &Ctx, settings: &Settings) -> Vec<(&'static str, String, Limit)> {
    if settings.exempt(ctx.address) {
        return Vec::new();
    }
    let network = Network::around(ctx.address).to_string();
    vec![
        ("sign-in-address", limits::caller(ctx), settings.sign_in_failures_per_address),
        ("sign-in-network", network, settings.sign_in_failures_per_network),
    ]
}
