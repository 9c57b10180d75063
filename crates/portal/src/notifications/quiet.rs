//! Quiet hours: from one time of day to another, by the clock on the wall of a zone.

use jiff::Timestamp;
use jiff::civil::Time as Clock;
use jiff::tz::TimeZone;
use kernel::Time;
use serde::{Deserialize, Serialize};

/// From a time of day to another, perhaps over midnight; minutes of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hours {
    /// The first quiet minute.
    pub from: u16,
    /// The first minute that is not quiet any more.
    pub until: u16,
}

impl Hours {
    /// Reads two times of day such as `22:00` and `08:00`; `None` for what is none. Equal ones mean no quiet at all.
    pub fn parse(from: &str, until: &str) -> Option<Hours> {
        Some(Hours { from: minute(from)?, until: minute(until)? })
    }

    /// A time of day as people write it: «22:00».
    pub fn shown(minute: u16) -> String {
        format!("{:02}:{:02}", minute / 60, minute % 60)
    }

    /// When the quiet ends in which `now` lies; `None` when it lies in none.
    pub fn end(self, now: Time, zone: &TimeZone) -> Option<Time> {
        let at = Timestamp::from_microsecond(now.0).ok()?.to_zoned(zone.clone());
        let minute = u16::try_from(i32::from(at.hour()) * 60 + i32::from(at.minute())).ok()?;
        let over_midnight = self.from > self.until;
        let quiet = match over_midnight {
            false => (self.from..self.until).contains(&minute),
            true => minute >= self.from || minute < self.until,
        };
        if !quiet {
            return None;
        }
        let day = if minute >= self.from && over_midnight { at.date().tomorrow().ok()? } else { at.date() };
        let clock = Clock::new((self.until / 60) as i8, (self.until % 60) as i8, 0, 0).ok()?;
        let wall = zone.to_ambiguous_zoned(day.to_datetime(clock));
        // A time that the clock skips is taken after the gap. One that it shows twice ends the quiet the first time,
        // unless that is over: `now` lies between the two.
        let end = wall.clone().compatible().ok()?.timestamp().as_microsecond();
        let end = if end > now.0 { end } else { wall.later().ok()?.timestamp().as_microsecond() };
        (end > now.0).then_some(Time(end))
    }
}

fn minute(text: &str) -> Option<u16> {
    let (hour, minute) = text.trim().split_once(':')?;
    let number = |part: &str, most: u16| {
        let fine = (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        part.parse::<u16>().ok().filter(|number| fine && *number <= most)
    };
    Some(number(hour, 23)? * 60 + number(minute, 59)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Time {
        Time(text.parse::<Timestamp>().expect("a moment").as_microsecond())
    }

    #[test]
    fn quiet_ends_where_the_wall_says() {
        // (zone, quiet, moment, end); Berlin changes its clock on 2026-03-29 and 2026-10-25, Moscow never.
        let table = [
            ("Europe/Moscow", "22:00", "08:00", "2026-11-22T18:59:59Z", None),
            ("Europe/Moscow", "22:00", "08:00", "2026-11-22T19:00:00Z", Some("2026-11-23T05:00:00Z")),
            ("Europe/Moscow", "22:00", "08:00", "2026-11-22T21:30:00Z", Some("2026-11-23T05:00:00Z")),
            ("Europe/Moscow", "22:00", "08:00", "2026-11-23T04:59:59Z", Some("2026-11-23T05:00:00Z")),
            ("Europe/Moscow", "22:00", "08:00", "2026-11-23T05:00:00Z", None),
            ("Europe/Moscow", "22:00", "00:00", "2026-11-22T20:00:00Z", Some("2026-11-22T21:00:00Z")),
            ("Europe/Moscow", "00:00", "08:00", "2026-11-22T21:00:00Z", Some("2026-11-23T05:00:00Z")),
            ("Europe/Moscow", "13:00", "14:00", "2026-11-22T10:30:00Z", Some("2026-11-22T11:00:00Z")),
            ("Europe/Moscow", "13:00", "13:00", "2026-11-22T10:00:00Z", None),
            ("Asia/Kamchatka", "22:00", "08:00", "2026-11-22T19:00:00Z", Some("2026-11-22T20:00:00Z")),
            // The night that loses an hour: seven hours of sleep until eight.
            ("Europe/Berlin", "22:00", "08:00", "2026-03-28T22:00:00Z", Some("2026-03-29T06:00:00Z")),
            // The end is skipped by the clock: 02:30 does not exist, the quiet ends at 03:30 summer time.
            ("Europe/Berlin", "22:00", "02:30", "2026-03-28T22:00:00Z", Some("2026-03-29T01:30:00Z")),
            // The night that gains an hour.
            ("Europe/Berlin", "22:00", "08:00", "2026-10-24T21:00:00Z", Some("2026-10-25T07:00:00Z")),
            // The end comes twice: the first time counts …
            ("Europe/Berlin", "22:00", "02:30", "2026-10-24T21:00:00Z", Some("2026-10-25T00:30:00Z")),
            // … and between the two it is 02:10 again, so it is quiet until the second.
            ("Europe/Berlin", "22:00", "02:30", "2026-10-25T01:10:00Z", Some("2026-10-25T01:30:00Z")),
            ("Europe/Berlin", "22:00", "02:30", "2026-10-25T00:40:00Z", None),
        ];
        for (zone, from, until, now, end) in table {
            let hours = Hours::parse(from, until).expect("hours");
            let zone_of = TimeZone::get(zone).expect("a zone");
            assert_eq!(hours.end(time(now), &zone_of), end.map(time), "{zone} {from}-{until} at {now}");
        }
    }

    #[test]
    fn the_end_is_always_ahead_and_never_quiet_itself() {
        for zone in ["Europe/Moscow", "Europe/Berlin", "Asia/Kamchatka", "America/New_York"] {
            let zone = TimeZone::get(zone).expect("a zone");
            for hours in [("22:00", "08:00"), ("01:30", "02:30"), ("23:59", "00:01"), ("02:00", "03:00")] {
                let hours = Hours::parse(hours.0, hours.1).expect("hours");
                let mut at = time("2026-03-27T00:00:00Z");
                while at < time("2026-04-02T00:00:00Z") {
                    if let Some(end) = hours.end(at, &zone) {
                        assert!(end > at && (end - at) <= kernel::Span::hours(24), "{at:?}");
                        assert_eq!(hours.end(end, &zone), None, "{at:?}");
                    }
                    at = at + kernel::Span::minutes(7);
                }
            }
        }
    }

    #[test]
    fn times_of_day_are_read_strictly() {
        for good in ["0:00", "09:05", "23:59", " 7:30 "] {
            assert!(Hours::parse(good, good).is_some(), "{good}");
        }
        for bad in ["", "24:00", "12", "12:60", "-1:00", "1:2:3", "１:00", "ab:cd", "012:00", "+1:00"] {
            assert!(Hours::parse(bad, "08:00").is_none(), "{bad}");
        }
        assert_eq!(Hours::shown(Hours::parse("7:05", "0:00").expect("hours").from), "07:05");
    }
}
