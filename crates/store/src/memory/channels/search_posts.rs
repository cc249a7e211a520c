//! Posts of several channels, newest first.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use model::{ChannelId, MessageId, UserId};

use super::super::State;
use super::count;
use crate::ports::post_search::{COUNTED_POSTS, FoundPosts, PostPlace, PostQuery};

impl State {
    pub(super) fn search_posts(
        &self,
        channels: &[ChannelId],
        viewer: UserId,
        query: &PostQuery,
    ) -> FoundPosts {
        let places = self.places_of(channels, viewer, query);
        let mut by_channel: BTreeMap<ChannelId, usize> = BTreeMap::new();
        for place in &places {
            *by_channel.entry(place.channel).or_default() += 1;
        }
        let total = by_channel.into_values().map(|posts| count(posts).min(COUNTED_POSTS)).sum();
        let limit = usize::try_from(query.limit).unwrap_or(0);
        let behind = places.into_iter().filter(|place| query.after.is_none_or(|at| *place < at));
        let mut page: Vec<_> = behind.take(limit + 1).collect();
        let more = page.len() > limit;
        page.truncate(limit);
        let shown = page.into_iter().filter_map(|place| {
            let message = self.channels.logs.get(&place.channel)?.message(viewer, place.id)?;
            Some(self.with_replies(viewer, message))
        });
        FoundPosts { messages: shown.collect(), more, total }
    }

    /// Where the posts that fit are, newest first.
    fn places_of(
        &self,
        channels: &[ChannelId],
        viewer: UserId,
        query: &PostQuery,
    ) -> Vec<PostPlace> {
        let mut places = Vec::new();
        for log in channels.iter().filter_map(|channel| self.channels.logs.get(channel)) {
            let fits = log
                .visible(viewer)
                .filter(|(_, post)| post.body.as_ref().is_some_and(|body| query.wanted.fits(body)));
            let channel = log.channel.id;
            places.extend(fits.map(|(id, post): (MessageId, _)| PostPlace {
                date: post.date,
                channel,
                id,
            }));
        }
        places.sort_by_key(|place| Reverse(*place));
        places
    }
}
