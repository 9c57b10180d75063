//! Faults that can be switched on for each system, by hand or by a test.

use kernel::{Clock, RngSource, Span, Time};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// What goes wrong. Every mode is real on the wire; nothing is merely reported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Nothing.
    #[default]
    None,
    /// Connections are dropped, new and old.
    Outage,
    /// Answers come late.
    Delay,
    /// Every request is answered with the protocol's error.
    Refuse,
    /// Messages arrive twice, and so do answers and receipts.
    Duplicate,
    /// Answers are octets that the protocol does not know.
    Garbage,
}

impl Mode {
    /// Every mode in the order of the page.
    pub const ALL: [Mode; 6] =
        [Mode::None, Mode::Outage, Mode::Delay, Mode::Refuse, Mode::Duplicate, Mode::Garbage];

    /// The word used in addresses and forms.
    pub fn word(self) -> &'static str {
        match self {
            Mode::None => "none",
            Mode::Outage => "outage",
            Mode::Delay => "delay",
            Mode::Refuse => "refuse",
            Mode::Duplicate => "duplicate",
            Mode::Garbage => "garbage",
        }
    }
}

/// One switched fault, as `PUT /api/faults/{system}` takes it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// What goes wrong.
    pub mode: Mode,
    /// For `delay`: how late every answer comes (5 when absent). For the others: how long the fault lasts
    /// before it ends by itself (until it is switched off when absent).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<f64>,
    /// Which share of the requests is hit, 0 to 1; all when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<f64>,
}

/// The longest `seconds` that is accepted.
const LONGEST_SECONDS: f64 = 86_400.0;

impl Fault {
    /// Nothing goes wrong.
    pub const NONE: Fault = Fault { mode: Mode::None, seconds: None, share: None };

    /// This mode for all requests until it is switched off.
    pub const fn always(mode: Mode) -> Fault {
        Fault { mode, seconds: None, share: None }
    }

    /// What is wrong with the values, in words.
    pub fn problem(&self) -> Option<&'static str> {
        if self.seconds.is_some_and(|seconds| !(0.0..=LONGEST_SECONDS).contains(&seconds)) {
            return Some("seconds: expected 0 to 86400");
        }
        if self.share.is_some_and(|share| !(0.0..=1.0).contains(&share)) {
            return Some("share: expected 0 to 1");
        }
        None
    }
}

/// What is to happen to one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hit {
    /// Nothing special.
    None,
    /// Drop the connection.
    Outage,
    /// Answer after this span.
    Delay(Span),
    /// Answer with an error.
    Refuse,
    /// Take and answer twice.
    Duplicate,
    /// Answer with nonsense.
    Garbage,
}

/// The switches of all systems; cheap to clone.
#[derive(Clone)]
pub struct Faults(Arc<Inner>);

struct Inner {
    switched: Mutex<BTreeMap<&'static str, Switched>>,
    changed: watch::Sender<u64>,
    clock: Arc<dyn Clock>,
    rng: RngSource,
}

#[derive(Clone, Copy)]
struct Switched {
    fault: Fault,
    until: Option<Time>,
}

impl Faults {
    /// All systems work.
    pub fn new(clock: Arc<dyn Clock>, rng: RngSource) -> Faults {
        Faults(Arc::new(Inner { switched: Mutex::default(), changed: watch::channel(0).0, clock, rng }))
    }

    /// Switches a fault; [`Fault::NONE`] ends it.
    pub fn set(&self, system: &'static str, fault: Fault) {
        let lasts = fault.seconds.filter(|_| fault.mode != Mode::Delay);
        let until = lasts.map(|seconds| self.0.clock.now() + Span((seconds * 1e6) as i64));
        self.lock().insert(system, Switched { fault, until });
        self.0.changed.send_modify(|version| *version += 1);
    }

    /// What is switched at present.
    pub fn get(&self, system: &'static str) -> Fault {
        let now = self.0.clock.now();
        match self.lock().get(system) {
            Some(switched) if switched.until.is_none_or(|until| now < until) => switched.fault,
            _ => Fault::NONE,
        }
    }

    /// Decides about one request.
    pub fn draw(&self, system: &'static str) -> Hit {
        let fault = self.get(system);
        let share = (fault.share.unwrap_or(1.0) * 1e6) as u64;
        if fault.mode == Mode::None || self.0.rng.fork().below(1_000_000) >= share {
            return Hit::None;
        }
        match fault.mode {
            Mode::None => Hit::None,
            Mode::Outage => Hit::Outage,
            Mode::Delay => Hit::Delay(Span((fault.seconds.unwrap_or(5.0) * 1e6) as i64)),
            Mode::Refuse => Hit::Refuse,
            Mode::Duplicate => Hit::Duplicate,
            Mode::Garbage => Hit::Garbage,
        }
    }

    /// Whether the system is wholly away: connections are dropped as soon as they are made.
    pub fn is_away(&self, system: &'static str) -> bool {
        let fault = self.get(system);
        fault.mode == Mode::Outage && fault.share.is_none_or(|share| share >= 1.0)
    }

    /// Returns once the system is wholly away; ends the connections that are open.
    pub async fn away(&self, system: &'static str) {
        let mut changed = self.0.changed.subscribe();
        while !self.is_away(system) {
            if changed.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<&'static str, Switched>> {
        self.0.switched.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
