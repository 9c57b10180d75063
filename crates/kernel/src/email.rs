//! E-mail addresses: a plain local part and a domain that may be written in Cyrillic.
//!
//! Narrower than RFC 5322 on purpose: no quotes, comments, address literals or trailing dots. Nobody registers
//! with those, and each is a way to smuggle something into a letter's header.

use crate::Refusal;
use crate::script;
use crate::text::{self, text_value};

/// The longest local part (RFC 5321, 4.5.3.1.1).
const MAX_LOCAL: usize = 64;
/// The longest address (RFC 5321, 4.5.3.1.3: a path of 256 less its angle brackets).
const MAX_ADDRESS: usize = 254;

/// An e-mail address: the local part as it was typed, the domain in ASCII (Punycode where needed).
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Email(String);

impl Email {
    /// Reads an address.
    pub fn parse(text: &str) -> Result<Email, Refusal> {
        let text = text::bounded(text)?;
        let mut parts = text.split('@');
        let (Some(local), Some(domain), None) = (parts.next(), parts.next(), parts.next()) else {
            return Err(Refusal::BadAt);
        };
        if local.is_empty() || domain.is_empty() {
            return Err(Refusal::EmptyPart);
        }
        check_local(local)?;
        let domain = ascii_domain(domain)?;
        if local.len() + 1 + domain.len() > MAX_ADDRESS {
            return Err(Refusal::TooLong);
        }
        Ok(Email(format!("{local}@{domain}")))
    }

    /// The form to store and to write to: `local@ascii-domain`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form to compare and index by: the local part in lower case too, because mail servers and people
    /// take `Ivan@…` and `ivan@…` for one box.
    pub fn key(&self) -> String {
        self.0.to_ascii_lowercase()
    }

    /// For people: the domain in its own letters, unless these are all look-alikes of Latin ones.
    pub fn display(&self) -> String {
        let (local, domain) = self.split();
        format!("{local}@{}", shown_domain(domain))
    }

    /// For screens that others may see: `i***@example.org`.
    pub fn masked(&self) -> String {
        let (local, domain) = self.split();
        let first: String = local.chars().take(1).collect();
        format!("{first}***@{}", shown_domain(domain))
    }

    /// The part before the `@`.
    pub fn local(&self) -> &str {
        self.split().0
    }

    fn split(&self) -> (&str, &str) {
        self.0.split_once('@').unwrap_or((&self.0, ""))
    }
}

text_value!(Email, Email::parse);

/// RFC 5321 dot-atom in ASCII.
fn check_local(local: &str) -> Result<(), Refusal> {
    let atom = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c);
    for c in local.chars() {
        if !c.is_ascii() && c.is_alphanumeric() {
            return Err(Refusal::NonAsciiLocal);
        }
        if c != '.' && !atom(c) {
            return Err(Refusal::BadChar);
        }
    }
    if local.len() > MAX_LOCAL {
        return Err(Refusal::TooLong);
    }
    if local.split('.').any(str::is_empty) { Err(Refusal::BadDot) } else { Ok(()) }
}

/// Checks a domain as typed and turns it into ASCII.
fn ascii_domain(domain: &str) -> Result<String, Refusal> {
    let domain = text::nfc(domain).to_lowercase();
    let labels: Vec<&str> = domain.split('.').collect();
    if labels.iter().any(|label| label.is_empty()) {
        return Err(Refusal::BadDot);
    }
    for label in &labels {
        check_label(label)?;
    }
    let last = labels.last().copied().unwrap_or_default();
    if labels.len() < 2 || last.chars().count() < 2 || last.chars().all(|c| c.is_ascii_digit()) {
        return Err(Refusal::NoTld);
    }
    let ascii = idna::domain_to_ascii_strict(&domain).map_err(|_| Refusal::BadDomain)?;
    // A label typed in Punycode must obey the same rule as one typed in letters, or the rule has a back door.
    for label in ascii.split('.').filter(|label| label.starts_with("xn--")) {
        let (letters, decoded) = idna::domain_to_unicode(label);
        decoded.map_err(|_| Refusal::BadDomain)?;
        check_label(&letters)?;
    }
    Ok(ascii)
}

fn check_label(label: &str) -> Result<(), Refusal> {
    let mut seen = script::Seen::default();
    for c in label.chars() {
        match script::alphabet(c) {
            Some(alphabet) => seen.add(alphabet),
            None if c.is_ascii_digit() || c == '-' => {}
            None => return Err(Refusal::BadChar),
        }
    }
    if seen.mixed() {
        return Err(Refusal::MixedScript);
    }
    // Two hyphens at the places 3 and 4 are kept for encodings such as Punycode's `xn--`.
    let reserved = label.chars().skip(2).take(2).eq("--".chars()) && !label.starts_with("xn--");
    let bad_hyphen = label.starts_with('-') || label.ends_with('-') || reserved;
    if bad_hyphen { Err(Refusal::BadHyphen) } else { Ok(()) }
}

/// The domain in letters, label by label. A Cyrillic label made of nothing but twins of Latin letters stays in
/// Punycode unless the top level is Cyrillic too: `xn--80ak6aa92e.com` must not be shown as a known brand.
fn shown_domain(ascii: &str) -> String {
    let cyrillic_top = ascii.rsplit('.').next().is_some_and(|top| top.starts_with("xn--"));
    let shown: Vec<String> = ascii
        .split('.')
        .map(|label| {
            let (letters, decoded) = idna::domain_to_unicode(label);
            let deceptive = !cyrillic_top && script::all_twins_of_latin(&letters);
            if decoded.is_err() || deceptive { label.to_owned() } else { letters }
        })
        .collect();
    shown.join(".")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn addresses_keep_the_local_part_and_encode_the_domain() {
        let email = Email::parse(" Anna.P+x@Почта.РФ\u{feff}").unwrap();
        assert_eq!(email.as_str(), "Anna.P+x@xn--80a1acny.xn--p1ai");
        assert_eq!(email.key(), "anna.p+x@xn--80a1acny.xn--p1ai");
        assert_eq!(email.display(), "Anna.P+x@почта.рф");
        assert_eq!(email.masked(), "A***@почта.рф");
        assert_eq!(format!("{email:?}"), "Email(A***@почта.рф)");
        assert_eq!(Email::parse(&email.display()), Ok(email));
    }

    #[test]
    fn refusals_name_the_reason() {
        let cases = [
            ("  ", Refusal::Empty),
            ("anna.example.org", Refusal::BadAt),
            ("a@example.org,b@example.org", Refusal::BadAt),
            ("a@example.org\r\nBcc: b@example.org", Refusal::BadAt),
            ("a\0@example.org", Refusal::BadChar),
            ("a b@example.org", Refusal::BadChar),
            ("\"a\"@example.org", Refusal::BadChar),
            ("анна@example.org", Refusal::NonAsciiLocal),
            (".a@example.org", Refusal::BadDot),
            ("a@example..org", Refusal::BadDot),
            ("a@example.org.", Refusal::BadDot),
            ("a@localhost", Refusal::NoTld),
            ("a@127.0.0.1", Refusal::NoTld),
            ("a@[127.0.0.1]", Refusal::BadChar),
            ("a@exаmple.org", Refusal::MixedScript),
            ("a@ａexample.org", Refusal::BadChar),
            ("a@-example.org", Refusal::BadHyphen),
            ("a@ab--cd.org", Refusal::BadHyphen),
            ("a@пр--им.рф", Refusal::BadHyphen),
            ("@example.org", Refusal::EmptyPart),
        ];
        for (text, why) in cases {
            assert_eq!(Email::parse(text).err(), Some(why), "{text}");
        }
    }

    #[test]
    fn punycode_is_no_back_door() {
        // «раypal» with two Cyrillic letters, already encoded.
        let hidden = idna::domain_to_ascii("раypal.org").unwrap();
        assert_eq!(Email::parse(&format!("a@{hidden}")).err(), Some(Refusal::MixedScript));
        let greek = idna::domain_to_ascii("λόγος.org").unwrap();
        assert_eq!(Email::parse(&format!("a@{greek}")).err(), Some(Refusal::BadChar));
        // Whole words of twins are taken, and shown for what they are.
        let twins = Email::parse("u1@xn--80ak6aa92e.com").unwrap();
        assert_eq!(twins.display(), "u1@xn--80ak6aa92e.com");
    }

    proptest! {
        #[test]
        fn nothing_panics_and_stored_forms_are_stable(
            text in "\\PC*|[a-zA-Zа-яё0-9._+-]{1,12}@[a-zа-яё0-9.-]{1,16}\\.(рф|ru|org)",
        ) {
            if let Ok(email) = Email::parse(&text) {
                prop_assert_eq!(Email::parse(email.as_str()), Ok(email.clone()));
                let shown = Email::parse(&email.display());
                prop_assert_eq!(shown.map(|e| e.key()), Ok(email.key()));
                prop_assert!(email.as_str().bytes().all(|b| b.is_ascii_graphic()));
                let _ = email.masked();
            }
        }
    }
}
