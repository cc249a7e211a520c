//! Cases of the port of secret chats.

use model::limits::SECRET_QUEUE_BYTES;
use model::media::BlobHash;
use model::rights::Denial;
use model::secret::{
    Acceptance, NewSecretChat, NewSecretMessage, QTS_START, SecretChatState, SecretChatView,
    SecretFile, SecretRead,
};
use model::{AuthKeyId, Qts, SecretChatId, UnixTime, UserId};

use super::support::{NOW, later};
use crate::{Error, Stores};

/// The names of this file's cases.
#[macro_export]
macro_rules! secret_cases {
    ($make:expr) => {
        $crate::conformance_cases!(
            secret,
            $make,
            [
                both_sides_are_kept_and_changed_together,
                one_device_accepts,
                of_many_devices_at_once_one_accepts,
                messages_wait_in_the_order_of_their_acceptance,
                the_same_random_id_is_the_same_message,
                acknowledged_messages_are_gone,
                only_devices_of_the_chat_write,
                a_full_queue_takes_no_more,
                an_end_may_erase_what_waits,
                a_device_that_ends_closes_its_chats,
                an_account_that_ends_closes_its_chats,
                read_marks_go_forward,
                files_are_for_both_and_hold_their_blobs,
                a_refused_message_leaves_no_file,
                a_file_that_is_sent_again_lasts_anew,
                old_things_are_swept,
            ]
        );
    };
}

const ANNA: UserId = UserId(1);
const BEN: UserId = UserId(2);
const A: AuthKeyId = AuthKeyId(11);
const B: AuthKeyId = AuthKeyId(u64::MAX - 22);
const B2: AuthKeyId = AuthKeyId(23);
const CHAT: SecretChatId = SecretChatId(-77);
const EVER: UnixTime = UnixTime(0);

fn wish() -> NewSecretChat {
    NewSecretChat { id: CHAT, admin: ANNA, key: A, participant: BEN, g_a: vec![1; 256], now: NOW }
}

fn by(key: AuthKeyId, length: usize) -> Acceptance {
    Acceptance { key, g_b: vec![2; length], fingerprint: 9, now: later(1) }
}

async fn open(stores: &Stores) {
    stores.secret.request_secret_chat(wish()).await.unwrap();
    stores.secret.accept_secret_chat(BEN, CHAT, by(B, 256)).await.unwrap();
}

fn message(random_id: i64) -> NewSecretMessage {
    NewSecretMessage {
        sender: ANNA,
        key: A,
        chat: CHAT,
        random_id,
        date: later(random_id),
        is_service: random_id % 2 == 0,
        data: vec![u8::try_from(random_id % 256).unwrap(); 24],
        file: None,
    }
}

async fn send(stores: &Stores, random_id: i64) -> Result<i32, Error> {
    stores.secret.queue_secret_message(message(random_id)).await.map(|(sent, _)| sent.qts.0)
}

async fn waiting(stores: &Stores, key: AuthKeyId, after: i32) -> Vec<(i32, i64)> {
    let messages = stores.secret.secret_messages(key, Qts(after), EVER, 1000).await.unwrap();
    messages.into_iter().map(|message| (message.qts.0, message.random_id)).collect()
}

/// Each side sees the other's value of the exchange, once there is one.
pub async fn both_sides_are_kept_and_changed_together(stores: &Stores) {
    let asking = stores.secret.request_secret_chat(wish()).await.unwrap();
    assert_eq!(asking.seen_by(A), Some(SecretChatView::Waiting));
    assert!(matches!(stores.secret.request_secret_chat(wish()).await, Err(Error::Conflict)));
    let other_way = NewSecretChat { admin: BEN, key: B, participant: UserId(3), ..wish() };
    assert!(matches!(stores.secret.request_secret_chat(other_way).await, Err(Error::Conflict)));
    let invited = stores.secret.secret_chat(BEN, CHAT).await.unwrap();
    assert_eq!((invited.peer, invited.g_a_or_b.len()), (ANNA, 256));
    stores.secret.accept_secret_chat(BEN, CHAT, by(B, 256)).await.unwrap();
    let asking = stores.secret.secret_chat(ANNA, CHAT).await.unwrap();
    assert_eq!((asking.g_a_or_b, asking.fingerprint), (vec![2; 256], 9));
    assert_eq!((asking.peer_key, asking.state), (Some(B), SecretChatState::Accepted));
    let changed = stores.secret.secret_chats_since(ANNA, later(1), 10).await.unwrap();
    assert_eq!(changed.len(), 1);
    assert!(stores.secret.secret_chats_since(ANNA, later(2), 10).await.unwrap().is_empty());
    assert!(matches!(stores.secret.secret_chat(UserId(3), CHAT).await, Err(Error::NotFound)));
}

/// The first device has the chat; the asking side accepts nothing; what is over stays over.
pub async fn one_device_accepts(stores: &Stores) {
    stores.secret.request_secret_chat(wish()).await.unwrap();
    let accept = |user, key| stores.secret.accept_secret_chat(user, CHAT, by(key, 1));
    assert!(matches!(accept(ANNA, A).await, Err(Error::NotFound)));
    assert!(matches!(accept(UserId(3), B).await, Err(Error::NotFound)));
    accept(BEN, B).await.unwrap();
    assert!(matches!(accept(BEN, B2).await, Err(Error::Conflict)));
    assert!(matches!(accept(BEN, B).await, Err(Error::Conflict)));
    stores.secret.discard_secret_chat(BEN, CHAT, B, false, NOW).await.unwrap();
    assert!(matches!(accept(BEN, B).await, Err(Error::NotModified)));
}

/// A race has one winner, whom both sides name.
pub async fn of_many_devices_at_once_one_accepts(stores: &Stores) {
    stores.secret.request_secret_chat(wish()).await.unwrap();
    let mut racing = tokio::task::JoinSet::new();
    for device in 0..16 {
        let secret = stores.secret.clone();
        racing.spawn(async move {
            let key = AuthKeyId(100 + device);
            secret.accept_secret_chat(BEN, CHAT, by(key, 1)).await.ok()
        });
    }
    let winners: Vec<_> = racing.join_all().await.into_iter().flatten().collect();
    assert_eq!(winners.len(), 1);
    let asking = stores.secret.secret_chat(ANNA, CHAT).await.unwrap();
    assert_eq!(asking.peer_key, winners[0].key);
}

/// One sequence for each device, without holes.
pub async fn messages_wait_in_the_order_of_their_acceptance(stores: &Stores) {
    assert_eq!(stores.secret.qts(B).await, Ok(QTS_START));
    open(stores).await;
    for random_id in [5, 3, 4] {
        send(stores, random_id).await.unwrap();
    }
    assert_eq!(waiting(stores, B, 0).await, [(2, 5), (3, 3), (4, 4)]);
    assert_eq!(waiting(stores, B, 3).await, [(4, 4)]);
    assert_eq!(waiting(stores, A, 0).await, []);
    let page = stores.secret.secret_messages(B, Qts(0), EVER, 2).await.unwrap();
    assert_eq!((page.len(), page[0].data.clone(), page[0].is_service), (2, vec![5; 24], false));
    let young = stores.secret.secret_messages(B, Qts(0), later(4), 10).await.unwrap();
    assert_eq!(young.len(), 2);
    assert_eq!(stores.secret.qts(B).await, Ok(Qts(4)));
}

/// Also when the first was acknowledged since, or the chat is over.
pub async fn the_same_random_id_is_the_same_message(stores: &Stores) {
    open(stores).await;
    assert_eq!(stores.secret.secret_sent(ANNA, CHAT, 5).await, Ok(None));
    let first = stores.secret.queue_secret_message(message(5)).await.unwrap();
    assert_eq!(stores.secret.secret_sent(ANNA, CHAT, 5).await, Ok(Some(first.0.clone())));
    assert_eq!(stores.secret.secret_sent(BEN, CHAT, 5).await, Ok(None));
    let again = NewSecretMessage { date: later(99), data: vec![0; 8], ..message(5) };
    let again = stores.secret.queue_secret_message(again).await.unwrap();
    assert_eq!((first.0.clone(), true, false), (again.0, first.1, again.1));
    stores.secret.acknowledge_secret_messages(B, Qts(2)).await.unwrap();
    stores.secret.discard_secret_chat(BEN, CHAT, B, false, NOW).await.unwrap();
    let again = stores.secret.queue_secret_message(message(5)).await.unwrap();
    assert_eq!(again, (first.0, false));
    assert_eq!(waiting(stores, B, 0).await, []);
}

/// The position stays where it was.
pub async fn acknowledged_messages_are_gone(stores: &Stores) {
    open(stores).await;
    for random_id in 1..=3 {
        send(stores, random_id).await.unwrap();
    }
    assert_eq!(stores.secret.acknowledge_secret_messages(B, Qts(3)).await, Ok(vec![1, 2]));
    assert_eq!(stores.secret.acknowledge_secret_messages(B, Qts(3)).await, Ok(vec![]));
    assert_eq!(waiting(stores, B, 0).await, [(4, 3)]);
    assert_eq!(stores.secret.qts(B).await, Ok(Qts(4)));
    assert_eq!(send(stores, 4).await, Ok(5));
}

/// A second device of either side, a stranger, and anyone before and after the chat.
pub async fn only_devices_of_the_chat_write(stores: &Stores) {
    stores.secret.request_secret_chat(wish()).await.unwrap();
    assert_eq!(send(stores, 1).await, Err(Error::Conflict));
    stores.secret.accept_secret_chat(BEN, CHAT, by(B, 1)).await.unwrap();
    for (sender, key) in [(ANNA, B2), (BEN, B2), (BEN, A), (UserId(3), A)] {
        let foreign = NewSecretMessage { sender, key, ..message(1) };
        let refused = stores.secret.queue_secret_message(foreign).await;
        assert_eq!(refused, Err(Error::NotFound), "{key:?}");
    }
    let refused = stores.secret.discard_secret_chat(BEN, CHAT, B2, false, NOW).await;
    assert!(matches!(refused, Err(Error::NotFound)));
    stores.secret.discard_secret_chat(ANNA, CHAT, A, false, NOW).await.unwrap();
    assert_eq!(send(stores, 1).await, Err(Error::NotModified));
    assert_eq!(stores.secret.qts(B).await, Ok(QTS_START));
}

/// Room comes back with an acknowledgement.
pub async fn a_full_queue_takes_no_more(stores: &Stores) {
    open(stores).await;
    // Larger than a client may send: the bound is on what waits.
    let fits = 8;
    let share = usize::try_from(SECRET_QUEUE_BYTES / fits).unwrap();
    let large = |random_id| NewSecretMessage { data: vec![0; share], ..message(random_id) };
    for random_id in 1..=fits {
        stores.secret.queue_secret_message(large(random_id)).await.unwrap();
    }
    let refused = stores.secret.queue_secret_message(large(0)).await;
    assert_eq!(refused, Err(Error::Denied(Denial::TooMany)));
    assert_eq!(stores.secret.qts(B).await.map(|qts| i64::from(qts.0)), Ok(fits + 1));
    stores.secret.acknowledge_secret_messages(B, Qts(2)).await.unwrap();
    assert!(stores.secret.queue_secret_message(large(0)).await.is_ok());
}

/// Only if the history is deleted with the chat, and only of that chat.
pub async fn an_end_may_erase_what_waits(stores: &Stores) {
    open(stores).await;
    let other = SecretChatId(5);
    let second = NewSecretChat { id: other, ..wish() };
    stores.secret.request_secret_chat(second).await.unwrap();
    stores.secret.accept_secret_chat(BEN, other, by(B, 1)).await.unwrap();
    send(stores, 1).await.unwrap();
    let beside = NewSecretMessage { chat: other, ..message(2) };
    stores.secret.queue_secret_message(beside).await.unwrap();
    let over = stores.secret.discard_secret_chat(ANNA, CHAT, A, true, later(9)).await.unwrap();
    assert_eq!(over.state, SecretChatState::Discarded { history_deleted: true });
    assert_eq!(waiting(stores, B, 0).await, [(3, 2)]);
    stores.secret.discard_secret_chat(ANNA, other, A, false, later(9)).await.unwrap();
    assert_eq!(waiting(stores, B, 0).await, [(3, 2)]);
    let invited = stores.secret.secret_chat(BEN, CHAT).await.unwrap();
    assert_eq!((invited.changed, invited.g_a_or_b.len()), (later(9), 0));
    let again = stores.secret.discard_secret_chat(BEN, CHAT, B, false, NOW).await;
    assert!(matches!(again, Err(Error::NotModified)));
}

/// What others asked of its owner waits for the owner's other devices.
pub async fn a_device_that_ends_closes_its_chats(stores: &Stores) {
    open(stores).await;
    let asked = NewSecretChat { id: SecretChatId(5), ..wish() };
    stores.secret.request_secret_chat(asked).await.unwrap();
    send(stores, 1).await.unwrap();
    let closed = stores.secret.close_secret_chats(B, later(3)).await.unwrap();
    assert_eq!(closed.iter().map(|chat| (chat.id, chat.peer)).collect::<Vec<_>>(), [(CHAT, ANNA)]);
    assert_eq!(waiting(stores, B, 0).await, []);
    assert_eq!(send(stores, 2).await, Err(Error::NotModified));
    let other = stores.secret.secret_chat(BEN, SecretChatId(5)).await.unwrap();
    assert_eq!(other.state, SecretChatState::Requested);
    assert!(stores.secret.close_secret_chats(B, later(4)).await.unwrap().is_empty());
}

/// Open ones, asked for ones, on either side.
pub async fn an_account_that_ends_closes_its_chats(stores: &Stores) {
    open(stores).await;
    let asked = NewSecretChat { id: SecretChatId(5), ..wish() };
    stores.secret.request_secret_chat(asked).await.unwrap();
    let closed = stores.secret.close_secret_chats_of(BEN, later(3)).await.unwrap();
    assert_eq!(closed.len(), 2);
    for id in [CHAT, SecretChatId(5)] {
        let state = stores.secret.secret_chat(ANNA, id).await.unwrap().state;
        assert_eq!(state, SecretChatState::Discarded { history_deleted: false });
    }
}

/// The mark stands on the other side, and a later one replaces it.
pub async fn read_marks_go_forward(stores: &Stores) {
    open(stores).await;
    let read = |at, max| SecretRead { max_date: later(max), at: later(at) };
    let seen = stores.secret.read_secret_chat(BEN, CHAT, B, read(5, 4)).await.unwrap();
    assert_eq!((seen.owner, seen.read, seen.changed), (ANNA, Some(read(5, 4)), later(5)));
    let seen = stores.secret.read_secret_chat(BEN, CHAT, B, read(6, 3)).await.unwrap();
    assert_eq!(seen.read, Some(read(5, 4)));
    let refused = stores.secret.read_secret_chat(BEN, CHAT, B2, read(7, 7)).await;
    assert!(matches!(refused, Err(Error::NotFound)));
}

/// The sender has it from the upload on, the receiver from the message on, nobody else.
pub async fn files_are_for_both_and_hold_their_blobs(stores: &Stores) {
    open(stores).await;
    let blob = BlobHash([7; 32]);
    let file = SecretFile { id: 40, blob, size_bytes: 9, fingerprint: -3 };
    stores.secret.insert_secret_file(ANNA, CHAT, file.clone(), NOW).await.unwrap();
    let again = stores.secret.insert_secret_file(ANNA, CHAT, file.clone(), NOW).await;
    assert_eq!(again, Err(Error::Conflict));
    assert_eq!(stores.secret.secret_file(BEN, 40).await, Err(Error::NotFound));
    let with = NewSecretMessage { file: Some(file.clone()), ..message(1) };
    let (sent, _) = stores.secret.queue_secret_message(with).await.unwrap();
    assert_eq!(sent.file, Some(file.clone()));
    assert_eq!(stores.secret.secret_file(BEN, 40).await, Ok(file.clone()));
    assert_eq!(stores.secret.secret_file(ANNA, 40).await, Ok(file));
    assert_eq!(stores.media.blobs_in_use(&[blob]).await, Ok(vec![blob]));
    stores.secret.discard_secret_chat(ANNA, CHAT, A, true, NOW).await.unwrap();
    assert_eq!(stores.secret.secret_file(BEN, 40).await, Err(Error::NotFound));
    assert_eq!(stores.media.blobs_in_use(&[blob]).await, Ok(vec![]));
}

/// A message brings its file along; a refused one, or one that was sent before, brings none.
pub async fn a_refused_message_leaves_no_file(stores: &Stores) {
    stores.secret.request_secret_chat(wish()).await.unwrap();
    let blob = BlobHash([7; 32]);
    let file = |id| Some(SecretFile { id, blob, size_bytes: 9, fingerprint: -3 });
    let with = |random_id, id| NewSecretMessage { file: file(id), ..message(random_id) };
    let send = |new| stores.secret.queue_secret_message(new);
    assert_eq!(send(with(1, 40)).await, Err(Error::Conflict));
    assert_eq!(stores.media.blobs_in_use(&[blob]).await, Ok(vec![]));
    stores.secret.accept_secret_chat(BEN, CHAT, by(B, 1)).await.unwrap();
    send(with(1, 40)).await.unwrap();
    for user in [ANNA, BEN] {
        assert_eq!(stores.secret.secret_file(user, 40).await.ok(), file(40));
    }
    send(with(1, 41)).await.unwrap();
    assert_eq!(stores.secret.secret_file(ANNA, 41).await, Err(Error::NotFound));
    stores.secret.discard_secret_chat(ANNA, CHAT, A, true, NOW).await.unwrap();
    assert_eq!(send(with(2, 42)).await, Err(Error::NotModified));
    assert_eq!(stores.media.blobs_in_use(&[blob]).await, Ok(vec![]));
}

/// For its time from then on, and for each chat of its own: the end of one leaves it to the other.
pub async fn a_file_that_is_sent_again_lasts_anew(stores: &Stores) {
    let other = SecretChatId(78);
    open(stores).await;
    stores.secret.request_secret_chat(NewSecretChat { id: other, ..wish() }).await.unwrap();
    stores.secret.accept_secret_chat(BEN, other, by(B, 256)).await.unwrap();
    let file = SecretFile { id: 40, blob: BlobHash([7; 32]), size_bytes: 9, fingerprint: 1 };
    for (chat, random_id) in [(CHAT, 1), (CHAT, 20), (other, 21)] {
        let new = NewSecretMessage { chat, file: Some(file.clone()), ..message(random_id) };
        stores.secret.queue_secret_message(new).await.unwrap();
    }
    stores.secret.sweep_secret_chats(later(20)).await.unwrap();
    assert_eq!(stores.secret.secret_file(BEN, 40).await, Ok(file.clone()));
    stores.secret.discard_secret_chat(ANNA, CHAT, A, true, later(22)).await.unwrap();
    assert_eq!(stores.secret.secret_file(BEN, 40).await, Ok(file));
    stores.secret.sweep_secret_chats(later(22)).await.unwrap();
    assert_eq!(stores.secret.secret_file(BEN, 40).await, Err(Error::NotFound));
}

/// Messages, files and ends of before a moment; open chats stay.
pub async fn old_things_are_swept(stores: &Stores) {
    open(stores).await;
    send(stores, 1).await.unwrap();
    send(stores, 20).await.unwrap();
    let file = SecretFile { id: 40, blob: BlobHash([7; 32]), size_bytes: 9, fingerprint: 1 };
    stores.secret.insert_secret_file(ANNA, CHAT, file, NOW).await.unwrap();
    assert_eq!(stores.secret.sweep_secret_chats(later(10)).await, Ok(2));
    assert_eq!(waiting(stores, B, 0).await, [(3, 20)]);
    assert_eq!(stores.secret.secret_file(ANNA, 40).await, Err(Error::NotFound));
    stores.secret.discard_secret_chat(ANNA, CHAT, A, false, later(11)).await.unwrap();
    assert_eq!(stores.secret.sweep_secret_chats(later(11)).await, Ok(0));
    assert_eq!(stores.secret.sweep_secret_chats(later(30)).await, Ok(3));
    assert!(matches!(stores.secret.secret_chat(BEN, CHAT).await, Err(Error::NotFound)));
}
