//! `messages.checkChatInvite`: what a link leads to, without joining.
//!
//! Errors: `INVITE_HASH_EMPTY`, `INVITE_HASH_INVALID`, `INVITE_HASH_EXPIRED`.

use model::Peer;
use services::chats::join::{self, Checked, Preview};
use services::views::PeerSet;
use tl_api::{enums, functions, types};

use crate::convert::media::FileContext;
use crate::convert::{fetch_related, participants};
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::CheckChatInvite,
) -> Result<enums::ChatInvite, RpcError> {
    if request.hash.is_empty() {
        return Err(RpcError::bad_request("INVITE_HASH_EMPTY"));
    }
    match join::check(&call.core, call.signed_in()?, &request.hash).await? {
        Checked::Already(peer) => {
            let chat = related(&call, std::iter::once(peer).collect()).await?.1.pop();
            let chat = chat.ok_or(RpcError::bad_request("INVITE_HASH_EXPIRED"))?;
            Ok(types::ChatInviteAlready { chat }.into())
        }
        Checked::Preview(preview) => self::preview(&call, &preview).await,
    }
}

async fn related(
    call: &Call,
    set: PeerSet,
) -> Result<(Vec<enums::User>, Vec<enums::Chat>), RpcError> {
    let viewer = call.viewer()?;
    fetch_related(&call.core, viewer.user, &set, viewer.dc).await
}

async fn preview(call: &Call, preview: &Preview) -> Result<enums::ChatInvite, RpcError> {
    let viewer = call.viewer()?;
    let (users, _) =
        related(call, preview.members.iter().copied().map(Peer::User).collect()).await?;
    let context = FileContext { core: &call.core, viewer: viewer.user, dc: viewer.dc };
    Ok(types::ChatInvite {
        channel: preview.channel,
        broadcast: preview.broadcast,
        public: preview.public,
        megagroup: preview.channel && !preview.broadcast,
        request_needed: preview.request_needed,
        title: preview.title.clone(),
        about: (!preview.about.is_empty()).then(|| preview.about.clone()),
        photo: participants::preview_photo(&context, preview.peer, preview.photo.as_ref()),
        participants_count: preview.participants,
        participants: (!users.is_empty()).then_some(users),
        ..Default::default()
    }
    .into())
}
