//! Discussion groups of channels, and threads: the replies to one message of a supergroup.

use super::{Channel, Participant};
use crate::message::{Body, Forward};
use crate::rights::Denial;
use crate::{ChannelId, MessageId, Peer, Pts, UnixTime, UserId};

/// Repliers that a message shows with its counter, as the official server has it.
pub const RECENT_REPLIERS: usize = 3;

/// The counter of replies that a message shows (`messageReplies`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Replies {
    /// Set for a post: they are comments, in this group.
    pub comments_in: Option<ChannelId>,
    /// How many.
    pub count: i32,
    /// Position of the group's log at the last change.
    pub pts: Pts,
    /// Who replied last, each once, newest first.
    pub recent: Vec<Peer>,
    /// The newest reply.
    pub max_id: Option<MessageId>,
    /// What the viewer has read of them.
    pub read_max_id: Option<MessageId>,
}

/// A thread as one viewer sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Thread {
    /// The supergroup it is in.
    pub group: ChannelId,
    /// The message that it answers.
    pub top: MessageId,
    /// The post that `top` is a copy of.
    pub post: Option<(ChannelId, MessageId)>,
    /// The newest reply.
    pub max_id: Option<MessageId>,
    /// What the viewer has read, 0 for nothing.
    pub read_inbox_max: MessageId,
    /// The newest of the viewer's replies that anybody else has read, 0 for none.
    pub read_outbox_max: MessageId,
    /// Replies of others that the viewer has not read.
    pub unread_count: i32,
}

/// What moving a read mark in a thread did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ThreadRead {
    /// The mark now.
    pub max_id: MessageId,
    /// Whose replies somebody else has read now for the first time, and up to which.
    pub authors: Vec<(UserId, MessageId)>,
}

/// A broadcast channel and the supergroup that is to be its discussion group.
#[derive(Clone, Copy, Debug)]
pub struct Link<'a> {
    /// Who links them, or parts them.
    pub actor: UserId,
    /// The channel, with the actor's row.
    pub broadcast: Option<(&'a Channel, Option<&'a Participant>)>,
    /// The group, with the actor's row.
    pub group: Option<(&'a Channel, Option<&'a Participant>)>,
}

impl Link<'_> {
    /// Whether the actor may: with `change_info` in the channel, and as an admin with `pin_messages` in the group, whose posts
    /// will be pinned there.
    ///
    /// # Errors
    /// The rule that forbids it.
    pub fn check(&self) -> Result<(), Denial> {
        if let Some((channel, row)) = self.broadcast {
            channel.check_admin(self.actor, row, |rights| rights.change_info)?;
        }
        if let Some((group, row)) = self.group {
            group.check_admin(self.actor, row, |rights| rights.pin_messages)?;
        }
        Ok(())
    }
}

impl Body {
    /// The copy of a post of `channel` in its discussion group, which speaks as the channel, and is protected as the channel is.
    #[must_use]
    pub fn discussion_copy(&self, channel: &Channel, id: MessageId, date: UnixTime) -> Self {
        let from = Peer::Channel(channel.id);
        let header = self.forward.clone().unwrap_or(Forward {
            from: Some(from),
            from_name: None,
            date,
            channel_post: Some(id),
            post_author: self.post_author.clone(),
            saved_from: None,
        });
        Self {
            forward: Some(Forward { saved_from: Some((from, id)), ..header }),
            reply: None,
            ttl_period: None,
            expires: None,
            send_as: Some(channel.id),
            noforwards: self.noforwards || channel.noforwards,
            ..self.clone()
        }
    }
}

/// Puts who replied in front of those who did before, each once.
#[must_use]
pub fn with_replier(recent: &[Peer], replier: Peer) -> Vec<Peer> {
    let others = recent.iter().copied().filter(|peer| *peer != replier);
    std::iter::once(replier).chain(others).take(RECENT_REPLIERS).collect()
}
