//! Section `[review]`: how fast staff look at what no register could decide, and how many of them.

use crate::checks::Doubt;
use crate::limits::Limit;
use gateway::ConfigProblem;
use serde::{Deserialize, Serialize};

/// Section `[review]`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Hours within which a case should be decided, without those in which the person is asked (a choice: three days,
    /// inside the five that checks may take, spec 02 §3).
    pub due_hours: i64,
    /// Hours before that from which on the case is shown as urgent (a choice).
    pub warn_hours: i64,
    /// Minutes without a request after which a case that somebody took is free again (a choice).
    pub hold_minutes: i64,
    /// Cases that one member works on at a time (a choice).
    pub most_held: i64,
    /// Cases that one member may open (a choice: more is no reviewing).
    pub takes: Limit,
    /// Days within which the person sends the scan that was asked for (a choice: a month).
    pub answer_days: i64,
    /// Which cases two members must agree on: `foreign`, `unclear`, `gave_up`. A SNILS of another account always.
    pub four_eyes: Vec<Doubt>,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            due_hours: 72,
            warn_hours: 24,
            hold_minutes: 60,
            most_held: 3,
            takes: Limit::new(60, 3_600),
            answer_days: 30,
            four_eyes: vec![Doubt::Foreign],
        }
    }
}

impl Settings {
    /// Every problem of these values, paths below `[review]`.
    pub fn problems(&self) -> Vec<ConfigProblem> {
        let table = [
            ("due_hours", self.due_hours, 1, 240),
            ("warn_hours", self.warn_hours, 0, self.due_hours),
            ("hold_minutes", self.hold_minutes, 5, 1_440),
            ("most_held", self.most_held, 1, 100),
            ("answer_days", self.answer_days, 1, 366),
        ];
        table
            .into_iter()
            .filter(|(_, value, least, most)| !(least..=most).contains(&value))
            .map(|(name, _, least, most)| ConfigProblem::new(name, format!("expected {least} to {most}")))
            .collect()
    }
}
