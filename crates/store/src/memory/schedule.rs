//! Messages that wait for their time.

use std::collections::BTreeMap;

use async_trait::async_trait;
use model::limits::SCHEDULED_PER_CHAT;
use model::rights::{Denial, forbidden_flag};
use model::schedule::{NUMBERS, Schedule, Scheduled};
use model::{ChannelId, MessageId, Peer, PollId, UnixTime, UserId};

use super::{MemoryStore, State, channels, chats};
use crate::ports::ScheduleStore;
use crate::ports::boxes::BoxPeer;
use crate::ports::schedule::{Release, Released, to_box, to_log};
use crate::{Error, Result};

/// Every schedule.
#[derive(Default)]
pub(super) struct Schedules {
    lists: BTreeMap<Schedule, List>,
    /// What messages that left carried.
    released: Vec<i64>,
}

#[derive(Clone, Default)]
struct List {
    last_id: i32,
    messages: BTreeMap<MessageId, Scheduled>,
}

impl Schedules {
    /// Forgets what an account that is erased wanted to send.
    pub(super) fn erase_user(&mut self, user: UserId) {
        self.note_all(|one| one.sender == user);
        self.lists
            .retain(|schedule, _| !matches!(schedule, Schedule::Own(owner, _) if *owner == user));
        for list in self.lists.values_mut() {
            list.messages.retain(|_, message| message.sender != user);
        }
    }

    /// Forgets what was meant for a channel that is deleted.
    pub(super) fn erase_channel(&mut self, channel: ChannelId) {
        self.note_all(|one| one.schedule.peer() == Peer::Channel(channel));
        self.lists.retain(|schedule, _| schedule.peer() != Peer::Channel(channel));
    }

    fn note_all(&mut self, gone: impl Fn(&Scheduled) -> bool) {
        let all = self.lists.values().flat_map(|list| list.messages.values());
        let carried = all.filter(|one| gone(one)).flat_map(|one| one.body.carried());
        self.released.extend(carried);
    }

    /// What scheduled messages carried until lately.
    pub(super) fn take_released(&mut self) -> Vec<i64> {
        std::mem::take(&mut self.released)
    }

    /// Whether a scheduled message carries it.
    pub(super) fn carry(&self, id: i64) -> bool {
        let all = self.lists.values().flat_map(|list| list.messages.values());
        all.flat_map(|one| one.body.carried()).any(|carried| carried == id)
    }

    fn kept(&self, new: &Scheduled) -> Option<Scheduled> {
        let mut all = self.lists.values().flat_map(|list| list.messages.values());
        all.find(|old| (old.sender, old.random_id) == (new.sender, new.random_id)).cloned()
    }

    fn add(&mut self, new: Scheduled) -> Result<Scheduled> {
        if let Some(kept) = self.kept(&new) {
            return Ok(kept);
        }
        let list = self.lists.entry(new.schedule).or_default();
        if list.messages.len() >= SCHEDULED_PER_CHAT {
            return Err(Denial::TooMany.into());
        }
        loop {
            list.last_id = list.last_id % (NUMBERS - 1) + 1;
            if !list.messages.contains_key(&MessageId(list.last_id)) {
                break;
            }
        }
        let id = MessageId(list.last_id);
        let kept = Scheduled { id, ..new };
        list.messages.insert(id, kept.clone());
        Ok(kept)
    }
}

impl State {
    fn check_schedule(&self, new: &Scheduled, now: UnixTime) -> Result<()> {
        match new.schedule.peer() {
            Peer::User(_) => Ok(()),
            Peer::Chat(chat) => {
                Ok(chats::group(&self.chats, chat)?.check_write(new.sender, &new.body)?)
            }
            Peer::Channel(channel) => {
                let (channel, row) = channels::with_row(self, channel, new.sender)?;
                channel.check_exists()?;
                Ok(channel.check_write(new.sender, row, now, forbidden_flag(&new.body))?)
            }
        }
    }

    fn release(&mut self, release: &Release) -> Result<Released> {
        let list = self.schedules.lists.get(&release.schedule).ok_or(Error::NotFound)?;
        let wanted = list.messages.values().filter(|message| {
            release.ids.contains(&message.id) && (release.early || message.date <= release.now)
        });
        let wanted: Vec<Scheduled> = wanted.cloned().collect();
        if wanted.is_empty() {
            return Err(Error::NotFound);
        }
        let ids: Vec<MessageId> = wanted.iter().map(|message| message.id).collect();
        let polls: Vec<_> = wanted.iter().filter_map(|message| message.body.poll()).collect();
        let peer = match release.schedule.peer() {
            Peer::User(user) => BoxPeer::User(user),
            Peer::Chat(chat) => BoxPeer::Chat(chat),
            Peer::Channel(channel) => {
                let new = wanted.into_iter().map(|one| to_log(one, channel, release)).collect();
                let posted = self.post(new)?;
                self.leave(release, &ids, &polls);
                return Ok(Released::Log(ids.into_iter().zip(posted).collect()));
            }
        };
        let begins = release.beginning.clone().into_iter();
        let new: Vec<_> =
            begins.chain(wanted.into_iter().map(|one| to_box(one, peer, release))).collect();
        let mut sent = self.send(&new)?.into_iter();
        self.leave(release, &ids, &polls);
        let begun = if release.beginning.is_some() { sent.next() } else { None };
        Ok(Released::Boxes { begun, sent: ids.into_iter().zip(sent).collect() })
    }

    fn leave(&mut self, release: &Release, ids: &[MessageId], polls: &[PollId]) {
        self.forget(release.schedule, ids);
        for poll in polls {
            self.polls.begin(*poll, release.now);
        }
    }

    fn forget(&mut self, schedule: Schedule, ids: &[MessageId]) -> Vec<MessageId> {
        let Schedules { lists, released } = &mut self.schedules;
        let Some(list) = lists.get_mut(&schedule) else { return Vec::new() };
        let mut gone = Vec::new();
        for id in ids {
            if let Some(message) = list.messages.remove(id) {
                released.extend(message.body.carried());
                gone.push(*id);
            }
        }
        gone
    }
}

#[async_trait]
impl ScheduleStore for MemoryStore {
    async fn schedule(&self, messages: Vec<Scheduled>, now: UnixTime) -> Result<Vec<Scheduled>> {
        let state = &mut *self.state.lock();
        for new in &messages {
            if state.schedules.kept(new).is_none() {
                state.check_schedule(new, now)?;
                state.media.check(&new.body)?;
            }
        }
        let before = state.schedules.lists.clone();
        let kept: Result<Vec<_>> =
            messages.into_iter().map(|new| state.schedules.add(new)).collect();
        if kept.is_err() {
            state.schedules.lists = before;
        }
        kept
    }

    async fn scheduled(
        &self,
        schedule: Schedule,
        ids: Option<&[MessageId]>,
    ) -> Result<Vec<Scheduled>> {
        let state = self.state.lock();
        let Some(list) = state.schedules.lists.get(&schedule) else { return Ok(Vec::new()) };
        let wanted =
            list.messages.values().filter(|one| ids.is_none_or(|ids| ids.contains(&one.id)));
        let mut found: Vec<_> = wanted.cloned().collect();
        found.sort_by_key(|one| std::cmp::Reverse((one.date, one.id)));
        Ok(found)
    }

    async fn reschedule(&self, message: Scheduled) -> Result<()> {
        let state = &mut *self.state.lock();
        let Schedules { lists, released } = &mut state.schedules;
        let list = lists.get_mut(&message.schedule).ok_or(Error::NotFound)?;
        let kept = list.messages.get_mut(&message.id).ok_or(Error::NotFound)?;
        state.media.check(&message.body)?;
        released.extend(kept.body.carried());
        *kept = message;
        Ok(())
    }

    async fn postpone(&self, schedule: Schedule, ids: &[MessageId], date: UnixTime) -> Result<()> {
        let lists = &mut self.state.lock().schedules.lists;
        for message in lists.get_mut(&schedule).into_iter().flat_map(|l| l.messages.values_mut()) {
            if ids.contains(&message.id) {
                message.date = message.date.max(date);
            }
        }
        Ok(())
    }

    async fn unschedule(&self, schedule: Schedule, ids: &[MessageId]) -> Result<Vec<MessageId>> {
        Ok(self.state.lock().forget(schedule, ids))
    }

    async fn release(&self, release: Release) -> Result<Released> {
        self.state.lock().release(&release)
    }

    async fn due(&self, now: UnixTime, limit: i32) -> Result<Vec<Scheduled>> {
        let state = self.state.lock();
        let all = state.schedules.lists.values().flat_map(|list| list.messages.values());
        let mut due: Vec<_> = all.filter(|one| one.date <= now).cloned().collect();
        due.sort_by_key(|one| (one.date, one.schedule.key(), one.id));
        due.truncate(usize::try_from(limit).unwrap_or(0));
        Ok(due)
    }
}
