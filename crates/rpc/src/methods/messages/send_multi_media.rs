//! `messages.sendMultiMedia`: an album of two to ten, all or none.
//!
//! Errors: those of `messages.sendMedia`, `MULTI_MEDIA_TOO_LONG`, `MEDIA_INVALID` for what does not go together.

use services::messages::send::{self, Item, Options};
use tl_api::{enums, functions};

use super::common::{input_media, input_send_as, repeated, schedule};
use crate::convert::dialogs::input_reply;
use crate::convert::{entities, peers};
use crate::{Call, RpcError, updates};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::SendMultiMedia,
) -> Result<enums::Updates, RpcError> {
    let when = schedule(request.schedule_date, None, request.quick_reply_shortcut.is_some())?;
    if request.multi_media.len() > model::limits::ALBUM {
        return Err(RpcError::bad_request("MULTI_MEDIA_TOO_LONG"));
    }
    let peer = peers::input_peer(&call, &request.peer).await?;
    let send_as = input_send_as(&call, request.send_as.as_ref()).await?;
    let reply = input_reply(&call, request.reply_to.as_ref()).await?;
    let mut items = Vec::with_capacity(request.multi_media.len());
    let random_id = |single: &enums::InputSingleMedia| {
        let enums::InputSingleMedia::InputSingleMedia(single) = single;
        single.random_id
    };
    let random_ids: Vec<i64> = request.multi_media.iter().map(random_id).collect();
    for single in request.multi_media {
        let enums::InputSingleMedia::InputSingleMedia(single) = single;
        let media = match input_media(&call, &single.media).await {
            Ok(media) => Some(media),
            Err(error) => return repeated(&call, peer, &random_ids, error).await,
        };
        items.push(Item {
            random_id: single.random_id,
            media,
            entities: entities::from_input(&call, single.entities.as_deref()).await?,
            text: single.message,
        });
    }
    let options = Options {
        silent: request.silent,
        noforwards: request.noforwards,
        invert_media: request.invert_media,
        clear_draft: request.clear_draft,
        schedule: when,
        send_as,
        reply,
    };
    let effect = send::send(&call.core, call.signed_in()?, peer, items, options).await?;
    updates::answer(&call, &effect, &[]).await
}
