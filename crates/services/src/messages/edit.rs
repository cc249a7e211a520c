//! Editing one's messages, and posts of a channel as its admin.

use model::event::{BoxEntry, BoxEvent, ChannelEntry, ChannelEvent};
use model::media::Media;
use model::message::{Body, Entity, Message};
use model::{ChannelId, MessageId, Peer};

use super::{Effect, Events, content, one, publish_box, publish_channel, publish_discussion};
use crate::rate_limit::{self, Limit};
use crate::{Caller, Core, Error, Result, sign_in};

/// Seconds after which a message cannot be edited any more (`config.edit_time_limit`).
pub const EDIT_TIME_S: i64 = 172_800;

/// What is to change; `None` leaves a part as it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Change {
    /// New text or caption, with its whole formatting.
    pub text: Option<(String, Vec<Entity>)>,
    /// New media in place of the old.
    pub media: Option<Media>,
    /// Media below the text.
    pub invert_media: bool,
}

/// Edits a message in every box that has it, or in the channel's log.
///
/// # Errors
/// `MessageIdInvalid`, `NotAuthor`, `EditTimeExpired` (48 hours, except in saved messages and for posts), `NotModified`, those of
/// texts; `Denied` for those who are blocked, not in the group any more, silenced, or may not send such content.
pub async fn edit(
    core: &Core,
    caller: Caller,
    peer: Peer,
    id: MessageId,
    change: Change,
) -> Result<Effect> {
    rate_limit::check_pace(core, caller, Limit::Act, 1)?;
    let message = one(core, caller.user, peer, id).await?;
    check(core, caller, &message).await?;
    content::check_standing(core, caller, peer).await?;
    let brings_media = change.media.is_some();
    let body = changed(core, &message, change).await?;
    if body == message.body {
        return Err(Error::NotModified);
    }
    // Channels check it with the act, as well.
    if brings_media || matches!(peer, Peer::Chat(_)) {
        content::check_kind(core, caller, peer, &body).await?;
    }
    if peer != Peer::User(caller.user) {
        sign_in::burn_told_codes(core, caller.user, &body.text);
    }
    match peer {
        Peer::Channel(channel) => in_log(core, caller, channel, id, body).await,
        Peer::User(_) | Peer::Chat(_) => in_boxes(core, caller, id, body).await,
    }
}

/// Whether the caller may edit the message now, and whether what they edit is a caption.
///
/// # Errors
/// See [`edit`].
pub async fn is_caption(core: &Core, caller: Caller, peer: Peer, id: MessageId) -> Result<bool> {
    let message = one(core, caller.user, peer, id).await?;
    check(core, caller, &message).await?;
    Ok(message.body.media.is_some())
}

async fn check(core: &Core, caller: Caller, message: &Message) -> Result<()> {
    if message.body.action.is_some() {
        return Err(Error::MessageIdInvalid);
    }
    let own = message.from == caller.user;
    if message.body.forward.is_some() || (!own && !message.post) {
        return Err(Error::NotAuthor);
    }
    if let (Peer::Channel(channel), false) = (message.peer, own) {
        let (channel, participant) = crate::channels::visible(core, caller.user, channel).await?;
        channel.check_admin(caller.user, participant.as_ref(), |rights| rights.edit_messages)?;
    }
    let lasting = message.post || message.peer == Peer::User(caller.user);
    if !lasting && core.now().0 - message.date.0 > EDIT_TIME_S {
        return Err(Error::EditTimeExpired);
    }
    Ok(())
}

pub(super) async fn changed(core: &Core, message: &Message, change: Change) -> Result<Body> {
    let mut body = message.body.clone();
    if matches!(body.media, Some(Media::Poll { .. })) && change.media.is_some() {
        return Err(Error::MediaInvalid);
    }
    if let Some(media) = change.media {
        body.media = Some(media);
        // What was seen is gone with the old media.
        body.media_expires = None;
        // Its time begins when the message is opened, which may have been already.
        if body.is_fleeting() {
            return Err(Error::MediaInvalid);
        }
        body.invert_media = change.invert_media;
    }
    if let Some((text, entities)) = change.text {
        let text = content::written(core, &text, &entities, body.media.is_some()).await?;
        body.text = text.text;
        body.entities = text.entities;
        body.invert_media = change.invert_media;
    }
    Ok(body)
}

async fn in_boxes(core: &Core, caller: Caller, id: MessageId, body: Body) -> Result<Effect> {
    let now = core.now();
    let changes =
        core.stores.boxes.edit(caller.user, id, body, Some(now)).await.map_err(missing)?;
    let mut entries = Vec::new();
    for changed in changes {
        publish_box(core, caller, &changed.change);
        if changed.change.owner == caller.user {
            entries.push(BoxEntry {
                pts: changed.change.pts,
                pts_count: changed.change.pts_count,
                date: now,
                event: BoxEvent::EditMessage(Some(changed.message)),
            });
        }
    }
    Ok(Effect { numbers: Vec::new(), events: Events::Box(entries) })
}

async fn in_log(
    core: &Core,
    caller: Caller,
    channel: ChannelId,
    id: MessageId,
    body: Body,
) -> Result<Effect> {
    let now = core.now();
    let (message, change) = core
        .stores
        .channels
        .edit_post(channel, caller.user, id, body, Some(now))
        .await
        .map_err(missing)?;
    publish_channel(core, caller, channel, change.pts, change.pts_count);
    publish_discussion(core, change.discussion);
    let event = ChannelEvent::EditMessage(Some(message));
    let entries = vec![ChannelEntry { pts: change.pts, pts_count: change.pts_count, event }];
    Ok(Effect { numbers: Vec::new(), events: Events::Channel(channel, entries) })
}

fn missing(error: store::Error) -> Error {
    match error {
        store::Error::NotFound => Error::MessageIdInvalid,
        store::Error::Denied(model::rights::Denial::NotAuthor) => Error::NotAuthor,
        error => error.into(),
    }
}
