//! Messages as clients read them: `message`, `messageService`, and the answers that hold many.

use model::channel::Replies;
use model::message::{Forward, Message, Reply};
use model::reaction::Summary;
use model::{MessageId, Peer, UserId};
use services::Core;
use services::access::FileOrigin;
use services::expiry;
use services::messages::attachments::{self, Attachments};
use services::messages::history::Page;
use services::views::PeerSet;
use tl_api::{enums, types};

use super::media::{self, FileContext};
use super::{Viewer, actions, count, date, entities, fetch_related, peers, polls};
use crate::RpcError;

/// Messages of an answer, with everyone that they name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shown {
    /// In the order given.
    pub messages: Vec<enums::Message>,
    /// People.
    pub users: Vec<enums::User>,
    /// Groups and channels.
    pub chats: Vec<enums::Chat>,
}

/// Converts messages for a viewer; `also` names further peers that the answer shows.
///
/// # Errors
/// Those of the store.
pub async fn show(
    core: &Core,
    viewer: Viewer,
    messages: &[&Message],
    mut also: PeerSet,
) -> Result<Shown, RpcError> {
    let attachments = attachments::load(core, viewer.user, messages).await?;
    let context = FileContext { core, viewer: viewer.user, dc: viewer.dc };
    let converted =
        messages.iter().map(|message| self::message(&context, &attachments, message)).collect();
    add_people(&mut also, messages, &attachments);
    let (users, chats) = fetch_related(core, viewer.user, &also, viewer.dc).await?;
    Ok(Shown { messages: converted, users, chats })
}

/// Adds everyone that messages and their polls show.
pub fn add_people(set: &mut PeerSet, messages: &[&Message], attachments: &Attachments) {
    messages.iter().for_each(|message| set.add_message(message));
    attachments.polls.values().for_each(|seen| polls::add_people(set, seen));
}

/// A page of messages: whole, a slice, or of a channel.
///
/// # Errors
/// Those of the store.
pub async fn page(
    core: &Core,
    viewer: Viewer,
    page: &Page,
) -> Result<enums::messages::Messages, RpcError> {
    let messages: Vec<&Message> = page.page.messages.iter().collect();
    let mut also = PeerSet::default();
    if let Some((channel, _)) = page.channel {
        also.add_peer(Peer::Channel(channel));
    }
    let shown = show(core, viewer, &messages, also).await?;
    let offset_id_offset = Some(page.page.offset_from_newest);
    if let Some((_, pts)) = page.channel {
        return Ok(types::messages::ChannelMessages {
            pts: pts.0,
            count: page.page.total,
            offset_id_offset,
            messages: shown.messages,
            chats: shown.chats,
            users: shown.users,
            ..Default::default()
        }
        .into());
    }
    if count(shown.messages.len()) >= page.page.total {
        return Ok(whole(shown));
    }
    Ok(types::messages::MessagesSlice {
        count: page.page.total,
        offset_id_offset,
        messages: shown.messages,
        chats: shown.chats,
        users: shown.users,
        ..Default::default()
    }
    .into())
}

/// `messages.messages`.
#[must_use]
pub fn whole(shown: Shown) -> enums::messages::Messages {
    types::messages::Messages {
        messages: shown.messages,
        chats: shown.chats,
        users: shown.users,
        ..Default::default()
    }
    .into()
}

/// One message.
#[must_use]
pub fn message(
    context: &FileContext<'_>,
    attachments: &Attachments,
    message: &Message,
) -> enums::Message {
    // The sweep is late by a moment.
    if expiry::is_past(context.core, &message.body) {
        return empty(message.id, Some(message.peer));
    }
    match &message.body.action {
        Some(action) => service(context, attachments, message, action),
        None => ordinary(context, attachments, message),
    }
}

fn ordinary(
    context: &FileContext<'_>,
    attachments: &Attachments,
    message: &Message,
) -> enums::Message {
    let body = &message.body;
    types::Message {
        out: message.out,
        mentioned: message.mentioned,
        media_unread: message.media_unread,
        silent: body.silent,
        post: message.post,
        pinned: message.pinned,
        from_scheduled: body.from_scheduled,
        noforwards: body.noforwards,
        invert_media: body.invert_media,
        id: message.id.0,
        from_id: from_id(message),
        peer_id: peers::peer(message.peer),
        saved_peer_id: message.saved_peer(context.viewer).map(peers::peer),
        fwd_from: body.forward.as_ref().map(forward),
        reply_to: reply(message),
        date: date(message.date),
        message: body.text.clone(),
        media: carried(context, attachments, message),
        entities: entities::optional(&body.entities),
        views: message.counters.map(|counters| counters.views),
        forwards: message.counters.map(|counters| counters.forwards),
        replies: message.replies.as_ref().map(replies),
        edit_date: message.edit_date.map(date),
        post_author: body.post_author.clone(),
        grouped_id: body.grouped_id,
        reactions: given(message, context.viewer),
        ttl_period: body.ttl_period,
        ..Default::default()
    }
    .into()
}

fn service(
    context: &FileContext<'_>,
    attachments: &Attachments,
    message: &Message,
    action: &model::message::Action,
) -> enums::Message {
    types::MessageService {
        out: message.out,
        mentioned: message.mentioned,
        media_unread: message.media_unread,
        silent: message.body.silent,
        post: message.post,
        id: message.id.0,
        from_id: from_id(message),
        peer_id: peers::peer(message.peer),
        saved_peer_id: message.saved_peer(context.viewer).map(peers::peer),
        reply_to: reply(message),
        date: date(message.date),
        action: actions::action(context, &attachments.files, action, origin(message)),
        ttl_period: message.body.ttl_period,
        ..Default::default()
    }
    .into()
}

/// What stands in place of a message that does not exist.
#[must_use]
pub fn empty(id: MessageId, peer: Option<Peer>) -> enums::Message {
    types::MessageEmpty { id: id.0, peer_id: peer.map(peers::peer) }.into()
}

/// A post speaks as its channel, unless that shows its authors.
fn from_id(message: &Message) -> Option<enums::Peer> {
    (!message.post || message.body.author_shown)
        .then(|| peers::peer(message.body.author(message.from)))
}

/// `messageReplies`.
#[must_use]
pub fn replies(replies: &Replies) -> enums::MessageReplies {
    let recent: Vec<enums::Peer> = replies.recent.iter().copied().map(peers::peer).collect();
    types::MessageReplies {
        comments: replies.comments_in.is_some(),
        replies: replies.count,
        replies_pts: replies.pts.0,
        recent_repliers: (!recent.is_empty()).then_some(recent),
        channel_id: replies.comments_in.map(|group| group.0),
        max_id: replies.max_id.map(|id| id.0),
        read_max_id: replies.read_max_id.map(|id| id.0),
    }
    .into()
}

const fn origin(message: &Message) -> FileOrigin {
    if message.is_scheduled() {
        return FileOrigin::Scheduled(message.peer, message.id);
    }
    FileOrigin::Message(message.peer, message.id)
}

/// What a message carries; a poll that is gone shows as nothing.
fn carried(
    context: &FileContext<'_>,
    attachments: &Attachments,
    message: &Message,
) -> Option<enums::MessageMedia> {
    if let Some(poll) = message.body.poll() {
        return attachments.polls.get(&poll).map(polls::message_media);
    }
    if expiry::is_media_past(context.core, &message.body) {
        let gone = message.body.without_media().media?;
        return media::message_media(context, &attachments.files, &gone, origin(message));
    }
    let media = message.body.media.as_ref()?;
    media::message_media(context, &attachments.files, media, origin(message))
}

fn forward(forward: &Forward) -> enums::MessageFwdHeader {
    types::MessageFwdHeader {
        from_id: forward.from.map(peers::peer),
        from_name: forward.from_name.clone(),
        date: date(forward.date),
        channel_post: forward.channel_post.map(|id| id.0),
        post_author: forward.post_author.clone(),
        saved_from_peer: forward.saved_from.map(|(peer, _)| peers::peer(peer)),
        saved_from_msg_id: forward.saved_from.map(|(_, id)| id.0),
        ..Default::default()
    }
    .into()
}

/// A reply names its original by a number in this very chat, or by another chat and a number there.
fn reply(message: &Message) -> Option<enums::MessageReplyHeader> {
    let nothing = Reply::default();
    let details = message.body.reply.as_ref().unwrap_or(&nothing);
    let id = message.reply_to.or(details.from_message)?;
    let quote = details.quote.as_ref();
    Some(
        types::MessageReplyHeader {
            quote: quote.is_some(),
            reply_to_top_id: message.thread.filter(|top| *top != id).map(|top| top.0),
            reply_to_msg_id: Some(id.0),
            reply_to_peer_id: details.from_peer.map(peers::peer),
            quote_text: quote.map(|quote| quote.text.clone()),
            quote_entities: quote.and_then(|quote| entities::optional(&quote.entities)),
            quote_offset: quote.and_then(|quote| quote.offset),
            ..Default::default()
        }
        .into(),
    )
}

fn given(message: &Message, viewer: UserId) -> Option<enums::MessageReactions> {
    let some = !message.reactions.counts.is_empty();
    some.then(|| reactions(&message.reactions, viewer, !message.post))
}

/// `messageReactions`, also where there are none left.
#[must_use]
pub fn reactions(summary: &Summary, viewer: UserId, can_see_list: bool) -> enums::MessageReactions {
    let results = summary.counts.iter().map(|(emoji, votes)| {
        let chosen = summary.mine.iter().position(|mine| mine == emoji);
        types::ReactionCount {
            chosen_order: chosen.map(count),
            reaction: reaction(emoji),
            count: *votes,
        }
        .into()
    });
    let recent: Vec<enums::MessagePeerReaction> =
        summary.recent.iter().map(|recent| peer_reaction(recent, viewer)).collect();
    types::MessageReactions {
        can_see_list,
        results: results.collect(),
        recent_reactions: (!recent.is_empty()).then_some(recent),
        ..Default::default()
    }
    .into()
}

/// Who reacted how.
#[must_use]
pub fn peer_reaction(
    given: &model::reaction::Reaction,
    viewer: UserId,
) -> enums::MessagePeerReaction {
    types::MessagePeerReaction {
        unread: given.unread,
        my: given.user == viewer,
        peer_id: peers::peer(given.by()),
        date: date(given.date),
        reaction: reaction(&given.emoji),
        ..Default::default()
    }
    .into()
}

/// `reactionEmoji`.
#[must_use]
pub fn reaction(emoji: &str) -> enums::Reaction {
    types::ReactionEmoji { emoticon: emoji.to_owned() }.into()
}

/// Reactions from a client: emoji only.
///
/// # Errors
/// 400 `REACTION_INVALID` for custom emoji and others.
pub fn from_reactions(reactions: &[enums::Reaction]) -> Result<Vec<String>, RpcError> {
    let mut emoji = Vec::with_capacity(reactions.len());
    for reaction in reactions {
        match reaction {
            enums::Reaction::ReactionEmpty => {}
            enums::Reaction::ReactionEmoji(reaction) => emoji.push(reaction.emoticon.clone()),
            enums::Reaction::ReactionCustomEmoji(_) => {
                return Err(RpcError::bad_request("REACTION_INVALID"));
            }
        }
    }
    Ok(emoji)
}
