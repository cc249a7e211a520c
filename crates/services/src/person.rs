//! A person's page, as one viewer sees it.

use model::account::{NotifyScope, NotifySettings};
use model::dialog::HistoryWindow;
use model::{MessageId, Peer, UserId};
use store::ports::boxes::SearchQuery;

use crate::dialogs::{self, PeerBar};
use crate::messages::schedule;
use crate::views::{self, UserView};
use crate::{Core, Result, chats, privacy, settings};

/// What a person's page shows besides the person.
#[derive(Clone, Debug)]
pub struct Page {
    /// The person.
    pub view: UserView,
    /// The viewer blocked them.
    pub blocked: bool,
    /// The bar above the chat.
    pub bar: PeerBar,
    /// The viewer's notification settings for the chat.
    pub notify: NotifySettings,
    /// The newest pinned message of the chat.
    pub pinned: Option<MessageId>,
    /// The viewer has scheduled messages in the chat.
    pub has_scheduled: bool,
    /// Groups that both are in.
    pub common_chats: i32,
    /// The folder that the chat is in.
    pub folder: i32,
    /// The chat's timer, seconds.
    pub ttl_period: Option<i32>,
    /// When they read messages is not shown.
    pub read_dates_hidden: bool,
}

/// A person's page.
///
/// # Errors
/// [`crate::Error::UserInvalid`].
pub async fn page(core: &Core, viewer: UserId, user: UserId) -> Result<Page> {
    let peer = Peer::User(user);
    let dialog =
        core.stores.dialogs.peer_dialogs(viewer, &[peer]).await?.dialogs.into_iter().next();
    let newest = HistoryWindow { limit: 1, ..HistoryWindow::default() };
    let pinned =
        SearchQuery { peer: Some(peer), pinned: true, window: newest, ..SearchQuery::default() };
    let pinned =
        core.stores.boxes.search(viewer, pinned).await?.messages.first().map(|message| message.id);
    Ok(Page {
        view: views::user(core, viewer, user).await?,
        blocked: core.stores.contacts.is_blocked(viewer, user).await?,
        bar: dialogs::peer_bar(core, viewer, peer).await?,
        notify: settings::notify(core, viewer, NotifyScope::Peer(peer)).await?,
        pinned,
        has_scheduled: schedule::has_some(core, viewer, peer).await?,
        common_chats: if viewer == user {
            0
        } else {
            let common = chats::read::all_common(core, viewer, user).await?;
            i32::try_from(common.len()).unwrap_or(i32::MAX)
        },
        folder: dialog.as_ref().map_or(0, |dialog| dialog.folder),
        ttl_period: dialog.and_then(|dialog| dialog.ttl_period),
        read_dates_hidden: privacy::hides_read_dates(core, user, viewer).await?,
    })
}
