//! View counters of posts.

use model::event::Ephemeral;
use model::message::Counters;
use model::{ChannelId, MessageId, limits};
use store::ports::Notice;

use super::{refused, visible};
use crate::{Caller, Core, Error, Result};

/// The counters of posts; with `increment` the caller's view is counted, once for each post.
///
/// # Errors
/// `LimitInvalid` for too many, `ChannelInvalid`, `ChannelPrivate`.
pub async fn views(
    core: &Core,
    caller: Caller,
    channel: ChannelId,
    ids: &[MessageId],
    increment: bool,
) -> Result<Vec<(MessageId, Counters)>> {
    if ids.len() > limits::IDS_PER_CALL {
        return Err(Error::LimitInvalid);
    }
    visible(core, caller.user, channel).await?;
    let count = |seen| core.stores.channels.count_views(channel, caller.user, ids, seen);
    let before = count(None).await.map_err(refused)?;
    if !increment {
        return Ok(before);
    }
    let after = count(Some(core.now())).await.map_err(refused)?;
    for (id, counters) in &after {
        let earlier =
            before.iter().find(|(known, _)| known == id).map_or(0, |(_, counters)| counters.views);
        if counters.views > earlier && is_news(counters.views) {
            let event = Ephemeral::ChannelViews { channel, id: *id, views: counters.views };
            core.publish(Notice::EphemeralToChannel { channel, event, origin: caller.origin() });
        }
    }
    Ok(after)
}

/// Whether this number of views is worth telling everyone: one in ten from a hundred on, one in a hundred from a thousand, and
/// so on. Clients show no more digits, and a post that many look at would else cost the square of its audience.
fn is_news(views: i32) -> bool {
    let step = 10_i32.pow(views.max(1).ilog10().saturating_sub(1));
    views % step == 0
}

#[cfg(test)]
mod tests {
    use super::is_news;

    #[test]
    fn the_audience_hears_of_two_digits() {
        assert!((1..=100).all(is_news));
        assert!(is_news(110) && !is_news(111));
        assert!(is_news(1_200) && !is_news(1_210));
        assert!(is_news(0) && is_news(2_000_000_000) && !is_news(i32::MAX));
    }
}
