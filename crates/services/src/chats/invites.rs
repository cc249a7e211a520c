//! Invite links: made, listed, changed, ended. One way for basic groups and channels.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::chat::{Importer, Invite};
use model::rights::Denial;
use model::{Peer, UnixTime, UserId, limits};

use crate::{Caller, Core, Error, Result};

/// Bytes of a link's secret word: 128 bits cannot be guessed.
const SECRET_BYTES: usize = 16;
/// Most uses a link may be limited to, as clients offer it.
const MOST_USES: i32 = 99_999;
/// Characters of a link's name.
const TITLE_CHARS: usize = 32;

/// What a link is to be like.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Ends then; 0 for never.
    pub expires: Option<UnixTime>,
    /// How many may use it; 0 for any number.
    pub usage_limit: Option<i32>,
    /// Joining asks for approval.
    pub request_needed: Option<bool>,
    /// Name for the admins.
    pub title: Option<String>,
}

impl Wanted {
    fn check(&self, now: UnixTime) -> Result<()> {
        let past = self.expires.is_some_and(|at| at.0 != 0 && at <= now);
        let uses = self.usage_limit.is_some_and(|uses| !(0..=MOST_USES).contains(&uses));
        let both =
            self.request_needed == Some(true) && self.usage_limit.is_some_and(|uses| uses > 0);
        let long = self.title.as_ref().is_some_and(|title| title.chars().count() > TITLE_CHARS);
        if past {
            return Err(Error::DateInvalid);
        }
        if uses || both || long { Err(Error::LimitInvalid) } else { Ok(()) }
    }

    fn apply(&self, invite: &mut Invite) {
        if let Some(at) = self.expires {
            invite.expires = (at.0 != 0).then_some(at);
        }
        if let Some(uses) = self.usage_limit {
            invite.usage_limit = (uses > 0).then_some(uses);
        }
        if let Some(needed) = self.request_needed {
            invite.request_needed = needed;
        }
        if let Some(title) = &self.title {
            invite.title = (!title.is_empty()).then(|| title.clone());
        }
    }
}

/// The whole link of a secret word.
#[must_use]
pub fn link(core: &Core, hash: &str) -> String {
    format!("{}/+{hash}", core.policy.link_prefix.trim_end_matches('/'))
}

/// The secret word of a link, or the word itself.
#[must_use]
pub fn hash_of(link: &str) -> &str {
    let last = link.trim().trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    last.trim_start_matches('+')
}

/// A new link. It becomes the caller's permanent one if `renew` (an older one ends), or if nothing is asked of it and there
/// is none yet; else it is an additional one.
///
/// # Errors
/// `Denied`, `DateInvalid`, `LimitInvalid`.
pub async fn export(
    core: &Core,
    caller: Caller,
    peer: Peer,
    renew: bool,
    wanted: Wanted,
) -> Result<Invite> {
    wanted.check(core.now())?;
    if let Peer::Channel(_) = peer {
        check_admin(core, caller, peer, None).await?;
    }
    let mut permanent = renew;
    if !renew && wanted == Wanted::default() {
        permanent = !own(core, caller, peer, false).await?.iter().any(|invite| invite.permanent);
    }
    let mut invite = Invite {
        hash: secret(core),
        admin: caller.user,
        date: core.now(),
        permanent,
        ..Invite::default()
    };
    wanted.apply(&mut invite);
    put(core, caller, peer, invite.clone()).await?;
    Ok(invite)
}

fn secret(core: &Core) -> String {
    let mut bytes = [0; SECRET_BYTES];
    core.random.fill(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

async fn put(core: &Core, caller: Caller, peer: Peer, invite: Invite) -> Result<()> {
    let put = core.stores.chats.put_invite(peer, caller.user, invite, core.now());
    put.await.map_err(|error| match error {
        store::Error::NotFound => Error::PeerInvalid,
        error => error.into(),
    })
}

async fn own(core: &Core, caller: Caller, peer: Peer, revoked: bool) -> Result<Vec<Invite>> {
    Ok(core.stores.chats.invites(peer, caller.user, revoked, limits::HISTORY_PAGE).await?)
}

/// Whether the caller may see and manage links: admins with the right to invite. Other admins' links are the owner's affair.
pub(super) async fn check_admin(
    core: &Core,
    caller: Caller,
    peer: Peer,
    other: Option<UserId>,
) -> Result<()> {
    let owner = match peer {
        Peer::User(_) => return Err(Error::PeerInvalid),
        Peer::Chat(chat) => {
            let chat = super::known(core, chat).await?;
            if !chat.is_admin(caller.user) {
                return Err(Error::Denied(Denial::AdminRequired));
            }
            chat.creator
        }
        Peer::Channel(channel) => {
            let (channel, participant) =
                crate::channels::visible(core, caller.user, channel).await?;
            channel.check_admin(caller.user, participant.as_ref(), |rights| rights.invite_users)?;
            channel.creator
        }
    };
    if other.is_some_and(|other| other != caller.user) && owner != caller.user {
        return Err(Error::Denied(Denial::AdminRequired));
    }
    Ok(())
}

/// One link of a group or channel.
///
/// # Errors
/// `InviteInvalid`, `Denied`.
pub async fn one(core: &Core, caller: Caller, peer: Peer, link: &str) -> Result<Invite> {
    let found = core.stores.chats.invite(hash_of(link)).await?;
    let (_, invite) = found.filter(|(of, _)| *of == peer).ok_or(Error::InviteInvalid)?;
    check_admin(core, caller, peer, Some(invite.admin)).await?;
    Ok(invite)
}

/// The links of one admin, newest first, from `offset` (date and secret word of the last one seen) on; and how many there are.
///
/// # Errors
/// `Denied`.
pub async fn list(
    core: &Core,
    caller: Caller,
    (peer, admin): (Peer, UserId),
    revoked: bool,
    offset: Option<(UnixTime, &str)>,
    limit: i32,
) -> Result<(Vec<Invite>, i32)> {
    check_admin(core, caller, peer, Some(admin)).await?;
    let mut links = core.stores.chats.invites(peer, admin, revoked, i32::MAX).await?;
    let count = i32::try_from(links.len()).unwrap_or(i32::MAX);
    if let Some((date, link)) = offset {
        let last = hash_of(link);
        match links.iter().position(|invite| invite.hash == last) {
            Some(at) => drop(links.drain(..=at)),
            None => links.retain(|invite| invite.date < date),
        }
    }
    links.truncate(usize::try_from(limit.clamp(1, limits::HISTORY_PAGE)).unwrap_or(1));
    Ok((links, count))
}

/// A link after a change; and, when a permanent one was ended, the new one in its place.
pub type Edited = (Invite, Option<Invite>);

/// Changes a link, or ends it.
///
/// # Errors
/// `InviteInvalid`, `InviteExpired` if it was ended before, `Denied`, `DateInvalid`, `LimitInvalid`.
pub async fn edit(
    core: &Core,
    caller: Caller,
    peer: Peer,
    link: &str,
    revoke: bool,
    wanted: Wanted,
) -> Result<Edited> {
    wanted.check(core.now())?;
    let mut invite = one(core, caller, peer, link).await?;
    if invite.revoked {
        return Err(Error::InviteExpired);
    }
    if revoke {
        invite.revoked = true;
    } else {
        wanted.apply(&mut invite);
    }
    let changed = core.stores.chats.change_invite(peer, caller.user, invite.clone(), core.now());
    changed.await.map_err(|error| match error {
        store::Error::NotFound => Error::InviteInvalid,
        error => error.into(),
    })?;
    let replaced = revoke && invite.permanent && invite.admin == caller.user;
    let new = if replaced {
        Some(export(core, caller, peer, true, Wanted::default()).await?)
    } else {
        None
    };
    Ok((invite, new))
}

/// Forgets a link that was ended.
///
/// # Errors
/// `InviteInvalid`, `Denied`.
pub async fn delete(core: &Core, caller: Caller, peer: Peer, link: &str) -> Result<()> {
    let invite = one(core, caller, peer, link).await?;
    if !invite.revoked {
        return Err(Error::InviteNotRevoked);
    }
    Ok(core.stores.chats.delete_invite(peer, caller.user, &invite.hash, core.now()).await?)
}

/// Forgets all ended links of one admin.
///
/// # Errors
/// `Denied`.
pub async fn delete_revoked(core: &Core, caller: Caller, peer: Peer, admin: UserId) -> Result<()> {
    check_admin(core, caller, peer, Some(admin)).await?;
    for invite in core.stores.chats.invites(peer, admin, true, i32::MAX).await? {
        core.stores.chats.delete_invite(peer, caller.user, &invite.hash, core.now()).await?;
    }
    Ok(())
}

/// Admins with the numbers of their open and ended links. The owner only.
///
/// # Errors
/// `Denied`.
pub async fn admins(core: &Core, caller: Caller, peer: Peer) -> Result<Vec<(UserId, i32, i32)>> {
    check_admin(core, caller, peer, Some(UserId(0))).await?;
    Ok(core.stores.chats.admins_with_invites(peer).await?)
}

/// Who came by a link, or waits for approval (of one link, or of all), newest first, and how many.
///
/// # Errors
/// `InviteInvalid`, `Denied`.
pub async fn importers(
    core: &Core,
    caller: Caller,
    peer: Peer,
    link: Option<&str>,
    requested: bool,
    (offset, limit): ((UnixTime, UserId), i32),
) -> Result<(Vec<Importer>, i32)> {
    match link {
        Some(link) => drop(one(core, caller, peer, link).await?),
        None => check_admin(core, caller, peer, None).await?,
    }
    let (mut found, count) =
        core.stores.chats.importers(peer, link.map(hash_of), requested, i32::MAX).await?;
    if offset.0.0 > 0 {
        match found.iter().position(|importer| importer.user == offset.1) {
            Some(at) => drop(found.drain(..=at)),
            None => found.retain(|importer| importer.date < offset.0),
        }
    }
    found.truncate(usize::try_from(limit.clamp(1, limits::HISTORY_PAGE)).unwrap_or(1));
    Ok((found, count))
}

#[cfg(test)]
mod tests {
    use super::hash_of;

    #[test]
    fn finds_the_secret_word_in_every_form_of_a_link() {
        for link in [
            "abc_D-1",
            "+abc_D-1",
            "https://h.example/+abc_D-1",
            "h.example/joinchat/abc_D-1",
            " https://h.example/+abc_D-1/ ",
        ] {
            assert_eq!(hash_of(link), "abc_D-1", "{link}");
        }
    }
}
