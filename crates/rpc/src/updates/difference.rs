//! What happened while a client was away: `updates.difference` and its kin.

use model::Peer;
use model::event::BoxEvent;
use services::Core;
use services::messages::attachments;
use services::updates::{Difference, Missed, State};
use tl_api::{enums, types};

use super::{Gathered, Viewer, account, boxes, channels};
use crate::RpcError;
use crate::convert::media::FileContext;
use crate::convert::secret::SecretContext;
use crate::convert::{date, fetch_related, messages};

/// `updates.state`.
#[must_use]
pub(crate) fn state(state: &State) -> enums::updates::State {
    types::updates::State {
        pts: state.pts.0,
        qts: state.qts.0,
        date: date(state.date),
        seq: 0,
        unread_count: state.unread,
    }
    .into()
}

/// `updates.difference`, `differenceSlice`, `differenceEmpty` or `differenceTooLong`.
pub(crate) async fn difference(
    core: &Core,
    viewer: Viewer,
    difference: Difference,
) -> Result<enums::updates::Difference, RpcError> {
    match difference {
        Difference::Empty(state) => {
            Ok(types::updates::DifferenceEmpty { date: date(state.date), seq: 0 }.into())
        }
        Difference::TooLong(pts) => Ok(types::updates::DifferenceTooLong { pts: pts.0 }.into()),
        Difference::Some(missed) => some(core, viewer, &missed).await,
    }
}

async fn some(
    core: &Core,
    viewer: Viewer,
    missed: &Missed,
) -> Result<enums::updates::Difference, RpcError> {
    let shown = boxes::messages(&missed.entries);
    let attachments = attachments::load(core, viewer.user, &shown).await?;
    let mut gathered = Gathered::default();
    messages::add_people(&mut gathered.people, &shown, &attachments);
    let context = FileContext { core, viewer: viewer.user, dc: viewer.dc };
    let mut new_messages = Vec::new();
    for entry in &missed.entries {
        boxes::add_peers(entry, &mut gathered);
        match &entry.event {
            BoxEvent::NewMessage(Some(new)) => {
                new_messages.push(messages::message(&context, &attachments, new));
            }
            // The state at the end says where the client stands: no place needs to be held.
            BoxEvent::NewMessage(None) | BoxEvent::EditMessage(None) => {}
            _ => gathered.updates.push(boxes::update(&context, &attachments, entry)),
        }
    }
    let account = missed.account.iter().map(|entry| &entry.event);
    account::add(core, viewer, account, &mut gathered).await?;
    for (channel, pts) in &missed.channels {
        gathered.people.add_peer(Peer::Channel(*channel));
        gathered.updates.push(channels::too_long(*channel, Some(*pts)));
    }
    for seen in &missed.secret.chats {
        super::secret::add(core, viewer, seen, &mut gathered);
    }
    let (users, chats) = fetch_related(core, viewer.user, &gathered.people, viewer.dc).await?;
    let (other_updates, state) = (gathered.updates, state(&missed.state));
    let secrets = SecretContext { core, viewer };
    let new_encrypted_messages =
        missed.secret.messages.iter().map(|message| secrets.message(message)).collect();
    if missed.last {
        return Ok(types::updates::Difference {
            new_messages,
            new_encrypted_messages,
            other_updates,
            chats,
            users,
            state,
        }
        .into());
    }
    Ok(types::updates::DifferenceSlice {
        new_messages,
        new_encrypted_messages,
        other_updates,
        chats,
        users,
        intermediate_state: state,
    }
    .into())
}
