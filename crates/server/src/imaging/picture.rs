//! Reads one picture and makes its smaller sizes. Runs in the helper process only.

use std::fs::File;
use std::io::BufReader;

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageDecoder as _, ImageReader, Limits, RgbImage};
use services::ports::{Picture, PictureSize};

use super::stripped;

/// Pixels of the largest picture that is read.
const PIXELS: u64 = 64_000_000;
/// Memory that a decoder may use, bytes.
const DECODE_BYTES: u64 = 256 * 1024 * 1024;
/// How well sizes are encoded, of 100.
const QUALITY: u8 = 87;

/// Reads the header, then the pixels, then makes the sizes: from small to large, ending with the first that holds the whole
/// picture.
pub(super) fn read(source: File, wanted: &[PictureSize]) -> Result<Picture, String> {
    let failed = |error: image::ImageError| format!("not a picture: {error}");
    let reader = ImageReader::new(BufReader::new(source));
    let reader = reader.with_guessed_format().map_err(|error| format!("unreadable: {error}"))?;
    let mut decoder = reader.into_decoder().map_err(failed)?;
    let (width, height) = decoder.dimensions();
    if width == 0 || height == 0 {
        return Err("empty".to_owned());
    }
    if u64::from(width) * u64::from(height) > PIXELS {
        return Err("too large".to_owned());
    }
    let mut limits = Limits::default();
    limits.max_alloc = Some(DECODE_BYTES);
    decoder.set_limits(limits).map_err(failed)?;
    let orientation = decoder.orientation().unwrap_or(image::metadata::Orientation::NoTransforms);
    let image = DynamicImage::from_decoder(decoder).map_err(failed)?;
    let mut base = DynamicImage::from(reduced(flatten(image), wanted)?);
    base.apply_orientation(orientation);
    let turned = (base.width() > base.height()) != (width > height) && width != height;
    let (width, height) = if turned { (height, width) } else { (width, height) };
    finish(&base.into_rgb8(), width, height, wanted)
}

/// The picture no larger than what is made of it. Of a square the shorter side counts, as it is cut out.
fn reduced(image: RgbImage, wanted: &[PictureSize]) -> Result<RgbImage, String> {
    let (width, height) = image.dimensions();
    let side = wanted.iter().map(|size| size.side).max().unwrap_or(stripped::SIDE);
    let squares = wanted.iter().any(|size| size.square);
    let longest =
        u64::from(width.max(height)) * u64::from(side) / u64::from(width.min(height)).max(1);
    let side = if squares { u32::try_from(longest).unwrap_or(u32::MAX) } else { side };
    let (to_width, to_height) = fit(width, height, side);
    if (to_width, to_height) == (width, height) {
        Ok(image)
    } else {
        resized(&image, to_width, to_height)
    }
}

fn finish(
    base: &RgbImage,
    width: u32,
    height: u32,
    wanted: &[PictureSize],
) -> Result<Picture, String> {
    let square = if wanted.iter().any(|size| size.square) { Some(crop_square(base)) } else { None };
    let source = square.as_ref().unwrap_or(base);
    let longest = source.width().max(source.height());
    // Sizes beyond the first that holds the whole picture would hold the same pixels.
    let last =
        wanted.iter().position(|size| size.side >= longest).map_or(wanted.len(), |last| last + 1);
    let mut sizes = Vec::new();
    let mut larger = source.clone();
    for size in wanted.iter().take(last).rev() {
        let (to_width, to_height) = fit(source.width(), source.height(), size.side);
        if (to_width, to_height) != larger.dimensions() {
            larger = resized(&larger, to_width, to_height)?;
        }
        sizes.push((size.kind, to_width, to_height, jpeg(&larger)?));
    }
    sizes.reverse();
    let (small_width, small_height) = fit(base.width(), base.height(), stripped::SIDE);
    let small = resized(base, small_width, small_height)?;
    Ok(Picture { width, height, stripped: stripped::encode(&small).unwrap_or_default(), sizes })
}

fn resized(image: &RgbImage, width: u32, height: u32) -> Result<RgbImage, String> {
    let failed = |error: &dyn std::fmt::Display| format!("not scaled: {error}");
    let source = ImageRef::new(image.width(), image.height(), image.as_raw(), PixelType::U8x3)
        .map_err(|error| failed(&error))?;
    let mut target = Image::new(width, height, PixelType::U8x3);
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::CatmullRom));
    Resizer::new().resize(&source, &mut target, &options).map_err(|error| failed(&error))?;
    RgbImage::from_raw(width, height, target.into_vec()).ok_or_else(|| failed(&"size"))
}

/// The sides of a picture scaled down, not up, so that the longest is at most `side`.
fn fit(width: u32, height: u32, side: u32) -> (u32, u32) {
    let longest = width.max(height);
    if longest <= side {
        return (width, height);
    }
    let scale = |length: u32| {
        let scaled =
            (u64::from(length) * u64::from(side) + u64::from(longest) / 2) / u64::from(longest);
        u32::try_from(scaled).unwrap_or(side).max(1)
    };
    (scale(width), scale(height))
}

fn crop_square(image: &RgbImage) -> RgbImage {
    let (width, height) = image.dimensions();
    let side = width.min(height);
    image::imageops::crop_imm(image, (width - side) / 2, (height - side) / 2, side, side).to_image()
}

/// Transparent parts become white, as on official clients.
fn flatten(image: DynamicImage) -> RgbImage {
    if !image.color().has_alpha() {
        return image.into_rgb8();
    }
    let source = image.into_rgba8();
    RgbImage::from_fn(source.width(), source.height(), |x, y| {
        let [r, g, b, alpha] = source.get_pixel(x, y).0;
        let over = |channel: u8| {
            let mixed =
                (u16::from(channel) * u16::from(alpha) + 255 * (255 - u16::from(alpha)) + 127)
                    / 255;
            u8::try_from(mixed).unwrap_or(u8::MAX)
        };
        image::Rgb([over(r), over(g), over(b)])
    })
}

fn jpeg(image: &RgbImage) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, QUALITY)
        .encode_image(image)
        .map_err(|error| format!("not encoded: {error}"))?;
    Ok(bytes)
}
