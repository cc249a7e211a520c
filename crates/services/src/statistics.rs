//! What the admins of a channel see of how it goes: followers, their growth, views and forwards of posts.
//!
//! Everything is read from counters by the hour and from the newest posts; what is not kept (who muted a channel, what
//! somebody read of a web page) is not guessed.

use std::collections::{BTreeMap, BTreeSet};

use model::channel::{Channel, Participant};
use model::dialog::HistoryWindow;
use model::message::Message;
use model::series::{Audience, Counted, HOUR_S, Point, Source};
use model::{ChannelId, MessageId, UnixTime, UserId, limits};

use crate::channels::visible;
use crate::{Caller, Core, Error, Result};

/// Seconds of a day.
const DAY_S: i64 = 24 * HOUR_S;
/// Days in a graph at most, and at least: one point is no graph.
const DAYS: std::ops::RangeInclusive<i64> = 7..=90;
/// Days that are compared with as many before them.
const PERIOD_DAYS: i64 = 7;
/// The newest messages of a supergroup that are looked through for its busiest members.
const LOOKED_THROUGH: usize = 1000;
/// Languages that have a line of their own; the rest share one.
const LANGUAGES: usize = 8;
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

/// A graph that a client asks for by its token.
///
/// # Errors
/// `GraphInvalid` for a token of no graph; those of [`broadcast`].
pub async fn later(core: &Core, caller: Caller, token: &str) -> Result<Graph> {
    let (what, id) = Later::from_token(token).ok_or(Error::GraphInvalid)?;
    let channel = administered(core, caller, id).await?;
    let sheet = Sheet::read(core, channel).await?;
    Ok(match what {
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
    })
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

/// A channel's counters, with the days that its graphs show.
struct Sheet {
    channel: Channel,
    /// The first day, and the present one, counted from 1970.
    days: std::ops::RangeInclusive<i64>,
    points: Vec<Point>,
}

/// A line's name and what it counts.
type Part<'a> = (&'a str, &'a dyn Fn(&Counted) -> bool);

impl Sheet {
    async fn read(core: &Core, channel: Channel) -> Result<Self> {
        let today = core.now().0.div_euclid(DAY_S);
        let age = today - channel.created.0.div_euclid(DAY_S);
        let first = today + 1 - age.saturating_add(1).clamp(*DAYS.start(), *DAYS.end());
        let from = UnixTime(first * DAY_S);
        let until = UnixTime((today + 1) * DAY_S);
        let points = core.stores.statistics.channel_series(channel.id, from, until).await?;
        Ok(Self { channel, days: first..=today, points })
    }

    fn today(&self) -> i64 {
        *self.days.end()
    }

    fn period(&self) -> (UnixTime, UnixTime) {
        (
            UnixTime((self.today() + 1 - PERIOD_DAYS) * DAY_S),
            UnixTime((self.today() + 1) * DAY_S - 1),
        )
    }

    fn sum(&self, days: impl std::ops::RangeBounds<i64>, fits: impl Fn(&Counted) -> bool) -> i64 {
        let wanted = self
            .points
            .iter()
            .filter(|point| fits(&point.what) && days.contains(&point.hour.0.div_euclid(DAY_S)));
        wanted.map(|point| point.count).sum()
    }

    /// How many people there were at the end of a day: those of today, without who came since.
    fn people_at(&self, day: i64) -> i64 {
        let came = self.sum(day + 1.., |what| matches!(what, Counted::Joined(_)));
        let went = self.sum(day + 1.., |what| *what == Counted::Left);
        (i64::from(self.channel.participants) - came + went).max(0)
    }

    fn people(&self) -> Compared {
        let number = |count: i64| f64::from(i32::try_from(count).unwrap_or(i32::MAX));
        Compared {
            current: f64::from(self.channel.participants),
            previous: number(self.people_at(self.today() - PERIOD_DAYS)),
        }
    }

    /// Messages of the period, and of the one before.
    fn split<'m>(&self, messages: &'m [Message]) -> (Vec<&'m Message>, Vec<&'m Message>) {
        let start = self.period().0;
        let before = UnixTime(start.0 - PERIOD_DAYS * DAY_S);
        let now = messages.iter().filter(|message| message.date >= start);
        let earlier = messages.iter().filter(|message| (before..start).contains(&message.date));
        (now.collect(), earlier.collect())
    }

    fn per_post(&self, posts: &[Message], value: fn(&Interactions) -> i32) -> Compared {
        let mean = |posts: Vec<&Message>| {
            let values: Vec<f64> = posts
                .into_iter()
                .filter(|post| post.counters.is_some())
                .map(|post| f64::from(value(&interactions(post))))
                .collect();
            if values.is_empty() { 0.0 } else { values.iter().sum::<f64>() / float(values.len()) }
        };
        let (now, before) = self.split(posts);
        Compared { current: mean(now), previous: mean(before) }
    }

    fn places(&self) -> Vec<UnixTime> {
        self.days.clone().map(|day| UnixTime(day * DAY_S)).collect()
    }

    fn graph(&self, shape: Shape, lines: Vec<Line>) -> Graph {
        Graph { places: self.places(), by_hour: false, lines, shape }
    }

    fn growth(&self, name: &str) -> Graph {
        let values = self.days.clone().map(|day| self.people_at(day)).collect();
        self.graph(Shape::Lines, vec![Line { name: name.to_owned(), values }])
    }

    fn by_day(&self, shape: Shape, parts: &[Part<'_>]) -> Graph {
        let lines = parts.iter().map(|(name, fits)| Line {
            name: (*name).to_owned(),
            values: self.days.clone().map(|day| self.sum(day..=day, fits)).collect(),
        });
        self.graph(shape, lines.collect())
    }

    fn comings(&self) -> Graph {
        self.by_day(
            Shape::Lines,
            &[
                ("Joined", &|what| matches!(what, Counted::Joined(_))),
                ("Left", &|what| *what == Counted::Left),
            ],
        )
    }

    /// The languages of who came in, the most frequent ones by name.
    fn languages(&self) -> Graph {
        let mut counts: BTreeMap<&str, i64> = BTreeMap::new();
        for point in &self.points {
            if let Counted::Language(code) = &point.what {
                *counts.entry(code).or_default() += point.count;
            }
        }
        let mut codes: Vec<_> = counts.into_iter().collect();
        codes.sort_by_key(|(code, count)| (std::cmp::Reverse(*count), *code));
        let named: Vec<&str> = codes.iter().take(LANGUAGES).map(|(code, _)| *code).collect();
        let of = |code: &str| {
            let fits = |what: &Counted| matches!(what, Counted::Language(one) if one == code);
            Line {
                name: code.to_owned(),
                values: self.days.clone().map(|day| self.sum(day..=day, fits)).collect(),
            }
        };
        let mut lines: Vec<Line> = named.iter().map(|code| of(code)).collect();
        if codes.len() > LANGUAGES || lines.is_empty() {
            let rest = |what: &Counted| matches!(what, Counted::Language(code) if !named.contains(&code.as_str()));
            let values = self.days.clone().map(|day| self.sum(day..=day, rest)).collect();
            lines.push(Line { name: "Other".to_owned(), values });
        }
        self.graph(Shape::Shares, lines)
    }

    /// Views by the hour of the day (UTC), of the period and of the one before.
    fn hours(&self) -> Graph {
        let views = |days: std::ops::RangeInclusive<i64>, hour: i64| {
            let wanted = self.points.iter().filter(|point| {
                matches!(point.what, Counted::Views(_))
                    && days.contains(&point.hour.0.div_euclid(DAY_S))
                    && point.hour.0.rem_euclid(DAY_S) == hour * HOUR_S
            });
            wanted.map(|point| point.count).sum()
        };
        let today = self.today();
        let periods = [
            ("Last week", today + 1 - PERIOD_DAYS..=today),
            ("The week before", today + 1 - 2 * PERIOD_DAYS..=today - PERIOD_DAYS),
        ];
        let lines = periods.into_iter().map(|(name, days)| Line {
            name: name.to_owned(),
            values: (0..24).map(|hour| views(days.clone(), hour)).collect(),
        });
        let places = (0..24).map(|hour| UnixTime(today * DAY_S + hour * HOUR_S)).collect();
        Graph { places, by_hour: true, lines: lines.collect(), shape: Shape::Lines }
    }

    fn messages(&self, messages: &[Message]) -> Graph {
        let written = |day: i64| {
            let there = messages.iter().filter(|message| message.date.0.div_euclid(DAY_S) == day);
            i64::try_from(there.count()).unwrap_or(i64::MAX)
        };
        let values = self.days.clone().map(written).collect();
        self.graph(Shape::Bars, vec![Line { name: "Messages".to_owned(), values }])
    }

    /// Messages of the period by day of the week, in the order of the days.
    fn weekdays(&self, messages: &[Message]) -> Graph {
        let mut graph = self.messages(messages);
        let days = usize::try_from(PERIOD_DAYS).unwrap_or(0);
        let skip = graph.places.len().saturating_sub(days);
        graph.places.drain(..skip);
        for line in &mut graph.lines {
            line.values.drain(..skip);
        }
        graph
    }
}
