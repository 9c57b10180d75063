//! The limits, each with its unit and where it comes from.

/// Every limit of [`crate::inspect`]. Nothing is allocated for a picture before its size was held against these.
#[derive(Clone, Debug, PartialEq)]
pub struct Rules {
    /// The most bytes of a file. Spec 02 §2: 5 MB (read as MiB, so that nobody is refused for the difference).
    pub max_bytes: usize,
    /// The most pixels of a picture: A4 at 600 dpi has 34.8 million.
    pub max_pixels: u64,
    /// The longest side in pixels: A4 at 600 dpi is 7016 long, a photograph of 48 megapixels 8064.
    pub max_side: u32,
    /// The shortest side that can hold a readable page, in pixels: a passport's page (88 mm) at 85 dpi.
    pub min_side: u32,
    /// The most bytes that decoding a picture may need at once (pixels, and coefficients when it is progressive).
    pub max_memory: u64,
    /// The most scans of a progressive JPEG. Ordinary files have 10; each costs a walk over the whole picture.
    pub max_scans: usize,
    /// The most segments of a JPEG or chunks of a PNG. A PNG of 5 MB in pieces of 8 KiB has 640.
    pub max_pieces: usize,
    /// The most pages of a PDF (the practice of other portals).
    pub max_pages: usize,
    /// The most objects of a PDF, all its revisions together.
    pub max_objects: usize,
    /// The most values (numbers, names, texts …) in all objects of a PDF: each costs about a hundred bytes of memory.
    pub max_values: usize,
    /// How deep arrays, dictionaries and the page tree of a PDF may lie in one another.
    pub max_depth: usize,
    /// The most bytes that all streams of a PDF may unpack to.
    pub max_unpacked: usize,
    /// The most bytes of the clean copy.
    pub max_clean: usize,
    /// The longer side of the preview in pixels.
    pub preview_side: u32,
    /// From when on a picture is sharp enough; the measure and the figures are in [`crate::look`].
    pub sharpness_floor: f32,
    /// The lightest twentieth of the pixels is darker than this (0–255): too dark.
    pub dark_ceiling: u8,
    /// The darkest hundredth of the pixels is lighter than this (0–255): too bright, the ink is washed out.
    pub bright_floor: u8,
    /// A burnt-out spot of this share of the frame is glare.
    pub glare_share: f32,
    /// A document of a smaller share of the frame than this is too small in it.
    pub frame_share: f32,
    /// ... unless its longer side still has this many pixels: a passport's page (125 mm) at 180 dpi, as on an A4 sheet that
    /// was scanned at 200 dpi.
    pub document_side: u32,
    /// A picture with less than this share of blocks that have structure holds nothing to read.
    pub text_share: f32,
}

impl Default for Rules {
    fn default() -> Rules {
        Rules {
            max_bytes: 5 * 1024 * 1024,
            max_pixels: 36_000_000,
            max_side: 10_000,
            min_side: 300,
            max_memory: 192 * 1024 * 1024,
            max_scans: 64,
            max_pieces: 4_000,
            max_pages: 50,
            max_objects: 20_000,
            max_values: 500_000,
            max_depth: 32,
            max_unpacked: 64 * 1024 * 1024,
            max_clean: 12 * 1024 * 1024,
            preview_side: 480,
            sharpness_floor: 0.045,
            dark_ceiling: 100,
            bright_floor: 170,
            glare_share: 0.006,
            frame_share: 0.25,
            document_side: 900,
            text_share: 0.015,
        }
    }
}
