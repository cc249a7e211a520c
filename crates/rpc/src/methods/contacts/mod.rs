//! Address books, blocked people, finding somebody.

mod accept_contact;
mod add_contact;
mod block;
mod delete_by_phones;
mod delete_contacts;
mod get_birthdays;
mod get_blocked;
mod get_contacts;
mod get_statuses;
mod get_top_peers;
mod import_contacts;
mod resolve_phone;
mod resolve_username;
mod search;
mod toggle_top_peers;
mod unblock;

use model::{Peer, UserId};
use services::updates::date_of_push;
use services::views::PeerSet;
use tl_api::functions::contacts as f;
use tl_api::{enums, types};

use crate::convert::{date, fetch_related, peers, settings};
use crate::dispatch::{Entry, Spec, entry};
use crate::{Call, RpcError};

pub(super) fn entries() -> Vec<Entry> {
    vec![
        entry!(Spec::SIGNED_IN, f::GetContacts, get_contacts::handle),
        entry!(Spec::SIGNED_IN, f::GetStatuses, get_statuses::handle),
        entry!(Spec::SIGNED_IN, f::ImportContacts, import_contacts::handle),
        entry!(Spec::SIGNED_IN, f::AddContact, add_contact::handle),
        entry!(Spec::SIGNED_IN, f::AcceptContact, accept_contact::handle),
        entry!(Spec::SIGNED_IN, f::DeleteContacts, delete_contacts::handle),
        entry!(Spec::SIGNED_IN, f::DeleteByPhones, delete_by_phones::handle),
        entry!(Spec::SIGNED_IN, f::Block, block::handle),
        entry!(Spec::SIGNED_IN, f::Unblock, unblock::handle),
        entry!(Spec::SIGNED_IN, f::GetBlocked, get_blocked::handle),
        entry!(Spec::SIGNED_IN, f::Search, search::handle),
        entry!(Spec::SIGNED_IN, f::ResolveUsername, resolve_username::handle),
        entry!(Spec::SIGNED_IN, f::ResolvePhone, resolve_phone::handle),
        entry!(Spec::SIGNED_IN, f::GetTopPeers, get_top_peers::handle),
        entry!(Spec::SIGNED_IN, f::ToggleTopPeers, toggle_top_peers::handle),
        entry!(Spec::SIGNED_IN, f::GetBirthdays, get_birthdays::handle),
    ]
}

/// The answer to a change of the address book: the people as they are shown now, and the bars above their chats.
async fn changed(call: &Call, users: &[UserId]) -> Result<enums::Updates, RpcError> {
    let viewer = call.signed_in()?.user;
    let mut updates = Vec::with_capacity(users.len());
    for user in users {
        let bar = services::dialogs::peer_bar(&call.core, viewer, Peer::User(*user)).await?;
        let settings = settings::peer_settings(&bar);
        updates.push(
            types::UpdatePeerSettings { peer: peers::peer(Peer::User(*user)), settings }.into(),
        );
    }
    let people: PeerSet = users.iter().copied().map(Peer::User).collect();
    let (users, chats) = fetch_related(&call.core, viewer, &people, call.connection.dc).await?;
    Ok(types::Updates { updates, users, chats, date: date(date_of_push(&call.core)), seq: 0 }
        .into())
}

/// `contacts.resolvedPeer`.
async fn resolved(call: &Call, peer: Peer) -> Result<enums::contacts::ResolvedPeer, RpcError> {
    let viewer = call.signed_in()?.user;
    let (users, chats) =
        fetch_related(&call.core, viewer, &PeerSet::from_iter([peer]), call.connection.dc).await?;
    Ok(types::contacts::ResolvedPeer { peer: peers::peer(peer), chats, users }.into())
}
