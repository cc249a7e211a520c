//! Sending text, media and albums.

use std::collections::BTreeSet;

use model::Peer;
use model::media::Media;
use model::message::{Body, Entity, Message};
use store::ports::boxes::{Copy, Sent};
use store::ports::channels::Posted;

use super::content::{self, Target};
use super::deliver::{told_boxes, told_log};
use super::reply::{self, ReplyTo, Resolved};
use super::{Delivery, Effect, deliver, draft, schedule};
use crate::{Caller, Core, Error, Result};

/// One message as its author wrote it.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// Chosen by the client, never 0; the same one again answers the same message.
    pub random_id: i64,
    /// Text or caption.
    pub text: String,
    /// Formatting.
    pub entities: Vec<Entity>,
    /// What is attached.
    pub media: Option<Media>,
}

/// What holds for all messages of one call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "the flags of messages.sendMessage")]
pub struct Options {
    /// Without sound.
    pub silent: bool,
    /// May not be forwarded or saved.
    pub noforwards: bool,
    /// Media below the text.
    pub invert_media: bool,
    /// The caller's draft for this chat is cleared with it.
    pub clear_draft: bool,
    /// A reply.
    pub reply: Option<ReplyTo>,
    /// To be sent then, not now.
    pub schedule: Option<model::UnixTime>,
    /// In this name, of those that `channels::send_as` offers; the chosen one if none is given.
    pub send_as: Option<Peer>,
}

/// Sends messages: one, or an album of several, all or none.
///
/// # Errors
/// `RandomIdInvalid`, `MessageEmpty`, `MessageTooLong`, `CaptionTooLong`, `AlbumInvalid`, `ReplyInvalid`, `QuoteInvalid`, those
/// of [`content::target`], `Denied` by the chat's rules, `FloodWait`, `ScheduleTooLate`, `ScheduleTooMuch`, `ScheduleStatusPrivate`.
pub async fn send(
    core: &Core,
    caller: Caller,
    peer: Peer,
    items: Vec<Item>,
    options: Options,
) -> Result<Effect> {
    let numbers = items.iter().map(|item| item.random_id).collect();
    let outcome = send_now(core, caller, peer, items, options).await;
    or_as_before(core, caller, peer, numbers, outcome).await
}

async fn send_now(
    core: &Core,
    caller: Caller,
    peer: Peer,
    items: Vec<Item>,
    options: Options,
) -> Result<Effect> {
    check_random_ids(items.iter().map(|item| item.random_id))?;
    let when = schedule::when(core, options.schedule)?;
    let target = content::target(core, caller, peer, options.send_as).await?;
    content::check_rate(core, caller, peer, items.len()).await?;
    let grouped_id = album(core, &items)?;
    let resolved = reply::resolve(core, caller, peer, options.reply.clone()).await?;
    let mut deliveries = Vec::with_capacity(items.len());
    for item in items {
        content::check_fleeting(peer, item.media.as_ref())?;
        content::check_voice(core, caller, peer, item.media.as_ref()).await?;
        let mut delivery = prepare(core, peer, item, &target, &resolved).await?;
        delivery.body.silent = options.silent;
        delivery.body.noforwards = options.noforwards;
        delivery.body.invert_media = options.invert_media;
        delivery.body.grouped_id = grouped_id;
        deliveries.push(delivery);
    }
    let Some(date) = when else {
        return deliver(core, caller, peer, deliveries, options.clear_draft).await;
    };
    for poll in deliveries.iter().filter_map(|delivery| delivery.body.poll()) {
        core.stores.polls.hold_poll(poll).await?;
    }
    let effect = schedule::keep(core, caller, peer, deliveries, date).await?;
    if options.clear_draft {
        draft::clear(core, caller, peer).await?;
    }
    Ok(effect)
}

/// What came of a call, or what it did before: it is repeated when its answer was lost, and what it names may be gone since.
pub(super) async fn or_as_before(
    core: &Core,
    caller: Caller,
    peer: Peer,
    random_ids: Vec<i64>,
    outcome: Result<Effect>,
) -> Result<Effect> {
    let Err(error) = outcome else { return outcome };
    match sent_before(core, caller, peer, &random_ids).await {
        Ok(Some(effect)) => Ok(effect),
        Ok(None) | Err(_) => Err(error),
    }
}

/// What a call did before whose answer was lost: the same numbers answer the same messages, though what it named, a file uploaded for
/// it above all, is gone since. `None` unless all of them were sent to this chat and are still there.
///
/// # Errors
/// `ChannelInvalid`; storage.
pub async fn sent_before(
    core: &Core,
    caller: Caller,
    peer: Peer,
    random_ids: &[i64],
) -> Result<Option<Effect>> {
    if let Peer::Channel(channel) = peer {
        crate::channels::visible(core, caller.user, channel).await?;
    }
    let found = found_before(core, caller, peer, random_ids).await?;
    let here = found.iter().filter(|(_, message)| message.peer == peer).count();
    if random_ids.is_empty() || here < random_ids.len() {
        return Ok(None);
    }
    Ok(Some(match peer {
        Peer::Channel(channel) => {
            let posted =
                |message| Posted { duplicate: true, message, discussion: None, cleared: None };
            let found = found.into_iter().map(|(id, message)| (posted(message), Some(id)));
            told_log(core, caller, channel, found)
        }
        Peer::User(_) | Peer::Chat(_) => {
            let copy = |message| Copy { owner: caller.user, message };
            let sent =
                |message| Sent { duplicate: true, copies: vec![copy(message)], cleared: None };
            told_boxes(core, caller, found.into_iter().map(|(id, m)| (sent(m), Some(id))))
        }
    }))
}

/// Those of these numbers that the caller used before where `peer` is, with their messages.
pub(super) async fn found_before(
    core: &Core,
    caller: Caller,
    peer: Peer,
    random_ids: &[i64],
) -> Result<Vec<(i64, Message)>> {
    Ok(match peer {
        Peer::Channel(channel) => {
            core.stores.channels.posted_before(channel, caller.user, random_ids).await?
        }
        Peer::User(_) | Peer::Chat(_) => {
            core.stores.boxes.sent_before(caller.user, random_ids).await?
        }
    })
}

async fn prepare(
    core: &Core,
    peer: Peer,
    item: Item,
    target: &Target,
    resolved: &Resolved,
) -> Result<Delivery> {
    let text = content::written(core, &item.text, &item.entities, item.media.is_some()).await?;
    let mentions = content::mentioned(core, peer, &text).await?;
    let body = Body {
        text: text.text,
        entities: text.entities,
        media: item.media,
        reply: resolved.reply.clone(),
        post_author: target.signature.clone(),
        author_shown: target.author_shown,
        send_as: target.send_as,
        ttl_period: target.ttl_period,
        ..Body::default()
    };
    Ok(Delivery {
        random_id: Some(item.random_id),
        body,
        reply_to: resolved.reply_to,
        mentions,
        forwards: None,
    })
}

/// Random ids are not 0 and not repeated within one call.
pub(super) fn check_random_ids(ids: impl Iterator<Item = i64>) -> Result<()> {
    let mut seen = BTreeSet::new();
    for id in ids {
        if id == 0 || !seen.insert(id) {
            return Err(Error::RandomIdInvalid);
        }
    }
    if seen.is_empty() { Err(Error::RandomIdInvalid) } else { Ok(()) }
}

/// A new album's number, if there is more than one message.
fn album(core: &Core, items: &[Item]) -> Result<Option<i64>> {
    if items.len() < 2 {
        return Ok(None);
    }
    let media: Vec<&Media> = items.iter().filter_map(|item| item.media.as_ref()).collect();
    if media.len() != items.len() {
        return Err(Error::AlbumInvalid);
    }
    content::check_album(&media)?;
    Ok(Some(core.random.number() | 1))
}
