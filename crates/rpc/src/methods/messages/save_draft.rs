//! `messages.saveDraft`: unsent text, the same on all devices; an empty one clears it.
//!
//! Errors: `PEER_ID_INVALID`, `MESSAGE_TOO_LONG`; `MEDIA_INVALID` for media in drafts, which are not kept.

use model::UnixTime;
use model::dialog::Draft;
use services::messages::draft;
use tl_api::{enums, functions};

use crate::convert::dialogs::input_reply;
use crate::convert::{entities, peers};
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::SaveDraft,
) -> Result<bool, RpcError> {
    if !matches!(
        request.media,
        None | Some(enums::InputMedia::InputMediaEmpty | enums::InputMedia::InputMediaWebPage(_))
    ) {
        return Err(RpcError::bad_request("MEDIA_INVALID"));
    }
    let peer = peers::input_peer(&call, &request.peer).await?;
    let reply = input_reply(&call, request.reply_to.as_ref()).await?;
    let saved = Draft {
        text: request.message,
        entities: entities::from_input(&call, request.entities.as_deref()).await?,
        // A draft keeps replies within its own chat.
        reply_to: reply
            .filter(|reply| reply.peer.is_none_or(|other| other == peer))
            .map(|reply| reply.message),
        no_webpage: request.no_webpage,
        invert_media: request.invert_media,
        date: UnixTime(0),
    };
    draft::save(&call.core, call.signed_in()?, peer, saved).await?;
    Ok(true)
}
