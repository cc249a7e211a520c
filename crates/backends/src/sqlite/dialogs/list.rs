//! The list as it is shown: rows joined with the newest messages of boxes and logs.

use model::account::{NotifyScope, NotifySettings};
use model::dialog::{Dialog, DialogOffset, DialogPage};
use model::limits::DIALOG_PAGE;
use model::message::Message;
use model::{MessageId, Peer, Pts, UnixTime, UserId};
use rusqlite::Connection;
use store::Error;

use super::super::{Result, boxes, channels, profile, unread_reactions};
use super::rows::{self, DialogRow};

/// A channel's position, and the newest message of a chat with its date.
type Head = (Option<Pts>, Option<(MessageId, UnixTime)>);

fn head(conn: &Connection, owner: UserId, peer: Peer) -> Result<Head> {
    let Peer::Channel(channel) = peer else {
        return Ok((None, boxes::top(conn, owner, peer)?));
    };
    let (pts, top, date) = channels::head_for(conn, channel, owner)?;
    Ok((Some(pts), (top.0 > 0).then_some((top, date))))
}

/// A chat as its owner sees it, as far as the list's order needs it.
fn outline(conn: &Connection, owner: UserId, peer: Peer, row: DialogRow) -> Result<Dialog> {
    let (channel_pts, top) = head(conn, owner, peer)?;
    let (top_message, date) = top.unwrap_or((MessageId(0), row.date));
    Ok(Dialog {
        peer,
        top_message,
        date,
        read_inbox_max: row.read_inbox,
        read_outbox_max: row.read_outbox,
        unread_count: 0,
        unread_mentions: 0,
        unread_reactions: 0,
        unread_mark: row.unread_mark,
        pinned_order: row.pinned,
        folder: row.folder,
        draft: row.draft,
        notify: NotifySettings::default(),
        ttl_period: row.ttl_period,
        channel_pts,
    })
}

/// Adds the counts and settings.
fn count(conn: &Connection, owner: UserId, dialog: &mut Dialog, listed: bool) -> Result<()> {
    dialog.notify = profile::notify(conn, owner, NotifyScope::Peer(dialog.peer))?;
    let mark = dialog.read_inbox_max;
    if let Peer::Channel(channel) = dialog.peer {
        let read = rows::newest_read_by_others(conn, channel, owner)?;
        dialog.read_outbox_max = read.min(dialog.top_message);
        if listed {
            dialog.unread_count = channels::unread_after(conn, channel, owner, mark)?;
            dialog.unread_mentions = channels::unread_mentions(conn, channel, owner)?;
            dialog.unread_reactions = unread_reactions::count(conn, owner, dialog.peer)?;
        }
        return Ok(());
    }
    dialog.unread_count = boxes::unread_after(conn, owner, dialog.peer, mark)?;
    dialog.unread_mentions = boxes::unread_mentions(conn, owner, dialog.peer)?;
    dialog.unread_reactions = unread_reactions::count(conn, owner, dialog.peer)?;
    Ok(())
}

fn dialog(conn: &Connection, owner: UserId, peer: Peer) -> Result<Dialog> {
    let row = rows::row(conn, owner, peer)?;
    let listed = row.listed;
    let mut dialog = outline(conn, owner, peer, row)?;
    count(conn, owner, &mut dialog, listed)?;
    Ok(dialog)
}

fn top_of(conn: &Connection, owner: UserId, dialog: &Dialog) -> Result<Option<Message>> {
    match dialog.peer {
        Peer::Channel(channel) => channels::message_for(conn, channel, owner, dialog.top_message),
        Peer::User(_) | Peer::Chat(_) => boxes::message(conn, owner, dialog.top_message),
    }
}

fn with_tops(
    conn: &Connection,
    owner: UserId,
    dialogs: Vec<Dialog>,
    total: usize,
) -> Result<DialogPage> {
    let mut messages = Vec::with_capacity(dialogs.len());
    for dialog in &dialogs {
        messages.extend(top_of(conn, owner, dialog)?);
    }
    Ok(DialogPage { dialogs, messages, total: i32::try_from(total).unwrap_or(i32::MAX) })
}

/// The dialogs with these peers, one for each.
pub(super) fn of_peers(conn: &Connection, owner: UserId, peers: &[Peer]) -> Result<DialogPage> {
    let dialogs = peers.iter().map(|peer| dialog(conn, owner, *peer)).collect::<Result<_>>()?;
    with_tops(conn, owner, dialogs, peers.len())
}

/// Those of the dialogs with these peers that stand in lists.
pub(super) fn shown(conn: &Connection, owner: UserId, peers: &[Peer]) -> Result<DialogPage> {
    let mut page = of_peers(conn, owner, peers)?;
    page.dialogs.retain(Dialog::is_shown);
    page.total = i32::try_from(page.dialogs.len()).unwrap_or(i32::MAX);
    Ok(page)
}

/// A page of the list.
pub(super) fn page(
    conn: &Connection,
    owner: UserId,
    folder: Option<i32>,
    exclude_pinned: bool,
    (offset, limit): (DialogOffset, i32),
) -> Result<DialogPage> {
    let mut all = Vec::new();
    for peer in rows::peers(conn, owner, "listed = 1")? {
        let row = rows::row(conn, owner, peer)?;
        let fits = folder.is_none_or(|folder| row.folder == folder);
        if fits && !(exclude_pinned && row.pinned.is_some()) {
            all.push(outline(conn, owner, peer, row)?);
        }
    }
    all.retain(Dialog::is_shown);
    let total = all.len();
    offset.cut(&mut all);
    all.truncate(usize::try_from(limit.clamp(0, DIALOG_PAGE)).unwrap_or(0));
    for dialog in &mut all {
        count(conn, owner, dialog, true)?;
    }
    with_tops(conn, owner, all, total)
}

/// Moves the read mark of a channel; `None` if it was there already.
pub(super) fn read_channel(
    tx: &Connection,
    owner: UserId,
    peer: Peer,
    max_id: MessageId,
    at: UnixTime,
) -> Result<Option<Dialog>> {
    let row = rows::row(tx, owner, peer)?;
    let Peer::Channel(channel) = peer else { return Err(Error::NotFound.into()) };
    if !row.listed {
        return Err(Error::NotFound.into());
    }
    rows::clear_unread_mark(tx, owner, peer)?;
    let (_, top, _) = channels::head(tx, channel)?;
    let mark = if max_id.0 <= 0 { top } else { max_id.min(top) };
    if mark <= row.read_inbox {
        return Ok(None);
    }
    rows::move_inbox_mark(tx, owner, peer, mark)?;
    channels::note_reader(tx, channel, owner, mark, at)?;
    dialog(tx, owner, peer).map(Some)
}
