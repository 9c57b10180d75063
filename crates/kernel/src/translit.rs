//! Russian letters in Latin ones, as passports for travel write them since 2014 (ICAO Doc 9303, part 3).

use crate::text;

/// The Latin letters for a Russian capital; `None` for any other character.
const fn letters(c: char) -> Option<&'static str> {
    Some(match c {
        'А' => "A",
        'Б' => "B",
        'В' => "V",
        'Г' => "G",
        'Д' => "D",
        'Е' | 'Ё' | 'Э' => "E",
        'Ж' => "ZH",
        'З' => "Z",
        'И' | 'Й' => "I",
        'К' => "K",
        'Л' => "L",
        'М' => "M",
        'Н' => "N",
        'О' => "O",
        'П' => "P",
        'Р' => "R",
        'С' => "S",
        'Т' => "T",
        'У' => "U",
        'Ф' => "F",
        'Х' => "KH",
        'Ц' => "TS",
        'Ч' => "CH",
        'Ш' => "SH",
        'Щ' => "SHCH",
        'Ъ' => "IE",
        'Ы' => "Y",
        'Ь' => "",
        'Ю' => "IU",
        'Я' => "IA",
        _ => return None,
    })
}

/// Capitals with every Russian letter replaced; all other characters stay.
pub fn latin(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text::nfc(text).to_uppercase().chars() {
        match letters(c) {
            Some(latin) => out.push_str(latin),
            None => out.push(c),
        }
    }
    out
}
