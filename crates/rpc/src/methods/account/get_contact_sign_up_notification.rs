//! `account.getContactSignUpNotification = Bool`: whether "X joined" comes without a sound.

use services::settings::{self, CONTACT_SIGN_UP_SILENT};
use tl_api::functions;

use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    _request: functions::account::GetContactSignUpNotification,
) -> Result<bool, RpcError> {
    Ok(settings::flag(&call.core, call.signed_in()?.user, CONTACT_SIGN_UP_SILENT).await?)
}
