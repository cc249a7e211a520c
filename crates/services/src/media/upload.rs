//! Uploads: parts that survive a reconnect and a restart, joined into a file when something names it.

use md5::{Digest as _, Md5};
use model::limits::{PART_BYTES, PARTS, UNFINISHED_FILES};
use model::media::BlobHash;
use model::rights::Denial;
use store::holds::BlobHold;
use store::ports::blobs::{READ_BYTES, UploadId};

use crate::{Caller, Core, Error, Result};

/// Every part but the last is a multiple of this, bytes.
const STEP_BYTES: i64 = 1024;
/// How long an account waits whose unfinished uploads are too many, seconds: what it does not use is forgotten by the hour.
const FULL_WAIT_S: u32 = 3600;

/// An upload as a client names it (`inputFile`, `inputFileBig`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InputFile {
    /// The number the client chose.
    pub id: i64,
    /// How many parts it sent.
    pub parts: i32,
    /// The client's name for the file.
    pub name: String,
    /// The MD5 of its bytes in hexadecimal, if the client gave one.
    pub md5: Option<String>,
}

/// A file in the store, held until something names it.
#[derive(Debug)]
pub struct StoredFile {
    /// Address.
    pub blob: BlobHash,
    /// Bytes.
    pub size_bytes: i64,
    _hold: BlobHold,
}

impl InputFile {
    /// The upload that it names.
    pub(super) const fn upload(&self, caller: Caller) -> UploadId {
        UploadId { user: caller.user, file: self.id }
    }
}

/// Keeps one part of a small file, whose number of parts the client tells later.
///
/// # Errors
/// `PartInvalid`, `PartEmpty`, `PartTooBig`, `FileTooBig`; `FloodWait` while the account's unfinished uploads take
/// `limits::UNFINISHED_FILES` files of the largest size.
pub async fn save_part(
    core: &Core,
    caller: Caller,
    file: i64,
    part: i32,
    bytes: Vec<u8>,
) -> Result<()> {
    check_part(core, part, &bytes)?;
    put(core, caller, file, part, bytes).await
}

/// Keeps one part of a big file of `total` parts (-1 if the client does not know yet).
///
/// # Errors
/// `PartsInvalid`, `PartSizeInvalid`; those of [`save_part`].
pub async fn save_big_part(
    core: &Core,
    caller: Caller,
    file: i64,
    part: i32,
    total: i32,
    bytes: Vec<u8>,
) -> Result<()> {
    if total != -1 && !(1..=PARTS).contains(&total) {
        return Err(Error::PartsInvalid);
    }
    check_part(core, part, &bytes)?;
    if total != -1 && part >= total {
        return Err(Error::PartInvalid);
    }
    let is_last = total == -1 || part == total - 1;
    if !is_last && !is_whole_part(length(&bytes)) {
        return Err(Error::PartSizeInvalid);
    }
    put(core, caller, file, part, bytes).await
}

fn check_part(core: &Core, part: i32, bytes: &[u8]) -> Result<()> {
    if !(0..PARTS).contains(&part) {
        return Err(Error::PartInvalid);
    }
    if bytes.is_empty() {
        return Err(Error::PartEmpty);
    }
    if bytes.len() > PART_BYTES {
        return Err(Error::PartTooBig);
    }
    // All parts before this one are at least as long, but for the last.
    let is_whole = is_whole_part(length(bytes));
    let before =
        if is_whole { i64::from(part) * length(bytes) } else { i64::from(part) * STEP_BYTES };
    if before + length(bytes) > core.policy.max_file_bytes {
        Err(Error::FileTooBig)
    } else {
        Ok(())
    }
}

async fn put(core: &Core, caller: Caller, file: i64, part: i32, bytes: Vec<u8>) -> Result<()> {
    let upload = UploadId { user: caller.user, file };
    let most = core.policy.max_file_bytes.saturating_mul(UNFINISHED_FILES);
    core.stores.blobs.put_part(upload, part, bytes, most).await.map_err(|error| match error {
        store::Error::Denied(Denial::TooMany) => Error::FloodWait(FULL_WAIT_S),
        error => error.into(),
    })?;
    core.memory.media.forget(upload);
    Ok(())
}

fn length(bytes: &[u8]) -> i64 {
    i64::try_from(bytes.len()).unwrap_or(i64::MAX)
}

/// Sizes that every part but the last may have: multiples of 1 KiB that divide 512 KiB.
fn is_whole_part(size: i64) -> bool {
    let largest = i64::try_from(PART_BYTES).unwrap_or(i64::MAX);
    size > 0 && size % STEP_BYTES == 0 && largest % size == 0
}

/// Joins an upload into a file. Named again within a while, it answers the same file: clients repeat their requests.
///
/// # Errors
/// `PartsInvalid`, `PartMissing`, `PartSizeInvalid`, `FileTooBig`, `ChecksumInvalid`.
pub async fn finish(core: &Core, caller: Caller, input: &InputFile) -> Result<StoredFile> {
    if !(1..=PARTS).contains(&input.parts) {
        return Err(Error::PartsInvalid);
    }
    let upload = input.upload(caller);
    let memory = &core.memory.media;
    let _alone = memory.lock(upload).await;
    if let Some((blob, size_bytes)) = memory.file(upload, input.parts, core.now())
        && let Some(hold) = core.stores.blobs.hold(blob).await?
    {
        return Ok(StoredFile { blob, size_bytes, _hold: hold });
    }
    check_whole(core, upload, input.parts).await?;
    let stored =
        core.stores.blobs.assemble(upload, input.parts).await.map_err(|error| match error {
            store::Error::NotFound => Error::PartMissing(0),
            error => error.into(),
        })?;
    let file = StoredFile { blob: stored.hash, size_bytes: stored.size_bytes, _hold: stored.hold };
    if let Some(md5) = input.md5.as_deref().filter(|md5| !md5.is_empty()) {
        check_md5(core, file.blob, md5).await?;
    }
    memory.finish(upload, input.parts, (file.blob, file.size_bytes), core.now());
    Ok(file)
}

/// All parts are there and have equal sizes, but for the last one.
async fn check_whole(core: &Core, upload: UploadId, count: i32) -> Result<()> {
    let parts = core.stores.blobs.parts(upload).await?;
    let mut expected = 0;
    let mut total = 0;
    let size = parts.first().map_or(0, |(_, size)| *size);
    for (part, bytes) in parts {
        if part != expected {
            return Err(Error::PartMissing(expected));
        }
        if part >= count {
            return Err(Error::PartsInvalid);
        }
        let is_last = part == count - 1;
        if !is_last && (bytes != size || !is_whole_part(bytes)) || is_last && bytes > size {
            return Err(Error::PartSizeInvalid);
        }
        total += bytes;
        expected += 1;
    }
    if expected < count {
        return Err(Error::PartMissing(expected));
    }
    if total > core.policy.max_file_bytes { Err(Error::FileTooBig) } else { Ok(()) }
}

async fn check_md5(core: &Core, blob: BlobHash, expected: &str) -> Result<()> {
    let mut hash = Md5::new();
    let mut offset = 0;
    loop {
        let bytes = core.stores.blobs.read(blob, offset, READ_BYTES).await?;
        if bytes.is_empty() {
            break;
        }
        offset += u64::try_from(bytes.len()).unwrap_or(0);
        hash.update(&bytes);
    }
    let found: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    if found.eq_ignore_ascii_case(expected) { Ok(()) } else { Err(Error::ChecksumInvalid) }
}
