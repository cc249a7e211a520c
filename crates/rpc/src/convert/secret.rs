//! Secret chats, encrypted messages and files.

use model::secret::{SecretFile, SecretMessage};
use model::{SecretChatId, UnixTime};
use services::Core;
use services::access::HashKind;
use services::media::upload::InputFile;
use services::secret::{EncryptedInput, InputChat, SeenChat};
use tl_api::{enums, types};

use super::{Viewer, date};

/// What encrypted things are converted with: their hashes belong to the viewer.
#[derive(Clone, Copy)]
pub struct SecretContext<'a> {
    /// The services.
    pub core: &'a Core,
    /// Who will read it.
    pub viewer: Viewer,
}

impl SecretContext<'_> {
    fn chat_hash(self, id: SecretChatId) -> i64 {
        self.core.access.hash(self.viewer.user, HashKind::SecretChat, id.0.into())
    }

    /// A chat as one device sees it.
    #[must_use]
    pub fn chat(self, seen: &SeenChat) -> enums::EncryptedChat {
        use model::secret::{SecretChatState, SecretChatView as V};
        let SeenChat { chat, view } = seen;
        let (admin, participant) =
            if chat.is_admin { (chat.owner, chat.peer) } else { (chat.peer, chat.owner) };
        let (id, access_hash, date) = (chat.id.0, self.chat_hash(chat.id), date(chat.date));
        let (admin_id, participant_id) = (admin.0, participant.0);
        match view {
            V::Waiting => {
                types::EncryptedChatWaiting { id, access_hash, date, admin_id, participant_id }
                    .into()
            }
            V::Requested => types::EncryptedChatRequested {
                folder_id: None,
                id,
                access_hash,
                date,
                admin_id,
                participant_id,
                g_a: chat.g_a_or_b.clone(),
            }
            .into(),
            V::Open => types::EncryptedChat {
                id,
                access_hash,
                date,
                admin_id,
                participant_id,
                g_a_or_b: chat.g_a_or_b.clone(),
                key_fingerprint: chat.fingerprint,
            }
            .into(),
            V::Discarded => {
                let history_deleted =
                    chat.state == SecretChatState::Discarded { history_deleted: true };
                types::EncryptedChatDiscarded { history_deleted, id }.into()
            }
        }
    }

    /// A message that waits.
    #[must_use]
    pub fn message(self, message: &SecretMessage) -> enums::EncryptedMessage {
        let (random_id, chat_id, date) = (message.random_id, message.chat.0, date(message.date));
        let bytes = message.data.clone();
        if message.is_service {
            return types::EncryptedMessageService { random_id, chat_id, date, bytes }.into();
        }
        let file = self.file(message.file.as_ref());
        types::EncryptedMessage { random_id, chat_id, date, bytes, file }.into()
    }

    /// A file, or that there is none.
    #[must_use]
    pub fn file(self, file: Option<&SecretFile>) -> enums::EncryptedFile {
        let Some(file) = file else { return enums::EncryptedFile::EncryptedFileEmpty };
        types::EncryptedFile {
            id: file.id,
            access_hash: self.core.access.hash(self.viewer.user, HashKind::EncryptedFile, file.id),
            size: file.size_bytes,
            dc_id: self.viewer.dc,
            key_fingerprint: file.fingerprint,
        }
        .into()
    }
}

/// `updateEncryptedMessagesRead`.
#[must_use]
pub fn read(chat: SecretChatId, max_date: UnixTime, at: UnixTime) -> enums::Update {
    types::UpdateEncryptedMessagesRead { chat_id: chat.0, max_date: date(max_date), date: date(at) }
        .into()
}

/// The chat that a client names.
#[must_use]
pub const fn input_chat(input: &enums::InputEncryptedChat) -> InputChat {
    let enums::InputEncryptedChat::InputEncryptedChat(chat) = input;
    InputChat { id: SecretChatId(chat.chat_id), access_hash: chat.access_hash }
}

/// The file that a client names.
#[must_use]
pub fn input_file(input: enums::InputEncryptedFile) -> EncryptedInput {
    use enums::InputEncryptedFile as F;
    match input {
        F::InputEncryptedFileEmpty => EncryptedInput::Empty,
        F::InputEncryptedFile(file) => {
            EncryptedInput::Known { id: file.id, access_hash: file.access_hash }
        }
        F::InputEncryptedFileUploaded(file) => EncryptedInput::Uploaded {
            file: InputFile {
                id: file.id,
                parts: file.parts,
                name: String::new(),
                md5: Some(file.md5_checksum),
            },
            fingerprint: file.key_fingerprint,
        },
        F::InputEncryptedFileBigUploaded(file) => EncryptedInput::Uploaded {
            file: InputFile { id: file.id, parts: file.parts, name: String::new(), md5: None },
            fingerprint: file.key_fingerprint,
        },
    }
}
