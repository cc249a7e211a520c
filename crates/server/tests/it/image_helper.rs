//! The picture reader as a process: what the server writes to it and reads from it, byte by byte.

use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Asks for one size of a picture (`kind` 0) or for a film's header (`kind` 1); answers what came back.
fn ask(kind: u8, path: &Path) -> Vec<u8> {
    let path = path.as_os_str().as_encoded_bytes();
    let mut request = vec![kind];
    request.extend(u32::try_from(path.len()).unwrap().to_le_bytes());
    request.extend(path);
    if kind == 0 {
        request.extend([1, b'm', 0]);
        request.extend(320_u32.to_le_bytes());
    }
    let mut child = Command::new(env!("CARGO_BIN_EXE_hoopoe"))
        .arg("image-helper")
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(&request).unwrap();
    let mut answer = Vec::new();
    child.stdout.take().unwrap().read_to_end(&mut answer).unwrap();
    assert!(child.wait().unwrap().success());
    answer
}

fn stored(bytes: &[u8]) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    file
}

fn png(width: u32, height: u32) -> Vec<u8> {
    let picture = image::RgbImage::from_fn(width, height, |x, y| {
        image::Rgb([x.to_le_bytes()[0], y.to_le_bytes()[0], 9])
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::DynamicImage::from(picture).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

fn refusal(answer: &[u8]) -> String {
    assert_eq!(answer[0], 1);
    String::from_utf8(answer[5..].to_vec()).unwrap()
}

#[test]
fn a_picture_comes_back_smaller() {
    let file = stored(&png(640, 480));
    let answer = ask(0, file.path());
    assert_eq!(answer[0], 0);
    assert_eq!(
        (&answer[1..5], &answer[5..9]),
        (&640_u32.to_le_bytes()[..], &480_u32.to_le_bytes()[..])
    );
    let start = answer.windows(3).position(|window| window == [0xff, 0xd8, 0xff]).unwrap();
    let shown = image::load_from_memory(&answer[start..]).unwrap();
    assert_eq!((shown.width(), shown.height()), (320, 240));
}

#[test]
fn a_bomb_is_refused_at_once() {
    // A whole picture whose header was changed to promise 2.5 gigapixels.
    let mut bomb = png(64, 64);
    bomb[16..20].copy_from_slice(&50_000_u32.to_be_bytes());
    bomb[20..24].copy_from_slice(&50_000_u32.to_be_bytes());
    let checksum = crc(&bomb[12..29]);
    bomb[29..33].copy_from_slice(&checksum.to_be_bytes());
    let file = stored(&bomb);
    let started = Instant::now();
    assert_eq!(refusal(&ask(0, file.path())), "too large");
    assert!(started.elapsed() < Duration::from_secs(2));
}

fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 }
        })
    })
}

#[test]
fn other_files_are_refused_in_one_line() {
    for bytes in [&b""[..], b"#!/bin/sh\necho no\n", &[0xff; 5000]] {
        let file = stored(bytes);
        assert!(refusal(&ask(0, file.path())).starts_with("not a picture"));
        assert!(!refusal(&ask(1, file.path())).is_empty());
    }
    assert!(refusal(&ask(0, Path::new("/does/not/exist"))).starts_with("unreadable"));
}
