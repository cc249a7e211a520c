//! Privacy rules: kept, and asked wherever a person is shown or reached.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use model::account::{PrivacyKey, PrivacyRule, privacy_allows};
use model::event::AccountEvent;
use model::{ChannelId, ChatId, Peer, UserId, limits};

use crate::{Caller, Core, Error, Result, account_events, settings};

/// What stands between one person and a viewer.
#[derive(Clone, Debug, Default)]
pub struct Circle {
    /// They are the same.
    pub is_self: bool,
    /// The person has the viewer in the address book.
    pub is_contact: bool,
    /// The person blocked the viewer.
    pub blocked: bool,
    viewer: UserId,
    rules: BTreeMap<PrivacyKey, Vec<PrivacyRule>>,
    /// Groups that the viewer is in, as far as rules ask for them.
    viewer_chats: Arc<BTreeSet<i64>>,
}

impl Circle {
    /// Whether the person's rules for `key` let the viewer through.
    #[must_use]
    pub fn allows(&self, key: PrivacyKey) -> bool {
        if self.is_self {
            return true;
        }
        // Who is blocked is kept from everything personal, whatever the rules say.
        if self.blocked && !matches!(key, PrivacyKey::Forwards) {
            return false;
        }
        let default;
        let rules = match self.rules.get(&key) {
            Some(rules) => rules,
            None => {
                default = key.default_rules();
                &default
            }
        };
        privacy_allows(rules, self.viewer, self.is_contact, &|chat| {
            self.viewer_chats.contains(&chat)
        })
    }
}

/// What stands between each of `others` and `viewer`.
///
/// # Errors
/// Those of the store.
pub async fn circles(
    core: &Core,
    viewer: UserId,
    others: &[UserId],
) -> Result<BTreeMap<UserId, Circle>> {
    if others.is_empty() {
        return Ok(BTreeMap::new());
    }
    let contact_of: BTreeSet<UserId> =
        core.stores.contacts.who_has_contact(others, viewer).await?.into_iter().collect();
    let blocked_by: BTreeSet<UserId> =
        core.stores.contacts.who_blocked(others, viewer).await?.into_iter().collect();
    let mut rules: BTreeMap<UserId, BTreeMap<PrivacyKey, Vec<PrivacyRule>>> = BTreeMap::new();
    let mut asks_for_chats = false;
    for (user, key, list) in core.stores.accounts.privacy_of_many(others).await? {
        asks_for_chats |= list.iter().any(|rule| {
            matches!(rule, PrivacyRule::AllowChatMembers(_) | PrivacyRule::DisallowChatMembers(_))
        });
        rules.entry(user).or_default().insert(key, list);
    }
    let viewer_chats =
        Arc::new(if asks_for_chats { chats_of(core, viewer).await? } else { BTreeSet::new() });
    let circle = |user: UserId| Circle {
        is_self: user == viewer,
        is_contact: contact_of.contains(&user),
        blocked: blocked_by.contains(&user),
        viewer,
        rules: rules.remove(&user).unwrap_or_default(),
        viewer_chats: Arc::clone(&viewer_chats),
    };
    let mut circle = circle;
    Ok(others.iter().map(|user| (*user, circle(*user))).collect())
}

/// Whether `owner`'s rules for `key` let `viewer` through.
///
/// # Errors
/// Those of the store.
pub async fn allows(core: &Core, owner: UserId, key: PrivacyKey, viewer: UserId) -> Result<bool> {
    if owner == viewer {
        return Ok(true);
    }
    let circles = circles(core, viewer, &[owner]).await?;
    Ok(circles.get(&owner).is_some_and(|circle| circle.allows(key)))
}

/// Whether `owner` keeps from `viewer` when they read messages: by a setting of its own, which holds towards those who may not see
/// when they were last seen.
///
/// # Errors
/// Those of the store.
pub async fn hides_read_dates(core: &Core, owner: UserId, viewer: UserId) -> Result<bool> {
    Ok(owner != viewer
        && settings::global_privacy(core, owner).await?.hide_read_marks
        && !allows(core, owner, PrivacyKey::StatusTimestamp, viewer).await?)
}

/// The groups that rules name and each of `others` is in, for who is in none of them nothing. Costs a look for each person, and nothing
/// where rules name no groups.
///
/// # Errors
/// Those of the store.
pub(crate) async fn named_chats_of(
    core: &Core,
    rules: &[PrivacyRule],
    others: &[UserId],
) -> Result<BTreeMap<UserId, BTreeSet<i64>>> {
    let named = named(rules);
    let mut shared: BTreeMap<UserId, BTreeSet<i64>> = BTreeMap::new();
    if named.is_empty() {
        return Ok(shared);
    }
    let ids: Vec<ChatId> = named.iter().copied().map(ChatId).collect();
    for chat in core.stores.chats.chats(&ids).await? {
        for other in others.iter().filter(|other| chat.member(**other).is_some()) {
            shared.entry(*other).or_default().insert(chat.id.0);
        }
    }
    let ids: Vec<ChannelId> = named.into_iter().map(ChannelId).collect();
    for other in others {
        let rows = core.stores.channels.participations(*other, &ids).await?;
        let rows = rows.into_iter().filter(|(_, row)| row.is_member());
        shared.entry(*other).or_default().extend(rows.map(|(channel, _)| channel.0));
    }
    Ok(shared)
}

/// Ids of basic groups and supergroups alike: rules name them without saying which.
async fn chats_of(core: &Core, user: UserId) -> Result<BTreeSet<i64>> {
    let chats = core.stores.chats.chats_of(user).await?;
    let channels = core.stores.channels.channels_of(user).await?;
    Ok(chats
        .into_iter()
        .map(|chat| chat.0)
        .chain(channels.into_iter().map(|channel| channel.0))
        .collect())
}

/// The caller's own rules for one key.
///
/// # Errors
/// Those of the store.
pub async fn rules(core: &Core, caller: Caller, key: PrivacyKey) -> Result<Vec<PrivacyRule>> {
    rules_of(core, caller.user, key).await
}

/// An account's rules for one key, the defaults if it never set them.
///
/// # Errors
/// Those of the store.
pub async fn rules_of(core: &Core, user: UserId, key: PrivacyKey) -> Result<Vec<PrivacyRule>> {
    let stored = core.stores.accounts.privacy(user, key).await?;
    Ok(stored.unwrap_or_else(|| key.default_rules()))
}

/// Sets the caller's rules for one key and tells their other devices.
///
/// # Errors
/// [`Error::PrivacyInvalid`] for rules that are too many or name too many people.
pub async fn set_rules(
    core: &Core,
    caller: Caller,
    key: PrivacyKey,
    mut rules: Vec<PrivacyRule>,
) -> Result<()> {
    if rules.is_empty() {
        rules.push(PrivacyRule::DisallowAll);
    }
    let named: usize = rules
        .iter()
        .map(|rule| match rule {
            PrivacyRule::AllowUsers(users) | PrivacyRule::DisallowUsers(users) => users.len(),
            PrivacyRule::AllowChatMembers(chats) | PrivacyRule::DisallowChatMembers(chats) => {
                chats.len()
            }
            _ => 0,
        })
        .sum();
    if rules.len() > 16 || named > limits::CHANNELS_PER_USER {
        return Err(Error::PrivacyInvalid);
    }
    core.stores.accounts.set_privacy(caller.user, key, rules).await?;
    account_events::record(
        core,
        vec![(caller.user, AccountEvent::Privacy { key })],
        caller.origin(),
    )
    .await
}

/// The ids of groups in rules.
fn named(rules: &[PrivacyRule]) -> BTreeSet<i64> {
    let named = rules.iter().flat_map(|rule| match rule {
        PrivacyRule::AllowChatMembers(chats) | PrivacyRule::DisallowChatMembers(chats) => {
            chats.as_slice()
        }
        _ => &[],
    });
    named.copied().collect()
}

/// The chats that rules name, of those that `user` is in.
///
/// # Errors
/// Those of the store.
pub async fn named_chats(core: &Core, user: UserId, rules: &[PrivacyRule]) -> Result<Vec<Peer>> {
    let named = named(rules);
    if named.is_empty() {
        return Ok(Vec::new());
    }
    let chats = core.stores.chats.chats_of(user).await?.into_iter().map(Peer::Chat);
    let channels = core.stores.channels.channels_of(user).await?.into_iter().map(Peer::Channel);
    Ok(chats.chain(channels).filter(|peer| named.contains(&peer.id())).collect())
}
