//! `account.resetPassword = account.ResetPasswordResult`: switches two-step verification off a week after it was asked for.
//!
//! Errors: `PASSWORD_EMPTY`.

use services::password::{self, Asked};
use tl_api::{enums, functions, types};

use crate::convert::date;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    _request: functions::account::ResetPassword,
) -> Result<enums::account::ResetPasswordResult, RpcError> {
    Ok(match password::ask_reset(&call.core, call.signed_in()?).await? {
        Asked::Done => enums::account::ResetPasswordResult::ResetPasswordOk,
        Asked::Waits(until) => {
            types::account::ResetPasswordRequestedWait { until_date: date(until) }.into()
        }
        Asked::NotBefore(then) => {
            types::account::ResetPasswordFailedWait { retry_date: date(then) }.into()
        }
    })
}
