//! Stripped previews: a JPEG of at most 40 x 40 pixels without its header and its end mark.
//!
//! The form is the protocol's (`photoStrippedSize`): the byte 1, height, width, then the scan. Clients put a fixed header of
//! 623 bytes before it: JFIF, both quantiser tables at quality 20, three components with brightness sampled 2 x 2, the standard
//! code tables. So the scan has to be written with exactly those.
#![expect(
    clippy::indexing_slicing,
    reason = "fixed-size tables; every index is bounded by its loop"
)]

use image::RgbImage;

use super::tables::{CHROMA_AC, CHROMA_DC, LUMA_AC, LUMA_DC, ZIGZAG, quantisers};

/// Longest side of a stripped preview, pixels.
pub(super) const SIDE: u32 = 40;

type Codes = [(u16, u8); 256];
type Block = [f32; 64];

const CODES: [(Codes, Codes); 2] =
    [(LUMA_DC.codes(), LUMA_AC.codes()), (CHROMA_DC.codes(), CHROMA_AC.codes())];
const QUANTISERS: [[u16; 64]; 2] = [quantisers(false), quantisers(true)];

/// Makes the preview of a picture that is small already; `None` if a side is 0 or longer than [`SIDE`].
pub(super) fn encode(picture: &RgbImage) -> Option<Vec<u8>> {
    let (width, height) = picture.dimensions();
    if width == 0 || height == 0 || width > SIDE || height > SIDE {
        return None;
    }
    let mut bits = BitWriter {
        out: vec![1, u8::try_from(height).ok()?, u8::try_from(width).ok()?],
        pending: 0,
        used: 0,
    };
    let mut previous = [0; 3];
    for top in (0..height).step_by(16) {
        for left in (0..width).step_by(16) {
            let unit = Unit::read(picture, left, top);
            for block in &unit.luma {
                write_block(&mut bits, block, 0, &mut previous[0]);
            }
            write_block(&mut bits, &unit.blue, 1, &mut previous[1]);
            write_block(&mut bits, &unit.red, 1, &mut previous[2]);
        }
    }
    Some(bits.finish())
}

/// 16 x 16 pixels: four blocks of brightness, one each of the colours, whose every value stands for four pixels.
struct Unit {
    luma: [Block; 4],
    blue: Block,
    red: Block,
}

impl Unit {
    /// Pixels beyond the edge repeat the last one.
    fn read(picture: &RgbImage, left: u32, top: u32) -> Self {
        let (width, height) = picture.dimensions();
        let mut unit = Self { luma: [[0.0; 64]; 4], blue: [0.0; 64], red: [0.0; 64] };
        for y in 0..16_usize {
            for x in 0..16_usize {
                let at = |start: u32, step: usize, end: u32| {
                    start.saturating_add(u32::try_from(step).unwrap_or(0)).min(end - 1)
                };
                let [r, g, b] =
                    picture.get_pixel(at(left, x, width), at(top, y, height)).0.map(f32::from);
                // ITU-R BT.601, as JFIF says; all three centred on 0.
                unit.luma[y / 8 * 2 + x / 8][y % 8 * 8 + x % 8] =
                    0.299 * r + 0.587 * g + 0.114 * b - 128.0;
                let quarter = y / 2 * 8 + x / 2;
                unit.blue[quarter] += (-0.168_736 * r - 0.331_264 * g + 0.5 * b) / 4.0;
                unit.red[quarter] += (0.5 * r - 0.418_688 * g - 0.081_312 * b) / 4.0;
            }
        }
        unit
    }
}

/// Writes one block: the difference of its mean to the last one's, then runs of zeros with the value that ends each.
fn write_block(bits: &mut BitWriter, block: &Block, component: usize, previous: &mut i32) {
    let (dc, ac) = &CODES[component];
    let coefficients = transform(block, &QUANTISERS[component]);
    let mean = coefficients[0];
    bits.value(dc, 0, mean - *previous);
    *previous = mean;
    let mut zeros = 0;
    for coefficient in ZIGZAG[1..].iter().map(|at| coefficients[*at]) {
        if coefficient == 0 {
            zeros += 1;
            continue;
        }
        while zeros > 15 {
            bits.code(ac, 0xf0);
            zeros -= 16;
        }
        bits.value(ac, zeros, coefficient);
        zeros = 0;
    }
    if zeros > 0 {
        bits.code(ac, 0);
    }
}

/// The cosine transform, quantised. Plain and slow: a preview has 54 blocks at most.
fn transform(block: &Block, quantisers: &[u16; 64]) -> [i32; 64] {
    let rows = half_transform(block);
    let both = half_transform(&rows);
    let mut coefficients = [0; 64];
    for (at, coefficient) in coefficients.iter_mut().enumerate() {
        let value = both[at] / f32::from(quantisers[at]);
        #[expect(clippy::cast_possible_truncation, reason = "at most 1024 by construction")]
        let rounded = value.round() as i32;
        *coefficient = rounded;
    }
    coefficients
}

/// One dimension, transposed, so that a second pass does the other one and turns it back.
fn half_transform(block: &Block) -> Block {
    let mut out = [0.0; 64];
    for (row, samples) in block.as_chunks::<8>().0.iter().enumerate() {
        for (frequency, column) in [0_u8, 1, 2, 3, 4, 5, 6, 7].into_iter().enumerate() {
            let scale = if column == 0 { 0.5 * std::f32::consts::FRAC_1_SQRT_2 } else { 0.5 };
            let wave = [1_u8, 3, 5, 7, 9, 11, 13, 15].map(|place| {
                (f32::from(place) * f32::from(column) * std::f32::consts::PI / 16.0).cos()
            });
            let sum: f32 = samples.iter().zip(wave).map(|(sample, wave)| sample * wave).sum();
            out[frequency * 8 + row] = scale * sum;
        }
    }
    out
}

struct BitWriter {
    out: Vec<u8>,
    pending: u32,
    used: u8,
}

impl BitWriter {
    /// The code for a run of zeros and the size of the value behind it, then the value.
    fn value(&mut self, codes: &Codes, zeros: u8, value: i32) {
        let size = u8::try_from(32 - value.unsigned_abs().leading_zeros()).unwrap_or(0);
        self.code(codes, zeros << 4 | size);
        // Negative values are written one less, so that their first bit is 0.
        let written = if value < 0 { value - 1 } else { value };
        self.bits(written.cast_unsigned() & ((1 << size) - 1), size);
    }

    fn code(&mut self, codes: &Codes, value: u8) {
        let (code, length) = codes[usize::from(value)];
        self.bits(u32::from(code), length);
    }

    fn bits(&mut self, value: u32, count: u8) {
        for place in (0..count).rev() {
            self.pending = self.pending << 1 | (value >> place & 1);
            self.used += 1;
            if self.used == 8 {
                let byte = self.pending.to_le_bytes()[0];
                self.out.push(byte);
                if byte == 0xff {
                    // So that no marker appears in the scan.
                    self.out.push(0);
                }
                self.used = 0;
                self.pending = 0;
            }
        }
    }

    /// The last byte is filled with ones.
    fn finish(mut self) -> Vec<u8> {
        while self.used != 0 {
            self.bits(1, 1);
        }
        self.out
    }
}

#[cfg(test)]
pub(super) mod tests {
    use image::{Rgb, RgbImage};

    use super::super::tables::HuffmanTable;
    use super::*;

    /// The header that clients put before a stripped preview.
    fn client_header(width: u8, height: u8) -> Vec<u8> {
        let mut out = vec![0xff, 0xd8, 0xff, 0xe0, 0, 16];
        out.extend(b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0");
        for (number, table) in [0_u8, 1].into_iter().zip(QUANTISERS) {
            out.extend([0xff, 0xdb, 0, 67, number]);
            out.extend(ZIGZAG.iter().map(|at| u8::try_from(table[*at]).unwrap()));
        }
        out.extend([
            0xff, 0xc0, 0, 17, 8, 0, height, 0, width, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1,
        ]);
        let tables: [(u8, &HuffmanTable); 4] =
            [(0, &LUMA_DC), (0x10, &LUMA_AC), (1, &CHROMA_DC), (0x11, &CHROMA_AC)];
        for (class, table) in tables {
            let length = u16::try_from(19 + table.values.len()).unwrap();
            out.extend([0xff, 0xc4]);
            out.extend(length.to_be_bytes());
            out.push(class);
            out.extend(table.counts);
            out.extend(table.values);
        }
        out.extend([0xff, 0xda, 0, 12, 3, 1, 0, 2, 0x11, 3, 0x11, 0, 63, 0]);
        out
    }

    /// What a client shows for a stripped preview.
    pub(crate) fn decode(stripped: &[u8]) -> RgbImage {
        let [1, height, width, scan @ ..] = stripped else { panic!("not a stripped preview") };
        let mut jpeg = client_header(*width, *height);
        jpeg.extend(scan);
        jpeg.extend([0xff, 0xd9]);
        image::load_from_memory(&jpeg).unwrap().into_rgb8()
    }

    #[test]
    fn the_client_header_has_its_known_length_and_quantisers() {
        let header = client_header(40, 30);
        assert_eq!(header.len(), 623);
        assert_eq!((header[164], header[166]), (30, 40));
        assert_eq!(header[25..33], [0x28, 0x1c, 0x1e, 0x23, 0x1e, 0x19, 0x28, 0x23]);
        assert_eq!(header[94..98], [0x2b, 0x2d, 0x2d, 0x3c]);
    }

    #[test]
    fn code_tables_are_those_that_other_encoders_write() {
        let mut jpeg = Vec::new();
        let picture = RgbImage::from_pixel(8, 8, Rgb([200, 20, 90]));
        image::codecs::jpeg::JpegEncoder::new(&mut jpeg).encode_image(&picture).unwrap();
        for table in [LUMA_DC, LUMA_AC, CHROMA_DC, CHROMA_AC] {
            let written = [&table.counts, table.values].concat();
            assert!(jpeg.windows(written.len()).any(|window| window == written));
        }
    }

    #[test]
    fn a_preview_shows_the_picture_behind_the_fixed_header() {
        let gradient = |x: u32, y: u32| {
            let channel = |value: u32| u8::try_from(value).unwrap();
            Rgb([channel(x * 6), channel(y * 6), channel(255 - x * 5)])
        };
        for (width, height) in [(40, 30), (40, 40), (17, 40), (1, 1), (16, 16), (33, 9)] {
            let picture = RgbImage::from_fn(width, height, gradient);
            let shown = decode(&encode(&picture).unwrap());
            assert_eq!(shown.dimensions(), (width, height));
            let far = |a: &Rgb<u8>, b: &Rgb<u8>| {
                a.0.iter().zip(b.0).map(|(a, b)| u64::from(a.abs_diff(b))).sum::<u64>()
            };
            let error: u64 = picture.pixels().zip(shown.pixels()).map(|(a, b)| far(a, b)).sum();
            let mean = error / u64::from(3 * width * height);
            assert!(mean <= 12, "{width}x{height}: mean error {mean}");
        }
    }

    #[test]
    fn hard_edges_and_runs_survive() {
        let picture = RgbImage::from_fn(40, 40, |x, y| {
            if (x / 5 + y / 5) % 2 == 0 { Rgb([255; 3]) } else { Rgb([0; 3]) }
        });
        let stripped = encode(&picture).unwrap();
        assert!(stripped.len() < 3000);
        let shown = decode(&stripped);
        assert!(shown.get_pixel(2, 2).0[0] > 170 && shown.get_pixel(7, 2).0[0] < 90);
    }

    #[test]
    fn pictures_that_are_not_small_are_refused() {
        assert_eq!(encode(&RgbImage::new(41, 1)), None);
        assert_eq!(encode(&RgbImage::new(0, 0)), None);
    }
}
