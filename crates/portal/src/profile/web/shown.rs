//! Values as pages show them that anybody may see who sits down at the person's computer: numbers not whole.

use super::super::{Field, Fields, Judge, Kind, Origin, Section, Value};
use super::choice;
use crate::web::page::Page;

/// The labels and values of a section or an entry.
pub fn rows(
    page: &Page,
    values: &Fields,
    judge: &Judge<'_>,
    section: Section,
) -> Vec<(&'static str, String)> {
    let mut rows = Vec::new();
    for field in section.fields().filter(|field| judge.applies(*field)) {
        let label = page.t(field.label());
        if let Some(known) = values.value(field) {
            rows.push((label, value(page, field, known)));
        }
        let Some(entry) = values.entry(field).filter(|entry| entry.draft.is_some()) else { continue };
        // What waits beside a value has a row of its own; alone it stands for the field, in entries that are not whole.
        let single = super::super::List::ALL.iter().all(|list| list.section() != section);
        if field.kind() == Kind::Tick || (entry.value.is_none() && single) {
            continue;
        }
        let new = judge.effective(field).filter(|text| !text.is_empty());
        let told = match new.map(|text| plain(page, field, &text)) {
            Some(value) => page.tf1("profile-waits", "value", value),
            None => page.t("profile-waits-unread").to_owned(),
        };
        rows.push((if entry.value.is_some() { page.t("profile-waits-label") } else { label }, told));
    }
    rows
}

/// A value, with who confirmed it.
pub fn value(page: &Page, field: Field, value: &Value) -> String {
    if field.kind() == Kind::Tick {
        return page.t("profile-yes").to_owned();
    }
    let shown = plain(page, field, &value.text);
    let Some((by, at)) = value.confirmed else { return shown };
    let args = [("value", shown.into()), ("by", origin(page, by).into()), ("date", page.date(at).into())];
    page.tf("profile-confirmed", &args)
}

fn plain(page: &Page, field: Field, text: &str) -> String {
    choice(page, field, text).map_or_else(|| field.masked(text), str::to_owned)
}

fn origin(page: &Page, origin: Origin) -> &'static str {
    page.t(match origin {
        Origin::Typed => "profile-origin-typed",
        Origin::Register => "profile-origin-register",
        Origin::Bank => "profile-origin-bank",
        Origin::Operator => "profile-origin-operator",
        Origin::Signature => "profile-origin-signature",
    })
}
