//! Events of a box.

use model::event::{BoxEntry, BoxEvent, StoredBoxEvent};
use model::message::Message;
use services::Core;
use services::messages::attachments::{self, Attachments};
use tl_api::{enums, types};

use super::{Gathered, Viewer};
use crate::RpcError;
use crate::convert::media::FileContext;
use crate::convert::{date, messages, peers};

/// The messages that box events hold.
pub(super) fn messages(entries: &[BoxEntry]) -> Vec<&Message> {
    entries
        .iter()
        .filter_map(|entry| match &entry.event {
            BoxEvent::NewMessage(message) | BoxEvent::EditMessage(message) => message.as_ref(),
            BoxEvent::Stored(_) => None,
        })
        .collect()
}

/// Adds one update for each event.
pub(super) async fn add(
    core: &Core,
    viewer: Viewer,
    entries: &[BoxEntry],
    gathered: &mut Gathered,
) -> Result<(), RpcError> {
    let shown = messages(entries);
    let attachments = attachments::load(core, viewer.user, &shown).await?;
    messages::add_people(&mut gathered.people, &shown, &attachments);
    let context = FileContext { core, viewer: viewer.user, dc: viewer.dc };
    for entry in entries {
        add_peers(entry, gathered);
        gathered.updates.push(update(&context, &attachments, entry));
    }
    Ok(())
}

/// The people of events that hold no message.
pub(super) fn add_peers(entry: &BoxEntry, gathered: &mut Gathered) {
    if let BoxEvent::Stored(
        StoredBoxEvent::ReadHistoryInbox { peer, .. }
        | StoredBoxEvent::ReadHistoryOutbox { peer, .. }
        | StoredBoxEvent::PinnedMessages { peer, .. },
    ) = &entry.event
    {
        gathered.people.add_peer(*peer);
    }
}

/// One event.
pub(super) fn update(
    context: &FileContext<'_>,
    attachments: &Attachments,
    entry: &BoxEntry,
) -> enums::Update {
    let (pts, pts_count) = (entry.pts.0, entry.pts_count);
    match &entry.event {
        BoxEvent::NewMessage(Some(message)) => {
            let message = messages::message(context, attachments, message);
            types::UpdateNewMessage { message, pts, pts_count }.into()
        }
        BoxEvent::EditMessage(Some(message)) => {
            let message = messages::message(context, attachments, message);
            types::UpdateEditMessage { message, pts, pts_count }.into()
        }
        BoxEvent::NewMessage(None) | BoxEvent::EditMessage(None) => place_holder(pts, pts_count),
        BoxEvent::Stored(event) => stored(event, pts, pts_count),
    }
}

/// Holds the place of an event that shows nothing any more.
fn place_holder(pts: i32, pts_count: i32) -> enums::Update {
    types::UpdateDeleteMessages { messages: Vec::new(), pts, pts_count }.into()
}

fn stored(event: &StoredBoxEvent, pts: i32, pts_count: i32) -> enums::Update {
    let numbers = |ids: &[model::MessageId]| ids.iter().map(|id| id.0).collect();
    match event {
        // Read by the store as `BoxEvent::EditMessage`; what is left is an edit whose message is gone.
        StoredBoxEvent::EditMessage { .. } => place_holder(pts, pts_count),
        StoredBoxEvent::DeleteMessages { ids } => {
            types::UpdateDeleteMessages { messages: numbers(ids), pts, pts_count }.into()
        }
        StoredBoxEvent::ReadHistoryInbox { peer, max_id, still_unread } => {
            types::UpdateReadHistoryInbox {
                peer: peers::peer(*peer),
                max_id: max_id.0,
                still_unread_count: *still_unread,
                pts,
                pts_count,
                ..Default::default()
            }
            .into()
        }
        StoredBoxEvent::ReadHistoryOutbox { peer, max_id } => types::UpdateReadHistoryOutbox {
            peer: peers::peer(*peer),
            max_id: max_id.0,
            pts,
            pts_count,
        }
        .into(),
        StoredBoxEvent::ReadMessagesContents { ids, date: at } => {
            types::UpdateReadMessagesContents {
                messages: numbers(ids),
                pts,
                pts_count,
                date: Some(date(*at)),
            }
            .into()
        }
        StoredBoxEvent::PinnedMessages { peer, ids, pinned } => types::UpdatePinnedMessages {
            pinned: *pinned,
            peer: peers::peer(*peer),
            messages: numbers(ids),
            pts,
            pts_count,
        }
        .into(),
    }
}
