//! The rules for a new password, and how strong one is.
//!
//! All faults are told at once, each with its own message. The rules apply to new passwords only: a password
//! that was good when it was set still signs in after the policy has changed.

use crate::blocklist;
use std::borrow::Cow;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};
use zeroize::Zeroizing;

/// The ready-made policies of spec 01.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Preset {
    /// 8–20 printable ASCII characters of four classes (spec 01, section 1).
    #[default]
    Classic,
    /// 15–128 code points of any script, no classes (NIST SP 800-63B, ASVS).
    Passphrase,
}

/// What a new password must be like.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    /// The fewest characters.
    pub min: usize,
    /// The most characters; hashing takes this many without cutting anything off.
    pub max: usize,
    /// Whether a capital Latin letter must be there.
    pub upper: bool,
    /// Whether a small Latin letter must be there.
    pub lower: bool,
    /// Whether a digit 0–9 must be there.
    pub digit: bool,
    /// The signs of which one must be there; empty when none must.
    pub special: String,
    /// Whether only printable ASCII without the space is allowed.
    pub ascii: bool,
    /// Whether the commonest passwords are refused.
    pub refuse_common: bool,
    /// Whether a password with the person's name, phone or e-mail in it is refused.
    pub refuse_personal: bool,
}

impl Policy {
    /// The policy of a preset.
    pub fn preset(preset: Preset) -> Policy {
        let classic = Policy {
            min: 8,
            max: 20,
            upper: true,
            lower: true,
            digit: true,
            special: "!@#$%^&*()".to_owned(),
            ascii: true,
            refuse_common: true,
            refuse_personal: true,
        };
        match preset {
            Preset::Classic => classic,
            Preset::Passphrase => Policy {
                min: 15,
                max: 128,
                upper: false,
                lower: false,
                digit: false,
                special: String::new(),
                ascii: false,
                ..classic
            },
        }
    }
}

impl Default for Policy {
    fn default() -> Policy {
        Policy::preset(Preset::Classic)
    }
}

/// What a password lacks or has too much of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PasswordFault {
    /// A character that the policy does not allow.
    BadChar,
    /// Fewer characters than the least.
    TooShort,
    /// More characters than the most.
    TooLong,
    /// No capital Latin letter.
    NoUpper,
    /// No small Latin letter.
    NoLower,
    /// No digit.
    NoDigit,
    /// None of the signs.
    NoSpecial,
    /// One of the commonest passwords, or one of them with a trivial change.
    Common,
    /// Contains the person's name, phone or e-mail.
    ContainsPersonal,
}

impl PasswordFault {
    /// Every fault, in the order in which they are told.
    pub const ALL: [PasswordFault; 9] = [
        PasswordFault::BadChar,
        PasswordFault::TooShort,
        PasswordFault::TooLong,
        PasswordFault::NoUpper,
        PasswordFault::NoLower,
        PasswordFault::NoDigit,
        PasswordFault::NoSpecial,
        PasswordFault::Common,
        PasswordFault::ContainsPersonal,
    ];

    /// The code word, as used in text keys and by the page's own check while typing.
    pub const fn as_str(self) -> &'static str {
        match self {
            PasswordFault::BadChar => "bad_char",
            PasswordFault::TooShort => "too_short",
            PasswordFault::TooLong => "too_long",
            PasswordFault::NoUpper => "no_upper",
            PasswordFault::NoLower => "no_lower",
            PasswordFault::NoDigit => "no_digit",
            PasswordFault::NoSpecial => "no_special",
            PasswordFault::Common => "common",
            PasswordFault::ContainsPersonal => "contains_personal",
        }
    }
}

/// The form of a password that is checked, hashed and compared: RFC 8265 OpaqueString, that is spaces of other
/// scripts as U+0020 and normalization form C. ASCII stays as typed; nothing is trimmed or folded.
/// Setting and signing in must both take this form, or the same keys on two machines give two passwords.
pub fn prepared(password: &str) -> Zeroizing<String> {
    if password.is_ascii() {
        return Zeroizing::new(password.to_owned());
    }
    let spaced = Zeroizing::new(password.chars().map(plain_space).collect::<String>());
    match is_nfc_quick(spaced.chars()) {
        IsNormalized::Yes => spaced,
        _ => Zeroizing::new(spaced.nfc().collect()),
    }
}

const fn plain_space(c: char) -> char {
    match c {
        '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => ' ',
        other => other,
    }
}

/// Checks a new password; `context` holds what is personal: names, telephone numbers, e-mail addresses.
/// No fault means that it may be set.
pub fn check(policy: &Policy, password: &str, context: &[&str]) -> Vec<PasswordFault> {
    let password = prepared(password);
    PasswordFault::ALL.into_iter().filter(|&fault| has(fault, policy, &password, context)).collect()
}

fn has(fault: PasswordFault, policy: &Policy, password: &str, context: &[&str]) -> bool {
    let none = |wanted: fn(&char) -> bool| !password.chars().any(|c| wanted(&c));
    match fault {
        PasswordFault::BadChar => !password.chars().all(|c| allowed(policy, c)),
        PasswordFault::TooShort => password.chars().take(policy.min).count() < policy.min,
        PasswordFault::TooLong => password.chars().nth(policy.max).is_some(),
        PasswordFault::NoUpper => policy.upper && none(char::is_ascii_uppercase),
        PasswordFault::NoLower => policy.lower && none(char::is_ascii_lowercase),
        PasswordFault::NoDigit => policy.digit && none(char::is_ascii_digit),
        PasswordFault::NoSpecial => {
            !policy.special.is_empty() && !password.chars().any(|c| policy.special.contains(c))
        }
        // Longer texts than the policy takes are refused anyway; don't spend time on them.
        PasswordFault::Common => {
            policy.refuse_common && short(policy, password) && blocklist::contains(password)
        }
        PasswordFault::ContainsPersonal => {
            policy.refuse_personal && short(policy, password) && contains_personal(password, context)
        }
    }
}

fn short(policy: &Policy, password: &str) -> bool {
    password.chars().nth(policy.max).is_none()
}

/// Printable ASCII in the strict policies; else everything that can be typed and seen (RFC 8264, FreeformClass,
/// less the marks that are invisible).
fn allowed(policy: &Policy, c: char) -> bool {
    if policy.ascii { c.is_ascii_graphic() } else { !c.is_control() && !crate::text::is_invisible(c) }
}

/// The shortest piece of personal data that counts: shorter ones (Ян, Li) stand in many words by chance.
const MIN_PERSONAL: usize = 4;

/// Whether a piece of personal data stands in the password, in its own letters or in Latin ones.
fn contains_personal(password: &str, context: &[&str]) -> bool {
    let password = Zeroizing::new(password.to_lowercase());
    let digits: Zeroizing<String> = Zeroizing::new(password.chars().filter(char::is_ascii_digit).collect());
    context.iter().flat_map(|item| pieces(item)).any(|piece| {
        let whole = piece.chars().all(|c| c.is_ascii_digit());
        if whole { digits.contains(&*piece) } else { password.contains(&*piece) }
    })
}

/// What to look for: words of names and of an address before the `@`, also transliterated; the last ten and
/// the last seven digits of a telephone number.
fn pieces(item: &str) -> Vec<String> {
    let item = item.to_lowercase();
    let digits: String = item.chars().filter(char::is_ascii_digit).collect();
    let is_number = item.chars().all(|c| !c.is_alphabetic());
    if is_number {
        let tail = |n| digits.len().checked_sub(n).and_then(|from| digits.get(from..)).map(str::to_owned);
        return [tail(10), tail(7)].into_iter().flatten().collect();
    }
    let local = item.split('@').next().unwrap_or_default();
    let words = local.split(|c: char| !c.is_alphanumeric()).chain([local]);
    let mut found = Vec::new();
    for word in words.filter(|word| word.chars().count() >= MIN_PERSONAL) {
        let latin = crate::translit::latin(word).to_lowercase();
        if latin != word {
            found.push(latin);
        }
        found.push(word.to_owned());
    }
    found
}

/// The longest part of a password that its strength is judged by: the rest can only make it stronger, and the work
/// grows steeply with length (look-alike signs throughout 32 characters take 0.14 s, throughout 20 some 0.05 s).
const STRENGTH_CHARS: usize = 20;

/// An estimate of how hard a password is to guess.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Strength {
    /// 0 (guessed at once) to 4 (very hard to guess).
    pub score: u8,
}

/// Judges a password by zxcvbn's model of how people choose; personal data makes a weak part. Mostly well under a
/// millisecond, at worst as much work as a password hash: call it where hashing may be called.
pub fn strength(password: &str, context: &[&str]) -> Strength {
    let password = prepared(password);
    let head: Zeroizing<String> = Zeroizing::new(password.chars().take(STRENGTH_CHARS).collect());
    if blocklist::contains(&password) {
        return Strength { score: 0 };
    }
    Strength { score: u8::from(zxcvbn::zxcvbn(&head, context).score()) }
}

/// A rule of a policy, for the list beside the field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule<'a> {
    /// The fault that breaks it; names the text and the check while typing.
    pub fault: PasswordFault,
    /// What the text of the rule needs: a number of characters, or the signs.
    pub value: Cow<'a, str>,
}

/// The rules of a policy in the order to show them.
pub fn rules(policy: &Policy) -> Vec<Rule<'_>> {
    let rule = |fault, value| Rule { fault, value };
    let plain = |fault| rule(fault, Cow::Borrowed(""));
    let mut rules = vec![
        rule(PasswordFault::TooShort, Cow::Owned(policy.min.to_string())),
        rule(PasswordFault::TooLong, Cow::Owned(policy.max.to_string())),
    ];
    let mut add = |wanted: bool, rule| {
        if wanted {
            rules.push(rule);
        }
    };
    add(policy.upper, plain(PasswordFault::NoUpper));
    add(policy.lower, plain(PasswordFault::NoLower));
    add(policy.digit, plain(PasswordFault::NoDigit));
    add(!policy.special.is_empty(), rule(PasswordFault::NoSpecial, Cow::Borrowed(&policy.special)));
    add(policy.ascii, plain(PasswordFault::BadChar));
    add(policy.refuse_common, plain(PasswordFault::Common));
    add(policy.refuse_personal, plain(PasswordFault::ContainsPersonal));
    rules
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn classic(password: &str) -> Vec<PasswordFault> {
        check(&Policy::default(), password, &["Анна", "Щукина", "+79123456789", "a.petrova@example.org"])
    }

    #[test]
    fn all_faults_come_at_once() {
        use PasswordFault::*;
        assert_eq!(classic("Zq7!mmwK"), []);
        assert_eq!(classic(""), [TooShort, NoUpper, NoLower, NoDigit, NoSpecial]);
        assert_eq!(classic("абв"), [BadChar, TooShort, NoUpper, NoLower, NoDigit, NoSpecial]);
        assert_eq!(classic(" Zq7!mmwK"), [BadChar]);
        assert_eq!(classic("Zq7!mmwKZq7!mmwKZq7!m"), [TooLong]);
        assert_eq!(classic("Zq7_mmwK"), [NoSpecial]);
    }

    #[test]
    fn personal_data_is_found_in_any_letters() {
        use PasswordFault::*;
        assert_eq!(classic("Shchukina#71"), [ContainsPersonal]);
        assert_eq!(classic("xPETROVA!91"), [ContainsPersonal]);
        assert_eq!(classic("Qw!912-345-67-89"), [ContainsPersonal]);
        assert_eq!(classic("Qw!3456789x"), [ContainsPersonal]);
        let phrase = Policy::preset(Preset::Passphrase);
        assert_eq!(check(&phrase, "пароль для щукина и дома", &["Щукина"]), [ContainsPersonal]);
    }

    #[test]
    fn passphrases_are_of_any_script_and_counted_in_characters() {
        let phrase = Policy::preset(Preset::Passphrase);
        assert_eq!(check(&phrase, "верный конь батарея", &[]), []);
        assert_eq!(check(&phrase, "короткая фраза", &[]), [PasswordFault::TooShort]);
        assert_eq!(check(&phrase, "верный\u{200b} конь батарея", &[]), [PasswordFault::BadChar]);
        assert_eq!(check(&phrase, &"ж".repeat(129), &[]), [PasswordFault::TooLong]);
        assert_eq!(prepared("и\u{306} а\u{a0}").as_str(), "й а ");
        assert_eq!(prepared(" aA\t").as_str(), " aA\t");
    }

    #[test]
    fn strength_grows() {
        assert_eq!(strength("password", &[]).score, 0);
        assert!(strength("Petrova1!", &["Petrova"]).score < 2);
        assert_eq!(strength("tV9#kk2!wQz0&hB", &[]).score, 4);
    }

    #[test]
    fn random_passwords_are_not_taken_for_common_ones() {
        let mut rng = crate::Rng::seeded(8);
        let mut pick = |from: &str| from.chars().nth(rng.below(from.len() as u64) as usize).unwrap();
        let (small, signs) = ("abcdefghijklmnopqrstuvwxyz", "!@#$%^&*()");
        for _ in 0..5_000 {
            let mut password: String = (0..6).map(|_| pick(small)).collect();
            password.insert(3, pick(signs));
            password.insert(1, pick("0123456789"));
            password.push(pick("ABCDEFGHIJKLMNOPQRSTUVWXYZ"));
            assert_eq!(classic(&password), [], "{password}");
        }
    }

    #[test]
    fn rules_are_listed_for_the_page() {
        let policy = Policy::default();
        let faults: Vec<_> = rules(&policy).into_iter().map(|rule| rule.fault.as_str()).collect();
        assert_eq!(
            faults.join(" "),
            "too_short too_long no_upper no_lower no_digit no_special bad_char common contains_personal"
        );
        assert_eq!(rules(&Policy::preset(Preset::Passphrase)).len(), 4);
    }

    proptest! {
        #[test]
        fn nothing_panics(text in "\\PC*", item in "\\PC*") {
            for preset in [Preset::Classic, Preset::Passphrase] {
                let _ = check(&Policy::preset(preset), &text, &[&item]);
            }
            let _ = strength(&text, &[&item]);
            let once = prepared(&text);
            prop_assert_eq!(prepared(&once), once);
        }
    }
}
