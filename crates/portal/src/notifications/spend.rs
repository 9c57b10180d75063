//! What notices by text message and call may cost: the allowances of codes, which the whole portal shares, and one of
//! the person's own. Without them whoever can cause notices could spend the portal's budget («SMS pumping»).

use super::kinds::Group;
use crate::accounts::AccountId;
use crate::config::Config;
use crate::ctx::Ctx;
use crate::error::Result;
use crate::limits::{self, Taken};
use ::store::Tx;
use kernel::Time;

/// What the allowances answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spend {
    /// It may go out.
    Fine,
    /// It is about safety and waits for the allowance.
    Later(Time),
    /// It does not go out this way.
    Refused(&'static str),
}

/// Takes one paid message from every allowance. The names are those of the codes' budget: both count together.
pub fn take(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    config: &Config,
    account: &AccountId,
    to: &str,
    group: Option<Group>,
) -> Result<Spend> {
    let codes = &config.codes;
    if !codes.sms_prefixes.iter().any(|prefix| to.starts_with(prefix.as_str())) {
        return Ok(Spend::Refused("numbers of this country get no texts"));
    }
    let waits = group == Some(Group::Security);
    let block: String = to.chars().take(8).collect();
    let own = (!waits).then_some(("notice-person", account.as_str(), config.notifications.sms_per_person));
    let shared = [
        ("sms-prefix", block.as_str(), codes.sms_per_prefix),
        ("sms-minute", "", codes.sms_per_minute),
        ("sms-day", "", codes.sms_per_day),
    ];
    for (name, value, limit) in own.into_iter().chain(shared) {
        if let Taken::Wait { until } = limits::take(tx, ctx, name, value, limit)? {
            metrics::counter!("sms_budget_refused_total", "allowance" => name).increment(1);
            return Ok(if waits { Spend::Later(until) } else { Spend::Refused("the allowance is spent") });
        }
    }
    Ok(Spend::Fine)
}
