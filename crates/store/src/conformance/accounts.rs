//! Cases of the port of accounts.

use model::account::{
    Authorization, Invitation, NotifyScope, NotifySettings, Password, PasswordReset, PrivacyKey,
    PrivacyRule, User,
};
use model::dialog::Draft;
use model::event::AccountEvent;
use model::ids::SERVICE_USER;
use model::limits::ACCOUNT_EVENT_DAYS;
use model::{AuthKeyId, AuthorizationHash, ChatId, Peer, PhotoId, UnixTime, UserId};

use super::keys;
use super::support::{NOW, later, people, phone, user};
use crate::ports::accounts::{FIRST_USER, ProfileChange};
use crate::{Error, Stores};

/// The names of this file's cases.
#[macro_export]
macro_rules! accounts_cases {
    ($make:expr) => {
        $crate::conformance_cases!(
            accounts,
            $make,
            [
                a_number_has_one_account,
                the_service_account_is_there,
                users_are_found_by_id_and_number,
                a_profile_changes_field_by_field,
                a_number_moves_to_a_free_one_only,
                names_are_one_space_without_case,
                a_name_can_be_set_cleared_and_taken,
                the_public_are_found_by_the_beginnings_of_words,
                last_seen_is_kept,
                a_deleted_account_leaves_nothing_of_its_own,
                nothing_is_kept_for_accounts_that_are_not_there,
                a_password_is_kept_whole,
                a_password_is_replaced_as_it_was_read,
                privacy_is_kept_by_key,
                notify_settings_are_kept_by_scope,
                settings_are_kept_by_name,
                profile_photos_show_the_newest,
                account_events_are_numbered_for_each_account,
                what_is_stamped_late_is_not_passed_over,
                a_draft_replaces_the_drafts_before,
                account_events_end_with_their_time,
                an_invitation_is_used_as_often_as_it_says,
                absent_accounts_are_listed,
                who_uses_an_account_is_not_absent,
            ]
        );
    };
}

async fn read(stores: &Stores, user: UserId) -> User {
    stores.accounts.users(&[user]).await.unwrap().pop().unwrap()
}

fn name(text: &str) -> Option<String> {
    Some(text.to_owned())
}

/// Ids start where they should, and a number that has an account gets no second one.
pub async fn a_number_has_one_account(stores: &Stores) {
    let first = user(stores, 1).await;
    assert_eq!(first.id, UserId(FIRST_USER));
    assert_eq!((first.created, first.last_seen, first.deleted), (NOW, NOW, false));
    let again = stores.accounts.create_user(phone(1), String::new(), String::new(), NOW).await;
    assert_eq!(again, Err(Error::Conflict));
    assert_eq!(user(stores, 2).await.id, UserId(FIRST_USER + 1));
    assert_eq!(stores.accounts.count_users().await, Ok(2));
}

/// It exists from the start, and is no person.
pub async fn the_service_account_is_there(stores: &Stores) {
    let service = read(stores, SERVICE_USER).await;
    assert_eq!((service.id, service.phone), (SERVICE_USER, None));
    assert!(!service.first_name.is_empty());
    assert_eq!(stores.accounts.count_users().await, Ok(0));
}

/// Unknown ids and numbers are left out, repeated ones answered once.
pub async fn users_are_found_by_id_and_number(stores: &Stores) {
    let (one, two) = (user(stores, 1).await, user(stores, 2).await);
    let accounts = &stores.accounts;
    let mut found = accounts.users(&[two.id, one.id, two.id, UserId(5)]).await.unwrap();
    found.sort_by_key(|user| user.id);
    assert_eq!(found, [one.clone(), two.clone()]);
    assert_eq!(accounts.user_by_phone(&phone(1)).await, Ok(Some(one.clone())));
    assert_eq!(accounts.user_by_phone(&phone(3)).await, Ok(None));
    let mut found = accounts.users_by_phones(&[phone(2), phone(3), phone(1)]).await.unwrap();
    found.sort_by_key(|user| user.id);
    assert_eq!(found, [one, two]);
}

/// `None` leaves a field as it is.
pub async fn a_profile_changes_field_by_field(stores: &Stores) {
    let before = user(stores, 1).await;
    let change = ProfileChange { about: name("Sails."), ..ProfileChange::default() };
    let after = stores.accounts.update_profile(before.id, change).await.unwrap();
    assert_eq!(after, User { about: "Sails.".to_owned(), ..before.clone() });
    let change = ProfileChange {
        first_name: name("Ada"),
        last_name: name(""),
        account_ttl_days: Some(30),
        about: None,
    };
    let after = stores.accounts.update_profile(before.id, change).await.unwrap();
    assert_eq!((after.first_name.as_str(), after.last_name.as_str()), ("Ada", ""));
    assert_eq!((after.about.as_str(), after.account_ttl_days), ("Sails.", 30));
    assert_eq!(read(stores, before.id).await, after);
}

/// The old number is free afterwards.
pub async fn a_number_moves_to_a_free_one_only(stores: &Stores) {
    let [one, _] = people(stores).await;
    let accounts = &stores.accounts;
    assert_eq!(accounts.change_phone(one, phone(2)).await, Err(Error::Conflict));
    assert_eq!(read(stores, one).await.phone, Some(phone(1)));
    let moved = accounts.change_phone(one, phone(3)).await.unwrap();
    assert_eq!(moved.phone, Some(phone(3)));
    assert_eq!(accounts.user_by_phone(&phone(1)).await, Ok(None));
    assert_eq!(accounts.user_by_phone(&phone(3)).await, Ok(Some(moved)));
    user(stores, 1).await;
}

/// Case does not matter for finding or taking a name, but is kept for showing.
pub async fn names_are_one_space_without_case(stores: &Stores) {
    let [one, two] = people(stores).await.map(Peer::User);
    let accounts = &stores.accounts;
    accounts.set_username(one, name("Ada_L")).await.unwrap();
    assert_eq!(accounts.resolve_username("aDA_l").await, Ok(Some(one)));
    assert_eq!(accounts.resolve_username("ada").await, Ok(None));
    assert_eq!(accounts.set_username(two, name("ADA_L")).await, Err(Error::Conflict));
    assert_eq!(read(stores, UserId(one.id())).await.username, name("Ada_L"));
    assert_eq!(read(stores, UserId(two.id())).await.username, None);
    // Its owner may write it in another way.
    accounts.set_username(one, name("ADA_L")).await.unwrap();
    assert_eq!(read(stores, UserId(one.id())).await.username, name("ADA_L"));
}

/// A name that is given up is free for others.
pub async fn a_name_can_be_set_cleared_and_taken(stores: &Stores) {
    let [one, two] = people(stores).await.map(Peer::User);
    let accounts = &stores.accounts;
    assert_eq!(accounts.set_username(one, None).await, Err(Error::NotModified));
    accounts.set_username(one, name("first")).await.unwrap();
    assert_eq!(accounts.set_username(one, name("first")).await, Err(Error::NotModified));
    accounts.set_username(one, name("second")).await.unwrap();
    accounts.set_username(two, name("first")).await.unwrap();
    accounts.set_username(one, None).await.unwrap();
    assert_eq!(read(stores, UserId(one.id())).await.username, None);
    assert_eq!(accounts.resolve_username("first").await, Ok(Some(two)));
    assert_eq!(accounts.resolve_username("second").await, Ok(None));
    let group = Peer::Chat(ChatId(1));
    assert_eq!(accounts.set_username(group, name("third")).await, Err(Error::NotFound));
}

/// Only those with a public name are found: by it, or by their other names.
pub async fn the_public_are_found_by_the_beginnings_of_words(stores: &Stores) {
    let [one, two, three] = people(stores).await;
    let accounts = &stores.accounts;
    for (user, first_name) in [(one, "Élodie"), (two, "Elo Marsh"), (three, "Elo")] {
        let change = ProfileChange {
            first_name: name(first_name),
            last_name: name("Quist"),
            ..ProfileChange::default()
        };
        accounts.update_profile(user, change).await.unwrap();
    }
    accounts.set_username(Peer::User(one), name("tern_watch")).await.unwrap();
    accounts.set_username(Peer::User(two), name("marshbird")).await.unwrap();
    let found = async |query: &str| {
        let mut peers = accounts.search_public(query, 10).await.unwrap();
        peers.sort_unstable();
        peers.into_iter().map(|peer| UserId(peer.id())).collect::<Vec<_>>()
    };
    assert_eq!(found("QUI").await, [one, two]);
    assert_eq!(found("élo").await, [one, two]);
    assert_eq!(found("mar elo").await, [two]);
    assert_eq!(found("tern_w").await, [one]);
    assert_eq!(found("watch").await, [one]);
    assert_eq!(found("bird").await, []);
    assert_eq!(found("quist marshbird tern").await, []);
    assert_eq!(found(" - ").await, []);
    assert_eq!(accounts.search_public("quist", 1).await.unwrap().len(), 1);
    // It follows a change of names, and ends with the public name.
    let change = ProfileChange { last_name: name("Berg"), ..ProfileChange::default() };
    accounts.update_profile(one, change).await.unwrap();
    assert_eq!(found("quist").await, [two]);
    accounts.set_username(Peer::User(two), None).await.unwrap();
    assert_eq!(found("quist").await, []);
    assert_eq!(found("berg").await, [one]);
}

/// Of accounts that exist.
pub async fn last_seen_is_kept(stores: &Stores) {
    let [one] = people(stores).await;
    stores.accounts.set_last_seen(one, later(9)).await.unwrap();
    assert_eq!(read(stores, one).await.last_seen, later(9));
    assert_eq!(stores.accounts.set_last_seen(UserId(5), NOW).await, Err(Error::NotFound));
}

/// Its number and name are free, and nothing that it kept can be read.
pub async fn a_deleted_account_leaves_nothing_of_its_own(stores: &Stores) {
    let [one, two] = people(stores).await;
    let accounts = &stores.accounts;
    accounts.set_username(Peer::User(one), name("gone")).await.unwrap();
    accounts.set_password(one, Some(password())).await.unwrap();
    accounts.set_privacy(one, PrivacyKey::About, vec![PrivacyRule::AllowAll]).await.unwrap();
    accounts.set_setting(one, "content", Some(vec![1])).await.unwrap();
    let muted = NotifySettings { silent: Some(true), ..NotifySettings::default() };
    accounts.set_notify_settings(one, NotifyScope::Users, muted).await.unwrap();
    accounts.add_profile_photo(one, PhotoId(7), NOW).await.unwrap();
    accounts.append_account_events(vec![(one, AccountEvent::ContactsReset)], NOW).await.unwrap();
    stores.contacts.set_blocked(one, two, true, NOW).await.unwrap();
    accounts.delete_user(one).await.unwrap();

    let gone = User { id: one, created: NOW, deleted: true, ..User::default() };
    assert_eq!(read(stores, one).await, gone);
    assert_eq!(accounts.user_by_phone(&phone(1)).await, Ok(None));
    assert_eq!(accounts.resolve_username("gone").await, Ok(None));
    assert_eq!(accounts.search_public("first1", 9).await, Ok(Vec::new()));
    assert_eq!(accounts.password(one).await, Ok(None));
    assert_eq!(accounts.privacy(one, PrivacyKey::About).await, Ok(None));
    assert_eq!(accounts.setting(one, "content").await, Ok(None));
    assert_eq!(
        accounts.notify_settings(one, NotifyScope::Users).await,
        Ok(NotifySettings::default())
    );
    assert_eq!(accounts.profile_photos(one, 0, 9).await, Ok((Vec::new(), 0)));
    assert_eq!(accounts.account_events(one, UnixTime(0), 9).await, Ok(Vec::new()));
    assert_eq!(stores.contacts.is_blocked(one, two).await, Ok(false));
    assert_eq!(accounts.count_users().await, Ok(1));
    assert_eq!(accounts.delete_user(one).await, Err(Error::NotFound));
    // A new account with the number is another account.
    assert!(user(stores, 1).await.id > two);
}

/// Writing to an account that does not exist, or no longer, is refused.
pub async fn nothing_is_kept_for_accounts_that_are_not_there(stores: &Stores) {
    let [gone] = people(stores).await;
    let accounts = &stores.accounts;
    accounts.delete_user(gone).await.unwrap();
    for user in [gone, UserId(5)] {
        let profile = accounts.update_profile(user, ProfileChange::default()).await;
        assert_eq!(profile, Err(Error::NotFound));
        assert_eq!(accounts.change_phone(user, phone(9)).await, Err(Error::NotFound));
        assert_eq!(
            accounts.set_username(Peer::User(user), name("any")).await,
            Err(Error::NotFound)
        );
        assert_eq!(accounts.set_password(user, None).await, Err(Error::NotFound));
        assert_eq!(accounts.set_setting(user, "a", Some(vec![])).await, Err(Error::NotFound));
        assert_eq!(accounts.add_profile_photo(user, PhotoId(1), NOW).await, Err(Error::NotFound));
        let privacy = accounts.set_privacy(user, PrivacyKey::About, Vec::new()).await;
        assert_eq!(privacy, Err(Error::NotFound));
    }
    assert_eq!(accounts.resolve_username("any").await, Ok(None));
}

fn password() -> Password {
    Password {
        salt1: vec![1; 40],
        salt2: vec![2; 16],
        verifier: vec![0xFF; 256],
        hint: "the usual".to_owned(),
        recovery_email: name("a@example.org"),
        set_at: NOW,
        reset: None,
    }
}

/// Where somebody else was first, nothing is written.
pub async fn a_password_is_replaced_as_it_was_read(stores: &Stores) {
    let [one] = people(stores).await;
    let accounts = &stores.accounts;
    let waits = Some(PasswordReset::Waits { until: NOW });
    let known = password();
    let asked = Password { reset: waits, ..known.clone() };
    let replace = |before, after| accounts.replace_password(one, before, after);
    assert_eq!(replace(&known, Some(asked.clone())).await, Ok(false));
    accounts.set_password(one, Some(known.clone())).await.unwrap();
    assert_eq!(replace(&known, Some(asked.clone())).await, Ok(true));
    assert_eq!(accounts.password(one).await, Ok(Some(asked.clone())));
    assert_eq!(replace(&known, None).await, Ok(false));
    assert_eq!(replace(&asked, None).await, Ok(true));
    assert_eq!(accounts.password(one).await, Ok(None));
}

/// It can be replaced and cleared.
pub async fn a_password_is_kept_whole(stores: &Stores) {
    let [one, two] = people(stores).await;
    let accounts = &stores.accounts;
    accounts.set_password(one, Some(password())).await.unwrap();
    assert_eq!(accounts.password(one).await, Ok(Some(password())));
    assert_eq!(accounts.password(two).await, Ok(None));
    let other = Password { hint: String::new(), recovery_email: None, ..password() };
    accounts.set_password(one, Some(other.clone())).await.unwrap();
    assert_eq!(accounts.password(one).await, Ok(Some(other)));
    accounts.set_password(one, None).await.unwrap();
    assert_eq!(accounts.password(one).await, Ok(None));
}

/// Rules never set are `None`, an empty list is kept as such.
pub async fn privacy_is_kept_by_key(stores: &Stores) {
    let [one, two, three] = people(stores).await;
    let accounts = &stores.accounts;
    let rules =
        vec![PrivacyRule::DisallowUsers(vec![two]), PrivacyRule::AllowChatMembers(vec![-4])];
    accounts.set_privacy(one, PrivacyKey::PhoneNumber, rules.clone()).await.unwrap();
    accounts.set_privacy(one, PrivacyKey::StatusTimestamp, Vec::new()).await.unwrap();
    accounts.set_privacy(two, PrivacyKey::Birthday, vec![PrivacyRule::AllowAll]).await.unwrap();
    accounts.set_privacy(two, PrivacyKey::Birthday, vec![PrivacyRule::DisallowAll]).await.unwrap();
    assert_eq!(accounts.privacy(one, PrivacyKey::PhoneNumber).await, Ok(Some(rules.clone())));
    assert_eq!(accounts.privacy(one, PrivacyKey::StatusTimestamp).await, Ok(Some(Vec::new())));
    assert_eq!(accounts.privacy(one, PrivacyKey::About).await, Ok(None));
    let mut all = accounts.privacy_of_many(&[two, three, one, two]).await.unwrap();
    all.sort_by_key(|(user, key, _)| (*user, *key));
    let expected = [
        (one, PrivacyKey::StatusTimestamp, Vec::new()),
        (one, PrivacyKey::PhoneNumber, rules),
        (two, PrivacyKey::Birthday, vec![PrivacyRule::DisallowAll]),
    ];
    assert_eq!(all, expected);
}

/// The default where nothing was set, and everywhere after a reset.
pub async fn notify_settings_are_kept_by_scope(stores: &Stores) {
    let [one, two] = people(stores).await;
    let accounts = &stores.accounts;
    let scopes = [
        NotifyScope::Users,
        NotifyScope::Chats,
        NotifyScope::Broadcasts,
        NotifyScope::Peer(Peer::User(two)),
        NotifyScope::Peer(Peer::Chat(ChatId(two.0))),
    ];
    for (n, scope) in (0..).zip(scopes) {
        let settings = NotifySettings { mute_until: Some(later(n)), ..NotifySettings::default() };
        accounts.set_notify_settings(one, scope, settings).await.unwrap();
    }
    for (n, scope) in (0..).zip(scopes) {
        let settings = accounts.notify_settings(one, scope).await.unwrap();
        assert_eq!(settings.mute_until, Some(later(n)));
        assert_eq!(accounts.notify_settings(two, scope).await, Ok(NotifySettings::default()));
    }
    accounts.reset_notify_settings(one).await.unwrap();
    for scope in scopes {
        assert_eq!(accounts.notify_settings(one, scope).await, Ok(NotifySettings::default()));
    }
}

/// An empty value is a value.
pub async fn settings_are_kept_by_name(stores: &Stores) {
    let [one, two] = people(stores).await;
    let accounts = &stores.accounts;
    accounts.set_setting(one, "a", Some(vec![0, 255])).await.unwrap();
    accounts.set_setting(one, "b", Some(Vec::new())).await.unwrap();
    assert_eq!(accounts.setting(one, "a").await, Ok(Some(vec![0, 255])));
    assert_eq!(accounts.setting(one, "b").await, Ok(Some(Vec::new())));
    assert_eq!(accounts.setting(two, "a").await, Ok(None));
    accounts.set_setting(one, "a", None).await.unwrap();
    assert_eq!(accounts.setting(one, "a").await, Ok(None));
}

/// Adding an old one brings it to the top; removing the current one shows the one before.
pub async fn profile_photos_show_the_newest(stores: &Stores) {
    let [one] = people(stores).await;
    let accounts = &stores.accounts;
    for photo in [1, 2, 3, 1] {
        accounts.add_profile_photo(one, PhotoId(photo), NOW).await.unwrap();
    }
    let page = async |offset, limit| accounts.profile_photos(one, offset, limit).await.unwrap();
    assert_eq!(page(0, 9).await, ([1, 3, 2].map(PhotoId).to_vec(), 3));
    assert_eq!(page(1, 1).await, (vec![PhotoId(3)], 3));
    assert_eq!(read(stores, one).await.photo, Some(PhotoId(1)));
    let removed = accounts.remove_profile_photos(one, &[PhotoId(1), PhotoId(9)]).await;
    assert_eq!(removed, Ok(vec![PhotoId(1)]));
    assert_eq!(read(stores, one).await.photo, Some(PhotoId(3)));
    accounts.remove_profile_photos(one, &[PhotoId(3), PhotoId(2)]).await.unwrap();
    assert_eq!(read(stores, one).await.photo, None);
    assert_eq!(page(0, 9).await, (Vec::new(), 0));
}

/// An event that waited for its commit while a date was told has no date before it; a clock that went back is no such wait.
pub async fn what_is_stamped_late_is_not_passed_over(stores: &Stores) {
    let [one] = people(stores).await;
    let accounts = &stores.accounts;
    let append = async |at| {
        let event = vec![(one, AccountEvent::ContactsReset)];
        accounts.append_account_events(event, at).await.unwrap().remove(0)
    };
    let told = accounts.settled(later(5));
    assert_eq!(told, later(5));
    let entry = append(later(2)).await;
    assert_eq!(accounts.account_events(one, told, 9).await, Ok(vec![entry]));
    assert_eq!(append(later(9)).await.date, later(9));
    assert_eq!(accounts.settled(later(100_000)), later(100_000));
    assert_eq!(append(later(10)).await.date, later(10));
}

/// They come back from a date on, in the order they were appended.
pub async fn account_events_are_numbered_for_each_account(stores: &Stores) {
    let [one, two] = people(stores).await;
    let accounts = &stores.accounts;
    let blocked = AccountEvent::PeerBlocked { user: two, blocked: true };
    let batch = vec![
        (one, AccountEvent::ContactsReset),
        (two, AccountEvent::User { user: one }),
        (one, blocked.clone()),
    ];
    let entries = accounts.append_account_events(batch, NOW).await.unwrap();
    let of_one: Vec<_> = [&entries[0], &entries[2]].into_iter().cloned().collect();
    assert!(of_one[0].number < of_one[1].number);
    assert_eq!(of_one[1].event, blocked);
    assert_eq!(accounts.account_events(one, NOW, 9).await, Ok(of_one.clone()));
    // A second is never cut.
    assert_eq!(accounts.account_events(one, NOW, 1).await.unwrap(), of_one);
    assert_eq!(accounts.account_events(two, UnixTime(0), 9).await, Ok(vec![entries[1].clone()]));
    let last = vec![(one, AccountEvent::User { user: two })];
    let last = accounts.append_account_events(last, later(5)).await.unwrap();
    assert!(last[0].number > of_one[1].number);
    assert_eq!(accounts.account_events(one, later(1), 9).await, Ok(last));
    assert_eq!(accounts.account_events(one, NOW, 2).await.unwrap(), of_one);
    // A clock that went back does not hide what came later.
    let back = vec![(one, AccountEvent::ContactsReset)];
    let back = accounts.append_account_events(back, later(3)).await.unwrap();
    assert_eq!(accounts.account_events(one, later(1), 1).await, Ok(back));
}

/// What was typed and changed is not kept in the events.
pub async fn a_draft_replaces_the_drafts_before(stores: &Stores) {
    let [one, two] = people(stores).await;
    let accounts = &stores.accounts;
    let draft = |peer, text: &str| {
        let draft = Draft { text: text.to_owned(), date: NOW, ..Draft::default() };
        AccountEvent::DraftMessage { peer, draft: Some(draft) }
    };
    let (here, there) = (Peer::User(two), Peer::Chat(ChatId(two.0)));
    let cleared = AccountEvent::DraftMessage { peer: here, draft: None };
    let events = [draft(here, "Dear"), draft(there, "All"), draft(here, "Dear E"), cleared.clone()];
    for event in events {
        accounts.append_account_events(vec![(one, event)], NOW).await.unwrap();
    }
    let left = accounts.account_events(one, NOW, 9).await.unwrap();
    let left: Vec<_> = left.into_iter().map(|entry| entry.event).collect();
    assert_eq!(left, [draft(there, "All"), cleared]);
}

/// They are kept for as long as a difference may ask for them, and numbers go on.
pub async fn account_events_end_with_their_time(stores: &Stores) {
    let [one] = people(stores).await;
    let accounts = &stores.accounts;
    let append = async |at| {
        let event = vec![(one, AccountEvent::ContactsReset)];
        accounts.append_account_events(event, at).await.unwrap().remove(0)
    };
    let old = append(NOW).await;
    let new = append(later(ACCOUNT_EVENT_DAYS * 86_400 + 1)).await;
    assert!(new.number > old.number);
    assert_eq!(accounts.account_events(one, UnixTime(0), 9).await, Ok(vec![new]));
}

/// Not once more, and not after its end.
pub async fn an_invitation_is_used_as_often_as_it_says(stores: &Stores) {
    let accounts = &stores.accounts;
    let invitation = Invitation { token_hash: "abc".to_owned(), expires: later(10), uses_left: 2 };
    accounts.add_invitation(invitation.clone()).await.unwrap();
    assert_eq!(accounts.use_invitation("abd", NOW).await, Err(Error::NotFound));
    assert_eq!(accounts.use_invitation("abc", later(10)).await, Err(Error::NotFound));
    assert_eq!(accounts.use_invitation("abc", later(9)).await, Ok(()));
    assert_eq!(accounts.use_invitation("abc", later(9)).await, Ok(()));
    assert_eq!(accounts.use_invitation("abc", later(9)).await, Err(Error::NotFound));
}

/// Whoever uses an account is there, though no client of theirs ever says that it is online, and was there when its devices are
/// signed out.
pub async fn who_uses_an_account_is_not_absent(stores: &Stores) {
    const DAY_S: i64 = 86_400;
    let [one, two] = people(stores).await;
    let accounts = &stores.accounts;
    for user in [one, two] {
        let change = ProfileChange { account_ttl_days: Some(30), ..ProfileChange::default() };
        accounts.update_profile(user, change).await.unwrap();
    }
    let absent = async |day: i64| accounts.users_past_ttl(later(day * DAY_S), 9).await.unwrap();
    keys::insert(stores, [keys::permanent(1)]).await;
    stores.keys.authorize(keys::device(one, 11, 1)).await.unwrap();
    let heard = stores.keys.touch_authorization(AuthKeyId(1), String::new(), later(40 * DAY_S));
    heard.await.unwrap();
    assert_eq!(absent(50).await, [two]);
    stores.keys.revoke_authorization(one, AuthorizationHash(11)).await.unwrap();
    assert_eq!(absent(70).await, [two]);
    assert_eq!(absent(71).await, [one, two]);
    stores
        .keys
        .authorize(Authorization { active: later(71 * DAY_S), ..keys::device(one, 12, 1) })
        .await
        .unwrap();
    assert_eq!(absent(71).await, [two]);
}

/// By their own TTL; never the service account, nor those that are gone.
pub async fn absent_accounts_are_listed(stores: &Stores) {
    const DAY_S: i64 = 86_400;
    let [one, two, three] = people(stores).await;
    let accounts = &stores.accounts;
    for (user, days) in [(one, 30), (two, 60), (three, 30)] {
        let change = ProfileChange { account_ttl_days: Some(days), ..ProfileChange::default() };
        accounts.update_profile(user, change).await.unwrap();
    }
    accounts.set_last_seen(three, later(DAY_S)).await.unwrap();
    assert_eq!(accounts.users_past_ttl(later(30 * DAY_S), 9).await, Ok(Vec::new()));
    assert_eq!(accounts.users_past_ttl(later(30 * DAY_S + 1), 9).await, Ok(vec![one]));
    let all = accounts.users_past_ttl(later(99 * DAY_S), 9).await.unwrap();
    assert_eq!(all.len(), 3);
    assert_eq!(accounts.users_past_ttl(later(99 * DAY_S), 2).await.unwrap().len(), 2);
    accounts.delete_user(one).await.unwrap();
    assert!(!accounts.users_past_ttl(later(99 * DAY_S), 9).await.unwrap().contains(&one));
}
