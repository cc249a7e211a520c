//! A channel's counters by the day, and what is drawn of them.

use std::collections::BTreeMap;

use model::UnixTime;
use model::channel::Channel;
use model::message::Message;
use model::series::{Counted, HOUR_S, Point};

use super::{Compared, Graph, Interactions, Line, Shape, float, interactions};
use crate::{Core, Result};

/// Seconds of a day.
const DAY_S: i64 = 24 * HOUR_S;
/// Days in a graph at most, and at least: one point is no graph.
const DAYS: std::ops::RangeInclusive<i64> = 7..=90;
/// Days that are compared with as many before them.
const PERIOD_DAYS: i64 = 7;
/// Languages that have a line of their own; the rest share one.
const LANGUAGES: usize = 8;

/// A channel's counters, with the days that its graphs show.
pub(super) struct Sheet {
    channel: Channel,
    /// The first day, and the present one, counted from 1970.
    days: std::ops::RangeInclusive<i64>,
    points: Vec<Point>,
}

/// A line's name and what it counts.
pub(super) type Part<'a> = (&'a str, &'a dyn Fn(&Counted) -> bool);

impl Sheet {
    pub(super) async fn read(core: &Core, channel: Channel) -> Result<Self> {
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

    pub(super) fn period(&self) -> (UnixTime, UnixTime) {
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

    pub(super) fn people(&self) -> Compared {
        let number = |count: i64| f64::from(i32::try_from(count).unwrap_or(i32::MAX));
        Compared {
            current: f64::from(self.channel.participants),
            previous: number(self.people_at(self.today() - PERIOD_DAYS)),
        }
    }

    /// Messages of the period, and of the one before.
    pub(super) fn split<'m>(
        &self,
        messages: &'m [Message],
    ) -> (Vec<&'m Message>, Vec<&'m Message>) {
        let start = self.period().0;
        let before = UnixTime(start.0 - PERIOD_DAYS * DAY_S);
        let now = messages.iter().filter(|message| message.date >= start);
        let earlier = messages.iter().filter(|message| (before..start).contains(&message.date));
        (now.collect(), earlier.collect())
    }

    pub(super) fn per_post(&self, posts: &[Message], value: fn(&Interactions) -> i32) -> Compared {
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

    pub(super) fn growth(&self, name: &str) -> Graph {
        let values = self.days.clone().map(|day| self.people_at(day)).collect();
        self.graph(Shape::Lines, vec![Line { name: name.to_owned(), values }])
    }

    pub(super) fn by_day(&self, shape: Shape, parts: &[Part<'_>]) -> Graph {
        let lines = parts.iter().map(|(name, fits)| Line {
            name: (*name).to_owned(),
            values: self.days.clone().map(|day| self.sum(day..=day, fits)).collect(),
        });
        self.graph(shape, lines.collect())
    }

    pub(super) fn comings(&self) -> Graph {
        self.by_day(
            Shape::Lines,
            &[
                ("Joined", &|what| matches!(what, Counted::Joined(_))),
                ("Left", &|what| *what == Counted::Left),
            ],
        )
    }

    /// The languages of who came in, the most frequent ones by name.
    pub(super) fn languages(&self) -> Graph {
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
    pub(super) fn hours(&self) -> Graph {
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

    pub(super) fn messages(&self, messages: &[Message]) -> Graph {
        let written = |day: i64| {
            let there = messages.iter().filter(|message| message.date.0.div_euclid(DAY_S) == day);
            i64::try_from(there.count()).unwrap_or(i64::MAX)
        };
        let values = self.days.clone().map(written).collect();
        self.graph(Shape::Bars, vec![Line { name: "Messages".to_owned(), values }])
    }

    /// Messages of the period by day of the week, in the order of the days.
    pub(super) fn weekdays(&self, messages: &[Message]) -> Graph {
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
