//! Reactions: single emoji, as the chat allows them.

use model::event::{AccountEvent, Ephemeral};
use model::message::Message;
use model::reaction::{Reaction, Summary};
use model::{MessageId, Peer, limits};
use store::ports::Notice;

use super::{content, in_chat, one};
use crate::rate_limit::{self, Limit};
use crate::{Caller, Core, Error, Result, account_events};

/// Replaces the caller's reactions to a message; none takes them back. Answers the message afterwards.
///
/// # Errors
/// `MessageIdInvalid`, `ReactionInvalid`, `ReactionsTooMany`, `Denied`, `FloodWait`.
pub async fn react(
    core: &Core,
    caller: Caller,
    peer: Peer,
    id: MessageId,
    emoji: Vec<String>,
) -> Result<Message> {
    if emoji.len() > limits::REACTIONS_PER_USER || !emoji.iter().all(|emoji| is_emoji(emoji)) {
        return Err(Error::ReactionInvalid);
    }
    rate_limit::check_pace(core, caller, Limit::Act, 1)?;
    let message = one(core, caller.user, peer, id).await?;
    if message.body.action.is_some() {
        return Err(Error::MessageIdInvalid);
    }
    content::check_standing(core, caller, peer).await?;
    if !emoji.is_empty() {
        check_variety(&message.reactions, &emoji)?;
        check_allowed(core, caller, peer, &emoji).await?;
    }
    let now = core.now();
    if let Peer::Channel(channel) = peer {
        let message = core
            .stores
            .channels
            .react_to_post(channel, caller.user, id, emoji, now)
            .await
            .map_err(missing)?;
        let event = Ephemeral::ChannelReactions { channel, id };
        core.publish(Notice::EphemeralToChannel { channel, event, origin: caller.origin() });
        return Ok(message);
    }
    let copies = core.stores.boxes.react(caller.user, id, emoji, now).await.map_err(missing)?;
    let events = copies
        .iter()
        .map(|(owner, copy)| {
            (*owner, AccountEvent::MessageReactions { peer: copy.peer, id: copy.id })
        })
        .collect();
    account_events::record(core, events, caller.origin()).await?;
    let own = copies.into_iter().find(|(owner, _)| *owner == caller.user);
    own.map(|(_, message)| message).ok_or(Error::MessageIdInvalid)
}

fn missing(error: store::Error) -> Error {
    if error == store::Error::NotFound { Error::MessageIdInvalid } else { error.into() }
}

/// Reactions are shown with every look at a message, so that they stay few; those that are there stay open to everybody.
fn check_variety(shown: &Summary, chosen: &[String]) -> Result<()> {
    // What only the caller gave goes when they choose anew.
    let stays = |(emoji, count): &&(String, i32)| *count > 1 || !shown.mine.contains(emoji);
    let stay: Vec<&String> = shown.counts.iter().filter(stays).map(|(emoji, _)| emoji).collect();
    let new = chosen.iter().filter(|emoji| !stay.contains(emoji)).count();
    if new > 0 && stay.len() + new > limits::REACTIONS_PER_MESSAGE {
        return Err(Error::ReactionsTooMany);
    }
    Ok(())
}

async fn check_allowed(core: &Core, caller: Caller, peer: Peer, emoji: &[String]) -> Result<()> {
    let allowed = match peer {
        Peer::User(_) => None,
        Peer::Chat(chat) => {
            let chat = core.stores.chats.chats(&[chat]).await?.pop().ok_or(Error::ChatInvalid)?;
            chat.reactions
        }
        Peer::Channel(channel) => {
            crate::channels::visible(core, caller.user, channel).await?.0.reactions
        }
    };
    match allowed {
        Some(allowed) if !emoji.iter().all(|emoji| allowed.contains(emoji)) => {
            Err(Error::ReactionInvalid)
        }
        _ => Ok(()),
    }
}

/// Whether a text looks like one emoji: short, without letters, digits, blanks or control characters of plain text.
fn is_emoji(text: &str) -> bool {
    let count = text.chars().count();
    // Flags of regions take seven code points, families up to eleven.
    if count == 0 || count > 11 {
        return false;
    }
    let keycap = text.ends_with('\u{20e3}');
    let first_fits = text.chars().next().is_some_and(|c| keycap || is_pictograph(c));
    first_fits
        && !text.chars().any(|c| {
            c.is_whitespace() || c.is_control() || c.is_alphabetic() || (!keycap && c.is_ascii())
        })
}

const fn is_pictograph(c: char) -> bool {
    matches!(c as u32,
        0xa9 | 0xae | 0x203c | 0x2049 | 0x2122 | 0x2139 | 0x2190..=0x21ff | 0x2300..=0x23ff | 0x24c2
        | 0x25a0..=0x27bf | 0x2900..=0x297f | 0x2b00..=0x2bff | 0x3030 | 0x303d | 0x3297 | 0x3299 | 0x1f000..=0x1faff)
}

/// The messages of one chat, for their reactions.
///
/// # Errors
/// See [`in_chat`]; `Denied` for those who are not in the group any more.
pub async fn of_messages(
    core: &Core,
    caller: Caller,
    peer: Peer,
    ids: &[MessageId],
) -> Result<Vec<Message>> {
    check_hears(core, caller, peer).await?;
    in_chat(core, caller.user, peer, ids).await
}

/// New reactions are told to members; those who left a group keep what they had.
async fn check_hears(core: &Core, caller: Caller, peer: Peer) -> Result<()> {
    match peer {
        Peer::Chat(_) => content::check_standing(core, caller, peer).await,
        Peer::User(_) | Peer::Channel(_) => Ok(()),
    }
}

/// Who reacted to a message, newest first, and how many. Broadcast channels keep it to themselves.
///
/// # Errors
/// `MessageIdInvalid`; `BroadcastForbidden` for posts, `Denied` also for those who are not in the group any more.
pub async fn list(
    core: &Core,
    caller: Caller,
    (peer, id): (Peer, MessageId),
    emoji: Option<&str>,
    offset: i32,
    limit: i32,
) -> Result<(Vec<Reaction>, i32)> {
    check_hears(core, caller, peer).await?;
    let message = one(core, caller.user, peer, id).await?;
    if message.post {
        return Err(Error::BroadcastForbidden);
    }
    let limit = limit.clamp(1, limits::HISTORY_PAGE);
    let found = match peer {
        Peer::Channel(channel) => {
            let port = &core.stores.channels;
            port.post_reactions(channel, caller.user, id, emoji, (offset.max(0), limit)).await?
        }
        Peer::User(_) | Peer::Chat(_) => {
            core.stores.boxes.reactions(caller.user, id, emoji, offset.max(0), limit).await?
        }
    };
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::is_emoji;

    #[test]
    fn tells_emoji_from_text() {
        for emoji in ["👍", "❤", "❤️", "👨‍👩‍👧‍👦", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🇩🇪", "1️⃣", "©️"]
        {
            assert!(is_emoji(emoji), "{emoji}");
        }
        for text in ["", "a", "1", " ", "👍 ", "👍a", "\n", "漢", "👍👍👍👍👍👍👍👍👍👍👍👍"]
        {
            assert!(!is_emoji(text), "{text:?}");
        }
    }
}
