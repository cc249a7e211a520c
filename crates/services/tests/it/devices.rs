//! Devices: who may end whom, what the others hear, how they end by themselves.

use model::event::AccountEvent;
use model::{AuthorizationHash, Peer};
use services::devices::{self, DeviceChange};
use services::{Caller, Error, account, presence};

use crate::support::{DAY, HOUR, World, revoked};

const PHONE: &str = "+49 151 000 001";

async fn hash(world: &World, caller: Caller) -> AuthorizationHash {
    world.core.stores.keys.authorization(caller.key).await.unwrap().unwrap().hash
}

#[tokio::test]
async fn the_oldest_ends_newer_ones_at_once_and_their_connections_close() {
    let world = World::new();
    let oldest = world.register(PHONE, "Alice").await;
    world.pass(10);
    let newer = world.second_device(PHONE).await;
    let mut bus = world.listen();
    devices::end(&world.core, oldest, hash(&world, newer).await).await.unwrap();
    assert_eq!(revoked(&mut bus), [newer.key]);
    assert_eq!(world.core.stores.keys.authorization(newer.key).await.unwrap(), None);
    assert_eq!(devices::list(&world.core, oldest).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_new_device_can_not_end_older_ones_for_a_day() {
    let world = World::new();
    let oldest = world.register(PHONE, "Alice").await;
    world.pass(10);
    let fresh = world.second_device(PHONE).await;
    world.pass(10);
    let newest = world.second_device(PHONE).await;
    world.pass(HOUR);
    let target = hash(&world, oldest).await;
    let wait = u32::try_from(DAY - HOUR - 10).unwrap();
    assert_eq!(
        devices::end(&world.core, fresh, target).await,
        Err(Error::FreshAuthorization(wait))
    );
    assert_eq!(devices::end_others(&world.core, fresh).await, Err(Error::FreshAuthorization(wait)));
    assert_eq!(devices::list(&world.core, oldest).await.unwrap().len(), 3, "all or none");
    assert_eq!(
        account::delete(&world.core, fresh, None).await,
        Err(Error::FreshAuthorization(wait))
    );
    // One that came later may go.
    devices::end(&world.core, fresh, hash(&world, newest).await).await.unwrap();
    world.pass(DAY);
    devices::end_others(&world.core, fresh).await.unwrap();
    assert_eq!(world.core.stores.keys.authorization(oldest.key).await.unwrap(), None);
}

#[tokio::test]
async fn a_device_can_not_end_strangers_or_itself() {
    let world = World::new();
    let alice = world.register(PHONE, "Alice").await;
    let bob = world.register("+49 151 000 002", "Bob").await;
    for target in [
        hash(&world, bob).await,
        hash(&world, alice).await,
        AuthorizationHash(0),
        AuthorizationHash(77),
    ] {
        assert_eq!(devices::end(&world.core, alice, target).await, Err(Error::HashInvalid));
    }
}

#[tokio::test]
async fn a_new_device_is_announced_and_confirmed_by_another() {
    let world = World::new();
    let alice = world.register(PHONE, "Alice").await;
    assert!(
        !world
            .events(alice.user)
            .await
            .iter()
            .any(|event| matches!(event, AccountEvent::NewAuthorization { .. }))
    );
    world.pass(10);
    let newer = world.second_device(PHONE).await;
    let announced = world.events(alice.user).await;
    let own = hash(&world, newer).await;
    assert!(announced.iter().any(|event| matches!(event, AccountEvent::NewAuthorization { hash, unconfirmed: true, .. } if *hash == own)));
    let texts = world.service_texts(alice.user).await;
    assert!(texts.last().unwrap().contains("phone 2"), "{texts:?}");

    let unconfirmed = async || {
        let all = devices::list(&world.core, alice).await.unwrap();
        all.into_iter()
            .filter(|view| view.unconfirmed)
            .map(|view| view.authorization.key)
            .collect::<Vec<_>>()
    };
    assert_eq!(unconfirmed().await, [newer.key]);
    let confirm = DeviceChange { confirmed: true, ..DeviceChange::default() };
    assert_eq!(
        devices::change(&world.core, newer, own, confirm).await,
        Err(Error::HashInvalid),
        "not by itself"
    );
    devices::change(&world.core, alice, own, confirm).await.unwrap();
    assert_eq!(unconfirmed().await, []);
}

#[tokio::test]
async fn choices_for_a_device_are_kept_while_it_is() {
    let world = World::new();
    let alice = world.register(PHONE, "Alice").await;
    let off = DeviceChange {
        calls_off: Some(true),
        secret_chats_off: Some(true),
        ..DeviceChange::default()
    };
    devices::change(&world.core, alice, AuthorizationHash(0), off).await.unwrap();
    let on = DeviceChange { calls_off: Some(false), ..DeviceChange::default() };
    devices::change(&world.core, alice, AuthorizationHash(0), on).await.unwrap();
    let view = devices::list(&world.core, alice).await.unwrap().remove(0);
    assert!(view.current && view.secret_chats_off && !view.calls_off);
}

#[tokio::test]
async fn idle_devices_end_after_the_time_their_owner_chose() {
    let world = World::new();
    let alice = world.register(PHONE, "Alice").await;
    world.pass(1);
    let idle = world.second_device(PHONE).await;
    for days in [0, 367] {
        assert_eq!(devices::set_ttl_days(&world.core, alice, days).await, Err(Error::TtlInvalid));
    }
    // It would end older devices, which a new one may not.
    let refused = devices::set_ttl_days(&world.core, idle, 7).await;
    assert!(matches!(refused, Err(Error::FreshAuthorization(_))), "{refused:?}");
    devices::set_ttl_days(&world.core, alice, 7).await.unwrap();
    world.pass(6 * DAY);
    assert!(devices::resume(&world.core, alice.key).await.unwrap().is_some());
    let keys = &world.core.stores.keys;
    keys.touch_authorization(alice.key, String::new(), world.core.now()).await.unwrap();
    world.pass(2 * DAY);
    assert_eq!(devices::resume(&world.core, idle.key).await.unwrap(), None);
    assert!(devices::resume(&world.core, alice.key).await.unwrap().is_some());
    assert_eq!(devices::list(&world.core, alice).await.unwrap().len(), 1);
}

#[tokio::test]
async fn logging_out_keeps_the_key_and_takes_the_presence() {
    let world = World::new();
    let alice = world.register(PHONE, "Alice").await;
    presence::update(&world.core, alice, true).await.unwrap();
    let mut bus = world.listen();
    devices::log_out(&world.core, alice).await.unwrap();
    assert_eq!(revoked(&mut bus), [alice.key]);
    assert_eq!(presence::online_until(&world.core, alice.user), None);
    assert!(world.core.stores.keys.key(alice.key, world.core.now()).await.is_ok());
    assert_eq!(devices::log_out(&world.core, alice).await, Err(Error::Unauthorized));
}

#[tokio::test]
async fn a_deleted_account_leaves_nothing_but_its_number_free() {
    let world = World::new();
    let alice = world.register(PHONE, "Alice").await;
    let second = world.second_device(PHONE).await;
    let mut bus = world.listen();
    account::delete(&world.core, alice, None).await.unwrap();
    assert_eq!(revoked(&mut bus).len(), 2, "both devices, {second:?} and the caller's");
    let left = world.core.stores.accounts.users(&[alice.user]).await.unwrap().remove(0);
    assert!(left.deleted && left.phone.is_none() && left.first_name.is_empty());
    assert_ne!(world.register(PHONE, "Alina").await.user, alice.user);
}

#[tokio::test]
async fn a_deleted_account_keeps_no_messages_and_gets_no_more() {
    let world = World::new();
    let alice = world.register(PHONE, "Alice").await;
    let bob = world.register("+49 151 000 002", "Bob").await;
    let item = |random_id| services::messages::send::Item {
        random_id,
        text: "private".to_owned(),
        entities: Vec::new(),
        media: None,
    };
    let say = async |from, peer, random_id| {
        let items = vec![item(random_id)];
        services::messages::send::send(&world.core, from, peer, items, Default::default()).await
    };
    say(alice, Peer::User(alice.user), 1).await.unwrap();
    say(alice, Peer::User(bob.user), 2).await.unwrap();
    let users = [alice.user];
    let group = services::chats::create::create(&world.core, bob, "Club", &users, None).await;
    let group = group.unwrap().chat.id;
    say(bob, Peer::Chat(group), 3).await.unwrap();
    account::delete(&world.core, alice, None).await.unwrap();
    say(bob, Peer::Chat(group), 4).await.unwrap();
    let stored = async |owner, peer| {
        let window = model::dialog::HistoryWindow { limit: 10, ..Default::default() };
        world.core.stores.boxes.history(owner, peer, window).await.unwrap().total
    };
    for peer in [Peer::User(alice.user), Peer::User(bob.user), Peer::Chat(group)] {
        assert_eq!(stored(alice.user, peer).await, 0, "{peer:?}");
    }
    assert_eq!(stored(bob.user, Peer::User(alice.user)).await, 1, "his copy stays");
}

#[tokio::test]
async fn accounts_absent_for_too_long_are_deleted() {
    let world = World::new();
    let alice = world.register(PHONE, "Alice").await;
    let bob = world.register("+49 151 000 002", "Bob").await;
    for days in [29, 731] {
        assert_eq!(account::set_ttl_days(&world.core, alice, days).await, Err(Error::TtlInvalid));
    }
    account::set_ttl_days(&world.core, alice, 30).await.unwrap();
    for step in [0].into_iter().chain([DAY; 29]).chain([DAY - 1]) {
        world.pass(step);
        assert_eq!(account::delete_absent(&world.core, 10).await, Ok(0));
    }
    world.pass(3600);
    assert_eq!(account::delete_absent(&world.core, 10).await, Ok(1));
    assert_eq!(account::own(&world.core, alice).await, Err(Error::Unauthorized));
    account::own(&world.core, bob).await.unwrap();
}

/// Nobody was away for years: the clock was wrong, and is put right again.
#[tokio::test]
async fn a_clock_that_jumps_deletes_nobody() {
    let world = World::new();
    let alice = world.register(PHONE, "Alice").await;
    account::set_ttl_days(&world.core, alice, 30).await.unwrap();
    assert_eq!(account::delete_absent(&world.core, 10).await, Ok(0));
    for jump in [3000 * DAY, 3600, -3000 * DAY, 3600, 2 * DAY, 28 * DAY] {
        world.pass(jump);
        assert_eq!(account::delete_absent(&world.core, 10).await, Ok(0));
    }
    account::own(&world.core, alice).await.unwrap();
}

#[tokio::test]
async fn a_key_that_changes_its_account_is_looked_up_again() {
    let world = World::new();
    let alice = world.register(PHONE, "Alice").await;
    let bob = world.register("+49 151 000 002", "Bob").await;
    let device = services::sign_in::Device { key: alice.key, ip: "127.0.0.1".parse().unwrap() };
    let mut bus = world.listen();
    world.try_sign_in(device, PHONE).await.unwrap();
    assert_eq!(revoked(&mut bus), [], "the same account");
    world.try_sign_in(device, "+49 151 000 002").await.unwrap();
    assert_eq!(revoked(&mut bus), [alice.key]);
    let now = world.core.stores.keys.authorization(alice.key).await.unwrap().unwrap();
    assert_eq!(now.user, bob.user);
}
