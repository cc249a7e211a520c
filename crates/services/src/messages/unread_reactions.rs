//! Reactions of others to one's own messages that were not seen yet: listed, and marked as seen. Posts of broadcast channels have
//! none: there is nobody who wrote them.

use model::dialog::{HistoryPage, HistoryWindow};
use model::event::AccountEntry;
use model::{MessageId, Peer, UnixTime};
use store::ports::dialogs::SeenReactions;

use super::history::Page;
use super::{Affected, in_chat};
use crate::{Caller, Core, Result, account_events, dialogs};

/// Messages with unseen reactions that one list looks through: more wait until these were seen.
const LISTED: i32 = 10_000;
/// Messages whose reactions are marked as seen by one call; the client calls again for the rest.
const SEEN_AT_ONCE: i32 = 100;

/// The caller's messages of a chat, or their replies in a thread of a supergroup, with reactions that they have not seen, newest first.
///
/// # Errors
/// `ChatInvalid`, `ChannelInvalid`, `ChannelPrivate`.
pub async fn list(
    core: &Core,
    caller: Caller,
    (peer, thread): (Peer, Option<MessageId>),
    window: HistoryWindow,
) -> Result<Page> {
    dialogs::check_readable(core, caller, peer).await?;
    let all = core.stores.dialogs.unread_reactions(caller.user, peer, thread, LISTED).await?;
    let (part, offset_from_newest) = window.cut(&all, |id| (*id, UnixTime(0)));
    let ids: Vec<MessageId> = part.into_iter().copied().collect();
    let page = HistoryPage {
        messages: in_chat(core, caller.user, peer, &ids).await?,
        total: i32::try_from(all.len()).unwrap_or(i32::MAX),
        offset_from_newest,
    };
    let channel = match peer {
        Peer::Channel(channel) => {
            let (channel, _) = crate::channels::visible(core, caller.user, channel).await?;
            Some((channel.id, channel.pts))
        }
        Peer::User(_) | Peer::Chat(_) => None,
    };
    Ok(Page { page, channel })
}

/// Marks the reactions in a chat, or in a thread of a supergroup, as seen. No position moves; the caller's other devices are told.
///
/// # Errors
/// See [`list`].
pub async fn see_all(
    core: &Core,
    caller: Caller,
    (peer, thread): (Peer, Option<MessageId>),
) -> Result<Affected> {
    dialogs::check_readable(core, caller, peer).await?;
    let seen = see(core, caller, SeenReactions::Oldest(peer, thread, SEEN_AT_ONCE)).await?;
    let left = i32::from(i32::try_from(seen).is_ok_and(|seen| seen >= SEEN_AT_ONCE));
    let pts = match peer {
        Peer::Channel(channel) => crate::channels::visible(core, caller.user, channel).await?.0.pts,
        Peer::User(_) | Peer::Chat(_) => core.stores.boxes.pts(caller.user).await?,
    };
    Ok(Affected { pts, pts_count: 0, left })
}

/// Marks reactions to some messages as seen, and tells the caller's other devices. Answers how many messages had any.
pub(crate) async fn see(core: &Core, caller: Caller, seen: SeenReactions) -> Result<usize> {
    let entries: Vec<AccountEntry> =
        core.stores.dialogs.see_reactions(caller.user, seen, core.now()).await?;
    let count = entries.len();
    let told = entries.into_iter().map(|entry| (caller.user, entry));
    account_events::tell(core, told, caller.origin());
    Ok(count)
}
