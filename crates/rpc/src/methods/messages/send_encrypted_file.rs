//! `messages.sendEncryptedFile`: a message with an encrypted file into a secret chat.
//!
//! Errors: as for `messages.sendEncrypted`, and those of uploads; `FILE_ID_INVALID`.

use services::secret::{self, Draft};
use tl_api::{enums, functions};

use crate::convert::secret::{input_chat, input_file};
use crate::{Call, RpcError};

use super::secret_answers::sent;

pub(super) async fn handle(
    call: Call,
    request: functions::messages::SendEncryptedFile,
) -> Result<enums::messages::SentEncryptedMessage, RpcError> {
    let draft = Draft {
        random_id: request.random_id,
        data: request.data,
        file: Some(input_file(request.file)),
        ..Draft::default()
    };
    let (caller, input) = (call.signed_in()?, input_chat(&request.peer));
    sent(&call, &secret::send(&call.core, caller, input, draft).await?)
}
