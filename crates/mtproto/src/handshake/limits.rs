//! Every bound of the key exchange, with its reason.

use std::time::Duration;

/// How long an exchange may take: the protocol's ten minutes.
pub const LIFETIME: Duration = Duration::from_secs(600);

/// Exchanges under way in total: about 2 KiB each, so 32 MiB. Beyond it the oldest give way: under a flood the newest are
/// the likelier honest ones.
pub const DEFAULT_MAX_TOTAL: usize = 16_384;

/// Exchanges under way per origin: a whole office behind one address, not a whole botnet.
pub const DEFAULT_MAX_PER_ORIGIN: usize = 1_024;

/// Tries after a collision of key ids, which does not happen by chance even once.
pub const MAX_RETRIES: u8 = 3;

/// Longest life of a temporary key, in seconds: a day, as the protocol says.
pub const MAX_TEMPORARY_SECS: u32 = 86_400;

/// Pace at which answers to work leave, so that the duration of RSA cannot be seen.
pub const ANSWER_TICK: Duration = Duration::from_millis(25);
