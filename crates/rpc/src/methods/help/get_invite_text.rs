//! `help.getInviteText = help.InviteText`: what a client offers to send to friends.

use tl_api::{enums, functions, types};

use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    _request: functions::help::GetInviteText,
) -> Result<enums::help::InviteText, RpcError> {
    let message = format!("Let us talk on our own server: {}", call.core.policy.link_prefix);
    Ok(types::help::InviteText { message }.into())
}
