//! Channels that somebody writes as in a supergroup, and their rows among its participants.
//!
//! A channel is never in a supergroup: all that is kept of one there is that it is banned. "Until the chat is unbanned, the owner of
//! the banned chat won't be able to send messages on behalf of any of their channels"
//! (<https://core.telegram.org/bots/api#banchatsenderchat>).

use super::{Channel, MemberChange, Participant, restriction};
use crate::rights::{BannedRights, Denial};
use crate::{ChannelId, Peer, UnixTime, UserId};

/// The number under which a channel's row stands among those of people, whose own are above 0.
#[must_use]
pub const fn row_of(name: ChannelId) -> UserId {
    UserId(-name.0)
}

/// The channel whose row stands under a number, if it is not somebody's.
#[must_use]
pub const fn named_by(row: UserId) -> Option<ChannelId> {
    if row.0 < 0 { Some(ChannelId(row.0.saturating_neg())) } else { None }
}

impl Participant {
    /// Whose row it is.
    #[must_use]
    pub fn peer(&self) -> Peer {
        named_by(self.user).map_or(Peer::User(self.user), Peer::Channel)
    }
}

impl Channel {
    /// What it is searched by in a list of participants.
    #[must_use]
    pub fn search_text(&self) -> String {
        format!("{} {}", self.title, self.username.as_deref().unwrap_or_default())
    }

    /// Whether a message may go out in the name of a channel. `rows` are those here of the channels that its author owns, and of
    /// the one that it names; `forbidden` picks the flag for its kind of content. The group's own name is always free.
    ///
    /// # Errors
    /// [`Denial::NameForbidden`]; [`Denial::MediaForbidden`].
    pub fn check_name(
        &self,
        name: Option<ChannelId>,
        rows: &[Participant],
        now: UnixTime,
        forbidden: impl Fn(&BannedRights) -> bool,
    ) -> Result<(), Denial> {
        let Some(name) = name.filter(|name| *name != self.id) else { return Ok(()) };
        for row in rows {
            let Some(banned) = restriction(Some(row), now) else { continue };
            let named = row.user == row_of(name);
            if banned.view_messages || named && banned.send_messages {
                return Err(Denial::NameForbidden);
            }
            if named && forbidden(banned) {
                return Err(Denial::MediaForbidden);
            }
        }
        Ok(())
    }
}

impl MemberChange<'_> {
    /// Where it is a channel that is restricted: in a supergroup only, and neither the group itself nor the channel that it
    /// belongs to, whose posts come of themselves. Whatever is restricted may be freed.
    pub(super) fn check_name(&self, rights: &BannedRights) -> Result<(), Denial> {
        let Some(name) = named_by(self.user) else { return Ok(()) };
        let group = self.channel;
        let belongs = name == group.id || group.linked == Some(name);
        if (group.broadcast || belongs) && !rights.is_empty() {
            return Err(Denial::Owner);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: ChannelId = ChannelId(7);
    const OTHER: ChannelId = ChannelId(8);
    const NOW: UnixTime = UnixTime(1000);

    fn row(name: ChannelId, banned: BannedRights) -> Participant {
        Participant { user: row_of(name), banned: Some(banned), ..Participant::default() }
    }

    fn may(row: Participant, forbidden: fn(&BannedRights) -> bool) -> Result<(), Denial> {
        let group = Channel { id: ChannelId(1), ..Channel::default() };
        assert_eq!(group.check_name(None, std::slice::from_ref(&row), NOW, forbidden), Ok(()));
        let own = group.check_name(Some(group.id), std::slice::from_ref(&row), NOW, forbidden);
        assert_eq!(own, Ok(()));
        group.check_name(Some(NAME), &[row], NOW, forbidden)
    }

    #[test]
    fn rows_of_channels_and_people_do_not_meet() {
        assert_eq!(named_by(row_of(NAME)), Some(NAME));
        assert_eq!(named_by(UserId(7)), None);
        assert_eq!(named_by(UserId(0)), None);
        assert_eq!(row(NAME, BannedRights::default()).peer(), Peer::Channel(NAME));
    }

    #[test]
    fn a_ban_takes_every_name_of_the_owner_and_a_restriction_only_that_one() {
        let none = |_: &BannedRights| false;
        let out = BannedRights { view_messages: true, ..BannedRights::default() };
        let mute = BannedRights { send_messages: true, ..BannedRights::default() };
        let polls = BannedRights { send_polls: true, ..BannedRights::default() };
        assert_eq!(may(row(NAME, out), none), Err(Denial::NameForbidden));
        assert_eq!(may(row(OTHER, out), none), Err(Denial::NameForbidden));
        assert_eq!(may(row(NAME, mute), none), Err(Denial::NameForbidden));
        assert_eq!(may(row(OTHER, mute), none), Ok(()));
        assert_eq!(may(row(NAME, polls), none), Ok(()));
        assert_eq!(may(row(NAME, polls), |banned| banned.send_polls), Err(Denial::MediaForbidden));
        let over = BannedRights { until: NOW, ..out };
        assert_eq!(may(row(NAME, over), none), Ok(()));
    }
}
