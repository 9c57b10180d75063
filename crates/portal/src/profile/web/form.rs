//! Forms of fields: what stands in each, what is wrong, what was changed elsewhere, and confirmed values that are not
//! shown whole to whoever sits down at the computer.

use super::super::{Fault as Mistake, Field, Fields, Judge, Kind, Place, Section};
use super::section::draw_field;
use super::{choice, shown};
use crate::ctx::Ctx;
use crate::web::page::Page;
use crate::web::ui::{ErrorSummary, Errors, Words};
use askama::Template;
use askama::filters::HtmlSafe;

/// What a form is drawn from.
pub struct Source<'a> {
    /// Its fields.
    pub section: Section,
    /// Where hashes of its values belong.
    pub place: Place,
    /// What is stored; what another form will be compared with.
    pub stored: &'a Fields,
    /// What stands in the form.
    pub values: &'a Fields,
    /// Judges what stands in the form.
    pub judge: &'a Judge<'a>,
    /// What is to be mended, told after the form was sent.
    pub mistakes: &'a [Mistake],
    /// What was changed elsewhere meanwhile, with what this form wanted.
    pub asked: &'a [(Field, String)],
    /// Whether a confirmed value may be shown whole.
    pub open: &'a dyn Fn(Field) -> bool,
}

/// A form, drawn.
pub struct Drawn {
    /// What went wrong, for the top of the page.
    pub summary: Option<ErrorSummary>,
    /// The fields.
    pub fields: Vec<Words>,
    /// What the hidden field holds.
    pub seen: String,
    /// There are confirmed values that are not shown whole.
    pub held: bool,
    /// There is something to type into.
    pub typed: bool,
}

/// A confirmed value that is not to be typed into as long as nobody asked for it.
#[derive(Template)]
#[template(path = "profile/templates/held.html")]
struct Held<'a> {
    page: &'a Page,
    word: &'static str,
    label: &'static str,
    value: String,
    error: Option<&'a str>,
}
impl HtmlSafe for Held<'_> {}

/// Draws it.
pub fn draw(page: &Page, ctx: &Ctx, source: &Source<'_>) -> Drawn {
    let mut errors = Errors::new();
    let mut values = source.values.clone();
    for (field, wanted) in source.asked {
        errors.add(field.word(), meanwhile(page, source.stored, *field));
        values.keep_draft(*field, wanted);
    }
    for (field, key) in source.mistakes {
        if errors.get(field.word()).is_none() {
            errors.add(field.word(), page.t(key));
        }
    }
    let hidden = |field: Field| is_held(&values, field) && !(source.open)(field);
    // «No patronymic» is asked beside a patronymic that can be typed over, not beside one that is hidden.
    let asks = |field: &Field| *field != Field::NoPatronymic || !hidden(Field::Patronymic);
    let fields = || source.section.fields().filter(asks);
    let (held, typed): (Vec<Field>, Vec<Field>) = fields().partition(|field| hidden(*field));
    let one = |field: Field| {
        let error = errors.get(field.word());
        match held.contains(&field) {
            true => held_field(page, &values, field, error),
            false => draw_field(page, &values, source.judge, field, error),
        }
    };
    let drawn = fields().filter(|field| !held.contains(field) || source.judge.applies(*field));
    Drawn {
        fields: drawn.map(one).collect(),
        summary: errors.summary(page.lang),
        seen: source.place.seen(ctx, source.stored, typed.iter().copied()),
        held: !held.is_empty(),
        typed: !typed.is_empty(),
    }
}

/// Confirmed, and nothing was typed over it.
fn is_held(values: &Fields, field: Field) -> bool {
    values.entry(field).is_some_and(|entry| {
        entry.draft.is_none() && entry.value.as_ref().is_some_and(|value| value.confirmed.is_some())
    })
}

fn held_field(page: &Page, values: &Fields, field: Field, error: Option<&str>) -> Words {
    let value = values.value(field).map(|value| shown::value(page, field, value)).unwrap_or_default();
    Words::html(&Held { page, word: field.word(), label: page.t(field.label()), value, error })
}

/// What somebody else put into a field meanwhile.
pub fn meanwhile(page: &Page, stored: &Fields, field: Field) -> String {
    let typed = stored.typed(field);
    let theirs = match field.kind() {
        _ if is_held(stored, field) => field.masked(stored.text(field)),
        Kind::Tick => return page.t("profile-error-meanwhile-tick").to_owned(),
        Kind::Choice(_) => choice(page, field, &typed).map_or(typed, str::to_owned),
        _ => typed,
    };
    match theirs.is_empty() {
        true => page.t("profile-error-meanwhile-empty").to_owned(),
        false => page.tf1("profile-error-meanwhile", "value", theirs),
    }
}
