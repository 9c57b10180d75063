//! Where values come from: the file, the demonstration wiring, the environment, merged into one tree
//! that remembers for every value who said it.

use super::{Problem, demo};
use std::collections::BTreeMap;
use std::path::Path;
use toml::de::{DeTable, DeValue};
use toml::{Spanned, Table, Value};

/// Variables with a fixed name of their own (spec 09, «Names that stay put») and the value that each one sets.
const FIXED: &[(&str, &str)] = &[
    ("PRISTAN_DATABASE_URL", "database.url"),
    ("PRISTAN_DATA_DIR", "data_dir"),
    ("PRISTAN_DEMO", "demo"),
    ("PRISTAN_LISTEN", "server.listen"),
    ("PRISTAN_PUBLIC_URL", "server.public_url"),
    ("PRISTAN_STAND_URL", "stand_url"),
];

/// Variables that say something to another part of the program or to its tests, not to the configuration.
const ELSEWHERE: &[&str] = &["PRISTAN_CONFIG", "PRISTAN_STAND_LISTEN"];
const ELSEWHERE_PREFIXES: &[&str] = &["PRISTAN_TEST_", "PRISTAN_BENCH_", "PRISTAN_E2E_"];

/// One step down the tree.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    Key(String),
    Index(usize),
}

/// A way from the root of the tree to a value.
pub(super) type Way = Vec<Step>;

/// Who said a value.
#[derive(Clone, Debug)]
pub(super) enum Origin {
    File {
        line: usize,
        column: usize,
    },
    Demo,
    /// A variable, with its text as it was: how to read it depends on the type that is expected.
    Env {
        name: String,
        text: String,
    },
}

/// The merged tree of values.
pub(super) struct Sources {
    pub tree: Table,
    pub origins: BTreeMap<Way, Origin>,
    file: String,
}

impl Sources {
    /// Merges, from weak to strong: the file, the demonstration wiring when it is on, the environment.
    pub fn gather(
        file: Option<&Path>,
        env: impl Iterator<Item = (String, String)>,
        problems: &mut Vec<Problem>,
    ) -> Sources {
        let mut sources = Sources { tree: Table::new(), origins: BTreeMap::new(), file: String::new() };
        if let Some(path) = file {
            sources.file = path.display().to_string();
            match std::fs::read_to_string(path) {
                Ok(text) => sources.read_file(&text, problems),
                Err(error) => problems.push(Problem::new(
                    "",
                    &sources.file,
                    format!("the file cannot be read: {error}"),
                )),
            }
        }
        let mut variables: Vec<_> = env.filter(|(name, _)| name.starts_with("PRISTAN_")).collect();
        variables.sort();
        sources.add_demo(&variables, problems);
        for (name, text) in variables {
            sources.add_variable(name, text, problems);
        }
        sources
    }

    fn read_file(&mut self, text: &str, problems: &mut Vec<Problem>) {
        let (spanned, errors) = DeTable::parse_recoverable(text);
        for error in &errors {
            let at = error.span().map_or(0, |span| span.start);
            let (line, column) = line_and_column(text, at);
            problems.push(Problem::new(
                "",
                &format!("{}:{line}:{column}", self.file),
                error.message().trim().to_owned(),
            ));
        }
        if !errors.is_empty() {
            return;
        }
        // Parsed a second time for plain values: a file of a few kilobytes, once at start.
        self.tree = text.parse().unwrap_or_default();
        self.note_places(spanned.get_ref(), text, &mut Vec::new());
    }

    fn note_places(&mut self, table: &DeTable<'_>, text: &str, way: &mut Way) {
        for (key, value) in table.iter() {
            way.push(Step::Key(key.get_ref().to_string()));
            self.note_place(key.span().start, value, text, way);
            way.pop();
        }
    }

    fn note_place(&mut self, at: usize, value: &Spanned<DeValue<'_>>, text: &str, way: &mut Way) {
        let (line, column) = line_and_column(text, at);
        self.origins.insert(way.clone(), Origin::File { line, column });
        match value.get_ref() {
            DeValue::Table(inner) => self.note_places(inner, text, way),
            DeValue::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    way.push(Step::Index(index));
                    self.note_place(item.span().start, item, text, way);
                    way.pop();
                }
            }
            _ => {}
        }
    }

    /// Lays the demonstration wiring over the file: a demonstration never talks to real gateways by mistake.
    fn add_demo(&mut self, variables: &[(String, String)], problems: &mut Vec<Problem>) {
        let said = |name: &str| variables.iter().find(|(n, _)| n == name).map(|(_, text)| text.as_str());
        let in_file = self.tree.get("demo").and_then(Value::as_bool).unwrap_or(false);
        if !said("PRISTAN_DEMO").map_or(in_file, |text| matches!(text, "1" | "true")) {
            return;
        }
        let from_file = self.tree.get("stand_url").and_then(Value::as_str).map(str::to_owned);
        let stand = said("PRISTAN_STAND_URL").map(str::to_owned).or(from_file);
        match demo::wiring(stand.as_deref().unwrap_or(demo::STAND_URL)) {
            Ok(wiring) => {
                for path in ["sms.smpp", "voice", "mail"] {
                    self.take(&way(path));
                }
                for (key, value) in wiring {
                    self.lay_demo(vec![Step::Key(key)], value);
                }
            }
            Err(message) => problems.push(Problem::new("stand_url", "", message)),
        }
    }

    fn lay_demo(&mut self, way: Way, value: Value) {
        match value {
            Value::Table(table) => {
                for (key, value) in table {
                    let mut deeper = way.clone();
                    deeper.push(Step::Key(key));
                    self.lay_demo(deeper, value);
                }
            }
            value => {
                let _ = self.put(&way, value, Origin::Demo); // a wrong shape in the file is told when it is read
            }
        }
    }

    fn add_variable(&mut self, name: String, text: String, problems: &mut Vec<Problem>) {
        if ELSEWHERE.contains(&name.as_str())
            || ELSEWHERE_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
        {
            return;
        }
        let fixed = FIXED
            .iter()
            .find(|(fixed, _)| *fixed == name)
            .map(|(_, path)| path.split('.').map(str::to_owned).collect());
        let parts: Vec<String> = fixed.unwrap_or_else(|| {
            name["PRISTAN_".len()..].to_lowercase().split("__").map(str::to_owned).collect()
        });
        let way: Way =
            parts.into_iter().map(|part| part.parse().map(Step::Index).unwrap_or(Step::Key(part))).collect();
        let value = read_variable(&name, &text);
        if let Err(message) = self.put(&way, value, Origin::Env { name: name.clone(), text }) {
            problems.push(Problem::new(&show(&way), &format!("environment variable {name}"), message));
        }
    }

    /// Sets one value, making the tables on the way.
    pub fn put(&mut self, way: &[Step], value: Value, origin: Origin) -> Result<(), String> {
        let mut place = Value::Table(std::mem::take(&mut self.tree));
        let done = put_into(&mut place, way, value);
        if let Value::Table(tree) = place {
            self.tree = tree;
        }
        if done.is_ok() {
            self.origins.retain(|known, _| !known.starts_with(way));
            self.origins.insert(way.to_vec(), origin);
        }
        done
    }

    /// Takes a value out of the tree; `None` when there was none.
    pub fn take(&mut self, way: &[Step]) -> Option<Value> {
        let mut place = Value::Table(std::mem::take(&mut self.tree));
        let taken = take_from(&mut place, way);
        if let Value::Table(tree) = place {
            self.tree = tree;
        }
        taken
    }

    /// Who said the value at `way`, or the nearest value around it.
    pub fn origin(&self, way: &[Step]) -> Option<(usize, &Origin)> {
        (1..=way.len()).rev().find_map(|depth| self.origins.get(&way[..depth]).map(|origin| (depth, origin)))
    }

    /// Every value that somebody gave, with its place; tables are left out, their values are there.
    pub fn places(&self) -> Vec<(String, String)> {
        let leaf =
            |way: &&Way| !self.origins.keys().any(|known| known.len() > way.len() && known.starts_with(way));
        self.origins.keys().filter(leaf).map(|way| (show(way), self.place(way))).collect()
    }

    /// Names the place of a value for a person: `pristan.toml:12:5` or the variable.
    pub fn place(&self, way: &[Step]) -> String {
        match self.origin(way) {
            Some((_, Origin::File { line, column })) => format!("{}:{line}:{column}", self.file),
            Some((_, Origin::Env { name, .. })) => format!("environment variable {name}"),
            Some((_, Origin::Demo)) => "demonstration wiring".to_owned(),
            None => String::new(),
        }
    }
}

/// `PRISTAN_DEMO` takes 1 and 0; every other text is read as a TOML value when it is one, else as plain text.
fn read_variable(name: &str, text: &str) -> Value {
    match (name, text) {
        ("PRISTAN_DEMO", "1") => Value::Boolean(true),
        ("PRISTAN_DEMO", "0" | "") => Value::Boolean(false),
        _ => format!("v = {text}")
            .parse::<Table>()
            .ok()
            .filter(|table| table.len() == 1)
            .and_then(|mut table| table.remove("v"))
            .unwrap_or_else(|| Value::String(text.to_owned())),
    }
}

fn put_into(place: &mut Value, way: &[Step], value: Value) -> Result<(), String> {
    let Some((step, rest)) = way.split_first() else {
        *place = value;
        return Ok(());
    };
    let inner = match (step, place) {
        (Step::Key(key), Value::Table(table)) => table.entry(key.clone()).or_insert_with(|| fresh(rest)),
        (Step::Index(index), Value::Array(items)) => {
            if *index == items.len() {
                items.push(fresh(rest));
            }
            let count = items.len();
            items
                .get_mut(*index)
                .ok_or_else(|| format!("there are {count} items, so the next number is {count}"))?
        }
        (step, _) => {
            return Err(format!("{step:?} leads nowhere here: the value around it is of another kind"));
        }
    };
    put_into(inner, rest, value)
}

/// What to make for a step that nothing leads to yet.
fn fresh(rest: &[Step]) -> Value {
    match rest.first() {
        Some(Step::Index(_)) => Value::Array(Vec::new()),
        _ => Value::Table(Table::new()),
    }
}

fn take_from(place: &mut Value, way: &[Step]) -> Option<Value> {
    match (way, place) {
        ([Step::Key(key)], Value::Table(table)) => table.remove(key),
        ([Step::Index(index)], Value::Array(items)) => (*index < items.len()).then(|| items.remove(*index)),
        ([Step::Key(key), rest @ ..], Value::Table(table)) => take_from(table.get_mut(key)?, rest),
        ([Step::Index(index), rest @ ..], Value::Array(items)) => take_from(items.get_mut(*index)?, rest),
        _ => None,
    }
}

/// The usual notation: `sms.gateways[0].host`.
pub(super) fn show(way: &[Step]) -> String {
    let mut path = String::new();
    for step in way {
        match step {
            Step::Key(key) if path.is_empty() => path.push_str(key),
            Step::Key(key) => {
                path.push('.');
                path.push_str(key);
            }
            Step::Index(index) => path.push_str(&format!("[{index}]")),
        }
    }
    path
}

fn line_and_column(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

/// Reads the notation of [`show`] back.
pub(super) fn way(path: &str) -> Way {
    path.split('.')
        .flat_map(|part| {
            let (key, indexes) = part.split_once('[').unwrap_or((part, ""));
            let indexes = indexes.split(['[', ']']).filter_map(|index| index.parse().ok().map(Step::Index));
            std::iter::once(Step::Key(key.to_owned())).chain(indexes).collect::<Vec<_>>()
        })
        .collect()
}
