//! Sign-in by QR.

use model::UserId;
use services::sign_in::{self, Device, Login};
use services::{Caller, Error};

use crate::support::{World, login_tokens};

const PHONE: &str = "+49 151 000 001";

async fn show(world: &World, device: Device, except: Vec<UserId>) -> Vec<u8> {
    match sign_in::export_token(&world.core, device, except).await.unwrap() {
        Login::Token { token, .. } => token,
        Login::Success(_) => panic!("accepted already"),
    }
}

async fn accept(world: &World, caller: Caller, token: &[u8]) -> Result<bool, Error> {
    sign_in::accept_token(&world.core, caller, token)
        .await
        .map(|(_, password_pending)| password_pending)
}

#[tokio::test]
async fn an_accepted_token_signs_its_device_in() {
    let world = World::new();
    let alice = world.register(PHONE, "Alice").await;
    let device = world.device().await;
    let token = show(&world, device, Vec::new()).await;
    assert_eq!(
        sign_in::import_token(&world.core, device, &token).await,
        Err(Error::TokenInvalid),
        "nobody accepted it yet"
    );
    let mut bus = world.listen();
    assert_eq!(accept(&world, alice, &token).await, Ok(false));
    assert_eq!(login_tokens(&mut bus), [device.key]);
    assert_eq!(accept(&world, alice, &token).await, Err(Error::TokenAccepted));
    assert_eq!(
        sign_in::export_token(&world.core, device, Vec::new()).await,
        Ok(Login::Success(alice.user))
    );
    let signed_in = world.core.stores.keys.authorization(device.key).await.unwrap().unwrap();
    assert_eq!(signed_in.user, alice.user);
    assert_eq!(accept(&world, alice, &token).await, Err(Error::TokenInvalid));
}

#[tokio::test]
async fn tokens_that_are_not_good() {
    let world = World::new();
    let alice = world.register(PHONE, "Alice").await;
    let device = world.device().await;
    assert_eq!(accept(&world, alice, b"short").await, Err(Error::TokenInvalid));
    assert_eq!(accept(&world, alice, &[0; 32]).await, Err(Error::TokenInvalid));
    let token = show(&world, device, vec![alice.user]).await;
    assert_eq!(accept(&world, alice, &token).await, Err(Error::TokenException));
    let token = show(&world, device, Vec::new()).await;
    world.pass(30);
    assert_eq!(accept(&world, alice, &token).await, Err(Error::TokenExpired));
    // A device that shows a new token takes the old one back.
    let old = show(&world, device, Vec::new()).await;
    show(&world, device, Vec::new()).await;
    assert_eq!(accept(&world, alice, &old).await, Err(Error::TokenInvalid));
}

#[tokio::test]
async fn another_device_can_not_fetch_the_success() {
    let world = World::new();
    let alice = world.register(PHONE, "Alice").await;
    let (device, thief) = (world.device().await, world.device().await);
    let token = show(&world, device, Vec::new()).await;
    accept(&world, alice, &token).await.unwrap();
    assert_eq!(sign_in::import_token(&world.core, thief, &token).await, Err(Error::TokenInvalid));
    assert_eq!(world.core.stores.keys.authorization(thief.key).await.unwrap(), None);
    assert_eq!(
        sign_in::import_token(&world.core, device, &token).await,
        Ok(Login::Success(alice.user))
    );
}
