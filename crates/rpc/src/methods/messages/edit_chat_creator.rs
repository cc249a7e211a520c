//! `messages.editChatCreator` (before layer 223: `channels.editCreator`): makes a member of a channel or supergroup its owner.
//!
//! Basic groups are upgraded first. Errors: `PASSWORD_MISSING`, `PASSWORD_TOO_FRESH_X`, `SESSION_TOO_FRESH_X`,
//! `PASSWORD_HASH_INVALID`, `SRP_ID_INVALID`, `CHANNELS_ADMIN_PUBLIC_TOO_MUCH`, `USER_ID_INVALID`, `PEER_ID_INVALID`,
//! `CHANNEL_PRIVATE`, `CHAT_ADMIN_REQUIRED`.

use model::Peer;
use services::channels::owner;
use tl_api::{enums, functions};

use crate::convert::{password, peers};
use crate::{Call, RpcError, updates};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::EditChatCreator,
) -> Result<enums::Updates, RpcError> {
    let Peer::Channel(channel) = peers::input_peer(&call, &request.peer).await? else {
        return Err(RpcError::bad_request("PEER_ID_INVALID"));
    };
    let user = peers::input_user(&call, &request.user_id).await?;
    let proof = password::proof(&request.password);
    let caller = call.signed_in()?;
    let given = owner::transfer(&call.core, caller, channel, user, proof.as_ref()).await?;
    updates::answer(&call, &given.effect, given.event.as_slice()).await
}
