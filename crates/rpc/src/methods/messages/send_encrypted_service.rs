//! `messages.sendEncryptedService`: a message into a secret chat that has no content for a person.
//!
//! Errors: as for `messages.sendEncrypted`.

use services::secret::{self, Draft};
use tl_api::{enums, functions};

use crate::convert::secret::input_chat;
use crate::{Call, RpcError};

use super::secret_answers::sent;

pub(super) async fn handle(
    call: Call,
    request: functions::messages::SendEncryptedService,
) -> Result<enums::messages::SentEncryptedMessage, RpcError> {
    let draft = Draft {
        random_id: request.random_id,
        data: request.data,
        is_service: true,
        ..Draft::default()
    };
    let (caller, input) = (call.signed_in()?, input_chat(&request.peer));
    sent(&call, &secret::send(&call.core, caller, input, draft).await?)
}
