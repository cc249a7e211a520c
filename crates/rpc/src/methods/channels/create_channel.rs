//! `channels.createChannel`: a broadcast channel or a supergroup, with the caller as its owner.
//!
//! The answer holds exactly one new message and exactly one `updateMessageID`: clients look for both. Errors: `CHAT_TITLE_EMPTY`,
//! `CHAT_ABOUT_TOO_LONG`, `CHANNELS_TOO_MUCH`, `FLOOD_WAIT_X`; `CHAT_INVALID` for a kind that is not offered: forums, groups of a
//! place, or neither or both of the two kinds.

use services::channels::create::{self, Wanted};
use tl_api::{enums, functions};

use super::answers::changed;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::channels::CreateChannel,
) -> Result<enums::Updates, RpcError> {
    let is_offered =
        request.broadcast != request.megagroup && !request.forum && request.geo_point.is_none();
    if !is_offered {
        return Err(RpcError::bad_request("CHAT_INVALID"));
    }
    let wanted = Wanted {
        title: request.title,
        about: request.about,
        broadcast: request.broadcast,
        ttl_period: request.ttl_period,
    };
    changed(&call, &create::create(&call.core, call.signed_in()?, wanted).await?).await
}
