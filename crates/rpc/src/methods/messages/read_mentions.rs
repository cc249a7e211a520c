//! `messages.readMentions`: all mentions of a chat were seen; with `top_msg_id` those in this thread of a supergroup.
//!
//! Errors: `PEER_ID_INVALID`, `CHANNEL_PRIVATE`.

use model::Peer;
use services::messages::read;
use tl_api::{enums, functions};

use super::common::{affected_history, thread};
use crate::convert::peers;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::ReadMentions,
) -> Result<enums::messages::AffectedHistory, RpcError> {
    let caller = call.signed_in()?;
    let thread = thread(request.top_msg_id);
    let affected = match peers::input_peer(&call, &request.peer).await? {
        Peer::Channel(channel) => {
            services::channels::read::mentions(&call.core, caller, (channel, thread)).await?
        }
        peer => read::mentions(&call.core, caller, (peer, thread)).await?,
    };
    Ok(affected_history(affected))
}
