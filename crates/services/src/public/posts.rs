//! Posts of public channels, with everything that is shown beside them.

use std::collections::BTreeMap;

use model::channel::Channel;
use model::dialog::HistoryWindow;
use model::limits;
use model::media::Media;
use model::message::Message;
use model::poll::{Poll, Results};
use model::{MessageId, PollId};

use super::NOBODY;
use crate::media::{self, Files};
use crate::views::{self, PeerSet, Related};
use crate::{Core, Result, expiry};

/// Messages on one page, at most: like the official pages. Albums are never cut, so that the last may reach a little further.
pub const SHOWN_POSTS: usize = 20;
/// Messages read for a page: one album more, so that what is shown is whole.
const READ_POSTS: i32 = 20 + 10 + 1;

/// Which part of a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Window {
    /// The newest posts.
    Newest,
    /// Those older than this one.
    Before(MessageId),
    /// The nearest that are newer than this one.
    After(MessageId),
}

/// One post: a message, or the messages of an album, by number.
pub type Posts = Vec<Message>;

/// A page of posts.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// Newest first.
    pub posts: Vec<Posts>,
    /// There are older ones.
    pub older: bool,
    /// There are newer ones.
    pub newer: bool,
    /// What they name.
    pub shown: Shown,
}

/// What posts name: files, polls, people and channels, posts replied to.
#[derive(Clone, Debug, Default)]
pub struct Shown {
    /// Photos and documents.
    pub files: Files,
    /// Polls with their votes.
    pub polls: BTreeMap<PollId, (Poll, Results)>,
    /// People, groups and channels, as nobody sees them.
    pub related: Related,
    /// Posts that others reply to.
    pub replied: BTreeMap<MessageId, Message>,
    /// Seconds until something of it ends by its own timer, if anything does.
    pub lasts_s: Option<i64>,
}

/// A page of a public channel's posts. A supergroup shows none.
///
/// # Errors
/// Those of the store.
pub async fn page(core: &Core, channel: &Channel, window: Window) -> Result<Page> {
    if !channel.broadcast || !super::is_public(channel) {
        return Ok(Page::default());
    }
    let offsets = HistoryWindow { limit: READ_POSTS, ..HistoryWindow::default() };
    let offsets = match window {
        Window::Newest => offsets,
        Window::Before(id) => HistoryWindow { offset_id: id, ..offsets },
        Window::After(id) => HistoryWindow {
            offset_id: MessageId(id.0.saturating_add(1)),
            add_offset: -READ_POSTS,
            ..offsets
        },
    };
    let mut read = core.stores.channels.channel_history(channel.id, NOBODY, offsets).await?;
    let more = i32::try_from(read.messages.len()).is_ok_and(|read| read >= READ_POSTS);
    read.messages.retain(|post| !expiry::is_past(core, &post.body));
    let left = read.messages.len();
    let mut posts = albums(read.messages);
    let upwards = matches!(window, Window::After(_));
    if upwards {
        posts.reverse();
    }
    let kept = whole(&mut posts);
    let cut = kept < left || more;
    if upwards {
        posts.reverse();
    }
    let (older, newer) = match window {
        Window::Newest => (cut, false),
        Window::Before(id) => {
            // The post at the page's end is a newer one, if it or a later one still exists.
            let after = MessageId(id.0.saturating_sub(1));
            (cut, is_any(core, channel, newer_than(after)).await?)
        }
        Window::After(id) => {
            let until = MessageId(id.0.saturating_add(1));
            let window = HistoryWindow { offset_id: until, limit: 1, ..HistoryWindow::default() };
            (is_any(core, channel, window).await?, cut)
        }
    };
    let shown = shown(core, channel, &posts).await?;
    Ok(Page { posts, older, newer, shown })
}

async fn is_any(core: &Core, channel: &Channel, window: HistoryWindow) -> Result<bool> {
    let page = core.stores.channels.channel_history(channel.id, NOBODY, window).await?;
    Ok(!page.messages.is_empty())
}

fn newer_than(id: MessageId) -> HistoryWindow {
    HistoryWindow {
        offset_id: MessageId(id.0.saturating_add(1)),
        add_offset: -1,
        limit: 1,
        ..HistoryWindow::default()
    }
}

/// Keeps whole posts up to the page's size, at least one; answers how many messages they are.
fn whole(posts: &mut Vec<Posts>) -> usize {
    let (mut kept, mut messages) = (0, 0);
    for post in posts.iter() {
        if messages >= SHOWN_POSTS {
            break;
        }
        kept += 1;
        messages += post.len();
    }
    posts.truncate(kept);
    messages
}

/// Joins neighbours of one album, whose messages then stand by number.
fn albums(messages: Vec<Message>) -> Vec<Posts> {
    let mut posts: Vec<Posts> = Vec::new();
    for message in messages {
        let album = message.body.grouped_id;
        match posts.last_mut() {
            Some(post)
                if album.is_some()
                    && post.len() < limits::ALBUM
                    && post.first().is_some_and(|first| first.body.grouped_id == album) =>
            {
                post.insert(0, message);
            }
            _ => posts.push(vec![message]),
        }
    }
    posts
}

/// One post between its neighbours.
#[derive(Clone, Debug)]
pub struct Single {
    /// The post, whole if it is an album.
    pub page: Page,
    /// The post before it.
    pub older: Option<MessageId>,
    /// The post after it.
    pub newer: Option<MessageId>,
}

/// One post by number.
///
/// # Errors
/// Those of the store.
pub async fn post(core: &Core, channel: &Channel, id: MessageId) -> Result<Option<Single>> {
    if !channel.broadcast || !super::is_public(channel) || id.0 <= 0 {
        return Ok(None);
    }
    let around = i32::try_from(limits::ALBUM).unwrap_or(i32::MAX);
    let window = HistoryWindow {
        offset_id: id,
        add_offset: -around - 1,
        limit: 2 * around + 2,
        ..HistoryWindow::default()
    };
    let mut read = core.stores.channels.channel_history(channel.id, NOBODY, window).await?;
    read.messages.retain(|post| !expiry::is_past(core, &post.body));
    let posts = albums(read.messages);
    let Some(place) = posts.iter().position(|post| post.iter().any(|message| message.id == id))
    else {
        return Ok(None);
    };
    let number = |place: usize| Some(posts.get(place)?.first()?.id);
    let (newer, older) = (place.checked_sub(1).and_then(number), number(place + 1));
    let posts: Vec<Posts> = posts.into_iter().skip(place).take(1).collect();
    let shown = shown(core, channel, &posts).await?;
    let page = Page { posts, older: older.is_some(), newer: newer.is_some(), shown };
    Ok(Some(Single { page, older, newer }))
}

async fn shown(core: &Core, channel: &Channel, posts: &[Posts]) -> Result<Shown> {
    let messages = || posts.iter().flatten();
    let mut peers = PeerSet::default();
    messages().for_each(|message| peers.add_message(message));
    let polls: Vec<PollId> = messages().filter_map(|message| message.body.poll()).collect();
    let polls = if polls.is_empty() {
        BTreeMap::new()
    } else {
        let found = core.stores.polls.polls(NOBODY, &polls, core.now()).await?;
        found.into_iter().map(|(poll, results)| (poll.id, (poll, results))).collect()
    };
    let is_here = |message: &&Message| {
        message.body.reply.as_ref().is_none_or(|reply| reply.from_peer.is_none())
    };
    let mut replied: Vec<MessageId> =
        messages().filter(is_here).filter_map(|message| message.reply_to).collect();
    replied.sort_unstable();
    replied.dedup();
    let replied =
        if replied.is_empty() { Vec::new() } else { visible(core, channel, &replied).await? };
    let ends = messages().chain(&replied).filter_map(|message| message.body.expires).min();
    Ok(Shown {
        files: media::files(core, messages()).await?,
        polls,
        related: views::related(core, NOBODY, &peers).await?,
        replied: replied.into_iter().map(|message| (message.id, message)).collect(),
        lasts_s: ends.map(|end| end.0.saturating_sub(expiry::clock(core).0)),
    })
}

/// Posts by number that everyone may see now.
pub(super) async fn visible(
    core: &Core,
    channel: &Channel,
    ids: &[MessageId],
) -> Result<Vec<Message>> {
    let mut posts = core.stores.channels.posts(channel.id, NOBODY, ids).await?;
    posts.retain(|post| !expiry::is_past(core, &post.body));
    Ok(posts)
}

/// Whether the author keeps a post from being copied: it is read on its page, and not offered for keeping.
#[must_use]
pub const fn is_protected(channel: &Channel, message: &Message) -> bool {
    channel.noforwards || message.body.noforwards
}

/// Whether a post shows this medium at all: what destroys itself is not for the public.
#[must_use]
pub(super) const fn is_lasting(media: &Media) -> bool {
    !matches!(media, Media::Photo { ttl_s: Some(_), .. } | Media::Document { ttl_s: Some(_), .. })
}
