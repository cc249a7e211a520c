//! What the server ought to hold and answer: the rules written a second time, as plainly as they can be.

use std::collections::{BTreeMap, BTreeSet};

use model::{AuthKeyId, UserId};

use super::{Answer, Ask, View};

/// Messages of one difference.
const PAGE: usize = 100;

/// Who asks, on which device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Who {
    pub(super) user: UserId,
    pub(super) key: AuthKeyId,
}

/// What identifies a message.
pub(super) type Name = (i32, i64);

#[derive(Clone, Debug)]
struct Chat {
    asking: Who,
    invited: UserId,
    invited_key: Option<AuthKeyId>,
    is_over: bool,
    history_deleted: bool,
}

impl Chat {
    fn key_of(&self, user: UserId) -> Option<AuthKeyId> {
        if user == self.asking.user { Some(self.asking.key) } else { self.invited_key }
    }

    fn is_of(&self, who: Who) -> bool {
        who.user == self.asking.user || who.user == self.invited
    }

    fn other(&self, user: UserId) -> UserId {
        if user == self.asking.user { self.invited } else { self.asking.user }
    }

    fn view(&self, who: Who) -> Option<View> {
        let own = self.key_of(who.user);
        let is_asking = who.user == self.asking.user;
        if !self.is_of(who) || is_asking && own != Some(who.key) {
            return None;
        }
        Some(match own {
            _ if self.is_over => View::Discarded,
            _ if self.invited_key.is_none() && is_asking => View::Waiting,
            None => View::Requested,
            Some(key) if key == who.key => View::Open,
            Some(_) => View::Discarded,
        })
    }
}

/// The place of a queue's first message.
pub(super) const FIRST: usize = 2;

/// A device's queue, from its beginning.
#[derive(Debug, Default)]
pub(super) struct Queue {
    pub(super) log: Vec<Name>,
    /// Places that nobody will read any more.
    pub(super) erased: BTreeSet<usize>,
    waiting: BTreeSet<usize>,
}

impl Queue {
    pub(super) fn waiting(&self, after: i32) -> Vec<(i32, Name)> {
        let places = self.waiting.iter().map(|place| (i32::try_from(*place).unwrap(), *place));
        places
            .filter(|(qts, _)| *qts > after)
            .map(|(qts, at)| (qts, self.log[at - FIRST]))
            .collect()
    }

    pub(super) fn end(&self) -> i32 {
        i32::try_from(self.log.len() + FIRST - 1).unwrap()
    }

    fn acknowledge(&mut self, upto: i32) -> Vec<i64> {
        let known: Vec<usize> = self
            .waiting
            .iter()
            .copied()
            .filter(|place| i32::try_from(*place).unwrap() <= upto)
            .collect();
        self.waiting.retain(|place| !known.contains(place));
        known.into_iter().map(|place| self.log[place - FIRST].1).collect()
    }
}

#[derive(Debug, Default)]
pub(super) struct Truth {
    chats: BTreeMap<i32, Chat>,
    queues: BTreeMap<AuthKeyId, Queue>,
    /// Whether a file went with the first of its number.
    sent: BTreeMap<(UserId, i32, i64), bool>,
    /// Up to when the other side of somebody has read.
    marks: BTreeMap<(UserId, i32), i32>,
}

impl Truth {
    pub(super) fn queue(&self, key: AuthKeyId) -> Option<&Queue> {
        self.queues.get(&key)
    }

    /// What a device ought to see of its chats.
    pub(super) fn views(&self, who: Who) -> BTreeMap<i32, View> {
        self.chats.iter().filter_map(|(id, chat)| Some((*id, chat.view(who)?))).collect()
    }

    pub(super) fn is_open_for(&self, who: Who, id: i32) -> bool {
        self.chats
            .get(&id)
            .is_some_and(|chat| chat.is_of(who) && chat.key_of(who.user) == Some(who.key))
    }

    pub(super) fn history_deleted(&self, id: i32) -> bool {
        self.chats.get(&id).is_some_and(|chat| chat.history_deleted)
    }

    pub(super) fn mark(&self, who: Who, id: i32) -> Option<i32> {
        self.marks.get(&(who.user, id)).copied()
    }

    /// Answers as the server ought to, and changes what it ought to hold.
    pub(super) fn answer(&mut self, who: Who, ask: &Ask) -> Result<Answer, &'static str> {
        match *ask {
            Ask::Request { to, id } => self.request(who, to, id),
            Ask::Accept { id } => self.accept(who, id),
            Ask::Send { id, random_id, file } => self.send(who, id, random_id, file.is_some()),
            Ask::Read { id, max_date } => {
                let chat = self.open(who, id)?;
                let other = chat.other(who.user);
                let mark = self.marks.entry((other, id)).or_default();
                *mark = max_date.max(*mark);
                Ok(Answer::Done)
            }
            Ask::Type { id } => self.open(who, id).map(|_| Answer::Done),
            Ask::Discard { id, history } => self.discard(who, id, history),
            Ask::Acknowledge { upto } => {
                let queue = self.queues.entry(who.key).or_default();
                if upto > queue.end() {
                    return Err("MAX_QTS_INVALID");
                }
                Ok(Answer::Erased(queue.acknowledge(upto)))
            }
            Ask::CatchUp { qts } => {
                let queue = self.queues.entry(who.key).or_default();
                queue.acknowledge(qts);
                let names: Vec<_> = queue.waiting(qts).into_iter().take(PAGE).collect();
                Ok(Answer::Missed(names.into_iter().map(|(_, name)| name).collect()))
            }
        }
    }

    fn request(&mut self, who: Who, to: UserId, id: i32) -> Result<Answer, &'static str> {
        if let Some(chat) = self.chats.get(&id) {
            let same = chat.asking == who && chat.invited == to;
            let view = chat.view(who).filter(|_| same);
            return view.map(Answer::Chat).ok_or("RANDOM_ID_DUPLICATE");
        }
        let (invited_key, is_over, history_deleted) = (None, false, false);
        let chat = Chat { asking: who, invited: to, invited_key, is_over, history_deleted };
        self.chats.insert(id, chat);
        Ok(Answer::Chat(View::Waiting))
    }

    fn met(&mut self, who: Who, id: i32) -> Result<&mut Chat, &'static str> {
        self.chats.get_mut(&id).filter(|chat| chat.is_of(who)).ok_or("CHAT_ID_INVALID")
    }

    fn accept(&mut self, who: Who, id: i32) -> Result<Answer, &'static str> {
        let chat = self.met(who, id)?;
        if chat.asking.user == who.user {
            return Err("CHAT_ID_INVALID");
        }
        match chat.invited_key {
            _ if chat.is_over => Err("ENCRYPTION_ALREADY_DECLINED"),
            Some(key) if key != who.key => Err("ENCRYPTION_ALREADY_ACCEPTED"),
            _ => {
                chat.invited_key = Some(who.key);
                Ok(Answer::Chat(View::Open))
            }
        }
    }

    fn open(&mut self, who: Who, id: i32) -> Result<&mut Chat, &'static str> {
        let chat = self.met(who, id)?;
        if chat.key_of(who.user) != Some(who.key) {
            return Err("CHAT_ID_INVALID");
        }
        match chat.invited_key {
            _ if chat.is_over => Err("ENCRYPTION_DECLINED"),
            None => Err("CHAT_ID_INVALID"),
            Some(_) => Ok(chat),
        }
    }

    fn send(
        &mut self,
        who: Who,
        id: i32,
        random_id: i64,
        file: bool,
    ) -> Result<Answer, &'static str> {
        let chat = self.open(who, id)?;
        let receiver = chat.key_of(chat.other(who.user)).expect("it is open");
        if let Some(file) = self.sent.get(&(who.user, id, random_id)) {
            return Ok(Answer::Sent { file: *file });
        }
        self.sent.insert((who.user, id, random_id), file);
        let queue = self.queues.entry(receiver).or_default();
        queue.log.push((id, random_id));
        queue.waiting.insert(queue.log.len() + FIRST - 1);
        Ok(Answer::Sent { file })
    }

    fn discard(&mut self, who: Who, id: i32, history: bool) -> Result<Answer, &'static str> {
        let chat = self
            .chats
            .get_mut(&id)
            .filter(|chat| chat.is_of(who))
            .ok_or("ENCRYPTION_ID_INVALID")?;
        let has_a_say = match chat.key_of(who.user) {
            Some(key) => key == who.key,
            None => true,
        };
        if !has_a_say {
            return Err("ENCRYPTION_ID_INVALID");
        }
        if chat.is_over {
            return Err("ENCRYPTION_ALREADY_DECLINED");
        }
        chat.is_over = true;
        chat.history_deleted = history;
        if history {
            for queue in self.queues.values_mut() {
                let log = &queue.log;
                let gone: Vec<usize> = queue
                    .waiting
                    .iter()
                    .copied()
                    .filter(|place| log[place - FIRST].0 == id)
                    .collect();
                queue.waiting.retain(|place| !gone.contains(place));
                queue.erased.extend(gone);
            }
        }
        Ok(Answer::Done)
    }

    /// A device is signed out.
    pub(super) fn sign_out(&mut self, who: Who) {
        self.queues.remove(&who.key);
        for chat in self.chats.values_mut() {
            if chat.is_of(who) && chat.key_of(who.user) == Some(who.key) {
                chat.is_over = true;
            }
        }
    }
}
