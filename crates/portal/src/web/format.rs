//! Dates, times and money as people write them.

use super::texts;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use kernel::{Lang, Time};

/// No-break space: keeps a number and its unit on one line.
const NBSP: char = '\u{a0}';

const MONTHS_RU: [&str; 12] = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
];
const MONTHS_EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A moment as a day of the zone: «21 ноября 2026», "21 November 2026".
pub fn date(lang: Lang, at: Time, zone: &TimeZone) -> String {
    civil_date(lang, zoned(at, zone).date())
}

/// A calendar day: «21 ноября 2026», "21 November 2026"; the day stays with its month at a line's end.
pub fn civil_date(lang: Lang, day: Date) -> String {
    let months = match lang {
        Lang::Ru => &MONTHS_RU,
        Lang::En => &MONTHS_EN,
    };
    let month = usize::from(day.month().unsigned_abs()).saturating_sub(1);
    format!("{}{NBSP}{} {}", day.day(), months.get(month).copied().unwrap_or(""), day.year())
}

/// A moment: «21 ноября 2026, 14:05».
pub fn date_time(lang: Lang, at: Time, zone: &TimeZone) -> String {
    format!("{}, {}", date(lang, at, zone), time(at, zone))
}

/// A moment with the zone named by its offset, where it matters: «21 ноября 2026, 14:05 (UTC+3)».
pub fn date_time_zone(lang: Lang, at: Time, zone: &TimeZone) -> String {
    format!("{} ({})", date_time(lang, at, zone), offset(&zoned(at, zone)))
}

/// The hour and minute of the zone: «14:05».
pub fn time(at: Time, zone: &TimeZone) -> String {
    let local = zoned(at, zone);
    format!("{:02}:{:02}", local.hour(), local.minute())
}

/// The machine's form for `<time datetime>`, with the offset: `2026-11-21T14:05:00+03:00`.
pub fn machine(at: Time, zone: &TimeZone) -> String {
    zoned(at, zone).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// Money in kopecks: «1 234,50 ₽», "₽1,234.50"; whole roubles keep their kopecks so that columns align.
pub fn money(lang: Lang, kopecks: i64) -> String {
    let sign = if kopecks < 0 { "−" } else { "" };
    let (roubles, rest) = (kopecks.unsigned_abs() / 100, kopecks.unsigned_abs() % 100);
    match lang {
        Lang::Ru => format!("{sign}{},{rest:02}{NBSP}₽", grouped(roubles, NBSP)),
        Lang::En => format!("{sign}₽{}.{rest:02}", grouped(roubles, ',')),
    }
}

/// A length in seconds as a clock: «4:05».
pub fn clock(seconds: i64) -> String {
    let seconds = seconds.max(0);
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// A wait in words: «5 минут», «40 секунд»; from a minute up it is rounded up to whole minutes.
pub fn wait(lang: Lang, seconds: i64) -> String {
    let seconds = seconds.max(0);
    match seconds {
        0..60 => texts::format(lang, "web-wait-seconds", &[("n", seconds.into())]),
        60..3600 => texts::format(lang, "web-wait-minutes", &[("n", ((seconds + 59) / 60).into())]),
        _ => texts::format(lang, "web-wait-hours", &[("n", ((seconds + 3599) / 3600).into())]),
    }
}

/// The day of a moment; `None` outside the years that [`kernel::Date`] knows.
pub fn day(at: Time, zone: &TimeZone) -> Option<kernel::Date> {
    let day = zoned(at, zone).date();
    kernel::Date::new(day.year(), day.month(), day.day()).ok()
}

/// The year of a moment.
pub fn year(at: Time, zone: &TimeZone) -> i16 {
    zoned(at, zone).year()
}

fn grouped(number: u64, between: char) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 2);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(between);
        }
        text.push(digit);
    }
    text
}

fn zoned(at: Time, zone: &TimeZone) -> Zoned {
    // A time outside jiff's years −9999…9999 is shown as the epoch rather than failing a page.
    Timestamp::from_microsecond(at.0).unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(zone.clone())
}

fn offset(local: &Zoned) -> String {
    let minutes = local.offset().seconds() / 60;
    let sign = if minutes < 0 { '−' } else { '+' };
    let (hours, rest) = (minutes.abs() / 60, minutes.abs() % 60);
    if rest == 0 { format!("UTC{sign}{hours}") } else { format!("UTC{sign}{hours}:{rest:02}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moscow() -> TimeZone {
        TimeZone::get("Europe/Moscow").expect("bundled zones")
    }

    #[test]
    fn writes_dates_and_times_in_both_languages() {
        let at = Time(1_795_258_800_000_000); // 2026-11-21T11:00:00Z
        assert_eq!(date(Lang::Ru, at, &moscow()), "21\u{a0}ноября 2026");
        assert_eq!(date(Lang::En, at, &moscow()), "21\u{a0}November 2026");
        assert_eq!(date_time_zone(Lang::Ru, at, &moscow()), "21\u{a0}ноября 2026, 14:00 (UTC+3)");
        assert_eq!(machine(at, &moscow()), "2026-11-21T14:00:00+03:00");
        assert_eq!(
            date_time_zone(Lang::En, Time(i64::MAX), &TimeZone::UTC),
            "1\u{a0}January 1970, 00:00 (UTC+0)"
        );
    }

    #[test]
    fn writes_money_and_waits() {
        assert_eq!(money(Lang::Ru, 123_450), "1\u{a0}234,50\u{a0}₽");
        assert_eq!(money(Lang::En, 123_450), "₽1,234.50");
        assert_eq!(money(Lang::Ru, -5), "−0,05\u{a0}₽");
        assert_eq!(money(Lang::Ru, 100_000_000), "1\u{a0}000\u{a0}000,00\u{a0}₽");
        assert_eq!(clock(245), "4:05");
        assert_eq!(wait(Lang::Ru, 300), "5 минут");
        assert_eq!(wait(Lang::Ru, 61), "2 минуты");
        assert_eq!(wait(Lang::Ru, 21), "21 секунду");
        assert_eq!(wait(Lang::En, 1), "1 second");
    }
}
