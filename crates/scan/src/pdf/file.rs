//! A PDF file from its first byte to its last: every byte belongs to something that is understood, or the file is refused.
//!
//! The cross-reference table is not believed and not needed: objects are found by walking, in all revisions and in all
//! object streams. So nothing hides from the checks behind a table that points elsewhere.

use super::lex::{Dict, Lexer, Object};
use super::{danger, filters};
use crate::{Refusal, Rules};
use std::collections::BTreeMap;

/// An object with its number; streams keep their bytes as stored.
#[derive(Clone, Debug)]
pub(super) struct Entry<'a> {
    pub(super) object: Object,
    pub(super) stream: Option<&'a [u8]>,
}

/// A walked file.
pub(super) struct File<'a> {
    /// The newest definition of each object.
    pub(super) objects: BTreeMap<u32, Entry<'a>>,
    /// The number of the catalog.
    pub(super) root: u32,
}

/// Longer than any stretch of white space between two parts (signatures leave room inside objects, not between).
const LONGEST_GAP: usize = 4 * 1024;

impl<'a> File<'a> {
    pub(super) fn read(bytes: &'a [u8], rules: &Rules) -> Result<File<'a>, Refusal> {
        let mut walk = Walk {
            bytes,
            rules,
            at: header(bytes)?,
            count: 0,
            objects: BTreeMap::new(),
            lengths: Vec::new(),
            root: None,
            budget: rules.max_unpacked,
            values: rules.max_values,
            ended: false,
        };
        walk.run()?;
        let root = walk.root.ok_or(Refusal::Broken)?;
        Ok(File { objects: walk.objects, root })
    }

    /// What an object stands for: references followed, a few at most.
    pub(super) fn follow<'b>(&'b self, mut object: &'b Object) -> &'b Object {
        for _ in 0..8 {
            let Object::Ref(number) = object else { return object };
            let Some(entry) = self.objects.get(number) else { return &Object::Null };
            object = &entry.object;
        }
        &Object::Null
    }

    /// The value of a key, references followed.
    pub(super) fn value<'b>(&'b self, dict: &'b Dict, key: &[u8]) -> &'b Object {
        dict.get(key).map_or(&Object::Null, |value| self.follow(value))
    }
}

/// Where the body begins, after `%PDF-n.n` and the end of its line.
fn header(bytes: &[u8]) -> Result<usize, Refusal> {
    match bytes {
        [b'%', b'P', b'D', b'F', b'-', b'1', b'.', b'0'..=b'7', b'\r' | b'\n' | b' ', ..]
        | [b'%', b'P', b'D', b'F', b'-', b'2', b'.', b'0', b'\r' | b'\n' | b' ', ..] => Ok(8),
        _ => Err(Refusal::Broken),
    }
}

struct Walk<'a, 'r> {
    bytes: &'a [u8],
    rules: &'r Rules,
    at: usize,
    count: usize,
    objects: BTreeMap<u32, Entry<'a>>,
    /// Streams whose length is another object: found length, number of that object.
    lengths: Vec<(usize, u32)>,
    root: Option<u32>,
    budget: usize,
    values: usize,
    ended: bool,
}

impl<'a> Walk<'a, '_> {
    fn run(&mut self) -> Result<(), Refusal> {
        while self.gap()? {
            let mut lexer = Lexer::new(self.bytes, self.at, self.rules.max_depth);
            if lexer.word(b"xref") {
                self.at = lexer.at;
                self.table()?;
            } else if lexer.word(b"trailer") {
                lexer.values = self.values;
                let trailer = lexer.object()?;
                self.at = lexer.at;
                self.trailer(trailer.dict().ok_or(Refusal::Broken)?)?;
            } else if lexer.word(b"startxref") {
                lexer.space();
                lexer.natural().ok_or(Refusal::Broken)?;
                self.at = lexer.at;
            } else {
                self.indirect()?;
            }
        }
        if !self.ended {
            return Err(Refusal::Broken);
        }
        for (found, number) in std::mem::take(&mut self.lengths) {
            let told = self.objects.get(&number).and_then(|entry| entry.object.int());
            let told = told.and_then(|told| usize::try_from(told).ok()).ok_or(Refusal::Broken)?;
            // The end of the line before `endstream` is not counted in the told length.
            if !(told..=told + 2).contains(&found) {
                return Err(Refusal::Broken);
            }
        }
        Ok(())
    }

    /// Skips white space and comments between parts; comments are printable or short, so that nothing hides in them.
    /// `false` at the end of the file.
    fn gap(&mut self) -> Result<bool, Refusal> {
        let start = self.at;
        loop {
            match self.bytes.get(self.at) {
                None => return Ok(false),
                Some(b'%') => {
                    let rest = self.bytes.get(self.at..).unwrap_or_default();
                    let length =
                        rest.iter().position(|byte| matches!(byte, b'\r' | b'\n')).unwrap_or(rest.len());
                    let comment = rest.get(..length).unwrap_or_default();
                    self.ended |= comment.starts_with(b"%%EOF");
                    // Ordinary ones: four bytes above 127, `%%EOF`, the maker's name.
                    if length > 128 {
                        return Err(Refusal::NotWhatItSays);
                    }
                    self.at += length;
                }
                Some(0 | 9 | 10 | 12 | 13 | 32) => self.at += 1,
                Some(_) => return Ok(true),
            }
            if self.at - start > LONGEST_GAP {
                return Err(Refusal::NotWhatItSays);
            }
        }
    }

    /// A cross-reference table: its shape is checked, its contents are not used.
    fn table(&mut self) -> Result<(), Refusal> {
        let mut lexer = Lexer::new(self.bytes, self.at, 1);
        loop {
            lexer.space();
            self.at = lexer.at;
            let Some(_first) = lexer.natural() else { return Ok(()) };
            lexer.space();
            let count = lexer.natural().ok_or(Refusal::Broken)?;
            if count > self.rules.max_objects as u64 * 4 {
                return Err(Refusal::Bomb);
            }
            for _ in 0..count {
                lexer.space();
                lexer.natural().ok_or(Refusal::Broken)?;
                lexer.space();
                lexer.natural().ok_or(Refusal::Broken)?;
                lexer.space();
                if !lexer.word(b"n") && !lexer.word(b"f") {
                    return Err(Refusal::Broken);
                }
            }
        }
    }

    fn trailer(&mut self, dict: &Dict) -> Result<(), Refusal> {
        if dict.contains_key(b"Encrypt".as_slice()) {
            return Err(Refusal::Encrypted);
        }
        if let Some(root) = dict.get(b"Root".as_slice()) {
            self.root = Some(root.reference().ok_or(Refusal::Broken)?);
        }
        Ok(())
    }

    /// `N G obj … endobj`.
    fn indirect(&mut self) -> Result<(), Refusal> {
        let mut lexer = Lexer::new(self.bytes, self.at, self.rules.max_depth);
        // Bytes that begin nothing are another file's.
        let number = lexer.natural().ok_or(Refusal::NotWhatItSays)?;
        let number = u32::try_from(number).map_err(|_| Refusal::Broken)?;
        lexer.space();
        lexer.natural().ok_or(Refusal::NotWhatItSays)?;
        lexer.space();
        if !lexer.rest().starts_with(b"obj") {
            return Err(Refusal::NotWhatItSays);
        }
        lexer.at += 3;
        lexer.values = self.values;
        let object = lexer.object()?;
        self.values = lexer.values;
        lexer.space();
        let mut stream = None;
        if lexer.word(b"stream") {
            let dict = object.dict().ok_or(Refusal::Broken)?;
            stream = Some(self.stream(dict, &mut lexer)?);
            lexer.space();
        }
        if !lexer.word(b"endobj") {
            return Err(Refusal::Broken);
        }
        self.at = lexer.at;
        self.add(number, Entry { object, stream })
    }

    /// The bytes of a stream. A told length must end at `endstream`; a length told elsewhere is compared at the end.
    fn stream(&mut self, dict: &Dict, lexer: &mut Lexer<'a>) -> Result<&'a [u8], Refusal> {
        match lexer.rest() {
            [b'\r', b'\n', ..] => lexer.at += 2,
            [b'\n', ..] => lexer.at += 1,
            _ => return Err(Refusal::Broken),
        }
        let start = lexer.at;
        let end = match dict.get(b"Length".as_slice()) {
            Some(Object::Int(length)) => {
                usize::try_from(*length).ok().and_then(|length| start.checked_add(length))
            }
            Some(Object::Ref(number)) => {
                let end = find_end(self.bytes, start).ok_or(Refusal::Broken)?;
                self.lengths.push((end - start, *number));
                Some(end)
            }
            _ => None,
        };
        let end = end.ok_or(Refusal::Broken)?;
        let data = self.bytes.get(start..end).ok_or(Refusal::Broken)?;
        lexer.at = end;
        lexer.at += match lexer.rest() {
            [b'\r', b'\n', ..] => 2,
            [b'\r' | b'\n', ..] => 1,
            _ => 0,
        };
        if lexer.word(b"endstream") { Ok(data) } else { Err(Refusal::Broken) }
    }

    /// Takes an object in, after it was looked through; opens object streams.
    fn add(&mut self, number: u32, entry: Entry<'a>) -> Result<(), Refusal> {
        self.count += 1;
        if self.count > self.rules.max_objects {
            return Err(Refusal::Bomb);
        }
        danger::look(&entry.object)?;
        if let (Some(data), Some(dict)) = (entry.stream, entry.object.dict()) {
            match dict.get(b"Type".as_slice()).and_then(Object::name) {
                Some(b"ObjStm") => return self.object_stream(dict, data),
                Some(b"XRef") => return self.trailer(dict),
                _ => filters::check(dict, data, self.rules, &mut self.budget)?,
            }
        }
        self.objects.insert(number, entry);
        Ok(())
    }

    fn object_stream(&mut self, dict: &Dict, data: &[u8]) -> Result<(), Refusal> {
        let number = |key: &[u8]| {
            let value = dict.get(key).and_then(Object::int);
            value.and_then(|value| usize::try_from(value).ok()).ok_or(Refusal::Broken)
        };
        let (count, first) = (number(b"N")?, number(b"First")?);
        let body = filters::unpack(dict, data, &mut self.budget)?;
        let mut index = Lexer::new(&body, 0, 1);
        for _ in 0..count {
            index.space();
            let number = index.natural().and_then(|n| u32::try_from(n).ok()).ok_or(Refusal::Broken)?;
            index.space();
            let offset = index.natural().and_then(|n| usize::try_from(n).ok()).ok_or(Refusal::Broken)?;
            let at = first.checked_add(offset).ok_or(Refusal::Broken)?;
            let mut lexer = Lexer::new(&body, at, self.rules.max_depth);
            lexer.values = self.values;
            let object = lexer.object()?;
            self.values = lexer.values;
            self.add(number, Entry { object, stream: None })?;
        }
        Ok(())
    }
}

/// Where the data end: before the first `endstream` that `endobj` follows. The line's end before it is still there.
fn find_end(bytes: &[u8], start: usize) -> Option<usize> {
    const WORD: &[u8] = b"endstream";
    let mut at = start;
    loop {
        let rest = bytes.get(at..)?;
        let found = at + rest.windows(WORD.len()).position(|window| window == WORD)?;
        let mut after = Lexer::new(bytes, found + WORD.len(), 0);
        after.space();
        if after.word(b"endobj") {
            return Some(found);
        }
        at = found + WORD.len();
    }
}
