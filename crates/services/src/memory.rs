//! What services remember between calls and may lose with the process: codes that wait, presence, limits.

use parking_lot::Mutex;

use crate::guesses::Guessers;
use crate::media::MediaMemory;
use crate::password::PasswordMemory;
use crate::presence::Presence;
use crate::rate_limit::Buckets;
use crate::sign_in::SignInMemory;

/// State of one process. Every lock is held for a few instructions and never across a wait.
#[derive(Default)]
pub struct Memory {
    pub(crate) expiry: crate::expiry::ExpiryMemory,
    /// Rate limits.
    pub(crate) buckets: Mutex<Buckets>,
    /// Codes, login tokens and sign-ins that wait for a password.
    pub(crate) sign_in: Mutex<SignInMemory>,
    /// Wrong guesses by device and address.
    pub(crate) guessers: Mutex<Guessers>,
    /// SRP questions, recovery codes, wrong guesses.
    pub(crate) password: Mutex<PasswordMemory>,
    /// Uploads that became files lately.
    pub(crate) media: MediaMemory,
    /// Who is online.
    pub(crate) presence: Mutex<Presence>,
}
