//! What a text message may cost: allowances by contact, visitor, network, block of numbers and the whole portal.
//!
//! Text messages are money; without these a stranger could spend the portal's budget («SMS pumping»).

use super::{Purpose, Sending, Settings, Wish};
use crate::ctx::Ctx;
use crate::error::Result;
use crate::limits::{self, Limit, Network, Taken};
use crate::notifications::Channel;
use ::store::Tx;

/// Takes one send from every allowance; the first refusal is the answer.
pub fn spend(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    settings: &Settings,
    limits: &limits::Settings,
    wish: &Wish<'_>,
) -> Result<Option<Sending>> {
    let paid = wish.channel != Channel::Email;
    if paid && !settings.sms_prefixes.iter().any(|prefix| wish.to.starts_with(prefix.as_str())) {
        return Ok(Some(Sending::CountryRefused));
    }
    let network = Network::around(ctx.address).to_string();
    let exempt = limits.exempt(ctx.address);
    let block: String = wish.to.chars().take(8).collect();
    if paid && !wish.challenge_passed && challenge_wanted(tx, ctx, settings, exempt, &network, &block)? {
        return Ok(Some(Sending::ChallengeNeeded));
    }
    let contact = format!("{}/{}", contact_scope(wish.purpose), wish.to);
    for (name, limit) in
        [("send-contact", settings.sends_per_contact), ("send-contact-day", settings.sends_per_contact_day)]
    {
        if let Taken::Wait { until } = limits::take(tx, ctx, name, &contact, limit)? {
            return Ok(Some(Sending::Wait(until)));
        }
    }
    if !paid {
        return Ok(None);
    }
    for (name, value, limit) in [
        ("sms-visitor", ctx.visitor.as_str(), settings.sms_per_visitor),
        ("sms-network", network.as_str(), settings.sms_per_network),
    ] {
        if exempt {
            continue;
        }
        if let Taken::Wait { until } = limits::take(tx, ctx, name, value, limit)? {
            return Ok(Some(Sending::Wait(until)));
        }
    }
    for (name, value, limit) in [
        ("sms-prefix", block.as_str(), settings.sms_per_prefix),
        ("sms-minute", "", settings.sms_per_minute),
        ("sms-day", "", settings.sms_per_day),
    ] {
        if !limits::take(tx, ctx, name, value, limit)?.allowed() {
            metrics::counter!("sms_budget_refused_total", "allowance" => name).increment(1);
            return Ok(Some(Sending::Suspended));
        }
    }
    Ok(None)
}

/// Registration and recovery count together: the owner of the number is annoyed alike by both.
fn contact_scope(_purpose: Purpose) -> &'static str {
    "codes"
}

fn challenge_wanted(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    settings: &Settings,
    exempt: bool,
    network: &str,
    block: &str,
) -> Result<bool> {
    match settings.challenge {
        super::ChallengeWhen::Always => return Ok(true),
        super::ChallengeWhen::Never => return Ok(false),
        super::ChallengeWhen::Auto => {}
    }
    let mut watched =
        vec![("sms-prefix", block, settings.sms_per_prefix), ("sms-minute", "", settings.sms_per_minute)];
    if !exempt {
        watched.push(("sms-network", network, settings.sms_per_network));
    }
    for (name, value, limit) in watched {
        if half_spent(tx, ctx, name, value, limit)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn half_spent(tx: &mut Tx<'_>, ctx: &Ctx, name: &str, value: &str, limit: Limit) -> Result<bool> {
    Ok(match limits::peek(tx, ctx, name, value, limit)? {
        Taken::Allowed { left } => left < limit.count / 2,
        Taken::Wait { .. } => true,
    })
}
