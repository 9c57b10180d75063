//! `/dev/components`: every component in every state. Served in demonstration mode only.
//!
//! The samples are written out in both languages here rather than in the text files: they are
//! material of a tool for developers, not words of the product.

mod forms;
#[cfg(test)]
mod markup;
mod messages;
mod ways;

use super::page::Page;
use super::ui::Words;
use askama::Template;
use askama::filters::HtmlSafe;
use kernel::Lang;

/// A component in one state.
#[derive(Debug)]
struct Sample {
    state: &'static str,
    shown: Words,
}

/// All states of a component.
#[derive(Debug)]
struct Section {
    name: &'static str,
    samples: Vec<Sample>,
}

impl Section {
    fn new(name: &'static str) -> Section {
        Section { name, samples: Vec::new() }
    }

    fn show(mut self, state: &'static str, component: &impl HtmlSafe) -> Section {
        self.samples.push(Sample { state, shown: Words::html(component) });
        self
    }
}

/// The page itself.
#[derive(Debug, Template)]
#[template(path = "components.html")]
pub struct Components {
    page: Page,
    sections: Vec<Section>,
}

impl Components {
    /// The page in the language of `page`.
    pub fn new(page: Page) -> Components {
        let lang = page.lang;
        let sections = [forms::sections(lang), messages::sections(lang), ways::sections(lang)];
        Components { sections: sections.into_iter().flatten().collect(), page }
    }

    fn colours(&self) -> [&'static str; 10] {
        ["paper", "surface", "ink", "muted", "line", "primary", "tint", "accent", "success", "danger"]
    }
}

/// The sample text of a language.
fn say(lang: Lang, ru: &'static str, en: &'static str) -> &'static str {
    match lang {
        Lang::Ru => ru,
        Lang::En => en,
    }
}
