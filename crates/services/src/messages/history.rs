//! Reading: histories, messages by number, the pinned one, the one replied to.

use model::dialog::{HistoryPage, HistoryWindow};
use model::message::Message;
use model::{ChannelId, MessageId, Peer, Pts, UnixTime, UserId, limits};
use store::ports::boxes::SearchQuery;

use super::in_chat;
use crate::rate_limit::{self, Limit};
use crate::{Caller, Core, Error, Result, privacy};

/// A page of messages, and for channels where their log stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// The messages.
    pub page: HistoryPage,
    /// Set for channels.
    pub channel: Option<(ChannelId, Pts)>,
}

/// A window of a chat's history, newest first.
///
/// # Errors
/// `ChannelPrivate` and its kin where the caller may not look; `FloodWait`.
pub async fn history(
    core: &Core,
    caller: Caller,
    peer: Peer,
    mut window: HistoryWindow,
) -> Result<Page> {
    window.limit = window.limit.clamp(0, limits::HISTORY_PAGE);
    rate_limit::check_pace(core, caller, Limit::History, 1)?;
    if let Peer::Channel(channel) = peer {
        let (channel, _) = crate::channels::visible(core, caller.user, channel).await?;
        let page = core.stores.channels.channel_history(channel.id, caller.user, window).await?;
        return Ok(Page { page, channel: Some((channel.id, channel.pts)) });
    }
    let page = core.stores.boxes.history(caller.user, peer, window).await?;
    Ok(Page { page, channel: None })
}

/// A message as a client names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// By number.
    Id(MessageId),
    /// The one that this message replies to.
    RepliedBy(MessageId),
    /// The newest pinned one.
    Pinned,
}

/// Messages of the box by name (`messages.getMessages`), in the order asked; `None` for those that do not exist.
///
/// # Errors
/// `LimitInvalid`.
pub async fn named(
    core: &Core,
    caller: Caller,
    names: &[Named],
) -> Result<Vec<(MessageId, Option<Message>)>> {
    if names.len() > limits::IDS_PER_CALL {
        return Err(Error::LimitInvalid);
    }
    let ids: Vec<MessageId> = names
        .iter()
        .filter_map(|name| match name {
            Named::Id(id) | Named::RepliedBy(id) => Some(*id),
            Named::Pinned => None,
        })
        .collect();
    let first = core.stores.boxes.messages(caller.user, &ids).await?;
    let find = |id: MessageId| first.iter().find(|message| message.id == id);
    let replied: Vec<MessageId> = names
        .iter()
        .filter_map(|name| match name {
            Named::RepliedBy(id) => find(*id).and_then(|message| message.reply_to),
            _ => None,
        })
        .collect();
    let second = core.stores.boxes.messages(caller.user, &replied).await?;
    let resolve = |name: &Named| match name {
        Named::Id(id) => (*id, find(*id).cloned()),
        Named::RepliedBy(id) => {
            let to = find(*id).and_then(|message| message.reply_to);
            (to.unwrap_or_default(), second.iter().find(|message| Some(message.id) == to).cloned())
        }
        Named::Pinned => (MessageId(0), None),
    };
    Ok(names.iter().map(resolve).collect())
}

/// The newest pinned message of a chat.
///
/// # Errors
/// See [`history`].
pub async fn pinned(core: &Core, caller: Caller, peer: Peer) -> Result<Option<MessageId>> {
    let window = HistoryWindow { limit: 1, ..HistoryWindow::default() };
    let query = SearchQuery { peer: Some(peer), pinned: true, window, ..SearchQuery::default() };
    let page = match peer {
        Peer::Channel(channel) => {
            core.stores.channels.search_channel(channel, caller.user, query).await?
        }
        Peer::User(_) | Peer::Chat(_) => core.stores.boxes.search(caller.user, query).await?,
    };
    Ok(page.messages.first().map(|message| message.id))
}

/// Who read a message of the caller's own in a small group, and when, the first first. Where members are hidden, it is the admins' affair.
///
/// # Errors
/// `PeerInvalid` outside of groups; `ChatInvalid`, `ChannelPrivate` and their kin; `ChatTooBig`; `MessageIdInvalid`; `MessageTooOld`;
/// `Denied(AdminRequired)`.
pub async fn readers(
    core: &Core,
    caller: Caller,
    peer: Peer,
    id: MessageId,
) -> Result<Vec<(UserId, UnixTime)>> {
    let members = match peer {
        Peer::User(_) => return Err(Error::PeerInvalid),
        Peer::Chat(chat) => {
            let chat = crate::chats::joined(core, caller, chat).await?;
            i32::try_from(chat.members.len()).unwrap_or(i32::MAX)
        }
        Peer::Channel(channel) => {
            let (channel, row) = crate::channels::visible(core, caller.user, channel).await?;
            if channel.broadcast {
                return Err(Error::PeerInvalid);
            }
            channel.check_members_shown(caller.user, row.as_ref())?;
            channel.participants
        }
    };
    if members > limits::READERS_MEMBERS {
        return Err(Error::ChatTooBig);
    }
    let message =
        in_chat(core, caller.user, peer, &[id]).await?.pop().ok_or(Error::MessageIdInvalid)?;
    if !message.out {
        return Err(Error::MessageIdInvalid);
    }
    if message.date.0 + limits::READERS_DAYS * 24 * 3600 <= core.now().0 {
        return Err(Error::MessageTooOld);
    }
    Ok(match peer {
        Peer::Channel(channel) => named_readers(core, caller, channel, id).await?,
        Peer::User(_) | Peer::Chat(_) => core.stores.boxes.group_readers(caller.user, id).await?,
    })
}

/// Members who read a post, but for anonymous admins.
async fn named_readers(
    core: &Core,
    caller: Caller,
    id: ChannelId,
    post: MessageId,
) -> Result<Vec<(UserId, UnixTime)>> {
    let mut named = Vec::new();
    for (reader, at) in core.stores.channels.post_readers(id, caller.user, post).await? {
        let (channel, row) = crate::channels::known(core, reader, id).await?;
        let row = row.filter(model::channel::Participant::is_member);
        if row.is_some() && channel.speaks_for(reader, row.as_ref()).is_none() {
            named.push((reader, at));
        }
    }
    Ok(named)
}

/// When the other side of a private chat read a message of the caller's.
///
/// # Errors
/// `MessageIdInvalid`; `PeerInvalid` outside of private chats; `NotReadYet`; `PrivacyRestricted` if the other keeps it to themselves,
/// `OwnPrivacyRestricted` if the caller does: who hides it from somebody does not learn it of them either.
pub async fn read_date(core: &Core, caller: Caller, peer: Peer, id: MessageId) -> Result<UnixTime> {
    let Peer::User(user) = peer else { return Err(Error::PeerInvalid) };
    if privacy::hides_read_dates(core, user, caller.user).await? {
        return Err(Error::PrivacyRestricted);
    }
    if privacy::hides_read_dates(core, caller.user, user).await? {
        return Err(Error::OwnPrivacyRestricted);
    }
    let message =
        in_chat(core, caller.user, peer, &[id]).await?.pop().ok_or(Error::MessageIdInvalid)?;
    if !message.out {
        return Err(Error::MessageIdInvalid);
    }
    core.stores.boxes.outbox_read_date(caller.user, id).await?.ok_or(Error::NotReadYet)
}
