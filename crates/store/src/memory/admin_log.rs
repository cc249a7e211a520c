//! What admins are told of a channel.

use std::collections::BTreeMap;

use async_trait::async_trait;
use model::admin_log::{ENTRIES, ENTRIES_OF_ANYBODY, Entry, Happened};
use model::{ChannelId, MessageId, UnixTime, UserId};

use super::MemoryStore;
use crate::Result;
use crate::ports::AdminLogStore;

/// Every channel's entries.
#[derive(Default)]
pub(super) struct AdminLogs {
    logs: BTreeMap<ChannelId, AdminLog>,
}

#[derive(Default)]
struct AdminLog {
    last: i64,
    entries: BTreeMap<i64, Entry>,
}

impl AdminLogs {
    /// Writes down what somebody does now.
    pub(super) fn note(
        &mut self,
        channel: ChannelId,
        (actor, date): (UserId, UnixTime),
        what: Happened,
    ) {
        let log = self.logs.entry(channel).or_default();
        let first = log.entries.keys().next();
        if what.is_anybodys(actor)
            && first.is_some_and(|first| log.last - first >= ENTRIES_OF_ANYBODY)
        {
            return;
        }
        log.last += 1;
        log.entries.insert(log.last, Entry { id: log.last, date, actor, what });
        let oldest = log.last - ENTRIES;
        log.entries.retain(|id, _| *id > oldest);
    }

    /// Takes the texts of a message that is deleted out of its edits.
    pub(super) fn forget_texts(&mut self, channel: ChannelId, message: MessageId) {
        let entries = self.logs.entry(channel).or_default().entries.values_mut();
        entries
            .filter(|entry| entry.what.texts_of() == Some(message))
            .for_each(|entry| entry.what.forget_texts());
    }

    /// Forgets a channel.
    pub(super) fn erase(&mut self, channel: ChannelId) {
        self.logs.remove(&channel);
    }
}

#[async_trait]
impl AdminLogStore for MemoryStore {
    async fn admin_log(
        &self,
        channel: ChannelId,
        before: i64,
        after: i64,
        limit: i32,
    ) -> Result<Vec<Entry>> {
        let state = self.state.lock();
        let Some(log) = state.admin_logs.logs.get(&channel) else { return Ok(Vec::new()) };
        let before = if before == 0 { i64::MAX } else { before };
        let wanted = log.entries.values().rev();
        let wanted = wanted.filter(|entry| entry.id > after && entry.id < before);
        Ok(wanted.take(usize::try_from(limit).unwrap_or(0)).cloned().collect())
    }

    async fn forget_admin_log(&self, until: UnixTime, limit: i32) -> Result<usize> {
        let mut state = self.state.lock();
        let all = state.admin_logs.logs.iter();
        let old = all.flat_map(|(channel, log)| {
            let old = log.entries.values().filter(|entry| entry.date < until);
            old.map(|entry| (entry.date, *channel, entry.id))
        });
        let mut old: Vec<_> = old.collect();
        old.sort_unstable();
        old.truncate(usize::try_from(limit).unwrap_or(0));
        for (_, channel, id) in &old {
            if let Some(log) = state.admin_logs.logs.get_mut(channel) {
                log.entries.remove(id);
            }
        }
        Ok(old.len())
    }
}
