//! How a code reaches the person.

use model::UserId;
use model::account::Phone;
use model::ids::SERVICE_USER;
use model::message::{Body, Entity, EntityKind};
use store::ports::Notice;
use store::ports::boxes::{BoxPeer, DeleteHistory, NewBoxMessage};

use super::codes::Purpose;
use crate::{Core, Result};

/// What is to be delivered, copied out of the lock.
struct Parcel {
    phone: Phone,
    code: String,
    purpose: Purpose,
    all_ways: bool,
}

/// Hands a code over, by the first way that the account has, or after a `resend` by all but the first. Failures are logged
/// without the number or the code: the operator has the code in any case.
///
/// # Errors
/// Those of the store.
pub async fn deliver(core: &Core, hash: &str) -> Result<()> {
    let parcel = core.memory.sign_in.lock().codes.peek(hash).map(|waiting| Parcel {
        phone: waiting.phone.clone(),
        code: waiting.code.to_string(),
        purpose: waiting.purpose,
        all_ways: waiting.resent,
    });
    let Some(parcel) = parcel else { return Ok(()) };
    if core.policy.log_codes {
        tracing::info!(code = parcel.code, "a login code waits");
    }
    if parcel.purpose == Purpose::SignIn {
        let account = core.stores.accounts.user_by_phone(&parcel.phone).await?;
        if let Some(account) = account {
            if let Some(waiting) = core.memory.sign_in.lock().codes.peek(hash) {
                waiting.account = Some(account.id);
            }
            if deliver_to_account(core, account.id, &parcel).await? {
                return Ok(());
            }
        }
    }
    deliver_to_number(core, &parcel).await;
    Ok(())
}

/// Whether the code found its way.
async fn deliver_to_account(core: &Core, user: UserId, parcel: &Parcel) -> Result<bool> {
    if !parcel.all_ways && !core.stores.keys.authorizations(user).await?.is_empty() {
        let code = &parcel.code;
        let text = format!(
            "Login code: {code}\n\nIt signs a device in to your account. Give it to nobody, whoever asks. If you did not \
             want to sign in, you can ignore this message."
        );
        service_message(core, user, text).await?;
        return Ok(true);
    }
    let Some(mailer) = &core.mailer else { return Ok(false) };
    let address =
        crate::password::current(core, user).await?.and_then(|password| password.recovery_email);
    let Some(address) = address else { return Ok(false) };
    let sent = mailer
        .send(&address, "Your login code", &format!("Your login code is {}.\n", parcel.code))
        .await;
    if let Err(error) = &sent {
        tracing::warn!(%error, "a login code could not be sent by e-mail");
    }
    // A resend tries every way.
    Ok(sent.is_ok() && !parcel.all_ways)
}

async fn deliver_to_number(core: &Core, parcel: &Parcel) {
    if let Some(webhook) = &core.webhook
        && let Err(error) = webhook.send(parcel.phone.as_str(), "Login code", &parcel.code).await
    {
        tracing::warn!(%error, "a login code could not be handed to the webhook");
    }
}

/// Puts a message from the service account (777000) into somebody's box. The sender keeps no copy.
///
/// # Errors
/// Those of the store.
pub async fn service_message(core: &Core, user: UserId, text: String) -> Result<()> {
    let code = code_entity(&text);
    let body = Body { text, entities: code.into_iter().collect(), ..Body::default() };
    let message = NewBoxMessage {
        sender: SERVICE_USER,
        peer: BoxPeer::User(user),
        random_id: None,
        date: core.now(),
        body,
        reply_to: None,
        mentions: Vec::new(),
        clear_draft: false,
    };
    send_one_sided(core, message).await
}

/// Sends a message that the other side did not write by hand: only the receiver keeps it and has a chat from it.
///
/// # Errors
/// Those of the store.
pub(super) async fn send_one_sided(core: &Core, message: NewBoxMessage) -> Result<()> {
    for sent in core.stores.boxes.send(vec![message]).await? {
        for copy in sent.copies {
            if copy.message.out {
                let gone = DeleteHistory {
                    owner: copy.owner,
                    peer: copy.message.peer,
                    max_id: copy.message.id,
                    revoke: false,
                    keep_dialog: false,
                    min_date: None,
                    max_date: None,
                    limit: 1,
                };
                core.stores.boxes.delete_history(gone).await?;
            } else {
                let (user, pts) = (copy.owner, copy.message.pts);
                core.publish(Notice::Box { user, pts, pts_count: 1, origin: None });
            }
        }
    }
    Ok(())
}

/// Marks the first line's code so that clients copy it by a touch.
fn code_entity(text: &str) -> Option<Entity> {
    let offset = text.strip_prefix("Login code: ").map(|_| "Login code: ".len())?;
    let length = text.chars().skip(offset).take_while(char::is_ascii_digit).count();
    // The prefix is ASCII: bytes, characters and UTF-16 units are the same.
    Some(Entity {
        offset: i32::try_from(offset).ok()?,
        length: i32::try_from(length).ok()?,
        kind: EntityKind::Code,
    })
}
