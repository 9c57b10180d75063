//! What a register says by itself: `POST {portal}/hooks/registers/{register}`, signed.
//!
//! [`open`] checks everything that needs no memory: the signature, for whom, from whom, how old, and that the body is
//! the one that was signed. What needs memory is the caller's: a token's id ([`Received::token`]) is taken once until
//! [`Received::token_until`]; an answer is kept by its request, an event by its id, so that repetitions change nothing.

use super::wire::CheckResult;
use super::{Answer, InvalidReason, Register, RegisterConfig, RequestId};
use crate::ConfigProblem;
use crate::http::media_type;
use crate::jwt::{self, VerifyingKey};
use hyper::HeaderMap;
use hyper::header::AUTHORIZATION;
use kernel::ids::{InnPerson, PassportRf};
use kernel::secret::same;
use kernel::{Date, Snils, Span, Time};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt;

/// What one register's webhooks are checked with.
pub struct Keys {
    register: Register,
    keys: BTreeMap<String, VerifyingKey>,
    portal_name: String,
    register_name: String,
    longest_age: Span,
    skew: Span,
    longest_body: usize,
}

impl Keys {
    /// The keys of a register's configuration.
    ///
    /// # Errors
    /// Every problem of the configuration, paths below the register's table.
    pub fn new(register: Register, config: &RegisterConfig) -> Result<Keys, Vec<ConfigProblem>> {
        let problems = config.problems();
        if !problems.is_empty() {
            return Err(problems);
        }
        let mut keys = BTreeMap::new();
        for (id, pem) in &config.register_keys {
            if let Ok(key) = VerifyingKey::from_pem(pem) {
                keys.insert(id.clone(), key);
            }
        }
        Ok(Keys {
            register,
            keys,
            portal_name: config.portal_name.clone(),
            register_name: config.register_name.clone(),
            longest_age: Span::seconds(config.webhook_age_seconds.into()),
            skew: Span::seconds(config.clock_skew_seconds.into()),
            longest_body: config.webhook_limit_bytes as usize,
        })
    }

    /// The register whose webhooks they check.
    pub fn register(&self) -> Register {
        self.register
    }

    /// The longest body that [`open`] reads, in bytes; who receives it need not take in more.
    pub fn longest_body(&self) -> usize {
        self.longest_body
    }
}

/// A webhook that is what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// The token's own id (`jti`): the caller takes it once, and refuses it afterwards.
    pub token: String,
    /// Until when that id must be remembered; later the token is too old anyway.
    pub token_until: Time,
    /// What it says.
    pub notice: Notice,
}

/// What a register says by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The answer to a question that was pending, or once more to one that was answered.
    Answered {
        /// Which question.
        request: RequestId,
        /// The answer; fits the register's check.
        answer: Answer,
    },
    /// Something happened to somebody. The register does not know who has an account: most events are of strangers.
    Event(Event),
}

/// Something that happened to somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The register's own id of the event; the same id again is the same event.
    pub id: String,
    /// What happened.
    pub happened: Happened,
    /// Whose record it is.
    pub subject: Subject,
    /// The day, when the register says it.
    pub on: Option<Date>,
}

/// The kinds of events. New names are not sent: the portal asks the person, and checks anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happened {
    /// A passport stopped being valid.
    DocumentInvalid(InvalidReason),
    /// The person has died.
    Death,
    /// The person's name changed.
    NameChange,
}

impl Happened {
    /// The word of the protocol.
    pub const fn word(self) -> &'static str {
        match self {
            Happened::DocumentInvalid(_) => "document_invalid",
            Happened::Death => "death",
            Happened::NameChange => "name_change",
        }
    }
}

/// By which numbers the account is found; at least one is there.
#[derive(Clone, PartialEq, Eq)]
pub struct Subject {
    /// SNILS.
    pub snils: Option<Snils>,
    /// The passport.
    pub passport: Option<PassportRf>,
    /// INN.
    pub inn: Option<InnPerson>,
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Subject(…)")
    }
}

/// Why a webhook is not believed. None of it is told to the sender beyond [`Refusal::status`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No `Authorization: Bearer …`.
    NoToken,
    /// Not a token, another algorithm, an unknown key, a wrong signature.
    BadToken,
    /// Signed by or for somebody else, or for another address.
    WrongParty,
    /// Too old, from the future, or good for too long.
    WrongTime,
    /// The body is not the one that was signed.
    AlteredBody,
    /// The body is longer than allowed.
    TooLong,
    /// Not JSON by its `Content-Type`.
    WrongType,
    /// JSON that says nothing known, or nothing that this register may say.
    Malformed,
}

impl Refusal {
    /// The status to answer with.
    pub const fn status(self) -> u16 {
        match self {
            Refusal::TooLong => 413,
            Refusal::WrongType => 415,
            Refusal::Malformed => 400,
            _ => 401,
        }
    }

    /// A word for logs and metrics.
    pub const fn word(self) -> &'static str {
        match self {
            Refusal::NoToken => "no_token",
            Refusal::BadToken => "bad_token",
            Refusal::WrongParty => "wrong_party",
            Refusal::WrongTime => "wrong_time",
            Refusal::AlteredBody => "altered_body",
            Refusal::TooLong => "too_long",
            Refusal::WrongType => "wrong_type",
            Refusal::Malformed => "malformed",
        }
    }
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    iat: i64,
    exp: i64,
    jti: String,
    op: String,
    body_sha256: String,
}

#[derive(Deserialize)]
struct EventBody {
    event: String,
    #[serde(rename = "type")]
    kind: EventKind,
    reason: Option<InvalidReason>,
    on: Option<Date>,
    subject: SubjectBody,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum EventKind {
    DocumentInvalid,
    Death,
    NameChange,
}

#[derive(Deserialize)]
struct SubjectBody {
    snils: Option<Snils>,
    series: Option<String>,
    number: Option<String>,
    inn: Option<InnPerson>,
}

#[derive(Deserialize)]
struct Kind {
    kind: String,
}

/// Checks a webhook and reads it.
///
/// # Errors
/// Why it is not believed; nothing of it may be acted on then.
pub fn open(headers: &HeaderMap, body: &[u8], now: Time, keys: &Keys) -> Result<Received, Refusal> {
    if body.len() > keys.longest_body {
        return Err(Refusal::TooLong);
    }
    let claims = claims(headers, keys)?;
    let op = format!("POST /hooks/registers/{}", keys.register.word());
    if claims.iss != keys.register_name || claims.aud != keys.portal_name || claims.op != op {
        return Err(Refusal::WrongParty);
    }
    let token_until = timely(&claims, now, keys).ok_or(Refusal::WrongTime)?;
    if !same(claims.body_sha256.as_bytes(), jwt::body_hash(body).as_bytes()) {
        return Err(Refusal::AlteredBody);
    }
    if media_type(headers) != "application/json" {
        return Err(Refusal::WrongType);
    }
    let notice = read(body, keys.register).ok_or(Refusal::Malformed)?;
    Ok(Received { token: claims.jti, token_until, notice })
}

fn claims(headers: &HeaderMap, keys: &Keys) -> Result<Claims, Refusal> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (value, None) = (values.next().ok_or(Refusal::NoToken)?, values.next()) else {
        return Err(Refusal::BadToken);
    };
    let token = value.to_str().ok().and_then(|text| text.strip_prefix("Bearer ")).ok_or(Refusal::NoToken)?;
    let claims = jwt::open(token, |id| keys.keys.get(id)).map_err(|_| Refusal::BadToken)?;
    let claims: Claims = serde_json::from_slice(&claims).map_err(|_| Refusal::BadToken)?;
    let id = claims.jti.as_bytes();
    let good = (1..=64).contains(&id.len()) && id.iter().all(u8::is_ascii_graphic);
    if good { Ok(claims) } else { Err(Refusal::BadToken) }
}

/// Until when the token's id must be remembered; `None` when its times are wrong.
fn timely(claims: &Claims, now: Time, keys: &Keys) -> Option<Time> {
    let at = |seconds: i64| Time(seconds.saturating_mul(1_000_000));
    let (issued, ends) = (at(claims.iat), at(claims.exp));
    let life = ends - issued;
    let good = life > Span::ZERO
        && life <= Span::seconds(60)
        && issued <= now + keys.skew
        && now - issued <= Span(keys.longest_age.0 + keys.skew.0)
        && now < ends + keys.skew;
    good.then_some(ends + keys.skew)
}

fn read(body: &[u8], register: Register) -> Option<Notice> {
    let kind: Kind = serde_json::from_slice(body).ok()?;
    match kind.kind.as_str() {
        "answer" => {
            let result: CheckResult = serde_json::from_slice(body).ok()?;
            let (request, answer) = result.open(register.check())?;
            Some(Notice::Answered { request, answer })
        }
        "event" => {
            let body: EventBody = serde_json::from_slice(body).ok()?;
            event(body, register).map(Notice::Event)
        }
        _ => None,
    }
}

/// Which register may say what: only the interior ministry speaks of passports.
fn event(body: EventBody, register: Register) -> Option<Event> {
    let id_fits =
        (1..=64).contains(&body.event.len()) && body.event.bytes().all(|byte| byte.is_ascii_graphic());
    let happened = match (body.kind, body.reason) {
        (EventKind::DocumentInvalid, Some(reason)) => Happened::DocumentInvalid(reason),
        (EventKind::DocumentInvalid, None) => return None,
        (EventKind::Death, _) => Happened::Death,
        (EventKind::NameChange, _) => Happened::NameChange,
    };
    let passport = match (body.subject.series, body.subject.number) {
        (Some(series), Some(number)) => Some(PassportRf::parse(&format!("{series} {number}")).ok()?),
        (None, None) => None,
        _ => return None,
    };
    let subject = Subject { snils: body.subject.snils, passport, inn: body.subject.inn };
    let may_say = match happened {
        Happened::DocumentInvalid(_) => register == Register::Interior && subject.passport.is_some(),
        Happened::Death | Happened::NameChange => true,
    };
    let names_somebody = subject.snils.is_some() || subject.passport.is_some() || subject.inn.is_some();
    (id_fits && may_say && names_somebody).then_some(Event { id: body.event, happened, subject, on: body.on })
}
