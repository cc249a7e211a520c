//! `messages.getMessageEditData`: whether the caller may edit a message now, and whether its text is a caption.
//!
//! Errors: `MESSAGE_ID_INVALID`, `MESSAGE_AUTHOR_REQUIRED`, `MESSAGE_EDIT_TIME_EXPIRED`.

use model::MessageId;
use services::messages::edit;
use tl_api::{enums, functions, types};

use crate::convert::peers;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::GetMessageEditData,
) -> Result<enums::messages::MessageEditData, RpcError> {
    let peer = peers::input_peer(&call, &request.peer).await?;
    let caption =
        edit::is_caption(&call.core, call.signed_in()?, peer, MessageId(request.id)).await?;
    Ok(types::messages::MessageEditData { caption }.into())
}
