//! Addresses and the directory of addresses: what is offered for a field by what the others of the form hold, and which
//! places of the directory the kept values are.
//!
//! Invariants: the directory only offers, any text may stand in an address; a value carries the directory's id for exactly
//! as long as the address names that one place, whoever typed it.

use super::{Field, Merge, Place as FormPlace, Saved, Section, Sent, store};
use crate::accounts::{self, AccountId};
use crate::ctx::Ctx;
use crate::error::Result;
use crate::limits::{self, Limit, Taken};
use ::store::Tx;
use gateway::addresses::{Directory, Fit, Id, Level, Place};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// The most places that are offered at a time.
pub const MOST: usize = 10;
/// The most places of one name that are looked under: «Ивановка» of a region.
const MOST_ALIKE: usize = 8;

/// Section `[addresses]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The deployment's own directory (docs/addresses.md); without it the sample inside the program.
    pub table: Option<PathBuf>,
    /// Places that a table may have (a choice: a million takes at most about 200 MiB).
    pub most_places: u32,
    /// Questions of one account to the directory (a choice: somebody who types without a pause for minutes).
    pub lookups: Limit,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { table: None, most_places: 4_000_000, lookups: Limit::new(600, 600) }
    }
}

impl Settings {
    /// What is wrong: name of the value and message.
    pub fn problems(&self) -> Vec<(&'static str, String)> {
        let good = (1..=100_000_000).contains(&self.most_places);
        (!good).then(|| ("most_places", "expected 1 to 100000000".to_owned())).into_iter().collect()
    }
}

/// The fields of an address.
#[derive(Clone, Copy)]
pub struct Address {
    /// The postal index.
    pub postcode: Field,
    /// What the directory knows, from the largest.
    pub parts: [(Level, Field); 4],
}

impl Address {
    /// The address of a section.
    pub const fn of(section: Section) -> Option<Address> {
        match section {
            Section::Registered => Some(Address {
                postcode: Field::RegisteredPostcode,
                parts: [
                    (Level::Region, Field::RegisteredRegion),
                    (Level::District, Field::RegisteredDistrict),
                    (Level::City, Field::RegisteredCity),
                    (Level::Street, Field::RegisteredStreet),
                ],
            }),
            Section::Residence => Some(Address {
                postcode: Field::ResidencePostcode,
                parts: [
                    (Level::Region, Field::ResidenceRegion),
                    (Level::District, Field::ResidenceDistrict),
                    (Level::City, Field::ResidenceCity),
                    (Level::Street, Field::ResidenceStreet),
                ],
            }),
            _ => None,
        }
    }

    /// What the directory knows of a field.
    pub fn level(self, field: Field) -> Option<Level> {
        self.parts.iter().find(|(_, part)| *part == field).map(|(level, _)| *level)
    }

    /// The field of a level.
    pub fn field(self, level: Level) -> Option<Field> {
        self.parts.iter().find(|(part, _)| *part == level).map(|(_, field)| *field)
    }
}

/// An address as its fields hold it, beside the directory.
pub struct Lookup<'a> {
    directory: &'a dyn Directory,
    address: Address,
    typed: &'a [(Field, String)],
}

impl<'a> Lookup<'a> {
    /// Looks an address up; `typed` are the fields of the form.
    pub fn new(directory: &'a dyn Directory, address: Address, typed: &'a [(Field, String)]) -> Lookup<'a> {
        Lookup { directory, address, typed }
    }

    fn text(&self, level: Level) -> &str {
        let field = self.address.field(level);
        self.typed.iter().find(|(of, _)| Some(*of) == field).map_or("", |(_, text)| text.trim())
    }

    /// The places that the text of a level names.
    fn named(&self, level: Level) -> Vec<Place> {
        let text = self.text(level);
        match self.under(level) {
            Some(parents) if !text.is_empty() => {
                self.directory.find(level, &parents, text, Fit::Whole, MOST_ALIKE)
            }
            _ => Vec::new(),
        }
    }

    /// Where places of a level are looked for: the nearest place above that is known; an empty list is the whole country,
    /// none is nowhere.
    fn under(&self, level: Level) -> Option<Vec<Id>> {
        let ids = |found: Vec<Place>| found.into_iter().map(|place| place.id).collect::<Vec<_>>();
        let above: &[Level] = match level {
            Level::Region => &[],
            Level::District => &[Level::Region],
            Level::City => &[Level::District, Level::Region],
            // Streets are looked for in a town; one that is a region is found as a town too.
            Level::Street if self.text(Level::City).is_empty() => &[Level::Region],
            Level::Street => &[Level::City],
        };
        let known = above.iter().map(|level| ids(self.named(*level))).find(|known| !known.is_empty());
        known.or_else(|| (level != Level::Street).then(Vec::new))
    }

    /// What is offered for a field.
    pub fn offered(&self, level: Level) -> Vec<Place> {
        let Some(parents) = self.under(level) else { return Vec::new() };
        self.directory.find(level, &parents, self.text(level), Fit::Begins, MOST)
    }

    /// The one place that a level names, when it names one.
    pub fn known(&self, level: Level) -> Option<Place> {
        match <[Place; 1]>::try_from(self.named(level)) {
            Ok([only]) => Some(only),
            Err(_) => None,
        }
    }

    /// What else the choice of a place says: fields and their texts.
    pub fn says(&self, place: &Place) -> Vec<(Field, String)> {
        let above =
            place.above.iter().filter_map(|(level, name)| Some((self.address.field(*level)?, name.clone())));
        let postcode = place.postcode.iter().map(|postcode| (self.address.postcode, postcode.clone()));
        above.chain(postcode).collect()
    }

    /// The directory's ids of everything that the address names.
    pub fn ids(&self) -> Vec<(Field, Option<String>)> {
        let id = |level| self.known(level).map(|place| place.id.to_string());
        self.address.parts.iter().map(|(level, field)| (*field, id(*level))).collect()
    }
}

/// Takes one from the questions that an account may ask the directory.
///
/// # Errors
/// The storage is away.
pub fn take(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId, limit: Limit) -> Result<Taken> {
    limits::take(tx, ctx, "address-lookups", account.as_str(), limit)
}

/// Keeps what an open form holds, as drafts; what another window changed too is asked about.
///
/// # Errors
/// The storage is away.
pub fn keep_open(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId, sent: &Sent) -> Result<Saved> {
    accounts::hold_open(tx, account)?;
    let before = super::load(tx, ctx, account)?;
    let (mut profile, mut asked, form) = (before.clone(), Vec::new(), FormPlace::of(account));
    for (field, text) in &sent.typed {
        match sent.seen.merge(ctx, &form, &before, *field, Some(text)) {
            Merge::Take => profile.keep_draft(*field, text),
            Merge::Ask => asked.push((*field, text.clone())),
            Merge::Leave => {}
        }
    }
    if profile != before {
        store::keep(tx, ctx, account, &profile)?;
    }
    Ok(Saved { profile, faults: Vec::new(), asked })
}

/// Notes which places of the directory the values of an address are, beside the values themselves.
///
/// # Errors
/// The storage is away.
pub fn note(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    account: &AccountId,
    directory: &dyn Directory,
    section: Section,
) -> Result<()> {
    let (Some(address), Some(before)) = (Address::of(section), store::find(tx, ctx, account)?) else {
        return Ok(());
    };
    let texts: Vec<(Field, String)> =
        address.parts.iter().map(|(_, field)| (*field, before.text(*field).to_owned())).collect();
    let mut profile = before.clone();
    for (field, id) in Lookup::new(directory, address, &texts).ids() {
        profile.note_place(field, id);
    }
    if profile != before {
        store::keep(tx, ctx, account, &profile)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(texts: &[(Field, &str)]) -> Vec<(Field, String)> {
        texts.iter().map(|(field, text)| (*field, (*text).to_owned())).collect()
    }

    #[test]
    fn a_place_is_looked_for_under_what_is_known_above_it() {
        use Field::RegisteredStreet as Street;
        use Field::{RegisteredCity as City, RegisteredDistrict as District, RegisteredRegion as Region};
        let directory = gateway::addresses::open(None, 0).expect("the sample");
        let address = Address::of(Section::Registered).expect("an address");
        type Case<'a> = (&'a [(Field, &'a str)], Level, Option<&'a str>);
        let table: &[Case<'_>] = &[
            (&[(Region, "твер")], Level::Region, Some("Тверская область")),
            (&[(City, "твер")], Level::City, Some("г. Тверь")),
            (&[(Region, "Московская область"), (City, "твер")], Level::City, None),
            (&[(Region, "Нигде"), (City, "твер")], Level::City, Some("г. Тверь")),
            (&[(Region, "Тверская обл"), (District, "калин")], Level::District, Some("Калининский район")),
            (&[(City, "Тверь"), (Street, "совет")], Level::Street, Some("ул. Советская")),
            (&[(Street, "совет")], Level::Street, None),
            (&[(City, "Нигде"), (Street, "совет")], Level::Street, None),
            (&[(Region, "Москва"), (Street, "арбат")], Level::Street, Some("ул. Арбат")),
            (&[(Region, "Москва"), (City, "Москва"), (Street, "арбат")], Level::Street, Some("ул. Арбат")),
        ];
        for (texts, level, first) in table {
            let texts = typed(texts);
            let offered = Lookup::new(&*directory, address, &texts).offered(*level);
            assert_eq!(offered.first().map(|place| place.name.as_str()), *first, "{texts:?}");
        }
    }

    #[test]
    fn only_one_place_of_a_name_is_known() {
        let directory = gateway::addresses::open(None, 0).expect("the sample");
        let address = Address::of(Section::Residence).expect("an address");
        let ids = |texts: &[(Field, &str)]| {
            let texts = typed(texts);
            let ids = Lookup::new(&*directory, address, &texts).ids();
            ids.into_iter().filter_map(|(field, id)| id.map(|_| field)).collect::<Vec<_>>()
        };
        use Field::{ResidenceCity as City, ResidenceRegion as Region, ResidenceStreet as Street};
        assert_eq!(
            ids(&[(Region, "Тверская область"), (City, "Тверь"), (Street, "Советская улица")]),
            [Region, City, Street]
        );
        // Six towns are called so.
        assert_eq!(ids(&[(City, "Киров")]), []);
        assert_eq!(ids(&[(Region, "Калужская область"), (City, "г. Киров")]), [Region, City]);
        assert_eq!(ids(&[(Region, "Тверская область"), (City, "Тверь"), (Street, "Шмидта")]), [Region, City]);
        assert_eq!(
            ids(&[(Region, "Тверская область"), (City, "Тверь"), (Street, "б-р Шмидта")]),
            [Region, City, Street]
        );
    }
}
