//! Groups and channels as somebody sees them.

use std::collections::{BTreeMap, BTreeSet};

use model::channel::{Channel, Participant, ParticipantState};
use model::chat::Chat;
use model::media::Photo;
use model::{ChannelId, ChatId, UserId};

use crate::access::HashKind;
use crate::{Core, Result};

/// A basic group as the viewer sees it.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "the flags of chat")]
pub struct ChatView {
    /// The group.
    pub chat: Chat,
    /// Its photo.
    pub photo: Option<Photo>,
    /// The viewer is not in it.
    pub left: bool,
    /// The viewer may manage it.
    pub admin: bool,
    /// The viewer made it.
    pub creator: bool,
    /// The viewer is or was in it, or in the supergroup it became. Groups have no access hash, so strangers who name one by its
    /// number must not learn even its title.
    pub met: bool,
    /// For `migrated_to`: the supergroup's access hash for the viewer.
    pub migrated_hash: i64,
}

/// A channel as the viewer sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct ChannelView {
    /// The channel.
    pub channel: Channel,
    /// For the viewer.
    pub access_hash: i64,
    /// The viewer's relation to it.
    pub participant: Option<Participant>,
    /// Its photo.
    pub photo: Option<Photo>,
    /// Deleted, private to the viewer, or the viewer is banned: nothing but the title is shown.
    pub forbidden: bool,
}

/// A channel on the way to a view: it, the viewer's relation to it, and whether they are a guest there.
pub(super) type Met = (Channel, Option<Participant>, bool);

impl ChannelView {
    /// Whether the viewer is in it.
    #[must_use]
    pub fn is_member(&self) -> bool {
        self.participant
            .as_ref()
            .is_some_and(|participant| participant.state == ParticipantState::Member)
    }
}

/// Groups, and whether the viewer met each.
pub(super) async fn load_chats(
    core: &Core,
    viewer: UserId,
    ids: &BTreeSet<ChatId>,
) -> Result<Vec<(Chat, bool)>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<ChatId> = ids.iter().copied().collect();
    let mut found = Vec::with_capacity(ids.len());
    for chat in core.stores.chats.chats(&ids).await? {
        let met = crate::chats::is_met(core, viewer, &chat).await?;
        found.push((chat, met));
    }
    Ok(found)
}

/// Channels, and what the viewer is to each.
pub(super) async fn load_channels(
    core: &Core,
    viewer: UserId,
    ids: &BTreeSet<ChannelId>,
) -> Result<Vec<Met>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<ChannelId> = ids.iter().copied().collect();
    let channels = core.stores.channels.channels(&ids).await?;
    let relations = core.stores.channels.participations(viewer, &ids).await?;
    let mut relations: BTreeMap<ChannelId, Participant> = relations.into_iter().collect();
    let mut met = Vec::with_capacity(channels.len());
    for channel in channels {
        let participant = relations.remove(&channel.id);
        let guest = crate::channels::is_guest(core, viewer, &channel, participant.as_ref()).await?;
        met.push((channel, participant, guest));
    }
    Ok(met)
}

/// A group that was fetched already, as `viewer` sees it.
pub(super) fn chat_view(
    core: &Core,
    viewer: UserId,
    photo: Option<Photo>,
    chat: Chat,
    met: bool,
) -> ChatView {
    let migrated_hash = chat
        .migrated_to
        .map_or(0, |channel| core.access.hash(viewer, HashKind::Channel, channel.0));
    ChatView {
        photo,
        left: chat.member(viewer).is_none(),
        admin: chat.is_admin(viewer),
        creator: chat.creator == viewer,
        met,
        migrated_hash,
        chat,
    }
}

/// A channel that was fetched already, as `viewer` sees it.
#[must_use]
pub fn channel_view(
    core: &Core,
    viewer: UserId,
    (channel, participant, guest): Met,
    photo: Option<Photo>,
) -> ChannelView {
    let forbidden = channel.check_view_as(participant.as_ref(), guest, core.now()).is_err();
    ChannelView {
        access_hash: core.access.hash(viewer, HashKind::Channel, channel.id.0),
        participant,
        photo: photo.filter(|_| !forbidden),
        forbidden,
        channel,
    }
}
