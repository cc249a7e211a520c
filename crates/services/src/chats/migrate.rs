//! A basic group becomes a supergroup.

use model::event::{AccountEvent, BoxEntry, BoxEvent, ChannelEntry, ChannelEvent};
use model::{ChannelId, ChatId};
use store::ports::Notice;
use store::ports::boxes::BoxChange;

use super::{joined, missing};
use crate::messages::{Effect, Events, publish_box};
use crate::{Caller, Core, Result, account_events};

/// What the creator's answer tells.
#[derive(Clone, Debug, PartialEq)]
pub struct Moved {
    /// What the group became.
    pub channel: ChannelId,
    /// Its last message.
    pub farewell: Effect,
    /// The first one of the supergroup.
    pub welcome: Effect,
    /// The supergroup itself.
    pub event: AccountEvent,
}

/// Turns a group into a supergroup; the creator only. Everyone is told.
///
/// # Errors
/// `ChatInvalid`, `Denied`.
pub async fn migrate(core: &Core, caller: Caller, id: ChatId) -> Result<Moved> {
    joined(core, caller, id).await?;
    let moved = core.stores.chats.migrate_chat(id, caller.user, core.now()).await;
    let moved = moved.map_err(missing)?;
    let channel = moved.channel.id;
    let members: Vec<_> = moved.chat.members.iter().map(|member| member.user).collect();
    for user in &members {
        core.publish(Notice::Membership { user: *user, channel, member: true, departures: 0 });
    }
    let mut entries = Vec::new();
    for copy in moved.told {
        let change = BoxChange { owner: copy.owner, pts: copy.message.pts, pts_count: 1 };
        publish_box(core, caller, &change);
        if copy.owner == caller.user {
            let date = copy.message.date;
            let event = BoxEvent::NewMessage(Some(copy.message));
            entries.push(BoxEntry { pts: change.pts, pts_count: 1, date, event });
        }
    }
    let event = AccountEvent::Channel { channel };
    account_events::record_for(core, members, &event, caller.origin()).await?;
    crate::messages::publish_channel(core, caller, channel, moved.first.pts, 1);
    let first = ChannelEntry {
        pts: moved.first.pts,
        pts_count: 1,
        event: ChannelEvent::NewMessage(Some(moved.first)),
    };
    Ok(Moved {
        channel,
        farewell: Effect { numbers: Vec::new(), events: Events::Box(entries) },
        welcome: Effect { numbers: Vec::new(), events: Events::Channel(channel, vec![first]) },
        event,
    })
}
