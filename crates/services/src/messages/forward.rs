//! Forwarding: copies that name where they came from, as far as the author's privacy allows.

use std::collections::{BTreeMap, BTreeSet};

use model::account::PrivacyKey;
use model::event::Ephemeral;
use model::media::Media;
use model::message::{Body, Forward, Message};
use model::rights::Denial;
use model::{ChannelId, MessageId, Peer};
use store::ports::Notice;

use super::reply::{self, ReplyTo};
use super::send::{self, check_random_ids};
use super::{Delivery, Effect, content, deliver, in_chat, schedule};
use crate::{Caller, Core, Error, Result, privacy};

/// What a forward asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "the flags of messages.forwardMessages")]
pub struct Request {
    /// From this chat.
    pub from: Peer,
    /// These messages, with a `random_id` for each copy.
    pub messages: Vec<(MessageId, i64)>,
    /// Into this chat.
    pub to: Peer,
    /// Without sound.
    pub silent: bool,
    /// As if the caller had written them.
    pub drop_author: bool,
    /// Media without their captions.
    pub drop_captions: bool,
    /// The copies may not be forwarded or saved.
    pub noforwards: bool,
    /// The copies reply to this.
    pub reply: Option<ReplyTo>,
    /// To be sent then, not now.
    pub schedule: Option<model::UnixTime>,
    /// In this name, as [`send::Options`](super::send::Options) has it.
    pub send_as: Option<Peer>,
}

/// Forwards messages, in the order given. Those that are gone are passed over.
///
/// # Errors
/// `RandomIdInvalid`; `MessageIdInvalid` if none is left; `Denied(ForwardsRestricted)` from protected chats; those of sending.
pub async fn forward(core: &Core, caller: Caller, request: Request) -> Result<Effect> {
    let (to, numbers) = (request.to, request.messages.iter().map(|(_, number)| *number).collect());
    let outcome = forward_now(core, caller, request).await;
    send::or_as_before(core, caller, to, numbers, outcome).await
}

async fn forward_now(core: &Core, caller: Caller, request: Request) -> Result<Effect> {
    if request.messages.len() > model::limits::BATCH {
        return Err(Error::LimitInvalid);
    }
    check_random_ids(request.messages.iter().map(|(_, random_id)| *random_id))?;
    let when = schedule::when(core, request.schedule)?;
    let target = content::target(core, caller, request.to, request.send_as).await?;
    content::check_rate(core, caller, request.to, request.messages.len()).await?;
    let ids: Vec<MessageId> = request.messages.iter().map(|(id, _)| *id).collect();
    let originals = in_chat(core, caller.user, request.from, &ids).await?;
    if is_protected(core, request.from, &originals).await? {
        return Err(Error::Denied(Denial::ForwardsRestricted));
    }
    let resolved = reply::resolve(core, caller, request.to, request.reply.clone()).await?;
    let albums = albums(core, &originals);
    let mut deliveries = Vec::new();
    for (id, random_id) in &request.messages {
        let Some(original) = originals.iter().find(|m| m.id == *id && is_forwardable(m)) else {
            continue;
        };
        content::check_voice(core, caller, request.to, original.body.media.as_ref()).await?;
        let mut body = copy(core, caller, &request, original).await?;
        body.grouped_id = original.body.grouped_id.and_then(|group| albums.get(&group).copied());
        body.reply.clone_from(&resolved.reply);
        body.post_author.clone_from(&target.signature);
        body.author_shown = target.author_shown;
        body.send_as = target.send_as;
        body.ttl_period = target.ttl_period;
        let reply_to = resolved.reply_to;
        deliveries.push(Delivery {
            random_id: Some(*random_id),
            body,
            reply_to,
            mentions: Vec::new(),
            forwards: post_of(original),
        });
    }
    if deliveries.is_empty() {
        return Err(Error::MessageIdInvalid);
    }
    if let Some(date) = when {
        return schedule::keep(core, caller, request.to, deliveries, date).await;
    }
    let counted = counted(core, caller, request.to, &deliveries).await?;
    let effect = deliver(core, caller, request.to, deliveries, false).await?;
    count(core, counted).await?;
    Ok(effect)
}

/// Service messages stay where they are, and so does what destroys itself when it is seen.
fn is_forwardable(message: &Message) -> bool {
    message.body.action.is_none() && !is_fleeting(message)
}

/// Whether it destroys itself when it is seen.
pub(crate) const fn is_fleeting(message: &Message) -> bool {
    matches!(
        message.body.media,
        Some(Media::Photo { ttl_s: Some(_), .. } | Media::Document { ttl_s: Some(_), .. })
    )
}

/// Whether one of the messages of a chat is protected, or all are with it: nothing of them leaves it. The copy of a post in a
/// discussion group is as protected as the channel that it was posted in.
pub(crate) async fn is_protected(core: &Core, from: Peer, messages: &[Message]) -> Result<bool> {
    let chat = match from {
        Peer::User(_) => false,
        Peer::Chat(chat) => {
            core.stores.chats.chats(&[chat]).await?.iter().any(|chat| chat.noforwards)
        }
        Peer::Channel(channel) => {
            let mut concerned: BTreeSet<_> = messages.iter().filter_map(copied_from).collect();
            concerned.insert(channel);
            let concerned: Vec<_> = concerned.into_iter().collect();
            core.stores.channels.channels(&concerned).await?.iter().any(|of| of.noforwards)
        }
    };
    Ok(chat || messages.iter().any(|message| message.body.noforwards))
}

/// The channel that a message of a discussion group is a post of.
fn copied_from(message: &Message) -> Option<ChannelId> {
    let (from, _) = message.body.forward.as_ref()?.saved_from?;
    from.channel()
}

/// New numbers for the albums of which more than one message is forwarded.
fn albums(core: &Core, originals: &[Message]) -> BTreeMap<i64, i64> {
    let mut sizes: BTreeMap<i64, usize> = BTreeMap::new();
    for group in originals.iter().filter_map(|message| message.body.grouped_id) {
        *sizes.entry(group).or_default() += 1;
    }
    sizes.retain(|_, size| *size > 1);
    sizes.into_keys().map(|group| (group, core.random.number() | 1)).collect()
}

async fn copy(core: &Core, caller: Caller, request: &Request, original: &Message) -> Result<Body> {
    let mut body = Body {
        text: original.body.text.clone(),
        entities: original.body.entities.clone(),
        media: original.body.media.clone(),
        invert_media: original.body.invert_media,
        silent: request.silent,
        noforwards: request.noforwards,
        ..Body::default()
    };
    if request.drop_captions && body.media.is_some() {
        body.text.clear();
        body.entities.clear();
    }
    if !request.drop_author {
        let mut header = header(core, caller, original).await?;
        header.saved_from =
            (request.to == Peer::User(caller.user)).then_some((request.from, original.id));
        body.forward = Some(header);
    }
    Ok(body)
}

/// Who wrote the original, as far as they allow it. A forward of a forward names the first author.
async fn header(core: &Core, caller: Caller, original: &Message) -> Result<Forward> {
    if let Some(first) = &original.body.forward {
        return Ok(first.clone());
    }
    let mut header = Forward {
        from: None,
        from_name: None,
        date: original.date,
        channel_post: None,
        post_author: None,
        saved_from: None,
    };
    if original.post {
        header.from = Some(original.peer);
        header.channel_post = Some(original.id);
        header.post_author.clone_from(&original.body.post_author);
        return Ok(header);
    }
    if let Some(group) = original.body.send_as {
        header.from = Some(Peer::Channel(group));
        header.post_author.clone_from(&original.body.post_author);
        return Ok(header);
    }
    let author = original.from;
    if author == caller.user
        || privacy::allows(core, author, PrivacyKey::Forwards, caller.user).await?
    {
        header.from = Some(Peer::User(author));
    } else {
        header.from_name =
            content::display_name(core, author).await?.filter(|name| !name.is_empty());
        if header.from_name.is_none() {
            header.from_name = Some("Deleted Account".to_owned());
        }
    }
    Ok(header)
}

/// The post whose forwards a forward of this message counts among.
const fn post_of(original: &Message) -> Option<(ChannelId, MessageId)> {
    match original.peer {
        Peer::Channel(channel) if original.post => Some((channel, original.id)),
        _ => None,
    }
}

/// The posts whose forwards count: not those that were forwarded before, by a request whose answer was lost.
async fn counted(
    core: &Core,
    caller: Caller,
    to: Peer,
    deliveries: &[Delivery],
) -> Result<Vec<(ChannelId, MessageId)>> {
    let of_posts = deliveries.iter().filter_map(|one| Some((one.random_id?, one.forwards?)));
    let posts: Vec<_> = of_posts.collect();
    if posts.is_empty() {
        return Ok(Vec::new());
    }
    let numbers: Vec<i64> = posts.iter().map(|(number, _)| *number).collect();
    let before = send::found_before(core, caller, to, &numbers).await?;
    let is_new = |number: i64| !before.iter().any(|(known, _)| *known == number);
    Ok(posts.into_iter().filter(|(number, _)| is_new(*number)).map(|(_, post)| post).collect())
}

/// Counts forwards of posts, and shows the counters to those who look.
pub(super) async fn count(core: &Core, posts: Vec<(ChannelId, MessageId)>) -> Result<()> {
    let mut by_channel: BTreeMap<ChannelId, Vec<MessageId>> = BTreeMap::new();
    for (channel, id) in posts {
        by_channel.entry(channel).or_default().push(id);
    }
    for (channel, ids) in by_channel {
        let counted = core.stores.channels.count_forwards(channel, &ids, core.now()).await;
        let counted = match counted {
            // It may have been deleted while a forward waited for its time.
            Err(store::Error::NotFound) => continue,
            counted => counted?,
        };
        for (id, counters) in counted {
            let event = Ephemeral::ChannelForwards { channel, id, forwards: counters.forwards };
            core.publish(Notice::EphemeralToChannel { channel, event, origin: None });
        }
    }
    Ok(())
}
