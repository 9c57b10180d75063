//! What the owner asks the journal for, as the address says it.

use crate::audit::read::Filter;
use crate::audit::words::Group;
use crate::web::back;
use crate::web::visit::Visit;
use jiff::tz::TimeZone;
use kernel::{Date, Span, Time};
use serde::Deserialize;

/// The query of the page, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// A word of [`Group`], or anything for all.
    pub kind: String,
    /// The first day.
    pub from: String,
    /// The last day, included.
    pub until: String,
    /// The number of the event before which the page begins.
    pub before: String,
}

impl Asked {
    /// The address of the page with the same filter, beginning before an event.
    pub fn address(&self, before: Option<i64>) -> String {
        let mut parts = Vec::new();
        for (name, value) in [("kind", &self.kind), ("from", &self.from), ("until", &self.until)] {
            if !value.is_empty() {
                parts.push(format!("{name}={}", back::to_query(value)));
            }
        }
        parts.extend(before.map(|before| format!("before={before}")));
        let query = if parts.is_empty() { String::new() } else { format!("?{}", parts.join("&")) };
        format!("/cabinet/security/journal{query}")
    }
}

/// What is meant by it.
pub struct Look {
    /// The filter; a day that cannot be read filters nothing.
    pub filter: Filter,
    /// Only events before this number.
    pub before: i64,
    /// What is wrong with the first day.
    pub from_error: Option<String>,
    /// What is wrong with the last day.
    pub until_error: Option<String>,
}

impl Look {
    /// Reads the query; days are those of the portal's zone.
    pub fn read(visit: &Visit, asked: &Asked) -> Look {
        let zone = visit.app().zone();
        let (from, until) = (day(&asked.from), day(&asked.until));
        let wrong =
            |read: &Result<Option<Date>, ()>| read.is_err().then(|| visit.t("audit-filter-wrong").to_owned());
        let (from_error, mut until_error) = (wrong(&from), wrong(&until));
        let from = from.ok().flatten().and_then(|day| start(day, zone));
        let until = until.ok().flatten().and_then(|day| start(day.plus_days(1), zone));
        if from.zip(until).is_some_and(|(from, until)| from >= until) {
            until_error = Some(visit.t("audit-filter-order").to_owned());
        }
        let filter = Filter {
            group: Group::from_word(&asked.kind),
            from: from.unwrap_or(Filter::ALL.from),
            until: until.unwrap_or(Filter::ALL.until),
        };
        let before = asked.before.parse().unwrap_or(i64::MAX);
        Look { filter, before, from_error, until_error }
    }

    /// Whether everything could be read.
    pub fn is_good(&self) -> bool {
        self.from_error.is_none() && self.until_error.is_none()
    }
}

fn day(text: &str) -> Result<Option<Date>, ()> {
    if text.trim().is_empty() { Ok(None) } else { Date::parse(text).map(Some).map_err(drop) }
}

/// The first moment of a day in a zone.
fn start(day: Date, zone: &TimeZone) -> Option<Time> {
    let (year, month, day) = day.parts();
    let civil = jiff::civil::Date::new(year, month, day).ok()?;
    let zoned = civil.to_zoned(zone.clone()).ok()?;
    Some(Time(zoned.timestamp().as_microsecond()) + Span::ZERO)
}
