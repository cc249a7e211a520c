//! `auth.resendCode phone_number phone_code_hash reason? = auth.SentCode`: the same code by all the other ways.
//!
//! Errors: `PHONE_CODE_EXPIRED`, 406 `SEND_CODE_UNAVAILABLE` the second time.

use services::sign_in;
use tl_api::{enums, functions};

use super::answers;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::auth::ResendCode,
) -> Result<enums::auth::SentCode, RpcError> {
    let sent = sign_in::resend(&call.core, &request.phone_number, &request.phone_code_hash)?;
    answers::deliver_afterwards(&call, &sent);
    Ok(answers::sent_code(&sent))
}
