//! `messages.readMentions`: all mentions of a chat were seen. Channels keep none that are unseen.
//!
//! Errors: `PEER_ID_INVALID`, `CHANNEL_PRIVATE`.

use model::Peer;
use services::messages::{Affected, read};
use tl_api::{enums, functions};

use super::common::affected_history;
use crate::convert::peers;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::ReadMentions,
) -> Result<enums::messages::AffectedHistory, RpcError> {
    let caller = call.signed_in()?;
    let affected = match peers::input_peer(&call, &request.peer).await? {
        Peer::Channel(channel) => {
            let (channel, _) = services::channels::visible(&call.core, caller.user, channel).await?;
            Affected { pts: channel.pts, pts_count: 0, left: 0 }
        }
        peer => read::mentions(&call.core, caller, peer).await?,
    };
    Ok(affected_history(affected))
}
