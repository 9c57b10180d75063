//! Devices that an account was signed in from, and countries of addresses.
//!
//! Invariants: a mark in the cookie authenticates nobody, it only selects counters and tells a known device from a new
//! one (practice sheet §3); a mark is set after a full sign-in and is always fresh, planted ones are never taken
//! over; the row holds a keyed hash of account and mark, so accounts of one browser cannot be linked; browser, address
//! and country are sealed under the account's data key.

mod geo;
mod marks;
mod settings;
mod store;
pub mod web;

pub use geo::{Country, Geo};
pub use marks::{COOKIE, Marks};
pub use settings::{GeoSettings, Settings};
pub use store::sweep;

use crate::accounts::AccountId;
use crate::ctx::Ctx;
use crate::error::Result;
use ::store::{Tx, keys::Purpose};
use kernel::{Lang, Span, Time};
use serde::{Deserialize, Serialize};

kernel::id_kinds! {
    /// A device of an account.
    DeviceKind = "dev";
}

/// A device's identifier.
pub type DeviceId = kernel::Id<DeviceKind>;

/// How a device is shown to its owner; sealed in the row.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Label {
    /// Browser and system in a few words.
    pub agent: String,
    /// The address of the last sign-in.
    pub address: String,
    /// The country of that address, when it is known.
    pub country: String,
    /// Countries that this device signed in from, the latest first.
    pub countries: Vec<String>,
}

impl Label {
    /// Address and country: «192.0.2.7, Россия».
    pub fn place(&self, lang: Lang) -> String {
        place(&self.address, Country::parse(&self.country), lang)
    }
}

/// An address and its country, as people read them.
pub fn place(address: &str, country: Option<Country>, lang: Lang) -> String {
    match country.map(|country| country.name(lang)).filter(|name| !name.is_empty()) {
        Some(name) => format!("{address}, {name}"),
        None => address.to_owned(),
    }
}

/// Countries kept for one device.
const COUNTRIES: usize = 20;

/// What a full sign-in found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Met {
    /// The device.
    pub id: Option<DeviceId>,
    /// Whether it was met for the first time.
    pub new: bool,
    /// A country from which this account was never signed in, when the country is known and it has signed in before.
    pub new_country: Option<Country>,
}

/// A row of the owner's list.
pub struct Listed {
    /// The device.
    pub id: DeviceId,
    /// How it is shown.
    pub label: Label,
    /// The first sign-in.
    pub first_at: Time,
    /// The last sign-in.
    pub last_at: Time,
    /// Whether it is the one that asks.
    pub current: bool,
}

fn seen_after(ctx: &Ctx, settings: &Settings) -> Time {
    ctx.now - Span::days(settings.keep_days)
}

/// The known device of this account that the browser shows; failures on it have counters of their own.
///
/// # Errors
/// The storage is away.
pub fn current(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    settings: &Settings,
    account: &AccountId,
) -> Result<Option<DeviceId>> {
    let after = seen_after(ctx, settings);
    for mark in ctx.marks.held() {
        for hash in ctx.keys.macs(Purpose::Device, &[account.as_str().as_bytes(), mark.as_bytes()]) {
            let found = store::by_mark(tx, account, &hash, after)?;
            if found.is_some() {
                return Ok(found);
            }
        }
    }
    Ok(None)
}

/// Whether the browser that asks has signed this account in before.
///
/// # Errors
/// The storage is away.
pub fn is_known(tx: &mut Tx<'_>, ctx: &Ctx, settings: &Settings, account: &AccountId) -> Result<bool> {
    Ok(current(tx, ctx, settings, account)?.is_some())
}

/// Remembers the device of a full sign-in. The answer's cookie is written by `sessions::web::keep_cookie`, which the
/// session's token tells whether the device is new.
///
/// # Errors
/// The storage is away.
pub fn meet(tx: &mut Tx<'_>, ctx: &Ctx, settings: &Settings, account: &AccountId) -> Result<Met> {
    let key = store::data_key(tx, ctx, account)?;
    let rows = store::all(tx, account, seen_after(ctx, settings))?;
    let known = current(tx, ctx, settings, account)?;
    let country = ctx.country();
    let mut label = Label::default();
    let mut seen = false;
    for row in &rows {
        let of_row = store::open(&key, &row.label)?;
        seen |= country.is_some_and(|country| of_row.countries.iter().any(|code| code == country.code()));
        if known.as_ref() == Some(&row.id) {
            label = of_row;
        }
    }
    label.agent = ctx.agent.clone();
    label.address = ctx.address.to_string();
    label.country = country.map(|country| country.code().to_owned()).unwrap_or_default();
    if let Some(country) = country {
        label.countries.retain(|code| code != country.code());
        label.countries.insert(0, country.code().to_owned());
        label.countries.truncate(COUNTRIES);
    }
    let sealed = store::seal(ctx, &key, &label)?;
    let new_country = country.filter(|_| !seen && !rows.is_empty());
    if let Some(id) = known {
        store::touch(tx, &id, &sealed, ctx.now)?;
        return Ok(Met { id: Some(id), new: false, new_country });
    }
    let Some(mark) = ctx.marks.fresh() else { return Ok(Met { id: None, new: true, new_country }) };
    let hash = ctx.keys.mac(Purpose::Device, &[account.as_str().as_bytes(), mark.as_bytes()]);
    let id = DeviceId::new(ctx.now, &mut ctx.rng());
    store::insert(tx, account, &id, &hash, &sealed, ctx.now, settings.most)?;
    Ok(Met { id: Some(id), new: true, new_country })
}

/// The devices of an account, last used first.
///
/// # Errors
/// The storage is away or a row was tampered with.
pub fn list(tx: &mut Tx<'_>, ctx: &Ctx, settings: &Settings, account: &AccountId) -> Result<Vec<Listed>> {
    let rows = store::all(tx, account, seen_after(ctx, settings))?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let key = store::data_key(tx, ctx, account)?;
    let own = current(tx, ctx, settings, account)?;
    rows.into_iter()
        .map(|row| {
            let label = store::open(&key, &row.label)?;
            let current = own.as_ref() == Some(&row.id);
            Ok(Listed { id: row.id, label, first_at: row.first_at, last_at: row.last_at, current })
        })
        .collect()
}

/// Forgets a device; `false` when it is not there or not theirs.
///
/// # Errors
/// The storage is away.
pub fn forget(tx: &mut Tx<'_>, account: &AccountId, id: &DeviceId) -> Result<bool> {
    store::remove(tx, account, id)
}

/// Forgets every device of an account: from now on each is new.
///
/// # Errors
/// The storage is away.
pub fn forget_all(tx: &mut Tx<'_>, account: &AccountId) -> Result<u64> {
    store::remove_all(tx, account)
}
