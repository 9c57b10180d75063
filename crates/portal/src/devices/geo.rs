//! Countries of network addresses, from a file in the format of the regional registries' delegated statistics
//! (`registry|cc|ipv4|start|count|date|status`, IPv6 with a prefix length), read once at the start.
//!
//! Several registries' files may stand one after another in the file. Reading is strict: a line that cannot be
//! understood stops the start, and tells its number.

use super::GeoSettings;
use kernel::Lang;
use std::fmt;
use std::io::Read as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The longest file that is read, in bytes. The five registries' files together are about 40 MB.
const MOST_BYTES: u64 = 128 << 20;
/// The longest line, in bytes.
const MOST_LINE: usize = 512;

/// A country, ISO 3166-1 alpha-2.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country([u8; 2]);

impl Country {
    /// Two capital letters. `ZZ` is the registries' word for «nobody's» and no country.
    pub fn parse(code: &str) -> Option<Country> {
        match code.as_bytes() {
            [a @ b'A'..=b'Z', b @ b'A'..=b'Z'] if code != "ZZ" => Some(Country([*a, *b])),
            _ => None,
        }
    }

    /// Its name, as the Unicode CLDR spells it.
    pub fn name(&self, lang: Lang) -> &'static str {
        let lines = include_str!("data/countries.txt").lines();
        let mut named = lines.filter_map(|line| line.split_once('|'));
        let names = named.find(|(code, _)| *code == self.code()).and_then(|(_, names)| names.split_once('|'));
        match (names, lang) {
            (Some((russian, _)), Lang::Ru) => russian,
            (Some((_, english)), Lang::En) => english,
            (None, _) => "",
        }
    }

    /// The two letters.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("ZZ")
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// A run of addresses of one country, both ends included.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Run<A> {
    first: A,
    last: A,
    country: Country,
}

/// The table: sorted, without overlaps, neighbours of one country joined.
#[derive(Default)]
pub struct Geo {
    v4: Vec<Run<u32>>,
    v6: Vec<Run<u128>>,
    home: Option<Country>,
}

impl Geo {
    /// Reads the file of the configuration; without one the table is empty.
    ///
    /// # Errors
    /// What is wrong with the file, for the administrator.
    pub fn load(settings: &GeoSettings) -> Result<Geo, String> {
        let Some(file) = &settings.file else { return Ok(Geo::default()) };
        let opened =
            std::fs::File::open(file).map_err(|error| format!("the file cannot be opened: {error}"))?;
        let mut text = String::new();
        opened
            .take(MOST_BYTES + 1)
            .read_to_string(&mut text)
            .map_err(|error| format!("the file cannot be read: {error}"))?;
        let mut geo = Geo::parse(&text)?;
        geo.home = Country::parse(&settings.home);
        Ok(geo)
    }

    /// The built-in table of demonstrations: documentation and private addresses, at home in `RU`.
    pub fn demo() -> Geo {
        let mut geo = Geo::parse(include_str!("data/demo-countries.txt")).unwrap_or_default();
        geo.home = Country::parse("RU");
        geo
    }

    /// Reads a table.
    ///
    /// # Errors
    /// The number of the line that cannot be understood, and why.
    pub fn parse(text: &str) -> Result<Geo, String> {
        if text.len() as u64 > MOST_BYTES {
            return Err(format!("the file is longer than {MOST_BYTES} bytes"));
        }
        let mut geo = Geo::default();
        for (number, line) in text.lines().enumerate() {
            geo.line(line).map_err(|why| format!("line {}: {why}", number + 1))?;
        }
        if geo.v4.is_empty() && geo.v6.is_empty() {
            return Err("no addresses in the file".to_owned());
        }
        geo.v4 = tidy(geo.v4, |last| last.checked_add(1))?;
        geo.v6 = tidy(geo.v6, |last| last.checked_add(1))?;
        Ok(geo)
    }

    fn line(&mut self, line: &str) -> Result<(), &'static str> {
        if line.len() > MOST_LINE {
            return Err("too long");
        }
        let line = line.trim_end();
        if line.is_empty() || line.starts_with('#') {
            return Ok(());
        }
        let fields: Vec<&str> = line.split('|').collect();
        let header =
            fields[0].split('.').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
        if header || fields.last() == Some(&"summary") {
            return Ok(());
        }
        let [_, country, kind, start, value, _, status, ..] = fields[..] else {
            return Err("too few fields");
        };
        match status {
            "allocated" | "assigned" => {}
            "available" | "reserved" => return Ok(()),
            _ => return Err("unknown status"),
        }
        if kind == "asn" || country == "ZZ" || country.is_empty() {
            return Ok(());
        }
        let country = Country::parse(country).ok_or("no country")?;
        match kind {
            "ipv4" => self.v4.push(v4_run(start, value, country).ok_or("no IPv4 range")?),
            "ipv6" => self.v6.push(v6_run(start, value, country).ok_or("no IPv6 prefix")?),
            _ => return Err("unknown type"),
        }
        Ok(())
    }

    /// Whether anything is known at all.
    pub fn is_known(&self) -> bool {
        !self.v4.is_empty() || !self.v6.is_empty()
    }

    /// The country of an address.
    pub fn country(&self, address: IpAddr) -> Option<Country> {
        match address.to_canonical() {
            IpAddr::V4(address) => find(&self.v4, u32::from(address)),
            IpAddr::V6(address) => find(&self.v6, u128::from(address)),
        }
    }

    /// Whether an address is abroad; `None` when that cannot be told.
    pub fn is_abroad(&self, address: IpAddr) -> Option<bool> {
        Some(self.country(address)? != self.home?)
    }
}

fn v4_run(start: &str, count: &str, country: Country) -> Option<Run<u32>> {
    let first = u32::from(start.parse::<Ipv4Addr>().ok()?);
    let count: u32 = digits(count)?;
    let last = first.checked_add(count.checked_sub(1)?)?;
    Some(Run { first, last, country })
}

fn v6_run(start: &str, length: &str, country: Country) -> Option<Run<u128>> {
    let first = u128::from(start.parse::<Ipv6Addr>().ok()?);
    let length: u32 = digits(length)?;
    if length == 0 || length > 128 {
        return None;
    }
    let inside = u128::MAX.checked_shr(length).unwrap_or(0);
    (first & inside == 0).then_some(Run { first, last: first | inside, country })
}

/// A plain number: no sign, no spaces.
fn digits(text: &str) -> Option<u32> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

/// Sorts, refuses overlaps of different countries, joins neighbours of one.
fn tidy<A: Copy + Ord>(mut runs: Vec<Run<A>>, next: impl Fn(A) -> Option<A>) -> Result<Vec<Run<A>>, String> {
    runs.sort_unstable();
    let mut tidy: Vec<Run<A>> = Vec::with_capacity(runs.len());
    for run in runs {
        match tidy.last_mut() {
            Some(before) if run.first <= before.last && run.country != before.country => {
                return Err(format!("addresses of {:?} and {:?} overlap", before.country, run.country));
            }
            Some(before)
                if run.country == before.country
                    && (run.first <= before.last || next(before.last) == Some(run.first)) =>
            {
                before.last = before.last.max(run.last);
            }
            _ => tidy.push(run),
        }
    }
    tidy.shrink_to_fit();
    Ok(tidy)
}

fn find<A: Copy + Ord>(runs: &[Run<A>], address: A) -> Option<Country> {
    let after = runs.partition_point(|run| run.first <= address);
    let run = runs.get(after.checked_sub(1)?)?;
    (address <= run.last).then_some(run.country)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SMALL: &str = "2.3|ripencc|1700000000|5|19830705|20261121|+0100\n\
        ripencc|*|ipv4|*|3|summary\n\
        ripencc|RU|ipv4|192.0.2.0|128|20200101|allocated\r\n\
        ripencc|RU|ipv4|192.0.2.128|128|20200101|assigned|opaque\n\
        ripencc|DE|ipv4|198.51.100.0|256|20200101|allocated\n\
        ripencc||ipv4|203.0.113.0|256||reserved\n\
        ripencc|RU|asn|64496|1|20200101|allocated\n\
        ripencc|KZ|ipv6|2001:db8::|33|20200101|allocated\n\
        # a remark\n";

    fn country(geo: &Geo, address: &str) -> Option<String> {
        geo.country(address.parse().expect("an address")).map(|country| country.code().to_owned())
    }

    #[test]
    fn addresses_have_countries() {
        let mut geo = Geo::parse(SMALL).expect("a table");
        assert_eq!(geo.v4.len(), 2, "neighbours are joined");
        for (address, expected) in [
            ("192.0.1.255", None),
            ("192.0.2.0", Some("RU")),
            ("192.0.2.128", Some("RU")),
            ("192.0.2.255", Some("RU")),
            ("192.0.3.0", None),
            ("198.51.100.7", Some("DE")),
            ("::ffff:198.51.100.7", Some("DE")),
            ("203.0.113.1", None),
            ("2001:db8::1", Some("KZ")),
            ("2001:db8:7fff:ffff::", Some("KZ")),
            ("2001:db8:8000::", None),
            ("0.0.0.0", None),
            ("::", None),
            ("255.255.255.255", None),
        ] {
            assert_eq!(country(&geo, address).as_deref(), expected, "{address}");
        }
        let at = |address: &str| address.parse().expect("an address");
        assert_eq!(geo.is_abroad(at("192.0.2.1")), None, "home is not known");
        geo.home = Country::parse("RU");
        assert_eq!(geo.is_abroad(at("192.0.2.1")), Some(false));
        assert_eq!(geo.is_abroad(at("198.51.100.7")), Some(true));
        assert_eq!(geo.is_abroad(at("203.0.113.1")), None);
    }

    #[test]
    fn countries_have_names_in_both_languages() {
        let name = |code: &str, lang| Country::parse(code).map(|country| country.name(lang));
        assert_eq!(name("RU", Lang::Ru), Some("Россия"));
        assert_eq!(name("DE", Lang::En), Some("Germany"));
        assert_eq!(name("XX", Lang::Ru), Some(""));
        for line in include_str!("data/countries.txt").lines() {
            let parts: Vec<&str> = line.split('|').collect();
            assert!(parts.len() == 3 && parts.iter().all(|part| !part.is_empty()), "{line}");
            assert!(Country::parse(parts[0]).is_some(), "{line}");
        }
    }

    #[test]
    fn demonstrations_have_countries_at_home_and_abroad() {
        let geo = Geo::demo();
        for (address, abroad) in [
            ("127.0.0.1", Some(false)),
            ("198.51.100.1", Some(true)),
            ("2001:db8:9000::1", Some(true)),
            ("8.8.8.8", None),
        ] {
            assert_eq!(geo.is_abroad(address.parse().expect("an address")), abroad, "{address}");
        }
    }

    #[test]
    fn the_last_addresses_can_be_named() {
        let geo = Geo::parse(
            "x|RU|ipv4|255.255.255.0|256|d|allocated\nx|RU|ipv6|ff00::|8|d|allocated\nx|DE|ipv6|::1|128|d|assigned",
        )
        .expect("a table");
        assert_eq!(country(&geo, "255.255.255.255").as_deref(), Some("RU"));
        assert_eq!(country(&geo, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff").as_deref(), Some("RU"));
        assert_eq!(country(&geo, "::1").as_deref(), Some("DE"));
    }

    #[test]
    fn what_cannot_be_understood_is_refused_with_its_line() {
        for line in [
            "ripencc|RU|ipv4|192.0.2.0|0|d|allocated",
            "ripencc|RU|ipv4|192.0.2.0|+1|d|allocated",
            "ripencc|RU|ipv4|255.255.255.255|2|d|allocated",
            "ripencc|RU|ipv4|192.0.2|256|d|allocated",
            "ripencc|RU|ipv4|2001:db8::|32|d|allocated",
            "ripencc|ru|ipv4|192.0.2.0|256|d|allocated",
            "ripencc|RUS|ipv4|192.0.2.0|256|d|allocated",
            "ripencc|RU|ipv6|2001:db8::1|32|d|allocated",
            "ripencc|RU|ipv6|2001:db8::|0|d|allocated",
            "ripencc|RU|ipv6|2001:db8::|129|d|allocated",
            "ripencc|RU|ipv9|2001:db8::|32|d|allocated",
            "ripencc|RU|ipv4|192.0.2.0|256|d|given",
            "ripencc|RU|ipv4",
            "hello",
        ] {
            let error = Geo::parse(&format!("# first\n{line}\n")).err().unwrap_or_default();
            assert!(error.starts_with("line 2: "), "{line}: {error}");
        }
        assert!(Geo::parse("").is_err());
        assert!(Geo::parse(&"x".repeat(MOST_LINE + 1)).is_err());
        let overlap = "x|RU|ipv4|192.0.2.0|256|d|allocated\nx|DE|ipv4|192.0.2.9|1|d|allocated";
        assert!(Geo::parse(overlap).err().is_some_and(|error| error.contains("overlap")));
    }

    proptest! {
        #[test]
        fn any_text_is_an_answer(text in "(?s).{0,300}") {
            let _ = Geo::parse(&text);
        }

        #[test]
        fn found_as_by_looking_at_every_run(
            starts in prop::collection::vec((0_u32..64, 1_u32..6, 0_usize..3), 1..12),
            asked in 0_u32..80,
        ) {
            let codes = ["RU", "DE", "KZ"];
            let text: String = starts.iter().map(|(start, count, code)| {
                format!("x|{}|ipv4|0.0.0.{start}|{count}|d|allocated\n", codes[*code])
            }).collect();
            if let Ok(geo) = Geo::parse(&text) {
                let slow = starts.iter().find(|(start, count, _)| (*start..start + count).contains(&asked));
                let found = geo.country(IpAddr::V4(Ipv4Addr::from(asked)));
                prop_assert_eq!(found.as_ref().map(Country::code), slow.map(|(_, _, code)| codes[*code]));
            }
        }
    }
}
