//! What is wrong with a message that was opened.

/// The codes of `bad_msg_notification` and `bad_server_salt`
/// (<https://core.telegram.org/mtproto/service_messages_about_messages>).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BadMessage {
    /// 16: more than 300 seconds in the past.
    MsgIdTooLow,
    /// 17: more than 30 seconds in the future.
    MsgIdTooHigh,
    /// 18: not divisible by 4.
    MsgIdParity,
    /// 19: a container with the id of another message.
    ContainerIdSeen,
    /// 20: below the window of remembered ids.
    TooOld,
    /// 32: a message with a lower id had a higher number.
    SeqNoTooLow,
    /// 33: a message with a higher id had a lower number.
    SeqNoTooHigh,
    /// 34: an odd number on a message that is not content-related.
    EvenSeqNoExpected,
    /// 35: an even number on a request.
    OddSeqNoExpected,
    /// 48: not a salt of this key, time and boot.
    Salt,
    /// 64: a container that is none.
    Container,
}

impl BadMessage {
    /// The number on the wire.
    #[must_use]
    pub const fn code(self) -> i32 {
        match self {
            Self::MsgIdTooLow => 16,
            Self::MsgIdTooHigh => 17,
            Self::MsgIdParity => 18,
            Self::ContainerIdSeen => 19,
            Self::TooOld => 20,
            Self::SeqNoTooLow => 32,
            Self::SeqNoTooHigh => 33,
            Self::EvenSeqNoExpected => 34,
            Self::OddSeqNoExpected => 35,
            Self::Salt => 48,
            Self::Container => 64,
        }
    }
}
