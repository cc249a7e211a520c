//! Invite links, and who came by them or waits.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use model::admin_log::{Happened, of_invite};
use model::chat::{Chat, Importer, Invite};
use model::rights::Denial;
use model::{Peer, UnixTime, UserId};

use super::super::{State, channels};
use super::{Chats, group};
use crate::{Error, Result};

/// What a link did for somebody.
#[derive(Clone, Debug)]
pub(in super::super) enum Entered {
    /// They may join now; the use is counted.
    Joined(Invite),
    /// They wait for approval; the request is kept.
    Requested,
}

/// Uses a link of `peer` for somebody who is not a member.
pub(in super::super) fn enter_by_invite(
    chats: &mut Chats,
    peer: Peer,
    hash: &str,
    user: UserId,
    (about, asks): (Option<String>, impl FnOnce(&Invite) -> bool),
    now: UnixTime,
) -> Result<Entered> {
    let known = chats.invites.get_mut(hash).filter(|(of, _)| *of == peer);
    let (_, invite) = known.ok_or(Error::NotFound)?;
    if !invite.is_open(now) {
        return Err(Denial::InviteExpired.into());
    }
    if asks(invite) {
        let hash = Some(hash.to_owned());
        chats.keep_request(peer, hash, user, about, now);
        return Ok(Entered::Requested);
    }
    invite.usage += 1;
    let invite = invite.clone();
    let importer = Importer { user, date: now, requested: false, about, approved_by: None };
    chats.forget_request(peer, user);
    chats.importers.insert((peer, user), (Some(hash.to_owned()), importer));
    Ok(Entered::Joined(invite))
}

/// Keeps a request to join `peer` that came by no link.
pub(in super::super) fn request_to_join(
    chats: &mut Chats,
    peer: Peer,
    user: UserId,
    about: Option<String>,
    now: UnixTime,
) {
    chats.keep_request(peer, None, user, about, now);
}

impl Chats {
    /// Keeps a request, unless the person waits already.
    fn keep_request(
        &mut self,
        peer: Peer,
        hash: Option<String>,
        user: UserId,
        about: Option<String>,
        now: UnixTime,
    ) {
        if self.importers.get(&(peer, user)).is_some_and(|(_, importer)| importer.requested) {
            return;
        }
        self.count_requests(hash.as_deref(), 1);
        let importer = Importer { user, date: now, requested: true, about, approved_by: None };
        self.importers.insert((peer, user), (hash, importer));
    }

    fn count_requests(&mut self, hash: Option<&str>, change: i32) {
        if let Some((_, invite)) = hash.and_then(|hash| self.invites.get_mut(hash)) {
            invite.requested += change;
        }
    }

    /// The link by which somebody asks to come.
    pub(in super::super) fn asked_by(&self, peer: Peer, user: UserId) -> Option<Invite> {
        let (hash, _) = self.importers.get(&(peer, user))?;
        self.invite_of(hash.as_deref()?)
    }

    /// The link with this secret word.
    pub(in super::super) fn invite_of(&self, hash: &str) -> Option<Invite> {
        self.invites.get(hash).map(|(_, invite)| invite.clone())
    }

    /// Takes a waiting request away.
    pub(in super::super) fn forget_request(
        &mut self,
        peer: Peer,
        user: UserId,
    ) -> Option<(Option<String>, Importer)> {
        self.importers.get(&(peer, user)).filter(|(_, importer)| importer.requested)?;
        let (hash, importer) = self.importers.remove(&(peer, user))?;
        self.count_requests(hash.as_deref(), -1);
        Some((hash, importer))
    }

    pub(super) fn invites_of(
        &self,
        peer: Peer,
        admin: UserId,
        revoked: bool,
        limit: i32,
    ) -> Vec<Invite> {
        let of_peer = self.invites.values().filter(|(of, _)| *of == peer).map(|(_, invite)| invite);
        let mut found: Vec<_> = of_peer
            .filter(|invite| invite.admin == admin && invite.revoked == revoked)
            .cloned()
            .collect();
        found.sort_by(|a, b| (b.date, &b.hash).cmp(&(a.date, &a.hash)));
        found.truncate(usize::try_from(limit).unwrap_or(0));
        found
    }

    pub(super) fn admins_with_invites(&self, peer: Peer) -> Vec<(UserId, i32, i32)> {
        let mut counts: BTreeMap<UserId, (i32, i32)> = BTreeMap::new();
        for (_, invite) in self.invites.values().filter(|(of, _)| *of == peer) {
            let (open, revoked) = counts.entry(invite.admin).or_default();
            *(if invite.revoked { revoked } else { open }) += 1;
        }
        counts.into_iter().map(|(admin, (open, revoked))| (admin, open, revoked)).collect()
    }

    pub(super) fn importers_of(
        &self,
        peer: Peer,
        hash: Option<&str>,
        requested: bool,
        limit: i32,
    ) -> (Vec<Importer>, i32) {
        let of_peer = self.importers.iter().filter(|((of, _), _)| *of == peer);
        let mut found: Vec<_> = of_peer
            .filter(|(_, (by, one))| {
                one.requested == requested && (hash.is_none() || by.as_deref() == hash)
            })
            .map(|(_, (_, importer))| importer.clone())
            .collect();
        found.sort_by_key(|importer| Reverse((importer.date, importer.user)));
        let total = i32::try_from(found.len()).unwrap_or(i32::MAX);
        found.truncate(usize::try_from(limit).unwrap_or(0));
        (found, total)
    }
}

impl State {
    /// Whether `actor` may manage the links of `peer`; answers whether they own it.
    fn check_links(&self, peer: Peer, actor: UserId) -> Result<bool> {
        match peer {
            Peer::Chat(chat) => {
                let chat = group(&self.chats, chat)?;
                chat.check_admin(actor)?;
                Ok(chat.creator == actor)
            }
            Peer::Channel(channel) => channels::check_invite(self, channel, actor),
            Peer::User(_) => Err(Error::NotFound),
        }
    }

    pub(super) fn put_invite(
        &mut self,
        peer: Peer,
        actor: UserId,
        mut invite: Invite,
        now: UnixTime,
    ) -> Result<()> {
        let owns = self.check_links(peer, actor)?;
        if let Some((of, old)) = self.chats.invites.get(&invite.hash) {
            if *of != peer {
                return Err(Error::Conflict);
            }
            if old.admin != actor && !owns {
                return Err(Denial::AdminRequired.into());
            }
            (invite.admin, invite.date) = (old.admin, old.date);
            // What was ended stays so, whoever was about to change it meanwhile.
            invite.revoked |= old.revoked;
            (invite.usage, invite.requested) = (old.usage, old.requested);
            if let (Peer::Channel(channel), Some(what)) = (peer, of_invite(old, &invite)) {
                self.admin_logs.note(channel, (actor, now), what);
            }
        } else {
            invite.admin = actor;
        }
        if invite.permanent && !invite.revoked {
            for (of, other) in self.chats.invites.values_mut() {
                let replaced = *of == peer && other.admin == invite.admin && other.permanent;
                if !replaced || other.revoked || other.hash == invite.hash {
                    continue;
                }
                other.revoked = true;
                if let Peer::Channel(channel) = peer {
                    let ended = Happened::ExportedInviteRevoke(other.clone());
                    self.admin_logs.note(channel, (actor, now), ended);
                }
            }
        }
        self.chats.invites.insert(invite.hash.clone(), (peer, invite));
        Ok(())
    }

    pub(super) fn delete_invite(
        &mut self,
        peer: Peer,
        actor: UserId,
        hash: &str,
        now: UnixTime,
    ) -> Result<()> {
        let owns = self.check_links(peer, actor)?;
        let known = self.chats.invites.get(hash).filter(|(of, _)| *of == peer);
        let (_, invite) = known.filter(|(_, invite)| invite.revoked).ok_or(Error::NotFound)?;
        if invite.admin != actor && !owns {
            return Err(Denial::AdminRequired.into());
        }
        if let (Peer::Channel(channel), Some((_, invite))) = (peer, self.chats.invites.remove(hash))
        {
            let what = Happened::ExportedInviteDelete(invite);
            self.admin_logs.note(channel, (actor, now), what);
        }
        Ok(())
    }

    pub(in super::super) fn join_chat_by_invite(
        &mut self,
        hash: &str,
        user: UserId,
        about: Option<String>,
        now: UnixTime,
    ) -> Result<(Chat, Invite)> {
        let (peer, _) = self.chats.invites.get(hash).ok_or(Error::NotFound)?;
        let Peer::Chat(id) = *peer else { return Err(Error::NotFound) };
        group(&self.chats, id)?.check_joining(user)?;
        let approval = (about, |invite: &Invite| invite.request_needed);
        match enter_by_invite(&mut self.chats, Peer::Chat(id), hash, user, approval, now)? {
            Entered::Requested => Err(Error::Conflict),
            Entered::Joined(invite) => {
                let chat = self.chats.change(id, |chat| {
                    chat.join(user, invite.admin, now);
                    Ok(())
                })?;
                Ok((chat, invite))
            }
        }
    }

    pub(in super::super) fn take_join_request(
        &mut self,
        peer: Peer,
        actor: UserId,
        user: UserId,
        approved: bool,
    ) -> Result<Importer> {
        self.check_links(peer, actor)?;
        let (hash, mut importer) = self.chats.forget_request(peer, user).ok_or(Error::NotFound)?;
        if approved {
            importer.requested = false;
            importer.approved_by = Some(actor);
            if let Some((_, invite)) =
                hash.as_ref().and_then(|hash| self.chats.invites.get_mut(hash))
            {
                invite.usage += 1;
            }
            self.chats.importers.insert((peer, user), (hash, importer.clone()));
        }
        Ok(importer)
    }
}
