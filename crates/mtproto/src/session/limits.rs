//! Every bound of a session, with its reason.

use std::time::Duration;

/// How far a message id may lie in the past: the protocol's 300 seconds.
pub const PAST: Duration = Duration::from_secs(300);

/// How far a message id may lie in the future: the protocol's 30 seconds.
pub const FUTURE: Duration = Duration::from_secs(30);

/// Messages in a container: the protocol's bound, both ways.
pub const MAX_CONTAINER: usize = 1020;

/// Bytes of bodies in a container that we send: a frame that clients take for sure, and that leaves within a write or two.
pub const MAX_CONTAINER_BYTES: usize = 512 * 1024;

/// Message ids remembered: about 100 KiB at worst. Ids below the window are refused (20); nothing older than
/// [`PAST`] passes anyway, so only a client with more than this many messages in five minutes meets the bound.
pub const MAX_SEEN: usize = 1024;

/// Requests of a session that run at the same time: a whole container's worth. Beyond it: 420 `FLOOD_WAIT_1`.
pub const MAX_RUNNING: usize = MAX_CONTAINER;

/// Messages kept until acknowledged. A client acknowledges after 16 messages or a second; one that never does loses the
/// oldest, and catches up by difference.
pub const MAX_KEPT: usize = 512;

/// Bytes kept until acknowledged: what a stalled client may cost.
pub const MAX_KEPT_BYTES: usize = 256 * 1024;

/// Largest message that is kept, but for answers of what must not run twice. Reads (files, long histories) are sent once, and asked
/// again they run again.
pub const MAX_KEPT_MESSAGE: usize = 64 * 1024;

/// Bytes that wait to be sent before news are refused: the gateway then tells the client to catch up.
pub const MAX_WAITING_BYTES: usize = 256 * 1024;

/// How long an acknowledgement waits for an answer that makes it unnecessary.
pub const ACK_DELAY: Duration = Duration::from_millis(1000);

/// Acknowledgements that wait before they are due at once: a client needs them to forget its own copies.
pub const MAX_ACKS: usize = 64;

/// Ids in one `msgs_ack`, `msgs_state_req`, `msg_resend_req`: the protocol's bound.
pub const MAX_IDS: usize = 8192;

/// Results from this size on are compressed, when that pays.
pub const GZIP_FROM: usize = 1024;

/// An own message older than this leaves in a container, whose fresh id passes the client's check of time.
pub const FRESH: Duration = Duration::from_secs(60);

/// Life of a salt's slot; it stays valid for another slot.
pub const SALT_SLOT: Duration = Duration::from_secs(1800);

/// Salts given for `get_future_salts`: one asks for more at once, for ever; more than a day's worth is never used.
pub const MIN_FUTURE_SALTS: u64 = 2;
/// As above, and the protocol's bound.
pub const MAX_FUTURE_SALTS: u64 = 64;

/// Longest `disconnect_delay` of `ping_delay_disconnect`, in seconds, so that a client cannot hold a dead socket for days.
pub const MAX_DISCONNECT_DELAY: u64 = 3600;
