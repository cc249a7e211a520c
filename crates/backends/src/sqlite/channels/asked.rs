//! What other parts of the database ask of channels.

use model::channel::{Channel, Participant};
use model::message::Message;
use model::{ChannelId, MessageId, Pts, UnixTime, UserId};
use rusqlite::Connection;

use super::super::Result;
use super::{read, rows};

/// A channel and somebody's relation to it.
pub(in super::super) fn with_row(
    conn: &Connection,
    channel: ChannelId,
    user: UserId,
) -> Result<(Channel, Option<Participant>)> {
    let log = rows::log(conn, channel)?;
    let row = rows::participant(conn, channel, user)?;
    Ok((log.channel, row))
}

/// A message of a channel's log as `viewer` sees it.
pub(in super::super) fn message_for(
    conn: &Connection,
    channel: ChannelId,
    viewer: UserId,
    id: MessageId,
) -> Result<Option<Message>> {
    let Some(log) = rows::find(conn, channel)? else { return Ok(None) };
    read::message(conn, &read::Viewer::of(conn, &log.channel, viewer)?, id)
}

/// As [`head`], with the newest message only if `viewer` sees any.
pub(in super::super) fn head_for(
    conn: &Connection,
    channel: ChannelId,
    viewer: UserId,
) -> Result<(Pts, MessageId, UnixTime)> {
    let Some(log) = rows::find(conn, channel)? else { return Ok(Default::default()) };
    let hidden = read::Viewer::of(conn, &log.channel, viewer)?.hidden;
    let top = log.channel.top_message;
    Ok((log.channel.pts, if top <= hidden { MessageId(0) } else { top }, log.top_date))
}

/// Where a log is: its pts, its newest message and that one's date (of an empty log: when the channel was made).
pub(in super::super) fn head(
    conn: &Connection,
    channel: ChannelId,
) -> Result<(Pts, MessageId, UnixTime)> {
    let log = rows::find(conn, channel)?;
    Ok(log.map_or_else(Default::default, |log| {
        (log.channel.pts, log.channel.top_message, log.top_date)
    }))
}

/// Whether `actor` may manage the invite links of a channel; answers whether they own it.
pub(in super::super) fn check_invite(
    conn: &Connection,
    channel: ChannelId,
    actor: UserId,
) -> Result<bool> {
    let channel = rows::log(conn, channel)?.channel;
    let row = rows::participant(conn, channel.id, actor)?;
    channel.check_admin(actor, row.as_ref(), |rights| rights.invite_users)?;
    Ok(channel.creator == actor)
}

/// The title of a channel that was not deleted.
pub(in super::super) fn title(conn: &Connection, channel: ChannelId) -> Result<Option<String>> {
    let log = rows::find(conn, channel)?.filter(|log| !log.channel.deleted);
    Ok(log.map(|log| log.channel.title))
}

/// Notes a channel's public name, which `names` keeps.
pub(in super::super) fn set_username(
    tx: &Connection,
    channel: ChannelId,
    name: Option<&str>,
) -> Result<()> {
    let mut channel = rows::log(tx, channel)?.channel;
    channel.username = name.map(str::to_owned);
    rows::save_description(tx, &channel)
}
