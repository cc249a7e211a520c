//! `users.getFullUser id = users.UserFull`: a person's page.
//!
//! Errors: `USER_ID_INVALID`.

use model::Peer;
use services::access::FileOrigin;
use services::person;
use services::views::UserView;
use tl_api::{enums, functions, types};

use crate::convert::media::{self, FileContext};
use crate::convert::{peers, settings, users};
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::users::GetFullUser,
) -> Result<enums::users::UserFull, RpcError> {
    let viewer = call.signed_in()?.user;
    let user = peers::input_user(&call, &request.id).await?;
    let page = person::page(&call.core, viewer, user).await?;
    let dc = call.connection.dc;
    let files = FileContext { core: &call.core, viewer, dc };
    let photo = page.view.photo.as_ref();
    let profile_photo =
        photo.map(|photo| media::photo(&files, photo, FileOrigin::PeerPhoto(Peer::User(user))));
    let about = Some(page.view.about.clone()).filter(|about| !about.is_empty());
    let full_user = types::UserFull {
        blocked: page.blocked,
        can_pin_message: true,
        has_scheduled: page.has_scheduled,
        voice_messages_forbidden: !page.view.voice_allowed,
        read_dates_private: page.read_dates_hidden,
        id: user.0,
        about,
        settings: settings::peer_settings(&page.bar),
        profile_photo,
        notify_settings: settings::notify_settings(&page.notify),
        pinned_msg_id: page.pinned.map(|id| id.0),
        common_chats_count: page.common_chats,
        folder_id: Some(page.folder).filter(|folder| *folder != 0),
        ttl_period: page.ttl_period,
        private_forward_name: (!page.view.forwards_linked).then(|| full_name(&page.view)),
        ..Default::default()
    };
    let users = vec![users::user(&page.view, dc)];
    Ok(types::users::UserFull { full_user: full_user.into(), chats: Vec::new(), users }.into())
}

fn full_name(view: &UserView) -> String {
    format!("{} {}", view.user.first_name, view.user.last_name).trim().to_owned()
}
