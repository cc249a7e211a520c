//! The list of chats: pages, pins, the archive, marks by hand, and the bar above a stranger's chat.

use model::dialog::{DialogOffset, DialogPage};
use model::event::AccountEvent;
use model::rights::Denial;
use model::{Peer, UserId, limits};

use crate::{Caller, Core, Error, Result, account_events, chats};

/// The main list, and the archive: there are no other folders.
const FOLDERS: std::ops::RangeInclusive<i32> = 0..=1;

fn check_folder(folder: i32) -> Result<()> {
    if FOLDERS.contains(&folder) { Ok(()) } else { Err(Error::FolderInvalid) }
}

/// A page of the list, newest first. Without a folder: of both.
///
/// # Errors
/// `FolderInvalid`.
pub async fn page(
    core: &Core,
    caller: Caller,
    folder: Option<i32>,
    exclude_pinned: bool,
    offset: DialogOffset,
    limit: i32,
) -> Result<DialogPage> {
    if let Some(folder) = folder {
        check_folder(folder)?;
    }
    let limit = limit.clamp(1, limits::DIALOG_PAGE);
    Ok(core.stores.dialogs.dialogs(caller.user, folder, exclude_pinned, offset, limit).await?)
}

/// The pinned ones of a folder, in order.
///
/// # Errors
/// `FolderInvalid`.
pub async fn pinned(core: &Core, caller: Caller, folder: i32) -> Result<DialogPage> {
    check_folder(folder)?;
    Ok(core.stores.dialogs.pinned_dialogs(caller.user, folder).await?)
}

/// One dialog for each peer, also where the chat is empty. Groups and channels that the caller may not read are left
/// out.
///
/// # Errors
/// `LimitInvalid` for too many.
pub async fn of_peers(core: &Core, caller: Caller, peers: &[Peer]) -> Result<DialogPage> {
    if peers.len() > limits::IDS_PER_CALL {
        return Err(Error::LimitInvalid);
    }
    let mut readable = Vec::with_capacity(peers.len());
    for peer in peers {
        match check_readable(core, caller, *peer).await {
            Ok(()) => {}
            // One peer alone: the client wants to know why.
            Err(error) if peers.len() == 1 => return Err(error),
            Err(_) => continue,
        }
        readable.push(*peer);
    }
    Ok(core.stores.dialogs.peer_dialogs(caller.user, &readable).await?)
}

/// Whether the caller may have anything to do with a chat at all. Groups have no access hash, and a channel's proves only that it
/// was met.
///
/// # Errors
/// `ChatInvalid`, `ChannelInvalid`, `ChannelPrivate`.
pub(crate) async fn check_readable(core: &Core, caller: Caller, peer: Peer) -> Result<()> {
    match peer {
        Peer::User(_) => Ok(()),
        Peer::Chat(chat) => {
            let chat = chats::known(core, chat).await?;
            if chats::is_met(core, caller.user, &chat).await? {
                Ok(())
            } else {
                Err(Error::ChatInvalid)
            }
        }
        Peer::Channel(channel) => {
            crate::channels::visible(core, caller.user, channel).await.map(drop)
        }
    }
}

async fn tell(core: &Core, caller: Caller, event: AccountEvent) -> Result<()> {
    account_events::record(core, vec![(caller.user, event)], caller.origin()).await
}

/// Pins a chat to the top of its folder, or unpins it.
///
/// # Errors
/// `PinnedTooMuch`; `PeerInvalid` for a channel that the caller is not in; `ChatInvalid`, `ChannelPrivate` and their kin.
pub async fn set_pinned(core: &Core, caller: Caller, peer: Peer, pinned: bool) -> Result<()> {
    check_readable(core, caller, peer).await?;
    match core.stores.dialogs.set_dialog_pinned(caller.user, peer, pinned).await {
        Ok(()) => tell(core, caller, AccountEvent::DialogPinned { peer, pinned }).await,
        Err(store::Error::NotModified) => Ok(()),
        Err(store::Error::NotFound) => Err(Error::PeerInvalid),
        Err(store::Error::Denied(Denial::TooMany)) => Err(Error::PinnedTooMuch),
        Err(error) => Err(error.into()),
    }
}

/// Sets the order of the pinned ones; with `force`, those not named are unpinned.
///
/// # Errors
/// `FolderInvalid`, `PinnedTooMuch`.
pub async fn reorder_pinned(
    core: &Core,
    caller: Caller,
    folder: i32,
    order: &[Peer],
    force: bool,
) -> Result<()> {
    check_folder(folder)?;
    if order.len() > limits::PINNED_DIALOGS {
        return Err(Error::PinnedTooMuch);
    }
    let order =
        core.stores.dialogs.reorder_pinned_dialogs(caller.user, folder, order, force).await?;
    tell(core, caller, AccountEvent::PinnedDialogs { order }).await
}

/// Moves chats to the archive or back.
///
/// # Errors
/// `FolderInvalid`, `LimitInvalid`; `ChatInvalid`, `ChannelPrivate` and their kin.
pub async fn set_folders(
    core: &Core,
    caller: Caller,
    peers: Vec<(Peer, i32)>,
) -> Result<Option<AccountEvent>> {
    if peers.len() > limits::IDS_PER_CALL {
        return Err(Error::LimitInvalid);
    }
    for (peer, folder) in &peers {
        check_folder(*folder)?;
        check_readable(core, caller, *peer).await?;
    }
    if peers.is_empty() {
        return Ok(None);
    }
    core.stores.dialogs.set_dialog_folder(caller.user, &peers).await?;
    let event = AccountEvent::FolderPeers { peers };
    tell(core, caller, event.clone()).await?;
    Ok(Some(event))
}

/// Marks a chat as unread by hand, or clears the mark.
///
/// # Errors
/// `ChatInvalid`, `ChannelPrivate` and their kin.
pub async fn mark_unread(core: &Core, caller: Caller, peer: Peer, unread: bool) -> Result<()> {
    check_readable(core, caller, peer).await?;
    if core.stores.dialogs.unread_marks(caller.user).await?.contains(&peer) == unread {
        return Ok(());
    }
    core.stores.dialogs.set_unread_mark(caller.user, peer, unread).await?;
    tell(core, caller, AccountEvent::DialogUnreadMark { peer, unread }).await
}

/// Chats marked as unread by hand.
///
/// # Errors
/// Storage only.
pub async fn unread_marks(core: &Core, caller: Caller) -> Result<Vec<Peer>> {
    Ok(core.stores.dialogs.unread_marks(caller.user).await?)
}

/// What the bar above a chat offers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "the flags of peerSettings")]
pub struct PeerBar {
    /// Report as spam.
    pub report_spam: bool,
    /// Add to the address book.
    pub add_contact: bool,
    /// Block.
    pub block_contact: bool,
    /// Show them one's own number.
    pub share_contact: bool,
}

/// What the bar above a chat offers to `viewer`: something only with strangers who wrote first, and until it is hidden.
///
/// # Errors
/// Storage only.
pub async fn peer_bar(core: &Core, viewer: UserId, peer: Peer) -> Result<PeerBar> {
    let Peer::User(user) = peer else { return Ok(PeerBar::default()) };
    if user == viewer || user == model::ids::SERVICE_USER {
        return Ok(PeerBar::default());
    }
    let contacts = &core.stores.contacts;
    let known = contacts.contact(viewer, user).await?.is_some();
    let knows = !contacts.who_has_contact(&[user], viewer).await?.is_empty();
    if known {
        // A contact who has not the viewer's number may be given it.
        let hidden = core.stores.dialogs.is_peer_bar_hidden(viewer, peer).await?;
        return Ok(PeerBar { share_contact: !knows && !hidden, ..PeerBar::default() });
    }
    if core.stores.dialogs.is_peer_bar_hidden(viewer, peer).await? {
        return Ok(PeerBar::default());
    }
    let blocked = contacts.is_blocked(viewer, user).await?;
    let talked = !core.stores.dialogs.peer_dialogs(viewer, &[peer]).await?.messages.is_empty();
    Ok(PeerBar {
        report_spam: talked && !blocked,
        add_contact: true,
        block_contact: !blocked,
        share_contact: false,
    })
}

/// Hides the bar for good.
///
/// # Errors
/// `ChatInvalid`, `ChannelPrivate` and their kin.
pub async fn hide_peer_bar(core: &Core, caller: Caller, peer: Peer) -> Result<()> {
    check_readable(core, caller, peer).await?;
    core.stores.dialogs.hide_peer_bar(caller.user, peer).await?;
    tell(core, caller, AccountEvent::PeerSettings { peer }).await
}
