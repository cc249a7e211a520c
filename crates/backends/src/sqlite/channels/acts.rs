//! Acts in channels with the service messages that tell of them.

use model::channel::{Participant, ParticipantClass};
use model::event::AccountEvent;
use model::message::Action;
use model::{ChannelId, Peer, UnixTime, UserId};
use rusqlite::Connection;
use store::ports::acts::{
    ChannelAct, ChannelTold, Moved, ToldPin, log_message, request_kept, standing_changed,
};
use store::ports::channels::{
    AdminGrant, ChannelChange, LogChange, NewChannel, NewChannelMessage, Posted,
};

use super::super::{Result, chats, profile};
use super::{change, members, people, post, rows};

pub(super) fn found(tx: &Connection, new: NewChannel) -> Result<ChannelTold> {
    let message = (new.creator, Action::ChannelCreate { title: new.title.clone() });
    let now = new.now;
    let (creator, id) = (new.creator, members::create(tx, new)?.id);
    let events = standing_changed(id, creator, None, &Moved::default());
    told(tx, id, Some(message), Moved::default(), (events, now))
}

fn told(
    tx: &Connection,
    id: ChannelId,
    message: Option<(UserId, Action)>,
    moved: Moved,
    (events, now): (Vec<(UserId, AccountEvent)>, UnixTime),
) -> Result<ChannelTold> {
    let posted = match message {
        Some(message) => post(tx, &[log_message(id, message, now)])?.pop(),
        None => None,
    };
    let events = profile::record(tx, events, now)?;
    let channel = rows::log(tx, id)?.channel;
    Ok(ChannelTold { channel, moved, posted, requested: false, events })
}

pub(super) fn act(
    tx: &Connection,
    id: ChannelId,
    actor: UserId,
    act: &ChannelAct,
    now: UnixTime,
) -> Result<ChannelTold> {
    let mut moved = Moved::default();
    match act {
        ChannelAct::Title(_) | ChannelAct::Photo(_) | ChannelAct::Timer(_) => {
            let change = act.change().unwrap_or_default();
            members::change(tx, id, actor, ChannelChange { at: now, ..change })?;
        }
        ChannelAct::Join(link) => {
            if members::join(tx, id, actor, link.clone(), now)?.is_none() {
                return asked(tx, id, now);
            }
            moved.came.push(actor);
            if link.is_some() {
                moved.inviter = brought_by(tx, id, actor)?;
            }
        }
        ChannelAct::Invite(users) => moved.came = members::invite(tx, id, actor, users, now)?,
        ChannelAct::Admit(user) => {
            let channel = rows::log(tx, id)?.channel;
            channel.check_invite(actor, rows::participant(tx, id, actor)?.as_ref(), now)?;
            let request = chats::asked_by(tx, Peer::Channel(id), *user)?;
            chats::take_request(tx, Peer::Channel(id), actor, *user, true)?;
            moved.came = members::bring(tx, id, (actor, now), &[*user], Some(&request))?;
        }
        ChannelAct::Leave => {
            members::leave(tx, id, actor, now)?;
            moved.gone.push(actor);
        }
        ChannelAct::Promote(AdminGrant { user, rights, rank }) => {
            let was = is_member(tx, id, *user)?;
            let rule =
                |change: model::channel::MemberChange<'_>| change.promote(*rights, rank.clone());
            let after = members::change_member(tx, id, (actor, *user), now, rule)?;
            moved = compare(*user, was, after.is_member());
        }
        ChannelAct::Restrict(user, rights) => {
            let was = is_member(tx, id, *user)?;
            let rule = |change: model::channel::MemberChange<'_>| change.restrict(*rights);
            let after = members::change_member(tx, id, (actor, *user), now, rule)?;
            moved = compare(*user, was, after.is_member());
        }
        ChannelAct::HandOver(user) => drop(members::hand_over(tx, id, (actor, *user), now)?),
    }
    let message = act.told(&rows::log(tx, id)?.channel, actor, &moved);
    let events = standing_changed(id, actor, Some(act), &moved);
    told(tx, id, message, moved, (events, now))
}

/// Who is told to have brought somebody in who came by a link.
fn brought_by(tx: &Connection, id: ChannelId, user: UserId) -> Result<Option<UserId>> {
    let Some(row) = rows::participant(tx, id, user)? else { return Ok(None) };
    let maker = rows::participant(tx, id, row.by)?;
    Ok(Some(rows::log(tx, id)?.channel.brought_by(row.by, maker.as_ref(), user)))
}

/// Somebody waits to come in.
fn asked(tx: &Connection, id: ChannelId, now: UnixTime) -> Result<ChannelTold> {
    let channel = rows::log(tx, id)?.channel;
    let admins = people::of_class(tx, id, ParticipantClass::Admin, "")?;
    let approvers = admins.iter().filter(|row| channel.may_let_in(row)).map(|row| row.user);
    let approvers: Vec<_> = approvers.chain([channel.creator]).collect();
    let events = profile::record(tx, request_kept(Peer::Channel(id), approvers), now)?;
    Ok(ChannelTold { channel, moved: Moved::default(), posted: None, requested: true, events })
}

fn is_member(tx: &Connection, id: ChannelId, user: UserId) -> Result<bool> {
    Ok(rows::participant(tx, id, user)?.as_ref().is_some_and(Participant::is_member))
}

fn compare(user: UserId, was: bool, is: bool) -> Moved {
    let mut moved = Moved::default();
    match (was, is) {
        (false, true) => moved.came.push(user),
        (true, false) => moved.gone.push(user),
        _ => {}
    }
    moved
}

pub(super) fn pin(
    tx: &Connection,
    id: ChannelId,
    actor: UserId,
    pin: ToldPin,
) -> Result<(LogChange, Option<Posted>)> {
    let (changed, moved) = change::pin(tx, id, actor, (&[pin.id], true), pin.at)?;
    if changed.is_empty() {
        return Ok((moved, None));
    }
    let message = log_message(id, (actor, Action::PinMessage), pin.at);
    let message = NewChannelMessage { body: pin.body(), reply_to: Some(pin.id), ..message };
    Ok((moved, post(tx, &[message])?.pop()))
}
