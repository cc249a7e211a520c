//! `messages.saveDefaultSendAs`: in whose name the caller writes into a channel from now on. There is one name for each person (see
//! `channels.getSendAs`), so that nothing but that one can be chosen, and it is chosen already.
//!
//! Errors: `PEER_ID_INVALID` outside of channels, `CHANNEL_INVALID`, `CHANNEL_PRIVATE`, `SEND_AS_PEER_INVALID`.

use model::Peer;
use services::channels::lists;
use tl_api::functions;

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
    let as_channel = lists::speaks_as_channel(&call.core, caller, channel).await?;
    let only = if as_channel { Peer::Channel(channel) } else { Peer::User(caller.user) };
    match peers::input_peer(&call, &request.send_as).await {
        Ok(chosen) if chosen == only => Ok(true),
        _ => Err(RpcError::bad_request("SEND_AS_PEER_INVALID")),
    }
}
