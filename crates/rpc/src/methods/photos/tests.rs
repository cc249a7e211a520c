use model::account::{PrivacyKey, PrivacyRule};
use tl_api::{enums, functions, types};

use crate::testing::{Device, World};

async fn upload(device: &Device<'_>, id: i64) -> enums::InputFile {
    let bytes = format!("pretended picture {id}").into_bytes();
    device.ok(functions::upload::SaveFilePart { file_id: id, file_part: 0, bytes }).await;
    types::InputFile { id, parts: 1, ..Default::default() }.into()
}

async fn set(device: &Device<'_>, id: i64) -> types::Photo {
    let file = Some(upload(device, id).await);
    shown(device.ok(functions::photos::UploadProfilePhoto { file, ..Default::default() }).await)
}

fn shown(answer: enums::photos::Photo) -> types::Photo {
    let enums::photos::Photo::Photo(answer) = answer;
    whole(answer.photo)
}

fn whole(photo: enums::Photo) -> types::Photo {
    let enums::Photo::Photo(photo) = photo else { panic!("{photo:?}") };
    photo
}

fn named(photo: &types::Photo) -> enums::InputPhoto {
    let (id, access_hash) = (photo.id, photo.access_hash);
    types::InputPhoto { id, access_hash, file_reference: photo.file_reference.clone() }.into()
}

async fn photos_of(
    viewer: &Device<'_>,
    user_id: enums::InputUser,
    offset: i32,
    limit: i32,
) -> (i32, Vec<types::Photo>) {
    let request = functions::photos::GetUserPhotos { user_id, offset, max_id: 0, limit };
    let (count, photos) = match viewer.ok(request).await {
        enums::photos::Photos::Photos(page) => {
            (i32::try_from(page.photos.len()).unwrap(), page.photos)
        }
        enums::photos::Photos::PhotosSlice(page) => (page.count, page.photos),
    };
    (count, photos.into_iter().map(whole).collect())
}

fn ids(photos: &[types::Photo]) -> Vec<i64> {
    photos.iter().map(|photo| photo.id).collect()
}

fn current(user: &enums::User) -> Option<i64> {
    let enums::User::User(user) = user else { panic!("{user:?}") };
    match user.photo.as_ref()? {
        enums::UserProfilePhoto::UserProfilePhoto(photo) => Some(photo.photo_id),
        enums::UserProfilePhoto::UserProfilePhotoEmpty => None,
    }
}

async fn seen(viewer: &Device<'_>, other: &Device<'_>) -> Option<i64> {
    let users = viewer.ok(functions::users::GetUsers { id: vec![viewer.input_user(other)] }).await;
    current(&users[0])
}

#[tokio::test]
async fn a_new_photo_is_shown_and_served_to_others() {
    let world = World::new();
    let (alice, bob) = (world.sign_up("Alice").await, world.sign_up("Bob").await);
    let photo = set(&alice, 1).await;
    assert_eq!(seen(&bob, &alice).await, Some(photo.id));
    for (big, kind) in [(false, b'a'), (true, b'c')] {
        let peer = bob.peer(&alice);
        let location = types::InputPeerPhotoFileLocation { big, peer, photo_id: photo.id }.into();
        let request =
            functions::upload::GetFile { location, offset: 0, limit: 4096, ..Default::default() };
        let enums::upload::File::File(file) = bob.ok(request).await else { panic!("a file") };
        assert_eq!(file.bytes, [0xff, 0xd8, kind]);
    }
}

#[tokio::test]
async fn photos_are_listed_from_the_current_one_on() {
    let world = World::new();
    let (alice, bob) = (world.sign_up("Alice").await, world.sign_up("Bob").await);
    let (first, second, third) = (set(&alice, 1).await, set(&alice, 2).await, set(&alice, 3).await);
    let whom = || bob.input_user(&alice);
    let (count, photos) = photos_of(&bob, whom(), 0, 100).await;
    assert_eq!((count, ids(&photos)), (3, vec![third.id, second.id, first.id]));
    let (count, page) = photos_of(&bob, whom(), 1, 1).await;
    assert_eq!((count, ids(&page)), (3, vec![second.id]));
    let one = functions::photos::GetUserPhotos {
        user_id: whom(),
        offset: -1,
        max_id: second.id,
        limit: 1,
    };
    assert_eq!(bob.fails(one).await, "LIMIT_INVALID");
    let one = functions::photos::GetUserPhotos {
        user_id: whom(),
        offset: 0,
        max_id: second.id,
        limit: 1,
    };
    assert!(
        matches!(bob.ok(one).await, enums::photos::Photos::Photos(page) if page.photos.len() == 1)
    );
    // What Bob read in the list he may also fetch.
    let location = types::InputPhotoFileLocation {
        id: photos[2].id,
        access_hash: photos[2].access_hash,
        file_reference: photos[2].file_reference.clone(),
        thumb_size: "b".to_owned(),
    };
    bob.ok(functions::upload::GetFile {
        location: location.into(),
        offset: 0,
        limit: 4096,
        ..Default::default()
    })
    .await;
}

#[tokio::test]
async fn an_old_photo_becomes_current_again_and_deleted_ones_go() {
    let world = World::new();
    let (alice, bob) = (world.sign_up("Alice").await, world.sign_up("Bob").await);
    let (first, second) = (set(&alice, 1).await, set(&alice, 2).await);
    let chosen = alice
        .ok(functions::photos::UpdateProfilePhoto { id: named(&first), ..Default::default() })
        .await;
    assert_eq!(shown(chosen).id, first.id);
    assert_eq!(seen(&bob, &alice).await, Some(first.id));
    let forged = types::Photo { access_hash: first.access_hash ^ 2, ..second.clone() };
    let removed =
        alice.ok(functions::photos::DeletePhotos { id: vec![named(&first), named(&forged)] }).await;
    assert_eq!(removed, [first.id]);
    assert_eq!(seen(&bob, &alice).await, Some(second.id));
    alice
        .ok(functions::photos::UpdateProfilePhoto {
            id: enums::InputPhoto::InputPhotoEmpty,
            ..Default::default()
        })
        .await;
    assert_eq!(seen(&bob, &alice).await, None);
    assert_eq!(photos_of(&bob, bob.input_user(&alice), 0, 10).await.0, 0);
    // A photo that was taken away is served no more.
    let peer = bob.peer(&alice);
    let location =
        types::InputPeerPhotoFileLocation { big: false, peer, photo_id: second.id }.into();
    let request =
        functions::upload::GetFile { location, offset: 0, limit: 4096, ..Default::default() };
    assert_eq!(bob.fails(request).await, "LOCATION_INVALID");
}

#[tokio::test]
async fn privacy_hides_photos_everywhere() {
    let world = World::new();
    let (alice, bob) = (world.sign_up("Alice").await, world.sign_up("Bob").await);
    let photo = set(&alice, 1).await;
    let rules = vec![PrivacyRule::AllowContacts, PrivacyRule::DisallowAll];
    world
        .core
        .stores
        .accounts
        .set_privacy(alice.user(), PrivacyKey::ProfilePhoto, rules)
        .await
        .unwrap();
    assert_eq!(seen(&bob, &alice).await, None);
    assert_eq!(photos_of(&bob, bob.input_user(&alice), 0, 10).await.0, 0);
    let location =
        types::InputPeerPhotoFileLocation { big: true, peer: bob.peer(&alice), photo_id: photo.id }
            .into();
    let request =
        functions::upload::GetFile { location, offset: 0, limit: 4096, ..Default::default() };
    assert_eq!(bob.fails(request).await, "LOCATION_INVALID");
    assert_eq!(photos_of(&alice, enums::InputUser::InputUserSelf, 0, 10).await.0, 1);
}

#[tokio::test]
async fn moving_photos_are_refused() {
    let world = World::new();
    let alice = world.sign_up("Alice").await;
    let video = Some(upload(&alice, 1).await);
    let request = functions::photos::UploadProfilePhoto { video, ..Default::default() };
    assert_eq!(alice.fails(request).await, "VIDEO_FILE_INVALID");
    let nothing = functions::photos::UploadProfilePhoto::default();
    assert_eq!(alice.fails(nothing).await, "PHOTO_FILE_MISSING");
}

#[tokio::test]
async fn the_other_devices_hear_of_a_new_photo() {
    let world = World::new();
    let alice = world.sign_up("Alice").await;
    let other = world.device(alice.user());
    let mut listener = other.listen().await;
    set(&alice, 1).await;
    let heard = listener.hear().await;
    let told = |update: &enums::Update| matches!(update, enums::Update::UpdateUser(update) if update.user_id == alice.user().0);
    assert!(heard.iter().any(told), "{heard:?}");
}
