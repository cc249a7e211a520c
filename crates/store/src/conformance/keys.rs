//! Cases of the port of keys.

use model::account::{Authorization, ClientInfo, StoredKey};
use model::{AuthKeyId, AuthorizationHash, UnixTime, UserId};

use super::support::{NOW, later, people};
use crate::{Error, Stores};

/// The names of this file's cases.
#[macro_export]
macro_rules! keys_cases {
    ($make:expr) => {
        $crate::conformance_cases!(
            keys,
            $make,
            [
                a_key_is_kept_once,
                a_temporary_key_ends,
                a_binding_ends_and_can_be_replaced,
                only_a_temporary_key_is_bound_to_a_permanent_one,
                temporary_keys_are_dropped_but_for_some,
                destroying_a_key_signs_its_device_out,
                a_client_is_described_with_its_device,
                a_key_signs_in_one_account_at_a_time,
                devices_are_listed_by_activity,
                revoking_leaves_the_key,
                keys_of_no_use_are_swept,
            ]
        );
    };
}

pub(super) fn permanent(id: u64) -> StoredKey {
    StoredKey {
        id: AuthKeyId(id),
        sealed: vec![0xA5; 284],
        layer: 0,
        created: NOW,
        dc: 2,
        expires: None,
        bound_to: None,
        bound_until: None,
    }
}

fn temporary(id: u64, expires: UnixTime) -> StoredKey {
    StoredKey { expires: Some(expires), ..permanent(id) }
}

pub(super) fn device(user: UserId, hash: i64, key: u64) -> Authorization {
    Authorization {
        hash: AuthorizationHash(hash),
        key: AuthKeyId(key),
        user,
        client: client("first"),
        ip: "192.0.2.1".to_owned(),
        created: NOW,
        active: NOW,
    }
}

fn client(model: &str) -> ClientInfo {
    ClientInfo { device_model: model.to_owned(), layer: 225, ..ClientInfo::default() }
}

pub(super) async fn insert(stores: &Stores, keys: impl IntoIterator<Item = StoredKey>) {
    for key in keys {
        stores.keys.insert_key(key).await.unwrap();
    }
}

/// Ids are 64 bits without a sign.
pub async fn a_key_is_kept_once(stores: &Stores) {
    let keys = &stores.keys;
    let key = StoredKey { layer: 214, dc: 4, ..permanent(u64::MAX - 1) };
    insert(stores, [key.clone()]).await;
    assert_eq!(keys.key(key.id, NOW).await, Ok(key.clone()));
    assert_eq!(
        keys.insert_key(StoredKey { sealed: vec![1], ..key.clone() }).await,
        Err(Error::Conflict)
    );
    assert_eq!(keys.key(key.id, NOW).await, Ok(key));
    assert_eq!(keys.key(AuthKeyId(1), NOW).await, Err(Error::NotFound));
}

/// At its end, not a second later.
pub async fn a_temporary_key_ends(stores: &Stores) {
    insert(stores, [temporary(7, later(60))]).await;
    assert_eq!(stores.keys.key(AuthKeyId(7), later(59)).await, Ok(temporary(7, later(60))));
    assert_eq!(stores.keys.key(AuthKeyId(7), later(60)).await, Err(Error::NotFound));
}

/// A later binding wins; an ended one does not show.
pub async fn a_binding_ends_and_can_be_replaced(stores: &Stores) {
    let keys = &stores.keys;
    insert(stores, [permanent(1), permanent(2), temporary(7, later(60))]).await;
    let binding = async |at| {
        let key = keys.key(AuthKeyId(7), at).await.unwrap();
        key.bound_to.zip(key.bound_until)
    };
    keys.bind_temp_key(AuthKeyId(7), AuthKeyId(1), later(30)).await.unwrap();
    assert_eq!(binding(later(29)).await, Some((AuthKeyId(1), later(30))));
    assert_eq!(binding(later(30)).await, None);
    keys.bind_temp_key(AuthKeyId(7), AuthKeyId(2), later(60)).await.unwrap();
    assert_eq!(binding(later(59)).await, Some((AuthKeyId(2), later(60))));
}

/// Every other pair is refused.
pub async fn only_a_temporary_key_is_bound_to_a_permanent_one(stores: &Stores) {
    insert(stores, [permanent(1), permanent(2), temporary(7, later(60)), temporary(8, later(60))])
        .await;
    for (temp, permanent) in [(1, 2), (7, 8), (7, 99), (99, 1)] {
        let bound =
            stores.keys.bind_temp_key(AuthKeyId(temp), AuthKeyId(permanent), later(60)).await;
        assert_eq!(bound, Err(Error::NotFound), "{temp} to {permanent}");
    }
}

/// Keys bound to another permanent key stay.
pub async fn temporary_keys_are_dropped_but_for_some(stores: &Stores) {
    let keys = &stores.keys;
    insert(stores, [permanent(1), permanent(2)]).await;
    insert(stores, [7, 8, 9, 10].map(|id| temporary(id, later(60)))).await;
    for (temp, permanent) in [(7, 1), (8, 1), (9, 1), (10, 2)] {
        keys.bind_temp_key(AuthKeyId(temp), AuthKeyId(permanent), later(60)).await.unwrap();
    }
    let mut dropped = keys.drop_temp_keys(AuthKeyId(1), &[AuthKeyId(8)]).await.unwrap();
    dropped.sort_unstable();
    assert_eq!(dropped, [AuthKeyId(7), AuthKeyId(9)]);
    for (id, kept) in [(1, true), (7, false), (8, true), (9, false), (10, true)] {
        assert_eq!(keys.key(AuthKeyId(id), NOW).await.is_ok(), kept, "{id}");
    }
}

/// With its temporary keys; others stay.
pub async fn destroying_a_key_signs_its_device_out(stores: &Stores) {
    let [one] = people(stores).await;
    let keys = &stores.keys;
    insert(stores, [permanent(1), permanent(2), temporary(7, later(60)), temporary(8, later(60))])
        .await;
    keys.bind_temp_key(AuthKeyId(7), AuthKeyId(1), later(60)).await.unwrap();
    keys.authorize(device(one, 11, 1)).await.unwrap();
    keys.authorize(device(one, 12, 2)).await.unwrap();
    assert_eq!(keys.destroy_key(AuthKeyId(8)).await, Ok(None));
    assert_eq!(keys.destroy_key(AuthKeyId(1)).await, Ok(Some(one)));
    for id in [1, 7, 8] {
        assert_eq!(keys.key(AuthKeyId(id), NOW).await, Err(Error::NotFound), "{id}");
    }
    assert_eq!(keys.authorization(AuthKeyId(1)).await, Ok(None));
    assert_eq!(keys.authorizations(one).await, Ok(vec![device(one, 12, 2)]));
    assert_eq!(keys.destroy_key(AuthKeyId(1)).await, Ok(None));
}

/// The list of devices shows what the client said last.
pub async fn a_client_is_described_with_its_device(stores: &Stores) {
    let [one] = people(stores).await;
    let keys = &stores.keys;
    insert(stores, [StoredKey { layer: 160, ..permanent(1) }]).await;
    assert_eq!(
        keys.client_info(AuthKeyId(1)).await,
        Ok(ClientInfo { layer: 160, ..ClientInfo::default() })
    );
    keys.authorize(device(one, 11, 1)).await.unwrap();
    keys.describe_client(AuthKeyId(1), client("second")).await.unwrap();
    assert_eq!(keys.client_info(AuthKeyId(1)).await, Ok(client("second")));
    assert_eq!(keys.key(AuthKeyId(1), NOW).await.unwrap().layer, 225);
    assert_eq!(keys.authorization(AuthKeyId(1)).await.unwrap().unwrap().client, client("second"));
    assert_eq!(keys.client_info(AuthKeyId(9)).await, Err(Error::NotFound));
    assert_eq!(keys.describe_client(AuthKeyId(9), client("x")).await, Err(Error::NotFound));
}

/// A later sign-in replaces the earlier one; the key must be a permanent one.
pub async fn a_key_signs_in_one_account_at_a_time(stores: &Stores) {
    let [one, two] = people(stores).await;
    let keys = &stores.keys;
    insert(stores, [permanent(1), permanent(2), temporary(7, later(60))]).await;
    keys.authorize(device(one, 11, 1)).await.unwrap();
    assert_eq!(keys.authorize(device(one, 11, 2)).await, Err(Error::Conflict));
    assert_eq!(keys.authorize(device(one, 12, 7)).await, Err(Error::NotFound));
    assert_eq!(keys.authorize(device(one, 12, 9)).await, Err(Error::NotFound));
    assert_eq!(keys.authorize(device(one, 11, 9)).await, Err(Error::NotFound));
    keys.authorize(device(two, 11, 1)).await.unwrap();
    assert_eq!(keys.authorization(AuthKeyId(1)).await, Ok(Some(device(two, 11, 1))));
    assert_eq!(keys.authorizations(one).await, Ok(Vec::new()));
    // Signing in again under its own number is no conflict.
    keys.authorize(device(two, 11, 1)).await.unwrap();
}

/// Newest first; activity never goes back.
pub async fn devices_are_listed_by_activity(stores: &Stores) {
    let [one, two] = people(stores).await;
    let keys = &stores.keys;
    insert(stores, [1, 2, 3].map(permanent)).await;
    keys.authorize(device(one, 11, 1)).await.unwrap();
    keys.authorize(Authorization { active: later(5), ..device(one, 12, 2) }).await.unwrap();
    keys.authorize(device(two, 13, 3)).await.unwrap();
    let order = async || {
        let devices = keys.authorizations(one).await.unwrap();
        devices.into_iter().map(|device| device.key.0).collect::<Vec<_>>()
    };
    assert_eq!(order().await, [2, 1]);
    keys.touch_authorization(AuthKeyId(1), "192.0.2.9".to_owned(), later(9)).await.unwrap();
    assert_eq!(order().await, [1, 2]);
    keys.touch_authorization(AuthKeyId(1), "192.0.2.7".to_owned(), later(1)).await.unwrap();
    let touched = keys.authorization(AuthKeyId(1)).await.unwrap().unwrap();
    assert_eq!((touched.ip.as_str(), touched.active), ("192.0.2.7", later(9)));
    let unknown = keys.touch_authorization(AuthKeyId(9), String::new(), NOW).await;
    assert_eq!(unknown, Err(Error::NotFound));
}

/// Only one's own devices, by number.
pub async fn revoking_leaves_the_key(stores: &Stores) {
    let [one, two] = people(stores).await;
    let keys = &stores.keys;
    insert(stores, [permanent(1)]).await;
    keys.authorize(device(one, 11, 1)).await.unwrap();
    assert_eq!(keys.revoke_authorization(two, AuthorizationHash(11)).await, Err(Error::NotFound));
    assert_eq!(keys.revoke_authorization(one, AuthorizationHash(12)).await, Err(Error::NotFound));
    assert_eq!(keys.revoke_authorization(one, AuthorizationHash(11)).await, Ok(AuthKeyId(1)));
    assert_eq!(keys.authorization(AuthKeyId(1)).await, Ok(None));
    assert!(keys.key(AuthKeyId(1), NOW).await.is_ok());
}

/// Temporary keys that ended, and old permanent ones that never signed in, with what is bound to them.
pub async fn keys_of_no_use_are_swept(stores: &Stores) {
    let [one] = people(stores).await;
    let keys = &stores.keys;
    insert(stores, [1, 2, 3].map(permanent)).await;
    insert(stores, [StoredKey { created: later(100), ..permanent(4) }]).await;
    insert(stores, [temporary(7, later(60)), temporary(8, later(900)), temporary(9, later(900))])
        .await;
    keys.bind_temp_key(AuthKeyId(9), AuthKeyId(3), later(900)).await.unwrap();
    keys.authorize(device(one, 11, 1)).await.unwrap();
    keys.authorize(device(one, 12, 2)).await.unwrap();
    keys.revoke_authorization(one, AuthorizationHash(12)).await.unwrap();
    // Gone: 3 (never signed in), 9 (bound to it), 7 (ended).
    assert_eq!(keys.sweep_keys(later(100), later(50)).await, Ok(3));
    for (id, kept) in
        [(1, true), (2, true), (3, false), (4, true), (7, false), (8, true), (9, false)]
    {
        assert_eq!(keys.key(AuthKeyId(id), NOW).await.is_ok(), kept, "{id}");
    }
    assert_eq!(keys.sweep_keys(later(100), later(50)).await, Ok(0));
}
