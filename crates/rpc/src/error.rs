//! The one table from domain errors to the official codes and texts.

use std::borrow::Cow;

use model::rights::Denial;
use services::Error;

/// An error as clients know it: `rpc_error`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code} {text}")]
pub struct RpcError {
    /// The class, in HTTP's numbers: 400 the request, 401 sign-in, 403 rights, 406 shown by the client itself, 420 wait, 500 ours.
    pub code: i32,
    /// The official text, with its number where it has one.
    pub text: Cow<'static, str>,
}

impl RpcError {
    /// Any code and text.
    #[must_use]
    pub const fn new(code: i32, text: &'static str) -> Self {
        Self { code, text: Cow::Borrowed(text) }
    }

    /// 400.
    #[must_use]
    pub const fn bad_request(text: &'static str) -> Self {
        Self::new(400, text)
    }

    /// 401 `AUTH_KEY_UNREGISTERED`: the key is not signed in.
    #[must_use]
    pub const fn unregistered() -> Self {
        Self::new(401, "AUTH_KEY_UNREGISTERED")
    }

    pub(crate) const fn forbidden(text: &'static str) -> Self {
        Self::new(403, text)
    }

    fn numbered(code: i32, text: &'static str, number: impl std::fmt::Display) -> Self {
        Self { code, text: Cow::Owned(format!("{text}_{number}")) }
    }
}

impl From<Denial> for RpcError {
    fn from(denial: Denial) -> Self {
        match denial {
            Denial::NotParticipant => Self::bad_request("USER_NOT_PARTICIPANT"),
            Denial::Private => Self::bad_request("CHANNEL_PRIVATE"),
            Denial::WriteForbidden => Self::forbidden("CHAT_WRITE_FORBIDDEN"),
            Denial::NameForbidden => Self::bad_request("SEND_AS_PEER_INVALID"),
            Denial::GuestForbidden => Self::forbidden("CHAT_GUEST_SEND_FORBIDDEN"),
            Denial::AdminRequired => Self::bad_request("CHAT_ADMIN_REQUIRED"),
            Denial::RightForbidden => Self::forbidden("RIGHT_FORBIDDEN"),
            Denial::Banned => Self::bad_request("USER_BANNED_IN_CHANNEL"),
            Denial::MediaForbidden => Self::forbidden("CHAT_SEND_MEDIA_FORBIDDEN"),
            Denial::NotAuthor => Self::forbidden("MESSAGE_AUTHOR_REQUIRED"),
            Denial::Deactivated => Self::bad_request("CHAT_ID_INVALID"),
            Denial::Owner => Self::bad_request("USER_CREATOR"),
            Denial::Blocked => Self::bad_request("USER_IS_BLOCKED"),
            Denial::TooMany => Self::bad_request("USERS_TOO_MUCH"),
            Denial::AlreadyParticipant => Self::bad_request("USER_ALREADY_PARTICIPANT"),
            Denial::InviteExpired => Self::bad_request("INVITE_HASH_EXPIRED"),
            Denial::SlowMode(seconds) => Self::numbered(420, "SLOWMODE_WAIT", seconds),
            Denial::ForwardsRestricted => Self::bad_request("CHAT_FORWARDS_RESTRICTED"),
            Denial::MediaGone => Self::bad_request("MEDIA_EMPTY"),
        }
    }
}

impl From<Error> for RpcError {
    fn from(error: Error) -> Self {
        official(&error)
    }
}

/// Ours. The client learns no detail; the log does.
fn internal(error: &Error) -> RpcError {
    tracing::error!(%error, "a request failed by a fault of ours");
    RpcError::new(500, "INTERNAL_SERVER_ERROR")
}

/// The table. It has no catch-all, so that a new error is named before it is answered.
#[expect(clippy::too_many_lines, reason = "one table")]
fn official(error: &Error) -> RpcError {
    match error {
        // Any area.
        Error::Denied(denial) => (*denial).into(),
        Error::NotModified => RpcError::bad_request("MESSAGE_NOT_MODIFIED"),
        Error::FloodWait(seconds) => RpcError::numbered(420, "FLOOD_WAIT", seconds),
        Error::LimitInvalid => RpcError::bad_request("LIMIT_INVALID"),
        Error::PeerInvalid => RpcError::bad_request("PEER_ID_INVALID"),
        Error::UserInvalid => RpcError::bad_request("USER_ID_INVALID"),
        Error::ChatInvalid => RpcError::bad_request("CHAT_ID_INVALID"),
        Error::ChannelInvalid => RpcError::bad_request("CHANNEL_INVALID"),
        Error::ChannelPrivate => RpcError::bad_request("CHANNEL_PRIVATE"),
        Error::MessageIdInvalid => RpcError::bad_request("MESSAGE_ID_INVALID"),
        Error::DateInvalid => RpcError::bad_request("DATE_INVALID"),
        Error::PrivacyRestricted => RpcError::forbidden("USER_PRIVACY_RESTRICTED"),
        Error::OwnPrivacyRestricted => RpcError::forbidden("YOUR_PRIVACY_RESTRICTED"),
        Error::Unavailable => RpcError::new(500, "STORAGE_UNAVAILABLE"),
        // Sign-in.
        Error::PhoneInvalid => RpcError::bad_request("PHONE_NUMBER_INVALID"),
        Error::CodeExpired => RpcError::bad_request("PHONE_CODE_EXPIRED"),
        Error::CodeInvalid => RpcError::bad_request("PHONE_CODE_INVALID"),
        Error::CodeEmpty => RpcError::bad_request("PHONE_CODE_EMPTY"),
        Error::PhoneUnoccupied => RpcError::bad_request("PHONE_NUMBER_UNOCCUPIED"),
        Error::PhoneOccupied => RpcError::bad_request("PHONE_NUMBER_OCCUPIED"),
        Error::RegistrationClosed | Error::InvitationNeeded => {
            RpcError::bad_request("PHONE_NUMBER_APP_SIGNUP_FORBIDDEN")
        }
        Error::PasswordNeeded => RpcError::new(401, "SESSION_PASSWORD_NEEDED"),
        Error::PasswordInvalid => RpcError::bad_request("PASSWORD_HASH_INVALID"),
        Error::PasswordEmpty => RpcError::bad_request("PASSWORD_EMPTY"),
        Error::ResetMissing => RpcError::bad_request("RESET_REQUEST_MISSING"),
        Error::SrpIdInvalid => RpcError::bad_request("SRP_ID_INVALID"),
        Error::NewPasswordInvalid => RpcError::bad_request("NEW_SETTINGS_INVALID"),
        Error::RecoveryUnavailable => RpcError::bad_request("PASSWORD_RECOVERY_NA"),
        Error::RecoveryCodeInvalid => RpcError::bad_request("CODE_INVALID"),
        Error::RecoveryExpired => RpcError::bad_request("PASSWORD_RECOVERY_EXPIRED"),
        Error::EmailInvalid => RpcError::bad_request("EMAIL_INVALID"),
        Error::EmailUnconfirmed { code_length } => {
            RpcError::numbered(400, "EMAIL_UNCONFIRMED", code_length)
        }
        Error::EmailUnavailable => RpcError::bad_request("EMAIL_NOT_ALLOWED"),
        Error::EmailCodeExpired => RpcError::bad_request("EMAIL_HASH_EXPIRED"),
        Error::TokenInvalid => RpcError::bad_request("AUTH_TOKEN_INVALID"),
        Error::TokenExpired => RpcError::bad_request("AUTH_TOKEN_EXPIRED"),
        Error::TokenAccepted => RpcError::bad_request("AUTH_TOKEN_ALREADY_ACCEPTED"),
        Error::TokenException => RpcError::bad_request("AUTH_TOKEN_EXCEPTION"),
        Error::ResendUnavailable => RpcError::new(406, "SEND_CODE_UNAVAILABLE"),
        Error::FreshAuthorization(_) => RpcError::new(406, "FRESH_RESET_AUTHORISATION_FORBIDDEN"),
        Error::SessionTooFresh(seconds) => RpcError::numbered(400, "SESSION_TOO_FRESH", seconds),
        Error::HashInvalid => RpcError::bad_request("HASH_INVALID"),
        Error::ExportInvalid => RpcError::bad_request("AUTH_BYTES_INVALID"),
        Error::TtlInvalid => RpcError::bad_request("TTL_DAYS_INVALID"),
        Error::TtlPeriodInvalid => RpcError::bad_request("TTL_PERIOD_INVALID"),
        Error::BotTokenInvalid => RpcError::bad_request("ACCESS_TOKEN_INVALID"),
        Error::Unauthorized => RpcError::unregistered(),
        // People.
        Error::FirstNameInvalid => RpcError::bad_request("FIRSTNAME_INVALID"),
        Error::AboutTooLong => RpcError::bad_request("ABOUT_TOO_LONG"),
        Error::UsernameInvalid => RpcError::bad_request("USERNAME_INVALID"),
        Error::UsernameOccupied => RpcError::bad_request("USERNAME_OCCUPIED"),
        Error::UsernameNotOccupied => RpcError::bad_request("USERNAME_NOT_OCCUPIED"),
        Error::PrivacyInvalid => RpcError::bad_request("PRIVACY_VALUE_INVALID"),
        Error::SendAsInvalid => RpcError::bad_request("SEND_AS_PEER_INVALID"),
        Error::ContactNameEmpty => RpcError::bad_request("CONTACT_NAME_EMPTY"),
        Error::ContactMissing => RpcError::bad_request("CONTACT_REQ_MISSING"),
        Error::TooManyEntries => RpcError::bad_request("LIMIT_INVALID"),
        Error::Oneself => RpcError::bad_request("USER_ID_INVALID"),
        Error::BlockedByCaller => RpcError::bad_request("YOU_BLOCKED_USER"),
        // Messages.
        Error::MessageEmpty => RpcError::bad_request("MESSAGE_EMPTY"),
        Error::MessageTooLong => RpcError::bad_request("MESSAGE_TOO_LONG"),
        Error::CaptionTooLong => RpcError::bad_request("MEDIA_CAPTION_TOO_LONG"),
        Error::MediaInvalid => RpcError::bad_request("MEDIA_INVALID"),
        Error::TtlMediaInvalid => RpcError::bad_request("TTL_MEDIA_INVALID"),
        Error::MediaEmpty => RpcError::bad_request("MEDIA_EMPTY"),
        Error::AlbumInvalid => RpcError::bad_request("MULTI_MEDIA_TOO_LONG"),
        Error::RandomIdInvalid => RpcError::bad_request("RANDOM_ID_INVALID"),
        Error::EditTimeExpired => RpcError::bad_request("MESSAGE_EDIT_TIME_EXPIRED"),
        Error::NotAuthor => RpcError::forbidden("MESSAGE_AUTHOR_REQUIRED"),
        Error::ReplyInvalid => RpcError::bad_request("REPLY_MESSAGE_ID_INVALID"),
        Error::QuoteInvalid => RpcError::bad_request("QUOTE_TEXT_INVALID"),
        Error::QueryEmpty => RpcError::bad_request("SEARCH_QUERY_EMPTY"),
        Error::ReactionInvalid => RpcError::bad_request("REACTION_INVALID"),
        Error::ReactionsTooMany => RpcError::bad_request("REACTIONS_TOO_MANY"),
        Error::PollInvalid => RpcError::bad_request("POLL_ANSWERS_INVALID"),
        Error::PollOptionInvalid => RpcError::bad_request("POLL_OPTION_INVALID"),
        Error::PollClosed => RpcError::bad_request("MESSAGE_POLL_CLOSED"),
        Error::PollVoteRequired => RpcError::forbidden("POLL_VOTE_REQUIRED"),
        Error::BroadcastForbidden => RpcError::forbidden("BROADCAST_FORBIDDEN"),
        Error::PublicVotersForbidden => RpcError::bad_request("BROADCAST_PUBLIC_VOTERS_FORBIDDEN"),
        Error::ScheduleUnavailable => RpcError::bad_request("SCHEDULE_DATE_INVALID"),
        Error::EncryptionIdInvalid => RpcError::bad_request("ENCRYPTION_ID_INVALID"),
        Error::EncryptionAlreadyAccepted => RpcError::bad_request("ENCRYPTION_ALREADY_ACCEPTED"),
        Error::EncryptionAlreadyDeclined => RpcError::bad_request("ENCRYPTION_ALREADY_DECLINED"),
        Error::EncryptionDeclined => RpcError::bad_request("ENCRYPTION_DECLINED"),
        Error::DhValueInvalid => RpcError::bad_request("DH_G_A_INVALID"),
        Error::RandomLengthInvalid => RpcError::bad_request("RANDOM_LENGTH_INVALID"),
        Error::RandomIdDuplicate => RpcError::bad_request("RANDOM_ID_DUPLICATE"),
        Error::DataInvalid => RpcError::bad_request("DATA_INVALID"),
        Error::DataTooLong => RpcError::bad_request("DATA_TOO_LONG"),
        Error::MaxQtsInvalid => RpcError::bad_request("MAX_QTS_INVALID"),
        Error::SecretPeerBlocked => RpcError::forbidden("USER_IS_BLOCKED"),
        Error::ScheduleTooLate => RpcError::bad_request("SCHEDULE_DATE_TOO_LATE"),
        Error::ScheduleTooMuch => RpcError::bad_request("SCHEDULE_TOO_MUCH"),
        Error::ScheduleStatusPrivate => RpcError::bad_request("SCHEDULE_STATUS_PRIVATE"),
        Error::PersistentTimestampInvalid => RpcError::bad_request("PERSISTENT_TIMESTAMP_INVALID"),
        Error::NotReadYet => RpcError::bad_request("MESSAGE_NOT_READ_YET"),
        Error::ChatTooBig => RpcError::bad_request("CHAT_TOO_BIG"),
        Error::MessageTooOld => RpcError::bad_request("MSG_TOO_OLD"),
        Error::FolderInvalid => RpcError::bad_request("FOLDER_ID_INVALID"),
        // Groups and channels.
        Error::TitleInvalid => RpcError::bad_request("CHAT_TITLE_EMPTY"),
        Error::ChatAboutTooLong => RpcError::bad_request("CHAT_ABOUT_TOO_LONG"),
        Error::AlreadyParticipant => RpcError::bad_request("USER_ALREADY_PARTICIPANT"),
        Error::NotParticipant => RpcError::bad_request("USER_NOT_PARTICIPANT"),
        Error::UsersTooMuch => RpcError::bad_request("USERS_TOO_MUCH"),
        Error::UsersTooFew => RpcError::bad_request("USERS_TOO_FEW"),
        Error::InviteInvalid => RpcError::bad_request("INVITE_HASH_INVALID"),
        Error::InviteExpired => RpcError::bad_request("INVITE_HASH_EXPIRED"),
        Error::JoinRequested => RpcError::bad_request("INVITE_REQUEST_SENT"),
        Error::InviteNotRevoked => RpcError::bad_request("INVITE_REVOKED_MISSING"),
        Error::ParticipantsTooFew => RpcError::bad_request("PARTICIPANTS_TOO_FEW"),
        Error::RequesterMissing => RpcError::bad_request("HIDE_REQUESTER_MISSING"),
        Error::ChannelsTooMuch => RpcError::bad_request("CHANNELS_TOO_MUCH"),
        Error::PublicChannelsTooMuch => RpcError::bad_request("CHANNELS_ADMIN_PUBLIC_TOO_MUCH"),
        Error::PinnedTooMuch => RpcError::bad_request("PINNED_DIALOGS_TOO_MUCH"),
        Error::BroadcastInvalid => RpcError::bad_request("BROADCAST_ID_INVALID"),
        Error::MegagroupInvalid => RpcError::bad_request("MEGAGROUP_ID_INVALID"),
        Error::PrehistoryHidden => RpcError::bad_request("MEGAGROUP_PREHISTORY_HIDDEN"),
        Error::LinkNotModified => RpcError::bad_request("LINK_NOT_MODIFIED"),
        Error::ChatLinkExists => RpcError::bad_request("CHAT_LINK_EXISTS"),
        Error::PasswordTooFresh(seconds) => RpcError::numbered(400, "PASSWORD_TOO_FRESH", seconds),
        Error::PasswordMissing => RpcError::bad_request("PASSWORD_MISSING"),
        Error::BroadcastRequired => RpcError::bad_request("BROADCAST_REQUIRED"),
        Error::MegagroupRequired => RpcError::bad_request("MEGAGROUP_REQUIRED"),
        Error::GraphInvalid => RpcError::bad_request("GRAPH_INVALID_RELOAD"),
        // Files.
        Error::PartInvalid => RpcError::bad_request("FILE_PART_INVALID"),
        Error::PartEmpty => RpcError::bad_request("FILE_PART_EMPTY"),
        Error::PartTooBig => RpcError::bad_request("FILE_PART_TOO_BIG"),
        Error::PartSizeInvalid => RpcError::bad_request("FILE_PART_SIZE_INVALID"),
        Error::PartMissing(part) => {
            RpcError { code: 400, text: Cow::Owned(format!("FILE_PART_{part}_MISSING")) }
        }
        Error::PartsInvalid => RpcError::bad_request("FILE_PARTS_INVALID"),
        Error::ChecksumInvalid => RpcError::bad_request("MD5_CHECKSUM_INVALID"),
        Error::FileTooBig => RpcError::bad_request("FILE_PARTS_INVALID"),
        Error::FileIdInvalid => RpcError::bad_request("FILE_ID_INVALID"),
        Error::FileReferenceExpired => RpcError::bad_request("FILE_REFERENCE_EXPIRED"),
        Error::LocationInvalid => RpcError::bad_request("LOCATION_INVALID"),
        Error::OffsetInvalid => RpcError::bad_request("OFFSET_INVALID"),
        Error::PhotoInvalid => RpcError::bad_request("PHOTO_INVALID"),
        Error::PhotoTooBig => RpcError::bad_request("PHOTO_FILE_TOO_BIG"),
        // Ours.
        Error::Internal(_) => internal(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Code and text of every row, once: the official list is part of the protocol, so a change here must be meant.
    #[test]
    fn the_table() {
        let row = |error: Error| format!("{error:?}: {}", RpcError::from(error.clone()));
        let rows: Vec<String> = every().into_iter().map(row).collect();
        let expected: Vec<&str> = include_str!("error_table.txt").lines().collect();
        assert_eq!(rows, expected);
    }

    #[test]
    fn texts_are_in_the_official_form() {
        for error in every() {
            let RpcError { code, text } = error.into();
            assert!([400, 401, 403, 406, 420, 500].contains(&code), "{code} {text}");
            assert!(
                text.bytes()
                    .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_'),
                "{text}"
            );
        }
    }

    #[expect(clippy::too_many_lines, reason = "one list")]
    fn every() -> Vec<Error> {
        let denials = [
            Denial::NotParticipant,
            Denial::Private,
            Denial::WriteForbidden,
            Denial::NameForbidden,
            Denial::GuestForbidden,
            Denial::AdminRequired,
            Denial::RightForbidden,
            Denial::Banned,
            Denial::MediaForbidden,
            Denial::NotAuthor,
            Denial::Deactivated,
            Denial::Owner,
            Denial::Blocked,
            Denial::TooMany,
            Denial::AlreadyParticipant,
            Denial::InviteExpired,
            Denial::SlowMode(9),
            Denial::ForwardsRestricted,
            Denial::MediaGone,
        ];
        let mut all: Vec<Error> = denials.into_iter().map(Error::Denied).collect();
        all.extend([
            Error::NotModified,
            Error::FloodWait(9),
            Error::LimitInvalid,
            Error::PeerInvalid,
            Error::UserInvalid,
            Error::ChatInvalid,
            Error::ChannelInvalid,
            Error::ChannelPrivate,
            Error::MessageIdInvalid,
            Error::DateInvalid,
            Error::PrivacyRestricted,
            Error::OwnPrivacyRestricted,
            Error::PhoneInvalid,
            Error::CodeExpired,
            Error::CodeInvalid,
            Error::CodeEmpty,
            Error::PhoneUnoccupied,
            Error::PhoneOccupied,
            Error::RegistrationClosed,
            Error::InvitationNeeded,
            Error::PasswordNeeded,
            Error::PasswordInvalid,
            Error::SrpIdInvalid,
            Error::NewPasswordInvalid,
            Error::RecoveryUnavailable,
            Error::EmailInvalid,
            Error::EmailUnconfirmed { code_length: 6 },
            Error::TokenInvalid,
            Error::TokenExpired,
            Error::FreshAuthorization(9),
            Error::HashInvalid,
            Error::Unauthorized,
            Error::TokenAccepted,
            Error::TokenException,
            Error::ResendUnavailable,
            Error::PasswordEmpty,
            Error::ResetMissing,
            Error::SessionTooFresh(9),
            Error::RecoveryCodeInvalid,
            Error::RecoveryExpired,
            Error::EmailUnavailable,
            Error::EmailCodeExpired,
            Error::ExportInvalid,
            Error::TtlInvalid,
            Error::TtlPeriodInvalid,
            Error::BotTokenInvalid,
            Error::FirstNameInvalid,
            Error::AboutTooLong,
            Error::UsernameInvalid,
            Error::UsernameOccupied,
            Error::UsernameNotOccupied,
            Error::TitleInvalid,
            Error::PrivacyInvalid,
            Error::SendAsInvalid,
            Error::ContactNameEmpty,
            Error::ContactMissing,
            Error::TooManyEntries,
            Error::Oneself,
            Error::MessageEmpty,
            Error::MessageTooLong,
            Error::CaptionTooLong,
            Error::MediaInvalid,
            Error::TtlMediaInvalid,
            Error::MediaEmpty,
            Error::AlbumInvalid,
            Error::RandomIdInvalid,
            Error::EditTimeExpired,
            Error::NotAuthor,
            Error::ReplyInvalid,
            Error::QuoteInvalid,
            Error::QueryEmpty,
            Error::ReactionInvalid,
            Error::ReactionsTooMany,
            Error::PollInvalid,
            Error::PollOptionInvalid,
            Error::PollClosed,
            Error::PollVoteRequired,
            Error::BroadcastForbidden,
            Error::PublicVotersForbidden,
            Error::ParticipantsTooFew,
            Error::InviteNotRevoked,
            Error::BlockedByCaller,
            Error::NotReadYet,
            Error::ChatTooBig,
            Error::MessageTooOld,
            Error::FolderInvalid,
            Error::ChatAboutTooLong,
            Error::RequesterMissing,
            Error::ScheduleUnavailable,
            Error::EncryptionIdInvalid,
            Error::EncryptionAlreadyAccepted,
            Error::EncryptionAlreadyDeclined,
            Error::EncryptionDeclined,
            Error::DhValueInvalid,
            Error::RandomLengthInvalid,
            Error::RandomIdDuplicate,
            Error::DataInvalid,
            Error::DataTooLong,
            Error::MaxQtsInvalid,
            Error::SecretPeerBlocked,
            Error::ScheduleTooLate,
            Error::ScheduleTooMuch,
            Error::ScheduleStatusPrivate,
            Error::PersistentTimestampInvalid,
            Error::AlreadyParticipant,
            Error::NotParticipant,
            Error::UsersTooMuch,
            Error::UsersTooFew,
            Error::InviteInvalid,
            Error::InviteExpired,
            Error::JoinRequested,
            Error::ChannelsTooMuch,
            Error::PinnedTooMuch,
            Error::BroadcastInvalid,
            Error::MegagroupInvalid,
            Error::PrehistoryHidden,
            Error::LinkNotModified,
            Error::ChatLinkExists,
            Error::PasswordMissing,
            Error::PasswordTooFresh(9),
            Error::BroadcastRequired,
            Error::MegagroupRequired,
            Error::GraphInvalid,
            Error::PartInvalid,
            Error::PartEmpty,
            Error::PartTooBig,
            Error::PartSizeInvalid,
            Error::PartMissing(3),
            Error::PartsInvalid,
            Error::ChecksumInvalid,
            Error::FileTooBig,
            Error::FileIdInvalid,
            Error::FileReferenceExpired,
            Error::LocationInvalid,
            Error::OffsetInvalid,
            Error::PhotoInvalid,
            Error::PhotoTooBig,
            Error::Unavailable,
            Error::Internal("x".to_owned()),
        ]);
        all
    }
}
