//! The lists on the page of everything: each entry with its values, ways to change and remove it, a way to add one.

use super::super::{Field, Fields, Item, Judge, List, Profile, Progress, Settings};
use super::{shown, title};
use crate::web::page::{Kind as Mood, Page};
use crate::web::ui::{LinkButton, SummaryList, Tag, TaskList, Weight, Words};
use askama::Template;
use askama::filters::HtmlSafe;
use kernel::Date;

/// The address of an entry, there or to be.
pub fn path(list: List, id: &str) -> String {
    format!("/cabinet/profile/list/{}/{id}", list.word())
}

/// The address that begins a new entry.
fn add(list: List) -> String {
    format!("/cabinet/profile/add/{}", list.word())
}

/// What an entry is called: by its values, else by its kind.
pub fn name(page: &Page, list: List, values: &Fields) -> String {
    let texts: Vec<&str> = match list {
        List::Children => vec![values.text(Field::ChildFirstName), values.text(Field::ChildSurname)],
        List::Vehicles => {
            let named = [Field::VehicleName, Field::Plate].map(|field| values.text(field));
            named.into_iter().filter(|text| !text.is_empty()).take(1).collect()
        }
    };
    let told = texts.into_iter().filter(|text| !text.is_empty()).collect::<Vec<&str>>().join(" ");
    if told.is_empty() { title(page, list.section()).to_owned() } else { told }
}

/// A list with entries.
#[derive(Template)]
#[template(path = "profile/templates/list.html")]
struct Band {
    word: &'static str,
    title: &'static str,
    entries: Vec<Entry>,
    add: Option<LinkButton>,
    full: String,
}
impl HtmlSafe for Band {}

struct Entry {
    id: String,
    name: String,
    tag: Option<Tag>,
    values: SummaryList,
    change: LinkButton,
    remove: LinkButton,
}

fn heading(page: &Page, list: List) -> &'static str {
    page.t(match list {
        List::Children => "profile-children",
        List::Vehicles => "profile-vehicles",
    })
}

fn add_label(page: &Page, list: List) -> &'static str {
    page.t(match list {
        List::Children => "profile-children-add",
        List::Vehicles => "profile-vehicles-add",
    })
}

/// The lists that have entries.
pub fn bands(page: &Page, settings: &Settings, profile: &Profile, today: Date) -> Vec<Words> {
    let told = List::ALL.into_iter().filter(|list| !profile.items(*list).is_empty());
    told.map(|list| Words::html(&band(page, settings, profile, list, today))).collect()
}

fn band(page: &Page, settings: &Settings, profile: &Profile, list: List, today: Date) -> Band {
    let (items, most) = (profile.items(list), list.most(settings));
    let entries = items.iter().map(|item| entry(page, profile, list, item, today)).collect();
    let add = LinkButton::new(add_label(page, list), add(list)).weight(Weight::Secondary);
    Band {
        word: list.word(),
        title: heading(page, list),
        entries,
        add: (items.len() < most).then_some(add),
        full: page.tf1("profile-list-full", "most", i64::try_from(most).unwrap_or(i64::MAX)),
    }
}

fn entry(page: &Page, profile: &Profile, list: List, item: &Item, today: Date) -> Entry {
    let judge = Judge::of_item(profile, list, &item.id, &item.values, today);
    let name = name(page, list, &item.values);
    let rows = shown::rows(page, &item.values, &judge, list.section());
    let whole = judge.progress(list.section()) == Progress::Complete;
    let change = page.tf1("profile-change", "section", name.clone());
    let remove = page.tf1("profile-remove", "name", name.clone());
    let address = path(list, item.id.as_str());
    Entry {
        id: item.id.to_string(),
        tag: (!whole).then(|| Tag::new(Mood::Warning, page.t("profile-progress-unfinished"))),
        values: rows.into_iter().fold(SummaryList::new(), |rows, (name, value)| rows.row(name, value)),
        change: LinkButton::new(change, address.clone()).weight(Weight::Secondary),
        remove: LinkButton::new(remove, format!("{address}/remove")).weight(Weight::Quiet),
        name,
    }
}

/// What can be told besides, with the lists that are empty still.
pub fn offered(page: &Page, tasks: Option<TaskList>, profile: &Profile) -> Option<TaskList> {
    List::ALL.into_iter().filter(|list| profile.items(*list).is_empty()).fold(tasks, |tasks, list| {
        let tag = Tag::plain(page.t("profile-progress-empty"));
        let tasks = tasks.unwrap_or_else(TaskList::new);
        Some(tasks.task(heading(page, list), "", Some(&add(list)), Some(tag)))
    })
}
