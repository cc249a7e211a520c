//! Cases of reactions that the authors of messages have not seen: of the dialogs port, with what boxes and logs show of them.

use model::event::AccountEvent;
use model::message::Message;
use model::{MessageId, Peer, UserId};

use super::channel_scene::{self, Scene, kicked};
use super::support::{NOW, later};
use super::writing::{ANN, BEN, CAT, group, message, say, say_in};
use crate::Stores;
use crate::ports::boxes::DeleteHistory;
use crate::ports::channels::NewChannelMessage;
use crate::ports::dialogs::SeenReactions;

/// The names of this file's cases.
#[macro_export]
macro_rules! unread_reactions_cases {
    ($make:expr) => {
        $crate::conformance_cases!(
            unread_reactions,
            $make,
            [
                reactions_of_others_wait_for_the_author,
                what_is_taken_back_waits_no_longer,
                only_what_came_since_is_unread,
                members_of_a_group_wait_for_each_other,
                the_oldest_of_a_chat_are_seen_first,
                a_deleted_message_waits_no_longer,
                members_of_a_supergroup_hear_of_reactions,
                who_leaves_a_supergroup_is_not_waited_for,
                posts_of_a_channel_have_no_author_to_wait_for,
                a_thread_of_a_supergroup_is_seen_by_itself,
                who_is_away_is_told_once_which_message_it_was,
                the_author_sees_in_the_list_which_are_unread,
            ]
        );
    };
}

async fn react(stores: &Stores, user: UserId, id: MessageId, emoji: &[&str]) {
    let emoji = emoji.iter().map(|one| (*one).to_owned()).collect();
    stores.boxes.react(user, id, emoji, NOW).await.expect("a message of theirs");
}

/// What waits for somebody in a chat, newest first; the dialog counts as many.
async fn waiting(stores: &Stores, owner: UserId, peer: Peer) -> Vec<MessageId> {
    let ids = stores.dialogs.unread_reactions(owner, peer, None, 100).await.expect("readable");
    let page = stores.dialogs.peer_dialogs(owner, &[peer]).await.expect("readable");
    assert_eq!(usize::try_from(page.dialogs[0].unread_reactions), Ok(ids.len()));
    ids
}

/// The people whose reactions a message shows, newest first, and whether they are unread.
fn shown(message: &Message) -> Vec<(UserId, bool)> {
    message.reactions.recent.iter().map(|one| (one.user, one.unread)).collect()
}

/// Marks as seen; answers the messages that the author's devices are told of.
async fn see(stores: &Stores, owner: UserId, seen: SeenReactions) -> Vec<(Peer, MessageId)> {
    let entries = stores.dialogs.see_reactions(owner, seen, NOW).await.expect("writable");
    let kept = stores.accounts.account_events(owner, NOW, 100).await.expect("readable");
    assert!(entries.iter().all(|entry| kept.contains(entry)));
    let told = entries.into_iter().map(|entry| match entry.event {
        AccountEvent::MessageReactions { peer, id } => (peer, id),
        other => panic!("{other:?}"),
    });
    told.collect()
}

/// Their own do not, and nobody else is told that they wait.
pub async fn reactions_of_others_wait_for_the_author(stores: &Stores) {
    let (own, theirs) = say(stores, ANN, BEN, "hello").await;
    let (ben, ann) = (Peer::User(BEN), Peer::User(ANN));
    react(stores, ANN, own, &["🔥"]).await;
    assert_eq!(waiting(stores, ANN, ben).await, []);
    react(stores, BEN, theirs, &["👍"]).await;
    assert_eq!(
        (waiting(stores, ANN, ben).await, waiting(stores, BEN, ann).await),
        (vec![own], vec![])
    );
    let mine = message(stores, ANN, own).await;
    assert_eq!(shown(&mine), [(BEN, true), (ANN, false)]);
    let of_ben = stores.boxes.messages(BEN, &[theirs]).await.expect("readable");
    assert_eq!(shown(&of_ben[0]), [(BEN, false), (ANN, false)]);
    // A page of history says the same as one message.
    let events = stores.boxes.messages(ANN, &[own]).await.expect("readable");
    assert_eq!(shown(&events[0]), shown(&mine));
    let unknown = vec![theirs, MessageId(99)];
    assert_eq!(see(stores, BEN, SeenReactions::InBox(unknown)).await, []);
    assert_eq!(see(stores, ANN, SeenReactions::InBox(vec![own])).await, [(ben, own)]);
    assert_eq!(see(stores, ANN, SeenReactions::InBox(vec![own])).await, []);
    assert_eq!(waiting(stores, ANN, ben).await, []);
    assert_eq!(shown(&message(stores, ANN, own).await), [(BEN, false), (ANN, false)]);
}

/// Unless somebody else's still does.
pub async fn what_is_taken_back_waits_no_longer(stores: &Stores) {
    let chat = group(stores, &[ANN, BEN, CAT]).await;
    let own = say_in(stores, ANN, chat, "hello").await;
    let copy = async |who| {
        let window = model::dialog::HistoryWindow { limit: 1, ..Default::default() };
        let page = stores.boxes.history(who, Peer::Chat(chat), window).await.expect("readable");
        page.messages[0].id
    };
    let (of_ben, of_cat) = (copy(BEN).await, copy(CAT).await);
    react(stores, BEN, of_ben, &["👍"]).await;
    react(stores, CAT, of_cat, &["👍"]).await;
    react(stores, BEN, of_ben, &[]).await;
    assert_eq!(waiting(stores, ANN, Peer::Chat(chat)).await, [own]);
    react(stores, CAT, of_cat, &["🔥"]).await;
    assert_eq!(shown(&message(stores, ANN, own).await), [(CAT, true)]);
    react(stores, ANN, own, &["🐦"]).await;
    react(stores, CAT, of_cat, &[]).await;
    assert_eq!(waiting(stores, ANN, Peer::Chat(chat)).await, []);
    assert_eq!(shown(&message(stores, ANN, own).await), [(ANN, false)]);
}

/// In a supergroup, where numbers of what was taken back are given out again.
pub async fn only_what_came_since_is_unread(stores: &Stores) {
    let scene = channel_scene::group(stores).await;
    let (&Scene { owner, admin, member, .. }, peer) = (&scene, Peer::Channel(scene.id));
    let id = scene.say(owner, "hello").await;
    let react = async |user, emoji: &[&str]| {
        let emoji = emoji.iter().map(|one| (*one).to_owned()).collect();
        scene
            .stores
            .channels
            .react_to_post(scene.id, user, id, emoji, later(1))
            .await
            .expect("may");
    };
    react(admin, &["👍"]).await;
    assert_eq!(see(stores, owner, SeenReactions::Oldest(peer, None, 9)).await, [(peer, id)]);
    react(member, &["👍", "🔥"]).await;
    let recent = shown(&scene.message(owner, id).await);
    assert_eq!(recent, [(member, true), (member, true), (admin, false)]);
    react(member, &["🐦"]).await;
    let recent = shown(&scene.message(owner, id).await);
    assert_eq!(recent, [(member, true), (admin, false)]);
    assert_eq!(shown(&scene.message(admin, id).await), [(member, false), (admin, false)]);
    react(member, &[]).await;
    assert_eq!(waiting(stores, owner, peer).await, []);
    react(admin, &["🔥"]).await;
    assert_eq!(shown(&scene.message(owner, id).await), [(admin, true)]);
}

/// Who left a group hears no more of what is said to their messages.
pub async fn members_of_a_group_wait_for_each_other(stores: &Stores) {
    let chat = group(stores, &[ANN, BEN]).await;
    let peer = Peer::Chat(chat);
    let own = say_in(stores, BEN, chat, "hello").await;
    let window = model::dialog::HistoryWindow { limit: 1, ..Default::default() };
    let of_ann = stores.boxes.history(ANN, peer, window).await.expect("readable").messages[0].id;
    stores.chats.remove_member(chat, BEN, BEN).await.expect("anybody may leave");
    react(stores, ANN, of_ann, &["👍"]).await;
    assert_eq!(waiting(stores, BEN, peer).await, []);
    stores.chats.add_member(chat, ANN, BEN, NOW).await.expect("the creator may");
    react(stores, ANN, of_ann, &["🔥"]).await;
    assert_eq!(waiting(stores, BEN, peer).await, [own]);
}

/// At most as many as were asked for.
pub async fn the_oldest_of_a_chat_are_seen_first(stores: &Stores) {
    let peer = Peer::User(BEN);
    let mut ids = Vec::new();
    for words in ["one", "two", "three"] {
        let (own, theirs) = say(stores, ANN, BEN, words).await;
        react(stores, BEN, theirs, &["👍"]).await;
        ids.push(own);
    }
    let other = say(stores, ANN, CAT, "four").await;
    react(stores, CAT, other.1, &["👍"]).await;
    let newest = stores.dialogs.unread_reactions(ANN, peer, None, 2).await;
    assert_eq!(newest, Ok(vec![ids[2], ids[1]]));
    let seen = see(stores, ANN, SeenReactions::Oldest(peer, None, 2)).await;
    assert_eq!(seen, [(peer, ids[0]), (peer, ids[1])]);
    assert_eq!(waiting(stores, ANN, peer).await, [ids[2]]);
    assert_eq!(waiting(stores, ANN, Peer::User(CAT)).await, [other.0]);
}

/// In a box and in a log; nor what somebody cleared for themselves.
pub async fn a_deleted_message_waits_no_longer(stores: &Stores) {
    let (own, theirs) = say(stores, ANN, BEN, "one").await;
    let (_, second) = say(stores, ANN, BEN, "two").await;
    react(stores, BEN, theirs, &["👍"]).await;
    react(stores, BEN, second, &["👍"]).await;
    stores.boxes.delete(ANN, &[own], true).await.expect("hers");
    assert_eq!(waiting(stores, ANN, Peer::User(BEN)).await.len(), 1);
    let all = DeleteHistory {
        owner: ANN,
        peer: Peer::User(BEN),
        max_id: MessageId(0),
        revoke: false,
        keep_dialog: false,
        min_date: None,
        max_date: None,
        limit: 9,
    };
    stores.boxes.delete_history(all).await.expect("hers");
    assert_eq!(waiting(stores, ANN, Peer::User(BEN)).await, []);
    let scene = channel_scene::group(stores).await;
    let (member, peer, thumb) = (scene.member, Peer::Channel(scene.id), || vec!["👍".to_owned()]);
    let mut ids = Vec::new();
    for words in ["one", "two", "three"] {
        let id = scene.say(member, words).await;
        let port = &stores.channels;
        port.react_to_post(scene.id, scene.owner, id, thumb(), NOW).await.expect("may");
        ids.push(id);
    }
    scene.delete(&[ids[2]]).await;
    assert_eq!(waiting(stores, member, peer).await, [ids[1], ids[0]]);
    stores.channels.clear_channel(scene.id, member, ids[0], NOW).await.expect("a member");
    assert_eq!(waiting(stores, member, peer).await, [ids[1]]);
}

/// By the numbers of the log.
pub async fn members_of_a_supergroup_hear_of_reactions(stores: &Stores) {
    let scene = channel_scene::group(stores).await;
    let (&Scene { owner, member, .. }, peer) = (&scene, Peer::Channel(scene.id));
    let id = scene.say(member, "hello").await;
    let emoji = vec!["👍".to_owned()];
    stores.channels.react_to_post(scene.id, owner, id, emoji, NOW).await.expect("may");
    assert_eq!(waiting(stores, member, peer).await, [id]);
    let seen = |ids| SeenReactions::InChannel(scene.id, ids);
    assert_eq!(see(stores, owner, seen(vec![id])).await, []);
    assert_eq!(see(stores, member, SeenReactions::InBox(vec![id])).await, []);
    assert_eq!(see(stores, member, seen(vec![MessageId(99), id])).await, [(peer, id)]);
    assert_eq!(waiting(stores, member, peer).await, []);
}

/// Nor told of what comes later.
pub async fn who_leaves_a_supergroup_is_not_waited_for(stores: &Stores) {
    let scene = channel_scene::group(stores).await;
    let (&Scene { owner, admin, member, .. }, peer) = (&scene, Peer::Channel(scene.id));
    let id = scene.say(member, "hello").await;
    let react = async |user| {
        let emoji = vec!["👍".to_owned()];
        stores.channels.react_to_post(scene.id, user, id, emoji, NOW).await.expect("may");
    };
    react(owner).await;
    scene.ban(member, kicked()).await;
    react(admin).await;
    scene.ban(member, model::rights::BannedRights::default()).await;
    scene.add(&[member]).await;
    assert_eq!(waiting(stores, member, peer).await, []);
    assert_eq!(shown(&scene.message(member, id).await), [(admin, false), (owner, false)]);
}

/// Whoever signed them.
pub async fn posts_of_a_channel_have_no_author_to_wait_for(stores: &Stores) {
    let scene = channel_scene::broadcast(stores).await;
    let id = scene.say(scene.owner, "news").await;
    let emoji = vec!["👍".to_owned()];
    stores.channels.react_to_post(scene.id, scene.member, id, emoji, NOW).await.expect("may");
    assert_eq!(waiting(stores, scene.owner, Peer::Channel(scene.id)).await, []);
}

/// What waits elsewhere waits on; where there are no threads, nothing is in one.
pub async fn a_thread_of_a_supergroup_is_seen_by_itself(stores: &Stores) {
    let scene = channel_scene::group(stores).await;
    let (&Scene { owner, member, .. }, peer) = (&scene, Peer::Channel(scene.id));
    let top = scene.say(member, "top").await;
    let answer = async |reply_to| {
        let new = scene.written(member, channel_scene::text("reply"));
        scene.post(NewChannelMessage { reply_to, ..new }).await.id
    };
    let (first, second) = (answer(Some(top)).await, answer(Some(top)).await);
    for id in [top, first, second] {
        let emoji = vec!["👍".to_owned()];
        stores.channels.react_to_post(scene.id, owner, id, emoji, NOW).await.expect("may");
    }
    let listed = async |peer, thread| {
        stores.dialogs.unread_reactions(member, peer, thread, 9).await.expect("readable")
    };
    assert_eq!(listed(peer, Some(top)).await, [second, first]);
    assert_eq!(listed(peer, Some(first)).await, []);
    assert_eq!(listed(peer, None).await, [second, first, top]);
    let oldest = |thread, limit| SeenReactions::Oldest(peer, Some(thread), limit);
    assert_eq!(see(stores, member, oldest(first, 9)).await, []);
    assert_eq!(see(stores, member, oldest(top, 1)).await, [(peer, first)]);
    assert_eq!(see(stores, member, oldest(top, 9)).await, [(peer, second)]);
    assert_eq!(waiting(stores, member, peer).await, [top]);
    let (own, theirs) = say(stores, ANN, BEN, "hello").await;
    react(stores, BEN, theirs, &["👍"]).await;
    let with_ben = Peer::User(BEN);
    let in_box = stores.dialogs.unread_reactions(ANN, with_ben, Some(own), 9).await;
    assert_eq!(in_box, Ok(Vec::new()));
    let seen = SeenReactions::Oldest(with_ben, Some(own), 9);
    assert_eq!(see(stores, ANN, seen).await, []);
}

/// By an account event, as the log does not move; and once more when nothing waits any longer.
pub async fn who_is_away_is_told_once_which_message_it_was(stores: &Stores) {
    let scene = channel_scene::group(stores).await;
    let (&Scene { owner, admin, member, .. }, peer) = (&scene, Peer::Channel(scene.id));
    let id = scene.say(member, "hello").await;
    let (pts, away) = (scene.pts().await, later(5));
    let react = async |user, emoji: &[&str]| {
        let emoji = emoji.iter().map(|one| (*one).to_owned()).collect();
        stores.channels.react_to_post(scene.id, user, id, emoji, later(9)).await.expect("may");
    };
    let told = async |user| {
        let events = stores.accounts.account_events(user, away, 100).await.expect("readable");
        events.into_iter().map(|entry| entry.event).collect::<Vec<_>>()
    };
    let event = || AccountEvent::MessageReactions { peer, id };
    react(member, &["👍"]).await;
    assert_eq!(told(member).await, []);
    react(owner, &["👍"]).await;
    react(admin, &["👍", "🔥"]).await;
    react(owner, &["🔥"]).await;
    assert_eq!(told(member).await, [event()]);
    react(owner, &[]).await;
    assert_eq!(told(member).await, [event()]);
    react(admin, &[]).await;
    assert_eq!(told(member).await, [event(), event()]);
    assert_eq!((told(owner).await, told(admin).await), (Vec::new(), Vec::new()));
    assert_eq!(scene.pts().await, pts);
    scene.ban(member, kicked()).await;
    let before = told(member).await;
    react(owner, &["👍"]).await;
    assert_eq!(told(member).await, before);
}

/// In a box and in a log; others are told nothing of it.
pub async fn the_author_sees_in_the_list_which_are_unread(stores: &Stores) {
    let chat = group(stores, &[ANN, BEN, CAT]).await;
    let own = say_in(stores, ANN, chat, "hello").await;
    let window = model::dialog::HistoryWindow { limit: 1, ..Default::default() };
    let of_ben = stores.boxes.history(BEN, Peer::Chat(chat), window).await.expect("readable");
    let of_ben = of_ben.messages[0].id;
    react(stores, BEN, of_ben, &["👍"]).await;
    see(stores, ANN, SeenReactions::InBox(vec![own])).await;
    react(stores, ANN, own, &["👍"]).await;
    react(stores, BEN, of_ben, &["🔥"]).await;
    let list = async |owner, id, emoji| {
        let (list, _) = stores.boxes.reactions(owner, id, emoji, 0, 9).await.expect("there");
        list.into_iter().map(|one| (one.user, one.unread)).collect::<Vec<_>>()
    };
    assert_eq!(list(ANN, own, None).await, [(BEN, true), (ANN, false)]);
    assert_eq!(list(ANN, own, Some("🔥")).await, [(BEN, true)]);
    assert_eq!(list(BEN, of_ben, None).await, [(BEN, false), (ANN, false)]);
    let scene = channel_scene::group(stores).await;
    let id = scene.say(scene.member, "hello").await;
    let react = async |user| {
        let emoji = vec!["👍".to_owned()];
        stores.channels.react_to_post(scene.id, user, id, emoji, NOW).await.expect("may");
    };
    react(scene.admin).await;
    see(stores, scene.member, SeenReactions::InChannel(scene.id, vec![id])).await;
    react(scene.member).await;
    react(scene.owner).await;
    let list = async |viewer| {
        let page = stores.channels.post_reactions(scene.id, viewer, id, None, (0, 9)).await;
        page.expect("there").0.into_iter().map(|one| (one.user, one.unread)).collect::<Vec<_>>()
    };
    let seen = |waits| [(scene.owner, waits), (scene.member, false), (scene.admin, false)];
    assert_eq!(list(scene.member).await, seen(true));
    assert_eq!(list(scene.admin).await, seen(false));
}
