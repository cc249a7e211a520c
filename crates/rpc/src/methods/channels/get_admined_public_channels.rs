//! `channels.getAdminedPublicChannels`: the public channels that the caller owns. With `check_limit`, only whether one more may be made.
//!
//! Groups of a place are not offered, so there are none by location. Errors: `CHANNELS_ADMIN_PUBLIC_TOO_MUCH`.

use services::channels::names;
use tl_api::{enums, functions};

use super::answers;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::channels::GetAdminedPublicChannels,
) -> Result<enums::messages::Chats, RpcError> {
    let caller = call.signed_in()?;
    if request.by_location {
        return answers::chats(&call, &[]).await;
    }
    if request.check_limit {
        names::check_limit(&call.core, caller).await?;
        return answers::chats(&call, &[]).await;
    }
    answers::chats(&call, &names::owned_public(&call.core, caller).await?).await
}
