//! `messages.getPeerDialogs`: one dialog for each peer, also where the chat is empty.
//!
//! Errors: `PEER_ID_INVALID` and its kin; `CHANNEL_PRIVATE`.

use model::dialog::DialogPage;
use services::dialogs;
use tl_api::{enums, functions, types};

use crate::convert::dialogs::input_dialog_peer;
use crate::{Call, RpcError, convert, updates};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::GetPeerDialogs,
) -> Result<enums::messages::PeerDialogs, RpcError> {
    let mut peers = Vec::with_capacity(request.peers.len());
    for peer in request.peers.iter().take(model::limits::IDS_PER_CALL + 1) {
        peers.push(input_dialog_peer(&call, peer).await?);
    }
    let page = dialogs::of_peers(&call.core, call.signed_in()?, &peers).await?;
    answer(&call, &page).await
}

/// Dialogs with where the account stands.
pub(super) async fn answer(
    call: &Call,
    page: &DialogPage,
) -> Result<enums::messages::PeerDialogs, RpcError> {
    let state = services::updates::state(&call.core, call.signed_in()?).await?;
    let (dialogs, shown) = convert::dialogs::page(call, page).await?;
    Ok(types::messages::PeerDialogs {
        dialogs,
        messages: shown.messages,
        chats: shown.chats,
        users: shown.users,
        state: updates::state(&state),
    }
    .into())
}
