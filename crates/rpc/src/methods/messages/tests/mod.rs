//! Methods of `messages` and `updates` from end to end, on the in-memory store.

mod albums;
mod channels;
mod dialogs;
mod differences;
mod edits;
mod expiry;
mod forwards;
mod groups;
mod links;
mod migration;
mod outsiders;
mod private;
mod reactions;
mod scheduled;
mod scheduled_media;
mod search;
mod secret;
mod secret_hostile;
mod secret_model;
mod unread_reactions;

use tl_api::functions::messages as f;
use tl_api::{enums, types};

use crate::testing::{Device, list};

/// A text with a random id of its own.
pub(super) fn text(peer: enums::InputPeer, message: &str, random_id: i64) -> f::SendMessage {
    f::SendMessage { peer, message: message.to_owned(), random_id, ..Default::default() }
}

/// Sends a text; answers its number in the sender's box or the channel's log.
pub(super) async fn say(from: &Device<'_>, peer: enums::InputPeer, message: &str) -> i32 {
    let random_id = from.world.core.random.number() | 1;
    let answer = match from.ok(text(peer, message, random_id)).await {
        enums::Updates::UpdateShortSentMessage(sent) => return sent.id,
        answer => list(answer),
    };
    match answer.first() {
        Some(enums::Update::UpdateMessageID(update)) => update.id,
        other => panic!("updateMessageID comes first: {other:?}"),
    }
}

/// The messages that updates bring, new and edited.
pub(super) fn messages(updates: &[enums::Update]) -> Vec<types::Message> {
    updates
        .iter()
        .filter_map(|update| match update {
            enums::Update::UpdateNewMessage(update) => Some(&update.message),
            enums::Update::UpdateEditMessage(update) => Some(&update.message),
            enums::Update::UpdateNewChannelMessage(update) => Some(&update.message),
            enums::Update::UpdateEditChannelMessage(update) => Some(&update.message),
            _ => None,
        })
        .filter_map(|message| match message {
            enums::Message::Message(message) => Some(message.clone()),
            _ => None,
        })
        .collect()
}

/// The service messages that updates bring.
pub(super) fn actions(updates: &[enums::Update]) -> Vec<enums::MessageAction> {
    updates
        .iter()
        .filter_map(|update| match update {
            enums::Update::UpdateNewMessage(update) => Some(&update.message),
            enums::Update::UpdateNewChannelMessage(update) => Some(&update.message),
            _ => None,
        })
        .filter_map(|message| match message {
            enums::Message::MessageService(message) => Some(message.action.clone()),
            _ => None,
        })
        .collect()
}

/// The whole history of a chat, newest first: number and text.
pub(super) async fn history(reader: &Device<'_>, peer: enums::InputPeer) -> Vec<(i32, String)> {
    let answer = reader.ok(f::GetHistory { peer, limit: 100, ..Default::default() }).await;
    shown(&answer)
}

/// Number and text of the messages in an answer; service messages show their action's name.
pub(super) fn shown(answer: &enums::messages::Messages) -> Vec<(i32, String)> {
    let messages = match answer {
        enums::messages::Messages::Messages(answer) => &answer.messages,
        enums::messages::Messages::MessagesSlice(answer) => &answer.messages,
        enums::messages::Messages::ChannelMessages(answer) => &answer.messages,
        enums::messages::Messages::MessagesNotModified(_) => return Vec::new(),
    };
    messages.iter().map(numbered).collect()
}

pub(super) fn numbered(message: &enums::Message) -> (i32, String) {
    match message {
        enums::Message::Message(message) => (message.id, message.message.clone()),
        enums::Message::MessageService(message) => {
            let name = format!("{:?}", message.action);
            (message.id, name.split('(').next().unwrap_or_default().to_owned())
        }
        enums::Message::MessageEmpty(message) => (message.id, "empty".to_owned()),
    }
}
