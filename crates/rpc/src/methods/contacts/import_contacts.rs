//! `contacts.importContacts contacts = contacts.ImportedContacts`. Numbers without an account wait until somebody signs up with them.
//!
//! Errors: `LIMIT_INVALID` for too many at once, `FLOOD_WAIT_X`.

use model::Peer;
use services::contacts::{self, ImportEntry};
use services::views::PeerSet;
use tl_api::{enums, functions, types};

use crate::convert::fetch_related;
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::contacts::ImportContacts,
) -> Result<enums::contacts::ImportedContacts, RpcError> {
    let caller = call.signed_in()?;
    let entries =
        request.contacts.into_iter().map(|enums::InputContact::InputPhoneContact(contact)| {
            ImportEntry {
                client_id: contact.client_id,
                phone: contact.phone,
                first_name: contact.first_name,
                last_name: contact.last_name,
            }
        });
    let imported = contacts::import(&call.core, caller, entries.collect()).await?;
    let people: PeerSet = imported.iter().map(|(user, _)| Peer::User(*user)).collect();
    let (users, _) = fetch_related(&call.core, caller.user, &people, call.connection.dc).await?;
    let imported = imported
        .into_iter()
        .map(|(user, client_id)| types::ImportedContact { user_id: user.0, client_id }.into());
    Ok(types::contacts::ImportedContacts {
        imported: imported.collect(),
        users,
        ..Default::default()
    }
    .into())
}
