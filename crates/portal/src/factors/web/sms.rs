//! Codes by text message as a second factor: one of the confirmed phones, once a code from it came back.

use super::super::{self as factors, Bound, Codes, Kind, New};
use super::{codes, keep, too_weak};
use crate::accounts::{self, ContactType};
use crate::audit::{self, Chain, Event};
use crate::challenge;
use crate::codes::page::{CodePanel, Places, channel_asked, sending_words, shown, verdict_words};
use crate::codes::{self as one_time, Purpose, Sending, Verdict, Wish};
use crate::error::Result;
use crate::notifications::Channel;
use crate::sessions::{self, Session};
use crate::web::challenge_field;
use crate::web::fault::Fault;
use crate::web::form::{Fields, Form};
use crate::web::fresh::Fresh;
use crate::web::page::{Kind as Weightiness, Page};
use crate::web::ui::{Button, Challenge, ErrorSummary, Errors, Notice, Radios, Weight};
use crate::web::visit::Visit;
use askama::Template;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use std::sync::Arc;

const HERE: &str = "/cabinet/security/factors/sms";
/// What challenges of this page are for.
const CHALLENGE: &str = "bind-phone";

/// Which phone a code was sent to.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Ask {
    phone: String,
}

#[derive(Template)]
#[template(path = "factors/templates/sms.html")]
struct SmsPage {
    page: Page,
    summary: Option<ErrorSummary>,
    weakest: Notice,
    phones: Option<Radios>,
    no_phones: bool,
    phone: String,
    panel: Option<CodePanel>,
    challenge: Option<Challenge>,
    send: Button,
    submit: Button,
}

/// A confirmed phone: its row and number.
#[derive(Clone)]
struct Phone {
    id: String,
    number: String,
}

async fn phones(visit: &Visit, session: &Session) -> Result<Vec<Phone>> {
    let (ctx, id) = (visit.ctx().clone(), session.account.clone());
    let contacts = visit.app().read(move |tx| accounts::contacts(tx, &ctx, &id)).await?;
    let phones = contacts.into_iter().filter(|contact| contact.kind == ContactType::Phone);
    Ok(phones.map(|contact| Phone { id: contact.id.to_string(), number: contact.value }).collect())
}

/// What codes of this page are bound to.
fn subject(session: &Session, phone: &Phone) -> String {
    format!("{}/{}", session.id, phone.id)
}

#[derive(Default)]
struct Shown {
    error: Option<String>,
    challenge: Option<Challenge>,
}

async fn draw(visit: &Visit, session: &Session, chosen: Option<&Phone>, shown_: Shown) -> Result<Response> {
    let all = phones(visit, session).await?;
    let standing = match chosen {
        Some(phone) => {
            let (ctx, settings, subject) =
                (visit.ctx().clone(), visit.app().config().codes.clone(), subject(session, phone));
            visit
                .app()
                .read(move |tx| one_time::standing(tx, &ctx, &settings, Purpose::BindPhone, &subject))
                .await?
        }
        None => None,
    };
    let page = visit.page();
    let lang = page.lang;
    let mut errors = Errors::new();
    let field = if standing.is_some() { "code" } else { "phone" };
    if let Some(error) = &shown_.error {
        errors.add(field, error.as_str());
    }
    let failed = shown_.error.is_some() || shown_.challenge.is_some();
    let places = Places { send: HERE };
    let panel = chosen.zip(standing.as_ref()).map(|(phone, standing)| {
        let error = errors.get("code");
        CodePanel::new(visit.app(), &page, ContactType::Phone, &phone.number, Some(standing), &places, error)
    });
    let selected = chosen.or(all.first()).map(|phone| phone.id.clone());
    let radios = all.iter().fold(
        Radios::new(lang, "phone").label(page.t("factors-sms-phone")).error(errors.get("phone")),
        |radios, phone| radios.option(phone.id.clone(), shown(ContactType::Phone, &phone.number)),
    );
    let template = SmsPage {
        summary: errors.summary(lang),
        weakest: Notice::new(lang, Weightiness::Warning, page.t("factors-sms-weakest")),
        phones: (panel.is_none() && !all.is_empty()).then(|| radios.selected(selected.as_deref())),
        no_phones: all.is_empty(),
        phone: chosen.map(|phone| phone.id.clone()).unwrap_or_default(),
        panel,
        challenge: shown_.challenge,
        send: Button::new(page.t("factors-sms-send")).weight(Weight::Accent).value("channel", "sms"),
        submit: Button::new(page.t("factors-sms-submit")).weight(Weight::Accent),
        page,
    };
    let status = if failed { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(visit.html(status, &template))
}

async fn phone_of(visit: &Visit, session: &Session, id: &str) -> Result<Option<Phone>> {
    Ok(phones(visit, session).await?.into_iter().find(|phone| phone.id == id))
}

/// The page: the choice of a phone, or the field for its code.
pub async fn get(
    Fresh { visit, session }: Fresh,
    Query(ask): Query<Ask>,
) -> std::result::Result<Response, Fault> {
    if let Some(elsewhere) = too_weak(&visit, &session, HERE).await? {
        return Ok(elsewhere);
    }
    let chosen = phone_of(&visit, &session, &ask.phone).await?;
    Ok(draw(&visit, &session, chosen.as_ref(), Shown::default()).await?)
}

/// Sends a code to the chosen phone.
pub async fn send(
    Fresh { visit, session }: Fresh,
    Form(fields): Form,
) -> std::result::Result<Response, Fault> {
    let own = ["phone", "channel", challenge::TOKEN_FIELD, challenge::ANSWER_FIELD, challenge::NONCE_FIELD];
    fields.only(&own)?;
    if let Some(elsewhere) = too_weak(&visit, &session, HERE).await? {
        return Ok(elsewhere);
    }
    let Some(phone) = phone_of(&visit, &session, fields.text("phone")).await? else {
        let error = Some(visit.t("factors-sms-choose").to_owned());
        return Ok(draw(&visit, &session, None, Shown { error, challenge: None }).await?);
    };
    let (sending, verdict, channel) = order(&visit, &session, &phone, &fields).await?;
    let shown = match sending {
        Sending::Sent => {
            let name = if channel == Channel::Call { "call-asked" } else { "code-sent" };
            return Ok(visit.see_other_with(&format!("{HERE}?phone={}", phone.id), name));
        }
        Sending::ChallengeNeeded => {
            Shown { error: None, challenge: Some(challenge_field::new(&visit, CHALLENGE, verdict)) }
        }
        refused => Shown { error: sending_words(visit.lang(), &refused, visit.now()), challenge: None },
    };
    Ok(draw(&visit, &session, Some(&phone), shown).await?)
}

type Ordered = (Sending, Option<challenge::Verdict>, Channel);

async fn order(visit: &Visit, session: &Session, phone: &Phone, fields: &Fields) -> Result<Ordered> {
    let (ctx, config, answer) =
        (visit.ctx().clone(), visit.app().config_arc(), challenge_field::answer(fields));
    let account = session.account.clone();
    let (subject, to, app, asked) = (
        subject(session, phone),
        phone.number.clone(),
        visit.app().clone(),
        fields.text("channel").to_owned(),
    );
    visit
        .app()
        .write(move |tx| {
            let standing = one_time::standing(tx, &ctx, &config.codes, Purpose::BindPhone, &subject)?;
            let channel = channel_asked(&app, ContactType::Phone, &asked, standing.as_ref());
            let verdict = challenge_field::judge(tx, &ctx, CHALLENGE, answer.as_ref())?;
            let wish = Wish {
                purpose: Purpose::BindPhone,
                subject: &subject,
                channel,
                to: &to,
                taken: false,
                decoy: false,
                challenge_passed: verdict == Some(challenge::Verdict::Passed),
                link_base: None,
            };
            let sending = one_time::send(tx, &ctx, &config.codes, &config.limits, &wish)?;
            if sending == Sending::Sent {
                let event =
                    Event::CodeSent { purpose: wish.purpose.word().into(), channel: channel.word().into() };
                audit::record(tx, &ctx, Chain::Account(account.as_str()), &event)?;
            }
            Ok((sending, verdict, channel))
        })
        .await
}

/// Binds the phone by the code that came.
pub async fn check(
    Fresh { visit, session }: Fresh,
    Form(fields): Form,
) -> std::result::Result<Response, Fault> {
    fields.only(&["phone", "code"])?;
    if let Some(elsewhere) = too_weak(&visit, &session, HERE).await? {
        return Ok(elsewhere);
    }
    let Some(phone) = phone_of(&visit, &session, fields.text("phone")).await? else {
        return Ok(visit.see_other(HERE));
    };
    let outcome = bind(&visit, &session, phone.clone(), fields.text("code").to_owned()).await?;
    visit.app().sessions().forget(&session.account);
    match outcome {
        Outcome::Bound(codes, token) => {
            let mut response = codes::after_binding(&visit, codes);
            keep(&visit, &mut response, &session, token.as_ref());
            Ok(response)
        }
        Outcome::Wrong(verdict) => {
            let shown = Shown { error: verdict_words(visit.lang(), verdict, visit.now()), challenge: None };
            Ok(draw(&visit, &session, Some(&phone), shown).await?)
        }
    }
}

enum Outcome {
    Bound(Option<Codes>, Option<sessions::Token>),
    Wrong(Verdict),
}

async fn bind(visit: &Visit, session: &Arc<Session>, phone: Phone, typed: String) -> Result<Outcome> {
    let (ctx, config, own) = (visit.ctx().clone(), visit.app().config_arc(), session.clone());
    let name = shown(ContactType::Phone, &phone.number);
    visit
        .app()
        .write(move |tx| {
            let subject = subject(&own, &phone);
            let (codes, limits) = (&config.codes, &config.limits);
            let verdict = one_time::verify(tx, &ctx, codes, limits, Purpose::BindPhone, &subject, &typed)?;
            if verdict != Verdict::Right {
                return Ok(Outcome::Wrong(verdict));
            }
            let new = New {
                kind: Kind::Sms,
                name: &name,
                secret: None,
                contact: Some(&phone.id),
                unique: phone.id.as_bytes(),
                step: 0,
            };
            Ok(match factors::bind(tx, &ctx, &config, &own.account, Some(&own.id), &new)? {
                Bound::Already => Outcome::Bound(None, None),
                Bound::Done(_, made) => Outcome::Bound(made, sessions::renew(tx, &ctx, &own, "sms")?),
            })
        })
        .await
}
