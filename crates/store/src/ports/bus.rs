//! The bus: after a commit, a notice says whose box, log or account changed. It is a doorbell: it may be lost, and whoever hears it reads what is missing.

use std::sync::Arc;

use model::event::Ephemeral;
use model::{AuthKeyId, ChannelId, Pts, Qts, SecretChatId, UserId};

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

/// A subscriber's end of the bus.
pub type Subscription = tokio::sync::mpsc::UnboundedReceiver<Arc<Notice>>;

/// The bus.
pub trait Bus: Send + Sync {
    /// Tells everyone, after the commit that it speaks of. Never blocks.
    fn publish(&self, notice: Notice);

    /// Everything published from now on.
    fn subscribe(&self) -> Subscription;
}
