//! `/cabinet/documents`: what is uploaded, what should be done better, where to add.

use super::UPLOADS;
use crate::accounts::AccountId;
use crate::documents::told::{advice_key, refusal_key};
use crate::documents::{self, Scan, Slot, State};
use crate::profile::Field;
use crate::profile::web::path;
use crate::web::fault::Fault;
use crate::web::page::{Kind as Mood, Page};
use crate::web::ui::{Button, ErrorSummary, Errors, FileField, Notice, Tag, Weight};
use crate::web::visit::{SignedIn, Visit};
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

/// What a browser offers to choose.
const ACCEPT: &str = "image/jpeg,image/png,application/pdf";

#[derive(Template)]
#[template(path = "documents/templates/overview.html")]
struct DocumentsPage {
    page: Page,
    summary: Option<ErrorSummary>,
    /// Uploads are not possible here; says so.
    away: Option<Notice>,
    parts: Vec<Part>,
    uploads: &'static str,
    max_bytes: u64,
}

/// A place for scans.
struct Part {
    word: &'static str,
    title: &'static str,
    hint: &'static str,
    shown: Vec<Shown>,
    /// Scans of this place are being judged: the page may be looked at again.
    checking: bool,
    field: FileField,
    submit: Button,
}

/// A scan as the page shows it.
struct Shown {
    id: String,
    name: String,
    about: String,
    tag: Tag,
    preview: bool,
    kept: bool,
    /// What should be done better, or why it was not kept.
    notes: Vec<&'static str>,
    /// Fields that the zone contradicts, with the address of their form.
    differs: Vec<(&'static str, String)>,
    remove: Option<Button>,
}

/// The page.
pub async fn get(SignedIn { visit, session }: SignedIn) -> std::result::Result<Response, Fault> {
    draw(&visit, &session.account, None).await
}

/// The page with an error at the field of a place.
pub async fn with_error(
    visit: &Visit,
    account: &AccountId,
    slot: Slot,
    key: &'static str,
) -> std::result::Result<Response, Fault> {
    draw(visit, account, Some((slot, key))).await
}

async fn draw(
    visit: &Visit,
    account: &AccountId,
    error: Option<(Slot, &'static str)>,
) -> std::result::Result<Response, Fault> {
    let (ctx, account) = (visit.ctx().clone(), account.clone());
    let scans = visit.app().read(move |tx| documents::scans(tx, &ctx, &account)).await?;
    let page = visit.page();
    let mut errors = Errors::new();
    if let Some((slot, key)) = error {
        errors.add(field_id(slot), page.t(key));
    }
    let can = visit.app().gateways().objects.is_some();
    let away = (!can).then(|| Notice::new(page.lang, Mood::Warning, page.t("documents-away")));
    let parts = Slot::ALL.iter().map(|slot| part(&page, *slot, &scans, &errors)).collect();
    let template = DocumentsPage {
        summary: errors.summary(page.lang),
        away,
        parts,
        uploads: UPLOADS,
        max_bytes: visit.app().config().documents.max_bytes,
        page,
    };
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(visit.html(status, &template))
}

fn field_id(slot: Slot) -> String {
    format!("file-{}", slot.word())
}

fn part(page: &Page, slot: Slot, scans: &[Scan], errors: &Errors) -> Part {
    let id = field_id(slot);
    let own: Vec<&Scan> = scans.iter().filter(|scan| scan.slot == slot).collect();
    let label = if own.is_empty() { "documents-choose" } else { "documents-choose-more" };
    Part {
        word: slot.word(),
        title: page.t(slot.title()),
        hint: page.t(slot.hint()),
        checking: own.iter().any(|scan| scan.state == State::Checking),
        shown: own.into_iter().map(|scan| shown(page, scan)).collect(),
        field: FileField::new(page.lang, "file", ACCEPT)
            .label(page.t(label))
            .hint(page.t("documents-choose-hint"))
            .error(errors.get(&id))
            .id(id),
        submit: Button::new(page.t("documents-upload")).weight(Weight::Secondary),
    }
}

fn shown(page: &Page, scan: &Scan) -> Shown {
    let told = &scan.told;
    let better = !told.advice.is_empty() || !told.differs.is_empty();
    let (mood, word) = match scan.state {
        State::Checking => (Mood::Info, "documents-state-checking"),
        State::Kept if better => (Mood::Warning, "documents-state-better"),
        State::Kept => (Mood::Success, "documents-state-kept"),
        State::Refused => (Mood::Danger, "documents-state-refused"),
    };
    let notes = match scan.state {
        State::Refused => vec![page.t(refusal_key(&told.refusal))],
        _ => told.advice.iter().filter_map(|word| advice_key(word)).map(|key| page.t(key)).collect(),
    };
    let differs = told.differs.iter().filter_map(|word| Field::from_word(word));
    let name = if told.name.is_empty() { page.t("documents-unnamed").to_owned() } else { told.name.clone() };
    let remove = Button::new(page.tf1("documents-remove", "name", name.as_str()));
    Shown {
        about: page.tf(
            "documents-about",
            &[("size", size(page, told.bytes).into()), ("time", page.date_time(scan.created_at).into())],
        ),
        tag: Tag::new(mood, page.t(word)),
        preview: scan.state == State::Kept && told.preview,
        kept: scan.state == State::Kept,
        notes,
        differs: differs.map(|field| (page.t(field.label()), path(field.section()))).collect(),
        remove: (scan.state != State::Checking).then(|| remove.weight(Weight::Quiet)),
        id: scan.id.to_string(),
        name,
    }
}

/// Bytes in words that people use.
fn size(page: &Page, bytes: u64) -> String {
    let tenths = (bytes * 10).div_ceil(1024 * 1024);
    if bytes < 1024 * 1024 {
        return page.tf1("documents-kib", "number", bytes.div_ceil(1024).to_string());
    }
    let point = if page.lang == kernel::Lang::Ru { ',' } else { '.' };
    page.tf1("documents-mib", "number", format!("{}{point}{}", tenths / 10, tenths % 10))
}
