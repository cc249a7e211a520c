//! `messages.sendMedia`: a photo, file, poll, contact or place, with a caption.
//!
//! Errors: those of `messages.sendMessage`, `MEDIA_CAPTION_TOO_LONG`, `MEDIA_INVALID`, `FILE_PART_X_MISSING` and other errors of
//! uploads, `POLL_...`.

use model::message::Entity;
use services::messages::send::{self, Item, Options};
use tl_api::{enums, functions};

use super::common::{input_media, input_send_as, repeated, schedule};
use crate::convert::dialogs::input_reply;
use crate::convert::{entities, peers};
use crate::{Call, RpcError, updates};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::SendMedia,
) -> Result<enums::Updates, RpcError> {
    let when = schedule(
        request.schedule_date,
        request.schedule_repeat_period,
        request.quick_reply_shortcut.is_some(),
    )?;
    let peer = peers::input_peer(&call, &request.peer).await?;
    let send_as = input_send_as(&call, request.send_as.as_ref()).await?;
    let formatting: Vec<Entity> = entities::from_input(&call, request.entities.as_deref()).await?;
    let reply = input_reply(&call, request.reply_to.as_ref()).await?;
    // A link to be previewed is a text: pages are not fetched here.
    let media = match &request.media {
        enums::InputMedia::InputMediaEmpty | enums::InputMedia::InputMediaWebPage(_) => None,
        media => match input_media(&call, media).await {
            Ok(media) => Some(media),
            Err(error) => return repeated(&call, peer, &[request.random_id], error).await,
        },
    };
    let item =
        Item { random_id: request.random_id, text: request.message, entities: formatting, media };
    let options = Options {
        silent: request.silent,
        noforwards: request.noforwards,
        invert_media: request.invert_media,
        clear_draft: request.clear_draft,
        schedule: when,
        send_as,
        reply,
    };
    let effect = send::send(&call.core, call.signed_in()?, peer, vec![item], options).await?;
    updates::answer(&call, &effect, &[]).await
}
