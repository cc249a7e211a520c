//! Random steps on SQLite and on the in-memory reference have the same answers.

use std::fmt::Debug;

use model::account::{Authorization, ClientInfo, Contact, PrivacyKey, PrivacyRule, StoredKey};
use model::dialog::Draft;
use model::event::AccountEvent;
use model::poll::{Answer, Poll};
use model::{AuthKeyId, AuthorizationHash, ChatId, Peer, PhotoId, PollId, UnixTime, UserId};
use proptest::prelude::*;
use store::Stores;
use store::conformance::support::{later, phone};
use store::memory::MemoryStore;
use store::ports::accounts::{FIRST_USER, ProfileChange};

/// One call of a port; people, names, keys and the like are few, so that steps meet.
#[derive(Clone, Debug)]
enum Step {
    CreateUser { phone: u32 },
    ChangePhone { user: UserId, phone: u32 },
    Rename { user: UserId, name: String },
    SetUsername { user: UserId, name: Option<String> },
    DeleteUser { user: UserId },
    SetPrivacy { user: UserId, rules: Vec<PrivacyRule> },
    AddPhoto { user: UserId, photo: PhotoId },
    RemovePhotos { user: UserId, photos: Vec<PhotoId> },
    Draft { user: UserId, chat: i64, at: i64 },
    Happened { user: UserId, at: i64 },
    PutContact { owner: UserId, user: UserId },
    DeleteContact { owner: UserId, user: UserId },
    Import { owner: UserId, phone: u32 },
    Settle { phone: u32, user: UserId },
    Block { owner: UserId, user: UserId, blocked: bool, at: i64 },
    InsertKey { key: AuthKeyId, expires: Option<i64>, created: i64 },
    Bind { temp: AuthKeyId, permanent: AuthKeyId, until: i64 },
    DropTemp { permanent: AuthKeyId, except: AuthKeyId },
    DestroyKey { key: AuthKeyId },
    Authorize { key: AuthKeyId, user: UserId, hash: i64, at: i64 },
    Revoke { user: UserId, hash: i64 },
    Sweep { now: i64, unused_before: i64 },
    Vote { user: UserId, options: Vec<u8>, at: i64 },
    ClosePoll { user: UserId },
}

fn user() -> impl Strategy<Value = UserId> {
    (0..5_i64).prop_map(|n| UserId(FIRST_USER + n))
}

fn key() -> impl Strategy<Value = AuthKeyId> {
    (1..6_u64).prop_map(|n| AuthKeyId(u64::MAX / n))
}

fn photo() -> impl Strategy<Value = PhotoId> {
    (1..5_i64).prop_map(PhotoId)
}

fn name() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["ann", "Ann", "bo_b", "bob", "Cy"]).prop_map(str::to_owned)
}

fn at() -> impl Strategy<Value = i64> {
    // Within and beyond the time for which account events are kept.
    prop_oneof![0..20_i64, 30 * 86_400..30 * 86_400 + 20_i64]
}

fn account_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (1..5_u32).prop_map(|phone| Step::CreateUser { phone }),
        (user(), 1..5_u32).prop_map(|(user, phone)| Step::ChangePhone { user, phone }),
        (user(), name()).prop_map(|(user, name)| Step::Rename { user, name }),
        (user(), prop::option::of(name()))
            .prop_map(|(user, name)| Step::SetUsername { user, name }),
        user().prop_map(|user| Step::DeleteUser { user }),
        (user(), prop::collection::vec(Just(PrivacyRule::AllowAll), 0..2))
            .prop_map(|(user, rules)| Step::SetPrivacy { user, rules }),
        (user(), photo()).prop_map(|(user, photo)| Step::AddPhoto { user, photo }),
        (user(), prop::collection::vec(photo(), 0..3))
            .prop_map(|(user, photos)| Step::RemovePhotos { user, photos }),
        (user(), 1..3_i64, at()).prop_map(|(user, chat, at)| Step::Draft { user, chat, at }),
        (user(), at()).prop_map(|(user, at)| Step::Happened { user, at }),
    ]
}

fn contact_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (user(), user()).prop_map(|(owner, user)| Step::PutContact { owner, user }),
        (user(), user()).prop_map(|(owner, user)| Step::DeleteContact { owner, user }),
        (user(), 1..5_u32).prop_map(|(owner, phone)| Step::Import { owner, phone }),
        (1..5_u32, user()).prop_map(|(phone, user)| Step::Settle { phone, user }),
        (user(), user(), any::<bool>(), at()).prop_map(|(owner, user, blocked, at)| Step::Block {
            owner,
            user,
            blocked,
            at
        }),
        (user(), prop::collection::vec(0..4_u8, 0..3), at())
            .prop_map(|(user, options, at)| Step::Vote { user, options, at }),
        user().prop_map(|user| Step::ClosePoll { user }),
    ]
}

fn key_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (key(), prop::option::of(at()), at()).prop_map(|(key, expires, created)| Step::InsertKey {
            key,
            expires,
            created
        }),
        (key(), key(), at()).prop_map(|(temp, permanent, until)| Step::Bind {
            temp,
            permanent,
            until
        }),
        (key(), key()).prop_map(|(permanent, except)| Step::DropTemp { permanent, except }),
        key().prop_map(|key| Step::DestroyKey { key }),
        (key(), user(), 1..3_i64, at()).prop_map(|(key, user, hash, at)| Step::Authorize {
            key,
            user,
            hash,
            at
        }),
        (user(), 1..3_i64).prop_map(|(user, hash)| Step::Revoke { user, hash }),
        (at(), at()).prop_map(|(now, unused_before)| Step::Sweep { now, unused_before }),
    ]
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![3 => account_step(), 2 => contact_step(), 2 => key_step()];
    prop::collection::vec(step, 1..60)
}

const POLL: PollId = PollId(9);

fn poll() -> Poll {
    let answer = |n: u8| Answer { text: String::new(), entities: Vec::new(), option: vec![n] };
    Poll {
        id: POLL,
        author: UserId(FIRST_USER),
        question: String::new(),
        question_entities: Vec::new(),
        answers: (0..3).map(answer).collect(),
        closed: false,
        public_voters: true,
        multiple_choice: true,
        correct: Vec::new(),
        quiz: false,
        solution: None,
        close_date: Some(later(15)),
        close_period_s: None,
    }
}

fn text(answer: impl Debug) -> String {
    format!("{answer:?}")
}

fn sorted<T: Ord>(answer: store::Result<Vec<T>>) -> store::Result<Vec<T>> {
    answer.map(|mut values| {
        values.sort();
        values
    })
}

async fn take(stores: &Stores, step: Step) -> String {
    match step {
        Step::CreateUser { .. }
        | Step::ChangePhone { .. }
        | Step::Rename { .. }
        | Step::SetUsername { .. }
        | Step::DeleteUser { .. }
        | Step::SetPrivacy { .. }
        | Step::AddPhoto { .. }
        | Step::RemovePhotos { .. }
        | Step::Draft { .. }
        | Step::Happened { .. } => take_account(stores, step).await,
        Step::PutContact { .. }
        | Step::DeleteContact { .. }
        | Step::Import { .. }
        | Step::Settle { .. }
        | Step::Block { .. }
        | Step::Vote { .. }
        | Step::ClosePoll { .. } => take_contact(stores, step).await,
        _ => take_key(stores, step).await,
    }
}

async fn take_account(stores: &Stores, step: Step) -> String {
    let accounts = &stores.accounts;
    match step {
        Step::CreateUser { phone: n } => {
            text(accounts.create_user(phone(n), "Ann".to_owned(), String::new(), later(0)).await)
        }
        Step::ChangePhone { user, phone: n } => text(accounts.change_phone(user, phone(n)).await),
        Step::Rename { user, name } => {
            let change = ProfileChange { last_name: Some(name), ..ProfileChange::default() };
            text(accounts.update_profile(user, change).await)
        }
        Step::SetUsername { user, name } => {
            text(accounts.set_username(Peer::User(user), name).await)
        }
        Step::DeleteUser { user } => text(accounts.delete_user(user).await),
        Step::SetPrivacy { user, rules } => {
            text(accounts.set_privacy(user, PrivacyKey::About, rules).await)
        }
        Step::AddPhoto { user, photo } => {
            text(accounts.add_profile_photo(user, photo, later(0)).await)
        }
        Step::RemovePhotos { user, photos } => {
            text(sorted(accounts.remove_profile_photos(user, &photos).await))
        }
        Step::Draft { user, chat, at } => {
            let draft = Some(Draft { date: later(at), ..Draft::default() });
            let event = AccountEvent::DraftMessage { peer: Peer::Chat(ChatId(chat)), draft };
            text(accounts.append_account_events(vec![(user, event)], later(at)).await)
        }
        Step::Happened { user, at } => {
            let event = vec![(user, AccountEvent::ContactsReset)];
            text(accounts.append_account_events(event, later(at)).await)
        }
        other => text(other),
    }
}

async fn take_contact(stores: &Stores, step: Step) -> String {
    let contacts = &stores.contacts;
    match step {
        Step::PutContact { owner, user } => {
            let (first_name, last_name) = (String::new(), String::new());
            let entry = Contact { user, first_name, last_name, phone: None, mutual: false };
            text(contacts.put_contacts(owner, vec![entry]).await)
        }
        Step::DeleteContact { owner, user } => text(contacts.delete_contacts(owner, &[user]).await),
        Step::Import { owner, phone: n } => {
            let row = (phone(n), format!("of {owner:?}"), String::new());
            text(contacts.put_pending_contacts(owner, vec![row]).await)
        }
        Step::Settle { phone: n, user } => {
            text(sorted(contacts.settle_pending_contacts(&phone(n), user).await))
        }
        Step::Block { owner, user, blocked, at } => {
            text(contacts.set_blocked(owner, user, blocked, later(at)).await)
        }
        Step::Vote { user, options, at } => {
            let options = options.into_iter().map(|option| vec![option]).collect();
            text(stores.polls.vote(POLL, user.into(), options, later(at)).await)
        }
        Step::ClosePoll { user } => text(stores.polls.close_poll(POLL, user, None, later(0)).await),
        other => text(other),
    }
}

async fn take_key(stores: &Stores, step: Step) -> String {
    let keys = &stores.keys;
    match step {
        Step::InsertKey { key: id, expires, created } => {
            let (expires, created) = (expires.map(later), later(created));
            let key = StoredKey {
                id,
                sealed: vec![1],
                layer: 0,
                created,
                dc: 2,
                expires,
                bound_to: None,
                bound_until: None,
            };
            text(keys.insert_key(key).await)
        }
        Step::Bind { temp, permanent, until } => {
            text(keys.bind_temp_key(temp, permanent, later(until)).await)
        }
        Step::DropTemp { permanent, except } => {
            text(sorted(keys.drop_temp_keys(permanent, &[except]).await))
        }
        Step::DestroyKey { key } => text(keys.destroy_key(key).await),
        Step::Authorize { key, user, hash, at } => {
            let authorization = Authorization {
                hash: AuthorizationHash(hash),
                key,
                user,
                client: ClientInfo::default(),
                ip: String::new(),
                created: later(at),
                active: later(at),
            };
            text(keys.authorize(authorization).await)
        }
        Step::Revoke { user, hash } => {
            text(keys.revoke_authorization(user, AuthorizationHash(hash)).await)
        }
        Step::Sweep { now, unused_before } => {
            text(keys.sweep_keys(later(now), later(unused_before)).await)
        }
        other => text(other),
    }
}

/// Everything that can be read.
async fn observe(stores: &Stores) -> Vec<String> {
    let (accounts, keys) = (&stores.accounts, &stores.keys);
    let people: Vec<_> = (0..5).map(|n| UserId(FIRST_USER + n)).collect();
    let mut users = accounts.users(&people).await.unwrap();
    users.sort_by_key(|user| user.id);
    let mut seen = vec![text(users), text(accounts.count_users().await)];
    for n in 1..5 {
        seen.push(text(accounts.user_by_phone(&phone(n)).await));
    }
    for name in ["ann", "bob", "bo_b", "an", "cy b"] {
        seen.push(text(accounts.resolve_username(name).await));
        seen.push(text(sorted(accounts.search_public(name, 9).await)));
    }
    for user in people.iter().copied() {
        seen.extend(observe_user(stores, user).await);
    }
    for n in 1..6 {
        for at in [0, 10, 31 * 86_400] {
            seen.push(text(keys.key(AuthKeyId(u64::MAX / n), later(at)).await));
        }
    }
    seen.push(text(stores.polls.polls(people[1], &[POLL], UnixTime(0)).await));
    seen.push(text(stores.polls.votes(POLL, None, 0, 99).await));
    seen
}

async fn observe_user(stores: &Stores, user: UserId) -> [String; 7] {
    let (accounts, contacts, keys) = (&stores.accounts, &stores.contacts, &stores.keys);
    [
        text(accounts.account_events(user, later(3), 99).await),
        text(accounts.profile_photos(user, 0, 99).await),
        text(accounts.privacy(user, PrivacyKey::About).await),
        text(contacts.contacts(user).await),
        text(contacts.blocked(user, 0, 99).await),
        text(contacts.contact_owners(user, 99).await),
        text(keys.authorizations(user).await),
    ]
}

async fn compare(steps: Vec<Step>) {
    let (sqlite, _folder) = super::sqlite().await;
    let memory = MemoryStore::stores();
    for stores in [&sqlite, &memory] {
        stores.polls.create_poll(poll(), later(0)).await.unwrap();
    }
    for step in steps {
        let told = text(&step);
        let reference = take(&memory, step.clone()).await;
        assert_eq!(take(&sqlite, step).await, reference, "{told}");
    }
    assert_eq!(observe(&sqlite).await, observe(&memory).await);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn accounts_contacts_keys_and_polls_are_as_in_memory(steps in steps()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(compare(steps));
    }
}
