//! Cases of the chats port.

use model::account::{NotifyScope, NotifySettings};
use model::chat::{Chat, Invite};
use model::limits::CHAT_MEMBERS;
use model::message::Action;
use model::rights::{BannedRights, Denial};
use model::{ChatId, MessageId, Peer, PhotoId, UnixTime, UserId};

use super::support::{NOW, later, people};
use super::writing::{ANN, BEN, CAT, group, text};
use crate::ports::acts::ChannelAct;
use crate::ports::boxes::BoxPeer;
use crate::ports::chats::{ChatChange, FIRST_CHAT};
use crate::{Error, Stores};

/// The names of this file's cases.
#[macro_export]
macro_rules! chats_cases {
    ($make:expr) => {
        $crate::conformance_cases!(
            chats,
            $make,
            [
                a_group_begins_with_its_people,
                a_group_has_a_limit,
                a_group_is_changed_by_right,
                a_change_of_nothing_is_refused,
                members_are_added_by_right,
                members_are_removed_by_right,
                only_the_creator_makes_admins,
                only_the_creator_closes_a_group,
                a_group_moves_to_a_supergroup,
                a_supergroup_takes_the_place_of_its_group,
                links_lead_to_what_a_group_became,
                admins_keep_links,
                a_permanent_link_replaces_the_one_before,
                links_are_listed_by_admin,
                only_revoked_links_are_forgotten,
                a_link_lets_people_in,
                a_link_ends,
                a_link_may_ask_for_approval,
                a_request_is_taken_once,
            ]
        );
    };
}

fn members(chat: &Chat) -> Vec<UserId> {
    chat.members.iter().map(|member| member.user).collect()
}

async fn chat(stores: &Stores, id: ChatId) -> Chat {
    stores.chats.chats(&[id]).await.expect("readable").pop().expect("it exists")
}

/// The creator first, nobody twice.
pub async fn a_group_begins_with_its_people(stores: &Stores) {
    let users = [BEN, ANN, BEN, CAT];
    let made = stores.chats.create_chat(ANN, "Birds".to_owned(), &users, Some(60), NOW).await;
    let made = made.expect("few");
    assert_eq!(members(&made), [ANN, BEN, CAT]);
    assert_eq!((made.title.as_str(), made.creator, made.created), ("Birds", ANN, NOW));
    assert_eq!((made.ttl_period, made.version, made.deactivated), (Some(60), 1, false));
    assert_eq!(chat(stores, made.id).await, made);
    let other = group(stores, &[BEN]).await;
    assert_eq!((made.id, other), (ChatId(FIRST_CHAT), ChatId(FIRST_CHAT + 1)));
    assert_eq!(stores.chats.chats_of(BEN).await, Ok(vec![made.id, other]));
    assert_eq!(stores.chats.chats_of(CAT).await, Ok(vec![made.id]));
    let known = stores.chats.chats(&[ChatId(99), other]).await.expect("readable");
    assert_eq!(known.len(), 1);
}

fn crowd(n: usize) -> Vec<UserId> {
    (0..n).map(|n| UserId(3_000_000 + i64::try_from(n).unwrap_or(0))).collect()
}

/// At its making and after.
pub async fn a_group_has_a_limit(stores: &Stores) {
    let make = |n| async move {
        stores.chats.create_chat(ANN, "Crowd".to_owned(), &crowd(n), None, NOW).await
    };
    assert_eq!(make(CHAT_MEMBERS).await, Err(Denial::TooMany.into()));
    let full = make(CHAT_MEMBERS - 1).await.expect("just fits");
    let more = stores.chats.add_member(full.id, ANN, BEN, NOW).await;
    assert_eq!(more, Err(Denial::TooMany.into()));
}

/// Members change the description unless forbidden; rights are the admins'.
pub async fn a_group_is_changed_by_right(stores: &Stores) {
    let id = group(stores, &[ANN, BEN]).await;
    let title = ChatChange { title: Some("New".to_owned()), ..ChatChange::default() };
    let changed = stores.chats.change_chat(id, BEN, title.clone()).await.expect("a member");
    assert_eq!((changed.title.as_str(), changed.version), ("New", 1));
    let banned = BannedRights { change_info: true, ..BannedRights::default() };
    let rights = ChatChange { default_banned: Some(banned), ..ChatChange::default() };
    let refused = stores.chats.change_chat(id, BEN, rights.clone()).await;
    assert_eq!(refused, Err(Denial::AdminRequired.into()));
    let changed = stores.chats.change_chat(id, ANN, rights).await.expect("an admin");
    assert_eq!((changed.default_banned, changed.version), (banned, 2));
    let photo = ChatChange { photo: Some(Some(PhotoId(5))), ..ChatChange::default() };
    let refused = stores.chats.change_chat(id, BEN, photo.clone()).await;
    assert_eq!(refused, Err(Denial::AdminRequired.into()));
    let changed = stores.chats.change_chat(id, ANN, photo).await.expect("an admin");
    assert_eq!(changed.photo, Some(PhotoId(5)));
    assert_eq!(chat(stores, id).await, changed);
    // What keeps words inside is the creator's, whoever else is an admin.
    stores.chats.set_admin(id, ANN, BEN, true).await.expect("the creator");
    let protect = ChatChange { noforwards: Some(true), ..ChatChange::default() };
    let refused = stores.chats.change_chat(id, BEN, protect.clone()).await;
    assert_eq!(refused, Err(Denial::AdminRequired.into()));
    assert!(stores.chats.change_chat(id, ANN, protect).await.expect("the creator").noforwards);
    let stranger = stores.chats.change_chat(id, CAT, title.clone()).await;
    assert_eq!(stranger, Err(Denial::NotParticipant.into()));
    let missing = stores.chats.change_chat(ChatId(99), ANN, title).await;
    assert_eq!(missing, Err(Error::NotFound));
}

/// The same again.
pub async fn a_change_of_nothing_is_refused(stores: &Stores) {
    let id = group(stores, &[ANN]).await;
    let same = ChatChange { title: Some("Group".to_owned()), ..ChatChange::default() };
    assert_eq!(stores.chats.change_chat(id, ANN, same).await, Err(Error::NotModified));
}

/// Members invite unless forbidden.
pub async fn members_are_added_by_right(stores: &Stores) {
    let id = group(stores, &[ANN, BEN]).await;
    let changed = stores.chats.add_member(id, BEN, CAT, later(5)).await.expect("a member");
    let added = changed.member(CAT).expect("in it");
    assert_eq!((added.inviter, added.date, added.admin), (BEN, later(5), false));
    assert_eq!(changed.version, 2);
    let again = stores.chats.add_member(id, ANN, CAT, NOW).await;
    assert_eq!(again, Err(Denial::AlreadyParticipant.into()));
    let banned = BannedRights { invite_users: true, ..BannedRights::default() };
    let change = ChatChange { default_banned: Some(banned), ..ChatChange::default() };
    stores.chats.change_chat(id, ANN, change).await.expect("an admin");
    let refused = stores.chats.add_member(id, BEN, UserId(9), NOW).await;
    assert_eq!(refused, Err(Denial::AdminRequired.into()));
    assert!(stores.chats.add_member(id, ANN, UserId(9), NOW).await.is_ok());
    let stranger = stores.chats.add_member(id, UserId(10), UserId(11), NOW).await;
    assert_eq!(stranger, Err(Denial::NotParticipant.into()));
}

/// Oneself, whom one brought, plain members by an admin, everyone by the creator.
pub async fn members_are_removed_by_right(stores: &Stores) {
    let (dan, eve) = (UserId(4), UserId(5));
    let id = group(stores, &[ANN, BEN, CAT, dan]).await;
    stores.chats.add_member(id, BEN, eve, NOW).await.expect("a member");
    let remove = |actor, user| stores.chats.remove_member(id, actor, user);
    assert_eq!(remove(CAT, eve).await, Err(Denial::AdminRequired.into()));
    assert_eq!(members(&remove(BEN, eve).await.expect("brought her")), [ANN, BEN, CAT, dan]);
    stores.chats.set_admin(id, ANN, BEN, true).await.expect("the creator");
    assert_eq!(remove(BEN, ANN).await, Err(Denial::AdminRequired.into()));
    assert_eq!(members(&remove(BEN, CAT).await.expect("an admin")), [ANN, BEN, dan]);
    assert_eq!(members(&remove(dan, dan).await.expect("himself")), [ANN, BEN]);
    assert_eq!(members(&remove(ANN, BEN).await.expect("the creator")), [ANN]);
    assert_eq!(remove(ANN, BEN).await, Err(Denial::NotParticipant.into()));
    assert_eq!(remove(BEN, BEN).await, Err(Denial::NotParticipant.into()));
    assert_eq!(stores.chats.chats_of(BEN).await, Ok(Vec::new()));
}

/// Made and unmade.
pub async fn only_the_creator_makes_admins(stores: &Stores) {
    let id = group(stores, &[ANN, BEN, CAT]).await;
    let refused = stores.chats.set_admin(id, BEN, CAT, true).await;
    assert_eq!(refused, Err(Denial::AdminRequired.into()));
    let changed = stores.chats.set_admin(id, ANN, BEN, true).await.expect("the creator");
    assert!(changed.is_admin(BEN));
    assert_eq!(changed.version, 2);
    let same = stores.chats.set_admin(id, ANN, BEN, true).await.expect("the creator");
    assert_eq!(same.version, 2);
    let changed = stores.chats.set_admin(id, ANN, BEN, false).await.expect("the creator");
    assert!(!changed.is_admin(BEN));
    let herself = stores.chats.set_admin(id, ANN, ANN, false).await;
    assert_eq!(herself, Err(Denial::Owner.into()));
    let stranger = stores.chats.set_admin(id, ANN, UserId(9), true).await;
    assert_eq!(stranger, Err(Denial::NotParticipant.into()));
}

/// Nothing happens in it any more.
pub async fn only_the_creator_closes_a_group(stores: &Stores) {
    let id = group(stores, &[ANN, BEN]).await;
    let refused = stores.chats.delete_chat(id, BEN).await;
    assert_eq!(refused, Err(Denial::AdminRequired.into()));
    let closed = stores.chats.delete_chat(id, ANN).await.expect("the creator");
    assert!(closed.deactivated);
    assert_eq!(stores.chats.chats_of(ANN).await, Ok(Vec::new()));
    let added = stores.chats.add_member(id, ANN, CAT, NOW).await;
    assert_eq!(added, Err(Denial::Deactivated.into()));
}

/// And names where it went.
pub async fn a_group_moves_to_a_supergroup(stores: &Stores) {
    let id = group(stores, &[ANN, BEN, CAT]).await;
    stores.chats.set_admin(id, ANN, BEN, true).await.expect("the creator");
    let refused = stores.chats.migrate_chat(id, BEN, later(9)).await;
    assert_eq!(refused, Err(Denial::AdminRequired.into()));
    let moved = stores.chats.migrate_chat(id, ANN, later(9)).await.expect("the creator");
    let channel = &moved.channel;
    assert_eq!((moved.chat.migrated_to, moved.chat.deactivated), (Some(channel.id), true));
    assert_eq!(chat(stores, id).await, moved.chat);
    assert_eq!(stores.channels.channels(&[channel.id]).await, Ok(vec![channel.clone()]));
    assert_eq!((channel.title.clone(), channel.creator), (moved.chat.title.clone(), ANN));
    assert_eq!((channel.participants, channel.admins), (3, 2));
    assert_eq!(channel.migrated_from.map(|(from, _)| from), Some(id));
    assert_eq!((moved.first.id, channel.top_message), (MessageId(1), MessageId(1)));
    let welcome = Action::ChannelMigrateFrom { title: channel.title.clone(), chat: id };
    assert_eq!(moved.first.body.action, Some(welcome));
    let owners: Vec<_> = moved.told.iter().map(|copy| copy.owner).collect();
    assert_eq!(owners, [ANN, BEN, CAT]);
    let farewell = Some(Action::ChatMigrateTo { channel: channel.id });
    assert!(moved.told.iter().all(|copy| copy.message.body.action == farewell));
    let admin = stores.channels.participant(channel.id, BEN).await.expect("readable");
    let admin = admin.and_then(|row| row.admin).expect("an admin as before");
    assert!(admin.ban_users && !admin.add_admins);
    for user in [ANN, BEN, CAT] {
        let listed = stores.dialogs.dialog_peers(user).await.expect("readable");
        assert!(listed.contains(&Peer::Channel(channel.id)));
        assert_eq!(stores.chats.chats_of(user).await, Ok(vec![]));
    }
    let again = stores.chats.migrate_chat(id, ANN, NOW).await;
    assert_eq!(again, Err(Denial::Deactivated.into()));
    let late = stores.boxes.send(vec![text(BEN, BoxPeer::Chat(id), "too late")]).await;
    assert_eq!(late.map(drop), Err(Denial::Deactivated.into()));
}

/// Pinned, archived and silent, as each had it.
pub async fn a_supergroup_takes_the_place_of_its_group(stores: &Stores) {
    let [ann, ben] = people(stores).await;
    let [id, other] = [group(stores, &[ann, ben]).await, group(stores, &[ann, ben]).await];
    let dialogs = &stores.dialogs;
    for chat in [other, id] {
        stores
            .boxes
            .send(vec![text(ann, BoxPeer::Chat(chat), "hello")])
            .await
            .expect("both are in");
        dialogs.set_dialog_pinned(ann, Peer::Chat(chat), true).await.expect("listed");
    }
    dialogs.set_dialog_folder(ben, &[(Peer::Chat(id), 1)]).await.expect("listed");
    let silent = NotifySettings { mute_until: Some(UnixTime(9)), ..NotifySettings::default() };
    let scope = |peer| NotifyScope::Peer(peer);
    let set = stores.accounts.set_notify_settings(ben, scope(Peer::Chat(id)), silent.clone());
    set.await.expect("readable");
    let channel = stores.chats.migrate_chat(id, ann, later(9)).await.expect("the creator").channel;
    let peer = Peer::Channel(channel.id);
    let pinned = dialogs.pinned_dialogs(ann, 0).await.expect("readable").dialogs;
    let pinned: Vec<_> = pinned.into_iter().map(|dialog| dialog.peer).collect();
    assert_eq!(pinned, [peer, Peer::Chat(other)]);
    let of =
        async |user| dialogs.peer_dialogs(user, &[peer]).await.expect("readable").dialogs.remove(0);
    let (hers, his) = (of(ann).await, of(ben).await);
    assert_eq!((hers.folder, hers.notify), (0, NotifySettings::default()));
    assert_eq!((his.folder, his.pinned_order, his.notify), (1, None, silent));
}

/// Also for those who wait.
pub async fn links_lead_to_what_a_group_became(stores: &Stores) {
    let id = group(stores, &[ANN, BEN]).await;
    let put = |invite| stores.chats.put_invite(Peer::Chat(id), ANN, invite, NOW);
    put(link("plain")).await.expect("the creator");
    let asking = Invite { request_needed: true, ..link("asking") };
    put(asking).await.expect("the creator");
    let asked = stores.chats.join_chat_by_invite("asking", CAT, None, NOW).await;
    assert_eq!(asked.map(drop), Err(Error::Conflict));
    let channel = stores.chats.migrate_chat(id, ANN, later(9)).await.expect("the creator").channel;
    let peer = Peer::Channel(channel.id);
    let (leads_to, _) = stores.chats.invite("plain").await.unwrap().expect("it exists");
    assert_eq!(leads_to, peer);
    let come = stores.channels.join_channel(channel.id, UserId(9), Some("plain".to_owned()), NOW);
    come.await.expect("the link is open");
    let links = stores.chats.invites(peer, ANN, false, 9).await.unwrap();
    assert_eq!(links.len(), 2);
    let admit = ChannelAct::Admit(CAT);
    let told = stores.channels.act_in_channel(channel.id, ANN, admit, later(10)).await;
    assert_eq!(told.unwrap().moved.came, [CAT]);
}

fn link(hash: &str) -> Invite {
    Invite { hash: hash.to_owned(), date: NOW, ..Invite::default() }
}

async fn find(stores: &Stores, hash: &str) -> Invite {
    stores.chats.invite(hash).await.expect("readable").expect("it exists").1
}

/// Theirs, or for the creator anybody's; counters are the store's.
pub async fn admins_keep_links(stores: &Stores) {
    let id = group(stores, &[ANN, BEN]).await;
    let peer = Peer::Chat(id);
    let put = |actor, invite| stores.chats.put_invite(peer, actor, invite, NOW);
    assert_eq!(put(BEN, link("b")).await, Err(Denial::AdminRequired.into()));
    stores.chats.set_admin(id, ANN, BEN, true).await.expect("the creator");
    put(BEN, link("b")).await.expect("an admin");
    put(ANN, link("a")).await.expect("the creator");
    let found = stores.chats.invite("b").await.expect("readable");
    assert_eq!(found, Some((peer, Invite { admin: BEN, ..link("b") })));
    assert_eq!(stores.chats.invite("c").await, Ok(None));

    let title = Some("Door".to_owned());
    let changed = Invite { title: title.clone(), usage: 50, ..link("a") };
    assert_eq!(put(BEN, changed.clone()).await, Err(Denial::AdminRequired.into()));
    put(ANN, Invite { hash: "b".to_owned(), ..changed }).await.expect("the creator");
    let expected = Invite { admin: BEN, title, ..link("b") };
    assert_eq!(find(stores, "b").await, expected);

    let other = Peer::Chat(group(stores, &[ANN]).await);
    assert_eq!(stores.chats.put_invite(other, ANN, link("a"), NOW).await, Err(Error::Conflict));
}

/// One for each admin.
pub async fn a_permanent_link_replaces_the_one_before(stores: &Stores) {
    let id = group(stores, &[ANN, BEN]).await;
    stores.chats.set_admin(id, ANN, BEN, true).await.expect("the creator");
    let permanent = |hash| Invite { permanent: true, ..link(hash) };
    for (actor, hash) in [(ANN, "a1"), (BEN, "b1"), (ANN, "a2")] {
        stores
            .chats
            .put_invite(Peer::Chat(id), actor, permanent(hash), NOW)
            .await
            .expect("an admin");
    }
    assert!(find(stores, "a1").await.revoked);
    assert!(!find(stores, "a2").await.revoked);
    assert!(!find(stores, "b1").await.revoked);
}

/// Newest first, open and revoked ones apart.
pub async fn links_are_listed_by_admin(stores: &Stores) {
    let id = group(stores, &[ANN, BEN]).await;
    let peer = Peer::Chat(id);
    stores.chats.set_admin(id, ANN, BEN, true).await.expect("the creator");
    for (second, actor, hash) in [(1, ANN, "a1"), (2, ANN, "a2"), (3, ANN, "a3"), (4, BEN, "b1")] {
        let invite = Invite { date: later(second), ..link(hash) };
        stores.chats.put_invite(peer, actor, invite, NOW).await.expect("an admin");
    }
    let revoked = Invite { revoked: true, ..link("a2") };
    stores.chats.put_invite(peer, ANN, revoked, NOW).await.expect("an admin");
    let hashes = |admin, revoked, limit| async move {
        let invites = stores.chats.invites(peer, admin, revoked, limit).await.expect("readable");
        invites.into_iter().map(|invite| invite.hash).collect::<Vec<_>>()
    };
    assert_eq!(hashes(ANN, false, 10).await, ["a3", "a1"]);
    assert_eq!(hashes(ANN, false, 1).await, ["a3"]);
    assert_eq!(hashes(ANN, true, 10).await, ["a2"]);
    assert_eq!(hashes(BEN, true, 10).await, Vec::<String>::new());
    let counts = stores.chats.admins_with_invites(peer).await;
    assert_eq!(counts, Ok(vec![(ANN, 2, 1), (BEN, 1, 0)]));
}

/// By their admin or the creator.
pub async fn only_revoked_links_are_forgotten(stores: &Stores) {
    let id = group(stores, &[ANN, BEN]).await;
    let peer = Peer::Chat(id);
    stores.chats.set_admin(id, ANN, BEN, true).await.expect("the creator");
    stores.chats.put_invite(peer, ANN, link("a"), NOW).await.expect("an admin");
    let delete = |actor| stores.chats.delete_invite(peer, actor, "a", NOW);
    assert_eq!(delete(ANN).await, Err(Error::NotFound));
    let revoked = Invite { revoked: true, ..link("a") };
    stores.chats.put_invite(peer, ANN, revoked, NOW).await.expect("an admin");
    // A change that was on its way when the link ended does not open it again.
    stores.chats.put_invite(peer, ANN, link("a"), NOW).await.expect("an admin");
    assert!(find(stores, "a").await.revoked);
    assert_eq!(delete(BEN).await, Err(Denial::AdminRequired.into()));
    assert_eq!(delete(ANN).await, Ok(()));
    assert_eq!(stores.chats.invite("a").await, Ok(None));
    // Nor one that was on its way when it was deleted.
    let late = stores.chats.change_invite(peer, ANN, link("a"), NOW).await;
    assert_eq!(late, Err(Error::NotFound));
    assert_eq!(stores.chats.invite("a").await, Ok(None));
    stores.chats.put_invite(peer, ANN, link("b"), NOW).await.expect("an admin");
    let named = Invite { title: Some("friends".to_owned()), ..link("b") };
    stores.chats.change_invite(peer, ANN, named, NOW).await.expect("it is there");
    assert_eq!(find(stores, "b").await.title.as_deref(), Some("friends"));
}

/// Counted, and remembered as who came.
pub async fn a_link_lets_people_in(stores: &Stores) {
    let id = group(stores, &[ANN]).await;
    stores.chats.put_invite(Peer::Chat(id), ANN, link("a"), NOW).await.expect("an admin");
    let join = |user| stores.chats.join_chat_by_invite("a", user, None, later(5));
    let (joined, invite) = join(BEN).await.expect("open");
    let member = joined.member(BEN).expect("in it");
    assert_eq!((member.inviter, member.date, invite.usage), (ANN, later(5), 1));
    assert_eq!(chat(stores, id).await, joined);
    assert_eq!(join(BEN).await, Err(Denial::AlreadyParticipant.into()));
    assert_eq!(join(CAT).await.expect("open").1.usage, 2);
    let (came, total) =
        stores.chats.importers(Peer::Chat(id), Some("a"), false, 1).await.expect("readable");
    assert_eq!((came.len(), total), (1, 2));
    assert!(!came[0].requested);
    let missing = stores.chats.join_chat_by_invite("b", CAT, None, NOW).await;
    assert_eq!(missing, Err(Error::NotFound));
}

/// By revocation, time, or use.
pub async fn a_link_ends(stores: &Stores) {
    let id = group(stores, &[ANN]).await;
    let links = [
        Invite { revoked: true, ..link("revoked") },
        Invite { expires: Some(later(10)), ..link("timed") },
        Invite { usage_limit: Some(1), ..link("counted") },
    ];
    for invite in links {
        stores.chats.put_invite(Peer::Chat(id), ANN, invite, NOW).await.expect("an admin");
    }
    let expired = Err(Denial::InviteExpired.into());
    let join = |hash, user, at| stores.chats.join_chat_by_invite(hash, user, None, at);
    assert_eq!(join("revoked", BEN, NOW).await, expired);
    assert_eq!(join("timed", BEN, later(10)).await, expired);
    assert!(join("timed", BEN, later(9)).await.is_ok());
    assert!(join("counted", CAT, NOW).await.is_ok());
    assert_eq!(join("counted", UserId(9), NOW).await, expired);
}

async fn with_approval(stores: &Stores) -> ChatId {
    let id = group(stores, &[ANN, BEN]).await;
    let invite = Invite { request_needed: true, ..link("a") };
    stores.chats.put_invite(Peer::Chat(id), ANN, invite, NOW).await.expect("an admin");
    id
}

/// The request is kept although the call is refused.
pub async fn a_link_may_ask_for_approval(stores: &Stores) {
    let id = with_approval(stores).await;
    let about = Some("a bird".to_owned());
    let join = |at| stores.chats.join_chat_by_invite("a", CAT, about.clone(), at);
    assert_eq!(join(later(1)).await, Err(Error::Conflict));
    assert_eq!(join(later(2)).await, Err(Error::Conflict));
    let invite = find(stores, "a").await;
    assert_eq!((invite.requested, invite.usage), (1, 0));
    let (waiting, total) =
        stores.chats.importers(Peer::Chat(id), None, true, 10).await.expect("readable");
    assert_eq!(total, 1);
    assert_eq!((waiting[0].user, waiting[0].date), (CAT, later(1)));
    assert_eq!((waiting[0].requested, waiting[0].about.clone()), (true, about));
    assert_eq!(members(&chat(stores, id).await), [ANN, BEN]);
}

/// By an admin, with either answer.
pub async fn a_request_is_taken_once(stores: &Stores) {
    let id = with_approval(stores).await;
    let peer = Peer::Chat(id);
    for user in [CAT, UserId(9)] {
        let asked = stores.chats.join_chat_by_invite("a", user, None, NOW).await;
        assert_eq!(asked, Err(Error::Conflict));
    }
    let take = |actor, user, approved| stores.chats.take_join_request(peer, actor, user, approved);
    assert_eq!(take(BEN, CAT, true).await, Err(Denial::AdminRequired.into()));
    let taken = take(ANN, CAT, true).await.expect("waits");
    assert_eq!((taken.requested, taken.approved_by), (false, Some(ANN)));
    assert_eq!(take(ANN, CAT, true).await, Err(Error::NotFound));
    let refused = take(ANN, UserId(9), false).await.expect("waits");
    assert_eq!((refused.user, refused.approved_by), (UserId(9), None));
    let invite = find(stores, "a").await;
    assert_eq!((invite.requested, invite.usage), (0, 1));
    let came = stores.chats.importers(peer, Some("a"), false, 10).await.expect("readable");
    assert_eq!((came.0, came.1), (vec![taken], 1));
    let waiting = stores.chats.importers(peer, None, true, 10).await.expect("readable");
    assert_eq!(waiting, (Vec::new(), 0));
}
