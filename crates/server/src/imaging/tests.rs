use std::io::Write as _;
use std::path::Path;

use image::{Rgb, RgbImage, Rgba, RgbaImage};
use services::ports::PictureSize;

use super::*;

const PHOTO: [PictureSize; 3] = [
    PictureSize { kind: 's', side: 100, square: false },
    PictureSize { kind: 'm', side: 320, square: false },
    PictureSize { kind: 'x', side: 800, square: false },
];

fn read(path: &Path, sizes: &[PictureSize]) -> Result<Picture, String> {
    picture::read(std::fs::File::open(path).unwrap(), sizes)
}

fn stored(name: &str, bytes: &[u8]) -> tempfile::NamedTempFile {
    let mut file = tempfile::Builder::new().prefix(name).tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file
}

fn encoded(image: &image::DynamicImage, format: image::ImageFormat) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn sample(width: u32, height: u32) -> image::DynamicImage {
    RgbImage::from_fn(width, height, |x, _| {
        if x < width / 2 { Rgb([250, 10, 10]) } else { Rgb([10, 10, 250]) }
    })
    .into()
}

#[test]
fn sizes_grow_up_to_the_picture_itself() {
    for format in [
        image::ImageFormat::Jpeg,
        image::ImageFormat::Png,
        image::ImageFormat::WebP,
        image::ImageFormat::Gif,
    ] {
        let file = stored("picture", &encoded(&sample(400, 200), format));
        let picture = read(file.path(), &PHOTO).unwrap();
        assert_eq!((picture.width, picture.height), (400, 200));
        let sides: Vec<_> =
            picture.sizes.iter().map(|(kind, width, height, _)| (*kind, *width, *height)).collect();
        assert_eq!(sides, [('s', 100, 50), ('m', 320, 160), ('x', 400, 200)], "{format:?}");
        for (_, width, height, bytes) in &picture.sizes {
            let back =
                image::load_from_memory_with_format(bytes, image::ImageFormat::Jpeg).unwrap();
            assert_eq!((back.width(), back.height()), (*width, *height));
        }
        let preview = stripped::tests::decode(&picture.stripped);
        assert_eq!(preview.dimensions(), (40, 20));
        assert!(preview.get_pixel(5, 10).0[0] > 180 && preview.get_pixel(35, 10).0[2] > 180);
    }
}

#[test]
fn square_sizes_are_cut_from_the_middle() {
    let file = stored("square", &encoded(&sample(900, 300), image::ImageFormat::Png));
    let sizes = [('a', 160), ('b', 320), ('c', 640)].map(|(kind, side)| PictureSize {
        kind,
        side,
        square: true,
    });
    let picture = read(file.path(), &sizes).unwrap();
    let sides: Vec<_> =
        picture.sizes.iter().map(|(kind, width, height, _)| (*kind, *width, *height)).collect();
    assert_eq!(sides, [('a', 160, 160), ('b', 300, 300)]);
    let small = image::load_from_memory(&picture.sizes[0].3).unwrap().into_rgb8();
    assert!(small.get_pixel(10, 80).0[0] > 200 && small.get_pixel(150, 80).0[2] > 200);
}

#[test]
fn transparent_parts_become_white() {
    let clear = RgbaImage::from_pixel(50, 50, Rgba([0, 0, 0, 0]));
    let file = stored("clear", &encoded(&clear.into(), image::ImageFormat::Png));
    let picture = read(file.path(), &PHOTO).unwrap();
    let shown = image::load_from_memory(&picture.sizes[0].3).unwrap().into_rgb8();
    assert!(shown.pixels().all(|pixel| pixel.0.iter().all(|channel| *channel > 250)));
}

#[test]
fn the_camera_s_orientation_is_applied() {
    // An Exif segment with orientation 6: the camera was turned, the top is at the right.
    let exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    let jpeg = encoded(&sample(60, 40), image::ImageFormat::Jpeg);
    let mut turned = jpeg[..2].to_vec();
    turned.extend([0xff, 0xe1]);
    turned.extend(u16::try_from(exif.len() + 2).unwrap().to_be_bytes());
    turned.extend(exif);
    turned.extend(&jpeg[2..]);
    let file = stored("turned", &turned);
    let picture = read(file.path(), &PHOTO).unwrap();
    assert_eq!((picture.width, picture.height), (40, 60));
    let shown = image::load_from_memory(&picture.sizes[0].3).unwrap().into_rgb8();
    assert!(shown.get_pixel(20, 5).0[0] > 200 && shown.get_pixel(20, 55).0[2] > 200);
}

/// A PNG whose header promises `width` x `height` and whose data is missing.
fn bomb(width: u32, height: u32) -> Vec<u8> {
    let mut header = b"IHDR".to_vec();
    header.extend(width.to_be_bytes());
    header.extend(height.to_be_bytes());
    header.extend([8, 6, 0, 0, 0]);
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    png.extend(13_u32.to_be_bytes());
    png.extend(&header);
    png.extend(crc(&header).to_be_bytes());
    png.extend(b"\x10\0\0\0IDAT\x78\x9c");
    png
}

fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 }
        })
    })
}

#[test]
fn bombs_are_refused_by_their_header() {
    for (width, height) in [(50_000, 50_000), (u32::MAX >> 1, 2), (8_001, 8_000)] {
        let file = stored("bomb", &bomb(width, height));
        assert!(read(file.path(), &PHOTO).is_err());
    }
    let file = stored("bomb", &bomb(8_001, 8_000));
    assert_eq!(read(file.path(), &PHOTO).unwrap_err(), "too large");
}

#[test]
fn what_is_no_picture_is_refused() {
    for bytes in [
        &b""[..],
        b"hello",
        b"\xff\xd8\xff\xe0",
        b"GIF89a",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    ] {
        let file = stored("text", bytes);
        assert!(read(file.path(), &PHOTO).is_err());
    }
}

fn fake(script: &str) -> Helper {
    Helper::of(PathBuf::from("/bin/sh"), vec!["-c".to_owned(), script.to_owned()])
}

fn any_request() -> PictureRequest {
    PictureRequest { source: PathBuf::from("/nowhere"), sizes: PHOTO.to_vec() }
}

#[tokio::test]
async fn a_helper_that_dies_or_babbles_is_an_error() {
    for script in ["exit 3", "kill -9 $$", "echo nonsense", "head -c 100000 /dev/zero"] {
        assert!(fake(script).picture(any_request()).await.is_err(), "{script}");
    }
    let missing = Helper::of(PathBuf::from("/does/not/exist"), Vec::new());
    assert!(missing.picture(any_request()).await.is_err());
}

#[tokio::test]
async fn the_helper_is_given_a_whole_path() {
    // It answers with the path it was asked for, as a refusal: a mark, a length, the text.
    let echo = fake("tail -c +2 | { printf '\\001'; cat; }");
    let request = PictureRequest { source: PathBuf::from("blobs/ab"), sizes: Vec::new() };
    let answer = echo.picture(request).await.unwrap_err();
    let expected = std::env::current_dir().unwrap().join("blobs/ab");
    assert_eq!(answer.as_bytes(), expected.as_os_str().as_encoded_bytes());
}

#[tokio::test(start_paused = true)]
async fn a_helper_that_hangs_is_killed() {
    // The clock is paused: the timeout comes at once, the sleep would not.
    let answer = fake("exec sleep 1000").picture(any_request()).await;
    assert_eq!(answer.unwrap_err(), "took too long");
}
