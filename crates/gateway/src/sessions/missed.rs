//! What a session could not be told.

use model::ChannelId;

use crate::limits;

/// What a session was not told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Missing {
    /// Events of the account: `updatesTooLong`.
    Account,
    /// Events of a channel's log: `updateChannelTooLong`.
    Channel(ChannelId),
    /// It is not known any more what.
    Everything,
}

/// All that a session was not told.
#[derive(Debug, Default)]
pub(super) struct Missed {
    pub(super) account: bool,
    pub(super) channels: Vec<ChannelId>,
    pub(super) every_channel: bool,
}

impl Missed {
    pub(super) fn add(&mut self, what: Missing) {
        match what {
            Missing::Account => self.account = true,
            Missing::Channel(channel) => {
                if self.channels.contains(&channel) || self.every_channel {
                } else if self.channels.len() < limits::MISSED_CHANNELS {
                    self.channels.push(channel);
                } else {
                    self.every_channel = true;
                    self.channels = Vec::new();
                }
            }
            Missing::Everything => {
                *self = Self { account: true, channels: Vec::new(), every_channel: true };
            }
        }
    }

    pub(super) const fn is_nothing(&self) -> bool {
        !self.account && self.channels.is_empty() && !self.every_channel
    }
}
