//! `messages.forwardMessages`: copies of messages into another chat, with or without their authors.
//!
//! Errors: `MESSAGE_ID_INVALID`, `MESSAGE_IDS_EMPTY`, `CHAT_FORWARDS_RESTRICTED`, `RANDOM_ID_INVALID`, those of sending.

use model::MessageId;
use services::messages::forward::{self, Request};
use tl_api::{enums, functions};

use super::common::{input_send_as, schedule};
use crate::convert::dialogs::input_reply;
use crate::convert::peers;
use crate::{Call, RpcError, updates};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::ForwardMessages,
) -> Result<enums::Updates, RpcError> {
    let when = schedule(
        request.schedule_date,
        request.schedule_repeat_period,
        request.quick_reply_shortcut.is_some(),
    )?;
    if request.id.is_empty() {
        return Err(RpcError::bad_request("MESSAGE_IDS_EMPTY"));
    }
    if request.id.len() != request.random_id.len() {
        return Err(RpcError::bad_request("RANDOM_ID_INVALID"));
    }
    let to = peers::input_peer(&call, &request.to_peer).await?;
    let send_as = input_send_as(&call, request.send_as.as_ref()).await?;
    let request = Request {
        from: peers::input_peer(&call, &request.from_peer).await?,
        messages: request.id.into_iter().map(MessageId).zip(request.random_id).collect(),
        to,
        silent: request.silent,
        drop_author: request.drop_author || request.drop_media_captions,
        drop_captions: request.drop_media_captions,
        noforwards: request.noforwards,
        reply: input_reply(&call, request.reply_to.as_ref()).await?,
        schedule: when,
        send_as,
    };
    let effect = forward::forward(&call.core, call.signed_in()?, request).await?;
    updates::answer(&call, &effect, &[]).await
}
