//! `channels.exportMessageLink`: a link to a post, under the server's own address.
//!
//! Errors: `CHANNEL_INVALID`, `CHANNEL_PRIVATE`, `MESSAGE_ID_INVALID`.

use model::MessageId;
use services::channels::names;
use tl_api::{enums, functions, types};

use crate::convert::peers;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::channels::ExportMessageLink,
) -> Result<enums::ExportedMessageLink, RpcError> {
    let channel = peers::input_channel(&call, &request.channel).await?;
    let link =
        names::message_link(&call.core, call.signed_in()?, channel, MessageId(request.id)).await?;
    // Of names and numbers only: nothing in it needs to be escaped.
    let html = format!("<a href=\"{link}\">{link}</a>");
    Ok(types::ExportedMessageLink { link, html }.into())
}
