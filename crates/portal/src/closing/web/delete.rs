//! `/cabinet/security/delete`: what goes and what stays, a code to a contact, the password, the last button.

use crate::accounts::{self, Contact, ContactType};
use crate::audit::{self, Chain, Event};
use crate::challenge;
use crate::codes::page::{CodePanel, Places, channel_asked, sending_words, verdict_words};
use crate::codes::{self, Purpose, Sending, Standing, Verdict, Wish};
use crate::error::Result;
use crate::notifications::Channel;
use crate::sessions::Session;
use crate::signin::{self, Confirmed};
use crate::web::challenge_field;
use crate::web::fault::Fault;
use crate::web::form::{Fields, Form};
use crate::web::format;
use crate::web::fresh::Fresh;
use crate::web::page::Page;
use crate::web::texts::{self, Arg};
use crate::web::ui::{Button, Challenge, ErrorSummary, Errors, PasswordField, Radios, Weight};
use crate::web::visit::Visit;
use askama::Template;
use axum::http::{StatusCode, header};
use axum::response::Response;
use kernel::Time;

/// What challenges of this page are for.
const CHALLENGE: &str = "close";
/// This page.
const PATH: &str = "/cabinet/security/delete";

#[derive(Template)]
#[template(path = "closing/templates/delete.html")]
struct DeletePage {
    page: Page,
    summary: Option<ErrorSummary>,
    until: String,
    /// Which contacts a code may go to; none while one is on its way.
    ways: Option<Radios>,
    send: Button,
    challenge: Option<Challenge>,
    /// The last step; none before a code was sent.
    last: Option<LastStep>,
}

struct LastStep {
    panel: CodePanel,
    password: Option<PasswordField>,
    login: String,
    submit: Button,
}

/// What the page is drawn from.
struct Known {
    contacts: Vec<(Contact, String)>,
    standing: Option<Standing>,
    has_password: bool,
}

impl Known {
    /// The contact of a kind that codes go to: the primary one first.
    fn contact(&self, kind: ContactType) -> Option<&(Contact, String)> {
        self.contacts.iter().find(|(contact, _)| contact.kind == kind)
    }

    /// The contact that the last code went to.
    fn used(&self) -> Option<&(Contact, String)> {
        let standing = self.standing.as_ref()?;
        self.contact(if standing.channel == Channel::Email { ContactType::Email } else { ContactType::Phone })
    }
}

async fn known(visit: &Visit, session: &Session) -> Result<Known> {
    let (ctx, settings, id) =
        (visit.ctx().clone(), visit.app().config().codes.clone(), session.account.clone());
    visit
        .app()
        .read(move |tx| {
            let standing = codes::standing(tx, &ctx, &settings, Purpose::Close, id.as_str())?;
            Ok(Known {
                contacts: accounts::display_contacts(tx, &ctx, &id)?,
                // A code that was spent or is past its time begins the page anew.
                standing: standing.filter(|standing| standing.expires_at > ctx.now),
                has_password: accounts::password_hash(tx, &id)?.is_some(),
            })
        })
        .await
}

fn draw(visit: &Visit, known: &Known, errors: &Errors, challenge: Option<Challenge>) -> Response {
    let page = visit.page();
    let lang = page.lang;
    let until: Time = visit.now() + visit.app().config().closing.grace();
    let last = known.used().map(|(contact, _)| LastStep {
        panel: CodePanel::new(
            visit.app(),
            &page,
            contact.kind,
            &contact.value,
            known.standing.as_ref(),
            &Places { send: PATH },
            errors.get("code"),
        )
        // The last digit deletes nothing: the button does, after the password.
        .sent_by_hand(),
        password: known.has_password.then(|| {
            PasswordField::current(lang, "current_password")
                .label(texts::text(lang, "closing-password"))
                .error(errors.get("current_password"))
        }),
        login: known.contacts.first().map(|(_, shown)| shown.clone()).unwrap_or_default(),
        submit: Button::new(texts::text(lang, "closing-delete-submit")).weight(Weight::Danger),
    });
    let ways = last.is_none().then(|| ways(lang, known, errors.get("channel")));
    let bad = !errors.is_empty() || challenge.is_some();
    let template = DeletePage {
        summary: errors.summary(lang),
        until: page.date(until),
        ways,
        send: Button::new(texts::text(lang, "closing-delete-send")).weight(Weight::Primary),
        challenge,
        last,
        page,
    };
    visit.html(if bad { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &template)
}

fn ways(lang: kernel::Lang, known: &Known, error: Option<&str>) -> Radios {
    let kinds = [ContactType::Phone, ContactType::Email];
    let ways = kinds.into_iter().filter_map(|kind| known.contact(kind));
    let first = known.contacts.first().map(|(contact, _)| codes::first_channel(contact.kind).word());
    let radios = Radios::new(lang, "channel")
        .label(texts::text(lang, "closing-delete-where"))
        .selected(first)
        .error(error);
    ways.fold(radios, |radios, (contact, shown)| {
        radios.option(codes::first_channel(contact.kind).word(), shown.replace(' ', "\u{a0}"))
    })
}

/// The page.
pub async fn get(Fresh { visit, session }: Fresh) -> std::result::Result<Response, Fault> {
    let known = known(&visit, &session).await?;
    Ok(draw(&visit, &known, &Errors::new(), None))
}

/// Sends a code, or deletes.
pub async fn post(
    Fresh { visit, session }: Fresh,
    Form(fields): Form,
) -> std::result::Result<Response, Fault> {
    fields.only(&[
        "channel",
        "code",
        "current_password",
        "login",
        challenge::TOKEN_FIELD,
        challenge::ANSWER_FIELD,
        challenge::NONCE_FIELD,
    ])?;
    let known = known(&visit, &session).await?;
    if fields.text("channel").is_empty() && known.standing.is_some() {
        delete(visit, session.as_ref(), &known, &fields).await
    } else {
        send(visit, session.as_ref(), &known, &fields).await
    }
}

/// Sends a code to one of the person's own contacts.
async fn send(
    visit: Visit,
    session: &Session,
    known: &Known,
    fields: &Fields,
) -> std::result::Result<Response, Fault> {
    let asked = fields.text("channel");
    let kind = if asked == Channel::Email.word() { ContactType::Email } else { ContactType::Phone };
    let Some((contact, _)) = known.contact(kind).filter(|_| !asked.is_empty()) else {
        let mut errors = Errors::new();
        errors.add("channel", visit.t("closing-delete-error-where"));
        return Ok(draw(&visit, known, &errors, None));
    };
    let channel = channel_asked(visit.app(), kind, asked, known.standing.as_ref());
    let (ctx, config, answer) =
        (visit.ctx().clone(), visit.app().config_arc(), challenge_field::answer(fields));
    let (account, to) = (session.account.clone(), contact.value.clone());
    let (sending, verdict) = visit
        .app()
        .write(move |tx| {
            let verdict = challenge_field::judge(tx, &ctx, CHALLENGE, answer.as_ref())?;
            let wish = Wish {
                purpose: Purpose::Close,
                subject: account.as_str(),
                channel,
                to: &to,
                taken: false,
                decoy: false,
                challenge_passed: verdict == Some(challenge::Verdict::Passed),
                link_base: None,
            };
            let sending = codes::send(tx, &ctx, &config.codes, &config.limits, &wish)?;
            if sending == Sending::Sent {
                let event = Event::CodeSent { purpose: "close".into(), channel: channel.word().into() };
                audit::record(tx, &ctx, Chain::Account(account.as_str()), &event)?;
            }
            Ok((sending, verdict))
        })
        .await?;
    let mut errors = Errors::new();
    match sending {
        Sending::Sent => {
            let name = if channel == Channel::Call { "call-asked" } else { "code-sent" };
            return Ok(visit.see_other_with(PATH, name));
        }
        Sending::ChallengeNeeded => {
            let challenge = challenge_field::new(&visit, CHALLENGE, verdict);
            return Ok(draw(&visit, known, &errors, Some(challenge)));
        }
        refused => {
            let words = sending_words(visit.lang(), &refused, visit.now()).unwrap_or_default();
            errors.add(if known.standing.is_some() { "code" } else { "channel" }, words);
        }
    }
    Ok(draw(&visit, known, &errors, None))
}

/// The last step: the password, then the code, then the days of grace begin.
async fn delete(
    visit: Visit,
    session: &Session,
    known: &Known,
    fields: &Fields,
) -> std::result::Result<Response, Fault> {
    let mut errors = Errors::new();
    if let Some(words) = wrong_password(&visit, session, known, fields).await? {
        errors.add("current_password", words);
        return Ok(draw(&visit, known, &errors, None));
    }
    let (ctx, config, account, code) = (
        visit.ctx().clone(),
        visit.app().config_arc(),
        session.account.clone(),
        fields.text("code").to_owned(),
    );
    let verdict = visit
        .app()
        .write(move |tx| {
            let (codes, limits) = (&config.codes, &config.limits);
            let verdict = codes::verify(tx, &ctx, codes, limits, Purpose::Close, account.as_str(), &code)?;
            match verdict {
                Verdict::Right => {
                    super::super::start(tx, &ctx, &config.closing, &account)?;
                }
                Verdict::Malformed => {}
                _ => {
                    let event = Event::CodeFailed { purpose: "close".into(), reason: "wrong".into() };
                    audit::record(tx, &ctx, Chain::Account(account.as_str()), &event)?;
                }
            }
            Ok::<_, crate::error::Error>(verdict)
        })
        .await;
    visit.app().sessions().forget(&session.account);
    if let Some(words) = verdict_words(visit.lang(), verdict?, visit.now()) {
        errors.add("code", words);
        return Ok(draw(&visit, known, &errors, None));
    }
    let mut response = visit.see_other("/goodbye");
    response.headers_mut().append(header::SET_COOKIE, visit.app().jar().clear("sid"));
    Ok(response)
}

/// What is wrong with the password, when the account has one. Without one the factor that was just given stands for it.
async fn wrong_password(
    visit: &Visit,
    session: &Session,
    known: &Known,
    fields: &Fields,
) -> Result<Option<String>> {
    if !known.has_password {
        return Ok(None);
    }
    let typed = fields.secret("current_password");
    if typed.expose().is_empty() {
        return Ok(Some(visit.t("closing-password-empty").to_owned()));
    }
    Ok(match signin::confirm_password(visit.app(), visit.ctx(), &session.account, true, &typed).await? {
        Confirmed::Right => None,
        Confirmed::Wrong => Some(visit.t("closing-password-wrong").to_owned()),
        Confirmed::Locked(until) => {
            let left = format::clock((until - visit.now()).whole_seconds_up());
            Some(texts::format(visit.lang(), "closing-password-locked", &[("time", Arg::from(left))]))
        }
    })
}

#[derive(Template)]
#[template(path = "closing/templates/goodbye.html")]
struct GoodbyePage {
    page: Page,
    days: i64,
}

/// What comes now; tells nothing about anybody.
pub async fn goodbye(visit: Visit) -> Response {
    visit.ok(&GoodbyePage { days: visit.app().config().closing.grace_days, page: visit.page() })
}
