//! The helper process: gives up what it does not need, then reads one picture.

use std::fs::File;
use std::io::Write as _;

use landlock::{
    ABI, Access as _, AccessFs, AccessNet, CompatLevel, Compatible as _, Ruleset, RulesetAttr as _,
    Scope,
};
use rlimit::Resource;

use super::wire::{self, Request};
use super::{film, picture, sound};

/// Address space, bytes: the decoder's 256 MiB, what is made of it, and the program itself.
const ADDRESS_SPACE: u64 = 512 * 1024 * 1024;
/// CPU time, seconds.
const CPU_S: u64 = 5;

/// Reads one request from stdin, answers it on stdout. The file is opened first; from then on nothing else can be.
///
/// # Errors
/// One line, if the process cannot be confined or its parent speaks nonsense. A picture that can't be read is an ordinary answer.
pub(super) fn run() -> Result<(), String> {
    let request = wire::read_request(&mut std::io::stdin().lock())
        .map_err(|error| format!("request: {error}"))?;
    let opened = File::open(request.source());
    confine()?;
    let opened = opened.map_err(|error| format!("unreadable: {error}"));
    let mut bytes = Vec::new();
    let written = match &request {
        Request::Picture(request) => wire::write_answer(
            &mut bytes,
            &opened.and_then(|file| picture::read(file, &request.sizes)),
        ),
        Request::Film(_) => wire::write_film(&mut bytes, &opened.and_then(read_film)),
    };
    written.map_err(|error| format!("answer: {error}"))?;
    let mut out = std::io::stdout().lock();
    out.write_all(&bytes).and_then(|()| out.flush()).map_err(|error| format!("answer: {error}"))
}

/// A film, else a sound; of what is neither the film's reason is told.
fn read_film(mut file: File) -> Result<model::media::Film, String> {
    film::read(&mut file).or_else(|reason| sound::read(&mut file).map_err(|_| reason))
}

/// Limits hold everywhere, landlock as far as the kernel knows it; it comes first, as it needs a descriptor for itself.
fn confine() -> Result<(), String> {
    // No rule follows: every file, every connection and every signal to others is refused.
    let ruleset = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(ABI::V6))
        .and_then(|ruleset| ruleset.handle_access(AccessNet::from_all(ABI::V6)))
        .and_then(|ruleset| ruleset.scope(Scope::from_all(ABI::V6)))
        .and_then(Ruleset::create);
    ruleset
        .and_then(landlock::RulesetCreated::restrict_self)
        .map_err(|error| format!("landlock: {error}"))?;
    let limits = [
        (Resource::AS, ADDRESS_SPACE),
        (Resource::CPU, CPU_S),
        (Resource::CORE, 0),
        (Resource::FSIZE, 0),
        // Standard streams and the picture are open; no more descriptors than these.
        (Resource::NOFILE, 4),
    ];
    for (resource, most) in limits {
        resource
            .set(most, most)
            .map_err(|error| format!("limit of {}: {error}", resource.as_name()))?;
    }
    Ok(())
}
