//! Ids as types of their own: no bare integer crosses a crate border.

use serde::{Deserialize, Serialize};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident($inner:ty)) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub $inner);
    };
}

id!(/// An account.
    UserId(i64));
id!(/// A basic group.
    ChatId(i64));
id!(/// A channel or supergroup.
    ChannelId(i64));
id!(/// A message's number in its box: a user's box for private chats and basic groups, else the channel's log. From 1.
    MessageId(i32));
id!(/// The 64-bit id of an authorization key.
    AuthKeyId(u64));
id!(/// The number under which a signed-in device is listed and ended (`authorization.hash`).
    AuthorizationHash(i64));
id!(/// A stored photo (all its sizes).
    PhotoId(i64));
id!(/// A stored document: file, video, audio, voice.
    DocumentId(i64));
id!(/// A poll, shared by every message that shows it.
    PollId(i64));
id!(/// A position in a message box's event sequence. An empty box, and the log of a new channel before its
    /// first message, are at 1: clients take 0 for "not known yet".
    Pts(i32));
id!(/// A secret chat: chosen at random by the client that asks for it, the same number for both sides.
    SecretChatId(i32));
id!(/// A position in an authorization key's queue of encrypted messages. An empty queue is at 0.
    Qts(i32));
id!(/// Wall time: whole seconds since 1970-01-01 UTC.
    UnixTime(i64));

/// The account that carries service notifications (login codes), the same number that clients know.
pub const SERVICE_USER: UserId = UserId(777_000);

/// Whom a message is with, or who acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Peer {
    /// A person.
    User(UserId),
    /// A basic group.
    Chat(ChatId),
    /// A channel or supergroup.
    Channel(ChannelId),
}

impl Peer {
    /// A number for the kind, for storage: 1 user, 2 chat, 3 channel.
    #[must_use]
    pub const fn kind(self) -> i64 {
        match self {
            Self::User(_) => 1,
            Self::Chat(_) => 2,
            Self::Channel(_) => 3,
        }
    }

    /// The channel, if it is one.
    #[must_use]
    pub const fn channel(self) -> Option<ChannelId> {
        match self {
            Self::Channel(id) => Some(id),
            Self::User(_) | Self::Chat(_) => None,
        }
    }

    /// The bare id, for storage.
    #[must_use]
    pub const fn id(self) -> i64 {
        match self {
            Self::User(UserId(id)) | Self::Chat(ChatId(id)) | Self::Channel(ChannelId(id)) => id,
        }
    }

    /// The inverse of [`Self::kind`] and [`Self::id`].
    #[must_use]
    pub const fn from_parts(kind: i64, id: i64) -> Option<Self> {
        match kind {
            1 => Some(Self::User(UserId(id))),
            2 => Some(Self::Chat(ChatId(id))),
            3 => Some(Self::Channel(ChannelId(id))),
            _ => None,
        }
    }
}
