//! What a rule may answer instead of a result, in domain words. `rpc` holds the one table from here to official texts.

use model::rights::Denial;

/// Result of a service.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a service did nothing. Variants are grouped by area; each is somebody's fault: the caller's (most), or ours (`Internal`, `Unavailable`).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "each variant's text says it")]
pub enum Error {
    // Any area.
    #[error("denied: {0}")]
    Denied(#[from] Denial),
    #[error("nothing would change")]
    NotModified,
    #[error("wait {0} s")]
    FloodWait(u32),
    #[error("a limit is out of range")]
    LimitInvalid,
    #[error("the object does not exist or was never met")]
    PeerInvalid,
    #[error("the person does not exist or was never met")]
    UserInvalid,
    #[error("the group does not exist")]
    ChatInvalid,
    #[error("the channel does not exist or was never met")]
    ChannelInvalid,
    #[error("the channel is private")]
    ChannelPrivate,
    #[error("the message does not exist")]
    MessageIdInvalid,
    #[error("a date is out of range")]
    DateInvalid,
    #[error("hidden by the other person's privacy")]
    PrivacyRestricted,
    #[error("hidden by the caller's own privacy")]
    OwnPrivacyRestricted,
    // Sign-in.
    #[error("not a phone number")]
    PhoneInvalid,
    #[error("the code has ended or was never sent")]
    CodeExpired,
    #[error("the code is wrong")]
    CodeInvalid,
    #[error("no code was given")]
    CodeEmpty,
    #[error("the number has no account")]
    PhoneUnoccupied,
    #[error("the number has an account")]
    PhoneOccupied,
    #[error("registration is closed")]
    RegistrationClosed,
    #[error("an invitation is needed")]
    InvitationNeeded,
    #[error("the account has a two-step password")]
    PasswordNeeded,
    #[error("the password is wrong")]
    PasswordInvalid,
    #[error("the SRP parameters have ended")]
    SrpIdInvalid,
    #[error("the new password's settings are malformed")]
    NewPasswordInvalid,
    #[error("no recovery address is set")]
    RecoveryUnavailable,
    #[error("the e-mail address is malformed")]
    EmailInvalid,
    #[error("the e-mail address must be confirmed")]
    EmailUnconfirmed { code_length: i32 },
    #[error("the login token is unknown or was used")]
    TokenInvalid,
    #[error("the login token has ended")]
    TokenExpired,
    #[error("not from a session this new; wait {0} s")]
    FreshAuthorization(u32),
    #[error("no such device")]
    HashInvalid,
    #[error("not signed in")]
    Unauthorized,
    #[error("the login token was accepted before")]
    TokenAccepted,
    #[error("the device that shows the login token refuses this account")]
    TokenException,
    #[error("there is no further way to send this code")]
    ResendUnavailable,
    #[error("the account has no two-step password")]
    PasswordEmpty,
    #[error("no reset of the two-step password waits")]
    ResetMissing,
    #[error("not from a session this new; the setting may be changed in {0} s")]
    SessionTooFresh(u32),
    #[error("the recovery code is wrong")]
    RecoveryCodeInvalid,
    #[error("the recovery code has ended")]
    RecoveryExpired,
    #[error("no e-mail can be sent from here")]
    EmailUnavailable,
    #[error("the code for the e-mail address has ended")]
    EmailCodeExpired,
    #[error("the exported authorization is unknown or was used")]
    ExportInvalid,
    #[error("a number of days is out of range")]
    TtlInvalid,
    /// A chat's timer is out of bounds.
    #[error("the timer is out of bounds")]
    TtlPeriodInvalid,
    #[error("not a bot of this server")]
    BotTokenInvalid,
    // Profile, names.
    #[error("a first name is needed")]
    FirstNameInvalid,
    #[error("the bio is too long")]
    AboutTooLong,
    #[error("the name is not allowed")]
    UsernameInvalid,
    #[error("the name is taken")]
    UsernameOccupied,
    #[error("nobody has this name")]
    UsernameNotOccupied,
    #[error("a title is needed")]
    TitleInvalid,
    #[error("a privacy rule is malformed")]
    PrivacyInvalid,
    #[error("nobody writes in this name here")]
    SendAsInvalid,
    // Contacts.
    #[error("a name is needed for a contact")]
    ContactNameEmpty,
    #[error("the person did not share a contact")]
    ContactMissing,
    #[error("too many entries at once")]
    TooManyEntries,
    #[error("one can't do this to oneself")]
    Oneself,
    // Messages.
    #[error("the text is empty")]
    MessageEmpty,
    #[error("the text is too long")]
    MessageTooLong,
    #[error("the caption is too long")]
    CaptionTooLong,
    #[error("the media is malformed or missing")]
    MediaInvalid,
    #[error("this media cannot destroy itself here, or not after such a time")]
    TtlMediaInvalid,
    #[error("the media is empty")]
    MediaEmpty,
    #[error("the album is malformed")]
    AlbumInvalid,
    #[error("a random id is missing or repeated")]
    RandomIdInvalid,
    #[error("the message can't be edited any more")]
    EditTimeExpired,
    #[error("not the author")]
    NotAuthor,
    #[error("the message replied to does not exist")]
    ReplyInvalid,
    #[error("the quote is not in the message")]
    QuoteInvalid,
    #[error("the search is empty")]
    QueryEmpty,
    #[error("the reaction is not allowed")]
    ReactionInvalid,
    #[error("the message has as many different reactions as it may have")]
    ReactionsTooMany,
    #[error("the poll is malformed")]
    PollInvalid,
    #[error("an answer of the poll is malformed or unknown")]
    PollOptionInvalid,
    #[error("the poll is closed, or the vote may not be changed")]
    PollClosed,
    #[error("only those who voted see the votes")]
    PollVoteRequired,
    #[error("who voted or reacted in a channel is not told")]
    BroadcastForbidden,
    #[error("only a link that was ended is forgotten")]
    InviteNotRevoked,
    #[error("a channel's polls do not name voters")]
    PublicVotersForbidden,
    #[error("the group is too small to hide its members")]
    ParticipantsTooFew,
    #[error("the caller blocked this person")]
    BlockedByCaller,
    #[error("the other side has not read the message")]
    NotReadYet,
    #[error("the group is too large to tell who read a message")]
    ChatTooBig,
    #[error("the message is too old to tell who read it")]
    MessageTooOld,
    #[error("no such folder")]
    FolderInvalid,
    #[error("the description is too long")]
    ChatAboutTooLong,
    #[error("nobody asked to join")]
    RequesterMissing,
    #[error("sending again and again is not offered")]
    ScheduleUnavailable,
    #[error("the secret chat does not exist")]
    EncryptionIdInvalid,
    #[error("a device has accepted the secret chat")]
    EncryptionAlreadyAccepted,
    #[error("the secret chat is over already")]
    EncryptionAlreadyDeclined,
    #[error("the secret chat is over")]
    EncryptionDeclined,
    #[error("a value of the key exchange is out of range")]
    DhValueInvalid,
    #[error("too many random bytes are asked for")]
    RandomLengthInvalid,
    #[error("the random id belongs to something else")]
    RandomIdDuplicate,
    #[error("the ciphertext is malformed")]
    DataInvalid,
    #[error("the ciphertext is too long")]
    DataTooLong,
    #[error("the queue has not come so far")]
    MaxQtsInvalid,
    #[error("the other side blocked the caller")]
    SecretPeerBlocked,
    #[error("the time is too far ahead")]
    ScheduleTooLate,
    #[error("too many messages wait in this chat")]
    ScheduleTooMuch,
    #[error("sending when the other person is online is not offered")]
    ScheduleStatusPrivate,
    #[error("a pts, qts or date is out of range")]
    PersistentTimestampInvalid,
    // Groups and channels.
    #[error("the person is in the group already")]
    AlreadyParticipant,
    #[error("the person is not in the group")]
    NotParticipant,
    #[error("too many members")]
    UsersTooMuch,
    #[error("too few members")]
    UsersTooFew,
    #[error("the link does not exist")]
    InviteInvalid,
    #[error("the link has ended")]
    InviteExpired,
    #[error("the request to join was sent")]
    JoinRequested,
    #[error("too many channels")]
    ChannelsTooMuch,
    #[error("too many public channels")]
    PublicChannelsTooMuch,
    #[error("too many pinned dialogs")]
    PinnedTooMuch,
    #[error("not a broadcast channel")]
    BroadcastInvalid,
    #[error("not a supergroup")]
    MegagroupInvalid,
    #[error("the group hides its past from newcomers")]
    PrehistoryHidden,
    #[error("the link would not change")]
    LinkNotModified,
    #[error("not while the group is linked to a channel")]
    ChatLinkExists,
    #[error("two-step verification is off")]
    PasswordMissing,
    #[error("the two-step password is too new for {0} s more")]
    PasswordTooFresh(u32),
    #[error("figures of a broadcast channel, asked of a group")]
    BroadcastRequired,
    #[error("figures of a supergroup, asked of a channel")]
    MegagroupRequired,
    #[error("no such graph")]
    GraphInvalid,
    // Files.
    #[error("a part number is out of range")]
    PartInvalid,
    #[error("a part is empty")]
    PartEmpty,
    #[error("a part is too large")]
    PartTooBig,
    #[error("a part has a forbidden size")]
    PartSizeInvalid,
    #[error("part {0} is missing")]
    PartMissing(i32),
    #[error("the number of parts is out of range or changed")]
    PartsInvalid,
    #[error("the checksum differs")]
    ChecksumInvalid,
    #[error("the file is too large")]
    FileTooBig,
    #[error("the file does not exist or was never met")]
    FileIdInvalid,
    #[error("the file reference has ended")]
    FileReferenceExpired,
    #[error("the location is malformed")]
    LocationInvalid,
    #[error("an offset is out of range")]
    OffsetInvalid,
    #[error("not a picture")]
    PhotoInvalid,
    #[error("the picture is too large")]
    PhotoTooBig,
    // Ours.
    #[error("storage can't answer now")]
    Unavailable,
    #[error("a fault of ours: {0}")]
    Internal(String),
}

impl From<store::Error> for Error {
    /// The general translation. Where `NotFound` or `Conflict` has a meaning, the service matches it before.
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::NotModified => Self::NotModified,
            store::Error::Denied(denial) => Self::Denied(denial),
            store::Error::Unavailable(_) => Self::Unavailable,
            store::Error::NotFound => Self::PeerInvalid,
            store::Error::Conflict => Self::Internal("conflict".to_owned()),
            store::Error::Corrupt(what) => Self::Internal(what),
        }
    }
}
