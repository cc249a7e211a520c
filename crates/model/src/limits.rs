//! Every bound of the rules, each with its reason.

/// Characters of a message's text (the official server's figure, told to clients in `config`).
pub const MESSAGE_CHARS: usize = 4096;
/// Characters of a caption.
pub const CAPTION_CHARS: usize = 1024;
/// Entities of one message; more are cut, as the official server does.
pub const ENTITIES: usize = 100;
/// Messages in one history answer.
pub const HISTORY_PAGE: i32 = 100;
/// Dialogs in one answer.
pub const DIALOG_PAGE: i32 = 100;
/// Messages in an album.
pub const ALBUM: usize = 10;
/// Messages that wait in one schedule (the official server's figure).
pub const SCHEDULED_PER_CHAT: usize = 100;
/// Days that a message may wait: a year and a day, as clients offer.
pub const SCHEDULE_DAYS: i64 = 367;
/// Messages forwarded or deleted by one call.
pub const BATCH: usize = 100;
/// Members of a basic group (`config.chat_size_max`).
pub const CHAT_MEMBERS: usize = 200;
/// Pinned dialogs in a folder.
pub const PINNED_DIALOGS: usize = 10;
/// Events in one difference; a client that misses more reads slices.
pub const DIFFERENCE_EVENTS: i32 = 1000;
/// Events that a channel's difference carries at most.
pub const CHANNEL_DIFFERENCE_EVENTS: i32 = 100;
/// A gap in a channel's log beyond which the client is told to start afresh (`channelDifferenceTooLong`).
pub const CHANNEL_GAP: i32 = 10_000;
/// A gap in a box beyond which the client is told to start afresh (`differenceTooLong`).
pub const BOX_GAP: i32 = 1_000_000;
/// Days for which account events are kept for replay.
pub const ACCOUNT_EVENT_DAYS: i64 = 30;
/// Members of a group up to which authors are told who read a message, and for how many days after it was sent.
pub const READERS_MEMBERS: i32 = 100;
/// See [`READERS_MEMBERS`].
pub const READERS_DAYS: i64 = 7;
/// Members from which on a supergroup may hide who is in it.
pub const HIDING_MEMBERS: i32 = 100;
/// Recent reactions shown with a message.
pub const RECENT_REACTIONS: usize = 3;
/// Recent voters shown with a public poll.
pub const RECENT_VOTERS: usize = 3;
/// Characters of a title.
pub const TITLE_CHARS: usize = 128;
/// Characters of a first or last name.
pub const NAME_CHARS: usize = 64;
/// Characters of a bio.
pub const ABOUT_CHARS: usize = 70;
/// Characters of a group's or channel's description.
pub const CHAT_ABOUT_CHARS: usize = 255;
/// Bytes of one part of an upload.
pub const PART_BYTES: usize = 512 * 1024;
/// What the unfinished uploads of one account may take together, in files of the largest size: clients send several at once, and
/// parts that nothing uses are kept for a day.
pub const UNFINISHED_FILES: i64 = 4;
/// What a part counts for at least, bytes: the smallest piece of a disk.
pub const PART_COST_BYTES: i64 = 4096;
/// Parts of one upload: 8,000 of 512 KiB is just under 4 GiB, as the official limit for premium users.
pub const PARTS: i32 = 8_192;
/// Bytes of one download answer.
pub const DOWNLOAD_BYTES: i32 = 1024 * 1024;
/// Answers of a poll.
pub const POLL_ANSWERS: usize = 12;
/// Reactions of one person to one message.
pub const REACTIONS_PER_USER: usize = 3;
/// Different reactions to one message (`reactions_uniq_max`).
pub const REACTIONS_PER_MESSAGE: usize = 11;
/// Channels a person may be in, so that a dialog list stays cheap.
pub const CHANNELS_PER_USER: usize = 1000;
/// Admins of a channel.
pub const CHANNEL_ADMINS: i32 = 50;
/// Ids asked for in one call.
pub const IDS_PER_CALL: usize = 200;
/// Bytes of one encrypted message: a full text with entities and the thumbnail that travels inside of it, several times over.
pub const SECRET_BYTES: usize = 128 * 1024;
/// Bytes that wait for one device; whoever sends more is told to wait, so that an absent device costs a bounded amount.
pub const SECRET_QUEUE_BYTES: i64 = 64 * 1024 * 1024;
/// Days after which what waits for an absent device is erased (the promise of secret chats).
pub const SECRET_DAYS: i64 = 7;
/// Encrypted messages in one difference.
pub const SECRET_PAGE: i32 = 100;
/// Secret chats that one person may have open or asked for.
pub const SECRET_CHATS: i64 = 1000;
