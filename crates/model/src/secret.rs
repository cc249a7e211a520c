//! Secret chats, as far as a server may know them: who with whom on which devices, the values of the exchange until both
//! sides have them, and ciphertext on its way (`core.telegram.org/api/end-to-end`).
//!
//! A chat is two sides, one for each person, changed together. It never holds a key, a text or a timer.

use serde::{Deserialize, Serialize};

use crate::media::BlobHash;
use crate::{AuthKeyId, Qts, SecretChatId, UnixTime, UserId};

/// Where a device's queue stands before its first message. TDLib takes an update at place 1 for a mistake and fetches a difference.
pub const QTS_START: Qts = Qts(1);

/// Where a secret chat stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SecretChatState {
    /// Asked for; no device of the other side has accepted yet.
    Requested,
    /// One device on each side holds the key.
    Accepted,
    /// Over for good.
    Discarded {
        /// Both sides were asked to delete the history as well.
        history_deleted: bool,
    },
}

/// One person's side of a secret chat.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretChat {
    /// The same for both sides.
    pub id: SecretChatId,
    /// Whose side this is.
    pub owner: UserId,
    /// The other person.
    pub peer: UserId,
    /// The owner asked for the chat.
    pub is_admin: bool,
    /// The owner's device in it. The invited side has none before it accepts.
    pub key: Option<AuthKeyId>,
    /// The other side's device.
    pub peer_key: Option<AuthKeyId>,
    /// When it was asked for.
    pub date: UnixTime,
    /// When this side last changed: a difference replays from here.
    pub changed: UnixTime,
    /// Where it stands.
    pub state: SecretChatState,
    /// The other side's value of the exchange: g_a for the invited, g_b for the one who asked. Empty once the chat is over.
    #[serde(with = "serde_bytes")]
    pub g_a_or_b: Vec<u8>,
    /// The 64-bit fingerprint of the key, by which the two clients see that they agree.
    pub fingerprint: i64,
    /// Up to when the other side has read, and when it said so.
    pub read: Option<SecretRead>,
}

/// A read mark of a secret chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretRead {
    /// Messages up to here are read.
    pub max_date: UnixTime,
    /// When that was said.
    pub at: UnixTime,
}

// The values of the exchange are nobody's business in a log.
impl std::fmt::Debug for SecretChat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SecretChat").field("state", &self.state).finish_non_exhaustive()
    }
}

/// A request for a secret chat.
#[derive(Clone)]
pub struct NewSecretChat {
    /// Chosen by the client.
    pub id: SecretChatId,
    /// Who asks.
    pub admin: UserId,
    /// With which device.
    pub key: AuthKeyId,
    /// Who is asked.
    pub participant: UserId,
    /// The first value of the exchange.
    pub g_a: Vec<u8>,
    /// When.
    pub now: UnixTime,
}

/// A device's acceptance of a chat.
#[derive(Clone)]
pub struct Acceptance {
    /// The device.
    pub key: AuthKeyId,
    /// The second value of the exchange.
    pub g_b: Vec<u8>,
    /// The fingerprint of the key that it computed.
    pub fingerprint: i64,
    /// When.
    pub now: UnixTime,
}

/// What one device sees of a chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretChatView {
    /// It asked and waits.
    Waiting,
    /// It may accept.
    Requested,
    /// It is in the chat.
    Open,
    /// The chat is over, or another device has it.
    Discarded,
}

impl NewSecretChat {
    /// Both sides of the new chat: of the one who asks, and of the one who is asked.
    #[must_use]
    pub fn sides(self) -> (SecretChat, SecretChat) {
        let asking = SecretChat {
            id: self.id,
            owner: self.admin,
            peer: self.participant,
            is_admin: true,
            key: Some(self.key),
            peer_key: None,
            date: self.now,
            changed: self.now,
            state: SecretChatState::Requested,
            g_a_or_b: Vec::new(),
            fingerprint: 0,
            read: None,
        };
        let asked = SecretChat {
            owner: self.participant,
            peer: self.admin,
            is_admin: false,
            key: None,
            peer_key: Some(self.key),
            g_a_or_b: self.g_a,
            ..asking
        };
        (asking, asked)
    }
}

impl SecretChat {
    /// Lets a device of the invited side in; `other` is the asking side. The first one wins.
    ///
    /// # Errors
    /// The state that the chat is in already.
    pub fn accept(
        &mut self,
        other: &mut Self,
        acceptance: Acceptance,
    ) -> Result<(), SecretChatState> {
        if self.state != SecretChatState::Requested {
            return Err(self.state);
        }
        let Acceptance { key, g_b, fingerprint, now } = acceptance;
        self.key = Some(key);
        other.peer_key = Some(key);
        other.g_a_or_b = g_b;
        for side in [self, other] {
            side.state = SecretChatState::Accepted;
            side.fingerprint = fingerprint;
            side.changed = now;
        }
        Ok(())
    }

    /// Ends the chat on both sides and forgets the values of the exchange.
    ///
    /// # Errors
    /// The state, if it is over already.
    pub fn discard(
        &mut self,
        other: &mut Self,
        history_deleted: bool,
        now: UnixTime,
    ) -> Result<(), SecretChatState> {
        if let SecretChatState::Discarded { .. } = self.state {
            return Err(self.state);
        }
        for side in [self, other] {
            side.state = SecretChatState::Discarded { history_deleted };
            side.g_a_or_b = Vec::new();
            side.fingerprint = 0;
            side.changed = now;
        }
        Ok(())
    }

    /// Whether a device of the owner has a say: it is in the chat, or nobody of the invited side is yet.
    #[must_use]
    pub fn is_of(&self, key: AuthKeyId) -> bool {
        self.key.map_or(!self.is_admin, |own| own == key)
    }

    /// What a device of the owner sees; `None` where the chat is none of its business.
    #[must_use]
    pub fn seen_by(&self, key: AuthKeyId) -> Option<SecretChatView> {
        if self.is_admin && self.key != Some(key) {
            return None;
        }
        Some(match self.state {
            SecretChatState::Requested if self.is_admin => SecretChatView::Waiting,
            SecretChatState::Requested => SecretChatView::Requested,
            SecretChatState::Accepted if self.key == Some(key) => SecretChatView::Open,
            SecretChatState::Accepted | SecretChatState::Discarded { .. } => {
                SecretChatView::Discarded
            }
        })
    }
}

/// An encrypted file: bytes that only the two clients can read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretFile {
    /// Id.
    pub id: i64,
    /// Where the ciphertext is.
    pub blob: BlobHash,
    /// Bytes.
    pub size_bytes: i64,
    /// 32 bits by which the receiver checks the file's own key.
    pub fingerprint: i32,
}

/// An encrypted message to be queued for the other side's device.
#[derive(Clone)]
pub struct NewSecretMessage {
    /// Who sends.
    pub sender: UserId,
    /// With which device.
    pub key: AuthKeyId,
    /// In which chat.
    pub chat: SecretChatId,
    /// Chosen by the client, unique in the chat for each sender.
    pub random_id: i64,
    /// When.
    pub date: UnixTime,
    /// `encryptedMessageService`: it carries no content for a person.
    pub is_service: bool,
    /// Ciphertext.
    pub data: Vec<u8>,
    /// With it.
    pub file: Option<SecretFile>,
}

/// An encrypted message that waits for a device.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretMessage {
    /// Its place in the device's queue.
    pub qts: Qts,
    /// In which chat.
    pub chat: SecretChatId,
    /// The sender's number for it.
    pub random_id: i64,
    /// When.
    pub date: UnixTime,
    /// `encryptedMessageService`.
    pub is_service: bool,
    /// Ciphertext.
    #[serde(with = "serde_bytes")]
    pub data: Vec<u8>,
    /// With it.
    pub file: Option<SecretFile>,
}

impl std::fmt::Debug for SecretMessage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SecretMessage").field("qts", &self.qts).finish_non_exhaustive()
    }
}

/// What became of a message that was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretSent {
    /// When it was accepted.
    pub date: UnixTime,
    /// The device that it waits for.
    pub peer_key: AuthKeyId,
    /// Its place there.
    pub qts: Qts,
    /// The file that went with it.
    pub file: Option<SecretFile>,
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: AuthKeyId = AuthKeyId(1);
    const SECOND: AuthKeyId = AuthKeyId(2);
    const THIRD: AuthKeyId = AuthKeyId(3);

    fn sides() -> (SecretChat, SecretChat) {
        let new = NewSecretChat {
            id: SecretChatId(7),
            admin: UserId(1),
            key: FIRST,
            participant: UserId(2),
            g_a: vec![1],
            now: UnixTime(10),
        };
        new.sides()
    }

    fn by(key: AuthKeyId, g_b: u8) -> Acceptance {
        Acceptance { key, g_b: vec![g_b], fingerprint: 9, now: UnixTime(11) }
    }

    #[test]
    fn every_device_of_the_invited_side_may_accept_and_the_first_one_has_it() {
        let (mut asking, mut asked) = sides();
        assert_eq!(asking.seen_by(FIRST), Some(SecretChatView::Waiting));
        assert_eq!(asking.seen_by(THIRD), None);
        assert_eq!(asked.seen_by(SECOND), Some(SecretChatView::Requested));
        assert_eq!(asked.accept(&mut asking, by(SECOND, 2)), Ok(()));
        assert_eq!(asked.accept(&mut asking, by(THIRD, 3)), Err(SecretChatState::Accepted));
        assert_eq!((asking.g_a_or_b.as_slice(), asking.peer_key), (&[2][..], Some(SECOND)));
        assert_eq!(asked.seen_by(SECOND), Some(SecretChatView::Open));
        assert_eq!(asked.seen_by(THIRD), Some(SecretChatView::Discarded));
        assert!(asked.is_of(SECOND) && !asked.is_of(THIRD) && !asking.is_of(THIRD));
    }

    #[test]
    fn an_end_forgets_the_exchange_and_is_final() {
        let (mut asking, mut asked) = sides();
        assert_eq!(asking.discard(&mut asked, true, UnixTime(11)), Ok(()));
        let over = SecretChatState::Discarded { history_deleted: true };
        assert_eq!((asked.state, asked.g_a_or_b.len()), (over, 0));
        assert_eq!(asked.discard(&mut asking, false, UnixTime(12)), Err(over));
        assert_eq!(asked.accept(&mut asking, by(SECOND, 2)), Err(over));
    }
}
