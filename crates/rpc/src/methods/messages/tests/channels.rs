//! The same methods on channels and supergroups, and their differences.

use model::{ChannelId, Peer};
use store::ports::channels::NewChannel;
use tl_api::functions::messages as f;
use tl_api::functions::updates as u;
use tl_api::{enums, types};

use super::{actions, history, messages, numbered, say, text};
use crate::testing::{Device, World, list};

pub(super) async fn channel(
    owner: &Device<'_>,
    broadcast: bool,
    members: &[&Device<'_>],
) -> ChannelId {
    let core = &owner.world.core;
    let new = NewChannel {
        creator: owner.user(),
        title: "News".to_owned(),
        about: String::new(),
        broadcast,
        now: core.now(),
        ttl_period: None,
    };
    let id = core.stores.channels.create_channel(new).await.unwrap().id;
    let users: Vec<_> = members.iter().map(|member| member.user()).collect();
    if !users.is_empty() {
        core.stores.channels.invite_to_channel(id, owner.user(), &users, core.now()).await.unwrap();
    }
    id
}

fn on(device: &Device<'_>, id: ChannelId) -> enums::InputPeer {
    device.input_peer(Peer::Channel(id))
}

async fn difference(
    device: &Device<'_>,
    id: ChannelId,
    pts: i32,
    limit: i32,
) -> enums::updates::ChannelDifference {
    let channel = device.input_channel(id);
    let filter = enums::ChannelMessagesFilter::ChannelMessagesFilterEmpty;
    device.ok(u::GetChannelDifference { force: false, channel, filter, pts, limit }).await
}

#[tokio::test]
async fn a_post_has_one_number_and_one_place_for_everyone() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let id = channel(&anna, true, &[&ben]).await;
    let updates = list(anna.ok(text(on(&anna, id), "first post", 7)).await);
    let [enums::Update::UpdateMessageID(number), enums::Update::UpdateNewChannelMessage(new)] =
        updates.as_slice()
    else {
        panic!("{updates:?}")
    };
    assert_eq!((number.random_id, new.pts_count), (7, 1));
    let post = &messages(&updates)[0];
    assert_eq!((post.post, post.from_id.clone(), post.views.is_some()), (true, None, true));
    assert_eq!(list(anna.ok(text(on(&anna, id), "first post", 7)).await), updates);
    let seen = history(&ben, on(&ben, id)).await;
    assert_eq!(seen.first(), Some(&(number.id, "first post".to_owned())));
    assert!(ben.call(text(on(&ben, id), "mine", 1)).await.is_err());
    let wrong = types::InputPeerChannel { channel_id: id.0, access_hash: 3 }.into();
    assert_eq!(ben.fails(text(wrong, "x", 2)).await, "CHANNEL_INVALID");
}

#[tokio::test]
async fn a_private_channel_is_closed_to_strangers() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let id = channel(&anna, true, &[]).await;
    let post = say(&anna, on(&anna, id), "secret").await;
    let peer = || on(&ben, id);
    assert_eq!(
        ben.fails(f::GetHistory { peer: peer(), limit: 10, ..Default::default() }).await,
        "CHANNEL_PRIVATE"
    );
    let search =
        f::Search { peer: peer(), q: "secret".to_owned(), limit: 10, ..Default::default() };
    assert_eq!(ben.fails(search).await, "CHANNEL_PRIVATE");
    let forward = f::ForwardMessages {
        from_peer: peer(),
        id: vec![post],
        random_id: vec![1],
        to_peer: enums::InputPeer::InputPeerSelf,
        ..Default::default()
    };
    assert_eq!(ben.fails(forward).await, "CHANNEL_PRIVATE");
    let channel = ben.input_channel(id);
    let ask = u::GetChannelDifference { channel, pts: 1, limit: 10, ..Default::default() };
    assert_eq!(ben.fails(ask).await, "CHANNEL_PRIVATE");
    let thumb = types::ReactionEmoji { emoticon: "👍".to_owned() }.into();
    let react = f::SendReaction {
        peer: peer(),
        msg_id: post,
        reaction: Some(vec![thumb]),
        ..Default::default()
    };
    assert_eq!(ben.fails(react).await, "CHANNEL_PRIVATE");
    let everywhere = f::SearchGlobal {
        q: "secret".to_owned(),
        filter: enums::MessagesFilter::InputMessagesFilterEmpty,
        limit: 10,
        ..Default::default()
    };
    assert_eq!(super::shown(&ben.ok(everywhere.clone()).await), []);
    assert_eq!(super::shown(&anna.ok(everywhere).await).len(), 1);
}

#[tokio::test]
async fn a_channel_difference_is_whole_in_slices_and_final_at_the_end() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let id = channel(&anna, true, &[&ben]).await;
    let enums::updates::ChannelDifference::ChannelDifferenceEmpty(start) =
        difference(&ben, id, 1, 100).await
    else {
        panic!("an empty log is at 1")
    };
    assert_eq!((start.pts, start.r#final), (1, true));
    let mut posts = Vec::new();
    for n in 0..25 {
        posts.push((say(&anna, on(&anna, id), &n.to_string()).await, n.to_string()));
    }
    anna.ok(f::EditMessage {
        peer: on(&anna, id),
        id: posts[0].0,
        message: Some("zero".to_owned()),
        ..Default::default()
    })
    .await;
    posts[0].1 = "zero".to_owned();
    let (mut pts, mut found, mut others) = (1, Vec::new(), Vec::new());
    loop {
        let enums::updates::ChannelDifference::ChannelDifference(slice) =
            difference(&ben, id, pts, 10).await
        else {
            panic!()
        };
        assert!(slice.pts > pts);
        pts = slice.pts;
        found.extend(slice.new_messages.iter().map(numbered));
        others.extend(slice.other_updates);
        if slice.r#final {
            break;
        }
    }
    assert_eq!((found, pts), (posts, 27));
    assert!(matches!(&others[..], [enums::Update::UpdateEditChannelMessage(e)] if e.pts == 27));
    let enums::updates::ChannelDifference::ChannelDifferenceTooLong(far) =
        difference(&ben, id, 0, 10).await
    else {
        panic!()
    };
    let enums::Dialog::Dialog(dialog) = &far.dialog else { panic!() };
    assert_eq!((dialog.pts, far.messages.len()), (Some(27), 10));
}

#[tokio::test]
async fn a_supergroup_talks_pins_reacts_and_polls() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let id = channel(&anna, false, &[&ben]).await;
    let said = say(&ben, on(&ben, id), "hello").await;
    let pin = f::UpdatePinnedMessage { peer: on(&anna, id), id: said, ..Default::default() };
    let updates = list(anna.ok(pin).await);
    assert!(
        matches!(&updates[0], enums::Update::UpdatePinnedChannelMessages(p) if p.pinned && p.messages == [said])
    );
    assert_eq!(actions(&updates), [enums::MessageAction::MessageActionPinMessage]);
    let thumb = types::ReactionEmoji { emoticon: "👍".to_owned() }.into();
    let react = f::SendReaction {
        peer: on(&anna, id),
        msg_id: said,
        reaction: Some(vec![thumb]),
        ..Default::default()
    };
    assert!(
        matches!(&list(anna.ok(react).await)[..], [enums::Update::UpdateMessageReactions(r)] if r.msg_id == said)
    );
    let reply = types::InputReplyToMessage { reply_to_msg_id: said, ..Default::default() };
    let sent = list(
        anna.ok(f::SendMessage {
            reply_to: Some(reply.into()),
            ..text(on(&anna, id), "hi Ben", 4)
        })
        .await,
    );
    let answer = &messages(&sent)[0];
    assert_eq!(
        (answer.post, answer.from_id.clone()),
        (false, Some(types::PeerUser { user_id: anna.user().0 }.into()))
    );
    assert!(
        matches!(&answer.reply_to, Some(enums::MessageReplyHeader::MessageReplyHeader(h)) if h.reply_to_msg_id == Some(said))
    );
    let enums::messages::AffectedHistory::AffectedHistory(gone) =
        anna.ok(f::UnpinAllMessages { peer: on(&anna, id), ..Default::default() }).await;
    assert_eq!(gone.pts_count, 1);
}

#[tokio::test]
async fn a_channels_dialog_carries_its_position() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let id = channel(&anna, true, &[&ben]).await;
    say(&anna, on(&anna, id), "post").await;
    let listed = f::GetDialogs { limit: 10, ..Default::default() };
    let enums::messages::Dialogs::Dialogs(page) = ben.ok(listed).await else { panic!() };
    let peers = vec![types::InputDialogPeer { peer: on(&ben, id) }.into()];
    let enums::messages::PeerDialogs::PeerDialogs(asked) =
        ben.ok(f::GetPeerDialogs { peers }).await;
    for dialog in [&page.dialogs[0], &asked.dialogs[0]] {
        let enums::Dialog::Dialog(dialog) = dialog else { panic!() };
        assert_eq!((dialog.pts, dialog.unread_count), (Some(2), 1));
    }
}

#[tokio::test]
async fn a_plain_post_is_built_once_for_all_subscribers() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let id = channel(&anna, true, &[&ben]).await;
    say(&anna, on(&anna, id), "for everyone: example.org").await;
    let core = &world.core;
    let entries =
        core.stores.channels.channel_events(id, ben.user(), model::Pts(1), 10).await.unwrap();
    let found = core.stores.channels.channels(&[id]).await.unwrap();
    let shared = crate::updates::channel_updates_shared(core, &found[0], &entries, 2)
        .await
        .unwrap()
        .unwrap();
    let own = crate::updates::channel_updates(core, ben.viewer(), id, &entries).await.unwrap();
    // Ben's own form has the whole channel in it; what happened is the same.
    assert_eq!(list(shared), list(own));
}

#[tokio::test]
async fn what_names_people_is_built_for_each_subscriber_with_them() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let id = channel(&anna, true, &[&ben]).await;
    let sign = tl_api::functions::channels::ToggleSignatures {
        signatures_enabled: true,
        profiles_enabled: true,
        channel: anna.input_channel(id),
    };
    anna.ok(sign).await;
    say(&anna, on(&anna, id), "by somebody").await;
    let core = &world.core;
    let entries =
        core.stores.channels.channel_events(id, ben.user(), model::Pts(1), 10).await.unwrap();
    let found = core.stores.channels.channels(&[id]).await.unwrap();
    let shared = crate::updates::channel_updates_shared(core, &found[0], &entries, 2).await;
    assert!(shared.unwrap().is_none());
    let own = crate::updates::channel_updates(core, ben.viewer(), id, &entries).await.unwrap();
    let enums::Updates::Updates(own) = own else { panic!("{own:?}") };
    let is_anna =
        |user: &enums::User| matches!(user, enums::User::User(user) if user.id == anna.user().0);
    assert!(own.users.iter().any(is_anna));
}

#[tokio::test]
async fn a_public_channel_is_read_without_joining() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let id = channel(&anna, true, &[]).await;
    let public = Some("newspaper".to_owned());
    world.core.stores.accounts.set_username(Peer::Channel(id), public).await.unwrap();
    say(&anna, on(&anna, id), "to the world").await;
    assert_eq!(
        history(&ben, on(&ben, id)).await.first().map(|(_, text)| text.as_str()),
        Some("to the world")
    );
    let peers = vec![types::InputDialogPeer { peer: on(&ben, id) }.into()];
    let enums::messages::PeerDialogs::PeerDialogs(asked) =
        ben.ok(f::GetPeerDialogs { peers }).await;
    let enums::Dialog::Dialog(dialog) = &asked.dialogs[0] else { panic!() };
    assert_eq!(dialog.pts, Some(2));
    let enums::updates::ChannelDifference::ChannelDifference(found) =
        difference(&ben, id, 1, 10).await
    else {
        panic!()
    };
    // Nobody tells those who are not in it: they ask again.
    assert_eq!((found.new_messages.len(), found.timeout), (1, Some(30)));
    let views = f::GetMessagesViews { peer: on(&ben, id), id: vec![1, 99], increment: true };
    let enums::messages::MessageViews::MessageViews(views) = ben.ok(views).await;
    let enums::MessageViews::MessageViews(first) = &views.views[0];
    assert_eq!((views.views.len(), first.views), (2, Some(2)));
}

#[tokio::test]
async fn a_link_leads_into_a_private_channel() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let id = channel(&anna, true, &[]).await;
    let exported = anna.ok(f::ExportChatInvite { peer: on(&anna, id), ..Default::default() }).await;
    let enums::ExportedChatInvite::ChatInviteExported(link) = exported else { panic!() };
    let hash = link.link.rsplit('+').next().unwrap().to_owned();
    let enums::ChatInvite::ChatInvite(seen) =
        ben.ok(f::CheckChatInvite { hash: hash.clone() }).await
    else {
        panic!()
    };
    assert_eq!((seen.channel, seen.broadcast, seen.megagroup), (true, true, false));
    let enums::messages::ChatInviteJoinResult::ChatInviteJoinResultOk(joined) =
        ben.ok(f::ImportChatInvite { hash }).await;
    let enums::Updates::Updates(updates) = joined.updates else { panic!() };
    assert!(
        matches!(&updates.updates[..], [enums::Update::UpdateChannel(c)] if c.channel_id == id.0)
    );
    assert!(matches!(&updates.chats[..], [enums::Chat::Channel(c)] if c.id == id.0 && !c.left));
    assert!(
        ben.call(f::GetHistory { peer: on(&ben, id), limit: 10, ..Default::default() })
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn posts_keep_their_channel_when_they_are_forwarded() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let id = channel(&anna, true, &[&ben]).await;
    let post = say(&anna, on(&anna, id), "news").await;
    let forward = f::ForwardMessages {
        from_peer: on(&ben, id),
        id: vec![post],
        random_id: vec![1],
        to_peer: ben.peer(&anna),
        ..Default::default()
    };
    let copies = messages(&list(ben.ok(forward.clone()).await));
    // A repetition, of a request whose answer was lost, counts for nothing.
    ben.ok(forward).await;
    let Some(enums::MessageFwdHeader::MessageFwdHeader(header)) = &copies[0].fwd_from else {
        panic!()
    };
    assert_eq!(header.from_id, Some(types::PeerChannel { channel_id: id.0 }.into()));
    assert_eq!(header.channel_post, Some(post));
    let enums::messages::Messages::ChannelMessages(page) =
        anna.ok(f::GetHistory { peer: on(&anna, id), limit: 1, ..Default::default() }).await
    else {
        panic!()
    };
    assert!(matches!(&page.messages[0], enums::Message::Message(m) if m.forwards == Some(1)));
}
