//! Every bound of the gateway, with its reason.

use std::time::Duration;

use mtproto::session::limits::{FUTURE, PAST};

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
/// For how long a recorded packet could pass the check of time: sessions, which know what they saw, are remembered for longer.
pub(crate) const REPLAYABLE: Duration = PAST.saturating_add(FUTURE);
/// A session without a connection is forgotten after this; the client then gets `new_session_created`. Longer than [`REPLAYABLE`].
pub(crate) const ORPHAN_SESSION: Duration = Duration::from_secs(6 * 60);
/// Sessions of one key that ended early and are remembered: only its own client can make more of them in that time.
pub(crate) const RETIRED_SESSIONS: usize = 1024;
/// Connections of one session: clients have one, and for a moment the one before it.
pub(crate) const SESSION_CONNECTIONS: usize = 4;
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
/// Messages of key exchanges that one address may send at once: a hundred exchanges, as an office behind one address makes them.
pub(crate) const HANDSHAKE_BURST: u32 = 300;
/// Time after which one more may come: ten exchanges a minute.
pub(crate) const HANDSHAKE_REFILL: Duration = Duration::from_secs(2);
/// Addresses whose messages are counted at once, about 2 MiB.
pub(crate) const HANDSHAKE_ORIGINS: usize = 65_536;
/// Events read from a box or log for one delivery; more wait for the next round.
pub(crate) const DELIVERY_EVENTS: i32 = 200;
/// Bytes of events in one update, roughly; what is larger than 64 KiB would not be sent again after a lost connection.
pub(crate) const RUN_BYTES: usize = 32 * 1024;
/// Bytes of an event besides its text and formatting, roughly.
pub(crate) const EVENT_BYTES: usize = 256;
/// Events behind which a box or log is no longer read for delivery: clients catch up by difference, which they do in slices.
pub(crate) const DELIVERY_GAP: i32 = 1000;
/// Stretches of one box or log whose origins are remembered while they wait for delivery.
pub(crate) const DELIVERY_ORIGINS: usize = 64;
/// Single events (typing, account events) that wait for one delivery worker; more are dropped, and what lasts is caught up.
pub(crate) const DELIVERY_SINGLES: usize = 4096;
/// Connected members of a channel up to whom typing, reactions and votes are told: each of them is a read and a packet for each.
pub(crate) const MOMENT_AUDIENCE: usize = 1000;
/// How long a post waits for the next ones, whose requests arrived with its own.
pub(crate) const BURST: Duration = Duration::from_millis(10);
/// Bytes of a request in which the channel that it is about stands, behind envelopes.
pub(crate) const REQUEST_HEAD: usize = 256;
/// Turns that the last notice of a burst has on its way through the bus.
pub(crate) const BUS_TURNS: usize = 4;
/// Recipients whose packets are sealed together: what keeps the cipher's unit busy.
pub(crate) const SEAL_BATCH: usize = 8;
/// Recipients whose packets are made before the first of them is written: more gain nothing, and their sessions are locked meanwhile.
pub(crate) const WRITE_BATCH: usize = 64;
/// Bytes of such packets, roughly; they stay in the processor's cache.
pub(crate) const WRITE_BATCH_BYTES: usize = 256 * 1024;
/// Recipients that one update is written to before others have a turn: about two milliseconds.
pub(crate) const RECIPIENTS_PER_TURN: usize = 256;
/// Packets from this size on are framed in their own buffer: what is smaller is copied faster than it is held.
pub(crate) const FRAMED_IN_PLACE: usize = 16 * 1024;
/// Capacity of a thread's buffer for framing, above which it is given back.
pub(crate) const FRAME_SCRATCH: usize = 64 * 1024;
/// Channels that a session is told of by name when it missed their posts; beyond it, of all its channels.
pub(crate) const MISSED_CHANNELS: usize = 64;
/// Workers that deliver; a user or a channel always meets the same one, so that order is kept.
pub(crate) const DELIVERY_WORKERS: usize = 4;
/// The longest an HTTP answer is held.
pub(crate) const HTTP_HOLD: Duration = Duration::from_secs(25);
/// A key without sessions is let go of after this; its first salt has ended by then.
pub(crate) const IDLE_KEY: Duration = Duration::from_secs(3600);
/// Pairs (a, g^a) made ahead of time.
pub(crate) const DH_PAIRS: usize = 64;
