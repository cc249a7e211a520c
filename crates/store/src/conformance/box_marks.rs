//! Cases of the boxes port: read marks, contents that were played or seen, pins.

use model::message::MediaClass;
use model::rights::{BannedRights, Denial};
use model::{MessageId, Peer, Pts, UserId};

use super::support::{NOW, later};
use super::writing::{
    ANN, BEN, CAT, document, find, group, message, query, say, say_in, send, text,
};
use crate::ports::boxes::{BoxPeer, NewBoxMessage, SearchQuery};
use crate::ports::chats::ChatChange;
use crate::{Error, Stores};

/// The names of this file's cases.
#[macro_export]
macro_rules! box_marks_cases {
    ($make:expr) => {
        $crate::conformance_cases!(
            box_marks,
            $make,
            [
                reading_tells_both_sides,
                a_mark_stops_at_what_is_there,
                a_mark_never_goes_back,
                reading_nothing_clears_a_mark_by_hand,
                reading_a_group_tells_each_author_once,
                only_incoming_messages_are_unread,
                the_date_of_reading_is_kept_for_each_message,
                a_played_voice_is_told_to_its_author,
                contents_are_read_once,
                mentions_are_seen_in_parts,
                a_pin_is_for_oneself_or_for_all,
                an_empty_list_unpins_all,
                default_rights_forbid_pins,
                authors_learn_who_read_in_a_group,
            ]
        );
    };
}

/// An inbox event for the reader, an outbox event for the author.
pub async fn reading_tells_both_sides(stores: &Stores) {
    say(stores, BEN, CAT, "shifts Ben's numbers").await;
    say(stores, ANN, BEN, "one").await;
    say(stores, ANN, BEN, "two").await;
    let changes = stores.boxes.read(BEN, Peer::User(ANN), MessageId(2), later(1)).await;
    let changes = changes.expect("unread");
    let [reader, author] = &changes[..] else { panic!("two marks") };
    assert_eq!((reader.change.owner, reader.change.pts_count), (BEN, 1));
    assert_eq!((reader.peer, reader.max_id), (Peer::User(ANN), MessageId(2)));
    assert_eq!(reader.still_unread, Some(1));
    assert_eq!((author.change.owner, author.change.pts), (ANN, Pts(4)));
    assert_eq!((author.peer, author.max_id), (Peer::User(BEN), MessageId(1)));
    assert_eq!(author.still_unread, None);
    let page = stores.dialogs.peer_dialogs(BEN, &[Peer::User(ANN)]).await.expect("readable");
    assert_eq!((page.dialogs[0].read_inbox_max, page.dialogs[0].unread_count), (MessageId(2), 1));
    let page = stores.dialogs.peer_dialogs(ANN, &[Peer::User(BEN)]).await.expect("readable");
    assert_eq!(page.dialogs[0].read_outbox_max, MessageId(1));
}

/// A mark beyond the newest, or 0, means everything of this chat.
pub async fn a_mark_stops_at_what_is_there(stores: &Stores) {
    say(stores, ANN, BEN, "one").await;
    say(stores, CAT, BEN, "other chat").await;
    for (round, max_id) in [MessageId(i32::MAX), MessageId(0)].into_iter().enumerate() {
        let changes = stores.boxes.read(BEN, Peer::User(ANN), max_id, NOW).await.expect("unread");
        let newest = MessageId(if round == 0 { 1 } else { 3 });
        assert_eq!((changes[0].max_id, changes[0].still_unread), (newest, Some(0)));
        say(stores, ANN, BEN, "another").await;
    }
}

/// What was read stays read.
pub async fn a_mark_never_goes_back(stores: &Stores) {
    say(stores, ANN, BEN, "one").await;
    say(stores, ANN, BEN, "two").await;
    stores.boxes.read(BEN, Peer::User(ANN), MessageId(2), NOW).await.expect("unread");
    let again = stores.boxes.read(BEN, Peer::User(ANN), MessageId(1), NOW).await;
    assert_eq!(again, Err(Error::NotModified));
    assert_eq!(stores.boxes.unread_total(BEN).await, Ok(0));
    assert_eq!(stores.boxes.pts(BEN).await, Ok(Pts(4)));
}

/// The call is refused, and yet the mark is gone.
pub async fn reading_nothing_clears_a_mark_by_hand(stores: &Stores) {
    say(stores, BEN, ANN, "mine").await;
    stores.dialogs.set_unread_mark(BEN, Peer::User(ANN), true).await.expect("may mark");
    let read = stores.boxes.read(BEN, Peer::User(ANN), MessageId(0), NOW).await;
    assert_eq!(read, Err(Error::NotModified));
    assert_eq!(stores.dialogs.unread_marks(BEN).await, Ok(Vec::new()));
    assert_eq!(stores.boxes.pts(BEN).await, Ok(Pts(2)));
}

/// The first reader moves an author's mark; the next one does not move it again.
pub async fn reading_a_group_tells_each_author_once(stores: &Stores) {
    let chat = group(stores, &[ANN, BEN, CAT]).await;
    say_in(stores, ANN, chat, "one").await;
    say_in(stores, BEN, chat, "two").await;
    say_in(stores, ANN, chat, "three").await;
    let changes = stores.boxes.read(CAT, Peer::Chat(chat), MessageId(0), NOW).await;
    let told: Vec<_> = changes
        .expect("unread")
        .iter()
        .map(|change| (change.change.owner, change.max_id, change.still_unread))
        .collect();
    let expected =
        [(CAT, MessageId(3), Some(0)), (ANN, MessageId(3), None), (BEN, MessageId(2), None)];
    assert_eq!(told, expected);
    let changes = stores.boxes.read(BEN, Peer::Chat(chat), MessageId(0), NOW).await;
    assert_eq!(changes.expect("unread").len(), 1);
}

/// Own messages are never unread.
pub async fn only_incoming_messages_are_unread(stores: &Stores) {
    let chat = group(stores, &[ANN, BEN]).await;
    say(stores, ANN, BEN, "one").await;
    say(stores, BEN, ANN, "two").await;
    say_in(stores, ANN, chat, "three").await;
    say(stores, CAT, BEN, "four").await;
    assert_eq!(stores.boxes.unread_total(BEN).await, Ok(3));
    assert_eq!(stores.boxes.unread_total(ANN).await, Ok(1));
    assert_eq!(stores.boxes.unread_total(CAT).await, Ok(0));
    stores.boxes.delete(ANN, &[MessageId(1)], true).await.expect("hers");
    assert_eq!(stores.boxes.unread_total(BEN).await, Ok(2));
}

/// Of outgoing messages in private chats.
pub async fn the_date_of_reading_is_kept_for_each_message(stores: &Stores) {
    let (first, _) = say(stores, ANN, BEN, "one").await;
    stores.boxes.read(BEN, Peer::User(ANN), MessageId(0), later(1)).await.expect("unread");
    let (second, _) = say(stores, ANN, BEN, "two").await;
    let (third, _) = say(stores, ANN, BEN, "three").await;
    stores.boxes.read(BEN, Peer::User(ANN), MessageId(0), later(2)).await.expect("unread");
    let (unread, _) = say(stores, ANN, BEN, "four").await;
    let (_, incoming) = say(stores, BEN, ANN, "back").await;
    let expected = [
        (first, Some(later(1))),
        (second, Some(later(2))),
        (third, Some(later(2))),
        (unread, None),
        (incoming, None),
        (MessageId(99), None),
    ];
    for (id, date) in expected {
        assert_eq!(stores.boxes.outbox_read_date(ANN, id).await, Ok(date));
    }
    let chat = group(stores, &[ANN, BEN]).await;
    let in_group = say_in(stores, ANN, chat, "all").await;
    stores.boxes.read(BEN, Peer::Chat(chat), MessageId(0), later(3)).await.expect("unread");
    assert_eq!(stores.boxes.outbox_read_date(ANN, in_group).await, Ok(None));
}

/// Each by the first mark that reached the message, whatever the author's own mark did; nobody else may ask.
pub async fn authors_learn_who_read_in_a_group(stores: &Stores) {
    let chat = group(stores, &[ANN, BEN, CAT]).await;
    let first = say_in(stores, ANN, chat, "one").await;
    let read = |who, at| stores.boxes.read(who, Peer::Chat(chat), MessageId(0), later(at));
    read(CAT, 1).await.expect("unread");
    let second = say_in(stores, ANN, chat, "two").await;
    read(BEN, 2).await.expect("unread");
    read(CAT, 3).await.expect("unread");
    let readers = async |id| stores.boxes.group_readers(ANN, id).await.expect("readable");
    assert_eq!(readers(first).await, [(CAT, later(1)), (BEN, later(2))]);
    assert_eq!(readers(second).await, [(BEN, later(2)), (CAT, later(3))]);
    let unread = say_in(stores, ANN, chat, "three").await;
    assert_eq!(readers(unread).await, []);
    let (private, _) = say(stores, ANN, BEN, "private").await;
    assert_eq!(readers(private).await, []);
    stores.chats.remove_member(chat, CAT, CAT).await.expect("may leave");
    assert_eq!(readers(first).await, [(BEN, later(2))]);
}

async fn voice(stores: &Stores, from: UserId, peer: BoxPeer) -> MessageId {
    let mut new = text(from, peer, "");
    new.body.media = Some(document(MediaClass::Voice));
    send(stores, new).await.copies[0].message.id
}

/// Each box hears of it by its own numbers.
pub async fn a_played_voice_is_told_to_its_author(stores: &Stores) {
    say(stores, BEN, CAT, "shifts Ben's numbers").await;
    let own = voice(stores, ANN, BoxPeer::User(BEN)).await;
    let heard = MessageId(2);
    let changes = stores.boxes.read_contents(BEN, &[heard], later(1), NOW).await.expect("readable");
    let told: Vec<_> = changes
        .iter()
        .map(|one| (one.change.owner, one.change.pts_count, one.ids.clone()))
        .collect();
    assert_eq!(told, [(BEN, 1, vec![heard]), (ANN, 1, vec![own])]);
    assert!(!message(stores, BEN, heard).await.media_unread);
    assert!(!message(stores, ANN, own).await.media_unread);

    // The second listener of a group changes nothing for the author.
    let chat = group(stores, &[ANN, BEN, CAT]).await;
    voice(stores, ANN, BoxPeer::Chat(chat)).await;
    let newest = |owner| async move {
        let page = stores.boxes.search(owner, query("")).await.expect("readable");
        page.messages[0].id
    };
    let changes = stores.boxes.read_contents(BEN, &[newest(BEN).await], NOW, NOW).await;
    assert_eq!(changes.expect("readable").len(), 2);
    let changes = stores.boxes.read_contents(CAT, &[newest(CAT).await], NOW, NOW).await;
    assert_eq!(changes.expect("readable").len(), 1);
}

/// Unknown, own, plain and already read ones are passed over.
pub async fn contents_are_read_once(stores: &Stores) {
    let own = voice(stores, ANN, BoxPeer::User(BEN)).await;
    say(stores, ANN, BEN, "plain").await;
    assert_eq!(stores.boxes.read_contents(ANN, &[own], NOW, NOW).await, Ok(Vec::new()));
    let ids = [1, 1, 2, 99].map(MessageId);
    let changes = stores.boxes.read_contents(BEN, &ids, NOW, NOW).await.expect("readable");
    assert_eq!(changes[0].ids, [MessageId(1)]);
    assert_eq!(stores.boxes.read_contents(BEN, &ids, NOW, NOW).await, Ok(Vec::new()));
}

/// The counter of the dialog and the search follow.
pub async fn mentions_are_seen_in_parts(stores: &Stores) {
    let chat = group(stores, &[ANN, BEN]).await;
    for words in ["one", "two", "three"] {
        let mut new = text(ANN, BoxPeer::Chat(chat), words);
        new.mentions = vec![BEN];
        send(stores, new).await;
    }
    let peer = Peer::Chat(chat);
    let unseen = || async move {
        let page = stores.dialogs.peer_dialogs(BEN, &[peer]).await.expect("readable");
        let search = SearchQuery { peer: Some(peer), unread_mentions: true, ..query("") };
        let found = stores.boxes.search(BEN, search).await.expect("readable");
        assert_eq!(found.total, page.dialogs[0].unread_mentions);
        found.total
    };
    assert_eq!(unseen().await, 3);
    let changes = stores.boxes.read_mentions(BEN, peer, 2, NOW).await.expect("readable");
    assert_eq!((changes.len(), changes[0].change.pts_count), (1, 2));
    assert_eq!(unseen().await, 1);
    stores.boxes.read_mentions(BEN, peer, 2, NOW).await.expect("readable");
    assert_eq!(unseen().await, 0);
    assert_eq!(stores.boxes.read_mentions(BEN, peer, 2, NOW).await, Ok(Vec::new()));
}

/// Only what changes is answered, in each box.
pub async fn a_pin_is_for_oneself_or_for_all(stores: &Stores) {
    let (own, other) = say(stores, ANN, BEN, "one").await;
    let (elsewhere, _) = say(stores, ANN, CAT, "two").await;
    let peer = Peer::User(BEN);
    let ids = [own, elsewhere, MessageId(99)];
    let pins = stores.boxes.pin(ANN, peer, &ids, true, false).await.expect("hers");
    assert_eq!(pins.len(), 1);
    assert_eq!((pins[0].peer, &pins[0].ids, pins[0].pinned), (peer, &vec![own], true));
    assert!(message(stores, ANN, own).await.pinned);
    assert!(!message(stores, BEN, other).await.pinned);

    let pins = stores.boxes.pin(ANN, peer, &[own], true, true).await.expect("hers");
    assert_eq!(pins.len(), 1);
    assert_eq!((pins[0].change.owner, pins[0].peer), (BEN, Peer::User(ANN)));
    assert_eq!(stores.boxes.pin(ANN, peer, &[own], true, true).await, Ok(Vec::new()));

    let pins = stores.boxes.pin(BEN, Peer::User(ANN), &[other], false, true).await.expect("his");
    let owners: Vec<_> = pins.iter().map(|pin| pin.change.owner).collect();
    assert_eq!(owners, [BEN, ANN]);
    assert!(!message(stores, ANN, own).await.pinned);
}

/// Of this chat, in all boxes.
pub async fn an_empty_list_unpins_all(stores: &Stores) {
    let chat = group(stores, &[ANN, BEN]).await;
    let (private, _) = say(stores, ANN, BEN, "private").await;
    stores.boxes.pin(ANN, Peer::User(BEN), &[private], true, false).await.expect("hers");
    for words in ["one", "two", "three"] {
        let id = say_in(stores, ANN, chat, words).await;
        stores.boxes.pin(ANN, Peer::Chat(chat), &[id], true, true).await.expect("her group");
    }
    let pinned = |owner| async move {
        let search = SearchQuery { pinned: true, ..query("") };
        stores.boxes.search(owner, search).await.expect("readable").total
    };
    assert_eq!((pinned(ANN).await, pinned(BEN).await), (4, 3));
    let pins = stores.boxes.pin(ANN, Peer::Chat(chat), &[], false, true).await.expect("hers");
    assert_eq!((pins.len(), pins[0].change.pts_count), (2, 3));
    assert_eq!((pinned(ANN).await, pinned(BEN).await), (1, 0));
    assert!(find(stores, ANN, private).await.is_some_and(|message| message.pinned));
    assert_eq!(stores.boxes.pin(ANN, Peer::Chat(chat), &[], true, true).await, Ok(Vec::new()));
}

/// In a group, members pin as long as nothing forbids it.
pub async fn default_rights_forbid_pins(stores: &Stores) {
    let chat = group(stores, &[ANN, BEN]).await;
    let id = say_in(stores, BEN, chat, "one").await;
    let banned = BannedRights { pin_messages: true, ..BannedRights::default() };
    let change = ChatChange { default_banned: Some(banned), ..ChatChange::default() };
    stores.chats.change_chat(chat, ANN, change).await.expect("her group");
    let refused = stores.boxes.pin(BEN, Peer::Chat(chat), &[id], true, true).await;
    assert_eq!(refused, Err(Denial::AdminRequired.into()));
    let stranger = stores.boxes.pin(CAT, Peer::Chat(chat), &[id], true, true).await;
    assert_eq!(stranger, Err(Denial::NotParticipant.into()));
    let reply = NewBoxMessage { reply_to: Some(id), ..text(BEN, BoxPeer::Chat(chat), "re") };
    send(stores, reply).await;
    assert_eq!(
        stores.boxes.pin(ANN, Peer::Chat(chat), &[id], true, true).await.map(|p| p.len()),
        Ok(2)
    );
}
