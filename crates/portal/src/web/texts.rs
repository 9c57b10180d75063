//! The words of the interface, in every language, from the Fluent files of all slices.
//!
//! Keys live in one namespace and begin with the name of their slice (`registration-title`).
//! The build stops at a key written twice; the tests stop at a key that is missing, unused or
//! different in its variables between the languages.

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use kernel::Lang;
use std::collections::HashMap;
use std::sync::LazyLock;

mod sources {
    include!(concat!(env!("OUT_DIR"), "/texts.rs"));
}

/// A value put into a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arg {
    /// Words, shown as they are.
    Text(String),
    /// A whole number; chooses the plural form.
    Int(i64),
}

impl From<&str> for Arg {
    fn from(text: &str) -> Arg {
        Arg::Text(text.to_owned())
    }
}
impl From<String> for Arg {
    fn from(text: String) -> Arg {
        Arg::Text(text)
    }
}
impl From<i64> for Arg {
    fn from(number: i64) -> Arg {
        Arg::Int(number)
    }
}
impl From<i32> for Arg {
    fn from(number: i32) -> Arg {
        Arg::Int(number.into())
    }
}
impl From<u32> for Arg {
    fn from(number: u32) -> Arg {
        Arg::Int(number.into())
    }
}
impl From<usize> for Arg {
    fn from(number: usize) -> Arg {
        Arg::Int(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

/// One language: the messages, and those without variables already written out.
struct Catalogue {
    bundle: FluentBundle<FluentResource>,
    ready: HashMap<String, String>,
}

static RU: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::load(Lang::Ru, sources::RU));
static EN: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::load(Lang::En, sources::EN));

/// The text of a message without variables; a look-up in a hash map.
///
/// An unknown key is a bug: it stops a debug build and shows the key itself in production.
pub fn text(lang: Lang, key: &'static str) -> &'static str {
    match catalogue(lang).ready.get(key) {
        Some(text) => text,
        None => missing(lang, key),
    }
}

/// The text of a message with its variables filled in (plural forms by the rules of the language).
pub fn format(lang: Lang, key: &'static str, args: &[(&str, Arg)]) -> String {
    let catalogue = catalogue(lang);
    let Some(pattern) = catalogue.bundle.get_message(key).and_then(|message| message.value()) else {
        return missing(lang, key).to_owned();
    };
    let mut values = FluentArgs::with_capacity(args.len());
    for (name, value) in args {
        values.set(*name, fluent_value(value));
    }
    let mut errors = Vec::new();
    let text = catalogue.bundle.format_pattern(pattern, Some(&values), &mut errors);
    debug_assert!(errors.is_empty(), "text {key} ({}): {errors:?}", lang.tag());
    text.into_owned()
}

/// Our own messages as they are written, by key.
pub(super) fn sources(lang: Lang) -> std::collections::BTreeMap<String, String> {
    super::templates::by_key(match lang {
        Lang::Ru => sources::RU,
        Lang::En => sources::EN,
    })
}

/// Reads every text now, so that the first visitor does not wait for it.
pub fn warm_up() {
    LazyLock::force(&RU);
    LazyLock::force(&EN);
}

fn catalogue(lang: Lang) -> &'static Catalogue {
    match lang {
        Lang::Ru => &RU,
        Lang::En => &EN,
    }
}

fn fluent_value(value: &Arg) -> FluentValue<'_> {
    match value {
        Arg::Text(text) => FluentValue::from(text.as_str()),
        Arg::Int(number) => FluentValue::from(*number),
    }
}

fn missing(lang: Lang, key: &'static str) -> &'static str {
    debug_assert!(false, "no text {key} in {}, or it wants variables", lang.tag());
    key
}

impl Catalogue {
    fn load(lang: Lang, files: &'static [(&str, &str)]) -> Catalogue {
        let mut bundle = FluentBundle::new_concurrent(vec![lang.tag().parse().unwrap_or_default()]);
        // Isolation marks would be copied with a code or a number; our two languages both run left to right.
        bundle.set_use_isolating(false);
        let mut keys = Vec::new();
        for (path, source) in files {
            // Broken syntax drops only the broken message; the test of this module names the file.
            let resource =
                FluentResource::try_new((*source).to_owned()).unwrap_or_else(|(resource, errors)| {
                    debug_assert!(false, "{path}: {errors:?}");
                    resource
                });
            keys.extend(message_keys(source));
            bundle.add_resource_overriding(resource);
        }
        let ready = keys.into_iter().filter_map(|key| Some((key.clone(), plain(&bundle, &key)?))).collect();
        Catalogue { bundle, ready }
    }
}

/// The text of a message that needs no variable.
fn plain(bundle: &FluentBundle<FluentResource>, key: &str) -> Option<String> {
    let pattern = bundle.get_message(key)?.value()?;
    let mut errors = Vec::new();
    let text = bundle.format_pattern(pattern, None, &mut errors).into_owned();
    errors.is_empty().then_some(text)
}

/// The message identifiers of a Fluent file: only a message starts in the first column with a letter.
fn message_keys(source: &str) -> impl Iterator<Item = String> {
    let starts = |line: &&str| line.starts_with(|c: char| c.is_ascii_alphabetic());
    source.lines().filter(starts).filter_map(|line| Some(line.split_once('=')?.0.trim().to_owned()))
}

#[cfg(test)]
mod tests;
