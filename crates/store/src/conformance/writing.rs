//! How cases write messages to boxes.

use model::media::Media;
use model::message::{Body, Entity, EntityKind, MediaClass, Message};
use model::{ChatId, DocumentId, MessageId, Peer, PhotoId, UserId};

use super::support::NOW;
use crate::Stores;
use crate::ports::boxes::{BoxPeer, NewBoxMessage, SearchQuery, Sent};

/// A person of the cases that need no account.
pub const ANN: UserId = UserId(2_000_001);
/// Another.
pub const BEN: UserId = UserId(2_000_002);
/// Another.
pub const CAT: UserId = UserId(2_000_003);

/// A message with a text.
#[must_use]
pub fn text(sender: UserId, peer: BoxPeer, text: &str) -> NewBoxMessage {
    let body = Body { text: text.to_owned(), ..Body::default() };
    NewBoxMessage {
        sender,
        peer,
        random_id: None,
        date: NOW,
        body,
        reply_to: None,
        mentions: Vec::new(),
        clear_draft: false,
    }
}

/// A photo.
#[must_use]
pub fn photo() -> Media {
    Media::Photo { photo: PhotoId(1), spoiler: false, ttl_s: None }
}

/// Keeps the photo and the document that messages here carry.
pub async fn keep_carried(stores: &Stores) {
    stores.media.insert_photo(super::media::photo(1)).await.unwrap();
    stores.media.insert_document(super::media::document(1)).await.unwrap();
}

/// A document of this class.
#[must_use]
pub fn document(class: MediaClass) -> Media {
    Media::Document {
        document: DocumentId(1),
        class,
        names: String::new(),
        spoiler: false,
        ttl_s: None,
        cover: None,
        timestamp_s: None,
    }
}

/// A document that is called so.
#[must_use]
pub fn named(name: &str) -> Media {
    let mut media = document(MediaClass::Document);
    if let Media::Document { names, .. } = &mut media {
        name.clone_into(names);
    }
    media
}

/// An entity that mentions somebody by id.
#[must_use]
pub fn mention(user: UserId) -> Entity {
    Entity { offset: 0, length: 1, kind: EntityKind::MentionName { user } }
}

/// Sends one message.
pub async fn send(stores: &Stores, new: NewBoxMessage) -> Sent {
    let sent = stores.boxes.send(vec![new]).await.expect("may be sent");
    sent.into_iter().next().expect("one for each")
}

/// Sends a text to a person; answers its numbers in the sender's and the other's box (the same one in saved messages).
pub async fn say(stores: &Stores, from: UserId, to: UserId, words: &str) -> (MessageId, MessageId) {
    let sent = send(stores, text(from, BoxPeer::User(to), words)).await;
    (sent.copies[0].message.id, sent.copies[sent.copies.len() - 1].message.id)
}

/// Sends a text to a group; answers the sender's number.
pub async fn say_in(stores: &Stores, from: UserId, chat: ChatId, words: &str) -> MessageId {
    send(stores, text(from, BoxPeer::Chat(chat), words)).await.copies[0].message.id
}

/// A group of these people, made by the first.
pub async fn group(stores: &Stores, people: &[UserId]) -> ChatId {
    let made =
        stores.chats.create_chat(people[0], "Group".to_owned(), &people[1..], None, NOW).await;
    made.expect("small enough").id
}

/// One message of a box, if it is there.
pub async fn find(stores: &Stores, owner: UserId, id: MessageId) -> Option<Message> {
    stores.boxes.messages(owner, &[id]).await.expect("readable").pop()
}

/// One message of a box.
pub async fn message(stores: &Stores, owner: UserId, id: MessageId) -> Message {
    find(stores, owner, id).await.expect("in the box")
}

/// The texts of a chat, newest first.
pub async fn texts(stores: &Stores, owner: UserId, peer: Peer) -> Vec<String> {
    let window = model::dialog::HistoryWindow { limit: 100, ..Default::default() };
    let page = stores.boxes.history(owner, peer, window).await.expect("readable");
    page.messages.into_iter().map(|message| message.body.text).collect()
}

/// A search of the first hundred.
#[must_use]
pub fn query(text: &str) -> SearchQuery {
    let window = model::dialog::HistoryWindow { limit: 100, ..Default::default() };
    SearchQuery { text: text.to_owned(), window, ..SearchQuery::default() }
}

/// Reactions.
pub(super) fn emoji(list: &[&str]) -> Vec<String> {
    list.iter().map(|&one| one.to_owned()).collect()
}

/// What a text is changed to.
pub(super) fn body(text: &str) -> Body {
    Body { text: text.to_owned(), ..Body::default() }
}
