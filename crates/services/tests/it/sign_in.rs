//! Codes: right, wrong, late, too many; registration; delivery.

use model::account::Phone;
use model::message::Action;
use model::{Peer, UnixTime};
use services::contacts::ImportEntry;
use services::messages::edit;
use services::messages::send::{self, Item};
use services::sign_in::{self, Outcome, Purpose, Registrant};
use services::{Error, Registration, contacts, devices, settings};

use crate::support::{DAY, World, flood_wait};

const PHONE: &str = "+49 151 000 001";
const OTHER: &str = "+49 151 000 002";

#[tokio::test]
async fn a_new_number_signs_up_and_signs_in_again() {
    let world = World::new();
    let alice = world.register(PHONE, "Alice").await;
    assert_eq!(world.second_device(PHONE).await.user, alice.user);
    let device = world.device().await;
    let hash = world.send_code(device, PHONE).await.unwrap();
    sign_in::sign_in(&world.core, device, PHONE, &hash, &world.code(PHONE)).await.unwrap();
    // The code was used up.
    let again = sign_in::sign_in(&world.core, device, PHONE, &hash, "000000").await;
    assert_eq!(again, Err(Error::CodeExpired));
}

#[tokio::test]
async fn what_is_not_the_code_is_refused() {
    let world = World::new();
    let device = world.device().await;
    let hash = world.send_code(device, PHONE).await.unwrap();
    let code = world.code(PHONE);
    assert_eq!(code.len(), sign_in::CODE_DIGITS);
    let try_with = async |phone: &str, hash: &str, code: &str| {
        sign_in::sign_in(&world.core, device, phone, hash, code).await
    };
    assert_eq!(try_with(PHONE, &hash, "  ").await, Err(Error::CodeEmpty));
    assert_eq!(try_with(PHONE, &hash, &world.wrong_code(PHONE)).await, Err(Error::CodeInvalid));
    assert_eq!(try_with(PHONE, &hash, code.get(..5).unwrap()).await, Err(Error::CodeInvalid));
    assert_eq!(try_with(OTHER, &hash, &code).await, Err(Error::CodeExpired));
    assert_eq!(try_with(PHONE, "unknown", &code).await, Err(Error::CodeExpired));
    assert_eq!(try_with("no number", &hash, &code).await, Err(Error::PhoneInvalid));
    assert_eq!(try_with(PHONE, &hash, &format!(" {code}\n")).await, Ok(Outcome::SignUpRequired));
}

#[tokio::test]
async fn a_code_ends_after_five_minutes() {
    let world = World::new();
    let device = world.device().await;
    let hash = world.send_code(device, PHONE).await.unwrap();
    let code = world.code(PHONE);
    world.pass(sign_in::CODE_S);
    assert_eq!(
        sign_in::sign_in(&world.core, device, PHONE, &hash, &code).await,
        Err(Error::CodeExpired)
    );
    assert_eq!(sign_in::waiting_code(&world.core, &Phone::parse(PHONE).unwrap()), None);
    assert_eq!(sign_in::cancel(&world.core, PHONE, &hash), Err(Error::CodeExpired));
}

/// Burns one code; `false` if sign-in by code is locked already.
async fn burn(world: &World, phone: &str) -> Result<(), Error> {
    let device = world.device().await;
    let hash = world.send_code(device, phone).await?;
    let (right, wrong) = (world.code(phone), world.wrong_code(phone));
    for _ in 0..5 {
        assert_eq!(
            sign_in::sign_in(&world.core, device, phone, &hash, &wrong).await,
            Err(Error::CodeInvalid)
        );
    }
    assert_eq!(
        sign_in::sign_in(&world.core, device, phone, &hash, &right).await,
        Err(Error::CodeExpired)
    );
    Ok(())
}

#[tokio::test]
async fn three_burnt_codes_lock_the_number_for_a_day() {
    let world = World::new();
    world.register(PHONE, "Alice").await;
    for _ in 0..3 {
        burn(&world, PHONE).await.unwrap();
        world.pass(60);
    }
    assert_eq!(flood_wait(burn(&world, PHONE).await), u32::try_from(DAY - 180).unwrap());
    // An unknown number is locked in the same way, and another one is not concerned.
    for _ in 0..3 {
        burn(&world, OTHER).await.unwrap();
    }
    assert!(matches!(burn(&world, OTHER).await, Err(Error::FloodWait(_))));
    burn(&world, "+49 151 000 003").await.unwrap();
    // The operator lifts it; so does a day.
    sign_in::unlock(&world.core, &Phone::parse(PHONE).unwrap());
    world.second_device(PHONE).await;
    world.pass(DAY);
    burn(&world, OTHER).await.unwrap();
}

#[tokio::test]
async fn a_device_that_guesses_at_many_numbers_is_locked() {
    let world = World::new();
    let device = world.device().await;
    let mut wrong = 0;
    for number in 0..10 {
        let phone = format!("+49 151 000 1{number:02}");
        let hash = world.send_code(device, &phone).await.unwrap();
        let code = world.wrong_code(&phone);
        for _ in 0..4 {
            match sign_in::sign_in(&world.core, device, &phone, &hash, &code).await {
                Err(Error::CodeInvalid) => wrong += 1,
                Err(Error::FloodWait(seconds)) => assert_eq!(seconds, 86_400),
                other => panic!("{other:?}"),
            }
        }
    }
    assert_eq!(wrong, 30);
    // Not even the right one, for a day; other devices are not concerned.
    let hash = world.send_code(device, PHONE).await.unwrap();
    let right = world.code(PHONE);
    let locked = sign_in::sign_in(&world.core, device, PHONE, &hash, &right).await;
    assert!(matches!(locked, Err(Error::FloodWait(_))));
    world.register(OTHER, "Bob").await;
    world.pass(DAY);
    let hash = world.send_code(device, PHONE).await.unwrap();
    let right = world.code(PHONE);
    let signed = sign_in::sign_in(&world.core, device, PHONE, &hash, &right).await;
    assert_eq!(signed, Ok(Outcome::SignUpRequired));
}

#[tokio::test]
async fn an_address_that_guesses_from_many_devices_is_locked() {
    let mut world = World::new();
    let mut waiting = Vec::new();
    for number in 0..30 {
        let (device, phone) = (world.device().await, format!("+49 151 000 2{number:02}"));
        let hash = world.send_code(device, &phone).await.unwrap();
        waiting.push((device, phone, hash));
    }
    world.core.policy.limit_sign_in = true;
    let mut wrong = 0;
    for (device, phone, hash) in waiting {
        let code = world.wrong_code(&phone);
        for _ in 0..4 {
            match sign_in::sign_in(&world.core, device, &phone, &hash, &code).await {
                Err(Error::CodeInvalid) => wrong += 1,
                Err(Error::FloodWait(_)) => {}
                other => panic!("{other:?}"),
            }
        }
    }
    assert_eq!(wrong, 100);
}

#[tokio::test]
async fn guesses_are_counted_across_codes_that_were_not_burnt() {
    let world = World::new();
    for _ in 0..5 {
        let device = world.device().await;
        let hash = world.send_code(device, PHONE).await.unwrap();
        for _ in 0..3 {
            let wrong = world.wrong_code(PHONE);
            assert_eq!(
                sign_in::sign_in(&world.core, device, PHONE, &hash, &wrong).await,
                Err(Error::CodeInvalid)
            );
        }
    }
    let device = world.device().await;
    assert!(matches!(world.send_code(device, PHONE).await, Err(Error::FloodWait(_))));
}

#[tokio::test]
async fn limits_per_number_are_exact_and_off_unless_asked_for() {
    let mut world = World::new();
    let device = world.device().await;
    for _ in 0..20 {
        world.send_code(device, PHONE).await.unwrap();
    }
    world.core.policy.limit_sign_in = true;
    for _ in 0..3 {
        world.send_code(device, PHONE).await.unwrap();
    }
    assert_eq!(flood_wait(world.send_code(device, PHONE).await), 300);
    world.pass(299);
    assert_eq!(flood_wait(world.send_code(device, PHONE).await), 1);
    world.pass(1);
    world.send_code(device, PHONE).await.unwrap();
}

#[tokio::test]
async fn resend_and_cancel() {
    let world = World::new();
    let device = world.device().await;
    let hash = world.send_code(device, PHONE).await.unwrap();
    let code = world.code(PHONE);
    assert!(sign_in::resend(&world.core, PHONE, &hash).unwrap().last_way);
    assert_eq!(world.code(PHONE), code);
    assert_eq!(sign_in::resend(&world.core, PHONE, &hash), Err(Error::ResendUnavailable));
    sign_in::cancel(&world.core, PHONE, &hash).unwrap();
    assert_eq!(
        sign_in::sign_in(&world.core, device, PHONE, &hash, &code).await,
        Err(Error::CodeExpired)
    );
}

#[tokio::test]
async fn codes_reach_other_devices_first_and_all_ways_when_sent_again() {
    let world = World::new();
    let alice = world.register(PHONE, "Alice").await;
    assert_eq!(world.webhook.0.lock().len(), 1, "a number without an account has the webhook only");
    let device = world.device().await;
    let hash = world.send_code(device, PHONE).await.unwrap();
    let code = world.code(PHONE);
    let texts = world.service_texts(alice.user).await;
    assert!(texts.last().unwrap().contains(&code), "{texts:?}");
    assert_eq!(world.webhook.0.lock().len(), 1);
    sign_in::resend(&world.core, PHONE, &hash).unwrap();
    sign_in::deliver(&world.core, &hash).await.unwrap();
    assert_eq!(world.webhook.newest_code(), code);
    // The sender of the message keeps no copy.
    let left = world
        .core
        .stores
        .boxes
        .history(model::ids::SERVICE_USER, Peer::User(alice.user), Default::default())
        .await
        .unwrap();
    assert_eq!(left.total, 0);
}

#[tokio::test]
async fn a_code_put_into_an_older_message_dies_too() {
    let world = World::new();
    let (alice, bob) = (world.register(PHONE, "Alice").await, world.register(OTHER, "Bob").await);
    let device = world.device().await;
    let hash = world.send_code(device, PHONE).await.unwrap();
    let code = world.code(PHONE);
    let (core, peer) = (&world.core, Peer::User(bob.user));
    let item = Item { random_id: 1, text: "hello".to_owned(), entities: Vec::new(), media: None };
    let sent = send::send(core, alice, peer, vec![item], send::Options::default()).await.unwrap();
    let text = Some((format!("it is {code}"), Vec::new()));
    let change = edit::Change { text, ..edit::Change::default() };
    edit::edit(core, alice, peer, sent.messages()[0].id, change).await.unwrap();
    let used = sign_in::sign_in(core, device, PHONE, &hash, &code).await;
    assert_eq!(used, Err(Error::CodeExpired));
}

#[tokio::test]
async fn a_code_that_its_owner_passes_on_dies() {
    let world = World::new();
    let alice = world.register(PHONE, "Alice").await;
    let device = world.device().await;
    let hash = world.send_code(device, PHONE).await.unwrap();
    let code = world.code(PHONE);
    sign_in::burn_told_codes(&world.core, alice.user, "nothing of the kind: 12");
    assert_eq!(world.code(PHONE), code);
    let (first, rest) = code.split_at(3);
    sign_in::burn_told_codes(&world.core, alice.user, &format!("it says {first} {rest}"));
    assert_eq!(
        sign_in::sign_in(&world.core, device, PHONE, &hash, &code).await,
        Err(Error::CodeExpired)
    );
}

#[tokio::test]
async fn codes_that_wait_together_take_no_more_guesses_than_one_after_another() {
    let world = World::new();
    let mut waiting = Vec::new();
    for _ in 0..4 {
        let device = world.device().await;
        waiting.push((device, world.send_code(device, PHONE).await.unwrap()));
    }
    let mut tried = 0;
    for (device, hash) in waiting {
        for _ in 0..5 {
            match sign_in::sign_in(&world.core, device, PHONE, &hash, "000").await {
                Err(Error::CodeInvalid) => tried += 1,
                Err(Error::FloodWait(_)) => {}
                other => panic!("{other:?}"),
            }
        }
    }
    assert_eq!(tried, 15);
}

#[tokio::test]
async fn a_stranger_does_not_push_the_owners_code_out_alone() {
    let world = World::new();
    let (mine, theirs) = (world.device().await, world.device().await);
    let hash = world.send_code(mine, PHONE).await.unwrap();
    let code = world.code(PHONE);
    for _ in 0..10 {
        world.send_code(theirs, PHONE).await.unwrap();
    }
    assert_eq!(
        sign_in::sign_in(&world.core, mine, PHONE, &hash, &code).await,
        Ok(Outcome::SignUpRequired)
    );
}

#[tokio::test]
async fn signing_up_needs_the_code_and_a_name() {
    let world = World::new();
    let device = world.device().await;
    let hash = world.send_code(device, PHONE).await.unwrap();
    let registrant = |first_name: &'static str| Registrant {
        phone: PHONE,
        hash: &hash,
        first_name,
        last_name: "",
        quiet: false,
    };
    assert_eq!(
        sign_in::sign_up(&world.core, device, registrant("Alice")).await,
        Err(Error::CodeExpired)
    );
    sign_in::sign_in(&world.core, device, PHONE, &hash, &world.code(PHONE)).await.unwrap();
    assert_eq!(
        sign_in::sign_up(&world.core, device, registrant(" \n")).await,
        Err(Error::FirstNameInvalid)
    );
    sign_in::sign_up(&world.core, device, registrant("Alice")).await.unwrap();
    assert_eq!(
        sign_in::sign_up(&world.core, device, registrant("Alice")).await,
        Err(Error::CodeExpired)
    );
}

#[tokio::test]
async fn closed_registration_lets_known_numbers_in_only() {
    let mut world = World::new();
    world.register(PHONE, "Alice").await;
    world.core.policy.registration = Registration::Closed;
    world.second_device(PHONE).await;
    let device = world.device().await;
    assert_eq!(world.try_sign_in(device, OTHER).await, Err(Error::RegistrationClosed));
}

#[tokio::test]
async fn an_invitation_is_typed_as_the_code_and_used_once() {
    let mut world = World::new();
    world.core.policy.registration = Registration::Invitation;
    let word = sign_in::invite(&world.core, 1, UnixTime(world.core.now().0 + DAY)).await.unwrap();
    let device = world.device().await;
    assert_eq!(world.try_sign_in(device, PHONE).await, Err(Error::InvitationNeeded));

    let join = async |phone: &str, word: &str| {
        let device = world.device().await;
        let hash = world.send_code(device, phone).await.unwrap();
        assert_eq!(
            sign_in::sign_in(&world.core, device, phone, &hash, word).await,
            Ok(Outcome::SignUpRequired)
        );
        let registrant =
            Registrant { phone, hash: &hash, first_name: "Alice", last_name: "", quiet: false };
        sign_in::sign_up(&world.core, device, registrant).await
    };
    assert_eq!(join(PHONE, "bbbb-bbbb-bbbb-bbbb").await, Err(Error::CodeInvalid));
    join(PHONE, &word.to_uppercase().replace('-', " ")).await.unwrap();
    assert_eq!(join(OTHER, &word).await, Err(Error::CodeInvalid), "it was for one");
    // Whoever has an account needs none.
    world.second_device(PHONE).await;
}

#[tokio::test]
async fn those_who_waited_for_a_number_hear_of_it() {
    let world = World::new();
    let alice = world.register(PHONE, "Alice").await;
    let bob = world.register(OTHER, "Bob").await;
    settings::set_flag(&world.core, bob.user, settings::CONTACT_SIGN_UP_SILENT, true)
        .await
        .unwrap();
    let phone = "+49 151 000 003";
    for caller in [alice, bob] {
        let entry = ImportEntry {
            client_id: 5,
            phone: phone.to_owned(),
            first_name: "Carol".to_owned(),
            last_name: String::new(),
        };
        assert_eq!(contacts::import(&world.core, caller, vec![entry]).await, Ok(Vec::new()));
    }
    let carol = world.register(phone, "Caroline").await;
    for (caller, silent) in [(alice, false), (bob, true)] {
        let book = contacts::list(&world.core, caller).await.unwrap();
        assert_eq!(
            book.iter()
                .map(|contact| (contact.user, contact.first_name.as_str()))
                .collect::<Vec<_>>(),
            [(carol.user, "Carol")]
        );
        let window = model::dialog::HistoryWindow { limit: 10, ..Default::default() };
        let page = world
            .core
            .stores
            .boxes
            .history(caller.user, Peer::User(carol.user), window)
            .await
            .unwrap();
        let body = &page.messages.first().expect("a service message").body;
        assert_eq!((&body.action, body.silent), (&Some(Action::ContactSignUp), silent));
    }
    assert_eq!(
        world.core.stores.dialogs.dialog_peers(carol.user).await.unwrap(),
        [],
        "the newcomer said nothing"
    );
}

#[tokio::test]
async fn an_exported_authorization_signs_one_key_in_once() {
    let world = World::new();
    let alice = world.register(PHONE, "Alice").await;
    let bytes = sign_in::export(&world.core, alice);
    let second = world.device().await;
    let wrong_user = sign_in::import(&world.core, second, alice.user.0 + 1, &bytes).await;
    assert_eq!(wrong_user, Err(Error::ExportInvalid));
    let bytes = sign_in::export(&world.core, alice);
    assert_eq!(sign_in::import(&world.core, second, alice.user.0, &bytes).await, Ok(alice.user));
    assert_eq!(
        sign_in::import(&world.core, second, alice.user.0, &bytes).await,
        Err(Error::ExportInvalid)
    );
    let ended = world.second_device(PHONE).await;
    let bytes = sign_in::export(&world.core, ended);
    devices::log_out(&world.core, ended).await.unwrap();
    assert_eq!(
        sign_in::import(&world.core, second, alice.user.0, &bytes).await,
        Err(Error::ExportInvalid)
    );
    let late = sign_in::export(&world.core, alice);
    world.pass(60);
    assert_eq!(
        sign_in::import(&world.core, second, alice.user.0, &late).await,
        Err(Error::ExportInvalid)
    );
}

#[tokio::test]
async fn a_number_is_changed_by_the_new_numbers_code() {
    let world = World::new();
    let alice = world.register(PHONE, "Alice").await;
    let bob = world.register(OTHER, "Bob").await;
    let device = sign_in::Device { key: alice.key, ip: "127.0.0.1".parse().unwrap() };
    let ask = |phone: &'static str| {
        services::account::send_change_code(&world.core, alice, device, phone)
    };
    assert_eq!(ask(OTHER).await, Err(Error::PhoneOccupied));
    // Whose numbers have accounts is not to be found by asking: taken ones count.
    for _ in 0..4 {
        assert_eq!(ask(OTHER).await, Err(Error::PhoneOccupied));
    }
    let wait = Error::FloodWait(u32::try_from(DAY / 5).unwrap());
    assert_eq!(ask(OTHER).await, Err(wait.clone()));
    assert_eq!(ask("+49 151 000 009").await, Err(wait));
    world.pass(DAY / 5);
    let new = "+49 151 000 009";
    let sent = ask(new).await.unwrap();
    let code = world.code(new);
    // The code is good for this account and this purpose only.
    assert_eq!(
        sign_in::sign_in(&world.core, device, new, &sent.hash, &code).await,
        Err(Error::CodeExpired)
    );
    assert_eq!(
        services::account::change_phone(&world.core, bob, new, &sent.hash, &code).await,
        Err(Error::CodeExpired)
    );
    services::account::change_phone(&world.core, alice, new, &sent.hash, &code).await.unwrap();
    assert_eq!(world.second_device(new).await.user, alice.user);
    assert_eq!(
        sign_in::start(&world.core, device, "12", Purpose::SignIn),
        Err(Error::PhoneInvalid)
    );
}
