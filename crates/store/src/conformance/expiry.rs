//! Cases of what comes to its end by itself: messages with a timer, media that is seen once.

use model::event::{BoxEvent, ChannelEvent};
use model::media::Media;
use model::message::{Action, Body, ONCE_S, TTL_ONCE};
use model::{MessageId, Peer, PhotoId, Pts, UnixTime, UserId};

use super::channel_scene::{self, Scene};
use super::support::{NOW, later, people};
use super::writing::{find, keep_carried, query, send, text};
use crate::ports::acts::{ChannelAct, ChatAct, box_message};
use crate::ports::boxes::{BoxPeer, NewBoxMessage, Sent};
use crate::ports::channels::NewChannelMessage;
use crate::ports::upkeep::Counting;
use crate::{Error, Stores};

/// The names of this file's cases.
#[macro_export]
macro_rules! expiry_cases {
    ($make:expr) => {
        $crate::conformance_cases!(
            expiry,
            $make,
            [
                copies_end_for_everybody,
                ends_come_in_their_order,
                media_ends_after_it_was_seen,
                an_edit_beside_the_first_look_takes_nothing_back,
                media_in_the_place_of_what_was_seen_stays,
                posts_end_with_their_copies,
                a_private_timer_is_told_on_both_sides,
                a_timer_does_not_reach_who_blocked_its_author,
                a_chat_begins_once,
                groups_and_channels_tell_of_their_timers,
                the_clock_never_goes_back,
                time_that_nobody_saw_pass_is_not_counted,
            ]
        );
    };
}

fn timed(sender: UserId, peer: BoxPeer, words: &str, end: UnixTime) -> NewBoxMessage {
    let mut new = text(sender, peer, words);
    new.body.ttl_period = Some(9);
    new.body.expires = Some(end);
    new
}

/// In each box, as one change for all that end at once, and nothing a moment too early.
pub async fn copies_end_for_everybody(stores: &Stores) {
    let [ann, ben] = people(stores).await;
    let peer = BoxPeer::User(ben);
    for words in ["one", "two"] {
        send(stores, timed(ann, peer, words, later(9))).await;
    }
    let kept = send(stores, text(ann, peer, "kept")).await.copies[0].message.id;
    let early = stores.boxes.expire(later(8), 9).await.unwrap();
    assert_eq!((early.looked_at, early.changes), (0, Vec::new()));
    let due = stores.boxes.expire(later(9), 9).await.unwrap();
    assert_eq!(due.looked_at, 4);
    let mut moved: Vec<_> =
        due.changes.iter().map(|change| (change.owner, change.pts, change.pts_count)).collect();
    moved.sort_unstable();
    assert_eq!(moved, [(ann, Pts(6), 2), (ben, Pts(6), 2)]);
    for owner in [ann, ben] {
        let events = stores.boxes.events(owner, Pts(4), 9).await.unwrap();
        assert!(matches!(&events[..], [only] if only.pts_count == 2), "{events:?}");
        assert!(find(stores, owner, MessageId(1)).await.is_none());
    }
    assert!(find(stores, ann, kept).await.is_some());
    assert_eq!(stores.boxes.expire(later(99), 9).await.unwrap().looked_at, 0);
}

/// The bound holds, and what ended first goes first.
pub async fn ends_come_in_their_order(stores: &Stores) {
    let [ann] = people(stores).await;
    let own = BoxPeer::User(ann);
    for (words, end) in [("late", 3), ("early", 1), ("middle", 2)] {
        send(stores, timed(ann, own, words, later(end))).await;
    }
    for left in [[1, 3].as_slice(), &[1], &[]] {
        assert_eq!(stores.boxes.expire(later(9), 1).await.unwrap().looked_at, 1);
        let mut there = Vec::new();
        for id in 1..=3 {
            there.extend(find(stores, ann, MessageId(id)).await.map(|message| message.id.0));
        }
        assert_eq!(there, left);
    }
}

/// The reader's act begins the time, for both copies; the message stays, an edit that does not show as one.
pub async fn media_ends_after_it_was_seen(stores: &Stores) {
    let [ann, ben] = people(stores).await;
    keep_carried(stores).await;
    for (ttl_s, seen_s) in [(5, 5), (TTL_ONCE, ONCE_S)] {
        let mut new = text(ann, BoxPeer::User(ben), "look");
        let media = Media::Photo { photo: PhotoId(1), spoiler: false, ttl_s: Some(ttl_s) };
        new.body.media = Some(media);
        let copies = send(stores, new).await.copies;
        let (own, theirs) = (copies[0].message.id, copies[1].message.id);
        assert_eq!(stores.boxes.read_contents(ann, &[own], NOW, NOW).await, Ok(Vec::new()));
        assert_eq!(stores.boxes.expire(later(999), 9).await.unwrap().looked_at, 0);
        stores.boxes.read_contents(ben, &[theirs], NOW, later(100)).await.unwrap();
        let before = stores.boxes.expire(later(99 + seen_s), 9).await.unwrap();
        assert_eq!(before.looked_at, 0);
        let due = stores.boxes.expire(later(100 + seen_s), 9).await.unwrap();
        assert_eq!((due.looked_at, due.changes.len()), (2, 2));
        for (owner, id) in [(ann, own), (ben, theirs)] {
            let message = find(stores, owner, id).await.expect("the message stays");
            let gone = Media::Photo { photo: PhotoId(0), spoiler: false, ttl_s: Some(ttl_s) };
            assert_eq!(message.body, Body { media: Some(gone), ..Body::default() });
            assert_eq!(message.edit_date, None);
            let pts = Pts(message_pts(stores, owner).await - 1);
            let events = stores.boxes.events(owner, pts, 9).await.unwrap();
            assert!(matches!(&events[0].event, BoxEvent::EditMessage(Some(m)) if m.id == id));
        }
    }
    // Nothing carries it any more.
    assert_eq!(stores.media.destroy_unneeded(NOW, 9).await, Ok(1));
    assert_eq!(stores.media.photos(&[PhotoId(1)]).await, Ok(Vec::new()));
}

/// The end was that of the old media; what was written then is found like any text.
pub async fn media_in_the_place_of_what_was_seen_stays(stores: &Stores) {
    let [ann, ben] = people(stores).await;
    keep_carried(stores).await;
    stores.media.insert_photo(super::media::photo(2)).await.unwrap();
    let mut new = text(ann, BoxPeer::User(ben), "look");
    new.body.media = Some(Media::Photo { photo: PhotoId(1), spoiler: false, ttl_s: Some(60) });
    let copies = send(stores, new).await.copies;
    let (own, theirs) = (copies[0].message.id, copies[1].message.id);
    stores.boxes.read_contents(ben, &[theirs], NOW, NOW).await.unwrap();
    let media = Some(Media::Photo { photo: PhotoId(2), spoiler: false, ttl_s: None });
    let body = Body { media, text: "lasting".to_owned(), ..Body::default() };
    stores.boxes.edit(ann, own, body.clone(), None).await.unwrap();
    assert_eq!(stores.boxes.expire(later(999), 9).await.unwrap().looked_at, 0);
    for (owner, id) in [(ann, own), (ben, theirs)] {
        assert_eq!(find(stores, owner, id).await.map(|message| message.body), Some(body.clone()));
        let found = stores.boxes.search(owner, query("lasting")).await.unwrap();
        assert_eq!(found.messages.len(), 1);
    }
}

/// The author read the message before the other side opened it, and writes it after.
pub async fn an_edit_beside_the_first_look_takes_nothing_back(stores: &Stores) {
    let [ann, ben] = people(stores).await;
    keep_carried(stores).await;
    let mut new = text(ann, BoxPeer::User(ben), "look");
    new.body.media = Some(Media::Photo { photo: PhotoId(1), spoiler: false, ttl_s: Some(5) });
    let edited = Body { text: "see".to_owned(), ..new.body.clone() };
    let copies = send(stores, new).await.copies;
    let (own, theirs) = (copies[0].message.id, copies[1].message.id);
    stores.boxes.read_contents(ben, &[theirs], NOW, NOW).await.unwrap();
    stores.boxes.edit(ann, own, edited, Some(NOW)).await.unwrap();
    assert_eq!(stores.boxes.expire(later(4), 9).await.unwrap().looked_at, 0);
    assert_eq!(stores.boxes.expire(later(5), 9).await.unwrap().looked_at, 2);
}

async fn message_pts(stores: &Stores, owner: UserId) -> i32 {
    stores.boxes.pts(owner).await.unwrap().0
}

async fn post(scene: &Scene<'_>, end: Option<UnixTime>) -> MessageId {
    let body = Body { text: "post".to_owned(), expires: end, ..Body::default() };
    let new =
        NewChannelMessage { sender: scene.owner, ..NewChannelMessage::copy(scene.id, NOW, body) };
    scene.stores.channels.post(vec![new]).await.unwrap().remove(0).message.id
}

/// And the log says so once.
pub async fn posts_end_with_their_copies(stores: &Stores) {
    let scene = channel_scene::broadcast(stores).await;
    let (first, kept, last) = (
        post(&scene, Some(later(5))).await,
        post(&scene, None).await,
        post(&scene, Some(later(6))).await,
    );
    assert_eq!(stores.channels.expire_posts(later(4), 9).await.unwrap().looked_at, 0);
    let due = stores.channels.expire_posts(later(6), 9).await.unwrap();
    assert_eq!((due.looked_at, due.moved.len()), (2, 1));
    assert_eq!((due.moved[0].channel, due.moved[0].pts_count), (scene.id, 2));
    let all = [first, kept, last];
    let left = stores.channels.posts(scene.id, scene.member, &all).await.unwrap();
    assert_eq!(left.iter().map(|post| post.id).collect::<Vec<_>>(), [kept]);
    let after = Pts(due.moved[0].pts.0 - 2);
    let events = stores.channels.channel_events(scene.id, scene.member, after, 9).await.unwrap();
    assert!(
        matches!(&events[..], [only] if only.event == ChannelEvent::DeleteMessages(vec![first, last])),
        "{events:?}"
    );
}

/// One message in two boxes; setting what is set already is none.
pub async fn a_private_timer_is_told_on_both_sides(stores: &Stores) {
    let [ann, ben] = people(stores).await;
    let (own, theirs) = (Peer::User(ben), Peer::User(ann));
    assert_eq!(stores.dialogs.dialog_ttl(ann, own).await, Ok(None));
    let action = Action::SetMessagesTtl { period_s: 60, by_default_of: None };
    let set = async |period| {
        stores.dialogs.set_dialog_ttl_told(ann, ben, period, action.clone(), NOW).await
    };
    assert_eq!(set(None).await, Err(Error::NotModified));
    let sent = set(Some(60)).await.unwrap();
    assert_eq!(sent.copies.len(), 2);
    assert!(sent.copies.iter().all(|copy| copy.message.body.action == Some(action.clone())));
    assert_eq!(stores.dialogs.dialog_ttl(ann, own).await, Ok(Some(60)));
    assert_eq!(stores.dialogs.dialog_ttl(ben, theirs).await, Ok(Some(60)));
    assert_eq!(set(Some(60)).await, Err(Error::NotModified));
    set(None).await.unwrap();
    assert_eq!(stores.dialogs.dialog_ttl(ben, theirs).await, Ok(Some(0)));
}

/// Neither by hand nor as a chat begins.
pub async fn a_timer_does_not_reach_who_blocked_its_author(stores: &Stores) {
    let [ann, ben, carl] = people(stores).await;
    for blocker in [ben, carl] {
        stores.contacts.set_blocked(blocker, ann, true, NOW).await.unwrap();
    }
    let by_hand = Action::SetMessagesTtl { period_s: 60, by_default_of: None };
    let told = stores.dialogs.set_dialog_ttl_told(ann, ben, Some(60), by_hand, NOW).await.unwrap();
    assert_eq!(told.copies.len(), 1);
    assert_eq!(begin(stores, ann, carl).await.copies.len(), 1);
    for blocker in [ben, carl] {
        assert_eq!(stores.dialogs.dialog_ttl(ann, Peer::User(blocker)).await, Ok(Some(60)));
        assert_eq!(stores.dialogs.dialog_ttl(blocker, Peer::User(ann)).await, Ok(None));
        assert_eq!(stores.boxes.pts(blocker).await, Ok(Pts(1)));
    }
}

async fn begin(stores: &Stores, ann: UserId, other: UserId) -> Sent {
    let action = Action::SetMessagesTtl { period_s: 60, by_default_of: Some(ann) };
    let beginning = box_message(BoxPeer::User(other), (ann, action), NOW);
    stores.boxes.send(vec![beginning]).await.unwrap().remove(0)
}

/// With its timer on both sides; a chat that was there before is left as it is.
pub async fn a_chat_begins_once(stores: &Stores) {
    let [ann, ben, carl] = people(stores).await;
    let sent = begin(stores, ann, ben).await;
    assert_eq!((sent.duplicate, sent.copies.len()), (false, 2));
    for (owner, other) in [(ann, ben), (ben, ann)] {
        assert_eq!(stores.dialogs.dialog_ttl(owner, Peer::User(other)).await, Ok(Some(60)));
    }
    send(stores, text(ann, BoxPeer::User(carl), "old")).await;
    for other in [ben, carl] {
        let before = stores.boxes.pts(other).await.unwrap();
        let again = begin(stores, ann, other).await;
        assert_eq!((again.duplicate, again.copies.len()), (true, 0));
        assert_eq!(stores.boxes.pts(other).await, Ok(before));
    }
    assert_eq!(stores.dialogs.dialog_ttl(ann, Peer::User(carl)).await, Ok(Some(0)));
}

/// As other acts: the change and its message together.
pub async fn groups_and_channels_tell_of_their_timers(stores: &Stores) {
    let [ann, ben] = people(stores).await;
    let chat = stores.chats.create_chat(ann, "Terns".to_owned(), &[ben], None, NOW).await.unwrap();
    let told = stores.chats.act_in_chat(chat.id, ann, ChatAct::Timer(Some(60)), NOW).await.unwrap();
    assert_eq!(told.chat.ttl_period, Some(60));
    let action = Action::SetMessagesTtl { period_s: 60, by_default_of: None };
    let copies = told.sent.expect("something changed").copies;
    assert!(copies.len() == 2 && copies[0].message.body.action == Some(action.clone()));
    let again = stores.chats.act_in_chat(chat.id, ann, ChatAct::Timer(Some(60)), NOW).await;
    assert_eq!(again.map(drop), Err(Error::NotModified));
    let channel = channel_scene::create(stores, ann, true).await.id;
    let act = ChannelAct::Timer(Some(60));
    let told = stores.channels.act_in_channel(channel, ann, act, NOW).await.unwrap();
    assert_eq!(told.channel.ttl_period, Some(60));
    assert_eq!(told.posted.expect("something changed").message.body.action, Some(action));
}

/// A jump ahead counts for nothing, and its correction takes back what it was; small steps count both ways.
pub async fn time_that_nobody_saw_pass_is_not_counted(stores: &Stores) {
    let year = 365 * 86_400;
    let steps = [
        (0, 0, None),
        (50, 50, None),
        (150, 150, None),
        (140, 140, None),
        (140 + year, 140, Some(year)),
        (190 + year, 190, None),
        (180 + year, 190, None),
        (200, 190, None),
        (301, 190, Some(101)),
        (350, 239, None),
    ];
    for (now, time, jump_s) in steps {
        let counting = stores.upkeep.count_time(later(now), 100).await;
        assert_eq!(counting, Ok(Counting { time: later(time), jump_s }), "{now}");
    }
}

/// Whatever is noted, the highest is answered.
pub async fn the_clock_never_goes_back(stores: &Stores) {
    for (noted, highest) in [(5, 5), (3, 5), (9, 9), (9, 9)] {
        assert_eq!(stores.upkeep.raise_clock(later(noted)).await, Ok(later(highest)));
    }
}
