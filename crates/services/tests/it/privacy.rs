//! The matrix of privacy: rule by rule, viewer by viewer, as views show it.

use model::account::{PrivacyKey, PrivacyRule};
use model::{Peer, UserId};
use services::contacts::NewContact;
use services::views::{self, PeerSet, StatusView, UserView};
use services::{Caller, Error, chats, contacts, presence, privacy, profile};

use crate::support::{DAY, START, World, told};

/// The owner with a contact, a stranger, and somebody blocked.
struct People {
    owner: Caller,
    friend: Caller,
    stranger: Caller,
    blocked: Caller,
}

const PHONES: [&str; 4] =
    ["+49 151 000 001", "+49 151 000 002", "+49 151 000 003", "+49 151 000 004"];

async fn know(world: &World, caller: Caller, user: UserId, phone: &str) {
    let new = NewContact {
        user,
        first_name: "Known".to_owned(),
        last_name: String::new(),
        phone: phone.to_owned(),
        share_phone: false,
    };
    contacts::add(&world.core, caller, new).await.unwrap();
}

async fn people(world: &World) -> People {
    let mut callers = Vec::new();
    for phone in PHONES {
        callers.push(world.register(phone, "Someone").await);
    }
    let [owner, friend, stranger, blocked] = callers.try_into().unwrap();
    know(world, owner, friend.user, "").await;
    know(world, owner, blocked.user, "").await;
    contacts::set_blocked(&world.core, owner, blocked.user, true).await.unwrap();
    People { owner, friend, stranger, blocked }
}

async fn seen(world: &World, viewer: Caller, user: Caller) -> UserView {
    views::user(&world.core, viewer.user, user.user).await.unwrap()
}

async fn set(world: &World, owner: Caller, key: PrivacyKey, rules: &[PrivacyRule]) {
    privacy::set_rules(&world.core, owner, key, rules.to_vec()).await.unwrap();
}

#[tokio::test]
async fn the_number_by_rule_and_viewer() {
    use PrivacyRule::{
        AllowAll, AllowContacts, AllowUsers, DisallowAll, DisallowContacts, DisallowUsers,
    };
    let world = World::new();
    let People { owner, friend, stranger, blocked } = people(&world).await;
    // (rules, seen by friend, by stranger); the blocked never see it, the owner always does.
    let cases: [(&[PrivacyRule], bool, bool); 7] = [
        (&[AllowContacts, DisallowAll], true, false),
        (&[AllowAll], true, true),
        (&[DisallowAll], false, false),
        (&[DisallowContacts, AllowAll], false, true),
        (&[AllowUsers(vec![stranger.user]), DisallowAll], false, true),
        (&[AllowAll, DisallowUsers(vec![friend.user])], false, true),
        (&[AllowContacts, DisallowUsers(vec![friend.user]), AllowAll], false, true),
    ];
    for (rules, by_friend, by_stranger) in cases {
        set(&world, owner, PrivacyKey::PhoneNumber, rules).await;
        assert!(seen(&world, owner, owner).await.phone.is_some(), "{rules:?}");
        assert_eq!(seen(&world, friend, owner).await.phone.is_some(), by_friend, "{rules:?}");
        assert_eq!(seen(&world, stranger, owner).await.phone.is_some(), by_stranger, "{rules:?}");
        assert!(seen(&world, blocked, owner).await.phone.is_none(), "{rules:?}");
    }
}

#[tokio::test]
async fn by_default_contacts_see_the_number_and_who_knows_it_keeps_it() {
    let world = World::new();
    let People { owner, friend, stranger, .. } = people(&world).await;
    assert!(seen(&world, friend, owner).await.phone.is_some());
    assert!(seen(&world, stranger, owner).await.phone.is_none());
    know(&world, stranger, owner.user, "+49 151 000 009").await;
    assert!(seen(&world, stranger, owner).await.phone.is_none(), "a wrong guess teaches nothing");
    know(&world, stranger, owner.user, PHONES[0]).await;
    set(&world, owner, PrivacyKey::PhoneNumber, &[PrivacyRule::DisallowAll]).await;
    assert!(seen(&world, stranger, owner).await.phone.is_some());
    assert!(seen(&world, friend, owner).await.phone.is_none());
}

#[tokio::test]
async fn who_may_not_be_found_by_their_number_is_not_guessed_either() {
    let world = World::new();
    let People { owner, stranger, .. } = people(&world).await;
    let hidden = [PrivacyRule::AllowContacts, PrivacyRule::DisallowAll];
    set(&world, owner, PrivacyKey::AddedByPhone, &hidden).await;
    know(&world, stranger, owner.user, PHONES[0]).await;
    assert!(seen(&world, stranger, owner).await.phone.is_none(), "the right number looks wrong");
    know(&world, owner, stranger.user, "").await;
    know(&world, stranger, owner.user, PHONES[0]).await;
    assert!(seen(&world, stranger, owner).await.phone.is_some());
}

#[tokio::test]
async fn numbers_are_guessed_as_seldom_as_they_are_imported() {
    let world = World::new();
    let People { owner, stranger, .. } = people(&world).await;
    let guess = |phone: &str| NewContact {
        user: owner.user,
        first_name: "Known".to_owned(),
        last_name: String::new(),
        phone: phone.to_owned(),
        share_phone: false,
    };
    for number in 0..500 {
        let phone = format!("+49 30 {number:06}");
        contacts::add(&world.core, stranger, guess(&phone)).await.unwrap();
    }
    let one_more = contacts::add(&world.core, stranger, guess(PHONES[0])).await;
    assert!(matches!(one_more, Err(Error::FloodWait(_))));
    contacts::add(&world.core, stranger, guess("")).await.unwrap();
}

#[tokio::test]
async fn who_is_online_in_a_group_is_counted_as_far_as_it_may_be_known() {
    let world = World::new();
    let People { owner, friend, stranger, blocked } = people(&world).await;
    let members = [friend.user, stranger.user];
    let made = chats::create::create(&world.core, owner, "Group", &members, None).await.unwrap();
    let group = Peer::Chat(made.chat.id);
    let online = async |viewer| chats::read::onlines(&world.core, viewer, group).await;
    presence::update(&world.core, owner, true).await.unwrap();
    presence::update(&world.core, stranger, true).await.unwrap();
    assert_eq!(online(friend).await, Ok(3));
    let nobody = [PrivacyRule::DisallowAll];
    set(&world, owner, PrivacyKey::StatusTimestamp, &nobody).await;
    assert_eq!((online(friend).await, online(owner).await), (Ok(2), Ok(1)));
    assert_eq!(online(blocked).await, Err(Error::ChatInvalid));
}

#[tokio::test]
async fn last_seen_is_exact_or_approximate() {
    let world = World::new();
    let People { owner, friend, stranger, blocked } = people(&world).await;
    presence::update(&world.core, owner, true).await.unwrap();
    let expires = model::UnixTime(START + presence::ONLINE_S);
    assert_eq!(seen(&world, stranger, owner).await.status, StatusView::Online { expires });
    assert_eq!(seen(&world, blocked, owner).await.status, StatusView::Empty);
    presence::update(&world.core, owner, false).await.unwrap();
    let was = model::UnixTime(START);
    assert_eq!(seen(&world, stranger, owner).await.status, StatusView::Offline { was });

    set(
        &world,
        owner,
        PrivacyKey::StatusTimestamp,
        &[PrivacyRule::AllowContacts, PrivacyRule::DisallowAll],
    )
    .await;
    let cases = [
        (0, StatusView::Recently { by_me: false }),
        (3, StatusView::LastWeek { by_me: false }),
        (7, StatusView::LastMonth { by_me: false }),
        (30, StatusView::Empty),
    ];
    let mut days = 0;
    for (after, status) in cases {
        world.pass((after - days) * DAY);
        days = after;
        assert_eq!(seen(&world, stranger, owner).await.status, status);
        assert_eq!(seen(&world, friend, owner).await.status, StatusView::Offline { was });
    }
}

#[tokio::test]
async fn who_hides_their_own_status_sees_no_exact_ones() {
    let world = World::new();
    let People { owner, friend, .. } = people(&world).await;
    set(&world, friend, PrivacyKey::StatusTimestamp, &[PrivacyRule::DisallowAll]).await;
    assert_eq!(seen(&world, friend, owner).await.status, StatusView::Recently { by_me: true });
    set(
        &world,
        friend,
        PrivacyKey::StatusTimestamp,
        &[PrivacyRule::AllowUsers(vec![owner.user]), PrivacyRule::DisallowAll],
    )
    .await;
    assert!(matches!(seen(&world, friend, owner).await.status, StatusView::Offline { .. }));
}

#[tokio::test]
async fn other_rules_show_in_the_view() {
    let world = World::new();
    let People { owner, friend, stranger, blocked } = people(&world).await;
    let change = profile::Change { about: Some("bio".to_owned()), ..profile::Change::default() };
    profile::update(&world.core, owner, change).await.unwrap();
    for key in
        [PrivacyKey::About, PrivacyKey::ChatInvite, PrivacyKey::Forwards, PrivacyKey::VoiceMessages]
    {
        set(&world, owner, key, &[PrivacyRule::AllowContacts, PrivacyRule::DisallowAll]).await;
    }
    let shown = |view: UserView| {
        (view.about == "bio", view.invitable, view.forwards_linked, view.voice_allowed)
    };
    assert_eq!(shown(seen(&world, friend, owner).await), (true, true, true, true));
    assert_eq!(shown(seen(&world, stranger, owner).await), (false, false, false, false));
    assert_eq!(shown(seen(&world, blocked, owner).await), (false, false, true, false));
}

#[tokio::test]
async fn rules_may_name_a_group() {
    let world = World::new();
    let People { owner, friend, stranger, .. } = people(&world).await;
    let now = world.core.now();
    let chat = world
        .core
        .stores
        .chats
        .create_chat(owner.user, "Group".to_owned(), &[stranger.user], None, now)
        .await
        .unwrap();
    set(
        &world,
        owner,
        PrivacyKey::PhoneNumber,
        &[PrivacyRule::AllowChatMembers(vec![chat.id.0]), PrivacyRule::DisallowAll],
    )
    .await;
    assert!(seen(&world, stranger, owner).await.phone.is_some());
    assert!(seen(&world, friend, owner).await.phone.is_none());
    let rules = privacy::rules(&world.core, owner, PrivacyKey::PhoneNumber).await.unwrap();
    assert_eq!(
        privacy::named_chats(&world.core, owner.user, &rules).await,
        Ok(vec![Peer::Chat(chat.id)])
    );
    assert_eq!(privacy::named_chats(&world.core, friend.user, &rules).await, Ok(vec![]));
}

#[tokio::test]
async fn ones_own_status_may_be_hidden_by_group() {
    use PrivacyRule::{AllowAll, AllowChatMembers, DisallowAll, DisallowChatMembers};
    let world = World::new();
    let People { owner, friend, stranger, .. } = people(&world).await;
    let (stores, now) = (&world.core.stores, world.core.now());
    let people = [owner.user];
    let group = stores.chats.create_chat(friend.user, "Group".to_owned(), &people, None, now);
    let group = group.await.unwrap().id.0;
    let new = store::ports::channels::NewChannel {
        creator: friend.user,
        title: "Supergroup".to_owned(),
        about: String::new(),
        broadcast: false,
        now,
        ttl_period: None,
    };
    let large = stores.channels.create_channel(new).await.unwrap().id;
    let people = [stranger.user];
    stores.channels.invite_to_channel(large, friend.user, &people, now).await.unwrap();
    let hidden = StatusView::Recently { by_me: true };
    // (the friend's own rules, whether they see the owner, and the stranger)
    let cases = [
        (vec![AllowChatMembers(vec![group]), DisallowAll], true, false),
        (vec![AllowChatMembers(vec![large.0]), DisallowAll], false, true),
        (vec![DisallowChatMembers(vec![group]), AllowAll], false, true),
        (vec![DisallowChatMembers(vec![group, large.0]), AllowAll], false, false),
    ];
    for (rules, owner_shown, stranger_shown) in cases {
        set(&world, friend, PrivacyKey::StatusTimestamp, &rules).await;
        for (user, shown) in [(owner, owner_shown), (stranger, stranger_shown)] {
            let status = seen(&world, friend, user).await.status;
            assert_eq!(matches!(status, StatusView::Offline { .. }), shown, "{rules:?}");
            assert!(shown || status == hidden, "{rules:?} {status:?}");
        }
    }
}

#[tokio::test]
async fn malformed_rules_are_refused() {
    let world = World::new();
    let People { owner, .. } = people(&world).await;
    let many = vec![PrivacyRule::AllowUsers((0..2000).map(UserId).collect())];
    for rules in [vec![PrivacyRule::AllowAll; 17], many] {
        assert_eq!(
            privacy::set_rules(&world.core, owner, PrivacyKey::About, rules).await,
            Err(Error::PrivacyInvalid)
        );
    }
}

#[tokio::test]
async fn names_are_those_of_the_viewers_book() {
    let world = World::new();
    let People { owner, friend, stranger, .. } = people(&world).await;
    let view = seen(&world, owner, friend).await;
    assert_eq!((view.names(), view.mutual), (("Known", ""), false));
    know(&world, friend, owner.user, "").await;
    assert!(seen(&world, owner, friend).await.mutual);
    assert_eq!(seen(&world, stranger, friend).await.names(), ("Someone", ""));
    assert_ne!(
        seen(&world, stranger, friend).await.access_hash,
        seen(&world, owner, friend).await.access_hash
    );
}

#[tokio::test]
async fn presence_is_told_to_those_around_only() {
    let world = World::new();
    let People { owner, friend, stranger, blocked } = people(&world).await;
    know(&world, friend, owner.user, "").await;
    let mut bus = world.listen();
    presence::update(&world.core, owner, true).await.unwrap();
    let to: Vec<Vec<UserId>> = told(&mut bus)
        .iter()
        .filter_map(|notice| match &**notice {
            store::ports::Notice::EphemeralToUsers { users, .. } => Some(users.clone()),
            _ => None,
        })
        .collect();
    assert_eq!(to, [vec![friend.user]]);
    assert!(!to.concat().contains(&stranger.user) && !to.concat().contains(&blocked.user));
    presence::update(&world.core, owner, false).await.unwrap();
    assert_eq!(told(&mut bus).len(), 1);
    presence::update(&world.core, owner, false).await.unwrap();
    assert_eq!(told(&mut bus).len(), 0, "nothing has changed");
}

#[tokio::test]
async fn nobody_is_found_twice_or_out_of_nothing() {
    let world = World::new();
    let People { owner, friend, .. } = people(&world).await;
    let set = PeerSet::from_iter([
        Peer::User(friend.user),
        Peer::User(friend.user),
        Peer::User(UserId(0)),
        Peer::User(UserId(99)),
    ]);
    let related = views::related(&world.core, owner.user, &set).await.unwrap();
    assert_eq!(related.users.iter().map(|view| view.user.id).collect::<Vec<_>>(), [friend.user]);
}
