//! `channels.getChannelRecommendations`: none: nobody's reading is watched to guess what else they might like.

use tl_api::{enums, functions, types};

use crate::{Call, RpcError};

pub(super) async fn handle(
    _call: Call,
    _request: functions::channels::GetChannelRecommendations,
) -> Result<enums::messages::Chats, RpcError> {
    Ok(types::messages::Chats::default().into())
}
