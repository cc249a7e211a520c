//! Lists: participants of a channel, channels of a person.

use model::channel::{Channel, Participant};
use model::{ChannelId, Peer, UserId, limits};
pub use store::ports::channels::ParticipantFilter;

use super::admins::{check_is_admin, row};
use super::{refused, visible};
use crate::rate_limit::{self, Limit};
use crate::{Caller, Core, Error, Result};

/// Participants in one answer.
const PARTICIPANTS_PAGE: i32 = 200;
/// Seconds without a message after which a channel counts as inactive.
const INACTIVE_S: i64 = 30 * 24 * 3600;
/// Inactive channels in one answer.
const INACTIVE: usize = 100;

/// A page of participants, and how many fit the filter. The members of a broadcast channel are its admins' affair, as is everywhere
/// who was removed or restricted, and in a supergroup who is an anonymous admin.
///
/// # Errors
/// `ChannelInvalid`, `ChannelPrivate`, `Denied`.
pub async fn participants(
    core: &Core,
    caller: Caller,
    id: ChannelId,
    filter: ParticipantFilter,
    offset: i32,
    limit: i32,
) -> Result<(Vec<Participant>, i32)> {
    let (channel, row) = visible(core, caller.user, id).await?;
    let unseen = unseen(core, caller.user, &channel, row.as_ref()).await?;
    let hidden = channel.participants_hidden && filter != ParticipantFilter::Admins;
    let is_open = !channel.broadcast
        && !hidden
        && !matches!(filter, ParticipantFilter::Kicked(_) | ParticipantFilter::Banned(_));
    if !is_open {
        check_is_admin(&channel, caller.user, row.as_ref())?;
    }
    if is_search(&filter) {
        rate_limit::check_pace(core, caller, Limit::Search, 1)?;
    }
    let limit = limit.clamp(0, PARTICIPANTS_PAGE);
    let port = &core.stores.channels;
    let page = port.participants(id, caller.user, filter, &unseen, (offset.max(0), limit)).await;
    let (rows, total) = page.map_err(refused)?;
    Ok((rows.into_iter().map(|row| nameless(row, &unseen)).collect(), total))
}

/// Whether names are looked through.
const fn is_search(filter: &ParticipantFilter) -> bool {
    match filter {
        ParticipantFilter::Recent | ParticipantFilter::Admins => false,
        ParticipantFilter::Kicked(words)
        | ParticipantFilter::Banned(words)
        | ParticipantFilter::Search(words)
        | ParticipantFilter::Contacts(words) => !words.is_empty(),
    }
}

/// Whom `viewer` is not told of: admins who speak as a supergroup are known to its admins only.
async fn unseen(
    core: &Core,
    viewer: UserId,
    channel: &Channel,
    own: Option<&Participant>,
) -> Result<Vec<UserId>> {
    if channel.broadcast || channel.admin_rights(viewer, own).is_some() {
        return Ok(Vec::new());
    }
    let admins = ParticipantFilter::Admins;
    let port = &core.stores.channels;
    let limit = limits::CHANNEL_ADMINS + 1;
    let page = port.participants(channel.id, viewer, admins, &[], (0, limit)).await;
    let mut rows = page.map_err(refused)?.0;
    rows.retain(|row| channel.speaks_for(row.user, Some(row)).is_some());
    Ok(rows.into_iter().map(|row| row.user).collect())
}

/// A row that does not name one of them as who brought or promoted the person: by themselves, then.
fn nameless(row: Participant, unseen: &[UserId]) -> Participant {
    if unseen.contains(&row.by) { Participant { by: row.user, ..row } } else { row }
}

/// Somebody's relation to a channel; of a channel that people write as in a supergroup, whether it is banned.
///
/// # Errors
/// `NotParticipant` if there is none that the caller may know; `ChannelInvalid`, `ChannelPrivate`, `Denied`; `PeerInvalid` for a group.
pub async fn participant(
    core: &Core,
    caller: Caller,
    id: ChannelId,
    whom: Peer,
) -> Result<Participant> {
    let user = row(whom)?;
    let (channel, own) = visible(core, caller.user, id).await?;
    let is_admin = channel.admin_rights(caller.user, own.as_ref()).is_some();
    let unseen = unseen(core, caller.user, &channel, own.as_ref()).await?;
    if user == caller.user {
        return own.map(|row| nameless(row, &unseen)).ok_or(Error::NotParticipant);
    }
    if channel.broadcast || channel.participants_hidden {
        check_is_admin(&channel, caller.user, own.as_ref())?;
    }
    let row = core.stores.channels.participant(id, user).await.map_err(refused)?;
    let row = row.filter(|row| !unseen.contains(&row.user)).map(|row| nameless(row, &unseen));
    // Who left, was removed or restricted is told to admins; to others a restricted member is a member.
    let row = row.filter(|row| is_admin || row.is_member());
    let row = row.map(|row| if is_admin { row } else { Participant { banned: None, ..row } });
    row.ok_or(Error::NotParticipant)
}

/// The caller's channels that nothing happened in for a month, with the date of the last message: the most silent first.
///
/// # Errors
/// Those of the store.
pub async fn inactive(core: &Core, caller: Caller) -> Result<Vec<(ChannelId, model::UnixTime)>> {
    let joined = core.stores.channels.channels_of(caller.user).await?;
    let peers: Vec<Peer> = joined.into_iter().map(Peer::Channel).collect();
    let dialogs = core.stores.dialogs.peer_dialogs(caller.user, &peers).await?.dialogs;
    let silent_since = core.now().0.saturating_sub(INACTIVE_S);
    let mut silent: Vec<_> = dialogs
        .iter()
        .filter(|dialog| dialog.date.0 < silent_since)
        .filter_map(|dialog| match dialog.peer {
            Peer::Channel(channel) => Some((channel, dialog.date)),
            Peer::User(_) | Peer::Chat(_) => None,
        })
        .collect();
    silent.sort_by_key(|(channel, date)| (*date, *channel));
    silent.truncate(INACTIVE);
    Ok(silent)
}

/// Checks that a list of channels is not too long to be looked up at once.
///
/// # Errors
/// `LimitInvalid`.
pub fn check_count(ids: usize) -> Result<()> {
    if ids > limits::IDS_PER_CALL { Err(Error::LimitInvalid) } else { Ok(()) }
}
