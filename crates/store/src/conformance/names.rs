//! Cases of channels that people write as in a supergroup: banned, listed, searched by.

use model::admin_log::Kind;
use model::channel::row_of;
use model::message::Body;
use model::rights::{AdminRights, BannedRights, Denial};
use model::{ChannelId, MessageId, Peer, UserId};

use super::channel_scene::{self, Scene, create, kicked, newest, text};
use super::support::{NOW, later};
use crate::ports::acts::ChannelAct;
use crate::ports::boxes::SearchQuery;
use crate::ports::channels::{NewChannelMessage, ParticipantFilter};
use crate::{Error, Stores};

/// The names of this file's cases.
#[macro_export]
macro_rules! names_cases {
    ($make:expr) => {
        $crate::conformance_cases!(
            names,
            $make,
            [
                a_banned_channel_takes_every_name_of_its_owner,
                a_ban_of_a_channel_ends_at_its_time,
                a_repeated_post_is_answered_whatever_was_banned_since,
                a_banned_channel_is_listed_with_the_kicked,
                a_ban_of_a_channel_moves_nobody,
                a_group_is_not_banned_from_itself,
                what_is_written_as_a_channel_is_found_by_it,
            ]
        );
    };
}

fn written_as(scene: &Scene<'_>, sender: UserId, name: ChannelId) -> NewChannelMessage {
    scene.written(sender, Body { send_as: Some(name), ..text("hello") })
}

async fn set(
    scene: &Scene<'_>,
    actor: UserId,
    name: ChannelId,
    rights: BannedRights,
) -> Option<Error> {
    let port = &scene.stores.channels;
    port.set_channel_ban(scene.id, actor, row_of(name), rights, NOW).await.err()
}

fn refused() -> Option<Error> {
    Some(Error::Denied(Denial::NameForbidden))
}

/// Whichever of them was banned, and nobody else's; they go on in their own name.
pub async fn a_banned_channel_takes_every_name_of_its_owner(stores: &Stores) {
    let scene = channel_scene::group(stores).await;
    let (member, admin) = (scene.member, scene.admin);
    let (news, other) =
        (create(stores, member, true).await.id, create(stores, member, true).await.id);
    let foreign = create(stores, admin, true).await.id;
    let post = async |sender, name| scene.try_post(written_as(&scene, sender, name)).await.err();
    let id = scene.post(written_as(&scene, member, news)).await.id;
    assert_eq!(set(&scene, admin, news, kicked()).await, None);
    assert_eq!(stores.channels.rows_of_owned(scene.id, member).await.unwrap().len(), 1);
    assert_eq!(stores.channels.rows_of_owned(scene.id, admin).await.unwrap(), []);
    assert_eq!((post(member, news).await, post(member, other).await), (refused(), refused()));
    assert_eq!((post(admin, foreign).await, post(admin, scene.id).await), (None, None));
    // Whoever owns it by now: it is the channel that is banned.
    assert_eq!(post(admin, news).await, refused());
    let own = scene.say(member, "as myself").await;
    let edit = async |id, name| {
        let body = Body { send_as: name, ..text("another") };
        stores.channels.edit_post(scene.id, member, id, body, Some(later(1))).await.err()
    };
    assert_eq!((edit(id, Some(news)).await, edit(own, None).await), (refused(), None));
    assert_eq!(set(&scene, admin, news, BannedRights::default()).await, None);
    assert_eq!(scene.row(row_of(news)).await, None);
    assert_eq!((post(member, news).await, post(member, other).await), (None, None));
    assert_eq!(edit(id, Some(news)).await, None);
}

/// Like that of a person.
pub async fn a_ban_of_a_channel_ends_at_its_time(stores: &Stores) {
    let scene = channel_scene::group(stores).await;
    let news = create(stores, scene.member, true).await.id;
    let rights = BannedRights { until: later(60), ..kicked() };
    assert_eq!(set(&scene, scene.admin, news, rights).await, None);
    let post = async |date| {
        let new = NewChannelMessage { date, ..written_as(&scene, scene.member, news) };
        scene.try_post(new).await.err()
    };
    assert_eq!((post(later(59)).await, post(later(60)).await), (refused(), None));
}

/// The answer of the first was lost.
pub async fn a_repeated_post_is_answered_whatever_was_banned_since(stores: &Stores) {
    let scene = channel_scene::group(stores).await;
    let news = create(stores, scene.member, true).await.id;
    let new = || NewChannelMessage { random_id: Some(7), ..written_as(&scene, scene.member, news) };
    let id = scene.post(new()).await.id;
    assert_eq!(set(&scene, scene.admin, news, kicked()).await, None);
    let again = scene.try_post(new()).await.expect("as before");
    assert!(again.duplicate);
    assert_eq!(again.message.id, id);
}

/// By its title and public name; it counts as one of them, and as nobody who is in.
pub async fn a_banned_channel_is_listed_with_the_kicked(stores: &Stores) {
    let scene = channel_scene::group(stores).await;
    let news = create(stores, scene.member, true).await.id;
    let named = stores.accounts.set_username(Peer::Channel(news), Some("the_news".to_owned()));
    named.await.expect("free");
    let before = scene.channel().await;
    assert_eq!(set(&scene, scene.admin, news, kicked()).await, None);
    scene.ban(scene.stranger, kicked()).await;
    let after = scene.channel().await;
    assert_eq!((after.kicked, after.participants), (before.kicked + 2, before.participants));
    assert_eq!(after.departures, before.departures);
    let listed = async |filter| {
        let page = (0, 10);
        let rows = stores.channels.participants(scene.id, scene.owner, filter, &[], page).await;
        let (rows, count) = rows.expect("readable");
        assert_eq!(usize::try_from(count), Ok(rows.len()));
        rows.iter().map(|row| (row.peer(), row.by)).collect::<Vec<_>>()
    };
    let kicked = |words: &str| ParticipantFilter::Kicked(words.to_owned());
    let banned = (Peer::Channel(news), scene.admin);
    assert_eq!(listed(kicked("")).await, [banned, (Peer::User(scene.stranger), scene.owner)]);
    assert_eq!(listed(kicked("titl")).await, [banned]);
    assert_eq!(listed(kicked("the_ne")).await, [banned]);
    assert_eq!(listed(kicked("nothing")).await, []);
    assert_eq!(listed(ParticipantFilter::Recent).await.len(), 3);
    let muted = BannedRights { send_messages: true, ..BannedRights::default() };
    assert_eq!(set(&scene, scene.admin, news, muted).await, None);
    assert_eq!(listed(ParticipantFilter::Banned(String::new())).await, [banned]);
}

/// No message tells of it, and no device but those of who did it; admins read it in their log.
pub async fn a_ban_of_a_channel_moves_nobody(stores: &Stores) {
    let scene = channel_scene::group(stores).await;
    let news = create(stores, scene.member, true).await.id;
    let act = ChannelAct::Restrict(row_of(news), kicked());
    let told = stores.channels.act_in_channel(scene.id, scene.admin, act, NOW).await.expect("may");
    assert_eq!(told.posted, None);
    assert_eq!(told.moved.everyone().count(), 0);
    let users: Vec<_> = told.events.iter().map(|(user, _)| *user).collect();
    assert_eq!(users, [scene.admin]);
    let log = stores.admin_log.admin_log(scene.id, 0, 0, 1).await.expect("readable");
    assert_eq!((log[0].actor, log[0].what.kind()), (scene.admin, Kind::Kick));
    assert_eq!(log[0].what.subject(), Some(row_of(news)));
}

/// Nor the channel that it belongs to; in a broadcast channel nobody writes as another.
pub async fn a_group_is_not_banned_from_itself(stores: &Stores) {
    let scene = channel_scene::group(stores).await;
    let news = create(stores, scene.owner, true).await.id;
    let owns = Some(Error::Denied(Denial::Owner));
    assert_eq!(set(&scene, scene.owner, scene.id, kicked()).await, owns);
    assert_eq!(set(&scene, scene.owner, news, kicked()).await, None);
    let link = stores.channels.link_discussion(scene.owner, Some(news), Some(scene.id), NOW);
    link.await.expect("the owner may");
    assert_eq!(set(&scene, scene.owner, news, kicked()).await, owns);
    assert_eq!(set(&scene, scene.owner, news, BannedRights::default()).await, None);
    let denied = Some(Error::Denied(Denial::AdminRequired));
    let other = create(stores, scene.stranger, true).await.id;
    assert_eq!(set(&scene, scene.member, other, kicked()).await, denied);
    let rights = AdminRights { delete_messages: true, ..AdminRights::default() };
    scene.grant(scene.owner, scene.member, rights).await.expect("the owner may");
    assert_eq!(set(&scene, scene.member, other, kicked()).await, denied);
    let elsewhere = Scene { id: create(stores, scene.owner, true).await.id, ..scene };
    assert_eq!(set(&elsewhere, elsewhere.owner, other, kicked()).await, owns);
}

/// And not by who wrote it.
pub async fn what_is_written_as_a_channel_is_found_by_it(stores: &Stores) {
    let scene = channel_scene::group(stores).await;
    let (member, admin) = (scene.member, scene.admin);
    let news = create(stores, member, true).await.id;
    let own = scene.say(member, "hello").await;
    let first = scene.post(written_as(&scene, member, news)).await.id;
    let second = scene.post(written_as(&scene, member, news)).await.id;
    let anonymous = scene.post(written_as(&scene, admin, scene.id)).await.id;
    let find = async |from, words: &str| -> Vec<MessageId> {
        let text = words.to_owned();
        let query =
            SearchQuery { from: Some(from), text, window: newest(9), ..SearchQuery::default() };
        let page = stores.channels.search_channel(scene.id, scene.owner, query).await;
        page.expect("readable").messages.iter().map(|message| message.id).collect()
    };
    assert_eq!(find(Peer::Channel(news), "").await, [second, first]);
    assert_eq!(find(Peer::Channel(news), "hello").await, [second, first]);
    assert_eq!(find(Peer::Channel(news), "goodbye").await, []);
    assert_eq!(find(Peer::User(member), "").await, [own]);
    assert_eq!(find(Peer::User(admin), "").await, []);
    assert_eq!(find(Peer::Channel(scene.id), "").await, [anonymous]);
    assert_eq!(find(Peer::Chat(model::ChatId(news.0)), "").await, []);
    scene.delete(&[second]).await;
    assert_eq!(find(Peer::Channel(news), "").await, [first]);
    let elsewhere = Scene { id: create(stores, scene.owner, true).await.id, ..scene };
    elsewhere.say(elsewhere.owner, "hello").await;
    let query = SearchQuery {
        from: Some(Peer::Channel(elsewhere.id)),
        window: newest(9),
        ..SearchQuery::default()
    };
    let page = stores.channels.search_channel(elsewhere.id, elsewhere.owner, query).await;
    assert_eq!(page.expect("readable").messages, []);
}
