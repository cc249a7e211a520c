//! What cases of several ports start from.

use model::account::{Phone, User};
use model::{UnixTime, UserId};

use crate::Stores;

/// The moment at which every case begins.
pub const NOW: UnixTime = UnixTime(1_700_000_000);

/// Seconds after [`NOW`].
#[must_use]
pub const fn later(seconds: i64) -> UnixTime {
    UnixTime(NOW.0 + seconds)
}

/// The number of the `n`th person.
#[must_use]
pub fn phone(n: u32) -> Phone {
    Phone::parse(&format!("9996620{n:04}")).expect("digits")
}

/// The account of the `n`th person, new.
pub async fn user(stores: &Stores, n: u32) -> User {
    let created =
        stores.accounts.create_user(phone(n), format!("First{n}"), format!("Last{n}"), NOW).await;
    created.expect("the number is free")
}

/// New accounts 1 to `N`.
pub async fn people<const N: usize>(stores: &Stores) -> [UserId; N] {
    let mut ids = [UserId::default(); N];
    for (n, id) in (1..).zip(&mut ids) {
        *id = user(stores, n).await.id;
    }
    ids
}
