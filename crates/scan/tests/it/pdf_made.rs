//! Small PDF files, good and bad.

use std::io::Write;

/// A file of these objects, numbered from 1, the first being the catalog.
pub fn file(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut out = b"%PDF-1.4\n%\xE2\xE3\xCF\xD3\n".to_vec();
    let mut offsets = Vec::new();
    for (index, object) in objects.iter().enumerate() {
        offsets.push(out.len());
        out.extend(format!("{} 0 obj\n", index + 1).bytes());
        out.extend(object);
        out.extend(b"\nendobj\n");
    }
    let start = out.len();
    out.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).bytes());
    offsets.iter().for_each(|offset| out.extend(format!("{offset:010} 00000 n \n").bytes()));
    out.extend(
        format!("trailer\n<</Size {}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n", objects.len() + 1).bytes(),
    );
    out
}

pub fn stream(dict: &str, data: &[u8]) -> Vec<u8> {
    let mut out = format!("<<{dict}/Length {}>>\nstream\n", data.len()).into_bytes();
    out.extend(data);
    out.extend(b"\nendstream");
    out
}

pub fn zipped(data: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

/// One page with these resources; further objects from number 5 on.
pub fn page(catalog: &str, resources: &str, box_: &str, more: &[Vec<u8>]) -> Vec<u8> {
    let mut objects = vec![
        format!("<</Type/Catalog/Pages 2 0 R{catalog}>>").into_bytes(),
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>".to_vec(),
        format!("<</Type/Page/Parent 2 0 R/MediaBox[{box_}]/Resources<<{resources}>>/Contents 4 0 R>>")
            .into_bytes(),
        stream("", b"q 320 0 0 320 0 0 cm /Im0 Do Q"),
    ];
    objects.extend_from_slice(more);
    file(&objects)
}

/// What a scanner writes: a page that is one JPEG.
pub fn scanned(jpeg: &[u8], width: usize, height: usize) -> Vec<u8> {
    let image = format!(
        "/Type/XObject/Subtype/Image/Width {width}/Height {height}/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/DCTDecode"
    );
    page("", "/XObject<</Im0 5 0 R>>", &format!("0 0 {width} {height}"), &[stream(&image, jpeg)])
}

/// A page that is one image of plain samples.
pub fn flat_page() -> Vec<u8> {
    let image =
        "/Subtype/Image/Width 320/Height 320/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/FlateDecode";
    let data: Vec<u8> =
        (0..320 * 320_u32).map(|index| if index / 320 / 20 % 2 == 0 { 30 } else { 220 }).collect();
    page("", "/XObject<</Im0 5 0 R>>", "0 0 320 320", &[stream(image, &zipped(&data))])
}

/// A file whose catalog, number 1, lies in an object stream.
pub fn with_object_stream(catalog: &str) -> Vec<u8> {
    let body = format!("1 0 {catalog}");
    let objects = vec![
        b"null".to_vec(),
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>".to_vec(),
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>".to_vec(),
        stream("/Type/ObjStm/N 1/First 4/Filter/FlateDecode", &zipped(body.as_bytes())),
    ];
    file(&objects)
}
