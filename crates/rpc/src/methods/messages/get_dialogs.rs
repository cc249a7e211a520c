//! `messages.getDialogs`: a page of the list of chats, pinned ones first, then newest first.
//!
//! Errors: `FOLDER_ID_INVALID`.

use model::dialog::DialogOffset;
use model::{MessageId, UnixTime};
use services::dialogs;
use tl_api::{enums, functions, types};

use crate::convert::{count, peers};
use crate::{Call, RpcError, convert};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::GetDialogs,
) -> Result<enums::messages::Dialogs, RpcError> {
    let peer = peers::offset_peer(&call, &request.offset_peer)?;
    let offset = DialogOffset {
        date: UnixTime(request.offset_date.into()),
        message: MessageId(request.offset_id),
        peer,
    };
    let first = offset == DialogOffset::default();
    let limit = if request.limit <= 0 { model::limits::DIALOG_PAGE } else { request.limit };
    let caller = call.signed_in()?;
    let page =
        dialogs::page(&call.core, caller, request.folder_id, request.exclude_pinned, offset, limit)
            .await?;
    let (dialogs, shown) = convert::dialogs::page(&call, &page).await?;
    if first && count(dialogs.len()) >= page.total {
        return Ok(types::messages::Dialogs {
            dialogs,
            messages: shown.messages,
            chats: shown.chats,
            users: shown.users,
        }
        .into());
    }
    Ok(types::messages::DialogsSlice {
        count: page.total,
        dialogs,
        messages: shown.messages,
        chats: shown.chats,
        users: shown.users,
    }
    .into())
}
