//! The in-memory reference: the plainest code that does what the ports say. Tests of services run on it, and every
//! backend is compared with it.

mod accounts;
mod acts;
mod admin_log;
mod blobs;
mod boxes;
mod bus;
mod channels;
mod chats;
mod contacts;
mod dialogs;
mod expiry_keys;
mod keys;
mod media;
mod polls;
mod reports;
mod schedule;
mod secret;
mod statistics;
mod unread_reactions;
mod upkeep;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::{Mutex, MutexGuard};

pub use bus::LocalBus;
pub use expiry_keys::LocalExpiryKeys;

use crate::ports::Stores;

/// Everything, behind one lock: each method is one transaction.
#[derive(Default)]
pub struct MemoryStore {
    state: Counted,
}

/// The tables, and how often somebody took them: calls of ports, for counted tests.
#[derive(Default)]
struct Counted {
    state: Mutex<State>,
    calls: AtomicU64,
}

impl Counted {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        self.state.lock()
    }
}

/// The tables of every port.
#[derive(Default)]
struct State {
    accounts: accounts::Accounts,
    blobs: blobs::BlobTable,
    boxes: boxes::Boxes,
    channels: channels::Channels,
    chats: chats::Chats,
    contacts: contacts::Contacts,
    dialogs: dialogs::Dialogs,
    keys: keys::Keys,
    media: media::MediaTable,
    polls: polls::Polls,
    reports: reports::Reports,
    secret: secret::Secrets,
    schedules: schedule::Schedules,
    series: statistics::Series,
    admin_logs: admin_log::AdminLogs,
    upkeep: upkeep::Upkeep,
}

impl MemoryStore {
    /// An empty store with all its ports.
    #[must_use]
    pub fn stores() -> Stores {
        let store = Arc::new(Self::default());
        Stores {
            accounts: store.clone(),
            admin_log: store.clone(),
            boxes: store.clone(),
            channels: store.clone(),
            chats: store.clone(),
            contacts: store.clone(),
            dialogs: store.clone(),
            keys: store.clone(),
            media: store.clone(),
            polls: store.clone(),
            reports: store.clone(),
            secret: store.clone(),
            schedule: store.clone(),
            statistics: store.clone(),
            upkeep: store.clone(),
            blobs: store,
            expiry_keys: Arc::new(LocalExpiryKeys::default()),
            bus: Arc::new(LocalBus::default()),
        }
    }
}
