//! A new file from the pages of an old one: what can be reached from a page's contents and nothing else.

use super::file::{Entry, File};
use super::filters::{self, Packing};
use super::lex::{Dict, Name, Object};
use crate::{Refusal, Rules, jpeg};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::Write as _;

/// Keys that are not carried over: metadata, structure, links and forms, layers, and whatever leads back up.
const DROPPED: &[&str] = &[
    "Metadata",
    "PieceInfo",
    "LastModified",
    "StructParent",
    "StructParents",
    "Annots",
    "Annot",
    "Thumb",
    "OPI",
    "Ref",
    "Alternates",
    "Parent",
    "OC",
    "Properties",
    "Measure",
    "PtData",
    "Length",
    "DL",
];

/// A page: what it inherited is filled in.
pub(super) struct Page {
    pub(super) resources: Dict,
    pub(super) media_box: Object,
    pub(super) rotate: i64,
    rest: Dict,
}

/// The pages in order.
pub(super) fn pages(file: &File, rules: &Rules) -> Result<Vec<Page>, Refusal> {
    let root = file.objects.get(&file.root).and_then(|entry| entry.object.dict()).ok_or(Refusal::Broken)?;
    let tree = root.get(b"Pages".as_slice()).and_then(Object::reference).ok_or(Refusal::Broken)?;
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    collect(file, tree, &Dict::new(), rules.max_depth, rules, &mut seen, &mut found)?;
    if found.is_empty() { Err(Refusal::Broken) } else { Ok(found) }
}

fn collect(
    file: &File,
    number: u32,
    above: &Dict,
    depth: usize,
    rules: &Rules,
    seen: &mut BTreeSet<u32>,
    found: &mut Vec<Page>,
) -> Result<(), Refusal> {
    // A page that is named twice, or a tree that leads back into itself.
    if depth == 0 || !seen.insert(number) {
        return Err(Refusal::Bomb);
    }
    let node = file.objects.get(&number).and_then(|entry| entry.object.dict()).ok_or(Refusal::Broken)?;
    let mut merged = above.clone();
    for key in ["Resources", "MediaBox", "CropBox", "Rotate"] {
        if let Some(value) = node.get(key.as_bytes()) {
            merged.insert(key.into(), file.follow(value).clone());
        }
    }
    match file.value(node, b"Kids") {
        Object::Array(kids) => kids.iter().try_for_each(|kid| {
            let kid = kid.reference().ok_or(Refusal::Broken)?;
            collect(file, kid, &merged, depth - 1, rules, seen, found)
        }),
        _ => {
            if found.len() >= rules.max_pages {
                return Err(Refusal::TooManyPages);
            }
            found.push(page(file, node, merged));
            Ok(())
        }
    }
}

fn page(file: &File, node: &Dict, mut merged: Dict) -> Page {
    let resources =
        merged.remove(b"Resources".as_slice()).and_then(|value| value.dict().cloned()).unwrap_or_default();
    let letter = || Object::Array([0, 0, 595, 842].map(Object::Int).to_vec());
    let media_box = merged.remove(b"MediaBox".as_slice()).unwrap_or_else(letter);
    let rotate = merged.get(b"Rotate".as_slice()).and_then(Object::int).unwrap_or(0);
    let mut rest = merged;
    for key in ["Contents", "UserUnit", "Group"] {
        if let Some(value) = node.get(key.as_bytes()) {
            rest.insert(key.into(), value.clone());
        }
    }
    // A list of contents may itself be another object; a single stream stays a reference.
    if let Object::Array(parts) = file.value(node, b"Contents") {
        rest.insert(b"Contents".to_vec(), Object::Array(parts.clone()));
    }
    Page { resources, media_box, rotate, rest }
}

/// Writes the new file.
pub(super) fn write(file: &File, pages: &[Page], rules: &Rules) -> Result<Vec<u8>, Refusal> {
    let first_page = 3;
    let mut copier =
        Copier { numbers: BTreeMap::new(), waiting: VecDeque::new(), next: first_page + pages.len() as u32 };
    let mut out = Output { bytes: b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n".to_vec(), offsets: Vec::new() };
    let kids = (first_page..).take(pages.len()).map(Object::Ref).collect();
    out.object(&dict([("Type", name("Catalog")), ("Pages", Object::Ref(2))]), None);
    out.object(
        &dict([
            ("Type", name("Pages")),
            ("Kids", Object::Array(kids)),
            ("Count", Object::Int(pages.len() as i64)),
        ]),
        None,
    );
    for page in pages {
        let Object::Dict(mut copy) = copier.copy(&Object::Dict(page.rest.clone())) else {
            return Err(Refusal::Broken);
        };
        copy.insert(b"Type".to_vec(), name("Page"));
        copy.insert(b"Parent".to_vec(), Object::Ref(2));
        copy.insert(b"MediaBox".to_vec(), copier.copy(&page.media_box));
        copy.insert(b"Resources".to_vec(), copier.copy(&Object::Dict(page.resources.clone())));
        out.object(&Object::Dict(copy), None);
        out.within(rules)?;
    }
    while let Some(number) = copier.waiting.pop_front() {
        let entry = file.objects.get(&number);
        let (object, stream) = match entry {
            Some(entry) => copier.entry(entry, rules)?,
            None => (Object::Null, None),
        };
        out.object(&object, stream.as_deref());
        out.within(rules)?;
    }
    Ok(out.finish())
}

fn name(text: &str) -> Object {
    Object::Name(text.into())
}

fn dict<const N: usize>(pairs: [(&str, Object); N]) -> Object {
    Object::Dict(pairs.into_iter().map(|(key, value)| (Name::from(key), value)).collect())
}

/// Gives new numbers in the order in which objects are met.
struct Copier {
    numbers: BTreeMap<u32, u32>,
    waiting: VecDeque<u32>,
    next: u32,
}

impl Copier {
    fn copy(&mut self, object: &Object) -> Object {
        match object {
            Object::Ref(number) => {
                let known = self.numbers.get(number).copied();
                Object::Ref(known.unwrap_or_else(|| {
                    let new = self.next;
                    self.next += 1;
                    self.numbers.insert(*number, new);
                    self.waiting.push_back(*number);
                    new
                }))
            }
            Object::Array(items) => Object::Array(items.iter().map(|item| self.copy(item)).collect()),
            Object::Dict(dict) => {
                let kept =
                    dict.iter().filter(|(key, _)| !DROPPED.iter().any(|dropped| dropped.as_bytes() == *key));
                Object::Dict(kept.map(|(key, value)| (key.clone(), self.copy(value))).collect())
            }
            other => other.clone(),
        }
    }

    /// An object with its stream: a JPEG without its metadata, zlib without what follows it.
    fn entry(&mut self, entry: &Entry, rules: &Rules) -> Result<(Object, Option<Vec<u8>>), Refusal> {
        let (Some(data), Some(dict)) = (entry.stream, entry.object.dict()) else {
            return Ok((self.copy(&entry.object), None));
        };
        let mut dict = dict.clone();
        let mut budget = rules.max_unpacked;
        let data = match filters::packing(&dict)? {
            Packing::None | Packing::Fax => data.to_vec(),
            Packing::Flate => {
                let length = filters::inflate(data, &mut budget, None)?;
                data.get(..length).unwrap_or_default().to_vec()
            }
            Packing::Jpeg => jpeg::walk(data, rules)?.bare,
            Packing::FlateJpeg => {
                let mut inner = Vec::new();
                filters::inflate(data, &mut budget, Some(&mut inner))?;
                dict.insert(b"Filter".to_vec(), name("DCTDecode"));
                dict.remove(b"DecodeParms".as_slice());
                jpeg::walk(&inner, rules)?.bare
            }
        };
        let Object::Dict(mut copy) = self.copy(&Object::Dict(dict)) else { return Err(Refusal::Broken) };
        copy.insert(b"Length".to_vec(), Object::Int(data.len() as i64));
        Ok((Object::Dict(copy), Some(data)))
    }
}

struct Output {
    bytes: Vec<u8>,
    offsets: Vec<usize>,
}

impl Output {
    fn object(&mut self, object: &Object, stream: Option<&[u8]>) {
        self.offsets.push(self.bytes.len());
        self.text(&format!("{} 0 obj\n", self.offsets.len()));
        self.value(object);
        if let Some(data) = stream {
            self.text("\nstream\n");
            self.bytes.extend_from_slice(data);
            self.text("\nendstream");
        }
        self.text("\nendobj\n");
    }

    fn within(&self, rules: &Rules) -> Result<(), Refusal> {
        if self.bytes.len() > rules.max_clean { Err(Refusal::Bomb) } else { Ok(()) }
    }

    fn text(&mut self, text: &str) {
        self.bytes.extend_from_slice(text.as_bytes());
    }

    fn value(&mut self, object: &Object) {
        match object {
            Object::Null => self.text("null"),
            Object::Bool(value) => self.text(if *value { "true" } else { "false" }),
            Object::Int(value) => self.text(&value.to_string()),
            Object::Real(text) => self.bytes.extend_from_slice(text),
            Object::Name(name) => self.name(name),
            Object::Text(text) => {
                let hex = text.iter().fold(String::new(), |mut hex, byte| {
                    let _ = write!(hex, "{byte:02x}");
                    hex
                });
                self.text(&format!("<{hex}>"));
            }
            Object::Array(items) => {
                self.text("[");
                for item in items {
                    self.value(item);
                    self.text(" ");
                }
                self.text("]");
            }
            Object::Dict(dict) => {
                self.text("<<");
                for (key, value) in dict {
                    self.name(key);
                    self.text(" ");
                    self.value(value);
                    self.text(" ");
                }
                self.text(">>");
            }
            Object::Ref(number) => self.text(&format!("{number} 0 R")),
        }
    }

    fn name(&mut self, name: &[u8]) {
        self.text("/");
        for byte in name {
            if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'+' | b'.' | b',') {
                self.bytes.push(*byte);
            } else {
                self.text(&format!("#{byte:02X}"));
            }
        }
    }

    fn finish(mut self) -> Vec<u8> {
        let start = self.bytes.len();
        let size = self.offsets.len() + 1;
        self.text(&format!("xref\n0 {size}\n0000000000 65535 f \n"));
        for offset in std::mem::take(&mut self.offsets) {
            self.text(&format!("{offset:010} 00000 n \n"));
        }
        self.text(&format!("trailer\n<</Root 1 0 R /Size {size}>>\nstartxref\n{start}\n%%EOF\n"));
        self.bytes
    }
}
