//! Address books and blocked people.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use async_trait::async_trait;
use model::account::{Contact, Phone};
use model::{UnixTime, UserId};

use super::MemoryStore;
use crate::Result;
use crate::ports::ContactStore;

/// Address books and blocked people, by owner and person.
#[derive(Default)]
pub(super) struct Contacts {
    books: BTreeMap<(UserId, UserId), Contact>,
    pending: BTreeMap<(UserId, Phone), (String, String)>,
    blocked: BTreeMap<(UserId, UserId), UnixTime>,
}

/// Whether `owner` blocked `user`.
pub(super) fn is_blocked(contacts: &Contacts, owner: UserId, user: UserId) -> bool {
    contacts.blocked.contains_key(&(owner, user))
}

/// Whether `owner` has `user` in the address book.
pub(super) fn is_contact(contacts: &Contacts, owner: UserId, user: UserId) -> bool {
    contacts.books.contains_key(&(owner, user))
}

/// Forgets what an account kept; others' entries for it stay with them.
pub(super) fn erase(contacts: &mut Contacts, owner: UserId) {
    contacts.books.retain(|(book, _), _| *book != owner);
    contacts.pending.retain(|(book, _), _| *book != owner);
    contacts.blocked.retain(|(blocker, _), _| *blocker != owner);
}

impl Contacts {
    fn entry(&self, owner: UserId, user: UserId) -> Option<Contact> {
        let contact = self.books.get(&(owner, user))?;
        Some(Contact { mutual: self.books.contains_key(&(user, owner)), ..contact.clone() })
    }
}

#[async_trait]
impl ContactStore for MemoryStore {
    async fn contacts(&self, owner: UserId) -> Result<Vec<Contact>> {
        let contacts = &self.state.lock().contacts;
        let users = contacts.books.keys().filter(|(book, _)| *book == owner);
        Ok(users.filter_map(|(_, user)| contacts.entry(owner, *user)).collect())
    }

    async fn contact(&self, owner: UserId, user: UserId) -> Result<Option<Contact>> {
        Ok(self.state.lock().contacts.entry(owner, user))
    }

    async fn contacts_among(&self, owner: UserId, users: &[UserId]) -> Result<Vec<Contact>> {
        let contacts = &self.state.lock().contacts;
        Ok(users.iter().filter_map(|user| contacts.entry(owner, *user)).collect())
    }

    async fn who_has_contact(&self, owners: &[UserId], user: UserId) -> Result<Vec<UserId>> {
        let contacts = &self.state.lock().contacts;
        Ok(owners.iter().copied().filter(|owner| is_contact(contacts, *owner, user)).collect())
    }

    async fn contact_owners(&self, user: UserId, limit: i32) -> Result<Vec<UserId>> {
        let contacts = &self.state.lock().contacts;
        let owners =
            contacts.books.keys().filter(|(_, other)| *other == user).map(|(owner, _)| *owner);
        Ok(owners.take(usize::try_from(limit).unwrap_or(0)).collect())
    }

    async fn put_contacts(&self, owner: UserId, contacts: Vec<Contact>) -> Result<()> {
        let books = &mut self.state.lock().contacts.books;
        for contact in contacts {
            books.insert((owner, contact.user), contact);
        }
        Ok(())
    }

    async fn delete_contacts(&self, owner: UserId, users: &[UserId]) -> Result<()> {
        self.state
            .lock()
            .contacts
            .books
            .retain(|(book, user), _| *book != owner || !users.contains(user));
        Ok(())
    }

    async fn put_pending_contacts(
        &self,
        owner: UserId,
        phones: Vec<(Phone, String, String)>,
    ) -> Result<()> {
        let pending = &mut self.state.lock().contacts.pending;
        for (phone, first_name, last_name) in phones {
            pending.insert((owner, phone), (first_name, last_name));
        }
        Ok(())
    }

    async fn settle_pending_contacts(&self, phone: &Phone, user: UserId) -> Result<Vec<UserId>> {
        let contacts = &mut self.state.lock().contacts;
        let all = std::mem::take(&mut contacts.pending);
        let mut owners = Vec::new();
        for ((owner, number), (first_name, last_name)) in all {
            if number != *phone {
                contacts.pending.insert((owner, number), (first_name, last_name));
                continue;
            }
            let contact =
                Contact { user, first_name, last_name, phone: Some(number), mutual: false };
            contacts.books.insert((owner, user), contact);
            owners.push(owner);
        }
        Ok(owners)
    }

    async fn set_blocked(
        &self,
        owner: UserId,
        user: UserId,
        blocked: bool,
        at: UnixTime,
    ) -> Result<bool> {
        let contacts = &mut self.state.lock().contacts;
        if is_blocked(contacts, owner, user) == blocked {
            return Ok(false);
        }
        if blocked {
            contacts.blocked.insert((owner, user), at);
        } else {
            contacts.blocked.remove(&(owner, user));
        }
        Ok(true)
    }

    async fn is_blocked(&self, owner: UserId, user: UserId) -> Result<bool> {
        Ok(is_blocked(&self.state.lock().contacts, owner, user))
    }

    async fn blocked(
        &self,
        owner: UserId,
        offset: i32,
        limit: i32,
    ) -> Result<(Vec<(UserId, UnixTime)>, i32)> {
        let contacts = &self.state.lock().contacts;
        let mine = contacts.blocked.iter().filter(|((blocker, _), _)| *blocker == owner);
        let mut all: Vec<_> = mine.map(|((_, user), at)| (*user, *at)).collect();
        all.sort_by_key(|(user, at)| Reverse((*at, *user)));
        let total = i32::try_from(all.len()).unwrap_or(i32::MAX);
        let (offset, limit) =
            (usize::try_from(offset).unwrap_or(0), usize::try_from(limit).unwrap_or(0));
        Ok((all.into_iter().skip(offset).take(limit).collect(), total))
    }
}
