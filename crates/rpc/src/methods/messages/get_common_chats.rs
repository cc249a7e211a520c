//! `messages.getCommonChats`: groups that the caller shares with somebody.
//!
//! Errors: `USER_ID_INVALID`.

use services::chats::read;
use tl_api::{enums, functions, types};

use crate::convert::{fetch_related, peers};
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::GetCommonChats,
) -> Result<enums::messages::Chats, RpcError> {
    let user = peers::input_user(&call, &request.user_id).await?;
    let common =
        read::common(&call.core, call.signed_in()?, user, request.max_id, request.limit).await?;
    let viewer = call.viewer()?;
    let set = common.into_iter().collect();
    let (_, chats) = fetch_related(&call.core, viewer.user, &set, viewer.dc).await?;
    Ok(types::messages::Chats { chats }.into())
}
