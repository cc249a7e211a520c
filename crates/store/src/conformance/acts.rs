//! Cases of acts with the service messages that tell of them.

use model::chat::Invite;
use model::event::{AccountEvent, BoxEvent, ChannelEvent};
use model::message::Action;
use model::rights::{AdminRights, BannedRights, Denial};
use model::{MessageId, Peer, PhotoId, Pts, UnixTime, UserId};

use super::channel_scene::{self, Scene, kicked};
use super::support::{NOW, later, user};
use super::writing::{ANN, BEN, CAT, say};
use crate::ports::acts::{ChannelAct, ChannelTold, ChatAct, ChatTold, ToldPin};
use crate::ports::boxes::BoxPeer;
use crate::ports::channels::{AdminGrant, ChannelChange, NewChannel};
use crate::{Error, Result, Stores};

/// The names of this file's cases.
#[macro_export]
macro_rules! acts_cases {
    ($make:expr) => {
        $crate::conformance_cases!(
            acts,
            $make,
            [
                a_group_begins_with_its_message,
                acts_in_a_group_are_told,
                a_refused_act_is_not_told,
                the_removed_hear_of_it,
                a_request_to_a_group_is_granted_with_its_message,
                a_channel_begins_with_its_message,
                a_supergroup_tells_of_its_people,
                a_broadcast_channel_tells_of_its_description_only,
                a_refused_act_leaves_the_log,
                a_request_to_a_channel_is_granted_with_its_message,
                members_hear_of_an_act_in_its_transaction,
                people_hear_of_their_standing_in_the_acts_transaction,
                admins_hear_of_a_request_in_its_transaction,
                a_pin_for_all_is_told_once,
                a_pinned_post_is_told_once,
            ]
        );
    };
}

async fn found(stores: &Stores, users: &[UserId]) -> ChatTold {
    let told = stores.chats.found_chat(ANN, "Birds".to_owned(), users, None, NOW).await;
    told.expect("few")
}

/// The service messages of a box, oldest first, with their authors.
async fn told_in_box(stores: &Stores, owner: UserId) -> Vec<(UserId, Action)> {
    let entries = stores.boxes.events(owner, Pts(1), 100).await.expect("readable");
    let messages = entries.into_iter().filter_map(|entry| match entry.event {
        BoxEvent::NewMessage(message) => message,
        _ => None,
    });
    messages.filter_map(|message| Some((message.from, message.body.action?))).collect()
}

/// The same of a log.
async fn told_in_log(scene: &Scene<'_>) -> Vec<(UserId, Action)> {
    let events = scene.stores.channels.channel_events(scene.id, scene.owner, Pts(1), 100).await;
    let messages = events.expect("readable").into_iter().filter_map(|entry| match entry.event {
        ChannelEvent::NewMessage(message) => message,
        _ => None,
    });
    messages.filter_map(|message| Some((message.from, message.body.action?))).collect()
}

/// What is recorded for an account, without its dates.
async fn recorded(stores: &Stores, user: UserId) -> Vec<AccountEvent> {
    let entries = stores.accounts.account_events(user, UnixTime(0), 100).await.expect("readable");
    entries.into_iter().map(|entry| entry.event).collect()
}

/// The one removed too; nobody of an act that was refused.
pub async fn members_hear_of_an_act_in_its_transaction(stores: &Stores) {
    let told = found(stores, &[BEN]).await;
    let id = told.chat.id;
    let event = AccountEvent::ChatParticipants { chat: id };
    let told: Vec<_> = told.events.into_iter().map(|(user, entry)| (user, entry.event)).collect();
    assert_eq!(told, [(ANN, event.clone()), (BEN, event.clone())]);
    let act = |actor, act| stores.chats.act_in_chat(id, actor, act, NOW);
    act(BEN, ChatAct::Remove(ANN)).await.expect_err("she owns it");
    act(ANN, ChatAct::Add(CAT)).await.expect("hers");
    act(ANN, ChatAct::Title("Bees".to_owned())).await.expect("hers");
    act(ANN, ChatAct::Remove(BEN)).await.expect("hers");
    for (user, count) in [(ANN, 3), (BEN, 3), (CAT, 2)] {
        assert_eq!(recorded(stores, user).await, vec![event.clone(); count], "{user:?}");
    }
}

/// And the devices of whoever acted on somebody.
pub async fn people_hear_of_their_standing_in_the_acts_transaction(stores: &Stores) {
    let scene = channel_scene::group(stores).await;
    let event = AccountEvent::Channel { channel: scene.id };
    let who = async || {
        let mut counts = Vec::new();
        for user in [scene.owner, scene.admin, scene.member, scene.stranger] {
            let events = recorded(stores, user).await;
            counts.push(events.iter().filter(|one| **one == event).count());
        }
        counts
    };
    assert_eq!(who().await, [0, 0, 0, 0]);
    let act = |actor, act| stores.channels.act_in_channel(scene.id, actor, act, NOW);
    act(scene.owner, ChannelAct::Invite(vec![scene.stranger, scene.member])).await.expect("may");
    assert_eq!(who().await, [0, 0, 0, 1]);
    act(scene.stranger, ChannelAct::Leave).await.expect("is in");
    let told = act(scene.owner, ChannelAct::Restrict(scene.member, kicked())).await.expect("may");
    assert_eq!(told.events.len(), 2);
    act(scene.member, ChannelAct::Leave).await.expect_err("is out");
    assert_eq!(who().await, [1, 0, 1, 2]);
}

/// Everyone's box starts with it.
pub async fn a_group_begins_with_its_message(stores: &Stores) {
    let told = found(stores, &[BEN, CAT]).await;
    let action = Action::ChatCreate { title: "Birds".to_owned(), users: vec![ANN, BEN, CAT] };
    for user in [ANN, BEN, CAT] {
        assert_eq!(told_in_box(stores, user).await, [(ANN, action.clone())]);
    }
    let sent = told.sent.expect("a message");
    let owners: Vec<_> = sent.copies.iter().map(|copy| copy.owner).collect();
    assert_eq!((owners.first(), owners.len(), sent.duplicate), (Some(&ANN), 3, false));
}

/// Each with one message, in order.
pub async fn acts_in_a_group_are_told(stores: &Stores) {
    let id = found(stores, &[BEN]).await.chat.id;
    let invite = Invite { hash: "word".to_owned(), admin: ANN, date: NOW, ..Invite::default() };
    stores.chats.put_invite(Peer::Chat(id), ANN, invite, NOW).await.expect("the creator may");
    let acts = [
        (BEN, ChatAct::Title("Owls".to_owned())),
        (ANN, ChatAct::Photo(Some(PhotoId(7)))),
        (ANN, ChatAct::Photo(None)),
        (ANN, ChatAct::Add(CAT)),
        (CAT, ChatAct::Remove(CAT)),
        (CAT, ChatAct::Join("word".to_owned())),
    ];
    for (seconds, (actor, act)) in (1..).zip(acts) {
        let told = stores.chats.act_in_chat(id, actor, act, later(seconds)).await;
        let told = told.expect("may be done");
        let first = told.sent.as_ref().and_then(|sent| sent.copies.first()).expect("a copy");
        assert_eq!((first.owner, first.message.date), (actor, later(seconds)));
        assert_eq!(stores.chats.chats(&[id]).await, Ok(vec![told.chat]));
    }
    let expected = [
        (BEN, Action::ChatEditTitle { title: "Owls".to_owned() }),
        (ANN, Action::ChatEditPhoto { photo: PhotoId(7) }),
        (ANN, Action::ChatDeletePhoto),
        (ANN, Action::ChatAddUser { users: vec![CAT] }),
        (CAT, Action::ChatDeleteUser { user: CAT }),
        (CAT, Action::ChatJoinedByLink { inviter: ANN }),
    ];
    assert_eq!(told_in_box(stores, BEN).await.get(1..), Some(&expected[..]));
}

/// Neither the act nor its message is there.
pub async fn a_refused_act_is_not_told(stores: &Stores) {
    let before = found(stores, &[BEN]).await.chat;
    let refused = [
        (CAT, ChatAct::Title("Mine".to_owned()), Error::from(Denial::NotParticipant)),
        (BEN, ChatAct::Title("Birds".to_owned()), Error::NotModified),
        (BEN, ChatAct::Remove(ANN), Denial::AdminRequired.into()),
        (ANN, ChatAct::Add(BEN), Denial::AlreadyParticipant.into()),
        (CAT, ChatAct::Join("none".to_owned()), Error::NotFound),
        (ANN, ChatAct::Admit(CAT), Error::NotFound),
    ];
    for (actor, act, why) in refused {
        let answer = stores.chats.act_in_chat(before.id, actor, act, NOW).await;
        assert_eq!(answer, Err(why));
    }
    assert_eq!(stores.chats.chats(&[before.id]).await, Ok(vec![before]));
    assert_eq!(told_in_box(stores, ANN).await.len(), 1);
    assert_eq!(stores.boxes.pts(CAT).await, Ok(Pts(1)));
}

/// It is the last that they get.
pub async fn the_removed_hear_of_it(stores: &Stores) {
    let id = found(stores, &[BEN, CAT]).await.chat.id;
    let told = stores.chats.act_in_chat(id, ANN, ChatAct::Remove(CAT), NOW).await.expect("owner");
    assert!(told.chat.member(CAT).is_none());
    let last = told_in_box(stores, CAT).await.pop();
    assert_eq!(last, Some((ANN, Action::ChatDeleteUser { user: CAT })));
    let title = ChatAct::Title("Without".to_owned());
    stores.chats.act_in_chat(id, ANN, title, NOW).await.expect("owner");
    assert_eq!(told_in_box(stores, CAT).await.len(), 2);
}

fn asking(hash: &str) -> Invite {
    let date = NOW;
    Invite { hash: hash.to_owned(), admin: ANN, date, request_needed: true, ..Invite::default() }
}

/// The request, the membership and the message come together; for a member only the request goes.
pub async fn a_request_to_a_group_is_granted_with_its_message(stores: &Stores) {
    let id = found(stores, &[]).await.chat.id;
    stores
        .chats
        .put_invite(Peer::Chat(id), ANN, asking("word"), NOW)
        .await
        .expect("the creator may");
    for user in [BEN, CAT] {
        let join = ChatAct::Join("word".to_owned());
        let told = stores.chats.act_in_chat(id, user, join, NOW).await.expect("an open link");
        assert!(told.requested && told.chat.member(user).is_none() && told.sent.is_none());
    }
    let told = stores.chats.act_in_chat(id, ANN, ChatAct::Admit(BEN), NOW).await.expect("asked");
    assert!(told.chat.member(BEN).is_some() && told.sent.is_some());
    let last = told_in_box(stores, ANN).await.pop();
    assert_eq!(last, Some((BEN, Action::ChatJoinedByRequest)));
    stores.chats.act_in_chat(id, ANN, ChatAct::Add(CAT), NOW).await.expect("by another way");
    let before = told_in_box(stores, ANN).await.len();
    let told = stores.chats.act_in_chat(id, ANN, ChatAct::Admit(CAT), NOW).await.expect("asked");
    assert_eq!((told.sent, told_in_box(stores, ANN).await.len()), (None, before));
    let waiting = stores.chats.importers(Peer::Chat(id), None, true, 10).await.expect("readable");
    assert_eq!(waiting.1, 0);
}

/// Number and position are the first that a log gives.
pub async fn a_channel_begins_with_its_message(stores: &Stores) {
    let new = NewChannel {
        creator: ANN,
        title: "News".to_owned(),
        about: String::new(),
        broadcast: true,
        now: NOW,
        ttl_period: None,
    };
    let told = stores.channels.found_channel(new).await.expect("room");
    let posted = told.posted.expect("a message").message;
    assert_eq!((posted.id, posted.pts, posted.from), (MessageId(1), Pts(2), ANN));
    assert_eq!(posted.body.action, Some(Action::ChannelCreate { title: "News".to_owned() }));
    assert_eq!((told.channel.pts, told.channel.top_message), (Pts(2), MessageId(1)));
    assert_eq!(stores.channels.channels(&[told.channel.id]).await, Ok(vec![told.channel]));
}

async fn act(scene: &Scene<'_>, actor: UserId, act: ChannelAct) -> Result<ChannelTold> {
    scene.stores.channels.act_in_channel(scene.id, actor, act, NOW).await
}

fn kick() -> BannedRights {
    BannedRights { view_messages: true, ..BannedRights::default() }
}

/// In the name of whoever did it.
pub async fn a_supergroup_tells_of_its_people(stores: &Stores) {
    let scene = channel_scene::group(stores).await;
    scene.publish("birds_group").await;
    let Scene { owner, admin, member, stranger, .. } = scene;
    let grant = |user, rights| AdminGrant { user, rights, rank: None };
    let acts = [
        (stranger, ChannelAct::Join(None)),
        (stranger, ChannelAct::Leave),
        (admin, ChannelAct::Invite(vec![stranger, member])),
        // Neither of these two moves anybody.
        (owner, ChannelAct::Promote(grant(member, AdminRights::all()))),
        (owner, ChannelAct::Restrict(stranger, BannedRights::default())),
        (owner, ChannelAct::Restrict(stranger, kick())),
        (admin, ChannelAct::Title("Owls".to_owned())),
    ];
    for (actor, step) in acts {
        let told = act(&scene, actor, step).await.expect("may be done");
        assert_eq!(stores.channels.channels(&[scene.id]).await, Ok(vec![told.channel]));
    }
    let expected = [
        (stranger, Action::ChatAddUser { users: vec![stranger] }),
        (stranger, Action::ChatDeleteUser { user: stranger }),
        (admin, Action::ChatAddUser { users: vec![stranger] }),
        (owner, Action::ChatDeleteUser { user: stranger }),
        (admin, Action::ChatEditTitle { title: "Owls".to_owned() }),
    ];
    assert_eq!(told_in_log(&scene).await, expected);
}

/// Nothing about people.
pub async fn a_broadcast_channel_tells_of_its_description_only(stores: &Stores) {
    let scene = channel_scene::broadcast(stores).await;
    scene.publish("birds_news").await;
    let Scene { owner, stranger, .. } = scene;
    let told = act(&scene, stranger, ChannelAct::Join(None)).await.expect("it is public");
    assert_eq!((told.moved.came, told.posted), (vec![stranger], None));
    let told = act(&scene, stranger, ChannelAct::Leave).await.expect("they are in");
    assert_eq!((told.moved.gone, told.posted), (vec![stranger], None));
    act(&scene, owner, ChannelAct::Photo(Some(PhotoId(9)))).await.expect("the owner may");
    let expected = [(owner, Action::ChatEditPhoto { photo: PhotoId(9) })];
    assert_eq!(told_in_log(&scene).await, expected);
}

/// Neither the act nor its message is there.
pub async fn a_refused_act_leaves_the_log(stores: &Stores) {
    let scene = channel_scene::group(stores).await;
    let Scene { owner, member, stranger, .. } = scene;
    let title = || ChannelAct::Title("Title".to_owned());
    assert_eq!(act(&scene, owner, title()).await, Err(Error::NotModified));
    assert!(act(&scene, stranger, ChannelAct::Title("Mine".to_owned())).await.is_err());
    let private = Err(Denial::Private.into());
    assert_eq!(act(&scene, stranger, ChannelAct::Join(None)).await, private);
    assert!(act(&scene, member, ChannelAct::Restrict(owner, kick())).await.is_err());
    assert_eq!(act(&scene, owner, ChannelAct::Admit(stranger)).await, Err(Error::NotFound));
    assert_eq!(told_in_log(&scene).await, []);
}

/// The request, the membership and the message come together.
pub async fn a_request_to_a_channel_is_granted_with_its_message(stores: &Stores) {
    let scene = channel_scene::group(stores).await;
    let Scene { owner, stranger, .. } = scene;
    let link = Invite { admin: owner, ..asking("word") };
    stores
        .chats
        .put_invite(Peer::Channel(scene.id), owner, link, NOW)
        .await
        .expect("the owner may");
    let join = ChannelAct::Join(Some("word".to_owned()));
    assert!(act(&scene, stranger, join).await.expect("an open link").requested);
    let told = act(&scene, owner, ChannelAct::Admit(stranger)).await.expect("asked");
    assert_eq!(told.moved.came, [stranger]);
    assert_eq!(told_in_log(&scene).await, [(stranger, Action::ChatJoinedByRequest)]);
}

/// Each admin who may let people in, whoever's link it is.
pub async fn admins_hear_of_a_request_in_its_transaction(stores: &Stores) {
    let scene = channel_scene::group(stores).await;
    scene.publish("asks_first").await;
    let Scene { owner, admin, stranger, .. } = scene;
    let (peer, link) = (Peer::Channel(scene.id), Invite { admin, ..asking("word") });
    stores.chats.put_invite(peer, admin, link, NOW).await.expect("she may");
    let told =
        act(&scene, stranger, ChannelAct::Join(Some("word".to_owned()))).await.expect("open");
    let event = AccountEvent::PendingJoinRequests { peer };
    let told: Vec<_> = told.events.into_iter().map(|(user, entry)| (user, entry.event)).collect();
    assert_eq!(told, [(owner, event.clone()), (admin, event.clone())]);
    let waiting = async |peer| stores.chats.importers(peer, None, true, 9).await.expect("there").1;
    assert_eq!(waiting(peer).await, 1);
    scene.change(ChannelChange { join_request: Some(true), ..ChannelChange::default() }).await;
    let other = user(stores, 9).await.id;
    assert!(act(&scene, other, ChannelAct::Join(None)).await.expect("it is public").requested);
    let count =
        async |user| recorded(stores, user).await.iter().filter(|one| **one == event).count();
    assert_eq!((count(owner).await, count(admin).await, waiting(peer).await), (2, 2, 2));
    assert_eq!((scene.row(other).await, recorded(stores, stranger).await), (None, Vec::new()));
    // In a basic group the same.
    let id = found(stores, &[]).await.chat.id;
    let peer = Peer::Chat(id);
    stores.chats.put_invite(peer, ANN, asking("other"), NOW).await.expect("the creator may");
    let join = ChatAct::Join("other".to_owned());
    stores.chats.act_in_chat(id, BEN, join, NOW).await.expect("an open link");
    let last = recorded(stores, ANN).await.pop();
    assert_eq!(last, Some(AccountEvent::PendingJoinRequests { peer }));
    assert_eq!(waiting(peer).await, 1);
}

/// The second time nothing is written.
pub async fn a_pin_for_all_is_told_once(stores: &Stores) {
    let (id, theirs) = say(stores, ANN, BEN, "worth it").await;
    let pin = ToldPin { id, silent: true, at: later(5) };
    let (pinned, sent) = stores.boxes.pin_told(ANN, BoxPeer::User(BEN), pin).await.expect("may");
    assert_eq!(pinned.len(), 2);
    let sent = sent.expect("a message");
    let [own, other] = &sent.copies[..] else { panic!("two copies") };
    assert_eq!((own.message.reply_to, other.message.reply_to), (Some(id), Some(theirs)));
    assert!(own.message.body.silent && own.message.date == later(5));
    let pts = stores.boxes.pts(ANN).await;
    let again = stores.boxes.pin_told(ANN, BoxPeer::User(BEN), pin).await;
    assert_eq!(again, Ok((Vec::new(), None)));
    assert_eq!(stores.boxes.pts(ANN).await, pts);
}

/// In a log as well; and nothing without the right.
pub async fn a_pinned_post_is_told_once(stores: &Stores) {
    let scene = channel_scene::group(stores).await;
    let title = ChannelAct::Title("Owls".to_owned());
    let posted = act(&scene, scene.owner, title).await.expect("the owner may").posted;
    let id = posted.expect("a message").message.id;
    let pin = ToldPin { id, silent: false, at: NOW };
    let refused = stores.channels.pin_post_told(scene.id, scene.stranger, pin).await;
    assert!(refused.is_err());
    let told = stores.channels.pin_post_told(scene.id, scene.owner, pin).await.expect("may");
    let message = told.1.expect("a message").message;
    assert_eq!((message.reply_to, message.pts), (Some(id), Pts(told.0.pts.0 + 1)));
    let again = stores.channels.pin_post_told(scene.id, scene.owner, pin).await.expect("may");
    assert_eq!((again.0.pts_count, again.1), (0, None));
    let expected = [
        (scene.owner, Action::ChatEditTitle { title: "Owls".to_owned() }),
        (scene.owner, Action::PinMessage),
    ];
    assert_eq!(told_in_log(&scene).await, expected);
}
