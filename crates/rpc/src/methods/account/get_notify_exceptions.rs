//! `account.getNotifyExceptions compare_sound compare_stories peer? = Updates`: chats with settings of their own.

use model::Peer;
use model::account::NotifyScope;
use services::settings;
use services::updates::date_of_push;
use services::views::PeerSet;
use tl_api::{enums, functions, types};

use crate::convert::{date, fetch_related, settings as convert};
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::account::GetNotifyExceptions,
) -> Result<enums::Updates, RpcError> {
    let viewer = call.signed_in()?.user;
    let scope = match &request.peer {
        Some(peer) => Some(convert::from_notify_scope(&call, peer).await?),
        None => None,
    };
    let mut exceptions = settings::notify_exceptions(&call.core, viewer).await?;
    exceptions.retain(|(peer, _)| match scope {
        Some(NotifyScope::Users) => matches!(peer, Peer::User(_)),
        Some(NotifyScope::Chats) => matches!(peer, Peer::Chat(_)),
        Some(NotifyScope::Broadcasts) => matches!(peer, Peer::Channel(_)),
        Some(NotifyScope::Peer(only)) => *peer == only,
        None => true,
    });
    let updates = exceptions.iter().map(|(peer, settings)| {
        let peer = convert::notify_scope(NotifyScope::Peer(*peer));
        types::UpdateNotifySettings { peer, notify_settings: convert::notify_settings(settings) }
            .into()
    });
    let updates = updates.collect();
    let people: PeerSet = exceptions.iter().map(|(peer, _)| *peer).collect();
    let (users, chats) = fetch_related(&call.core, viewer, &people, call.connection.dc).await?;
    Ok(types::Updates { updates, users, chats, date: date(date_of_push(&call.core)), seq: 0 }
        .into())
}
