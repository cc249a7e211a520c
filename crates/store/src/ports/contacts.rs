//! Address books and blocked people.

use async_trait::async_trait;
use model::account::{Contact, Phone};
use model::{UnixTime, UserId};

use crate::Result;

/// Address books and blocked people.
#[async_trait]
pub trait ContactStore: Send + Sync {
    /// The whole address book, by user id. `mutual` is computed.
    async fn contacts(&self, owner: UserId) -> Result<Vec<Contact>>;

    /// One entry.
    async fn contact(&self, owner: UserId, user: UserId) -> Result<Option<Contact>>;

    /// The entries for these users, for building views.
    async fn contacts_among(&self, owner: UserId, users: &[UserId]) -> Result<Vec<Contact>>;

    /// Which of `owners` have `user` in their address book.
    async fn who_has_contact(&self, owners: &[UserId], user: UserId) -> Result<Vec<UserId>>;

    /// Everyone who has `user` in the address book, at most `limit`.
    async fn contact_owners(&self, user: UserId, limit: i32) -> Result<Vec<UserId>>;

    /// Adds or renames entries (`mutual` is ignored).
    async fn put_contacts(&self, owner: UserId, contacts: Vec<Contact>) -> Result<()>;

    /// Removes entries; unknown ones are passed over.
    async fn delete_contacts(&self, owner: UserId, users: &[UserId]) -> Result<()>;

    /// Numbers that were imported and have no account yet; asked when one signs up.
    async fn put_pending_contacts(
        &self,
        owner: UserId,
        phones: Vec<(Phone, String, String)>,
    ) -> Result<()>;

    /// Turns pending entries for a number into contacts; answers their owners.
    async fn settle_pending_contacts(&self, phone: &Phone, user: UserId) -> Result<Vec<UserId>>;

    /// Blocks or unblocks; answers whether anything changed.
    async fn set_blocked(
        &self,
        owner: UserId,
        user: UserId,
        blocked: bool,
        at: UnixTime,
    ) -> Result<bool>;

    /// Whether `owner` blocked `user`.
    async fn is_blocked(&self, owner: UserId, user: UserId) -> Result<bool>;

    /// Which of `owners` blocked `user`, for building views. A backend may answer in one query.
    async fn who_blocked(&self, owners: &[UserId], user: UserId) -> Result<Vec<UserId>> {
        let mut found = Vec::new();
        for owner in owners {
            if self.is_blocked(*owner, user).await? {
                found.push(*owner);
            }
        }
        Ok(found)
    }

    /// Blocked people, newest first, and how many there are.
    async fn blocked(
        &self,
        owner: UserId,
        offset: i32,
        limit: i32,
    ) -> Result<(Vec<(UserId, UnixTime)>, i32)>;
}
