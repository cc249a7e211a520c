//! `account.sendChangePhoneCode phone_number settings = auth.SentCode`.
//!
//! Errors: `PHONE_NUMBER_INVALID`, `PHONE_NUMBER_OCCUPIED`, 406 `FRESH_CHANGE_PHONE_FORBIDDEN` from a new session, `FLOOD_WAIT_X`.

use services::{Error, account};
use tl_api::{enums, functions};

use crate::methods::auth::answers;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::account::SendChangePhoneCode,
) -> Result<enums::auth::SentCode, RpcError> {
    let device = answers::device(&call);
    let sent = match account::send_change_code(
        &call.core,
        call.signed_in()?,
        device,
        &request.phone_number,
    )
    .await
    {
        Err(Error::SessionTooFresh(_)) => {
            return Err(RpcError::new(406, "FRESH_CHANGE_PHONE_FORBIDDEN"));
        }
        sent => sent?,
    };
    answers::deliver_afterwards(&call, &sent);
    Ok(answers::sent_code(&sent))
}
