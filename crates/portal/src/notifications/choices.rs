//! What a person chose: which groups by which channels, and their quiet hours.
//!
//! Invariants: security is never looked up here, it goes by every contact at any hour; who has not chosen gets the
//! defaults, and who can be reached by text message alone is still told by it.

use super::kinds::Group;
use super::quiet::Hours;
use super::{Channel, Settings};
use crate::accounts::{self, AccountId};
use crate::ctx::Ctx;
use crate::error::Result;
use ::store::{Tx, params};
use jiff::tz::TimeZone;
use kernel::Time;
use serde::{Deserialize, Serialize};

/// Channels that the person switches; a call follows the switch of text messages.
pub const SWITCHED: [Channel; 3] = [Channel::Email, Channel::Sms, Channel::Push];

/// Zones offered besides the portal's own: the word in the form, the zone, the key of its name.
pub const ZONES: [(&str, &str); 11] = [
    ("Europe/Kaliningrad", "notifications-zone-kaliningrad"),
    ("Europe/Moscow", "notifications-zone-moscow"),
    ("Europe/Samara", "notifications-zone-samara"),
    ("Asia/Yekaterinburg", "notifications-zone-yekaterinburg"),
    ("Asia/Omsk", "notifications-zone-omsk"),
    ("Asia/Krasnoyarsk", "notifications-zone-krasnoyarsk"),
    ("Asia/Irkutsk", "notifications-zone-irkutsk"),
    ("Asia/Yakutsk", "notifications-zone-yakutsk"),
    ("Asia/Vladivostok", "notifications-zone-vladivostok"),
    ("Asia/Magadan", "notifications-zone-magadan"),
    ("Asia/Kamchatka", "notifications-zone-kamchatka"),
];

/// What was chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choices {
    /// Groups and channels that are on.
    pub on: Vec<(Group, Channel)>,
    /// The quiet hours, when there are some.
    pub quiet: Option<Hours>,
    /// The zone of the quiet hours; the portal's without one.
    pub zone: Option<String>,
    /// Whether these are the defaults, because nothing was chosen.
    #[serde(skip)]
    pub by_default: bool,
}

impl Choices {
    /// What counts until something is chosen.
    pub fn defaults(settings: &Settings) -> Choices {
        let on = Group::ALL.into_iter().filter(|group| group.is_free()).flat_map(|group| {
            SWITCHED.into_iter().filter(move |channel| group.by_default(*channel)).map(move |c| (group, c))
        });
        Choices { on: on.collect(), quiet: settings.quiet_hours(), zone: None, by_default: true }
    }

    /// Whether a group goes out by a channel.
    pub fn allows(&self, group: Group, channel: Channel) -> bool {
        let switch = if channel == Channel::Call { Channel::Sms } else { channel };
        !group.is_free() || self.on.contains(&(group, switch))
    }

    /// Ways in which a group may reach somebody who has these: the first that works is enough, so they are in the
    /// order of spec 08. Who has not chosen and would be reached by none is told by text message.
    pub fn ways(&self, group: Group, has: impl Fn(Channel) -> bool) -> Vec<Channel> {
        let on = |channel: &Channel| self.allows(group, *channel) && has(*channel);
        let ways: Vec<Channel> = Channel::ALL.into_iter().filter(on).collect();
        let told = !ways.is_empty() || !self.by_default || group == Group::News;
        if told || !has(Channel::Sms) { ways } else { vec![Channel::Sms] }
    }

    /// The zone of the quiet hours.
    pub fn time_zone(&self, ctx: &Ctx) -> TimeZone {
        let chosen = self.zone.as_deref().and_then(|name| TimeZone::get(name).ok());
        chosen.unwrap_or_else(|| ctx.place.zone.clone())
    }

    /// When a message of this group may go out: now, or at the end of the quiet hours.
    pub fn not_before(&self, ctx: &Ctx, group: Group) -> Time {
        let quiet = self.quiet.filter(|_| group.is_free());
        quiet.and_then(|hours| hours.end(ctx.now, &self.time_zone(ctx))).unwrap_or(ctx.now)
    }

    /// What is on, for the journal: `checks:email`.
    pub fn words(&self) -> Vec<String> {
        self.on.iter().map(|(group, channel)| format!("{}:{}", group.word(), channel.word())).collect()
    }
}

/// What a person chose, or the defaults.
///
/// # Errors
/// The storage is away or the row was tampered with.
pub fn load(tx: &mut Tx<'_>, ctx: &Ctx, settings: &Settings, account: &AccountId) -> Result<Choices> {
    let sealed: Option<Vec<u8>> =
        tx.opt("SELECT choices FROM notice_settings WHERE account_id = $1", params![account], |row| {
            row.get(0)
        })?;
    let Some(sealed) = sealed else { return Ok(Choices::defaults(settings)) };
    let key = accounts::data_key(tx, ctx, account)?;
    Ok(serde_json::from_slice(&key.open("notice_settings", &sealed)?)?)
}

/// Keeps what a person chose; `false` when that is what was chosen before.
///
/// # Errors
/// The storage is away.
pub fn save(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    settings: &Settings,
    account: &AccountId,
    choices: &Choices,
) -> Result<bool> {
    if load(tx, ctx, settings, account)? == *choices {
        return Ok(false);
    }
    let key = accounts::data_key(tx, ctx, account)?;
    let sealed = key.seal("notice_settings", &serde_json::to_vec(choices)?, &mut ctx.rng());
    tx.exec(
        "INSERT INTO notice_settings (account_id, choices, changed_at) VALUES ($1, $2, $3)
         ON CONFLICT (account_id) DO UPDATE SET choices = $2, changed_at = $3",
        params![account, &sealed, ctx.now],
    )?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ways_follow_the_order_and_nobody_is_left_untold_by_default() {
        use Channel::{Call, Email, Push, Sms};
        let defaults = Choices::defaults(&Settings::default());
        let none = Choices { on: Vec::new(), by_default: false, ..defaults.clone() };
        let texts = Choices { on: vec![(Group::Checks, Sms)], by_default: false, ..defaults.clone() };
        let table: [(&Choices, Group, &[Channel], &[Channel]); 9] = [
            (&defaults, Group::Checks, &[Push, Sms, Call, Email], &[Push, Email]),
            (&defaults, Group::Checks, &[Sms, Call, Email], &[Email]),
            (&defaults, Group::Checks, &[Sms, Call], &[Sms]),
            (&defaults, Group::News, &[Sms, Call, Email, Push], &[]),
            (&defaults, Group::Security, &[Push, Sms, Call, Email], &[Push, Sms, Call, Email]),
            (&none, Group::Checks, &[Sms, Call, Email], &[]),
            (&none, Group::Security, &[Sms, Email], &[Sms, Email]),
            (&texts, Group::Checks, &[Push, Sms, Call, Email], &[Sms, Call]),
            (&texts, Group::Account, &[Push, Sms, Call, Email], &[]),
        ];
        for (choices, group, has, ways) in table {
            assert_eq!(choices.ways(group, |channel| has.contains(&channel)), ways, "{group:?} {has:?}");
        }
    }
}
