//! `channels.editAdmin`: gives, changes or takes admin rights. Rights without any flag make a plain member.
//!
//! Errors: `CHANNEL_INVALID`, `CHANNEL_PRIVATE`, `USER_ID_INVALID`, `ADMIN_RANK_INVALID`, `USER_PRIVACY_RESTRICTED`, `USER_NOT_PARTICIPANT`,
//! `USER_CREATOR`, `ADMINS_TOO_MUCH`; `CHAT_ADMIN_REQUIRED` for those who may not; `RIGHT_FORBIDDEN` for more than they have, and for
//! rights of which none exists here.

use model::rights::Denial;
use services::Error;
use services::channels::admins;
use tl_api::{enums, functions};

use super::answers::changed;
use crate::convert::{chats, peers};
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::channels::EditAdmin,
) -> Result<enums::Updates, RpcError> {
    let channel = peers::input_channel(&call, &request.channel).await?;
    let user = peers::input_user(&call, &request.user_id).await?;
    let rights = chats::from_admin_rights(&request.admin_rights)?;
    let edited =
        admins::set_admin(&call.core, call.signed_in()?, channel, user, rights, request.rank).await;
    let edited = edited.map_err(|error| match error {
        Error::LimitInvalid => RpcError::bad_request("ADMIN_RANK_INVALID"),
        Error::Denied(Denial::TooMany) => RpcError::bad_request("ADMINS_TOO_MUCH"),
        error => error.into(),
    })?;
    changed(&call, &edited).await
}
