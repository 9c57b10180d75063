//! What a scan never needs and a viewer might act on.

use super::lex::Object;
use crate::Refusal;

/// Names that mean an action, a program or an attachment, wherever they stand: as a key or as a value. Escapes such as
/// `/J#61vaScript` were resolved before.
const NAMES: &[&str] = &[
    "JavaScript",
    "JS",
    "AA",
    "Launch",
    "SubmitForm",
    "ImportData",
    "EmbeddedFile",
    "EmbeddedFiles",
    "EF",
    "FileAttachment",
    "AF",
    "RichMedia",
    "RichMediaContent",
    "RichMediaExecute",
    "XFA",
    "Rendition",
    "Movie",
    "Sound",
    "GoToE",
    "GoToR",
    "3D",
    "Collection",
    "PS",
];

/// Refuses an object that holds such a name at any depth.
pub(super) fn look(object: &Object) -> Result<(), Refusal> {
    match object {
        Object::Name(name) => named(name),
        Object::Array(items) => items.iter().try_for_each(look),
        Object::Dict(dict) => dict.iter().try_for_each(|(key, value)| {
            named(key)?;
            // Opening at a page is what every word processor writes; it is dropped. Anything else is an action.
            if key == b"OpenAction" && !is_destination(value) {
                return Err(Refusal::ActiveContent { what: "OpenAction" });
            }
            look(value)
        }),
        _ => Ok(()),
    }
}

fn named(name: &[u8]) -> Result<(), Refusal> {
    match NAMES.iter().find(|known| known.as_bytes() == name) {
        Some(what) => Err(Refusal::ActiveContent { what }),
        None => Ok(()),
    }
}

/// A place in the document, or a reference (what it refers to is looked at as an object of its own: harmful kinds of
/// action are among the names above).
fn is_destination(value: &Object) -> bool {
    match value {
        Object::Array(_) | Object::Ref(_) | Object::Null => true,
        Object::Dict(dict) => dict.get(b"S".as_slice()).and_then(Object::name) == Some(b"GoTo"),
        _ => false,
    }
}
