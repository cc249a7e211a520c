//! `contacts.getContacts hash = contacts.Contacts`: the address book, or that it has not changed.

use model::Peer;
use services::contacts;
use services::views::PeerSet;
use tl_api::{enums, functions, types};

use crate::convert::{count, fetch_related, hash_of, users};
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::contacts::GetContacts,
) -> Result<enums::contacts::Contacts, RpcError> {
    let caller = call.signed_in()?;
    let book = contacts::list(&call.core, caller).await?;
    let hash = hash_of(book.iter().map(|contact| contact.user.0));
    if request.hash != 0 && request.hash == hash {
        return Ok(enums::contacts::Contacts::ContactsNotModified);
    }
    let people: PeerSet = book.iter().map(|contact| Peer::User(contact.user)).collect();
    let (users, _) = fetch_related(&call.core, caller.user, &people, call.connection.dc).await?;
    let saved_count = count(book.len());
    Ok(types::contacts::Contacts {
        contacts: book.iter().map(users::contact).collect(),
        saved_count,
        users,
    }
    .into())
}
