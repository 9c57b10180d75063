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

/// A page: what it inherited is filled in. Everything is borrowed, since many pages may share one large dictionary.
pub(super) struct Page<'f> {
    pub(super) resources: Option<&'f Dict>,
    pub(super) media_box: Option<&'f Object>,
    pub(super) rotate: i64,
    rest: Vec<(&'static str, &'f Object)>,
}

/// What pages inherit from the nodes above them.
#[derive(Clone, Copy, Default)]
struct Inherited<'f> {
    resources: Option<&'f Object>,
    media_box: Option<&'f Object>,
    crop_box: Option<&'f Object>,
    rotate: Option<&'f Object>,
}

/// The pages in order.
pub(super) fn pages<'f>(file: &'f File, rules: &Rules) -> Result<Vec<Page<'f>>, Refusal> {
    let root = file.objects.get(&file.root).and_then(|entry| entry.object.dict()).ok_or(Refusal::Broken)?;
    let tree = root.get(b"Pages".as_slice()).and_then(Object::reference).ok_or(Refusal::Broken)?;
    let mut walk = Walk { file, rules, seen: BTreeSet::new(), found: Vec::new() };
    walk.node(tree, Inherited::default(), rules.max_depth)?;
    if walk.found.is_empty() { Err(Refusal::Broken) } else { Ok(walk.found) }
}

struct Walk<'f, 'r> {
    file: &'f File<'f>,
    rules: &'r Rules,
    seen: BTreeSet<u32>,
    found: Vec<Page<'f>>,
}

impl<'f> Walk<'f, '_> {
    fn node(&mut self, number: u32, above: Inherited<'f>, depth: usize) -> Result<(), Refusal> {
        // A page that is named twice, or a tree that leads back into itself.
        if depth == 0 || !self.seen.insert(number) {
            return Err(Refusal::Bomb);
        }
        let file = self.file;
        let node = file.objects.get(&number).and_then(|entry| entry.object.dict()).ok_or(Refusal::Broken)?;
        let own =
            |key: &str, inherited| node.get(key.as_bytes()).map(|value| file.follow(value)).or(inherited);
        let all = Inherited {
            resources: own("Resources", above.resources),
            media_box: own("MediaBox", above.media_box),
            crop_box: own("CropBox", above.crop_box),
            rotate: own("Rotate", above.rotate),
        };
        if let Object::Array(kids) = file.value(node, b"Kids") {
            return kids.iter().try_for_each(|kid| {
                let kid = kid.reference().ok_or(Refusal::Broken)?;
                self.node(kid, all, depth - 1)
            });
        }
        if self.found.len() >= self.rules.max_pages {
            return Err(Refusal::TooManyPages);
        }
        self.found.push(page(file, node, all));
        Ok(())
    }
}

fn page<'f>(file: &'f File, node: &'f Dict, all: Inherited<'f>) -> Page<'f> {
    // A list of contents may itself be another object; a single stream stays a reference.
    let contents = match file.value(node, b"Contents") {
        list @ Object::Array(_) => Some(list),
        _ => node.get(b"Contents".as_slice()),
    };
    let own = |key: &str| node.get(key.as_bytes());
    let rest = [
        ("CropBox", all.crop_box),
        ("Rotate", all.rotate),
        ("Contents", contents),
        ("UserUnit", own("UserUnit")),
        ("Group", own("Group")),
    ];
    Page {
        resources: all.resources.and_then(Object::dict),
        media_box: all.media_box,
        rotate: all.rotate.and_then(Object::int).unwrap_or(0),
        rest: rest.into_iter().filter_map(|(key, value)| Some((key, value?))).collect(),
    }
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
        let rest = page.rest.iter().map(|(key, value)| (Name::from(*key), copier.copy(value)));
        let mut copy: Dict = rest.collect();
        copy.insert(b"Type".to_vec(), name("Page"));
        copy.insert(b"Parent".to_vec(), Object::Ref(2));
        let a4 = || Object::Array([0, 0, 595, 842].map(Object::Int).to_vec());
        copy.insert(b"MediaBox".to_vec(), page.media_box.map_or_else(a4, |value| copier.copy(value)));
        copy.insert(
            b"Resources".to_vec(),
            Object::Dict(page.resources.map(|d| copier.dict(d)).unwrap_or_default()),
        );
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
            Object::Dict(dict) => Object::Dict(self.dict(dict)),
            other => other.clone(),
        }
    }

    fn dict(&mut self, dict: &Dict) -> Dict {
        let kept = dict.iter().filter(|(key, _)| !DROPPED.iter().any(|dropped| dropped.as_bytes() == *key));
        kept.map(|(key, value)| (key.clone(), self.copy(value))).collect()
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
        let mut copy = self.dict(&dict);
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
