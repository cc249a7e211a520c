//! `messages.uploadEncryptedFile`: makes an encrypted file of an upload, to be sent later.
//!
//! Errors: `CHAT_ID_INVALID`, `ENCRYPTION_DECLINED`, `FILE_ID_INVALID`, those of uploads.

use services::secret;
use tl_api::{enums, functions};

use crate::convert::secret::{SecretContext, input_chat, input_file};
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::UploadEncryptedFile,
) -> Result<enums::EncryptedFile, RpcError> {
    let (caller, input) = (call.signed_in()?, input_chat(&request.peer));
    let file = secret::upload(&call.core, caller, input, input_file(request.file)).await?;
    let context = SecretContext { core: &call.core, viewer: call.viewer()? };
    Ok(context.file(file.as_ref()))
}
