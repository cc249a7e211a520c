//! Any file to our own readers of the headers of films and sounds.
#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;

#[path = "../../crates/server/src/imaging/film.rs"]
mod film;
#[path = "../../crates/server/src/imaging/sound.rs"]
mod sound;

fuzz_target!(|data: &[u8]| {
    for read in [film::read(&mut Cursor::new(data)), sound::read(&mut Cursor::new(data))] {
        let Ok(read) = read else { continue };
        assert!(read.duration_s.is_finite() && read.duration_s >= 0.0, "{}", read.duration_s);
    }
});
