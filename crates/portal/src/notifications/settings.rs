//! Section `[notifications]`: tries and pauses of outgoing messages, the feed, the defaults of the quiet hours.

use super::quiet::Hours;
use crate::limits::Limit;
use crate::web::templates::Templates;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Section `[notifications]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Tries before a message is given up; pauses between them grow by powers of two with jitter.
    pub attempts: i64,
    /// Seconds after which a sent text message without a receipt is no longer waited for: what is not about safety
    /// then goes by the next way.
    pub receipt_wait_seconds: i64,
    /// Days for which «Это был не я» in a message works (practice sheet §9.6: 10).
    pub not_me_days: i64,
    /// Folder with the operator's own words for messages: `ru.ftl`, `en.ftl`, with the keys that differ from ours.
    pub templates: Option<PathBuf>,
    /// Messages on one page of the cabinet.
    pub page_rows: i64,
    /// When the quiet hours of those begin who have not chosen; equal to `quiet_until` there are none.
    pub quiet_from: String,
    /// When they end.
    pub quiet_until: String,
    /// Text messages and calls to one person that are not about safety. Those about safety are bounded by the
    /// allowances of `[codes]` alone.
    pub sms_per_person: Limit,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            attempts: 12,
            receipt_wait_seconds: 3_600,
            not_me_days: 10,
            templates: None,
            page_rows: 20,
            quiet_from: "22:00".into(),
            quiet_until: "08:00".into(),
            sms_per_person: Limit::new(10, 86_400),
        }
    }
}

impl Settings {
    /// The quiet hours of those who have not chosen.
    pub fn quiet_hours(&self) -> Option<Hours> {
        Hours::parse(&self.quiet_from, &self.quiet_until).filter(|hours| hours.from != hours.until)
    }

    /// What is wrong with the values: name and message.
    pub fn problems(&self) -> Vec<(&'static str, String)> {
        let mut found = Vec::new();
        for (name, text) in [("quiet_from", &self.quiet_from), ("quiet_until", &self.quiet_until)] {
            if Hours::parse(text, text).is_none() {
                found.push((name, "expected a time of day such as 22:00".to_owned()));
            }
        }
        if !(1..=200).contains(&self.page_rows) {
            found.push(("page_rows", "expected 1 to 200".to_owned()));
        }
        if let Err(problems) = Templates::load(self.templates.as_deref()) {
            found.extend(problems.into_iter().map(|what| ("templates", what)));
        }
        found
    }
}
