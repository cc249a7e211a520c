//! What happened in channels over time: for their admins' graphs, and for whoever watches over the server.

use async_trait::async_trait;
use model::series::Point;
use model::{ChannelId, UnixTime, UserId};

use crate::Result;

/// How many came and went within a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Growth {
    /// Where.
    pub channel: ChannelId,
    /// Came in.
    pub joined: i64,
    /// Left, or were removed.
    pub left: i64,
}

/// Series of channels. They are kept with the act that they count, so that they are never behind (views, as their counters, by
/// a second); an act adds to rows of its hour and makes no row of its own.
#[async_trait]
pub trait StatisticsStore: Send + Sync {
    /// The counters of a channel's hours that begin at or after `from` and before `until`, in order.
    async fn channel_series(
        &self,
        channel: ChannelId,
        from: UnixTime,
        until: UnixTime,
    ) -> Result<Vec<Point>>;

    /// Channels that at least `joined` people entered in the hours since `from`, most first, at most `limit`: for those who look
    /// for sudden growth.
    async fn growing_channels(
        &self,
        from: UnixTime,
        joined: i64,
        limit: i32,
    ) -> Result<Vec<Growth>>;

    /// Public broadcast channels, those with most subscribers first, at most `limit`.
    async fn largest_channels(&self, limit: i32) -> Result<Vec<ChannelId>>;

    /// Public broadcast channels that the newest subscribers of `channel` (at most [`SAMPLE`]) are in as well, those with
    /// most of them first: [`LEAST_SHARED`] of them at least, so that nobody's subscriptions can be read from it. Without those
    /// that `viewer` is in.
    async fn similar_channels(
        &self,
        channel: ChannelId,
        viewer: UserId,
        limit: i32,
    ) -> Result<Vec<ChannelId>>;
}

/// Subscribers looked at to find channels like theirs: a bound on what one call may cost.
pub const SAMPLE: i32 = 300;
/// Subscribers that a similar channel shares at least.
pub const LEAST_SHARED: i32 = 5;
