//! Pages in memory: bounded, by channel, so that a notice about a channel forgets all of its pages at once.
//!
//! A page is good while the channel's row is what it was made of, except for the count of members, and for some seconds at
//! most: views and members change all the time and may be that late. The row is compared at each use, so that a lost notice
//! shows nothing that is deleted or private.

use std::collections::HashMap;
use std::sync::Arc;

use model::channel::Channel;
use model::{ChannelId, MessageId, UnixTime};
use parking_lot::Mutex;
use services::public::Window;

use crate::answer::Page;
use crate::language::Language;

/// Bytes of all pages.
const BYTES: usize = 64 << 20;
/// Pages of one channel: somebody who reads it whole does not push out all others.
const PAGES_PER_CHANNEL: usize = 256;
/// Seconds for which a page may be late with views and members.
const LIFE_S: i64 = 10;

/// Which page of a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Kind {
    Card,
    List(Window),
    Post(MessageId),
    Atom,
    Json,
}

/// A page for somebody.
pub(crate) type Key = (Kind, Language, bool);

struct Kept {
    page: Arc<Page>,
    made: UnixTime,
}

struct Shelf {
    /// What the pages were made of.
    channel: Channel,
    pages: HashMap<Key, Kept>,
    bytes: usize,
    used: u64,
}

#[derive(Default)]
struct Shelves {
    by_channel: HashMap<ChannelId, Shelf>,
    bytes: usize,
    uses: u64,
}

/// All pages.
#[derive(Default)]
pub(crate) struct Cache {
    shelves: Mutex<Shelves>,
}

impl Cache {
    /// A page that is still good.
    pub(crate) fn find(&self, channel: &Channel, key: Key, now: UnixTime) -> Option<Arc<Page>> {
        let shelves = &mut *self.shelves.lock();
        shelves.uses += 1;
        let shelf = shelves.by_channel.get_mut(&channel.id)?;
        shelf.used = shelves.uses;
        let kept = shelf.pages.get(&key)?;
        let age = now.0.saturating_sub(kept.made.0);
        let life = kept.page.lasts_s.unwrap_or(LIFE_S).min(LIFE_S);
        let good = (0..life).contains(&age) && is_same(&shelf.channel, channel);
        good.then(|| Arc::clone(&kept.page))
    }

    /// Keeps a page. If the one before it said the same, its date stays.
    pub(crate) fn keep(
        &self,
        channel: &Channel,
        key: Key,
        mut page: Page,
        now: UnixTime,
    ) -> Arc<Page> {
        let shelves = &mut *self.shelves.lock();
        shelves.uses += 1;
        let used = shelves.uses;
        let shelf = shelves.by_channel.entry(channel.id).or_insert_with(|| Shelf {
            channel: channel.clone(),
            pages: HashMap::new(),
            bytes: 0,
            used,
        });
        if let Some(before) = shelf.pages.remove(&key) {
            shelf.bytes -= before.page.size();
            shelves.bytes -= before.page.size();
            if before.page.says(&page) {
                page.modified = before.page.modified;
            }
        }
        if !is_same(&shelf.channel, channel) || shelf.pages.len() >= PAGES_PER_CHANNEL {
            shelves.bytes -= shelf.bytes;
            (shelf.bytes, shelf.channel) = (0, channel.clone());
            shelf.pages.clear();
        }
        let page = Arc::new(page);
        shelf.bytes += page.size();
        shelves.bytes += page.size();
        shelf.used = used;
        shelf.pages.insert(key, Kept { page: Arc::clone(&page), made: now });
        shelves.shrink();
        page
    }

    /// Forgets a channel's pages.
    pub(crate) fn forget(&self, channel: ChannelId) {
        self.shelves.lock().remove(channel);
    }

    /// Forgets every page.
    pub(crate) fn forget_all(&self) {
        let mut shelves = self.shelves.lock();
        shelves.by_channel.clear();
        shelves.bytes = 0;
    }
}

impl Shelves {
    fn remove(&mut self, channel: ChannelId) {
        if let Some(shelf) = self.by_channel.remove(&channel) {
            self.bytes -= shelf.bytes;
        }
    }

    /// Forgets the channels that were not asked for the longest.
    fn shrink(&mut self) {
        while self.bytes > BYTES {
            let oldest = self.by_channel.iter().min_by_key(|(_, shelf)| shelf.used);
            let Some(channel) = oldest.map(|(channel, _)| *channel) else { return };
            self.remove(channel);
        }
    }
}

/// Whether pages of one say what pages of the other would, but for the number of members.
fn is_same(one: &Channel, other: &Channel) -> bool {
    one.pts == other.pts
        && one.title == other.title
        && one.about == other.about
        && one.photo == other.photo
        && one.username == other.username
        && one.broadcast == other.broadcast
        && one.deleted == other.deleted
        && one.signatures == other.signatures
        && one.noforwards == other.noforwards
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Pts;

    const KEY: Key = (Kind::Card, Language::English, false);
    const NOW: UnixTime = UnixTime(1000);

    fn channel(id: i64, pts: i32) -> Channel {
        Channel { id: ChannelId(id), pts: Pts(pts), ..Channel::default() }
    }

    fn page(text: &str, at: UnixTime) -> Page {
        Page::html(text.to_owned(), at)
    }

    #[test]
    fn a_page_lives_for_some_seconds_and_as_long_as_its_channel_is_the_same() {
        let cache = Cache::default();
        let found = |channel: &Channel, at| cache.find(channel, KEY, UnixTime(at)).is_some();
        cache.keep(&channel(1, 5), KEY, page("a", NOW), NOW);
        assert!(found(&channel(1, 5), 1000) && found(&channel(1, 5), 1009));
        assert!(!found(&channel(1, 5), 1010) && !found(&channel(1, 5), 999));
        assert!(!found(&channel(1, 6), 1000) && !found(&channel(2, 5), 1000));
        let more = Channel { participants: 7, ..channel(1, 5) };
        assert!(found(&more, 1001));
        let renamed = Channel { title: "b".to_owned(), ..channel(1, 5) };
        assert!(!found(&renamed, 1001));
        cache.forget(ChannelId(1));
        assert!(!found(&channel(1, 5), 1000));
        assert_eq!(cache.shelves.lock().bytes, 0);
    }

    #[test]
    fn what_says_the_same_keeps_its_date() {
        let cache = Cache::default();
        let later = UnixTime(2000);
        cache.keep(&channel(1, 5), KEY, page("a", NOW), NOW);
        assert_eq!(cache.keep(&channel(1, 5), KEY, page("a", later), later).modified, NOW);
        assert_eq!(cache.keep(&channel(1, 5), KEY, page("b", later), later).modified, later);
    }

    #[test]
    fn memory_is_bounded() {
        let cache = Cache::default();
        // Noise, so that compression does not shrink it.
        let mut state = 1_u64;
        let mut noise = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            char::from(b'!' + u8::try_from(state >> 58).unwrap_or(0))
        };
        let text: String = (0..1 << 20).map(|_| noise()).collect();
        let large = page(&text, NOW);
        for id in 0..60 {
            cache.keep(&channel(id, 1), KEY, large.clone(), NOW);
        }
        assert!(cache.shelves.lock().bytes <= BYTES);
        assert!(cache.find(&channel(59, 1), KEY, NOW).is_some());
        assert!(cache.find(&channel(0, 1), KEY, NOW).is_none());
        let small = Cache::default();
        for id in 0..1000 {
            let key = (Kind::Post(MessageId(id)), Language::English, false);
            small.keep(&channel(1, 1), key, page("x", NOW), NOW);
        }
        let shelves = small.shelves.lock();
        let shelf = shelves.by_channel.get(&ChannelId(1)).unwrap();
        assert!(shelf.pages.len() <= PAGES_PER_CHANNEL && shelf.bytes == shelves.bytes);
    }
}
