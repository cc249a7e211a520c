//! Joining by a link, and requests to join.

use model::chat::{Chat, Invite};
use model::event::{AccountEntry, AccountEvent};
use model::media::Photo;
use model::rights::Denial;
use model::{AuthKeyId, ChannelId, ChatId, Peer, UserId};
use store::ports::acts::{ChannelAct, ChannelTold, ChatAct};

use super::{invites, told_members};
use crate::channels::tell_people;
use crate::messages::{Effect, told_act, told_channel_act};
use crate::rate_limit::{Limit, Subject};
use crate::{Caller, Core, Error, Result, account_events, channels, rate_limit};

/// Members shown to somebody who looks at a link.
const SHOWN_MEMBERS: usize = 5;
/// Waiting people named in an update.
const SHOWN_REQUESTS: i32 = 5;
/// Requests settled by one call.
const REQUESTS_BATCH: i32 = 1000;

/// What a link leads to.
#[derive(Clone, Debug, PartialEq)]
pub enum Checked {
    /// The caller is in it already.
    Already(Peer),
    /// The caller may join.
    Preview(Box<Preview>),
}

/// What is shown of a group or channel before joining.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "the flags of chatInvite")]
pub struct Preview {
    /// Title.
    pub title: String,
    /// Description.
    pub about: String,
    /// Photo.
    pub photo: Option<Photo>,
    /// Which.
    pub peer: Peer,
    /// A channel or supergroup.
    pub channel: bool,
    /// Only admins write.
    pub broadcast: bool,
    /// It has a public name.
    pub public: bool,
    /// Joining asks for approval.
    pub request_needed: bool,
    /// How many are in it.
    pub participants: i32,
    /// Some of them.
    pub members: Vec<UserId>,
}

/// Looks at a link without joining.
///
/// # Errors
/// `InviteInvalid`, `InviteExpired`.
pub async fn check(core: &Core, caller: Caller, link: &str) -> Result<Checked> {
    let (peer, invite) = find(core, link).await?;
    match peer {
        Peer::User(_) => Err(Error::InviteInvalid),
        Peer::Chat(chat) => {
            let chat = super::known(core, chat).await.map_err(|_| Error::InviteExpired)?;
            if chat.deactivated {
                return Err(Error::InviteExpired);
            }
            if chat.member(caller.user).is_some() {
                return Ok(Checked::Already(peer));
            }
            group_preview(core, &chat, &invite).await
        }
        Peer::Channel(channel) => channel_preview(core, caller, channel, &invite).await,
    }
}

async fn find(core: &Core, link: &str) -> Result<(Peer, Invite)> {
    let hash = invites::hash_of(link);
    if hash.is_empty() {
        return Err(Error::InviteInvalid);
    }
    let (peer, invite) = core.stores.chats.invite(hash).await?.ok_or(Error::InviteInvalid)?;
    if invite.is_open(core.now()) { Ok((peer, invite)) } else { Err(Error::InviteExpired) }
}

async fn group_preview(core: &Core, chat: &Chat, invite: &Invite) -> Result<Checked> {
    let photos = core.stores.media.photos(&chat.photo.into_iter().collect::<Vec<_>>()).await?;
    Ok(Checked::Preview(Box::new(Preview {
        title: chat.title.clone(),
        about: chat.about.clone(),
        photo: photos.into_iter().next(),
        peer: Peer::Chat(chat.id),
        channel: false,
        broadcast: false,
        public: false,
        request_needed: invite.request_needed,
        participants: i32::try_from(chat.members.len()).unwrap_or(i32::MAX),
        members: chat.members.iter().take(SHOWN_MEMBERS).map(|member| member.user).collect(),
    })))
}

async fn channel_preview(
    core: &Core,
    caller: Caller,
    id: ChannelId,
    invite: &Invite,
) -> Result<Checked> {
    let (channel, participant) =
        channels::known(core, caller.user, id).await.map_err(|_| Error::InviteExpired)?;
    if model::channel::is_banned(participant.as_ref(), core.now()) {
        return Err(Error::InviteExpired);
    }
    if participant
        .is_some_and(|participant| participant.state == model::channel::ParticipantState::Member)
    {
        return Ok(Checked::Already(Peer::Channel(id)));
    }
    let photos = core.stores.media.photos(&channel.photo.into_iter().collect::<Vec<_>>()).await?;
    Ok(Checked::Preview(Box::new(Preview {
        photo: photos.into_iter().next(),
        peer: Peer::Channel(id),
        channel: true,
        broadcast: channel.broadcast,
        public: channel.username.is_some(),
        request_needed: channel.needs_approval(caller.user, Some(invite)),
        participants: channel.participants,
        members: Vec::new(),
        title: channel.title,
        about: channel.about,
    })))
}

/// What joining did.
#[derive(Clone, Debug, PartialEq)]
pub struct Joined {
    /// What was joined.
    pub peer: Peer,
    /// The service message, in groups.
    pub effect: Effect,
    /// What else the caller's devices are told.
    pub event: AccountEvent,
}

/// Joins by a link.
///
/// # Errors
/// `InviteInvalid`, `InviteExpired`, `AlreadyParticipant`, `UsersTooMuch`, `ChannelsTooMuch`, `JoinRequested` if approval is
/// needed, `FloodWait`.
pub async fn join(core: &Core, caller: Caller, link: &str) -> Result<Joined> {
    let (peer, invite) = find(core, link).await?;
    rate_limit::check(core, Limit::Join, Subject::User(caller.user))?;
    match peer {
        Peer::User(_) => Err(Error::InviteInvalid),
        Peer::Chat(chat) => join_group(core, caller, chat, &invite).await,
        Peer::Channel(channel) => join_channel(core, caller, channel, &invite).await,
    }
}

fn refused(error: store::Error) -> Error {
    match error {
        store::Error::NotFound => Error::InviteInvalid,
        store::Error::Denied(
            Denial::InviteExpired | Denial::Deactivated | Denial::Banned | Denial::Private,
        ) => Error::InviteExpired,
        store::Error::Denied(Denial::AlreadyParticipant) => Error::AlreadyParticipant,
        store::Error::Denied(Denial::TooMany) => Error::UsersTooMuch,
        error => error.into(),
    }
}

async fn join_group(core: &Core, caller: Caller, chat: ChatId, invite: &Invite) -> Result<Joined> {
    let act = ChatAct::Join(invite.hash.clone());
    let told = core.stores.chats.act_in_chat(chat, caller.user, act, core.now()).await;
    let told = told.map_err(refused)?;
    if told.requested {
        return Err(asked(core, told.events));
    }
    let effect = told_act(core, caller, told.sent);
    let event = told_members(core, caller, chat, told.events);
    Ok(Joined { peer: Peer::Chat(chat), effect, event })
}

async fn join_channel(
    core: &Core,
    caller: Caller,
    id: ChannelId,
    invite: &Invite,
) -> Result<Joined> {
    let act = ChannelAct::Join(Some(invite.hash.clone()));
    let told = core.stores.channels.act_in_channel(id, caller.user, act, core.now()).await;
    let told = told.map_err(|error| match refused(error) {
        Error::UsersTooMuch => Error::ChannelsTooMuch,
        error => error,
    })?;
    if told.requested {
        return Err(asked(core, told.events));
    }
    let (effect, event) = entered(core, caller, caller.user, told);
    Ok(Joined { peer: Peer::Channel(id), effect, event })
}

/// Someone is in a channel now: live delivery, their other devices and, in a supergroup, everyone hears of it.
fn entered(core: &Core, caller: Caller, user: UserId, told: ChannelTold) -> (Effect, AccountEvent) {
    let id = told.channel.id;
    let event = tell_people(core, caller, &told.channel, &told.moved, told.events);
    (told_channel_act(core, Caller { user, ..caller }, id, told.posted), event)
}

/// A request was kept, and with it what those are told who may approve.
pub(crate) fn asked(core: &Core, told: Vec<(UserId, AccountEntry)>) -> Error {
    account_events::tell(core, told, None);
    Error::JoinRequested
}

/// Lets somebody in who asked, or not.
///
/// # Errors
/// `RequesterMissing`, `Denied`, `UsersTooMuch`.
pub async fn settle(
    core: &Core,
    caller: Caller,
    peer: Peer,
    user: UserId,
    approved: bool,
) -> Result<AccountEvent> {
    settle_one(core, caller, peer, user, approved).await?;
    tell_approvers(core, caller, peer).await
}

async fn settle_one(
    core: &Core,
    caller: Caller,
    peer: Peer,
    user: UserId,
    approved: bool,
) -> Result<()> {
    if let Peer::Channel(_) = peer {
        invites::check_admin(core, caller, peer, None).await?;
    }
    if approved {
        return admit(core, caller, peer, user).await;
    }
    let taken = core.stores.chats.take_join_request(peer, caller.user, user, false).await;
    taken.map(drop).map_err(unasked)
}

/// Those who may let people in see on all their devices how many wait now.
async fn tell_approvers(core: &Core, caller: Caller, peer: Peer) -> Result<AccountEvent> {
    let mut approvers = match peer {
        Peer::User(_) => Vec::new(),
        Peer::Chat(id) => {
            let chats = core.stores.chats.chats(&[id]).await?;
            chats.iter().flat_map(Chat::admins).collect()
        }
        Peer::Channel(id) => {
            channels::admins_with(core, id, caller.user, |rights| rights.invite_users).await?
        }
    };
    if !approvers.contains(&caller.user) {
        approvers.push(caller.user);
    }
    let event = AccountEvent::PendingJoinRequests { peer };
    account_events::record_for(core, approvers, &event, caller.origin()).await?;
    Ok(event)
}

fn unasked(error: store::Error) -> Error {
    match error {
        store::Error::NotFound => Error::RequesterMissing,
        error => super::missing(error),
    }
}

async fn admit(core: &Core, caller: Caller, peer: Peer, user: UserId) -> Result<()> {
    match peer {
        Peer::User(_) => Err(Error::PeerInvalid),
        Peer::Chat(chat) => admit_to_group(core, caller, chat, user).await,
        Peer::Channel(id) => {
            let act = ChannelAct::Admit(user);
            let told = core.stores.channels.act_in_channel(id, caller.user, act, core.now()).await;
            let told = told.map_err(unasked)?;
            if told.moved.came.contains(&user) {
                entered(core, on_no_device(user), user, told);
            }
            Ok(())
        }
    }
}

async fn admit_to_group(core: &Core, caller: Caller, chat: ChatId, user: UserId) -> Result<()> {
    let act = ChatAct::Admit(user);
    let told = core.stores.chats.act_in_chat(chat, caller.user, act, core.now()).await;
    let told = told.map_err(unasked)?;
    if told.sent.is_none() {
        return Err(Error::AlreadyParticipant);
    }
    let newcomer = on_no_device(user);
    told_act(core, newcomer, told.sent);
    told_members(core, newcomer, chat, told.events);
    Ok(())
}

/// The answer to who settles requests tells how many wait, and nothing of those who came: their session hears of it as all do.
const fn on_no_device(user: UserId) -> Caller {
    Caller { user, key: AuthKeyId(0), session: 0 }
}

/// Settles all requests, of one link or of all.
///
/// # Errors
/// See [`settle`].
pub async fn settle_all(
    core: &Core,
    caller: Caller,
    peer: Peer,
    link: Option<&str>,
    approved: bool,
) -> Result<AccountEvent> {
    invites::check_admin(core, caller, peer, None).await?;
    let (waiting, _) =
        core.stores.chats.importers(peer, link.map(invites::hash_of), true, REQUESTS_BATCH).await?;
    let mut outcome = Ok(());
    for importer in waiting {
        match settle_one(core, caller, peer, importer.user, approved).await {
            // Settled by somebody else meanwhile, or in by another way.
            Ok(()) | Err(Error::RequesterMissing | Error::AlreadyParticipant) => {}
            Err(error) => {
                outcome = Err(error);
                break;
            }
        }
    }
    let event = tell_approvers(core, caller, peer).await?;
    outcome.map(|()| event)
}

/// How many wait for approval and who the latest are, as far as `viewer` may know: nobody for those who cannot approve.
///
/// # Errors
/// Storage only.
pub async fn pending(core: &Core, viewer: UserId, peer: Peer) -> Result<(i32, Vec<UserId>)> {
    let may = match peer {
        Peer::User(_) => false,
        Peer::Chat(chat) => {
            core.stores.chats.chats(&[chat]).await?.iter().any(|chat| chat.is_admin(viewer))
        }
        Peer::Channel(channel) => match channels::visible(core, viewer, channel).await {
            Ok((channel, participant)) => channel
                .check_admin(viewer, participant.as_ref(), |rights| rights.invite_users)
                .is_ok(),
            Err(_) => false,
        },
    };
    if !may {
        return Ok((0, Vec::new()));
    }
    let (waiting, count) = core.stores.chats.importers(peer, None, true, SHOWN_REQUESTS).await?;
    Ok((count, waiting.into_iter().map(|importer| importer.user).collect()))
}
