//! "Is typing": of the moment, never stored.

use model::Peer;
use model::event::{Ephemeral, TypingAction};
use store::ports::Notice;

use crate::channels::send_as;
use crate::rate_limit::{self, Limit};
use crate::{Caller, Core, Error, Result};

/// Shows the others of a chat what the caller is doing; `None` for nothing any more.
///
/// # Errors
/// `FloodWait`, `ChatInvalid`, `Denied(NotParticipant)`, `ChannelPrivate` and its kin.
pub async fn typing(
    core: &Core,
    caller: Caller,
    peer: Peer,
    action: Option<TypingAction>,
) -> Result<()> {
    rate_limit::check_pace(core, caller, Limit::Act, 1)?;
    let event = |peer| Ephemeral::Typing { peer, user: caller.user, action: action.clone() };
    match peer {
        Peer::User(user) => {
            let contacts = &core.stores.contacts;
            if user == caller.user || contacts.is_blocked(user, caller.user).await? {
                return Ok(());
            }
            let event = event(Peer::User(caller.user));
            core.publish(Notice::EphemeralToUsers {
                users: vec![user],
                event,
                origin: caller.origin(),
            });
        }
        Peer::Chat(id) => {
            let chat = core.stores.chats.chats(&[id]).await?.pop().ok_or(Error::ChatInvalid)?;
            chat.check_member(caller.user, |banned| banned.send_messages)?;
            let users = chat
                .members
                .iter()
                .map(|member| member.user)
                .filter(|user| *user != caller.user)
                .collect();
            core.publish(Notice::EphemeralToUsers {
                users,
                event: event(peer),
                origin: caller.origin(),
            });
        }
        Peer::Channel(id) => {
            let (channel, participant) = crate::channels::visible(core, caller.user, id).await?;
            let may = channel.check_write_as(
                caller.user,
                participant.as_ref(),
                // Whoever is not in it was let in as a guest, or by its public name.
                true,
                core.now(),
                |_| false,
            );
            let hidden = channel.speaks_for(caller.user, participant.as_ref()).is_some();
            if channel.broadcast || hidden || may.is_err() {
                return Ok(());
            }
            // Whoever writes as a channel would be named by their typing.
            if send_as::chosen(core, caller.user, &channel).await?.is_some() {
                return Ok(());
            }
            core.publish(Notice::EphemeralToChannel {
                channel: id,
                event: event(peer),
                origin: caller.origin(),
            });
        }
    }
    Ok(())
}
