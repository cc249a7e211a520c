//! What the admins of a channel see of how it goes: followers, their growth, views and forwards of posts.
//!
//! Everything is read from counters by the hour and from the newest posts; what is not kept (who muted a channel, what
//! somebody read of a web page) is not guessed.

mod sheet;

use std::collections::{BTreeMap, BTreeSet};

use model::channel::{Channel, Participant};
use model::dialog::HistoryWindow;
use model::message::Message;
use model::series::{Audience, Counted, Source};
use model::{ChannelId, MessageId, UnixTime, UserId, limits};

use self::sheet::Sheet;
use crate::channels::visible;
use crate::{Caller, Core, Error, Result};

/// The newest messages of a supergroup that are looked through for its busiest members.
const LOOKED_THROUGH: usize = 1000;
/// Members from which on languages and hours are drawn: of a few, they would tell what single people use and when they read.
const LEAST_AUDIENCE: i32 = 50;
/// The busiest members shown.
const TOP_POSTERS: usize = 10;

/// A number now, and in the time before.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Compared {
    /// In the period.
    pub current: f64,
    /// In the one before.
    pub previous: f64,
}

/// How a graph is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Lines.
    Lines,
    /// Bars on each other.
    Bars,
    /// Each line's share of the whole.
    Shares,
}

/// A graph's line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What it shows, in English.
    pub name: String,
    /// A value for each place.
    pub values: Vec<i64>,
}

/// A graph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Graph {
    /// Places, rising: the beginnings of days, or hours of a day.
    pub places: Vec<UnixTime>,
    /// The places are hours of a day.
    pub by_hour: bool,
    /// At least one.
    pub lines: Vec<Line>,
    /// How it is drawn.
    pub shape: Shape,
}

/// Graphs that clients ask for when they come into view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "named as the fields of stats.broadcastStats")]
pub enum Later {
    Interactions,
    ViewsBySource,
    NewFollowersBySource,
    Languages,
    TopHours,
}

impl Later {
    const ALL: [(Self, &'static str); 5] = [
        (Self::Interactions, "interactions"),
        (Self::ViewsBySource, "views"),
        (Self::NewFollowersBySource, "sources"),
        (Self::Languages, "languages"),
        (Self::TopHours, "hours"),
    ];

    /// By which it is asked for. It is no secret: whoever asks needs the right all the same.
    #[must_use]
    pub fn token(self, channel: ChannelId) -> String {
        let name = Self::ALL.iter().find(|(one, _)| *one == self).map_or("", |(_, name)| *name);
        format!("{name}:{}", channel.0)
    }

    fn from_token(token: &str) -> Option<(Self, ChannelId)> {
        let (name, channel) = token.split_once(':')?;
        let (one, _) = Self::ALL.iter().find(|(_, known)| *known == name)?;
        Some((*one, ChannelId(channel.parse().ok()?)))
    }
}

/// What is told of one post.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interactions {
    /// Which.
    pub id: MessageId,
    /// Times seen.
    pub views: i32,
    /// Times forwarded.
    pub forwards: i32,
    /// Reactions to it.
    pub reactions: i32,
}

/// A broadcast channel's figures.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "named as the fields of stats.broadcastStats")]
pub struct Broadcast {
    pub period: (UnixTime, UnixTime),
    pub followers: Compared,
    pub views_per_post: Compared,
    pub shares_per_post: Compared,
    pub reactions_per_post: Compared,
    pub growth: Graph,
    pub followers_graph: Graph,
    pub recent: Vec<Interactions>,
}

/// Somebody who wrote much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Poster {
    /// Who.
    pub user: UserId,
    /// Messages.
    pub messages: i32,
    /// Characters of one.
    pub avg_chars: i32,
}

/// A supergroup's figures.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "named as the fields of stats.megagroupStats")]
pub struct Megagroup {
    pub period: (UnixTime, UnixTime),
    pub members: Compared,
    pub messages: Compared,
    pub posters: Compared,
    pub growth: Graph,
    pub members_graph: Graph,
    pub messages_graph: Graph,
    pub weekdays: Graph,
    pub top_posters: Vec<Poster>,
}

/// Figures of a broadcast channel.
///
/// # Errors
/// `ChannelInvalid` for a supergroup; `Denied(AdminRequired)`; those of [`visible`].
pub async fn broadcast(core: &Core, caller: Caller, id: ChannelId) -> Result<Broadcast> {
    let channel = administered(core, caller, id).await?;
    if !channel.broadcast {
        return Err(Error::BroadcastRequired);
    }
    let posts = newest(core, caller, id, limits::HISTORY_PAGE).await?;
    let sheet = Sheet::read(core, channel).await?;
    let per_post = |value: fn(&Interactions) -> i32| sheet.per_post(&posts, value);
    Ok(Broadcast {
        period: sheet.period(),
        followers: sheet.people(),
        views_per_post: per_post(|one| one.views),
        shares_per_post: per_post(|one| one.forwards),
        reactions_per_post: per_post(|one| one.reactions),
        growth: sheet.growth("Total followers"),
        followers_graph: sheet.comings(),
        recent: posts.iter().filter(|post| post.post).map(interactions).collect(),
    })
}

/// Figures of a supergroup. Those of messages are of its newest thousand.
///
/// # Errors
/// `MegagroupRequired` for a channel; `Denied(AdminRequired)`; those of [`visible`].
pub async fn megagroup(core: &Core, caller: Caller, id: ChannelId) -> Result<Megagroup> {
    let channel = administered(core, caller, id).await?;
    if channel.broadcast {
        return Err(Error::MegagroupRequired);
    }
    let mut messages = newest(core, caller, id, limit_of(LOOKED_THROUGH)).await?;
    messages.retain(|message| message.body.action.is_none());
    let sheet = Sheet::read(core, channel).await?;
    let (now, before) = sheet.split(&messages);
    let authors = |some: &[&Message]| {
        float(
            some.iter()
                .map(|message| message.body.author(message.from))
                .collect::<BTreeSet<_>>()
                .len(),
        )
    };
    Ok(Megagroup {
        period: sheet.period(),
        members: sheet.people(),
        messages: Compared { current: float(now.len()), previous: float(before.len()) },
        posters: Compared { current: authors(&now), previous: authors(&before) },
        growth: sheet.growth("Total members"),
        members_graph: sheet.comings(),
        messages_graph: sheet.messages(&messages),
        weekdays: sheet.weekdays(&messages),
        top_posters: top_posters(&now),
    })
}

/// A graph that a client asks for by its token; `None` if so few are counted that it would tell of single people.
///
/// # Errors
/// `GraphInvalid` for a token of no graph; those of [`broadcast`].
pub async fn later(core: &Core, caller: Caller, token: &str) -> Result<Option<Graph>> {
    let (what, id) = Later::from_token(token).ok_or(Error::GraphInvalid)?;
    let channel = administered(core, caller, id).await?;
    if matches!(what, Later::Languages | Later::TopHours) && channel.participants < LEAST_AUDIENCE {
        return Ok(None);
    }
    let sheet = Sheet::read(core, channel).await?;
    Ok(Some(match what {
        Later::Interactions => sheet.by_day(
            Shape::Lines,
            &[
                ("Views", &|what| matches!(what, Counted::Views(_))),
                ("Shares", &|what| *what == Counted::Shares),
            ],
        ),
        Later::ViewsBySource => sheet.by_day(
            Shape::Bars,
            &[
                ("Followers", &|what| *what == Counted::Views(Audience::Members)),
                ("Others", &|what| *what == Counted::Views(Audience::Others)),
            ],
        ),
        Later::NewFollowersBySource => sheet.by_day(
            Shape::Bars,
            &[
                ("Invite links", &|what| *what == Counted::Joined(Source::Link)),
                ("Public name", &|what| *what == Counted::Joined(Source::Name)),
                ("Added", &|what| *what == Counted::Joined(Source::Added)),
            ],
        ),
        Later::Languages => sheet.languages(),
        Later::TopHours => sheet.hours(),
    }))
}

async fn administered(core: &Core, caller: Caller, id: ChannelId) -> Result<Channel> {
    let (channel, row) = visible(core, caller.user, id).await?;
    channel.check_admin(caller.user, row.as_ref(), |_| true)?;
    Ok(channel)
}

/// Whether somebody may ask for figures of a channel.
#[must_use]
pub fn may_see(channel: &Channel, user: UserId, row: Option<&Participant>) -> bool {
    channel.check_admin(user, row, |_| true).is_ok()
}

async fn newest(core: &Core, caller: Caller, id: ChannelId, limit: i32) -> Result<Vec<Message>> {
    let mut messages: Vec<Message> = Vec::new();
    while limit_of(messages.len()) < limit {
        let window = HistoryWindow {
            offset_id: messages.last().map_or(MessageId(0), |last| last.id),
            limit: limits::HISTORY_PAGE.min(limit - limit_of(messages.len())),
            ..HistoryWindow::default()
        };
        let page = core.stores.channels.channel_history(id, caller.user, window).await?;
        if page.messages.is_empty() {
            break;
        }
        messages.extend(page.messages);
    }
    Ok(messages)
}

fn limit_of(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

fn float(count: usize) -> f64 {
    f64::from(limit_of(count))
}

fn interactions(message: &Message) -> Interactions {
    let counters = message.counters.unwrap_or_default();
    let reactions = message.reactions.counts.iter().map(|(_, given)| *given).sum();
    Interactions { id: message.id, views: counters.views, forwards: counters.forwards, reactions }
}

fn top_posters(messages: &[&Message]) -> Vec<Poster> {
    let mut authors: BTreeMap<UserId, (usize, usize)> = BTreeMap::new();
    // Who writes in the group's name is not to be told by it.
    for message in messages.iter().filter(|message| message.body.send_as.is_none()) {
        let (count, chars) = authors.entry(message.from).or_default();
        *count += 1;
        *chars += message.body.text.chars().count();
    }
    let mut posters: Vec<Poster> = authors
        .into_iter()
        .map(|(user, (count, chars))| Poster {
            user,
            messages: limit_of(count),
            avg_chars: limit_of(chars.checked_div(count).unwrap_or(0)),
        })
        .collect();
    posters.sort_by_key(|poster| (std::cmp::Reverse(poster.messages), poster.user));
    posters.truncate(TOP_POSTERS);
    posters
}
