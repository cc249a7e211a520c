//! `messages.saveDefaultSendAs`: in whose name the caller writes into a channel from now on, of those that `channels.getSendAs` offers.
//!
//! Errors: `PEER_ID_INVALID` outside of channels, `CHANNEL_INVALID`, `CHANNEL_PRIVATE`, `SEND_AS_PEER_INVALID`.

use model::Peer;
use services::channels::send_as;
use tl_api::functions;

use super::common::input_send_as;
use crate::convert::peers;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::SaveDefaultSendAs,
) -> Result<bool, RpcError> {
    let caller = call.signed_in()?;
    let Peer::Channel(channel) = peers::input_peer(&call, &request.peer).await? else {
        return Err(RpcError::bad_request("PEER_ID_INVALID"));
    };
    let name = input_send_as(&call, Some(&request.send_as)).await?;
    let name = name.unwrap_or(Peer::User(caller.user));
    send_as::choose(&call.core, caller, channel, name).await?;
    Ok(true)
}
