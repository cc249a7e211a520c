//! `auth.bindTempAuthKey` through a socket: for whom a temporary key speaks, and until when.

use crypto::AuthKey;
use mtproto::bind::{BindRequest, make_bind};
use mtproto::client::RawMessage;
use tl_api::functions::{auth, updates};
use tl_codec::Serialize as _;

use crate::client::{Client, News, Random, now, posts, random};
use crate::world::World;

/// What a client asks for, and what it may get wrong.
struct Wanted<'a> {
    permanent: &'a AuthKey,
    /// The key under which it proves that the permanent one is its own.
    proof: &'a AuthKey,
    /// The end of the binding.
    expires_at: i32,
    /// How far the message id of the proof is from that of the request.
    late: i64,
}

impl<'a> Wanted<'a> {
    fn of(permanent: &'a Client, expires_at: i32) -> Self {
        let key = permanent.session.auth_key();
        Self { permanent: key, proof: key, expires_at, late: 0 }
    }
}

async fn bind(temp: &mut Client, wanted: Wanted<'_>) -> Result<Vec<u8>, String> {
    let Wanted { permanent, proof, expires_at, late } = wanted;
    let (msg_id, seq_no) = temp.session.next_id(now(), true);
    let nonce = random();
    let inner = BindRequest {
        perm_key: proof,
        temp_auth_key_id: temp.session.auth_key().id(),
        session_id: temp.session.id(),
        msg_id: msg_id + late,
        nonce,
        expires_at,
        encrypted_message: &[],
    };
    let request = auth::BindTempAuthKey {
        perm_auth_key_id: permanent.id_signed(),
        nonce,
        expires_at,
        encrypted_message: make_bind(&inner, &mut Random).unwrap(),
    };
    let raw = RawMessage {
        salt: temp.session.salt(),
        session_id: temp.session.id(),
        msg_id,
        seq_no,
        len: None,
        body: request.to_bytes(),
        padding: None,
    };
    let packet = raw.seal(temp.session.auth_key(), &mut Random).unwrap();
    temp.wire.send(&packet).await;
    temp.answer(msg_id).await
}

fn in_seconds(world: &World, seconds: i64) -> i32 {
    i32::try_from(world.core.now().0 + seconds).unwrap()
}

/// Whether the key speaks for an account: the error else.
async fn state(client: &mut Client) -> Result<(), String> {
    client.call(&updates::GetState {}).await.map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_temporary_key_speaks_for_its_account_until_the_binding_ends() {
    let world = World::start();
    let (anna, mut ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let channel = world.channel(&anna, &[&ben]).await;
    let mut temp = Client::connect_for(&world, 3600).await;
    assert_eq!(state(&mut temp).await, Err("AUTH_KEY_PERM_EMPTY".to_owned()));
    bind(&mut temp, Wanted::of(&ben, in_seconds(&world, 60))).await.unwrap();
    assert_eq!(state(&mut temp).await, Ok(()));
    let first = world.post(&anna, channel, "first").await.0;
    temp.until(&News::Post(channel, first)).await;
    ben.until(&News::Post(channel, first)).await;
    world.pass(59);
    assert_eq!(state(&mut temp).await, Ok(()));
    world.pass(1);
    assert_eq!(state(&mut temp).await, Err("AUTH_KEY_PERM_EMPTY".to_owned()));
    temp.until(&News::TooLong).await;
    let second = world.post(&anna, channel, "second").await.0;
    ben.until(&News::Post(channel, second)).await;
    let third = world.post(&anna, channel, "third").await.0;
    // When the third was delivered to Ben, the second was to everyone.
    ben.until(&News::Post(channel, third)).await;
    assert_eq!(posts(&temp.settle().await, channel), Vec::<i32>::new());
    // The key itself lasts, and may be bound again.
    bind(&mut temp, Wanted::of(&ben, in_seconds(&world, 60))).await.unwrap();
    assert_eq!(state(&mut temp).await, Ok(()));
    let fourth = world.post(&anna, channel, "fourth").await.0;
    temp.until(&News::Post(channel, fourth)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_binding_lasts_longer_than_its_key() {
    let world = World::start();
    let ben = world.sign_up("Ben").await;
    let mut temp = Client::connect_for(&world, 100).await;
    bind(&mut temp, Wanted::of(&ben, in_seconds(&world, 10_000))).await.unwrap();
    assert_eq!(state(&mut temp).await, Ok(()));
    world.pass(101);
    temp.start(&updates::GetState {}).await;
    assert_eq!(temp.wire.error().await, -404);
    // Nor on a connection of its own.
    let mut other = temp.another_session(&world).await;
    other.start(&updates::GetState {}).await;
    assert_eq!(other.wire.error().await, -404);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_whoever_holds_the_permanent_key_binds_to_it() {
    let world = World::start();
    let (anna, mut ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let mut temp = Client::connect_for(&world, 3600).await;
    let end = in_seconds(&world, 600);
    let invalid = Err("ENCRYPTED_MESSAGE_INVALID".to_owned());
    // With the proof of another key, of another message, and of a key that is not known.
    let forged = Wanted { proof: ben.session.auth_key(), ..Wanted::of(&anna, end) };
    assert_eq!(bind(&mut temp, forged).await, invalid);
    assert_eq!(bind(&mut temp, Wanted { late: 4, ..Wanted::of(&ben, end) }).await, invalid);
    let unknown = AuthKey::from_slice(&[7; 256]).unwrap();
    let stranger = Wanted { permanent: &unknown, proof: &unknown, ..Wanted::of(&ben, end) };
    assert_eq!(bind(&mut temp, stranger).await, invalid);
    let over = Wanted::of(&ben, in_seconds(&world, 0));
    assert_eq!(bind(&mut temp, over).await, Err("EXPIRES_AT_INVALID".to_owned()));
    assert_eq!(state(&mut temp).await, Err("AUTH_KEY_PERM_EMPTY".to_owned()));
    // A permanent key is bound to none, and a temporary one to no other temporary one.
    assert_eq!(bind(&mut ben, Wanted::of(&anna, end)).await, invalid);
    let other = Client::connect_for(&world, 3600).await;
    assert_eq!(bind(&mut temp, Wanted::of(&other, end)).await, invalid);
    bind(&mut temp, Wanted::of(&ben, end)).await.unwrap();
    let taken = Err("TEMP_AUTH_KEY_ALREADY_BOUND".to_owned());
    assert_eq!(bind(&mut temp, Wanted::of(&anna, end)).await, taken);
    assert_eq!(state(&mut temp).await, Ok(()));
}
