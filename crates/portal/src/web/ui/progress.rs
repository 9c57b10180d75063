//! Where one stands on a way.

use super::{Tag, Words};
use crate::web::page::level_name;
use crate::web::texts;
use askama::Template;
use askama::filters::HtmlSafe;
use kernel::{Lang, Level};

/// How far a stage is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Behind.
    Done,
    /// Here.
    Current,
    /// To come.
    Ahead,
}

impl Stage {
    const fn word(self) -> &'static str {
        match self {
            Stage::Done => "done",
            Stage::Current => "current",
            Stage::Ahead => "ahead",
        }
    }

    /// The stage in words, for screen readers.
    fn spoken(self, lang: &Lang) -> &'static str {
        let key = match self {
            Stage::Done => "web-stage-done",
            Stage::Current => "web-stage-current",
            Stage::Ahead => "web-stage-ahead",
        };
        texts::text(*lang, key)
    }
}

/// All stages of a piece of work, shown ahead, with the current one marked.
#[derive(Clone, Debug, Template)]
#[template(path = "ui/steps.html")]
pub struct Steps {
    lang: Lang,
    names: Vec<Words>,
    current: usize,
}
impl HtmlSafe for Steps {}

impl Steps {
    /// The stages by name; `current` counts from 0, and a number past the end means that all are done.
    pub fn new(lang: Lang, names: impl IntoIterator<Item = impl Into<Words>>, current: usize) -> Steps {
        Steps { lang, names: names.into_iter().map(Into::into).collect(), current }
    }

    fn stage(&self, at: &usize) -> Stage {
        match at.cmp(&self.current) {
            std::cmp::Ordering::Less => Stage::Done,
            std::cmp::Ordering::Equal => Stage::Current,
            std::cmp::Ordering::Greater => Stage::Ahead,
        }
    }

    /// The name of the current stage, for narrow screens where the list shows only numbers.
    fn now(&self) -> Option<&Words> {
        self.names.get(self.current)
    }

    fn position(&self) -> String {
        let (at, of) = ((self.current + 1).min(self.names.len()), self.names.len());
        texts::format(self.lang, "web-steps-position", &[("at", at.into()), ("of", of.into())])
    }
}

/// One rung of the ladder of levels.
#[derive(Clone, Debug)]
struct Rung {
    level: Level,
    stage: Stage,
    name: &'static str,
    opens: &'static str,
    note: Words,
    action: Option<(Words, String)>,
}

/// The three levels of an account: which one is reached, what each opens, how to go up.
#[derive(Clone, Debug, Template)]
#[template(path = "ui/ladder.html")]
pub struct Ladder {
    lang: Lang,
    rungs: Vec<Rung>,
}
impl HtmlSafe for Ladder {}

impl Ladder {
    /// The ladder with the level that the account has reached; none for a visitor.
    pub fn new(lang: Lang, reached: Option<Level>) -> Ladder {
        let rung = |level: Level| {
            let opens = match level {
                Level::Simplified => "web-level-simplified-opens",
                Level::Standard => "web-level-standard-opens",
                Level::Confirmed => "web-level-confirmed-opens",
            };
            let stage = match reached {
                Some(reached) if level < reached => Stage::Done,
                Some(reached) if level == reached => Stage::Current,
                _ => Stage::Ahead,
            };
            let (name, opens) = (level_name(lang, level), texts::text(lang, opens));
            Rung { level, stage, name, opens, note: Words::default(), action: None }
        };
        Ladder { lang, rungs: Level::ALL.map(rung).into() }
    }

    fn t(&self, key: &'static str) -> &'static str {
        texts::text(self.lang, key)
    }

    /// A word about a level, for example how long it takes.
    #[must_use]
    pub fn note(mut self, level: Level, note: impl Into<Words>) -> Self {
        if let Some(rung) = self.rungs.iter_mut().find(|rung| rung.level == level) {
            rung.note = note.into();
        }
        self
    }

    /// The way to a level.
    #[must_use]
    pub fn action(mut self, level: Level, label: impl Into<Words>, href: impl Into<String>) -> Self {
        if let Some(rung) = self.rungs.iter_mut().find(|rung| rung.level == level) {
            rung.action = Some((label.into(), href.into()));
        }
        self
    }
}

/// One task of a list.
#[derive(Clone, Debug)]
struct Task {
    title: Words,
    hint: Words,
    href: Option<String>,
    tag: Option<Tag>,
}

/// Things to do, each with its state.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "ui/task_list.html")]
pub struct TaskList {
    tasks: Vec<Task>,
}
impl HtmlSafe for TaskList {}

impl TaskList {
    /// No tasks yet.
    pub fn new() -> TaskList {
        TaskList::default()
    }

    /// Adds a task; without an address it cannot be begun yet.
    #[must_use]
    pub fn task(
        mut self,
        title: impl Into<Words>,
        hint: impl Into<Words>,
        href: Option<&str>,
        tag: Option<Tag>,
    ) -> Self {
        self.tasks.push(Task { title: title.into(), hint: hint.into(), href: href.map(str::to_owned), tag });
        self
    }
}

/// One event of a timeline.
#[derive(Clone, Debug)]
struct Event {
    stage: Stage,
    title: Words,
    when: Option<(String, String)>,
    text: Words,
}

/// What happened and what comes, in order.
#[derive(Clone, Debug, Template)]
#[template(path = "ui/timeline.html")]
pub struct Timeline {
    lang: Lang,
    events: Vec<Event>,
}
impl HtmlSafe for Timeline {}

impl Timeline {
    /// No events yet.
    pub fn new(lang: Lang) -> Timeline {
        Timeline { lang, events: Vec::new() }
    }

    /// Adds an event; `when` is the machine's and the person's form of its time.
    #[must_use]
    pub fn event(
        mut self,
        stage: Stage,
        title: impl Into<Words>,
        when: Option<(String, String)>,
        text: impl Into<Words>,
    ) -> Self {
        self.events.push(Event { stage, title: title.into(), when, text: text.into() });
        self
    }
}
