//! A register that lives in memory, for tests and simulations.

use super::{Answer, Asked, Connector, Question, Register, RequestId};
use crate::Health;
use async_trait::async_trait;
use kernel::{Clock, Span, Time};
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What a question leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Plan {
    /// The answer comes at once.
    Now(Answer),
    /// The answer is there after this span; until then the question is pending.
    After(Span, Answer),
    /// Pending for ever.
    Never,
    /// The register will not work it.
    Refuse(&'static str),
}

/// Decides about a question that was never asked before.
type Decide = dyn FnMut(&RequestId, &Question) -> Plan + Send;

/// Answers by a plan; the same id gets the same answer, however often it is asked.
pub struct MemoryRegister {
    register: Register,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

struct State {
    decide: Box<Decide>,
    /// What was decided, when, and how often it was asked.
    known: HashMap<RequestId, Known>,
    /// Outcomes of the next calls, before anything is decided.
    planned: VecDeque<Asked>,
    down: Option<String>,
    /// How long a pending question is to be left alone.
    ask_again_after: Span,
    calls: u64,
}

struct Known {
    question: Question,
    plan: Plan,
    at: Time,
    asked: u32,
}

impl MemoryRegister {
    /// A register that asks `decide` once about every new request.
    pub fn new(
        register: Register,
        clock: Arc<dyn Clock>,
        decide: impl FnMut(&RequestId, &Question) -> Plan + Send + 'static,
    ) -> MemoryRegister {
        let state = State {
            decide: Box::new(decide),
            known: HashMap::new(),
            planned: VecDeque::new(),
            down: None,
            ask_again_after: Span::seconds(30),
            calls: 0,
        };
        MemoryRegister { register, clock, state: Mutex::new(state) }
    }

    /// The outcome of the next call, whatever it asks; several are given in turn, then questions are worked again.
    /// The question of such a call is not worked.
    pub fn plan(&self, outcome: Asked) {
        self.lock().planned.push_back(outcome);
    }

    /// Makes every call fail with [`Asked::Temporary`] until called with `None`.
    pub fn set_down(&self, reason: Option<&str>) {
        self.lock().down = reason.map(str::to_owned);
    }

    /// What a pending question is told to wait; 30 seconds at first.
    pub fn set_ask_again_after(&self, span: Span) {
        self.lock().ask_again_after = span;
    }

    /// Loses every request, as a register does that was restored from an old copy.
    pub fn forget(&self) {
        self.lock().known.clear();
    }

    /// How many different requests were worked. With one question a request, this is how often people were asked about.
    pub fn worked(&self) -> usize {
        self.lock().known.len()
    }

    /// How often this request came in by [`Connector::ask`], the first time included.
    pub fn asked(&self, request: &RequestId) -> u32 {
        self.lock().known.get(request).map_or(0, |known| known.asked)
    }

    /// How many calls there were, of both kinds.
    pub fn calls(&self) -> u64 {
        self.lock().calls
    }

    /// When the next pending answer will be there.
    pub fn next_due(&self) -> Option<Time> {
        let now = self.clock.now();
        self.lock().known.values().filter_map(Known::due).filter(|due| *due > now).min()
    }

    /// The answer of a request, if it is there by now: what a webhook would bring.
    pub fn answer(&self, request: &RequestId) -> Option<Answer> {
        let now = self.clock.now();
        match self.lock().known.get(request)?.outcome(now, Span::ZERO) {
            Asked::Answered(answer) => Some(answer),
            _ => None,
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn due(&self) -> Option<Time> {
        match &self.plan {
            Plan::After(span, _) => Some(self.at + *span),
            _ => None,
        }
    }

    fn outcome(&self, now: Time, ask_again_after: Span) -> Asked {
        match &self.plan {
            Plan::Now(answer) => Asked::Answered(answer.clone()),
            Plan::After(span, answer) if now >= self.at + *span => Asked::Answered(answer.clone()),
            Plan::After(..) | Plan::Never => Asked::Pending { ask_again_after },
            Plan::Refuse(reason) => Asked::refused(*reason),
        }
    }
}

impl State {
    /// What ends a call before it is worked.
    fn hindrance(&mut self) -> Option<Asked> {
        self.calls += 1;
        if let Some(reason) = &self.down {
            return Some(Asked::temporary(reason.clone()));
        }
        self.planned.pop_front()
    }
}

#[async_trait]
impl Connector for MemoryRegister {
    fn register(&self) -> Register {
        self.register
    }

    async fn ask(&self, request: &RequestId, question: &Question) -> Asked {
        if question.check() != self.register.check() {
            return Asked::refused("wrong_check");
        }
        let now = self.clock.now();
        let state = &mut *self.lock();
        if let Some(outcome) = state.hindrance() {
            return outcome;
        }
        let State { decide, known, ask_again_after, .. } = state;
        let known = known.entry(request.clone()).or_insert_with(|| Known {
            question: question.clone(),
            plan: decide(request, question),
            at: now,
            asked: 0,
        });
        known.asked += 1;
        if known.question != *question {
            return Asked::refused("conflict");
        }
        known.outcome(now, *ask_again_after)
    }

    async fn collect(&self, request: &RequestId) -> Asked {
        let now = self.clock.now();
        let state = &mut *self.lock();
        if let Some(outcome) = state.hindrance() {
            return outcome;
        }
        match state.known.get(request) {
            Some(known) => known.outcome(now, state.ask_again_after),
            None => Asked::Unknown,
        }
    }

    fn health(&self) -> Health {
        match &self.lock().down {
            Some(reason) => Health::Down { reason: reason.clone() },
            None => Health::Up,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::register::{Field, Person, Sex};
    use kernel::{Date, Snils};
    use std::sync::atomic::{AtomicI64, Ordering};

    #[derive(Default)]
    struct Hand(AtomicI64);

    impl Clock for Hand {
        fn now(&self) -> Time {
            Time(self.0.load(Ordering::Relaxed))
        }
    }

    fn question(surname: &str) -> Question {
        Question::Snils {
            snils: Snils::parse("11223344595").unwrap(),
            sex: Sex::Male,
            person: Person {
                surname: surname.into(),
                first_name: "Пётр".into(),
                patronymic: None,
                birth_date: Date::new(1990, 1, 2).unwrap(),
            },
        }
    }

    fn id(text: &str) -> RequestId {
        RequestId::parse(text).unwrap()
    }

    fn register(plan: Plan) -> (Arc<Hand>, MemoryRegister) {
        let clock = Arc::new(Hand::default());
        let decide = move |_: &RequestId, _: &Question| plan.clone();
        (clock.clone(), MemoryRegister::new(Register::Pension, clock, decide))
    }

    #[tokio::test]
    async fn a_request_is_worked_once_and_answered_alike() {
        let mut turn = 0;
        let clock = Arc::new(Hand::default());
        let register = MemoryRegister::new(Register::Pension, clock, move |_, _| {
            turn += 1;
            Plan::Now(if turn == 1 { Answer::Match } else { Answer::NoSuch })
        });
        for _ in 0..5 {
            assert_eq!(register.ask(&id("a"), &question("Ким")).await, Asked::Answered(Answer::Match));
        }
        assert_eq!(register.ask(&id("b"), &question("Ким")).await, Asked::Answered(Answer::NoSuch));
        assert_eq!((register.worked(), register.asked(&id("a"))), (2, 5));
        assert_eq!(register.ask(&id("a"), &question("Пак")).await, Asked::refused("conflict"));
    }

    #[tokio::test]
    async fn answers_of_days_come_by_the_clock() {
        let fields = vec![Field::BirthDate];
        let (clock, register) = register(Plan::After(Span::days(5), Answer::Mismatch { fields }));
        let pending = Asked::Pending { ask_again_after: Span::seconds(30) };
        assert_eq!(register.collect(&id("a")).await, Asked::Unknown);
        assert_eq!(register.ask(&id("a"), &question("Ким")).await, pending);
        assert_eq!((register.next_due(), register.answer(&id("a"))), (Some(Time(0) + Span::days(5)), None));
        clock.0.store(Span::days(5).0, Ordering::Relaxed);
        assert!(matches!(register.collect(&id("a")).await, Asked::Answered(Answer::Mismatch { .. })));
        assert!(register.answer(&id("a")).is_some() && register.next_due().is_none());
        register.forget();
        assert_eq!(register.collect(&id("a")).await, Asked::Unknown);
    }

    #[tokio::test]
    async fn planned_outcomes_and_outages_work_nothing() {
        let (_, register) = register(Plan::Now(Answer::Match));
        register.plan(Asked::temporary("half an answer"));
        assert_eq!(register.ask(&id("a"), &question("Ким")).await, Asked::temporary("half an answer"));
        register.set_down(Some("away"));
        assert_eq!(register.ask(&id("a"), &question("Ким")).await, Asked::temporary("away"));
        assert!(!register.health().can_send() && register.worked() == 0);
        register.set_down(None);
        assert_eq!(register.ask(&id("a"), &question("Ким")).await, Asked::Answered(Answer::Match));
        assert_eq!(register.calls(), 3);
    }
}
