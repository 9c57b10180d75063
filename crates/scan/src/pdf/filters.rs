//! How streams are packed: few ways, unpacked within a budget.

use super::lex::{Dict, Object};
use crate::{Refusal, Rules, jpeg};
use flate2::{Decompress, FlushDecompress, Status};

/// The ways that are taken. JBIG2 and JPEG 2000 are not: their decoders in viewers have a history, and a scanner can be
/// told otherwise. LZW, run lengths and the ASCII ways have not been written by scanners for decades.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packing {
    /// As it is.
    None,
    /// zlib.
    Flate,
    /// A JPEG.
    Jpeg,
    /// A JPEG within zlib.
    FlateJpeg,
    /// Fax, groups 3 and 4.
    Fax,
}

/// The packing of a stream.
pub(super) fn packing(dict: &Dict) -> Result<Packing, Refusal> {
    let names: Vec<&[u8]> = match dict.get(b"Filter".as_slice()) {
        None | Some(Object::Null) => Vec::new(),
        Some(Object::Name(name)) => vec![name],
        Some(Object::Array(items)) => {
            items.iter().map(|item| item.name().ok_or(Refusal::Broken)).collect::<Result<_, _>>()?
        }
        Some(_) => return Err(Refusal::Broken),
    };
    match names.as_slice() {
        [] => Ok(Packing::None),
        [b"FlateDecode" | b"Fl"] => Ok(Packing::Flate),
        [b"DCTDecode" | b"DCT"] => Ok(Packing::Jpeg),
        [b"FlateDecode" | b"Fl", b"DCTDecode" | b"DCT"] => Ok(Packing::FlateJpeg),
        [b"CCITTFaxDecode" | b"CCF"] => Ok(Packing::Fax),
        names if names.contains(&b"Crypt".as_slice()) => Err(Refusal::Encrypted),
        names if names.contains(&b"JBIG2Decode".as_slice()) => Err(Refusal::Unsupported("JBIG2 in a PDF")),
        names if names.contains(&b"JPXDecode".as_slice()) => Err(Refusal::Unsupported("JPEG 2000 in a PDF")),
        names if names.len() > 2 => Err(Refusal::Bomb),
        _ => Err(Refusal::Unsupported("an old way of packing in a PDF")),
    }
}

/// Looks at a stream as far as is needed to know that it is bounded.
pub(super) fn check(dict: &Dict, data: &[u8], rules: &Rules, budget: &mut usize) -> Result<(), Refusal> {
    if [b"F".as_slice(), b"FFilter", b"FDecodeParms"].iter().any(|key| dict.contains_key(*key)) {
        return Err(Refusal::ActiveContent { what: "external file" });
    }
    let packing = packing(dict)?;
    if dict.get(b"Subtype".as_slice()).and_then(Object::name) == Some(b"Image") {
        let side = |key: &[u8]| dict.get(key).and_then(Object::int).and_then(|n| u32::try_from(n).ok());
        let (width, height) = (side(b"Width"), side(b"Height"));
        let (width, height) = width.zip(height).ok_or(Refusal::Broken)?;
        crate::check_size(width, height, 0, &Rules { min_side: 1, ..rules.clone() })?;
    }
    match packing {
        Packing::None => Ok(()),
        Packing::Fax if dict.get(b"Subtype".as_slice()).and_then(Object::name) == Some(b"Image") => Ok(()),
        Packing::Fax => Err(Refusal::Broken),
        Packing::Flate => inflate(data, budget, None).map(|_| ()),
        Packing::Jpeg => jpeg(data, rules),
        Packing::FlateJpeg => {
            let mut inner = Vec::new();
            inflate(data, budget, Some(&mut inner))?;
            jpeg(&inner, rules)
        }
    }
}

/// An embedded JPEG is walked like one that stands alone.
fn jpeg(data: &[u8], rules: &Rules) -> Result<(), Refusal> {
    if !data.starts_with(&[0xFF, 0xD8]) {
        return Err(Refusal::Broken);
    }
    jpeg::walk(data, rules)?.check(&Rules { min_side: 1, ..rules.clone() })
}

/// The plain bytes of a stream that is not a picture.
pub(super) fn unpack(dict: &Dict, data: &[u8], budget: &mut usize) -> Result<Vec<u8>, Refusal> {
    match packing(dict)? {
        Packing::None => Ok(data.to_vec()),
        Packing::Flate if !dict.contains_key(b"DecodeParms".as_slice()) => {
            let mut out = Vec::new();
            inflate(data, budget, Some(&mut out))?;
            Ok(out)
        }
        _ => Err(Refusal::Unsupported("objects packed in an odd way")),
    }
}

/// Unpacks zlib, taking from the budget; tells how many bytes the packed form really has.
pub(super) fn inflate(
    data: &[u8],
    budget: &mut usize,
    mut out: Option<&mut Vec<u8>>,
) -> Result<usize, Refusal> {
    let mut inflater = Decompress::new(true);
    let mut buffer = [0; 32 * 1024];
    loop {
        let (read, written) = (inflater.total_in(), inflater.total_out());
        let rest = data.get(read as usize..).unwrap_or_default();
        let status =
            inflater.decompress(rest, &mut buffer, FlushDecompress::None).map_err(|_| Refusal::Broken)?;
        let count = (inflater.total_out() - written) as usize;
        *budget = budget.checked_sub(count).ok_or(Refusal::Bomb)?;
        if let Some(out) = out.as_deref_mut() {
            out.extend_from_slice(buffer.get(..count).unwrap_or_default());
        }
        match status {
            Status::StreamEnd => return Ok(inflater.total_in() as usize),
            _ if count == 0 && inflater.total_in() == read => return Err(Refusal::Broken),
            _ => {}
        }
    }
}
