//! A backup holds nothing of what has an end, except sealed; with the keys all of it comes back, without them it has ended.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use model::media::{BlobHash, Media, Photo, PhotoSize};
use model::message::Body;
use model::secret::{Acceptance, NewSecretChat, NewSecretMessage, SecretFile};
use model::{AuthKeyId, MessageId, PhotoId, Qts, SecretChatId, UnixTime};
use store::Stores;
use store::conformance::channel_scene::{self, Scene};
use store::conformance::support::{NOW, later};
use store::conformance::writing::{ANN, BEN, find, send, text};
use store::ports::boxes::BoxPeer;
use store::ports::channels::NewChannelMessage;
use tempfile::TempDir;

/// In everything that ends.
const MARKER: &[u8] = b"Brennnessel";
/// In everything that lasts.
const LASTING: &[u8] = b"Granitblock";
const END: UnixTime = UnixTime(NOW.0 + 7200);
const DEVICE: AuthKeyId = AuthKeyId(22);
const CHAT: SecretChatId = SecretChatId(-77);

struct Server {
    stores: Stores,
    folder: TempDir,
}

fn open(folder: &Path) -> Stores {
    backends::open(folder, backends::ViewKey::of_tools(), &|_, _| {}).unwrap()
}

async fn photo(stores: &Stores, id: i64, bytes: &[u8]) -> BlobHash {
    let blob = stores.blobs.put(bytes.to_vec()).await.unwrap().hash;
    let size = PhotoSize { kind: "m".to_owned(), width: 1, height: 1, size_bytes: 11, blob };
    let photo = Photo {
        id: PhotoId(id),
        owner: ANN,
        date: NOW,
        stripped: bytes.to_vec(),
        sizes: vec![size],
        has_stickers: false,
    };
    stores.media.insert_photo(photo).await.unwrap();
    blob
}

fn body(words: &[u8], photo: i64, end: Option<UnixTime>) -> Body {
    Body {
        text: String::from_utf8(words.to_vec()).unwrap(),
        media: Some(Media::Photo { photo: PhotoId(photo), spoiler: false, ttl_s: None }),
        expires: end,
        ..Body::default()
    }
}

/// Ciphertext that waits for Ben with a file, which he was sent in another chat as well.
async fn whisper(stores: &Stores) {
    let blob = stores.blobs.put(MARKER.repeat(9)).await.unwrap().hash;
    let file = SecretFile { id: 7, blob, size_bytes: 99, fingerprint: 1 };
    stores.secret.insert_secret_file(BEN, SecretChatId(-78), file.clone(), NOW).await.unwrap();
    let asked = NewSecretChat {
        id: CHAT,
        admin: ANN,
        key: AuthKeyId(11),
        participant: BEN,
        g_a: vec![1; 9],
        now: NOW,
    };
    stores.secret.request_secret_chat(asked).await.unwrap();
    let accepted = Acceptance { key: DEVICE, g_b: vec![2; 9], fingerprint: 9, now: NOW };
    stores.secret.accept_secret_chat(BEN, CHAT, accepted).await.unwrap();
    let message = NewSecretMessage {
        sender: ANN,
        key: AuthKeyId(11),
        chat: CHAT,
        random_id: 5,
        date: NOW,
        is_service: false,
        data: MARKER.repeat(3),
        file: Some(file),
    };
    stores.secret.queue_secret_message(message).await.unwrap();
}

impl Server {
    /// Messages 1 (ends, with a photo of its own) and 2 (lasts, with one that a message which ends carries as well) in the boxes of
    /// Ann and Ben; a post that ends; ciphertext that waits for Ben.
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let stores = open(folder.path());
        photo(&stores, 1, &[MARKER, b" in a picture"].concat()).await;
        photo(&stores, 2, &[LASTING, b" in a picture"].concat()).await;
        for body in [body(MARKER, 1, Some(END)), body(LASTING, 2, None), body(MARKER, 2, Some(END))]
        {
            let new = text(ANN, BoxPeer::User(BEN), "");
            send(&stores, store::ports::boxes::NewBoxMessage { body, ..new }).await;
        }
        whisper(&stores).await;
        Self { stores, folder }
    }

    async fn backup(&self) -> TempDir {
        let copy = tempfile::tempdir().unwrap();
        let keys = &self.stores.expiry_keys;
        let held = self.stores.blobs.hold_all();
        let database = copy.path().join(backends::DATABASE);
        let blobs =
            self.stores.upkeep.backup(&database, Arc::clone(keys), &|_, _| {}).await.unwrap();
        for numbered in blobs.into_iter().enumerate() {
            self.stores.blobs.copy_to(copy.path(), numbered, Arc::clone(keys)).await.unwrap();
        }
        drop(held);
        copy
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { all.extend(files(&path)) } else { all.push(path) }
    }
    all
}

fn count(folder: &Path, marker: &[u8]) -> usize {
    let all = files(folder).into_iter().map(|file| std::fs::read(file).unwrap());
    all.map(|bytes| bytes.windows(marker.len()).filter(|window| *window == marker).count()).sum()
}

fn give_keys(from: &Server, to: &Path) {
    let (from, to) = (from.folder.path().join("expiry"), to.join("expiry"));
    std::fs::create_dir(&to).unwrap();
    for key in files(&from) {
        std::fs::copy(&key, to.join(key.file_name().unwrap())).unwrap();
    }
}

async fn sound(stores: &Stores) {
    let report = stores.upkeep.check(&|_, _| {}).await.unwrap();
    assert_eq!(report.faults, Vec::<String>::new());
}

#[tokio::test]
async fn a_backup_tells_nothing_of_what_ends() {
    let server = Server::new().await;
    let copy = server.backup().await;
    assert_eq!(count(copy.path(), MARKER), 0);
    assert!(count(copy.path(), LASTING) >= 4, "two copies, a preview and a picture");
    let hash = BlobHash(
        sha2::Digest::finalize(sha2::Digest::chain_update(
            <sha2::Sha256 as sha2::Digest>::new(),
            [MARKER, b" in a picture"].concat(),
        ))
        .into(),
    );
    assert_eq!(count(copy.path(), &hash.0), 0, "a hash tells that the file was here");
    assert!(!files(copy.path()).iter().any(|file| file.ends_with(hash.to_hex())));
}

#[tokio::test]
async fn with_the_keys_everything_comes_back() {
    let server = Server::new().await;
    let scene = channel_scene::broadcast(&server.stores).await;
    let post = post(&scene).await;
    let (channel, owner) = (scene.id, scene.owner);
    // Admins are told what stood there.
    let edited = body(&MARKER.repeat(2), 1, Some(END));
    server.stores.channels.edit_post(channel, owner, post, edited, Some(NOW)).await.unwrap();
    let copy = server.backup().await;
    assert_eq!(count(copy.path(), MARKER), 0);
    give_keys(&server, copy.path());
    assert_eq!(backends::unseal(copy.path(), &|_, _| {}), Ok(0));
    let there = open(copy.path());
    sound(&there).await;
    for user in [ANN, BEN] {
        for id in 1..=3 {
            let here = find(&server.stores, user, MessageId(id)).await;
            assert!(here.is_some());
            assert_eq!(find(&there, user, MessageId(id)).await, here);
        }
    }
    let here = server.stores.channels.posts(channel, owner, &[post]).await.unwrap();
    assert_eq!(there.channels.posts(channel, owner, &[post]).await.unwrap(), here);
    assert_eq!(here.len(), 1);
    let told = server.stores.admin_log.admin_log(channel, 0, 0, 9).await.unwrap();
    assert!(format!("{told:?}").contains("Brennnessel"));
    assert_eq!(there.admin_log.admin_log(channel, 0, 0, 9).await.unwrap(), told);
    let photos = [PhotoId(1), PhotoId(2)];
    let here = server.stores.media.photos(&photos).await.unwrap();
    assert_eq!(there.media.photos(&photos).await.unwrap(), here);
    for photo in here {
        let blob = photo.sizes[0].blob;
        let bytes = server.stores.blobs.read(blob, 0, 100).await.unwrap();
        assert_eq!(there.blobs.read(blob, 0, 100).await.unwrap(), bytes);
        assert_eq!(there.media.blobs_in_use(&[blob]).await.unwrap(), [blob]);
    }
    let waiting = |stores: Stores| async move {
        stores.secret.secret_messages(DEVICE, Qts(0), UnixTime(0), 9).await.unwrap()
    };
    assert_eq!(waiting(there.clone()).await, waiting(server.stores.clone()).await);
    let file = there.secret.secret_file(BEN, 7).await.unwrap();
    assert_eq!(there.blobs.read(file.blob, 0, 999).await.unwrap(), MARKER.repeat(9));
    assert_eq!(waiting(there).await.len(), 1);
}

async fn post(scene: &Scene<'_>) -> MessageId {
    let new = NewChannelMessage {
        sender: scene.owner,
        ..NewChannelMessage::copy(scene.id, NOW, body(MARKER, 1, Some(END)))
    };
    scene.stores.channels.post(vec![new]).await.unwrap().remove(0).message.id
}

#[tokio::test]
async fn without_a_key_it_has_ended() {
    let server = Server::new().await;
    let scene = channel_scene::broadcast(&server.stores).await;
    let post = post(&scene).await;
    let (channel, owner) = (scene.id, scene.owner);
    let copy = server.backup().await;
    let refused = backends::open(copy.path(), backends::ViewKey::of_tools(), &|_, _| {})
        .err()
        .expect("it is a backup");
    assert!(refused.to_string().contains("hoopoe restore"), "{refused}");
    assert!(backends::unseal(copy.path(), &|_, _| {}).unwrap() > 4);
    let there = open(copy.path());
    sound(&there).await;
    // The sweep of every start takes away what is left of it, in the order of the boxes.
    let due = there.boxes.expire(later(0), 99).await.unwrap();
    assert_eq!(due.looked_at, 4);
    assert_eq!(there.channels.expire_posts(later(0), 99).await.unwrap().looked_at, 1);
    sound(&there).await;
    for (user, id, stays) in [(ANN, 1, false), (BEN, 2, true), (BEN, 3, false)] {
        assert_eq!(find(&there, user, MessageId(id)).await.is_some(), stays, "{id}");
    }
    assert!(there.channels.posts(channel, owner, &[post]).await.unwrap().is_empty());
    while there.media.destroy_unneeded(later(0), 9).await.unwrap() > 0 {}
    let photos = there.media.photos(&[PhotoId(1), PhotoId(2)]).await.unwrap();
    assert_eq!(photos.iter().map(|photo| photo.id.0).collect::<Vec<_>>(), [2]);
    assert_eq!(there.secret.secret_messages(DEVICE, Qts(0), UnixTime(0), 9).await.unwrap(), []);
    // The places stay taken.
    let here = server.stores.secret.qts(DEVICE).await.unwrap();
    assert_eq!(there.secret.qts(DEVICE).await.unwrap(), here);
}

#[tokio::test]
async fn changed_bytes_are_refused_before_anything_is_served() {
    let server = Server::new().await;
    let copy = server.backup().await;
    let other = Server::new().await;
    drop(other.backup().await);
    give_keys(&other, copy.path());
    let refused = backends::unseal(copy.path(), &|_, _| {}).expect_err("another server's keys");
    assert!(matches!(refused, store::Error::Corrupt(_)), "{refused}");
    // Nothing is lost by it.
    std::fs::remove_dir_all(copy.path().join("expiry")).unwrap();
    give_keys(&server, copy.path());
    backends::unseal(copy.path(), &|_, _| {}).unwrap();
    let there = open(copy.path());
    assert!(find(&there, ANN, MessageId(1)).await.unwrap().body.text.as_bytes() == MARKER);
}

#[tokio::test]
async fn what_is_over_is_left_out_and_gets_no_key() {
    let server = Server::new().await;
    let over = UnixTime(END.0 + 3600);
    server.stores.expiry_keys.destroy_past(over).unwrap();
    // Two at once do not meet.
    let (copy, other) = tokio::join!(server.backup(), server.backup());
    for folder in [copy.path(), other.path()] {
        assert_eq!(count(folder, MARKER), 0);
    }
    // Secret chats are kept for a week, and may open; the rest has no sealed row.
    give_keys(&server, copy.path());
    assert_eq!(backends::unseal(copy.path(), &|_, _| {}), Ok(0));
    let there = open(copy.path());
    sound(&there).await;
    assert_eq!(there.boxes.expire(later(0), 99).await.unwrap().looked_at, 4);
    while there.media.destroy_unneeded(later(0), 9).await.unwrap() > 0 {}
    let photos = there.media.photos(&[PhotoId(1), PhotoId(2)]).await.unwrap();
    assert_eq!(photos.iter().map(|photo| photo.id.0).collect::<Vec<_>>(), [2]);
    assert_eq!(
        there.secret.secret_messages(DEVICE, Qts(0), UnixTime(0), 9).await.unwrap().len(),
        1
    );
    let hours = files(&server.folder.path().join("expiry"));
    assert!(hours.iter().all(|hour| {
        let hour: i64 = hour.file_name().unwrap().to_str().unwrap().parse().unwrap();
        hour * 3600 > END.0
    }));
}
