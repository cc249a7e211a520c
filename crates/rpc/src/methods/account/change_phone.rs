//! `account.changePhone phone_number phone_code_hash phone_code = User`.
//!
//! Errors: `PHONE_CODE_INVALID`, `PHONE_CODE_EXPIRED`, `PHONE_CODE_EMPTY`, `PHONE_NUMBER_OCCUPIED`.

use services::account;
use tl_api::{enums, functions};

use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::account::ChangePhone,
) -> Result<enums::User, RpcError> {
    let caller = call.signed_in()?;
    account::change_phone(
        &call.core,
        caller,
        &request.phone_number,
        &request.phone_code_hash,
        &request.phone_code,
    )
    .await?;
    super::own_user(&call).await
}
