//! Secret chats from end to end: exchange, ciphertext, ends, and who may do what.

use tl_api::functions::messages as f;
use tl_api::{enums, functions, types};

use crate::testing::{Device, World, list};

/// A value that an honest exchange can have.
fn value(byte: u8) -> Vec<u8> {
    vec![byte; 256]
}

fn ciphertext(byte: u8) -> Vec<u8> {
    vec![byte; 8 + 16 + 32]
}

fn wish(of: &Device<'_>, to: &Device<'_>, id: i32) -> f::RequestEncryption {
    f::RequestEncryption { user_id: of.input_user(to), random_id: id, g_a: value(5) }
}

fn peer(chat: &enums::EncryptedChat) -> enums::InputEncryptedChat {
    let (chat_id, access_hash) = match chat {
        enums::EncryptedChat::EncryptedChat(chat) => (chat.id, chat.access_hash),
        enums::EncryptedChat::EncryptedChatWaiting(chat) => (chat.id, chat.access_hash),
        enums::EncryptedChat::EncryptedChatRequested(chat) => (chat.id, chat.access_hash),
        other => panic!("not a chat to act in: {other:?}"),
    };
    types::InputEncryptedChat { chat_id, access_hash }.into()
}

/// The chats that updates bring.
fn chats(updates: &[enums::Update]) -> Vec<enums::EncryptedChat> {
    let chat = |update: &enums::Update| match update {
        enums::Update::UpdateEncryption(update) => Some(update.chat.clone()),
        _ => None,
    };
    updates.iter().filter_map(chat).collect()
}

async fn difference(device: &Device<'_>, qts: i32, date: i32) -> types::updates::Difference {
    let asked = functions::updates::GetDifference { pts: 1, date, qts, ..Default::default() };
    match device.ok(asked).await {
        enums::updates::Difference::Difference(difference) => difference,
        other => panic!("{other:?}"),
    }
}

/// What a device of the invited finds after coming back.
async fn offered(device: &Device<'_>) -> enums::InputEncryptedChat {
    let found = chats(&difference(device, 0, 1).await.other_updates);
    peer(found.first().expect("an offer"))
}

/// An open chat: the way in for each side.
pub(super) async fn open(
    anna: &Device<'_>,
    ben: &Device<'_>,
) -> (enums::InputEncryptedChat, enums::InputEncryptedChat) {
    let asked = anna.ok(wish(anna, ben, 77)).await;
    let offer = offered(ben).await;
    let accept = f::AcceptEncryption { peer: offer, g_b: value(6), key_fingerprint: -9 };
    let accepted = ben.ok(accept).await;
    (peer(&asked), peer(&accepted))
}

fn send(to: &enums::InputEncryptedChat, random_id: i64) -> f::SendEncrypted {
    let byte = u8::try_from(random_id % 256).unwrap();
    f::SendEncrypted { silent: false, peer: to.clone(), random_id, data: ciphertext(byte) }
}

#[tokio::test]
async fn the_group_is_the_published_one() {
    let world = World::new();
    let anna = world.sign_up("Anna").await;
    let first = anna.ok(f::GetDhConfig { version: 0, random_length: 256 }).await;
    let enums::messages::DhConfig::DhConfig(config) = first else { panic!("{first:?}") };
    assert_eq!((config.g, config.p.as_slice()), (3, crypto::PRIME.as_slice()));
    let again = f::GetDhConfig { version: config.version, random_length: 16 };
    let enums::messages::DhConfig::DhConfigNotModified(same) = anna.ok(again.clone()).await else {
        panic!("the version is known")
    };
    assert_eq!(same.random.len(), 16);
    let wrong = f::GetDhConfig { random_length: 257, ..again };
    assert_eq!(anna.fails(wrong).await, "RANDOM_LENGTH_INVALID");
}

#[tokio::test]
async fn a_chat_opens_between_two_devices_and_the_others_hear_that_it_is_not_theirs() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let second = world.device(ben.user());
    let asked = anna.ok(wish(&anna, &ben, 77)).await;
    let enums::EncryptedChat::EncryptedChatWaiting(waiting) = &asked else { panic!("{asked:?}") };
    assert_eq!((waiting.id, waiting.admin_id), (77, anna.user().0));
    assert_eq!(anna.ok(wish(&anna, &ben, 77)).await, asked);
    let offers = chats(&difference(&second, 0, 1).await.other_updates);
    let [enums::EncryptedChat::EncryptedChatRequested(offer)] = offers.as_slice() else {
        panic!("{offers:?}")
    };
    assert_eq!((offer.id, &offer.g_a), (77, &value(5)));
    let accept = |offer| f::AcceptEncryption { peer: offer, g_b: value(6), key_fingerprint: -9 };
    let accepted = ben.ok(accept(offered(&ben).await)).await;
    assert!(matches!(accepted, enums::EncryptedChat::EncryptedChat(_)), "{accepted:?}");
    assert_eq!(second.fails(accept(peer(&offers[0]))).await, "ENCRYPTION_ALREADY_ACCEPTED");
    let lost = chats(&difference(&second, 0, 1).await.other_updates);
    assert!(matches!(lost.as_slice(), [enums::EncryptedChat::EncryptedChatDiscarded(_)]));
    let won = chats(&difference(&anna, 0, 1).await.other_updates);
    let [enums::EncryptedChat::EncryptedChat(won)] = won.as_slice() else { panic!("{won:?}") };
    assert_eq!((&won.g_a_or_b, won.key_fingerprint), (&value(6), -9));
    let beside = chats(&other_updates_or_none(&world.device(anna.user())).await);
    assert_eq!(beside, [], "the asking side's other devices hear nothing");
}

async fn other_updates_or_none(device: &Device<'_>) -> Vec<enums::Update> {
    let asked = functions::updates::GetDifference { pts: 1, date: 1, ..Default::default() };
    match device.ok(asked).await {
        enums::updates::Difference::Difference(difference) => difference.other_updates,
        enums::updates::Difference::DifferenceEmpty(_) => Vec::new(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn values_out_of_range_are_refused_and_nothing_is_kept() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let mut one = vec![0; 256];
    one[255] = 1;
    for g_a in [Vec::new(), vec![1; 257], value(0), one.clone(), value(255), crypto::PRIME.to_vec()]
    {
        let request = f::RequestEncryption { g_a, ..wish(&anna, &ben, 77) };
        assert_eq!(anna.fails(request).await, "DH_G_A_INVALID");
    }
    assert_eq!(anna.fails(wish(&anna, &ben, 0)).await, "RANDOM_ID_INVALID");
    assert_eq!(anna.fails(wish(&anna, &anna, 77)).await, "USER_ID_INVALID");
    anna.ok(wish(&anna, &ben, 77)).await;
    let peer = offered(&ben).await;
    let accept = f::AcceptEncryption { peer, g_b: one, key_fingerprint: 1 };
    assert_eq!(ben.fails(accept).await, "DH_G_A_INVALID");
    let carl = world.sign_up("Carl").await;
    assert_eq!(anna.fails(wish(&anna, &carl, 77)).await, "RANDOM_ID_DUPLICATE");
}

#[tokio::test]
async fn ciphertext_waits_in_order_until_it_is_acknowledged() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let (out, back) = open(&anna, &ben).await;
    for random_id in [3, 1, 2] {
        anna.ok(send(&out, random_id)).await;
    }
    anna.ok(send(&out, 1)).await;
    let missed = difference(&ben, 0, 1).await;
    let got: Vec<(i64, Vec<u8>)> = missed
        .new_encrypted_messages
        .iter()
        .map(|message| match message {
            enums::EncryptedMessage::EncryptedMessage(got) => (got.random_id, got.bytes.clone()),
            other @ enums::EncryptedMessage::EncryptedMessageService(_) => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(got, [(3, ciphertext(3)), (1, ciphertext(1)), (2, ciphertext(2))]);
    let enums::updates::State::State(state) = missed.state;
    assert_eq!(state.qts, 4);
    assert_eq!(ben.ok(f::ReceivedQueue { max_qts: 3 }).await, [3, 1]);
    assert_eq!(ben.fails(f::ReceivedQueue { max_qts: 5 }).await, "MAX_QTS_INVALID");
    assert_eq!(difference(&ben, 3, 1).await.new_encrypted_messages.len(), 1);
    // Asking from a place on says that what is before it arrived.
    difference(&ben, 4, 1).await;
    assert_eq!(difference(&ben, 0, 1).await.new_encrypted_messages, []);
    ben.ok(send(&back, 9)).await;
    assert_eq!(difference(&anna, 0, 1).await.new_encrypted_messages.len(), 1);
}

#[tokio::test]
async fn a_device_hears_live_what_it_would_read_later() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let (out, _) = open(&anna, &ben).await;
    anna.ok(send(&out, 5)).await;
    let (viewer, key) = (ben.viewer(), ben.caller.key);
    let live = crate::updates::secret_message(&world.core, viewer, key, model::Qts(2)).await;
    let live = list(live.unwrap().expect("it waits"));
    let [enums::Update::UpdateNewEncryptedMessage(live)] = live.as_slice() else {
        panic!("{live:?}")
    };
    let later = difference(&ben, 0, 1).await;
    assert_eq!(
        (std::slice::from_ref(&live.message), live.qts),
        (&later.new_encrypted_messages[..], 2)
    );
}

#[tokio::test]
async fn strangers_and_other_devices_learn_nothing() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let carl = world.sign_up("Carl").await;
    let (out, back) = open(&anna, &ben).await;
    let unknown: enums::InputEncryptedChat =
        types::InputEncryptedChat { chat_id: 78, access_hash: 1 }.into();
    let second = world.device(ben.user());
    for (who, chat) in [(&carl, &out), (&carl, &unknown), (&second, &back), (&anna, &back)] {
        assert_eq!(who.fails(send(chat, 5)).await, "CHAT_ID_INVALID");
        let typing = f::SetEncryptedTyping { peer: chat.clone(), typing: true };
        assert_eq!(who.fails(typing).await, "CHAT_ID_INVALID");
        let read = f::ReadEncryptedHistory { peer: chat.clone(), max_date: 9 };
        assert_eq!(who.fails(read).await, "CHAT_ID_INVALID");
    }
    for device in [&carl, &second] {
        let end = f::DiscardEncryption { delete_history: true, chat_id: 77 };
        assert_eq!(device.fails(end).await, "ENCRYPTION_ID_INVALID");
    }
    assert_eq!(difference(&ben, 0, 1).await.new_encrypted_messages, []);
}

#[tokio::test]
async fn ciphertext_has_the_shape_of_ciphertext() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let (out, _) = open(&anna, &ben).await;
    for (length, error) in [
        (0, "DATA_INVALID"),
        (24, "DATA_INVALID"),
        (57, "DATA_INVALID"),
        (24 + 131_072, "DATA_TOO_LONG"),
    ] {
        let message = f::SendEncrypted { data: vec![1; length], ..send(&out, 5) };
        assert_eq!(anna.fails(message).await, error);
    }
    assert_eq!(
        anna.fails(f::SendEncrypted { random_id: 0, ..send(&out, 5) }).await,
        "RANDOM_ID_INVALID"
    );
    assert_eq!(difference(&ben, 0, 1).await.new_encrypted_messages, []);
}

#[tokio::test]
async fn an_end_is_heard_by_the_other_side_and_final() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let (out, back) = open(&anna, &ben).await;
    anna.ok(send(&out, 5)).await;
    let end = f::DiscardEncryption { delete_history: true, chat_id: 77 };
    anna.ok(end.clone()).await;
    let missed = difference(&ben, 0, 1).await;
    assert_eq!(missed.new_encrypted_messages, []);
    let gone = chats(&missed.other_updates);
    let [enums::EncryptedChat::EncryptedChatDiscarded(gone)] = gone.as_slice() else {
        panic!("{gone:?}")
    };
    assert!(gone.history_deleted);
    assert_eq!(ben.fails(send(&back, 6)).await, "ENCRYPTION_DECLINED");
    assert_eq!(ben.fails(end).await, "ENCRYPTION_ALREADY_DECLINED");
}

#[tokio::test]
async fn a_key_that_is_destroyed_takes_its_chats_along() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let (_, bens) = open(&anna, &ben).await;
    services::devices::destroy_key(&world.core, anna.caller.key).await.unwrap();
    let found = chats(&difference(&ben, 0, 1).await.other_updates);
    assert!(matches!(&found[..], [enums::EncryptedChat::EncryptedChatDiscarded(_)]), "{found:?}");
    assert_eq!(ben.fails(send(&bens, 1)).await, "ENCRYPTION_DECLINED");
}

#[tokio::test]
async fn whoever_is_blocked_neither_asks_nor_writes() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let (out, _) = open(&anna, &ben).await;
    let block = functions::contacts::Block { my_stories_from: false, id: ben.peer(&anna) };
    ben.ok(block).await;
    assert_eq!(anna.fails(send(&out, 5)).await, "USER_IS_BLOCKED");
    assert_eq!(anna.fails(wish(&anna, &ben, 78)).await, "USER_IS_BLOCKED");
}

#[tokio::test]
async fn a_read_mark_is_heard_after_an_absence() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let (_, back) = open(&anna, &ben).await;
    ben.ok(f::ReadEncryptedHistory { peer: back.clone(), max_date: 1_700_000_000 }).await;
    let updates = difference(&anna, 0, 1).await.other_updates;
    let read = updates.iter().find_map(|update| match update {
        enums::Update::UpdateEncryptedMessagesRead(read) => Some(read.clone()),
        _ => None,
    });
    assert_eq!(read.map(|read| (read.chat_id, read.max_date)), Some((77, 1_700_000_000)));
    assert_eq!(
        ben.fails(f::ReadEncryptedHistory { peer: back, max_date: 0 }).await,
        "DATE_INVALID"
    );
}

#[tokio::test]
async fn a_complaint_is_kept_once_and_only_of_a_chat_of_ones_own() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let (carl, second) = (world.sign_up("Carl").await, world.device(ben.user()));
    let (out, back) = open(&anna, &ben).await;
    let unknown: enums::InputEncryptedChat =
        types::InputEncryptedChat { chat_id: 78, access_hash: 1 }.into();
    for (who, chat) in [(&carl, &out), (&carl, &unknown), (&second, &back), (&anna, &back)] {
        let report = f::ReportEncryptedSpam { peer: chat.clone() };
        assert_eq!(who.fails(report).await, "CHAT_ID_INVALID");
    }
    let report = f::ReportEncryptedSpam { peer: back };
    assert!(ben.ok(report.clone()).await);
    world.pass(9);
    ben.ok(f::DiscardEncryption { delete_history: true, chat_id: 77 }).await;
    assert!(ben.ok(report).await);
    let kept = services::secret::complaints(&world.core, 10).await.unwrap();
    let kept: Vec<_> = kept.into_iter().map(|one| (one.report, one.of_this_person)).collect();
    let report = model::report::SecretReport {
        reporter: ben.user(),
        about: anna.user(),
        chat: model::SecretChatId(77),
        date: model::UnixTime(crate::testing::START),
    };
    assert_eq!(kept, [(report, 1)]);
}

#[tokio::test]
async fn the_same_acceptance_again_is_the_same_chat() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    anna.ok(wish(&anna, &ben, 77)).await;
    let accept =
        f::AcceptEncryption { peer: offered(&ben).await, g_b: value(6), key_fingerprint: -9 };
    let accepted = ben.ok(accept.clone()).await;
    assert_eq!(ben.ok(accept.clone()).await, accepted);
    let other_key = f::AcceptEncryption { key_fingerprint: 8, ..accept.clone() };
    assert_eq!(ben.fails(other_key).await, "ENCRYPTION_ALREADY_ACCEPTED");
    ben.ok(f::DiscardEncryption { delete_history: false, chat_id: 77 }).await;
    assert_eq!(ben.fails(accept).await, "ENCRYPTION_ALREADY_DECLINED");
}

#[tokio::test]
async fn an_upload_is_sent_once_and_a_refused_one_is_not_kept() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let (out, _) = open(&anna, &ben).await;
    let part =
        |id| functions::upload::SaveFilePart { file_id: id, file_part: 0, bytes: vec![3; 64] };
    let with_file = |random_id, id| {
        let (md5_checksum, key_fingerprint) = (String::new(), 3);
        let file =
            types::InputEncryptedFileUploaded { id, parts: 1, md5_checksum, key_fingerprint };
        let (peer, data) = (out.clone(), ciphertext(1));
        f::SendEncryptedFile { silent: false, peer, random_id, data, file: file.into() }
    };
    anna.ok(part(1)).await;
    let sent = anna.ok(with_file(5, 1)).await;
    // Long after the upload was forgotten.
    world.pass(2 * 24 * 3600);
    services::media::sweep(&world.core).await.unwrap();
    assert_eq!(anna.ok(with_file(5, 1)).await, sent);
    ben.ok(functions::contacts::Block { my_stories_from: false, id: ben.peer(&anna) }).await;
    anna.ok(part(2)).await;
    assert_eq!(anna.fails(with_file(6, 2)).await, "USER_IS_BLOCKED");
    ben.ok(f::DiscardEncryption { delete_history: true, chat_id: 77 }).await;
    assert_eq!(anna.fails(with_file(7, 2)).await, "ENCRYPTION_DECLINED");
    services::media::destroy(&world.core).await.unwrap();
    services::media::sweep(&world.core).await.unwrap();
    assert_eq!(world.core.stores.blobs.list(None, 9).await.unwrap(), []);
}
