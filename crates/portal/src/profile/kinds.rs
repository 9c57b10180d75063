//! The parts of «Мои данные», and how their fields are typed.

use super::field::Field;

/// A part of the profile with a page of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// Names, sex, birth, citizenship.
    Personal,
    /// The identity document.
    Document,
    /// SNILS and INN.
    Numbers,
    /// Where the person is registered.
    Registered,
    /// Where they live.
    Residence,
    /// Documents besides the one that proves who they are.
    Further,
    /// An entry of the list of children.
    Child,
    /// An entry of the list of vehicles.
    Vehicle,
}

impl Section {
    /// Those that a person has one of, in the order of the page; the others are entries of a [`List`](super::List).
    pub const ALL: [Section; 6] = [
        Section::Personal,
        Section::Document,
        Section::Numbers,
        Section::Registered,
        Section::Residence,
        Section::Further,
    ];

    /// The word in addresses.
    pub const fn word(self) -> &'static str {
        match self {
            Section::Personal => "personal",
            Section::Document => "document",
            Section::Numbers => "numbers",
            Section::Registered => "registered",
            Section::Residence => "residence",
            Section::Further => "further",
            Section::Child => "child",
            Section::Vehicle => "vehicle",
        }
    }

    /// The section of a word, of those that a person has one of.
    pub fn from_word(word: &str) -> Option<Section> {
        Section::ALL.into_iter().find(|section| section.word() == word)
    }

    /// Whether all of it may stay empty: not everybody has such things.
    pub const fn is_optional(self) -> bool {
        matches!(self, Section::Further | Section::Vehicle)
    }

    /// Its fields, in the order of the form.
    pub fn fields(self) -> impl Iterator<Item = Field> {
        Field::ALL.iter().copied().filter(move |field| field.section() == self)
    }
}

/// How a field is typed, which also chooses the words of its errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A part of a name.
    Name,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A box to tick: `yes` or nothing.
    Tick,
    /// A day.
    Date,
    /// A line of text.
    Line,
    /// Series and number of the document that was chosen.
    DocumentNumber,
    /// The code of the office that issued a passport.
    Division,
    /// The number of pension insurance.
    Snils,
    /// The taxpayer number.
    Inn,
    /// A postal index.
    Postcode,
    /// A driving licence.
    Licence,
    /// A passport for travel.
    Travel,
    /// A policy of medical insurance.
    Oms,
    /// A military identity card.
    Military,
    /// A vehicle's plate.
    Plate,
    /// A vehicle's identification number.
    Vin,
    /// A vehicle's certificate of registration.
    Certificate,
    /// A certificate of birth.
    BirthCertificate,
}
