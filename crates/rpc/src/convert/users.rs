//! People.

use model::account::Contact;
use model::ids::SERVICE_USER;
use model::media::Photo;
use services::views::{StatusView, UserView};
use tl_api::{enums, types};

use super::date;

/// A person as their viewer sees them. `dc` is the DC that the viewer's client dialled, which then serves the files.
#[must_use]
pub fn user(view: &UserView, dc: i32) -> enums::User {
    let account = &view.user;
    let is_service = account.id == SERVICE_USER;
    let (first_name, last_name) = view.names();
    let phone = view.phone.as_ref().map(|phone| phone.as_str().to_owned());
    types::User {
        is_self: view.is_self,
        contact: view.contact.is_some(),
        mutual_contact: view.mutual,
        deleted: account.deleted,
        verified: is_service,
        support: is_service,
        id: account.id.0,
        access_hash: Some(view.access_hash),
        first_name: (!account.deleted).then(|| first_name.to_owned()),
        last_name: (!account.deleted && !last_name.is_empty()).then(|| last_name.to_owned()),
        username: account.username.clone(),
        phone: phone.or_else(|| is_service.then(|| "42777".to_owned())),
        photo: view.photo.as_ref().map(|photo| profile_photo(photo, dc)),
        status: (!is_service && !account.deleted).then(|| status(view.status)),
        ..Default::default()
    }
    .into()
}

/// When somebody was last seen.
#[must_use]
pub fn status(status: StatusView) -> enums::UserStatus {
    match status {
        StatusView::Empty => enums::UserStatus::UserStatusEmpty,
        StatusView::Online { expires } => types::UserStatusOnline { expires: date(expires) }.into(),
        StatusView::Offline { was } => types::UserStatusOffline { was_online: date(was) }.into(),
        StatusView::Recently { by_me } => types::UserStatusRecently { by_me }.into(),
        StatusView::LastWeek { by_me } => types::UserStatusLastWeek { by_me }.into(),
        StatusView::LastMonth { by_me } => types::UserStatusLastMonth { by_me }.into(),
    }
}

/// The small form of a profile photo.
#[must_use]
pub fn profile_photo(photo: &Photo, dc: i32) -> enums::UserProfilePhoto {
    types::UserProfilePhoto {
        has_video: false,
        personal: false,
        photo_id: photo.id.0,
        stripped_thumb: (!photo.stripped.is_empty()).then(|| photo.stripped.clone()),
        dc_id: dc,
    }
    .into()
}

/// An entry of an address book.
#[must_use]
pub fn contact(contact: &Contact) -> enums::Contact {
    types::Contact { user_id: contact.user.0, mutual: contact.mutual }.into()
}
