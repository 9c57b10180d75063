//! `/sign-in/second`: the second factor, after the right password.

use super::super::half::{self, Half};
use super::super::methods::{self, Asked, Screen, Shown, Start};
use super::super::second::{self, Step, Stepped};
use super::TRUST_COOKIE;
use crate::accounts::ContactType;
use crate::challenge;
use crate::codes::page::{channel_asked, sending_words};
use crate::codes::{self, Purpose, Sending};
use crate::error::Result;
use crate::factors::Kind;
use crate::notifications::Channel;
use crate::web::challenge_field;
use crate::web::fault::Fault;
use crate::web::form::{Fields, Form};
use crate::web::page::Page;
use crate::web::ui::{Challenge, Checkbox, ErrorSummary, Errors};
use crate::web::visit::Visit;
use askama::Template;
use axum::extract::Query;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use kernel::Secret;
use serde::Deserialize;
use std::sync::Arc;

/// What challenges before a text message are for.
pub const CHALLENGE: &str = "second";

/// Which way the person chose.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Ask {
    way: String,
}

impl Ask {
    /// The word of the way.
    pub fn way(&self) -> &str {
        &self.way
    }
}

/// A link to another way.
pub struct Other {
    /// Where it leads.
    pub href: String,
    /// Its words.
    pub label: &'static str,
}

#[derive(Template)]
#[template(path = "signin/templates/second.html")]
struct SecondPage {
    page: Page,
    summary: Option<ErrorSummary>,
    way: &'static str,
    start: &'static str,
    back: String,
    screen: Screen,
    challenge: Option<Challenge>,
    trust: Option<Checkbox>,
    others: Vec<Other>,
}

/// The key of the link to a way.
pub fn link_key(kind: Kind) -> &'static str {
    match kind {
        Kind::Passkey => "signin-way-passkey",
        Kind::Totp => "signin-way-totp",
        Kind::Sms => "signin-way-sms",
        Kind::RecoveryCodes => "signin-way-recovery-codes",
    }
}

/// The way that was chosen, when it is one of those asked for; else the best.
pub fn chosen(asked: &Asked, word: &str) -> Option<Kind> {
    Kind::from_word(word).filter(|kind| asked.ways.has(*kind)).or_else(|| asked.ways.iter().next())
}

/// The links to the other ways.
pub fn others(visit: &Visit, asked: &Asked, but: Kind, more: &str) -> Vec<Other> {
    let ways = asked.ways.iter().filter(|kind| *kind != but);
    ways.map(|kind| Other {
        href: format!("{}?way={}{more}", asked.what_for.page(), kind.word()),
        label: visit.t(link_key(kind)),
    })
    .collect()
}

/// The error list of a page whose method has one field.
pub fn summary(visit: &Visit, kind: Kind, error: Option<&str>) -> Option<ErrorSummary> {
    let mut errors = Errors::new();
    let field = methods::of(kind).and_then(|method| method.fields().first().copied()).unwrap_or("code");
    if let Some(error) = error {
        errors.add(field, error);
    }
    errors.summary(visit.lang())
}

async fn draw(
    visit: &Visit,
    asked: &Asked,
    kind: Kind,
    shown: Shown,
    ticked: bool,
) -> std::result::Result<Response, Fault> {
    let Some(method) = methods::of(kind) else { return Ok(over(visit)) };
    let screen = method.screen(visit, asked, &shown).await?;
    let (ctx, config, account) = (visit.ctx().clone(), visit.app().config_arc(), asked.account.clone());
    let may_trust = visit.app().read(move |tx| second::may_trust(tx, &ctx, &config, &account)).await?;
    let page = visit.page();
    let lang = page.lang;
    let days = visit.app().config().factors.trust_days;
    let failed = shown.error.is_some() || shown.challenge.is_some();
    let template = SecondPage {
        summary: summary(visit, kind, shown.error.as_deref()),
        way: kind.word(),
        start: asked.what_for.start(),
        back: String::new(),
        challenge: shown.challenge,
        trust: may_trust.then(|| {
            Checkbox::new(lang, "trust")
                .label(page.tf1("signin-second-trust", "days", days))
                .hint(page.t("signin-second-trust-hint"))
                .checked(ticked)
        }),
        others: others(visit, asked, kind, ""),
        screen,
        page,
    };
    let status = if failed { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(visit.html(status, &template))
}

fn cookie(visit: &Visit, headers: &HeaderMap, name: &str) -> Option<String> {
    visit.app().jar().get(headers, name).map(str::to_owned)
}

async fn found(visit: &Visit, headers: &HeaderMap) -> Result<Option<(Half, Asked)>> {
    let Some(token) = cookie(visit, headers, half::COOKIE) else { return Ok(None) };
    let (ctx, config) = (visit.ctx().clone(), visit.app().config_arc());
    visit
        .app()
        .read(move |tx| {
            let Some(half) = half::find(tx, &ctx, &config.factors, &token)? else { return Ok(None) };
            let asked = second::asked_of_half(tx, &ctx, &config, &half)?;
            Ok((!asked.ways.is_empty()).then_some((half, asked)))
        })
        .await
}

/// This half is over: back to the password.
fn over(visit: &Visit) -> Response {
    let mut response = visit.see_other_with("/sign-in", "half-over");
    response.headers_mut().append(header::SET_COOKIE, visit.app().jar().clear(half::COOKIE));
    response
}

/// The password was right: the browser gets the half's cookie. When the best way is a text message, it is sent at once.
pub async fn begun(visit: &Visit, token: &Secret<String>) -> std::result::Result<Response, Fault> {
    let (ctx, config) = (visit.ctx().clone(), visit.app().config_arc());
    let plain = token.expose().clone();
    visit
        .app()
        .write(move |tx| {
            let Some(half) = half::find(tx, &ctx, &config.factors, &plain)? else { return Ok(()) };
            let asked = second::asked_of_half(tx, &ctx, &config, &half)?;
            if asked.ways.iter().next() == Some(Kind::Sms) {
                // What cannot be sent now is said on the page, when it is asked for there.
                let wish = Start { channel: Channel::Sms, challenge_passed: false };
                second::start(tx, &ctx, &config, &asked, Kind::Sms, wish)?;
            }
            Ok(())
        })
        .await?;
    let mut response = visit.see_other("/sign-in/second");
    let seconds = visit.app().config().factors.half_most_seconds;
    let cookie = visit.app().jar().set(half::COOKIE, token.expose(), Some(seconds));
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

/// Asks for the factor.
pub async fn get(
    visit: Visit,
    headers: HeaderMap,
    Query(ask): Query<Ask>,
) -> std::result::Result<Response, Fault> {
    let Some((_, asked)) = found(&visit, &headers).await? else {
        return Ok(visit.see_other(if visit.session().is_some() { "/cabinet" } else { "/sign-in" }));
    };
    match chosen(&asked, &ask.way) {
        Some(kind) => draw(&visit, &asked, kind, Shown::default(), false).await,
        None => Ok(over(&visit)),
    }
}

/// The fields that a form of this kind may have, with `more` of the page.
///
/// # Errors
/// The page for a bad request.
pub fn only(fields: &Fields, kind: Kind, more: &[&'static str]) -> std::result::Result<(), Fault> {
    let own = methods::of(kind).map(|method| method.fields()).unwrap_or_default();
    fields.only(&[own, more].concat())
}

/// Takes the second step.
pub async fn post(
    visit: Visit,
    headers: HeaderMap,
    Form(fields): Form,
) -> std::result::Result<Response, Fault> {
    let Some(kind) = Kind::from_word(fields.text("way")) else {
        return Err(Fault::bad_request("unknown way"));
    };
    only(&fields, kind, &["way", "trust"])?;
    let Some(token) = cookie(&visit, &headers, half::COOKIE) else { return Ok(over(&visit)) };
    let ticked = fields.ticked("trust");
    let step = Step { token, kind, fields: Arc::new(fields), wants_trust: ticked };
    match second::step(visit.app(), visit.ctx(), step).await? {
        Stepped::In { account, token, trust, remember, back } => {
            metrics::counter!("sign_ins_total", "result" => "in").increment(1);
            let mut response = super::let_in(&visit, &account, &token, remember, &back).await?;
            let jar = visit.app().jar();
            response.headers_mut().append(header::SET_COOKIE, jar.clear(half::COOKIE));
            if let Some(trust) = trust {
                let seconds = visit.app().config().factors.trust_days * 86_400;
                let cookie = jar.set(TRUST_COOKIE, trust.expose(), Some(seconds));
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
            Ok(response)
        }
        Stepped::Wrong(asked, words) => {
            let shown = Shown { error: Some(words), challenge: None };
            draw(&visit, &asked, kind, shown, ticked).await
        }
        Stepped::Over => Ok(over(&visit)),
    }
}

/// Sends a code.
pub async fn start(
    visit: Visit,
    headers: HeaderMap,
    Form(fields): Form,
) -> std::result::Result<Response, Fault> {
    only_start(&fields, &[])?;
    let Some((_, asked)) = found(&visit, &headers).await? else { return Ok(over(&visit)) };
    match begin(&visit, &asked, &fields).await? {
        Begin::Sent(name) => Ok(visit.see_other_with("/sign-in/second?way=sms", name)),
        Begin::Not(shown) => draw(&visit, &asked, Kind::Sms, shown, false).await,
        Begin::Over => Ok(over(&visit)),
    }
}

/// What beginning a method led to.
pub enum Begin {
    /// The code is on its way; the name of the message.
    Sent(&'static str),
    /// It is not; what the page says.
    Not(Shown),
    /// This way is not asked for.
    Over,
}

/// The fields of a form that begins a method, with `more` of the page.
///
/// # Errors
/// The page for a bad request.
pub fn only_start(fields: &Fields, more: &[&'static str]) -> std::result::Result<(), Fault> {
    let own = ["way", "channel", challenge::TOKEN_FIELD, challenge::ANSWER_FIELD, challenge::NONCE_FIELD];
    fields.only(&[own.as_slice(), more].concat())
}

/// Sends a code for whoever is asked: shared by the pages that ask for a factor.
pub async fn begin(visit: &Visit, asked: &Asked, fields: &Fields) -> std::result::Result<Begin, Fault> {
    let Some(kind) = Kind::from_word(fields.text("way")).filter(|kind| asked.ways.has(*kind)) else {
        return Ok(Begin::Over);
    };
    let (ctx, settings, subject) =
        (visit.ctx().clone(), visit.app().config().codes.clone(), asked.subject.clone());
    let standing =
        visit.app().read(move |tx| codes::standing(tx, &ctx, &settings, Purpose::Second, &subject)).await?;
    let channel = channel_asked(visit.app(), ContactType::Phone, fields.text("channel"), standing.as_ref());
    let (ctx, config, answer, asked) =
        (visit.ctx().clone(), visit.app().config_arc(), challenge_field::answer(fields), asked.clone());
    let (sending, verdict) = visit
        .app()
        .write(move |tx| {
            let verdict = challenge_field::judge(tx, &ctx, CHALLENGE, answer.as_ref())?;
            let wish = Start { channel, challenge_passed: verdict == Some(challenge::Verdict::Passed) };
            Ok((second::start(tx, &ctx, &config, &asked, kind, wish)?, verdict))
        })
        .await?;
    Ok(match sending {
        None => Begin::Over,
        Some(Sending::Sent) => Begin::Sent(if channel == Channel::Call { "call-asked" } else { "code-sent" }),
        Some(Sending::ChallengeNeeded) => Begin::Not(Shown {
            error: None,
            challenge: Some(challenge_field::new(visit, CHALLENGE, verdict)),
        }),
        Some(refused) => {
            Begin::Not(Shown { error: sending_words(visit.lang(), &refused, visit.now()), challenge: None })
        }
    })
}
