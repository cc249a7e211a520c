//! `messages.getFullChat`: everything about a basic group.
//!
//! Errors: `CHAT_ID_INVALID`.

use model::{ChatId, Peer};
use services::chats::read;
use services::views::PeerSet;
use tl_api::{enums, functions, types};

use crate::convert::media::FileContext;
use crate::convert::{fetch_related, participants};
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::GetFullChat,
) -> Result<enums::messages::ChatFull, RpcError> {
    let chat = ChatId(request.chat_id);
    let full = read::full(&call.core, call.signed_in()?, chat).await?;
    let viewer = call.viewer()?;
    let mut people: PeerSet = std::iter::once(Peer::Chat(chat)).collect();
    if full.member {
        people.add_users(full.chat.members.iter().flat_map(|member| [member.user, member.inviter]));
    }
    people.add_users(full.requesters.iter().copied());
    let (users, chats) = fetch_related(&call.core, viewer.user, &people, viewer.dc).await?;
    let context = FileContext { core: &call.core, viewer: viewer.user, dc: viewer.dc };
    Ok(types::messages::ChatFull { full_chat: participants::full(&context, &full), chats, users }
        .into())
}
