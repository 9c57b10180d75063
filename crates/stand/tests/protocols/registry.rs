//! What the scenarios of the registers share: connectors to the stand, questions about its people, and a portal that
//! takes webhooks.

use crate::support::{soon, stand_with};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use gateway::register::http::HttpRegister;
use gateway::register::webhook::{self, Keys, Notice, Received, Refusal};
use gateway::register::{Answer, Asked, Connector, Question, Register, RegisterConfig, RequestId, Sex};
use kernel::ids::PassportRf;
use kernel::{Clock, RngSource, Secret, Span, Time};
use stand::systems::registers::{self as played, Kind, Outcome, Person, RegisterTimes};
use stand::{Stand, StandConfig};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, AtomicU16, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

/// A clock that stands still unless it is moved.
pub struct Hand(AtomicI64);

impl Hand {
    pub fn new() -> Arc<Hand> {
        Arc::new(Hand(AtomicI64::new(1_795_000_000_000_000)))
    }

    pub fn advance(&self, span: Span) {
        self.0.fetch_add(span.0, Ordering::SeqCst);
    }
}

impl Clock for Hand {
    fn now(&self) -> Time {
        Time(self.0.load(Ordering::SeqCst))
    }
}

/// A stand by this clock whose registers answer at once; what is slow takes milliseconds.
pub async fn registers(clock: &Arc<Hand>) -> Stand {
    registers_with(clock, |_| {}).await
}

pub async fn registers_with(clock: &Arc<Hand>, change: impl FnOnce(&mut StandConfig)) -> Stand {
    stand_with(|config| {
        config.clock = clock.clone();
        config.registers = RegisterTimes {
            usual: Span::ZERO,
            slow: Span::millis(30),
            late: Span::seconds(600),
            again_first: Span::seconds(1),
            ..RegisterTimes::default()
        };
        change(config);
    })
    .await
}

/// The configuration for one of the stand's registers.
pub fn register_config(url: &str, register: Register) -> RegisterConfig {
    RegisterConfig {
        url: format!("{url}/registers/{}", register.word()),
        register_name: register.word().to_owned(),
        sign_key: Secret::new(played::PORTAL_PRIVATE_KEY.to_owned()),
        sign_key_id: played::PORTAL_KEY_ID.to_owned(),
        register_keys: BTreeMap::from([(
            played::REGISTER_KEY_ID.to_owned(),
            played::REGISTER_PUBLIC_KEY.to_owned(),
        )]),
        first_byte_millis: 10_000,
        total_millis: 10_000,
        ..RegisterConfig::default()
    }
}

pub fn open(config: &RegisterConfig, register: Register, clock: &Arc<Hand>) -> HttpRegister {
    // Each has chances of its own: tokens with the same id would be taken for repetitions.
    static OPENED: AtomicU64 = AtomicU64::new(0);
    let rng = RngSource::seeded(OPENED.fetch_add(1, Ordering::SeqCst));
    HttpRegister::new(register, config, clock.clone(), rng).expect("a good configuration")
}

pub fn connector(stand: &Stand, register: Register, clock: &Arc<Hand>) -> HttpRegister {
    open(&register_config(&stand.url(), register), register, clock)
}

pub fn id(text: &str) -> RequestId {
    RequestId::parse(text).expect("an id")
}

/// The `n`-th person of an outcome.
pub fn person(stand: &Stand, outcome: Outcome, n: usize) -> Person {
    stand.registers().people().find(Some(outcome), "", 0, n + 1)[n].clone()
}

/// What is asked about a person who types what the stand shows.
pub fn question(register: Register, person: &Person) -> Question {
    let about = gateway::register::Person {
        surname: person.surname.clone(),
        first_name: person.first_name.clone(),
        patronymic: person.patronymic.clone(),
        birth_date: person.birth_date,
    };
    let passport = PassportRf::parse(&person.passport()).expect("a passport");
    match register {
        Register::Pension => Question::Snils {
            snils: person.snils.clone(),
            sex: if person.sex == played::Sex::Male { Sex::Male } else { Sex::Female },
            person: about,
        },
        Register::Interior => Question::Passport {
            passport,
            issued_on: person.issued_on,
            division_code: person.division_code.clone(),
            person: about,
        },
        Register::Tax => Question::Inn { passport, person: about },
    }
}

/// Asks a register about the `n`-th person of an outcome.
pub async fn ask(stand: &Stand, connector: &HttpRegister, request: &str, outcome: Outcome) -> Asked {
    let question = question(connector.register(), &person(stand, outcome, 0));
    soon(connector.ask(&id(request), &question)).await
}

/// The answer that everybody expects of a person whose checks pass.
pub fn good(register: Register, person: &Person) -> Answer {
    match register {
        Register::Pension => Answer::Match,
        Register::Interior => Answer::Valid,
        Register::Tax => Answer::Found { inn: person.inn.clone().expect("an INN") },
    }
}

pub const fn kind(register: Register) -> Kind {
    match register {
        Register::Pension => Kind::Pension,
        Register::Interior => Kind::Interior,
        Register::Tax => Kind::Tax,
    }
}

#[track_caller]
pub fn not_now(asked: &Asked) -> &str {
    match asked {
        Asked::Temporary { reason, .. } => reason,
        other => panic!("expected a temporary failure, got {other:?}"),
    }
}

/// A portal that takes webhooks: what it made of each, in the order of arrival.
#[derive(Clone)]
pub struct Portal(Arc<PortalState>);

struct PortalState {
    clock: Arc<Hand>,
    taken: Mutex<Vec<Result<Received, Refusal>>>,
    status: AtomicU16,
    url: Mutex<String>,
}

impl Portal {
    /// A portal to which the stand sends from now on.
    pub async fn open(stand: &Stand, clock: &Arc<Hand>) -> Portal {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("bound"));
        let portal = Portal(Arc::new(PortalState {
            clock: clock.clone(),
            taken: Mutex::default(),
            status: AtomicU16::new(204),
            url: Mutex::new(url.clone()),
        }));
        let app = Router::new().route("/hooks/registers/{register}", post(hook)).with_state(portal.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        stand.registers().set_portal(Some(&url));
        portal
    }

    pub fn url(&self) -> String {
        self.0.url.lock().expect("whole").clone()
    }

    /// What the next webhooks are answered with.
    pub fn answer_with(&self, status: u16) {
        self.0.status.store(status, Ordering::SeqCst);
    }

    pub fn taken(&self) -> Vec<Result<Received, Refusal>> {
        self.0.taken.lock().expect("whole").clone()
    }

    /// The notices that were believed.
    pub fn notices(&self) -> Vec<Notice> {
        self.taken().into_iter().filter_map(|taken| taken.ok().map(|received| received.notice)).collect()
    }
}

async fn hook(
    State(portal): State<Portal>,
    Path(register): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let register = Register::from_word(&register).expect("a register");
    let keys =
        Keys::new(register, &register_config("http://unused", register)).expect("a good configuration");
    let received = webhook::open(&headers, &body, portal.0.clock.now(), &keys);
    portal.0.taken.lock().expect("whole").push(received);
    StatusCode::from_u16(portal.0.status.load(Ordering::SeqCst)).expect("a status")
}
