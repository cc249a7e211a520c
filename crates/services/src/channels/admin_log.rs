//! What admins are told of each other and of a channel's people: "recent actions".

use std::collections::BTreeMap;

use model::admin_log::{About, Entry, Happened, KEPT_S, Kind};
use model::channel::Channel;
use model::media::Photo;
use model::message::{Body, Message};
use model::reaction::Summary;
use model::search::fold;
use model::{ChannelId, MessageId, Peer, PhotoId, Pts, UnixTime, UserId, limits};

use super::visible;
use crate::rate_limit::{self, Limit};
use crate::{Caller, Core, Result};

/// Entries read in one step.
const STEP: i32 = 200;
/// Entries forgotten in one step.
const FORGET: i32 = 500;
/// What a search costs against the limit of searches.
const SEARCH_COST: i64 = 2;

/// Which entries are wanted.
#[derive(Clone, Debug, Default)]
pub struct Query {
    /// Words that an entry has to hold.
    pub text: String,
    /// Of these kinds only.
    pub kinds: Option<Vec<Kind>>,
    /// Of these people only.
    pub admins: Option<Vec<UserId>>,
    /// Older than this one, unless it is 0.
    pub max_id: i64,
    /// Newer than this one.
    pub min_id: i64,
    /// At most so many.
    pub limit: i32,
}

/// An entry and the messages that it shows: as it was and as it is, or one.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// What happened.
    pub entry: Entry,
    /// Messages that it shows.
    pub messages: Vec<Message>,
}

/// A page of the log.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// Of which channel.
    pub channel: Channel,
    /// Newest first.
    pub told: Vec<Told>,
    /// Photos that it names, if they are still there.
    pub photos: BTreeMap<PhotoId, Photo>,
}

/// The newest entries that fit; for admins, whatever their rights.
///
/// # Errors
/// `Denied(AdminRequired)`; those of [`visible`]; `FloodWait` where entries are searched or chosen.
pub async fn read(core: &Core, caller: Caller, id: ChannelId, query: Query) -> Result<Page> {
    let (channel, row) = visible(core, caller.user, id).await?;
    channel.check_admin(caller.user, row.as_ref(), |_| true)?;
    if !query.text.is_empty() || query.kinds.is_some() || query.admins.is_some() {
        rate_limit::check_pace(core, caller, Limit::Search, SEARCH_COST)?;
    }
    let limit = usize::try_from(query.limit.clamp(1, limits::HISTORY_PAGE)).unwrap_or(1);
    // Whether or not the sweeper has come by.
    let since = UnixTime(core.now().0 - KEPT_S);
    let words = fold(query.text.trim());
    let mut told: Vec<Told> = Vec::new();
    let mut before = query.max_id.max(0);
    while told.len() < limit {
        let mut step =
            core.stores.admin_log.admin_log(id, before, query.min_id.max(0), STEP).await?;
        let Some(last) = step.last().map(|entry| entry.id) else { break };
        before = last;
        step.retain(|entry| entry.date >= since && fits(entry, &query));
        let shown = with_messages(core, caller, &channel, step).await?;
        told.extend(shown.into_iter().filter(|one| words.is_empty() || says(one, &words)));
    }
    told.truncate(limit);
    let photos = photos(core, &told).await?;
    Ok(Page { channel, told, photos })
}

fn fits(entry: &Entry, query: &Query) -> bool {
    query.kinds.as_ref().is_none_or(|kinds| kinds.contains(&entry.what.kind()))
        && query.admins.as_ref().is_none_or(|admins| admins.contains(&entry.actor))
}

/// Whether an entry holds these words, folded already.
fn says(told: &Told, words: &str) -> bool {
    let texts = told.messages.iter().map(|message| message.body.text.as_str());
    told.entry.what.words().into_iter().chain(texts).any(|text| fold(text).contains(words))
}

async fn with_messages(
    core: &Core,
    caller: Caller,
    channel: &Channel,
    entries: Vec<Entry>,
) -> Result<Vec<Told>> {
    let ids: Vec<MessageId> =
        entries.iter().filter_map(|entry| entry.what.about()).map(|about| about.id).collect();
    let live = if ids.is_empty() {
        Vec::new()
    } else {
        core.stores.channels.posts(channel.id, caller.user, &ids).await?
    };
    let live: BTreeMap<MessageId, Message> =
        live.into_iter().map(|message| (message.id, message)).collect();
    let shown = |mut entry: Entry| {
        // Past its end a message is gone, whether or not the sweeper has come by.
        if entry.what.texts_of().is_some_and(|id| !live.contains_key(&id)) {
            entry.what.forget_texts();
        }
        let messages = messages(channel, caller, &entry.what, &live);
        Told { entry, messages }
    };
    Ok(entries.into_iter().map(shown).collect())
}

fn messages(
    channel: &Channel,
    caller: Caller,
    what: &Happened,
    live: &BTreeMap<MessageId, Message>,
) -> Vec<Message> {
    let Some(about) = what.about() else { return Vec::new() };
    let known = live.get(&about.id).cloned();
    let known = known.unwrap_or_else(|| bare(channel, caller, about));
    match what {
        Happened::EditMessage(_, Some(texts)) => [&texts.before, &texts.after]
            .map(|body| Message { body: body.clone(), ..known.clone() })
            .into(),
        Happened::EditMessage(_, None) => vec![known.clone(), known],
        Happened::UpdatePinned(_, pinned) => vec![Message { pinned: *pinned, ..known }],
        _ => vec![known],
    }
}

/// What is left of a message that is gone: that somebody wrote something then.
fn bare(channel: &Channel, caller: Caller, about: About) -> Message {
    Message {
        id: about.id,
        pts: Pts(0),
        peer: Peer::Channel(channel.id),
        from: about.sender,
        out: about.sender == caller.user,
        post: channel.broadcast,
        date: about.date,
        edit_date: None,
        mentioned: false,
        media_unread: false,
        pinned: false,
        reply_to: None,
        thread: None,
        origin: None,
        body: Body { send_as: about.send_as, ..Body::default() },
        counters: None,
        replies: None,
        reactions: Summary::default(),
    }
}

async fn photos(core: &Core, told: &[Told]) -> Result<BTreeMap<PhotoId, Photo>> {
    let changed = told.iter().filter_map(|one| match &one.entry.what {
        Happened::ChangePhoto(turned) => Some([turned.before, turned.after]),
        _ => None,
    });
    let ids: Vec<PhotoId> = changed.flatten().flatten().collect();
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let found = core.stores.media.photos(&ids).await?;
    Ok(found.into_iter().map(|photo| (photo.id, photo)).collect())
}

/// Forgets what is too old; call it from time to time.
///
/// # Errors
/// Storage only.
pub async fn forget_old(core: &Core) -> Result<()> {
    let until = UnixTime(core.now().0 - KEPT_S);
    while core.stores.admin_log.forget_admin_log(until, FORGET).await? > 0 {}
    Ok(())
}
