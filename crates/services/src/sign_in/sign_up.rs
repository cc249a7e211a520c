//! Opening an account.

use model::account::{Phone, User};
use model::event::AccountEvent;
use model::message::{Action, Body};
use model::{Peer, UserId, limits};
use store::ports::boxes::{BoxPeer, NewBoxMessage};

use super::authorize::{self, Device};
use super::codes::Shown;
use super::{delivery, invitation};
use crate::label::label;
use crate::{Core, Error, Registration, Result, account_events, profile, settings};

/// What somebody says of themselves when they sign up.
#[derive(Clone, Debug)]
pub struct Registrant<'a> {
    /// Number, as given with the code.
    pub phone: &'a str,
    /// `phone_code_hash`.
    pub hash: &'a str,
    /// First name.
    pub first_name: &'a str,
    /// Last name.
    pub last_name: &'a str,
    /// Those who have the number in their address book are not told.
    pub quiet: bool,
}

/// Opens an account for a number whose code (or invitation) was shown, and signs the device in.
///
/// # Errors
/// [`Error::CodeExpired`] without that; [`Error::FirstNameInvalid`]; [`Error::PhoneOccupied`]; [`Error::RegistrationClosed`];
/// [`Error::CodeInvalid`] for an invitation that does not exist or is used up.
pub async fn sign_up(core: &Core, device: Device, registrant: Registrant<'_>) -> Result<UserId> {
    let phone = Phone::parse(registrant.phone).ok_or(Error::PhoneInvalid)?;
    let shown =
        core.memory.sign_in.lock().codes.get(registrant.hash, &phone, core.now())?.shown.clone();
    let first_name = name(registrant.first_name).ok_or(Error::FirstNameInvalid)?;
    let last_name = name(registrant.last_name).unwrap_or_default();
    profile::check_name(&first_name, &last_name)?;
    if core.stores.accounts.user_by_phone(&phone).await?.is_some() {
        return Err(Error::PhoneOccupied);
    }
    match (core.policy.registration, shown) {
        (_, Shown::Nothing) => return Err(Error::CodeExpired),
        (Registration::Closed, _) => return Err(Error::RegistrationClosed),
        (Registration::Invitation, Shown::Code) => return Err(Error::InvitationNeeded),
        (Registration::Invitation, Shown::Word(word)) => {
            use_invitation(core, registrant.hash, &word).await?;
        }
        (Registration::Open, Shown::Code | Shown::Word(_)) => {}
    }
    core.memory.sign_in.lock().codes.take(registrant.hash);
    let created =
        core.stores.accounts.create_user(phone.clone(), first_name, last_name, core.now()).await;
    let user = created.map_err(|error| {
        if error == store::Error::Conflict { Error::PhoneOccupied } else { error.into() }
    })?;
    authorize::authorize(core, device, user.id, false).await?;
    meet_contacts(core, &user, &phone, registrant.quiet).await?;
    Ok(user.id)
}

async fn use_invitation(core: &Core, hash: &str, word: &str) -> Result<()> {
    match core.stores.accounts.use_invitation(&invitation::token_hash(word), core.now()).await {
        Err(store::Error::NotFound) => {
            core.memory.sign_in.lock().codes.wrong(hash, core.now());
            Err(Error::CodeInvalid)
        }
        used => Ok(used?),
    }
}

/// A name as it may be stored: what is seen of it, cut to its limit; `None` if nothing is left.
pub(crate) fn name(text: &str) -> Option<String> {
    let name: String = label(text).chars().take(limits::NAME_CHARS).collect();
    Some(name).filter(|name| !name.is_empty())
}

/// Those who imported the number before now have a contact, and a service message that says so.
async fn meet_contacts(core: &Core, user: &User, phone: &Phone, quiet: bool) -> Result<()> {
    let owners = core.stores.contacts.settle_pending_contacts(phone, user.id).await?;
    let mut events = Vec::with_capacity(owners.len() * 2);
    for owner in &owners {
        events.push((*owner, AccountEvent::User { user: user.id }));
        events.push((*owner, AccountEvent::PeerSettings { peer: Peer::User(user.id) }));
    }
    account_events::record(core, events, None).await?;
    if quiet {
        return Ok(());
    }
    for owner in owners {
        let silent = settings::flag(core, owner, settings::CONTACT_SIGN_UP_SILENT).await?;
        tell_of_sign_up(core, user.id, owner, silent).await?;
    }
    Ok(())
}

async fn tell_of_sign_up(core: &Core, user: UserId, owner: UserId, silent: bool) -> Result<()> {
    let body = Body { action: Some(Action::ContactSignUp), silent, ..Body::default() };
    let message = NewBoxMessage {
        sender: user,
        peer: BoxPeer::User(owner),
        random_id: None,
        date: core.now(),
        body,
        reply_to: None,
        mentions: Vec::new(),
        clear_draft: false,
    };
    delivery::send_one_sided(core, message).await
}
