//! Russian letters in Latin ones, as passports for travel write them since 2014 (ICAO Doc 9303, part 3).

use crate::Refusal;
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

/// A name part as a passport for travel suggests it: Russian letters, spaces and hyphens in, Latin capitals out.
/// A suggestion only: the holder may keep an earlier spelling on request.
pub fn icao(text: &str) -> Result<String, Refusal> {
    let name = text::nfc(text::bounded(text)?);
    let mut plain = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            c if crate::script::is_russian(c) => plain.push(c),
            c if text::is_dash(c) => plain.push('-'),
            c if text::is_space(c) && !plain.ends_with(' ') => plain.push(' '),
            c if text::is_space(c) => {}
            _ => return Err(Refusal::BadChar),
        }
    }
    let latin = latin(&plain);
    if latin.contains(|c: char| c.is_ascii_uppercase()) { Ok(latin) } else { Err(Refusal::NoLetters) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_as_passports_write_them() {
        assert_eq!(icao("Щукина-Объедкова"), Ok("SHCHUKINA-OBIEEDKOVA".to_owned()));
        assert_eq!(icao("Юлия\u{a0} кызы"), Ok("IULIIA KYZY".to_owned()));
        assert_eq!(icao("Андреи\u{306}"), Ok("ANDREI".to_owned()));
        assert_eq!(icao("Ivan"), Err(Refusal::BadChar));
        assert_eq!(icao("Ь"), Err(Refusal::NoLetters));
    }
}
