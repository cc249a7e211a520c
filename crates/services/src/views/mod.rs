//! Whom an answer speaks of, as its reader may see them: the one place where privacy is applied to people.

mod chats;
mod peer_set;
mod people;

use std::collections::{BTreeMap, BTreeSet};

use model::media::Photo;
use model::{Peer, PhotoId, UserId};

pub use chats::{ChannelView, ChatView, channel_view};
pub use peer_set::PeerSet;
pub(crate) use people::count_online;
pub use people::{StatusView, UserView};

use crate::{Core, Result};
use chats::{chat_view, load_channels, load_chats};
use people::{UserDraft, load_users};

/// Everyone of a [`PeerSet`] that exists.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Related {
    /// People.
    pub users: Vec<UserView>,
    /// Basic groups.
    pub chats: Vec<ChatView>,
    /// Channels.
    pub channels: Vec<ChannelView>,
}

/// Looks everyone up as `viewer` sees them.
///
/// # Errors
/// Those of the store.
pub async fn related(core: &Core, viewer: UserId, peers: &PeerSet) -> Result<Related> {
    let users = load_users(core, viewer, &peers.users).await?;
    let chats = load_chats(core, viewer, &peers.chats).await?;
    let channels = load_channels(core, viewer, &peers.channels).await?;

    let wanted = users.iter().filter_map(UserDraft::photo_id);
    let wanted = wanted.chain(chats.iter().filter_map(|(chat, met)| chat.photo.filter(|_| *met)));
    let wanted: Vec<PhotoId> =
        wanted.chain(channels.iter().filter_map(|(channel, ..)| channel.photo)).collect();
    let photos = load_photos(core, &wanted).await?;

    let photo_of = |id: Option<PhotoId>| id.and_then(|id| photos.get(&id).cloned());
    let users = users.into_iter().map(|draft| {
        let photo = photo_of(draft.photo_id());
        draft.finish(photo)
    });
    let chats = chats.into_iter().map(|(chat, met)| {
        let photo = photo_of(chat.photo).filter(|_| met);
        chat_view(core, viewer, photo, chat, met)
    });
    let channels = channels.into_iter().map(|(channel, participant, guest)| {
        let photo = photo_of(channel.photo);
        channel_view(core, viewer, (channel, participant, guest), photo)
    });
    Ok(Related { users: users.collect(), chats: chats.collect(), channels: channels.collect() })
}

/// One person.
///
/// # Errors
/// [`crate::Error::UserInvalid`] if there is none.
pub async fn user(core: &Core, viewer: UserId, user: UserId) -> Result<UserView> {
    let related = related(core, viewer, &PeerSet::from_iter([Peer::User(user)])).await?;
    related.users.into_iter().next().ok_or(crate::Error::UserInvalid)
}

/// Several people, in the order asked; unknown ones are left out.
///
/// # Errors
/// Those of the store.
pub async fn users(core: &Core, viewer: UserId, ids: &[UserId]) -> Result<Vec<UserView>> {
    let set = ids.iter().copied().map(Peer::User).collect();
    let found = related(core, viewer, &set).await?.users;
    let mut by_id: BTreeMap<UserId, UserView> =
        found.into_iter().map(|view| (view.user.id, view)).collect();
    Ok(ids.iter().filter_map(|id| by_id.remove(id)).collect())
}

/// Whether `viewer` can read, in message `id` of chat `peer`, something of `target`: the proof that the `...FromMessage`
/// forms of the protocol offer in place of an access hash.
///
/// # Errors
/// Those of the store.
pub async fn is_met_in_message(
    core: &Core,
    viewer: UserId,
    peer: Peer,
    id: model::MessageId,
    target: Peer,
) -> Result<bool> {
    let messages = match peer {
        Peer::Channel(channel) => {
            let found = load_channels(core, viewer, &BTreeSet::from([channel])).await?;
            let visible = found.iter().any(|(channel, participant, guest)| {
                channel.check_view_as(participant.as_ref(), *guest, core.now()).is_ok()
            });
            if !visible {
                return Ok(false);
            }
            core.stores.channels.posts(channel, viewer, &[id]).await?
        }
        Peer::User(_) | Peer::Chat(_) => core.stores.boxes.messages(viewer, &[id]).await?,
    };
    let mut set = PeerSet::default();
    messages
        .iter()
        .filter(|message| message.peer == peer)
        .for_each(|message| set.add_message(message));
    Ok(set.contains(target))
}

async fn load_photos(core: &Core, ids: &[PhotoId]) -> Result<BTreeMap<PhotoId, Photo>> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let photos = core.stores.media.photos(ids).await?;
    Ok(photos.into_iter().map(|photo| (photo.id, photo)).collect())
}
