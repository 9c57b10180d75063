//! Kinds of places: how directories abbreviate them, which word they stand for, how they are shown.

/// Where the shown kind stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Before,
    After,
}
use Side::{After, Before};

/// (abbreviations as people and GAR's `TYPENAME` write them, in small letters; the word, folded; as it is shown; where).
type Row = (&'static [&'static str], &'static str, &'static str, Side);

/// The order is that of importance: of equal names the one with the kind further up is offered first.
const KINDS: &[Row] = &[
    (&["г", "гор", "город"], "город", "г.", Before),
    (&["обл", "область"], "область", "область", After),
    (&["край"], "краи", "край", After),
    (&["респ", "республика"], "республика", "Республика", Before),
    (&["ао", "а.окр"], "округ", "автономный округ", After),
    (&["аобл", "а.обл"], "область", "автономная область", After),
    (&["автономный"], "округ", "", Before),
    (&["автономная"], "область", "", Before),
    (&["округ", "окр", "го", "м.о", "м.окр"], "округ", "округ", After),
    (&["р-н", "район", "м.р-н"], "раион", "район", After),
    (&["у", "улус"], "улус", "улус", After),
    (&["пгт"], "пгт", "пгт", Before),
    (&["рп"], "рп", "рп", Before),
    (&["кп"], "кп", "кп", Before),
    (&["п", "пос", "поселок"], "поселок", "пос.", Before),
    (&["с", "село"], "село", "с.", Before),
    (&["ст-ца", "станица"], "станица", "ст-ца", Before),
    (&["аул"], "аул", "аул", Before),
    (&["д", "дер", "деревня"], "деревня", "д.", Before),
    (&["х", "хутор"], "хутор", "хутор", Before),
    (&["сл", "слобода"], "слобода", "слобода", Before),
    (&["ст", "станция"], "станция", "станция", Before),
    (&["ул", "улица"], "улица", "ул.", Before),
    (&["пр-кт", "просп", "проспект", "пр-т"], "проспект", "пр-кт", Before),
    (&["пл", "площадь"], "площадь", "пл.", Before),
    (&["наб", "набережная"], "набережная", "наб.", Before),
    (&["б-р", "бул", "бульвар"], "бульвар", "б-р", Before),
    (&["ш", "шоссе"], "шоссе", "ш.", Before),
    (&["пер", "переулок"], "переулок", "пер.", Before),
    (&["проезд", "пр-д"], "проезд", "проезд", Before),
    (&["туп", "тупик"], "тупик", "туп.", Before),
    (&["аллея", "ал"], "аллея", "аллея", Before),
    (&["линия"], "линия", "линия", After),
    (&["тракт"], "тракт", "тракт", Before),
    (&["мкр", "мкр-н", "микрораион"], "мкр", "мкр", Before),
    (&["кв-л", "квартал"], "квартал", "кв-л", Before),
    (&["снт"], "снт", "СНТ", Before),
    (&["тер", "территория"], "территория", "тер.", Before),
];

/// The word that a typed token stands for; a token is folded but for its hyphens.
pub(super) fn canonical(token: &str) -> Option<&'static str> {
    KINDS.iter().find(|row| row.0.iter().any(|name| same(name, token))).map(|row| row.1)
}

/// `й` of the table is `и` in a token.
fn same(name: &str, token: &str) -> bool {
    name.chars().map(|c| if c == 'й' { 'и' } else { c }).eq(token.chars())
}

/// Whether a word of a folded name is a kind.
pub(super) fn is_canonical(word: &str) -> bool {
    word.starts_with("автономн") || KINDS.iter().any(|row| row.1 == word)
}

/// A kind as a directory names it: its place in the table, or none for kinds that nobody knows.
pub(super) fn find(kind: &str) -> Option<u8> {
    let kind = kind.trim().trim_end_matches('.').to_lowercase().replace('ё', "е");
    KINDS.iter().position(|row| row.0.contains(&kind.as_str())).and_then(|at| u8::try_from(at).ok())
}

/// The folded word of a kind of the table.
pub(super) fn word(at: u8) -> &'static str {
    KINDS.get(usize::from(at)).map_or("", |row| row.1)
}

/// Whether a place of this kind is a town: Moscow is a region that is a town too.
pub(super) fn is_town(at: Option<u8>) -> bool {
    at == Some(0)
}

/// A name with its kind as it is shown: «г. Тверь», «Калининский район», «Чувашская Республика».
pub(super) fn shown(at: Option<u8>, kind: &str, name: &str) -> String {
    let Some((_, _, word, side)) = at.and_then(|at| KINDS.get(usize::from(at))) else {
        return if kind.is_empty() { name.to_owned() } else { format!("{kind} {name}") };
    };
    let said = |text: &str| {
        text.to_lowercase().split(|c: char| !c.is_alphabetic()).any(|w| w == word.to_lowercase())
    };
    let adjective = *word == "Республика" && name.ends_with("ая");
    match side {
        _ if word.is_empty() || said(name) => name.to_owned(),
        Before if adjective => format!("{name} {word}"),
        Before => format!("{word} {name}"),
        After if word.contains(' ') && name.to_lowercase().contains("автономн") => name.to_owned(),
        After => format!("{name} {word}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_shown_as_people_write_them() {
        for (kind, name, expected) in [
            ("г", "Тверь", "г. Тверь"),
            ("г.", "Тверь", "г. Тверь"),
            ("обл", "Тверская", "Тверская область"),
            ("обл", "Кемеровская область — Кузбасс", "Кемеровская область — Кузбасс"),
            ("Респ", "Алтай", "Республика Алтай"),
            ("Респ", "Чувашская", "Чувашская Республика"),
            ("АО", "Ненецкий", "Ненецкий автономный округ"),
            ("АО", "Ханты-Мансийский Автономный округ - Югра", "Ханты-Мансийский Автономный округ - Югра"),
            ("Аобл", "Еврейская", "Еврейская автономная область"),
            ("р-н", "Калининский", "Калининский район"),
            ("ул", "Советская", "ул. Советская"),
            ("пр-кт", "Мира", "пр-кт Мира"),
            ("край", "Пермский", "Пермский край"),
            ("ж/д_будка", "7 км", "ж/д_будка 7 км"),
            ("", "Зелёный", "Зелёный"),
        ] {
            assert_eq!(shown(find(kind), kind, name), expected);
        }
    }

    #[test]
    fn every_name_of_a_kind_leads_to_it() {
        for (at, row) in KINDS.iter().enumerate() {
            assert_eq!(super::super::words::fold(row.1), row.1, "folded");
            for name in row.0 {
                assert_eq!(find(name).map(usize::from), Some(at), "{name} stands in two rows");
            }
        }
    }
}
