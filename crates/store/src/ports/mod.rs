//! The ports, one file each.

pub mod accounts;
pub mod acts;
pub mod admin_log;
pub mod blobs;
pub mod boxes;
pub mod bus;
pub mod channels;
pub mod chats;
pub mod contacts;
pub mod dialogs;
pub mod expiry_keys;
pub mod keys;
pub mod media;
pub mod polls;
pub mod post_search;
pub mod reports;
pub mod schedule;
pub mod secret;
pub mod statistics;
pub mod upkeep;

use std::sync::Arc;

pub use accounts::AccountStore;
pub use admin_log::AdminLogStore;
pub use blobs::Blobs;
pub use boxes::BoxStore;
pub use bus::{Bus, Notice, Subscription};
pub use channels::ChannelStore;
pub use chats::ChatStore;
pub use contacts::ContactStore;
pub use dialogs::DialogStore;
pub use expiry_keys::ExpiryKeys;
pub use keys::KeyStore;
pub use media::MediaStore;
pub use polls::PollStore;
pub use reports::ReportStore;
pub use schedule::ScheduleStore;
pub use secret::SecretStore;
pub use statistics::StatisticsStore;
pub use upkeep::UpkeepStore;

/// All ports of one store, as the services take them.
#[derive(Clone)]
#[expect(missing_docs, reason = "each port documents itself")]
pub struct Stores {
    pub accounts: Arc<dyn AccountStore>,
    pub admin_log: Arc<dyn AdminLogStore>,
    pub boxes: Arc<dyn BoxStore>,
    pub channels: Arc<dyn ChannelStore>,
    pub chats: Arc<dyn ChatStore>,
    pub contacts: Arc<dyn ContactStore>,
    pub dialogs: Arc<dyn DialogStore>,
    pub keys: Arc<dyn KeyStore>,
    pub media: Arc<dyn MediaStore>,
    pub polls: Arc<dyn PollStore>,
    pub reports: Arc<dyn ReportStore>,
    pub secret: Arc<dyn SecretStore>,
    pub schedule: Arc<dyn ScheduleStore>,
    pub statistics: Arc<dyn StatisticsStore>,
    pub upkeep: Arc<dyn UpkeepStore>,
    pub blobs: Arc<dyn Blobs>,
    pub expiry_keys: Arc<dyn ExpiryKeys>,
    pub bus: Arc<dyn Bus>,
}
