//! `folders.editPeerFolders`: moves chats to the archive (folder 1) or back to the main list (folder 0).
//!
//! Errors: `FOLDER_ID_INVALID`, `PEER_ID_INVALID` and its kin.

use services::dialogs;
use tl_api::{enums, functions};

use crate::convert::peers;
use crate::{Call, RpcError, updates};

pub(super) async fn handle(
    call: Call,
    request: functions::folders::EditPeerFolders,
) -> Result<enums::Updates, RpcError> {
    let mut moved = Vec::with_capacity(request.folder_peers.len());
    for folder_peer in request.folder_peers.iter().take(model::limits::IDS_PER_CALL + 1) {
        let enums::InputFolderPeer::InputFolderPeer(folder_peer) = folder_peer;
        moved.push((peers::input_peer(&call, &folder_peer.peer).await?, folder_peer.folder_id));
    }
    let event = dialogs::set_folders(&call.core, call.signed_in()?, moved).await?;
    updates::account_answer(&call, event.as_slice()).await
}
