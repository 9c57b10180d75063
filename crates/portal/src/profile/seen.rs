//! What a form was drawn from, so that two open windows do not undo each other's work.
//!
//! A form carries a short keyed hash of each value that it was drawn with. When it comes back and a value is another one
//! meanwhile, there are three texts: the one it was drawn with, the one that stands here now, the one that was sent. What
//! the person did not touch stays as it is here; what they changed and somebody else changed too is asked about.

use super::field::Field;
use super::lists::ItemId;
use super::read::Against;
use super::value::Fields;
use crate::accounts::AccountId;
use crate::ctx::Ctx;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use store::keys::Purpose;

/// Bytes of a hash: two texts of one field look alike by chance once in 2^48.
const BYTES: usize = 6;
/// The first word, so that a form without a field to type into is told from one of an older version.
const MARK: &str = "v1";

/// Whose form it is: hashes of one place say nothing about another.
#[derive(Clone)]
pub struct Place {
    account: AccountId,
    item: Option<ItemId>,
}

impl Place {
    /// The fields that the person has once.
    pub fn of(account: &AccountId) -> Place {
        Place { account: account.clone(), item: None }
    }

    /// An entry of a list.
    pub fn of_item(account: &AccountId, item: &ItemId) -> Place {
        Place { account: account.clone(), item: Some(item.clone()) }
    }

    fn parts<'a>(&'a self, field: Field, text: &'a str) -> [&'a [u8]; 5] {
        let item = self.item.as_ref().map_or("", ItemId::as_str);
        let account = self.account.as_str();
        [b"profile field", account.as_bytes(), item.as_bytes(), field.word().as_bytes(), text.as_bytes()]
    }

    /// The hash of a field, with its word: `surname.Dx4tPEta`.
    pub fn tag(&self, ctx: &Ctx, values: &Fields, field: Field) -> String {
        let text = same(field, &values.typed(field));
        let mac = ctx.keys.mac(Purpose::Token, &self.parts(field, &text));
        format!("{}.{}", field.word(), B64.encode(&mac[..BYTES]))
    }

    /// What the hidden field of a form holds that shows these fields.
    pub fn seen(&self, ctx: &Ctx, values: &Fields, drawn: impl Iterator<Item = Field>) -> String {
        drawn.fold(MARK.to_owned(), |seen, field| seen + " " + &self.tag(ctx, values, field))
    }

    fn is(&self, ctx: &Ctx, hash: &str, field: Field, text: &str) -> bool {
        let text = same(field, text);
        let macs = ctx.keys.macs(Purpose::Token, &self.parts(field, &text));
        macs.iter().any(|mac| B64.encode(&mac[..BYTES]) == hash)
    }
}

/// A text as it is compared: two ways to type one value are the same.
fn same(field: Field, typed: &str) -> String {
    let read = |citizen| field.read(typed, Against { citizen }).ok();
    let text = read(true).or_else(|| read(false));
    text.unwrap_or_else(|| kernel::text::trim(&typed.replace("\r\n", "\n")).to_owned())
}

/// What a form told of the values that it was drawn with.
#[derive(Clone, Default)]
pub struct Seen(Option<Vec<(String, String)>>);

/// What becomes of a field of a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Merge {
    /// What was sent is taken.
    Take,
    /// What stands here stays: the form did not change it, or did not show it.
    Leave,
    /// Both were changed: the person is asked.
    Ask,
}

impl Seen {
    /// Reads the hidden field; a form without one, or with something else in it, tells nothing.
    pub fn read(text: &str) -> Seen {
        let mut words = text.split(' ');
        if words.next() != Some(MARK) {
            return Seen(None);
        }
        let pair = |word: &str| word.split_once('.').map(|(field, hash)| (field.to_owned(), hash.to_owned()));
        Seen(words.map(pair).collect())
    }

    fn hash(&self, field: Field) -> Option<&str> {
        let (_, hash) = self.0.as_ref()?.iter().find(|(word, _)| word == field.word())?;
        Some(hash)
    }

    /// What becomes of a field: `sent` is `None` when the form brought nothing of it.
    pub fn merge(
        &self,
        ctx: &Ctx,
        place: &Place,
        values: &Fields,
        field: Field,
        sent: Option<&str>,
    ) -> Merge {
        if self.0.is_none() {
            return Merge::Take;
        }
        let Some(hash) = self.hash(field) else {
            return if sent.is_some() { Merge::Take } else { Merge::Leave };
        };
        let (mine, theirs) = (sent.unwrap_or_default(), values.typed(field));
        match () {
            () if place.is(ctx, hash, field, &theirs) => Merge::Take,
            () if same(field, mine) == same(field, &theirs) => Merge::Take,
            () if place.is(ctx, hash, field, mine) => Merge::Leave,
            () => Merge::Ask,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_ways_to_type_a_value_are_one() {
        for (field, one, other) in [
            (Field::BirthDate, "5.11.1984", "05.11.1984"),
            (Field::Snils, "11223344595", "112-233-445 95"),
            (Field::DocumentNumber, "45 10 123456", "4510 123456"),
            (Field::IssuedBy, "ОВД\r\nг. Твери", "ОВД г. Твери"),
            (Field::BirthDate, " 31.02.1984", "31.02.1984"),
        ] {
            assert_eq!(same(field, one), same(field, other), "{field:?}");
        }
        assert_ne!(same(Field::Surname, "Smith"), same(Field::Surname, "Smyth"));
    }

    #[test]
    fn a_broken_version_tells_nothing() {
        for text in ["", "v2 surname.00", "v1 surname", "\u{0}", "surname.00"] {
            assert!(Seen::read(text).0.is_none(), "{text:?}");
        }
        assert_eq!(Seen::read("v1 surname.00").hash(Field::Surname), Some("00"));
        assert!(Seen::read("v1").0.is_some(), "nothing to type into was shown");
    }
}
