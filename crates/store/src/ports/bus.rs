//! The bus: after a commit, a notice says whose box, log or account changed. It is a doorbell: it may be lost, and whoever hears it reads what is missing.

use std::sync::Arc;

use model::event::Ephemeral;
use model::{AuthKeyId, ChannelId, Pts, Qts, SecretChatId, UserId};
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};

/// The connection whose request caused a change: it learns of it from its own answer and is not told again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OriginSession {
    /// The permanent key.
    pub key: AuthKeyId,
    /// The MTProto session.
    pub session: i64,
}

/// What the bus carries.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    /// A box moved to `pts`, by `pts_count`.
    Box {
        /// Whose.
        user: UserId,
        /// Position after the change.
        pts: Pts,
        /// How far it moved.
        pts_count: i32,
        /// Who knows already.
        origin: Option<OriginSession>,
    },
    /// A channel's log moved.
    Channel {
        /// Which.
        channel: ChannelId,
        /// Position after the change.
        pts: Pts,
        /// How far it moved.
        pts_count: i32,
        /// Who knows already.
        origin: Option<OriginSession>,
    },
    /// An account event was appended.
    Account {
        /// Whose.
        user: UserId,
        /// Its number.
        number: i64,
        /// What, so that nobody must read it back.
        entry: Arc<model::event::AccountEntry>,
        /// Who knows already.
        origin: Option<OriginSession>,
    },
    /// Someone's set of channels changed: joined (`true`) or gone.
    Membership {
        /// Who.
        user: UserId,
        /// Which channel.
        channel: ChannelId,
        /// In it now.
        member: bool,
        /// The channel's [`departures`](model::channel::Channel::departures) after the change.
        departures: i64,
    },
    /// For these people, if they are connected.
    EphemeralToUsers {
        /// Who.
        users: Vec<UserId>,
        /// What.
        event: Ephemeral,
        /// Who knows already.
        origin: Option<OriginSession>,
    },
    /// For the connected members of a channel.
    EphemeralToChannel {
        /// Which.
        channel: ChannelId,
        /// What.
        event: Ephemeral,
        /// Who knows already.
        origin: Option<OriginSession>,
    },
    /// For one key, signed in or not.
    EphemeralToKey {
        /// Which.
        key: AuthKeyId,
        /// What.
        event: Ephemeral,
    },
    /// A secret chat changed for a person: each of their devices sees it in its own way.
    SecretChat {
        /// Whose side.
        user: UserId,
        /// Which.
        chat: SecretChatId,
        /// Who knows already.
        origin: Option<OriginSession>,
    },
    /// An encrypted message was queued for a device.
    SecretQueue {
        /// Whose.
        user: UserId,
        /// The device.
        key: AuthKeyId,
        /// The message's place in its queue.
        qts: Qts,
    },
    /// A device was signed out, or its key destroyed: its connections close.
    KeyRevoked {
        /// The permanent key.
        key: AuthKeyId,
    },
}

/// What a subscriber hears.
#[derive(Clone, Debug, PartialEq)]
pub enum Heard {
    /// The next notice.
    Notice(Arc<Notice>),
    /// So many were lost, since the subscriber was too far behind, and nobody knows any more of what they told. It reads anew
    /// whatever it made of notices; later ones follow as before.
    Missed(u64),
}

/// A subscriber's end of the bus: bounded, so that one that stands still costs what the bus may hold, and no more.
#[derive(Debug)]
pub struct Subscription(broadcast::Receiver<Arc<Notice>>);

impl Subscription {
    /// Over a channel of this process.
    #[must_use]
    pub const fn new(notices: broadcast::Receiver<Arc<Notice>>) -> Self {
        Self(notices)
    }

    /// Waits for the next; `None` when the bus is gone.
    pub async fn recv(&mut self) -> Option<Heard> {
        match self.0.recv().await {
            Ok(notice) => Some(Heard::Notice(notice)),
            Err(RecvError::Lagged(count)) => Some(Heard::Missed(count)),
            Err(RecvError::Closed) => None,
        }
    }

    /// The next, if it is there.
    pub fn try_recv(&mut self) -> Option<Heard> {
        match self.0.try_recv() {
            Ok(notice) => Some(Heard::Notice(notice)),
            Err(TryRecvError::Lagged(count)) => Some(Heard::Missed(count)),
            Err(TryRecvError::Empty | TryRecvError::Closed) => None,
        }
    }
}

/// The bus.
pub trait Bus: Send + Sync {
    /// Tells everyone, after the commit that it speaks of. Never blocks.
    fn publish(&self, notice: Notice);

    /// Everything published from now on, as far as the subscriber keeps up.
    fn subscribe(&self) -> Subscription;
}
