//! `auth.sendCode phone_number api_id api_hash settings = auth.SentCode`, before sign-in.
//!
//! Known and unknown numbers get the same answer after the same work: the code is delivered afterwards.
//! Errors: `PHONE_NUMBER_INVALID`, `FLOOD_WAIT_X`.

use services::sign_in::{self, Purpose};
use tl_api::{enums, functions};

use super::answers;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::auth::SendCode,
) -> Result<enums::auth::SentCode, RpcError> {
    let sent =
        sign_in::start(&call.core, answers::device(&call), &request.phone_number, Purpose::SignIn)?;
    answers::deliver_afterwards(&call, &sent);
    Ok(answers::sent_code(&sent))
}
