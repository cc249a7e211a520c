//! Which channels changed, for whoever keeps pages of them.

use model::ChannelId;
use model::event::{AccountEvent, Ephemeral};
use store::ports::bus::Heard;
use store::ports::{Notice, Subscription};

use crate::Core;

/// What changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// This channel.
    Of(ChannelId),
    /// Some channels, and nobody knows any more which.
    Unknown,
}

/// Channels whose pages may say something else now. Notices may be lost: pages must not live for long.
pub struct Changes(Subscription);

impl Changes {
    /// From now on.
    #[must_use]
    pub fn subscribe(core: &Core) -> Self {
        Self(core.stores.bus.subscribe())
    }

    /// The next change; `None` when the server ends. Views and members are not told of: they change all the time, and a page may
    /// be some seconds late with them.
    pub async fn next(&mut self) -> Option<Change> {
        loop {
            match self.0.recv().await? {
                Heard::Missed(_) => return Some(Change::Unknown),
                Heard::Notice(notice) => {
                    if let Some(channel) = changed(&notice) {
                        return Some(Change::Of(channel));
                    }
                }
            }
        }
    }
}

fn changed(notice: &Notice) -> Option<ChannelId> {
    match notice {
        Notice::Channel { channel, .. } => Some(*channel),
        Notice::EphemeralToChannel {
            channel,
            event:
                Ephemeral::ChannelChanged { .. }
                | Ephemeral::ChannelReactions { .. }
                | Ephemeral::Poll { .. },
            ..
        } => Some(*channel),
        Notice::Account { entry, .. } => match entry.event {
            AccountEvent::Channel { channel } => Some(channel),
            _ => None,
        },
        _ => None,
    }
}
