//! Cases of the port of blobs.

use model::limits::PART_COST_BYTES;
use model::media::BlobHash;
use model::rights::Denial;
use model::{UnixTime, UserId};

use crate::ports::blobs::{READ_BYTES, StoredBlob, UploadId};
use crate::{Error, Stores};

/// The names of this file's cases.
#[macro_export]
macro_rules! blobs_cases {
    ($make:expr) => {
        $crate::conformance_cases!(
            blobs,
            $make,
            [
                small_bytes_are_stored_once,
                a_blob_is_read_in_pieces,
                parts_become_a_blob,
                an_upload_with_a_gap_is_not_assembled,
                a_large_upload_is_whole,
                uploads_are_apart_and_can_be_dropped,
                old_uploads_are_swept,
                unfinished_uploads_are_bounded,
                parts_that_come_at_once_are_bounded,
                what_is_held_stays,
                blobs_are_listed_in_pages_and_deleted,
            ]
        );
    };
}

/// Enough for every case that does not ask for the bound.
const MOST: i64 = 1 << 40;
const UPLOAD: UploadId = UploadId { user: UserId(1), file: -3 };

/// SHA-256 of "abc", FIPS 180-2's example.
const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

async fn put(stores: &Stores, text: &str) -> StoredBlob {
    stores.blobs.put(text.as_bytes().to_vec()).await.unwrap()
}

/// The address is the hash of the content.
pub async fn small_bytes_are_stored_once(stores: &Stores) {
    let first = put(stores, "abc").await;
    assert_eq!(first.hash.to_hex(), ABC);
    assert_eq!((first.size_bytes, first.existed), (3, false));
    let again = put(stores, "abc").await;
    assert_eq!((again.hash, again.size_bytes, again.existed), (first.hash, 3, true));
    assert_ne!(put(stores, "abd").await.hash, first.hash);
    let empty = put(stores, "").await;
    assert_eq!(stores.blobs.read(empty.hash, 0, 9).await, Ok(Vec::new()));
    if let Some(path) = stores.blobs.local_path(first.hash) {
        assert_eq!(std::fs::read(path).unwrap(), b"abc");
    }
}

/// Fewer bytes at the end, none behind it.
pub async fn a_blob_is_read_in_pieces(stores: &Stores) {
    let hash = put(stores, "0123456789").await.hash;
    let read = async |offset, limit| stores.blobs.read(hash, offset, limit).await.unwrap();
    assert_eq!(read(0, 4).await, b"0123");
    assert_eq!(read(4, 4).await, b"4567");
    assert_eq!(read(8, 4).await, b"89");
    assert_eq!(read(10, 4).await, b"");
    assert_eq!(read(1 << 40, 4).await, b"");
    assert_eq!(read(3, 0).await, b"");
    assert_eq!(stores.blobs.read(BlobHash([0; 32]), 0, 4).await, Err(Error::NotFound));
}

/// In their order, whatever order they came in; a part that comes again replaces itself.
pub async fn parts_become_a_blob(stores: &Stores) {
    let blobs = &stores.blobs;
    for (part, bytes) in [(2, "c"), (0, "long"), (1, "b"), (0, "a"), (10, "z")] {
        blobs.put_part(UPLOAD, part, bytes.into(), MOST).await.unwrap();
    }
    assert_eq!(blobs.parts(UPLOAD).await, Ok(vec![(0, 1), (1, 1), (2, 1), (10, 1)]));
    let stored = blobs.assemble(UPLOAD, 3).await.unwrap();
    assert_eq!((stored.hash.to_hex().as_str(), stored.size_bytes, stored.existed), (ABC, 3, false));
    assert_eq!(blobs.read(stored.hash, 0, 9).await.unwrap(), b"abc");
    assert_eq!(blobs.parts(UPLOAD).await, Ok(Vec::new()));
    assert_eq!(blobs.assemble(UPLOAD, 3).await, Err(Error::NotFound));
    // The same content again is the same blob.
    blobs.put_part(UPLOAD, 0, b"abc".to_vec(), MOST).await.unwrap();
    assert_eq!(blobs.assemble(UPLOAD, 1).await, Ok(StoredBlob { existed: true, ..stored }));
}

/// The parts stay for another try.
pub async fn an_upload_with_a_gap_is_not_assembled(stores: &Stores) {
    let blobs = &stores.blobs;
    assert_eq!(blobs.assemble(UPLOAD, 1).await, Err(Error::NotFound));
    blobs.put_part(UPLOAD, 0, b"a".to_vec(), MOST).await.unwrap();
    blobs.put_part(UPLOAD, 2, b"c".to_vec(), MOST).await.unwrap();
    assert_eq!(blobs.assemble(UPLOAD, 3).await, Err(Error::NotFound));
    assert_eq!(blobs.list(None, 9).await, Ok(Vec::new()));
    blobs.put_part(UPLOAD, 1, b"b".to_vec(), MOST).await.unwrap();
    assert_eq!(blobs.assemble(UPLOAD, 3).await.unwrap().hash.to_hex(), ABC);
}

/// Larger than one read may be.
pub async fn a_large_upload_is_whole(stores: &Stores) {
    const PART_BYTES: usize = 512 * 1024;
    let blobs = &stores.blobs;
    for (part, byte) in (0..).zip([1, 2, 3, 4]) {
        let bytes = if byte == 4 { vec![byte; 100] } else { vec![byte; PART_BYTES] };
        blobs.put_part(UPLOAD, part, bytes, MOST).await.unwrap();
    }
    let stored = blobs.assemble(UPLOAD, 4).await.unwrap();
    assert_eq!(stored.size_bytes, 3 * 512 * 1024 + 100);
    // No read answers more than the bound, whatever was asked for.
    let start = blobs.read(stored.hash, 0, u32::MAX).await.unwrap();
    assert_eq!(u32::try_from(start.len()), Ok(READ_BYTES));
    let rest = blobs.read(stored.hash, u64::from(READ_BYTES), READ_BYTES).await.unwrap();
    let whole = [start, rest].concat();
    let parts =
        [vec![1; PART_BYTES], vec![2; PART_BYTES], vec![3; PART_BYTES], vec![4; 100]].concat();
    assert!(whole == parts);
}

/// The same number of another account is another upload.
pub async fn uploads_are_apart_and_can_be_dropped(stores: &Stores) {
    let blobs = &stores.blobs;
    let other = UploadId { user: UserId(2), ..UPLOAD };
    blobs.put_part(UPLOAD, 0, b"mine".to_vec(), MOST).await.unwrap();
    blobs.put_part(other, 0, b"theirs".to_vec(), MOST).await.unwrap();
    blobs.drop_upload(UPLOAD).await.unwrap();
    blobs.drop_upload(UPLOAD).await.unwrap();
    assert_eq!(blobs.parts(UPLOAD).await, Ok(Vec::new()));
    assert_eq!(blobs.parts(other).await, Ok(vec![(0, 6)]));
}

/// By the wall clock of the machine: what was touched before the moment goes.
pub async fn old_uploads_are_swept(stores: &Stores) {
    let blobs = &stores.blobs;
    let other = UploadId { file: 4, ..UPLOAD };
    blobs.put_part(UPLOAD, 0, b"a".to_vec(), MOST).await.unwrap();
    blobs.put_part(other, 0, b"b".to_vec(), MOST).await.unwrap();
    assert_eq!(blobs.sweep_uploads(UnixTime(1_000_000_000)).await, Ok(0));
    assert_eq!(blobs.parts(UPLOAD).await, Ok(vec![(0, 1)]));
    assert_eq!(blobs.sweep_uploads(UnixTime(100_000_000_000)).await, Ok(2));
    assert_eq!(blobs.parts(UPLOAD).await, Ok(Vec::new()));
    blobs.put_part(UPLOAD, 0, b"a".to_vec(), MOST).await.unwrap();
    assert_eq!(blobs.parts(UPLOAD).await, Ok(vec![(0, 1)]));
}

/// For each account by itself, all its uploads together; a part that replaces another one counts instead of it, and what is used,
/// dropped or swept counts no longer. Small parts count for what they take on a disk.
pub async fn unfinished_uploads_are_bounded(stores: &Stores) {
    let blobs = &stores.blobs;
    let most = 3 * PART_COST_BYTES;
    let full = Err(Error::Denied(Denial::TooMany));
    let (second, other) = (UploadId { file: 4, ..UPLOAD }, UploadId { user: UserId(2), ..UPLOAD });
    let put =
        async |upload, part, length| blobs.put_part(upload, part, vec![7; length], most).await;
    let whole = usize::try_from(PART_COST_BYTES).unwrap();
    assert_eq!(put(UPLOAD, 0, 3 * whole + 1).await, full);
    assert_eq!(put(UPLOAD, 0, 2 * whole).await, Ok(()));
    assert_eq!(put(second, 0, 1).await, Ok(()));
    assert_eq!(put(second, 1, 1).await, full);
    assert_eq!(blobs.parts(second).await, Ok(vec![(0, 1)]));
    assert_eq!(put(other, 0, 3 * whole).await, Ok(()));
    assert_eq!(put(second, 0, whole).await, Ok(()));
    assert_eq!(put(second, 0, whole + 1).await, full);
    assert_eq!(put(UPLOAD, 0, whole).await, Ok(()));
    assert_eq!(put(second, 1, 1).await, Ok(()));
    assert_eq!(put(UPLOAD, 1, 1).await, full);
    blobs.assemble(second, 2).await.unwrap();
    assert_eq!(put(UPLOAD, 1, 2 * whole).await, Ok(()));
    assert_eq!(put(UPLOAD, 2, 1).await, full);
    blobs.drop_upload(UPLOAD).await.unwrap();
    assert_eq!(put(UPLOAD, 0, 3 * whole).await, Ok(()));
    blobs.sweep_uploads(UnixTime(100_000_000_000)).await.unwrap();
    assert_eq!(put(second, 0, 3 * whole).await, Ok(()));
    assert_eq!(put(second, 1, 1).await, full);
}

/// Never more than there is room for, never less.
pub async fn parts_that_come_at_once_are_bounded(stores: &Stores) {
    let mut coming = tokio::task::JoinSet::new();
    for part in 0..20 {
        let blobs = std::sync::Arc::clone(&stores.blobs);
        coming.spawn(
            async move { blobs.put_part(UPLOAD, part, vec![1; 9], 5 * PART_COST_BYTES).await },
        );
    }
    let all = coming.join_all().await;
    assert_eq!(all.iter().filter(|put| put.is_ok()).count(), 5);
    assert_eq!(stores.blobs.parts(UPLOAD).await.unwrap().len(), 5);
}

/// Held by one maker or more, condemned or not, and held again after it was condemned.
pub async fn what_is_held_stays(stores: &Stores) {
    let blobs = &stores.blobs;
    let made = put(stores, "held").await;
    let hash = made.hash;
    let again = put(stores, "held").await;
    drop(made);
    assert!(!blobs.condemn(hash));
    assert_eq!(blobs.delete(hash).await, Ok(false));
    drop(again);
    assert!(blobs.condemn(hash));
    drop(blobs.hold(hash).await.unwrap().expect("it is there"));
    assert_eq!(blobs.delete(hash).await, Ok(false));
    assert!(blobs.condemn(hash));
    blobs.spare(hash);
    assert_eq!(blobs.delete(hash).await, Ok(false));
    assert_eq!(blobs.read(hash, 0, 9).await.unwrap(), b"held");
    assert!(blobs.condemn(hash));
    assert_eq!(blobs.delete(hash).await, Ok(true));
    assert_eq!(blobs.read(hash, 0, 9).await, Err(Error::NotFound));
    assert_eq!(blobs.hold(hash).await, Ok(None));
    assert!(!put(stores, "held").await.existed);
}

/// By hash; deleting one that is not there is fine.
pub async fn blobs_are_listed_in_pages_and_deleted(stores: &Stores) {
    let blobs = &stores.blobs;
    let mut all = Vec::new();
    for n in 0..20_u8 {
        let bytes = vec![n; usize::from(n)];
        let stored = blobs.put(bytes).await.unwrap();
        all.push((stored.hash, stored.size_bytes));
    }
    all.sort_unstable();
    assert_eq!(blobs.list(None, 99).await, Ok(all.clone()));
    assert_eq!(blobs.list(None, 7).await.unwrap(), all[..7]);
    assert_eq!(blobs.list(Some(all[6].0), 7).await.unwrap(), all[7..14]);
    assert_eq!(blobs.list(Some(all[19].0), 7).await, Ok(Vec::new()));
    for _ in 0..2 {
        assert!(blobs.condemn(all[7].0));
        assert_eq!(blobs.delete(all[7].0).await, Ok(true));
    }
    assert_eq!(blobs.read(all[7].0, 0, 9).await, Err(Error::NotFound));
    assert_eq!(blobs.list(Some(all[6].0), 2).await.unwrap(), all[8..10]);
}
