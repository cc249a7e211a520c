//! `messages.sendMessage`: a text into a private chat, a group or a channel.
//!
//! Errors: `MESSAGE_EMPTY`, `MESSAGE_TOO_LONG`, `RANDOM_ID_INVALID`, `REPLY_MESSAGE_ID_INVALID`, `QUOTE_TEXT_INVALID`,
//! `PEER_ID_INVALID`, `CHAT_WRITE_FORBIDDEN`, `FLOOD_WAIT_X`.

use services::messages::send::{self, Item, Options};
use tl_api::{enums, functions};

use super::common::{input_send_as, schedule};
use crate::convert::dialogs::input_reply;
use crate::convert::{entities, peers};
use crate::{Call, RpcError, updates};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::SendMessage,
) -> Result<enums::Updates, RpcError> {
    let when = schedule(
        request.schedule_date,
        request.schedule_repeat_period,
        request.quick_reply_shortcut.is_some(),
    )?;
    let peer = peers::input_peer(&call, &request.peer).await?;
    let send_as = input_send_as(&call, request.send_as.as_ref()).await?;
    let item = Item {
        random_id: request.random_id,
        text: request.message.clone(),
        entities: entities::from_input(&call, request.entities.as_deref()).await?,
        media: None,
    };
    let options = Options {
        silent: request.silent,
        noforwards: request.noforwards,
        invert_media: request.invert_media,
        clear_draft: request.clear_draft,
        schedule: when,
        send_as,
        reply: input_reply(&call, request.reply_to.as_ref()).await?,
    };
    let effect = send::send(&call.core, call.signed_in()?, peer, vec![item], options).await?;
    if let Some(short) = updates::short_sent(peer, &request.message, &effect) {
        return Ok(short);
    }
    updates::answer(&call, &effect, &[]).await
}
