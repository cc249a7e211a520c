//! Address books, blocked people, finding somebody.

use model::account::{PrivacyKey, PrivacyRule};
use model::event::AccountEvent;
use model::ids::SERVICE_USER;
use model::{Peer, UserId};
use services::contacts::{self, ImportEntry, NewContact};
use services::{Caller, Error, privacy, profile};

use crate::support::World;

fn entry(client_id: i64, phone: &str, first_name: &str) -> ImportEntry {
    ImportEntry {
        client_id,
        phone: phone.to_owned(),
        first_name: first_name.to_owned(),
        last_name: String::new(),
    }
}

async fn two(world: &World) -> (Caller, Caller) {
    (
        world.register("+49 151 000 001", "Alice").await,
        world.register("+49 151 000 002", "Bob").await,
    )
}

async fn names(world: &World, caller: Caller) -> Vec<(UserId, String)> {
    let book = contacts::list(&world.core, caller).await.unwrap();
    book.into_iter().map(|contact| (contact.user, contact.first_name)).collect()
}

#[tokio::test]
async fn import_finds_those_who_may_be_found() {
    let world = World::new();
    let (alice, bob) = two(&world).await;
    let carol = world.register("+49 151 000 003", "Carol").await;
    privacy::set_rules(
        &world.core,
        carol,
        PrivacyKey::AddedByPhone,
        vec![PrivacyRule::AllowContacts],
    )
    .await
    .unwrap();
    let entries = vec![
        entry(1, "49151000002", "Bobby"),
        entry(2, "+49 151 000 003", "Caro"),
        entry(3, "bad", "X"),
        entry(4, "49151000004", "Dan"),
    ];
    assert_eq!(contacts::import(&world.core, alice, entries).await, Ok(vec![(bob.user, 1)]));
    assert_eq!(names(&world, alice).await, [(bob.user, "Bobby".to_owned())]);
    let events = world.events(alice.user).await;
    assert!(events.contains(&AccountEvent::User { user: bob.user }));
    // Whoever hides is not learned of by signing up numbers either.
    assert_eq!(
        contacts::resolve_phone(&world.core, alice, "49151000003").await,
        Err(Error::PhoneUnoccupied)
    );
    assert_eq!(
        contacts::resolve_phone(&world.core, alice, "49151000099").await,
        Err(Error::PhoneUnoccupied)
    );
    assert_eq!(contacts::resolve_phone(&world.core, alice, "49151000002").await, Ok(bob.user));
}

#[tokio::test]
async fn import_is_bounded() {
    let world = World::new();
    let (alice, _) = two(&world).await;
    let entries =
        |many: i64| (0..many).map(|n| entry(n, &format!("4930{n:06}"), "N")).collect::<Vec<_>>();
    assert_eq!(
        contacts::import(&world.core, alice, entries(1001)).await,
        Err(Error::TooManyEntries)
    );
    contacts::import(&world.core, alice, entries(500)).await.unwrap();
    assert!(matches!(
        contacts::import(&world.core, alice, entries(1)).await,
        Err(Error::FloodWait(_))
    ));
}

#[tokio::test]
async fn added_accepted_and_deleted() {
    let world = World::new();
    let (alice, bob) = two(&world).await;
    let new = |user, first_name: &str| NewContact {
        user,
        first_name: first_name.to_owned(),
        last_name: String::new(),
        phone: String::new(),
        share_phone: false,
    };
    assert_eq!(
        contacts::add(&world.core, alice, new(bob.user, " ")).await,
        Err(Error::ContactNameEmpty)
    );
    assert_eq!(contacts::add(&world.core, alice, new(alice.user, "Me")).await, Err(Error::Oneself));
    assert_eq!(
        contacts::add(&world.core, alice, new(SERVICE_USER, "It")).await,
        Err(Error::Oneself)
    );
    assert_eq!(
        contacts::add(&world.core, alice, new(UserId(5), "No")).await,
        Err(Error::UserInvalid)
    );
    assert_eq!(contacts::accept(&world.core, alice, bob.user).await, Err(Error::ContactMissing));
    contacts::add(&world.core, alice, new(bob.user, "Bobby")).await.unwrap();
    contacts::accept(&world.core, bob, alice.user).await.unwrap();
    assert_eq!(names(&world, bob).await, [(alice.user, "Alice".to_owned())]);
    let rules = privacy::rules(&world.core, bob, PrivacyKey::PhoneNumber).await.unwrap();
    assert_eq!(rules.first(), Some(&PrivacyRule::AllowUsers(vec![alice.user])));
    assert_eq!(
        contacts::delete(&world.core, alice, &[bob.user, UserId(5)]).await,
        Ok(vec![bob.user])
    );
    assert_eq!(names(&world, alice).await, []);
    contacts::import(&world.core, alice, vec![entry(1, "49151000002", "B")]).await.unwrap();
    contacts::delete_by_phones(&world.core, alice, &["+49 151 000 002".to_owned(), "x".to_owned()])
        .await
        .unwrap();
    assert_eq!(names(&world, alice).await, []);
}

#[tokio::test]
async fn blocked_and_unblocked_once() {
    let world = World::new();
    let (alice, bob) = two(&world).await;
    assert_eq!(
        contacts::set_blocked(&world.core, alice, alice.user, true).await,
        Err(Error::Oneself)
    );
    assert_eq!(
        contacts::set_blocked(&world.core, alice, UserId(5), true).await,
        Err(Error::UserInvalid)
    );
    // Whoever has got in must not silence the alarm.
    let silenced = contacts::set_blocked(&world.core, alice, SERVICE_USER, true).await;
    assert_eq!(silenced, Err(Error::Oneself));
    for blocked in [true, true, false] {
        contacts::set_blocked(&world.core, alice, bob.user, blocked).await.unwrap();
        let (page, total) = contacts::blocked(&world.core, alice, 0, 10).await.unwrap();
        assert_eq!((page.len(), total), if blocked { (1, 1) } else { (0, 0) });
    }
    let events = world.events(alice.user).await;
    assert_eq!(
        events.iter().filter(|event| matches!(event, AccountEvent::PeerBlocked { .. })).count(),
        2
    );
}

#[tokio::test]
async fn public_names_are_taken_freed_and_found() {
    let world = World::new();
    let (alice, bob) = two(&world).await;
    profile::set_username(&world.core, alice, "Alice_1").await.unwrap();
    assert_eq!(profile::is_username_free(&world.core, bob, "alice_1").await, Ok(false));
    assert_eq!(profile::is_username_free(&world.core, alice, "alice_1").await, Ok(true));
    assert_eq!(
        profile::set_username(&world.core, bob, "ALICE_1").await,
        Err(Error::UsernameOccupied)
    );
    assert_eq!(profile::set_username(&world.core, alice, "Alice_1").await, Err(Error::NotModified));
    assert_eq!(
        contacts::resolve_username(&world.core, bob, "@alice_1").await,
        Ok(Peer::User(alice.user))
    );
    assert_eq!(
        contacts::resolve_username(&world.core, bob, "nobody_1").await,
        Err(Error::UsernameNotOccupied)
    );
    assert_eq!(contacts::resolve_username(&world.core, bob, "").await, Err(Error::UsernameInvalid));
    let found = contacts::search(&world.core, bob, "alice", 10).await.unwrap();
    assert_eq!((found.mine, found.public), (vec![], vec![Peer::User(alice.user)]));
    profile::set_username(&world.core, alice, "").await.unwrap();
    assert_eq!(
        contacts::resolve_username(&world.core, bob, "alice_1").await,
        Err(Error::UsernameNotOccupied)
    );
}

#[tokio::test]
async fn search_finds_ones_own_by_either_name() {
    let world = World::new();
    let (alice, bob) = two(&world).await;
    contacts::import(&world.core, alice, vec![entry(1, "49151000002", "Plumber")]).await.unwrap();
    for query in ["plum", "BOB"] {
        assert_eq!(
            contacts::search(&world.core, alice, query, 10).await.unwrap().mine,
            [Peer::User(bob.user)],
            "{query}"
        );
    }
    assert_eq!(contacts::search(&world.core, alice, "umber", 10).await.unwrap().mine, []);
    assert!(matches!(
        contacts::search(&world.core, alice, " @ ", 10).await,
        Err(Error::QueryEmpty)
    ));
}
