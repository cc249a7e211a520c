//! Between the canonical types and domain values. Whatever several methods convert is here, by subject.

use model::{UnixTime, UserId};
use services::Core;
use services::views::{self, PeerSet, Related};
use tl_api::enums;

use crate::RpcError;

pub mod actions;
pub mod admin_log;
pub mod channels_full;
pub mod chats;
pub mod dialogs;
pub mod entities;
pub(crate) mod graphs;
pub mod media;
pub mod messages;
pub mod participants;
pub mod password;
pub mod peers;
pub mod polls;
pub mod secret;
pub mod settings;
pub mod users;

/// Who will read an answer: rights, access hashes and file references are made for one viewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Viewer {
    /// Whose eyes.
    pub user: UserId,
    /// The DC that their client dialled: it asks for files there.
    pub dc: i32,
}

/// A moment in the protocol's 32 bits. Times outside of them are cut to their ends.
#[must_use]
pub fn date(at: UnixTime) -> i32 {
    i32::try_from(at.0.clamp(0, i64::from(i32::MAX))).unwrap_or(i32::MAX)
}

/// A length in the protocol's 32 bits.
#[must_use]
pub fn count(items: usize) -> i32 {
    i32::try_from(items).unwrap_or(i32::MAX)
}

/// The `users` and `chats` of an answer. `dc` is the DC that the viewer's client dialled.
#[must_use]
pub fn related(related: &Related, dc: i32) -> (Vec<enums::User>, Vec<enums::Chat>) {
    let users = related.users.iter().map(|view| users::user(view, dc)).collect();
    let groups = related.chats.iter().map(|view| chats::chat(view, dc));
    let channels = related.channels.iter().map(|view| chats::channel(view, dc));
    (users, groups.chain(channels).collect())
}

/// Looks everyone of `peers` up and converts them.
///
/// # Errors
/// Those of the store.
pub async fn fetch_related(
    core: &Core,
    viewer: UserId,
    peers: &PeerSet,
    dc: i32,
) -> Result<(Vec<enums::User>, Vec<enums::Chat>), RpcError> {
    Ok(related(&views::related(core, viewer, peers).await?, dc))
}

/// The hash that clients compute over a list of ids to ask whether it changed (`core.telegram.org/api/offsets`, "hash generation").
#[must_use]
pub fn hash_of(ids: impl IntoIterator<Item = i64>) -> i64 {
    let hash = ids.into_iter().fold(0_u64, |mut hash, id| {
        hash ^= hash >> 21;
        hash ^= hash << 35;
        hash ^= hash >> 4;
        hash.wrapping_add(id.cast_unsigned())
    });
    hash.cast_signed()
}
