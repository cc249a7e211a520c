//! `messages.getOutboxReadDate`: when the other side of a private chat read a message.
//!
//! Errors: `PEER_ID_INVALID`, `MESSAGE_ID_INVALID`, `MESSAGE_NOT_READ_YET`.

use model::MessageId;
use services::messages::history;
use tl_api::{enums, functions, types};

use crate::convert::{date, peers};
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::GetOutboxReadDate,
) -> Result<enums::OutboxReadDate, RpcError> {
    let peer = peers::input_peer(&call, &request.peer).await?;
    let at =
        history::read_date(&call.core, call.signed_in()?, peer, MessageId(request.msg_id)).await?;
    Ok(types::OutboxReadDate { date: date(at) }.into())
}
