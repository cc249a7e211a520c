//! Cases of the channels port: lists of people and of channels.

use model::account::Contact;
use model::channel::Participant;
use model::invariants::START;
use model::rights::BannedRights;
use model::{ChannelId, Peer, Pts, UserId};

use super::channel_scene::{Scene, create, group, kicked, text};
use super::support::{NOW, later, user};
use crate::Stores;
use crate::ports::acts::ChannelAct;
use crate::ports::channels::{NewChannelMessage, ParticipantFilter};

/// The names of this file's cases.
#[macro_export]
macro_rules! channel_lists_cases {
    ($make:expr) => {
        $crate::conformance_cases!(
            channel_lists,
            $make,
            [
                participants_are_listed_by_kind,
                participants_are_found_by_name,
                contacts_are_found_among_members,
                members_come_in_pages,
                channels_of_a_person_are_those_they_are_in,
                departures_only_rise,
                channels_that_moved_are_found_by_date,
                public_channels_belong_to_their_creator,
                public_channels_are_listed_by_id,
            ]
        );
    };
}

async fn listed(scene: &Scene<'_>, filter: ParticipantFilter) -> (Vec<UserId>, i32) {
    let page =
        scene.stores.channels.participants(scene.id, scene.owner, filter, &[], (0, 100)).await;
    let (rows, total) = page.unwrap();
    (rows.into_iter().map(|row| row.user).collect(), total)
}

/// Newest first; admins begin with the owner.
pub async fn participants_are_listed_by_kind(stores: &Stores) {
    let scene = group(stores).await;
    let outcast = user(stores, 9).await.id;
    stores
        .channels
        .invite_to_channel(scene.id, scene.owner, &[scene.stranger], later(9))
        .await
        .unwrap();
    scene.ban(outcast, kicked()).await;
    scene.ban(scene.member, BannedRights { send_media: true, ..BannedRights::default() }).await;
    let none = String::new;
    let recent = [scene.stranger, scene.owner, scene.admin, scene.member];
    assert_eq!(listed(&scene, ParticipantFilter::Recent).await, (recent.to_vec(), 4));
    let admins = vec![scene.owner, scene.admin];
    assert_eq!(listed(&scene, ParticipantFilter::Admins).await, (admins, 2));
    assert_eq!(listed(&scene, ParticipantFilter::Kicked(none())).await, (vec![outcast], 1));
    assert_eq!(listed(&scene, ParticipantFilter::Banned(none())).await, (vec![scene.member], 1));
    let part = async |filter, without: &[UserId], offset| {
        let page =
            stores.channels.participants(scene.id, scene.owner, filter, without, (offset, 2));
        let (rows, total) = page.await.unwrap();
        (rows.iter().map(|row| row.user).collect::<Vec<_>>(), total)
    };
    assert_eq!(part(ParticipantFilter::Recent, &[], 1).await, (recent[1..3].to_vec(), 4));
    // Some may be left out; who is not in it changes no count.
    let without = [scene.owner, outcast];
    let rest = [scene.stranger, scene.admin, scene.member];
    for filter in [ParticipantFilter::Recent, ParticipantFilter::Search(none())] {
        assert_eq!(part(filter.clone(), &without, 0).await, (rest[..2].to_vec(), 3));
        assert_eq!(part(filter, &without, 1).await, (rest[1..].to_vec(), 3));
    }
    let admins = part(ParticipantFilter::Admins, &without, 0).await;
    assert_eq!(admins, (vec![scene.admin], 1));
    let named = part(ParticipantFilter::Search("first".to_owned()), &without, 0).await;
    assert_eq!((named.0.contains(&scene.owner), named.1), (false, 3));
}

/// First and last names, and public ones.
pub async fn participants_are_found_by_name(stores: &Stores) {
    let scene = group(stores).await;
    let named = stores.accounts.set_username(Peer::User(scene.member), Some("nickname".to_owned()));
    named.await.unwrap();
    let search = |words: &str| ParticipantFilter::Search(words.to_owned());
    assert_eq!(listed(&scene, search("nick")).await, (vec![scene.member], 1));
    assert_eq!(listed(&scene, search("last2 FIRST")).await, (vec![scene.admin], 1));
    assert_eq!(listed(&scene, search("first4")).await, (vec![], 0));
    assert_eq!(listed(&scene, search("")).await.1, 3);
    scene.ban(scene.member, kicked()).await;
    let banned = |words: &str| ParticipantFilter::Kicked(words.to_owned());
    assert_eq!(listed(&scene, banned("nick")).await, (vec![scene.member], 1));
    assert_eq!(listed(&scene, banned("other")).await, (vec![], 0));
}

/// Of the person who asks.
pub async fn contacts_are_found_among_members(stores: &Stores) {
    let scene = group(stores).await;
    let contact = |user| Contact {
        user,
        first_name: "My".to_owned(),
        last_name: "Friend".to_owned(),
        phone: None,
        mutual: false,
    };
    let book = vec![contact(scene.member), contact(scene.stranger)];
    stores.contacts.put_contacts(scene.owner, book).await.unwrap();
    let filter = ParticipantFilter::Contacts(String::new());
    assert_eq!(listed(&scene, filter.clone()).await, (vec![scene.member], 1));
    let others = stores.channels.participants(scene.id, scene.admin, filter, &[], (0, 10));
    let others = others.await.unwrap();
    assert_eq!(others, (Vec::<Participant>::new(), 0));
}

/// For telling everyone of a change.
pub async fn members_come_in_pages(stores: &Stores) {
    let scene = group(stores).await;
    scene.ban(scene.stranger, kicked()).await;
    let page = |after| stores.channels.member_ids(scene.id, after, 2);
    let first = page(UserId(0)).await.unwrap();
    assert_eq!(first, [scene.owner, scene.admin]);
    assert_eq!(page(first[1]).await.unwrap(), [scene.member]);
    assert_eq!(page(scene.member).await.unwrap(), []);
}

/// Deleted ones are not among them.
pub async fn channels_of_a_person_are_those_they_are_in(stores: &Stores) {
    let scene = group(stores).await;
    let other = create(stores, scene.member, true).await.id;
    let channels = stores.channels.channels_of(scene.member).await.unwrap();
    assert_eq!(channels, [scene.id, other]);
    let rows = stores.channels.participations(scene.member, &[other, ChannelId(1), scene.id]).await;
    let rows: Vec<_> =
        rows.unwrap().into_iter().map(|(id, row)| (id, row.admin.is_some())).collect();
    assert_eq!(rows, [(other, true), (scene.id, false)]);
    stores.channels.leave_channel(scene.id, scene.member, NOW).await.unwrap();
    stores.channels.delete_channel(other, scene.member).await.unwrap();
    assert_eq!(stores.channels.channels_of(scene.member).await.unwrap(), []);
}

/// Each departure counts, whoever causes it; restrictions that leave somebody in, returns and refusals do not.
pub async fn departures_only_rise(stores: &Stores) {
    let scene = group(stores).await;
    let port = &stores.channels;
    let departures = async || port.channels(&[scene.id]).await.unwrap()[0].departures;
    assert_eq!(departures().await, 0);
    scene.ban(scene.member, BannedRights { send_polls: true, ..BannedRights::default() }).await;
    scene.ban(scene.stranger, kicked()).await;
    assert_eq!(departures().await, 0);
    scene.ban(scene.member, kicked()).await;
    assert_eq!(departures().await, 1);
    scene.ban(scene.member, BannedRights::default()).await;
    port.invite_to_channel(scene.id, scene.owner, &[scene.member], NOW).await.unwrap();
    assert_eq!(port.memberships(scene.member).await.unwrap(), [(scene.id, 1)]);
    let act = port.act_in_channel(scene.id, scene.member, ChannelAct::Leave, NOW).await.unwrap();
    assert_eq!(act.channel.departures, 2);
    assert!(port.leave_channel(scene.id, scene.member, NOW).await.is_err());
    assert_eq!(departures().await, 2);
    let people = [scene.owner, scene.member, scene.stranger, scene.admin];
    let strangers = port.strangers(scene.id, &people).await.unwrap();
    assert_eq!(strangers, [scene.member, scene.stranger]);
    assert_eq!(port.delete_channel(scene.id, scene.owner).await.unwrap().departures, 3);
    assert_eq!(port.memberships(scene.owner).await.unwrap(), []);
}

/// Messages, edits that show, deletions and pins move a log; nobody hears of channels they are not in.
pub async fn channels_that_moved_are_found_by_date(stores: &Stores) {
    let scene = group(stores).await;
    let (id, owner) = (scene.id, scene.owner);
    let port = &stores.channels;
    let moved = async |since| port.channels_moved(scene.member, later(since)).await.unwrap();
    assert_eq!(moved(1).await, []);
    let post = NewChannelMessage { date: later(10), ..scene.written(owner, text("one")) };
    let first = scene.post(post.clone()).await.id;
    assert_eq!(moved(10).await, [(id, Pts(START.0 + 1))]);
    assert_eq!(moved(11).await, []);
    port.edit_post(id, owner, first, text("two"), Some(later(20))).await.unwrap();
    assert_eq!(moved(20).await, [(id, Pts(START.0 + 2))]);
    assert_eq!(moved(21).await, []);
    port.pin_posts(id, owner, &[first], true, later(30)).await.unwrap();
    assert_eq!(moved(30).await, [(id, Pts(START.0 + 3))]);
    port.delete_posts(id, owner, &[first], later(40)).await.unwrap();
    assert_eq!(moved(40).await, [(id, Pts(START.0 + 4))]);
    // A clock that went back takes nothing away.
    scene.post(post).await;
    assert_eq!(moved(40).await, [(id, Pts(START.0 + 5))]);
    let others = port.channels_moved(scene.stranger, later(0)).await.unwrap();
    assert_eq!(others, []);
    port.delete_channel(id, owner).await.unwrap();
    assert_eq!(moved(0).await, []);
}

/// Whoever else administers them.
pub async fn public_channels_belong_to_their_creator(stores: &Stores) {
    let scene = group(stores).await;
    create(stores, scene.owner, true).await;
    assert_eq!(stores.channels.public_channels_of(scene.owner).await.unwrap(), []);
    scene.publish("public_name").await;
    assert_eq!(stores.channels.public_channels_of(scene.owner).await.unwrap(), [scene.id]);
    assert_eq!(stores.channels.public_channels_of(scene.admin).await.unwrap(), []);
}

/// Private and deleted ones are not among them.
pub async fn public_channels_are_listed_by_id(stores: &Stores) {
    let scene = group(stores).await;
    let owner = scene.owner;
    let second = create(stores, owner, true).await.id;
    let hidden = create(stores, owner, true).await.id;
    let third = create(stores, owner, true).await.id;
    scene.publish("first_name").await;
    for (channel, name) in [(second, "second_name"), (third, "third_name")] {
        let named = stores.accounts.set_username(Peer::Channel(channel), Some(name.to_owned()));
        named.await.unwrap();
    }
    let listed = async |ids: std::ops::Range<ChannelId>, limit| {
        let found = stores.channels.public_channels(ids, limit).await.unwrap();
        found.into_iter().map(|one| (one.id, one.name, one.broadcast)).collect::<Vec<_>>()
    };
    let row = |id, name: &str| (id, name.to_owned(), id != scene.id);
    let (one, two) = (row(scene.id, "first_name"), row(second, "second_name"));
    assert!(hidden > second && hidden < third);
    assert_eq!(listed(scene.id..third, 10).await, [two, one.clone()]);
    assert_eq!(listed(scene.id..ChannelId(i64::MAX), 1).await, [row(third, "third_name")]);
    assert_eq!(listed(third..scene.id, 10).await, []);
    assert_eq!(listed(scene.id..third, 0).await, []);
    stores.channels.delete_channel(second, owner).await.unwrap();
    assert_eq!(listed(scene.id..third, 10).await, [one]);
}
