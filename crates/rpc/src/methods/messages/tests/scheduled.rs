//! Messages that wait for their time.

use model::Peer;
use services::messages::schedule::send_due;
use tl_api::functions::channels as fc;
use tl_api::functions::messages as f;
use tl_api::{enums, types};

use super::{history, say, shown, text};
use crate::testing::{Device, START, World, list};

fn at(seconds: i64) -> Option<i32> {
    Some(i32::try_from(START + seconds).unwrap())
}

/// The forwards of a channel's newest post.
async fn forwards(reader: &Device<'_>, channel: model::ChannelId) -> Option<i32> {
    let peer = reader.input_peer(Peer::Channel(channel));
    let newest = f::GetHistory { peer, limit: 1, ..Default::default() };
    let enums::messages::Messages::ChannelMessages(page) = reader.ok(newest).await else {
        panic!()
    };
    match &page.messages[..] {
        [enums::Message::Message(post)] => post.forwards,
        other => panic!("{other:?}"),
    }
}

/// When it is sent, by the clock or its author, not when it is written; and what is taken back counts for nothing.
#[tokio::test]
async fn a_scheduled_forward_counts_when_it_is_sent() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let id = channel(&anna).await;
    let news = anna.input_peer(Peer::Channel(id));
    let post = say(&anna, news.clone(), "news").await;
    let forward = |random_id: i64, seconds, to_peer| f::ForwardMessages {
        from_peer: news.clone(),
        id: vec![post],
        random_id: vec![random_id],
        to_peer,
        schedule_date: at(seconds),
        ..Default::default()
    };
    anna.ok(forward(1, 60, anna.peer(&ben))).await;
    anna.ok(forward(2, 3600, anna.peer(&ben))).await;
    anna.ok(forward(3, 60, supergroup_of(&anna).await)).await;
    let taken_back = anna.ok(forward(4, 60, enums::InputPeer::InputPeerSelf)).await;
    let enums::Update::UpdateMessageID(number) = &list(taken_back)[0] else { panic!() };
    let own = enums::InputPeer::InputPeerSelf;
    let delete = f::DeleteScheduledMessages { peer: own, id: vec![number.id] };
    anna.ok(delete).await;
    assert_eq!(forwards(&anna, id).await.unwrap_or(0), 0);
    world.pass(60);
    assert_eq!(send_due(&world.core).await, Ok(2));
    assert_eq!(forwards(&anna, id).await, Some(2));
    let waits = waiting(&anna, anna.peer(&ben)).await[0].0;
    let now = f::SendScheduledMessages { peer: anna.peer(&ben), id: vec![waits] };
    anna.ok(now).await;
    assert_eq!(forwards(&anna, id).await, Some(3));
    assert_eq!(send_due(&world.core).await, Ok(0));
    // It leaves for where it was meant to go, though its channel is gone.
    anna.ok(forward(5, 120, anna.peer(&ben))).await;
    anna.ok(fc::DeleteChannel { channel: anna.input_channel(id) }).await;
    world.pass(60);
    assert_eq!(send_due(&world.core).await, Ok(1));
    assert_eq!(history(&ben, ben.peer(&anna)).await.len(), 3);
}

async fn supergroup_of(owner: &Device<'_>) -> enums::InputPeer {
    owner.input_peer(Peer::Channel(supergroup(owner).await))
}

/// Schedules a text; answers its number in the schedule.
async fn schedule(from: &Device<'_>, peer: enums::InputPeer, message: &str, seconds: i64) -> i32 {
    let random_id = from.world.core.random.number() | 1;
    let request = f::SendMessage { schedule_date: at(seconds), ..text(peer, message, random_id) };
    let updates = list(from.ok(request).await);
    let [enums::Update::UpdateMessageID(number), enums::Update::UpdateNewScheduledMessage(new)] =
        updates.as_slice()
    else {
        panic!("{updates:?}")
    };
    let enums::Message::Message(new) = &new.message else { panic!("{updates:?}") };
    assert_eq!((number.id, number.random_id), (new.id, random_id));
    assert_eq!((new.date, new.from_scheduled, new.out), (at(seconds).unwrap(), true, true));
    number.id
}

async fn waiting(reader: &Device<'_>, peer: enums::InputPeer) -> Vec<(i32, String)> {
    shown(&reader.ok(f::GetScheduledHistory { peer, hash: 0 }).await)
}

async fn channel(owner: &Device<'_>) -> model::ChannelId {
    let new = fc::CreateChannel { broadcast: true, title: "News".to_owned(), ..Default::default() };
    create(owner, new).await
}

async fn supergroup(owner: &Device<'_>) -> model::ChannelId {
    let new = fc::CreateChannel { megagroup: true, title: "Talk".to_owned(), ..Default::default() };
    create(owner, new).await
}

async fn create(owner: &Device<'_>, new: fc::CreateChannel) -> model::ChannelId {
    let enums::Updates::Updates(made) = owner.ok(new).await else { panic!("updates") };
    match made.chats.first() {
        Some(enums::Chat::Channel(channel)) => model::ChannelId(channel.id),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_message_is_sent_at_its_time_and_never_before() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let phone = world.device(anna.user());
    let mut ears = phone.listen().await;
    let id = schedule(&anna, anna.peer(&ben), "later", 60).await;
    assert!(matches!(&ears.hear().await[..], [enums::Update::UpdateNewScheduledMessage(_)]));
    assert_eq!(waiting(&phone, phone.peer(&ben)).await, [(id, "later".to_owned())]);
    assert_eq!(waiting(&ben, ben.peer(&anna)).await, []);
    world.pass(59);
    assert_eq!(send_due(&world.core).await, Ok(0));
    assert_eq!(history(&ben, ben.peer(&anna)).await, []);
    world.pass(1);
    assert_eq!(send_due(&world.core).await, Ok(1));
    assert_eq!(send_due(&world.core).await, Ok(0));
    let seen = history(&ben, ben.peer(&anna)).await;
    assert_eq!(seen.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>(), ["later"]);
    assert_eq!(waiting(&anna, anna.peer(&ben)).await, []);
    let heard = ears.hear().await;
    let [enums::Update::UpdateNewMessage(new), enums::Update::UpdateDeleteScheduledMessages(gone)] =
        &heard[..]
    else {
        panic!("{heard:?}")
    };
    let enums::Message::Message(new) = &new.message else { panic!("{heard:?}") };
    assert!(new.from_scheduled && new.out);
    assert_eq!((gone.messages.clone(), gone.sent_messages.clone()), (vec![id], Some(vec![new.id])));
}

#[tokio::test]
async fn a_reminder_is_a_message_to_oneself() {
    let world = World::new();
    let anna = world.sign_up("Anna").await;
    schedule(&anna, enums::InputPeer::InputPeerSelf, "milk", 60).await;
    world.pass(100);
    assert_eq!(send_due(&world.core).await, Ok(1));
    assert_eq!(history(&anna, enums::InputPeer::InputPeerSelf).await.len(), 1);
}

/// A date that is as good as now is now; one beyond a year is refused.
#[tokio::test]
async fn the_nearest_future_is_now() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let soon = f::SendMessage { schedule_date: at(10), ..text(anna.peer(&ben), "soon", 1) };
    let answer = anna.ok(soon).await;
    assert!(matches!(answer, enums::Updates::UpdateShortSentMessage(_)), "{answer:?}");
    let repeated = f::SendMessage {
        schedule_date: at(60),
        schedule_repeat_period: Some(86400),
        ..text(anna.peer(&ben), "daily", 2)
    };
    assert_eq!(anna.fails(repeated).await, "SCHEDULE_DATE_INVALID");
}

#[tokio::test]
async fn what_waits_is_edited_moved_and_taken_back() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let peer = || anna.peer(&ben);
    let id = schedule(&anna, peer(), "first", 60).await;
    let edit = |message: Option<&str>, seconds| f::EditMessage {
        peer: peer(),
        id,
        message: message.map(str::to_owned),
        schedule_date: at(seconds),
        ..Default::default()
    };
    let updates = list(anna.ok(edit(Some("second"), 60)).await);
    assert!(matches!(updates[..], [enums::Update::UpdateNewScheduledMessage(_)]));
    assert_eq!(anna.fails(edit(Some("second"), 60)).await, "MESSAGE_NOT_MODIFIED");
    anna.ok(edit(None, 600)).await;
    world.pass(60);
    assert_eq!(send_due(&world.core).await, Ok(0));
    assert_eq!(waiting(&anna, peer()).await, [(id, "second".to_owned())]);
    let gone = list(anna.ok(f::DeleteScheduledMessages { peer: peer(), id: vec![id] }).await);
    let [enums::Update::UpdateDeleteScheduledMessages(gone)] = &gone[..] else {
        panic!("{gone:?}")
    };
    assert_eq!((gone.messages.clone(), gone.sent_messages.clone()), (vec![id], None));
    world.pass(600);
    assert_eq!(send_due(&world.core).await, Ok(0));
    assert_eq!(anna.fails(edit(Some("third"), 900)).await, "MESSAGE_ID_INVALID");
}

#[tokio::test]
async fn the_author_sends_before_the_time() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let id = schedule(&anna, anna.peer(&ben), "now", 60).await;
    let request = f::SendScheduledMessages { peer: anna.peer(&ben), id: vec![id] };
    let updates = list(anna.ok(request.clone()).await);
    assert!(matches!(
        updates[..],
        [enums::Update::UpdateNewMessage(_), enums::Update::UpdateDeleteScheduledMessages(_)]
    ));
    assert_eq!(anna.fails(request).await, "MESSAGE_ID_INVALID");
    assert_eq!(history(&ben, ben.peer(&anna)).await.len(), 1);
}

/// Admins who may post see each other's; subscribers see nothing.
#[tokio::test]
async fn a_channel_has_one_schedule_for_its_admins() {
    let world = World::new();
    let (anna, ben, carl) =
        (world.sign_up("Anna").await, world.sign_up("Ben").await, world.sign_up("Carl").await);
    let id = channel(&anna).await;
    let on = |device: &Device<'_>| device.input_peer(Peer::Channel(id));
    for (user, post_messages) in [(&ben, true), (&carl, false)] {
        let rights =
            types::ChatAdminRights { post_messages, invite_users: true, ..Default::default() };
        let request = fc::EditAdmin {
            channel: anna.input_channel(id),
            user_id: anna.input_user(user),
            admin_rights: rights.into(),
            ..Default::default()
        };
        anna.ok(request).await;
    }
    let mut ears = ben.listen().await;
    let number = schedule(&anna, on(&anna), "post", 60).await;
    let heard = ears.hear().await;
    let [enums::Update::UpdateNewScheduledMessage(new)] = &heard[..] else { panic!("{heard:?}") };
    let enums::Message::Message(new) = &new.message else { panic!("{heard:?}") };
    assert_eq!((new.post, new.out, new.from_id.clone()), (true, false, None));
    assert_eq!(waiting(&ben, on(&ben)).await, [(number, "post".to_owned())]);
    let listed = f::GetScheduledHistory { peer: on(&carl), hash: 0 };
    assert_eq!(carl.fails(listed).await, "CHAT_ADMIN_REQUIRED");
    let delete = f::DeleteScheduledMessages { peer: on(&ben), id: vec![number] };
    assert_eq!(ben.fails(delete).await, "CHAT_ADMIN_REQUIRED");
    let refused = f::SendMessage { schedule_date: at(60), ..text(on(&carl), "no", 5) };
    assert_eq!(carl.fails(refused).await, "CHAT_ADMIN_REQUIRED");
    world.pass(60);
    assert_eq!(send_due(&world.core).await, Ok(1));
    let posts = history(&carl, on(&carl)).await;
    assert_eq!(posts.iter().filter(|(_, text)| text == "post").count(), 1);
}

/// Who lost the right meanwhile posts nothing.
#[tokio::test]
async fn what_may_not_be_sent_any_more_is_dropped() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    schedule(&anna, anna.peer(&ben), "to nobody", 60).await;
    world.core.stores.accounts.delete_user(ben.user()).await.unwrap();
    let mut ears = anna.listen().await;
    world.pass(60);
    assert_eq!(send_due(&world.core).await, Ok(0));
    let heard = ears.hear().await;
    let [enums::Update::UpdateDeleteScheduledMessages(gone)] = &heard[..] else {
        panic!("{heard:?}")
    };
    assert_eq!(gone.sent_messages, None);
}

/// Whoever is to write in a channel's name still has to own it, and the channel its public name, when the message leaves.
#[tokio::test]
async fn a_scheduled_message_leaves_in_no_name_that_was_lost() {
    let world = World::new();
    let anna = world.sign_up("Anna").await;
    let (group, lending) = (supergroup(&anna).await, channel(&anna).await);
    let name = async |id, username: &str| {
        let username = username.to_owned();
        anna.ok(fc::UpdateUsername { channel: anna.input_channel(id), username }).await
    };
    name(group, "open_group").await;
    name(lending, "open_news").await;
    let [to, send_as] = [group, lending].map(|id| anna.input_peer(Peer::Channel(id)));
    let named = |message: &str, seconds| f::SendMessage {
        send_as: Some(send_as.clone()),
        schedule_date: at(seconds),
        ..text(to.clone(), message, seconds)
    };
    anna.ok(named("in time", 60)).await;
    anna.ok(named("too late", 120)).await;
    world.pass(60);
    assert_eq!(send_due(&world.core).await, Ok(1));
    name(lending, "").await;
    world.pass(60);
    assert_eq!(send_due(&world.core).await, Ok(0));
    assert_eq!(waiting(&anna, to.clone()).await, []);
    let seen = history(&anna, to.clone()).await;
    let seen: Vec<_> = seen.iter().map(|(_, text)| text.as_str()).collect();
    assert!(seen.contains(&"in time") && !seen.contains(&"too late"), "{seen:?}");
}

#[tokio::test]
async fn what_is_to_be_passed_on_keeps_its_words() {
    let world = World::new();
    let (anna, ben, carl) =
        (world.sign_up("Anna").await, world.sign_up("Ben").await, world.sign_up("Carl").await);
    let said = say(&ben, ben.peer(&anna), "I said so").await;
    let forward = f::ForwardMessages {
        from_peer: anna.peer(&ben),
        id: vec![said],
        random_id: vec![7],
        to_peer: anna.peer(&carl),
        schedule_date: at(60),
        ..Default::default()
    };
    anna.ok(forward).await;
    let list = waiting(&anna, anna.peer(&carl)).await;
    let [(id, _)] = list.as_slice() else { panic!("{list:?}") };
    let edit = |text: Option<&str>, seconds| f::EditMessage {
        peer: anna.peer(&carl),
        id: *id,
        message: text.map(str::to_owned),
        schedule_date: at(seconds),
        ..Default::default()
    };
    let other = edit(Some("I never said so"), 60);
    assert_eq!(anna.fails(other).await, "MESSAGE_AUTHOR_REQUIRED");
    // Another time is no other word, and some clients tell the words with it.
    anna.ok(edit(None, 90)).await;
    anna.ok(edit(Some("I said so"), 120)).await;
    world.pass(120);
    assert_eq!(send_due(&world.core).await, Ok(1));
    let seen = history(&carl, carl.peer(&anna)).await;
    assert_eq!(seen.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>(), ["I said so"]);
}
