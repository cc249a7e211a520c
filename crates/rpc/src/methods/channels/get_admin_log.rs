//! `channels.getAdminLog`: what happened in a channel within two days, for its admins: newest first, between two numbers.
//!
//! Errors: `CHANNEL_INVALID`, `CHANNEL_PRIVATE`, `CHAT_ADMIN_REQUIRED`, `USER_ID_INVALID`, `FLOOD_WAIT_X`.

use model::Peer;
use model::message::Message;
use services::channels::admin_log::{self, Query};
use services::views::PeerSet;
use tl_api::{enums, functions, types};

use crate::convert::{admin_log as convert, messages, peers};
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::channels::GetAdminLog,
) -> Result<enums::channels::AdminLogResults, RpcError> {
    let id = peers::input_channel(&call, &request.channel).await?;
    let admins = match &request.admins {
        Some(admins) => {
            let mut users = Vec::with_capacity(admins.len());
            for admin in admins {
                users.push(peers::input_user(&call, admin).await?);
            }
            Some(users)
        }
        None => None,
    };
    let query = Query {
        text: request.q,
        kinds: request.events_filter.as_ref().map(convert::kinds),
        admins,
        max_id: request.max_id,
        min_id: request.min_id,
        limit: request.limit,
    };
    let page = admin_log::read(&call.core, call.signed_in()?, id, query).await?;
    let mut people: PeerSet = std::iter::once(Peer::Channel(id)).collect();
    page.told.iter().for_each(|told| convert::add_people(&mut people, told));
    let shown: Vec<&Message> = page.told.iter().flat_map(|told| &told.messages).collect();
    let viewer = call.viewer()?;
    let shown = messages::show(&call.core, viewer, &shown, people).await?;
    let mut converted = shown.messages.into_iter();
    let context = convert::Context::new(&call.core, viewer, &page);
    let event = |told: &admin_log::Told| {
        let own = converted.by_ref().take(told.messages.len()).collect();
        context.event(told, own)
    };
    let events = page.told.iter().map(event).collect();
    Ok(types::channels::AdminLogResults { events, chats: shown.chats, users: shown.users }.into())
}
