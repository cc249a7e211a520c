//! The list of chats: pages, pins, marks, the archive's emptiness, the bar above strangers.

use tl_api::functions::messages as f;
use tl_api::{enums, types};

use super::say;
use crate::testing::{Device, World};

fn peer_ids(dialogs: &[enums::Dialog]) -> Vec<i64> {
    dialogs
        .iter()
        .map(|dialog| match dialog {
            enums::Dialog::Dialog(dialog) => match &dialog.peer {
                enums::Peer::PeerUser(peer) => peer.user_id,
                enums::Peer::PeerChat(peer) => peer.chat_id,
                enums::Peer::PeerChannel(peer) => peer.channel_id,
            },
            enums::Dialog::DialogFolder(_) => panic!("a folder"),
        })
        .collect()
}

fn listed(answer: enums::messages::Dialogs) -> (Vec<enums::Dialog>, usize, i32) {
    match answer {
        enums::messages::Dialogs::Dialogs(page) => (page.dialogs, page.messages.len(), -1),
        enums::messages::Dialogs::DialogsSlice(page) => {
            (page.dialogs, page.messages.len(), page.count)
        }
        enums::messages::Dialogs::DialogsNotModified(_) => panic!("not modified"),
    }
}

fn named(of: &Device<'_>, other: &Device<'_>) -> enums::InputDialogPeer {
    types::InputDialogPeer { peer: of.peer(other) }.into()
}

#[tokio::test]
async fn pages_follow_each_other_newest_first() {
    let world = World::new();
    let anna = world.sign_up("Anna").await;
    let mut ids = Vec::new();
    for n in 0..5 {
        let other = world.sign_up(&format!("P{n}")).await;
        say(&other, other.peer(&anna), "hi").await;
        ids.insert(0, other.user().0);
        world.pass(1);
    }
    let (all, messages, count) =
        listed(anna.ok(f::GetDialogs { limit: 100, ..Default::default() }).await);
    assert_eq!((peer_ids(&all), messages, count), (ids.clone(), 5, -1));
    let (first, _, count) = listed(anna.ok(f::GetDialogs { limit: 2, ..Default::default() }).await);
    assert_eq!((peer_ids(&first), count), (ids[..2].to_vec(), 5));
    let enums::Dialog::Dialog(last) = &first[1] else { panic!() };
    let enums::Peer::PeerUser(peer) = &last.peer else { panic!() };
    let next = f::GetDialogs {
        offset_date: i32::try_from(world.core.now().0 - 2).unwrap(),
        offset_id: last.top_message,
        // As TDLib does it.
        offset_peer: types::InputPeerUser { user_id: peer.user_id, access_hash: 0 }.into(),
        limit: 100,
        ..Default::default()
    };
    let (rest, _, count) = listed(anna.ok(next).await);
    assert_eq!((peer_ids(&rest), count), (ids[2..].to_vec(), 5));
    let enums::Dialog::Dialog(top) = &all[0] else { panic!() };
    assert_eq!((top.unread_count, top.read_inbox_max_id), (1, 0));
}

#[tokio::test]
async fn a_cleared_chat_stays_with_a_message_that_says_so() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    say(&ben, ben.peer(&anna), "hi").await;
    let second = world.device(anna.user());
    let mut ears = second.listen().await;
    let clear = f::DeleteHistory { just_clear: true, peer: anna.peer(&ben), ..Default::default() };
    let enums::messages::AffectedHistory::AffectedHistory(affected) = anna.ok(clear).await;
    assert_eq!((affected.pts_count, affected.offset), (2, 0));
    let heard = ears.hear().await;
    let [enums::Update::UpdateDeleteMessages(_), enums::Update::UpdateNewMessage(left)] =
        &heard[..]
    else {
        panic!("{heard:?}")
    };
    assert_eq!(left.pts, affected.pts);
    let enums::Message::MessageService(left) = &left.message else { panic!("{left:?}") };
    assert_eq!(left.action, enums::MessageAction::MessageActionHistoryClear);
    let all = f::GetDialogs { limit: 100, ..Default::default() };
    let (listed_now, messages, _) = listed(anna.ok(all.clone()).await);
    assert_eq!((peer_ids(&listed_now), messages), (vec![ben.user().0], 1));
    // Without a message it stands in no list.
    anna.ok(f::DeleteMessages { revoke: false, id: vec![left.id] }).await;
    assert_eq!(peer_ids(&listed(anna.ok(all).await).0), Vec::<i64>::new());
}

#[tokio::test]
async fn an_empty_chat_has_a_dialog_when_it_is_asked_for() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let answer = anna.ok(f::GetPeerDialogs { peers: vec![named(&anna, &ben)] }).await;
    let enums::messages::PeerDialogs::PeerDialogs(answer) = answer;
    assert_eq!(
        (peer_ids(&answer.dialogs), answer.messages.len(), answer.users.len()),
        (vec![ben.user().0], 0, 1)
    );
    let enums::updates::State::State(state) = answer.state;
    assert_eq!(state.pts, 1);
}

#[tokio::test]
async fn pins_have_an_order_and_a_bound() {
    let world = World::new();
    let anna = world.sign_up("Anna").await;
    let mut others = Vec::new();
    for n in 0..11 {
        let other = world.sign_up(&format!("P{n}")).await;
        say(&other, other.peer(&anna), "hi").await;
        others.push(other);
    }
    for other in &others[..10] {
        anna.check(f::ToggleDialogPin { pinned: true, peer: named(&anna, other) }, Ok(true)).await;
    }
    let eleventh = f::ToggleDialogPin { pinned: true, peer: named(&anna, &others[10]) };
    assert!(anna.call(eleventh).await.unwrap_err().text.contains("PINNED"));
    let order = vec![named(&anna, &others[3]), named(&anna, &others[1])];
    let laptop = world.device(anna.user());
    let mut ears = laptop.listen().await;
    anna.check(f::ReorderPinnedDialogs { force: true, folder_id: 0, order }, Ok(true)).await;
    assert!(
        matches!(&ears.hear().await[..], [enums::Update::UpdatePinnedDialogs(p)] if p.order.as_ref().unwrap().len() == 2)
    );
    let enums::messages::PeerDialogs::PeerDialogs(pinned) =
        anna.ok(f::GetPinnedDialogs { folder_id: 0 }).await;
    assert_eq!(peer_ids(&pinned.dialogs), [others[3].user().0, others[1].user().0]);
    let (rest, ..) = listed(
        anna.ok(f::GetDialogs { exclude_pinned: true, limit: 100, ..Default::default() }).await,
    );
    assert_eq!(rest.len(), 9);
    // Who does not leave them out has them on the first page, which is the only one that libraries ask so.
    let (first, ..) = listed(anna.ok(f::GetDialogs { limit: 3, ..Default::default() }).await);
    assert_eq!(peer_ids(&first)[..2], [others[3].user().0, others[1].user().0]);
    assert_eq!(
        anna.call(f::GetPinnedDialogs { folder_id: 7 }).await.unwrap_err().text,
        "FOLDER_ID_INVALID"
    );
}

#[tokio::test]
async fn a_mark_by_hand_goes_when_the_chat_is_read() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    say(&ben, ben.peer(&anna), "hi").await;
    anna.ok(f::ReadHistory { peer: anna.peer(&ben), max_id: 0 }).await;
    anna.check(
        f::MarkDialogUnread { unread: true, parent_peer: None, peer: named(&anna, &ben) },
        Ok(true),
    )
    .await;
    assert_eq!(anna.ok(f::GetDialogUnreadMarks { parent_peer: None }).await.len(), 1);
    let laptop = world.device(anna.user());
    let mut ears = laptop.listen().await;
    anna.ok(f::ReadHistory { peer: anna.peer(&ben), max_id: 1 }).await;
    assert!(
        ears.hear()
            .await
            .iter()
            .any(|update| matches!(update, enums::Update::UpdateDialogUnreadMark(m) if !m.unread))
    );
    assert_eq!(anna.ok(f::GetDialogUnreadMarks { parent_peer: None }).await, []);
}

#[tokio::test]
async fn the_bar_is_for_strangers_and_can_be_hidden() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    say(&ben, ben.peer(&anna), "hello, you don't know me").await;
    let bar = || async {
        let answer = anna.ok(f::GetPeerSettings { peer: anna.peer(&ben) }).await;
        let enums::messages::PeerSettings::PeerSettings(answer) = answer;
        let enums::PeerSettings::PeerSettings(bar) = answer.settings;
        (bar.report_spam, bar.add_contact, bar.block_contact)
    };
    assert_eq!(bar().await, (true, true, true));
    anna.check(f::HidePeerSettingsBar { peer: anna.peer(&ben) }, Ok(true)).await;
    assert_eq!(bar().await, (false, false, false));
}

#[tokio::test]
async fn what_is_not_offered_is_empty_and_not_an_error() {
    let world = World::new();
    let anna = world.sign_up("Anna").await;
    anna.check(
        f::GetDialogFilters {},
        Ok(types::messages::DialogFilters {
            tags_enabled: false,
            filters: vec![enums::DialogFilter::DialogFilterDefault],
        }
        .into()),
    )
    .await;
    anna.check(f::GetAllStickers { hash: 0 }, Ok(types::messages::AllStickers::default().into()))
        .await;
    anna.check(f::GetStickerSet::default(), Err("STICKERSET_INVALID")).await;
    let scheduled = f::GetScheduledHistory { peer: enums::InputPeer::InputPeerSelf, hash: 0 };
    let enums::messages::Messages::Messages(page) = anna.ok(scheduled).await else {
        panic!("a whole list");
    };
    assert_eq!(page.messages, []);
    anna.check(
        f::SendScheduledMessages { peer: enums::InputPeer::InputPeerSelf, id: vec![1] },
        Err("MESSAGE_ID_INVALID"),
    )
    .await;
}

#[tokio::test]
async fn the_archive_is_a_list_of_its_own() {
    let world = World::new();
    let (anna, ben, carl) =
        (world.sign_up("Anna").await, world.sign_up("Ben").await, world.sign_up("Carl").await);
    say(&ben, ben.peer(&anna), "hi").await;
    say(&carl, carl.peer(&anna), "hi").await;
    let moved = |folder_id| tl_api::functions::folders::EditPeerFolders {
        folder_peers: vec![types::InputFolderPeer { peer: anna.peer(&ben), folder_id }.into()],
    };
    let laptop = world.device(anna.user());
    let mut ears = laptop.listen().await;
    let updates = crate::testing::list(anna.ok(moved(1)).await);
    assert_eq!(ears.hear().await, updates);
    assert!(
        matches!(&updates[..], [enums::Update::UpdateFolderPeers(f)] if (f.pts, f.pts_count) == (3, 0))
    );
    let folder = |id| f::GetDialogs { folder_id: id, limit: 10, ..Default::default() };
    for (id, expected) in [(Some(0), vec![carl.user().0]), (Some(1), vec![ben.user().0])] {
        let (dialogs, ..) = listed(anna.ok(folder(id)).await);
        assert_eq!(peer_ids(&dialogs), expected, "{id:?}");
    }
    assert_eq!(listed(anna.ok(folder(None)).await).0.len(), 2);
    assert_eq!(anna.fails(moved(2)).await, "FOLDER_ID_INVALID");
}
