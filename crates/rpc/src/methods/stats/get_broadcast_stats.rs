//! `stats.getBroadcastStats`: followers, growth, views and forwards of a channel. Who muted it is not counted: 0 of 0.
//!
//! Errors: `BROADCAST_REQUIRED`, `CHAT_ADMIN_REQUIRED`, `CHANNEL_INVALID`, `CHANNEL_PRIVATE`.

use services::statistics::{self, Compared, Interactions, Later};
use tl_api::{enums, functions, types};

use crate::convert::{date, graphs, peers};
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::stats::GetBroadcastStats,
) -> Result<enums::stats::BroadcastStats, RpcError> {
    let channel = peers::input_channel(&call, &request.channel).await?;
    let found = statistics::broadcast(&call.core, call.signed_in()?, channel).await?;
    let none = || graphs::compared(Compared::default());
    let period = types::StatsDateRangeDays {
        min_date: date(found.period.0),
        max_date: date(found.period.1),
    };
    Ok(types::stats::BroadcastStats {
        period: period.into(),
        followers: graphs::compared(found.followers),
        views_per_post: graphs::compared(found.views_per_post),
        shares_per_post: graphs::compared(found.shares_per_post),
        reactions_per_post: graphs::compared(found.reactions_per_post),
        views_per_story: none(),
        shares_per_story: none(),
        reactions_per_story: none(),
        enabled_notifications: types::StatsPercentValue { part: 0.0, total: 0.0 }.into(),
        growth_graph: graphs::graph(&found.growth),
        followers_graph: graphs::graph(&found.followers_graph),
        mute_graph: graphs::unknown(),
        top_hours_graph: graphs::later(Later::TopHours, channel),
        interactions_graph: graphs::later(Later::Interactions, channel),
        iv_interactions_graph: graphs::unknown(),
        views_by_source_graph: graphs::later(Later::ViewsBySource, channel),
        new_followers_by_source_graph: graphs::later(Later::NewFollowersBySource, channel),
        languages_graph: graphs::later(Later::Languages, channel),
        reactions_by_emotion_graph: graphs::unknown(),
        story_interactions_graph: graphs::unknown(),
        story_reactions_by_emotion_graph: graphs::unknown(),
        recent_posts_interactions: found.recent.iter().map(post).collect(),
    }
    .into())
}

fn post(one: &Interactions) -> enums::PostInteractionCounters {
    types::PostInteractionCountersMessage {
        msg_id: one.id.0,
        views: one.views,
        forwards: one.forwards,
        reactions: one.reactions,
    }
    .into()
}
