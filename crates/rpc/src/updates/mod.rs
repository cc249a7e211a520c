//! Updates in the canonical layer, built in one place for answers, push and differences: what a client hears live is what
//! it would read later.
//!
//! **Positions.** Every event of a box or log becomes exactly one update with the event's own pts and pts_count, also when
//! there is nothing left to show (a message that was deleted since): then an empty deletion holds the place, so that a
//! client that applies what it gets never sees a gap.
//!
//! **seq is always 0** (unordered). The protocol numbers `updates` only to detect the loss of what has no pts. Here account
//! events are kept by date, replayed by the difference from the client's date on, and may be applied twice; a lost push
//! is healed without a counter that all sessions of an account would have to share.

mod account;
mod boxes;
mod channels;
mod difference;
mod ephemeral;
mod secret;
mod short;

use model::event::{AccountEntry, AccountEvent, BoxEntry, ChannelEntry};
use model::message::Message;
use model::{ChannelId, Peer};
use services::Core;
use services::messages::{Effect, Events};
use services::views::PeerSet;
use tl_api::{enums, types};

use crate::convert::{date, fetch_related};
use crate::{Call, RpcError};

pub use crate::convert::Viewer;
pub(crate) use account::reactions_update;
pub(crate) use channels::channel_difference;
pub use channels::{channel_updates, channel_updates_shared, channels_too_long};
pub(crate) use difference::{difference, state};
pub use ephemeral::ephemeral;
pub use secret::{secret_chat, secret_message};
pub(crate) use short::short_sent;

/// Updates on the way to an answer.
#[derive(Default)]
pub(crate) struct Gathered {
    pub(crate) updates: Vec<enums::Update>,
    pub(crate) people: PeerSet,
}

impl Gathered {
    /// With everyone that the updates name.
    pub(crate) async fn finish(
        self,
        core: &Core,
        viewer: Viewer,
    ) -> Result<enums::Updates, RpcError> {
        let (users, chats) = fetch_related(core, viewer.user, &self.people, viewer.dc).await?;
        let date = date(services::updates::date_of_push(core));
        Ok(types::Updates { updates: self.updates, users, chats, date, seq: 0 }.into())
    }
}

/// Events of the viewer's box.
///
/// # Errors
/// Those of the store.
pub async fn box_updates(
    core: &Core,
    viewer: Viewer,
    entries: &[BoxEntry],
) -> Result<enums::Updates, RpcError> {
    let mut gathered = Gathered::default();
    boxes::add(core, viewer, entries, &mut gathered).await?;
    gathered.finish(core, viewer).await
}

/// Account events.
///
/// # Errors
/// Those of the store.
pub async fn account_updates(
    core: &Core,
    viewer: Viewer,
    entries: &[AccountEntry],
) -> Result<enums::Updates, RpcError> {
    let mut gathered = Gathered::default();
    account::add(core, viewer, entries.iter().map(|entry| &entry.event), &mut gathered).await?;
    gathered.finish(core, viewer).await
}

/// The answer of a method that wrote something: the numbers of new messages first, then what happened, then what else
/// changed for the account.
///
/// # Errors
/// Those of the store.
pub(crate) async fn answer(
    call: &Call,
    effect: &Effect,
    account: &[AccountEvent],
) -> Result<enums::Updates, RpcError> {
    answer_all(call, &[effect], account).await
}

/// As [`answer`], of a method that moved several sequences.
///
/// # Errors
/// Those of the store.
pub(crate) async fn answer_all(
    call: &Call,
    effects: &[&Effect],
    account: &[AccountEvent],
) -> Result<enums::Updates, RpcError> {
    let viewer = call.viewer()?;
    let mut gathered = Gathered::default();
    let numbers = effects.iter().flat_map(|effect| &effect.numbers);
    gathered.updates.extend(
        numbers.map(|(random_id, id)| {
            types::UpdateMessageID { id: id.0, random_id: *random_id }.into()
        }),
    );
    for effect in effects {
        match &effect.events {
            Events::Box(entries) => boxes::add(&call.core, viewer, entries, &mut gathered).await?,
            Events::Channel(channel, entries) => {
                channels::add(&call.core, viewer, *channel, entries, &mut gathered).await?;
            }
            Events::Scheduled(messages) => {
                for message in messages {
                    let people = &mut gathered.people;
                    let update = account::scheduled(&call.core, viewer, message, people).await?;
                    gathered.updates.push(update);
                }
            }
        }
    }
    account::add(&call.core, viewer, account.iter(), &mut gathered).await?;
    gathered.finish(&call.core, viewer).await
}

/// The answer of a method that changed something of the account only.
///
/// # Errors
/// Those of the store.
pub(crate) async fn account_answer(
    call: &Call,
    events: &[AccountEvent],
) -> Result<enums::Updates, RpcError> {
    answer(call, &Effect::none(), events).await
}

/// Updates made by a method itself, with everyone in `people`.
///
/// # Errors
/// Those of the store.
pub(crate) async fn made(
    call: &Call,
    updates: Vec<enums::Update>,
    people: PeerSet,
) -> Result<enums::Updates, RpcError> {
    Gathered { updates, people }.finish(&call.core, call.viewer()?).await
}

/// The messages that channel events hold.
fn channel_messages(entries: &[ChannelEntry]) -> Vec<&Message> {
    use model::event::ChannelEvent as E;
    entries
        .iter()
        .filter_map(|entry| match &entry.event {
            E::NewMessage(message) | E::EditMessage(message) => message.as_ref(),
            E::DeleteMessages(_) | E::PinnedMessages { .. } => None,
        })
        .collect()
}

fn channel_peer(channel: ChannelId) -> PeerSet {
    std::iter::once(Peer::Channel(channel)).collect()
}
