//! How the registry of events is declared.

/// Declares the events with their words and the keys of their texts, so that none is forgotten anywhere.
macro_rules! events {
    ($($(#[$doc:meta])* $name:ident $({ $($(#[$field_doc:meta])* $field:ident: $kind:ty),* $(,)? })? = $word:literal, $text:literal;)*) => {
        /// Something that happened.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(tag = "event")]
        pub enum Event {$(
            $(#[$doc])*
            #[serde(rename = $word)]
            $name $({ $($(#[$field_doc])* $field: $kind),* })?,
        )*}

        impl Event {
            /// Every word with the key of its text.
            pub const ALL: &'static [(&'static str, &'static str)] = &[$(($word, $text)),*];

            /// The word in the database and in records.
            pub const fn word(&self) -> &'static str {
                match self { $(Event::$name { .. } => $word),* }
            }

            /// The key of its text.
            pub const fn text_key(&self) -> &'static str {
                match self { $(Event::$name { .. } => $text),* }
            }
        }
    };
}
pub(super) use events;
