//! The two-step password, from setting it to losing it.

use crypto::{srp_client_proof, srp_verifier};
use model::rights::Denial;
use model::{UnixTime, UserId};
use services::channels::{create, members, owner};
use services::memory::Memory;
use services::password::{self, Asked, NewPassword, Proof, SettingsChange};
use services::sign_in::{self, Outcome};
use services::{Caller, Error};

use crate::support::{DAY, World, flood_wait};

const PHONE: &str = "+49 151 000 001";

fn chance(out: &mut [u8]) {
    out.fill(0x5a);
}

/// What a client makes of a new password.
fn made(state: &password::State, text: &str) -> NewPassword {
    let salt1 = [state.new_salt1.as_slice(), &[3; 32]].concat();
    let salt2 = state.new_salt2.clone();
    let verifier = srp_verifier(text.as_bytes(), (&salt1, &salt2)).unwrap().to_vec();
    NewPassword { salt1, salt2, verifier, hint: "a hint".to_owned() }
}

/// A client's answer to a new question.
async fn prove(world: &World, user: UserId, text: &str) -> Proof {
    let question =
        password::state(&world.core, user).await.unwrap().question.expect("no password is set");
    let public = question.public.as_slice().try_into().unwrap();
    let proof =
        srp_client_proof(text.as_bytes(), (&question.salt1, &question.salt2), public, &mut chance)
            .unwrap();
    Proof { srp_id: question.srp_id, a: proof.a.to_vec(), m1: proof.m1.to_vec() }
}

async fn set(
    world: &World,
    caller: Caller,
    proof: Option<&Proof>,
    text: Option<&str>,
) -> Result<(), Error> {
    let state = password::state(&world.core, caller.user).await.unwrap();
    let change =
        SettingsChange { password: Some(text.map(|text| made(&state, text))), email: None };
    password::update(&world.core, caller, proof, change).await
}

#[tokio::test]
async fn set_used_changed_and_removed() {
    let world = World::new();
    let alice = world.register(PHONE, "Alice").await;
    assert!(password::state(&world.core, alice.user).await.unwrap().question.is_none());
    set(&world, alice, None, Some("first")).await.unwrap();
    let stored = world.core.stores.accounts.password(alice.user).await.unwrap().unwrap();
    assert!(stored.verifier.len() > 256, "sealed");

    // Changing it needs it.
    assert_eq!(set(&world, alice, None, Some("second")).await, Err(Error::PasswordInvalid));
    let wrong = prove(&world, alice.user, "wrong").await;
    assert_eq!(set(&world, alice, Some(&wrong), Some("second")).await, Err(Error::PasswordInvalid));
    let right = prove(&world, alice.user, "first").await;
    set(&world, alice, Some(&right), Some("second")).await.unwrap();

    let device = world.device().await;
    assert_eq!(world.try_sign_in(device, PHONE).await, Err(Error::PasswordNeeded));
    assert_eq!(sign_in::pending_account(&world.core, device.key), Some(alice.user));
    assert_eq!(world.core.stores.keys.authorization(device.key).await.unwrap(), None);
    let proof = prove(&world, alice.user, "second").await;
    password::check(&world.core, alice.user, &proof).await.unwrap();
    assert_eq!(sign_in::finish_pending(&world.core, device).await, Ok(alice.user));
    assert_eq!(sign_in::finish_pending(&world.core, device).await, Err(Error::Unauthorized));

    let proof = prove(&world, alice.user, "second").await;
    set(&world, alice, Some(&proof), None).await.unwrap();
    let device = world.device().await;
    assert_eq!(world.try_sign_in(device, PHONE).await, Ok(Outcome::SignedIn(alice.user)));
}

#[tokio::test]
async fn a_question_is_answered_once_and_by_its_account() {
    let world = World::new();
    let alice = world.register(PHONE, "Alice").await;
    let bob = world.register("+49 151 000 002", "Bob").await;
    set(&world, alice, None, Some("first")).await.unwrap();
    set(&world, bob, None, Some("first")).await.unwrap();
    let proof = prove(&world, alice.user, "first").await;
    assert_eq!(password::check(&world.core, bob.user, &proof).await, Err(Error::SrpIdInvalid));
    let proof = prove(&world, alice.user, "first").await;
    password::check(&world.core, alice.user, &proof).await.unwrap();
    assert_eq!(password::check(&world.core, alice.user, &proof).await, Err(Error::SrpIdInvalid));
    let late = prove(&world, alice.user, "first").await;
    world.pass(600);
    assert_eq!(password::check(&world.core, alice.user, &late).await, Err(Error::SrpIdInvalid));
    let zero = Proof { a: vec![0; 256], ..prove(&world, alice.user, "first").await };
    assert_eq!(password::check(&world.core, alice.user, &zero).await, Err(Error::PasswordInvalid));
}

#[tokio::test]
async fn ten_wrong_ones_a_day() {
    let world = World::new();
    let alice = world.register(PHONE, "Alice").await;
    set(&world, alice, None, Some("first")).await.unwrap();
    for _ in 0..10 {
        let proof = Proof { m1: vec![1; 32], ..prove_cheaply(&world, alice.user).await };
        assert_eq!(
            password::check(&world.core, alice.user, &proof).await,
            Err(Error::PasswordInvalid)
        );
    }
    let right = prove(&world, alice.user, "first").await;
    assert_eq!(
        flood_wait(password::check(&world.core, alice.user, &right).await),
        u32::try_from(DAY).unwrap()
    );
    world.pass(DAY);
    let right = prove(&world, alice.user, "first").await;
    password::check(&world.core, alice.user, &right).await.unwrap();
}

/// A proof of nothing, without the slow half of a client.
async fn prove_cheaply(world: &World, user: UserId) -> Proof {
    let question = password::state(&world.core, user).await.unwrap().question.unwrap();
    Proof { srp_id: question.srp_id, a: vec![2; 256], m1: Vec::new() }
}

/// It waits a week, by the server's clock, and stays asked for across a restart.
#[tokio::test]
async fn a_forgotten_password_is_taken_away_after_a_week() {
    let mut world = World::new();
    let alice = world.register(PHONE, "Alice").await;
    assert_eq!(password::ask_reset(&world.core, alice).await, Err(Error::PasswordEmpty));
    set(&world, alice, None, Some("first")).await.unwrap();
    let told = world.service_texts(alice.user).await.len();
    let until = UnixTime(world.core.now().0 + 7 * DAY);
    assert_eq!(password::ask_reset(&world.core, alice).await, Ok(Asked::Waits(until)));
    assert_eq!(world.service_texts(alice.user).await.len(), told + 1);
    world.core.memory = Memory::default();
    world.pass(7 * DAY - 1);
    assert_eq!(password::ask_reset(&world.core, alice).await, Ok(Asked::Waits(until)));
    let state = password::state(&world.core, alice.user).await.unwrap();
    assert_eq!((state.question.is_some(), state.pending_reset), (true, Some(until)));
    let device = world.device().await;
    assert_eq!(world.try_sign_in(device, PHONE).await, Err(Error::PasswordNeeded));
    assert_eq!(
        world.service_texts(alice.user).await.len(),
        told + 2,
        "a code, and no more notices"
    );

    world.pass(1);
    assert_eq!(password::ask_reset(&world.core, alice).await, Ok(Asked::Done));
    let state = password::state(&world.core, alice.user).await.unwrap();
    assert_eq!((state.question.is_some(), state.pending_reset), (false, None));
    assert_eq!(world.service_texts(alice.user).await.len(), told + 3);
    let device = world.device().await;
    assert_eq!(world.try_sign_in(device, PHONE).await, Ok(Outcome::SignedIn(alice.user)));
    set(&world, alice, None, Some("second")).await.unwrap();
}

/// Nobody has to ask: whoever comes when the week is over needs no password.
#[tokio::test]
async fn a_reset_that_is_due_is_done_for_whoever_comes() {
    let world = World::new();
    let alice = world.register(PHONE, "Alice").await;
    set(&world, alice, None, Some("first")).await.unwrap();
    password::ask_reset(&world.core, alice).await.unwrap();
    world.pass(8 * DAY);
    let proof = Proof { srp_id: 1, a: vec![2; 256], m1: vec![1; 32] };
    let checked = password::check(&world.core, alice.user, &proof).await;
    assert_eq!(checked, Err(Error::PasswordEmpty));
    let device = world.device().await;
    assert_eq!(world.try_sign_in(device, PHONE).await, Ok(Outcome::SignedIn(alice.user)));
}

#[tokio::test]
async fn a_reset_is_called_off() {
    let world = World::new();
    let alice = world.register(PHONE, "Alice").await;
    let other = world.second_device(PHONE).await;
    let missing = Err(Error::ResetMissing);
    assert_eq!(password::call_off_reset(&world.core, alice).await, missing);
    set(&world, alice, None, Some("first")).await.unwrap();
    assert_eq!(password::call_off_reset(&world.core, alice).await, missing);
    password::ask_reset(&world.core, alice).await.unwrap();
    let told = world.service_texts(alice.user).await.len();
    assert_eq!(password::call_off_reset(&world.core, other).await, Ok(()));
    assert_eq!(world.service_texts(alice.user).await.len(), told + 1);
    assert_eq!(password::call_off_reset(&world.core, other).await, missing);
    let again = UnixTime(world.core.now().0 + DAY);
    assert_eq!(password::ask_reset(&world.core, alice).await, Ok(Asked::NotBefore(again)));
    let state = password::state(&world.core, alice.user).await.unwrap();
    assert_eq!((state.question.is_some(), state.pending_reset), (true, None));
    world.pass(DAY);
    let until = UnixTime(world.core.now().0 + 7 * DAY);
    assert_eq!(password::ask_reset(&world.core, alice).await, Ok(Asked::Waits(until)));
}

/// Who changes the password knows it.
#[tokio::test]
async fn a_change_of_the_password_ends_its_reset() {
    let world = World::new();
    let alice = world.register(PHONE, "Alice").await;
    set(&world, alice, None, Some("first")).await.unwrap();
    password::ask_reset(&world.core, alice).await.unwrap();
    world.pass(2 * DAY);
    let proof = prove(&world, alice.user, "first").await;
    set(&world, alice, Some(&proof), Some("second")).await.unwrap();
    world.pass(8 * DAY);
    let proof = prove(&world, alice.user, "second").await;
    assert_eq!(password::check(&world.core, alice.user, &proof).await, Ok(()));
}

#[tokio::test]
async fn malformed_settings_are_refused() {
    let world = World::new();
    let alice = world.register(PHONE, "Alice").await;
    let state = password::state(&world.core, alice.user).await.unwrap();
    let good = NewPassword {
        salt1: state.new_salt1.clone(),
        salt2: state.new_salt2.clone(),
        verifier: vec![7; 256],
        hint: String::new(),
    };
    let cases = [
        NewPassword { verifier: Vec::new(), ..good.clone() },
        NewPassword { verifier: vec![0xff; 256], ..good.clone() },
        NewPassword { verifier: vec![7; 257], ..good.clone() },
        NewPassword { salt1: vec![1; 7], ..good.clone() },
        NewPassword { salt2: vec![1; 129], ..good },
    ];
    for new in cases {
        let change = SettingsChange { password: Some(Some(new)), email: None };
        assert_eq!(
            password::update(&world.core, alice, None, change).await,
            Err(Error::NewPasswordInvalid)
        );
    }
    let lonely = SettingsChange { password: None, email: Some("a@example.org".to_owned()) };
    assert_eq!(
        password::update(&world.core, alice, None, lonely).await,
        Err(Error::NewPasswordInvalid)
    );
}

#[tokio::test]
async fn a_new_device_can_not_set_it() {
    let world = World::new();
    let alice = world.register(PHONE, "Alice").await;
    world.pass(10);
    let fresh = world.second_device(PHONE).await;
    assert!(matches!(set(&world, fresh, None, Some("mine")).await, Err(Error::SessionTooFresh(_))));
    world.pass(DAY);
    set(&world, fresh, None, Some("mine")).await.unwrap();
    let proof = prove(&world, alice.user, "mine").await;
    set(&world, alice, Some(&proof), None).await.unwrap();
}

#[tokio::test]
async fn recovered_by_a_confirmed_address() {
    let world = World::new();
    let alice = world.register(PHONE, "Alice").await;
    let state = password::state(&world.core, alice.user).await.unwrap();
    let change = |email: &str| SettingsChange {
        password: Some(Some(made(&state, "first"))),
        email: Some(email.to_owned()),
    };
    assert_eq!(
        password::update(&world.core, alice, None, change("nonsense")).await,
        Err(Error::EmailInvalid)
    );
    let asked = password::update(&world.core, alice, None, change("alice@example.org")).await;
    assert_eq!(asked, Err(Error::EmailUnconfirmed { code_length: 6 }));
    let waiting = password::state(&world.core, alice.user).await.unwrap();
    assert_eq!(waiting.unconfirmed_email.as_deref(), Some("a***e@example.org"));
    assert!(waiting.question.is_none(), "the password comes with the address");
    assert_eq!(
        password::confirm_email(&world.core, alice, "x").await,
        Err(Error::RecoveryCodeInvalid)
    );
    password::confirm_email(&world.core, alice, &world.mail.newest_code()).await.unwrap();
    assert!(password::state(&world.core, alice.user).await.unwrap().has_recovery);

    let device = world.device().await;
    assert_eq!(world.try_sign_in(device, PHONE).await, Err(Error::PasswordNeeded));
    assert_eq!(
        password::request_recovery(&world.core, alice.user).await.as_deref(),
        Ok("a***e@example.org")
    );
    let code = world.mail.newest_code();
    assert_eq!(
        password::check_recovery_code(&world.core, device, alice.user, "1"),
        Err(Error::RecoveryCodeInvalid)
    );
    password::check_recovery_code(&world.core, device, alice.user, &code).unwrap();
    password::recover(&world.core, device, alice.user, &code, None).await.unwrap();
    assert_eq!(sign_in::finish_pending(&world.core, device).await, Ok(alice.user));
    assert!(password::state(&world.core, alice.user).await.unwrap().question.is_none());
    assert_eq!(
        password::check_recovery_code(&world.core, device, alice.user, &code),
        Err(Error::RecoveryExpired)
    );
}

#[tokio::test]
async fn without_an_address_nothing_is_recovered() {
    let mut world = World::new();
    let alice = world.register(PHONE, "Alice").await;
    assert_eq!(
        password::request_recovery(&world.core, alice.user).await,
        Err(Error::PasswordEmpty)
    );
    set(&world, alice, None, Some("first")).await.unwrap();
    assert_eq!(
        password::request_recovery(&world.core, alice.user).await,
        Err(Error::RecoveryUnavailable)
    );
    world.core.mailer = None;
    let proof = prove(&world, alice.user, "first").await;
    let change = SettingsChange { password: None, email: Some("alice@example.org".to_owned()) };
    assert_eq!(
        password::update(&world.core, alice, Some(&proof), change).await,
        Err(Error::EmailUnavailable)
    );
}

#[tokio::test]
async fn a_channel_is_given_away_with_a_password_of_some_age() {
    let world = World::new();
    let alice = world.register(PHONE, "Alice").await;
    let bob = world.register("+49 151 000 002", "Bob").await;
    let wanted = create::Wanted {
        title: "News".to_owned(),
        about: String::new(),
        broadcast: true,
        ttl_period: None,
    };
    let id = create::create(&world.core, alice, wanted).await.unwrap().channel;
    let give = |user, proof: Option<Proof>| {
        let core = &world.core;
        async move { owner::transfer(core, alice, id, user, proof.as_ref()).await.map(drop) }
    };
    assert_eq!(give(bob.user, None).await, Err(Error::PasswordMissing));
    set(&world, alice, None, Some("first")).await.unwrap();
    let week = u32::try_from(7 * DAY).unwrap();
    assert_eq!(give(bob.user, None).await, Err(Error::PasswordTooFresh(week)));
    world.pass(7 * DAY);
    assert_eq!(give(bob.user, None).await, Err(Error::UserInvalid), "he is not in it");
    members::invite(&world.core, alice, id, &[bob.user]).await.unwrap();
    assert_eq!(give(bob.user, None).await, Err(Error::PasswordInvalid));
    let wrong = prove(&world, alice.user, "wrong").await;
    assert_eq!(give(bob.user, Some(wrong)).await, Err(Error::PasswordInvalid));
    let right = prove(&world, alice.user, "first").await;
    assert_eq!(give(bob.user, Some(right)).await, Ok(()));
    let (channel, _) = services::channels::visible(&world.core, bob.user, id).await.unwrap();
    assert_eq!(channel.creator, bob.user);
    let again = prove(&world, alice.user, "first").await;
    let refused = Err(Error::Denied(Denial::AdminRequired));
    assert_eq!(give(bob.user, Some(again)).await, refused);
}
