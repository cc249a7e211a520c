//! Searching one chat and all chats, and counting what a search would find.

use std::cmp::Reverse;
use std::collections::HashMap;

use model::channel::Participant;
use model::dialog::{DialogOffset, HistoryPage, HistoryWindow};
use model::message::{MediaClass, Message};
use model::{ChannelId, MessageId, Peer, UnixTime, UserId, limits};
use store::ports::boxes::SearchQuery;
pub use store::ports::post_search::Wanted;
use store::ports::post_search::{PostPlace, PostQuery};

use super::history::Page;
use crate::rate_limit::{self, Limit};
use crate::{Caller, Core, Error, Result};

/// Channels looked through by one global search: the most recent ones.
const CHANNELS_SEARCHED: i32 = 100;
/// What a search through all chats costs, in searches of one chat.
const GLOBAL_COST: i64 = 5;
/// Pages of the box looked through by one global search for chats of one kind.
const BOX_PAGES: usize = 50;
/// Messages that a calendar or a list of positions covers.
const SURVEY: usize = 1000;

/// What to look for.
#[derive(Clone, Debug, Default)]
pub struct Query {
    /// Words; empty finds everything that fits the rest.
    pub text: String,
    /// By this author, as who shows.
    pub from: Option<Peer>,
    /// Of these classes; empty for all.
    pub classes: Vec<MediaClass>,
    /// Pinned ones.
    pub pinned: bool,
    /// Unseen mentions of the caller.
    pub mentions: bool,
    /// Replies in this thread of a supergroup.
    pub thread: Option<MessageId>,
    /// In this dialog of saved messages: what was saved from there, or one's own notes.
    pub saved: Option<Peer>,
    /// Bounds, exclusive, 0 for none.
    pub min_date: UnixTime,
    /// See `min_date`.
    pub max_date: UnixTime,
    /// Which part of the results.
    pub window: HistoryWindow,
}

impl Query {
    fn to_store(&self, peer: Option<Peer>) -> SearchQuery {
        SearchQuery {
            peer,
            text: self.text.clone(),
            from: self.from,
            classes: self.classes.clone(),
            pinned: self.pinned,
            unread_mentions: self.mentions,
            thread: self.thread,
            saved: self.saved,
            min_date: self.min_date,
            max_date: self.max_date,
            window: HistoryWindow {
                limit: self.window.limit.clamp(0, limits::HISTORY_PAGE),
                ..self.window
            },
        }
    }
}

/// Searches one chat, newest first.
///
/// # Errors
/// `ChannelPrivate` and its kin; `FloodWait`.
pub async fn in_chat(core: &Core, caller: Caller, peer: Peer, query: &Query) -> Result<Page> {
    rate_limit::check_pace(core, caller, Limit::Search, 1)?;
    let stored = query.to_store(Some(peer));
    if let Peer::Channel(channel) = peer {
        let (channel, _) = crate::channels::visible(core, caller.user, channel).await?;
        if query.saved.is_some() {
            return Ok(Page {
                page: HistoryPage::default(),
                channel: Some((channel.id, channel.pts)),
            });
        }
        let page = core.stores.channels.search_channel(channel.id, caller.user, stored).await?;
        return Ok(Page { page, channel: Some((channel.id, channel.pts)) });
    }
    let page = core.stores.boxes.search(caller.user, stored).await?;
    Ok(Page { page, channel: None })
}

/// How many messages of a chat fit.
///
/// # Errors
/// See [`in_chat`].
pub async fn count(core: &Core, caller: Caller, peer: Peer, query: &Query) -> Result<i32> {
    let window = HistoryWindow { limit: 1, ..HistoryWindow::default() };
    let query = Query { window, ..query.clone() };
    Ok(in_chat(core, caller, peer, &query).await?.page.total)
}

/// The place in the results of a global search: after this message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GlobalOffset {
    /// Date of the last one seen, 0 for the start.
    pub date: UnixTime,
    /// Its chat.
    pub peer: Option<Peer>,
    /// Its number.
    pub id: MessageId,
}

/// Which chats take part in a global search.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    /// All.
    #[default]
    All,
    /// Private chats.
    Users,
    /// Basic groups and supergroups.
    Groups,
    /// Broadcast channels.
    Broadcasts,
}

/// Searches the box and the caller's channels, newest first. Answers a page and whether there is more.
///
/// # Errors
/// `QueryEmpty` without words or filter; `FloodWait`.
pub async fn everywhere(
    core: &Core,
    caller: Caller,
    query: &Query,
    scope: Scope,
    offset: GlobalOffset,
) -> Result<(HistoryPage, bool)> {
    if query.text.trim().is_empty() && query.classes.is_empty() {
        return Err(Error::QueryEmpty);
    }
    rate_limit::check_pace(core, caller, Limit::Search, GLOBAL_COST)?;
    let limit = usize::try_from(query.window.limit.clamp(1, limits::HISTORY_PAGE)).unwrap_or(1);
    let mut query = query.clone();
    // A page begins within the second that the last one ended in; what was seen of it is dropped below.
    query.window = HistoryWindow { limit: limits::HISTORY_PAGE, ..HistoryWindow::default() };
    if offset.date.0 > 0 {
        let bound = UnixTime(offset.date.0 + 1);
        query.max_date = if query.max_date.0 > 0 { query.max_date.min(bound) } else { bound };
    }
    let mut found = HistoryPage::default();
    if matches!(scope, Scope::All | Scope::Users | Scope::Groups) {
        add(&mut found, in_box(core, caller, &query, scope, offset, limit).await?);
    }
    if scope != Scope::Users && query.saved.is_none() {
        add(&mut found, in_channels(core, caller, &query, scope).await?);
    }
    let more = cut(&mut found, offset, limit);
    Ok((found, more))
}

/// Searches the posts of public channels, the largest ones, newest first: by words, or for a hashtag. Answers a page and whether
/// there is more; of many posts the total is a lower bound.
///
/// # Errors
/// `QueryEmpty`; `FloodWait`.
pub async fn posts(
    core: &Core,
    caller: Caller,
    wanted: Wanted,
    (offset, limit): (GlobalOffset, i32),
) -> Result<(HistoryPage, bool)> {
    if wanted.is_empty() {
        return Err(Error::QueryEmpty);
    }
    rate_limit::check_pace(core, caller, Limit::Search, GLOBAL_COST)?;
    let largest = core.stores.statistics.largest_channels(CHANNELS_SEARCHED).await?;
    let channels = open_to(core, caller.user, &largest).await?;
    let query = PostQuery {
        wanted,
        after: offset.among_posts(),
        limit: limit.clamp(1, limits::HISTORY_PAGE),
    };
    let found = core.stores.channels.search_posts(&channels, caller.user, query).await?;
    let page = HistoryPage { messages: found.messages, total: found.total, offset_from_newest: 0 };
    Ok((page, found.more))
}

/// Those of these channels that are public and whose posts `viewer` may read, in the same order.
async fn open_to(core: &Core, viewer: UserId, ids: &[ChannelId]) -> Result<Vec<ChannelId>> {
    let rows = core.stores.channels.participations(viewer, ids).await?;
    let rows: HashMap<ChannelId, Participant> = rows.into_iter().collect();
    let mut channels = core.stores.channels.channels(ids).await?;
    channels.retain(|channel| {
        let row = rows.get(&channel.id);
        let public = !channel.deleted && channel.username.is_some();
        public && channel.check_view_as(row, false, core.now()).is_ok()
    });
    Ok(channels.into_iter().map(|channel| channel.id).collect())
}

/// Puts results of several chats in order and leaves the page after `offset`; answers whether there is more.
fn cut(found: &mut HistoryPage, offset: GlobalOffset, limit: usize) -> bool {
    found.messages.sort_by_key(|message| Reverse(place(message)));
    found.messages.retain(|message| offset.is_before(message));
    let more = found.messages.len() > limit;
    found.messages.truncate(limit);
    more
}

impl GlobalOffset {
    /// The same place among posts of channels; `None` for the start.
    fn among_posts(&self) -> Option<PostPlace> {
        let channel = match self.peer {
            Some(Peer::Channel(channel)) => channel,
            // Before all channels, as their kind is the last one.
            _ => ChannelId(0),
        };
        (self.date.0 > 0).then_some(PostPlace { date: self.date, channel, id: self.id })
    }

    /// Whether a message comes after this place in the results, newest first.
    fn is_before(&self, message: &Message) -> bool {
        let peer = self.peer.map_or((0, 0), |peer| (peer.kind(), peer.id()));
        self.date.0 <= 0 || place(message) < (self.date, peer, self.id)
    }
}

/// What the box has: more than `limit` of what is asked for if there is so much, however much else stands between.
async fn in_box(
    core: &Core,
    caller: Caller,
    query: &Query,
    scope: Scope,
    offset: GlobalOffset,
    limit: usize,
) -> Result<HistoryPage> {
    let mut query = query.clone();
    let mut found = HistoryPage::default();
    for _ in 0..BOX_PAGES {
        let page = core.stores.boxes.search(caller.user, query.to_store(None)).await?;
        let is_last = page.messages.len() < usize::try_from(limits::HISTORY_PAGE).unwrap_or(0);
        found.total = found.total.max(page.total);
        let oldest = page.messages.last().map(|message| message.id);
        let fits = |message: &Message| in_scope(scope, message.peer) && offset.is_before(message);
        found.messages.extend(page.messages.into_iter().filter(fits));
        match oldest {
            Some(oldest) if !is_last && found.messages.len() <= limit => {
                query.window.offset_id = oldest;
            }
            _ => break,
        }
    }
    Ok(found)
}

const fn in_scope(scope: Scope, peer: Peer) -> bool {
    match scope {
        Scope::All => true,
        Scope::Users => matches!(peer, Peer::User(_)),
        Scope::Groups => matches!(peer, Peer::Chat(_)),
        Scope::Broadcasts => false,
    }
}

fn place(message: &Message) -> (UnixTime, (i64, i64), MessageId) {
    (message.date, (message.peer.kind(), message.peer.id()), message.id)
}

fn add(all: &mut HistoryPage, more: HistoryPage) {
    all.total = all.total.saturating_add(more.total);
    all.messages.extend(more.messages);
}

async fn in_channels(
    core: &Core,
    caller: Caller,
    query: &Query,
    scope: Scope,
) -> Result<HistoryPage> {
    let recent = core
        .stores
        .dialogs
        .dialogs(caller.user, None, false, DialogOffset::default(), CHANNELS_SEARCHED)
        .await?;
    let ids: Vec<_> = recent
        .dialogs
        .iter()
        .filter_map(|dialog| match dialog.peer {
            Peer::Channel(channel) => Some(channel),
            _ => None,
        })
        .collect();
    let mut found = HistoryPage::default();
    for channel in core.stores.channels.channels(&ids).await? {
        let fits = match scope {
            Scope::All => true,
            Scope::Groups => !channel.broadcast,
            Scope::Broadcasts => channel.broadcast,
            Scope::Users => false,
        };
        if fits && crate::channels::visible(core, caller.user, channel.id).await.is_ok() {
            let page = core
                .stores
                .channels
                .search_channel(channel.id, caller.user, query.to_store(None))
                .await?;
            add(&mut found, page);
        }
    }
    Ok(found)
}

/// Up to a thousand results of a search in one chat, newest first, from an offset on: for calendars and positions.
///
/// # Errors
/// See [`in_chat`].
pub async fn survey(core: &Core, caller: Caller, peer: Peer, query: &Query) -> Result<Page> {
    let mut query = query.clone();
    query.window.limit = limits::HISTORY_PAGE;
    let mut all = in_chat(core, caller, peer, &query).await?;
    let mut full = all.page.messages.len() >= usize::try_from(limits::HISTORY_PAGE).unwrap_or(0);
    while full && all.page.messages.len() < SURVEY {
        let Some(last) = all.page.messages.last() else { break };
        query.window = HistoryWindow {
            offset_id: last.id,
            limit: limits::HISTORY_PAGE,
            ..HistoryWindow::default()
        };
        let more = in_chat(core, caller, peer, &query).await?.page.messages;
        full = more.len() >= usize::try_from(limits::HISTORY_PAGE).unwrap_or(0);
        all.page.messages.extend(more);
    }
    Ok(all)
}
