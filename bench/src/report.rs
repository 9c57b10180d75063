//! Figures beside their limits, as a table for people and as JSON for the next run.

use serde::Serialize;
use std::path::Path;

/// Whether a ratio shall be large or small.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Aim {
    /// At least so much.
    AtLeast(f64),
    /// At most so much.
    AtMost(f64),
    /// Only for knowing.
    None,
}

/// One line.
#[derive(Clone, Serialize)]
pub struct Line {
    /// `sqlite`, `postgres`, or empty when neither matters.
    pub engine: &'static str,
    /// How many accounts there were.
    pub accounts: Option<u32>,
    /// What was measured.
    pub what: String,
    /// The figure.
    pub value: f64,
    /// Its unit.
    pub unit: &'static str,
    /// What it is measured against.
    pub limit: Option<f64>,
    /// The ratio (or the figure itself) that the aim is about.
    pub ratio: f64,
    /// The aim.
    pub aim: Aim,
    /// Whether the aim is met; nothing without an aim.
    pub met: Option<bool>,
    /// What to know about it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// All lines of a run.
#[derive(Default, Serialize)]
pub struct Report {
    lines: Vec<Line>,
    costs: Vec<Cost>,
}

/// What one act costs the server.
#[derive(Clone, Serialize)]
struct Cost {
    engine: &'static str,
    accounts: u32,
    what: &'static str,
    /// Milliseconds of the server's processor time.
    cpu_ms: f64,
}

impl Report {
    /// Adds a figure that is compared with a limit.
    pub fn ratio(
        &mut self,
        place: (&'static str, Option<u32>),
        what: &str,
        (value, unit, limit): (f64, &'static str, f64),
        aim: Aim,
        note: &str,
    ) {
        self.add(Line {
            engine: place.0,
            accounts: place.1,
            what: what.to_owned(),
            value,
            unit,
            limit: Some(limit),
            ratio: value / limit,
            aim,
            met: None,
            note: note.to_owned(),
        });
    }

    /// Adds a figure that is its own measure.
    pub fn figure(
        &mut self,
        place: (&'static str, Option<u32>),
        what: &str,
        (value, unit): (f64, &'static str),
        aim: Aim,
        note: &str,
    ) {
        self.add(Line {
            engine: place.0,
            accounts: place.1,
            what: what.to_owned(),
            value,
            unit,
            limit: None,
            ratio: value,
            aim,
            met: None,
            note: note.to_owned(),
        });
    }

    fn add(&mut self, mut line: Line) {
        line.met = match line.aim {
            Aim::AtLeast(least) => Some(line.ratio >= least),
            Aim::AtMost(most) => Some(line.ratio <= most),
            Aim::None => None,
        };
        eprintln!("{}", row(&line));
        self.lines.push(line);
    }

    /// Keeps what one act costs the server, for comparing it between numbers of accounts.
    pub fn cost(&mut self, place: (&'static str, Option<u32>), what: &'static str, cpu_ms: f64) {
        self.costs.push(Cost { engine: place.0, accounts: place.1.unwrap_or(0), what, cpu_ms });
    }

    /// A cost that was kept, in milliseconds of the server's processor time.
    pub fn cost_of(&self, engine: &str, accounts: u32, what: &str) -> Option<f64> {
        let mut costs = self.costs.iter();
        costs.find(|c| c.engine == engine && c.accounts == accounts && c.what == what).map(|c| c.cpu_ms)
    }

    /// The table.
    pub fn table(&self) -> String {
        let head = format!(
            "{:9} {:>9}  {:58} {:>12} {:7} {:>12} {:>7}  {}",
            "engine", "accounts", "what", "figure", "unit", "limit", "ratio", "aim"
        );
        let rows: Vec<String> = std::iter::once(head).chain(self.lines.iter().map(row)).collect();
        rows.join("\n")
    }

    /// How many aims there were and how many were met.
    pub fn met(&self) -> (usize, usize) {
        let aims: Vec<bool> = self.lines.iter().filter_map(|line| line.met).collect();
        (aims.iter().filter(|met| **met).count(), aims.len())
    }

    /// Writes the JSON.
    pub fn write(&self, path: &Path) -> anyhow::Result<()> {
        Ok(std::fs::write(path, serde_json::to_string_pretty(self)?)?)
    }
}

fn row(line: &Line) -> String {
    let accounts = line.accounts.map(|count| count.to_string()).unwrap_or_default();
    let limit = line.limit.map(|limit| format!("{limit:.1}")).unwrap_or_default();
    let ratio = match line.limit {
        Some(_) if line.ratio < 0.1 => format!("{:.4}", line.ratio),
        Some(_) => format!("{:.2}", line.ratio),
        None => String::new(),
    };
    let (aim, met) = match (line.aim, line.met) {
        (Aim::AtLeast(least), met) => (format!("≥ {least}"), met),
        (Aim::AtMost(most), met) => (format!("≤ {most}"), met),
        (Aim::None, _) => (String::new(), None),
    };
    let verdict = met.map_or("", |met| if met { "met" } else { "NOT MET" });
    let note = if line.note.is_empty() { String::new() } else { format!("  ({})", line.note) };
    format!(
        "{:9} {accounts:>9}  {:58} {:>12.1} {:7} {limit:>12} {ratio:>7}  {aim} {verdict}{note}",
        line.engine, line.what, line.value, line.unit
    )
}
