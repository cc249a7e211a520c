//! Messages that wait for their time.

use serde::{Deserialize, Serialize};

use crate::message::{Body, Message};
use crate::reaction::Summary;
use crate::{ChannelId, MessageId, Peer, Pts, UnixTime, UserId};

/// Numbers in a schedule stay below this: clients keep them in 18 bits.
pub const NUMBERS: i32 = 1 << 18;

/// Where scheduled messages are listed: each person has a schedule of their own for each chat, and the admins of a
/// broadcast channel share one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Schedule {
    /// What a person will write to a chat.
    Own(UserId, Peer),
    /// What will be posted.
    Posts(ChannelId),
}

impl Schedule {
    /// Whose it is and which chat it is for, as numbers for storage. A channel's own is under its number, negated.
    #[must_use]
    pub const fn key(self) -> (i64, i64, i64) {
        match self {
            Self::Own(owner, peer) => (owner.0, peer.kind(), peer.id()),
            Self::Posts(channel) => {
                (-channel.0, Peer::Channel(channel).kind(), Peer::Channel(channel).id())
            }
        }
    }

    /// The chat it is for.
    #[must_use]
    pub const fn peer(self) -> Peer {
        match self {
            Self::Own(_, peer) => peer,
            Self::Posts(channel) => Peer::Channel(channel),
        }
    }
}

/// A message that waits for its time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scheduled {
    /// Where it is listed.
    pub schedule: Schedule,
    /// Number in its schedule, from 1, below [`NUMBERS`].
    pub id: MessageId,
    /// Author.
    pub sender: UserId,
    /// Chosen by the client, unique for each sender; the message keeps it when it is sent.
    pub random_id: i64,
    /// When it is to be sent.
    pub date: UnixTime,
    /// Last edit.
    pub edit_date: Option<UnixTime>,
    /// What. Signature and self-destruct timer are those of the time of writing.
    pub body: Body,
    /// The message replied to, in the author's box or the channel's log.
    pub reply_to: Option<MessageId>,
    /// People mentioned by public name.
    pub mentions: Vec<UserId>,
    /// The post that it forwards, whose forwards rise when it is sent.
    #[serde(default)]
    pub forwards: Option<(ChannelId, MessageId)>,
}

impl Scheduled {
    /// As clients are shown it. It is in no box or log yet, so its pts is 0.
    #[must_use]
    pub fn to_message(&self, viewer: UserId) -> Message {
        Message {
            id: self.id,
            pts: Pts(0),
            peer: self.schedule.peer(),
            from: self.sender,
            out: self.sender == viewer,
            post: matches!(self.schedule, Schedule::Posts(_)),
            date: self.date,
            edit_date: self.edit_date,
            mentioned: false,
            media_unread: false,
            pinned: false,
            reply_to: self.reply_to,
            thread: None,
            origin: None,
            body: Body { from_scheduled: true, ..self.body.clone() },
            counters: None,
            replies: None,
            reactions: Summary::default(),
        }
    }
}
