//! Cases of the port of contacts.

use model::UserId;
use model::account::Contact;

use super::support::{NOW, later, people, phone, user};
use crate::Stores;

/// The names of this file's cases.
#[macro_export]
macro_rules! contacts_cases {
    ($make:expr) => {
        $crate::conformance_cases!(
            contacts,
            $make,
            [
                a_book_is_its_owners_own,
                mutual_is_what_both_sides_say,
                entries_are_replaced_and_removed,
                owners_of_an_entry_are_found,
                imported_numbers_become_contacts,
                blocking_is_one_way_and_listed_newest_first,
                a_deleted_account_has_no_book,
            ]
        );
    };
}

fn entry(user: UserId, name: &str) -> Contact {
    Contact {
        user,
        first_name: name.to_owned(),
        last_name: String::new(),
        phone: None,
        mutual: false,
    }
}

/// By user id, with the names its owner gave.
pub async fn a_book_is_its_owners_own(stores: &Stores) {
    let [one, two, three] = people(stores).await;
    let contacts = &stores.contacts;
    let known = Contact { phone: Some(phone(3)), ..entry(three, "Carpenter") };
    contacts.put_contacts(one, vec![known.clone(), entry(two, "Bee")]).await.unwrap();
    assert_eq!(contacts.contacts(one).await, Ok(vec![entry(two, "Bee"), known.clone()]));
    assert_eq!(contacts.contacts(two).await, Ok(Vec::new()));
    assert_eq!(contacts.contact(one, three).await, Ok(Some(known.clone())));
    assert_eq!(contacts.contact(three, one).await, Ok(None));
    assert_eq!(contacts.contacts_among(one, &[one, three]).await, Ok(vec![known]));
}

/// It is computed, not stored.
pub async fn mutual_is_what_both_sides_say(stores: &Stores) {
    let [one, two] = people(stores).await;
    let contacts = &stores.contacts;
    let claimed = Contact { mutual: true, ..entry(two, "Bee") };
    contacts.put_contacts(one, vec![claimed.clone()]).await.unwrap();
    assert!(!contacts.contact(one, two).await.unwrap().unwrap().mutual);
    contacts.put_contacts(two, vec![entry(one, "Ada")]).await.unwrap();
    assert_eq!(contacts.contact(one, two).await, Ok(Some(claimed.clone())));
    assert_eq!(contacts.contacts(one).await, Ok(vec![claimed.clone()]));
    assert_eq!(contacts.contacts_among(one, &[two]).await, Ok(vec![claimed]));
    contacts.delete_contacts(two, &[one]).await.unwrap();
    assert!(!contacts.contact(one, two).await.unwrap().unwrap().mutual);
}

/// Unknown entries are passed over.
pub async fn entries_are_replaced_and_removed(stores: &Stores) {
    let [one, two, three] = people(stores).await;
    let contacts = &stores.contacts;
    contacts.put_contacts(one, vec![entry(two, "Bee"), entry(three, "Cee")]).await.unwrap();
    contacts.put_contacts(one, vec![entry(two, "Bea")]).await.unwrap();
    assert_eq!(contacts.contact(one, two).await, Ok(Some(entry(two, "Bea"))));
    contacts.delete_contacts(one, &[three, UserId(5)]).await.unwrap();
    assert_eq!(contacts.contacts(one).await, Ok(vec![entry(two, "Bea")]));
}

/// Of those asked, or all.
pub async fn owners_of_an_entry_are_found(stores: &Stores) {
    let [one, two, three, four] = people(stores).await;
    let contacts = &stores.contacts;
    for owner in [three, one, four] {
        contacts.put_contacts(owner, vec![entry(two, "Bee")]).await.unwrap();
    }
    assert_eq!(contacts.who_has_contact(&[one, two, three], two).await, Ok(vec![one, three]));
    let mut owners = contacts.contact_owners(two, 9).await.unwrap();
    owners.sort_unstable();
    assert_eq!(owners, [one, three, four]);
    assert_eq!(contacts.contact_owners(two, 2).await.unwrap().len(), 2);
    assert_eq!(contacts.contact_owners(one, 9).await, Ok(Vec::new()));
}

/// When someone signs up with the number, once.
pub async fn imported_numbers_become_contacts(stores: &Stores) {
    let [one, two] = people(stores).await;
    let contacts = &stores.contacts;
    let import = |n, name: &str| (phone(n), name.to_owned(), "X".to_owned());
    contacts.put_pending_contacts(one, vec![import(3, "Old"), import(4, "Dee")]).await.unwrap();
    contacts.put_pending_contacts(one, vec![import(3, "Cee")]).await.unwrap();
    contacts.put_pending_contacts(two, vec![import(3, "Sea")]).await.unwrap();
    let three = user(stores, 3).await.id;
    let mut owners = contacts.settle_pending_contacts(&phone(3), three).await.unwrap();
    owners.sort_unstable();
    assert_eq!(owners, [one, two]);
    let named =
        |name| Contact { last_name: "X".to_owned(), phone: Some(phone(3)), ..entry(three, name) };
    assert_eq!(contacts.contacts(one).await, Ok(vec![named("Cee")]));
    assert_eq!(contacts.contacts(two).await, Ok(vec![named("Sea")]));
    assert_eq!(contacts.settle_pending_contacts(&phone(3), three).await, Ok(Vec::new()));
    let four = user(stores, 4).await.id;
    assert_eq!(contacts.settle_pending_contacts(&phone(4), four).await, Ok(vec![one]));
}

/// Answers tell whether anything changed.
pub async fn blocking_is_one_way_and_listed_newest_first(stores: &Stores) {
    let [one, two, three, four] = people(stores).await;
    let contacts = &stores.contacts;
    for (n, user) in (0..).zip([three, two, four]) {
        assert_eq!(contacts.set_blocked(one, user, true, later(n)).await, Ok(true));
    }
    assert_eq!(contacts.set_blocked(one, two, true, later(9)).await, Ok(false));
    assert_eq!(contacts.is_blocked(one, two).await, Ok(true));
    assert_eq!(contacts.is_blocked(two, one).await, Ok(false));
    assert_eq!(contacts.who_blocked(&[two, one, three], two).await, Ok(vec![one]));
    let all = vec![(four, later(2)), (two, later(1)), (three, NOW)];
    assert_eq!(contacts.blocked(one, 0, 9).await, Ok((all.clone(), 3)));
    assert_eq!(contacts.blocked(one, 1, 1).await, Ok((all[1..2].to_vec(), 3)));
    assert_eq!(contacts.set_blocked(one, four, false, later(9)).await, Ok(true));
    assert_eq!(contacts.set_blocked(one, four, false, later(9)).await, Ok(false));
    assert_eq!(contacts.blocked(one, 0, 9).await, Ok((all[1..].to_vec(), 2)));
}

/// Entries that others have for it stay theirs.
pub async fn a_deleted_account_has_no_book(stores: &Stores) {
    let [one, two] = people(stores).await;
    let contacts = &stores.contacts;
    contacts.put_contacts(one, vec![entry(two, "Bee")]).await.unwrap();
    contacts.put_contacts(two, vec![entry(one, "Ada")]).await.unwrap();
    contacts
        .put_pending_contacts(one, vec![(phone(3), String::new(), String::new())])
        .await
        .unwrap();
    stores.accounts.delete_user(one).await.unwrap();
    assert_eq!(contacts.contacts(one).await, Ok(Vec::new()));
    assert_eq!(contacts.contacts(two).await, Ok(vec![entry(one, "Ada")]));
    let three = user(stores, 3).await.id;
    assert_eq!(contacts.settle_pending_contacts(&phone(3), three).await, Ok(Vec::new()));
}
