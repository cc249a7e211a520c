//! `stories.getAllStories next hidden state? = stories.AllStories`. There are none.

use tl_api::{enums, functions, types};

use crate::{Call, RpcError};

pub(super) async fn handle(
    _call: Call,
    _request: functions::stories::GetAllStories,
) -> Result<enums::stories::AllStories, RpcError> {
    Ok(types::stories::AllStories::default().into())
}
