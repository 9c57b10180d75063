//! The registers: pension fund, interior ministry, tax service. They speak `docs/register-protocol.openapi.yaml`.
//!
//! Each answers below `/registers/{pension|interior|tax}` on the main port with signed tokens, and on a port of its own
//! (main port + 4) behind mutual TLS, without tokens. The people they know, and what each person's checks lead to, are
//! on the page `/people`. Pending answers, repetitions and events go to the portal as webhooks.

mod checks;
mod deliver;
mod desk;
mod door;
mod judge;
mod keys;
mod names;
mod outcome;
mod people;
mod token;

pub use door::MutualDoor;
pub use keys::{
    PORTAL_KEY_ID, PORTAL_NAME, PORTAL_PRIVATE_KEY, PORTAL_PUBLIC_KEY, REGISTER_KEY_ID, REGISTER_PUBLIC_KEY,
};
pub use outcome::Outcome;
pub use people::{MATCHING, OF_EACH, People, Person, Sex, Wanted};

use crate::faults::Faults;
use crate::system::{Place, System, World};
use axum::Router;
use deliver::Deliveries;
use desk::Desk;
use kernel::{Clock, Lang, RngSource, Span};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use token::Signer;

/// One of the registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The pension fund.
    Pension = 0,
    /// The interior ministry.
    Interior = 1,
    /// The tax service.
    Tax = 2,
}

impl Kind {
    /// Every register.
    pub const ALL: [Kind; 3] = [Kind::Pension, Kind::Interior, Kind::Tax];

    /// Its name in addresses and tokens.
    pub const fn word(self) -> &'static str {
        match self {
            Kind::Pension => "pension",
            Kind::Interior => "interior",
            Kind::Tax => "tax",
        }
    }

    /// The register of a name.
    pub fn from_word(word: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.word() == word)
    }

    const fn check(self) -> &'static str {
        match self {
            Kind::Pension => "snils",
            Kind::Interior => "passport",
            Kind::Tax => "inn",
        }
    }
}

/// How the registers behave in time. What happens on an open connection ([`RegisterTimes::slow`],
/// [`RegisterTimes::late`]) takes real time; everything else goes by the stand's clock.
#[derive(Clone, Debug)]
pub struct RegisterTimes {
    /// How long an ordinary answer of the pension fund takes; the interior ministry takes twice, the tax service three
    /// times as long. Zero: the answer comes at once, with 200.
    pub usual: Span,
    /// The outcome «slow».
    pub slow: Span,
    /// The outcome «late»: longer than anybody waits.
    pub late: Span,
    /// The outcome «minutes».
    pub minutes: Span,
    /// The outcome «hours».
    pub hours: Span,
    /// The outcome «days».
    pub days: Span,
    /// The first pause before a webhook is sent again; doubles.
    pub again_first: Span,
    /// The longest such pause.
    pub again_longest: Span,
    /// How often a webhook is tried.
    pub tries: u32,
}

impl Default for RegisterTimes {
    fn default() -> RegisterTimes {
        RegisterTimes {
            usual: Span::seconds(2),
            slow: Span::seconds(5),
            late: Span::seconds(40),
            minutes: Span::minutes(2),
            hours: Span::hours(3),
            days: Span::days(3),
            again_first: Span::seconds(1),
            again_longest: Span::minutes(5),
            tries: 30,
        }
    }
}

/// What the three registers share; cheap to clone.
#[derive(Clone)]
pub struct Registers(Arc<Inner>);

struct Inner {
    people: OnceLock<Mutex<People>>,
    desk: Mutex<Desk>,
    deliveries: Deliveries,
    portal: Mutex<Option<String>>,
    signer: Signer,
    tokens: Mutex<checks::Tokens>,
    times: RegisterTimes,
    clock: Arc<dyn Clock>,
    rng: RngSource,
    faults: Faults,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Registers {
    /// Registers that have taken nothing yet.
    ///
    /// # Errors
    /// When the cryptographic library refuses their key, which it has no reason to.
    pub(crate) fn new(config: &crate::StandConfig, faults: Faults) -> io::Result<Registers> {
        Ok(Registers(Arc::new(Inner {
            people: OnceLock::new(),
            desk: Mutex::default(),
            deliveries: Deliveries::default(),
            portal: Mutex::new(config.portal_url.clone()),
            signer: Signer::new(keys::REGISTER_PRIVATE_KEY, keys::REGISTER_KEY_ID)?,
            tokens: Mutex::default(),
            times: config.registers.clone(),
            clock: config.clock.clone(),
            rng: config.rng.clone(),
            faults,
        })))
    }

    /// Everybody whom the registers know.
    pub fn people(&self) -> MutexGuard<'_, People> {
        lock(self.0.people.get_or_init(|| Mutex::new(People::invent())))
    }

    /// Where webhooks go: the portal's address without a path, such as `http://localhost:8080`; nowhere with `None`.
    pub fn set_portal(&self, url: Option<&str>) {
        *lock(&self.0.portal) = url.map(|url| url.trim_end_matches('/').to_owned());
    }

    /// How many different requests a register has worked. A request that is asked again is not worked again.
    pub fn worked(&self, kind: Kind) -> u64 {
        lock(&self.0.desk).counts(kind).0
    }

    /// How often a request came in by POST.
    pub fn asked(&self, kind: Kind, request: &str) -> u32 {
        lock(&self.0.desk).find(kind, request).map_or(0, |work| work.asked)
    }

    /// Loses every request, as a register does that was restored from an old copy.
    pub fn forget(&self) {
        lock(&self.0.desk).forget();
    }

    /// How many webhooks wait, were taken by the portal, and were given up.
    pub fn webhooks(&self) -> (usize, u64, u64) {
        self.0.deliveries.counts()
    }

    /// Sends webhooks when they are due, until dropped.
    pub(crate) async fn deliver(self) {
        deliver::pump(self).await;
    }

    /// Lets something happen to a person: `document_invalid` (with a reason), `death` or `name_change`. The register
    /// whose business it is tells the portal, and checks that come later know it. Returns the event's id.
    ///
    /// # Errors
    /// What is wrong with the wish, in words.
    pub fn happen(&self, id: u32, event: &str, reason: Option<&str>) -> Result<String, &'static str> {
        let outcome = judge::after_event(event, reason).ok_or(
            "expected death, name_change, or document_invalid with expired, replaced, lost, stolen, declared_invalid, \
             holder_died or not_issued",
        )?;
        let mut people = self.people();
        let person = people.get_mut(id).ok_or("there is no such person")?;
        person.outcome = outcome;
        let (kind, subject) = match event {
            "death" => (Kind::Pension, json!({ "snils": person.snils.as_str() })),
            _ => (Kind::Interior, json!({ "series": person.series, "number": person.number })),
        };
        drop(people);
        let name = format!("evt-{:016x}", u64::from_be_bytes(self.0.rng.fork().bytes()));
        let mut body = json!({ "kind": "event", "event": name, "type": event, "subject": subject });
        if let (Some(reason), "document_invalid") = (reason, event) {
            body["reason"] = json!(reason);
        }
        if let Some(today) = kernel::Date::at(self.0.clock.now()) {
            body["on"] = json!(today.iso());
        }
        self.0.deliveries.push(self.0.clock.now(), kind, &body);
        Ok(name)
    }

    /// A person as JSON: what to type, by the names and in the values of the portal's form, and what the registers have
    /// otherwise.
    pub(crate) fn shown(person: &Person) -> Value {
        let none = person.patronymic.is_none();
        let differences =
            Registers::differences(person).into_iter().map(|(field, value)| match (field, &*value) {
                ("division_code", _) => ("division", value),
                ("sex", "male") => (field, Sex::Male.letter().to_owned()),
                ("sex", _) => (field, Sex::Female.letter().to_owned()),
                _ => (field, value),
            });
        json!({
            "id": person.id,
            "outcome": person.outcome,
            "surname": person.surname,
            "first_name": person.first_name,
            "patronymic": person.patronymic.as_deref().unwrap_or_default(),
            "no_patronymic": if none { "yes" } else { "" },
            "sex": person.sex.letter(),
            "birth_date": person.birth_date,
            "birth_place": person.birth_place,
            "citizenship": "rus",
            "document_kind": "passport_rf",
            "document_number": person.passport(),
            "issued_on": person.issued_on,
            "issued_by": person.issued_by,
            "division": person.division_code.as_str(),
            "snils": person.snils.as_str(),
            "inn": person.inn.as_ref().map_or("", |inn| inn.as_str()),
            "registers_have": differences.collect::<BTreeMap<_, _>>(),
        })
    }

    /// What the registers have otherwise than the person shows: field and value.
    pub(crate) fn differences(person: &Person) -> BTreeMap<&'static str, String> {
        judge::Record::of(person).differences(person)
    }

    /// The counts of every register, for the API.
    pub(crate) fn state(&self) -> Value {
        let (waiting, delivered, given_up) = self.webhooks();
        let desk = lock(&self.0.desk);
        let of = |kind: Kind| {
            let (worked, asked) = desk.counts(kind);
            json!({ "name": kind.word(), "worked": worked, "asked": asked })
        };
        json!({
            "registers": Kind::ALL.map(of),
            "portal": *lock(&self.0.portal),
            "webhooks": { "waiting": waiting, "delivered": delivered, "given_up": given_up },
        })
    }

    /// The last requests of a register, newest first.
    pub(crate) fn last(&self, kind: Kind, limit: usize) -> Vec<Value> {
        let now = self.0.clock.now();
        let desk = lock(&self.0.desk);
        let row = |(request, work): (&str, &desk::Work)| {
            json!({
                "request": request,
                "outcome": work.outcome,
                "state": if work.is_ready(now) { "answered" } else { "pending" },
                "asked": work.asked,
                "taken_at": crate::messages::to_rfc3339(work.taken_at),
            })
        };
        desk.last(kind, limit).into_iter().map(row).collect()
    }
}

/// A register on the main port.
pub struct Played(pub Kind);

#[async_trait::async_trait]
impl System for Played {
    fn name(&self) -> &'static str {
        self.0.word()
    }

    fn title(&self, lang: Lang) -> &'static str {
        match (self.0, lang) {
            (Kind::Pension, Lang::Ru) => "Пенсионный фонд",
            (Kind::Interior, Lang::Ru) => "Министерство внутренних дел",
            (Kind::Tax, Lang::Ru) => "Налоговая служба",
            (Kind::Pension, Lang::En) => "Pension fund",
            (Kind::Interior, Lang::En) => "Interior ministry",
            (Kind::Tax, Lang::En) => "Tax service",
        }
    }

    fn protocol(&self) -> &'static str {
        "HTTP, JSON, JWT"
    }

    fn place(&self) -> Place {
        Place::Path(match self.0 {
            Kind::Pension => "/registers/pension",
            Kind::Interior => "/registers/interior",
            Kind::Tax => "/registers/tax",
        })
    }

    fn routes(&self, world: &World) -> Router {
        checks::routes(world, self.0, checks::Trust::Token)
    }
}
