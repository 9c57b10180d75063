//! What a scan shows: the pages that the portal asks for.

/// Declares the kinds with their words and texts, so that none is forgotten anywhere.
macro_rules! slots {
    ($($(#[$doc:meta])* $name:ident = $word:literal, $title:literal, $hint:literal;)*) => {
        /// What a scan shows.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Slot { $($(#[$doc])* $name,)* }

        impl Slot {
            /// Every one, in the order of the page.
            pub const ALL: &'static [Slot] = &[$(Slot::$name),*];

            /// The word in rows and addresses.
            pub const fn word(self) -> &'static str {
                match self { $(Slot::$name => $word),* }
            }

            /// The key of its title.
            pub const fn title(self) -> &'static str {
                match self { $(Slot::$name => $title),* }
            }

            /// The key of what should be in the picture.
            pub const fn hint(self) -> &'static str {
                match self { $(Slot::$name => $hint),* }
            }
        }
    };
}

slots! {
    /// The page of the identity document with the photograph.
    Main = "main", "documents-slot-main", "documents-slot-main-hint";
    /// The page with the registered address.
    Registration = "registration", "documents-slot-registration", "documents-slot-registration-hint";
    /// Anything else that supports the profile: a change of name, a translation.
    Other = "other", "documents-slot-other", "documents-slot-other-hint";
}

impl Slot {
    /// The one of a word.
    pub fn from_word(word: &str) -> Option<Slot> {
        Slot::ALL.iter().copied().find(|slot| slot.word() == word)
    }
}
