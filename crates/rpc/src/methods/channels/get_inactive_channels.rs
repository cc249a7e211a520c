//! `channels.getInactiveChannels`: the caller's channels that nothing happened in for a month.

use services::channels::lists;
use tl_api::{enums, functions, types};

use super::answers;
use crate::convert::date;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    _request: functions::channels::GetInactiveChannels,
) -> Result<enums::messages::InactiveChats, RpcError> {
    let silent = lists::inactive(&call.core, call.signed_in()?).await?;
    let ids: Vec<_> = silent.iter().map(|(channel, _)| *channel).collect();
    let chats = answers::shown(&call, &ids).await?;
    let dates = silent.iter().map(|(_, at)| date(*at)).collect();
    Ok(types::messages::InactiveChats { dates, chats, users: Vec::new() }.into())
}
