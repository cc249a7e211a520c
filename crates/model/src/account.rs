//! Accounts, their devices, contacts and privacy.

use serde::{Deserialize, Serialize};

use crate::{AuthKeyId, AuthorizationHash, Peer, PhotoId, UnixTime, UserId};

/// A telephone number: digits only, no plus sign, 5 to 15 of them. It identifies an account and is never logged.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Phone(String);

impl Phone {
    /// Keeps the digits of `text`.
    ///
    /// # Errors
    /// `None` if fewer than 5 or more than 15 digits remain (ITU-T E.164 allows 15), or if there is anything but
    /// digits, spaces and the usual punctuation.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let allowed =
            |c: char| c.is_ascii_digit() || matches!(c, '+' | ' ' | '-' | '(' | ')' | '.');
        if !text.chars().all(allowed) {
            return None;
        }
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        (5..=15).contains(&digits.len()).then_some(Self(digits))
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Phone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("<redacted>")
    }
}

/// An account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Id.
    pub id: UserId,
    /// Absent once deleted, and for the service account.
    pub phone: Option<Phone>,
    /// 1 to 64 characters; empty once deleted.
    pub first_name: String,
    /// 0 to 64 characters.
    pub last_name: String,
    /// Bio, 0 to 70 characters.
    pub about: String,
    /// Public name.
    pub username: Option<String>,
    /// Current profile photo.
    pub photo: Option<PhotoId>,
    /// When it signed up.
    pub created: UnixTime,
    /// Gone: shown as a deleted account, its old messages stay with their readers.
    pub deleted: bool,
    /// Last time it was seen online, for display under the privacy rules.
    pub last_seen: UnixTime,
    /// Absence after which the account deletes itself, days.
    pub account_ttl_days: i32,
}

impl User {
    /// The names by which people find the account.
    #[must_use]
    pub fn search_text(&self) -> String {
        format!(
            "{} {} {}",
            self.first_name,
            self.last_name,
            self.username.as_deref().unwrap_or_default()
        )
    }
}

/// Two-step verification, as the SRP protocol stores it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Password {
    /// Client's and server's salt, the first part chosen by the client.
    #[serde(with = "serde_bytes")]
    pub salt1: Vec<u8>,
    /// Second salt.
    #[serde(with = "serde_bytes")]
    pub salt2: Vec<u8>,
    /// `g^x mod p`, sealed by the service before it reaches the store.
    #[serde(with = "serde_bytes")]
    pub verifier: Vec<u8>,
    /// Shown at sign-in.
    pub hint: String,
    /// Confirmed recovery address.
    pub recovery_email: Option<String>,
    /// When it was set.
    pub set_at: UnixTime,
    /// Where its reset stands, if one was asked for.
    #[serde(default)]
    pub reset: Option<PasswordReset>,
}

/// The reset of a forgotten password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PasswordReset {
    /// The password is taken away then.
    Waits {
        /// When.
        until: UnixTime,
    },
    /// It was called off.
    CalledOff {
        /// When.
        at: UnixTime,
    },
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("<redacted>")
    }
}

/// A signed-in device.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authorization {
    /// Its number in the list.
    pub hash: AuthorizationHash,
    /// The permanent key it signs with.
    pub key: AuthKeyId,
    /// Whose.
    pub user: UserId,
    /// What the client says of itself.
    pub client: ClientInfo,
    /// Truncated or whole address of the last connection, as shown to its owner.
    pub ip: String,
    /// When it signed in.
    pub created: UnixTime,
    /// When it was last active.
    pub active: UnixTime,
}

/// What a client says of itself in `initConnection`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields of initConnection")]
pub struct ClientInfo {
    pub api_id: i32,
    pub device_model: String,
    pub system_version: String,
    pub app_version: String,
    pub lang_code: String,
    pub layer: i32,
}

/// A stored authorization key.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredKey {
    /// Its id.
    pub id: AuthKeyId,
    /// The 256 bytes, sealed by the gateway's key store before they reach a backend.
    pub sealed: Vec<u8>,
    /// The layer its client last named, 0 if none yet.
    pub layer: i32,
    /// When it was made.
    pub created: UnixTime,
    /// The DC that its client dialled, as in `config.this_dc`; 2 if it did not say.
    pub dc: i32,
    /// For temporary keys: when it ends.
    pub expires: Option<UnixTime>,
    /// For temporary keys: the permanent key it is bound to.
    pub bound_to: Option<AuthKeyId>,
    /// When that binding ends, at the latest with the key.
    pub bound_until: Option<UnixTime>,
}

impl std::fmt::Debug for StoredKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StoredKey")
            .field("id", &self.id)
            .field("layer", &self.layer)
            .finish_non_exhaustive()
    }
}

/// One entry of an address book, as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Who.
    pub user: UserId,
    /// The name given by the owner of the book.
    pub first_name: String,
    /// The name given by the owner of the book.
    pub last_name: String,
    /// The number the owner knows, shown to the owner whatever the privacy settings.
    pub phone: Option<Phone>,
    /// The other side has the owner in its book too.
    pub mutual: bool,
}

/// What a privacy rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "named as the protocol's PrivacyKey constructors")]
pub enum PrivacyKey {
    StatusTimestamp,
    ChatInvite,
    PhoneCall,
    PhoneP2p,
    Forwards,
    ProfilePhoto,
    PhoneNumber,
    AddedByPhone,
    VoiceMessages,
    About,
    Birthday,
}

/// One privacy rule; the first that fits decides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "named as the protocol's PrivacyRule constructors")]
pub enum PrivacyRule {
    AllowUsers(Vec<UserId>),
    DisallowUsers(Vec<UserId>),
    AllowChatMembers(Vec<i64>),
    DisallowChatMembers(Vec<i64>),
    AllowContacts,
    DisallowContacts,
    AllowAll,
    DisallowAll,
    AllowCloseFriends,
}

impl PrivacyKey {
    /// The rules of an account that set none.
    #[must_use]
    pub fn default_rules(self) -> Vec<PrivacyRule> {
        match self {
            Self::PhoneNumber | Self::Birthday => {
                vec![PrivacyRule::AllowContacts, PrivacyRule::DisallowAll]
            }
            _ => vec![PrivacyRule::AllowAll],
        }
    }
}

/// Whether rules let `viewer` through. `shares_chat` answers for the chat-member rules.
#[must_use]
pub fn privacy_allows(
    rules: &[PrivacyRule],
    viewer: UserId,
    is_contact: bool,
    shares_chat: &dyn Fn(i64) -> bool,
) -> bool {
    // Exceptions that name people or chats win over the general rule, wherever they stand.
    for rule in rules {
        match rule {
            PrivacyRule::AllowUsers(users) if users.contains(&viewer) => return true,
            PrivacyRule::DisallowUsers(users) if users.contains(&viewer) => return false,
            _ => {}
        }
    }
    for rule in rules {
        match rule {
            PrivacyRule::AllowChatMembers(chats) if chats.iter().any(|id| shares_chat(*id)) => {
                return true;
            }
            PrivacyRule::DisallowChatMembers(chats) if chats.iter().any(|id| shares_chat(*id)) => {
                return false;
            }
            PrivacyRule::AllowContacts if is_contact => return true,
            PrivacyRule::DisallowContacts if is_contact => return false,
            PrivacyRule::AllowAll => return true,
            PrivacyRule::DisallowAll => return false,
            _ => {}
        }
    }
    false
}

/// Notification settings of one scope; `None` means the default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NotifySettings {
    /// Show the text.
    pub show_previews: Option<bool>,
    /// No sound.
    pub silent: Option<bool>,
    /// Muted until.
    pub mute_until: Option<UnixTime>,
}

/// What notification settings are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum NotifyScope {
    /// One chat.
    Peer(Peer),
    /// All private chats.
    Users,
    /// All groups.
    Chats,
    /// All broadcast channels.
    Broadcasts,
}

/// An invitation to register, made by the operator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// Hash of its secret word.
    pub token_hash: String,
    /// When it ends.
    pub expires: UnixTime,
    /// How many may still use it.
    pub uses_left: i32,
}
