//! What happened in channels over time.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use async_trait::async_trait;
use model::series::{Counted, Point, hour_of};
use model::{ChannelId, UnixTime, UserId};

use super::{MemoryStore, channels};
use crate::Result;
use crate::ports::StatisticsStore;
use crate::ports::statistics::{Growth, LEAST_SHARED, SAMPLE};

/// Counters by hour.
#[derive(Default)]
pub(super) struct Series {
    counters: BTreeMap<(ChannelId, UnixTime, Counted), i64>,
}

impl Series {
    /// Counts something.
    pub(super) fn count(&mut self, channel: ChannelId, at: UnixTime, what: Counted, by: i64) {
        *self.counters.entry((channel, hour_of(at), what)).or_default() += by;
    }

    /// Forgets a channel.
    pub(super) fn erase(&mut self, channel: ChannelId) {
        self.counters.retain(|(of, _, _), _| *of != channel);
    }
}

#[async_trait]
impl StatisticsStore for MemoryStore {
    async fn channel_series(
        &self,
        channel: ChannelId,
        from: UnixTime,
        until: UnixTime,
    ) -> Result<Vec<Point>> {
        let state = self.state.lock();
        let all = state.series.counters.iter();
        let wanted =
            all.filter(|((of, hour, _), _)| *of == channel && (from..until).contains(hour));
        let mut points: Vec<_> = wanted
            .map(|((_, hour, what), count)| Point {
                hour: *hour,
                what: what.clone(),
                count: *count,
            })
            .collect();
        points.sort_by_key(|point| (point.hour, point.what.name()));
        Ok(points)
    }

    async fn growing_channels(
        &self,
        from: UnixTime,
        joined: i64,
        limit: i32,
    ) -> Result<Vec<Growth>> {
        let state = self.state.lock();
        let mut found: BTreeMap<ChannelId, Growth> = BTreeMap::new();
        for ((channel, hour, what), count) in &state.series.counters {
            if *hour < from {
                continue;
            }
            let new = Growth { channel: *channel, joined: 0, left: 0 };
            let growth = found.entry(*channel).or_insert(new);
            match what {
                Counted::Joined(_) => growth.joined += count,
                Counted::Left => growth.left += count,
                _ => {}
            }
        }
        let mut growing: Vec<_> =
            found.into_values().filter(|growth| growth.joined >= joined).collect();
        growing.sort_by_key(|growth| (Reverse(growth.joined), growth.channel));
        growing.truncate(usize::try_from(limit).unwrap_or(0));
        Ok(growing)
    }

    async fn largest_channels(&self, limit: i32) -> Result<Vec<ChannelId>> {
        let state = self.state.lock();
        let mut found = channels::public(&state);
        found.sort_by_key(|channel| (Reverse(channel.participants), channel.id));
        found.truncate(usize::try_from(limit).unwrap_or(0));
        Ok(found.into_iter().map(|channel| channel.id).collect())
    }

    async fn similar_channels(
        &self,
        channel: ChannelId,
        viewer: UserId,
        limit: i32,
    ) -> Result<Vec<ChannelId>> {
        let state = self.state.lock();
        let mut sample = channels::members(&state, channel);
        sample.sort_by_key(|row| (Reverse(row.date), row.user));
        sample.truncate(usize::try_from(SAMPLE).unwrap_or(0));
        let least = usize::try_from(LEAST_SHARED).unwrap_or(0);
        let shared = |other: ChannelId| {
            let members = channels::members(&state, other);
            let is_in = |user| members.iter().any(|row| row.user == user);
            let shared = sample.iter().filter(|row| is_in(row.user)).count();
            (shared >= least && !is_in(viewer)).then_some(shared)
        };
        let public = channels::public(&state).into_iter().map(|channel| channel.id);
        let others = public.filter(|other| *other != channel);
        let mut found: Vec<_> =
            others.filter_map(|other| Some((Reverse(shared(other)?), other))).collect();
        found.sort_unstable();
        found.truncate(usize::try_from(limit).unwrap_or(0));
        Ok(found.into_iter().map(|(_, other)| other).collect())
    }
}
