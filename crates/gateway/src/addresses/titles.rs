//! The names of places, each kept once, in one text; and the beginnings of their words in order.

/// A part of the text that all names share.
#[derive(Clone, Copy)]
pub(super) struct Piece {
    pub(super) at: u32,
    pub(super) long: u16,
}

/// A name with its kind, kept once for all the places that have it.
pub(super) struct Title {
    pub(super) shown: Piece,
    pub(super) folded: Piece,
    /// Where the name begins in `folded`, after the kind.
    pub(super) begins: u16,
    /// Of equal names the smaller goes first.
    pub(super) order: u8,
    pub(super) town: bool,
}

/// All names, in one text.
#[derive(Default)]
pub(super) struct Titles {
    pub(super) all: Vec<Title>,
    pub(super) text: String,
}

impl Titles {
    pub(super) fn get(&self, number: u32) -> Option<&Title> {
        self.all.get(number as usize)
    }

    pub(super) fn is_town(&self, number: u32) -> bool {
        self.get(number).is_some_and(|title| title.town)
    }

    pub(super) fn piece(&self, piece: Piece) -> &str {
        let at = piece.at as usize;
        self.text.get(at..at + usize::from(piece.long)).unwrap_or_default()
    }

    pub(super) fn put(&mut self, text: &str) -> Option<Piece> {
        let piece = Piece { at: u32::try_from(self.text.len()).ok()?, long: u16::try_from(text.len()).ok()? };
        self.text.push_str(text);
        Some(piece)
    }

    /// What follows the beginning of a word.
    pub(super) fn after(&self, (number, at): Suffix) -> &str {
        self.get(number).and_then(|title| self.piece(title.folded).get(usize::from(at)..)).unwrap_or_default()
    }
}

/// The beginning of a word: of which name, where in it.
pub(super) type Suffix = (u32, u16);

/// Every beginning of a word in the order of what follows; and each name's words' ranks, in the order of names.
pub(super) fn ranked(titles: &Titles) -> (Vec<Suffix>, Vec<(u32, u32)>) {
    let mut suffixes: Vec<Suffix> = Vec::new();
    for (number, title) in (0_u32..).zip(&titles.all) {
        let mut at = 0_u16;
        for word in titles.piece(title.folded).split(' ') {
            suffixes.push((number, at));
            at = at.saturating_add(u16::try_from(word.len() + 1).unwrap_or(u16::MAX));
        }
    }
    suffixes.shrink_to_fit();
    suffixes.sort_unstable_by_key(|suffix| (titles.after(*suffix), *suffix));
    let mut ranks: Vec<(u32, u32)> = suffixes.iter().map(|(title, _)| *title).zip(0_u32..).collect();
    ranks.sort_unstable();
    (suffixes, ranks)
}
