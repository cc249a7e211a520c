//! What every service works with.

use std::sync::Arc;

use model::{AuthKeyId, UnixTime, UserId};
use store::Stores;
use store::ports::Notice;
use store::ports::bus::OriginSession;

use crate::AccessHashes;
use crate::ports::{Clock, Entropy, Imaging, Messenger};

/// What every service works with: ports, secrets and policy. One for each process.
pub struct Core {
    /// Storage.
    pub stores: Stores,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Entropy>,
    /// Access hashes and file references.
    pub access: AccessHashes,
    /// The operator's choices.
    pub policy: Policy,
    /// E-mail, if configured.
    pub mailer: Option<Arc<dyn Messenger>>,
    /// The operator's gateway for codes, if configured.
    pub webhook: Option<Arc<dyn Messenger>>,
    /// Picture reader.
    pub imaging: Arc<dyn Imaging>,
    /// Seals secrets at rest.
    pub sealer: crypto::Sealer,
    /// What services remember between calls and may lose: codes that wait, presence, limits.
    pub memory: crate::memory::Memory,
}

/// The operator's choices.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Who may sign up.
    pub registration: Registration,
    /// Limits of sign-in per number and address, and of sending, hold (off by default on loopback). The bound on guesses of a
    /// code always holds.
    pub limit_sign_in: bool,
    /// Codes may be written to the log (loopback only).
    pub log_codes: bool,
    /// Largest file, bytes.
    pub max_file_bytes: i64,
    /// The public address people reach the server at, for links.
    pub link_prefix: String,
}

/// Who may sign up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registration {
    /// Everyone.
    Open,
    /// With an invitation made by the operator.
    Invitation,
    /// Nobody.
    Closed,
}

/// Who calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The signed-in account.
    pub user: UserId,
    /// The permanent key.
    pub key: AuthKeyId,
    /// The MTProto session.
    pub session: i64,
}

impl Caller {
    /// The session that must not be told of what its own answer says.
    #[must_use]
    pub const fn origin(&self) -> Option<OriginSession> {
        Some(OriginSession { key: self.key, session: self.session })
    }
}

impl Core {
    /// Now.
    #[must_use]
    pub fn now(&self) -> UnixTime {
        self.clock.now()
    }

    /// Tells the gateways, after a commit.
    pub fn publish(&self, notice: Notice) {
        self.stores.bus.publish(notice);
    }
}
