//! Every bound of the gateway, with its reason.

use std::time::Duration;

/// Bytes that may wait for a slow reader before pushes to it are dropped and it is told to catch up.
pub(crate) const PUSH_BACKLOG: usize = 256 * 1024;
/// Bytes that may wait before a connection's own requests are no longer read: two download answers and their envelopes.
pub(crate) const ANSWER_BACKLOG: usize = 2 * 1024 * 1024 + 64 * 1024;
/// Bytes below which a slow reader counts as caught up.
pub(crate) const DRAINED: usize = 16 * 1024;
/// Bytes read from a socket at once, into a buffer that idle connections do not hold.
pub(crate) const READ_CHUNK: usize = 64 * 1024;
/// A connection that has not sent a whole packet by then is closed.
pub(crate) const FIRST_PACKET: Duration = Duration::from_secs(30);
/// A connection that has sent nothing for this long is closed; clients ping each minute.
pub(crate) const SILENCE: Duration = Duration::from_secs(15 * 60);
/// A session without a connection is forgotten after this; the client then gets `new_session_created`.
pub(crate) const ORPHAN_SESSION: Duration = Duration::from_secs(5 * 60);
/// Requests of one session that run or wait; more are refused with `FLOOD_WAIT`.
pub(crate) const SESSION_REQUESTS: usize = 512;
/// File requests of one session that run at the same time.
pub(crate) const PARALLEL_FILES: usize = 8;
/// Sessions of one auth key; the oldest without a connection makes room.
pub(crate) const SESSIONS_PER_KEY: usize = 128;
/// Malformed packets after which a connection is closed.
pub(crate) const BAD_PACKETS: u32 = 32;
/// Key exchanges that may wait for the pool; more are shed with -429 before any RSA.
pub(crate) const WAITING_HANDSHAKES: usize = 256;
/// Key-exchange messages on one connection.
pub(crate) const HANDSHAKES_PER_CONNECTION: u32 = 64;
/// Events read from a box or log for one delivery; more wait for the next round.
pub(crate) const DELIVERY_EVENTS: i32 = 200;
/// Workers that deliver; a user or a channel always meets the same one, so that order is kept.
pub(crate) const DELIVERY_WORKERS: usize = 4;
/// The longest an HTTP answer is held.
pub(crate) const HTTP_HOLD: Duration = Duration::from_secs(25);
/// A key without sessions is let go of after this; its first salt has ended by then.
pub(crate) const IDLE_KEY: Duration = Duration::from_secs(3600);
/// Pairs (a, g^a) made ahead of time.
pub(crate) const DH_PAIRS: usize = 64;
