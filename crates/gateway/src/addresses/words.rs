//! Names of places as they are compared: case, ё, hyphens, marks and abbreviations of kinds make no difference.

use super::kinds;

/// The most characters of a typed text that are looked at; longer ones name no place.
pub(super) const MOST_CHARS: usize = 250;

/// The words of a name as they are stored and compared: small letters without marks, one space between words.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for token in tokens(text) {
        token.split('-').filter(|word| !word.is_empty()).for_each(|word| push(&mut folded, word));
    }
    folded
}

/// Adds a word to folded words.
pub(super) fn push(folded: &mut String, word: &str) {
    if !folded.is_empty() {
        folded.push(' ');
    }
    folded.push_str(word);
}

/// The letters and digits between spaces and marks; hyphens inside stay, because kinds have them («пр-кт»).
fn tokens(text: &str) -> impl Iterator<Item = String> {
    let chars = text.chars().take(MOST_CHARS);
    // A letter with a combining mark is the letter: «й» may come as «и» and a breve.
    let plain = chars.filter(|c| !matches!(c, '\u{300}'..='\u{36f}' | '\u{ad}'));
    let lower = plain.flat_map(char::to_lowercase).map(|c| match c {
        'ё' => 'е',
        'й' => 'и',
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        c if c.is_alphanumeric() => c,
        '-' => '-',
        _ => ' ',
    });
    let text: String = lower.filter(|c| !matches!(c, '\u{300}'..='\u{36f}')).collect();
    let split = text.split(' ').map(|token| token.trim_matches('-').to_owned());
    split.filter(|token| !token.is_empty()).collect::<Vec<_>>().into_iter()
}

/// What somebody typed, taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Query {
    /// Words that the name must have.
    pub(super) needed: Vec<String>,
    /// Words of kinds («улица») with what was typed for them («ул»): they choose between equal names.
    pub(super) kinds: Vec<(&'static str, String)>,
}

impl Query {
    /// Reads a typed text; too long a text asks for nothing. While it is being typed its last one or two letters are the
    /// beginning of a name more often than a kind.
    pub(super) fn read(text: &str, typing: bool) -> Query {
        let mut query = Query::default();
        // No longer than the longest name even when every character takes four bytes.
        if text.len() > MOST_CHARS * 4 {
            return query;
        }
        let tokens: Vec<String> = tokens(text).collect();
        for (at, token) in tokens.iter().enumerate() {
            let begun = typing && at + 1 == tokens.len() && token.chars().count() < 3;
            match kinds::canonical(token).filter(|_| !begun) {
                Some(kind) => query.kinds.push((kind, token.clone())),
                None => query.needed.extend(token.split('-').filter(|w| !w.is_empty()).map(str::to_owned)),
            }
        }
        if query.needed.is_empty() {
            query.needed = query.kinds.drain(..).map(|(kind, _)| kind.to_owned()).collect();
        }
        query
    }

    /// Whether every needed word is a word of a folded name, not its beginning only.
    pub(super) fn has_words(&self, folded: &str) -> bool {
        self.needed.iter().all(|needed| folded.split(' ').any(|word| word == needed))
    }

    /// Whether every needed word begins some word of a folded name.
    pub(super) fn begins(&self, folded: &str) -> bool {
        self.needed.iter().all(|needed| folded.split(' ').any(|word| word.starts_with(needed.as_str())))
    }

    /// How many of the typed kinds a folded name has.
    pub(super) fn kinds_of(&self, folded: &str) -> usize {
        self.kinds.iter().filter(|(kind, _)| folded.split(' ').any(|word| word == *kind)).count()
    }

    /// Whether a folded name is what was typed, in any order of words; a kind may be left out, another one is another
    /// place.
    pub(super) fn is(&self, folded: &str) -> bool {
        // «П.» may be «посёлок» and an initial.
        let fits =
            |(kind, typed): &(&str, String)| folded.split(' ').any(|word| word == *kind || word == typed);
        if !self.kinds.iter().all(fits) {
            return false;
        }
        let weighs = |word: &&str| !kinds::is_canonical(word) && !is_initial(word);
        let mut there: Vec<&str> = folded.split(' ').filter(weighs).collect();
        let mut typed: Vec<&str> = self.needed.iter().map(String::as_str).filter(weighs).collect();
        if there.is_empty() {
            // A village that is called «Хутор».
            there = folded.split(' ').collect();
            typed =
                self.needed.iter().map(String::as_str).chain(self.kinds.iter().map(|kind| kind.0)).collect();
            return typed.iter().all(|word| there.contains(word)) && !typed.is_empty();
        }
        there.sort_unstable();
        typed.sort_unstable();
        there == typed
    }
}

/// One letter, as in «ул. Д. Бедного»: left out or written out by people.
fn is_initial(word: &str) -> bool {
    let mut chars = word.chars();
    chars.next().is_some_and(char::is_alphabetic) && chars.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_are_folded() {
        for (text, folded) in [
            ("Орёл", "орел"),
            ("ОРЕЛ", "орел"),
            ("Камень-на-Оби", "камень на оби"),
            ("Камень—на—Оби", "камень на оби"),
            ("Бийск", "бииск"),
            ("Бии\u{306}ск", "бииск"),
            ("  1-я   Парковая,", "1 я парковая"),
            ("«Победа»", "победа"),
            ("", ""),
            ("---", ""),
            ("\u{301}\u{0}\u{7}", ""),
        ] {
            assert_eq!(fold(text), folded, "{text:?}");
        }
    }

    #[test]
    fn typed_texts_are_taken_apart() {
        for (text, needed, kinds) in [
            ("г. Тверь", &["тверь"][..], &["город"][..]),
            ("Мира проспект", &["мира"], &["проспект"]),
            ("пр-кт Мира", &["мира"], &["проспект"]),
            ("Тверская обл.", &["тверская"], &["область"]),
            ("Калининский р-н", &["калининскии"], &["раион"]),
            ("с", &["с"], &[]),
            ("ул", &["ул"], &[]),
            ("улица", &["улица"], &[]),
            ("Республика С", &["с"], &["республика"]),
            ("Мира ул", &["мира", "ул"], &[]),
            ("Ростов-на-Дону", &["ростов", "на", "дону"], &[]),
            ("", &[], &[]),
        ] {
            let query = Query::read(text, true);
            let found: Vec<&str> = query.kinds.iter().map(|kind| kind.0).collect();
            let words: Vec<&str> = query.needed.iter().map(String::as_str).collect();
            assert_eq!((words.as_slice(), found.as_slice()), (needed, kinds), "{text}");
        }
    }

    #[test]
    fn a_name_is_what_was_typed_in_any_order() {
        for (typed, folded, is) in [
            ("Мира проспект", "проспект мира", true),
            ("Мира", "проспект мира", true),
            ("улица Мира", "проспект мира", false),
            ("Мир", "проспект мира", false),
            ("ул. Демьяна Бедного", "улица д бедного", false),
            ("ул. Д. Бедного", "улица д бедного", true),
            ("ул. Бедного", "улица д бедного", true),
            ("Мира ул", "улица мира", true),
            ("Хутор", "село хутор", true),
            ("", "город тверь", false),
        ] {
            assert_eq!(Query::read(typed, false).is(folded), is, "{typed} {folded}");
        }
    }

    proptest! {
        #[test]
        fn folding_is_stable_and_bounded(text in "\\PC{0,60}|[А-яёЁ\\-. \u{300}-\u{310}]{0,400}") {
            let folded = fold(&text);
            prop_assert_eq!(fold(&folded), folded.clone());
            prop_assert!(!folded.starts_with(' ') && !folded.ends_with(' ') && !folded.contains("  "));
            prop_assert!(folded.chars().count() <= MOST_CHARS * 3);
            let query = Query::read(&text, true);
            prop_assert!(query.needed.iter().all(|word| !word.is_empty() && !word.contains(' ')));
        }
    }
}
