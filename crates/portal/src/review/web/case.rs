//! `/review/{case}`: scans beside what was typed; value by value, then the decision.

use super::super::{self as review, CaseId, Decided, Found, Reason, Seen, Told, Verdict, Wrong};
use super::scan::MOST_PAGES;
use super::{QUEUE, doubt, due, number};
use crate::accounts::AccountId;
use crate::checks::{CheckRow, State as CheckState};
use crate::documents::{Scan, Slot};
use crate::profile::Field;
use crate::profile::web::choice;
use crate::review::told::{FLAWS, MOST_WORDS, words};
use crate::staff::web::desk::{Desk, Place};
use crate::staff::web::gate::AtDesk;
use crate::web::fault::Fault;
use crate::web::form::{Fields, Form};
use crate::web::page::{Kind, Page};
use crate::web::ui::{
    Button, ErrorSummary, Errors, Radios, Select, SummaryList, Tag, TextArea, Weight, Words,
};
use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use gateway::register::Check;
use std::collections::BTreeMap;

#[derive(Template)]
#[template(path = "review/templates/case.html")]
struct CasePage {
    desk: Desk,
    page: Page,
    summary: Option<ErrorSummary>,
    id: String,
    number: String,
    doubt: &'static str,
    due: Tag,
    eyes: Option<String>,
    scans: Vec<Shown>,
    registers: SummaryList,
    other: Option<SummaryList>,
    values: Vec<Value>,
    decision: Radios,
    words: TextArea,
    submit: Button,
    put_back: Button,
}

/// A scan beside the form.
struct Shown {
    id: String,
    title: &'static str,
    about: String,
    /// The place in the file, and what the picture is.
    pages: Vec<(usize, String)>,
    /// Values that its machine-readable zone contradicts.
    differs: Vec<&'static str>,
}

/// A value with what was seen of it.
struct Value {
    word: &'static str,
    label: &'static str,
    text: String,
    /// A register vouches for it.
    vouched: bool,
    error: Option<String>,
    choices: Vec<(&'static str, &'static str, bool)>,
}

/// The form as it was left.
#[derive(Default)]
struct Typed {
    seen: BTreeMap<Field, Seen>,
    act: String,
    slot: String,
    flaw: String,
    reason: String,
    words: String,
    errors: Errors,
}

impl Typed {
    fn read(fields: &Fields) -> Typed {
        let seen = |field: &Field| Some((*field, Seen::from_word(fields.text(&name(*field)))?));
        Typed {
            seen: Field::ALL.iter().filter_map(seen).collect(),
            act: fields.text("act").to_owned(),
            slot: fields.text("slot").to_owned(),
            flaw: fields.text("flaw").to_owned(),
            reason: fields.text("reason").to_owned(),
            words: fields.text("words").to_owned(),
            errors: Errors::new(),
        }
    }
}

/// The name of a value's radios in the form.
fn name(field: Field) -> String {
    format!("seen-{}", field.word())
}

fn shown(page: &Page, scan: &Scan) -> Shown {
    let differs = scan.told.differs.iter().filter_map(|word| Field::from_word(word));
    let title = page.t(scan.slot.title());
    let named = |at: usize| {
        let args = [("title", title.into()), ("page", (at + 1).to_string().into())];
        (at, page.tf("review-scan-page", &args))
    };
    Shown {
        title,
        about: page.tf1("review-scan-about", "time", page.date_time(scan.created_at)),
        pages: (0..scan.told.pages.clamp(1, MOST_PAGES)).map(named).collect(),
        differs: differs.map(|field| page.t(field.label())).collect(),
        id: scan.id.to_string(),
    }
}

fn registers(page: &Page, checks: &[CheckRow]) -> SummaryList {
    checks.iter().fold(SummaryList::new(), |list, check| {
        let name = page.t(match check.kind {
            Check::Snils => "checks-snils",
            Check::Passport => "checks-passport",
            Check::Inn => "checks-inn",
        });
        let (kind, word) = match check.state {
            CheckState::Passed => (Kind::Success, "review-register-passed"),
            _ if check.kind == Check::Inn => (Kind::Info, "review-register-none"),
            CheckState::Unclear => (Kind::Warning, "review-register-unclear"),
            CheckState::GaveUp => (Kind::Warning, "review-register-gave-up"),
            _ => (Kind::Info, "review-register-none"),
        };
        list.row(name, Words::html(&Tag::new(kind, page.t(word))))
    })
}

fn values(page: &Page, desk: &review::Desk, typed: &Typed) -> Vec<Value> {
    let told = desk.of.values.iter().filter_map(|(word, text)| Some((Field::from_word(word)?, text)));
    let mut all: Vec<(Field, &String)> = told.filter(|(field, _)| *field != Field::Inn).collect();
    all.sort_by_key(|(field, _)| *field);
    let value = |(field, text): (Field, &String)| Value {
        word: field.word(),
        label: page.t(field.label()),
        text: choice(page, field, text).map_or_else(|| field.shown(text), str::to_owned),
        vouched: !desk.must.contains(&field),
        error: typed.errors.get(&name(field)).map(str::to_owned),
        choices: Seen::ALL
            .map(|seen| (seen.word(), page.t(seen_key(seen)), typed.seen.get(&field) == Some(&seen)))
            .to_vec(),
    };
    all.into_iter().map(value).collect()
}

const fn seen_key(seen: Seen) -> &'static str {
    match seen {
        Seen::Same => "review-seen-same",
        Seen::Differs => "review-seen-differs",
        Seen::Unseen => "review-seen-unseen",
    }
}

/// The ways to decide, each with what it takes.
fn decision(page: &Page, typed: &Typed) -> Radios {
    let lang = page.lang;
    let slots = Slot::ALL
        .iter()
        .fold(Select::new(lang, "slot"), |select, slot| select.option(slot.word(), page.t(slot.title())));
    let flaws =
        FLAWS.iter().fold(Select::new(lang, "flaw"), |select, (word, key)| select.option(*word, page.t(key)));
    let reasons = Reason::CHOICE.iter().fold(Select::new(lang, "reason"), |select, reason| {
        select.option(reason.word(), page.t(choice_key(*reason)))
    });
    let slot = Slot::from_word(&typed.slot).map(Slot::word);
    let flaw = FLAWS.iter().map(|(word, _)| *word).find(|word| *word == typed.flaw);
    let reason = Reason::from_word(&typed.reason).map(Reason::word);
    let ask =
        Words::html(&slots.label(page.t("review-ask-slot")).selected(slot).error(typed.errors.get("slot")))
            .and(&flaws.label(page.t("review-ask-flaw")).selected(flaw).error(typed.errors.get("flaw")));
    let refuse =
        reasons.label(page.t("review-refuse-reason")).selected(reason).error(typed.errors.get("reason"));
    Radios::new(lang, "act")
        .label(page.t("review-decision"))
        .option("confirm", page.t("review-confirm"))
        .option_with("ask", page.t("review-ask"), "", Some(ask))
        .option_with("refuse", page.t("review-refuse"), "", Some(Words::html(&refuse)))
        .selected(["confirm", "ask", "refuse"].into_iter().find(|act| *act == typed.act))
        .error(typed.errors.get("act"))
}

const fn choice_key(reason: Reason) -> &'static str {
    match reason {
        Reason::Differs => "review-choice-differs",
        Reason::Unreadable => "review-choice-unreadable",
        Reason::NotAccepted => "review-choice-not-accepted",
        Reason::Visit | Reason::NoScan => "review-choice-visit",
    }
}

fn draw(at: &AtDesk, desk: &review::Desk, typed: &Typed) -> Response {
    let visit = &at.visit;
    let frame = Desk::new(at, Place::Review);
    let page = frame.page.clone();
    let case = &desk.case;
    let eyes = (case.needed > 1).then(|| {
        let args = [("number", (desk.opinions as i64 + 1).into()), ("needed", case.needed.into())];
        page.tf("review-eyes", &args)
    });
    let other = desk.other.as_ref().map(|other| {
        let same = page.t(if other.same_name { "review-other-same" } else { "review-other-differs" });
        SummaryList::new()
            .row(page.t("review-other-opened"), page.date(other.opened_at))
            .row(page.t("review-other-level"), crate::web::page::level_name(page.lang, other.level))
            .row(page.t("review-other-name"), same)
    });
    let template = CasePage {
        summary: typed.errors.summary(page.lang),
        id: case.id.to_string(),
        number: number(&case.id),
        doubt: doubt(&page, case.doubt),
        due: due(&page, visit.app().config(), case, visit.now()),
        eyes,
        scans: desk.scans.iter().map(|scan| shown(&page, scan)).collect(),
        registers: registers(&page, &desk.of.checks),
        other,
        values: values(&page, desk, typed),
        decision: decision(&page, typed),
        words: TextArea::new(page.lang, "words")
            .label(page.t("review-words"))
            .hint(page.t("review-words-hint"))
            .optional(true)
            .rows(3)
            .maxlength(MOST_WORDS)
            .value(&typed.words)
            .error(typed.errors.get("words")),
        submit: Button::new(page.t("review-submit")),
        put_back: Button::new(page.t("review-put-back")).weight(Weight::Secondary),
        desk: frame,
        page,
    };
    let status = if typed.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    visit.html(status, &template)
}

async fn load(at: &AtDesk, id: &CaseId) -> std::result::Result<Option<review::Desk>, Fault> {
    let (ctx, me, id) = (at.visit.ctx().clone(), at.member.clone(), id.clone());
    let config = at.visit.app().config_arc();
    Ok(at.visit.app().write(move |tx| review::reopen(tx, &ctx, &config, &me, &id)).await?)
}

fn parse(id: &str) -> std::result::Result<CaseId, Fault> {
    CaseId::parse(id).ok_or_else(Fault::not_found)
}

/// The case. Taking it was written down; looking again while it is held is the same look.
pub async fn get(at: AtDesk, Path(id): Path<String>) -> std::result::Result<Response, Fault> {
    let id = parse(&id)?;
    match load(&at, &id).await? {
        Some(desk) => Ok(draw(&at, &desk, &Typed::default())),
        // Somebody else's, decided, or never there: the queue says the same for all of them.
        None => Err(Fault::not_found()),
    }
}

/// Takes the decision.
pub async fn post(
    at: AtDesk,
    Path(id): Path<String>,
    Form(fields): Form,
) -> std::result::Result<Response, Fault> {
    let names: Vec<String> = Field::ALL.iter().map(|field| name(*field)).collect();
    let mut known: Vec<&str> = names.iter().map(String::as_str).collect();
    known.extend(["act", "slot", "flaw", "reason", "words"]);
    fields.only(&known)?;
    let id = parse(&id)?;
    let mut typed = Typed::read(&fields);
    let Some(told) = words(&typed.words) else {
        typed.errors.add("words", at.visit.t("review-wrong-words"));
        return again(&at, &id, typed).await;
    };
    match typed.act.as_str() {
        "confirm" => decide(&at, &id, typed, Verdict::Confirmed, told).await,
        "refuse" => decide(&at, &id, typed, Verdict::Refused, told).await,
        "ask" => ask(&at, &id, typed, told).await,
        _ => {
            typed.errors.add("act", at.visit.t("review-wrong-act"));
            again(&at, &id, typed).await
        }
    }
}

/// The form once more, with what is to be mended.
async fn again(at: &AtDesk, id: &CaseId, typed: Typed) -> std::result::Result<Response, Fault> {
    match load(at, id).await? {
        Some(desk) => Ok(draw(at, &desk, &typed)),
        None => Ok(at.visit.see_other_with(QUEUE, "review-gone")),
    }
}

async fn decide(
    at: &AtDesk,
    id: &CaseId,
    mut typed: Typed,
    verdict: Verdict,
    words: String,
) -> std::result::Result<Response, Fault> {
    let AtDesk { visit, member } = at;
    let found = Found { seen: typed.seen.clone(), reason: Reason::from_word(&typed.reason), words };
    let found = match verdict {
        Verdict::Confirmed => Found { reason: None, words: String::new(), ..found },
        Verdict::Refused => found,
    };
    let (ctx, config, me) = (visit.ctx().clone(), visit.app().config_arc(), member.clone());
    let case = id.clone();
    let decided =
        visit.app().write(move |tx| review::decide(tx, &ctx, &config, &me, (&case, verdict, &found))).await?;
    match decided {
        Decided::Done(accounts) => {
            forget(at, &accounts);
            Ok(visit.see_other_with(QUEUE, "review-decided"))
        }
        Decided::Waits => Ok(visit.see_other_with(QUEUE, "review-waits")),
        Decided::NotYours => Ok(visit.see_other_with(QUEUE, "review-gone")),
        Decided::Wrong(wrong) => {
            for wrong in wrong {
                let (field, words) = at_field(&visit.page(), wrong);
                typed.errors.add(field, words);
            }
            again(at, id, typed).await
        }
    }
}

/// The field that a mistake stands at, and its words.
fn at_field(page: &Page, wrong: Wrong) -> (String, String) {
    let of = |field: Field, key| (name(field), page.tf1(key, "field", page.t(field.label())));
    let plain = |field: &str, key| (field.to_owned(), page.t(key).to_owned());
    match wrong {
        Wrong::Missing(field) => of(field, "review-wrong-missing"),
        Wrong::NotSame(field) => of(field, "review-wrong-not-same"),
        Wrong::NoScans => plain("act", "review-wrong-no-scans"),
        Wrong::NoReason => plain("reason", "review-wrong-reason"),
        Wrong::NothingDiffers => plain("reason", "review-wrong-nothing-differs"),
    }
}

async fn ask(
    at: &AtDesk,
    id: &CaseId,
    mut typed: Typed,
    words: String,
) -> std::result::Result<Response, Fault> {
    let AtDesk { visit, member } = at;
    let flaw = FLAWS.iter().map(|(word, _)| *word).find(|word| *word == typed.flaw);
    let (Some(slot), Some(flaw)) = (Slot::from_word(&typed.slot), flaw) else {
        if Slot::from_word(&typed.slot).is_none() {
            typed.errors.add("slot", visit.t("review-wrong-slot"));
        }
        if flaw.is_none() {
            typed.errors.add("flaw", visit.t("review-wrong-flaw"));
        }
        return again(at, id, typed).await;
    };
    let told = Told { flaw: flaw.to_owned(), words, ..Told::default() };
    let (ctx, config, me) = (visit.ctx().clone(), visit.app().config_arc(), member.clone());
    let case = id.clone();
    let asked =
        visit.app().write(move |tx| review::ask(tx, &ctx, &config, &me, (&case, slot, &told))).await?;
    match asked {
        Some(account) => {
            forget(at, &[account]);
            Ok(visit.see_other_with(QUEUE, "review-asked"))
        }
        None => Ok(visit.see_other_with(QUEUE, "review-gone")),
    }
}

/// Open pages of these people show it.
fn forget(at: &AtDesk, accounts: &[AccountId]) {
    accounts.iter().for_each(|account| at.visit.app().sessions().forget(account));
}

/// Puts the case back.
pub async fn put_back(
    at: AtDesk,
    Path(id): Path<String>,
    Form(fields): Form,
) -> std::result::Result<Response, Fault> {
    fields.only(&[])?;
    let (id, AtDesk { visit, member }) = (parse(&id)?, &at);
    let (ctx, config, me) = (visit.ctx().clone(), visit.app().config_arc(), member.clone());
    let done = visit.app().write(move |tx| review::put_back(tx, &ctx, &config, &me, &id)).await?;
    Ok(visit.see_other_with(QUEUE, if done { "review-put-back" } else { "review-gone" }))
}
