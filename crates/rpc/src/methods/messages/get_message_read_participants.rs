//! `messages.getMessageReadParticipants`: who read a message of the caller's own in a small group, and when.
//!
//! Errors: `PEER_ID_INVALID`, `CHAT_TOO_BIG`, `MSG_ID_INVALID`, `MSG_TOO_OLD`.

use model::MessageId;
use services::Error;
use services::messages::history;
use tl_api::{enums, functions, types};

use crate::convert::{date, peers};
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::GetMessageReadParticipants,
) -> Result<Vec<enums::ReadParticipantDate>, RpcError> {
    let peer = peers::input_peer(&call, &request.peer).await?;
    let id = MessageId(request.msg_id);
    let readers = history::readers(&call.core, call.signed_in()?, peer, id).await;
    let readers = readers.map_err(|error| match error {
        Error::MessageIdInvalid => RpcError::bad_request("MSG_ID_INVALID"),
        error => error.into(),
    })?;
    let reader = |(user, at): (model::UserId, model::UnixTime)| {
        types::ReadParticipantDate { user_id: user.0, date: date(at) }.into()
    };
    Ok(readers.into_iter().map(reader).collect())
}
