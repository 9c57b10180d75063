//! A field in which one file is chosen.

use super::frame::{Frame, framed};
use askama::Template;
use kernel::Lang;
use std::borrow::Cow;

/// A file from the person's device.
#[derive(Clone, Debug, Template)]
#[template(path = "ui/file_field.html")]
pub struct FileField {
    frame: Frame,
    accept: &'static str,
}
framed!(FileField);

impl FileField {
    /// A field that offers files of these media types, separated by commas; the server looks at the content.
    pub fn new(lang: Lang, name: impl Into<Cow<'static, str>>, accept: &'static str) -> FileField {
        FileField { frame: Frame::new(lang, name), accept }
    }
}
