//! Whether somebody may have a file: a reference says where they met it, and that place is looked at again.

use model::account::PrivacyKey;
use model::media::Media;
use model::message::{Action, Message};
use model::rights::Denial;
use model::{DocumentId, Peer, PhotoId, UserId};

use crate::access::{FileOrigin, HashKind};
use crate::messages::{self, forward};
use crate::{Core, Error, Result, channels, expiry, privacy};

/// Profile photos of one person that are looked through.
const PROFILE_PHOTOS: i32 = 1000;

/// A photo or document by id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileId {
    /// A photo.
    Photo(PhotoId),
    /// A document.
    Document(DocumentId),
}

/// A file as a client names it: id, access hash, reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Met {
    /// Which.
    pub file: FileId,
    /// Proof of having met it.
    pub access_hash: i64,
    /// Where.
    pub reference: Vec<u8>,
}

/// Checks that `viewer` met the file and may still see the place where they did.
///
/// # Errors
/// `FileIdInvalid` for a wrong hash; `FileReferenceExpired` if the reference is not for the viewer, has ended, or the place is not
/// theirs to see any more. Clients then fetch the message again, and learn there what is left of it.
pub async fn check(core: &Core, viewer: UserId, met: &Met) -> Result<()> {
    let (kind, id) = match met.file {
        FileId::Photo(photo) => (HashKind::Photo, photo.0),
        FileId::Document(document) => (HashKind::Document, document.0),
    };
    let opened = core.access.open_file_reference(viewer, id, &met.reference);
    // The hash of a channel's file is as good as the viewer's own, beside a reference to a post of that channel.
    let from_channel = |(origin, _)| match origin {
        FileOrigin::Message(Peer::Channel(channel), _) => {
            core.access.verify_channel_file(channel, kind, id, met.access_hash)
        }
        _ => false,
    };
    if !core.access.verify(viewer, kind, id, met.access_hash) && !opened.is_some_and(from_channel) {
        return Err(Error::FileIdInvalid);
    }
    let origin = opened.filter(|(_, expires)| core.now() < *expires).map(|(origin, _)| origin);
    let origin = origin.ok_or(Error::FileReferenceExpired)?;
    let visible = match (origin, met.file) {
        (FileOrigin::Message(peer, message), file) => {
            shows(core, viewer, peer, message, file).await?
        }
        (FileOrigin::Scheduled(peer, message), file) => {
            waits(core, viewer, peer, message, file).await?
        }
        (FileOrigin::PeerPhoto(peer), FileId::Photo(photo)) => {
            is_peer_photo(core, viewer, peer, photo).await?
        }
        // Whoever was shown it with a link that was open may see it until the reference ends, if it is the photo still.
        (FileOrigin::Invitation(peer), FileId::Photo(photo)) => {
            current_photo(core, peer).await? == Some(photo)
        }
        (FileOrigin::PeerPhoto(_) | FileOrigin::Invitation(_), FileId::Document(_)) => false,
        (FileOrigin::Upload, file) => is_own(core, viewer, file).await?,
    };
    if visible { Ok(()) } else { Err(Error::FileReferenceExpired) }
}

/// Checks that `viewer` may also use the file anew, in a message or as a photo: as [`check`], but nothing is taken out of a protected
/// chat, and nothing that destroys itself when it is seen.
///
/// # Errors
/// Those of [`check`]; `Denied(ForwardsRestricted)`.
pub async fn check_use(core: &Core, viewer: UserId, met: &Met) -> Result<()> {
    check(core, viewer, met).await?;
    let id = match met.file {
        FileId::Photo(photo) => photo.0,
        FileId::Document(document) => document.0,
    };
    let opened = core.access.open_file_reference(viewer, id, &met.reference);
    let Some((FileOrigin::Message(peer, message), _)) = opened else { return Ok(()) };
    let messages = messages::in_chat(core, viewer, peer, &[message]).await?;
    let is_own = messages.iter().all(|message| message.from == viewer && !message.post);
    let is_kept = messages.iter().any(forward::is_fleeting)
        || forward::is_protected(core, peer, &messages).await?;
    if is_kept && !is_own {
        return Err(Error::Denied(Denial::ForwardsRestricted));
    }
    Ok(())
}

async fn shows(
    core: &Core,
    viewer: UserId,
    peer: Peer,
    id: model::MessageId,
    file: FileId,
) -> Result<bool> {
    let messages = match peer {
        Peer::Channel(channel) => match channels::visible(core, viewer, channel).await {
            Ok(_) => core.stores.channels.posts(channel, viewer, &[id]).await?,
            Err(Error::ChannelInvalid | Error::ChannelPrivate) => return Ok(false),
            Err(error) => return Err(error),
        },
        Peer::User(_) | Peer::Chat(_) => core.stores.boxes.messages(viewer, &[id]).await?,
    };
    Ok(messages.iter().any(|message| {
        message.peer == peer
            && carries(message, file)
            && !expiry::is_past(core, &message.body)
            && !expiry::is_media_past(core, &message.body)
    }))
}

/// Whether a scheduled message that the viewer may read carries the file.
async fn waits(
    core: &Core,
    viewer: UserId,
    peer: Peer,
    id: model::MessageId,
    file: FileId,
) -> Result<bool> {
    match messages::schedule::list(core, viewer, peer, Some(&[id])).await {
        Ok(found) => Ok(found.iter().any(|message| carries(message, file))),
        Err(Error::Denied(_) | Error::ChannelInvalid | Error::ChannelPrivate) => Ok(false),
        Err(error) => Err(error),
    }
}

fn carries(message: &Message, file: FileId) -> bool {
    let body = &message.body;
    let in_action = matches!(body.action, Some(Action::ChatEditPhoto { photo }) if file == FileId::Photo(photo));
    in_action
        || match body.media {
            Some(Media::Photo { photo, .. }) => file == FileId::Photo(photo),
            Some(Media::Document { document, cover, .. }) => {
                file == FileId::Document(document)
                    || cover.is_some_and(|cover| file == FileId::Photo(cover))
            }
            _ => false,
        }
}

/// Whether `photo` is one that `viewer` may see of a person, group or channel.
///
/// # Errors
/// Those of the store.
pub async fn is_peer_photo(
    core: &Core,
    viewer: UserId,
    peer: Peer,
    photo: PhotoId,
) -> Result<bool> {
    match peer {
        Peer::User(user) => {
            let owner = core.stores.accounts.users(&[user]).await?.pop();
            let Some(owner) = owner.filter(|owner| !owner.deleted) else { return Ok(false) };
            if !privacy::allows(core, user, PrivacyKey::ProfilePhoto, viewer).await? {
                return Ok(false);
            }
            if owner.photo == Some(photo) {
                return Ok(true);
            }
            let (photos, _) = core.stores.accounts.profile_photos(user, 0, PROFILE_PHOTOS).await?;
            Ok(photos.contains(&photo))
        }
        Peer::Chat(chat) => {
            let chat = core.stores.chats.chats(&[chat]).await?.pop();
            Ok(chat.is_some_and(|chat| chat.photo == Some(photo) && chat.member(viewer).is_some()))
        }
        Peer::Channel(channel) => match channels::visible(core, viewer, channel).await {
            Ok((channel, _)) => Ok(channel.photo == Some(photo)),
            Err(Error::ChannelInvalid | Error::ChannelPrivate) => Ok(false),
            Err(error) => Err(error),
        },
    }
}

/// The photo that a group or channel has now.
async fn current_photo(core: &Core, peer: Peer) -> Result<Option<PhotoId>> {
    Ok(match peer {
        Peer::User(_) => None,
        Peer::Chat(chat) => {
            core.stores.chats.chats(&[chat]).await?.pop().and_then(|chat| chat.photo)
        }
        Peer::Channel(channel) => {
            let channel = core.stores.channels.channels(&[channel]).await?.pop();
            channel.filter(|channel| !channel.deleted).and_then(|channel| channel.photo)
        }
    })
}

async fn is_own(core: &Core, viewer: UserId, file: FileId) -> Result<bool> {
    Ok(match file {
        FileId::Photo(photo) => {
            core.stores.media.photos(&[photo]).await?.iter().any(|photo| photo.owner == viewer)
        }
        FileId::Document(document) => core
            .stores
            .media
            .documents(&[document])
            .await?
            .iter()
            .any(|document| document.owner == viewer),
    })
}
