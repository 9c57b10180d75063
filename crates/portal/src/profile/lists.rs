//! Lists of «Мои данные»: children with their certificates of birth, vehicles. Each entry has fields like a section.

use super::field::Field;
use super::kinds::Section;
use super::settings::Settings;
use super::value::Fields;
use kernel::Id;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::ops::{Deref, DerefMut};

kernel::id_kinds! {
    /// An entry of a list of the profile.
    ItemKind = "itm";
}

/// An entry's identifier: names nobody, is unique within a profile, and means nothing in another one.
pub type ItemId = Id<ItemKind>;

/// The identifier of the vehicle that stood in a profile when a person had one at most: it had none of its own.
const FIRST: &str = "itm_00000000000000000000000000000000";
/// Removed entries that are remembered, so that a form that comes late does not bring one back (a choice: twice as many
/// as a list has room for).
const MOST_REMOVED: usize = 40;

/// Things of which a person may have several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// Children.
    Children,
    /// Cars and motorcycles.
    Vehicles,
}

impl List {
    /// All, in the order of the page.
    pub const ALL: [List; 2] = [List::Children, List::Vehicles];

    /// The word in addresses and in the journal.
    pub const fn word(self) -> &'static str {
        match self {
            List::Children => "children",
            List::Vehicles => "vehicles",
        }
    }

    /// The list of a word.
    pub fn from_word(word: &str) -> Option<List> {
        List::ALL.into_iter().find(|list| list.word() == word)
    }

    /// The fields of an entry.
    pub const fn section(self) -> Section {
        match self {
            List::Children => Section::Child,
            List::Vehicles => Section::Vehicle,
        }
    }

    /// How many entries it may have.
    pub fn most(self, settings: &Settings) -> usize {
        let most = match self {
            List::Children => settings.most_children,
            List::Vehicles => settings.most_vehicles,
        };
        usize::try_from(most).unwrap_or(usize::MAX)
    }
}

/// An entry.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Its identifier.
    #[serde(serialize_with = "write_id", deserialize_with = "read_id")]
    pub id: ItemId,
    /// What is held of its fields.
    pub values: Fields,
}

fn write_id<S: Serializer>(id: &ItemId, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(id.as_str())
}

fn read_id<'de, D: Deserializer<'de>>(from: D) -> Result<ItemId, D::Error> {
    let text = String::deserialize(from)?;
    ItemId::parse(&text).ok_or_else(|| serde::de::Error::custom("not an identifier of an entry"))
}

/// The whole profile of an account: the fields that a person has once, and the lists.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Stored")]
pub struct Profile {
    #[serde(flatten)]
    fields: Fields,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    children: Vec<Item>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    vehicles: Vec<Item>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    removed: Vec<String>,
}

/// The sealed document, as every version wrote it.
#[derive(Deserialize)]
struct Stored {
    #[serde(flatten)]
    fields: Fields,
    #[serde(default)]
    children: Vec<Item>,
    #[serde(default)]
    vehicles: Vec<Item>,
    #[serde(default)]
    removed: Vec<String>,
}

impl From<Stored> for Profile {
    fn from(Stored { mut fields, children, mut vehicles, removed }: Stored) -> Profile {
        // Before there were lists, a person had one vehicle, beside the other fields.
        if let Some(id) = ItemId::parse(FIRST) {
            let values = fields.split_off(|field| field.section() == Section::Vehicle);
            if !values.is_empty() {
                vehicles.insert(0, Item { id, values });
            }
        }
        Profile { fields, children, vehicles, removed }
    }
}

impl Deref for Profile {
    type Target = Fields;
    fn deref(&self) -> &Fields {
        &self.fields
    }
}

impl DerefMut for Profile {
    fn deref_mut(&mut self) -> &mut Fields {
        &mut self.fields
    }
}

impl Profile {
    /// The entries of a list, in the order in which they were added.
    pub fn items(&self, list: List) -> &[Item] {
        match list {
            List::Children => &self.children,
            List::Vehicles => &self.vehicles,
        }
    }

    fn items_mut(&mut self, list: List) -> &mut Vec<Item> {
        match list {
            List::Children => &mut self.children,
            List::Vehicles => &mut self.vehicles,
        }
    }

    /// One entry.
    pub fn item(&self, list: List, id: &ItemId) -> Option<&Item> {
        self.items(list).iter().find(|item| item.id == *id)
    }

    /// Whether an entry was there and was removed.
    pub fn was_removed(&self, id: &ItemId) -> bool {
        self.removed.iter().any(|removed| removed == id.as_str())
    }

    /// Puts the values of an entry: in its place, at the end of the list when it is new; one that holds nothing is not
    /// kept.
    pub fn put_item(&mut self, list: List, id: &ItemId, values: Fields) {
        let items = self.items_mut(list);
        match items.iter().position(|item| item.id == *id) {
            Some(at) if values.is_empty() => {
                items.remove(at);
            }
            Some(at) => items[at].values = values,
            None if values.is_empty() => {}
            None => items.push(Item { id: id.clone(), values }),
        }
    }

    /// Takes an entry away for good; `false` when it is not there.
    pub fn remove_item(&mut self, list: List, id: &ItemId) -> bool {
        let items = self.items_mut(list);
        let before = items.len();
        items.retain(|item| item.id != *id);
        if items.len() == before {
            return false;
        }
        self.removed.push(id.to_string());
        let forgotten = self.removed.len().saturating_sub(MOST_REMOVED);
        self.removed.drain(..forgotten);
        true
    }

    /// Whether another entry of the list has the same value in a field.
    pub fn is_twice(&self, list: List, id: &ItemId, field: Field, text: &str) -> bool {
        let others = self.items(list).iter().filter(|item| item.id != *id);
        !text.is_empty() && others.into_iter().any(|item| item.values.text(field) == text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Time;
    use proptest::prelude::*;

    const NOW: Time = Time(1_000_000);

    fn id(number: u8) -> ItemId {
        ItemId::parse(&format!("itm_{number:032x}")).expect("an identifier")
    }

    fn read(document: &str) -> Profile {
        serde_json::from_str(document).expect("a profile")
    }

    #[test]
    fn the_one_vehicle_of_an_older_profile_is_the_first_of_the_list() {
        let old = r#"{"surname":{"value":{"text":"Лодкина","from":"typed","at":1}},
            "plate":{"value":{"text":"А123ВС77","from":"typed","at":2}},"vin":{"draft":"XTA"}}"#;
        let profile = read(old);
        assert_eq!(profile.text(Field::Surname), "Лодкина");
        assert!(profile.entry(Field::Plate).is_none() && profile.entry(Field::Vin).is_none());
        let [vehicle] = profile.items(List::Vehicles) else { panic!("one vehicle") };
        assert_eq!(
            (vehicle.values.text(Field::Plate), vehicle.values.typed(Field::Vin).as_str()),
            ("А123ВС77", "XTA")
        );
        assert_eq!(vehicle.id.as_str(), FIRST);
        let again = serde_json::to_string(&profile).unwrap();
        assert!(read(&again) == profile, "kept as a list from now on: {again}");
        assert!(read("{}") == Profile::default());
    }

    #[test]
    fn an_entry_stays_in_its_place_and_an_empty_one_is_not_kept() {
        let mut profile = Profile::default();
        let named = |name: &str| {
            let mut values = Fields::default();
            values.put(Field::VehicleName, name, NOW);
            values
        };
        profile.put_item(List::Vehicles, &id(1), Fields::default());
        assert!(profile == Profile::default());
        profile.put_item(List::Vehicles, &id(1), named("Одна"));
        profile.put_item(List::Vehicles, &id(2), named("Другая"));
        profile.put_item(List::Vehicles, &id(1), named("Первая"));
        let names: Vec<&str> =
            profile.items(List::Vehicles).iter().map(|item| item.values.text(Field::VehicleName)).collect();
        assert_eq!(names, ["Первая", "Другая"]);
        assert!(profile.is_twice(List::Vehicles, &id(1), Field::VehicleName, "Другая"));
        assert!(!profile.is_twice(List::Vehicles, &id(2), Field::VehicleName, "Другая"));
        assert!(profile.remove_item(List::Vehicles, &id(1)) && profile.was_removed(&id(1)));
        assert!(!profile.remove_item(List::Vehicles, &id(1)));
        profile.put_item(List::Vehicles, &id(2), Fields::default());
        assert!(profile.items(List::Vehicles).is_empty() && !profile.was_removed(&id(2)));
        for number in 3..=200 {
            profile.put_item(List::Vehicles, &id(number), named("Ещё"));
            profile.remove_item(List::Vehicles, &id(number));
        }
        assert_eq!(profile.removed.len(), MOST_REMOVED);
    }

    proptest! {
        /// Whatever was typed where, the sealed document reads back as it was.
        #[test]
        fn any_profile_reads_back(typed in proptest::collection::vec(("\\PC{0,20}|[0-9 -]{9,14}|[А-я]{1,9}", 0..Field::ALL.len(), 0_u8..4, any::<bool>()), 0..24)) {
            let mut profile = Profile::default();
            for (text, at, number, sent) in &typed {
                let field = Field::ALL[*at];
                let list = List::ALL.into_iter().find(|list| list.section() == field.section());
                let mut values = match list {
                    Some(list) => profile.item(list, &id(*number)).map(|item| item.values.clone()).unwrap_or_default(),
                    None => (*profile).clone(),
                };
                if *sent { values.put(field, text, NOW); } else { values.keep_draft(field, text); }
                match list {
                    Some(list) if text.len() == 7 => { profile.remove_item(list, &id(*number)); }
                    Some(list) => profile.put_item(list, &id(*number), values),
                    None => *profile = values,
                }
                let sealed = serde_json::to_vec(&profile).unwrap();
                prop_assert!(serde_json::from_slice::<Profile>(&sealed).unwrap() == profile);
            }
        }
    }
}
