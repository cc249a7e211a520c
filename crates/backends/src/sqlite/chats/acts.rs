//! Acts in groups with the service messages that tell of them.

use model::chat::Chat;
use model::message::Action;
use model::{ChatId, Peer, UnixTime, UserId};
use rusqlite::Connection;
use store::ports::acts::{
    ChatAct, ChatTold, box_message, chat_created, members_changed, request_kept,
};
use store::ports::boxes::BoxPeer;

use super::super::{Result, boxes, profile};
use super::{groups, joining};

fn told(tx: &Connection, chat: Chat, told: (UserId, Action), now: UnixTime) -> Result<ChatTold> {
    let message = box_message(BoxPeer::Chat(chat.id), told, now);
    let sent = boxes::send(tx, &[message])?.pop();
    Ok(ChatTold { chat, sent, requested: false, events: Vec::new() })
}

/// The same of an act that changed who is in the group.
fn told_members(
    tx: &Connection,
    chat: Chat,
    message: (UserId, Action),
    now: UnixTime,
) -> Result<ChatTold> {
    let events = profile::record(tx, members_changed(&chat, None), now)?;
    Ok(ChatTold { events, ..told(tx, chat, message, now)? })
}

pub(super) fn found(tx: &Connection, new: Chat, users: &[UserId]) -> Result<ChatTold> {
    let chat = groups::create(tx, new, users)?;
    let (creator, now) = (chat.creator, chat.created);
    let action = chat_created(&chat);
    told_members(tx, chat, (creator, action), now)
}

pub(super) fn act(
    tx: &Connection,
    id: ChatId,
    actor: UserId,
    act: ChatAct,
    now: UnixTime,
) -> Result<ChatTold> {
    let message = act.told(actor, actor);
    let chat = match act {
        ChatAct::Title(_) | ChatAct::Photo(_) | ChatAct::Timer(_) => {
            let change = act.change().unwrap_or_default();
            let chat = groups::change(tx, id, |chat| Ok(change.apply(chat, actor)?))?;
            return told(tx, chat, message, now);
        }
        ChatAct::Add(user) => groups::add(tx, id, actor, user, now)?,
        ChatAct::Remove(user) => {
            let before = groups::group(tx, id)?;
            before.check_remove(actor, user)?;
            // Before the removal, so that the one removed gets it too.
            let sent = told(tx, before, message, now)?.sent;
            let chat = groups::remove(tx, id, actor, user)?;
            let events = profile::record(tx, members_changed(&chat, Some(user)), now)?;
            return Ok(ChatTold { chat, sent, requested: false, events });
        }
        ChatAct::Join(hash) => {
            let Some((chat, invite)) = joining::join_chat(tx, &hash, actor, None, now)? else {
                let chat = groups::group(tx, id)?;
                let events = request_kept(Peer::Chat(id), chat.admins());
                let events = profile::record(tx, events, now)?;
                return Ok(ChatTold { chat, sent: None, requested: true, events });
            };
            let message = ChatAct::Join(hash).told(actor, invite.admin);
            return told_members(tx, chat, message, now);
        }
        ChatAct::Admit(user) => {
            let chat = groups::group(tx, id)?;
            chat.check_member(actor, |banned| banned.invite_users)?;
            joining::take_request(tx, Peer::Chat(id), actor, user, true)?;
            if chat.member(user).is_some() {
                let (sent, events) = (None, Vec::new());
                return Ok(ChatTold { chat, sent, requested: false, events });
            }
            groups::add(tx, id, actor, user, now)?
        }
    };
    told_members(tx, chat, message, now)
}
