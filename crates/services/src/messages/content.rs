//! Checks that sending, forwarding and editing share: whom one may write to, what an album may hold, who is mentioned.

use std::collections::BTreeSet;

use model::account::PrivacyKey;
use model::channel::Channel;
use model::dialog::HistoryWindow;
use model::media::Media;
use model::message::{Body, Entity, EntityKind, MediaClass};
use model::rights::{Denial, forbidden_flag};
use model::{ChannelId, Peer, UserId};

use super::text::{self, Text};
use crate::rate_limit::{Limit, Subject};
use crate::{Caller, Core, Error, Result, channels, expiry, privacy, rate_limit};

/// Names looked up for one message; the rest are shown as names all the same.
const NAMES_PER_MESSAGE: usize = 20;
/// Age up to which an account may write to few strangers only, seconds.
const YOUNG_S: i64 = 7 * 24 * 3600;

/// What is known of the chat that is written to.
#[derive(Clone, Debug, Default)]
pub struct Target {
    /// Set for channels and supergroups.
    pub channel: Option<Channel>,
    /// Signature for posts, where the channel shows them.
    pub signature: Option<String>,
    /// The signature leads to the caller's profile.
    pub author_shown: bool,
    /// The group that an anonymous admin speaks for.
    pub send_as: Option<ChannelId>,
    /// Period after which new messages are destroyed.
    pub ttl_period: Option<i32>,
}

/// Whether the caller may write to `peer` at all. What depends on the content is checked in the transaction.
///
/// # Errors
/// `UserInvalid` for an account that is gone; `Denied(Blocked)` after the caller blocked the other; `Denied(WriteForbidden)`.
pub async fn target(
    core: &Core,
    caller: Caller,
    peer: Peer,
    named: Option<Peer>,
) -> Result<Target> {
    if !matches!(peer, Peer::Channel(_))
        && named.is_some_and(|name| name != Peer::User(caller.user))
    {
        return Err(Error::SendAsInvalid);
    }
    match peer {
        Peer::User(user) => {
            check_person(core, caller, user).await?;
            let ttl_period = expiry::timer_with(core, caller, user).await?;
            Ok(Target { ttl_period, ..Target::default() })
        }
        Peer::Chat(chat) => {
            let chat = core.stores.chats.chats(&[chat]).await?.pop().ok_or(Error::ChatInvalid)?;
            Ok(Target { ttl_period: chat.ttl_period, ..Target::default() })
        }
        Peer::Channel(channel) => {
            let (channel, row) = channels::visible(core, caller.user, channel).await?;
            let place = (&channel, row.as_ref());
            let send_as = channels::send_as::of_message(core, caller, place, named).await?;
            let signature = if channel.broadcast && channel.signatures {
                display_name(core, caller.user).await?
            } else {
                // Nothing but the rank tells anonymous admins apart.
                send_as.filter(|name| *name == channel.id).and(row).and_then(|row| row.rank)
            };
            let ttl_period = channel.ttl_period;
            let author_shown =
                channel.broadcast && channel.signatures && channel.signature_profiles;
            Ok(Target { ttl_period, signature, author_shown, send_as, channel: Some(channel) })
        }
    }
}

async fn check_person(core: &Core, caller: Caller, user: UserId) -> Result<()> {
    if user == caller.user {
        return Ok(());
    }
    if user == model::ids::SERVICE_USER {
        return Err(Error::Denied(Denial::WriteForbidden));
    }
    let person = core.stores.accounts.users(&[user]).await?.pop().ok_or(Error::UserInvalid)?;
    if person.deleted {
        return Err(Error::UserInvalid);
    }
    if core.stores.contacts.is_blocked(caller.user, user).await? {
        return Err(Error::BlockedByCaller);
    }
    Ok(())
}

/// Whether the caller still has a say in a chat: in the group, not blocked by the other person.
///
/// # Errors
/// `Denied(Blocked)`, `Denied(NotParticipant)`, `ChatInvalid`. Channels check it with the act.
pub async fn check_standing(core: &Core, caller: Caller, peer: Peer) -> Result<()> {
    match peer {
        Peer::User(user) if user == caller.user => Ok(()),
        Peer::User(user) => {
            let blocked = core.stores.contacts.is_blocked(user, caller.user).await?;
            if blocked { Err(Error::Denied(Denial::Blocked)) } else { Ok(()) }
        }
        Peer::Chat(chat) => {
            let chat = core.stores.chats.chats(&[chat]).await?.pop().ok_or(Error::ChatInvalid)?;
            Ok(chat.check_member(caller.user, |_| false)?)
        }
        Peer::Channel(_) => Ok(()),
    }
}

/// Whether the caller may send this kind of content to a chat: what cannot be sent cannot be put into an older message either.
///
/// # Errors
/// `Denied`, `PrivacyRestricted`, `ChatInvalid`, `ChannelPrivate` and its kin.
pub async fn check_kind(core: &Core, caller: Caller, peer: Peer, body: &Body) -> Result<()> {
    match peer {
        Peer::User(_) => check_voice(core, caller, peer, body.media.as_ref()).await,
        Peer::Chat(chat) => {
            let chat = core.stores.chats.chats(&[chat]).await?.pop().ok_or(Error::ChatInvalid)?;
            Ok(chat.check_write(caller.user, body)?)
        }
        Peer::Channel(channel) => {
            let (channel, row) = channels::visible(core, caller.user, channel).await?;
            // In a broadcast channel whoever may edit posts may edit their media.
            if channel.broadcast {
                return Ok(());
            }
            let forbidden = forbidden_flag(body);
            // Whoever is not in it was let in as a guest, or by its public name.
            let row = row.as_ref();
            Ok(channel.check_write_as(caller.user, row, true, core.now(), forbidden)?)
        }
    }
}

/// How often one may write to a chat, and how often a young account to strangers.
///
/// # Errors
/// `FloodWait`.
pub async fn check_rate(core: &Core, caller: Caller, peer: Peer, messages: usize) -> Result<()> {
    if !core.policy.limit_sign_in || peer == Peer::User(caller.user) {
        return Ok(());
    }
    let cost = i64::try_from(messages).unwrap_or(i64::MAX);
    rate_limit::check_cost(core, Limit::SendToPeer, Subject::UserPeer(caller.user, peer), cost)?;
    if let Peer::User(user) = peer
        && is_young(core, caller.user).await?
        && is_stranger(core, caller.user, user).await?
    {
        rate_limit::check(core, Limit::StrangerMessage, Subject::User(caller.user))?;
    }
    Ok(())
}

async fn is_young(core: &Core, user: UserId) -> Result<bool> {
    let now = core.now();
    let users = core.stores.accounts.users(&[user]).await?;
    Ok(users.iter().any(|user| now.0 - user.created.0 < YOUNG_S))
}

/// Neither in the other's address book, nor in a conversation with them.
async fn is_stranger(core: &Core, user: UserId, other: UserId) -> Result<bool> {
    if !core.stores.contacts.who_has_contact(&[other], user).await?.is_empty() {
        return Ok(false);
    }
    let window = HistoryWindow { limit: 1, ..HistoryWindow::default() };
    Ok(core.stores.boxes.history(user, Peer::User(other), window).await?.messages.is_empty())
}

/// First and last name.
///
/// # Errors
/// Storage only.
pub async fn display_name(core: &Core, user: UserId) -> Result<Option<String>> {
    let user = core.stores.accounts.users(&[user]).await?.pop();
    Ok(user.map(|user| format!("{} {}", user.first_name, user.last_name).trim().to_owned()))
}

/// Voice and round video need the other person's consent.
///
/// # Errors
/// `PrivacyRestricted`.
pub async fn check_voice(
    core: &Core,
    caller: Caller,
    peer: Peer,
    media: Option<&Media>,
) -> Result<()> {
    let Peer::User(user) = peer else { return Ok(()) };
    let spoken = media
        .is_some_and(|media| matches!(media.class(), MediaClass::Voice | MediaClass::RoundVideo));
    if user == caller.user
        || !spoken
        || privacy::allows(core, user, PrivacyKey::VoiceMessages, caller.user).await?
    {
        return Ok(());
    }
    Err(Error::PrivacyRestricted)
}

/// What destroys itself when it is seen is for one person.
///
/// # Errors
/// `TtlMediaInvalid`.
pub fn check_fleeting(peer: Peer, media: Option<&Media>) -> Result<()> {
    let fleeting = media.is_some_and(|media| {
        matches!(
            media,
            Media::Photo { ttl_s: Some(_), .. } | Media::Document { ttl_s: Some(_), .. }
        )
    });
    if fleeting && !matches!(peer, Peer::User(_)) { Err(Error::TtlMediaInvalid) } else { Ok(()) }
}

/// Cleans text and formatting: a caption where there is media, else a message.
///
/// # Errors
/// `MessageEmpty`, `MessageTooLong`, `CaptionTooLong`.
pub async fn written(core: &Core, text: &str, entities: &[Entity], media: bool) -> Result<Text> {
    let mut cleaned =
        if media { text::caption(text, entities)? } else { text::message(text, entities)? };
    drop_unknown_people(core, &mut cleaned.entities).await?;
    Ok(cleaned)
}

/// Removes mentions of accounts that do not exist.
async fn drop_unknown_people(core: &Core, entities: &mut Vec<Entity>) -> Result<()> {
    let named: Vec<UserId> = entities
        .iter()
        .filter_map(|entity| match entity.kind {
            EntityKind::MentionName { user } => Some(user),
            _ => None,
        })
        .collect();
    if named.is_empty() {
        return Ok(());
    }
    let known: BTreeSet<UserId> =
        core.stores.accounts.users(&named).await?.into_iter().map(|user| user.id).collect();
    entities.retain(|entity| match entity.kind {
        EntityKind::MentionName { user } => known.contains(&user),
        _ => true,
    });
    Ok(())
}

/// The people whose public names stand in a text, for groups.
///
/// # Errors
/// Storage only.
pub async fn mentioned(core: &Core, peer: Peer, text: &Text) -> Result<Vec<UserId>> {
    if matches!(peer, Peer::User(_)) {
        return Ok(Vec::new());
    }
    let units: Vec<u16> = text.text.encode_utf16().collect();
    let names = text.entities.iter().filter(|entity| entity.kind == EntityKind::Mention);
    let mut people = Vec::new();
    for entity in names.take(NAMES_PER_MESSAGE) {
        let (start, end) = text::span(entity);
        let part = usize::try_from(start + 1).ok().zip(usize::try_from(end).ok());
        let Some(name) = part.and_then(|(start, end)| units.get(start..end)) else { continue };
        let name = String::from_utf16_lossy(name);
        if let Some(Peer::User(user)) = core.stores.accounts.resolve_username(&name).await? {
            people.push(user);
        }
    }
    Ok(people)
}

/// Whether media may stand together in one album: pictures and videos; or files; or music.
///
/// # Errors
/// `AlbumInvalid`.
pub fn check_album(media: &[&Media]) -> Result<()> {
    if !(2..=model::limits::ALBUM).contains(&media.len()) {
        return Err(Error::AlbumInvalid);
    }
    let kind = |media: &&Media| match media.class() {
        MediaClass::Photo | MediaClass::Video => Some(0),
        MediaClass::Document => Some(1),
        MediaClass::Music => Some(2),
        _ => None,
    };
    let first = media.first().and_then(kind);
    let same = first.is_some() && media.iter().all(|other| kind(other) == first);
    if same { Ok(()) } else { Err(Error::AlbumInvalid) }
}
