//! Making a channel or supergroup.

use store::ports::acts::Moved;
use store::ports::channels::NewChannel;

use super::{Changed, refused, tell_people};
use crate::messages::told_channel_act;
use crate::rate_limit::{Limit, Subject};
use crate::{Caller, Core, Error, Result, chats, rate_limit};

/// What is to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// 1 to 128 characters.
    pub title: String,
    /// 0 to 255 characters.
    pub about: String,
    /// Only admins write; else a supergroup.
    pub broadcast: bool,
    /// Period of the self-destruct timer for new messages, seconds.
    pub ttl_period: Option<i32>,
}

/// Makes a channel with the caller as its owner and only member. Its log starts with the message that says so.
///
/// # Errors
/// `TitleInvalid`, `ChatAboutTooLong`, `ChannelsTooMuch`, `FloodWait`.
pub async fn create(core: &Core, caller: Caller, wanted: Wanted) -> Result<Changed> {
    let title = chats::title(&wanted.title)?;
    let about = chats::about(&wanted.about)?;
    rate_limit::check(core, Limit::CreateChannel, Subject::User(caller.user))?;
    let new = NewChannel {
        creator: caller.user,
        title,
        about,
        broadcast: wanted.broadcast,
        now: core.now(),
        ttl_period: wanted.ttl_period.filter(|period| *period > 0),
    };
    let told =
        core.stores.channels.found_channel(new).await.map_err(|error| match refused(error) {
            Error::Denied(model::rights::Denial::TooMany) => Error::ChannelsTooMuch,
            error => error,
        })?;
    let id = told.channel.id;
    let moved = Moved { came: vec![caller.user], ..Moved::default() };
    let event = tell_people(core, caller, &told.channel, &moved, told.events);
    let mut effect = told_channel_act(core, caller, id, told.posted);
    // Clients match the answer to their request by a number; this request has none of its own, so one is made up.
    let number = core.random.number() | 1;
    effect.numbers = effect.messages().iter().map(|message| (number, message.id)).collect();
    Ok(Changed { channel: id, effect, event: Some(event), missing: Vec::new() })
}
