//! A client's device: it knows only what answers and updates told it, in whatever order they came.

use std::collections::BTreeMap;

use model::UserId;
use model::secret::QTS_START;
use services::access::HashKind;
use tl_api::functions::messages as f;
use tl_api::{enums, functions, types};

use super::truth::{FIRST, Name, Truth, Who};
use super::{Answer, Ask, File, View};
use crate::testing::Device;

/// A value that an honest exchange can have.
fn value() -> Vec<u8> {
    vec![5; 256]
}

/// The ciphertext of a message says which one it is.
fn ciphertext((id, random_id): Name) -> Vec<u8> {
    let mut data = vec![7; 56];
    data[..4].copy_from_slice(&id.to_le_bytes());
    data[4..12].copy_from_slice(&random_id.to_le_bytes());
    data
}

/// The bytes of a file say which one it is.
pub(super) fn content(file: i64) -> Vec<u8> {
    file.to_le_bytes().repeat(4)
}

fn view(chat: &enums::EncryptedChat) -> (i32, View) {
    use enums::EncryptedChat as C;
    match chat {
        C::EncryptedChatWaiting(chat) => (chat.id, View::Waiting),
        C::EncryptedChatRequested(chat) => (chat.id, View::Requested),
        C::EncryptedChat(chat) => (chat.id, View::Open),
        C::EncryptedChatDiscarded(chat) => (chat.id, View::Discarded),
        C::EncryptedChatEmpty(_) => panic!("a chat of nobody"),
    }
}

fn name(message: &enums::EncryptedMessage) -> (Name, Option<&types::EncryptedFile>) {
    let enums::EncryptedMessage::EncryptedMessage(message) = message else {
        panic!("nobody sent a service message")
    };
    let name = (message.chat_id, message.random_id);
    assert_eq!(message.bytes, ciphertext(name), "another message's ciphertext");
    match &message.file {
        enums::EncryptedFile::EncryptedFile(file) => (name, Some(file)),
        enums::EncryptedFile::EncryptedFileEmpty => (name, None),
    }
}

pub(super) struct Client<'w> {
    pub(super) device: Device<'w>,
    pub(super) qts: i32,
    pub(super) views: BTreeMap<i32, View>,
    /// Messages in the order in which the device took them.
    pub(super) inbox: Vec<Name>,
    /// Came too early: something before them is missing.
    held: BTreeMap<i32, Name>,
    pub(super) files: BTreeMap<Name, types::EncryptedFile>,
    pub(super) marks: BTreeMap<i32, i32>,
}

impl<'w> Client<'w> {
    pub(super) const fn new(device: Device<'w>) -> Self {
        Self {
            device,
            qts: QTS_START.0,
            views: BTreeMap::new(),
            inbox: Vec::new(),
            held: BTreeMap::new(),
            files: BTreeMap::new(),
            marks: BTreeMap::new(),
        }
    }

    pub(super) const fn who(&self) -> Who {
        Who { user: self.device.caller.user, key: self.device.caller.key }
    }

    /// A chat with the right proof: it belongs to the account, and tells nothing of the device.
    fn peer(&self, id: i32) -> enums::InputEncryptedChat {
        let core = &self.device.world.core;
        let access_hash = core.access.hash(self.device.user(), HashKind::SecretChat, id.into());
        types::InputEncryptedChat { chat_id: id, access_hash }.into()
    }

    fn person(&self, UserId(user_id): UserId) -> enums::InputUser {
        let core = &self.device.world.core;
        let access_hash = core.access.hash(self.device.user(), HashKind::User, user_id);
        types::InputUser { user_id, access_hash }.into()
    }

    /// Asks the server; the device has not heard the answer yet.
    pub(super) async fn ask(&self, ask: &Ask) -> Result<Heard, String> {
        let answer = match *ask {
            Ask::Request { to, id } => {
                let user_id = self.person(to);
                let wish = f::RequestEncryption { user_id, random_id: id, g_a: value() };
                self.device.call(wish).await.map(|chat| Heard::Chat(Box::new(chat)))
            }
            Ask::Accept { id } => {
                let fingerprint = self.device.caller.key.0.cast_signed();
                let accept = f::AcceptEncryption {
                    peer: self.peer(id),
                    g_b: value(),
                    key_fingerprint: fingerprint,
                };
                self.device.call(accept).await.map(|chat| Heard::Chat(Box::new(chat)))
            }
            Ask::Send { id, random_id, file } => return self.send((id, random_id), file).await,
            Ask::Read { id, max_date } => {
                let read = f::ReadEncryptedHistory { peer: self.peer(id), max_date };
                self.device.call(read).await.map(|_| Heard::Done)
            }
            Ask::Type { id } => {
                let typing = f::SetEncryptedTyping { peer: self.peer(id), typing: true };
                self.device.call(typing).await.map(|_| Heard::Done)
            }
            Ask::Discard { id, history } => {
                let end = f::DiscardEncryption { delete_history: history, chat_id: id };
                self.device.call(end).await.map(|_| Heard::Done)
            }
            Ask::Acknowledge { upto } => {
                self.device.call(f::ReceivedQueue { max_qts: upto }).await.map(Heard::Erased)
            }
            Ask::CatchUp { qts } => {
                let asked = functions::updates::GetDifference {
                    pts: 1,
                    date: 1,
                    qts,
                    ..Default::default()
                };
                self.device.call(asked).await.map(|missed| Heard::Missed(qts, Box::new(missed)))
            }
        };
        answer.map_err(|error| error.text.into_owned())
    }

    async fn send(&self, name: Name, file: Option<File>) -> Result<Heard, String> {
        let (peer, data, random_id) = (self.peer(name.0), ciphertext(name), name.1);
        let sent = match file {
            None => {
                self.device.call(f::SendEncrypted { silent: false, peer, random_id, data }).await
            }
            Some(File { id, .. }) => {
                let file = types::InputEncryptedFileUploaded {
                    id,
                    parts: 1,
                    md5_checksum: String::new(),
                    key_fingerprint: 3,
                };
                let file = file.into();
                self.device
                    .call(f::SendEncryptedFile { silent: false, peer, random_id, data, file })
                    .await
            }
        };
        sent.map(|sent| Heard::Sent(Box::new(sent))).map_err(|error| error.text.into_owned())
    }

    /// The device hears an answer.
    pub(super) fn hear(&mut self, heard: Heard, truth: &Truth) {
        match heard {
            Heard::Chat(chat) => self.see(&chat, truth),
            Heard::Missed(from, missed) if from == self.qts => self.catch_up(*missed, truth),
            Heard::Missed(..) | Heard::Sent(_) | Heard::Erased(_) | Heard::Done => {}
        }
    }

    fn catch_up(&mut self, missed: enums::updates::Difference, truth: &Truth) {
        use enums::updates::Difference as D;
        let (messages, updates, state) = match missed {
            D::Difference(missed) => {
                (missed.new_encrypted_messages, missed.other_updates, missed.state)
            }
            D::DifferenceSlice(missed) => {
                (missed.new_encrypted_messages, missed.other_updates, missed.intermediate_state)
            }
            D::DifferenceEmpty(_) => return,
            D::DifferenceTooLong(_) => panic!("there is no box to be far behind"),
        };
        for message in &messages {
            self.take(message);
        }
        let enums::updates::State::State(state) = state;
        self.qts = state.qts;
        self.held.retain(|qts, _| *qts > state.qts);
        for update in &updates {
            self.update(update, truth);
        }
        self.take_held();
    }

    fn take(&mut self, message: &enums::EncryptedMessage) {
        let (name, file) = name(message);
        if let Some(file) = file {
            self.files.insert(name, file.clone());
        }
        self.inbox.push(name);
    }

    fn take_held(&mut self) {
        while let Some(name) = self.held.remove(&(self.qts + 1)) {
            self.qts += 1;
            self.inbox.push(name);
        }
    }

    /// The device hears an update, perhaps late, perhaps again.
    pub(super) fn update(&mut self, update: &enums::Update, truth: &Truth) {
        match update {
            enums::Update::UpdateEncryption(update) => self.see(&update.chat, truth),
            enums::Update::UpdateNewEncryptedMessage(update) => {
                let (name, file) = name(&update.message);
                let queue = truth.queue(self.device.caller.key).expect("a queue of this device");
                let place = usize::try_from(update.qts).unwrap();
                assert_eq!(
                    queue.log.get(place - FIRST),
                    Some(&name),
                    "another message at this place"
                );
                if update.qts > self.qts {
                    self.held.insert(update.qts, name);
                    self.files.extend(file.map(|file| (name, file.clone())));
                    self.take_held();
                }
            }
            enums::Update::UpdateEncryptedMessagesRead(read) => {
                assert!(
                    truth.is_open_for(self.who(), read.chat_id),
                    "a mark of somebody else's chat"
                );
                let mark = self.marks.entry(read.chat_id).or_default();
                *mark = read.max_date.max(*mark);
            }
            enums::Update::UpdateEncryptedChatTyping(typing) => {
                assert!(
                    truth.is_open_for(self.who(), typing.chat_id),
                    "typing in somebody else's chat"
                );
            }
            _ => {}
        }
    }

    fn see(&mut self, chat: &enums::EncryptedChat, truth: &Truth) {
        let (id, view) = view(chat);
        assert!(
            view != View::Open || truth.is_open_for(self.who(), id),
            "open on a device that is not in it"
        );
        let known = self.views.entry(id).or_insert(view);
        *known = view.max(*known);
    }
}

/// What the server answered.
pub(super) enum Heard {
    Chat(Box<enums::EncryptedChat>),
    Sent(Box<enums::messages::SentEncryptedMessage>),
    Erased(Vec<i64>),
    Missed(i32, Box<enums::updates::Difference>),
    Done,
}

impl Heard {
    /// In the words of the truth.
    pub(super) fn answer(&self) -> Answer {
        use enums::updates::Difference as D;
        match self {
            Self::Chat(chat) => Answer::Chat(view(chat).1),
            Self::Sent(_) => Answer::Sent { file: self.file().is_some() },
            Self::Erased(ids) => Answer::Erased(ids.clone()),
            Self::Missed(_, missed) => {
                let messages = match &**missed {
                    D::Difference(missed) => missed.new_encrypted_messages.as_slice(),
                    D::DifferenceSlice(missed) => &missed.new_encrypted_messages,
                    D::DifferenceEmpty(_) | D::DifferenceTooLong(_) => &[],
                };
                Answer::Missed(messages.iter().map(|message| name(message).0).collect())
            }
            Self::Done => Answer::Done,
        }
    }

    /// The number of the file that went with a message.
    pub(super) fn file(&self) -> Option<i64> {
        let Self::Sent(sent) = self else { return None };
        match &**sent {
            enums::messages::SentEncryptedMessage::SentEncryptedFile(sent) => match &sent.file {
                enums::EncryptedFile::EncryptedFile(file) => Some(file.id),
                enums::EncryptedFile::EncryptedFileEmpty => None,
            },
            enums::messages::SentEncryptedMessage::SentEncryptedMessage(_) => None,
        }
    }
}
