//! The objects of PDF (ISO 32000-1 §7.2, §7.3), read strictly from bytes.

use crate::Refusal;
use std::collections::BTreeMap;

/// A name without its slash, escapes resolved.
pub(super) type Name = Vec<u8>;
/// Keys in order, so that what is written is always the same.
pub(super) type Dict = BTreeMap<Name, Object>;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Object {
    Null,
    Bool(bool),
    Int(i64),
    /// A number with a point, as it was written.
    Real(Vec<u8>),
    Name(Name),
    Text(Vec<u8>),
    Array(Vec<Object>),
    Dict(Dict),
    /// Another object by its number; generations are not told apart.
    Ref(u32),
}

impl Object {
    pub(super) const fn int(&self) -> Option<i64> {
        if let Object::Int(value) = self { Some(*value) } else { None }
    }

    pub(super) fn name(&self) -> Option<&[u8]> {
        if let Object::Name(name) = self { Some(name) } else { None }
    }

    pub(super) const fn dict(&self) -> Option<&Dict> {
        if let Object::Dict(dict) = self { Some(dict) } else { None }
    }

    pub(super) fn array(&self) -> Option<&[Object]> {
        if let Object::Array(items) = self { Some(items) } else { None }
    }

    pub(super) const fn reference(&self) -> Option<u32> {
        if let Object::Ref(number) = self { Some(*number) } else { None }
    }
}

/// Reads from the front of bytes.
pub(super) struct Lexer<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) at: usize,
    depth: usize,
    /// How many values may still be read; each costs memory, however short it is.
    pub(super) values: usize,
}

const fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | 9 | 10 | 12 | 13 | 32)
}

const fn is_delimiter(byte: u8) -> bool {
    matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

impl<'a> Lexer<'a> {
    /// A lexer that allows values to lie `depth` deep in one another.
    pub(super) const fn new(bytes: &'a [u8], at: usize, depth: usize) -> Lexer<'a> {
        Lexer { bytes, at, depth, values: usize::MAX }
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    pub(super) fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// Skips white space and comments.
    pub(super) fn space(&mut self) {
        while let Some(byte) = self.peek() {
            if byte == b'%' {
                while self.peek().is_some_and(|byte| byte != b'\n' && byte != b'\r') {
                    self.at += 1;
                }
            } else if is_space(byte) {
                self.at += 1;
            } else {
                return;
            }
        }
    }

    /// Takes this word when it stands here alone.
    pub(super) fn word(&mut self, word: &[u8]) -> bool {
        let after = self.bytes.get(self.at + word.len()).copied();
        let ends = after.is_none_or(|byte| is_space(byte) || is_delimiter(byte));
        let found = self.rest().starts_with(word) && ends;
        if found {
            self.at += word.len();
        }
        found
    }

    /// A number without sign or point.
    pub(super) fn natural(&mut self) -> Option<u64> {
        let digits = self.rest().iter().take_while(|byte| byte.is_ascii_digit()).count();
        let text = self.rest().get(..digits).filter(|text| (1..=12).contains(&text.len()))?;
        self.at += digits;
        Some(text.iter().fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0')))
    }

    /// The next value.
    pub(super) fn object(&mut self) -> Result<Object, Refusal> {
        self.values = self.values.checked_sub(1).ok_or(Refusal::Bomb)?;
        self.space();
        match self.peek().ok_or(Refusal::Broken)? {
            b'/' => self.name().map(Object::Name),
            b'(' => self.text(),
            b'<' if self.rest().starts_with(b"<<") => self.nested(Lexer::dict),
            b'<' => self.hex(),
            b'[' => self.nested(Lexer::array),
            b'0'..=b'9' | b'+' | b'-' | b'.' => self.number(),
            _ if self.word(b"true") => Ok(Object::Bool(true)),
            _ if self.word(b"false") => Ok(Object::Bool(false)),
            _ if self.word(b"null") => Ok(Object::Null),
            _ => Err(Refusal::Broken),
        }
    }

    fn nested(&mut self, read: fn(&mut Self) -> Result<Object, Refusal>) -> Result<Object, Refusal> {
        self.depth = self.depth.checked_sub(1).ok_or(Refusal::Bomb)?;
        let object = read(self);
        self.depth += 1;
        object
    }

    fn dict(&mut self) -> Result<Object, Refusal> {
        self.at += 2;
        let mut dict = Dict::new();
        loop {
            self.space();
            if self.rest().starts_with(b">>") {
                self.at += 2;
                return Ok(Object::Dict(dict));
            }
            let key = self.name()?;
            let value = self.object()?;
            // Two values under one key: readers differ in which they take.
            if dict.insert(key, value).is_some() {
                return Err(Refusal::Broken);
            }
        }
    }

    fn array(&mut self) -> Result<Object, Refusal> {
        self.at += 1;
        let mut items = Vec::new();
        loop {
            self.space();
            if self.peek() == Some(b']') {
                self.at += 1;
                return Ok(Object::Array(items));
            }
            items.push(self.object()?);
        }
    }

    fn name(&mut self) -> Result<Name, Refusal> {
        if self.peek() != Some(b'/') {
            return Err(Refusal::Broken);
        }
        self.at += 1;
        let mut name = Vec::new();
        while let Some(byte) = self.peek().filter(|byte| !is_space(*byte) && !is_delimiter(*byte)) {
            self.at += 1;
            let escaped = match (byte, self.bytes.get(self.at..self.at + 2)) {
                (b'#', Some([high, low])) => hex_digit(*high).zip(hex_digit(*low)),
                _ => None,
            };
            name.push(match escaped {
                Some((high, low)) => {
                    self.at += 2;
                    high << 4 | low
                }
                None => byte,
            });
        }
        if name.len() > 127 { Err(Refusal::Broken) } else { Ok(name) }
    }

    /// A number, or a reference: two numbers and `R`.
    fn number(&mut self) -> Result<Object, Refusal> {
        let length =
            self.rest().iter().take_while(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.')).count();
        let text = self.rest().get(..length).filter(|text| text.len() <= 32).ok_or(Refusal::Broken)?;
        self.at += length;
        if text.contains(&b'.') {
            let digits = text.iter().filter(|byte| byte.is_ascii_digit()).count();
            let points = text.iter().filter(|byte| **byte == b'.').count();
            return if digits + points >= text.len().saturating_sub(1) && points == 1 {
                Ok(Object::Real(text.to_vec()))
            } else {
                Err(Refusal::Broken)
            };
        }
        let value = std::str::from_utf8(text)
            .ok()
            .and_then(|text| text.parse::<i64>().ok())
            .ok_or(Refusal::Broken)?;
        let after_first = self.at;
        if let Ok(number) = u32::try_from(value) {
            self.space();
            if self.natural().is_some() {
                self.space();
                if self.word(b"R") {
                    return Ok(Object::Ref(number));
                }
            }
        }
        self.at = after_first;
        Ok(Object::Int(value))
    }

    fn hex(&mut self) -> Result<Object, Refusal> {
        self.at += 1;
        let mut digits = Vec::new();
        loop {
            let byte = self.peek().ok_or(Refusal::Broken)?;
            self.at += 1;
            match hex_digit(byte) {
                Some(digit) => digits.push(digit),
                None if byte == b'>' => break,
                None if is_space(byte) => {}
                None => return Err(Refusal::Broken),
            }
        }
        Ok(Object::Text(digits.chunks(2).map(|pair| pair[0] << 4 | pair.get(1).unwrap_or(&0)).collect()))
    }

    fn text(&mut self) -> Result<Object, Refusal> {
        self.at += 1;
        let (mut out, mut open) = (Vec::new(), 1_usize);
        loop {
            let byte = self.peek().ok_or(Refusal::Broken)?;
            self.at += 1;
            match byte {
                b'\\' => self.escape(&mut out)?,
                b'(' => open += 1,
                b')' if open == 1 => return Ok(Object::Text(out)),
                b')' => open -= 1,
                _ => {}
            }
            if byte != b'\\' {
                out.push(byte);
            }
        }
    }

    fn escape(&mut self, out: &mut Vec<u8>) -> Result<(), Refusal> {
        let byte = self.peek().ok_or(Refusal::Broken)?;
        self.at += 1;
        match byte {
            b'n' => out.push(b'\n'),
            b'r' => out.push(b'\r'),
            b't' => out.push(b'\t'),
            b'b' => out.push(8),
            b'f' => out.push(12),
            b'\n' => {}
            b'\r' => self.at += usize::from(self.peek() == Some(b'\n')),
            b'0'..=b'7' => {
                let mut value = u32::from(byte - b'0');
                for _ in 0..2 {
                    let Some(digit @ b'0'..=b'7') = self.peek() else { break };
                    self.at += 1;
                    value = value * 8 + u32::from(digit - b'0');
                }
                out.push(value as u8);
            }
            other => out.push(other),
        }
        Ok(())
    }
}

const fn hex_digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}
