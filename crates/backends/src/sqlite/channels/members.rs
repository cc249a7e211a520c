//! Who comes, goes, rules and is shown out.

use model::admin_log::{Happened, of_bringing, of_standing};
use model::channel::{Channel, MemberChange, Participant, ParticipantState};
use model::chat::{Chat, Invite};
use model::event::{AccountEntry, AccountEvent};
use model::invariants::START;
use model::limits::CHANNELS_PER_USER;
use model::rights::Denial;
use model::{ChannelId, MessageId, Peer, UnixTime, UserId};
use rusqlite::{Connection, params};
use store::ports::channels::{ChannelChange, FIRST_CHANNEL, NewChannel};

use super::super::chats::{Entered, enter_by_invite, forget_request, request_to_join};
use super::super::{
    Result, accounts, admin_log, dialogs, names, profile, sequences, statistics, unread_reactions,
    users,
};
use super::rows;

pub(super) fn create(tx: &Connection, new: NewChannel) -> Result<Channel> {
    check_room(tx, new.creator)?;
    let mut channel = Channel {
        id: ChannelId(sequences::next(tx, "channel", FIRST_CHANNEL)?),
        title: new.title,
        about: new.about,
        creator: new.creator,
        created: new.now,
        broadcast: new.broadcast,
        ttl_period: new.ttl_period,
        pts: START,
        ..Channel::default()
    };
    let creator = channel.joined(new.creator, None, new.creator, None, new.now);
    channel.recount(None, Some(&creator));
    rows::insert(tx, &channel)?;
    rows::write_participant(tx, channel.id, &creator)?;
    dialogs::open_channel(tx, new.creator, channel.id, new.now, MessageId(0))?;
    Ok(channel)
}

/// The supergroup that a basic group becomes, with the same people.
pub(in super::super) fn open_for(tx: &Connection, chat: &Chat, now: UnixTime) -> Result<ChannelId> {
    let id = ChannelId(sequences::next(tx, "channel", FIRST_CHANNEL)?);
    let mut channel = Channel::of_group(chat, id, now);
    let people: Vec<_> = chat.members.iter().map(|member| channel.carried_over(member)).collect();
    people.iter().for_each(|row| channel.recount(None, Some(row)));
    rows::insert(tx, &channel)?;
    for row in &people {
        rows::write_participant(tx, id, row)?;
        dialogs::open_channel(tx, row.user, id, now, MessageId(0))?;
        dialogs::carry_place(tx, row.user, chat.id, id)?;
        profile::carry_notify(tx, row.user, Peer::Chat(chat.id), Peer::Channel(id))?;
    }
    Ok(id)
}

pub(super) fn change(
    tx: &Connection,
    id: ChannelId,
    actor: UserId,
    change: ChannelChange,
) -> Result<Channel> {
    let before = rows::log(tx, id)?.channel;
    let mut channel = before.clone();
    let (retitled, at) = (change.title.is_some(), change.at);
    change.apply(&mut channel, actor, rows::participant(tx, id, actor)?.as_ref())?;
    admin_log::note_change(tx, &before, &channel, (actor, at))?;
    rows::save_description(tx, &channel)?;
    if retitled && channel.username.is_some() {
        names::index_public(tx, Peer::Channel(id), &channel.title)?;
    }
    Ok(channel)
}

/// Sets or clears the public name.
pub(super) fn name(
    tx: &Connection,
    id: ChannelId,
    by: (UserId, UnixTime),
    username: Option<String>,
) -> Result<()> {
    let before = rows::log(tx, id)?.channel;
    accounts::set_username(tx, Peer::Channel(id), username)?;
    admin_log::note_change(tx, &before, &rows::log(tx, id)?.channel, by)
}

/// Somebody comes in, or asks to: then `None`.
pub(super) fn join(
    tx: &Connection,
    id: ChannelId,
    user: UserId,
    link: Option<String>,
    now: UnixTime,
) -> Result<Option<Channel>> {
    let mut channel = rows::log(tx, id)?.channel;
    let before = rows::participant(tx, id, user)?;
    channel.check_join(user, before.as_ref(), link.is_some(), now)?;
    check_room(tx, user)?;
    let peer = Peer::Channel(id);
    let (mut by, mut told) = (user, Happened::ParticipantJoin);
    if let Some(hash) = &link {
        let approval = (None, |invite: &Invite| channel.needs_approval(user, Some(invite)));
        match enter_by_invite(tx, peer, hash, user, approval, now)? {
            Entered::Requested => return Ok(None),
            Entered::Joined(invite) => {
                by = invite.admin;
                told = Happened::ParticipantJoinByInvite(invite);
            }
        }
    } else if channel.needs_approval(user, None) {
        request_to_join(tx, peer, user, None, now)?;
        return Ok(None);
    }
    let joined = channel.joined(user, before.as_ref(), by, link, now);
    enter(tx, &mut channel, before.as_ref(), &joined, now)?;
    admin_log::note(tx, id, (user, now), told)?;
    Ok(Some(channel))
}

pub(super) fn invite(
    tx: &Connection,
    id: ChannelId,
    actor: UserId,
    users: &[UserId],
    now: UnixTime,
) -> Result<Vec<UserId>> {
    bring(tx, id, (actor, now), users, None)
}

/// Adds people; those who asked to come, with the link by which they did.
pub(super) fn bring(
    tx: &Connection,
    id: ChannelId,
    (actor, now): (UserId, UnixTime),
    users: &[UserId],
    request: Option<&Option<Invite>>,
) -> Result<Vec<UserId>> {
    let mut channel = rows::log(tx, id)?.channel;
    channel.check_invite(actor, rows::participant(tx, id, actor)?.as_ref(), now)?;
    let mut added = Vec::new();
    for user in users {
        let before = rows::participant(tx, id, *user)?;
        let may = channel.check_join(*user, before.as_ref(), true, now);
        if may.is_ok() && has_room(tx, *user)? {
            let joined = channel.joined(*user, before.as_ref(), actor, None, now);
            enter(tx, &mut channel, before.as_ref(), &joined, now)?;
            let (by, what) = of_bringing(actor, joined, request);
            admin_log::note(tx, id, (by, now), what)?;
            added.push(*user);
        }
    }
    Ok(added)
}

pub(super) fn leave(
    tx: &Connection,
    id: ChannelId,
    user: UserId,
    now: UnixTime,
) -> Result<Channel> {
    let mut channel = rows::log(tx, id)?.channel;
    let before = rows::participant(tx, id, user)?;
    let left = channel.left(before.as_ref())?;
    rows::put_participant(tx, &mut channel, before.as_ref(), &left)?;
    statistics::count_change(tx, id, before.as_ref(), &left, now)?;
    admin_log::note(tx, id, (user, now), Happened::ParticipantLeave)?;
    forget_member(tx, id, user)?;
    Ok(channel)
}

/// Deletes the history up to a message for one member.
pub(super) fn clear(
    tx: &Connection,
    id: ChannelId,
    user: UserId,
    max_id: MessageId,
    now: UnixTime,
) -> Result<(MessageId, AccountEntry)> {
    let mut channel = rows::log(tx, id)?.channel;
    let row = channel.cleared(rows::participant(tx, id, user)?.as_ref(), max_id)?;
    rows::write_participant(tx, id, &row)?;
    if !channel.has_cleared {
        channel.has_cleared = true;
        rows::save_description(tx, &channel)?;
    }
    unread_reactions::forget_chat(tx, user, Peer::Channel(id), row.cleared_until)?;
    let event = AccountEvent::ChannelCleared { channel: id, max_id: row.cleared_until };
    Ok((row.cleared_until, profile::append_event(tx, user, event, now)?))
}

/// Changes what `user` may do, by a rule of `model::channel`.
pub(super) fn change_member(
    tx: &Connection,
    id: ChannelId,
    (actor, user): (UserId, UserId),
    now: UnixTime,
    rule: impl FnOnce(MemberChange<'_>) -> Result<Participant, Denial>,
) -> Result<Participant> {
    let mut channel = rows::log(tx, id)?.channel;
    let row = rows::participant(tx, id, user)?;
    let actor_row = rows::participant(tx, id, actor)?;
    let after = rule(MemberChange {
        channel: &channel,
        actor,
        actor_row: actor_row.as_ref(),
        user,
        row: row.as_ref(),
        now,
    })?;
    if let Some(what) = of_standing(row.as_ref(), &after) {
        admin_log::note(tx, id, (actor, now), what)?;
    }
    let was_member = row.as_ref().is_some_and(Participant::is_member);
    if after.is_member() && !was_member {
        check_room(tx, user)?;
        enter(tx, &mut channel, row.as_ref(), &after, now)?;
        return Ok(after);
    }
    rows::put_participant(tx, &mut channel, row.as_ref(), &after)?;
    statistics::count_change(tx, id, row.as_ref(), &after, now)?;
    if was_member && !after.is_member() {
        forget_member(tx, id, user)?;
    }
    if after.state == ParticipantState::Kicked {
        forget_request(tx, Peer::Channel(id), user)?;
    }
    Ok(after)
}

/// Makes `user` the owner in place of `actor`.
pub(super) fn hand_over(
    tx: &Connection,
    id: ChannelId,
    (actor, user): (UserId, UserId),
    now: UnixTime,
) -> Result<Channel> {
    let mut channel = rows::log(tx, id)?.channel;
    let (own, other) = (rows::participant(tx, id, actor)?, rows::participant(tx, id, user)?);
    let (actor_row, row) = (own.as_ref(), other.as_ref());
    let change = MemberChange { channel: &channel, actor, actor_row, user, row, now };
    let (former, heir) = change.hand_over()?;
    if users::find(tx, user)?.is_some_and(|heir| heir.deleted) {
        return Err(Denial::NotParticipant.into());
    }
    let told = [of_standing(own.as_ref(), &former), of_standing(other.as_ref(), &heir)];
    for what in told.into_iter().flatten() {
        admin_log::note(tx, id, (actor, now), what)?;
    }
    channel.creator = user;
    rows::put_participant(tx, &mut channel, own.as_ref(), &former)?;
    rows::put_participant(tx, &mut channel, other.as_ref(), &heir)?;
    rows::save_description(tx, &channel)?;
    Ok(channel)
}

/// Writes the row of somebody who comes in, and puts the channel into their list.
fn enter(
    tx: &Connection,
    channel: &mut Channel,
    before: Option<&Participant>,
    joined: &Participant,
    now: UnixTime,
) -> Result<()> {
    rows::put_participant(tx, channel, before, joined)?;
    statistics::count_change(tx, channel.id, before, joined, now)?;
    // Who asked to come, and came by another way, waits no more.
    forget_request(tx, Peer::Channel(channel.id), joined.user)?;
    dialogs::open_channel(tx, joined.user, channel.id, now, channel.top_message)
}

/// Drops what only members have.
fn forget_member(tx: &Connection, id: ChannelId, user: UserId) -> Result<()> {
    dialogs::close_channel(tx, user, id)?;
    tx.prepare_cached("DELETE FROM channel_mentions WHERE channel_id = ?1 AND user_id = ?2")?
        .execute(params![id.0, user.0])?;
    tx.prepare_cached("DELETE FROM channel_readers WHERE channel_id = ?1 AND user_id = ?2")?
        .execute(params![id.0, user.0])?;
    Ok(())
}

fn has_room(conn: &Connection, user: UserId) -> Result<bool> {
    let limit = i64::try_from(CHANNELS_PER_USER).unwrap_or(i64::MAX);
    let count: i64 = conn
        .prepare_cached(
            "SELECT count(*) FROM channel_participants p JOIN channels c ON c.id = p.channel_id
             WHERE p.user_id = ?1 AND p.member = 1 AND c.deleted = 0",
        )?
        .query_row([user.0], |row| row.get(0))?;
    Ok(count < limit)
}

fn check_room(conn: &Connection, user: UserId) -> Result<()> {
    if has_room(conn, user)? { Ok(()) } else { Err(Denial::TooMany.into()) }
}
