//! Random acts of secret chats on several stores, whose every answer must be the same, and what is kept after each.

use model::media::BlobHash;
use model::secret::{Acceptance, NewSecretChat, NewSecretMessage, SecretFile, SecretRead};
use model::{AuthKeyId, Qts, SecretChatId, UnixTime, UserId};

use super::support::later;
use crate::Stores;

/// What one act is made of: its kind, who acts, and what the kind needs.
pub type Step = [u16; 5];

/// People, chats and devices of a run; few, so that they meet.
const PEOPLE: u16 = 3;
const CHATS: u16 = 4;
const DEVICES: u16 = 2;

/// Acts out the steps on all stores, comparing them all the way.
pub async fn play(stores: &[Stores], steps: &[Step]) {
    for (number, step) in steps.iter().enumerate() {
        let now = later(i64::try_from(number).unwrap_or(0));
        let (mut answers, mut kept) = (Vec::new(), Vec::new());
        for store in stores {
            answers.push(act(store, *step, now).await);
            kept.push(describe(store).await);
        }
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{step:?}: {answers:?}");
        assert!(kept.iter().all(|all| *all == kept[0]), "after {step:?}: {kept:?}");
    }
}

fn person(number: u16) -> UserId {
    UserId(i64::from(number % PEOPLE) + 1)
}

/// A device of somebody.
fn device(UserId(user): UserId, number: u16) -> AuthKeyId {
    AuthKeyId(u64::try_from(user).unwrap_or(0) * 10 + u64::from(number % DEVICES))
}

fn file(number: u16) -> SecretFile {
    let number = number % 5;
    let blob = BlobHash([u8::try_from(number).unwrap_or(0); 32]);
    SecretFile { id: number.into(), blob, size_bytes: 9, fingerprint: -3 }
}

async fn act(stores: &Stores, step: Step, now: UnixTime) -> String {
    let [kind, who, a, b, c] = step;
    let (owner, id) = (person(who), SecretChatId(i32::from(a % CHATS)));
    let key = device(owner, b);
    let secret = &stores.secret;
    match kind % 16 {
        0 | 1 => {
            let participant = person(who + 1 + c % 2);
            let new = NewSecretChat { id, admin: owner, key, participant, g_a: vec![5], now };
            answer(&secret.request_secret_chat(new).await)
        }
        2 | 3 => {
            let acceptance = Acceptance { key, g_b: vec![6], fingerprint: c.into(), now };
            answer(&secret.accept_secret_chat(owner, id, acceptance).await)
        }
        4..=8 => {
            let new = NewSecretMessage {
                sender: owner,
                key,
                chat: id,
                random_id: i64::from(c % 30),
                date: now,
                is_service: c.is_multiple_of(3),
                data: vec![7; usize::from(c % 9)],
                file: c.is_multiple_of(4).then(|| file(c)),
            };
            answer(&secret.queue_secret_message(new).await)
        }
        9 => answer(&secret.acknowledge_secret_messages(key, Qts((c % 20).into())).await),
        10 => {
            let read = SecretRead { max_date: later(c.into()), at: now };
            answer(&secret.read_secret_chat(owner, id, key, read).await)
        }
        11 => answer(&secret.insert_secret_file(owner, id, file(c), now).await),
        12 => answer(&secret.discard_secret_chat(owner, id, key, c.is_multiple_of(2), now).await),
        13 if c.is_multiple_of(4) => answer(&secret.close_secret_chats(key, now).await),
        14 if c.is_multiple_of(8) => answer(&secret.close_secret_chats_of(owner, now).await),
        15 if c.is_multiple_of(4) => {
            answer(&secret.sweep_secret_chats(UnixTime(now.0 - i64::from(c % 50))).await)
        }
        _ => answer(&secret.secret_sent(owner, id, i64::from(c % 30)).await),
    }
}

/// Everything that a store keeps of secret chats, as its readers see it.
async fn describe(stores: &Stores) -> String {
    let mut all = Vec::new();
    for number in 0..PEOPLE {
        let owner = person(number);
        let chats = stores.secret.secret_chats_since(owner, UnixTime(0), 100).await.unwrap();
        for chat in chats {
            let (keys, read) = ((chat.key, chat.peer_key), chat.read);
            let exchange = (chat.g_a_or_b.len(), chat.fingerprint, chat.changed, chat.is_admin);
            let (id, state) = (chat.id, chat.state);
            all.push(format!("{owner:?} {id:?} {state:?} {keys:?} {read:?} {exchange:?}"));
        }
        for key in (0..DEVICES).map(|number| device(owner, number)) {
            let waiting = stores.secret.secret_messages(key, Qts(0), UnixTime(0), 1000).await;
            let waiting = waiting.unwrap().into_iter().map(|message| {
                (message.qts, message.chat, message.random_id, message.data.len(), message.file)
            });
            let waiting: Vec<_> = waiting.collect();
            all.push(format!("{key:?} {:?} {waiting:?}", stores.secret.qts(key).await));
        }
        for number in 0..5 {
            let file = stores.secret.secret_file(owner, file(number).id).await;
            all.push(format!("{owner:?} {file:?}"));
        }
    }
    let blobs: Vec<BlobHash> = (0..5).map(|number| file(number).blob).collect();
    let mut named = stores.media.blobs_in_use(&blobs).await.unwrap();
    named.sort_unstable();
    all.push(format!("{named:?}"));
    all.join("\n")
}

fn answer<T: std::fmt::Debug>(value: &T) -> String {
    format!("{value:?}")
}
