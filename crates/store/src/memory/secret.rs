//! Secret chats and the queues of devices.

use std::collections::BTreeMap;

use async_trait::async_trait;
use model::limits::{SECRET_CHATS, SECRET_QUEUE_BYTES};
use model::media::BlobHash;
use model::rights::Denial;
use model::secret::{
    Acceptance, NewSecretChat, NewSecretMessage, QTS_START, SecretChat, SecretChatState,
    SecretFile, SecretMessage, SecretRead, SecretSent,
};
use model::{AuthKeyId, Qts, SecretChatId, UnixTime, UserId};

use super::MemoryStore;
use crate::ports::SecretStore;
use crate::{Error, Result};

/// Sides of chats, queues, files.
#[derive(Default)]
pub(super) struct Secrets {
    chats: BTreeMap<(UserId, SecretChatId), SecretChat>,
    queues: BTreeMap<AuthKeyId, Queue>,
    sent: BTreeMap<(UserId, SecretChatId, i64), SecretSent>,
    files: BTreeMap<(UserId, i64, SecretChatId), KeptFile>,
    /// Blobs of files that were erased.
    erased: Vec<BlobHash>,
}

struct Queue {
    qts: Qts,
    messages: Vec<SecretMessage>,
}

struct KeptFile {
    file: SecretFile,
    chat: SecretChatId,
    date: UnixTime,
}

impl Default for Queue {
    fn default() -> Self {
        Self { qts: QTS_START, messages: Vec::new() }
    }
}

impl Queue {
    fn bytes(&self) -> i64 {
        self.messages.iter().map(|message| length(&message.data)).sum()
    }
}

fn length(bytes: &[u8]) -> i64 {
    i64::try_from(bytes.len()).unwrap_or(i64::MAX)
}

const fn refused(state: SecretChatState) -> Error {
    match state {
        SecretChatState::Discarded { .. } => Error::NotModified,
        SecretChatState::Requested | SecretChatState::Accepted => Error::Conflict,
    }
}

impl Secrets {
    pub(super) fn named(&self) -> impl Iterator<Item = BlobHash> {
        self.files.values().map(|kept| kept.file.blob)
    }

    fn side(&self, owner: UserId, id: SecretChatId) -> Result<SecretChat> {
        self.chats.get(&(owner, id)).cloned().ok_or(Error::NotFound)
    }

    /// A side and the other one, to be changed and given to [`Self::keep`].
    fn both(&self, owner: UserId, id: SecretChatId) -> Result<(SecretChat, SecretChat)> {
        let own = self.side(owner, id)?;
        let other = self.side(own.peer, id)?;
        Ok((own, other))
    }

    /// Erases files; answers how many.
    fn erase_files(&mut self, doomed: impl Fn(UserId, &KeptFile) -> bool) -> usize {
        let before = self.files.len();
        let erased = &mut self.erased;
        self.files.retain(|(user, ..), kept| {
            let goes = doomed(*user, kept);
            erased.extend(goes.then_some(kept.file.blob));
            !goes
        });
        before - self.files.len()
    }

    /// The blobs of files erased until now.
    pub(super) fn take_erased(&mut self) -> Vec<BlobHash> {
        std::mem::take(&mut self.erased)
    }

    fn keep(&mut self, sides: [SecretChat; 2]) {
        for side in sides {
            self.chats.insert((side.owner, side.id), side);
        }
    }

    fn end(
        &mut self,
        (mut own, mut other): (SecretChat, SecretChat),
        history_deleted: bool,
        now: UnixTime,
    ) -> Result<SecretChat> {
        own.discard(&mut other, history_deleted, now).map_err(refused)?;
        if history_deleted {
            for key in [own.key, own.peer_key].into_iter().flatten() {
                if let Some(queue) = self.queues.get_mut(&key) {
                    queue.messages.retain(|message| message.chat != own.id);
                }
            }
            let people = [own.owner, own.peer];
            self.erase_files(|user, kept| kept.chat == own.id && people.contains(&user));
        }
        self.keep([own.clone(), other]);
        Ok(own)
    }

    fn end_all(
        &mut self,
        ids: Vec<(UserId, SecretChatId)>,
        now: UnixTime,
    ) -> Result<Vec<SecretChat>> {
        ids.into_iter()
            .map(|(owner, id)| {
                let sides = self.both(owner, id)?;
                self.end(sides, false, now)
            })
            .collect()
    }

    fn open_chats(&self, of: impl Fn(&SecretChat) -> bool) -> Vec<(UserId, SecretChatId)> {
        let over = |chat: &SecretChat| matches!(chat.state, SecretChatState::Discarded { .. });
        let open = self.chats.iter().filter(|(_, chat)| of(chat) && !over(chat));
        open.map(|(id, _)| *id).collect()
    }
}

#[async_trait]
impl SecretStore for MemoryStore {
    async fn request_secret_chat(&self, new: NewSecretChat) -> Result<SecretChat> {
        let secrets = &mut self.state.lock().secret;
        let taken = |user| secrets.chats.contains_key(&(user, new.id));
        if taken(new.admin) || taken(new.participant) {
            return Err(Error::Conflict);
        }
        let asked = secrets.open_chats(|chat| chat.owner == new.admin && chat.is_admin).len();
        if i64::try_from(asked).unwrap_or(i64::MAX) >= SECRET_CHATS {
            return Err(Denial::TooMany.into());
        }
        let (asking, invited) = new.sides();
        secrets.keep([asking.clone(), invited]);
        Ok(asking)
    }

    async fn secret_chat(&self, owner: UserId, id: SecretChatId) -> Result<SecretChat> {
        self.state.lock().secret.side(owner, id)
    }

    async fn secret_chats_since(
        &self,
        owner: UserId,
        since: UnixTime,
        limit: i32,
    ) -> Result<Vec<SecretChat>> {
        let secrets = &self.state.lock().secret;
        let own = secrets.chats.values().filter(|chat| chat.owner == owner);
        let mut changed: Vec<&SecretChat> = own.filter(|chat| chat.changed >= since).collect();
        changed.sort_by_key(|chat| (chat.changed, chat.id));
        let limit = usize::try_from(limit).unwrap_or(0);
        Ok(changed.into_iter().take(limit).cloned().collect())
    }

    async fn accept_secret_chat(
        &self,
        owner: UserId,
        id: SecretChatId,
        acceptance: Acceptance,
    ) -> Result<SecretChat> {
        let secrets = &mut self.state.lock().secret;
        let (mut own, mut other) = secrets.both(owner, id)?;
        if own.is_admin {
            return Err(Error::NotFound);
        }
        own.accept(&mut other, acceptance).map_err(refused)?;
        secrets.keep([own.clone(), other]);
        Ok(own)
    }

    async fn discard_secret_chat(
        &self,
        owner: UserId,
        id: SecretChatId,
        key: AuthKeyId,
        history_deleted: bool,
        now: UnixTime,
    ) -> Result<SecretChat> {
        let secrets = &mut self.state.lock().secret;
        let sides = secrets.both(owner, id)?;
        if !sides.0.is_of(key) {
            return Err(Error::NotFound);
        }
        secrets.end(sides, history_deleted, now)
    }

    async fn close_secret_chats(&self, key: AuthKeyId, now: UnixTime) -> Result<Vec<SecretChat>> {
        let secrets = &mut self.state.lock().secret;
        secrets.queues.remove(&key);
        let open = secrets.open_chats(|chat| chat.key == Some(key));
        secrets.end_all(open, now)
    }

    async fn close_secret_chats_of(&self, owner: UserId, now: UnixTime) -> Result<Vec<SecretChat>> {
        let secrets = &mut self.state.lock().secret;
        let open = secrets.open_chats(|chat| chat.owner == owner);
        secrets.end_all(open, now)
    }

    async fn queue_secret_message(&self, new: NewSecretMessage) -> Result<(SecretSent, bool)> {
        let secrets = &mut self.state.lock().secret;
        let chat = secrets.side(new.sender, new.chat)?;
        if chat.key != Some(new.key) {
            return Err(Error::NotFound);
        }
        let number = (new.sender, new.chat, new.random_id);
        if let Some(sent) = secrets.sent.get(&number) {
            return Ok((sent.clone(), false));
        }
        let (SecretChatState::Accepted, Some(peer_key)) = (chat.state, chat.peer_key) else {
            return Err(refused(chat.state));
        };
        let queue = secrets.queues.entry(peer_key).or_default();
        if queue.bytes() + length(&new.data) > SECRET_QUEUE_BYTES {
            return Err(Denial::TooMany.into());
        }
        queue.qts.0 += 1;
        let qts = queue.qts;
        let NewSecretMessage { random_id, date, is_service, data, file, .. } = new;
        if let Some(file) = &file {
            for user in [chat.peer, new.sender] {
                let new_file = KeptFile { file: file.clone(), chat: new.chat, date };
                let kept = secrets.files.entry((user, file.id, new.chat)).or_insert(new_file);
                kept.date = kept.date.max(date);
            }
        }
        let sent = SecretSent { date, peer_key, qts, file: file.clone() };
        let chat = new.chat;
        queue.messages.push(SecretMessage { qts, chat, random_id, date, is_service, data, file });
        secrets.sent.insert(number, sent.clone());
        Ok((sent, true))
    }

    async fn secret_sent(
        &self,
        sender: UserId,
        chat: SecretChatId,
        random_id: i64,
    ) -> Result<Option<SecretSent>> {
        Ok(self.state.lock().secret.sent.get(&(sender, chat, random_id)).cloned())
    }

    async fn secret_messages(
        &self,
        key: AuthKeyId,
        after: Qts,
        oldest: UnixTime,
        limit: i32,
    ) -> Result<Vec<SecretMessage>> {
        let secrets = &self.state.lock().secret;
        let Some(queue) = secrets.queues.get(&key) else { return Ok(Vec::new()) };
        let waiting = queue.messages.iter();
        let waiting = waiting.filter(|message| message.qts > after && message.date >= oldest);
        Ok(waiting.take(usize::try_from(limit).unwrap_or(0)).cloned().collect())
    }

    async fn qts(&self, key: AuthKeyId) -> Result<Qts> {
        Ok(self.state.lock().secret.queues.get(&key).map_or(QTS_START, |queue| queue.qts))
    }

    async fn acknowledge_secret_messages(&self, key: AuthKeyId, upto: Qts) -> Result<Vec<i64>> {
        let secrets = &mut self.state.lock().secret;
        let Some(queue) = secrets.queues.get_mut(&key) else { return Ok(Vec::new()) };
        let (known, waiting) = std::mem::take(&mut queue.messages)
            .into_iter()
            .partition(|message| message.qts <= upto);
        queue.messages = waiting;
        let known: Vec<SecretMessage> = known;
        Ok(known.into_iter().map(|message| message.random_id).collect())
    }

    async fn read_secret_chat(
        &self,
        owner: UserId,
        id: SecretChatId,
        key: AuthKeyId,
        read: SecretRead,
    ) -> Result<SecretChat> {
        let secrets = &mut self.state.lock().secret;
        let (own, mut other) = secrets.both(owner, id)?;
        if own.key != Some(key) {
            return Err(Error::NotFound);
        }
        if own.state != SecretChatState::Accepted {
            return Err(Error::Conflict);
        }
        if other.read.is_none_or(|before| before.max_date < read.max_date) {
            other.read = Some(read);
            other.changed = read.at;
            secrets.chats.insert((other.owner, id), other.clone());
        }
        Ok(other)
    }

    async fn insert_secret_file(
        &self,
        owner: UserId,
        chat: SecretChatId,
        file: SecretFile,
        date: UnixTime,
    ) -> Result<()> {
        let files = &mut self.state.lock().secret.files;
        if files.keys().any(|(user, id, _)| (*user, *id) == (owner, file.id)) {
            return Err(Error::Conflict);
        }
        files.insert((owner, file.id, chat), KeptFile { file, chat, date });
        Ok(())
    }

    async fn secret_file(&self, viewer: UserId, id: i64) -> Result<SecretFile> {
        let secrets = &self.state.lock().secret;
        let mut kept = secrets.files.iter();
        let found = kept.find(|((user, file, _), _)| (*user, *file) == (viewer, id));
        found.map(|(_, kept)| kept.file.clone()).ok_or(Error::NotFound)
    }

    async fn sweep_secret_chats(&self, before: UnixTime) -> Result<u64> {
        let secrets = &mut self.state.lock().secret;
        let mut erased = 0;
        for queue in secrets.queues.values_mut() {
            let count = queue.messages.len();
            queue.messages.retain(|message| message.date >= before);
            erased += count - queue.messages.len();
        }
        erased += secrets.erase_files(|_, kept| kept.date < before);
        secrets.sent.retain(|_, sent| sent.date >= before);
        let count = secrets.chats.len();
        let over = |chat: &SecretChat| matches!(chat.state, SecretChatState::Discarded { .. });
        secrets.chats.retain(|_, chat| !over(chat) || chat.changed >= before);
        erased += count - secrets.chats.len();
        Ok(u64::try_from(erased).unwrap_or(u64::MAX))
    }
}
