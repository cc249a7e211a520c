//! Cases of the boxes port: sending, reactions, events.

use model::event::{BoxEvent, StoredBoxEvent};
use model::invariants::check_sequence;
use model::message::{EntityKind, MediaClass, Origin};
use model::rights::{BannedRights, Denial};
use model::{ChatId, MessageId, Peer, Pts, UserId};

use super::support::{NOW, later};
use super::writing::{
    ANN, BEN, CAT, body, document, emoji, group, mention, message, photo, say, say_in, send, text,
    texts,
};
use crate::ports::boxes::{BoxPeer, NewBoxMessage};
use crate::ports::chats::ChatChange;
use crate::{Error, Stores};

/// The names of this file's cases.
#[macro_export]
macro_rules! boxes_cases {
    ($make:expr) => {
        $crate::conformance_cases!(
            boxes,
            $make,
            [
                a_private_message_has_two_copies,
                each_box_numbers_its_own_messages,
                a_saved_message_has_one_copy,
                a_group_message_has_a_copy_for_each_member,
                a_repeated_random_id_is_answered_and_not_written,
                a_random_id_counts_within_a_batch_too,
                a_sent_message_is_found_by_its_random_id,
                a_batch_is_sent_whole_or_not_at_all,
                a_blocked_sender_keeps_the_only_copy,
                strangers_may_not_write_to_a_group,
                default_rights_forbid_texts_or_media,
                service_messages_need_no_right,
                a_reply_is_numbered_anew_in_each_box,
                a_reply_to_nothing_is_none,
                mentions_count_in_groups_only,
                voices_are_unplayed_on_both_sides,
                reactions_are_seen_in_every_box,
                reactions_are_listed_newest_first,
                reactions_die_with_the_last_copy,
                messages_come_in_the_order_asked,
                an_empty_box_is_at_the_start,
                events_have_no_holes,
                events_show_the_present_state,
                events_come_in_parts,
            ]
        );
    };
}

/// Ann writes to Ben: one message, one pts and one number in each box.
pub async fn a_private_message_has_two_copies(stores: &Stores) {
    let sent = send(stores, text(ANN, BoxPeer::User(BEN), "hello")).await;
    assert!(!sent.duplicate);
    let [own, other] = &sent.copies[..] else { panic!("two copies") };
    assert_eq!((own.owner, other.owner), (ANN, BEN));
    assert_eq!((own.message.peer, other.message.peer), (Peer::User(BEN), Peer::User(ANN)));
    assert_eq!((own.message.from, other.message.from), (ANN, ANN));
    assert_eq!((own.message.out, other.message.out), (true, false));
    assert_eq!((own.message.pts, other.message.pts), (Pts(2), Pts(2)));
    assert_eq!((own.message.id, other.message.id), (MessageId(1), MessageId(1)));
    let origin = Some(Origin { owner: ANN, id: own.message.id });
    assert_eq!((own.message.origin, other.message.origin), (origin, origin));
    assert_eq!(message(stores, ANN, own.message.id).await, own.message);
    assert_eq!(message(stores, BEN, other.message.id).await, other.message);
}

/// Numbers and pts of two boxes run apart.
pub async fn each_box_numbers_its_own_messages(stores: &Stores) {
    say(stores, ANN, CAT, "one").await;
    let (own, other) = say(stores, ANN, BEN, "two").await;
    assert_eq!((own, other), (MessageId(2), MessageId(1)));
    assert_eq!(stores.boxes.pts(ANN).await, Ok(Pts(3)));
    assert_eq!(stores.boxes.pts(BEN).await, Ok(Pts(2)));
}

/// Saved messages are outgoing, and nothing in them is ever unread.
pub async fn a_saved_message_has_one_copy(stores: &Stores) {
    let mut new = text(ANN, BoxPeer::User(ANN), "note");
    new.body.media = Some(document(MediaClass::Voice));
    let sent = send(stores, new).await;
    let [copy] = &sent.copies[..] else { panic!("one copy") };
    assert_eq!((copy.owner, copy.message.peer), (ANN, Peer::User(ANN)));
    assert!(copy.message.out && !copy.message.media_unread);
    assert_eq!(stores.boxes.unread_total(ANN).await, Ok(0));
    assert_eq!(stores.boxes.pts(ANN).await, Ok(Pts(2)));
}

/// The sender's copy comes first.
pub async fn a_group_message_has_a_copy_for_each_member(stores: &Stores) {
    let chat = group(stores, &[ANN, BEN, CAT]).await;
    let sent = send(stores, text(BEN, BoxPeer::Chat(chat), "all")).await;
    let owners: Vec<_> = sent.copies.iter().map(|copy| copy.owner).collect();
    assert_eq!(owners, [BEN, ANN, CAT]);
    for copy in &sent.copies {
        assert_eq!(copy.message.peer, Peer::Chat(chat));
        assert_eq!(copy.message.out, copy.owner == BEN);
    }
    let missing = stores.boxes.send(vec![text(ANN, BoxPeer::Chat(ChatId(99)), "no")]).await;
    assert_eq!(missing, Err(Error::NotFound));
}

fn numbered(random_id: i64, words: &str) -> NewBoxMessage {
    NewBoxMessage { random_id: Some(random_id), ..text(ANN, BoxPeer::User(BEN), words) }
}

/// The answer is the message of then, whatever the repetition says.
pub async fn a_repeated_random_id_is_answered_and_not_written(stores: &Stores) {
    let first = send(stores, numbered(7, "once")).await;
    let again = send(stores, numbered(7, "twice")).await;
    assert!(again.duplicate);
    assert_eq!(again.copies, first.copies[..1]);
    assert_eq!(texts(stores, BEN, Peer::User(ANN)).await, ["once"]);
    assert_eq!(stores.boxes.pts(ANN).await, Ok(Pts(2)));
    // The number is the sender's own: others may use it.
    let other = NewBoxMessage { sender: BEN, peer: BoxPeer::User(ANN), ..numbered(7, "mine") };
    assert!(!send(stores, other).await.duplicate);
}

/// By its sender alone, while it is there.
pub async fn a_sent_message_is_found_by_its_random_id(stores: &Stores) {
    let sent = send(stores, numbered(7, "once")).await.copies.swap_remove(0);
    let before = async |who| stores.boxes.sent_before(who, &[8, 7]).await.expect("readable");
    assert_eq!(before(ANN).await, [(7, sent.message.clone())]);
    assert_eq!(before(BEN).await, []);
    stores.boxes.delete(ANN, &[sent.message.id], false).await.expect("hers");
    assert_eq!(before(ANN).await, []);
}

/// Twice in one batch is once.
pub async fn a_random_id_counts_within_a_batch_too(stores: &Stores) {
    let sent = stores.boxes.send(vec![numbered(7, "once"), numbered(7, "twice")]).await;
    let sent = sent.expect("may be sent");
    assert_eq!((sent[0].duplicate, sent[1].duplicate), (false, true));
    assert_eq!(sent[1].copies, sent[0].copies[..1]);
    assert_eq!(stores.boxes.pts(BEN).await, Ok(Pts(2)));
}

/// A refusal of the last undoes the first.
pub async fn a_batch_is_sent_whole_or_not_at_all(stores: &Stores) {
    let chat = group(stores, &[BEN, CAT]).await;
    let batch = vec![
        text(ANN, BoxPeer::User(BEN), "first"),
        text(ANN, BoxPeer::Chat(chat), "not a member"),
    ];
    assert_eq!(stores.boxes.send(batch).await, Err(Denial::NotParticipant.into()));
    assert_eq!(stores.boxes.pts(ANN).await, Ok(Pts(1)));
    assert!(texts(stores, BEN, Peer::User(ANN)).await.is_empty());
    assert_eq!(stores.dialogs.dialog_peers(BEN).await, Ok(Vec::new()));
}

/// Whom Ben blocked writes into the void.
pub async fn a_blocked_sender_keeps_the_only_copy(stores: &Stores) {
    stores.contacts.set_blocked(BEN, ANN, true, NOW).await.expect("may block");
    let sent = send(stores, text(ANN, BoxPeer::User(BEN), "please")).await;
    assert_eq!(sent.copies.len(), 1);
    assert_eq!(sent.copies[0].owner, ANN);
    assert_eq!(stores.boxes.pts(BEN).await, Ok(Pts(1)));
    let back = send(stores, text(BEN, BoxPeer::User(ANN), "no")).await;
    assert_eq!(back.copies.len(), 2);
}

/// Only members write, and nobody in a closed group.
pub async fn strangers_may_not_write_to_a_group(stores: &Stores) {
    let chat = group(stores, &[ANN, BEN]).await;
    let stranger = stores.boxes.send(vec![text(CAT, BoxPeer::Chat(chat), "hi")]).await;
    assert_eq!(stranger, Err(Denial::NotParticipant.into()));
    stores.chats.delete_chat(chat, ANN).await.expect("her own");
    let closed = stores.boxes.send(vec![text(ANN, BoxPeer::Chat(chat), "hi")]).await;
    assert_eq!(closed, Err(Denial::Deactivated.into()));
}

/// Members lose what the default rights forbid, admins do not.
pub async fn default_rights_forbid_texts_or_media(stores: &Stores) {
    let chat = group(stores, &[ANN, BEN]).await;
    let forbid = |banned: BannedRights| async move {
        let change = ChatChange { default_banned: Some(banned), ..ChatChange::default() };
        stores.chats.change_chat(chat, ANN, change).await.expect("her group");
    };
    forbid(BannedRights { send_photos: true, ..BannedRights::default() }).await;
    let mut picture = text(BEN, BoxPeer::Chat(chat), "see");
    picture.body.media = Some(photo());
    let refused = stores.boxes.send(vec![picture.clone()]).await;
    assert_eq!(refused, Err(Denial::MediaForbidden.into()));
    assert!(stores.boxes.send(vec![text(BEN, BoxPeer::Chat(chat), "words")]).await.is_ok());
    assert!(stores.boxes.send(vec![NewBoxMessage { sender: ANN, ..picture }]).await.is_ok());

    forbid(BannedRights { send_messages: true, ..BannedRights::default() }).await;
    let refused = stores.boxes.send(vec![text(BEN, BoxPeer::Chat(chat), "words")]).await;
    assert_eq!(refused, Err(Denial::WriteForbidden.into()));
}

/// What the server says about a group is not checked.
pub async fn service_messages_need_no_right(stores: &Stores) {
    let chat = group(stores, &[ANN, BEN]).await;
    let mut new = text(CAT, BoxPeer::Chat(chat), "");
    new.body.action = Some(model::message::Action::ChatDeleteUser { user: CAT });
    let owners: Vec<_> = send(stores, new).await.copies.iter().map(|copy| copy.owner).collect();
    assert_eq!(owners, [CAT, ANN, BEN]);
}

/// Each box names its own number of the message replied to, or none.
pub async fn a_reply_is_numbered_anew_in_each_box(stores: &Stores) {
    say(stores, BEN, CAT, "shifts Ben's numbers").await;
    let (asked, _) = say(stores, ANN, BEN, "question").await;
    let in_bens_box = MessageId(2);
    let reply =
        NewBoxMessage { reply_to: Some(in_bens_box), ..text(BEN, BoxPeer::User(ANN), "answer") };
    let sent = send(stores, reply.clone()).await;
    assert_eq!(sent.copies[0].message.reply_to, Some(in_bens_box));
    assert_eq!(sent.copies[1].message.reply_to, Some(asked));

    stores.boxes.delete(ANN, &[asked], false).await.expect("hers");
    let sent = send(stores, reply).await;
    assert_eq!(sent.copies[0].message.reply_to, Some(in_bens_box));
    assert_eq!(sent.copies[1].message.reply_to, None);
}

/// A number of another chat, or of nothing, is no reply.
pub async fn a_reply_to_nothing_is_none(stores: &Stores) {
    let (elsewhere, _) = say(stores, ANN, CAT, "elsewhere").await;
    for reply_to in [elsewhere, MessageId(99)] {
        let reply =
            NewBoxMessage { reply_to: Some(reply_to), ..text(ANN, BoxPeer::User(BEN), "re") };
        let sent = send(stores, reply).await;
        assert!(sent.copies.iter().all(|copy| copy.message.reply_to.is_none()));
    }
}

/// By public name, by id, and by a reply; never oneself, never in private chats.
pub async fn mentions_count_in_groups_only(stores: &Stores) {
    let chat = group(stores, &[ANN, BEN, CAT]).await;
    let asked = say_in(stores, CAT, chat, "question").await;
    let in_anns_box = MessageId(asked.0);
    let mut new = text(ANN, BoxPeer::Chat(chat), "@ben");
    new.mentions = vec![BEN, ANN];
    new.reply_to = Some(in_anns_box);
    let mentioned: Vec<_> = send(stores, new.clone())
        .await
        .copies
        .iter()
        .map(|copy| (copy.owner, copy.message.mentioned, copy.message.media_unread))
        .collect();
    assert_eq!(mentioned, [(ANN, false, false), (BEN, true, true), (CAT, true, true)]);

    let mut by_id = text(ANN, BoxPeer::Chat(chat), "you");
    by_id.body.entities = vec![mention(BEN)];
    assert!(matches!(by_id.body.entities[0].kind, EntityKind::MentionName { user: BEN }));
    let sent = send(stores, by_id).await;
    assert!(sent.copies[1].message.mentioned && !sent.copies[2].message.mentioned);

    let private = NewBoxMessage { peer: BoxPeer::User(BEN), reply_to: None, ..new };
    assert!(!send(stores, private).await.copies[1].message.mentioned);
}

/// A voice message waits to be played, in the author's box too.
pub async fn voices_are_unplayed_on_both_sides(stores: &Stores) {
    for class in [MediaClass::Voice, MediaClass::RoundVideo] {
        let mut new = text(ANN, BoxPeer::User(BEN), "");
        new.body.media = Some(document(class));
        let sent = send(stores, new).await;
        assert!(sent.copies.iter().all(|copy| copy.message.media_unread));
    }
    let mut music = text(ANN, BoxPeer::User(BEN), "");
    music.body.media = Some(document(MediaClass::Music));
    assert!(send(stores, music).await.copies.iter().all(|copy| !copy.message.media_unread));
}

/// The viewer's own are marked as such.
pub async fn reactions_are_seen_in_every_box(stores: &Stores) {
    let chat = group(stores, &[ANN, BEN, CAT]).await;
    let id = say_in(stores, ANN, chat, "news").await;
    stores.boxes.react(CAT, id, emoji(&["👍", "👍"]), NOW).await.expect("there");
    let boxes = stores.boxes.react(BEN, id, emoji(&["🔥", "👍"]), later(1)).await.expect("there");
    let owners: Vec<_> = boxes.iter().map(|(owner, _)| *owner).collect();
    assert_eq!(owners, [BEN, ANN, CAT]);
    let counts = vec![("👍".to_owned(), 2), ("🔥".to_owned(), 1)];
    for (owner, seen) in &boxes {
        assert_eq!(seen.reactions.counts, counts);
        assert_eq!(message(stores, *owner, seen.id).await, *seen);
    }
    assert_eq!(boxes[0].1.reactions.mine, ["🔥", "👍"]);
    assert!(boxes[1].1.reactions.mine.is_empty());

    let boxes = stores.boxes.react(BEN, id, Vec::new(), later(2)).await.expect("there");
    assert_eq!(boxes[1].1.reactions.counts, [("👍".to_owned(), 1)]);
    let missing = stores.boxes.react(BEN, MessageId(99), emoji(&["👍"]), NOW).await;
    assert_eq!(missing, Err(Error::NotFound));
}

/// By emoji or all, in pages.
pub async fn reactions_are_listed_newest_first(stores: &Stores) {
    let chat = group(stores, &[ANN, BEN, CAT]).await;
    let id = say_in(stores, ANN, chat, "news").await;
    for (second, user) in (0..).zip([ANN, BEN, CAT]) {
        stores.boxes.react(user, id, emoji(&["👍"]), later(second)).await.expect("there");
    }
    stores.boxes.react(ANN, id, emoji(&["🔥"]), later(9)).await.expect("there");
    let who = |page: &[model::reaction::Reaction]| -> Vec<UserId> {
        page.iter().map(|reaction| reaction.user).collect()
    };
    let (page, total) = stores.boxes.reactions(BEN, id, None, 0, 2).await.expect("there");
    assert_eq!((who(&page), total), (vec![ANN, CAT], 3));
    let (page, total) = stores.boxes.reactions(BEN, id, Some("👍"), 1, 10).await.expect("there");
    assert_eq!((who(&page), total), (vec![BEN], 2));
}

/// They stay while anybody has the message, and no longer.
pub async fn reactions_die_with_the_last_copy(stores: &Stores) {
    let (own, other) = say(stores, ANN, BEN, "news").await;
    stores.boxes.react(ANN, own, emoji(&["👍"]), NOW).await.expect("there");
    stores.boxes.delete(ANN, &[own], false).await.expect("hers");
    assert_eq!(message(stores, BEN, other).await.reactions.counts.len(), 1);
    stores.boxes.delete(BEN, &[other], false).await.expect("his");
    assert_eq!(stores.boxes.reactions(BEN, other, None, 0, 10).await, Err(Error::NotFound));
}

/// Unknown and deleted ones are left out.
pub async fn messages_come_in_the_order_asked(stores: &Stores) {
    for words in ["one", "two", "three"] {
        say(stores, ANN, BEN, words).await;
    }
    stores.boxes.delete(ANN, &[MessageId(2)], false).await.expect("hers");
    let ids = [3, 99, 2, 1].map(MessageId);
    let found = stores.boxes.messages(ANN, &ids).await.expect("readable");
    let found: Vec<_> = found.iter().map(|message| message.id.0).collect();
    assert_eq!(found, [3, 1]);
}

/// Clients take 0 for unknown, so a box begins at 1.
pub async fn an_empty_box_is_at_the_start(stores: &Stores) {
    assert_eq!(stores.boxes.pts(ANN).await, Ok(Pts(1)));
    assert_eq!(stores.boxes.events(ANN, Pts(0), 10).await, Ok(Vec::new()));
    assert_eq!(stores.boxes.events(ANN, Pts(1), 10).await, Ok(Vec::new()));
}

async fn all_kinds_of_events(stores: &Stores) {
    let (own, other) = say(stores, ANN, BEN, "one").await;
    say(stores, ANN, BEN, "two").await;
    say(stores, BEN, ANN, "three").await;
    stores.boxes.edit(ANN, own, body("edited"), Some(later(1))).await.expect("hers");
    stores.boxes.read(BEN, Peer::User(ANN), MessageId(0), later(2)).await.expect("unread");
    stores.boxes.pin(ANN, Peer::User(BEN), &[own], true, true).await.expect("a private chat");
    stores.boxes.delete(BEN, &[other, MessageId(2)], true).await.expect("his");
    say(stores, BEN, ANN, "four").await;
}

/// Every position is covered once, in every box.
pub async fn events_have_no_holes(stores: &Stores) {
    all_kinds_of_events(stores).await;
    for owner in [ANN, BEN] {
        let events = stores.boxes.events(owner, Pts(1), 100).await.expect("readable");
        let end = stores.boxes.pts(owner).await.expect("readable");
        let places = events.iter().map(|entry| (entry.pts, entry.pts_count));
        assert_eq!(check_sequence(places, end), Ok(()));
    }
}

/// What was deleted since is named without content; what was edited shows as it is now.
pub async fn events_show_the_present_state(stores: &Stores) {
    all_kinds_of_events(stores).await;
    let events = stores.boxes.events(ANN, Pts(1), 100).await.expect("readable");
    let events: Vec<_> = events.into_iter().map(|entry| entry.event).collect();
    assert_eq!(events[0], BoxEvent::NewMessage(None));
    assert_eq!(events[1], BoxEvent::NewMessage(None));
    let BoxEvent::NewMessage(Some(third)) = &events[2] else { panic!("it is there") };
    assert_eq!(third.body.text, "three");
    assert_eq!(events[3], BoxEvent::EditMessage(None));
    let (peer, max_id) = (Peer::User(BEN), MessageId(2));
    let read = StoredBoxEvent::ReadHistoryOutbox { peer, max_id };
    assert_eq!(events[4], BoxEvent::Stored(read));
    let pinned = StoredBoxEvent::PinnedMessages { peer, ids: vec![MessageId(1)], pinned: true };
    assert_eq!(events[5], BoxEvent::Stored(pinned));
    let gone = StoredBoxEvent::DeleteMessages { ids: vec![MessageId(1), MessageId(2)] };
    assert_eq!(events[6], BoxEvent::Stored(gone));
    assert!(matches!(&events[7], BoxEvent::NewMessage(Some(_))));
    assert_eq!(events.len(), 8);
}

/// From any position on, a part continues where the last one ended.
pub async fn events_come_in_parts(stores: &Stores) {
    all_kinds_of_events(stores).await;
    let all = stores.boxes.events(ANN, Pts(1), 100).await.expect("readable");
    for part in [1, 2, 3] {
        let mut read = Vec::new();
        let mut after = Pts(1);
        loop {
            let next = stores.boxes.events(ANN, after, part).await.expect("readable");
            let Some(last) = next.last() else { break };
            after = last.pts;
            read.extend(next);
        }
        assert_eq!(read, all);
    }
}
