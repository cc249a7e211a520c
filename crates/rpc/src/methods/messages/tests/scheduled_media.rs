//! What messages that wait for their time carry: files, voice, polls.

use model::Peer;
use model::media::DocumentAttribute;
use services::messages::schedule::send_due;
use tl_api::functions::messages as f;
use tl_api::{enums, functions, types};

use super::albums::{file, photo};
use super::reactions::poll;
use super::{history, messages, say, text};
use crate::testing::{Device, START, World, list};

fn at(seconds: i64) -> Option<i32> {
    Some(i32::try_from(START + seconds).unwrap())
}

/// The message of an answer that scheduled one, or changed it.
fn waiting(updates: enums::Updates) -> types::Message {
    let found = list(updates).into_iter().find_map(|update| match update {
        enums::Update::UpdateNewScheduledMessage(new) => Some(new.message),
        _ => None,
    });
    match found {
        Some(enums::Message::Message(message)) => message,
        other => panic!("{other:?}"),
    }
}

/// Nobody's upload but the author's, and met in the schedule: its reader may load it.
#[tokio::test]
async fn a_scheduled_forward_s_photo_can_be_loaded() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let eve = world.sign_up("Eve").await;
    let media = photo(&anna, 5).await;
    anna.ok(f::SendMedia { peer: anna.peer(&ben), media, random_id: 1, ..Default::default() })
        .await;
    let forward = f::ForwardMessages {
        from_peer: ben.peer(&anna),
        to_peer: ben.peer(&eve),
        id: vec![history(&ben, ben.peer(&anna)).await[0].0],
        random_id: vec![2],
        schedule_date: at(60),
        ..Default::default()
    };
    let message = waiting(ben.ok(forward).await);
    let Some(enums::MessageMedia::MessageMediaPhoto(media)) = &message.media else {
        panic!("{message:?}")
    };
    let Some(enums::Photo::Photo(shown)) = &media.photo else { panic!("{media:?}") };
    let part = functions::upload::GetFile {
        location: types::InputPhotoFileLocation {
            id: shown.id,
            access_hash: shown.access_hash,
            file_reference: shown.file_reference.clone(),
            thumb_size: "x".to_owned(),
        }
        .into(),
        limit: 4096,
        ..Default::default()
    };
    // Its bytes are nowhere: the question is whether they would be given.
    assert_ne!(ben.fails(part.clone()).await, "FILE_REFERENCE_EXPIRED");
    let delete = f::DeleteScheduledMessages { peer: ben.peer(&eve), id: vec![message.id] };
    ben.ok(delete).await;
    assert_eq!(ben.fails(part).await, "FILE_REFERENCE_EXPIRED");
}

async fn refuse_voice(of: &Device<'_>) {
    let refused = functions::account::SetPrivacy {
        key: enums::InputPrivacyKey::InputPrivacyKeyVoiceMessages,
        rules: vec![enums::InputPrivacyRule::InputPrivacyValueDisallowAll],
    };
    of.ok(refused).await;
}

async fn voice(of: &Device<'_>, id: i64) -> enums::InputMedia {
    let voice = DocumentAttribute::Audio {
        voice: true,
        duration_s: 1,
        title: None,
        performer: None,
        waveform: None,
    };
    file(of, id, vec![voice]).await
}

/// Neither as an edit of a text that waits, nor when it was refused after it was scheduled.
#[tokio::test]
async fn refused_voice_is_not_scheduled_either() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let early = f::SendMedia {
        peer: anna.peer(&ben),
        media: voice(&anna, 31).await,
        random_id: 1,
        schedule_date: at(60),
        ..Default::default()
    };
    let early = waiting(anna.ok(early).await).id;
    refuse_voice(&ben).await;
    let plain = f::SendMessage { schedule_date: at(60), ..text(anna.peer(&ben), "text", 2) };
    let edit = f::EditMessage {
        peer: anna.peer(&ben),
        id: waiting(anna.ok(plain).await).id,
        media: Some(voice(&anna, 32).await),
        schedule_date: at(60),
        ..Default::default()
    };
    assert_eq!(anna.fails(edit).await, "USER_PRIVACY_RESTRICTED");
    let now = f::SendScheduledMessages { peer: anna.peer(&ben), id: vec![early] };
    assert_eq!(anna.fails(now).await, "USER_PRIVACY_RESTRICTED");
    world.pass(60);
    assert_eq!(send_due(&world.core).await, Ok(1));
    let seen: Vec<_> =
        history(&ben, ben.peer(&anna)).await.into_iter().map(|(_, text)| text).collect();
    assert_eq!(seen, ["text"]);
}

/// Its time begins when others can vote.
#[tokio::test]
async fn a_scheduled_poll_arrives_open() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let mut media = poll(false, &["a", "b"]);
    let enums::Poll::Poll(wanted) = &mut media.poll;
    wanted.close_period = Some(60);
    let request = f::SendMedia {
        peer: anna.peer(&ben),
        media: media.into(),
        random_id: 1,
        schedule_date: at(600),
        ..Default::default()
    };
    anna.ok(request).await;
    world.pass(600);
    let mut ears = ben.listen().await;
    assert_eq!(send_due(&world.core).await, Ok(1));
    let arrived = messages(&ears.hear().await).remove(0);
    let Some(enums::MessageMedia::MessageMediaPoll(media)) = arrived.media else {
        panic!("{arrived:?}")
    };
    let enums::Poll::Poll(arrived) = media.poll;
    assert_eq!((arrived.closed, arrived.close_date), (false, at(660)));
    let vote = || f::SendVote { peer: ben.peer(&anna), msg_id: 1, options: vec![b"0".to_vec()] };
    ben.ok(vote()).await;
    world.pass(60);
    assert_eq!(ben.fails(vote()).await, "MESSAGE_POLL_CLOSED");
}

/// A word's first hundred uses do not hide the tag, and a longer tag is another one.
#[tokio::test]
async fn a_hashtag_is_found_behind_its_word() {
    let world = World::new();
    let anna = world.sign_up("Anna").await;
    let id = super::channels::channel(&anna, true, &[]).await;
    let name = Some("the_news".to_owned());
    world.core.stores.accounts.set_username(Peer::Channel(id), name).await.unwrap();
    let to = || anna.input_peer(Peer::Channel(id));
    let tagged = say(&anna, to(), "all about #Rust").await;
    say(&anna, to(), "all about #rustling").await;
    for _ in 0..120 {
        say(&anna, to(), "rust").await;
    }
    let search = functions::channels::SearchPosts {
        hashtag: Some("rust".to_owned()),
        offset_peer: enums::InputPeer::InputPeerEmpty,
        limit: 20,
        ..Default::default()
    };
    let found = super::shown(&anna.ok(search).await);
    assert_eq!(found, [(tagged, "all about #Rust".to_owned())]);
}
