//! In whose name somebody writes: their own, a supergroup's that they are an anonymous admin of, or in a public or linked supergroup a
//! public channel's that they own. What they chose is kept for each supergroup, and asked again with each message, and once more when a
//! scheduled one leaves: a channel that is not theirs any more lends its name to nobody.
//!
//! Once a channel is banned in a supergroup, its owner writes there as no channel. Who chose one is refused then, not named: they
//! choose themselves again, or are silent.

use model::channel::{Channel, Participant};
use model::{ChannelId, Peer, UserId};

use super::visible;
use crate::{Caller, Core, Error, Result};

/// The setting that holds what an account chose for a supergroup.
fn setting(group: ChannelId) -> String {
    format!("send_as/{}", group.0)
}

/// Whether channels may speak in it at all.
const fn hosts_channels(group: &Channel) -> bool {
    !group.broadcast && (group.username.is_some() || group.linked.is_some())
}

/// Whether `channel` may speak for `user` in `group`.
fn lends_its_name(channel: &Channel, user: UserId, group: &Channel) -> bool {
    let known = channel.username.is_some() || group.linked == Some(channel.id);
    channel.broadcast && !channel.deleted && channel.creator == user && known
}

/// The name of somebody in a channel who chose none.
fn own_name(core: &Core, user: UserId, channel: &Channel, row: Option<&Participant>) -> Peer {
    let speaks = if channel.broadcast {
        channel.check_write(user, row, core.now(), |_| false).is_ok()
    } else {
        channel.speaks_for(user, row).is_some()
    };
    if speaks { Peer::Channel(channel.id) } else { Peer::User(user) }
}

/// What the caller may choose from: their own name, or what stands for it, first.
///
/// # Errors
/// `ChannelInvalid`, `ChannelPrivate`.
pub async fn names(core: &Core, caller: Caller, id: ChannelId) -> Result<Vec<Peer>> {
    let (channel, row) = visible(core, caller.user, id).await?;
    let own = own_name(core, caller.user, &channel, row.as_ref());
    let mut all = vec![own];
    if hosts_channels(&channel) {
        let barred = core.stores.channels.rows_of_owned(id, caller.user).await?;
        let mut ids = core.stores.channels.public_channels_of(caller.user).await?;
        ids.extend(channel.linked.filter(|linked| !ids.contains(linked)));
        let found = core.stores.channels.channels(&ids).await?;
        let free = |one: &Channel| {
            channel.check_name(Some(one.id), &barred, core.now(), |_| false).is_ok()
        };
        let lending =
            found.iter().filter(|one| lends_its_name(one, caller.user, &channel) && free(one));
        all.extend(lending.map(|one| Peer::Channel(one.id)));
    }
    Ok(all)
}

/// The channel that somebody writes as in a supergroup, if they chose one and may still.
pub(crate) async fn chosen(
    core: &Core,
    user: UserId,
    group: &Channel,
) -> Result<Option<ChannelId>> {
    if !hosts_channels(group) {
        return Ok(None);
    }
    let kept = core.stores.accounts.setting(user, &setting(group.id)).await?;
    let kept = kept.and_then(|bytes| <[u8; 8]>::try_from(bytes).ok()).map(i64::from_le_bytes);
    let Some(kept) = kept.map(ChannelId) else { return Ok(None) };
    let found = core.stores.channels.channels(&[kept]).await?.pop();
    Ok(found.filter(|channel| lends_its_name(channel, user, group)).map(|channel| channel.id))
}

/// The name that is used if a message names none, in a supergroup where channels may speak.
pub(crate) async fn default_name(
    core: &Core,
    user: UserId,
    group: &Channel,
    row: Option<&Participant>,
) -> Result<Option<Peer>> {
    if !hosts_channels(group) {
        return Ok(None);
    }
    let own = own_name(core, user, group, row);
    Ok(Some(chosen(core, user, group).await?.map_or(own, Peer::Channel)))
}

/// Chooses the name for messages that name none.
///
/// # Errors
/// `SendAsInvalid` for what is not offered; `ChannelInvalid`, `ChannelPrivate`.
pub async fn choose(core: &Core, caller: Caller, id: ChannelId, name: Peer) -> Result<()> {
    let names = names(core, caller, id).await?;
    if !names.contains(&name) {
        return Err(Error::SendAsInvalid);
    }
    let value = match name {
        Peer::Channel(channel) if channel != id => Some(channel.0.to_le_bytes().to_vec()),
        _ => None,
    };
    Ok(core.stores.accounts.set_setting(caller.user, &setting(id), value).await?)
}

/// The channel in whose name a message goes out: that which it names, else the chosen one, else the group of an anonymous admin.
pub(crate) async fn of_message(
    core: &Core,
    caller: Caller,
    (channel, row): (&Channel, Option<&Participant>),
    named: Option<Peer>,
) -> Result<Option<ChannelId>> {
    let own = channel.speaks_for(caller.user, row);
    match named {
        None => match chosen(core, caller.user, channel).await? {
            Some(name) => check(core, caller, channel, name).await,
            None => Ok(own),
        },
        // Who names themselves writes as they would without a name: a post is signed, or not, all the same, and the client of an admin
        // who is anonymous since a moment ago does not know of it yet.
        Some(name) if name == Peer::User(caller.user) => Ok(own),
        Some(name) if name == own_name(core, caller.user, channel, row) => Ok(own),
        Some(Peer::Channel(name)) if hosts_channels(channel) => {
            let found = core.stores.channels.channels(&[name]).await?.pop();
            let lent = found.filter(|found| lends_its_name(found, caller.user, channel));
            let lent = lent.ok_or(Error::SendAsInvalid)?.id;
            check(core, caller, channel, lent).await
        }
        Some(_) => Err(Error::SendAsInvalid),
    }
}

/// Whether nothing is banned that forbids the caller a name of theirs: asked here for what is scheduled, and once more with the act.
async fn check(
    core: &Core,
    caller: Caller,
    group: &Channel,
    name: ChannelId,
) -> Result<Option<ChannelId>> {
    let rows = core.stores.channels.rows_of_owned(group.id, caller.user).await?;
    group.check_name(Some(name), &rows, core.now(), |_| false)?;
    Ok(Some(name))
}
