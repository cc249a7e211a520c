//! Complaints: who complained of whom, and where. They say nothing of what was said.

use crate::{SecretChatId, UnixTime, UserId};

/// A complaint that a secret chat is spam. There is nothing to look at: the server never had its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SecretReport {
    /// Who complains.
    pub reporter: UserId,
    /// Of whom.
    pub about: UserId,
    /// In which chat.
    pub chat: SecretChatId,
    /// When.
    pub date: UnixTime,
}
