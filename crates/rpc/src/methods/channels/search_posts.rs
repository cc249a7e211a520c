//! `channels.searchPosts`: posts of public channels by words or by a hashtag, newest first. It is free.
//!
//! Errors: `SEARCH_QUERY_EMPTY`, `FLOOD_WAIT_X`.

use model::{MessageId, UnixTime};
use services::messages::search::{self, GlobalOffset, Wanted};
use tl_api::{enums, functions};

use crate::convert::peers;
use crate::methods::messages::slice;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::channels::SearchPosts,
) -> Result<enums::messages::Messages, RpcError> {
    let peer = peers::offset_peer(&call, &request.offset_peer)?;
    let offset = GlobalOffset {
        date: UnixTime(request.offset_rate.into()),
        peer,
        id: MessageId(request.offset_id),
    };
    let wanted = match (request.hashtag, request.query) {
        (Some(tag), _) => Wanted::Hashtag(tag),
        (None, query) => Wanted::Words(query.unwrap_or_default()),
    };
    let caller = call.signed_in()?;
    let (page, more) = search::posts(&call.core, caller, wanted, (offset, request.limit)).await?;
    let mut answer = slice(&call, &page, more).await?;
    if let enums::messages::Messages::MessagesSlice(slice) = &mut answer {
        // Posts are counted up to a number in each channel.
        slice.inexact = true;
    }
    Ok(answer)
}
