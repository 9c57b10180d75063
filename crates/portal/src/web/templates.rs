//! The operator's own words for messages: `ru.ftl` and `en.ftl` in a folder, with the keys that differ from ours.
//!
//! Invariants: what is read at the start is whole: a key that no message has, a variable that its text does not get, or
//! one that it must have and lacks (a code message without its code) stops the start; without a folder, or for a key
//! that is not in it, our own text is used.

use super::texts::{self, Arg};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use kernel::Lang;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Keys of messages begin with one of these; other texts are the portal's pages and stay as they are.
const OF_MESSAGES: [&str; 6] =
    ["notice-", "notifications-mail-", "notifications-push-body", "codes-sms-", "codes-call-", "codes-mail-"];

/// Variables that a text may do without.
const SPARE: [&str; 6] = ["portal", "host", "time", "hours", "minutes", "not_me_until"];

/// The operator's texts.
#[derive(Default)]
pub struct Templates {
    own: Vec<(Lang, FluentBundle<FluentResource>)>,
}

impl Templates {
    /// Reads the files of a folder; without one every text is ours.
    ///
    /// # Errors
    /// Everything that is wrong, with file and key.
    pub fn load(folder: Option<&Path>) -> Result<Templates, Vec<String>> {
        let Some(folder) = folder else { return Ok(Templates::default()) };
        let (mut own, mut problems) = (Vec::new(), Vec::new());
        for lang in Lang::ALL {
            let path = folder.join(format!("{}.ftl", lang.tag()));
            match std::fs::read_to_string(&path) {
                Ok(source) => match read(lang, &source) {
                    Ok(bundle) => own.push((lang, bundle)),
                    Err(found) => {
                        problems.extend(found.into_iter().map(|what| format!("{}: {what}", path.display())));
                    }
                },
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => problems.push(format!("{}: {error}", path.display())),
            }
        }
        if own.is_empty() && problems.is_empty() {
            problems.push(format!("{}: expected ru.ftl or en.ftl in this folder", folder.display()));
        }
        if problems.is_empty() { Ok(Templates { own }) } else { Err(problems) }
    }

    /// The text of a message with its variables.
    pub fn format(&self, lang: Lang, key: &'static str, args: &[(&str, Arg)]) -> String {
        self.own_text(lang, key, args).unwrap_or_else(|| texts::format(lang, key, args))
    }

    /// A text without variables.
    pub fn text(&self, lang: Lang, key: &'static str) -> String {
        self.own_text(lang, key, &[]).unwrap_or_else(|| texts::text(lang, key).to_owned())
    }

    fn own_text(&self, lang: Lang, key: &str, args: &[(&str, Arg)]) -> Option<String> {
        let (_, bundle) = self.own.iter().find(|(own, _)| *own == lang)?;
        let pattern = bundle.get_message(key)?.value()?;
        let mut values = FluentArgs::with_capacity(args.len());
        for (name, value) in args {
            values.set(
                *name,
                match value {
                    Arg::Text(text) => FluentValue::from(text.as_str()),
                    Arg::Int(number) => FluentValue::from(*number),
                },
            );
        }
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, Some(&values), &mut errors).into_owned();
        // The names were checked at the start; a plural form that still fails gives way to our own text.
        errors.is_empty().then_some(text)
    }
}

/// One file, checked.
fn read(lang: Lang, source: &str) -> Result<FluentBundle<FluentResource>, Vec<String>> {
    let mut problems = Vec::new();
    let resource = match FluentResource::try_new(source.to_owned()) {
        Ok(resource) => resource,
        Err((_, errors)) => return Err(errors.iter().map(ToString::to_string).collect()),
    };
    let ours = texts::sources(lang);
    let mut seen = BTreeSet::new();
    for (key, text) in messages(source) {
        let known = OF_MESSAGES.iter().any(|start| key.starts_with(start));
        let Some(our) = ours.get(&key).filter(|_| known) else {
            problems.push(format!("`{key}` is the key of no message"));
            continue;
        };
        if !seen.insert(key.clone()) {
            problems.push(format!("`{key}` stands there twice"));
        }
        if text.trim().is_empty() {
            problems.push(format!("`{key}` is empty"));
        }
        let (theirs, needed) = (variables(&text), variables(our));
        for name in theirs.difference(&needed) {
            problems.push(format!("`{key}` names `${name}`, which this message does not have"));
        }
        for name in needed.difference(&theirs).filter(|name| !SPARE.contains(&name.as_str())) {
            problems.push(format!("`{key}` lacks `${name}`"));
        }
    }
    if seen.is_empty() && problems.is_empty() {
        problems.push("there is no text in it".to_owned());
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let mut bundle = FluentBundle::new_concurrent(vec![lang.tag().parse().unwrap_or_default()]);
    bundle.set_use_isolating(false);
    match bundle.add_resource(resource) {
        Ok(()) => Ok(bundle),
        Err(errors) => Err(errors.iter().map(ToString::to_string).collect()),
    }
}

/// The messages of a Fluent file as they are written, in their order.
pub(super) fn messages(source: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    let mut open = false;
    for line in source.lines() {
        if line.starts_with(|sign: char| sign.is_ascii_alphabetic() || sign == '-') {
            let (key, text) = line.split_once('=').unwrap_or((line, ""));
            found.push((key.trim().to_owned(), text.to_owned()));
            open = true;
        } else if line.starts_with('#') {
            open = false;
        } else if let Some((_, text)) = found.last_mut().filter(|_| open) {
            text.push('\n');
            text.push_str(line);
        }
    }
    found
}

fn variables(text: &str) -> BTreeSet<String> {
    let name = |rest: &str| rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    text.split('$').skip(1).map(name).collect()
}

/// Our own messages of a language by key.
pub(super) fn by_key(files: &[(&str, &str)]) -> BTreeMap<String, String> {
    files.iter().flat_map(|(_, source)| messages(source)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(source: &str) -> Vec<String> {
        read(Lang::En, source).err().unwrap_or_default()
    }

    fn own(source: &str) -> Templates {
        let bundle = read(Lang::En, source).unwrap_or_else(|found| panic!("{found:?}"));
        Templates { own: vec![(Lang::En, bundle)] }
    }

    #[test]
    fn what_is_in_the_file_replaces_ours_and_nothing_else() {
        let templates = own("# Ours.\nnotice-locked-subject = Closed\n\
             notice-password-changed-text = Changed at { $time }.\n\
             codes-sms-register = { $code } is your code.\n");
        let args = [("time", Arg::from("noon")), ("portal", Arg::from("P")), ("host", Arg::from("h"))];
        assert_eq!(templates.text(Lang::En, "notice-locked-subject"), "Closed");
        assert_eq!(templates.format(Lang::En, "notice-password-changed-text", &args), "Changed at noon.");
        let ours = texts::format(Lang::En, "notice-locked-text", &args);
        assert_eq!(templates.format(Lang::En, "notice-locked-text", &args), ours);
        let russian = texts::text(Lang::Ru, "notice-locked-subject");
        assert_eq!(templates.text(Lang::Ru, "notice-locked-subject"), russian);
    }

    #[test]
    fn broken_files_are_told_apart() {
        let table = [
            ("", "no text"),
            ("notice-locked-subject = ", "Expected"),
            ("notice-locked-subject", "Expected"),
            ("notice-no-such-text = x", "no message"),
            ("web-cabinet = Office", "no message"),
            ("notice-locked-subject = { $name } x", "$name"),
            ("codes-sms-register = Your code is a secret", "lacks `$code`"),
            ("notice-locked-subject = a\nnotice-locked-subject = b", "twice"),
        ];
        for (source, expected) in &table {
            let found = problems(source);
            assert!(found.iter().any(|what| what.contains(expected)), "{source}: {found:?}");
        }
    }

    #[test]
    fn every_text_of_ours_would_pass_as_an_operators() {
        for lang in Lang::ALL {
            let of_messages = |key: &str| OF_MESSAGES.iter().any(|start| key.starts_with(start));
            let ours = texts::sources(lang);
            let file: String = ours
                .iter()
                .filter(|(key, _)| of_messages(key))
                .map(|(key, text)| format!("{key} ={text}\n"))
                .collect();
            assert!(file.lines().count() > 100);
            assert_eq!(read(lang, &file).err(), None);
        }
    }

    #[test]
    fn a_folder_without_files_or_with_broken_ones_is_refused() {
        let folder = std::env::temp_dir().join(format!("pristan-templates-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        assert!(Templates::load(Some(&folder)).is_err_and(|found| found[0].contains("expected ru.ftl")));
        std::fs::write(folder.join("en.ftl"), "notice-x = y").expect("written");
        let found = Templates::load(Some(&folder)).err().expect("refused");
        assert!(found[0].contains("en.ftl") && found[0].contains("notice-x"), "{found:?}");
        std::fs::write(folder.join("en.ftl"), "notice-locked-subject = Closed").expect("written");
        assert!(Templates::load(Some(&folder)).is_ok());
        assert!(Templates::load(None).is_ok());
        std::fs::remove_dir_all(&folder).expect("removed");
    }
}
