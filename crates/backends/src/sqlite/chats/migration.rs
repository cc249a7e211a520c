//! A basic group becomes a supergroup, in one transaction.

use model::channel::farewell_and_welcome;
use model::{ChatId, Peer, UnixTime, UserId};
use rusqlite::Connection;
use store::ports::boxes::{BoxPeer, NewBoxMessage};
use store::ports::channels::NewChannelMessage;
use store::ports::chats::Migrated;

use super::super::{Result, boxes, channels};
use super::{groups, invites};

pub(super) fn migrate(
    tx: &Connection,
    id: ChatId,
    actor: UserId,
    now: UnixTime,
) -> Result<Migrated> {
    let chat = groups::group(tx, id)?;
    chat.check_creator(actor)?;
    let channel = channels::open_for(tx, &chat, now)?;
    let (farewell, welcome) = farewell_and_welcome(&chat, channel);
    let told = NewBoxMessage {
        sender: actor,
        peer: BoxPeer::Chat(id),
        random_id: None,
        date: now,
        body: farewell,
        reply_to: None,
        mentions: Vec::new(),
        clear_draft: false,
    };
    let told = boxes::send(tx, &[told])?.into_iter().flat_map(|sent| sent.copies).collect();
    invites::carry(tx, Peer::Chat(id), Peer::Channel(channel))?;
    let chat = groups::close(tx, id, actor, Some(channel))?;
    let first =
        NewChannelMessage { sender: actor, ..NewChannelMessage::copy(channel, now, welcome) };
    let (channel, first) = channels::post_first(tx, first)?;
    Ok(Migrated { chat, channel, told, first })
}
