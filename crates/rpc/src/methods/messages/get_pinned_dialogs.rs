//! `messages.getPinnedDialogs`: the pinned chats of a folder, in order, with where the account stands.
//!
//! Errors: `FOLDER_ID_INVALID`.

use services::dialogs;
use tl_api::{enums, functions};

use super::get_peer_dialogs::answer;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::GetPinnedDialogs,
) -> Result<enums::messages::PeerDialogs, RpcError> {
    let page = dialogs::pinned(&call.core, call.signed_in()?, request.folder_id).await?;
    answer(&call, &page).await
}
