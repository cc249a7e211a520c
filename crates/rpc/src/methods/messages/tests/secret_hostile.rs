//! The encrypted methods with hostile lengths, numbers, hashes and foreign chats: each gets an official error, and nothing is kept.

use model::secret::QTS_START;
use model::{AuthKeyId, Qts, UnixTime};
use tl_api::functions::messages as f;
use tl_api::{enums, functions, types};

use super::secret::open;
use crate::testing::{Device, World};

/// Requests of a run; each is one of the kinds below with values drawn anew.
const REQUESTS: u64 = 3000;

/// What a hostile request may be answered.
const ERRORS: [&str; 24] = [
    "CHAT_ID_INVALID",
    "DATA_INVALID",
    "DATA_TOO_LONG",
    "DATE_INVALID",
    "DH_G_A_INVALID",
    "ENCRYPTED_MESSAGE_INVALID",
    "ENCRYPTION_ALREADY_ACCEPTED",
    "ENCRYPTION_ALREADY_DECLINED",
    "ENCRYPTION_DECLINED",
    "ENCRYPTION_ID_INVALID",
    "FILE_EMTPY",
    "FILE_EMPTY",
    "FILE_ID_INVALID",
    "FILE_PART_0_MISSING",
    "FILE_PARTS_INVALID",
    "LIMIT_INVALID",
    "LOCATION_INVALID",
    "MAX_QTS_INVALID",
    "MD5_CHECKSUM_INVALID",
    "OFFSET_INVALID",
    "RANDOM_ID_DUPLICATE",
    "RANDOM_ID_INVALID",
    "RANDOM_LENGTH_INVALID",
    "USER_ID_INVALID",
];

/// Numbers that are the same in every run (splitmix64).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    /// The edges of a number, or any.
    fn long(&mut self) -> i64 {
        match self.below(6) {
            0 => 0,
            1 => -1,
            2 => i64::MIN,
            3 => i64::MAX,
            _ => self.next().cast_signed(),
        }
    }

    fn int(&mut self) -> i32 {
        match self.below(6) {
            0 => 0,
            1 => -1,
            2 => i32::MIN,
            3 => i32::MAX,
            4 => 77,
            _ => i32::try_from(self.next() >> 33).unwrap(),
        }
    }

    /// Lengths about the borders; never that of a ciphertext.
    fn bytes(&mut self) -> Vec<u8> {
        let lengths = [0, 1, 8, 23, 24, 39, 41, 57, 255, 257, 1001, 131_071, 131_113, 200_000];
        let place = usize::try_from(self.below(14)).unwrap();
        vec![self.next().to_le_bytes()[0]; lengths[place]]
    }

    /// A chat that is not the caller's, or named with a wrong proof.
    fn chat(&mut self) -> enums::InputEncryptedChat {
        types::InputEncryptedChat { chat_id: self.int(), access_hash: self.long() }.into()
    }

    fn file(&mut self) -> enums::InputEncryptedFile {
        match self.below(3) {
            0 => types::InputEncryptedFileUploaded {
                id: self.long(),
                parts: self.int(),
                md5_checksum: "x".repeat(usize::try_from(self.below(40)).unwrap()),
                key_fingerprint: self.int(),
            }
            .into(),
            1 => types::InputEncryptedFileBigUploaded {
                id: self.long(),
                parts: self.int(),
                key_fingerprint: self.int(),
            }
            .into(),
            _ => types::InputEncryptedFile { id: self.long(), access_hash: self.long() }.into(),
        }
    }
}

/// One hostile request; answers the error's text, or nothing where there is nothing to refuse.
async fn one(
    who: &Device<'_>,
    chance: &mut Chance,
    own: &enums::InputEncryptedChat,
) -> Option<String> {
    let chat = chance.chat();
    let result = match chance.below(11) {
        0 => who
            .call(f::RequestEncryption {
                user_id: types::InputUser { user_id: chance.long(), access_hash: chance.long() }
                    .into(),
                random_id: chance.int(),
                g_a: chance.bytes(),
            })
            .await
            .map(drop),
        1 => {
            let (g_b, key_fingerprint) = (chance.bytes(), chance.long());
            who.call(f::AcceptEncryption { peer: chat, g_b, key_fingerprint }).await.map(drop)
        }
        2 => {
            // Never the chat of those who are watched.
            let chat_id = chance.int() | 0x4000_0000;
            let end = f::DiscardEncryption { delete_history: true, chat_id };
            who.call(end).await.map(drop)
        }
        3 => {
            let (random_id, data) = (chance.long(), chance.bytes());
            let send = f::SendEncrypted { silent: true, peer: own.clone(), random_id, data };
            who.call(send).await.map(drop)
        }
        4 => {
            let (random_id, data) = (chance.long(), vec![7; 56]);
            let send = f::SendEncryptedService { peer: chat, random_id, data };
            who.call(send).await.map(drop)
        }
        5 => {
            let (random_id, file) = (chance.long() | 1, chance.file());
            let data = vec![7; 56];
            let peer = own.clone();
            let send = f::SendEncryptedFile { silent: false, peer, random_id, data, file };
            who.call(send).await.map(drop)
        }
        6 => {
            let file = chance.file();
            who.call(f::UploadEncryptedFile { peer: own.clone(), file }).await.map(drop)
        }
        7 => {
            let max_date = chance.int();
            who.call(f::ReadEncryptedHistory { peer: chat, max_date }).await.map(drop)
        }
        8 => who.call(f::SetEncryptedTyping { peer: chat, typing: true }).await.map(drop),
        9 => {
            let location =
                types::InputEncryptedFileLocation { id: chance.long(), access_hash: chance.long() };
            let (offset, limit) = (chance.long(), chance.int());
            let read = functions::upload::GetFile {
                location: location.into(),
                offset,
                limit,
                ..Default::default()
            };
            who.call(read).await.map(drop)
        }
        _ => {
            let length = chance.int() | 0x4000;
            who.call(f::GetDhConfig { version: chance.int(), random_length: length })
                .await
                .map(drop)
        }
    };
    result.err().map(|error| error.text.into_owned())
}

async fn queue(device: &Device<'_>, key: AuthKeyId) -> (usize, Qts) {
    let secret = &device.world.core.stores.secret;
    let waiting = secret.secret_messages(key, Qts(0), UnixTime(0), 100).await.unwrap();
    (waiting.len(), secret.qts(key).await.unwrap())
}

#[tokio::test]
async fn nothing_of_a_hostile_request_is_kept() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let carl = world.sign_up("Carl").await;
    let (out, back) = open(&anna, &ben).await;
    let mut chance = Chance(4);
    let mut seen = std::collections::BTreeMap::new();
    for _ in 0..REQUESTS {
        for (who, own) in [(&anna, &out), (&ben, &back), (&carl, &out)] {
            let error = one(who, &mut chance, own).await.expect("refused");
            assert!(ERRORS.contains(&error.as_str()), "{error}");
            *seen.entry(error).or_insert(0) += 1;
        }
    }
    assert!(seen.len() >= 10, "the requests are of one kind: {seen:?}");
    for device in [&anna, &ben, &carl] {
        assert_eq!(queue(device, device.caller.key).await, (0, QTS_START));
    }
    let stores = &world.core.stores;
    assert_eq!(stores.blobs.list(None, 9).await.unwrap(), Vec::new());
    let chats = stores.secret.secret_chats_since(carl.user(), UnixTime(0), 9).await.unwrap();
    assert_eq!(chats, Vec::new());
    // The chat goes on as if nothing had been.
    let honest = f::SendEncrypted { silent: false, peer: out, random_id: 5, data: vec![1; 56] };
    anna.ok(honest).await;
    assert_eq!(queue(&ben, ben.caller.key).await, (1, Qts(2)));
}
