//! People as somebody sees them.

use std::collections::{BTreeMap, BTreeSet};

use model::account::{Contact, Phone, PrivacyKey, PrivacyRule, User, privacy_allows};
use model::ids::SERVICE_USER;
use model::media::Photo;
use model::{PhotoId, UnixTime, UserId};

use crate::access::HashKind;
use crate::privacy::{self, Circle};
use crate::{Core, Result};

/// When somebody was last seen, as far as the viewer may know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "named as the protocol's UserStatus; `by_me`: hidden because the viewer hides theirs"
)]
pub enum StatusView {
    Empty,
    Online { expires: UnixTime },
    Offline { was: UnixTime },
    Recently { by_me: bool },
    LastWeek { by_me: bool },
    LastMonth { by_me: bool },
}

impl StatusView {
    /// Whether the viewer may know it to the second.
    #[must_use]
    pub const fn is_exact(self) -> bool {
        matches!(self, Self::Online { .. } | Self::Offline { .. })
    }
}

/// A person as the viewer sees them.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "the flags of user")]
pub struct UserView {
    /// The account; show [`UserView::names`] and [`UserView::phone`] instead of its own.
    pub user: User,
    /// For the viewer.
    pub access_hash: i64,
    /// The viewer's address book entry.
    pub contact: Option<Contact>,
    /// Both have each other in their books.
    pub mutual: bool,
    /// If it may be seen.
    pub phone: Option<Phone>,
    /// As far as it may be seen.
    pub status: StatusView,
    /// If it may be seen.
    pub photo: Option<Photo>,
    /// If it may be seen; empty otherwise.
    pub about: String,
    /// The viewer.
    pub is_self: bool,
    /// Blocked the viewer: status and photo are hidden.
    pub blocked_viewer: bool,
    /// May be added to groups by the viewer.
    pub invitable: bool,
    /// May be named as the author of forwards that the viewer sees.
    pub forwards_linked: bool,
    /// Takes voice and round video messages from the viewer.
    pub voice_allowed: bool,
}

impl UserView {
    /// First and last name: those of the viewer's address book, else the account's own.
    #[must_use]
    pub fn names(&self) -> (&str, &str) {
        match &self.contact {
            Some(contact) if !contact.first_name.is_empty() && !self.user.deleted => {
                (&contact.first_name, &contact.last_name)
            }
            _ => (&self.user.first_name, &self.user.last_name),
        }
    }
}

/// A person on the way to a view: the photo is fetched for all at once.
pub(super) struct UserDraft {
    user: User,
    access_hash: i64,
    contact: Option<Contact>,
    circle: Circle,
    status: StatusView,
}

impl UserDraft {
    pub(super) fn photo_id(&self) -> Option<PhotoId> {
        self.user.photo.filter(|_| self.circle.allows(PrivacyKey::ProfilePhoto))
    }

    pub(super) fn finish(self, photo: Option<Photo>) -> UserView {
        let Self { user, access_hash, contact, circle, status } = self;
        let known = contact.as_ref().and_then(|contact| contact.phone.clone());
        let phone = if circle.allows(PrivacyKey::PhoneNumber) { user.phone.clone() } else { known };
        UserView {
            access_hash,
            mutual: contact.as_ref().is_some_and(|contact| contact.mutual),
            phone: phone.filter(|_| !user.deleted),
            status,
            photo,
            about: if circle.allows(PrivacyKey::About) {
                user.about.clone()
            } else {
                String::new()
            },
            is_self: circle.is_self,
            blocked_viewer: circle.blocked,
            invitable: circle.allows(PrivacyKey::ChatInvite) && !circle.blocked,
            forwards_linked: circle.allows(PrivacyKey::Forwards),
            voice_allowed: circle.allows(PrivacyKey::VoiceMessages),
            contact,
            user,
        }
    }
}

/// Everybody of these who exists.
pub(super) async fn load_users(
    core: &Core,
    viewer: UserId,
    ids: &BTreeSet<UserId>,
) -> Result<Vec<UserDraft>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<UserId> = ids.iter().copied().collect();
    let users = core.stores.accounts.users(&ids).await?;
    let others: Vec<UserId> =
        ids.iter().copied().filter(|id| *id != viewer && *id != SERVICE_USER).collect();
    let circles = privacy::circles(core, viewer, &others).await?;
    let contacts = core.stores.contacts.contacts_among(viewer, &ids).await?;
    let mut contacts: BTreeMap<UserId, Contact> =
        contacts.into_iter().map(|contact| (contact.user, contact)).collect();
    let own_rules = core.stores.accounts.privacy(viewer, PrivacyKey::StatusTimestamp).await?;
    let rules = own_rules.as_deref();
    let shared = privacy::named_chats_of(core, rules.unwrap_or_default(), &others).await?;
    let drafts = users.into_iter().map(|user| {
        let contact = contacts.remove(&user.id).filter(|_| user.id != viewer);
        let mut circle = circles.get(&user.id).cloned().unwrap_or_default();
        circle.is_self = user.id == viewer;
        let hides_own = hides_status(rules, user.id, contact.is_some(), shared.get(&user.id));
        let status = status(core, &user, &circle, hides_own);
        UserDraft {
            access_hash: core.access.hash(viewer, HashKind::User, user.id.0),
            user,
            contact,
            circle,
            status,
        }
    });
    Ok(drafts.collect())
}

/// How many of these people `viewer` may know to be online.
///
/// # Errors
/// Those of the store.
pub(crate) async fn count_online(
    core: &Core,
    viewer: UserId,
    people: &BTreeSet<UserId>,
) -> Result<usize> {
    let drafts = load_users(core, viewer, people).await?;
    Ok(drafts.iter().filter(|one| matches!(one.status, StatusView::Online { .. })).count())
}

/// Whether the viewer's own rules hide their status from `other`; then the other's is approximate too.
fn hides_status(
    rules: Option<&[PrivacyRule]>,
    other: UserId,
    is_contact: bool,
    shared: Option<&BTreeSet<i64>>,
) -> bool {
    let is_in = |chat| shared.is_some_and(|chats| chats.contains(&chat));
    rules.is_some_and(|rules| !privacy_allows(rules, other, is_contact, &is_in))
}

fn status(core: &Core, user: &User, circle: &Circle, hides_own: bool) -> StatusView {
    if user.deleted || user.id == SERVICE_USER {
        return StatusView::Empty;
    }
    let now = core.now();
    let online = crate::presence::online_until(core, user.id);
    let last_seen = user.last_seen;
    let by_me = hides_own && !circle.is_self;
    let visible = circle.allows(PrivacyKey::StatusTimestamp);
    if circle.blocked && !circle.is_self {
        return StatusView::Empty;
    }
    if visible && !by_me {
        return match online {
            Some(expires) => StatusView::Online { expires },
            None if last_seen.0 > 0 => StatusView::Offline { was: last_seen },
            None => StatusView::Empty,
        };
    }
    // Their own rules hide it first; `by_me` tells the viewer that lifting their own would help.
    let by_me = by_me && visible;
    let seen = if online.is_some() { now } else { last_seen };
    match now.0.saturating_sub(seen.0) / (24 * 3600) {
        ..3 => StatusView::Recently { by_me },
        3..7 => StatusView::LastWeek { by_me },
        7..30 => StatusView::LastMonth { by_me },
        _ => StatusView::Empty,
    }
}
