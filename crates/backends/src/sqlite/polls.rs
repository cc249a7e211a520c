//! The port of polls.

use async_trait::async_trait;
use model::admin_log::Happened;
use model::limits::RECENT_VOTERS;
use model::poll::{Poll, Results, Voter};
use model::rights::Denial;
use model::{ChannelId, MessageId, Peer, PollId, UnixTime, UserId};
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use store::Error;
use store::ports::PollStore;

use super::codec::{decode, encode};
use super::{Fault, Result, Sqlite, admin_log, channels, needed};

/// Voters with the options they chose and when, and how many there are in all.
type Votes = (Vec<(Peer, Vec<Vec<u8>>, UnixTime)>, i32);

fn create(tx: &Connection, poll: &Poll, at: UnixTime) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO polls (id, closed, voters, last_number, body) VALUES (?1, ?2, 0, 0, ?3)",
    )?
    .execute(params![poll.id.0, poll.closed, encode(poll)?])?;
    needed::made(tx, poll.id.0, at)?;
    Ok(())
}

/// The poll as it is stored, with its number of voters.
fn find(conn: &Connection, id: PollId) -> Result<Option<(Poll, i32)>> {
    let row = conn
        .prepare_cached("SELECT body, closed, voters FROM polls WHERE id = ?1")?
        .query_row([id.0], |row| Ok((row.get::<_, Vec<u8>>(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let Some((body, closed, voters)) = row else { return Ok(None) };
    Ok(Some((Poll { closed, ..decode(&body)? }, voters)))
}

fn existing(conn: &Connection, id: PollId) -> Result<(Poll, i32)> {
    Ok(find(conn, id)?.ok_or(Error::NotFound)?)
}

fn seen(
    conn: &Connection,
    viewer: UserId,
    id: PollId,
    now: UnixTime,
) -> Result<Option<(Poll, Results)>> {
    let Some((poll, voters)) = find(conn, id)? else { return Ok(None) };
    let results = results(conn, viewer, &poll, voters)?;
    Ok(Some((Poll { closed: poll.is_closed(now), ..poll }, results)))
}

fn results(conn: &Connection, viewer: UserId, poll: &Poll, voters: i32) -> Result<Results> {
    let mut counts = vec![0; poll.answers.len()];
    let mut statement =
        conn.prepare_cached("SELECT answer, votes FROM poll_counts WHERE poll_id = ?1")?;
    let mut rows = statement.query([poll.id.0])?;
    while let Some(row) = rows.next()? {
        let place = answer_index(row.get(0)?)?;
        if let Some(count) = counts.get_mut(place) {
            *count = row.get(1)?;
        }
    }
    let recent = if poll.public_voters { recent(conn, poll.id)? } else { Vec::new() };
    Ok(Results { counts, voters, mine: chosen(conn, poll.id, viewer)?, recent })
}

/// The columns `user_id` and `send_as` of a vote, which come first.
fn voter(row: &Row<'_>) -> rusqlite::Result<Voter> {
    let send_as: Option<i64> = row.get(1)?;
    Ok(Voter { user: UserId(row.get(0)?), send_as: send_as.map(ChannelId) })
}

fn recent(conn: &Connection, poll: PollId) -> Result<Vec<Peer>> {
    let mut statement = conn.prepare_cached(
        "SELECT user_id, send_as FROM poll_votes WHERE poll_id = ?1 ORDER BY number DESC LIMIT ?2",
    )?;
    let limit = i64::try_from(RECENT_VOTERS).unwrap_or(i64::MAX);
    let rows = statement.query_map(params![poll.0, limit], |row| voter(row).map(Voter::by))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The answers that someone chose, by index.
fn chosen(conn: &Connection, poll: PollId, user: UserId) -> Result<Vec<usize>> {
    let mut statement = conn.prepare_cached(
        "SELECT answer FROM poll_choices WHERE poll_id = ?1 AND user_id = ?2 ORDER BY answer",
    )?;
    let mut rows = statement.query(params![poll.0, user.0])?;
    let mut answers = Vec::new();
    while let Some(row) = rows.next()? {
        answers.push(answer_index(row.get(0)?)?);
    }
    Ok(answers)
}

fn answer_index(stored: i64) -> Result<usize> {
    usize::try_from(stored).map_err(|_| Fault(Error::Corrupt(format!("answer {stored} of a poll"))))
}

fn stored_index(answer: usize) -> i64 {
    i64::try_from(answer).unwrap_or(i64::MAX)
}

fn vote(
    tx: &Connection,
    id: PollId,
    voter: Voter,
    options: &[Vec<u8>],
    now: UnixTime,
) -> Result<(Poll, Results)> {
    let (poll, _) = existing(tx, id)?;
    let user = voter.user;
    let before = chosen(tx, id, user)?;
    let answers = poll.accept_vote(options, !before.is_empty(), now).ok_or(Error::Conflict)?;
    if !before.is_empty() {
        take_back(tx, id, user, &before)?;
    }
    if !answers.is_empty() {
        count_in(tx, id, voter, &answers, now)?;
    }
    Ok(seen(tx, user, id, now)?.ok_or(Error::NotFound)?)
}

fn take_back(tx: &Connection, poll: PollId, user: UserId, answers: &[usize]) -> Result<()> {
    for sql in [
        "DELETE FROM poll_votes WHERE poll_id = ?1 AND user_id = ?2",
        "DELETE FROM poll_choices WHERE poll_id = ?1 AND user_id = ?2",
    ] {
        tx.prepare_cached(sql)?.execute(params![poll.0, user.0])?;
    }
    let mut subtract = tx.prepare_cached(
        "UPDATE poll_counts SET votes = votes - 1 WHERE poll_id = ?1 AND answer = ?2",
    )?;
    for answer in answers {
        subtract.execute(params![poll.0, stored_index(*answer)])?;
    }
    tx.prepare_cached("UPDATE polls SET voters = voters - 1 WHERE id = ?1")?.execute([poll.0])?;
    Ok(())
}

fn count_in(
    tx: &Connection,
    poll: PollId,
    voter: Voter,
    answers: &[usize],
    at: UnixTime,
) -> Result<()> {
    let number: i64 = tx
        .prepare_cached(
            "UPDATE polls SET voters = voters + 1, last_number = last_number + 1 WHERE id = ?1
             RETURNING last_number",
        )?
        .query_row([poll.0], |row| row.get(0))?;
    tx.prepare_cached(
        "INSERT INTO poll_votes (poll_id, user_id, send_as, number, at) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![poll.0, voter.user.0, voter.send_as.map(|group| group.0), number, at.0])?;
    let mut choose = tx.prepare_cached(
        "INSERT INTO poll_choices (poll_id, answer, number, user_id) VALUES (?1, ?2, ?3, ?4)",
    )?;
    let mut add = tx.prepare_cached(
        "INSERT INTO poll_counts (poll_id, answer, votes) VALUES (?1, ?2, 1)
         ON CONFLICT (poll_id, answer) DO UPDATE SET votes = votes + 1",
    )?;
    for answer in answers {
        let answer = stored_index(*answer);
        choose.execute(params![poll.0, answer, number, voter.user.0])?;
        add.execute(params![poll.0, answer])?;
    }
    Ok(())
}

fn rewrite(tx: &Connection, poll: &Poll) -> Result<()> {
    tx.prepare_cached("UPDATE polls SET body = ?2 WHERE id = ?1")?
        .execute(params![poll.id.0, encode(poll)?])?;
    Ok(())
}

/// Begins the time of a poll that was held.
pub(super) fn begin(tx: &Connection, id: PollId, now: UnixTime) -> Result<()> {
    let Some((mut poll, _)) = find(tx, id)? else { return Ok(()) };
    poll.begin(now);
    rewrite(tx, &poll)
}

fn close(
    tx: &Connection,
    id: PollId,
    actor: UserId,
    shown_in: Option<(ChannelId, MessageId)>,
    now: UnixTime,
) -> Result<Poll> {
    let (poll, _) = existing(tx, id)?;
    let noted = if poll.author == actor {
        is_own_message(tx, actor, shown_in)?
    } else {
        check_colleague(tx, &poll, actor, shown_in)?;
        true
    };
    tx.prepare_cached("UPDATE polls SET closed = 1 WHERE id = ?1")?.execute([id.0])?;
    if let Some((channel, message)) = shown_in.filter(|_| noted && !poll.closed) {
        admin_log::note_about(tx, channel, (actor, now), message, Happened::StopPoll)?;
    }
    Ok(Poll { closed: true, ..poll })
}

/// Whether the message is the actor's own. What others passed on is closed with it, and no act in their chats.
fn is_own_message(
    conn: &Connection,
    actor: UserId,
    shown_in: Option<(ChannelId, MessageId)>,
) -> Result<bool> {
    let Some((id, message)) = shown_in else { return Ok(false) };
    let found = channels::live_post(conn, id, message)?;
    Ok(found.is_some_and(|(sender, body)| sender == actor && body.forward.is_none()))
}

/// Whether somebody else than its author may close a poll.
fn check_colleague(
    conn: &Connection,
    poll: &Poll,
    actor: UserId,
    shown_in: Option<(ChannelId, MessageId)>,
) -> Result<()> {
    let (id, message) = shown_in.ok_or(Denial::NotAuthor)?;
    let (sender, body) = channels::live_post(conn, id, message)?.ok_or(Denial::NotAuthor)?;
    let (channel, row) = channels::with_row(conn, id, actor)?;
    Ok(channel.check_close_poll(actor, row.as_ref(), poll, (sender, &body))?)
}

fn votes(
    conn: &Connection,
    id: PollId,
    option: Option<&[u8]>,
    offset: i32,
    limit: i32,
) -> Result<Votes> {
    let (poll, voters) = existing(conn, id)?;
    let page = [i64::from(limit.max(0)), i64::from(offset.max(0))];
    let (users, total) = match option {
        Some(option) => {
            let place = poll.answers.iter().position(|answer| answer.option == option);
            voters_for(conn, id, stored_index(place.ok_or(Error::NotFound)?), page)?
        }
        None => (all_voters(conn, id, page)?, voters),
    };
    let mut votes = Vec::with_capacity(users.len());
    for (voter, at) in users {
        let answers = chosen(conn, id, voter.user)?;
        let options = answers.into_iter().filter_map(|answer| poll.answers.get(answer));
        votes.push((voter.by(), options.map(|answer| answer.option.clone()).collect(), at));
    }
    Ok((votes, total))
}

type Page = Vec<(Voter, UnixTime)>;

fn voters_for(
    conn: &Connection,
    poll: PollId,
    answer: i64,
    [limit, offset]: [i64; 2],
) -> Result<(Page, i32)> {
    let total = conn
        .prepare_cached("SELECT votes FROM poll_counts WHERE poll_id = ?1 AND answer = ?2")?
        .query_row(params![poll.0, answer], |row| row.get(0))
        .optional()?;
    let mut statement = conn.prepare_cached(
        "SELECT poll_choices.user_id, send_as, at FROM poll_choices
         JOIN poll_votes ON poll_votes.poll_id = ?1 AND poll_votes.user_id = poll_choices.user_id
         WHERE poll_choices.poll_id = ?1 AND answer = ?2 ORDER BY poll_choices.number DESC LIMIT ?3 OFFSET ?4",
    )?;
    let rows = statement.query_map(params![poll.0, answer, limit, offset], |row| {
        Ok((voter(row)?, UnixTime(row.get(2)?)))
    })?;
    Ok((rows.collect::<rusqlite::Result<_>>()?, total.unwrap_or(0)))
}

fn all_voters(conn: &Connection, poll: PollId, [limit, offset]: [i64; 2]) -> Result<Page> {
    let mut statement = conn.prepare_cached(
        "SELECT user_id, send_as, at FROM poll_votes WHERE poll_id = ?1 ORDER BY number DESC LIMIT ?2 OFFSET ?3",
    )?;
    let rows = statement.query_map(params![poll.0, limit, offset], |row| {
        Ok((voter(row)?, UnixTime(row.get(2)?)))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

#[async_trait]
impl PollStore for Sqlite {
    async fn create_poll(&self, poll: Poll, at: UnixTime) -> store::Result<()> {
        self.write(move |tx| create(tx, &poll, at)).await
    }

    async fn polls(
        &self,
        viewer: UserId,
        ids: &[PollId],
        now: UnixTime,
    ) -> store::Result<Vec<(Poll, Results)>> {
        let ids = ids.to_vec();
        self.read(move |conn| {
            ids.into_iter().filter_map(|id| seen(conn, viewer, id, now).transpose()).collect()
        })
        .await
    }

    async fn vote(
        &self,
        poll: PollId,
        voter: Voter,
        options: Vec<Vec<u8>>,
        now: UnixTime,
    ) -> store::Result<(Poll, Results)> {
        self.write(move |tx| vote(tx, poll, voter, &options, now)).await
    }

    async fn hold_poll(&self, poll: PollId) -> store::Result<()> {
        self.write(move |tx| {
            let (mut poll, _) = existing(tx, poll)?;
            poll.hold();
            rewrite(tx, &poll)
        })
        .await
    }

    async fn close_poll(
        &self,
        poll: PollId,
        actor: UserId,
        shown_in: Option<(ChannelId, MessageId)>,
        now: UnixTime,
    ) -> store::Result<Poll> {
        self.write(move |tx| close(tx, poll, actor, shown_in, now)).await
    }

    async fn votes(
        &self,
        poll: PollId,
        option: Option<&[u8]>,
        offset: i32,
        limit: i32,
    ) -> store::Result<Votes> {
        let option = option.map(<[u8]>::to_vec);
        self.read(move |conn| votes(conn, poll, option.as_deref(), offset, limit)).await
    }
}
