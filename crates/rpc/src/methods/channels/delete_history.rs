//! `channels.deleteHistory`: everything up to a message, for everyone by those who may delete any message, or for oneself.
//!
//! Errors: `CHANNEL_INVALID`, `CHANNEL_PRIVATE`; `CHAT_ADMIN_REQUIRED` for everyone, `CHANNEL_PARICIPANT_MISSING` (the protocol's own
//! spelling) for oneself where one is not in.

use model::MessageId;
use model::event::AccountEvent;
use services::Error;
use services::channels::delete;
use tl_api::{enums, functions};

use crate::convert::peers;
use crate::{Call, RpcError, updates};

pub(super) async fn handle(
    call: Call,
    request: functions::channels::DeleteHistory,
) -> Result<enums::Updates, RpcError> {
    let channel = peers::input_channel(&call, &request.channel).await?;
    let (caller, max_id) = (call.signed_in()?, MessageId(request.max_id));
    if request.for_everyone {
        let effect = delete::history(&call.core, caller, channel, max_id).await?;
        return updates::answer(&call, &effect, &[]).await;
    }
    let cleared = delete::for_oneself(&call.core, caller, channel, max_id).await;
    let max_id = cleared.map_err(|error| match error {
        Error::NotParticipant => RpcError::bad_request("CHANNEL_PARICIPANT_MISSING"),
        error => error.into(),
    })?;
    let event = AccountEvent::ChannelCleared { channel, max_id };
    updates::answer_all(&call, &[], &[event]).await
}
