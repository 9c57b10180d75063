//! What the profile holds of a field: the value that counts, where it came from, and what was typed last.

use super::field::{DOCUMENTS, Field};
use super::read::Against;
use kernel::Time;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Where a value came from, or who confirmed it (spec 02 §1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// The person typed it.
    Typed,
    /// A register.
    Register,
    /// A bank.
    Bank,
    /// An operator who saw the document.
    Operator,
    /// The certificate of a qualified signature.
    Signature,
}

/// A value that counts.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Value {
    /// The stored form.
    pub text: String,
    /// Where it came from.
    pub from: Origin,
    /// Since when it stands here.
    pub at: Time,
    /// Who confirmed it last, and when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed: Option<(Origin, Time)>,
    /// What the directory of addresses calls the place that the text names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
}

/// A field.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The value that counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    /// What was typed since: not readable yet, or waiting for the check that a confirmed value needs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draft: Option<String>,
}

/// Fields with what is held of each: those that a person has once, or those of one entry of a list.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fields(BTreeMap<Field, Entry>);

impl Fields {
    /// What is held of a field.
    pub fn entry(&self, field: Field) -> Option<&Entry> {
        self.0.get(&field)
    }

    /// The value that counts.
    pub fn value(&self, field: Field) -> Option<&Value> {
        self.entry(field)?.value.as_ref()
    }

    /// The text of the value that counts; empty without one.
    pub fn text(&self, field: Field) -> &str {
        self.value(field).map_or("", |value| value.text.as_str())
    }

    /// What stands in the form: what was typed last, else the value as it is typed.
    pub fn typed(&self, field: Field) -> String {
        let Some(entry) = self.entry(field) else { return String::new() };
        match (&entry.draft, &entry.value) {
            (Some(draft), _) => draft.clone(),
            (None, Some(value)) => field.shown(&value.text),
            (None, None) => String::new(),
        }
    }

    /// What fields are read against now; what was typed last counts.
    pub fn against(&self) -> Against {
        let kind = self.typed(Field::DocumentKind);
        Against { citizen: kind.is_empty() || kind == DOCUMENTS[0] }
    }

    /// Keeps what was typed without taking it for a value: the form is open still. What can be read is kept as the form
    /// shows it.
    pub fn keep_draft(&mut self, field: Field, typed: &str) {
        let read = field.read(typed, self.against()).ok().filter(|text| !text.is_empty());
        let typed = read.map_or_else(|| typed.to_owned(), |text| field.shown(&text));
        let entry = self.0.entry(field).or_default();
        let same = entry.value.as_ref().is_some_and(|value| field.shown(&value.text) == typed);
        let nothing = typed.is_empty() && entry.value.is_none();
        entry.draft = (!same && !nothing).then_some(typed);
        self.drop_empty(field);
    }

    /// Takes what was typed for the field: a value, a draft when it cannot be read or needs a check, nothing when it was
    /// emptied. Gives whether the value that counts is another one now.
    pub fn put(&mut self, field: Field, typed: &str, now: Time) -> bool {
        let against = self.against();
        let entry = self.0.entry(field).or_default();
        let before = entry.value.as_ref().map(|value| value.text.clone());
        let confirmed = entry.value.as_ref().is_some_and(|value| value.confirmed.is_some());
        let read =
            if kernel::text::trim(typed).is_empty() { Ok(String::new()) } else { field.read(typed, against) };
        match read {
            Ok(text) if Some(&text) == before.as_ref() => entry.draft = None,
            Ok(text) if text.is_empty() && !confirmed => *entry = Entry::default(),
            // What a register confirmed is changed by a new check only.
            Ok(_) if confirmed => entry.draft = Some(typed.to_owned()),
            Ok(text) => {
                entry.value =
                    Some(Value { text, from: Origin::Typed, at: now, confirmed: None, place: None });
                entry.draft = None;
            }
            Err(_) => entry.draft = Some(typed.to_owned()),
        }
        let after = entry.value.as_ref().map(|value| value.text.clone());
        self.drop_empty(field);
        before != after
    }

    /// Puts a value that something else than the person's hand brought.
    pub fn bring(&mut self, field: Field, text: &str, from: Origin, now: Time) {
        let entry = self.0.entry(field).or_default();
        let confirmed = (from != Origin::Typed).then_some((from, now));
        entry.value = Some(Value { text: text.to_owned(), from, at: now, confirmed, place: None });
        entry.draft = None;
    }

    /// Puts a confirmed value; what the person typed since, and is another, stays as a draft.
    pub fn confirm(&mut self, field: Field, text: &str, from: Origin, now: Time) {
        let typed = self.typed(field);
        let same = field.read(&typed, self.against()).is_ok_and(|read| read == text);
        self.bring(field, text, from, now);
        if !same && !kernel::text::trim(&typed).is_empty() {
            self.0.entry(field).or_default().draft = Some(typed);
        }
    }

    /// Takes the confirmation away: the value stays, and what was typed since counts now when it can be read.
    pub fn doubt(&mut self, field: Field, now: Time) {
        let Some(entry) = self.0.get_mut(&field) else { return };
        if let Some(value) = &mut entry.value {
            value.confirmed = None;
        }
        if let Some(draft) = entry.draft.clone() {
            self.put(field, &draft, now);
        }
    }

    /// Notes what the directory of addresses calls the place of a value; typing over the value forgets it.
    pub fn note_place(&mut self, field: Field, place: Option<String>) {
        if let Some(value) = self.0.get_mut(&field).and_then(|entry| entry.value.as_mut()) {
            value.place = place;
        }
    }

    /// A register confirmed that there is no such value.
    pub fn forget(&mut self, field: Field) {
        self.0.remove(&field);
    }

    /// Whether nothing is held, neither a value nor a draft.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether there is a value that counts.
    pub fn has_values(&self) -> bool {
        self.0.values().any(|entry| entry.value.is_some())
    }

    /// Takes out what is held of the fields that are asked for.
    pub(super) fn split_off(&mut self, wanted: impl Fn(Field) -> bool) -> Fields {
        let (taken, kept) = std::mem::take(&mut self.0).into_iter().partition(|(field, _)| wanted(*field));
        self.0 = kept;
        Fields(taken)
    }

    fn drop_empty(&mut self, field: Field) {
        if self.0.get(&field).is_some_and(|entry| *entry == Entry::default()) {
            self.0.remove(&field);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: Time = Time(1_000_000);

    #[test]
    fn a_readable_text_becomes_the_value_and_an_unreadable_one_is_kept_beside_it() {
        let mut profile = Fields::default();
        assert!(profile.put(Field::Snils, "112 233 445 95", NOW));
        assert_eq!(profile.text(Field::Snils), "112-233-445 95");
        assert!(!profile.put(Field::Snils, "112-233-445 96", NOW));
        assert_eq!(profile.text(Field::Snils), "112-233-445 95");
        assert_eq!(profile.typed(Field::Snils), "112-233-445 96");
        assert!(!profile.put(Field::Snils, "11223344595", NOW));
        assert_eq!(profile.typed(Field::Snils), "112-233-445 95");
        assert!(profile.put(Field::Snils, " ", NOW));
        assert!(profile == Fields::default());
    }

    #[test]
    fn a_confirmed_value_stays_until_a_check_changes_it() {
        let mut profile = Fields::default();
        profile.bring(Field::Surname, "Береговой", Origin::Register, NOW);
        assert!(!profile.put(Field::Surname, "Морской", NOW));
        assert_eq!(
            (profile.text(Field::Surname), profile.typed(Field::Surname).as_str()),
            ("Береговой", "Морской")
        );
        assert!(!profile.put(Field::Surname, "Береговой", NOW));
        assert_eq!(profile.entry(Field::Surname).and_then(|entry| entry.draft.clone()), None);
    }

    #[test]
    fn what_was_typed_while_a_check_ran_outlives_its_answer() {
        let mut profile = Fields::default();
        profile.put(Field::Surname, "Береговой", NOW);
        profile.put(Field::FirstName, "Пётр", NOW);
        profile.put(Field::Surname, "Морской", NOW);
        for (field, text) in [(Field::Surname, "Береговой"), (Field::FirstName, "Пётр")] {
            profile.confirm(field, text, Origin::Register, NOW);
        }
        assert_eq!(
            (profile.text(Field::Surname), profile.typed(Field::Surname).as_str()),
            ("Береговой", "Морской")
        );
        assert_eq!(profile.entry(Field::FirstName).and_then(|entry| entry.draft.clone()), None);
    }

    #[test]
    fn a_doubted_value_stays_and_can_be_typed_over() {
        let mut profile = Fields::default();
        for field in [Field::Surname, Field::FirstName] {
            profile.bring(field, "Береговой", Origin::Register, NOW);
        }
        profile.put(Field::FirstName, "Пётр", NOW);
        profile.doubt(Field::Surname, NOW);
        profile.doubt(Field::FirstName, NOW);
        profile.doubt(Field::Snils, NOW);
        assert_eq!(profile.text(Field::Surname), "Береговой");
        assert_eq!(profile.text(Field::FirstName), "Пётр", "what waited counts now");
        assert!(profile.value(Field::Surname).is_some_and(|value| value.confirmed.is_none()));
        assert!(profile.put(Field::Surname, "Морской", NOW));
        assert!(profile.entry(Field::Snils).is_none());
    }

    #[test]
    fn a_draft_of_an_open_form_is_no_value() {
        let mut profile = Fields::default();
        profile.keep_draft(Field::Inn, "522190713825");
        assert_eq!((profile.text(Field::Inn), profile.typed(Field::Inn).as_str()), ("", "522190713825"));
        profile.keep_draft(Field::Inn, "");
        assert!(profile == Fields::default());
    }

    proptest! {
        #[test]
        fn nothing_typed_is_lost(texts in proptest::collection::vec("\\PC{0,20}|[0-9 -]{9,14}|[А-я]{1,9}", 1..6), at in 0..Field::ALL.len()) {
            let field = Field::ALL[at];
            let mut profile = Fields::default();
            for typed in &texts {
                profile.put(field, typed, NOW);
                let blank = kernel::text::trim(typed).is_empty();
                let read = field.read(typed, profile.against());
                let kept = profile.typed(field);
                let same = read.is_ok_and(|text| field.shown(&text) == kept);
                prop_assert!(same || kept == *typed || (blank && kept.is_empty()), "{field:?}: {typed:?} became {kept:?}");
                let sealed = serde_json::to_vec(&profile).unwrap();
                prop_assert!(serde_json::from_slice::<Fields>(&sealed).unwrap() == profile);
            }
        }
    }
}
